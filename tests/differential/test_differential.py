"""The replay as tests: one for each subject, and one for what the cases cover."""

import pathlib
import re
import socket
import subprocess

import pytest

import harness

from . import cases, coverage, recording, terminal
from .case import Case
from .known_differences import KNOWN
from .replay import everbeat, replay
from .stub import Stub


@pytest.mark.parametrize("name", cases.subjects())
def test_subject(name):
    """Every case of the subject comes out as recorded."""
    failed = []
    for subject, case, complaints in replay(everbeat(), cases.chosen([name])):
        if complaints:
            failed.append("\n".join([f"{subject.name}/{case.name}: {case.line()}", *complaints]))
    assert not failed, "\n\n".join(failed)


def test_terminal():
    """Pager, colour, width and Ctrl-C in a pseudo-terminal."""
    failed = [
        f"{case.name}: {complaints}"
        for case, complaints in terminal.replay(everbeat())
        if complaints
    ]
    assert not failed, "\n\n".join(failed)


def test_stub_is_not_fooled_by_tls():
    """Random bytes of a TLS hello that look like a request's first line end the connection, too."""
    with Stub(Case("hello", ())) as stub:
        with socket.create_connection(("127.0.0.1", stub.port), timeout=3) as connection:
            connection.sendall(b"\x16\x03\x01 POST HTTP/1.1\n")
            assert connection.recv(1) == b""
        assert stub.requests == []


def test_coverage():
    """Each option of the founding page and each operation has its cases."""
    assert coverage.report(print) == []


def test_known_differences_name_cases():
    """A known difference of a case that is gone is refused."""
    names = {f"{subject.name}/{case.name}" for subject, case in cases.chosen([])}
    names |= {f"terminal/{name}" for name in terminal.cases()}
    assert set(KNOWN) <= names


def test_known_differences_are_documented():
    """The number of each is a row of the page for users."""
    page = pathlib.Path(__file__).parents[2] / "docs" / "command-line.md"
    rows = re.findall(r"^\| (D\d+) \|", page.read_text(), re.MULTILINE)
    assert {difference.number for difference in KNOWN.values()} <= set(rows)


def test_the_version_that_is_followed_is_the_recorded_one():
    """`--version` names the version of the AWS CLI that the recordings are of."""
    words = [harness.binary(), "--version"]
    told = subprocess.run(words, capture_output=True, text=True, check=True)
    versions = {recording.load(name)["version"] for name in cases.subjects()} - {None}
    recorded = {version.split()[0] for version in versions}
    assert len(recorded) == 1 and recorded <= set(told.stdout.split())
