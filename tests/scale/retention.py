#!/usr/bin/env python3
"""Measures the removal of expired executions, and what it costs the traffic.

    python3 tests/scale/retention.py [COUNT [SECONDS]]        (default 100,000 30)

Starts a server of its own on a fresh folder and lets COUNT executions run to
their end. Then measures `everbeat bench workflow` for SECONDS, makes all these
executions expire (by a change in the file while the server is stopped), measures
again while they are being removed, and once more afterwards. Prints how long the
removal took and the ratio of the throughput with and without it. Fails when the
removal takes more than ten minutes or the ratio is below 0.9.
"""

import pathlib
import sqlite3
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
from harness import Server  # noqa: E402
from load import Load, throughput  # noqa: E402
from pipe import Pipe, register, say  # noqa: E402

DEPTH = 100
DOMAIN = "old"
KIND = {"name": "order", "version": "1"}
LIST = {"name": "main"}
LONGEST_SECONDS = 600
LEAST_RATIO = 0.9
# What the run with the greatest key leaves behind.
REST = 1


def run_to_the_end(pipe, first, count):
    """Starts executions, gives each some signals, and completes them: twelve events each."""
    numbers = range(first, first + count)
    ids = [{"domain": DOMAIN, "workflowId": f"old-{number * 7919 % 99_999_989}"} for number in numbers]
    pipe.call("StartWorkflowExecution", [{**ids_, "workflowType": KIND} for ids_ in ids])
    for signal in range(6):
        pipe.call("SignalWorkflowExecution", [{**ids_, "signalName": f"s{signal}", "input": "x" * 100} for ids_ in ids])
    tasks = pipe.call("PollForDecisionTask", [{"domain": DOMAIN, "taskList": LIST, "maximumPageSize": 1}] * count)
    decision = [{"decisionType": "CompleteWorkflowExecution"}]
    answers = [{"taskToken": task["taskToken"], "decisions": decision} for task in tasks]
    pipe.call("RespondDecisionTaskCompleted", answers)


class File:
    """The server's file, seen from outside."""

    def __init__(self, folder):
        self.path = folder / "everbeat.sqlite"

    def expire_all(self):
        """Lets everything that is closed expire; only while the server is stopped."""
        with sqlite3.connect(self.path) as connection:
            connection.execute("UPDATE executions SET expires_ms = 1 WHERE closed_ms IS NOT NULL")
        connection.close()

    def expired(self):
        """How many expired executions are still there."""
        connection = sqlite3.connect(f"file:{self.path}?mode=ro", uri=True)
        try:
            return connection.execute("SELECT count(*) FROM executions WHERE expires_ms = 1").fetchone()[0]
        finally:
            connection.close()

    def mib(self):
        return self.path.stat().st_size / 2**20


def wait_for_removal(file, endpoint, started):
    """Keeps the load up until all is removed; the seconds since `started`."""
    with Load(endpoint) as load:
        while file.expired() > REST:
            if time.monotonic() - started > 2 * LONGEST_SECONDS:
                raise SystemExit("the removal comes to no end")
            load.keep_up()
            time.sleep(0.5)
    return time.monotonic() - started


def measure(server, count, seconds):
    """True if the removal was quick and cost little."""
    pipe = Pipe(server.endpoint)
    register(pipe, DOMAIN, [KIND], LIST)
    for first in range(0, count, DEPTH):
        run_to_the_end(pipe, first, min(DEPTH, count - first))
    before = throughput(server.endpoint, seconds)
    server.stop()
    file = File(pathlib.Path(server.data_directory))
    file.expire_all()
    say(f"{count} executions and those of the bench have expired, {file.mib():.0f} MiB")
    started = time.monotonic()
    server.start()
    total = file.expired()
    during = throughput(server.endpoint, seconds)
    left = file.expired()
    passed = time.monotonic() - started
    say(f"{total - left} of {total} removed in the first {passed:.0f} s")
    if left <= REST:
        say("the removal ended before the measurement: the ratio says little")
    took = wait_for_removal(file, server.endpoint, started)
    after = throughput(server.endpoint, seconds)
    ratio = during / ((before + after) / 2)
    say(f"all removed in {took:.0f} s, with load all the time")
    say(f"workflows a second: {before:.0f} before, {during:.0f} during, {after:.0f} after: ratio {ratio:.3f}")
    server.stop()
    say(f"{file.mib():.0f} MiB are left")
    return took <= LONGEST_SECONDS and ratio >= LEAST_RATIO


def main():
    numbers = [int(argument) for argument in sys.argv[1:]]
    count, seconds = numbers + [100_000, 30][len(numbers) :]
    with tempfile.TemporaryDirectory() as folder:
        server = Server(pathlib.Path(folder) / "data")
        server.start()
        try:
            is_good = measure(server, count, seconds)
        finally:
            server.kill()
    sys.exit(0 if is_good else 1)


if __name__ == "__main__":
    main()
