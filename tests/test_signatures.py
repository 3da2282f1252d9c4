"""Signed requests that are accepted: of all clients, and in all forms that a signature may have.

What is refused is in `test_signature_refusals.py`.
"""

import datetime
import re
import shutil
import statistics
import subprocess
import time

import botocore.auth
import botocore.awsrequest
import botocore.credentials
import pytest

import harness
import raw
import signing
import world
from access_folder import EVERYTHING, AccessFolder, Keys
from clients import ADAPTERS, Boto3, Fault
from command_line import CommandLine
from raw import SERVICE, assert_fault
from signing import Connection, http_date, sha256

UNICODE = "día 日本 🎈 \u202e e\u0301"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return AccessFolder(tmp_path_factory.mktemp("signatures") / "access")


@pytest.fixture(scope="module")
def alice(folder):
    return folder.user("alice", [folder.policy("everything", EVERYTHING)])


@pytest.fixture(scope="module")
def session(folder):
    return folder.role_session("ci", "build-7", [EVERYTHING])


@pytest.fixture(scope="module")
def server(folder, alice, session, tmp_path_factory):
    # Many refusals are asked for here, and all of them at once.
    options = ["--limit", "refusals_per_second_and_address=off", "--poll-hold-seconds", 1]
    options += ["--access", folder.path]
    with harness.Server(tmp_path_factory.mktemp("data"), options) as running:
        yield running


@pytest.fixture(scope="module")
def boto(server, alice):
    """boto3 for what a test needs beside the client that it is about."""
    client = Boto3(server.endpoint, keys=alice)
    yield client
    client.close()


@pytest.fixture
def connection(server):
    with Connection(server.port) as opened:
        yield opened


class TestClients:
    """Clients that others wrote, each with keys of a user and of a session."""

    @pytest.fixture(params=["user", "session"])
    def keys(self, request, alice, session):
        return alice if request.param == "user" else session

    @pytest.fixture(params=ADAPTERS)
    def adapter(self, request):
        return ADAPTERS[request.param]

    def test_unicode_bodies(self, server, domain, adapter, keys):
        client = adapter(server.endpoint, keys=keys)
        try:
            started = client.call(
                "StartWorkflowExecution",
                domain=domain.name,
                workflowId=UNICODE,
                workflowType=world.WORKFLOW_TYPE,
                input=UNICODE,
            )
            assert set(started) == {"runId"}
        finally:
            client.close()
        first, *_ = domain.decision_task()["events"]
        assert first["workflowExecutionStartedEventAttributes"]["input"] == UNICODE

    @pytest.mark.parametrize("path", ["/base/p%20x/y", "/base/../y", "/a/b/", "/%C3%A9~_-."])
    def test_endpoint_paths(self, server, domain, adapter, keys, path):
        """`..` is removed by some clients before they sign, and sent by others."""
        client = adapter(server.endpoint + path, keys=keys)
        try:
            client.call("RegisterDomain", **a_domain())
            with pytest.raises(Fault) as fault:
                client.call("RegisterDomain", **a_domain(domain.name))
            assert fault.value.code == "DomainAlreadyExistsFault"
        finally:
            client.close()

    def test_a_wrong_secret(self, server, adapter, keys):
        client = adapter(server.endpoint, keys=keys._replace(secret=keys.secret + "x"))
        try:
            with pytest.raises(Fault) as fault:
                client.call("RegisterDomain", **a_domain())
            assert fault.value.code == "InvalidSignatureException"
            assert fault.value.message.startswith("The request signature we calculated does not")
        finally:
            client.close()


def a_domain(name=None):
    return {
        "name": name or harness.unique("signed"),
        "workflowExecutionRetentionPeriodInDays": "1",
    }


@pytest.mark.parametrize("who", ["alice", "session"])
@pytest.mark.parametrize("path", ["", "/base/p%20x/y", "/base/../y", "/%C3%A9/"])
def test_everbeat_signs_too(server, request, tmp_path, who, path):
    """The command line of the program itself."""
    keys = request.getfixturevalue(who)
    line = CommandLine(
        tmp_path / "home",
        server.endpoint + path,
        AWS_ACCESS_KEY_ID=keys.access_key_id,
        AWS_SECRET_ACCESS_KEY=keys.secret,
        AWS_SESSION_TOKEN=keys.token,
    )
    words = ["--workflow-execution-retention-period-in-days", "1", "--description", UNICODE]
    assert line.run("register-domain", "--name", harness.unique("cli"), *words).printed() == ""
    wrong = line.with_variables(AWS_SECRET_ACCESS_KEY=keys.secret + "x")
    wrong.run("describe-domain", "--name", "none").failed(254, "(InvalidSignatureException)")


def test_curl_signs_too(server, alice):
    """A fifth signer: curl's own."""
    curl = shutil.which("curl")
    if not curl or "--aws-sigv4" not in subprocess.getoutput(f"{curl} --help all"):
        pytest.skip("no curl that signs")
    done = subprocess.run(
        [curl, "--silent", "--aws-sigv4", "aws:amz:us-east-1:swf", "--user"]
        + [f"{alice.access_key_id}:{alice.secret}", "--header", f"Content-Type: {raw.JSON_1_0}"]
        + ["--header", f"X-Amz-Target: {raw.SHORT}CountOpenWorkflowExecutions"]
        + ["--data", '{"domain": "none", "startTimeFilter": {"oldestDate": 0}}', server.endpoint],
        capture_output=True,
        text=True,
        timeout=harness.WAIT_SECONDS,
    )
    assert "UnknownResourceFault" in done.stdout, done


class TestSigner:
    """The tests' signer writes what botocore writes."""

    @pytest.mark.parametrize("keys", [Keys("AKIA1", "s/+1"), Keys("ASIA1", "s2", "to/ken+=")])
    @pytest.mark.parametrize(
        "target",
        ["/", "/base/y", "/base/p%20x/y", "/base/../y", "/a//b/./c/", "/..", "/%C3%A9~_-.!*()"]
        + ["/?b=2&a=1&a=0", "/x?empty=&sp=a%20b&u=%C3%A9", "/a%2Fb/"],
    )
    def test_against_botocore(self, keys, target):
        path, _, query = target.partition("?")
        draft = signing.post(
            1234,
            keys,
            body={"name": UNICODE},
            more=[("X-Team", "  a   b ")],
            path=path,
            query=query,
        )
        request = botocore.awsrequest.AWSRequest(
            "POST", f"http://127.0.0.1:1234{target}", dict(draft.headers), draft.body
        )
        signer = botocore.auth.SigV4Auth(
            botocore.credentials.Credentials(*keys), "swf", harness.REGION
        )
        signer.add_auth(request)
        date = request.headers["X-Amz-Date"]
        draft.date = datetime.datetime.strptime(date, "%Y%m%dT%H%M%S%z")
        draft.put("X-Amz-Date", date).sign()
        assert draft.authorization == request.headers["Authorization"]


class TestForms:
    """What a signature may look like, beyond what the usual clients write."""

    @pytest.fixture(autouse=True)
    def _server(self, connection, server, alice, session):
        self.connection, self.port = connection, server.port
        self.alice, self.session = alice, session

    def draft(self, **options):
        return signing.post(self.port, options.pop("keys", self.alice), **options)

    def accept(self, draft, **how):
        reply = self.connection.send(draft, **how)
        assert reply.status == 200, reply.body
        assert "domainInfos" in reply.json

    @pytest.mark.parametrize("keys", ["alice", "session"])
    def test_as_botocore_writes_it(self, keys):
        self.accept(self.draft(keys=getattr(self, keys)).sign())

    @pytest.mark.parametrize("separator", [", ", ",", " ", " , ", ",  "])
    def test_separators(self, separator):
        draft = self.draft().sign()
        self.accept(draft.put("Authorization", draft.authorization.replace(", ", separator)))

    def test_parts_in_another_order(self):
        draft = self.draft().sign()
        scheme, *parts = re.split(r",? ", draft.authorization)
        self.accept(draft.put("Authorization", f"{scheme} {', '.join(reversed(parts))}"))

    def test_date_header_instead_of_x_amz_date(self):
        draft = self.draft().put("X-Amz-Date")
        self.accept(draft.put("Date", http_date(draft.date)).sign())

    @pytest.mark.parametrize(
        "headers",
        [
            [("X-Team", "blue")],
            [("X-Team", "blue"), ("X-Team", "red")],
            [("X-Team", "red"), ("X-Other", "1"), ("X-Team", "blue")],
            [("X-Team", "   two   words\t and more  ")],
            [("X-Team", '"a   quoted   text"')],
            [("X-Team", "")],
            [("X-Team", "día")],
            [("User-Agent", "tests/1.0 (signed)"), ("Accept", "*/*")],
            [("amz-sdk-invocation-id", "0"), ("amz-sdk-request", "attempt=1")],
            [("X-Amz-Meta-Note", "n"), ("traceparent", "00-0-0-00")],
        ],
        ids=lambda headers: "+".join(name for name, _ in headers),
    )
    def test_more_signed_headers(self, headers):
        self.accept(self.draft(more=headers).sign())

    def test_headers_that_are_not_signed(self):
        draft = self.draft().sign()
        draft.headers += [("X-Team", "any"), ("amz-sdk-request", "attempt=2; max=5")]
        self.accept(draft)

    def test_the_length_may_be_signed(self):
        draft = self.draft()
        draft.headers.append(("Content-Length", str(len(draft.body))))
        draft.sign().put("Content-Length")
        self.accept(draft)

    def test_only_what_must_be_signed(self):
        self.accept(self.draft(signed=["host", "x-amz-date", "x-amz-target"]).sign())

    def test_another_host_name(self):
        """The name that the client knows, which need not be the server's."""
        self.accept(self.draft().put("Host", "swf.example.com").sign())

    @pytest.mark.parametrize("write", [str, str.upper])
    def test_hash_of_the_body_in_a_header(self, write):
        draft = self.draft()
        draft.headers.append(("X-Amz-Content-Sha256", write(sha256(draft.body))))
        self.accept(draft.sign())

    @pytest.mark.parametrize("sizes", [[1] * 38, [20], [7, 11]])
    def test_chunked_bodies(self, sizes):
        draft = self.draft().sign()
        rest, chunks = draft.body, []
        for size in sizes:
            chunks.append(rest[:size])
            rest = rest[size:]
        self.accept(draft, chunks=[chunk for chunk in [*chunks, rest] if chunk])

    @pytest.mark.parametrize(
        "path", ["/base/y", "/base/p%20x/y", "/base/../y", "//a//b/", "/a/./b/.", "/%41%2F%25"]
    )
    def test_paths(self, path):
        self.accept(self.draft(path=path).sign())

    @pytest.mark.parametrize("query", ["a=1", "b=2&a=1&a=0", "a", "sp=a%20b&u=%C3%A9", "a=%2B%3D"])
    def test_queries(self, query):
        self.accept(self.draft(query=query).sign())

    def test_a_query_in_another_order(self):
        draft = self.draft(query="a=1&b=2").sign()
        draft.query = "b=2&a=1"
        self.accept(draft)

    @pytest.mark.parametrize("region", ["eu-west-1", "us-gov-west-1", "local"])
    def test_regions(self, region):
        """Without --only-region the signature says which region is meant."""
        self.accept(self.draft(region=region).sign())

    def test_many_on_one_connection(self):
        for number in range(50):
            keys = [self.alice, self.session][number % 2]
            self.accept(self.draft(keys=keys, query=f"n={number}").sign())

    def test_an_operation_of_everbeat(self):
        """Its own calls are signed as all others are."""
        body = {"domain": "none", "execution": {"workflowId": "w", "runId": "r"}}
        draft = self.draft(operation="DescribeHeartbeats", body=body)
        draft.put("X-Amz-Target", "Everbeat.DescribeHeartbeats")
        reply = self.connection.send(draft)
        assert_fault(
            reply,
            SERVICE + "MissingAuthenticationTokenException",
            "Missing Authentication Token",
        )
        reply = self.connection.send(draft.sign())
        assert reply.kind == raw.MODEL + "UnknownResourceFault"

    def test_health_needs_no_signature(self):
        draft = signing.Draft(None, [("Host", "x")], b"", signing.now(), method="GET")
        assert self.connection.send(draft).status == 200


@pytest.mark.parametrize("host", ["as-header", "as-authority"])
def test_http_2(server, alice, host):
    """HTTP/2 sends the host as a pseudo-header; it is signed under its old name."""
    curl = shutil.which("curl")
    if not curl or "HTTP2" not in subprocess.getoutput(f"{curl} --version"):
        pytest.skip("no curl with HTTP/2")
    draft = signing.signed(server.port, alice)
    sent = [pair for pair in draft.headers if host == "as-header" or pair[0] != "Host"]
    headers = [word for name, value in sent for word in ("--header", f"{name}: {value}")]
    done = subprocess.run(
        [curl, "--silent", "--http2-prior-knowledge", "--write-out", "%{http_version}"]
        + [*headers, "--data-binary", draft.body, server.endpoint],
        capture_output=True,
        text=True,
        timeout=harness.WAIT_SECONDS,
    )
    assert re.fullmatch(r'\{"domainInfos":.*\}2', done.stdout), done


class TestChanges:
    """Keys that come and go while the server runs."""

    @pytest.fixture(autouse=True)
    def _server(self, folder, server, connection):
        self.folder, self.server, self.connection = folder, server, connection

    def fault(self, keys):
        """The bare fault of a call with these keys; None when it is accepted."""
        reply = self.connection.send(signing.signed(self.server.port, keys))
        return None if reply.status == 200 else reply.kind.partition("#")[2]

    def becomes(self, keys, fault):
        harness.wait_until(
            lambda: self.fault(keys) == fault,
            f"{fault} for {keys.access_key_id}",
        )

    def test_a_new_user_works_without_a_restart(self):
        keys = self.folder.user("carol", [EVERYTHING])
        self.becomes(keys, None)

    def test_a_second_key_and_the_end_of_the_first(self):
        old = self.folder.user("dave", [EVERYTHING])
        self.becomes(old, None)
        new = self.folder.another_key("dave")
        self.becomes(new, None)
        assert self.fault(old) is None
        self.folder.disable(old)
        self.becomes(old, "UnrecognizedClientException")
        assert self.fault(new) is None

    def test_a_removed_user(self):
        keys = self.folder.user("erin", [EVERYTHING])
        self.becomes(keys, None)
        self.folder.remove_user("erin")
        self.becomes(keys, "UnrecognizedClientException")

    def test_a_session_ends_by_its_time(self):
        """No file changes: the session is over when its time is."""
        expires = signing.now() + datetime.timedelta(seconds=5)
        keys = self.folder.role_session("short", "s", [EVERYTHING], expires=expires)
        self.becomes(keys, None)
        self.becomes(keys, "ExpiredTokenException")
        assert signing.now() >= expires

    @pytest.mark.parametrize(
        ("name", "text", "line"),
        [
            ("access.toml", "version = 1\n\n[account.123456789012.user.alice]\npolicys = []\n", 4),
            ("access.toml", "version = 1\n[account\n", 2),
            ("secrets.toml", "[key.AKIA0000000000000001]\nsecret = 7\n", 2),
            ("policies/everything.json", '{\n "Version": "2012-10-17",\n "Statment": []\n}', 3),
        ],
    )
    def test_a_broken_file_changes_nothing(self, alice, name, text, line):
        """Its place is in the server's log, and the old rules stay in force."""
        mode = 0o600 if name == "secrets.toml" else 0o644
        before = len(self.server.logged())
        self.folder.replace(name, text, mode)
        harness.wait_until(
            lambda: re.search(rf"{re.escape(name)}\D+{line}\b", self.server.logged()[before:]),
            f"{name}, line {line} in the log",
        )
        assert self.fault(alice) is None
        # The next change writes all files anew, and so mends this one.
        self.becomes(self.folder.user("frank", [EVERYTHING]), None)
        assert self.fault(alice) is None


def test_a_key_that_nobody_has_takes_as_long_as_others(server, alice, session):
    """Otherwise the time of a refusal would tell which keys there are."""
    claims = {
        "unknown": Keys("AKIA9999999999999999", "some-secret-or-other"),
        "known": alice._replace(secret="some-secret-or-other"),
        "session without its token": session._replace(token=None),
    }
    times = {name: [] for name in claims}
    with Connection(server.port) as connection:
        for _ in range(100):
            # In turn, so that what else the machine does falls on all of them.
            for name, keys in claims.items():
                draft = signing.signed(server.port, keys)
                began = time.perf_counter()
                reply = connection.send(draft)
                times[name].append(time.perf_counter() - began)
                expected = "InvalidSignature" if name == "known" else "UnrecognizedClient"
                assert reply.kind == f"{SERVICE}{expected}Exception"
    medians = {name: statistics.median(taken) for name, taken in times.items()}
    limit = 1.25 * min(medians.values())
    harness.in_time(max(medians.values()), limit, f"the slowest of {medians}")
