"""HTTP without an SDK: what clients send when nobody checks it for them."""

import dataclasses
import http.client
import json
import select
import socket
import urllib.parse

JSON_1_0 = "application/x-amz-json-1.0"
SHORT = "SimpleWorkflowService."
LONG = "com.amazonaws.swf.service.model.SimpleWorkflowService."
SIGNATURE = (
    "AWS4-HMAC-SHA256 Credential=black-box-test/20261122/us-east-1/swf/aws4_request, "
    "SignedHeaders=content-type;host;x-amz-date;x-amz-target, Signature=" + "0" * 64
)
REPLY_SECONDS = 30

MODEL = "com.amazonaws.swf.base.model#"
VALIDATION = "com.amazon.coral.validate#ValidationException"
SERVICE = "com.amazon.coral.service#"


@dataclasses.dataclass
class Reply:
    """Status, headers (looked up without regard to case) and body bytes."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def kind(self):
        """The full `__type` of a fault."""
        return self.json["__type"]

    @property
    def text(self):
        """The fault's text under either spelling of its key; None without."""
        return self.json.get("message", self.json.get("Message"))


def read_reply(sock):
    """Reads one whole reply off a socket."""
    reply = http.client.HTTPResponse(sock)
    reply.begin()
    return Reply(reply.status, reply.headers, reply.read())


class Asked:
    """A call that was sent, and whose answer is read later."""

    def __init__(self, sock):
        self.sock = sock

    def is_done(self):
        """Whether an answer has begun to come."""
        poller = select.poll()
        poller.register(self.sock, select.POLLIN)
        return bool(poller.poll(0))

    def result(self):
        """The answer's members; its status must be 200."""
        with self.sock:
            reply = read_reply(self.sock)
        assert reply.status == 200, reply.body
        return reply.json


class Http:
    """One request per connection to a server."""

    def __init__(self, endpoint):
        url = urllib.parse.urlsplit(endpoint)
        self.host, self.port = url.hostname, url.port

    def send(self, method="POST", path="/", headers=None, body=b""):
        """Sends exactly these headers (and Host, Content-Length)."""
        connection = http.client.HTTPConnection(
            self.host, self.port, timeout=REPLY_SECONDS
        )
        try:
            connection.request(method, path, body=body, headers=headers or {})
            reply = connection.getresponse()
            return Reply(reply.status, reply.headers, reply.read())
        finally:
            connection.close()

    def post(self, operation, body, content_type=JSON_1_0, target=SHORT, **headers):
        """Calls an operation; `body` is bytes, or a value sent as JSON."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.send(
            headers={
                "X-Amz-Target": target + operation,
                "Content-Type": content_type,
                "X-Amz-Date": "20261122T000000Z",
                "Authorization": SIGNATURE,
            }
            | headers,
            body=data,
        )

    def open(self, operation, body):
        """Sends a request on a socket of its own and does not read the reply."""
        data = json.dumps(body).encode()
        sock = socket.create_connection((self.host, self.port), timeout=REPLY_SECONDS)
        head = (
            f"POST / HTTP/1.1\r\nHost: {self.host}:{self.port}\r\n"
            f"X-Amz-Target: {SHORT}{operation}\r\nContent-Type: {JSON_1_0}\r\n"
            f"Authorization: {SIGNATURE}\r\nContent-Length: {len(data)}\r\n\r\n"
        )
        sock.sendall(head.encode() + data)
        return sock


def assert_fault(reply, kind, text, status=400):
    """The reply is this fault, in body and header, with exactly this text."""
    assert reply.status == status, reply.body
    assert reply.kind == kind
    assert reply.text == text
    assert reply.headers["x-amzn-ErrorType"] == kind.partition("#")[2]
    assert reply.headers["Content-Length"] == str(len(reply.body))


def assert_violations(reply, *violations):
    """A ValidationException that collects exactly these violations."""
    plural = "error" if len(violations) == 1 else "errors"
    text = f"{len(violations)} validation {plural} detected: " + "; ".join(violations)
    assert_fault(reply, VALIDATION, text)


def not_null(path):
    return (
        f"Value null at '{path}' failed to satisfy constraint: Member must not be null"
    )
