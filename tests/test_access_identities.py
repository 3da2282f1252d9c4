"""Who somebody is: groups, boundaries, roles and their sessions, root, and accounts; and changes of all that while the
server runs."""

import datetime
import types

import pytest

import harness
import signing
import world
from access_calls import LIVE
from access_folder import AccessFolder, allow, change_user, deny, narrowed_session
from access_server import (
    REFUSED,
    Guarded,
    domain_arn,
    fault,
    is_refused,
    refusal,
    user_arn,
)
from clients import Fault
from connections import settle

OTHER_ACCOUNT = "210987654321"
NAME = "shop"
SESSION = f"arn:aws:sts::{harness.ACCOUNT}:assumed-role/ci/build-7"
DESCRIBE = {"name": NAME}
UNKNOWN = ("UnknownResourceFault", f"Unknown domain: {NAME}")
INVALID = (
    "UnrecognizedClientException",
    "The security token included in the request is invalid.",
)
EXPIRED = ("ExpiredTokenException", "The security token included in the request is expired")


def conditioned(**condition):
    return allow("swf:DescribeDomain", Condition=condition)


ROLE_KEYS = {
    "arn": ({"ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::*:role/role-arn"}}, True),
    "session-arn": ({"ArnEquals": {"aws:PrincipalArn": "arn:aws:sts::*:assumed-role/*"}}, False),
    "type": ({"StringEquals": {"aws:PrincipalType": "AssumedRole"}}, True),
    "name": ({"Null": {"aws:username": "false"}}, False),
    "userid": ({"StringLike": {"aws:userid": "*:session"}}, True),
    "issued": ({"DateGreaterThan": {"aws:TokenIssueTime": "2020-01-01"}}, True),
    "issued-late": ({"DateGreaterThan": {"aws:TokenIssueTime": "2100-01-01"}}, False),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return AccessFolder(tmp_path_factory.mktemp("access"))


@pytest.fixture(scope="module")
def keys(folder):
    """The keys of all who are there from the beginning."""
    with folder.together():
        folder.group("readers", [allow("swf:Describe*")])
        folder.group("no-domains", [deny("swf:DescribeDomain")])
        narrow = allow(["swf:DescribeDomain", "swf:ListDomains"], domain_arn(NAME))
        found = {
            "reader": folder.user("reader", groups=["readers"]),
            "both": folder.user("both", [allow("swf:*")], groups=["readers", "no-domains"]),
            "bounded": folder.user("bounded", [allow("swf:*")], boundary=allow("swf:Describe*")),
            "only-bounded": folder.user("only-bounded", boundary=allow("swf:*")),
            "ci": folder.role_session("ci", "build-7", [allow("swf:*")]),
            "own-session": folder.user_session("reader"),
            "foreign": folder.user("reader", [allow("swf:*")], account=OTHER_ACCOUNT),
            "reaching": folder.user(
                "reaching", [allow("swf:*", domain_arn(NAME))], account=OTHER_ACCOUNT
            ),
            "foreign-root": folder.root(OTHER_ACCOUNT),
        }
        # Sessions with policies of their own, which can only take away.
        role = f"arn:aws:iam::{harness.ACCOUNT}:role/ci"
        found["narrowed"] = narrowed_session(folder, role, [narrow], "build-7")
        found["wide"] = narrowed_session(folder, user_arn("reader"), [allow("swf:*")])
        for name, (condition, _) in ROLE_KEYS.items():
            found[f"role-{name}"] = folder.role_session(
                f"role-{name}", policies=[conditioned(**condition)]
            )
    return types.SimpleNamespace(**{name.replace("-", "_"): each for name, each in found.items()})


@pytest.fixture(scope="module")
def guarded(folder, keys):
    with Guarded(folder) as running:
        world.World(running.root, NAME)
        yield running


def test_a_group_gives_and_takes(guarded, keys):
    reader = guarded.client(keys.reader).call
    assert not is_refused(reader, "DescribeDomain", **DESCRIBE)
    assert is_refused(reader, "DeprecateDomain", **DESCRIBE)
    both = guarded.client(keys.both).call
    text = refusal(user_arn("both"), "swf:DescribeDomain", domain_arn(NAME), explicit=True)
    assert fault(both, "DescribeDomain", **DESCRIBE) == (REFUSED, text)
    assert not is_refused(both, "ListDomains", **LIVE)


def test_a_boundary_gives_nothing_and_takes_what_is_beyond(guarded, keys):
    bounded = guarded.client(keys.bounded).call
    assert not is_refused(bounded, "DescribeDomain", **DESCRIBE)
    assert is_refused(bounded, "DeprecateDomain", **DESCRIBE)
    assert is_refused(guarded.client(keys.only_bounded).call, "DescribeDomain", **DESCRIBE)


def test_a_session_of_a_role(guarded, keys):
    assert not is_refused(guarded.client(keys.ci).call, "ListDomains", **LIVE)
    narrowed = guarded.client(keys.narrowed).call
    assert not is_refused(narrowed, "DescribeDomain", **DESCRIBE)
    for operation, params in (("ListDomains", LIVE), ("DeprecateDomain", DESCRIBE)):
        code, text = fault(narrowed, operation, **params)
        assert code == REFUSED
        assert text.startswith(f"User: {SESSION} is not authorized to perform: swf:{operation} on")


def test_a_session_of_a_user_has_no_more_than_he(guarded, keys):
    for session in (keys.own_session, keys.wide):
        call = guarded.client(session).call
        assert not is_refused(call, "DescribeDomain", **DESCRIBE)
        text = refusal(user_arn("reader"), "swf:ListDomains", domain_arn("*"))
        assert fault(call, "ListDomains", **LIVE) == (REFUSED, text)


@pytest.mark.parametrize("name", ROLE_KEYS)
def test_keys_of_a_role(guarded, keys, name):
    call = guarded.client(getattr(keys, f"role_{name.replace('-', '_')}")).call
    assert is_refused(call, "DescribeDomain", **DESCRIBE) != ROLE_KEYS[name][1]


def test_a_session_needs_its_token(guarded, keys):
    """Without it, with another one, and a token on a key that needs none."""
    for wrong in (
        keys.ci._replace(token=None),
        keys.ci._replace(token=keys.narrowed.token),
        keys.reader._replace(token=keys.ci.token),
    ):
        assert fault(guarded.client(wrong).call, "ListDomains", **LIVE) == INVALID


def test_root_may_do_everything(guarded):
    for name in ("root-1", "root-2"):
        made = world.World(guarded.root, name)
        guarded.root.call("DeprecateDomain", name=made.name)
    assert (
        guarded.root.call("DescribeDomain", name="root-1")["domainInfo"]["status"] == "DEPRECATED"
    )


def test_accounts_are_apart(guarded, keys):
    """A policy cannot reach into another account, and nobody sees that the other one has a domain of that name."""
    for name in ("foreign", "foreign_root"):
        call = guarded.client(getattr(keys, name)).call
        assert call("ListDomains", **LIVE) == {"domainInfos": []}
        assert fault(call, "DescribeDomain", **DESCRIBE) == UNKNOWN
    call = guarded.client(keys.reaching).call
    resource = domain_arn(NAME, OTHER_ACCOUNT)
    text = refusal(user_arn("reaching", OTHER_ACCOUNT), "swf:DescribeDomain", resource)
    assert fault(call, "DescribeDomain", **DESCRIBE) == (REFUSED, text)
    # The same name in both: one user is not the other.
    theirs = guarded.client(keys.foreign).call
    theirs("RegisterDomain", name="theirs", workflowExecutionRetentionPeriodInDays="1")
    listed = theirs("ListDomains", **LIVE)["domainInfos"]
    assert [info["arn"] for info in listed] == [domain_arn("theirs", OTHER_ACCOUNT)]
    ours = [info["name"] for info in guarded.root.call("ListDomains", **LIVE)["domainInfos"]]
    assert NAME in ours and "theirs" not in ours


def becomes(call, refused, operation="DescribeDomain", **params):
    """Waits until the call is refused, or is not."""
    params = params or DESCRIBE
    harness.wait_until(
        lambda: is_refused(call, operation, **params) == refused,
        f"{operation} refused: {refused}",
    )


def test_changes_take_effect_while_the_server_runs(guarded, folder):
    someone = folder.user("someone")
    call = guarded.client(someone).call

    harness.wait_until(lambda: _code(call) == REFUSED, "the new user is known")
    folder.group("newcomers", [allow("swf:DescribeDomain")])
    change_user(folder, "someone", groups=["newcomers"])
    becomes(call, refused=False)
    folder.policy("no-more", deny("swf:DescribeDomain"))
    change_user(folder, "someone", policies=["no-more"])
    becomes(call, refused=True)
    folder.policy("no-more", deny("swf:DescribeDomain", domain_arn("elsewhere")))
    becomes(call, refused=False)
    folder.remove_user("someone")
    harness.wait_until(lambda: _code(call) == INVALID[0], "the user is gone")


def _code(call):
    try:
        call("DescribeDomain", **DESCRIBE)
    except Fault as raised:
        return raised.code
    return None


def test_a_key_in_use_is_taken_away(guarded, folder):
    first = folder.user("holder", [allow("swf:*")])
    second = folder.another_key("holder")
    calls = [guarded.client(keys).call for keys in (first, second)]
    for call in calls:
        harness.wait_until(lambda call=call: _code(call) is None, "both keys are good")
    folder.disable(first)
    harness.wait_until(lambda: _code(calls[0]) == INVALID[0], "the first key is gone")
    assert _code(calls[1]) is None


def test_a_poll_that_waits_takes_nothing_with_rights_that_are_gone(folder, tmp_path):
    """What waits at a change begins anew, and is then asked again."""
    worker = folder.user("leaver", [allow("swf:*")])
    with Guarded(folder, directory=tmp_path, hold=30) as server:
        domain = world.World(server.root, "leaving")
        body = {"domain": "leaving", "taskList": {"name": world.DECISION_LIST}}
        with signing.Connection(server.port) as connection:
            call = server.client(worker).call
            harness.wait_until(lambda: not is_refused(call, "ListDomains", **LIVE), "he is known")
            connection.begin(signing.signed(server.port, worker, "PollForDecisionTask", body))
            settle(server.port)
            folder.disable(worker)
            reply = connection.reply()
            assert (reply.status, reply.json.get("taskToken")) == (200, None)
            domain.start("after")
            reply = connection.send(
                signing.signed(server.port, worker, "PollForDecisionTask", body)
            )
            assert reply.kind.endswith("#UnrecognizedClientException")


def test_a_session_ends_by_itself(guarded, folder):
    soon = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=5)
    session = folder.role_session("short", policies=[allow("swf:*")], expires=soon)
    call = guarded.client(session).call
    harness.wait_until(lambda: _code(call) is None, "the session is good", timeout=5)
    harness.wait_until(lambda: _code(call) == EXPIRED[0], "the session is over")
    assert fault(call, "DescribeDomain", **DESCRIBE) == EXPIRED


def test_a_broken_file_leaves_the_old_rules_in_force(guarded, folder, keys):
    reader = guarded.client(keys.reader).call
    good = (folder.path / "access.toml").read_text()
    folder.replace("access.toml", good + "\n[account.12]\n")
    harness.wait_until(lambda: "access.toml" in guarded.logged(), "the server says what is wrong")
    assert not is_refused(reader, "DescribeDomain", **DESCRIBE)
    folder.replace("policies/broken.json", '{"Version": "2012-10-17", "Statement": [{"Efect": 1}]}')
    folder.replace("access.toml", good)
    assert not is_refused(reader, "DescribeDomain", **DESCRIBE)
    (folder.path / "policies/broken.json").unlink()
