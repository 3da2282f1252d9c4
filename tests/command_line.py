"""The command line as a process: everbeat in an environment that a test has made.

Nothing of the environment in which the tests run is passed on, so that neither
a proxy nor a profile of the person who runs them takes part.
"""

import copy
import dataclasses
import os
import pathlib
import subprocess

import harness

SECONDS = 30
ACCESS_KEY = "AKIDCOMMANDLINE"
SECRET_KEY = "secret-key-that-nobody-may-see"
HEARTBEAT = "record-activity-task-heartbeat"


@dataclasses.dataclass
class Done:
    """What a run left behind; both outputs as text, and how long it took."""

    status: int
    stdout: str
    stderr: str
    seconds: float = 0

    def printed(self):
        """Standard output of a run that went well in silence."""
        assert (self.status, self.stderr) == (0, ""), self
        return self.stdout

    def failed(self, status, *words):
        """A failure that printed nothing, and whose text has all of these words."""
        assert (self.status, self.stdout) == (status, ""), self
        for word in words:
            assert word in self.stderr, self


class CommandLine:
    """Runs everbeat's operations against `endpoint` with a home of their own.

    `variables` are set on top of the usual ones, or removed where they are None.
    """

    def __init__(self, home, endpoint=None, **variables):
        self.home = pathlib.Path(home)
        self.home.mkdir(exist_ok=True)
        usual = {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "LANG": "C.UTF-8",
            "TZ": "UTC",
            "AWS_ACCESS_KEY_ID": ACCESS_KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
            "AWS_REGION": harness.REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_ENDPOINT_URL_SWF": endpoint,
            # The pause before another attempt is up to two seconds.
            "AWS_MAX_ATTEMPTS": "1",
        }
        self.environment = _set(usual | variables)

    def with_variables(self, **variables):
        """Another one with the same home, in which these variables are different."""
        other = copy.copy(self)
        other.environment = _set(self.environment | variables)
        return other

    def file(self, name, content):
        """Writes a file (text or bytes) below the home and gives its path."""
        path = self.home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def start(self, *words, program=None):
        """Starts the program, everbeat if none is named, and does not wait for its end."""
        return subprocess.Popen(
            [program or harness.binary(), *words],
            cwd=self.home,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            preexec_fn=harness.interruptible,
        )

    def run(self, *words, program=None, seconds=SECONDS):
        """Runs the program to its end."""
        with harness.elapsed() as passed:
            process = self.start(*words, program=program)
            try:
                stdout, stderr = process.communicate(timeout=seconds)
            finally:
                process.kill()
                process.wait()
            took = passed()
        texts = (text.decode(errors="backslashreplace") for text in (stdout, stderr))
        return Done(process.returncode, *texts, took)

    def heartbeat(self, task, *words):
        """Records a heartbeat of a polled task."""
        return self.run(HEARTBEAT, "--task-token", task["taskToken"], *words)


def _set(variables):
    return {name: str(value) for name, value in variables.items() if value is not None}
