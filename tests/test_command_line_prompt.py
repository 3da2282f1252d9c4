"""`--cli-auto-prompt` in a pseudo-terminal: what is typed is run, and how the prompt is left."""

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time

import pytest

import harness
from command_line import CommandLine
from tls_proxy import Stub

ANSWER = b'{"domainInfo": {"name": "shop", "status": "REGISTERED"}}'
REPLY = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(ANSWER), ANSWER)
SECONDS = 30
QUIET_SECONDS = 1.0
ESCAPES = re.compile(rb"\x1b\[[0-9;?]*[a-zA-Z]")


class Screen:
    """A run of everbeat in a terminal of 100 columns; standard error goes elsewhere."""

    begun = []

    def __init__(self, line, words):
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
        self.process = subprocess.Popen(
            [harness.binary(), *words],
            env=line.environment | {"TERM": "xterm-256color"},
            stdin=slave,
            stdout=slave,
            stderr=subprocess.PIPE,
            start_new_session=True,
            preexec_fn=harness.interruptible,
        )
        os.close(slave)
        self.seen = b""
        self.begun.append(self)

    def wait_for(self, text):
        """Reads until `text` has been written since the last call."""
        until = time.monotonic() + SECONDS
        while text not in ESCAPES.sub(b"", self.seen):
            left = until - time.monotonic()
            assert left > 0, (text, self.seen)
            if select.select([self.master], [], [], left)[0]:
                self.seen += os.read(self.master, 65536)

    def press(self, keys):
        """Types, and reads until the screen is drawn: something comes, and then nothing for a moment."""
        os.write(self.master, keys)
        patience = SECONDS
        while select.select([self.master], [], [], patience)[0]:
            patience = QUIET_SECONDS
            try:
                self.seen += os.read(self.master, 65536)
            except OSError:
                return

    def end(self):
        """The status, what was written last, and standard error."""
        written = self.seen
        while select.select([self.master], [], [], SECONDS)[0]:
            try:
                piece = os.read(self.master, 65536)
            except OSError:
                break
            if not piece:
                break
            written += piece
        status = self.process.wait(SECONDS)
        error = self.process.stderr.read().decode()
        os.close(self.master)
        return status, ESCAPES.sub(b"", written).decode(), error


@pytest.fixture(autouse=True)
def nobody_stays():
    """Ends what a test that failed has left."""
    yield
    for screen in Screen.begun:
        screen.process.kill()
        screen.process.wait()
    Screen.begun.clear()


@pytest.fixture
def line(tmp_path):
    with Stub(REPLY) as stub:
        yield CommandLine(tmp_path / "home", stub.url, AWS_PAGER="")


def test_what_is_typed_is_run(line):
    screen = Screen(line, ["--cli-auto-prompt"])
    screen.wait_for(b"swf")
    screen.press(b"describe-domain --name shop ")
    screen.press(b"\x1b")
    screen.press(b"\r")
    status, output, error = screen.end()
    assert (status, error) == (0, "")
    assert "> aws swf describe-domain --name shop" in output
    assert '"status": "REGISTERED"' in output


def test_operations_and_required_options_are_offered(line):
    screen = Screen(line, ["record-activity-task", "--cli-auto-prompt"])
    screen.wait_for(b"record-activity-task-heartbeat")
    screen.press(b"\x03")
    assert screen.end()[0] == 130


@pytest.mark.parametrize("keys", [b"\x03", b"\x04"])
def test_leaving_ends_with_130_and_shows_the_line(line, keys):
    screen = Screen(line, ["describe-domain", "--cli-auto-prompt"])
    screen.wait_for(b"swf")
    screen.press(keys)
    status, _, error = screen.end()
    assert status == 130
    assert error.startswith("> aws swf describe-domain")


def test_on_partial_asks_only_for_what_is_wrong(line):
    line = line.with_variables(AWS_CLI_AUTO_PROMPT="on-partial")
    whole = Screen(line, ["describe-domain", "--name", "shop"])
    status, output, _ = whole.end()
    assert (status, "> aws" in output) == (0, False)
    partial = Screen(line, ["describe-domain"])
    partial.wait_for(b"describe-domain")
    partial.press(b"\x03")
    status, _, error = partial.end()
    assert status == 130
    assert "are required" not in error


def test_a_terminal_that_is_gone_ends_the_prompt(line):
    screen = Screen(line, ["--cli-auto-prompt"])
    screen.wait_for(b"swf")
    os.close(screen.master)
    assert screen.process.wait(SECONDS) != 0
    screen.process.stderr.close()
