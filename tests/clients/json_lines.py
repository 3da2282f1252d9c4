"""Clients in other languages: long-lived programs that speak JSON lines."""

import json
import os
import queue
import shutil
import subprocess
import threading

import harness

from .adapter import CALL_SECONDS, Fault, NoAnswer

CLIENTS = harness.TESTS / "clients"


class JsonLines:
    """A program that answers one JSON line for each JSON request line.

    Calls are serialized: the program works on one request at a time.
    """

    def __init__(self, command, endpoint, keys=None):
        self._lock = threading.Lock()
        self._answers = queue.Queue()
        self._program = subprocess.Popen(
            command,
            env=harness.client_environment(endpoint, keys),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self._program.stdout:
            self._answers.put(line)
        self._answers.put(None)

    def call(self, operation, **params):
        """Sends one request and returns the result that the program answers."""
        request = json.dumps({"operation": operation, "params": params})
        with self._lock:
            self._program.stdin.write(request + "\n")
            self._program.stdin.flush()
            line = self._answers.get(timeout=CALL_SECONDS)
        if line is None:
            raise NoAnswer(f"{self._program.args} ended at {operation}")
        answer = json.loads(line)
        if "fault" in answer:
            fault = answer["fault"]
            if fault["code"] == "NoServiceReply":
                raise NoAnswer(fault["message"])
            raise Fault(fault["code"], fault["message"])
        return answer["result"]

    def close(self):
        """Ends the program by ending its input."""
        self._program.stdin.close()
        try:
            self._program.wait(harness.STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._program.kill()


class JavaScript(JsonLines):
    """@aws-sdk/client-swf in node."""

    def __init__(self, endpoint, keys=None):
        program = CLIENTS / "javascript" / "client.js"
        if not (program.parent / "node_modules").is_dir():
            raise NoAnswer("the JavaScript client is not installed: run tests/setup.sh")
        super().__init__([shutil.which("node") or "node", str(program)], endpoint, keys)


class Rust(JsonLines):
    """The crate aws-sdk-swf, in the program built by tests/setup.sh."""

    def __init__(self, endpoint, keys=None):
        target = os.environ.get("CARGO_TARGET_DIR") or CLIENTS / "rust" / "target"
        program = os.path.join(target, "debug", "everbeat-test-client")
        if not os.access(program, os.X_OK):
            raise NoAnswer("the Rust client is not built: run tests/setup.sh")
        super().__init__([program], endpoint, keys)
