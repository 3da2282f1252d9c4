"""The audit log: what is in it, and what never is. That its chain holds is in test_audit_chain.py."""

import datetime
import json
import stat

import pytest

import access_calls
import harness
import raw
import world
from access_folder import AccessFolder, allow, document, statement
from access_server import (
    NOT_PERMITTED,
    REFUSED,
    Guarded,
    domain_arn,
    fault,
    user_arn,
)
from audit_log import Audited, files, verified
from world import decision

NAME = "shop"
MARK = "marker-that-is-nobodys-business"
ROOM = {"workflowExecutionRetentionPeriodInDays": "1"}
MEMBERS = {"number", "time", "kind", "identity", "source", "operation", "outcome", "request_id"}
MORE = {"subject", "access_key", "domain", "action", "resource", "reason", "refused_decisions"}
MORE |= {"previous", "hash"}


@pytest.fixture(scope="module")
def people(tmp_path_factory):
    folder = AccessFolder(tmp_path_factory.mktemp("access"))
    with folder.together():
        folder.policy(
            "shut",
            document(
                statement("Allow", "swf:*"),
                {"Sid": "NoDescribing", **statement("Deny", "swf:DescribeDomain")},
            ),
        )
        folder.policy(
            "no-timers",
            document({"Effect": "Allow", "NotAction": "swf:StartTimer", "Resource": "*"}),
        )
        return folder, {
            "shut": folder.user("shut", ["shut"]),
            "nobody": folder.user("nobody"),
            "no-timers": folder.user("no-timers", ["no-timers"]),
            "everything": folder.user("everything", [allow("swf:*")]),
            "session": folder.role_session("ci", "build-7", [allow("swf:*")]),
        }


@pytest.fixture(scope="module")
def audited(people, tmp_path_factory):
    log = tmp_path_factory.mktemp("log") / "audit"
    with Audited(people[0], log) as running:
        running.domain = world.World(running.root, NAME)
        yield running


def now():
    """The time in the milliseconds of the log."""
    moment = datetime.datetime.now(datetime.UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def post(audited, keys, operation, body, source=None):
    """The reply and the id of the request."""
    reply = audited.http(keys, source=source).post(operation, body)
    return reply, reply.headers["x-amzn-RequestId"]


def test_a_change(audited, people):
    keys = people[1]["everything"]
    body = {"domain": NAME, "workflowId": "w", "workflowType": world.WORKFLOW_TYPE}
    before = now()
    reply, request_id = post(audited, keys, "StartWorkflowExecution", body, source="127.0.0.2")
    assert reply.status == 200
    line = audited.line(request_id)
    assert MEMBERS <= set(line) <= MEMBERS | MORE
    told = {
        "identity": user_arn("everything"),
        "access_key": keys.access_key_id,
        "source": "127.0.0.2",
        "operation": "StartWorkflowExecution",
        "domain": NAME,
        "outcome": "ok",
    }
    assert told.items() <= line.items()
    assert line["resource"] == domain_arn(NAME)
    assert line["time"].endswith("Z")
    assert before <= datetime.datetime.fromisoformat(line["time"]) <= now()


def test_which_calls_are_in_the_log(audited):
    """Each operation once: those that change something, with polls that get a task and heartbeats."""
    for operation in access_calls.CALLS:
        domain = world.World(audited.root, f"once-{operation}")
        params = access_calls.CALLS[operation](domain)
        before = len(audited.calls())
        audited.root.call(operation, **params)
        new = [entry["operation"] for entry in audited.calls()[before:]]
        changes = access_calls.changes(operation) or operation == access_calls.HEARTBEAT
        assert new == ([operation] if changes else []), operation


def test_an_empty_poll_is_not_in_the_log(audited):
    before = len(audited.calls())
    for operation in ("PollForActivityTask", "PollForDecisionTask"):
        audited.domain.poll(operation, "nothing-here")
    assert len(audited.calls()) == before


def test_a_refused_read_is_in_the_log_with_its_reason(audited, people):
    """The deciding statement is for the log; the caller is told only what Amazon tells."""
    reply, request_id = post(audited, people[1]["shut"], "DescribeDomain", {"name": NAME})
    assert reply.status == 400
    line = audited.line(request_id)
    assert (line["outcome"], line["identity"]) == (REFUSED, user_arn("shut"))
    assert (line["operation"], line["domain"]) == ("DescribeDomain", NAME)
    for word in ("shut", "2", "NoDescribing"):
        assert word in line["reason"]
    for word in ("NoDescribing", "shut.json", "statement"):
        assert word.encode() not in reply.body
    reply, request_id = post(audited, people[1]["nobody"], "DescribeDomain", {"name": NAME})
    line = audited.line(request_id)
    assert (line["outcome"], line["identity"]) == (REFUSED, user_arn("nobody"))
    assert line["reason"]


def test_refused_decisions_are_named(audited, people):
    audited.domain.start(taskList={"name": "timers"})
    task = audited.domain.decision_task("timers")
    decisions = [
        decision("RecordMarker", markerName="m", details=MARK),
        world.start_timer("t", "900", control=MARK),
        decision("RecordMarker", markerName="n"),
        world.start_timer("u", "900"),
    ]
    body = {"taskToken": task["taskToken"], "decisions": decisions}
    reply, request_id = post(audited, people[1]["no-timers"], "RespondDecisionTaskCompleted", body)
    assert (reply.status, reply.body) in [(200, b""), (200, b"{}")]
    line = audited.line(request_id)
    assert line["outcome"] == "ok"
    named = [(each["index"], each["type"]) for each in line["refused_decisions"]]
    assert named == [(1, "StartTimer"), (3, "StartTimer")]
    assert all(each["reason"] for each in line["refused_decisions"])
    events = audited.domain.call(
        "GetWorkflowExecutionHistory", execution=task["workflowExecution"]
    )["events"]
    causes = [attributes.get("cause") for _, attributes in world.described(events)]
    assert causes.count(NOT_PERMITTED) == 2


def test_who_is_not_known(audited, people):
    """Without a signature, with an unknown key, with a wrong secret, without the token of a session."""
    keys = people[1]["everything"]
    headers = {"X-Amz-Target": raw.SHORT + "ListDomains", "Content-Type": raw.JSON_1_0}
    body = json.dumps(access_calls.LIVE).encode()
    reply = raw.Http(audited.endpoint).send(headers=headers, body=body)
    line = audited.line(reply.headers["x-amzn-RequestId"])
    assert line["outcome"] == "MissingAuthenticationTokenException"
    assert line["identity"] == "unknown"
    assert "access_key" not in line
    assert line["source"] == "127.0.0.1"
    for wrong, outcome in [
        (keys._replace(access_key_id="AKIANOTTHERE00000000"), "UnrecognizedClientException"),
        (keys._replace(secret=MARK), "InvalidSignatureException"),
        (people[1]["session"]._replace(token=None), "UnrecognizedClientException"),
        (people[1]["session"]._replace(token=MARK), "UnrecognizedClientException"),
    ]:
        reply, request_id = post(audited, wrong, "ListDomains", access_calls.LIVE)
        line = audited.line(request_id)
        assert (line["outcome"], line.get("access_key")) == (outcome, wrong.access_key_id)
        assert line["operation"] == "ListDomains"


def test_who_is_known_has_its_name_whatever_is_wrong_with_its_request(audited, people):
    keys = people[1]["everything"]
    for body, outcome in [({}, "ValidationException"), ([], "SerializationException")]:
        _, request_id = post(audited, keys, "TerminateWorkflowExecution", body)
        line = audited.line(request_id)
        assert (line["identity"], line["outcome"]) == (user_arn("everything"), outcome)


def test_what_of_the_domain_a_call_is_about(audited, people):
    keys = people[1]["everything"]
    type_name = {"name": "a type", "version": "2"}
    for operation, body, subject in [
        ("SignalWorkflowExecution", {"workflowId": "w-7", "signalName": "s"}, "w-7"),
        ("RegisterActivityType", type_name, "a type 2"),
        ("DeprecateActivityType", {"activityType": type_name}, "a type 2"),
        ("DeprecateDomain", {"name": "nowhere"}, None),
    ]:
        body = body if operation == "DeprecateDomain" else {"domain": NAME, **body}
        _, request_id = post(audited, keys, operation, body)
        assert audited.line(request_id).get("subject") == subject, operation


def test_a_session_has_its_name_in_the_log(audited, people):
    _, request_id = post(audited, people[1]["session"], "RegisterDomain", {"name": "by-ci"} | ROOM)
    arn = f"arn:aws:sts::{harness.ACCOUNT}:assumed-role/ci/build-7"
    line = audited.line(request_id)
    assert (line["identity"], line["domain"]) == (arn, "by-ci")


def test_no_payload_and_no_secret(audited, people):
    """A word in every free text, and every secret there is: neither is in any file of the log."""
    call = audited.root.call
    domain = world.World(audited.root, "payloads")
    tags = [{"key": "team", "value": MARK}]
    call("TagResource", resourceArn=domain_arn("payloads"), tags=tags)
    run = domain.start(input=MARK)
    run.signal("s", input=MARK)
    domain.decide(
        domain.decision_task(identity=MARK),
        world.schedule("a", input=MARK, control=MARK),
        world.schedule("b"),
        decision("RecordMarker", markerName="m", details=MARK),
        executionContext=MARK,
    )
    task, other = domain.activity_task(identity=MARK), domain.activity_task()
    domain.heartbeat(task, details=MARK)
    domain.complete(task, result=MARK)
    failed = {"taskToken": other["taskToken"], "reason": MARK, "details": MARK}
    call("RespondActivityTaskFailed", **failed)
    assert fault(call, "RespondActivityTaskFailed", **failed)[0] == "UnknownResourceFault"
    domain.call("TerminateWorkflowExecution", **run.execution, reason=MARK, details=MARK)
    refused = audited.client(people[1]["nobody"]).call
    named = {"domain": "payloads", "workflowId": "w"}
    assert (
        fault(refused, "SignalWorkflowExecution", **named, signalName="s", input=MARK)[0] == REFUSED
    )
    text = b"".join(file.read_bytes() for file in files(audited.log_folder))
    assert b"payloads" in text
    secrets = [keys.secret for keys in people[1].values()] + [audited.root_keys.secret]
    for word in [MARK, task["taskToken"], people[1]["session"].token, "Signature=", *secrets]:
        assert word.encode() not in text, word
        assert word not in audited.logged(), word


def test_a_task_token_of_a_refused_call(audited, people):
    """It is no secret of the caller, but who has it could work with it."""
    audited.domain.start(taskList={"name": "tokens"})
    task = audited.domain.decision_task("tokens")
    body = {"taskToken": task["taskToken"]}
    _, request_id = post(audited, people[1]["nobody"], "RespondDecisionTaskCompleted", body)
    line = audited.line(request_id)
    assert (line["outcome"], line["domain"]) == (REFUSED, NAME)
    assert task["taskToken"] not in json.dumps(line)


def test_nobody_else_may_read_it(audited):
    assert stat.S_IMODE(audited.log_folder.stat().st_mode) == 0o700
    for file in files(audited.log_folder):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_where_the_log_is(people, tmp_path):
    """In the data directory unless it is said otherwise, and nowhere with `none`."""
    with Guarded(people[0], directory=tmp_path / "data") as server:
        server.root.call("RegisterDomain", name=NAME, **ROOM)
        found = verified(tmp_path / "data" / "audit")
        assert found[-1]["operation"] == "RegisterDomain"
    arguments = ["--audit-log", "none"]
    with Guarded(people[0], *arguments, directory=tmp_path / "other") as server:
        server.root.call("RegisterDomain", name=NAME, **ROOM)
        assert not list((tmp_path / "other").rglob("audit*"))
