"""`everbeat access` as a person uses it: a folder from nothing, keys, policies and sessions, and what the server makes of it."""

import os
import re
import stat

import pytest

import harness
import raw
import world
from access_calls import LIVE
from access_command import Access, Served
from access_folder import Keys, statement
from access_server import (
    EVER,
    REFUSED,
    domain_arn,
    fault,
    is_refused,
    refusal,
    user_arn,
)
from clients import AwsCli, Fault

INVALID = "UnrecognizedClientException"
EXPIRED = "ExpiredTokenException"
USAGE, FAILURE = 252, 1
NAME = "shop"


@pytest.fixture
def access(tmp_path):
    """A folder that was just made, with an administrator."""
    made = Access(tmp_path)
    made.admin = made.init()
    return made


@pytest.fixture
def served(access):
    with Served(access) as running:
        yield running


def code(call, operation="ListDomains", **params):
    """The code of the fault, or None."""
    try:
        call(operation, **(params or LIVE))
    except Fault as raised:
        return raised.code
    return None


def becomes(call, expected, operation="ListDomains", **params):
    harness.wait_until(
        lambda: code(call, operation, **params) == expected,
        f"{operation} answers {expected}",
    )


def test_from_nothing_to_the_first_call(access, served):
    """The exports that `init` prints are what the aws command line needs."""
    mode = stat.S_IMODE((access.path / "secrets.toml").stat().st_mode)
    assert mode == 0o600
    assert access.admin.secret not in (access.path / "access.toml").read_text()
    assert "secrets.toml" in (access.path / ".gitignore").read_text().splitlines()
    client = AwsCli(served.endpoint, access.admin)
    client.call("RegisterDomain", name=NAME, workflowExecutionRetentionPeriodInDays="1")
    (info,) = client.call("ListDomains", **LIVE)["domainInfos"]
    assert info["arn"] == domain_arn(NAME)
    wrong = AwsCli(served.endpoint, access.admin._replace(secret="x" * 40))
    assert fault(wrong.call, "ListDomains", **LIVE)[0] == "InvalidSignatureException"


def test_a_user_by_hand(access, served):
    """A user, a key, policies on and off, a group, and the end: each within seconds, the server running all the time."""
    assert "alice" in access("create-user", "alice")
    keys = access.keys("create-key", "alice")
    call = served.client(keys).call
    becomes(call, REFUSED)
    access.policy("lister", statement("Allow", "swf:ListDomains"))
    access("attach-policy", "lister", "--user", "alice")
    becomes(call, None)
    access("detach-policy", "lister", "--user", "alice")
    becomes(call, REFUSED)
    access("create-group", "listers", "--policy", "lister")
    access("add-to-group", "alice", "listers")
    becomes(call, None)
    access("remove-from-group", "alice", "listers")
    becomes(call, REFUSED)
    access("attach-policy", "administrator", "--user", "alice")
    becomes(call, None)
    access("delete-user", "alice")
    becomes(call, INVALID)
    assert "alice" not in access("list")
    assert served.is_running()


def test_a_key_is_rotated_without_a_gap(access, served):
    access("create-user", "alice", "--policy", "administrator")
    old = access.keys("create-key", "alice")
    old_call = served.client(old).call
    becomes(old_call, None)
    new = access.keys("rotate-key", old.access_key_id)
    assert new.access_key_id != old.access_key_id and new.secret != old.secret
    new_call = served.client(new).call
    becomes(new_call, None)
    assert code(old_call) is None
    access("delete-key", old.access_key_id)
    becomes(old_call, INVALID)
    assert code(new_call) is None
    text = access.path.joinpath("secrets.toml").read_text()
    assert old.access_key_id not in text and old.secret not in text


def test_a_key_of_root(access, served):
    root = access.keys("create-key", "--root")
    call = served.client(root).call
    becomes(call, None)
    access.policy("nothing", statement("Deny", "*"))
    access("attach-policy", "nothing", "--user", "admin")
    becomes(served.client(access.admin).call, REFUSED)
    assert code(call) is None


def test_sessions(access, served):
    access.policy("narrow", statement("Allow", "swf:ListDomains"))
    access("create-role", "ci", "--policy", "administrator")
    session = access.keys("create-session", "--role", "ci", "--name", "build-7")
    narrow = access.keys("create-session", "--role", "ci", "--policy", "narrow")
    assert session.token and session.access_key_id.startswith("ASIA")
    call = served.client(session).call
    becomes(call, None)
    assert code(served.client(session._replace(token=None)).call) == INVALID
    becomes(served.client(narrow).call, None)
    text = fault(served.client(narrow).call, "DescribeDomain", name=NAME)[1]
    assert text.startswith(f"User: arn:aws:sts::{harness.ACCOUNT}:assumed-role/ci/everbeat is not")
    given = access.json("create-session", "--user", "admin", "--seconds", "900")
    assert set(given) == {"Version", "AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"}
    of_user = Keys(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
    becomes(served.client(of_user).call, None)
    # Its end comes earlier when the file says so.
    secrets = access.path / "secrets.toml"
    changed = re.sub(
        r'expires = "?20[^"\n]*"?', 'expires = "2026-01-01T00:00:00Z"', secrets.read_text()
    )
    changed = re.sub(r'issued = "?20[^"\n]*"?', 'issued = "2025-12-31T00:00:00Z"', changed)
    assert changed != secrets.read_text()
    secrets.write_text(changed)
    becomes(call, EXPIRED)
    assert access.failed(USAGE, "create-session", "--role", "ci", "--seconds", "1")


def test_list_and_explain(access):
    access("create-group", "workers", "--policy", "worker")
    access(
        "create-user", "bob", "--group", "workers", "--tag", "team=blue", "--boundary", "decider"
    )
    keys = access.keys("create-key", "bob")
    listed = access("list")
    for word in (
        "account " + harness.ACCOUNT,
        "user admin",
        "user bob",
        "group workers",
        keys.access_key_id,
    ):
        assert word in listed
    assert keys.secret not in listed and access.admin.secret not in listed
    (account,) = access.json("list")["accounts"]
    (bob,) = [user for user in account["users"] if user["name"] == "bob"]
    assert (bob["groups"], bob["boundary"], bob["tags"]) == (
        ["workers"],
        "decider",
        {"team": "blue"},
    )
    assert bob["keys"] == [{"id": keys.access_key_id, "usable": True}]
    explained = access.json("explain", "--user", "bob")
    assert {each["policy"] for each in explained} == {"worker", "decider"}
    assert {each["document"]["Effect"] for each in explained} == {"Allow"}
    assert {each["from"] for each in explained} == {"group workers", "boundary"}
    text = access("explain", "--user", "bob")
    assert "group workers" in text and "worker.json" in text and "boundary" in text
    assert "swf:RecordActivityTaskHeartbeat" in text


BROKEN = [
    ('"Action": "swf:ListDomain"', "swf:ListDomains"),
    ('"Acton": "swf:ListDomains"', "Action"),
    ('"Action": "swf:ScheduleLambdaFunction"', None),
    (
        '"Action": "swf:*", "Condition": {"StringEqual": {"swf:taskList.name": "a"}}',
        "StringEquals",
    ),
    (
        '"Action": "swf:*", "Condition": {"StringEquals": {"swf:taskList.nam": "a"}}',
        "swf:taskList.name",
    ),
    (
        '"Action": "swf:RecordActivityTaskHeartbeat", "Condition": {"StringEquals": {"swf:details": "a"}}',
        None,
    ),
]


@pytest.mark.parametrize(("part", "nearest"), BROKEN)
def test_a_policy_with_an_unknown_name(access, served, part, nearest):
    """The file, the line and the nearest known name; the server keeps to what it had."""
    call = served.client(access.admin).call
    assert code(call) is None
    text = '{\n"Version": "2012-10-17",\n"Statement": {\n"Effect": "Allow",\n"Resource": "*",\n%s\n}\n}\n'
    (access.path / "policies" / "broken.json").write_text(text % part)
    refused = access.failed(FAILURE, "check")
    assert "broken.json, line 6" in refused
    if nearest:
        assert f"did you mean '{nearest}'?" in refused, refused
    harness.wait_until(lambda: "broken.json, line 6" in served.logged(), "the server says so")
    assert code(call) is None
    # Another change is not taken while the folder is broken, and is when it is whole again.
    (access.path / "policies" / "broken.json").unlink()
    assert "can be loaded" in access("check")


def test_what_cannot_be_done(access):
    access("create-user", "alice")
    for status, words, text in [
        (FAILURE, ["create-user", "alice"], "already"),
        (FAILURE, ["create-user", "Alice"], "already"),
        (FAILURE, ["create-key", "alise"], "did you mean 'alice'?"),
        (FAILURE, ["attach-policy", "worked", "--user", "alice"], "did you mean 'worker'?"),
        (FAILURE, ["detach-policy", "worker", "--user", "alice"], "does not have"),
        (FAILURE, ["delete-key", "AKIANOTTHERE00000000"], "there is no access key"),
        (FAILURE, ["init"], "already"),
        (USAGE, ["create-user", "a b"], "letters"),
        (USAGE, ["attach-policy", "worker"], "--user"),
        (
            USAGE,
            ["simulate", "--user", "alice", "--action", "swf:Lis", "--resource", "*"],
            "swf:Lis",
        ),
        (USAGE, ["frobnicate"], "frobnicate"),
    ]:
        before = {path.name: path.read_bytes() for path in access.path.iterdir() if path.is_file()}
        assert text in access.failed(status, *words)
        after = {path.name: path.read_bytes() for path in access.path.iterdir() if path.is_file()}
        assert before == after


def test_what_was_written_by_hand_stays_and_commands_wait_for_each_other(access):
    remark = "# Written by hand, to stay.\n"
    file = access.path / "access.toml"
    file.write_text(remark + file.read_text())
    names = [f"user-{number}" for number in range(12)]
    started = [
        access.program.start("access", "create-user", name, "--folder", str(access.path))
        for name in names
    ]
    for process in started:
        assert process.communicate(timeout=raw.REPLY_SECONDS)[1] == b""
        assert process.returncode == 0
    assert file.read_text().startswith(remark)
    (account,) = access.json("list")["accounts"]
    assert {user["name"] for user in account["users"]} == {"admin", *names}


def test_secrets_that_others_may_read_are_refused(access, tmp_path):
    secrets = access.path / "secrets.toml"
    for mode in (0o644, 0o640, 0o606):
        secrets.chmod(mode)
        text = access.failed(FAILURE, "check")
        assert "secrets.toml" in text and access.admin.secret not in text
        with pytest.raises(harness.ServerDidNotStart) as refused:
            Served(access).start()
        assert "secrets.toml" in str(refused.value) and access.admin.secret not in str(
            refused.value
        )
    secrets.chmod(0o600)
    with Served(access) as running:
        call = running.client(access.admin).call
        assert code(call) is None
        secrets.chmod(0o644)
        os.utime(secrets)
        harness.wait_until(lambda: "secrets.toml" in running.logged(), "the server warns")
        assert code(call) is None


def test_a_secret_of_the_environment(access):
    access("create-user", "alice", "--policy", "administrator")
    keys = access.keys("create-key", "alice")
    secrets = access.path / "secrets.toml"
    kept, _, _ = secrets.read_text().partition(f"[key.{keys.access_key_id}]")
    secrets.write_text(kept)
    name = f"EVERBEAT_SECRET_{keys.access_key_id}"
    os.environ[name] = "another-secret-of-the-environment"
    try:
        with Served(access) as running:
            good = keys._replace(secret=os.environ[name])
            assert code(running.client(good).call) is None
            assert code(running.client(keys).call) == "InvalidSignatureException"
    finally:
        del os.environ[name]


ORDERS = {"name": "order", "version": "1.0"}
LISTED = {"domain": NAME, "startTimeFilter": EVER}
SIMULATED = [
    ("ListDomains", "*", {}, LIVE),
    ("DescribeDomain", NAME, {}, {"name": NAME}),
    ("DeprecateDomain", "other", {}, {"name": "other"}),
    ("CountOpenWorkflowExecutions", NAME, {}, LISTED),
    (
        "CountOpenWorkflowExecutions",
        NAME,
        {"swf:tagFilter.tag": "red"},
        LISTED | {"tagFilter": {"tag": "red"}},
    ),
    (
        "DescribeWorkflowType",
        NAME,
        {"swf:workflowType.name": "order", "swf:workflowType.version": "1.0"},
        {"domain": NAME, "workflowType": ORDERS},
    ),
    (
        "CountPendingDecisionTasks",
        NAME,
        {"swf:taskList.name": "main"},
        {"domain": NAME, "taskList": {"name": "main"}},
    ),
    (
        "CountPendingActivityTasks",
        NAME,
        {"swf:taskList.name": "other"},
        {"domain": NAME, "taskList": {"name": "other"}},
    ),
]


DECIDED = [
    (world.start_timer("a", "900"), {}),
    (world.start_timer("b", "900"), {"aws:SourceIp": "127.0.0.1"}),
    (world.start_timer("c", "900"), {"aws:UserAgent": "any", "aws:SecureTransport": "false"}),
    (world.start_timer("d", "900"), {"swf:taskList.name": "main"}),
    (world.schedule("e", taskList={"name": "main"}), {"swf:taskList.name": "main"}),
    (world.schedule("f", taskList={"name": "other"}), {"swf:taskList.name": "other"}),
    (world.decision("RecordMarker", markerName="g"), {"aws:SourceIp": "127.0.0.1"}),
]


def deciders():
    """Policies that allow decisions by keys which some decisions have and others never."""
    here = {"IpAddress": {"aws:SourceIp": "127.0.0.0/8"}}
    elsewhere = {"NotIpAddress": {"aws:SourceIp": "127.0.0.0/8"}}
    plain = {"Bool": {"aws:SecureTransport": "false"}}
    listed = {"StringEquals": {"swf:taskList.name": "main"}}
    unlisted = {"Null": {"swf:taskList.name": "true"}}
    respond = statement("Allow", "swf:RespondDecisionTaskCompleted")
    decide = ["swf:StartTimer", "swf:ScheduleActivityTask", "swf:RecordMarker"]
    return {
        name: [respond, *(statement("Allow", decide, **more) for more in conditions)]
        for name, conditions in {
            "all": [{}],
            "here": [{"Condition": here}],
            "plain": [{"Condition": plain}],
            "elsewhere": [{"Condition": elsewhere}],
            "listed": [{"Condition": listed}],
            "unlisted": [{"Condition": unlisted}],
        }.items()
    }


def test_simulate_agrees_with_the_server_about_decisions(access):
    """Each decision is made and rehearsed with the keys that a call has; those that decisions never have do not count."""
    users = {}
    for name, statements in deciders().items():
        access.policy(name, *statements)
        access("create-user", name, "--policy", name)
        users[name] = access.keys("create-key", name)
    access("create-role", "ci", "--policy", "all")
    users["session"] = access.keys("create-session", "--role", "ci", "--policy", "listed")
    outcomes = set()
    with Served(access) as running:
        domain = world.World(running.root, NAME)
        for user, keys in users.items():
            run = domain.start(taskList={"name": user})
            task = domain.decision_task(user)
            running.client(keys).call(
                "RespondDecisionTaskCompleted",
                taskToken=task["taskToken"],
                decisions=[decision for decision, _ in DECIDED],
            )
            events = run.history(after=task["startedEventId"] + 1)
            assert len(events) >= len(DECIDED)
            for (decision, context), (event, _) in zip(DECIDED, events, strict=False):
                given = [word for item in context.items() for word in ("--context", "=".join(item))]
                said = access.json(
                    "simulate", "--key", keys.access_key_id,
                    "--action", f"swf:{decision['decisionType']}",
                    "--resource", domain_arn(NAME), *given,
                )  # fmt: skip
                assert said["allowed"] != event.endswith("Failed"), (user, decision, said)
                outcomes.add((user, said["allowed"]))
    assert outcomes == {
        ("all", True),
        ("here", False),
        ("plain", False),
        ("elsewhere", True),
        *((user, answer) for user in ("listed", "unlisted", "session") for answer in (True, False)),
    }


def test_simulate_agrees_with_the_server(access):
    on_main = {"StringEqualsIfExists": {"swf:taskList.name": "main"}}
    red = {"StringEquals": {"swf:tagFilter.tag": "red"}}
    access.policy(
        "mixed",
        statement(
            "Allow", ["swf:Describe*", "swf:CountPending*"], domain_arn(NAME), Condition=on_main
        ),
        {"Sid": "Red", **statement("Allow", "swf:CountOpen*", Condition=red)},
    )
    access.policy("shut", statement("Allow", "swf:*"), statement("Deny", "swf:*Domain*"))
    access.policy("own", statement("Allow", "swf:*", domain_arn("${aws:username}")))
    for name, policy in (("mixed", "mixed"), ("shut", "shut"), (NAME, "own"), ("none", None)):
        access("create-user", name, *(["--policy", policy] if policy else []))
    users = {name: access.keys("create-key", name) for name in ("mixed", "shut", NAME, "none")}
    outcomes = set()
    with Served(access) as running:
        for name in (NAME, "other"):
            world.World(running.root, name)
        for user, keys in (users | {"admin": access.admin}).items():
            for operation, domain, context, params in SIMULATED:
                given = [word for item in context.items() for word in ("--context", "=".join(item))]
                said = access.json(
                    "simulate", "--user", user, "--action", f"swf:{operation}",
                    "--resource", domain_arn(domain), *given,
                )  # fmt: skip
                answered = not is_refused(running.client(keys).call, operation, **params)
                assert said["allowed"] == answered, (user, operation, said)
                outcomes.add((user, said["allowed"], said["policy"], said["statement"]))
                if operation == "DeprecateDomain" and answered:
                    running.root.call("UndeprecateDomain", name=domain)
    assert {
        ("mixed", True, "mixed", 1),
        ("mixed", True, "mixed", 2),
        ("mixed", False, None, None),
    } <= outcomes
    assert {("shut", False, "shut", 2), ("none", False, None, None)} <= outcomes
    text = access(
        "simulate", "--user", "mixed", "--action", "swf:CountOpenWorkflowExecutions",
        "--resource", domain_arn(NAME), "--context", "swf:tagFilter.tag=red",
    )  # fmt: skip
    assert text.startswith("allowed") and "mixed.json" in text and "Red" in text


def test_the_caller_is_told_less_than_simulate(access, served):
    access("create-user", "alice", "--policy", "worker")
    call = served.client(access.keys("create-key", "alice")).call
    becomes(call, REFUSED)
    text = refusal(user_arn("alice"), "swf:ListDomains", domain_arn("*"))
    assert fault(call, "ListDomains", **LIVE) == (REFUSED, text)
