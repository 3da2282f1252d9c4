"""Limits against abuse: sizes, slow clients, connections, calls. Nobody holds others up."""

import contextlib
import json
import select
import socket
import time

import pytest

import harness
import signing
import world
from access_folder import EVERYTHING, AccessFolder
from clients import Boto3, Fault
from connections import settle
from harness import Background
from raw import SERVICE, assert_fault
from signing import Connection, signed

MIB = 1 << 20
HEADER_LIMIT = 32 << 10
FILE_HANDLES = 512
ELSEWHERE = "127.0.0.2"
MISSING = "MissingAuthenticationTokenException"
NOBODY = "127.0.0.3"
# Who is held up by a limit waits a second or more; others are answered within a few milliseconds.
SOON = 0.9


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return AccessFolder(tmp_path_factory.mktemp("abuse") / "access")


@pytest.fixture(scope="module")
def alice(folder):
    return folder.user("alice", [EVERYTHING])


@pytest.fixture(scope="module")
def bob(folder):
    return folder.user("bob", [EVERYTHING])


@pytest.fixture(scope="module")
def serve(folder, alice, bob, tmp_path_factory):
    """Starts a server that knows alice and bob, with these limits."""

    def start(**limits):
        settings = [("--limit", f"{name}={value}") for name, value in limits.items()]
        options = [word for setting in settings for word in setting]
        options += ["--access", folder.path, "--poll-hold-seconds", 30]
        return harness.Server(tmp_path_factory.mktemp("data"), options)

    return start


@pytest.fixture(scope="module")
def server(serve):
    with serve() as running:
        yield running


@pytest.fixture
def boto(server, alice):
    client = Boto3(server.endpoint, keys=alice)
    yield client
    client.close()


def assert_served(server, keys, source=None):
    """A new caller is served, and soon."""
    with harness.elapsed() as seconds, Connection(server.port, source=source) as connection:
        reply = connection.send(signed(server.port, keys))
        assert reply.status == 200, reply.body
        harness.in_time(seconds(), SOON)


class TestSizes:
    def test_a_body_of_a_mebibyte_is_taken(self, server, alice):
        with Connection(server.port) as connection:
            assert connection.send(listing(server, alice, MIB)).status == 200

    @pytest.mark.parametrize("chunked", [False, True])
    @pytest.mark.parametrize("is_signed", [False, True])
    def test_a_larger_body_is_not(self, server, alice, chunked, is_signed):
        draft = listing(server, alice, MIB + 1)
        if not is_signed:
            draft.put("Authorization")
        chunks = [draft.body[:MIB], draft.body[MIB:]] if chunked else None
        with Connection(server.port) as connection:
            reply = connection.send(draft, chunks)
            if chunked and not is_signed:
                # Its length is not known before strangers are turned away.
                assert reply.kind == SERVICE + MISSING
                return
            text = "Request size exceeded the limit of 1048576 bytes"
            kind = SERVICE + "RequestEntityTooLargeException"
            assert_fault(reply, kind, text, status=413)
            assert reply.headers["Connection"] == "close"
        assert_served(server, alice)

    def test_headers_just_below_the_limit_are_taken(self, server, alice):
        with Connection(server.port) as connection:
            draft = signing.post(server.port, alice, more=[("X-Long", "x" * (HEADER_LIMIT - 1500))])
            assert connection.send(draft.sign()).status == 200

    @pytest.mark.parametrize("lengths", [[HEADER_LIMIT], [1000] * 33], ids=["one", "many"])
    def test_larger_headers_are_not(self, server, alice, lengths):
        more = [(f"X-Long-{number}", "x" * length) for number, length in enumerate(lengths)]
        reply = self.answer(server, signed(server.port, alice, more=more))
        assert reply.startswith(b"HTTP/1.1 413 "), reply
        assert b"#RequestEntityTooLargeException" in reply
        assert b"connection: close" in reply.lower()
        assert_served(server, alice)

    @pytest.mark.parametrize("size", [MIB, 20 * MIB])
    def test_headers_without_end(self, server, alice, size):
        """A refusal if it arrives, as the server reads no further; in any case an end."""
        draft = signed(server.port, alice, more=[("X-Long", "x" * size)])
        assert self.answer(server, draft)[9:12] in (b"413", b"431", b"")
        assert_served(server, alice)

    def test_many_small_headers(self, server, alice):
        draft = signed(server.port, alice, more=[(f"X-{number}", "") for number in range(500)])
        assert self.answer(server, draft)[9:12] in (b"200", b"413", b"431")
        assert_served(server, alice)

    def answer(self, server, draft):
        """The reply's bytes up to the end of the connection; none if it was reset."""
        reply = b""
        with dribble(server.port, b"", b"") as sock, contextlib.suppress(OSError):
            sock.sendall(draft.wire())
            while chunk := sock.recv(65536):
                reply += chunk
        return reply

    @pytest.mark.parametrize("opening", ["[", '{"a":'])
    @pytest.mark.parametrize(("levels", "taken"), [(128, True), (129, False), (100_000, False)])
    def test_nesting(self, server, alice, opening, levels, taken):
        # The request itself is the first level.
        inner = opening * (levels - 1) + "0" + {"[": "]"}.get(opening, "}") * (levels - 1)
        body = f'{{"registrationStatus": "REGISTERED", "ignored": {inner}}}'.encode()
        with Connection(server.port) as connection:
            reply = connection.send(signed(server.port, alice, body=body))
            if taken:
                assert reply.status == 200, reply.body
            else:
                assert_fault(reply, SERVICE + "SerializationException", None)


def listing(server, keys, size):
    """A signed call with a body of exactly this size."""
    body = json.dumps(signing.LISTING).encode()
    return signed(server.port, keys, body=body + b" " * (size - len(body)))


class TestOrder:
    """What is refused before the signature is asked for, and what after it (protocol.md 5.1)."""

    @pytest.mark.parametrize(
        ("change", "status", "kind"),
        [
            (
                lambda draft: draft.put("Content-Type", "text/plain"),
                404,
                "UnknownOperationException",
            ),
            (
                lambda draft: draft.put("X-Amz-Target", "None.Such"),
                400,
                "UnknownOperationException",
            ),
            (lambda draft: draft.put("Expect", "miracles"), 417, "MalformedHttpRequestException"),
            (
                lambda draft: draft.put("Content-Encoding", "br"),
                400,
                "MalformedHttpRequestException",
            ),
            (lambda draft: draft, 400, MISSING),
        ],
        ids=["content-type", "target", "expectation", "encoding", "nothing-else"],
    )
    def test_unsigned(self, server, change, status, kind):
        with Connection(server.port) as connection:
            reply = connection.send(change(signing.post(server.port, None, body=b"{")))
            assert (reply.status, reply.kind) == (status, SERVICE + kind)


class TestSlowClients:
    """Each is held for its own time, and none of them holds others up."""

    def test_all_at_once(self, server, alice):
        """One test for all, as a slow header is given ten seconds."""
        draft = signed(server.port, alice)
        head = draft.wire().split(b"\r\n\r\n")[0]
        with harness.elapsed() as seconds:
            stranger = draft.put("Authorization").wire()[: -len(draft.body)]
            slow = [dribble(server.port, head[:100], b"x") for _ in range(50)]
            stalled = [dribble(server.port, head[:100], b"") for _ in range(50)]
            bodies = [dribble(server.port, head + b"\r\n\r\n{", b" ") for _ in range(50)]
            strangers = [dribble(server.port, stranger + b"{", b"") for _ in range(50)]
            silent = [dribble(server.port, b"", b"") for _ in range(50)]
            try:
                # A stranger's body is not waited for, but for two seconds, as it may be on its way.
                answer_all(strangers, MISSING, 4)
                assert_served(server, alice)
                self.keep_dribbling(slow + bodies, until=8 - seconds())
                harness.in_time(seconds(), 9, "what comes before the first are given up")
                assert answered(slow + stalled + bodies + silent) == []
                assert_served(server, alice)
                self.keep_dribbling(slow, until=9.5 - seconds())
                answer_all(slow + stalled, "RequestTimeoutException", 8)
                assert seconds() > 9.5
                harness.in_time(seconds(), 20)
                # These have longer: thirty seconds and ninety.
                assert answered(bodies + silent) == []
                assert_served(server, alice)
            finally:
                for one in slow + stalled + bodies + strangers + silent:
                    one.close()

    def keep_dribbling(self, sockets, until):
        end = time.monotonic() + until
        while time.monotonic() < end:
            for one in sockets:
                one.sendall(b"x")
            time.sleep(0.5)


def dribble(port, start, more):
    """A connection that has sent the start of something."""
    sock = socket.create_connection(("127.0.0.1", port), timeout=harness.WAIT_SECONDS)
    sock.sendall(start + more)
    return sock


def answered(sockets):
    """Those that have something to read, or have been closed."""
    return select.select(sockets, [], [], 0)[0]


def answer_all(sockets, kind, seconds):
    """All are answered by this fault within the time, and closed."""
    end = time.monotonic() + seconds
    for one in sockets:
        one.settimeout(max(0.01, end - time.monotonic()))
        reply = b""
        while chunk := one.recv(65536):
            reply += chunk
        assert kind.encode() in reply, reply


class TestConnections:
    def test_of_one_address(self, serve, alice):
        with serve(connections_per_address=3) as server:
            held = [Connection(server.port, source=ELSEWHERE) for _ in range(3)]
            for one in held:
                assert one.send(signed(server.port, alice)).status == 200
            for _ in range(20):
                assert is_turned_away(server, alice, ELSEWHERE)
            assert_served(server, alice)
            # Those that are there go on, and a place that is given back is free.
            for one in held:
                assert one.send(signed(server.port, alice)).status == 200
            held.pop().close()
            harness.wait_until(
                lambda: not is_turned_away(server, alice, ELSEWHERE), "a place becomes free"
            )
            for one in held:
                one.close()

    def test_of_all(self, serve, alice):
        with serve(connections=4) as server:
            held = [Connection(server.port, source=f"127.0.0.{n}") for n in range(2, 6)]
            for one in held:
                assert one.send(signed(server.port, alice)).status == 200
            assert is_turned_away(server, alice, None)
            held.pop().close()
            harness.wait_until(
                lambda: not is_turned_away(server, alice, None), "a place becomes free"
            )
            for one in held:
                one.close()

    @pytest.mark.parametrize("sources", [[ELSEWHERE], [ELSEWHERE, NOBODY]], ids=["one", "two"])
    def test_addresses_do_not_take_all_file_handles(self, serve, alice, monkeypatch, sources):
        """Whatever the limits say, a process has so many file handles and no more."""
        server = serve()
        command = ["sh", "-c", f'ulimit -n {FILE_HANDLES}; exec "$@"', "sh", *server.command()]
        monkeypatch.setattr(server, "command", lambda: command)
        with server, contextlib.ExitStack() as held:
            for number in range(FILE_HANDLES):
                held.enter_context(silent(server.port, sources[number % len(sources)]))
            for source in (None, *sources):
                assert_served(server, alice, source)

    def test_who_has_proven_nothing_gives_way(self, serve, alice):
        """Silent connections take no place that a caller needs, and end the oldest first."""
        with serve(connections=8) as server, contextlib.ExitStack() as held:
            client = held.enter_context(contextlib.closing(Connection(server.port)))
            assert client.send(signed(server.port, alice)).status == 200
            idle = [held.enter_context(silent(server.port, NOBODY)) for _ in range(7)]
            newcomer = held.enter_context(contextlib.closing(Connection(server.port)))
            assert newcomer.send(signed(server.port, alice)).status == 200
            assert idle[0].recv(1) == b""
            assert answered(idle[1:]) == []
            for _ in range(100):
                held.enter_context(silent(server.port, NOBODY))
            assert [one.recv(1) for one in idle[1:]] == [b""] * 6
            # Who has proven who it is keeps its place.
            for one in (client, newcomer):
                assert one.send(signed(server.port, alice)).status == 200

    def test_who_is_one_too_many_of_its_identity_gives_way(self, serve, alice, bob):
        """One key does not take all places, whatever it is refused."""
        with serve(connections=6, connections_per_identity=2) as server:
            with contextlib.ExitStack() as held:
                for _ in range(20):
                    one = Connection(server.port, source=NOBODY)
                    held.enter_context(contextlib.closing(one))
                    assert one.send(signed(server.port, alice)).status in (200, 400)
                assert_served(server, bob)

    def test_a_wrong_signature_proves_nothing(self, serve, alice):
        with serve(connections=2) as server, contextlib.ExitStack() as held:
            claims = alice._replace(secret="not-her-secret-at-all")
            strangers = [
                held.enter_context(contextlib.closing(Connection(server.port, source=NOBODY)))
                for _ in range(2)
            ]
            for one in strangers:
                assert one.send(signed(server.port, claims)).status == 400
            assert_served(server, alice)

    def test_of_one_identity(self, serve, alice, bob):
        """Two keys of a user are one identity; the third connection is refused, not closed."""
        with serve(connections_per_identity=2) as server:
            one, two, three = (Connection(server.port) for _ in range(3))
            with one, two, three:
                for connection in (one, two, one, two):
                    assert connection.send(signed(server.port, alice)).status == 200
                reply = three.send(signed(server.port, alice))
                assert_throttled(reply)
                assert three.send(signed(server.port, bob)).status == 200
                two.close()
                harness.wait_until(
                    lambda: three.send(signed(server.port, alice)).status == 200,
                    "a connection of alice becomes free",
                )

    def test_strangers_take_no_place_of_an_identity(self, serve, alice):
        """Who only claims to be alice must not lock her out."""
        with serve(connections_per_identity=1) as server:
            claims = alice._replace(secret="not-her-secret-at-all")
            strangers = [Connection(server.port) for _ in range(5)]
            for one in strangers:
                assert one.send(signed(server.port, claims)).status == 400
            assert_served(server, alice)
            for one in strangers:
                one.close()


def silent(port, source):
    """A connection on which nothing is said."""
    return socket.create_connection(("127.0.0.1", port), harness.WAIT_SECONDS, (source, 0))


def is_turned_away(server, keys, source):
    """Whether a new connection is closed without a word."""
    try:
        with Connection(server.port, source=source) as connection:
            return connection.send(signed(server.port, keys)).status != 200
    except OSError:
        return True


def assert_throttled(reply):
    kind = "com.amazon.coral.availability#ThrottlingException"
    assert_fault(reply, kind, "Rate exceeded")
    assert reply.headers["x-amz-retry-after"]


class TestCalls:
    def test_polls_of_one_identity(self, serve, alice, bob):
        with serve(polls_per_identity=2) as server:
            client, other = (Boto3(server.endpoint, keys=keys) for keys in (alice, bob))
            domain = world.World(client)
            polls = [waiting_poll(server.port, alice, domain, f"list-{n}") for n in range(2)]
            for operation in ("PollForActivityTask", "PollForDecisionTask"):
                with harness.elapsed() as seconds, pytest.raises(Fault) as fault:
                    domain.poll(operation, "work")
                harness.in_time(seconds(), SOON)
                assert (fault.value.code, fault.value.message) == (
                    "LimitExceededFault",
                    "Limit on maximum concurrent poll requests per identity reached",
                )
            # Other calls of hers go on, and so do the polls of others.
            domain.call("ListActivityTypes", registrationStatus="REGISTERED")
            theirs = Background(
                other.call, "PollForDecisionTask", domain=domain.name, taskList={"name": "main"}
            )
            domain.start()
            assert theirs.result()["startedEventId"] == 3
            # A poll that is answered gives its place back.
            for number, poll in enumerate(polls):
                domain.start(taskList={"name": f"list-{number}"})
                assert poll.reply().json["startedEventId"] == 3
            domain.start()
            assert domain.decision_task()["startedEventId"] == 3
            for one in (client, other, *polls):
                one.close()

    def test_a_poll_whose_client_is_gone_gives_its_place_back(self, serve, alice):
        with serve(polls_per_identity=1) as server:
            client = Boto3(server.endpoint, keys=alice)
            domain = world.World(client)
            body = {"domain": domain.name, "taskList": {"name": "main"}}
            with Connection(server.port) as gone:
                gone.begin(signed(server.port, alice, "PollForDecisionTask", body))
                settle(server.port)
            domain.start()
            task = domain.decision_task()
            assert task["startedEventId"] == 3
            client.close()


def waiting_poll(port, keys, domain, task_list):
    """The connection of a poll that has reached the server and waits there."""
    poll = Connection(port)
    body = {"domain": domain.name, "taskList": {"name": task_list}}
    poll.begin(signed(port, keys, "PollForDecisionTask", body))
    settle(port)
    return poll


class TestFloods:
    def test_refusals_of_one_address_come_late(self, serve, alice):
        """Beyond the rate a stranger waits a second; nobody else does, from there or elsewhere."""
        with serve(refusals_per_second_and_address=2) as server:
            unsigned = signing.post(server.port, None)
            flood = [Connection(server.port, source=ELSEWHERE) for _ in range(10)]
            with harness.elapsed() as seconds:
                for one in flood:
                    one.begin(unsigned)
                assert_served(server, alice)
                assert_served(server, alice, ELSEWHERE)
                with Connection(server.port) as elsewhere:
                    assert elsewhere.send(unsigned).kind == SERVICE + MISSING
                harness.in_time(seconds(), SOON)
                early = select.select([one.socket for one in flood], [], [], 0)[0]
                assert 2 <= len(early) <= 4
                for one in flood:
                    assert one.reply().kind == SERVICE + MISSING
                assert seconds() >= 1
            for one in flood:
                one.close()

    def test_a_flood_leaves_others_working(self, server, alice):
        """A few hundred connections that ask without a break, and a signed caller beside them."""
        unsigned = signing.post(server.port, None).wire()
        flood = [flooding(server.port, unsigned) for _ in range(200)]
        try:
            with Connection(server.port) as connection:
                for _ in range(100):
                    with harness.elapsed() as seconds:
                        assert connection.send(signed(server.port, alice)).status == 200
                        harness.in_time(seconds(), SOON)
                    for one in flood:
                        once_more(one, unsigned)
            assert_served(server, alice, ELSEWHERE)
        finally:
            for one in flood:
                one.close()


def flooding(port, request):
    sock = socket.create_connection(("127.0.0.1", port), source_address=(ELSEWHERE, 0))
    sock.sendall(request * 8)
    sock.setblocking(False)
    return sock


def once_more(sock, request):
    """Asks again where an answer has come."""
    try:
        if sock.recv(1 << 20):
            sock.send(request * 4)
    except BlockingIOError:
        pass
