"""`everbeat stuck`, and the call of Everbeat's own that it asks."""

import http.server
import json
import re
import subprocess
import threading

import pytest

import harness
import manual_clock
import raw
import world
from manual_clock import DAY, ManualWorld
from world import decision, schedule, start_timer

UNKNOWN = "com.amazonaws.swf.base.model#UnknownResourceFault"
AT = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC"
LONG_HISTORY = 10_000


@pytest.fixture
def manual():
    """A domain on a server of its own, with its clock."""
    with manual_clock.serve() as running:
        yield ManualWorld(running)


def everbeat(endpoint, *words):
    """Runs `everbeat stuck` with these words."""
    return subprocess.run(
        [harness.binary(), "stuck", *words],
        env=harness.client_environment(endpoint),
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def stuck(manual, *words):
    """The lines that `everbeat stuck` says of the domain; it must succeed in silence."""
    ran = everbeat(manual.server.endpoint, manual.name, *words)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "\x1b" not in ran.stdout, "no colour outside of a terminal"
    return [line.strip() for line in ran.stdout.splitlines()]


def said(manual, run):
    """The sentences about a run, without those on its age and its end."""
    heading, *sentences, end = stuck(manual, run.workflow_id)
    assert heading.startswith(f"{run.workflow_id} run {run.run_id}: open for ")
    assert re.fullmatch(rf"the execution itself times out at {AT} \(in \d\S+\)", end)
    return sentences


def matches(sentence, pattern):
    """The sentence is this, with @ for an instant."""
    assert re.fullmatch(re.escape(pattern).replace("@", AT), sentence), sentence


def idle(manual, *decisions, **params):
    """A run whose first decision task was answered with these decisions."""
    run = manual.start(**params)
    manual.decide(manual.decision_task(), *decisions)
    return run


def test_nobody_has_polled(manual):
    run = manual.start()
    manual.clock.advance(185)
    heading, sentence, _ = stuck(manual, run.workflow_id, run.run_id)
    assert heading.endswith(": open for 3m05s, 2 events, the last one 3m05s ago")
    matches(
        sentence,
        "the decision task waits on list main since @ (3m05s ago); "
        "nobody has polled that list since the server started at @ (3m05s ago)",
    )


def test_nobody_polls_any_more(manual):
    run = idle(manual, schedule("ship", taskList={"name": "closed-shop"}))
    manual.clock.advance(100)
    run.signal("wake")
    manual.clock.advance(100)
    decider, worker = said(manual, run)
    matches(
        worker,
        "the decision task waits on list main since @ (1m40s ago); "
        "nobody polls that list now, the last poll was at @ (3m20s ago)",
    )
    matches(
        decider,
        "activity ship waits on list closed-shop since @ (3m20s ago); "
        "nobody has polled that list since the server started at @ (3m20s ago); "
        "it times out at @ (in 1m40s)",
    )


def test_decision_tasks_time_out(manual):
    run = manual.start()
    manual.decision_task()
    manual.clock.advance(30)
    assert said(manual, run)[0] == "the last decision task timed out"
    for _ in range(6):
        manual.decision_task()
        manual.clock.advance(30)
    assert said(manual, run)[0] == "the decision task timed out 7 times in a row"
    task = manual.decision_task()
    manual.clock.advance(10)
    _, with_decider = said(manual, run)
    matches(
        with_decider,
        "the decision task is with a decider since @ (10.0s ago); it times out at @ (in 20.0s)",
    )
    manual.decide(task, start_timer("t", "60"))
    assert not any("timed out" in sentence for sentence in said(manual, run))


def test_activities_with_workers(manual):
    run = idle(manual, schedule("a"), schedule("b", heartbeatTimeout="60"))
    manual.activity_task()
    manual.activity_task()
    manual.clock.advance(20)
    b, a = said(manual, run)
    end = "; unless it is heard of, it times out at @"
    matches(a, f"activity a is with a worker since @ (20.0s ago){end} (in 4m40s)")
    matches(b, f"activity b is with a worker since @ (20.0s ago){end} (in 40.0s)")


def test_timers_and_children(manual):
    child = decision(
        "StartChildWorkflowExecution",
        workflowId="child",
        workflowType=world.WORKFLOW_TYPE,
        taskList={"name": "elsewhere"},
    )
    timer = start_timer("y", str(3 * DAY))
    run = idle(manual, child, timer, executionStartToCloseTimeout=str(9 * DAY))
    # The start of the child is told in a decision task.
    manual.decide(manual.decision_task())
    timer, waits_for = said(manual, run)
    matches(timer, "waits for timer y, which fires at @ (in 3d00h)")
    assert re.fullmatch(r"waits for child child \(started as run \S+\)", waits_for)


def test_a_function_that_runs():
    with manual_clock.serve("--lambda-function", "*=command:sleep 30") as server:
        manual = ManualWorld(server)
        task = decision("ScheduleLambdaFunction", id="f", name="f", startToCloseTimeout="60")
        run = idle(manual, task, lambdaRole="arn:aws:iam::123456789012:role/r")
        harness.wait_until(
            lambda: run.events()[-1]["eventType"] == "LambdaFunctionStarted",
            "the call of the function",
        )
        (sentence,) = said(manual, run)
        matches(sentence, "Lambda task f runs since @ (0ms ago); it times out at @ (in 1m00s)")


def test_nothing_is_scheduled(manual):
    run = idle(manual)
    _, sentence = stuck(manual, run.workflow_id)
    matches(
        sentence,
        "nothing is scheduled: "
        "only a signal, a cancel request or its time-out at @ (in 1h00m) can move it",
    )


def test_a_long_history(manual):
    run = manual.start()
    marker = decision("RecordMarker", markerName="m")
    manual.decide(manual.decision_task(), *[marker] * LONG_HISTORY)
    assert stuck(manual, run.workflow_id)[-1].startswith(
        f"its history is long, with {LONG_HISTORY + 4} events: "
    )


def test_a_domain(manual):
    (none,) = stuck(manual)
    assert none == f"No open execution of {manual.name} has been still for 5m00s or longer."
    old, busy, young = (manual.start(name) for name in ("old", "busy", "young"))
    manual.clock.advance(290)
    busy.signal("s")
    fresh = manual.start("fresh")
    assert len(stuck(manual)) == 1
    manual.clock.advance(10)
    first, second = stuck(manual)
    for line, run in ((first, old), (second, young)):
        cause = "the decision task waits on list main since "
        assert line.startswith(f"5m00s  {run.workflow_id} run {run.run_id}: {cause}")
    of = [line.split()[1] for line in stuck(manual, "--older-than", "10s")]
    assert of == ["old", "busy", "young", fresh.workflow_id]
    cut = stuck(manual, "--older-than", "10s", "--max", "2")
    assert [line.split()[1] for line in cut[:2]] == ["old", "busy"]
    assert cut[2:] == ["More are still; those that started first are shown, 2 at most (see --max)."]
    answers = everbeat(manual.server.endpoint, manual.name, "--output", "json")
    executions = [answer["execution"] for answer in json.loads(answers.stdout)]
    assert executions == [old.execution, young.execution]


def test_runs_that_are_not_open(manual):
    run = idle(manual, world.complete())
    http = raw.Http(manual.server.endpoint)
    body = {"domain": manual.name} | run.execution
    reply = http.post("DescribeWaits", body, target=manual_clock.OWN)
    raw.assert_fault(reply, UNKNOWN, run.unknown())
    for words in ([run.workflow_id], [run.workflow_id, run.run_id], ["nobody"]):
        ran = everbeat(manual.server.endpoint, manual.name, *words)
        assert (ran.returncode, ran.stdout) == (254, "")
        assert f"has no open execution with the workflow id {words[0]}" in ran.stderr
    ran = everbeat(manual.server.endpoint, "nowhere", "w")
    assert ran.returncode == 254
    assert "Unknown domain: nowhere" in ran.stderr


def test_the_call(manual):
    run = idle(manual, start_timer("t", "60"))
    http = raw.Http(manual.server.endpoint)
    by_id = {"domain": manual.name, "workflowId": run.workflow_id}
    for body in (by_id, by_id | {"runId": run.run_id}):
        answer = http.post("DescribeWaits", body, target=manual_clock.OWN).json
        base = manual.base
        assert answer == {
            "execution": run.execution,
            "startTimestamp": base,
            "latestEventTimestamp": base,
            "events": 5,
            "decisionTaskTimeouts": 0,
            "now": base,
            "pollsWatchedSince": answer["pollsWatchedSince"],
            "waits": [
                {"kind": "TIMER", "id": "t", "until": round(base + 60, 3)},
                {"kind": "EXECUTION_TIMEOUT", "until": round(base + 3600, 3)},
            ],
        }
    nothing = http.post("DescribeWaits", {}, target=manual_clock.OWN)
    raw.assert_violations(nothing, raw.not_null("workflowId"), raw.not_null("domain"))


def test_a_service_without_calls_of_its_own():
    class Amazon(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            body = b'{"__type":"com.amazon.coral.service#UnknownOperationException"}'
            self.send_response(400)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Amazon)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        ran = everbeat(f"http://127.0.0.1:{server.server_port}", "d", "w")
    finally:
        server.shutdown()
        server.server_close()
    assert (ran.returncode, ran.stdout) == (255, "")
    assert "does not know Everbeat's own call DescribeWaits: it is not Everbeat" in ran.stderr


def test_words(manual):
    endpoint = manual.server.endpoint
    for words in (["help"], ["--help"], ["d", "help"]):
        ran = everbeat(endpoint, *words)
        assert (ran.returncode, ran.stdout[:21]) == (0, "usage: everbeat stuck")
    for line in ("", "d w r x", "d --max 0", "d --older-than x", "d --nope"):
        words = line.split()
        ran = everbeat(endpoint, *words)
        assert (ran.returncode, ran.stdout) == (252, ""), words
