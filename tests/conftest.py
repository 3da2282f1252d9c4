"""Shared fixtures: one server per module, one domain per test."""

import pytest

import harness
import raw
import world
from clients import Boto3

HOLD_SECONDS = 1


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
