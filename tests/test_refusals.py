"""Requests that are refused, with the exact fault and text (protocol.md 4.2, 4.3, 5)."""

import pytest

import world
from raw import (
    MODEL,
    SERVICE,
    VALIDATION,
    assert_fault,
    assert_violations,
    not_null,
)
from world import complete, decision, schedule

LIST_DOMAINS = {"registrationStatus": "REGISTERED"}
UNKNOWN_OPERATION = SERVICE + "UnknownOperationException"
SERIALIZATION = SERVICE + "SerializationException"


class TestValidation:
    def test_violations_are_collected_in_reverse_order_of_members(self, http):
        assert_violations(
            http.post("DescribeWorkflowExecution", {}),
            not_null("execution"),
            not_null("domain"),
        )
        assert_violations(
            http.post("DescribeWorkflowExecution", {"domain": "d", "execution": {}}),
            not_null("execution.runId"),
            not_null("execution.workflowId"),
        )

    def test_lengths(self, http):
        long = "x" * 257
        assert_violations(
            http.post("DescribeDomain", {"name": long}),
            f"Value '{long}' at 'name' failed to satisfy constraint: "
            "Member must have length less than or equal to 256",
        )
        assert_violations(
            http.post("DescribeDomain", {"name": ""}),
            "Value '' at 'name' failed to satisfy constraint: "
            "Member must have length greater than or equal to 1",
        )

    def test_lengths_count_characters_not_bytes(self, http):
        name = "\U0001f680" * 256
        assert_fault(
            http.post("DescribeDomain", {"name": name}),
            MODEL + "UnknownResourceFault",
            f"Unknown domain: {name}",
        )

    def test_enumerations(self, http):
        assert_violations(
            http.post("ListDomains", {"registrationStatus": "GONE"}),
            "Value 'GONE' at 'registrationStatus' failed to satisfy constraint: "
            "Member must satisfy enum value set: [REGISTERED, DEPRECATED]",
        )

    def test_ranges(self, http):
        assert_violations(
            http.post("ListDomains", LIST_DOMAINS | {"maximumPageSize": 1001}),
            "Value '1001' at 'maximumPageSize' failed to satisfy constraint: "
            "Member must have value less than or equal to 1000",
        )
        assert_violations(
            http.post("ListDomains", LIST_DOMAINS | {"maximumPageSize": -1}),
            "Value '-1' at 'maximumPageSize' failed to satisfy constraint: "
            "Member must have value greater than or equal to 0",
        )

    @pytest.mark.parametrize("name", ["a:b", "a/b", "a|b", "a\u0001b", "a\u0085b"])
    def test_characters_of_names(self, http, name):
        body = {"name": name, "workflowExecutionRetentionPeriodInDays": "1"}
        assert_violations(
            http.post("RegisterDomain", body),
            f"Value '{name}' at 'name' failed to satisfy constraint: Member must satisfy "
            r"regular expression pattern: [^:/|\u0000-\u001f\u007f-\u009f]+",
        )

    @pytest.mark.parametrize(
        "name, rule",
        [
            ("arn", "Member must not be 'arn'"),
            (" x", "Member must not start or end with whitespace"),
            ("x ", "Member must not start or end with whitespace"),
        ],
    )
    def test_names_that_are_no_names(self, http, name, rule):
        body = {"name": name, "workflowExecutionRetentionPeriodInDays": "1"}
        assert_violations(
            http.post("RegisterDomain", body),
            f"Value '{name}' at 'name' failed to satisfy constraint: {rule}",
        )

    @pytest.mark.parametrize(
        "member, value, pattern",
        [
            ("taskStartToCloseTimeout", "soon", "NONE|[0-9]{1,8}"),
            ("taskStartToCloseTimeout", "-1", "NONE|[0-9]{1,8}"),
            ("executionStartToCloseTimeout", "NONE", "[0-9]{1,8}"),
            ("executionStartToCloseTimeout", "1.5", "[0-9]{1,8}"),
        ],
    )
    def test_durations(self, http, domain, member, value, pattern):
        body = {
            "domain": domain.name,
            "workflowId": "w",
            "workflowType": world.WORKFLOW_TYPE,
            member: value,
        }
        assert_violations(
            http.post("StartWorkflowExecution", body),
            f"Value '{value}' at '{member}' failed to satisfy constraint: "
            f"Member must satisfy regular expression pattern: {pattern}",
        )

    @pytest.mark.parametrize("priority", ["high", "2147483648", "1.0"])
    def test_task_priorities(self, http, domain, priority):
        body = {
            "domain": domain.name,
            "workflowId": "w",
            "workflowType": world.WORKFLOW_TYPE,
            "taskPriority": priority,
        }
        reply = http.post("StartWorkflowExecution", body)
        assert (reply.status, reply.kind) == (400, VALIDATION)
        assert f"Value '{priority}' at 'taskPriority'" in reply.text

    def test_more_than_five_tags(self, http, domain):
        body = {
            "domain": domain.name,
            "workflowId": "w",
            "workflowType": world.WORKFLOW_TYPE,
            "tagList": ["a", "b", "c", "d", "e", "f"],
        }
        assert_violations(
            http.post("StartWorkflowExecution", body),
            "Value '[a, b, c, d, e, f]' at 'tagList' failed to satisfy constraint: "
            "Member must have length less than or equal to 5",
        )

    def test_validation_comes_before_existence(self, http):
        body = {"domain": "nobody", "execution": {"workflowId": "w"}}
        assert_violations(
            http.post("DescribeWorkflowExecution", body), not_null("execution.runId")
        )


class TestUnknownResources:
    @pytest.mark.parametrize(
        "operation, body, text",
        [
            ("DescribeDomain", {"name": "no"}, "Unknown domain: no"),
            ("DeprecateDomain", {"name": "no"}, "Unknown domain: no"),
            (
                "PollForActivityTask",
                {"domain": "no", "taskList": {"name": "l"}},
                "Unknown domain: no",
            ),
            (
                "PollForDecisionTask",
                {"domain": "no", "taskList": {"name": "l"}},
                "Unknown domain: no",
            ),
            (
                "StartWorkflowExecution",
                {
                    "domain": "no",
                    "workflowId": "w",
                    "workflowType": {"name": "n", "version": "v"},
                },
                "Unknown domain: no",
            ),
            (
                "DescribeWorkflowType",
                {"workflowType": {"name": "n", "version": "v"}},
                "Unknown type: WorkflowType=[name=n, version=v]",
            ),
            (
                "DescribeActivityType",
                {"activityType": {"name": "n", "version": "v"}},
                "Unknown type: ActivityType=[name=n, version=v]",
            ),
            (
                "StartWorkflowExecution",
                {"workflowId": "w", "workflowType": {"name": "n", "version": "v"}},
                "Unknown type: WorkflowType=[name=n, version=v]",
            ),
            (
                "SignalWorkflowExecution",
                {"workflowId": "w", "signalName": "s"},
                "Unknown execution, workflowId = w",
            ),
            (
                "SignalWorkflowExecution",
                {"workflowId": "w", "runId": "r", "signalName": "s"},
                "Unknown execution: WorkflowExecution=[workflowId=w, runId=r]",
            ),
            (
                "RequestCancelWorkflowExecution",
                {"workflowId": "w"},
                "Unknown execution, workflowId = w",
            ),
            (
                "TerminateWorkflowExecution",
                {"workflowId": "w", "runId": "r"},
                "Unknown execution: WorkflowExecution=[workflowId=w, runId=r]",
            ),
            (
                "DescribeWorkflowExecution",
                {"execution": {"workflowId": "w", "runId": "r"}},
                "Unknown execution: WorkflowExecution=[workflowId=w, runId=r]",
            ),
            (
                "GetWorkflowExecutionHistory",
                {"execution": {"workflowId": "w", "runId": "r"}},
                "Unknown execution: WorkflowExecution=[workflowId=w, runId=r]",
            ),
        ],
    )
    def test_text(self, http, domain, operation, body, text):
        takes_domain = "name" not in body
        place = {"domain": domain.name} if takes_domain else {}
        reply = http.post(operation, place | body)
        assert_fault(reply, MODEL + "UnknownResourceFault", text)


class TestStartFaults:
    def test_undefined_defaults_in_their_order(self, http, domain):
        domain.call("RegisterWorkflowType", name="bare", version="1")
        body = {
            "domain": domain.name,
            "workflowId": "w",
            "workflowType": {"name": "bare", "version": "1"},
        }
        values = {
            "executionStartToCloseTimeout": "60",
            "taskList": {"name": "main"},
            "taskStartToCloseTimeout": "10",
            "childPolicy": "ABANDON",
        }
        for member, value in values.items():
            reply = http.post("StartWorkflowExecution", body)
            assert_fault(reply, MODEL + "DefaultUndefinedFault", member)
            body[member] = value
        assert http.post("StartWorkflowExecution", body).status == 200

    def test_already_started(self, http, domain):
        run = domain.start()
        body = {
            "domain": domain.name,
            "workflowId": run.workflow_id,
            "workflowType": world.WORKFLOW_TYPE,
        }
        reply = http.post("StartWorkflowExecution", body)
        kind = MODEL + "WorkflowExecutionAlreadyStartedFault"
        assert_fault(reply, kind, "Already Started")
        domain.call("TerminateWorkflowExecution", workflowId=run.workflow_id)
        assert http.post("StartWorkflowExecution", body).status == 200


class TestRefusedDecisions:
    @pytest.fixture
    def task(self, domain):
        self.run = domain.start()
        return domain.decision_task()

    def respond(self, http, task, *decisions):
        body = {"taskToken": task["taskToken"], "decisions": list(decisions)}
        return http.post("RespondDecisionTaskCompleted", body)

    def assert_nothing_happened(self, http, task):
        """The history is as it was and the token still closes the task."""
        assert len(self.run.events()) == 3
        reply = self.respond(http, task, complete())
        assert (reply.status, reply.body) == (200, b"")

    @pytest.mark.parametrize(
        "closing",
        [
            "CompleteWorkflowExecution",
            "FailWorkflowExecution",
            "CancelWorkflowExecution",
            "ContinueAsNewWorkflowExecution",
        ],
    )
    def test_close_must_be_last(self, http, task, closing):
        marker = decision("RecordMarker", markerName="m")
        reply = self.respond(http, task, {"decisionType": closing}, marker)
        assert_fault(reply, VALIDATION, "Close must be last decision in list")
        self.assert_nothing_happened(http, task)

    def test_close_must_be_last_wins_over_an_unknown_type(self, http, task):
        reply = self.respond(http, task, complete(), {"decisionType": "Dance"})
        assert_fault(reply, VALIDATION, "Close must be last decision in list")
        self.assert_nothing_happened(http, task)

    def test_missing_attributes_count_as_empty(self, http, task):
        path = "decisions.1.member.startTimerDecisionAttributes"
        assert_violations(
            self.respond(http, task, {"decisionType": "StartTimer"}),
            not_null(f"{path}.startToFireTimeout"),
            not_null(f"{path}.timerId"),
        )
        self.assert_nothing_happened(http, task)

    def test_attributes_of_another_type_are_validated_too(self, http, task):
        mixed = schedule("a1") | {"recordMarkerDecisionAttributes": {"markerName": ""}}
        assert_violations(
            self.respond(http, task, mixed),
            "Value '' at 'decisions.1.member.recordMarkerDecisionAttributes.markerName' "
            "failed to satisfy constraint: "
            "Member must have length greater than or equal to 1",
        )
        self.assert_nothing_happened(http, task)

    def test_an_unknown_decision_type(self, http, task):
        reply = self.respond(http, task, {"decisionType": "Dance"})
        assert (reply.status, reply.kind) == (400, VALIDATION)
        assert reply.text.startswith(
            "1 validation error detected: Value 'Dance' at 'decisions.1.member.decisionType' "
            "failed to satisfy constraint: Member must satisfy enum value set: ["
        )
        self.assert_nothing_happened(http, task)

    def test_a_timer_needs_a_duration(self, http, task):
        timer = decision("StartTimer", timerId="t", startToFireTimeout="NONE")
        assert_violations(
            self.respond(http, task, timer),
            "Value 'NONE' at "
            "'decisions.1.member.startTimerDecisionAttributes.startToFireTimeout' "
            "failed to satisfy constraint: "
            "Member must satisfy regular expression pattern: [0-9]{1,8}",
        )
        self.assert_nothing_happened(http, task)


class TestTaskTokens:
    def test_a_token_of_the_other_kind(self, http, domain):
        domain.start()
        task = domain.decision_task()
        heartbeat = {"taskToken": task["taskToken"]}
        reply = http.post("RecordActivityTaskHeartbeat", heartbeat)
        assert_fault(reply, VALIDATION, "Invalid token")
        domain.decide(task, schedule("a1"))
        activity = domain.activity_task()
        reply = http.post(
            "RespondDecisionTaskCompleted", {"taskToken": activity["taskToken"]}
        )
        assert_fault(reply, VALIDATION, "Invalid token")

    def test_a_token_is_missing_or_too_long(self, http):
        reply = http.post("RecordActivityTaskHeartbeat", {})
        assert_violations(reply, not_null("taskToken"))
        for operation in (
            "RecordActivityTaskHeartbeat",
            "RespondActivityTaskCompleted",
            "RespondActivityTaskFailed",
            "RespondActivityTaskCanceled",
            "RespondDecisionTaskCompleted",
        ):
            reply = http.post(operation, {"taskToken": "x" * 1025})
            assert (reply.status, reply.kind) == (400, VALIDATION)
            assert reply.text.endswith(
                "at 'taskToken' failed to satisfy constraint: "
                "Member must have length less than or equal to 1024"
            )
            reply = http.post(operation, {"taskToken": "x"})
            assert_fault(reply, VALIDATION, "Invalid token")

    def test_a_used_decision_token(self, http, domain):
        run = domain.start()
        task = domain.decision_task()
        domain.decide(task, schedule("a1"))
        again = {"taskToken": task["taskToken"]}
        assert_fault(
            http.post("RespondDecisionTaskCompleted", again),
            MODEL + "UnknownResourceFault",
            "Unknown decision task, scheduledEventId = 2",
        )
        domain.call("TerminateWorkflowExecution", workflowId=run.workflow_id)
        assert_fault(
            http.post("RespondDecisionTaskCompleted", again),
            MODEL + "UnknownResourceFault",
            run.unknown(),
        )
