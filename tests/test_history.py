"""`everbeat history`, and the call of Everbeat's own that it asks for heartbeats."""

import re
import subprocess

import harness
import raw
import world
from clients import Boto3
from raw import SERVICE, assert_fault, assert_violations, not_null

OWN = "Everbeat."
CALL = "DescribeHeartbeats"
UNKNOWN = "com.amazonaws.swf.base.model#UnknownResourceFault"


def own(http, domain, run):
    """The answer of DescribeHeartbeats, whose HTTP status must be 200."""
    body = {"domain": domain.name, "execution": run.execution}
    reply = http.post(CALL, body, target=OWN)
    assert reply.status == 200, reply.body
    assert set(reply.json) == {"heartbeats"}
    return reply.json["heartbeats"]


def history(server, *words):
    """Standard output of `everbeat history`; the command must succeed in silence."""
    ran = subprocess.run(
        [harness.binary(), "history", *words],
        env=harness.client_environment(server.endpoint),
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    return ran.stdout


def line_of(page, activity_id):
    """The one line of a timeline that is about the activity."""
    (line,) = [line for line in page.splitlines() if f" activity {activity_id}: " in line]
    return line


def started_activities(domain, *activity_ids):
    """A run whose decider scheduled these activities, and their started tasks."""
    run = domain.start()
    domain.decide(domain.decision_task(), *map(world.schedule, activity_ids))
    return run, [domain.activity_task() for _ in activity_ids]


def entry(task, scheduled, **more):
    """What is told of a started task."""
    return {
        "activityId": task["activityId"],
        "scheduledEventId": scheduled,
        "startedEventId": task["startedEventId"],
    } | more


def test_heartbeats_are_told_by_a_call_of_their_own(domain, http):
    run = domain.start()
    assert own(http, domain, run) == []
    domain.decide(domain.decision_task(), world.schedule("a"), world.schedule("b"))
    assert own(http, domain, run) == [], "no worker has them yet"
    a, b = domain.activity_task(), domain.activity_task()
    assert own(http, domain, run) == [entry(a, 5), entry(b, 6)]

    domain.heartbeat(a, details="50%")
    first, silent = own(http, domain, run)
    at = first["latestHeartbeatTimestamp"]
    started = run.events()[a["startedEventId"] - 1]["eventTimestamp"]
    assert started <= at <= started + harness.WAIT_SECONDS
    assert first == entry(a, 5, latestHeartbeatTimestamp=at, details="50%")
    assert silent == entry(b, 6)

    domain.heartbeat(a)
    first, _ = own(http, domain, run)
    assert first["latestHeartbeatTimestamp"] >= at
    assert "details" not in first

    domain.complete(a)
    assert own(http, domain, run) == [entry(b, 6)]
    domain.call("TerminateWorkflowExecution", **run.execution)
    assert own(http, domain, run) == []


def test_the_own_call_is_refused_as_describing_an_execution_is(domain, http):
    run = domain.start()
    for body in (
        {"domain": domain.name, "execution": run.execution | {"runId": "0" * 32}},
        {"domain": domain.name, "execution": run.execution | {"workflowId": "other"}},
        {"domain": "nowhere", "execution": run.execution},
    ):
        described = http.post("DescribeWorkflowExecution", body)
        assert_fault(http.post(CALL, body, target=OWN), UNKNOWN, described.text)
    assert_violations(
        http.post(CALL, {}, target=OWN), not_null("execution"), not_null("domain")
    )
    serialization = SERVICE + "SerializationException"
    assert_fault(http.post(CALL, b"[]", target=OWN), serialization, None)


def test_own_calls_and_operations_do_not_mix(domain, http):
    run = domain.start()
    body = {"domain": domain.name, "execution": run.execution}
    unknown = SERVICE + "UnknownOperationException"
    assert_fault(http.post(CALL, body), unknown, None)
    described = http.post("DescribeWorkflowExecution", body, target=OWN)
    assert_fault(described, unknown, None)


def test_the_history_shows_the_last_heartbeat_of_running_activities(domain, server):
    run, (a, b, c) = started_activities(domain, "a", "b", "c")
    domain.heartbeat(a, details="50%\x1b[31m")
    domain.heartbeat(b)
    page = history(server, domain.name, run.workflow_id)
    assert page.startswith(f"{run.workflow_id} run {run.run_id}\n")
    assert "\x1b" not in page, "no colour, and no way to steer a terminal"
    running = r"; running for [\d.]+m?s, "
    beat = running + r"last heartbeat [\d.]+m?s ago"
    assert re.search(beat + r': "50%\\u\{1b\}\[31m"$', line_of(page, "a"))
    assert re.search(beat + "$", line_of(page, "b"))
    assert re.search(running + "no heartbeat yet$", line_of(page, "c"))

    domain.complete(a, result="done")
    page = history(server, domain.name, run.workflow_id, run.run_id)
    assert re.search(r"; completed after [\d.]+m?s done$", line_of(page, "a"))


def test_a_restart_makes_a_heartbeat_neither_younger_nor_new(tmp_path):
    with harness.Server(tmp_path, ["--poll-hold-seconds", 1]) as server:
        client = Boto3(server.endpoint)
        http = raw.Http(server.endpoint)
        domain = world.World(client)
        run, (a, b) = started_activities(domain, "a", "b")
        domain.heartbeat(a, details="50%")
        before = own(http, domain, run)
        assert [set(one) - set(entry(a, 5)) for one in before] == [
            {"latestHeartbeatTimestamp", "details"},
            set(),
        ]
        server.restart(crash=True)
        assert own(http, domain, run) == before
        client.close()
