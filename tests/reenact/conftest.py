"""Fixtures: the recordings, a server for each, and a loud word when they are absent."""

import pytest

from . import recordings
from .clock import SystemClock
from .known_differences import expected
from .stage import stage_for


def pytest_terminal_summary(terminalreporter):
    """Says at the end of a run, skipped tests shown or not, that nothing was checked."""
    if recordings.are_absent():
        terminalreporter.write_line(recordings.ABSENT, yellow=True, bold=True)


@pytest.fixture
def recorded():
    """Loads a recording by name; skips the test when there are none at all."""

    def load(name):
        if recordings.are_absent():
            pytest.skip(recordings.ABSENT)
        return recordings.load(name)

    return load


@pytest.fixture
def clock():
    """The clock that the server goes by; tests may name another."""
    return SystemClock


@pytest.fixture
def stage(name, clock, recorded):
    """A fresh server that is ready for the recording of this name, differences applied."""
    with stage_for(expected(recorded(name)), clock) as stage:
        yield stage
