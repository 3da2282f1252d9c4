#!/usr/bin/env python3
"""Measures lists and counts over many executions while load runs.

    python3 tests/scale/visibility.py [CLOSED [OPEN [SAMPLES]]]   (default 1,000,000 100,000 100)

Starts a server of its own on a fresh folder, starts and ends CLOSED executions
and starts OPEN more, over pipelined connections: five types, ten groups as
tags, a tag for few, one workflow id with many runs, two close statuses. Then
asks for each kind of page and each kind of count SAMPLES times, by turns, while
`everbeat bench workflow` loads the same server, and prints a table. Fails when
the p99 of a page, or of a count of at most a hundred thousand, is above 50 ms.
"""

import json
import pathlib
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
from harness import Server  # noqa: E402
from load import Load  # noqa: E402
from pipe import Pipe, register, say  # noqa: E402

DEPTH = 100
PIPES = 4
MOST_MS = 50
MOST_HITS = 100_000
DOMAIN = "archive"
LIST = {"name": "main"}
KINDS = [
    {"name": "order", "version": "1"},
    {"name": "order", "version": "2"},
    {"name": "order", "version": "3"},
    {"name": "refund", "version": "1"},
    {"name": "report", "version": "1"},
]
# One execution in so many is completed by a decider; the others are terminated.
COMPLETED = 10
# One in so many has the workflow id that all of these share.
SAME_ID = 100


def start(number):
    """The request that starts an execution."""
    # Nine in ten are of version 1, so that the other types are found among many.
    kind = KINDS[0] if number % 10 else KINDS[number // 10 % len(KINDS)]
    tags = [f"group-{number % 10}"] + (["rare"] if number % 1000 == 0 else [])
    task_list = {"name": "decided" if number % COMPLETED == 0 else "ignored"}
    body = {
        "domain": DOMAIN,
        "workflowId": workflow_id(number),
        "workflowType": kind,
        "tagList": tags,
        "taskList": task_list,
    }
    return "StartWorkflowExecution", body


def workflow_id(number):
    return "same" if number % SAME_ID == 1 else f"run-{number * 7919 % 99_999_989}-{number}"


def end(number):
    """The request that ends an execution."""
    if number % COMPLETED == 0:
        return "PollForDecisionTask", {"domain": DOMAIN, "taskList": {"name": "decided"}}
    return "TerminateWorkflowExecution", {"domain": DOMAIN, "workflowId": workflow_id(number)}


def fill(pipes, numbers, requests_of, ends):
    """Sends the requests of these executions, over all connections at once."""
    parts = [numbers[index : index + DEPTH] for index in range(0, len(numbers), DEPTH)]
    for index in range(0, len(parts), len(pipes)):
        used = list(zip(pipes, parts[index : index + len(pipes)]))
        answers = []
        for pipe, part in used:
            pipe.send([request for number in part for request in requests_of(number)])
        for pipe, part in used:
            count = sum(len(requests_of(number)) for number in part)
            answers.append((pipe, [pipe.reply() for _ in range(count)]))
        if ends:
            complete(answers)


def complete(answers):
    """Completes the executions whose decision tasks were polled."""
    decision = [{"decisionType": "CompleteWorkflowExecution"}]
    for pipe, replies in answers:
        tokens = [reply["taskToken"] for reply in replies if "taskToken" in reply]
        bodies = [{"taskToken": token, "decisions": decision} for token in tokens]
        pipe.call("RespondDecisionTaskCompleted", bodies)


def filters(closed):
    """Each filter with a name for the table."""
    found = [
        ("no filter", {}),
        ("type, any version", {"typeFilter": {"name": "order"}}),
        ("type, version of few", {"typeFilter": {"name": "order", "version": "3"}}),
        ("type of few", {"typeFilter": {"name": "report"}}),
        ("tag of a tenth", {"tagFilter": {"tag": "group-3"}}),
        ("tag of few", {"tagFilter": {"tag": "rare"}}),
        ("workflow id of many", {"executionFilter": {"workflowId": "same"}}),
        ("workflow id of one", {"executionFilter": {"workflowId": workflow_id(2)}}),
        ("workflow id of none", {"executionFilter": {"workflowId": "nobody"}}),
    ]
    if closed:
        found.append(("status of a tenth", {"closeStatusFilter": {"status": "COMPLETED"}}))
        found.append(("status of none", {"closeStatusFilter": {"status": "FAILED"}}))
    return found


def queries(middle, tenth):
    """Name, operation and body of everything that is measured."""
    ever = {"oldestDate": 0}
    for state, order, closed in [
        ("Open", "startTimeFilter", False),
        ("Closed", "startTimeFilter", True),
        ("Closed", "closeTimeFilter", True),
    ]:
        for name, chosen in filters(closed):
            what = f"{state.lower()} by {order.removesuffix('TimeFilter')}, {name}"
            body = {"domain": DOMAIN, **chosen}
            for place, more in [
                ("newest", {order: ever}),
                ("oldest", {order: ever, "reverseOrder": True}),
                ("middle", {order: {"oldestDate": 0, "latestDate": middle}}),
            ]:
                operation = f"List{state}WorkflowExecutions"
                yield f"page, {what}, {place}", operation, {**body, **more}
            operation = f"Count{state}WorkflowExecutions"
            yield f"count, {what}, all", operation, {**body, order: ever}
            span = {"oldestDate": tenth[0], "latestDate": tenth[1]}
            yield f"count, {what}, a tenth of the time", operation, {**body, order: span}


def measure(endpoint, asked, samples):
    """Milliseconds of each query, sorted, and what it found."""
    pipe = Pipe(endpoint)
    times = {name: [] for name, *_ in asked}
    found = {}
    with Load(endpoint) as load:
        for _ in range(samples):
            load.keep_up()
            for name, operation, body in asked:
                before = time.perf_counter()
                pipe.send([(operation, body)])
                status, answer = pipe.raw_reply()
                times[name].append((time.perf_counter() - before) * 1000)
                if status != b"200":
                    raise SystemExit(f"refused: {name}: {answer.decode()}")
                if name not in found:
                    answer = json.loads(answer)
                    found[name] = answer.get("count", len(answer.get("executionInfos", [])))
    return {name: sorted(values) for name, values in times.items()}, found


def report(times, found):
    """Prints the table; true if nothing took too long."""
    say(f"{'hits':>9} {'p50 ms':>8} {'p99 ms':>8} {'max ms':>8}")
    worst = 0
    for name, values in times.items():
        p50, p99 = (values[int((len(values) - 1) * share)] for share in (0.5, 0.99))
        counts = found[name] <= MOST_HITS
        worst = max(worst, p99 if counts else 0)
        mark = " !" if counts and p99 > MOST_MS else ""
        say(f"{found[name]:9} {p50:8.1f} {p99:8.1f} {values[-1]:8.1f}  {name}{mark}")
    say(f"worst p99 of a page, or of a count of at most {MOST_HITS}: {worst:.1f} ms")
    return worst <= MOST_MS


def populate(endpoint, closed, opened):
    """Makes the executions; the times of the middle, and of the tenth before it."""
    pipes = [Pipe(endpoint) for _ in range(PIPES)]
    register(pipes[0], DOMAIN, KINDS, LIST, retention="30")
    started = time.monotonic()
    marks = []
    step = max(closed // 20, DEPTH)
    for first in range(0, closed, step):
        marks.append(time.time())
        numbers = range(first, min(first + step, closed))
        unique = [number for number in numbers if number % SAME_ID != 1]
        fill(pipes, unique, lambda number: [start(number), end(number)], ends=True)
        # Runs of one workflow id follow each other on one connection.
        same = [number for number in numbers if number % SAME_ID == 1]
        fill(pipes[:1], same, lambda number: [start(number), end(number)], ends=False)
    opens = [number for number in range(closed, closed + opened) if number % SAME_ID != 1]
    fill(pipes, opens, lambda number: [start(number)], ends=False)
    pipes[0].calls([start(closed - closed % SAME_ID + 1)])
    seconds = time.monotonic() - started
    say(f"{closed} closed and {opened} open executions in {seconds:.0f} s")
    middle = len(marks) // 2
    return marks[middle], (marks[max(middle - 2, 0)], marks[middle])


def main():
    numbers = [int(argument) for argument in sys.argv[1:]]
    closed, opened, samples = numbers + [1_000_000, 100_000, 100][len(numbers) :]
    with tempfile.TemporaryDirectory() as folder:
        options = ["--limit", f"open_executions_per_domain={opened + 10_000}"]
        server = Server(pathlib.Path(folder) / "data", options)
        server.start()
        try:
            middle, tenth = populate(server.endpoint, closed, opened)
            asked = list(queries(middle, tenth))
            is_quick = report(*measure(server.endpoint, asked, samples))
        finally:
            server.kill()
    sys.exit(0 if is_quick else 1)


if __name__ == "__main__":
    main()
