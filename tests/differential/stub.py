"""A server with fixed answers that writes down what it was asked.

One stub serves one run of one case: it listens on a free loopback port, takes
its answers in order and repeats the last. It speaks just enough HTTP/1.1 for
one client at a time, over plain sockets, because a case must be able to send
broken answers. Everything a request is compared by is taken from it here, in
the form in which it is recorded: what every good request has is left out.
"""

import contextlib
import hashlib
import hmac
import posixpath
import re
import socket
import ssl
import threading
import urllib.parse

from . import certificates

ACCESS_KEY = "AKIDEXAMPLE"
SECRET_KEY = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
# The first byte of whoever expects TLS.
TLS_HANDSHAKE = b"\x16"

USUAL = {
    "method": "POST",
    "path": "/",
    "host": "127.0.0.1:@PORT@",
    "content-type": "application/x-amz-json-1.0",
    "accept-encoding": "identity",
    "credential": f"{ACCESS_KEY}/DATE/us-east-1/swf/aws4_request",
    "signed": "content-type;host;x-amz-date;x-amz-target",
    "signature": "good",
    "dated": True,
    "attempt": "attempt=1",
}
# What a request to a proxy, or to a service that hands out credentials, may hold.
SERVICE_HEADERS = (
    "authorization",
    "proxy-authorization",
    "x-aws-ec2-metadata-token",
    "x-aws-ec2-metadata-token-ttl-seconds",
)
OTHERS = ("x-amz-security-token", "proxy-authorization", "authorization")
AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<key>[^/]*)/(?P<date>\d{8})(?P<scope>/[^,]*), "
    r"SignedHeaders=(?P<signed>[^,]*), Signature=(?P<signature>[0-9a-f]{64})$"
)


class Stub:
    """The server of one case; a context manager. `requests` grows as they come."""

    def __init__(self, case):
        self.answers = list(case.answers)
        self.routes = dict(case.routes)
        self.requests = []
        self._open = []
        self._ended = threading.Event()
        self._context = None
        if case.stub == "tls":
            self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._context.load_cert_chain(certificates.server())
        self._socket = socket.socket()
        self._socket.bind(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        # A port that is bound and not listened on refuses connections.
        if case.stub != "refuse":
            self._socket.listen(16)
            threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._ended.set()
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        for connection in self._open:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def _accept(self):
        while not self._ended.is_set():
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        self._open.append(connection)
        with contextlib.suppress(OSError), connection:
            if self._context:
                connection = self._context.wrap_socket(connection, server_side=True)
                self._open.append(connection)
            with connection, connection.makefile("rb") as stream:
                while (request := _read(stream)) and self._reply(connection, request):
                    pass

    def _reply(self, connection, request):
        """Does the next answer; whether the connection goes on."""
        self.requests.append(_noted(request, self.port))
        path = request["path"].partition("?")[0]
        if path in self.routes:
            answer = self.routes[path]
        else:
            answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if answer.act == "hang":
            self._ended.wait(20)
            return False
        if answer.act == "close":
            return False
        body = answer.body.encode()
        head = [f"HTTP/1.1 {answer.status} Stub", f"Content-Length: {len(body)}"]
        head += [f"{name}: {value}" for name, value in answer.headers]
        content = body[: len(body) // 2] if answer.act == "cut" else body
        connection.sendall("\r\n".join([*head, "", ""]).encode() + content)
        return answer.act == "answer"


def _read(stream):
    """One request off the stream as a dict; None at its end, and where TLS speaks instead of HTTP.

    The random bytes of TLS can look like the first line of a request.
    """
    if stream.peek(1)[:1] == TLS_HANDSHAKE:
        return None
    first = stream.readline().decode("latin-1").split()
    if len(first) != 3:
        return None
    headers = {}
    while line := stream.readline().decode("latin-1").strip():
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    body = stream.read(int(headers.get("content-length", 0)))
    return {"method": first[0], "path": first[1], "headers": headers, "body": body}


def _noted(request, port):
    """What of a request is compared, without what is as usual."""
    headers = request["headers"]
    if "x-amz-target" not in headers:
        return _noted_otherwise(request, port)
    noted = {
        "method": request["method"],
        "path": request["path"],
        "target": headers["x-amz-target"].removeprefix("SimpleWorkflowService."),
        "body": request["body"].decode(errors="backslashreplace"),
        "dated": "x-amz-date" in headers,
        "attempt": re.sub(r"ttl=\w+", "ttl=TIME", headers.get("amz-sdk-request", "")),
    }
    for name in ("host", "content-type", "accept-encoding", *OTHERS):
        if name in headers:
            noted[name] = headers[name]
    found = AUTHORIZATION.match(headers.get("authorization", ""))
    if found:
        del noted["authorization"]
        noted["credential"] = f"{found['key']}/DATE{found['scope']}"
        noted["signed"] = found["signed"]
        noted["signature"] = "good" if _is_signed(request, found) else "bad"
    noted = {
        name: value.replace(f":{port}", ":@PORT@") if isinstance(value, str) else value
        for name, value in noted.items()
    }
    absent = {name: None for name in USUAL if name not in noted}
    return {k: v for k, v in (noted | absent).items() if v != USUAL.get(k, "")}


def _noted_otherwise(request, port):
    """What of a request that is none to SWF is compared."""
    noted = {"method": request["method"], "path": request["path"]}
    headers = request["headers"]
    noted |= {name: headers[name] for name in SERVICE_HEADERS if name in headers}
    return {name: value.replace(f":{port}", ":@PORT@") for name, value in noted.items()}


def _is_signed(request, found):
    """Whether the signature of version 4 is that of the secret of all cases.

    The reference signs a path as it was given, encoded once; where the path on
    the wire is encoded already, that is not what the rule says. Both count.
    """
    path, _, query = request["path"].partition("?")
    if "://" in path:
        path = "/" + path.split("/", 3)[3]
    normal = posixpath.normpath(path.replace("//", "/"))
    normal += "/" if path.endswith("/") and normal != "/" else ""
    signatures = (
        _signature(request, found, query, form)
        for form in (urllib.parse.quote(normal, safe="/~"), normal)
    )
    return any(hmac.compare_digest(one, found["signature"]) for one in signatures)


def _signature(request, found, query, path):
    headers, signed = request["headers"], found["signed"].split(";")
    canonical = "\n".join(
        [
            request["method"],
            path,
            "&".join(sorted(query.split("&"))),
            *(f"{name}:{' '.join(headers.get(name, '').split())}" for name in signed),
            "",
            found["signed"],
            hashlib.sha256(request["body"]).hexdigest(),
        ]
    )
    key = b"AWS4" + SECRET_KEY.encode()
    for part in (found["date"], *found["scope"][1:].split("/")):
        key = hmac.digest(key, part.encode(), "sha256")
    to_sign = "\n".join(
        [
            "AWS4-HMAC-SHA256",
            headers.get("x-amz-date", ""),
            found["date"] + found["scope"],
            hashlib.sha256(canonical.encode()).hexdigest(),
        ]
    )
    return hmac.digest(key, to_sign.encode(), "sha256").hex()
