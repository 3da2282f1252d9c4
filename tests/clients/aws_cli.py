"""The aws command line, version 1: one process for every call."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

import harness

from .adapter import CALL_SECONDS, Fault, NoAnswer

FAULT = re.compile(
    r"An error occurred \((?P<code>[^)]+)\) when calling the \w+ operation"
    r"(?: \(reached max retries: \d+\))?: (?P<message>.*)",
    re.DOTALL,
)


class AwsCli:
    """`aws swf …` with the input as JSON. `options` are more options of every call."""

    def __init__(self, endpoint, keys=None, options=()):
        self.options = [str(option) for option in options]
        self.environment = harness.client_environment(endpoint, keys) | {
            "AWS_MAX_ATTEMPTS": "1",
            "AWS_DEFAULT_OUTPUT": "json",
        }

    def call(self, operation, **params):
        """Runs the command and returns its output, {} when it prints nothing."""
        done = subprocess.run(
            [_aws(), "swf", _command(operation), "--cli-input-json", json.dumps(params)]
            + ["--no-paginate", *self.options],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=CALL_SECONDS,
        )
        if done.returncode != 0:
            fault = FAULT.search(done.stderr.strip())
            if fault is None:
                raise NoAnswer(done.stderr)
            raise Fault(fault["code"], fault["message"])
        return json.loads(done.stdout) if done.stdout.strip() else {}

    def close(self):
        """Nothing stays open between calls."""


def _aws():
    """The aws command of the Python that runs the tests, else that of the path."""
    beside = pathlib.Path(sys.executable).parent / "aws"
    found = str(beside) if os.access(beside, os.X_OK) else shutil.which("aws")
    if not found:
        raise NoAnswer("no aws command: run tests/setup.sh")
    return found


def _command(operation):
    return re.sub(r"(?<!^)(?=[A-Z])", "-", operation).lower()
