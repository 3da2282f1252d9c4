#!/usr/bin/env python3
"""Measures many open executions that sleep on timers: memory, restart, first timer.

    python3 tests/scale/sleepers.py [COUNT]        (default 200,000; needs Linux)

Starts a server of its own on a fresh folder, starts COUNT executions, lets a
decider put each to sleep (timers of one hour and more, one of a few seconds
past the restart), stops the server, starts it again, and prints what it saw.
Requests are pipelined over plain sockets, as an SDK would take far longer.
"""

import pathlib
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
from harness import Server  # noqa: E402
from pipe import Pipe, register, say  # noqa: E402

DEPTH = 100
ONE_HOUR = 3600
DOMAIN = "sleepers"
KIND = {"name": "sleeper", "version": "1"}
LIST = {"name": "main"}


def put_to_sleep(pipe, first, count, seconds):
    """Starts `count` executions and lets each start a timer."""
    numbers = range(first, first + count)
    starts = [{"domain": DOMAIN, "workflowId": f"s-{n}", "workflowType": KIND} for n in numbers]
    pipe.call("StartWorkflowExecution", starts)
    tasks = pipe.call("PollForDecisionTask", [{"domain": DOMAIN, "taskList": LIST}] * count)
    timer = {
        "decisionType": "StartTimer",
        "startTimerDecisionAttributes": {"timerId": "t", "startToFireTimeout": str(seconds)},
    }
    answers = [{"taskToken": task["taskToken"], "decisions": [timer]} for task in tasks]
    pipe.call("RespondDecisionTaskCompleted", answers)


def resident_mib(pid):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return 0


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    with tempfile.TemporaryDirectory() as folder:
        options = ["--limit", f"open_executions_per_domain={count + 10}"]
        server = Server(pathlib.Path(folder) / "data", options)
        server.start()
        try:
            measure(server, count)
        finally:
            server.kill()


def measure(server, count):
    pipe = Pipe(server.endpoint)
    register(pipe, DOMAIN, [KIND], LIST)
    started = time.monotonic()
    say(f"putting {count} executions to sleep")
    for first in range(0, count, DEPTH):
        put_to_sleep(pipe, first, min(DEPTH, count - first), ONE_HOUR + first % 3600)
    seconds = time.monotonic() - started
    say(f"{count} executions put to sleep in {seconds:.1f} s ({3 * count / seconds:.0f} calls/s, one connection)")
    say(f"resident after the load: {resident_mib(server.pid):.0f} MiB")
    put_to_sleep(pipe, count, 1, 4)
    due = time.monotonic() + 4
    server.kill()
    size = sum(file.stat().st_size for file in pathlib.Path(server.data_directory).iterdir())
    started = time.monotonic()
    server.start()
    say(f"start to ready: {time.monotonic() - started:.2f} s with {size / 2**20:.0f} MiB of data")
    say(f"resident after the restart: {resident_mib(server.pid):.0f} MiB")
    pipe = Pipe(server.endpoint)
    task = pipe.call("PollForDecisionTask", [{"domain": DOMAIN, "taskList": LIST}])[0]
    late = time.monotonic() - due
    fired = [event for event in task["events"] if event["eventType"] == "TimerFired"]
    assert fired, "the poll was answered without the timer"
    say(f"the first due timer's decision task came {late * 1000:.0f} ms after it was due")


if __name__ == "__main__":
    main()
