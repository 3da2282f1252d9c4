"""Retries, time-outs, broken connections, proxies and endpoints on the wire."""

from ..case import CLOSE, HANG, Answer, Subject, fault

case = Subject("network")

HEARTBEAT = "record-activity-task-heartbeat --task-token T"
LIST = "list-domains --registration-status REGISTERED"
GOOD = {"cancelRequested": True}
ONCE = {"AWS_MAX_ATTEMPTS": "1"}
TWICE = {"AWS_MAX_ATTEMPTS": "2"}

for status in (500, 502, 503, 504):
    case(f"retried {status}", HEARTBEAT, Answer(status=status), GOOD)
for status in (501, 505, 429, 408, 400):
    case(f"not retried {status}", HEARTBEAT, fault("Other", "m", status), GOOD)
for code in (
    "RequestTimeout",
    "RequestTimeoutException",
    "PriorRequestNotComplete",
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "RequestThrottledException",
    "TooManyRequestsException",
    "ProvisionedThroughputExceededException",
    "TransactionInProgressException",
    "RequestLimitExceeded",
    "BandwidthLimitExceeded",
    "LimitExceededException",
    "RequestThrottled",
    "SlowDown",
    "EC2ThrottledException",
):
    case(f"retried {code}", HEARTBEAT, fault(code, "m"), GOOD)
for code in (
    "LimitExceededFault",
    "RequestTimeTooSkewed",
    "UnknownResourceFault",
    "ExpiredToken",
    "InternalFailure",
):
    case(f"not retried {code}", HEARTBEAT, fault(code, "m"), GOOD)
case("given up", HEARTBEAT, fault("Throttling", "m"), env=TWICE)
case("given up after three", HEARTBEAT, fault("InternalFailure", "m", 500))
case("given up at once", HEARTBEAT, fault("InternalFailure", "m", 500), env=ONCE)
case("other fault, one attempt", HEARTBEAT, fault("UnknownResourceFault", "m"), env=ONCE)
case(
    "different fault second",
    HEARTBEAT,
    fault("Throttling", "m"),
    fault("UnknownResourceFault", "n"),
)
case(
    "different fault last",
    HEARTBEAT,
    fault("Throttling", "m"),
    fault("UnknownResourceFault", "n"),
    env=TWICE,
)
case(
    "retry on page two",
    LIST,
    {"domainInfos": [{"name": "a"}], "nextPageToken": "t"},
    Answer(status=503),
    {"domainInfos": [{"name": "b"}]},
)
case(
    "date in the answer",
    HEARTBEAT,
    Answer(status=503, headers=(("Date", "Mon, 01 Jan 2035 00:00:00 GMT"),)),
    GOOD,
)
for value in ("0", "-1", "x", "1.5", "", "1", " 2 "):
    case(
        f"attempts {value!r}",
        HEARTBEAT,
        fault("Throttling", "m"),
        env={"AWS_MAX_ATTEMPTS": value} | ({} if value else {}),
    )
for value in ("legacy", "adaptive", "standard", "nonsense", "", "STANDARD"):
    case(f"mode {value!r}", HEARTBEAT, Answer(status=503), GOOD, env={"AWS_RETRY_MODE": value})
case(
    "attempts of the profile",
    HEARTBEAT,
    fault("Throttling", "m"),
    files={"home/.aws/config": "[default]\nmax_attempts = 1\n"},
)
case(
    "bad attempts of the profile",
    HEARTBEAT,
    GOOD,
    files={"home/.aws/config": "[default]\nmax_attempts = zero\n"},
)
case(
    "mode of the profile",
    HEARTBEAT,
    GOOD,
    files={"home/.aws/config": "[default]\nretry_mode = legacy\n"},
)
case("new retries", HEARTBEAT, Answer(status=503), GOOD, env={"AWS_NEW_RETRIES_2026": "true"})
case(
    "new retries given up",
    HEARTBEAT,
    fault("InternalFailure", "m", 500),
    env={"AWS_NEW_RETRIES_2026": "true"},
)

case("refused", HEARTBEAT, stub="refuse", env=ONCE)
case("refused twice", HEARTBEAT, stub="refuse", env=TWICE)
case("refused list", LIST, stub="refuse", env=ONCE)
case("closed", HEARTBEAT, CLOSE, env=ONCE)
case("closed, then good", HEARTBEAT, CLOSE, GOOD)
case("closed always", HEARTBEAT, CLOSE, env=TWICE)
case("hangs", f"{HEARTBEAT} --cli-read-timeout 1", HANG, env=ONCE)
case("hangs twice", f"{HEARTBEAT} --cli-read-timeout 1", HANG, env=TWICE)
case("hangs, then good", f"{HEARTBEAT} --cli-read-timeout 1", HANG, GOOD)
case(
    "a poll that hangs, with a time-out",
    "poll-for-activity-task --domain d --task-list name=t --cli-read-timeout 1",
    HANG,
    env=TWICE,
)
case("unknown host", f"{HEARTBEAT} --endpoint-url http://nowhere.invalid:1", env=ONCE)
for option in ("--cli-read-timeout", "--cli-connect-timeout"):
    for value in ("0", "5", " 7 ", "+3", "1_0", "abc", "1.5", "", "-1", "999999"):
        case(f"{option} {value!r}", [*HEARTBEAT.split(), f"{option}={value}"], GOOD)
case("both time-outs", f"{HEARTBEAT} --cli-read-timeout 5 --cli-connect-timeout 5", GOOD)

for path in (
    "/",
    "",
    "/base",
    "/base/",
    "/a/../b",
    "/a//b",
    "/a b",
    "/é",
    "/a%20b",
    "/?q=1",
    "/base?q=1&a=2",
    "/#frag",
    "/~x/$y",
):
    case(f"path {path!r}", [*HEARTBEAT.split(), "--endpoint-url", f"@URL@{path}"], GOOD)
case("refused path", f"{HEARTBEAT} --endpoint-url @URL@/base?q=1", stub="refuse", env=ONCE)
case("localhost", f"{HEARTBEAT} --endpoint-url http://localhost:@PORT@", GOOD)
case("upper case scheme", f"{HEARTBEAT} --endpoint-url HTTP://127.0.0.1:@PORT@", GOOD)
case("user in the address", f"{HEARTBEAT} --endpoint-url http://u:p@127.0.0.1:@PORT@", GOOD)
for value in (
    "foo",
    "",
    "127.0.0.1:1",
    "ftp://x",
    "http://",
    "http:///x",
    "http://a b",
    "http://-bad-/",
    "http://x:port",
    "//x",
    "http:/x",
    "localhost:80",
):
    case(f"bad endpoint {value!r}", [*HEARTBEAT.split(), "--endpoint-url", value], env=ONCE)
    case(
        f"bad endpoint of a variable {value!r}",
        HEARTBEAT,
        env=ONCE | {"AWS_ENDPOINT_URL_SWF": value, "HTTPS_PROXY": "http://127.0.0.1:1"},
    )

PROXY = {"AWS_ENDPOINT_URL_SWF": "http://swf.example:8080/x"}
for title, env in {
    "lower": {"http_proxy": "@URL@"},
    "upper": {"HTTP_PROXY": "@URL@"},
    "both": {"http_proxy": "@URL@", "HTTP_PROXY": "http://127.0.0.1:1"},
    "no scheme": {"HTTP_PROXY": "127.0.0.1:@PORT@"},
    "user": {"HTTP_PROXY": "http://user:p%40ss@127.0.0.1:@PORT@"},
    "with a path": {"HTTP_PROXY": "@URL@/some/path"},
    "other entries of no proxy": {
        "HTTP_PROXY": "@URL@",
        "NO_PROXY": "localhost,.other.example,10.0.0.0/8",
    },
    "empty no proxy": {"HTTP_PROXY": "@URL@", "NO_PROXY": ""},
}.items():
    case(f"proxy {title}", HEARTBEAT, GOOD, env=ONCE | PROXY | env)
for title, env in {
    "loopback is not excepted": {"HTTP_PROXY": "http://127.0.0.1:1"},
    "star": {"HTTP_PROXY": "http://127.0.0.1:1", "NO_PROXY": "*"},
    "address": {"HTTP_PROXY": "http://127.0.0.1:1", "NO_PROXY": "127.0.0.1"},
    "address in a list": {"HTTP_PROXY": "http://127.0.0.1:1", "NO_PROXY": "a, 127.0.0.1 ,b"},
    "suffix": {"HTTP_PROXY": "http://127.0.0.1:1", "NO_PROXY": "0.0.1"},
    "lower no proxy": {"HTTP_PROXY": "http://127.0.0.1:1", "no_proxy": "127.0.0.1"},
    "with port": {"HTTP_PROXY": "http://127.0.0.1:1", "NO_PROXY": "127.0.0.1:@PORT@"},
    "network": {"HTTP_PROXY": "http://127.0.0.1:1", "NO_PROXY": "127.0.0.0/8"},
    "all proxy": {"ALL_PROXY": "http://127.0.0.1:1"},
    "https only": {"HTTPS_PROXY": "http://127.0.0.1:1"},
    "empty": {"HTTP_PROXY": ""},
}.items():
    case(f"proxy {title}", HEARTBEAT, GOOD, env=ONCE | env)
case("proxy refuses", HEARTBEAT, fault("X", "no", 403), env=ONCE | PROXY | {"HTTP_PROXY": "@URL@"})
case(
    "proxy of https refuses",
    HEARTBEAT,
    Answer(status=403),
    env=ONCE | {"HTTPS_PROXY": "@URL@", "AWS_ENDPOINT_URL_SWF": "https://swf.example"},
)
case(
    "proxy of https unreachable",
    HEARTBEAT,
    env=ONCE | {"HTTPS_PROXY": "http://127.0.0.1:1", "AWS_ENDPOINT_URL_SWF": "https://swf.example"},
)
