"""Changes of identities under a running server: who is new can call at once, and who is not concerned is left alone."""

import select

import pytest

import harness
import signing
import world
from access_calls import LIVE
from access_folder import EVERYTHING, AccessFolder, allow
from access_server import Guarded
from clients import Fault

ROUNDS = 10


@pytest.fixture
def folder(tmp_path):
    return AccessFolder(tmp_path / "access")


@pytest.fixture
def server(folder, tmp_path):
    with Guarded(folder, directory=tmp_path / "data", hold=30) as running:
        yield running


class TestNewKeys:
    """Clients do not try again after UnrecognizedClientException, so the first call must do."""

    def test_of_users(self, folder, server):
        for number in range(ROUNDS):
            keys = folder.user(f"user-{number}", [EVERYTHING])
            server.client(keys).call("ListDomains", **LIVE)

    def test_of_sessions(self, folder, server):
        folder.role("ci", [EVERYTHING])
        for number in range(ROUNDS):
            keys = folder.role_session("ci", f"build-{number}")
            server.client(keys).call("ListDomains", **LIVE)

    def test_two_at_once(self, folder, server):
        with folder.together():
            one, two = (folder.user(name, [EVERYTHING]) for name in ("one", "two"))
        calls = [
            harness.Background(server.client(keys).call, "ListDomains", **LIVE)
            for keys in (one, two)
        ]
        for call in calls:
            call.result()

    def test_that_nobody_has_stay_unknown(self, folder, server):
        alice = folder.user("alice", [EVERYTHING])
        stranger = alice._replace(access_key_id="AKIANOBODYHASTHIS000")
        for _ in range(ROUNDS):
            with pytest.raises(Fault) as fault:
                server.client(stranger).call("ListDomains", **LIVE)
            assert fault.value.code == "UnrecognizedClientException"
        server.client(alice).call("ListDomains", **LIVE)


    def test_made_as_a_broken_folder_is_mended(self, folder, server):
        alice = folder.user("alice", [EVERYTHING])
        server.client(alice).call("ListDomains", **LIVE)
        folder.replace("policies/broken.json", "{")
        for number in range(3):
            assert is_gone(server, alice._replace(access_key_id=f"AKIANOBODYHASTHIS00{number}"))
        (folder.path / "policies/broken.json").unlink()
        bob = folder.user("bob", [EVERYTHING])
        server.client(bob).call("ListDomains", **LIVE)


class TestWaitingPolls:
    @pytest.fixture
    def worker(self, folder):
        return folder.user("worker", [allow("swf:*")])

    @pytest.fixture
    def domain(self, server):
        return world.World(server.root, "waiting")

    @pytest.fixture
    def poll(self, worker, server, domain):
        """A poll that waits, and its connection."""
        server.client(worker).call("ListDomains", **LIVE)
        body = {"domain": domain.name, "taskList": {"name": world.DECISION_LIST}}
        with signing.Connection(server.port) as connection:
            connection.begin(signing.signed(server.port, worker, "PollForDecisionTask", body))
            yield connection

    def test_go_on_when_others_change(self, folder, server, domain, poll):
        other = folder.user("other", [allow("swf:*")])
        server.client(other).call("ListDomains", **LIVE)
        folder.disable(other)
        for policy in (folder.path / "policies").iterdir():
            # The same text in a new file.
            folder.replace(f"policies/{policy.name}", policy.read_text())
        last = folder.user("last", [EVERYTHING])
        server.client(last).call("ListDomains", **LIVE)
        assert is_gone(server, other)
        assert select.select([poll.socket], [], [], 0)[0] == []
        domain.start()
        assert poll.reply().json["startedEventId"] == 3

    def test_end_when_their_callers_rights_change(self, folder, server, domain, poll):
        for policy in (folder.path / "policies").iterdir():
            text = policy.read_text().replace("swf:*", "swf:Poll*")
            folder.replace(f"policies/{policy.name}", text)
        reply = poll.reply()
        assert (reply.status, reply.json.get("taskToken")) == (200, None)

    def test_end_when_their_callers_secret_is_another(self, folder, worker, server, poll):
        """Who has the old one gets no task with it."""
        text = (folder.path / "secrets.toml").read_text().replace(worker.secret, "another-secret")
        folder.replace("secrets.toml", text, mode=0o600)
        reply = poll.reply()
        assert (reply.status, reply.json.get("taskToken")) == (200, None)


def is_gone(server, keys):
    """Whether nobody has the keys any more."""
    with pytest.raises(Fault) as fault:
        server.client(keys).call("ListDomains", **LIVE)
    return fault.value.code == "UnrecognizedClientException"
