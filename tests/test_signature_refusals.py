"""Requests that are signed wrongly: each alteration has its answer (protocol.md 6.5)."""

import dataclasses
import datetime
import re

import pytest

import harness
import signing
from access_folder import EVERYTHING, AccessFolder, Keys
from raw import SERVICE, assert_fault
from signature_alterations import ALTERATIONS, BODY
from signing import Connection, amz_date, http_date, sha256


@dataclasses.dataclass
class Setting:
    """A server that knows these keys, for one region only."""

    port: int
    alice: Keys
    bob: Keys
    session: Keys
    other_session: Keys
    expired: Keys

    def good(self, keys=None, **options):
        """A signed request that is accepted as it is."""
        return signing.signed(self.port, keys or self.alice, **options)

    def hashed(self, declared, **options):
        """A signed request with this x-amz-content-sha256."""
        return self.good(more=[("X-Amz-Content-Sha256", declared)], **options)

    def without_signature(self, **options):
        """As `good` before it is signed."""
        return signing.post(self.port, self.alice, **options)

    def dated(self, header, value):
        """A request with another date header, which is signed."""
        draft = self.without_signature()
        return draft.put("X-Amz-Date").put(header, value).sign()

    def with_names(self, *names):
        """A request whose SignedHeaders are these, and whose signature is right for them."""
        return self.good(signed=list(names))


@pytest.fixture(scope="module")
def setting(tmp_path_factory):
    directory = tmp_path_factory.mktemp("refusals")
    folder = AccessFolder(directory / "access")
    hours = datetime.timedelta(hours=1)
    with folder.together():
        alice, bob = (folder.user(name, [EVERYTHING]) for name in ("alice", "bob"))
        session = folder.role_session("ci", "one", [EVERYTHING])
        other = folder.role_session("ci", "two")
        expired = folder.role_session(
            "ci", "old", issued=signing.now() - 2 * hours, expires=signing.now() - hours
        )
    options = ["--access", folder.path, "--region", harness.REGION, "--only-region"]
    # Many refusals are asked for here, and all of them at once.
    options += ["--limit", "refusals_per_second_and_address=off"]
    with harness.Server(directory / "data", options) as server:
        yield Setting(server.port, alice, bob, session, other, expired)


@pytest.mark.parametrize("name", ALTERATIONS)
def test_alteration(setting, name):
    """The fault is exact, and the connection goes on with a good request."""
    alter, expected = ALTERATIONS[name]
    draft = alter(setting)
    kind, text = expected(draft) if callable(expected) else expected
    with Connection(setting.port) as connection:
        reply = connection.send(draft)
        assert_fault(reply, SERVICE + kind, text.format(draft))
        assert connection.send(setting.good()).status == 200


def test_what_the_alterations_are_made_of_is_accepted(setting):
    with Connection(setting.port) as connection:
        for draft in [
            setting.good(),
            setting.good(setting.bob),
            setting.good(setting.session),
            setting.good(setting.other_session),
            setting.good(path="/base/p%20x", query="a=1%202&b="),
            setting.good(more=[("X-Team", "a"), ("X-Team", "b")]),
            setting.good(signed=["host", "x-amz-date", "x-amz-target"]),
            setting.hashed(sha256(BODY), body=BODY),
            setting.dated("Date", http_date(signing.now())),
        ]:
            assert connection.send(draft).status == 200, draft


SKEW = r"\d{8}T\d{6}Z"


@pytest.mark.parametrize("header", ["X-Amz-Date", "Date"])
@pytest.mark.parametrize("minutes", [-6, 6, -600, 600, -60 * 24 * 400])
def test_a_date_too_far_from_now(setting, header, minutes):
    """The text has both dates and the five minutes between the limit and now."""
    date = signing.now() + datetime.timedelta(minutes=minutes)
    draft = setting.without_signature(date=date)
    if header == "Date":
        draft.put("X-Amz-Date").put("Date", http_date(date))
    with Connection(setting.port) as connection:
        before = signing.now()
        reply = connection.send(draft.sign())
        now = re.search(rf"\(({SKEW})", reply.text)[1]
        told = datetime.datetime.strptime(now, "%Y%m%dT%H%M%S%z")
        assert before <= told <= signing.now()
        limit = amz_date(told + datetime.timedelta(minutes=5 if minutes > 0 else -5))
        if minutes > 0:
            text = f"not yet current: {amz_date(date)} is still later than {limit} ({now} + 5 min.)"
        else:
            text = f"expired: {amz_date(date)} is now earlier than {limit} ({now} - 5 min.)"
        assert_fault(reply, SERVICE + "InvalidSignatureException", "Signature " + text)
        assert connection.send(setting.good()).status == 200


@pytest.mark.parametrize("seconds", [-290, 290])
def test_a_date_within_five_minutes(setting, seconds):
    date = signing.now() + datetime.timedelta(seconds=seconds)
    with Connection(setting.port) as connection:
        assert connection.send(setting.good(date=date)).status == 200


def test_x_amz_date_goes_before_date(setting):
    """An old Date does no harm, and a new one does not help an old X-Amz-Date."""
    old = signing.now() - datetime.timedelta(minutes=6)
    with Connection(setting.port) as connection:
        assert connection.send(setting.good(more=[("Date", http_date(old))])).status == 200
        draft = setting.good(date=old, more=[("Date", http_date(signing.now()))])
        reply = connection.send(draft)
        assert reply.text.startswith(f"Signature expired: {amz_date(old)} is now earlier")


@pytest.fixture(scope="module")
def explaining(tmp_path_factory):
    """The port of a server that explains, and the keys of a user."""
    directory = tmp_path_factory.mktemp("explaining")
    folder = AccessFolder(directory / "access")
    alice = folder.user("alice", [EVERYTHING])
    options = ["--access", folder.path, "--explain-signatures"]
    with harness.Server(directory / "data", options) as server:
        yield server.port, alice


class TestExplained:
    """With --explain-signatures a mismatch quotes what should have been signed (protocol.md 6.5)."""

    MISMATCH = (
        "The request signature we calculated does not match the signature you provided. "
        "Check your AWS Secret Access Key and signing method. "
        "Consult the service documentation for details."
    )

    def draft(self, explaining, **options):
        """A signed request that remembers which headers are."""
        port, alice = explaining
        draft = signing.post(port, alice, **options)
        draft.signed = draft.signed_names()
        return draft.sign()

    def explanation(self, draft):
        """The text for a request as it arrives."""
        names = draft.signed_names()
        return (
            f"{self.MISMATCH}\n\nThe Canonical String for this request should have been\n"
            f"'{draft.canonical(names)}'\n\nThe String-to-Sign should have been\n"
            f"'{draft.string_to_sign(names)}'\n"
        )

    def refused(self, explaining, draft):
        with Connection(explaining[0]) as connection:
            reply = connection.send(draft)
            assert_fault(reply, SERVICE + "InvalidSignatureException", self.explanation(draft))

    def test_another_secret(self, explaining):
        port, alice = explaining
        self.refused(explaining, self.draft((port, alice._replace(secret="another"))))

    @pytest.mark.parametrize(
        "change",
        [
            {"body": b'{"registrationStatus": "DEPRECATED"}'},
            {"path": "/base"},
            {"query": "a=1"},
        ],
        ids=["body", "path", "query"],
    )
    def test_what_a_proxy_changed(self, explaining, change):
        self.refused(explaining, dataclasses.replace(self.draft(explaining), **change))

    def test_long_heads_are_quoted_in_whole(self, explaining):
        draft = self.draft(explaining, more=[("X-Long", "x" * 8000)])
        draft.path = "/elsewhere"
        self.refused(explaining, draft)

    def test_other_refusals_are_as_ever(self, explaining):
        port, alice = explaining
        text = "The security token included in the request is invalid."
        unknown = self.draft((port, alice._replace(access_key_id="AKIAUNKNOWN")))
        with Connection(port) as connection:
            reply = connection.send(unknown)
            assert_fault(reply, SERVICE + "UnrecognizedClientException", text)
            assert connection.send(self.draft(explaining)).status == 200
