"""JSON in: what is no object, other types, nulls, coercions (protocol.md 2)."""

import pytest

import world
from raw import (
    MODEL,
    SERVICE,
    assert_fault,
    assert_violations,
)

LIST_DOMAINS = {"registrationStatus": "REGISTERED"}
UNKNOWN_OPERATION = SERVICE + "UnknownOperationException"
SERIALIZATION = SERVICE + "SerializationException"


def assert_type_error(reply, text):
    """A SerializationException whose text stands under `Message`."""
    assert_fault(reply, SERIALIZATION, text)
    assert set(reply.json) == {"__type", "Message"}


class TestJsonIn:
    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"{",
            b"nonsense",
            b"{} {}",
            b'{"registrationStatus":"REGISTERED"}x',
            b"null",
            b"[]",
            b"1",
            b'"x"',
            b'{"registrationStatus":"\xff"}',
            b'{"registrationStatus":"\\ud800"}',
            b'{"other":' + b"[" * 200 + b"]" * 200 + b"}",
        ],
        ids=lambda body: repr(body[:24]),
    )
    def test_what_is_no_json_object(self, http, body):
        reply = http.post("ListDomains", body)
        assert_fault(reply, SERIALIZATION, None)
        assert set(reply.json) == {"__type"}

    @pytest.mark.parametrize(
        "value, text",
        [
            (True, "TRUE_VALUE cannot be converted to String"),
            (False, "FALSE_VALUE cannot be converted to String"),
            (7, "NUMBER_VALUE cannot be converted to String"),
            (7.5, "DECIMAL_VALUE cannot be converted to String"),
            (["x"], "Unrecognized collection type class java.lang.String"),
            ({"x": "y"}, "Start of structure or map found where not expected"),
        ],
    )
    def test_a_string_of_another_type(self, http, value, text):
        assert_type_error(http.post("DescribeDomain", {"name": value}), text)

    @pytest.mark.parametrize(
        "value, text",
        [
            (1, "NUMBER_VALUE cannot be converted to Boolean"),
            (1.5, "DECIMAL_VALUE cannot be converted to Boolean"),
            ("maybe", "Unexpected token received from parser"),
            ([True], "Unrecognized collection type class java.lang.Boolean"),
            ({}, "Start of structure or map found where not expected"),
        ],
    )
    def test_a_boolean_of_another_type(self, http, value, text):
        body = LIST_DOMAINS | {"reverseOrder": value}
        assert_type_error(http.post("ListDomains", body), text)

    @pytest.mark.parametrize("value", ["true", "TRUE", "1", "Yes"])
    def test_a_boolean_as_text(self, http, value):
        body = LIST_DOMAINS | {"reverseOrder": value}
        assert http.post("ListDomains", body).status == 200

    @pytest.mark.parametrize(
        "value, text",
        [
            ("5", "STRING_VALUE cannot be converted to Integer"),
            (True, "TRUE_VALUE cannot be converted to Integer"),
            ([5], "Unrecognized collection type class java.lang.Integer"),
            ({}, "Start of structure or map found where not expected"),
        ],
    )
    def test_an_integer_of_another_type(self, http, value, text):
        body = LIST_DOMAINS | {"maximumPageSize": value}
        assert_type_error(http.post("ListDomains", body), text)

    def test_the_fraction_of_an_integer_is_cut_off(self, http, domain):
        body = LIST_DOMAINS | {"maximumPageSize": 1.9}
        assert len(http.post("ListDomains", body).json["domainInfos"]) == 1

    @pytest.mark.parametrize(
        "value, text",
        [
            ("x", "Unexpected field type"),
            (5, "Unexpected field type"),
            (
                ["x"],
                "Unrecognized collection type class com.amazonaws.swf.base.model.TaskList",
            ),
        ],
    )
    def test_a_structure_of_another_type(self, http, value, text):
        body = {"domain": "d", "taskList": value}
        assert_type_error(http.post("PollForDecisionTask", body), text)

    @pytest.mark.parametrize(
        "value, text",
        [
            ("x", "Unexpected field type"),
            ({}, "Start of structure or map found where not expected"),
            (["x"], "Unexpected value type in payload"),
        ],
    )
    def test_a_list_of_another_type(self, http, value, text):
        body = {"taskToken": "t", "decisions": value}
        assert_type_error(http.post("RespondDecisionTaskCompleted", body), text)

    def test_type_errors_come_before_constraints(self, http):
        body = {"domain": "", "taskList": "x"}
        assert_type_error(
            http.post("PollForDecisionTask", body), "Unexpected field type"
        )

    def test_null_is_the_same_as_absent(self, http, domain):
        body = {
            "domain": domain.name,
            "workflowId": "nulls",
            "workflowType": world.WORKFLOW_TYPE,
            "input": None,
            "tagList": None,
            "taskList": None,
            "unknown member": {"deep": [None]},
        }
        assert http.post("StartWorkflowExecution", body).status == 200
        reply = http.post("DescribeDomain", {"name": None})
        assert_violations(
            reply,
            "Value null at 'name' failed to satisfy constraint: "
            "Member must not be null",
        )

    def test_null_as_a_list_element(self, http):
        body = {"taskToken": "t", "decisions": [None]}
        assert_violations(
            http.post("RespondDecisionTaskCompleted", body),
            "Value null at 'decisions.1.member' failed to satisfy constraint: "
            "Member must not be null",
        )

    def test_null_as_a_tag_of_a_run_is_kept(self, http, domain):
        body = {
            "domain": domain.name,
            "workflowId": "w",
            "workflowType": world.WORKFLOW_TYPE,
            "tagList": ["x", None],
        }
        started = http.post("StartWorkflowExecution", body).json
        execution = {"workflowId": "w", "runId": started["runId"]}
        described = http.post(
            "DescribeWorkflowExecution", {"domain": domain.name, "execution": execution}
        )
        assert described.json["executionInfo"]["tagList"] == ["x", None]

    def test_of_two_equal_keys_the_last_wins(self, http):
        body = b'{"name":"first","name":"second"}'
        reply = http.post("DescribeDomain", body)
        assert_fault(reply, MODEL + "UnknownResourceFault", "Unknown domain: second")

    def test_empty_text_where_it_means_absent_and_where_it_stays(self, http, domain):
        body = {
            "domain": domain.name,
            "workflowId": "empty",
            "workflowType": world.WORKFLOW_TYPE,
            "executionStartToCloseTimeout": "",
            "taskPriority": "",
            "input": "",
        }
        run_id = http.post("StartWorkflowExecution", body).json["runId"]
        run = world.Run(domain, "empty", run_id)
        assert run.history() == world.opening(input="")
