"""Shared fixtures: one server per module, one domain per test; and tests that came too late, which are run again."""

import pytest
from _pytest.runner import runtestprotocol

import harness
import raw
import world
from clients import Boto3

HOLD_SECONDS = 1
TRIES = 4
LATE = pytest.StashKey[list]()


def pytest_configure(config):
    config.stash[LATE] = []


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """Marks the report of a test that failed by `harness.Late` alone."""
    made = yield
    made.get_result().is_late = call.excinfo is not None and call.excinfo.errisinstance(harness.Late)


def pytest_runtest_protocol(item, nextitem):
    """Runs a test that came too late again.

    A server that is too slow is so each time, a machine that stood still for a moment is not.
    """
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    for tried in range(1, TRIES + 1):
        reports = runtestprotocol(item, nextitem=nextitem, log=False)
        if tried == TRIES or not any(report.is_late for report in reports):
            break
        item.config.stash[LATE].append(item.nodeid)
    for report in reports:
        item.ihook.pytest_runtest_logreport(report=report)
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True


def pytest_terminal_summary(terminalreporter):
    """Says which tests were run again."""
    for nodeid in terminalreporter.config.stash[LATE]:
        terminalreporter.write_line(f"came too late and was run again: {nodeid}", yellow=True)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A running server whose empty polls return after one second."""
    directory = tmp_path_factory.mktemp("data")
    with harness.Server(directory, ["--poll-hold-seconds", HOLD_SECONDS]) as running:
        yield running


@pytest.fixture(scope="module")
def boto(server):
    """boto3 on the module's server."""
    client = Boto3(server.endpoint)
    yield client
    client.close()


@pytest.fixture
def domain(boto):
    """A fresh domain with the common types, see `world.World`."""
    return world.World(boto)


@pytest.fixture(scope="module")
def http(server):
    """Raw HTTP to the module's server."""
    return raw.Http(server.endpoint)
