"""Lambda tasks (execution.md 7.8): decisions, events, and functions that are really called."""

import http.server
import json
import os
import ssl
import stat
import subprocess
import threading

import botocore.auth
import botocore.awsrequest
import botocore.credentials
import pytest

import harness
import world
from clients import Boto3
from world import decision, event

ROLE = "arn:aws:iam::123456789012:role/swf-lambda"
KEYS = {
    "AWS_ACCESS_KEY_ID": "AKIDLAMBDA",
    "AWS_SECRET_ACCESS_KEY": "lambda-secret",
    "AWS_SESSION_TOKEN": "lambda-token",
}
DECIDED = 4
SCHEDULED, STARTED, OUTCOME = 5, 6, 7


class FakeLambda:
    """Lambda's Invoke API: answers by the function's name, keeps what was asked."""

    def __init__(self, certificate=None):
        self.requests = []
        self.released = threading.Event()
        fake = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                fake.requests.append((self.path, dict(self.headers.items()), body))
                status, headers, answer = fake.answer(self.path, body)
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, path, body):
        """Status, headers and body."""
        if "throttled" in path:
            error = {"x-amzn-ErrorType": "TooManyRequestsException:http://errors/"}
            return 429, error, b'{"Type":"User","message":"Rate Exceeded."}'
        if "broken" in path:
            return 200, {"X-Amz-Function-Error": "Unhandled"}, b'{"errorMessage":"boom"}'
        if "slow" in path:
            self.released.wait(harness.STOP_SECONDS)
        return 200, {}, b'{"echo":' + body + b"}"

    def close(self):
        self.released.set()
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture(scope="module")
def fake():
    running = FakeLambda()
    yield running
    running.close()


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    """A function that is a program: it says what it was given."""
    path = tmp_path_factory.mktemp("functions") / "tell"
    path.write_text('#!/bin/sh\necho "$1 $EVERBEAT_FUNCTION_NAME $(cat)"\n')
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


@pytest.fixture(scope="module")
def server(tmp_path_factory, fake, program):
    """A server with an endpoint, a program that works, one that does not, and an address."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            patch.delenv(name)
        for name, value in KEYS.items():
            patch.setenv(name, value)
        arguments = [
            "--poll-hold-seconds",
            1,
            "--lambda-endpoint",
            f"http://127.0.0.1:{fake.port}",
            "--lambda-function",
            f"tell=command:{program} first",
            "--lambda-function",
            "fail=command:cat /no/such/file",
            "--lambda-function",
            "sleep=command:sleep 60",
            "--lambda-function",
            f"post=http://127.0.0.1:{fake.port}/hook",
        ]
        with harness.Server(tmp_path_factory.mktemp("data"), arguments) as running:
            yield running


def schedule(task_id, name, **attributes):
    """A ScheduleLambdaFunction."""
    return decision("ScheduleLambdaFunction", id=task_id, name=name, **attributes)


def scheduled(task_id, name, **attributes):
    """Its LambdaFunctionScheduled."""
    return event(
        "LambdaFunctionScheduled",
        id=task_id,
        name=name,
        decisionTaskCompletedEventId=DECIDED,
        **attributes,
    )


STARTED_EVENT = event("LambdaFunctionStarted", scheduledEventId=SCHEDULED)
LINKS = {"scheduledEventId": SCHEDULED, "startedEventId": STARTED}


def outcome_of(domain, name, **attributes):
    """What comes after the decision to call a function in a run of its own, once it is closed."""
    run = domain.start(lambdaRole=ROLE)
    domain.decide(domain.decision_task(), schedule("f1", name, **attributes))
    harness.wait_until(
        lambda: len(run.events()) > OUTCOME, f"an outcome of {name}"
    )
    history = run.history(after=DECIDED)
    assert history[:2] == [scheduled("f1", name, **attributes), STARTED_EVENT]
    assert history[3:] == [world.decision_scheduled()]
    assert run.describe()["openCounts"]["openLambdaFunctions"] == 0
    return history[2]


def completed(result):
    return event("LambdaFunctionCompleted", **LINKS, result=result)


def failed(reason, details):
    return event("LambdaFunctionFailed", **LINKS, reason=reason, details=details)


def test_a_function_is_called_over_lambdas_api(domain, fake):
    arn = "arn:aws:lambda:us-east-1:123456789012:function:echo"
    outcome = outcome_of(
        domain, arn, input='{"a":1}', control="c", startToCloseTimeout="20"
    )
    assert outcome == completed('{"echo":{"a":1}}')
    calls = [call for call in fake.requests if "echo" in call[0]]
    assert len(calls) == 1
    path, headers, body = calls[0]
    encoded = arn.replace(":", "%3A")
    assert path == f"/2015-03-31/functions/{encoded}/invocations"
    assert headers["x-amz-invocation-type"] == "RequestResponse"
    assert body == b'{"a":1}'
    assert_signed(path, headers, body)


def assert_signed(path, headers, body):
    """botocore signs the same request with the same keys and comes to the same signature."""
    given = headers["authorization"]
    names = given.split("SignedHeaders=")[1].split(",")[0].split(";")
    credentials = botocore.credentials.Credentials(
        KEYS["AWS_ACCESS_KEY_ID"], KEYS["AWS_SECRET_ACCESS_KEY"], KEYS["AWS_SESSION_TOKEN"]
    )
    signer = botocore.auth.SigV4Auth(credentials, "lambda", harness.REGION)
    request = botocore.awsrequest.AWSRequest(
        "POST", f"http://{headers['host']}{path}", headers={n: headers[n] for n in names}, data=body
    )
    request.context["timestamp"] = headers["x-amz-date"]
    text = signer.string_to_sign(request, signer.canonical_request(request))
    assert given.endswith("Signature=" + signer.signature(text, request))
    assert headers["x-amz-security-token"] == KEYS["AWS_SESSION_TOKEN"]
    assert given.startswith("AWS4-HMAC-SHA256 Credential=AKIDLAMBDA/")
    assert "/us-east-1/lambda/aws4_request" in given


def test_no_input_is_an_empty_object(domain):
    assert outcome_of(domain, "plain") == completed('{"echo":{}}')


def test_a_functions_error_is_its_failure(domain):
    assert outcome_of(domain, "broken") == failed("Unhandled", '{"errorMessage":"boom"}')


def test_a_refusal_is_a_failure_and_is_not_tried_again(domain, fake):
    outcome = outcome_of(domain, "throttled")
    assert outcome == failed("TooManyRequestsException", "Rate Exceeded.")
    assert len([path for path, _, _ in fake.requests if "throttled" in path]) == 1


def test_a_program_is_a_function(domain):
    outcome = outcome_of(domain, "tell:live", input="{}")
    assert outcome == completed("first tell:live {}\n")


def test_a_program_that_fails_is_a_failure(domain):
    kind, attributes = outcome_of(domain, "fail")
    assert kind == "LambdaFunctionFailed"
    assert attributes["reason"] == "exit status 1"
    assert "/no/such/file" in attributes["details"]


def test_an_address_is_a_function(domain, fake):
    assert outcome_of(domain, "post", input='"x"') == completed('{"echo":"x"}')
    (headers,) = [headers for path, headers, _ in fake.requests if path == "/hook"]
    assert headers["x-everbeat-function-name"] == "post"
    assert headers["x-everbeat-function-role"] == ROLE
    assert "authorization" not in headers


@pytest.mark.parametrize("name", ["slow", "sleep"])
def test_a_function_that_takes_too_long_times_out(domain, name):
    run = domain.start(lambdaRole=ROLE)
    domain.decide(
        domain.decision_task(), schedule("f1", name, startToCloseTimeout="3")
    )
    assert run.describe()["openCounts"]["openLambdaFunctions"] == 1
    task = domain.decision_task()
    assert run.history(after=DECIDED)[:4] == [
        scheduled("f1", name, startToCloseTimeout="3"),
        STARTED_EVENT,
        event("LambdaFunctionTimedOut", **LINKS, timeoutType="START_TO_CLOSE"),
        world.decision_scheduled(),
    ]
    world.assert_fired(run.events(), STARTED, OUTCOME, 3)
    domain.decide(task, world.complete())


def test_a_run_without_role_cannot_call(domain, fake):
    run = domain.start()
    domain.decide(domain.decision_task(), schedule("f1", "never"))
    assert run.history(after=DECIDED)[:3] == [
        scheduled("f1", "never"),
        event(
            "StartLambdaFunctionFailed",
            scheduledEventId=SCHEDULED,
            cause="ASSUME_ROLE_FAILED",
            message="No IAM role is attached to the current workflow execution.",
        ),
        world.decision_scheduled(),
    ]
    assert run.describe()["openCounts"]["openLambdaFunctions"] == 0
    assert not [path for path, _, _ in fake.requests if "never" in path]


def test_an_id_is_used_once_at_a_time(domain):
    run = domain.start(lambdaRole=ROLE)
    domain.decide(
        domain.decision_task(),
        schedule("f1", "plain"),
        schedule("f1", "plain"),
    )
    assert run.history(after=DECIDED)[1] == event(
        "ScheduleLambdaFunctionFailed",
        id="f1",
        name="plain",
        cause="ID_ALREADY_IN_USE",
        decisionTaskCompletedEventId=DECIDED,
    )


def test_the_outcome_for_a_closed_run_is_dropped(domain):
    run = domain.start(lambdaRole=ROLE)
    domain.decide(
        domain.decision_task(),
        schedule("f1", "slow-and-late"),
        world.complete(),
    )
    kinds = [kind for kind, _ in run.history()]
    assert kinds[DECIDED:] == ["LambdaFunctionScheduled", "WorkflowExecutionCompleted"]


def test_without_functions_the_service_is_not_available(tmp_path):
    with harness.Server(tmp_path, ["--poll-hold-seconds", 1]) as plain:
        domain = world.World(Boto3(plain.endpoint))
        run = domain.start(lambdaRole=ROLE)
        domain.decide(domain.decision_task(), schedule("f1", "any"))
        assert run.history(after=DECIDED) == [
            event(
                "ScheduleLambdaFunctionFailed",
                id="f1",
                name="any",
                cause="LAMBDA_SERVICE_NOT_AVAILABLE_IN_REGION",
                decisionTaskCompletedEventId=DECIDED,
            ),
            world.decision_scheduled(),
        ]


def test_a_function_without_target_is_not_found(tmp_path):
    with harness.Server(tmp_path, ["--lambda-function", "a=command:cat"]) as other:
        kind, attributes = outcome_of(world.World(Boto3(other.endpoint)), "b")
        assert kind == "LambdaFunctionFailed"
        assert attributes["reason"] == "ResourceNotFoundException"


def test_a_function_without_a_place_is_not_called(tmp_path):
    """What was never called does not time out: the wait for a place ends before."""
    arguments = ["--lambda-concurrency", 1, "--lambda-function", "*=command:sleep 60"]
    with harness.Server(tmp_path, arguments) as busy:
        domain = world.World(Boto3(busy.endpoint))
        run = domain.start(lambdaRole=ROLE)
        domain.decide(
            domain.decision_task(),
            schedule("f1", "sleep", startToCloseTimeout="2"),
            schedule("f2", "sleep", startToCloseTimeout="2"),
        )
        harness.wait_until(lambda: outcomes(run, "TimedOut"), "the end of the one that was called")
        assert len(outcomes(run, "TimedOut")) == 1
        (refused,) = outcomes(run, "Failed")
        assert refused["reason"] == "TooManyRequestsException"
        assert "--lambda-concurrency" in refused["details"]


def outcomes(run, kind):
    """What the run's events of a kind of outcome hold."""
    return [held for found, held in run.history() if found == f"LambdaFunction{kind}"]


def test_what_a_credential_program_says_stays_in_the_log(tmp_path, monkeypatch):
    config = tmp_path / "config"
    config.write_text("[default]\ncredential_process = sh -c \"echo hunter2 >&2; false\"\n")
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
    endpoint = ["--lambda-endpoint", "http://127.0.0.1:1"]
    with harness.Server(tmp_path / "data", endpoint) as server:
        domain = world.World(Boto3(server.endpoint))
        assert outcome_of(domain, "any") == failed(
            "CredentialsNotAvailable",
            "no credentials by credential_process; the server's log says why",
        )
        assert "hunter2" in server.logged()


def test_a_crash_while_a_function_runs_is_a_time_out(tmp_path):
    """At most one call a task: the function is not called again (7.8)."""
    told = tmp_path / "told"
    program = tmp_path / "once"
    program.write_text(f"#!/bin/sh\necho called >> {told}\nexec sleep 10\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    arguments = ["--lambda-function", f"once=command:{program}"]
    with harness.Server(tmp_path / "data", arguments) as crashing:
        client = Boto3(crashing.endpoint)
        domain = world.World(client)
        run = domain.start(lambdaRole=ROLE)
        domain.decide(
            domain.decision_task(), schedule("f1", "once", startToCloseTimeout="4")
        )
        harness.wait_until(told.exists, "the call")
        crashing.restart(crash=True)
        harness.wait_until(lambda: len(run.events()) > OUTCOME, "the time-out")
        assert run.history()[OUTCOME - 1] == event(
            "LambdaFunctionTimedOut", **LINKS, timeoutType="START_TO_CLOSE"
        )
        assert told.read_text() == "called\n"


def test_a_program_ends_with_the_server(tmp_path):
    told = tmp_path / "told"
    program = tmp_path / "long"
    program.write_text(f"#!/bin/sh\necho $$ > {told}.part; mv {told}.part {told}\nexec sleep 60\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    arguments = ["--lambda-function", f"long=command:{program}"]
    with harness.Server(tmp_path / "data", arguments) as stopping:
        domain = world.World(Boto3(stopping.endpoint))
        domain.start(lambdaRole=ROLE)
        domain.decide(domain.decision_task(), schedule("f1", "long"))
        harness.wait_until(told.exists, "the call")
        assert is_alive(told.read_text().strip())
        assert stopping.stop() == 0
    harness.wait_until(lambda: not is_alive(told.read_text().strip()), "the program's end")


def is_alive(pid):
    """Whether a process runs; one that is dead and not buried does not."""
    try:
        with open(f"/proc/{pid}/stat") as status:
            return ") Z " not in status.read()
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_an_endpoint_over_tls_with_the_keys_of_a_profile(tmp_path, monkeypatch):
    certificate = certificate_for_loopback(tmp_path)
    config = tmp_path / "config"
    config.write_text(
        "[profile payer]\ncredential_process = printf '%s' '"
        + json.dumps({"Version": 1, "AccessKeyId": "AKIDPROCESS", "SecretAccessKey": "s"})
        + "'\n"
    )
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
    monkeypatch.setenv("AWS_PROFILE", "payer")
    safe = FakeLambda(certificate)
    endpoint = ["--lambda-endpoint", f"https://127.0.0.1:{safe.port}"]
    try:
        with harness.Server(tmp_path / "data", endpoint) as server:
            domain = world.World(Boto3(server.endpoint))
            assert outcome_of(domain, "plain") == completed('{"echo":{}}')
    finally:
        safe.close()
    ((_, headers, _),) = safe.requests
    assert "Credential=AKIDPROCESS/" in headers["authorization"]


def certificate_for_loopback(folder):
    """A certificate for 127.0.0.1 that signs itself, and its key."""
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    subprocess.run(
        [
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
            "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1",
            "-addext", "subjectAltName=IP:127.0.0.1",
            "-addext", "basicConstraints=critical,CA:FALSE",
            "-keyout", str(key), "-out", str(certificate),
        ],
        check=True,
        capture_output=True,
    )
    return certificate, key
