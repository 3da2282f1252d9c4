"""How long the command line takes, beside the AWS CLI where one is named.

    python tests/scale/startup.py [--aws PATH] [--rounds N]

Prints the median, and the quickest, of each command in milliseconds: from
before the start of the process to after its end. The commands take turns, so
that what else the machine does falls on all alike; `/bin/true` is the floor.
"""

import argparse
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
import harness  # noqa: E402
import world  # noqa: E402
from clients import Boto3  # noqa: E402
from command_line import HEARTBEAT, CommandLine  # noqa: E402

FLOOR = "/bin/true"
MILLISECONDS = 1000


def commands(everbeat, aws, token):
    """What is measured: a name and the words to run."""
    programs = {"everbeat": [everbeat]} | ({"aws": [aws]} if aws else {})
    lines = {
        "--version": ["--version"],
        "skeleton": ["swf", HEARTBEAT, "--generate-cli-skeleton"],
        "heartbeat": ["swf", HEARTBEAT, "--task-token", token],
    }
    yield FLOOR, [FLOOR]
    for line, words in lines.items():
        for name, program in programs.items():
            yield f"{name} {line}", [*program, *words]


def measure(named, environment, rounds):
    """Milliseconds of every run of every command, by name."""
    taken = {name: [] for name, _ in named}
    for number in range(rounds + 1):
        for name, words in named:
            began = time.perf_counter()
            done = subprocess.run(words, env=environment, capture_output=True, check=False)
            took = (time.perf_counter() - began) * MILLISECONDS
            if done.returncode != 0:
                raise SystemExit(f"{name} failed: {done.stderr.decode(errors='replace')}")
            # The first round brings the programs into the cache of the system.
            if number > 0:
                taken[name].append(took)
    return taken


def a_task(client):
    """The token of a started activity."""
    domain = world.World(client)
    domain.start()
    domain.decide(domain.decision_task(), world.schedule("a"))
    return domain.activity_task()["taskToken"]


def main():
    """Reads the options, measures and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--aws", help="path of an AWS CLI to measure as well")
    parser.add_argument("--rounds", type=int, default=20)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="everbeat-startup-") as home, harness.Server() as server:
        client = Boto3(server.endpoint)
        named = list(commands(harness.binary(), options.aws, a_task(client)))
        environment = CommandLine(home, server.endpoint).environment
        taken = measure(named, environment, options.rounds)
        client.close()
    width = max(map(len, taken))
    print(f"{'command':{width}}  median ms  quickest ms   (of {options.rounds})")
    for name, times in taken.items():
        print(f"{name:{width}}  {statistics.median(times):9.1f}  {min(times):11.1f}")


if __name__ == "__main__":
    main()
