"""HTTP framing, replies and pages over raw HTTP (protocol.md 1, 3, 4.4, 5.4)."""

import datetime
import email.utils
import http.client
import json
import re
import socket
import uuid

import pytest

import harness
import world
from raw import (
    JSON_1_0,
    LONG,
    MODEL,
    SERVICE,
    SHORT,
    VALIDATION,
    Reply,
    assert_fault,
    read_reply,
)

# Seconds that may pass between an answer and the look at its time.
A_WHILE = 60
LIST_DOMAINS = {"registrationStatus": "REGISTERED"}
UNKNOWN_OPERATION = SERVICE + "UnknownOperationException"
SERIALIZATION = SERVICE + "SerializationException"


def assert_common_headers(reply, content_type=JSON_1_0):
    """What every reply carries (protocol.md 1.4)."""
    request_id = reply.headers["x-amzn-RequestId"]
    assert str(uuid.UUID(request_id)) == request_id
    assert reply.headers["Content-Type"] == content_type
    assert reply.headers["Content-Length"] == str(len(reply.body))
    sent = email.utils.parsedate_to_datetime(reply.headers["Date"])
    now = datetime.datetime.now(datetime.timezone.utc)
    assert abs((now - sent).total_seconds()) < A_WHILE
    for forbidden in ("x-amzn-query-error", "x-amz-crc32", "Transfer-Encoding"):
        assert reply.headers[forbidden] is None


class TestRequestLine:
    def test_both_forms_of_the_target(self, http):
        for target in (SHORT, LONG):
            reply = http.post("ListDomains", LIST_DOMAINS, target=target)
            assert reply.status == 200
            assert isinstance(reply.json["domainInfos"], list)

    def test_the_value_of_the_target_is_case_sensitive(self, http):
        reply = http.post("listDomains", LIST_DOMAINS)
        assert_fault(reply, UNKNOWN_OPERATION, None)

    def test_any_path_is_accepted(self, http):
        headers = {"X-Amz-Target": SHORT + "ListDomains", "Content-Type": JSON_1_0}
        body = json.dumps(LIST_DOMAINS).encode()
        assert (
            http.send(path="/behind/a/proxy", headers=headers, body=body).status == 200
        )

    @pytest.mark.parametrize(
        "content_type, answered",
        [
            ("application/x-amz-json-1.0", JSON_1_0),
            ("application/x-amz-json-1.0; charset=utf-8", JSON_1_0),
            ("application/json", "application/json"),
            ("application/json; charset=UTF-8", "application/json"),
        ],
    )
    def test_content_types(self, http, content_type, answered):
        reply = http.post("ListDomains", LIST_DOMAINS, content_type=content_type)
        assert reply.status == 200
        assert_common_headers(reply, answered)

    @pytest.mark.parametrize(
        "content_type", ["text/plain", "application/x-amz-json-1.1", "application/cbor"]
    )
    def test_other_content_types(self, http, content_type):
        reply = http.post("ListDomains", LIST_DOMAINS, content_type=content_type)
        assert_fault(reply, UNKNOWN_OPERATION, None, status=404)

    def test_a_body_without_a_content_type(self, http):
        headers = {"X-Amz-Target": SHORT + "ListDomains"}
        reply = http.send(headers=headers, body=b'{"registrationStatus":"REGISTERED"}')
        assert_fault(reply, UNKNOWN_OPERATION, None, status=404)

    @pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS"])
    def test_other_methods(self, http, method):
        headers = {"X-Amz-Target": SHORT + "ListDomains", "Content-Type": JSON_1_0}
        reply = http.send(method, headers=headers, body=b"{}")
        assert_fault(reply, UNKNOWN_OPERATION, None, status=404)
        assert_common_headers(reply)

    def test_health(self, http):
        reply = http.send("GET")
        assert (reply.status, reply.body.rstrip(b"\n")) == (200, b"healthy: swf")
        assert reply.headers["Content-Type"].startswith("text/plain")
        head = http.send("HEAD")
        assert (head.status, head.body) == (200, b"")
        assert http.send("GET", "/health").status == 200

    def test_successive_calls_on_one_connection(self, server):
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=harness.WAIT_SECONDS)
        headers = {"X-Amz-Target": SHORT + "ListDomains", "Content-Type": JSON_1_0}
        ids = set()
        for _ in range(3):
            connection.request("POST", "/", json.dumps(LIST_DOMAINS), headers)
            first_socket = connection.sock
            reply = connection.getresponse()
            reply.read()
            ids.add(reply.headers["x-amzn-RequestId"])
            assert connection.sock is first_socket
        connection.close()
        assert len(ids) == 3


class TestReplies:
    def test_headers_of_a_result_and_of_a_fault(self, http):
        result = http.post("ListDomains", LIST_DOMAINS)
        assert_common_headers(result)
        assert result.headers["x-amzn-ErrorType"] is None
        fault = http.post("DescribeDomain", {"name": "nobody"})
        assert_common_headers(fault)
        assert_fault(fault, MODEL + "UnknownResourceFault", "Unknown domain: nobody")
        assert set(fault.json) == {"__type", "message"}

    def test_a_void_operation_answers_nothing(self, http):
        reply = http.post(
            "RegisterDomain",
            {
                "name": harness.unique("void"),
                "workflowExecutionRetentionPeriodInDays": "NONE",
            },
        )
        assert (reply.status, reply.body) == (200, b"")
        assert_common_headers(reply)

    def test_empty_polls(self, http, domain):
        body = {"domain": domain.name, "taskList": {"name": "nothing here"}}
        decisions = http.post("PollForDecisionTask", body)
        assert decisions.body == b'{"previousStartedEventId":0,"startedEventId":0}'
        activities = http.post("PollForActivityTask", body)
        assert activities.body == b'{"startedEventId":0}'
        assert_common_headers(activities)

    def test_timestamps_are_seconds_with_milliseconds(self, http, domain):
        run = domain.start()
        reply = http.post(
            "GetWorkflowExecutionHistory",
            {"domain": domain.name, "execution": run.execution},
        )
        stamps = re.findall(rb'"eventTimestamp":([0-9.]+)[,}]', reply.body)
        assert len(stamps) == 2
        now = datetime.datetime.now().timestamp()
        for stamp in stamps:
            assert now - A_WHILE < float(stamp) < now + 1
            assert len(stamp.partition(b".")[2]) <= 3

    def test_absent_members_are_omitted_and_lists_are_not(self, http, domain):
        run = domain.start()
        described = http.post(
            "DescribeWorkflowExecution",
            {"domain": domain.name, "execution": run.execution},
        )
        assert b"null" not in described.body
        assert set(described.json) == {
            "executionInfo",
            "executionConfiguration",
            "openCounts",
        }
        listed = http.post(
            "ListActivityTypes",
            {"domain": domain.name, "registrationStatus": "DEPRECATED"},
        )
        assert listed.json == {"typeInfos": []}

    def test_unicode_goes_through_unescaped(self, http, domain):
        text = 'Grüße \u2028 \U0001f680 \\ " \u0001'
        run = domain.start(input=text)
        reply = http.post(
            "GetWorkflowExecutionHistory",
            {"domain": domain.name, "execution": run.execution},
        )
        started = reply.json["events"][0]["workflowExecutionStartedEventAttributes"]
        assert started["input"] == text
        assert "Grüße".encode() in reply.body and "\U0001f680".encode() in reply.body


class TestUnknownOperations:
    @pytest.mark.parametrize("operation", ["NoSuchOperation", "ListDomain", "StartTimer"])
    def test_operation(self, http, operation):
        reply = http.post(operation, {"domain": "d", "resourceArn": "a"})
        assert_fault(reply, UNKNOWN_OPERATION, None)
        assert_common_headers(reply)
        assert set(reply.json) == {"__type"}

    @pytest.mark.parametrize(
        "headers",
        [
            {},
            {"X-Amz-Target": "ListDomains"},
            {"X-Amz-Target": "DynamoDB_20120810.ListTables"},
            {"X-Amz-Target": SHORT},
        ],
    )
    def test_target_is_missing_or_of_another_service(self, http, headers):
        reply = http.send(headers={"Content-Type": JSON_1_0} | headers, body=b"{}")
        assert_fault(reply, UNKNOWN_OPERATION, None)

    def test_rpc_v2(self, http):
        headers = {
            "smithy-protocol": "rpc-v2-cbor",
            "Content-Type": "application/cbor",
        }
        path = "/service/SimpleWorkflowService/operation/ListDomains"
        reply = http.send(path=path, headers=headers, body=b"\xa0")
        assert reply.kind == UNKNOWN_OPERATION


class TestSize:
    def test_a_declared_length_over_the_limit_is_refused_unread(self, server):
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=harness.WAIT_SECONDS)
        connection.putrequest("POST", "/")
        connection.putheader("X-Amz-Target", SHORT + "ListDomains")
        connection.putheader("Content-Type", JSON_1_0)
        connection.putheader("Content-Length", "1048577")
        connection.endheaders()
        answer = connection.getresponse()
        reply = Reply(answer.status, answer.headers, answer.read())
        connection.close()
        assert_fault(
            reply,
            SERVICE + "RequestEntityTooLargeException",
            "Request size exceeded the limit of 1048576 bytes",
            status=413,
        )
        assert_common_headers(reply)

    def test_the_limit_itself_is_allowed(self, http):
        body = json.dumps(LIST_DOMAINS).encode().ljust(1_048_576)
        assert http.post("ListDomains", body).status == 200

    def test_chunked_requests(self, server):
        body = json.dumps(LIST_DOMAINS).encode()
        with socket.create_connection(("127.0.0.1", server.port), timeout=harness.WAIT_SECONDS) as sock:
            sock.sendall(
                b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
                b"X-Amz-Target: SimpleWorkflowService.ListDomains\r\n"
                b"Content-Type: application/x-amz-json-1.0\r\n\r\n"
                + f"{len(body):x}\r\n".encode()
                + body
                + b"\r\n0\r\n\r\n"
            )
            assert read_reply(sock).status == 200


class TestPages:
    @pytest.fixture
    def run(self, domain):
        """A run whose history has seven events."""
        run = domain.start()
        for number in range(5):
            run.signal(f"s{number}")
        return run

    def page(self, http, run, **more):
        return http.post(
            "GetWorkflowExecutionHistory",
            {"domain": run.world.name, "execution": run.execution} | more,
        )

    def ids(self, http, run, **more):
        """The event ids of each page until there is no further token."""
        pages, token = [], {}
        while True:
            reply = self.page(http, run, **more, **token).json
            pages.append([event["eventId"] for event in reply["events"]])
            if "nextPageToken" not in reply:
                return pages
            assert 1 <= len(reply["nextPageToken"]) <= 2048
            token = {"nextPageToken": reply["nextPageToken"]}

    def test_pages_forward_and_backward(self, http, run):
        assert self.ids(http, run, maximumPageSize=3) == [[1, 2, 3], [4, 5, 6], [7]]
        backward = self.ids(http, run, maximumPageSize=3, reverseOrder=True)
        assert backward == [[7, 6, 5], [4, 3, 2], [1]]
        assert self.ids(http, run) == [[1, 2, 3, 4, 5, 6, 7]]

    def test_an_exactly_full_last_page_has_no_token(self, http, run):
        assert self.ids(http, run, maximumPageSize=7) == [[1, 2, 3, 4, 5, 6, 7]]

    def test_page_size_zero_means_the_largest(self, http, run):
        assert self.ids(http, run, maximumPageSize=0) == [[1, 2, 3, 4, 5, 6, 7]]

    def test_tokens_that_are_refused(self, http, run, domain):
        token = self.page(http, run, maximumPageSize=3).json["nextPageToken"]
        other = domain.start()
        middle = len(token) // 2
        changed = "A" if token[middle] != "A" else "B"
        forged = token[:middle] + changed + token[middle + 1 :]
        for reply in (
            self.page(http, run, nextPageToken="nonsense"),
            self.page(http, run, nextPageToken=forged),
            self.page(http, run, nextPageToken=token, reverseOrder=True),
            self.page(http, other, nextPageToken=token),
            http.post("ListDomains", LIST_DOMAINS | {"nextPageToken": token}),
        ):
            assert_fault(reply, VALIDATION, "Invalid token")

    def test_the_page_size_may_change_between_pages(self, http, run):
        token = self.page(http, run, maximumPageSize=3).json["nextPageToken"]
        reply = self.page(http, run, nextPageToken=token, maximumPageSize=1).json
        assert [event["eventId"] for event in reply["events"]] == [4]

    def test_pages_of_a_decision_task_are_a_snapshot(self, http, run, domain):
        poll = {
            "domain": domain.name,
            "taskList": {"name": world.DECISION_LIST},
            "maximumPageSize": 5,
        }
        first = http.post("PollForDecisionTask", poll).json
        run.signal("later")
        token = {"nextPageToken": first["nextPageToken"]}
        second = http.post("PollForDecisionTask", poll | token).json
        ids = [event["eventId"] for event in first["events"] + second["events"]]
        assert ids == [1, 2, 3, 4, 5, 6, 7, 8]
        assert "nextPageToken" not in second
        for member in (
            "taskToken",
            "startedEventId",
            "previousStartedEventId",
            "workflowExecution",
            "workflowType",
        ):
            assert second[member] == first[member]
        assert_fault(
            http.post("PollForDecisionTask", poll | token | {"reverseOrder": True}),
            VALIDATION,
            "Invalid token",
        )

    def test_a_decision_task_may_start_at_the_previous_start(self, domain, run):
        first = domain.decision_task()
        assert (first["startedEventId"], first["previousStartedEventId"]) == (8, 0)
        domain.decide(first)
        run.signal("again")
        task = domain.decision_task(startAtPreviousStartedEvent=True, reverseOrder=True)
        assert task["previousStartedEventId"] == 8
        assert [event["eventId"] for event in task["events"]] == [12, 11, 10, 9, 8]
