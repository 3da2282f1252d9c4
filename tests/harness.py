"""The server under test, as a process, and small helpers for every test.

`Server` starts the `everbeat` binary on a free loopback port, waits for its
ready line, and can kill it, stop it and start it again on the same data. The
binary comes from the environment variable EVERBEAT, else from target/release
or target/debug below the repository root.

Nothing here knows the SWF protocol beyond the credentials that clients need;
talking to the server is the business of the adapters in clients/ and of
`raw.py`.
"""

import contextlib
import os
import pathlib
import queue
import signal
import subprocess
import tempfile
import threading
import time
import uuid

TESTS = pathlib.Path(__file__).resolve().parent
REPOSITORY = TESTS.parent

REGION = "us-east-1"
ACCOUNT = "123456789012"
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "black-box-test",
    "AWS_SECRET_ACCESS_KEY": "any-secret",
    "AWS_DEFAULT_REGION": REGION,
    "AWS_REGION": REGION,
}

# Settings of the person who runs the tests would be settings of every server and client.
FOREIGN_SETTINGS = ("EVERBEAT_", "AWS_", "RUST_LOG")
OWN_SETTINGS = {"EVERBEAT_RECORDINGS"}
NO_FILES = {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
# Loopback is reached without the proxy that the machine may need for anything else.
LOOPBACK = "127.0.0.1,localhost,::1"

# Resolved once: a test may change the working directory.
NAMED_BINARY = os.environ.get("EVERBEAT") and os.path.abspath(os.environ["EVERBEAT"])

READY = "Everbeat is ready on "
# Ample, as what is right comes long before: a machine that stands still for a moment fails no test.
START_SECONDS = 60
STOP_SECONDS = 30
WAIT_SECONDS = 10
PORT_SECONDS = 10
ADDRESS_IN_USE = "in use"


def _forget_settings():
    for name in list(os.environ):
        if name.startswith(FOREIGN_SETTINGS) and name not in OWN_SETTINGS:
            del os.environ[name]
    os.environ.update(NO_FILES)
    for name in ("NO_PROXY", "no_proxy"):
        kept = os.environ.get(name)
        os.environ[name] = f"{kept},{LOOPBACK}" if kept else LOOPBACK


_forget_settings()


class Late(AssertionError):
    """Something right came too late. Such a test is run again, see conftest.py: the machine may have stood still."""


def in_time(seconds, limit, what="it"):
    """Fails the test with `Late` unless `seconds` are less than `limit`."""
    if seconds >= limit:
        raise Late(f"{what} took {seconds:.3f} s, {limit} s are allowed")


def interruptible():
    """Gives SIGINT its meaning back, in a child before it runs its program (`preexec_fn`).

    Who runs the tests in the background has switched it off for them and all their children.
    """
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class ServerDidNotStart(Exception):
    """The process ended or stayed silent before it printed the ready line."""


def binary():
    """The path of the everbeat binary under test, as a string."""
    if NAMED_BINARY:
        return NAMED_BINARY
    for profile in ("release", "debug"):
        candidate = REPOSITORY / "target" / profile / "everbeat"
        if candidate.exists():
            return str(candidate)
    raise FileNotFoundError(
        "no everbeat binary: build it (cargo build --release) or set EVERBEAT"
    )


class Server:
    """One everbeat process on a data directory; restartable.

    Use as a context manager, or call `start` and later `stop` or `kill`.
    Without `data_directory` the server runs with `--ephemeral`. `arguments`
    are passed on to `everbeat serve`.
    """

    def __init__(self, data_directory=None, arguments=(), listen="127.0.0.1:0"):
        self.data_directory = data_directory
        self.arguments = [str(argument) for argument in arguments]
        self.listen = listen
        self.endpoint = None
        self.process = None
        self.log = tempfile.NamedTemporaryFile(prefix="everbeat-log-", suffix=".txt")

    def command(self):
        """The command line that `start` runs."""
        place = (
            ["--data-dir", str(self.data_directory)]
            if self.data_directory
            else ["--ephemeral"]
        )
        return [binary(), "serve", "--listen", self.listen, *place, *self.arguments]

    def start(self, timeout=START_SECONDS):
        """Starts the process and waits for its ready line; returns self."""
        self.process = subprocess.Popen(
            self.command(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self.log,
            text=True,
        )
        lines = queue.Queue()
        threading.Thread(
            target=_pump, args=(self.process.stdout, lines), daemon=True
        ).start()
        try:
            line = lines.get(timeout=timeout)
        except queue.Empty:
            line = None
        if not line or not line.startswith(READY):
            self.kill()
            raise ServerDidNotStart(f"first line {line!r}, log: {self.logged()}")
        self.endpoint = line.removeprefix(READY).strip()
        return self

    @property
    def pid(self):
        """The process id of the running server."""
        return self.process.pid

    @property
    def port(self):
        """The TCP port that the server listens on."""
        return int(self.endpoint.rsplit(":", 1)[1])

    def is_running(self):
        """Whether the process has been started and has not ended."""
        return self.process is not None and self.process.poll() is None

    def kill(self):
        """Ends the process at once, as a crash would (SIGKILL)."""
        if self.is_running():
            self.process.kill()
        if self.process is not None:
            self.process.wait(STOP_SECONDS)

    def terminate(self):
        """Asks for a graceful stop (SIGTERM) without waiting for it."""
        self.process.send_signal(signal.SIGTERM)

    def stop(self, timeout=STOP_SECONDS):
        """Stops gracefully (SIGTERM); returns the exit code.

        A server that does not stop in time is killed and the test fails with
        `subprocess.TimeoutExpired`.
        """
        if not self.is_running():
            return None if self.process is None else self.process.returncode
        self.terminate()
        try:
            return self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()
            raise

    def restart(self, crash=False, same_port=True):
        """Ends the process (SIGKILL when `crash`) and starts it on the same data.

        `same_port` keeps the endpoint, so that existing clients go on working.
        """
        if crash:
            self.kill()
        else:
            self.stop()
        if not same_port:
            return self.start()
        self.listen = f"127.0.0.1:{self.port}"
        return self._start_on_this_port()

    def _start_on_this_port(self):
        """Starts; waits while a connection of somebody else has the port that was free for a moment."""
        until = time.monotonic() + PORT_SECONDS
        while True:
            before = len(self.logged())
            try:
                return self.start()
            except ServerDidNotStart:
                if ADDRESS_IN_USE not in self.logged()[before:] or time.monotonic() > until:
                    raise
            time.sleep(0.1)

    def logged(self):
        """Everything the server wrote to standard error so far."""
        return pathlib.Path(self.log.name).read_text(errors="replace")

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        # Tests that end the server themselves leave nothing to do here.
        self.stop()


def _pump(stream, lines):
    """Hands lines on, then a None: a full pipe must never block the server."""
    for line in stream:
        lines.put(line)
    lines.put(None)


def client_environment(endpoint, keys=None):
    """The environment in which any AWS client finds the server at `endpoint`.

    Settings and credentials of the person who runs the tests are left out. `keys`
    has `access_key_id`, `secret` and `token`, as an `access_folder.Keys`.
    """
    kept = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")}
    return (
        kept
        | CREDENTIALS
        | _key_variables(keys)
        | NO_FILES
        | {
            "AWS_ENDPOINT_URL_SWF": endpoint,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_PAGER": "",
        }
    )


def _key_variables(keys):
    if keys is None:
        return {}
    variables = {"AWS_ACCESS_KEY_ID": keys.access_key_id, "AWS_SECRET_ACCESS_KEY": keys.secret}
    return variables | ({"AWS_SESSION_TOKEN": keys.token} if keys.token else {})


def unique(prefix):
    """A name that no other test uses."""
    return f"{prefix}-{uuid.uuid4().hex[:12]}"


def wait_until(probe, what, timeout=WAIT_SECONDS, pause=0.02):
    """Calls `probe` until it answers something true, and returns that.

    Fails the test with `what` after `timeout` seconds.
    """
    deadline = time.monotonic() + timeout
    while True:
        found = probe()
        if found:
            return found
        if time.monotonic() >= deadline:
            raise AssertionError(f"waited {timeout} s in vain: {what}")
        time.sleep(pause)


class Background:
    """A call running in a thread; `result` waits for it and re-raises."""

    def __init__(self, function, *arguments, **named):
        self._value = None
        self._failure = None
        self._thread = threading.Thread(
            target=self._run, args=(function, arguments, named), daemon=True
        )
        self._thread.start()

    def _run(self, function, arguments, named):
        try:
            self._value = function(*arguments, **named)
        except BaseException as failure:  # handed to the waiting thread
            self._failure = failure

    def is_done(self):
        """Whether the call has returned or raised."""
        return not self._thread.is_alive()

    def result(self, timeout=WAIT_SECONDS):
        """What the call returned; raises what it raised."""
        self._thread.join(timeout)
        if self._thread.is_alive():
            raise AssertionError(f"no answer within {timeout} s")
        if self._failure is not None:
            raise self._failure
        return self._value


@contextlib.contextmanager
def elapsed():
    """Measures a block: yields a function that answers seconds since its start."""
    began = time.monotonic()
    yield lambda: time.monotonic() - began
