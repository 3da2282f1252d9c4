"""Signed requests taken apart: a signer made for the tests, and a connection that stays open.

`post` drafts a request, and `Draft.sign` signs it by Signature Version 4. What a
test changes before or after that shows what the server checks. That this signer
is right is shown by botocore's in `test_signatures.py`.
"""

import dataclasses
import datetime
import hashlib
import hmac
import http.client
import json
import posixpath
import urllib.parse

import harness
import raw

ALGORITHM = "AWS4-HMAC-SHA256"
TERMINATOR = "aws4_request"
REPLY_SECONDS = 30


def now():
    """The time, in whole seconds."""
    return datetime.datetime.now(datetime.UTC).replace(microsecond=0)


def amz_date(moment):
    return moment.strftime("%Y%m%dT%H%M%SZ")


def http_date(moment):
    return moment.strftime("%a, %d %b %Y %H:%M:%S GMT")


def sha256(data):
    return hashlib.sha256(data).hexdigest()


@dataclasses.dataclass
class Draft:
    """A request, and how it says that it is signed.

    `headers` are pairs in the order in which they are sent. `signed` are the names
    in SignedHeaders; without it all headers are signed, sorted.
    """

    keys: object
    headers: list
    body: bytes
    date: datetime.datetime
    method: str = "POST"
    path: str = "/"
    query: str = ""
    region: str = harness.REGION
    service: str = "swf"
    signed: list | None = None

    def sign(self):
        """Adds the Authorization header, in its usual form; returns self."""
        names = self.signed_names()
        text = self.string_to_sign(names)
        key = f"AWS4{self.keys.secret}".encode()
        for part in self.scope().split("/"):
            key = hmac.digest(key, part.encode(), "sha256")
        signature = hmac.digest(key, text.encode(), "sha256").hex()
        value = f"{ALGORITHM} Credential={self.keys.access_key_id}/{self.scope()}, "
        value += f"SignedHeaders={';'.join(names)}, Signature={signature}"
        self.headers.append(("Authorization", value))
        return self

    def signed_names(self):
        """The names in SignedHeaders."""
        if self.signed is not None:
            return self.signed
        return sorted({name.lower() for name, _ in self.headers})

    def scope(self):
        """What the signing key is made for."""
        return "/".join([self.date.strftime("%Y%m%d"), self.region, self.service, TERMINATOR])

    def string_to_sign(self, names):
        """The text whose HMAC is the signature."""
        form = sha256(self.canonical(names).encode())
        return "\n".join([ALGORITHM, amz_date(self.date), self.scope(), form])

    def canonical(self, names):
        """The canonical request."""
        lines = [self.method, _canonical_path(self.path), _canonical_query(self.query)]
        for name in names:
            values = (" ".join(value.split()) for value in self.values(name))
            lines.append(f"{name}:{','.join(values)}")
        declared = self.values("x-amz-content-sha256")
        return "\n".join(
            [*lines, "", ";".join(names), declared[0] if declared else sha256(self.body)]
        )

    def wire(self):
        """The bytes of the request."""
        target = self.path + (f"?{self.query}" if self.query else "")
        lines = [f"{self.method} {target} HTTP/1.1"]
        lines += [f"{name}: {value}" for name, value in self.headers]
        lines.append(f"Content-Length: {len(self.body)}")
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + self.body

    def values(self, name):
        """The values of a header."""
        return [value for header, value in self.headers if header.lower() == name.lower()]

    def value(self, name):
        """The value of a header that is there once."""
        (value,) = self.values(name)
        return value

    def put(self, name, *values):
        """Gives a header these values, in its place, or none; returns self."""
        names = [header.lower() for header, _ in self.headers]
        place = names.index(name.lower()) if name.lower() in names else len(names)
        kept = [pair for pair in self.headers if pair[0].lower() != name.lower()]
        self.headers = kept[:place] + [(name, value) for value in values] + kept[place:]
        return self

    def edit(self, name, old, new):
        """Replaces a text that is in the header's value; returns self."""
        value = self.value(name)
        assert old in value, (old, value)
        return self.put(name, value.replace(old, new, 1))

    @property
    def authorization(self):
        """The value of the Authorization header."""
        return self.value("Authorization")

    @property
    def signature(self):
        """The signature in the Authorization header."""
        return self.authorization.rpartition("=")[2]

    @property
    def credential(self):
        """The Credential in the Authorization header."""
        return self.authorization.partition("Credential=")[2].partition(",")[0]


LISTING = {"registrationStatus": "REGISTERED"}


def post(port, keys, operation="ListDomains", body=LISTING, *, more=(), date=None, **members):
    """A draft of a call, without keys of nobody; `more` are further headers."""
    data = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
    date = date or now()
    headers = [
        ("Host", f"127.0.0.1:{port}"),
        ("Content-Type", raw.JSON_1_0),
        ("X-Amz-Target", raw.SHORT + operation),
        ("X-Amz-Date", amz_date(date)),
        *([("X-Amz-Security-Token", keys.token)] if keys and keys.token else []),
        *more,
    ]
    return Draft(keys, headers, data, date, **members)


def signed(port, keys, operation="ListDomains", body=LISTING, **options):
    """A signed call, see `post`."""
    return post(port, keys, operation, body, **options).sign()


class Connection:
    """One connection for many requests. `source` is the address that it comes from."""

    def __init__(self, port, tls=None, source=None):
        options = {"timeout": REPLY_SECONDS, "source_address": source and (source, 0)}
        if tls is None:
            self._connection = http.client.HTTPConnection("127.0.0.1", port, **options)
        else:
            self._connection = http.client.HTTPSConnection(
                "127.0.0.1", port, context=tls, **options
            )
        self._connection.connect()
        # What is sent on a connection that was closed must fail, not open another one.
        self._connection.auto_open = 0

    def send(self, draft, chunks=None):
        """Sends a draft as it stands, its body in `chunks` if given; returns the reply."""
        self.begin(draft, chunks)
        return self.reply()

    def reply(self):
        """The reply to what was begun."""
        reply = self._connection.getresponse()
        return raw.Reply(reply.status, reply.headers, reply.read())

    def begin(self, draft, chunks=None):
        """Sends a draft and does not wait for the reply."""
        target = draft.path + (f"?{draft.query}" if draft.query else "")
        self._connection.putrequest(draft.method, target, skip_host=True, skip_accept_encoding=True)
        for name, value in draft.headers:
            self._connection.putheader(name, value.encode())
        if chunks is None:
            self._connection.putheader("Content-Length", str(len(draft.body)))
            self._connection.endheaders(draft.body)
        else:
            self._connection.putheader("Transfer-Encoding", "chunked")
            self._connection.endheaders(iter(chunks), encode_chunked=True)

    @property
    def socket(self):
        """The socket; None when the server has said that it closes the connection."""
        return self._connection.sock

    def close(self):
        self._connection.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def _canonical_path(path):
    whole = posixpath.normpath("/" + path.lstrip("/"))
    whole += "/" if path.endswith("/") and whole != "/" else ""
    return urllib.parse.quote(whole, safe="/-._~")


def _canonical_query(query):
    pairs = urllib.parse.parse_qsl(query.replace("+", "%2B"), keep_blank_values=True)
    encoded = sorted((_encoded(name), _encoded(value)) for name, value in pairs)
    return "&".join(f"{name}={value}" for name, value in encoded)


def _encoded(text):
    return urllib.parse.quote(text, safe="-._~")
