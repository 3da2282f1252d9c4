"""TLS: whom a client trusts. The words behind the prefix are the TLS library's, D4."""

from ..case import OwnWords, Subject

case = Subject("tls")

HEARTBEAT = "record-activity-task-heartbeat --task-token T"
GOOD = {"cancelRequested": True}
ENV = {"AWS_ENDPOINT_URL_SWF": "https://127.0.0.1:@PORT@", "AWS_MAX_ATTEMPTS": "1"}
FAILED = OwnWords("D4", "\naws: [ERROR]: SSL validation failed for https://127.0.0.1:@PORT@/ ")
WARNS = OwnWords("urllib3 prints a warning with a path of its source, D5", "")


def tls(name, words="", answer=GOOD, env=None, **rest):
    """A heartbeat over TLS."""
    case(name, f"{HEARTBEAT} {words}", answer, env=ENV | (env or {}), stub="tls", **rest)


tls("default trust", stderr=FAILED)
tls("bundle", "--ca-bundle @TMP@/server.pem")
tls("bundle by relative path", "--ca-bundle ../server.pem")
tls("bundle with equals", "--ca-bundle=@TMP@/server.pem --output text")
tls("bundle before", env={"AWS_CA_BUNDLE": "@TMP@/server.pem"})
tls("bundle of requests", env={"REQUESTS_CA_BUNDLE": "@TMP@/server.pem"})
tls(
    "bundle of the profile", files={"home/.aws/config": "[default]\nca_bundle = @TMP@/server.pem\n"}
)
tls(
    "option beats variable",
    "--ca-bundle @TMP@/server.pem",
    env={"AWS_CA_BUNDLE": "@TMP@/stranger.pem"},
)
tls(
    "variable beats requests",
    env={"AWS_CA_BUNDLE": "@TMP@/server.pem", "REQUESTS_CA_BUNDLE": "@TMP@/stranger.pem"},
)
tls("stranger", "--ca-bundle @TMP@/stranger.pem", stderr=FAILED)
tls("stranger by variable", env={"AWS_CA_BUNDLE": "@TMP@/stranger.pem"}, stderr=FAILED)
tls("missing bundle", "--ca-bundle /nowhere.pem", stderr=FAILED)
tls("missing bundle in home", "--ca-bundle ~/nowhere.pem", stderr=FAILED)
tls(
    "bundle that is none",
    "--ca-bundle @TMP@/text.pem",
    stderr=FAILED,
    files={"text.pem": "hello\n"},
)
tls("bundle that is empty", "--ca-bundle @TMP@/text.pem", stderr=FAILED, files={"text.pem": ""})
tls("empty bundle", "--ca-bundle=")
tls("no verification", "--no-verify-ssl", stderr=WARNS)
tls("no verification with a bundle", "--no-verify-ssl --ca-bundle /nowhere.pem", stderr=WARNS)
tls(
    "no verification with a strange bundle",
    "--ca-bundle @TMP@/stranger.pem --no-verify-ssl",
    stderr=WARNS,
)
tls("no verification twice", "--no-verify-ssl --no-verify-ssl --output text", stderr=WARNS)
tls("no verification, queried", "--no-verify-ssl --query cancelRequested", stderr=WARNS)
tls(
    "name that is not in the certificate",
    "--endpoint-url https://127.0.0.2:@PORT@ --ca-bundle @TMP@/server.pem",
    stderr=OwnWords("D4", "\naws: [ERROR]: "),
)
tls("local name", "--endpoint-url https://localhost:@PORT@ --ca-bundle @TMP@/server.pem")
tls("refused json", "--cli-error-format json", stderr=FAILED)
tls("refused legacy", "--cli-error-format legacy", stderr=FAILED)
case(
    "plain http where tls is due",
    f"{HEARTBEAT} --endpoint-url https://127.0.0.1:@PORT@",
    GOOD,
    env={"AWS_MAX_ATTEMPTS": "1"},
    stderr=OwnWords("D4", "\naws: [ERROR]: "),
)
case("bundle is not opened without tls", f"{HEARTBEAT} --ca-bundle /nowhere.pem", GOOD)
case("empty bundle without tls", f"{HEARTBEAT} --ca-bundle=", GOOD)
case("no verification without tls", f"{HEARTBEAT} --no-verify-ssl", GOOD)
