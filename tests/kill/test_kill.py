"""Kills the server again and again under load; nothing it had said may be undone.

KILLS (default 50) is the number of rounds, SEED repeats the random choices of a
run (the threads still race, so a run is alike, not the same).
"""

import collections
import json
import os
import random
import sqlite3
import time

import harness
import pytest
from databases import databases, waiting_messages
from evidence import collect
from event_table import EVENT_TYPES
from instants import glance
from journal import ACKNOWLEDGED, UNKNOWN, Caller
from one_client import restarted, schedule, timer
from verify import verify
from workload import DOMAIN, Load

KILLS = int(os.environ.get("KILLS", "50"))
SEED = int(os.environ.get("SEED", random.SystemRandom().randrange(10**6)))
SHORTEST, LONGEST = 0.3, 1.5
QUIESCE_SECONDS = 120
SHOWN_PROBLEMS = 25
# So many calls of a life must be answered; an idle machine comes to two hundred.
LEAST_CALLS = 20
# Seconds after which what the directed tests wait for is due: more than its preparation takes.
DUE = "3"
LONG = {"executionStartToCloseTimeout": "600", "taskStartToCloseTimeout": "600"}
BURST_EVERY = 5
BURST_SECONDS = 10
# So many of the bursts are hit by the kill while the server works on them.
EARLY_SHARE = 0.3
# The event types that children, messages and continued runs bring; all must be in a long run.
SHOWN_TYPES = {
    name for name in EVENT_TYPES if "External" in name or "ChildWorkflow" in name
} | {"WorkflowExecutionContinuedAsNew", "WorkflowExecutionCancelRequested"}


def live_and_die(load, server, chance, burst):
    """One round: the server starts, works under load, and is killed in the middle."""
    load.journal.start(server)
    if len(load.journal.lives) == 1:
        load.prepare(server.endpoint)
    caller = Caller(load.journal, server.endpoint, load.session)
    load.glances.append(glance(caller.client, DOMAIN, chance))
    load.begin(server.endpoint)
    if burst:
        time.sleep(chance.uniform(0, SHORTEST))
        early = chance.random() < EARLY_SHARE
        threads = [load.begin_burst(chance) for _ in range(chance.randint(1, 2))]
        for thread in threads:
            thread.join(chance.uniform(0, SHORTEST) if early else BURST_SECONDS)
    else:
        time.sleep(chance.uniform(SHORTEST, LONGEST))
    load.journal.kill(server)
    load.end()


def finish(load, server):
    """One long life without new runs, until every run has ended."""
    load.journal.start(server)
    load.begin(server.endpoint, without=("start", "register"))
    try:
        harness.wait_until(
            lambda: load.open_runs() == 0, "runs are still open", QUIESCE_SECONDS, pause=0.2
        )
    finally:
        load.end()
        load.journal.kill(server)


def read_back(load, server):
    """The final answers, from a server that has nothing but its disk to go by."""
    load.journal.start(server)
    caller = Caller(load.journal, server.endpoint, load.session)
    evidence = collect(load.journal, caller.client, DOMAIN, load.glances)
    load.journal.kill(server)
    return evidence


def integrity_problems(folder):
    """What SQLite itself finds wrong with the databases of a dead server."""
    found = databases(folder)
    problems = [] if found else [f"no SQLite database in {folder}"]
    for path in found:
        with sqlite3.connect(path) as connection:
            rows = connection.execute("PRAGMA integrity_check").fetchall()
        connection.close()
        if rows != [("ok",)]:
            problems.append(f"{path.name}: {rows[:5]}")
    return problems


def report(journal, evidence, waiting):
    """One line of figures, so that a load that did nothing is seen."""
    acknowledged = sum(call.outcome == ACKNOWLEDGED for call in journal.calls)
    unknown = sum(call.outcome == UNKNOWN for call in journal.calls)
    events = sum(map(len, evidence.histories.values()))
    print(
        f"{len(journal.lives)} lives, {len(journal.calls)} calls ({acknowledged} acknowledged,"
        f" {unknown} unknown), {len(evidence.histories)} runs, {events} events,"
        f" {len(evidence.handed)} tasks handed out"
    )
    counted = collections.Counter(
        event.type for history in evidence.parsed.values() for event in history
    )
    print(
        f"{sum(map(len, evidence.started_children.values()))} children,"
        f" {counted['SignalExternalWorkflowExecutionInitiated']} signals and"
        f" {counted['RequestCancelExternalWorkflowExecutionInitiated']} cancel requests between"
        f" runs, {counted['WorkflowExecutionContinuedAsNew']} runs continued; messages waiting"
        f" after the kills: {sum(waiting)} after {sum(map(bool, waiting))} of them"
    )
    seen = [*(glance.histories for glance in evidence.glances)]
    peers = [*(glance.peers for glance in evidence.glances)]
    print(
        f"{sum(map(len, seen))} histories and {sum(map(len, peers))} of runs that they name"
        f" were read just after kills"
    )
    print(", ".join(f"{name} {counted[name]}" for name in sorted(SHOWN_TYPES)))
    return acknowledged, unknown


def test_nothing_acknowledged_is_lost_and_nothing_is_handed_out_twice(tmp_path, journal, server):
    print(f"SEED={SEED} KILLS={KILLS}")
    chance = random.Random(SEED)
    load = Load(journal, SEED)
    waiting = []
    for number in range(KILLS):
        live_and_die(load, server, chance, burst=number % BURST_EVERY == BURST_EVERY - 1)
        waiting.append(waiting_messages(tmp_path / "data"))
    finish(load, server)
    evidence = read_back(load, server)
    problems = load.crashes + verify(evidence) + integrity_problems(tmp_path / "data")
    if "panicked" in server.logged():
        problems.append("the server's log tells of a panic")
    acknowledged, unknown = report(journal, evidence, waiting)
    if problems:
        dump(tmp_path / "evidence.json", evidence)
        shown = "\n".join(problems[:SHOWN_PROBLEMS])
        pytest.fail(f"SEED={SEED}, {len(problems)} problems, evidence in {tmp_path}:\n{shown}")
    for is_shown, otherwise in [
        (acknowledged > LEAST_CALLS * KILLS, "the load was too small to show anything"),
        (unknown > 0, "no kill hit a call"),
        (KILLS < BURST_EVERY or sum(waiting) > 0, "no kill left a message in the store"),
        (KILLS < 50 or not evidence_lacks(evidence), f"without {evidence_lacks(evidence)}"),
    ]:
        if not is_shown:
            # Chance, and how fast the machine is, decide what happens: another run may show it.
            raise harness.Late(otherwise)


def evidence_lacks(evidence):
    """The event types about other runs that the load never brought about."""
    seen = {event.type for history in evidence.parsed.values() for event in history}
    return sorted(SHOWN_TYPES - seen)


def dump(path, evidence):
    """Writes the whole evidence as JSON, for whoever looks for the cause."""
    whole = {
        "lives": [vars(life) for life in evidence.journal.lives],
        "calls": [vars(call) for call in evidence.journal.calls],
        "histories": {" ".join(run): events for run, events in evidence.histories.items()},
    }
    path.write_text(json.dumps(whole, default=str, indent=1))


def test_deadlines_that_pass_while_the_server_is_down_fire_after_the_restart(
    journal, server, client
):
    timed_out = client.start("timed-out", executionStartToCloseTimeout=DUE)
    client.task("Decision", "never answers")
    waiting = client.start("waiting", executionStartToCloseTimeout="60")
    client.decide("d-1", timer("t", DUE), schedule("a", startToCloseTimeout=DUE))
    client.task("Activity", "never answers either")
    abandoned = client.start("abandoned", taskStartToCloseTimeout=DUE)
    client.task("Decision", "nor does this one")

    client = restarted(journal, server, down=int(DUE) + 0.2)
    life = journal.lives[-1]
    for execution, event_type in (
        (timed_out, "WorkflowExecutionTimedOut"),
        (waiting, "TimerFired"),
        (waiting, "ActivityTaskTimedOut"),
        (abandoned, "DecisionTaskTimedOut"),
    ):
        fired = time_of(awaited(client, execution, event_type))
        assert fired >= life.launched, f"{event_type} while the server was down"
        harness.in_time(fired - life.ready, 2, f"{event_type} after readiness")


def awaited(client, execution, event_type):
    """The first event of a type, when it has come."""
    return harness.wait_until(lambda: client.find(execution, event_type), event_type)


def time_of(event):
    return event["eventTimestamp"].timestamp()


def test_the_heartbeat_clock_restarts_at_recovery_and_keeps_the_details(journal, server, client):
    execution = client.start("beating")
    client.decide("d-1", schedule("a", heartbeatTimeout=DUE))
    token = client.task("Activity", "w-1")["taskToken"]
    client.call("RecordActivityTaskHeartbeat", taskToken=token, details="50%")

    client = restarted(journal, server, down=int(DUE) + 0.2)
    life = journal.lives[-1]
    event = awaited(client, execution, "ActivityTaskTimedOut")
    told = event["activityTaskTimedOutEventAttributes"]
    assert (told["timeoutType"], told["details"]) == ("HEARTBEAT", "50%")
    assert life.launched + int(DUE) - 0.001 <= time_of(event)
    harness.in_time(time_of(event) - life.ready, int(DUE) + 2, "the heartbeat time-out")


def test_tokens_from_before_the_kill_work_after_it(journal, server, client):
    execution = client.start("token", **LONG)
    client.decide("d-1", schedule("a", startToCloseTimeout="30"))
    activity = {"taskToken": client.task("Activity", "w-1")["taskToken"]}
    other = client.start("token-2", **LONG)
    decision = {"taskToken": client.task("Decision", "d-2")["taskToken"]}

    client = restarted(journal, server, down=0)
    beat = client.call("RecordActivityTaskHeartbeat", **activity)
    assert beat == {"cancelRequested": False}
    client.call("RespondActivityTaskCompleted", **activity, result="ok")
    client.call("RespondDecisionTaskCompleted", **decision, decisions=[])

    client = restarted(journal, server, down=0)
    assert client.find(execution, "ActivityTaskCompleted")
    assert client.find(other, "DecisionTaskCompleted")


def test_a_task_waiting_before_the_kill_is_handed_out_once_after_it(journal, server, client):
    execution = client.start("waiting")
    client = restarted(journal, server, down=0)
    task = client.task("Decision", "d-1")
    assert task["workflowExecution"] == execution
    assert "taskToken" not in client.poll("Decision")
