"""TLS of the server itself: clients, versions, new certificates, and certificates of clients."""

import http.client
import random
import shutil
import socket
import ssl
import struct
import subprocess
import warnings

import botocore.exceptions
import pytest

import harness
import signing
import world
from access_folder import EVERYTHING, AccessFolder
from clients import AwsCli, Boto3
from clients.adapter import NoAnswer
from command_line import CommandLine
from connections import settle
from signing import Connection
from test_operations import assert_refused, run
from tls_proxy import Certificates

# Any bytes, but the same ones each time.
NOISE = random.Random(1).randbytes(512)
# What a client sees that the server does not let in, depending on when it notices.
TURNED_AWAY = (ssl.SSLError, ConnectionError, http.client.HTTPException)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    return Certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(scope="module")
def authority(certificates):
    """Certificate and key of who signs the servers'."""
    return certificates.self_signed("authority")


@pytest.fixture(scope="module")
def stranger(certificates):
    """An authority that nobody trusts."""
    return certificates.self_signed("stranger")


@pytest.fixture(scope="module")
def clients(certificates):
    """The authority of clients."""
    return certificates.self_signed("clients")


@pytest.fixture(scope="module")
def pair(certificates, authority):
    """The server's certificate and key."""
    return certificates.signed_by(authority, "server")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return AccessFolder(tmp_path_factory.mktemp("tls") / "access")


@pytest.fixture(scope="module")
def alice(folder):
    return folder.user("alice", [EVERYTHING])


@pytest.fixture(scope="module")
def server(folder, alice, pair, tmp_path_factory):
    options = ["--access", folder.path, "--poll-hold-seconds", 30, *with_pair(pair)]
    with harness.Server(tmp_path_factory.mktemp("data"), options) as running:
        yield running


@pytest.fixture(scope="module")
def boto(server, alice, authority):
    client = Boto3(server.endpoint, keys=alice, verify=authority[0])
    yield client
    client.close()


@pytest.fixture
def trust(authority):
    """A client's context that trusts the authority."""
    return ssl.create_default_context(cafile=authority[0])


def with_pair(pair):
    certificate, key = pair
    return ["--tls-certificate", certificate, "--tls-key", key]


def calls(port, context, keys=None):
    """Makes a good call on a new connection; raises what the client sees."""
    with Connection(port, tls=context) as connection:
        return call_on(connection, port, keys)


def call_on(connection, port, keys=None):
    draft = signing.post(port, keys) if keys is None else signing.signed(port, keys)
    reply = connection.send(draft)
    assert reply.status == 200, reply.body
    return connection.socket.version()


class TestClients:
    def test_the_ready_line_says_https(self, server):
        assert server.endpoint == f"https://127.0.0.1:{server.port}"

    def test_aws_cli(self, server, alice, authority, stranger):
        good = AwsCli(server.endpoint, alice, ["--ca-bundle", authority[0]])
        assert "domainInfos" in good.call("ListDomains", **signing.LISTING)
        for options in [[], ["--ca-bundle", stranger[0]]]:
            with pytest.raises(NoAnswer, match="SSL validation failed"):
                AwsCli(server.endpoint, alice, options).call("ListDomains", **signing.LISTING)

    def test_boto3(self, server, alice, boto, stranger, monkeypatch):
        monkeypatch.delenv("AWS_CA_BUNDLE", raising=False)
        assert "domainInfos" in boto.call("ListDomains", **signing.LISTING)
        for verify in [None, stranger[0]]:
            client = Boto3(server.endpoint, keys=alice, verify=verify)
            with pytest.raises(botocore.exceptions.SSLError):
                client.call("ListDomains", **signing.LISTING)
            client.close()

    def test_everbeat(self, server, alice, authority, tmp_path):
        keys = {
            "AWS_ACCESS_KEY_ID": alice.access_key_id,
            "AWS_SECRET_ACCESS_KEY": alice.secret,
        }
        line = CommandLine(tmp_path / "home", server.endpoint, **keys)
        words = ["list-domains", "--registration-status", "REGISTERED"]
        assert "domainInfos" in line.run(*words, "--ca-bundle", str(authority[0])).printed()
        line.run(*words).failed(255, "SSL validation failed")

    def test_a_name_that_the_certificate_lacks(self, server, alice, trust):
        """The server is reached, but not under the name for which its certificate is."""
        trust.check_hostname = True
        plain = socket.create_connection(("127.0.0.1", server.port), timeout=harness.WAIT_SECONDS)
        with plain, pytest.raises(ssl.SSLCertVerificationError, match="mismatch"):
            trust.wrap_socket(plain, server_hostname="swf.example.com")


class TestVersions:
    @pytest.mark.parametrize("version", ["TLSv1_2", "TLSv1_3"])
    def test_accepted(self, server, alice, trust, version):
        only(trust, version)
        assert calls(server.port, trust, alice) == version.replace("_", ".")

    @pytest.mark.parametrize("version", ["TLSv1", "TLSv1_1"])
    def test_refused(self, server, trust, version):
        only(trust, version)
        with pytest.raises(ssl.SSLError) as refusal:
            calls(server.port, trust)
        # An alert came from the server: the client would have gone on.
        assert "_ALERT_" in refusal.value.reason


class TestProtocols:
    @pytest.mark.parametrize(
        ("offered", "chosen"),
        [(["http/1.1", "h2"], "h2"), (["http/1.1"], "http/1.1"), ([], None)],
    )
    def test_http_versions(self, server, trust, offered, chosen):
        if offered:
            trust.set_alpn_protocols(offered)
        plain = socket.create_connection(("127.0.0.1", server.port), timeout=harness.WAIT_SECONDS)
        with trust.wrap_socket(plain, server_hostname="127.0.0.1") as spoken:
            assert spoken.selected_alpn_protocol() == chosen

    def test_http_2(self, server, alice, authority):
        curl = shutil.which("curl")
        if not curl or "HTTP2" not in subprocess.getoutput(f"{curl} --version"):
            pytest.skip("no curl with HTTP/2")
        draft = signing.signed(server.port, alice)
        headers = [word for pair in draft.headers for word in ("--header", ": ".join(pair))]
        done = subprocess.run(
            [
                curl,
                "--silent",
                "--http2",
                "--cacert",
                authority[0],
                "--write-out",
                "%{http_version}",
            ]
            + [*headers, "--data-binary", draft.body, server.endpoint],
            capture_output=True,
            text=True,
            timeout=harness.WAIT_SECONDS,
        )
        assert done.stdout.startswith('{"domainInfos":') and done.stdout.endswith("}2"), done


def only(context, version):
    """Lets the context speak this version alone, also one that is no longer in use."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.set_ciphers("DEFAULT:@SECLEVEL=0")
        context.minimum_version = context.maximum_version = getattr(ssl.TLSVersion, version)


class TestNewCertificates:
    """The files are replaced while the server runs."""

    @pytest.fixture
    def files(self, tmp_path, pair):
        """A certificate and key that a test may replace."""
        return put(tmp_path, pair)

    @pytest.fixture
    def server(self, tmp_path, files):
        with harness.Server(tmp_path / "data", with_pair(files)) as running:
            yield running

    def served(self, server):
        """The certificate that a new connection is shown."""
        return ssl.get_server_certificate(("127.0.0.1", server.port), timeout=harness.WAIT_SECONDS)

    def becomes(self, server, pair):
        expected = pair[0].read_text().strip()
        harness.wait_until(
            lambda: self.served(server).strip() == expected,
            f"{pair[0]} is served",
        )

    def test_a_new_pair_is_served_and_old_connections_go_on(
        self, server, files, certificates, stranger, trust
    ):
        with Connection(server.port, tls=trust) as old:
            call_on(old, server.port)
            new = certificates.signed_by(stranger, "renewed")
            put(files[0].parent, new)
            self.becomes(server, new)
            call_on(old, server.port)
        with pytest.raises(ssl.SSLCertVerificationError):
            calls(server.port, trust)
        calls(server.port, ssl.create_default_context(cafile=stranger[0]))

    @pytest.mark.parametrize(
        "breakage", ["no-certificate", "empty", "gone", "key-of-another", "certificate-of-another"]
    )
    def test_a_broken_pair_leaves_the_old_one(
        self, server, files, certificates, pair, trust, authority, breakage
    ):
        certificate, key = files
        other = certificates.signed_by(authority, "other")
        before = len(server.logged())
        if breakage == "no-certificate":
            certificate.write_text("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
        elif breakage == "empty":
            key.write_text("")
        elif breakage == "gone":
            certificate.unlink()
        elif breakage == "key-of-another":
            shutil.copy(other[1], key)
        else:
            shutil.copy(other[0], certificate)
        named = key if breakage in ("empty", "key-of-another") else certificate
        harness.wait_until(
            lambda: str(named) in server.logged()[before:],
            f"{named} in the log",
        )
        assert "PRIVATE KEY" not in server.logged()
        calls(server.port, trust)
        assert self.served(server).strip() == pair[0].read_text().strip()
        # Once the files are in order again they count.
        put(files[0].parent, other)
        self.becomes(server, other)


def put(directory, pair):
    """Puts a pair where a server looks for it, by renaming; gives the places."""
    places = directory / "used.pem", directory / "used.key"
    for source, place in zip(pair, places, strict=True):
        beside = place.with_suffix(".new")
        shutil.copy(source, beside)
        beside.rename(place)
    return places


class TestClientCertificates:
    @pytest.fixture
    def authorities(self, tmp_path, clients):
        """The file of authorities, which a test may replace."""
        return shutil.copy(clients[0], tmp_path / "clients.pem")

    @pytest.fixture
    def server(self, tmp_path, pair, authorities):
        options = [*with_pair(pair), "--tls-client-ca", authorities]
        with harness.Server(tmp_path / "data", options) as running:
            yield running

    @pytest.fixture(params=["TLSv1_2", "TLSv1_3"])
    def versioned(self, request, trust):
        only(trust, request.param)
        return trust

    def test_the_right_one(self, server, versioned, certificates, clients):
        versioned.load_cert_chain(*certificates.signed_by(clients, "worker"))
        calls(server.port, versioned)

    def test_none(self, server, versioned):
        with pytest.raises(TURNED_AWAY):
            calls(server.port, versioned)

    def test_a_wrong_one(self, server, versioned, certificates, stranger):
        versioned.load_cert_chain(*certificates.signed_by(stranger, "intruder"))
        with pytest.raises(TURNED_AWAY):
            calls(server.port, versioned)

    def test_one_that_signs_itself(self, server, versioned, certificates):
        versioned.load_cert_chain(*certificates.self_signed("worker-too"))
        with pytest.raises(TURNED_AWAY):
            calls(server.port, versioned)

    def test_an_authority_that_is_replaced(
        self, server, trust, authorities, certificates, clients, stranger
    ):
        trust.load_cert_chain(*certificates.signed_by(clients, "early"))
        calls(server.port, trust)
        shutil.copy(stranger[0], authorities.with_suffix(".new"))
        authorities.with_suffix(".new").rename(authorities)
        harness.wait_until(
            lambda: not is_let_in(server.port, trust),
            "the client of the old authority is turned away",
        )
        other = ssl.create_default_context(cafile=certificates.folder / "authority.pem")
        other.load_cert_chain(*certificates.signed_by(stranger, "late"))
        calls(server.port, other)


def is_let_in(port, context):
    try:
        calls(port, context)
    except TURNED_AWAY:
        return False
    return True


class TestHangUp:
    """A poller that is gone must not take a task with it, also over TLS."""

    @pytest.mark.parametrize("how", ["close", "reset", "farewell"])
    def test_activity_poll(self, server, alice, trust, domain, how):
        body = {"domain": domain.name, "taskList": {"name": "work"}}
        gone = Connection(server.port, tls=trust)
        gone.begin(signing.signed(server.port, alice, "PollForActivityTask", body))
        settle(server.port)
        hang_up(gone, how)
        settle(server.port)
        run_of_domain = domain.start()
        domain.decide(domain.decision_task(), world.schedule("a1"))
        task = domain.activity_task()
        assert (task["activityId"], task["startedEventId"]) == ("a1", 6)
        assert [kind for kind, _ in run_of_domain.history(after=4)] == [
            "ActivityTaskScheduled",
            "ActivityTaskStarted",
        ]


def hang_up(connection, how):
    """Ends a connection: by FIN alone, by RST, or as TLS wants it, with a word before."""
    if how == "reset":
        linger = struct.pack("ii", 1, 0)
        connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    if how == "farewell":
        connection.socket.settimeout(0.2)
        try:
            connection.socket.unwrap().close()
        except (OSError, ValueError):
            pass  # The server need not answer it.
    connection.close()


class TestOthersAtThePort:
    """What is no TLS harms nobody."""

    def test_plain_http(self, server, alice, trust):
        with Connection(server.port) as plain, pytest.raises(
            (ConnectionError, http.client.HTTPException)
        ):
            plain.send(signing.signed(server.port, alice))
        calls(server.port, trust, alice)

    def test_scans_and_noise(self, server, alice, trust):
        hello = client_hello(trust)
        openings = [b"", b"\n", b"GET / HTTP/1.0\r\n\r\n", NOISE, b"\x16\x03\x01\xff\xff"]
        openings += [hello[:40], hello + b"\x00" * 100, hello[:5] + b"\xff" * (len(hello) - 5)]
        for opening in openings * 20:
            with socket.create_connection(("127.0.0.1", server.port), timeout=harness.WAIT_SECONDS) as scan:
                scan.sendall(opening)
        calls(server.port, trust, alice)
        assert server.is_running()
        assert "panicked" not in server.logged()

    def test_handshakes_that_stand_still_hold_nobody_up(self, server, alice, trust):
        hello = client_hello(trust)
        held = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(100)]
        try:
            for number, one in enumerate(held):
                one.sendall(hello[: number % len(hello)])
            with harness.elapsed() as seconds:
                calls(server.port, trust, alice)
                harness.in_time(seconds(), 1, "a call beside them")
        finally:
            for one in held:
                one.close()


def client_hello(context):
    """The first bytes that a client of this context sends."""
    sent = ssl.MemoryBIO()
    client = context.wrap_bio(ssl.MemoryBIO(), sent, server_hostname="127.0.0.1")
    with pytest.raises(ssl.SSLWantReadError):
        client.do_handshake()
    return sent.read()


class TestWrongFilesAtTheStart:
    """One sentence that names the file, and no server."""

    def refused(self, tmp_path, certificate, key, *more, say):
        options = ["--tls-certificate", certificate, "--tls-key", key, *more]
        data = tmp_path / "data"
        done = run("serve", "--listen", "127.0.0.1:0", "--data-dir", data, *options)
        assert_refused(done, *say)
        assert done.returncode == 1
        assert "PRIVATE KEY" not in done.stderr
        assert not data.exists()

    def test_no_such_files(self, tmp_path, pair):
        missing = tmp_path / "missing.pem"
        self.refused(tmp_path, missing, pair[1], say=[missing])
        self.refused(tmp_path, pair[0], missing, say=[missing])
        self.refused(tmp_path, *pair, "--tls-client-ca", missing, say=[missing])

    def test_files_of_something_else(self, tmp_path, pair):
        other = tmp_path / "other.pem"
        other.write_text("words\n")
        self.refused(tmp_path, other, pair[1], say=[other])
        self.refused(tmp_path, pair[0], other, say=[other])
        self.refused(tmp_path, *pair, "--tls-client-ca", other, say=[other])

    def test_exchanged_files(self, tmp_path, pair):
        self.refused(tmp_path, pair[1], pair[0], say=[pair[1]])

    def test_a_key_of_another_certificate(self, tmp_path, pair, stranger):
        self.refused(tmp_path, pair[0], stranger[1], say=[stranger[1], pair[0]])

    def test_half_of_a_pair(self, tmp_path, pair):
        for option, file, other in [
            ("--tls-certificate", pair[0], "--tls-key"),
            ("--tls-key", pair[1], "--tls-certificate"),
            ("--tls-client-ca", pair[0], "--tls-certificate"),
        ]:
            done = run("serve", "--data-dir", tmp_path / "data", option, file)
            assert_refused(done, option, other)


def test_an_expired_certificate_is_served_and_told(tmp_path):
    """Clients refuse it; the log says why before they ask."""
    certificate, key = tmp_path / "old.pem", tmp_path / "old.key"
    make_expired(certificate, key)
    with harness.Server(tmp_path / "data", with_pair((certificate, key))) as server:
        assert str(certificate) in server.logged()
        assert "expired" in server.logged()
        with pytest.raises(ssl.SSLCertVerificationError, match="expired"):
            calls(server.port, ssl.create_default_context(cafile=certificate))


def make_expired(certificate, key):
    """A certificate for 127.0.0.1 whose last day was yesterday."""
    signed = Certificates(certificate.parent).self_signed("once")
    shutil.copy(signed[1], key)
    subprocess.run(
        ["openssl", "x509", "-in", signed[0], "-signkey", key, "-days", "-1", "-out", certificate],
        check=True,
        capture_output=True,
    )
