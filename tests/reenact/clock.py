"""Clocks: how the performer lets time pass until a deadline.

Each names the arguments with which `everbeat serve` goes by it.
"""

import time

import pytest

import harness
import raw


LONGEST_SECONDS = 3


class SystemClock:
    """Waits; for histories whose deadlines are short."""

    ARGUMENTS = ()

    def __init__(self, endpoint):
        pass

    def reach(self, deadline, probe, what):
        """Lets it be `deadline` (seconds since 1970), and waits until `probe` is true."""
        ahead = deadline - time.time()
        if ahead >= LONGEST_SECONDS:
            pytest.skip(f"{what} is {ahead:.0f} s ahead: too long to wait for")
        harness.wait_until(probe, what)


class ManualClock:
    """Moves the server's clock, which stands still otherwise."""

    ARGUMENTS = ("--clock", "manual")

    def __init__(self, endpoint):
        self.http = raw.Http(endpoint)

    def reach(self, deadline, probe, what):
        """Makes it `deadline` (seconds since 1970), and waits until `probe` is true."""
        ahead = round(deadline - self._move({})["now"])
        if ahead > 0:
            self._move({"seconds": str(ahead)})
        harness.wait_until(probe, what)

    def _move(self, body):
        reply = self.http.post("MoveClock", body, target="Everbeat.")
        assert reply.status == 200, reply.body
        return reply.json
