"""What the tests of kills share: a journal, a server to kill, a client of its first life."""

import harness
import pytest
from journal import Journal
from one_client import Client
from workload import Load

HOLD = ["--poll-hold-seconds", 1]


@pytest.fixture
def journal():
    return Journal()


@pytest.fixture
def server(tmp_path):
    """A server that the test starts and kills as it likes; ended by its process id."""
    server = harness.Server(tmp_path / "data", HOLD)
    (tmp_path / "data").mkdir()
    yield server
    server.kill()


@pytest.fixture
def client(journal, server):
    """A client of the first life of the server, with the load's domain and types."""
    journal.start(server)
    Load(journal, seed=0).prepare(server.endpoint)
    return Client(journal, server.endpoint)
