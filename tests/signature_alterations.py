"""Alterations of a signed request, and the fault that each of them gets (protocol.md 6.5).

A case makes a draft out of a `Setting` (see `test_signature_refusals.py`), which
has the keys and the port, and names the fault. `{0.…}` in a text is a member of
the draft as it was sent.
"""

import base64
import dataclasses
import datetime
import re

import harness
import raw
import signing
from access_folder import Keys
from signing import amz_date, http_date, sha256

SECOND = datetime.timedelta(seconds=1)
BODY = b'{"registrationStatus": "REGISTERED"}'
NOBODY = Keys("AKIA9999999999999999", "a-secret-that-nobody-has")
OTHER_REGION = "eu-west-1"

MISMATCH = (
    "InvalidSignatureException",
    "The request signature we calculated does not match the signature you provided. Check your AWS "
    "Secret Access Key and signing method. Consult the service documentation for details.",
)
UNRECOGNISED = (
    "UnrecognizedClientException",
    "The security token included in the request is invalid.",
)
EXPIRED = ("ExpiredTokenException", "The security token included in the request is expired")
MISSING = ("MissingAuthenticationTokenException", "Missing Authentication Token")
IN_QUERY = (
    "InvalidSignatureException",
    "Query-string authentication is not supported for this operation",
)
TWICE = (
    "InvalidSignatureException",
    "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.",
)


def must_be_signed(header):
    text = f"'{header}' must be a 'SignedHeader' in the AWS Authorization."
    return "InvalidSignatureException", text


def lacks(*sentences):
    text = " ".join(f"Authorization header requires {sentence}" for sentence in sentences)
    return "IncompleteSignatureException", text + " Authorization={0.authorization}"


CREDENTIAL, SIGNATURE, NAMES = (
    f"'{name}' parameter." for name in ("Credential", "Signature", "SignedHeaders")
)
A_DATE = "existence of either a 'X-Amz-Date' or a 'Date' header."


def no_pair(element):
    text = f"'{element}' not a valid key=value pair (missing equal-sign) in Authorization header: "
    return "IncompleteSignatureException", text + "'{0.authorization}'."


def unreadable(date):
    text = f"Date must be in ISO-8601 'basic format'. Got '{date}'. "
    return "IncompleteSignatureException", text + "See http://en.wikipedia.org/wiki/ISO_8601"


def unsupported(algorithm):
    text = f"Unsupported AWS 'algorithm': '{algorithm}' (only AWS4-HMAC-SHA256 for now). "
    return "IncompleteSignatureException", text


FIVE_PARTS = (
    "IncompleteSignatureException",
    "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, "
    "got '{0.credential}'",
)


def scoped(*sentences):
    return "InvalidSignatureException", "".join(sentences)


def valid_region(region):
    return f"Credential should be scoped to a valid region, not '{region}'. "


TO_SERVICE = "Credential should be scoped to correct service: 'swf'. "


def terminated(terminator):
    return (
        f"Credential should be scoped with a valid terminator: 'aws4_request', not '{terminator}'. "
    )


def dated(day):
    return (
        "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: "
        f"'{day}' != '{{0.date:%Y%m%d}}', from '{{0.date:%Y%m%dT%H%M%SZ}}'."
    )


def after(change):
    """Signs, then changes."""
    return lambda it: change(it.good())


def before(change):
    """Changes, then signs."""
    return lambda it: change(it.without_signature()).sign()


def sent_as(signed_as, **members):
    """Signs one thing and sends another."""
    return lambda it: dataclasses.replace(it.good(**signed_as), **members)


def scope_part(place, value):
    """Signs, then writes something else into a part of the credential."""

    def change(it):
        draft = it.good()
        parts = draft.credential.split("/")
        parts[place] = value
        return draft.edit("Authorization", draft.credential, "/".join(parts))

    return change


def signature(change):
    """Signs, then changes the signature."""

    def altered(it):
        draft = it.good()
        return draft.edit("Authorization", draft.signature, change(draft.signature))

    return altered


def other_digit(text, place):
    return text[:place] + ("1" if text[place] == "0" else "0") + text[place + 1 :]


def token(name, value):
    """A session's request that sends another token, which is signed."""
    return lambda it: it.good(getattr(it, name)._replace(token=value(it)))


def team(signed, *sent):
    """Signs these values of a header of no meaning, and sends others."""
    more = [("X-Team", value) for value in signed]
    return lambda it: it.good(more=more).put("X-Team", *sent)


def wrongly_dated(header, value):
    """A signed date that cannot be read, and its fault."""
    return lambda it: it.dated(header, value), unreadable(value)


def rescheme(scheme):
    return after(lambda draft: draft.edit("Authorization", "AWS4-HMAC-SHA256", scheme))


def presigned(draft):
    """A request signed in its query, in the form that botocore makes."""
    names = "content-type;host;x-amz-target"
    draft.query = (
        "X-Amz-Algorithm=AWS4-HMAC-SHA256"
        f"&X-Amz-Credential={draft.keys.access_key_id}%2F{draft.date:%Y%m%d}"
        "%2Fus-east-1%2Fswf%2Faws4_request"
        f"&X-Amz-Date={amz_date(draft.date)}&X-Amz-Expires=60&X-Amz-SignedHeaders={names}"
        f"&X-Amz-Signature={'0' * 64}"
    )
    return draft


# What is signed is not what is sent: all of these mismatch.
LINE = {
    "method": sent_as({"method": "PUT"}, method="POST"),
    "path": sent_as({"path": "/"}, path="/base"),
    "path-letter-case": sent_as({"path": "/base"}, path="/Base"),
    "path-slash-at-the-end": sent_as({"path": "/base"}, path="/base/"),
    "path-out-of-a-folder": sent_as({"path": "/a/b"}, path="/a/../b"),
    "path-encoded-once-more": sent_as({"path": "/p%20x"}, path="/p%2520x"),
    "path-encoded-in-small-letters": sent_as({"path": "/%C3%A9"}, path="/%c3%a9"),
    "query-added": sent_as({}, query="a=1"),
    "query-taken-away": sent_as({"query": "a=1"}, query=""),
    "query-value": sent_as({"query": "a=1"}, query="a=2"),
    "query-name": sent_as({"query": "a=1"}, query="b=1"),
    "query-one-more": sent_as({"query": "a=1"}, query="a=1&a=1"),
    "query-plus-for-blank": sent_as({"query": "a=1%202"}, query="a=1+2"),
}
HEADERS = {
    "host": after(lambda it: it.put("Host", "swf.us-east-1.amazonaws.com")),
    "host-without-port": after(lambda it: it.put("Host", "127.0.0.1")),
    "content-type": after(lambda it: it.put("Content-Type", "application/json")),
    "target": after(lambda it: it.edit("X-Amz-Target", "ListDomains", "RegisterDomain")),
    "target-long-form": after(lambda it: it.edit("X-Amz-Target", raw.SHORT, raw.LONG)),
    "date-one-second-on": lambda it: one_second_on(it),
    "header-added-value": team(["blue"], "blue", "red"),
    "header-value": team(["blue"], "red"),
    "header-letter-case": team(["blue"], "Blue"),
    "header-emptied": team(["blue"], ""),
    "header-taken-away": team(["blue"]),
    "header-blank-inside": team(["blue"], "bl ue"),
    "values-in-another-order": team(["a", "b"], "b", "a"),
    "value-moved-to-another-header": lambda it: it.good(more=[("X-One", "a"), ("X-Two", "b")])
    .put("X-One", "b")
    .put("X-Two", "a"),
    "hash-of-another-body": lambda it: it.hashed(sha256(b"{}")),
    "hash-exchanged": lambda it: it.hashed(sha256(BODY), body=BODY).put(
        "X-Amz-Content-Sha256", sha256(b"{}")
    ),
    "hash-too-short": lambda it: it.hashed(sha256(BODY)[:-1], body=BODY),
    "hash-empty": lambda it: it.hashed("", body=BODY),
    "hash-twice": before(
        lambda it: it.put("X-Amz-Content-Sha256", sha256(it.body), sha256(it.body))
    ),
    "payload-unsigned": lambda it: it.hashed("UNSIGNED-PAYLOAD"),
    "payload-streaming": lambda it: it.hashed("STREAMING-AWS4-HMAC-SHA256-PAYLOAD"),
    "payload-unsigned-trailer": lambda it: it.hashed("STREAMING-UNSIGNED-PAYLOAD-TRAILER"),
}
BODIES = {
    "body-first-byte": sent_as({"body": BODY}, body=b" " + BODY[1:]),
    "body-last-byte": sent_as({"body": BODY}, body=BODY[:-1] + b" "),
    "body-longer": sent_as({"body": BODY}, body=BODY + b" "),
    "body-shorter": sent_as({"body": BODY}, body=BODY[:-1]),
    "body-emptied": sent_as({"body": BODY}, body=b""),
    "body-one-bit": sent_as({"body": BODY}, body=BODY.replace(b"R", b"S", 1)),
    "body-other-normal-form": sent_as({"body": "é".encode()}, body="e\u0301".encode()),
    "body-under-its-old-hash": lambda it: dataclasses.replace(
        it.hashed(sha256(BODY), body=BODY), body=BODY + b" "
    ),
}
DATES = {
    "date-with-dashes": wrongly_dated("X-Amz-Date", "2026-11-23T10:00:00Z"),
    "date-of-a-thirteenth-month": wrongly_dated("X-Amz-Date", "20261323T100000Z"),
    "date-of-february-30": wrongly_dated("X-Amz-Date", "20260230T100000Z"),
    "date-of-an-hour-24": wrongly_dated("X-Amz-Date", "20261123T240000Z"),
    "date-without-zone": wrongly_dated("X-Amz-Date", "20261123T100000"),
    "date-empty": wrongly_dated("X-Amz-Date", ""),
    "date-in-words": wrongly_dated("X-Amz-Date", "yesterday"),
    "date-of-http-in-x-amz-date": wrongly_dated("X-Amz-Date", "Mon, 23 Nov 2026 10:00:00 GMT"),
    "date-unreadable-in-date": wrongly_dated("Date", "today"),
    "date-of-amazon-in-date": wrongly_dated("Date", "20261123T100000"),
    "date-missing": (before(lambda it: it.put("X-Amz-Date")), lacks(A_DATE)),
    "date-missing-and-all-else": (
        lambda it: it.without_signature()
        .put("X-Amz-Date")
        .put("Authorization", "AWS4-HMAC-SHA256"),
        lacks(CREDENTIAL, SIGNATURE, NAMES, A_DATE),
    ),
}
SCOPES = {
    "scope-day": (scope_part(1, "20200101"), scoped(dated("20200101"))),
    "scope-day-empty": (scope_part(1, ""), scoped(dated(""))),
    "scope-region": (scope_part(2, OTHER_REGION), scoped(valid_region(OTHER_REGION))),
    "scope-region-signed": (
        lambda it: it.good(region=OTHER_REGION),
        scoped(valid_region(OTHER_REGION)),
    ),
    "scope-region-empty": (scope_part(2, ""), scoped(valid_region(""))),
    "scope-service": (scope_part(3, "dynamodb"), scoped(TO_SERVICE)),
    "scope-service-signed": (lambda it: it.good(service="SWF"), scoped(TO_SERVICE)),
    "scope-terminator": (scope_part(4, "aws5_request"), scoped(terminated("aws5_request"))),
    "scope-all": (
        after(
            lambda it: it.edit("Authorization", it.credential, f"{it.keys.access_key_id}/1/2/3/4")
        ),
        scoped(valid_region("2"), TO_SERVICE, terminated("4"), dated("1")),
    ),
    "credential-of-four-parts": (
        after(lambda it: it.edit("Authorization", "/aws4_request", "")),
        FIVE_PARTS,
    ),
    "credential-of-six-parts": (
        after(lambda it: it.edit("Authorization", "/swf/", "/swf/swf/")),
        FIVE_PARTS,
    ),
    "credential-of-one-part": (
        after(lambda it: it.edit("Authorization", it.credential, it.keys.access_key_id)),
        FIVE_PARTS,
    ),
}
KEYS = {
    "key-unknown": (lambda it: it.good(NOBODY), UNRECOGNISED),
    "key-unknown-with-the-secret-of-another": (
        lambda it: it.good(NOBODY._replace(secret=it.alice.secret)),
        UNRECOGNISED,
    ),
    "key-in-small-letters": (scope_part(0, "akia0000000000000001"), UNRECOGNISED),
    "key-empty": (scope_part(0, ""), UNRECOGNISED),
    "key-of-somebody-else": (
        lambda it: it.good().edit("Authorization", it.alice.access_key_id, it.bob.access_key_id),
        MISMATCH,
    ),
    "secret-of-somebody-else": (
        lambda it: it.good(it.alice._replace(secret=it.bob.secret)),
        MISMATCH,
    ),
    "secret-cut-short": (
        lambda it: it.good(it.alice._replace(secret=it.alice.secret[:-1])),
        MISMATCH,
    ),
}
TOKENS = {
    "token-missing": (token("session", lambda it: None), UNRECOGNISED),
    "token-taken-away": (lambda it: it.good(it.session).put("X-Amz-Security-Token"), UNRECOGNISED),
    "token-of-another-session": (token("session", lambda it: it.other_session.token), UNRECOGNISED),
    "token-cut-short": (token("session", lambda it: it.session.token[:-1]), UNRECOGNISED),
    "token-in-other-letters": (token("session", lambda it: it.session.token.upper()), UNRECOGNISED),
    "token-on-a-users-key": (token("alice", lambda it: it.session.token), UNRECOGNISED),
    "token-not-signed": (
        lambda it: it.good(it.session._replace(token=None)).put(
            "X-Amz-Security-Token", it.session.token
        ),
        must_be_signed("X-Amz-Security-Token"),
    ),
    "session-over": (lambda it: it.good(it.expired), EXPIRED),
    "session-over-and-wrong-token": (token("expired", lambda it: it.session.token), UNRECOGNISED),
    "session-with-another-secret": (
        lambda it: it.good(it.session._replace(secret=it.other_session.secret)),
        MISMATCH,
    ),
}
SIGNATURES = {
    "signature-first-digit": (signature(lambda text: other_digit(text, 0)), MISMATCH),
    "signature-last-digit": (signature(lambda text: other_digit(text, -1 % 64)), MISMATCH),
    "signature-in-capitals": (lambda it: capitals(it), MISMATCH),
    "signature-63-digits": (signature(lambda text: text[:-1]), MISMATCH),
    "signature-65-digits": (signature(lambda text: text + "0"), MISMATCH),
    "signature-no-hex": (signature(lambda text: "g" + text[1:]), MISMATCH),
    "signature-in-base64": (
        signature(lambda text: base64.urlsafe_b64encode(bytes.fromhex(text)).decode().rstrip("=")),
        MISMATCH,
    ),
    "signature-of-zeros": (signature(lambda text: "0" * 64), MISMATCH),
    "signature-of-another-region": (
        lambda it: it.good(region=OTHER_REGION).edit("Authorization", OTHER_REGION, harness.REGION),
        MISMATCH,
    ),
    "signature-of-another-service": (
        lambda it: it.good(service="sts").edit("Authorization", "/sts/", "/swf/"),
        MISMATCH,
    ),
}
ALGORITHMS = {
    "algorithm-sha1": (rescheme("AWS4-HMAC-SHA1"), unsupported("AWS4-HMAC-SHA1")),
    "algorithm-4a": (
        rescheme("AWS4-ECDSA-P256-SHA256"),
        unsupported("AWS4-ECDSA-P256-SHA256"),
    ),
    "algorithm-without-name": (rescheme("AWS4-"), unsupported("AWS4-")),
    "algorithm-in-small-letters": (rescheme("aws4-hmac-sha256"), MISSING),
    "scheme-aws3": (rescheme("AWS3"), MISSING),
    "scheme-aws3-https": (rescheme("AWS3-HTTPS"), MISSING),
    "scheme-aws2": (after(lambda it: it.put("Authorization", "AWS AKIA:c2lnbmF0dXJl")), MISSING),
    "scheme-basic": (after(lambda it: it.put("Authorization", "Basic YWxpY2U6eA==")), MISSING),
    "scheme-bearer": (after(lambda it: it.put("Authorization", "Bearer token")), MISSING),
}
NAMES_SIGNED = {
    "host-not-signed": (
        lambda it: it.with_names("content-type", "x-amz-date", "x-amz-target"),
        must_be_signed("Host"),
    ),
    "target-not-signed": (
        lambda it: it.with_names("content-type", "host", "x-amz-date"),
        must_be_signed("X-Amz-Target"),
    ),
    "x-amz-date-not-signed": (
        lambda it: it.with_names("content-type", "host", "x-amz-target"),
        must_be_signed("X-Amz-Date"),
    ),
    "date-not-signed": (
        lambda it: dataclasses.replace(it.without_signature(), signed=["host", "x-amz-target"])
        .put("X-Amz-Date")
        .put("Date", http_date(signing.now()))
        .sign(),
        must_be_signed("Date"),
    ),
    "nothing-signed": (lambda it: it.with_names("content-type"), must_be_signed("Host")),
    "names-unsorted": (
        lambda it: it.with_names("host", "content-type", "x-amz-date", "x-amz-target"),
        MISMATCH,
    ),
    "name-twice": (
        lambda it: it.with_names("host", "host", "x-amz-date", "x-amz-target"),
        MISMATCH,
    ),
    "name-of-no-header": (
        lambda it: it.with_names("host", "x-amz-date", "x-amz-target", "x-team"),
        MISMATCH,
    ),
    "name-added": (
        lambda it: it.with_names("host", "x-amz-date", "x-amz-target").edit(
            "Authorization", "=host;", "=content-type;host;"
        ),
        MISMATCH,
    ),
    "name-taken-away": (after(lambda it: it.edit("Authorization", "content-type;", "")), MISMATCH),
    "names-in-capitals": (
        after(lambda it: it.edit("Authorization", "content-type", "Content-Type")),
        MISMATCH,
    ),
    "name-empty": (
        after(lambda it: it.edit("Authorization", "=content-type", "=;content-type")),
        MISMATCH,
    ),
}
FORMS = {
    "no-header": (lambda it: it.without_signature(), MISSING),
    "empty-header": (lambda it: it.without_signature().put("Authorization", ""), MISSING),
    "header-of-the-scheme-alone": (
        lambda it: it.without_signature().put("Authorization", "AWS4-HMAC-SHA256"),
        lacks(CREDENTIAL, SIGNATURE, NAMES),
    ),
    "no-credential": (after(lambda it: without_part(it, "Credential")), lacks(CREDENTIAL)),
    "no-signed-headers": (after(lambda it: without_part(it, "SignedHeaders")), lacks(NAMES)),
    "no-signature": (after(lambda it: without_part(it, "Signature")), lacks(SIGNATURE)),
    "names-in-other-letters": (
        after(lambda it: it.edit("Authorization", "Credential", "credential")),
        lacks(CREDENTIAL),
    ),
    "element-without-equal-sign": (
        after(lambda it: it.edit("Authorization", "Credential=", "Credential")),
        lambda draft: no_pair(draft.authorization.split()[1].rstrip(",")),
    ),
    "element-too-many": (
        after(lambda it: it.edit("Authorization", ", Sig", ", rest, Sig")),
        no_pair("rest"),
    ),
    "credential-twice": (
        after(lambda it: it.edit("Authorization", ", Sig", f", Credential={it.credential}, Sig")),
        MISMATCH,
    ),
    "header-twice": (
        after(lambda it: it.put("Authorization", it.authorization, it.authorization)),
        lambda draft: (
            "IncompleteSignatureException",
            "'AWS4-HMAC-SHA256' not a valid key=value pair (missing equal-sign) in Authorization "
            f"header: '{','.join(draft.values('Authorization'))}'.",
        ),
    ),
    "other-header-first": (
        after(lambda it: it.put("Authorization", "Basic YWxpY2U6eA==", it.authorization)),
        MISSING,
    ),
    "query-form": (lambda it: presigned(it.without_signature()), IN_QUERY),
    "query-form-encoded": (
        before(lambda it: dataclasses.replace(it, query="X%2DAmz%2DAlgorithm=x")),
        TWICE,
    ),
    "query-form-empty": (
        lambda it: dataclasses.replace(it.without_signature(), query="X-Amz-Algorithm"),
        IN_QUERY,
    ),
    "both-forms": (before(presigned), TWICE),
    "no-json-and-no-signature": (lambda it: it.without_signature(body=b"{"), MISSING),
    "no-such-member-and-a-wrong-signature": (
        sent_as({"body": b"{}"}, body=b'{"nextPageToken": 7}'),
        MISMATCH,
    ),
}


def one_second_on(setting):
    """A date one second later, on the same day."""
    now = signing.now()
    date = now - (now.second % 2) * SECOND
    return setting.good(date=date).put("X-Amz-Date", amz_date(date + SECOND))


def capitals(setting):
    """A signature in capital letters; one that has letters."""
    drafts = (setting.good(more=[("X-Number", str(number))]) for number in range(100))
    draft = next(draft for draft in drafts if not draft.signature.isdigit())
    return draft.edit("Authorization", draft.signature, draft.signature.upper())


def without_part(draft, name):
    """Takes a parameter out of the Authorization header."""
    value = re.sub(rf",? {name}=[^,]+", "", draft.authorization)
    return draft.put("Authorization", value)


ALTERATIONS = (
    {name: (alter, MISMATCH) for name, alter in (LINE | HEADERS | BODIES).items()}
    | DATES
    | SCOPES
    | KEYS
    | TOKENS
    | SIGNATURES
    | ALGORITHMS
    | NAMES_SIGNED
    | FORMS
)
