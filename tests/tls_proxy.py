"""What may stand between a client and the server: TLS, an HTTP proxy, and nobody who answers.

`TlsProxy` ends TLS in front of a plain server until the server does that
itself. `Certificates` has them made by the `openssl` program, once in a run.
`HttpProxy` forwards requests and refuses tunnels, and writes both down.
`listening` gives ports at which connections or answers hang.
"""

import contextlib
import http.client
import http.server
import socket
import ssl
import subprocess
import threading
import urllib.parse

SECONDS = 30
LOOPBACK = "127.0.0.1"


class Certificates:
    """Certificates and keys in a folder; each method gives paths of both."""

    def __init__(self, folder):
        self.folder = folder

    def self_signed(self, name):
        """A certificate for 127.0.0.1 that signs itself."""
        return self._make(name, "IP:127.0.0.1")

    def signed_by(self, authority, name, host="IP:127.0.0.1"):
        """A certificate for `host` signed by one that was made before."""
        certificate, key = authority
        return self._make(
            name, host, "-CA", certificate, "-CAkey", key, "-addext", "basicConstraints=CA:FALSE"
        )

    def _make(self, name, host, *words):
        certificate, key = (self.folder / f"{name}.{end}" for end in ("pem", "key"))
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
            + ["-nodes", "-days", "2", "-subj", f"/CN={name}", "-keyout", key]
            + ["-out", certificate, "-addext", f"subjectAltName={host}", *words],
            check=True,
            capture_output=True,
        )
        return certificate, key


class _Listener:
    """Serves each connection in a thread of its own until the block ends."""

    def __enter__(self):
        self._socket = socket.create_server((LOOPBACK, 0))
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._socket.accept()
                connection.settimeout(SECONDS)
                threading.Thread(target=self._quietly, args=(connection,), daemon=True).start()

    def _quietly(self, connection):
        with contextlib.suppress(OSError), connection:
            self.serve(connection)


class TlsProxy(_Listener):
    """TLS towards the client, plain TCP towards the server at `port_behind`."""

    def __init__(self, port_behind, certificate, key):
        self.port_behind = port_behind
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificate, key)

    @property
    def url(self):
        """The address to give to a client."""
        return f"https://{LOOPBACK}:{self.port}"

    def serve(self, connection):
        with (
            self.context.wrap_socket(connection, server_side=True) as client,
            socket.create_connection((LOOPBACK, self.port_behind), timeout=SECONDS) as server,
        ):
            back = threading.Thread(target=_copy, args=(server, client), daemon=True)
            back.start()
            _copy(client, server)
            back.join(SECONDS)


def _copy(source, target):
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)


class Stub(_Listener):
    """Reads a request and answers with these bytes, then closes."""

    def __init__(self, reply):
        self.reply = reply

    @property
    def url(self):
        """The address to give to a client."""
        return f"http://{LOOPBACK}:{self.port}"

    def serve(self, connection):
        with connection.makefile("rb") as stream:
            length = 0
            while text := stream.readline().strip().lower():
                name, _, value = text.partition(b":")
                length = int(value) if name == b"content-length" else length
            stream.read(length)
        connection.sendall(self.reply)


class HttpProxy:
    """A proxy for plain HTTP. `asked` are (method, target, Proxy-Authorization) as they came.

    One that does not forward hangs up instead.
    """

    def __init__(self, forwards=True):
        self.forwards = forwards
        self.asked = []

    def __enter__(self):
        asked, forwards = self.asked, self.forwards

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                note(self)
                if forwards:
                    forward(self)

            def do_CONNECT(self):
                note(self)
                self.send_error(403)

            def log_message(self, *_):
                pass

        def note(request):
            asked.append((request.command, request.path, request.headers["Proxy-Authorization"]))

        self._server = http.server.ThreadingHTTPServer((LOOPBACK, 0), Handler)
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()


def forward(request):
    """Sends a request on to the server that its target names, and its answer back."""
    url = urllib.parse.urlsplit(request.path)
    body = request.rfile.read(int(request.headers["Content-Length"]))
    onward = http.client.HTTPConnection(url.hostname, url.port, timeout=SECONDS)
    onward.request("POST", url.path, body, dict(request.headers))
    reply = onward.getresponse()
    content = reply.read()
    request.send_response(reply.status)
    request.send_header("Content-Type", reply.headers["Content-Type"])
    request.send_header("Content-Length", str(len(content)))
    request.end_headers()
    request.wfile.write(content)
    onward.close()


@contextlib.contextmanager
def never_answering():
    """A port that takes connections, by its listen queue alone, and never answers."""
    with socket.create_server((LOOPBACK, 0), backlog=16) as listening:
        yield listening.getsockname()[1]


@contextlib.contextmanager
def never_connecting():
    """A port whose connections are never made: its listen queue is full.

    Linux drops what asks for a place in a full queue, so that the client asks
    again and again. Yields None where a system does otherwise.
    """
    with contextlib.ExitStack() as stack:
        listening = stack.enter_context(socket.create_server((LOOPBACK, 0), backlog=0))
        address = listening.getsockname()
        for _ in range(8):
            filler = stack.enter_context(socket.socket())
            filler.settimeout(0.2)
            try:
                filler.connect(address)
            except TimeoutError:
                yield address[1]
                return
        yield None
