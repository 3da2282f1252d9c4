"""A self-signed certificate for the TLS cases, made once in a run by openssl."""

import functools
import pathlib
import shutil
import subprocess
import tempfile
import threading

FOLDER = tempfile.TemporaryDirectory(prefix="differential-tls-")
LOCK = threading.Lock()


def server():
    """The path of key and certificate of the stub."""
    with LOCK:
        return _make("server")


def _stranger():
    with LOCK:
        return _make("stranger")


def furnish(folder):
    """Puts `server.pem` and `stranger.pem`, certificates alone, into a case's folder."""
    for path in (server(), _stranger()):
        text = path.read_text()
        certificate = text[text.index("-----BEGIN CERTIFICATE") :]
        (folder / path.name).write_text(certificate)


@functools.cache
def _make(name):
    folder = pathlib.Path(FOLDER.name)
    key, certificate, both = (folder / f"{name}.{end}" for end in ("key", "crt", "pem"))
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
        + ["-nodes", "-days", "2", "-subj", f"/CN={name}", "-keyout", key, "-out", certificate]
        + ["-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"],
        check=True,
        capture_output=True,
    )
    with open(both, "wb") as out:
        for part in (key, certificate):
            with open(part, "rb") as source:
                shutil.copyfileobj(source, out)
    return both
