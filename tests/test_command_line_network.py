"""The command line over TLS, through proxies, and against servers that hang."""

import pytest

import world
from command_line import HEARTBEAT, CommandLine
from tls_proxy import Certificates, HttpProxy, TlsProxy, never_answering, never_connecting
from world import schedule

FALSE = '{\n    "cancelRequested": false\n}\n'


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    return Certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(scope="module")
def own(certificates):
    """A certificate that signs itself, for the proxy in front of the server."""
    return certificates.self_signed("own")


@pytest.fixture(scope="module")
def stranger(certificates):
    """One that nobody presents."""
    return certificates.self_signed("stranger")


@pytest.fixture(scope="module")
def authority(certificates):
    """One that signs others."""
    return certificates.self_signed("authority")


@pytest.fixture(scope="module")
def tls(server, own):
    """TLS in front of the module's server."""
    with TlsProxy(server.port, *own) as proxy:
        yield proxy


@pytest.fixture
def line(tls, tmp_path):
    """The command line in front of the TLS proxy."""
    return CommandLine(tmp_path / "home", tls.url)


@pytest.fixture
def plain(server, tmp_path):
    """The command line in front of the server itself."""
    return CommandLine(tmp_path / "home", server.endpoint)


@pytest.fixture(scope="module")
def activity(boto):
    """A started activity of a run."""
    domain = world.World(boto)
    run = domain.start()
    domain.decide(domain.decision_task(), schedule("a"))
    return domain, run, domain.activity_task()


@pytest.fixture
def task(activity):
    return activity[2]


@pytest.fixture
def details(activity, http):
    """Answers the details of the activity's last heartbeat."""
    domain, run, _ = activity

    def ask():
        body = {"domain": domain.name, "execution": run.execution}
        (entry,) = http.post("DescribeHeartbeats", body, target="Everbeat.").json["heartbeats"]
        return entry.get("details")

    return ask


def refused(tls):
    return f"aws: [ERROR]: SSL validation failed for {tls.url}/ "


class TestTls:
    def test_ca_bundle(self, line, own, task, details):
        done = line.heartbeat(task, "--details", "over TLS", "--ca-bundle", str(own[0]))
        assert done.printed() == FALSE
        assert details() == "over TLS"

    def test_ca_bundle_of_variable_and_profile(self, line, own, stranger, task):
        named = line.with_variables(AWS_CA_BUNDLE=own[0])
        assert named.heartbeat(task).printed() == FALSE
        named.heartbeat(task, "--ca-bundle", str(stranger[0])).failed(255, "SSL validation failed")
        line.file(".aws/config", f"[default]\nca_bundle = {own[0]}\n")
        assert line.heartbeat(task).printed() == FALSE

    def test_no_bundle(self, line, tls, task, details):
        before = details()
        line.heartbeat(task, "--details", "never").failed(255, refused(tls))
        assert details() == before

    def test_a_bundle_of_others(self, line, tls, stranger, task):
        line.heartbeat(task, "--ca-bundle", str(stranger[0])).failed(255, refused(tls))

    def test_a_bundle_of_many(self, line, own, stranger, task):
        many = line.file("many.pem", stranger[0].read_text() + "words\n" + own[0].read_text())
        assert line.heartbeat(task, "--ca-bundle", str(many)).printed() == FALSE

    def test_a_bundle_that_is_not_there(self, line, tls, task):
        done = line.heartbeat(task, "--ca-bundle", "nowhere.pem")
        done.failed(255, refused(tls), "No such file or directory")

    def test_a_bundle_that_is_none(self, line, tls, task):
        line.file("words.pem", "no certificate\n")
        line.heartbeat(task, "--ca-bundle", "words.pem").failed(255, refused(tls))

    def test_a_certificate_of_an_authority(self, server, line, certificates, authority, own, task):
        leaf = certificates.signed_by(authority, "leaf")
        with TlsProxy(server.port, *leaf) as proxy:
            words = ["--endpoint-url", proxy.url, "--ca-bundle"]
            assert line.heartbeat(task, *words, str(authority[0])).printed() == FALSE
            line.heartbeat(task, *words, str(own[0])).failed(255, refused(proxy))

    def test_a_certificate_of_another_host(self, server, line, certificates, authority, task):
        leaf = certificates.signed_by(authority, "elsewhere", "DNS:elsewhere.example")
        with TlsProxy(server.port, *leaf) as proxy:
            words = ["--endpoint-url", proxy.url]
            done = line.heartbeat(task, *words, "--ca-bundle", str(authority[0]))
            done.failed(255, refused(proxy))
            assert line.heartbeat(task, *words, "--no-verify-ssl").printed() == FALSE

    def test_no_verify_ssl(self, line, stranger, task, details):
        assert line.heartbeat(task, "--details", "unseen", "--no-verify-ssl").printed() == FALSE
        assert details() == "unseen"
        words = ["--no-verify-ssl", "--ca-bundle"]
        for bundle in (str(stranger[0]), "nowhere.pem"):
            assert line.heartbeat(task, *words, bundle).printed() == FALSE

    def test_a_server_without_tls(self, line, server, task):
        plain = server.endpoint.replace("http://", "https://")
        line.heartbeat(task, "--endpoint-url", plain).failed(255, "SSL validation failed for https://")

    def test_a_long_answer(self, line, own, boto):
        domain = world.World(boto)
        run = domain.start(input="x" * 30_000)
        for number in range(20):
            run.signal(f"s{number}", input="y" * 30_000)
        words = ["--domain", domain.name, "--execution"]
        words += [f"workflowId={run.workflow_id},runId={run.run_id}", "--ca-bundle", str(own[0])]
        words += ["--query", "length(events)"]
        assert line.run("get-workflow-execution-history", *words).printed() == "22\n"


class TestTimeOuts:
    """One attempt only: the variable of the command line's environment says so."""

    def test_read(self, plain, task):
        with never_answering() as port:
            url = f"http://127.0.0.1:{port}"
            done = plain.heartbeat(task, "--endpoint-url", url, "--cli-read-timeout", "1")
            done.failed(255, f'aws: [ERROR]: Read timeout on endpoint URL: "{url}/"')

    def test_a_handshake_belongs_to_connecting(self, plain, task):
        with never_answering() as port:
            url = f"https://127.0.0.1:{port}"
            done = plain.heartbeat(task, "--endpoint-url", url, "--cli-connect-timeout", "1")
            done.failed(255, f'aws: [ERROR]: Read timeout on endpoint URL: "{url}/"')

    def test_connect(self, plain, task):
        with never_connecting() as port:
            if port is None:
                pytest.skip("a full listen queue does not hold connections up here")
            url = f"http://127.0.0.1:{port}"
            done = plain.heartbeat(task, "--endpoint-url", url, "--cli-connect-timeout", "1")
            done.failed(255, f'aws: [ERROR]: Connect timeout on endpoint URL: "{url}/"')

    def test_each_attempt_has_its_own_time(self, plain, task):
        twice = plain.with_variables(AWS_MAX_ATTEMPTS="2")
        with never_answering() as port:
            url = f"http://127.0.0.1:{port}"
            done = twice.heartbeat(task, "--endpoint-url", url, "--cli-read-timeout", "1", "--debug")
        assert (done.status, done.stdout) == (255, "")
        assert done.stderr.count("Sending http request: ") == 2

    def test_times_that_suffice(self, plain, task):
        words = ["--cli-read-timeout", "20", "--cli-connect-timeout", "20"]
        assert plain.heartbeat(task, *words).printed() == FALSE
        words = ["--cli-read-timeout", "0", "--cli-connect-timeout", "0"]
        assert plain.heartbeat(task, *words).printed() == FALSE

    @pytest.mark.parametrize("option", ["--cli-read-timeout", "--cli-connect-timeout"])
    @pytest.mark.parametrize("value", ["abc", "1.5", "-1"])
    def test_times_that_are_none(self, plain, task, option, value):
        plain.heartbeat(task, f"{option}={value}").failed(255, value)


class TestProxies:
    def test_http(self, plain, server, task, details):
        with HttpProxy() as proxy:
            line = plain.with_variables(HTTP_PROXY=f"http://user:word@127.0.0.1:{proxy.port}")
            assert line.heartbeat(task, "--details", "by proxy").printed() == FALSE
            assert details() == "by proxy"
            assert proxy.asked == [("POST", f"{server.endpoint}/", "Basic dXNlcjp3b3Jk")]
            around = line.with_variables(NO_PROXY="127.0.0.1")
            assert around.heartbeat(task).printed() == FALSE
            assert len(proxy.asked) == 1

    def test_a_proxy_that_is_not_there(self, plain, task):
        line = plain.with_variables(HTTP_PROXY="http://user:hushhush@127.0.0.1:1")
        done = line.heartbeat(task, "--debug")
        assert (done.status, done.stdout) == (255, "")
        assert "Failed to connect to proxy URL: " in done.stderr
        assert "hushhush" not in done.stderr

    def test_without_an_endpoint_operations_go_to_amazon(self, plain, task):
        with HttpProxy() as proxy:
            url = f"http://127.0.0.1:{proxy.port}"
            line = plain.with_variables(AWS_ENDPOINT_URL_SWF=None, HTTPS_PROXY=url)
            done = line.heartbeat(task, "--region", "eu-west-1")
            assert (done.status, done.stdout) == (255, "")
            (asked,) = proxy.asked
            assert asked[:2] == ("CONNECT", "swf.eu-west-1.amazonaws.com:443")


def test_commands_of_everbeat_go_to_this_machine(tmp_path):
    bare = dict.fromkeys(["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION"])
    line = CommandLine(tmp_path / "home", **bare)
    assert "export AWS_ENDPOINT_URL_SWF=http://127.0.0.1:7930\n" in line.run("env").printed()
    # Whether a server of this machine is there is no matter of the test.
    with HttpProxy(forwards=False) as proxy:
        line = line.with_variables(HTTP_PROXY=f"http://127.0.0.1:{proxy.port}")
        for words in (["history", "d", "w"], ["stuck", "d"], ["clock"]):
            assert line.run(*words).status == 255
        assert {asked[1] for asked in proxy.asked} == {"http://127.0.0.1:7930/"}
        line.run(HEARTBEAT, "--task-token", "t").failed(253, "(NoRegion)")
