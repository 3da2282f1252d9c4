"""Activities as whole histories: schedule, time out, cancel (execution.md 4.4, 6, 11)."""

import pytest

import harness
import world
from clients import Fault
from world import (
    activity_scheduled,
    assert_fired,
    assert_one_commit,
    cancel_activity,
    complete,
    decision_completed,
    decision_scheduled,
    decision_started,
    event,
    opening,
    schedule,
    started_activity,
)


class TestActivities:
    def test_what_a_worker_gets(self, domain):
        run = domain.start()
        domain.decide(domain.decision_task(), schedule("a1", input="i", control="c"))
        work = domain.activity_task()
        assert 1 <= len(work.pop("taskToken")) <= 1024
        assert work == {
            "activityId": "a1",
            "startedEventId": 6,
            "workflowExecution": run.execution,
            "activityType": world.ACTIVITY_TYPE,
            "input": "i",
        }

    def test_simple_activity_workflow(self, domain):
        """The worked example 11.1."""
        run = domain.start(input="42")
        first = domain.decision_task(identity="decider-1")
        domain.decide(first, schedule("a1"), executionContext="step 1")
        work = domain.activity_task(identity="worker-1")
        domain.complete(work, result="ok")
        task = domain.decision_task()
        assert (task["startedEventId"], task["previousStartedEventId"]) == (9, 3)
        assert world.described(task["events"]) == run.history()
        domain.decide(task, complete(result="done"))
        events = run.events()
        assert world.described(events) == [
            *opening(input="42"),
            decision_started(2, identity="decider-1"),
            decision_completed(2, 3, executionContext="step 1"),
            activity_scheduled("a1", 4),
            started_activity(5, identity="worker-1"),
            event(
                "ActivityTaskCompleted",
                scheduledEventId=5,
                startedEventId=6,
                result="ok",
            ),
            decision_scheduled(),
            decision_started(8),
            decision_completed(8, 9),
            event(
                "WorkflowExecutionCompleted",
                decisionTaskCompletedEventId=10,
                result="done",
            ),
        ]
        for commit in ((1, 2), (4, 5), (7, 8), (10, 11)):
            assert_one_commit(events, *commit)
        self.assert_closed(run, events)
        for token, operation in [
            (first, "RespondDecisionTaskCompleted"),
            (work, "RecordActivityTaskHeartbeat"),
            (work, "RespondActivityTaskCompleted"),
            (work, "RespondActivityTaskFailed"),
            (work, "RespondActivityTaskCanceled"),
        ]:
            with pytest.raises(Fault) as refusal:
                domain.client.call(operation, taskToken=token["taskToken"])
            assert refusal.value.code == "UnknownResourceFault"
            assert refusal.value.message == run.unknown()

    def assert_closed(self, run, events):
        described = run.describe()
        info = described["executionInfo"]
        assert info == {
            "execution": run.execution,
            "workflowType": world.WORKFLOW_TYPE,
            "startTimestamp": events[0]["eventTimestamp"],
            "closeTimestamp": events[10]["eventTimestamp"],
            "executionStatus": "CLOSED",
            "closeStatus": "COMPLETED",
            "cancelRequested": False,
        }
        assert described["openCounts"] == {
            "openActivityTasks": 0,
            "openDecisionTasks": 0,
            "openTimers": 0,
            "openChildWorkflowExecutions": 0,
            "openLambdaFunctions": 0,
        }
        assert described["executionConfiguration"] == {
            "taskStartToCloseTimeout": "30",
            "executionStartToCloseTimeout": "3600",
            "taskList": {"name": "main"},
            "childPolicy": "TERMINATE",
        }
        assert described["latestActivityTaskTimestamp"] == events[6]["eventTimestamp"]
        assert described["latestExecutionContext"] == "step 1"

    def test_failed_activity(self, domain):
        run = domain.start()
        domain.decide(domain.decision_task(), schedule("a1"))
        work = domain.activity_task()
        domain.client.call(
            "RespondActivityTaskFailed",
            taskToken=work["taskToken"],
            reason="broken",
            details="in two",
        )
        assert run.history(after=6) == [
            event(
                "ActivityTaskFailed",
                scheduledEventId=5,
                startedEventId=6,
                reason="broken",
                details="in two",
            ),
            decision_scheduled(),
        ]

    def test_canceled_without_a_request(self, domain):
        run = domain.start()
        domain.decide(domain.decision_task(), schedule("a1"))
        work = domain.activity_task()
        domain.client.call("RespondActivityTaskCanceled", taskToken=work["taskToken"])
        assert run.history(after=6) == [
            event("ActivityTaskCanceled", scheduledEventId=5, startedEventId=6),
            decision_scheduled(),
        ]

    def test_own_values_win_over_defaults(self, domain):
        run = domain.start(taskPriority="3")
        domain.decide(
            domain.decision_task(),
            schedule(
                "a1",
                taskList={"name": "elsewhere"},
                taskPriority="-5",
                scheduleToStartTimeout="1000",
                scheduleToCloseTimeout="NONE",
                startToCloseTimeout="0020",
                heartbeatTimeout="10",
            ),
        )
        assert run.history(after=4) == [
            activity_scheduled(
                "a1",
                4,
                taskList={"name": "elsewhere"},
                taskPriority="-5",
                scheduleToStartTimeout="1000",
                scheduleToCloseTimeout="NONE",
                startToCloseTimeout="0020",
                heartbeatTimeout="10",
            )
        ]
        assert domain.activity_task("elsewhere")["activityId"] == "a1"

    def test_causes_of_failure_that_need_a_state(self, domain):
        domain.call("RegisterActivityType", name="old", version="1")
        old = {"name": "old", "version": "1"}
        domain.call("DeprecateActivityType", activityType=old)
        none = {"name": "none", "version": "1"}
        run = domain.start()
        domain.decide(
            domain.decision_task(),
            schedule("a1"),
            schedule("a1"),
            schedule("a2", activityType=none),
            schedule("a3", activityType=old),
        )

        def failed(activity_id, activity_type, cause):
            return event(
                "ScheduleActivityTaskFailed",
                activityId=activity_id,
                activityType=activity_type,
                cause=cause,
                decisionTaskCompletedEventId=4,
            )

        assert run.history(after=4) == [
            activity_scheduled("a1", 4),
            failed("a1", world.ACTIVITY_TYPE, "ACTIVITY_ID_ALREADY_IN_USE"),
            failed("a2", none, "ACTIVITY_TYPE_DOES_NOT_EXIST"),
            failed("a3", old, "ACTIVITY_TYPE_DEPRECATED"),
            decision_scheduled(),
        ]

    def test_causes_of_failure_that_need_a_default(self, domain):
        bare = {"name": "bare", "version": "1"}
        domain.call("RegisterActivityType", **bare)
        run = domain.start()
        given = {}
        decisions, causes = [], []
        for member, value, cause in [
            ("taskList", {"name": "work"}, "TASK_LIST"),
            ("scheduleToStartTimeout", "1", "SCHEDULE_TO_START_TIMEOUT"),
            ("scheduleToCloseTimeout", "1", "SCHEDULE_TO_CLOSE_TIMEOUT"),
            ("startToCloseTimeout", "1", "START_TO_CLOSE_TIMEOUT"),
            ("heartbeatTimeout", "1", "HEARTBEAT_TIMEOUT"),
        ]:
            decisions.append(schedule("a1", activityType=bare, **given))
            causes.append(f"DEFAULT_{cause}_UNDEFINED")
            given[member] = value
        domain.decide(domain.decision_task(), *decisions)
        history = run.history(after=4)
        assert [attributes.get("cause") for _, attributes in history[:-1]] == causes
        assert {kind for kind, _ in history[:-1]} == {"ScheduleActivityTaskFailed"}
        assert history[-1] == decision_scheduled()

    def test_a_closed_id_is_free_again(self, domain):
        run = domain.start()
        domain.decide(domain.decision_task(), schedule("a1"))
        domain.complete(domain.activity_task())
        domain.decide(domain.decision_task(), schedule("a1"))
        assert run.history(after=10) == [activity_scheduled("a1", 10)]

    @pytest.mark.parametrize(
        "timeouts, kind",
        [
            ({"scheduleToStartTimeout": "1"}, "SCHEDULE_TO_START"),
            ({"scheduleToCloseTimeout": "1"}, "SCHEDULE_TO_CLOSE"),
            (
                {"scheduleToStartTimeout": "1", "scheduleToCloseTimeout": "1"},
                "SCHEDULE_TO_START",
            ),
        ],
    )
    def test_timeouts_before_the_start(self, domain, timeouts, kind):
        run = domain.start()
        domain.decide(domain.decision_task(), schedule("a1", **timeouts))
        domain.decision_task()
        events = run.events()
        assert world.described(events)[5:8] == [
            event(
                "ActivityTaskTimedOut",
                timeoutType=kind,
                scheduledEventId=5,
                startedEventId=0,
            ),
            decision_scheduled(),
            decision_started(7),
        ]
        assert_fired(events, 5, 6, 1)
        assert_one_commit(events, 6, 7)
        # The task has left its list.
        assert domain.poll("PollForActivityTask", "work") == {"startedEventId": 0}

    @pytest.mark.parametrize(
        "timeouts, kind",
        [
            ({"startToCloseTimeout": "1"}, "START_TO_CLOSE"),
            # Of the time for the whole the start takes some.
            ({"scheduleToCloseTimeout": "3"}, "SCHEDULE_TO_CLOSE"),
            ({"heartbeatTimeout": "1"}, "HEARTBEAT"),
            (
                {"startToCloseTimeout": "1", "heartbeatTimeout": "1"},
                "START_TO_CLOSE",
            ),
        ],
    )
    def test_timeouts_after_the_start(self, domain, timeouts, kind):
        run = domain.start()
        domain.decide(domain.decision_task(), schedule("a1", **timeouts))
        work = domain.activity_task()
        domain.decision_task()
        events = run.events()
        assert world.described(events)[6] == event(
            "ActivityTaskTimedOut",
            timeoutType=kind,
            scheduledEventId=5,
            startedEventId=6,
        )
        since, seconds = (5, 3) if kind == "SCHEDULE_TO_CLOSE" else (6, 1)
        assert_fired(events, since, 7, seconds)
        with pytest.raises(Fault) as refusal:
            domain.complete(work)
        assert refusal.value.message == "Unknown activity, scheduledEventId = 5"

    def test_omitted_heartbeat_details_clear_the_stored_ones(self, domain):
        run = domain.start()
        domain.decide(
            domain.decision_task(),
            schedule("a1", heartbeatTimeout="3"),
            schedule("a2", heartbeatTimeout="3"),
        )
        for details in ({}, {"details": ""}):
            work = domain.activity_task()
            domain.heartbeat(work, details="25%")
            domain.heartbeat(work, **details)
        harness.wait_until(lambda: len(run.events()) >= 11, "both activities time out")
        timed_out = [
            attributes
            for kind, attributes in run.history()
            if kind == "ActivityTaskTimedOut"
        ]
        common = {"timeoutType": "HEARTBEAT"}
        assert timed_out == [
            common | {"scheduledEventId": 5, "startedEventId": 7},
            common | {"scheduledEventId": 6, "startedEventId": 8, "details": ""},
        ]


class TestRequestCancelActivityTask:
    def test_before_the_start(self, domain):
        """The second table of 11.3."""
        run = domain.start()
        domain.decide(domain.decision_task(), schedule("a1"))
        domain.call("RequestCancelWorkflowExecution", workflowId=run.workflow_id)
        assert run.describe()["executionInfo"]["cancelRequested"] is True
        domain.decide(domain.decision_task(), cancel_activity("a1"))
        events = run.events()
        assert world.described(events)[5:] == [
            event("WorkflowExecutionCancelRequested", externalInitiatedEventId=0),
            decision_scheduled(),
            decision_started(7),
            decision_completed(7, 8),
            event(
                "ActivityTaskCancelRequested",
                activityId="a1",
                decisionTaskCompletedEventId=9,
            ),
            event(
                "ActivityTaskCanceled",
                scheduledEventId=5,
                startedEventId=0,
                latestCancelRequestedEventId=10,
            ),
            decision_scheduled(),
        ]
        assert_one_commit(events, 9, 10, 11, 12)
        assert domain.poll("PollForActivityTask", "work") == {"startedEventId": 0}

    def test_of_an_unknown_id(self, domain):
        run = domain.start()
        domain.decide(domain.decision_task(), cancel_activity("a9"))
        assert run.history(after=4) == [
            event(
                "RequestCancelActivityTaskFailed",
                activityId="a9",
                cause="ACTIVITY_ID_UNKNOWN",
                decisionTaskCompletedEventId=4,
            ),
            decision_scheduled(),
        ]

    def test_twice_on_a_started_task_that_completes(self, domain):
        run = domain.start()
        domain.decide(domain.decision_task(), schedule("a1"))
        work = domain.activity_task()
        run.signal("cancel it")
        domain.decide(
            domain.decision_task(), cancel_activity("a1"), cancel_activity("a1")
        )
        assert domain.heartbeat(work) is True
        domain.client.call("RespondActivityTaskCanceled", taskToken=work["taskToken"])
        requested = event(
            "ActivityTaskCancelRequested",
            activityId="a1",
            decisionTaskCompletedEventId=10,
        )
        assert run.history(after=10) == [
            requested,
            requested,
            event(
                "ActivityTaskCanceled",
                scheduledEventId=5,
                startedEventId=6,
                latestCancelRequestedEventId=12,
            ),
            decision_scheduled(),
        ]

    def test_that_the_worker_ignores(self, domain):
        run = domain.start()
        domain.decide(domain.decision_task(), schedule("a1"))
        work = domain.activity_task()
        run.signal("cancel it")
        domain.decide(domain.decision_task(), cancel_activity("a1"))
        domain.complete(work)
        assert run.history(after=11) == [
            event("ActivityTaskCompleted", scheduledEventId=5, startedEventId=6),
            decision_scheduled(),
        ]
