"""A server that others can reach starts with identities and TLS, or not at all (design rule 13)."""

import re
import socket
import subprocess

import pytest

import harness
import signing
from access_folder import EVERYTHING, AccessFolder, Keys
from signing import Connection
from test_operations import assert_refused, run
from tls_proxy import Certificates

ANYWHERE = "0.0.0.0:0"
# Others can reach these, too; none of them is bound, as the server refuses before that.
REACHABLE = [ANYWHERE, "[::]:0", "192.0.2.7:0", "[2001:db8::7]:0", "169.254.0.7:0"]


@pytest.fixture
def folder(tmp_path):
    return AccessFolder(tmp_path / "access")


@pytest.fixture
def access(folder):
    """The option of a folder that is in order."""
    folder.user("alice", [EVERYTHING])
    return ["--access", folder.path]


@pytest.fixture
def tls(tmp_path):
    """The options of a certificate that is in order."""
    certificate, key = Certificates(tmp_path).self_signed("own")
    return ["--tls-certificate", certificate, "--tls-key", key]


def refused(tmp_path, *options, listen="127.0.0.1:0", say):
    """The server ends at once with one sentence that says these words, and makes no data."""
    data = tmp_path / "data"
    done = run("serve", "--listen", listen, "--data-dir", data, *options)
    assert_refused(done, *say)
    # Settings that do not go together, or files that are not in order.
    assert done.returncode == (1 if listen == "127.0.0.1:0" else 252)
    assert not data.exists()
    return done.stderr


class TestAddresses:
    @pytest.mark.parametrize("listen", REACHABLE)
    def test_nothing(self, tmp_path, listen):
        address = listen.removesuffix(":0")
        refused(
            tmp_path,
            listen=listen,
            say=[address, "--access", "--tls-certificate", "--tls-key", "--insecure"],
        )

    def test_identities_without_tls(self, tmp_path, access):
        said = refused(tmp_path, *access, listen=ANYWHERE, say=["--tls-certificate", "--insecure"])
        assert "--access" not in said

    def test_tls_without_identities(self, tmp_path, tls):
        said = refused(tmp_path, *tls, listen=ANYWHERE, say=["--access", "--insecure"])
        assert "--tls-certificate" not in said

    def test_both(self, tmp_path, access, tls):
        with harness.Server(tmp_path / "data", [*access, *tls], listen=ANYWHERE) as server:
            assert server.endpoint == f"https://0.0.0.0:{server.port}"
            assert "WARN" not in server.logged()

    @pytest.mark.parametrize(
        ("given", "told"), [("nothing", "--access"), ("access", "TLS"), ("tls", "--access")]
    )
    def test_insecure(self, tmp_path, request, given, told):
        options = [] if given == "nothing" else request.getfixturevalue(given)
        options = [*options, "--insecure"]
        with harness.Server(tmp_path / "data", options, listen=ANYWHERE) as server:
            warnings = [line for line in server.logged().splitlines() if "WARN" in line]
            assert any(told in line for line in warnings), server.logged()

    def test_insecure_by_the_environment(self, tmp_path, monkeypatch):
        monkeypatch.setenv("EVERBEAT_INSECURE", "true")
        with harness.Server(tmp_path / "data", listen=ANYWHERE) as server:
            assert "WARN" in server.logged()

    @pytest.mark.parametrize("listen", ["127.0.0.1:0", "127.8.9.10:0", "[::1]:0"])
    def test_loopback_needs_nothing(self, tmp_path, listen):
        if listen.startswith("[") and not has_ipv6():
            pytest.skip("this machine has no IPv6")
        with harness.Server(tmp_path / "data", listen=listen) as server:
            assert server.endpoint.startswith("http://" + listen.removesuffix("0"))
            assert "WARN" not in server.logged()


def has_ipv6():
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True


class TestIdentities:
    """Files that are not in order: one sentence with file and line."""

    def test_no_folder(self, tmp_path):
        missing = tmp_path / "nowhere"
        refused(tmp_path, "--access", missing, say=[missing])

    def test_an_empty_folder(self, tmp_path):
        empty = tmp_path / "empty"
        empty.mkdir()
        refused(tmp_path, "--access", empty, say=[empty / "access.toml"])

    def test_a_file_in_its_place(self, tmp_path):
        place = tmp_path / "file"
        place.write_text("version = 1\n")
        refused(tmp_path, "--access", place, say=[place])

    @pytest.mark.parametrize(
        ("file", "text", "line", "words"),
        [
            ("access.toml", "", None, ["version"]),
            ("access.toml", "version = 2\n", 1, ["version"]),
            ("access.toml", "version = 1\n\n[account\n", 3, []),
            ("access.toml", "version = 1\n[acount.123456789012]\n", 2, ["acount", "'account'"]),
            ("access.toml", "version = 1\n[account.42]\n", 2, ["42"]),
            (
                "access.toml",
                "version = 1\n[account.123456789012.user.alice]\npolicies = ['everythin']\n",
                3,
                ["everythin", "'everything'"],
            ),
            (
                "access.toml",
                "version = 1\n[account.123456789012.user.alice]\ngroups = ['nobody']\n",
                3,
                ["nobody"],
            ),
            ("secrets.toml", "[key.AKIA0000000000000001]\nsecret = 1\n", 2, []),
            ("secrets.toml", "[kee]\n", 1, ["'key'"]),
            ("policies/everything.json", "{\n", 2, []),
            (
                "policies/everything.json",
                '{"Version": "2012-10-17",\n "Statement": [{\n  "Effect": "allow",\n'
                '  "Action": "*", "Resource": "*"}]}\n',
                3,
                ["Effect"],
            ),
            (
                "policies/everything.json",
                '{"Statement": {"Effect": "Allow", "Resource": "*",\n'
                ' "Action": "swf:ListDomain"}}\n',
                2,
                ["swf:ListDomain", "swf:ListDomains"],
            ),
        ],
    )
    def test_a_broken_file(self, tmp_path, folder, file, text, line, words):
        folder.user("alice", [folder.policy("everything", EVERYTHING)])
        folder.replace(file, text, 0o600 if file == "secrets.toml" else 0o644)
        place = [f"{file}, line {line}: "] if line else [file]
        said = refused(tmp_path, "--access", folder.path, say=[*place, *words])
        assert "sssss" not in said, "a secret was shown"

    def test_secrets_that_others_can_read(self, tmp_path, folder):
        folder.user("alice", [EVERYTHING])
        (folder.path / "secrets.toml").chmod(0o640)
        refused(tmp_path, "--access", folder.path, say=["secrets.toml", "600"])

    def test_a_key_without_a_secret(self, tmp_path, folder):
        """It is told with its line, and is nobody's key; those of others are good."""
        keys = folder.user("alice", [EVERYTHING])
        folder.replace("secrets.toml", "", 0o600)
        with harness.Server(tmp_path / "data", ["--access", folder.path]) as server:
            warning = rf"WARN.*access.toml, line \d+: .*{keys.access_key_id}"
            assert re.search(warning, server.logged())
            with Connection(server.port) as connection:
                reply = connection.send(signing.signed(server.port, keys))
                assert reply.kind.endswith("#UnrecognizedClientException")

    def test_a_secret_from_the_environment(self, tmp_path, folder, monkeypatch):
        keys = folder.user("alice", [EVERYTHING])
        (folder.path / "secrets.toml").unlink()
        secret = "a-secret-that-no-file-has"
        monkeypatch.setenv(f"EVERBEAT_SECRET_{keys.access_key_id}", secret)
        with harness.Server(tmp_path / "data", ["--access", folder.path]) as server:
            with Connection(server.port) as connection:
                good = signing.signed(server.port, Keys(keys.access_key_id, secret))
                assert connection.send(good).status == 200
                old = signing.signed(server.port, keys)
                assert connection.send(old).kind.endswith("#InvalidSignatureException")
            assert secret not in server.logged()

def test_a_second_server_on_the_data(tmp_path, access):
    """It names the data folder, which both servers were given, and not the audit log within it."""
    data = tmp_path / "data"
    with harness.Server(data, access):
        done = run("serve", "--listen", "127.0.0.1:0", "--data-dir", data, *access)
    assert_refused(done, "another server is using the data folder", data)
    assert "audit" not in done.stderr


def test_an_address_that_is_all_addresses_is_none_for_clients(tmp_path):
    command = [harness.binary(), "serve", "--listen", ANYWHERE, "--insecure"]
    command += ["--data-dir", tmp_path / "data"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as server:
        ready, hint, endpoint = (server.stdout.readline().decode() for _ in range(3))
        server.terminate()
    port = ready.rsplit(":", 1)[1].strip()
    assert ready == f"Everbeat is ready on http://0.0.0.0:{port}\n"
    assert hint.startswith("# ")
    assert endpoint == f"export AWS_ENDPOINT_URL_SWF=http://localhost:{port}\n"


def test_a_mistyped_variable_does_not_go_unnoticed(tmp_path, monkeypatch):
    """Without the folder that it names, everybody on this machine may do everything."""
    monkeypatch.setenv("EVERBEAT_ACESS", "who")
    with harness.Server(tmp_path / "data") as server:
        remark = "everbeat: EVERBEAT_ACESS is no setting; did you mean EVERBEAT_ACCESS?"
        assert remark in server.logged().splitlines()
