"""The audit log from outside: its files, a check of its chain, and a server with a log in a folder of its own."""

import hashlib
import json
import subprocess

import harness
from access_server import Guarded


def files(folder):
    return sorted(folder.glob("audit-*.jsonl"))


def verified(folder):
    """All lines, after a check of the chain that knows nothing but its description."""
    previous, entries = "0" * 64, []
    for file in files(folder):
        for line in file.read_bytes().split(b"\n")[:-1]:
            hashed, _, _ = line.rpartition(b',"hash":"')
            entry = json.loads(line)
            assert entry["number"] == len(entries) + 1
            assert entry["previous"] == previous
            assert entry["hash"] == hashlib.sha256(hashed).hexdigest()
            previous = entry["hash"]
            entries.append(entry)
    return entries


def everbeat_verify(folder, *words):
    return subprocess.run(
        [harness.binary(), "audit", "verify", "--folder", str(folder), *words],
        capture_output=True,
        text=True,
        timeout=harness.START_SECONDS,
        check=False,
    )


class Audited(Guarded):
    """A server whose log lies in a folder of its own."""

    def __init__(self, folder, log, *arguments, directory=None):
        super().__init__(folder, "--audit-log", log, *arguments, directory=directory)
        self.log_folder = log

    def calls(self):
        """The lines that tell of calls."""
        return [entry for entry in verified(self.log_folder) if entry["kind"] == "call"]

    def line(self, request_id):
        """The only line of a request, as soon as it is there."""

        def look():
            return [entry for entry in self.calls() if entry["request_id"] == request_id]

        (found,) = harness.wait_until(look, f"a line of {request_id}")
        return found
