"""Lines, files, settings and replies that are meant to hurt.

The command line ends soon, with an exit status that it may have, and calmly.
"""

import json
import random
import socket
import subprocess

import pytest

import harness
from command_line import HEARTBEAT, SECONDS, CommandLine
from tls_proxy import Stub

STATUSES = {0, 130, 252, 253, 254, 255}
REFUSED = {252, 253, 255}
NOISE = ("panicked at", "RUST_BACKTRACE", "stack backtrace", "overflowed its stack")
# Any bytes, but the same ones each time.
CHANCE = random.Random(1)
SOON = 5
DEEP = 60_000
# One word of a command line may have 128 KiB on Linux.
LONG = 131_000
CONTROLS = "".join(map(chr, [*range(1, 32), 127, 0x85, 0x2028, 0xFEFF, 0xFFFE]))
TASK = [HEARTBEAT, "--task-token", "t"]
LIST = ["list-domains", "--registration-status", "REGISTERED"]


def calm(done, statuses=STATUSES):
    """The run ended as every run may end, and soon."""
    harness.in_time(done.seconds, SOON, "the run")
    assert done.status in statuses, (done.status, done.stderr[-2000:])
    for noise in NOISE:
        assert noise not in done.stderr, done.stderr[-2000:]


@pytest.fixture(scope="module")
def line(server, tmp_path_factory):
    """The command line in front of the module's server."""
    return CommandLine(tmp_path_factory.mktemp("home"), server.endpoint)


@pytest.fixture
def own(server, tmp_path):
    """The same with a home of the test's own."""
    return CommandLine(tmp_path / "home", server.endpoint)


WORDS = {
    "nothing": [],
    "an empty word": [""],
    "empty values": [HEARTBEAT, "--task-token", "", "--details", ""],
    "dashes": ["-", "--", "---", "--="],
    "an empty option": [*TASK, "--=x"],
    "two dashes": [HEARTBEAT, "--", "--task-token", "t"],
    "bytes as an operation": [b"\xff\xfe"],
    "bytes as an option": [*TASK, b"--\xc3\x28"],
    "bytes as a value": [HEARTBEAT, "--task-token", b"\xf0\x28\x8c\xbc"],
    "bytes as a profile": [*TASK, "--profile", b"\xff"],
    "half a surrogate": [HEARTBEAT, "--task-token", b"\xed\xa0\x80"],
    "controls as an operation": [CONTROLS],
    "controls as a token": [HEARTBEAT, "--task-token", CONTROLS],
    "controls as a query": [*TASK, "--query", CONTROLS],
    "controls as a region": [*TASK, "--region", CONTROLS],
    "controls as an endpoint": [*TASK, "--endpoint-url", "http://" + CONTROLS],
    "controls as a profile": [*TASK, "--profile", CONTROLS],
    "controls as JSON": [HEARTBEAT, "--cli-input-json", CONTROLS],
    "controls as YAML": [HEARTBEAT, "--cli-input-yaml", CONTROLS],
    "controls as shorthand": ["poll-for-activity-task", "--domain", "d", "--task-list", CONTROLS],
    "a long operation": ["x" * LONG],
    "a long option": [*TASK, "--" + "x" * LONG],
    "a long token": [HEARTBEAT, "--task-token", "x" * LONG],
    "a long query": [*TASK, "--query", "x" * LONG],
    "a long path of a query": [*TASK, "--query", ".".join("a" * (LONG // 2))],
    "a long region": [*TASK, "--region", "x" * LONG],
    "a long profile": [*TASK, "--profile", "x" * LONG],
    "a long endpoint": [*TASK, "--endpoint-url", "http://" + "x" * (LONG - 10)],
    "a long name of a file": [HEARTBEAT, "--task-token", "file://" + "x" * (LONG - 10)],
    "a long number": [*LIST, "--page-size", "9" * 100_000],
    "a long time-out": [*TASK, "--cli-read-timeout", "9" * 100_000],
    "a huge time-out": [*TASK, "--cli-read-timeout", "99999999999999999999"],
    "thousands of options": [*TASK, *["--no-paginate"] * 5000],
    "thousands of values": [*TASK, *["--details", "x"] * 5000],
    "thousands of unknown options": [*TASK, *[f"--unknown-{number}" for number in range(3000)]],
    "thousands of words": [f"word-{number}" for number in range(5000)],
    "thousands of tags": [
        "tag-resource",
        "--resource-arn",
        "x",
        "--tags",
        *[f"key={number},value=v" for number in range(3000)],
    ],
    "deep JSON": [HEARTBEAT, "--cli-input-json", "[" * DEEP],
    "deep JSON that ends": [HEARTBEAT, "--cli-input-json", "[" * DEEP + "]" * DEEP],
    "deep JSON in a member": [HEARTBEAT, "--cli-input-json", '{"x":' * 20_000 + "1" + "}" * 20_000],
    "deep JSON as a value": ["poll-for-activity-task", "--domain", "d", "--task-list", "[" * DEEP],
    "deep JSON of maps as a value": [
        "poll-for-activity-task",
        "--domain",
        "d",
        "--task-list",
        '{"a":' * 20_000 + "1" + "}" * 20_000,
    ],
    "deep YAML": [HEARTBEAT, "--cli-input-yaml", "[" * DEEP],
    "deep YAML that ends": [HEARTBEAT, "--cli-input-yaml", "[" * 5000 + "]" * 5000],
    "deep YAML of blocks": [HEARTBEAT, "--cli-input-yaml", "- " * DEEP + "x"],
    "YAML of nested keys": [HEARTBEAT, "--cli-input-yaml", "? " * DEEP + "x"],
    "YAML that laughs": [
        HEARTBEAT,
        "--cli-input-yaml",
        "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
        + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 10)),
    ],
    "YAML that holds itself": [HEARTBEAT, "--cli-input-yaml", "taskToken: &a [*a]"],
    "a deep query": [*TASK, "--query", "[" * DEEP],
    "a deep query of parentheses": [*TASK, "--query", "(" * DEEP + "a" + ")" * DEEP],
    "a deep query of negations": [*TASK, "--query", "!" * LONG],
    "a deep query of functions": [*TASK, "--query", "not_null(" * 10_000 + "a" + ")" * 10_000],
    "a deep query of hashes": [*TASK, "--query", "{a:" * 20_000 + "a" + "}" * 20_000],
    "a deep query of pipes": [*TASK, "--query", "|".join("a" * DEEP)],
    "a deep query of alternatives": [*TASK, "--query", "||".join("a" * 40_000)],
    "a deep query of projections": [*TASK, "--query", "[]" * DEEP],
    "a deep query of filters": [*TASK, "--query", "[?" * 20_000 + "a" + "]" * 20_000],
    "a deep literal in a query": [*TASK, "--query", "`" + "[" * DEEP + "]" * DEEP + "`"],
    "deep shorthand": ["poll-for-activity-task", "--domain", "d", "--task-list", "a={" * 30_000],
    "deep shorthand of lists": [
        "poll-for-activity-task",
        "--domain",
        "d",
        "--task-list",
        "a=" + "[" * DEEP,
    ],
    "a starting token": [*LIST, "--starting-token", "bm90IEpTT04=" * 100],
    "a deep starting token": [*LIST, "--starting-token", "W1tbW1tb" * 10_000],
    "a device that is a folder": [HEARTBEAT, "--task-token", "file:///"],
    "a file that is not there": [HEARTBEAT, "--task-token", "file://nowhere"],
    "a bundle that is a folder": [
        *TASK,
        "--ca-bundle",
        "/",
        "--endpoint-url",
        "https://127.0.0.1:1",
    ],
    "a hostile date": [
        "list-open-workflow-executions",
        "--domain",
        "d",
        "--start-time-filter",
        "oldestDate=99999999999999999999999",
    ],
    "no number": ["list-domains", "--registration-status", "REGISTERED", "--max-items", "NaN"],
}


@pytest.mark.parametrize("case", WORDS)
def test_words(line, case):
    calm(line.run(*WORDS[case]))


RESULTS = {
    "deep": "`" + "[" * 5000 + "]" * 5000 + "`",
    "controls": '`"\\u0000\\u001b[31m"`',
    "a huge number": "`1e999999999`",
    "mixed lists": '`[{"a": 1}, [2], 3, null, [[], {}]]`',
}


@pytest.mark.parametrize("output", ["json", "text", "table", "yaml", "yaml-stream", "off"])
@pytest.mark.parametrize("result", RESULTS)
def test_results(line, output, result):
    calm(line.run(*LIST, "--query", RESULTS[result], "--output", output))


FILES = {
    "binary": CHANCE.randbytes(100_000),
    "zeros": bytes(1_000_000),
    "long": b"x" * 1_000_000,
    "deep": b"[" * 1_000_000,
    "deep maps": b'{"a":' * 200_000,
    "UTF-16": '{"taskToken": "t"}'.encode("utf-16"),
    "a mark at the beginning": b"\xef\xbb\xbf" + b'{"taskToken": "t"}',
    "empty": b"",
}


@pytest.mark.parametrize("case", FILES)
@pytest.mark.parametrize("option", ["--task-token", "--cli-input-json", "--cli-input-yaml"])
@pytest.mark.parametrize("scheme", ["file", "fileb"])
def test_files(own, case, option, scheme):
    path = own.file("content", FILES[case])
    calm(own.run(HEARTBEAT, option, f"{scheme}://{path}"))


CONFIGURATIONS = {
    "binary": CHANCE.randbytes(10_000),
    "zeros": bytes(10_000),
    "no section": b"region = us-east-1\n",
    "a section without end": b"[default\nregion = us-east-1\n",
    "a section twice": b"[default]\nregion = a\n[default]\nregion = b\n",
    "a key twice": b"[default]\nregion = a\nregion = b\n",
    "no key": b"[default]\n= value\n",
    "a nested value first": b"[default]\n  a = b\n",
    "bytes": b"[default]\nregion = \xff\xfe\n",
    "long": b"[default]\nregion = " + b"x" * 1_000_000 + b"\n",
    "many sections": b"".join(b"[profile p%d]\nregion = x\n" % n for n in range(10_000)),
    "deep": b"[services s]\n" + b"".join(b" " * n + b"a =\n" for n in range(500)),
    "a percent sign": b"[default]\nregion = %(nowhere)s\n",
    "a circle": b"[default]\nrole_arn = arn:aws:iam::1:role/r\nsource_profile = default\n",
    "values that are none": b"[default]\nmax_attempts = x\ncli_timestamp_format = y\n",
    "an output that is none": b"[default]\noutput = xml\n",
    "a process that fails": b"[default]\ncredential_process = false\n",
    "a process of rubbish": b"[default]\ncredential_process = echo {\n",
    "a process that is not there": b"[default]\ncredential_process = /nowhere/at/all\n",
    "a process that cannot be split": b"[default]\ncredential_process = \"\n",
}


@pytest.mark.parametrize("name", ["config", "credentials"])
@pytest.mark.parametrize("case", CONFIGURATIONS)
def test_configurations(own, name, case):
    own.file(f".aws/{name}", CONFIGURATIONS[case])
    calm(own.run(*LIST))
    nobody = own.with_variables(
        AWS_ACCESS_KEY_ID=None, AWS_SECRET_ACCESS_KEY=None, AWS_REGION=None
    )
    calm(nobody.run(*LIST), REFUSED)


def test_folders_in_the_place_of_files(own):
    (own.home / ".aws" / "config").mkdir(parents=True)
    (own.home / ".aws" / "credentials").mkdir()
    calm(own.run(*LIST))


VARIABLES = [
    ("AWS_ENDPOINT_URL_SWF", "http://[::1"),
    ("AWS_ENDPOINT_URL_SWF", "http://127.0.0.1:99999"),
    ("AWS_ENDPOINT_URL_SWF", "ftp://127.0.0.1"),
    ("AWS_ENDPOINT_URL_SWF", "http://"),
    ("HTTP_PROXY", "http://[::1"),
    ("HTTP_PROXY", "::::"),
    ("HTTP_PROXY", "http://127.0.0.1:99999"),
    ("AWS_MAX_ATTEMPTS", "9" * 1000),
    ("AWS_RETRY_MODE", CONTROLS),
    ("AWS_ACCESS_KEY_ID", "line\nfeed: yes"),
    ("AWS_SESSION_TOKEN", "line\r\nfeed: yes"),
    ("AWS_SDK_UA_APP_ID", "line\r\nfeed: yes"),
    ("AWS_CA_BUNDLE", "/"),
    ("AWS_CLI_ERROR_FORMAT", CONTROLS),
    ("TZ", "x" * 10_000),
    ("TZ", "../../../etc/passwd"),
    ("HOME", ""),
    ("LANG", "x" * 10_000),
]


@pytest.mark.parametrize(("name", "value"), VARIABLES)
def test_variables(line, name, value):
    calm(line.with_variables(**{name: value}).run(*LIST))


def test_variables_that_are_not_utf_8(line):
    for name in ("AWS_PROFILE", "AWS_REGION", "AWS_ENDPOINT_URL_SWF", "HOME", "TZ", "X"):
        odd = line.with_variables()
        odd.environment = {k.encode(): v.encode() for k, v in odd.environment.items()}
        odd.environment[name.encode()] = b"\xff\xfe"
        calm(odd.run(*LIST))


def reply(body=b"{}", *headers, status=b"200 OK", length=None):
    head = [b"HTTP/1.1 " + status, b"Content-Type: application/x-amz-json-1.0", *headers]
    head.append(b"Content-Length: %d" % (len(body) if length is None else length))
    return b"\r\n".join(head) + b"\r\n\r\n" + body


FAULT = json.dumps({"__type": "a#b:c#d", "message": CONTROLS}).encode()
REPLIES = {
    "nothing": b"",
    "words": b"hello\r\n\r\n",
    "bytes": CHANCE.randbytes(5000),
    "half a status": b"HTTP/1.1 20",
    "half a head": reply()[:40],
    "half a body": reply(b'{"domainInfos": [', length=1000),
    "too long a body": reply(b'{"domainInfos": []}' + b"x" * 1000, length=19),
    "two lengths": reply(b"{}", b"Content-Length: 7"),
    "a negative length": reply(b"{}", length=-1),
    "a length that is none": reply().replace(b"Length: 2", b"Length: x"),
    "a huge length": reply(length=2**63),
    "no length": b"HTTP/1.1 200 OK\r\n\r\n{}",
    "bad chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}",
    "a huge chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"f" * 20 + b"\r\n{}",
    "a huge header": reply(b"{}", b"X: " + b"x" * 2_000_000),
    "many headers": reply(b"{}", *[b"X-%d: y" % number for number in range(5000)]),
    "headers of bytes": reply(b"{}", b"X: \xff\xfe"),
    "a status of nought": reply(status=b"000 No"),
    "a huge status": reply(status=b"99999 No"),
    "a redirect": reply(b"", b"Location: http://127.0.0.1:1/", status=b"301 Away"),
    "only continue": b"HTTP/1.1 100 Continue\r\n\r\n" * 50,
    "an upgrade": reply(b"", b"Upgrade: x", status=b"101 Switching Protocols"),
    "no content": reply(b"", status=b"204 No Content"),
    "other encodings": reply(CHANCE.randbytes(100), b"Content-Encoding: gzip"),
    "deep": reply(b'{"domainInfos": ' + b"[" * 1_000_000 + b"]" * 1_000_000 + b"}"),
    "deep without end": reply(b"[" * 1_000_000),
    "deep maps": reply(b'{"a":' * 200_000 + b"1" + b"}" * 200_000),
    "deep fault": reply(b'{"__type":' * 200_000 + b"1" + b"}" * 200_000, status=b"400 Bad"),
    "a list": reply(b"[1]"),
    "null": reply(b"null"),
    "a number": reply(b"1e999"),
    "no JSON": reply(b"\x00\xff" * 1000),
    "other types": reply(b'{"domainInfos": {"name": [1, {"x": null}]}, "nextPageToken": []}'),
    "other items": reply(b'{"domainInfos": [1, "x", null, [[]], {"name": {"a": 1}}]}'),
    "huge numbers": reply(b'{"domainInfos": [{"name": 1' + b"0" * 100_000 + b"}]}"),
    "the same token again": reply(b'{"domainInfos": [], "nextPageToken": "t"}'),
    "a fault of controls": reply(FAULT, status=b"400 Bad"),
    "a fault that is none": reply(b'{"__type": 1, "message": {"a": []}}', status=b"400 Bad"),
    "a fault of bytes": reply(b"\xff\xfe", status=b"400 Bad"),
    "a fault in a header": reply(b"{}", b"x-amzn-query-error: ;;;", status=b"400 Bad"),
    "a failure": reply(b"<html>", status=b"503 Away"),
}


@pytest.mark.parametrize("output", ["json", "text", "table", "yaml", "yaml-stream"])
@pytest.mark.parametrize("case", REPLIES)
def test_replies(line, output, case):
    with Stub(REPLIES[case]) as stub:
        done = line.run(*LIST, "--endpoint-url", stub.url, "--output", output)
    calm(done)


HOSTILE_TIMES = [b"1e400", b"-1e300", b'"x"', b"99999999999999", b"[]", b"true", b'"9999-99-99"']


@pytest.mark.parametrize("time", HOSTILE_TIMES)
def test_times_in_replies(line, time):
    info = b'{"domainInfo": {"name": "d"}, "typeInfo": {"creationDate": ' + time + b"}}"
    words = ["describe-activity-type", "--domain", "d", "--activity-type", "name=a,version=1"]
    with Stub(reply(info)) as stub:
        calm(line.run(*words, "--endpoint-url", stub.url))


def test_a_closed_standard_output(line):
    """Nobody reads: neither a panic nor a signal's death."""
    for words in (LIST, ["help"], ["--version"], [HEARTBEAT, "--generate-cli-skeleton"]):
        reading, writing = socket.socketpair()
        reading.close()
        with writing:
            done = subprocess.run(
                [harness.binary(), *words],
                env=line.environment,
                stdin=subprocess.DEVNULL,
                stdout=writing,
                stderr=subprocess.PIPE,
                timeout=SECONDS,
            )
        assert (done.returncode, done.stderr) == (0, b"")
