"""`everbeat bench workflow` against a running server, as load or as measure."""

import json
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
import harness  # noqa: E402

def _command(endpoint, seconds, *more):
    options = ["--endpoint-url", endpoint, "--seconds", str(seconds), "--json", *more]
    return [harness.binary(), "bench", "workflow", *options]


def throughput(endpoint, seconds):
    """Complete workflows a second."""
    done = subprocess.run(
        _command(endpoint, seconds), capture_output=True, text=True, timeout=10 * seconds + 60
    )
    if done.returncode != 0:
        raise SystemExit(f"the bench failed: {done.stderr}")
    return json.loads(done.stdout)["rate_per_second"]


class Load:
    """Runs the bench again and again in the background until the block ends.

    It has fewer connections than the bench has by default, as one more client
    is to be measured beside it on the same machine.
    """

    def __init__(self, endpoint):
        self.endpoint = endpoint
        self.process = None

    def keep_up(self):
        """Starts it again if it has ended."""
        if self.process is None or self.process.poll() is not None:
            self.process = subprocess.Popen(
                _command(self.endpoint, 60, "--connections", "16"),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )

    def __enter__(self):
        self.keep_up()
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
