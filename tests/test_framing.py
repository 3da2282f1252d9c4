"""Requests at the edge of HTTP: what follows a request, two lengths, other expectations, other protocols."""

import json
import re
import socket

import pytest

import raw
from clients import Boto3, Fault

BODY = json.dumps({"registrationStatus": "REGISTERED"})


def exchange(http, *parts):
    """Sends bytes on a fresh connection and reads the first reply to its end, and what has come behind it."""
    with socket.create_connection((http.host, http.port), timeout=raw.REPLY_SECONDS) as sock:
        sock.sendall("".join(parts).encode())
        seen = b""
        while not is_whole(seen):
            piece = sock.recv(65536)
            if not piece:
                break
            seen += piece
        return seen.decode()


def is_whole(seen):
    head, end, body = seen.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)\r\ncontent-length: (\d+)", head)
    return bool(end and length) and len(body) >= int(length[1])


def request(*headers, body=BODY, target=raw.SHORT + "ListDomains", path="/", length=True):
    lines = [f"POST {path} HTTP/1.1", "Host: x", f"X-Amz-Target: {target}"]
    lines += [f"Content-Type: {raw.JSON_1_0}", *headers]
    if length:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines) + "\r\n\r\n" + body


@pytest.mark.parametrize("rest", ["\r\n", "POST / HTTP/1.1\r\nHo"])
def test_bytes_behind_a_request_hold_nothing_up(http, rest):
    assert exchange(http, request(), rest).startswith("HTTP/1.1 200")


def test_the_last_reply_of_a_connection_is_sent(http):
    assert exchange(http, request("Connection: close"), "\r\n").startswith("HTTP/1.1 200")


def test_a_good_reply_is_not_lost_to_the_bad_request_behind_it(http):
    bad = "PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"
    assert exchange(http, request(), bad).startswith("HTTP/1.1 200")


def test_nothing_hides_behind_a_request_with_two_lengths(http):
    chunked = f"{len(BODY):x}\r\n{BODY}\r\n0\r\n\r\n"
    headers = ["Transfer-Encoding: chunked", f"Content-Length: {len(BODY)}"]
    reply = exchange(http, request(*headers, body=chunked, length=False), request())
    assert "connection: close" in reply.lower()
    assert reply.count("HTTP/1.1") == 1


def test_an_unknown_expectation_is_refused(http):
    assert exchange(http, request("Expect: miracles")).startswith("HTTP/1.1 417")


def test_other_protocols_of_aws_are_refused(http):
    for reply in (
        exchange(http, request("smithy-protocol: rpc-v2-json")),
        exchange(http, request(path="/service/SimpleWorkflowService/operation/ListDomains")),
    ):
        assert reply.startswith("HTTP/1.1 400")
        assert "UnknownOperationException" in reply


def test_a_default_said_aloud_fits_a_page_token(domain):
    for number in range(3):
        domain.start(f"run-{number}")
    listing = {"startTimeFilter": {"oldestDate": 0}, "maximumPageSize": 2}
    first = domain.call("ListOpenWorkflowExecutions", **listing)
    token = {"nextPageToken": first["nextPageToken"], "reverseOrder": False}
    second = domain.call("ListOpenWorkflowExecutions", **listing, **token)
    assert len(second["executionInfos"]) == 1


@pytest.mark.parametrize("other", [{"account": "000000000042"}, {"region": "eu-west-1"}])
def test_a_task_token_is_good_in_its_own_account_and_region_only(server, domain, other):
    domain.start()
    task = domain.decision_task()
    stranger = Boto3(server.endpoint, **other)
    with pytest.raises(Fault) as fault:
        stranger.call("RespondDecisionTaskCompleted", taskToken=task["taskToken"], decisions=[])
    assert fault.value.code == "OperationNotPermittedFault"
    domain.decide(task)
