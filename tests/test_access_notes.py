"""What `everbeat access` says besides its result, checked against what the server does; and folders that are open."""

import json
import subprocess

import pytest

import harness
import world
from access_calls import LIVE
from access_command import Access, Served
from access_folder import statement
from access_server import REFUSED, domain_arn, fault, is_refused

USAGE, FAILURE = 252, 1
NAME = "shop"
ONE_TAG = [{"key": "team", "value": "blue"}]
IS_OPEN = "everybody may change this folder"


@pytest.fixture
def access(tmp_path):
    """A folder that was just made, with an administrator."""
    made = Access(tmp_path)
    made.admin = made.init()
    return made


def user(access, name, *statements):
    """A user with one policy of its own name; the keys."""
    access.policy(name, *statements)
    access("create-user", name, "--policy", name)
    return access.keys("create-key", name)


def simulated(access, who, action, *words, resource=None):
    """What is said of a user; text and JSON say the same."""
    asked = ["simulate", "--user", who, "--action", action, *words]
    asked += ["--resource", resource] if resource else []
    said = access.json(*asked)
    notes = [line for line in access(*asked).splitlines() if line.startswith("note: ")]
    assert notes == [f"note: {note}" for note in said["notes"]]
    return said


@pytest.mark.parametrize("mode", [0o777, 0o1777, 0o757], ids=oct)
@pytest.mark.parametrize("below", [".", "policies"])
def test_a_folder_that_everybody_may_change_is_refused(access, below, mode):
    """Who may write the folder can replace its files, whatever their own modes are."""
    folder = access.path / below
    folder.chmod(mode)
    for words in (["check"], ["list"], ["create-user", "alice"], ["create-key", "admin"]):
        text = access.failed(FAILURE, *words)
        assert IS_OPEN in text and f"chmod o-w {folder}" in text
    with pytest.raises(harness.ServerDidNotStart) as refused:
        Served(access).start()
    assert IS_OPEN in str(refused.value) and str(folder) in str(refused.value)
    folder.chmod(0o775)
    assert "can be loaded" in access("check")


def test_a_running_server_takes_nothing_of_an_open_folder(access):
    with Served(access) as running:
        access.path.chmod(0o777)
        toml = access.path / "access.toml"
        toml.write_text(toml.read_text() + "\n# Changed.\n")
        harness.wait_until(lambda: IS_OPEN in running.logged(), "the server says so")
        running.root.call("ListDomains", **LIVE)


def test_a_long_term_key_forgets_the_token_of_a_session(access):
    everbeat = f"'{harness.binary()}' access --folder '{access.path}'"
    script = f"""
        eval "$({everbeat} create-session --user admin)"
        test -n "$AWS_SESSION_TOKEN" || exit 7
        eval "$({everbeat} create-key admin)"
        echo "${{AWS_SESSION_TOKEN-none}}"
        export AWS_SESSION_TOKEN=old
        eval "$({everbeat} rotate-key "$AWS_ACCESS_KEY_ID")"
        echo "${{AWS_SESSION_TOKEN-none}}"
    """
    done = subprocess.run(
        ["sh", "-c", script],
        env=access.program.environment,
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "none\nnone\n", "")


def test_all_domains_are_what_list_domains_is_about(access):
    """`*` and nothing at all are taken for what the server asks about; another domain gets a note with the answer."""
    right = user(access, "right", statement("Allow", "swf:ListDomains", domain_arn("*")))
    wrong = user(access, "wrong", statement("Allow", "swf:ListDomains", domain_arn(NAME)))
    asks = f"the server asks about {domain_arn('*')}"
    with Served(access) as running:
        for who, keys in (("right", right), ("wrong", wrong)):
            allowed = not is_refused(running.client(keys).call, "ListDomains", **LIVE)
            assert allowed == (who == "right")
            for resource in (None, "*", domain_arn("*")):
                said = simulated(access, who, "swf:ListDomains", resource=resource)
                assert said["allowed"] == allowed
                assert [asks in note for note in said["notes"]] == (
                    [] if resource == domain_arn("*") else [True]
                )
    said = simulated(access, "wrong", "swf:ListDomains", resource=domain_arn(NAME))
    (note,) = said["notes"]
    assert said["allowed"] and f"{asks}, which is denied" in note


def test_keys_that_were_not_given_are_named(access):
    """Without the note the rehearsal would say the opposite of what the server does."""
    here = {"IpAddress": {"aws:SourceIp": "127.0.0.0/8"}}
    keys = user(access, "alice", statement("Allow", "swf:*", Condition=here))
    with Served(access) as running:
        assert not is_refused(running.client(keys).call, "ListDomains", **LIVE)
    said = simulated(access, "alice", "swf:ListDomains", resource=domain_arn("*"))
    assert not said["allowed"]
    assert said["notes"] == ["a statement tests aws:SourceIp, which was not given"]
    given = ["--context", "aws:SourceIp=127.0.0.1"]
    said = simulated(access, "alice", "swf:ListDomains", *given, resource=domain_arn("*"))
    assert (said["allowed"], said["notes"]) == (True, [])


def test_what_else_an_operation_needs_is_told(access):
    """A domain with tags needs two permissions; the note says which one is missing."""
    keys = user(access, "alice", statement("Allow", "swf:RegisterDomain"))
    both = user(access, "bob", statement("Allow", ["swf:RegisterDomain", "swf:TagResource"]))
    period = {"workflowExecutionRetentionPeriodInDays": "1"}
    given = ["--context", "aws:RequestTag/team=blue"]
    with Served(access) as running:
        for who, keys, allowed in (("alice", keys, False), ("bob", both, True)):
            call = running.client(keys).call
            tagged = {"name": f"{who}-tagged", "tags": ONE_TAG} | period
            assert is_refused(call, "RegisterDomain", **tagged) != allowed
            assert not is_refused(call, "RegisterDomain", name=f"{who}-plain", **period)
            said = simulated(
                access, who, "swf:RegisterDomain", *given, resource=domain_arn(f"{who}-tagged")
            )
            (note,) = said["notes"]
            is_allowed = "swf:TagResource, which is allowed" in note
            assert said["allowed"] and is_allowed == allowed, note
            said = simulated(access, who, "swf:RegisterDomain", resource=domain_arn(f"{who}-plain"))
            assert (said["allowed"], said["notes"]) == (True, [])


def test_a_decision_needs_its_call(access):
    keys = user(access, "alice", statement("Allow", "swf:StartTimer"))
    with Served(access) as running:
        domain = world.World(running.root, NAME)
        domain.start()
        token = domain.decision_task()["taskToken"]
        call = running.client(keys).call
        timer = world.start_timer("a", "9")
        code, text = fault(
            call, "RespondDecisionTaskCompleted", taskToken=token, decisions=[timer]
        )
        assert code == REFUSED and "swf:RespondDecisionTaskCompleted" in text
    said = simulated(access, "alice", "swf:StartTimer", resource=domain_arn(NAME))
    (note,) = said["notes"]
    assert said["allowed"] and "swf:RespondDecisionTaskCompleted, which is denied" in note
    said = simulated(access, "admin", "swf:StartTimer", resource=domain_arn(NAME))
    assert "swf:RespondDecisionTaskCompleted, which is allowed" in said["notes"][0]


CHILD, NEXT = "StartChildWorkflowExecution", "ContinueAsNewWorkflowExecution"
TWO_NAMES = [
    (CHILD, "swf:tagList.0", "swf:tagList.member.0", "red"),
    (CHILD, "swf:tagList.member.0", "swf:tagList.0", "red"),
    (NEXT, "swf:workflowTypeVersion", "swf:workflowType.version", "1.0"),
    (NEXT, "swf:workflowType.version", "swf:workflowTypeVersion", "1.0"),
]


@pytest.mark.parametrize(("action", "tested", "given", "value"), TWO_NAMES)
def test_both_names_of_a_value_are_supplied(access, action, tested, given, value):
    condition = {"StringEquals": {tested: value}}
    keys = user(
        access,
        "decider",
        statement("Allow", "swf:RespondDecisionTaskCompleted"),
        statement("Allow", f"swf:{action}", Condition=condition),
    )
    child = {"workflowId": "child", "workflowType": world.WORKFLOW_TYPE}
    attributes = {"tagList": [value]} | child if action == CHILD else {"workflowTypeVersion": value}
    with Served(access) as running:
        domain = world.World(running.root, NAME)
        run = domain.start()
        task = domain.decision_task()
        running.client(keys).call(
            "RespondDecisionTaskCompleted",
            taskToken=task["taskToken"],
            decisions=[world.decision(action, **attributes)],
        )
        outcome = run.history(after=task["startedEventId"] + 1)[0][0]
    assert not outcome.endswith("Failed")
    words = ["--context", f"{given}={value}"]
    said = simulated(access, "decider", f"swf:{action}", *words, resource=domain_arn(NAME))
    assert said["allowed"]
    words = ["--context", f"{given}=other"]
    said = simulated(access, "decider", f"swf:{action}", *words, resource=domain_arn(NAME))
    assert not said["allowed"]


def test_own_calls_and_other_accounts(access):
    action = "swf:DescribeHeartbeats"
    said = simulated(access, "admin", action, resource=domain_arn(NAME))
    (note,) = said["notes"]
    assert said["allowed"] and "swf:DescribeWorkflowExecution" in note
    other = domain_arn(NAME, account="210987654321")
    said = simulated(access, "admin", "swf:DescribeDomain", resource=other)
    (note,) = said["notes"]
    assert "never reachable" in note and harness.ACCOUNT in note


def test_values_that_no_request_has(access):
    words = ["simulate", "--user", "admin", "--action", "swf:ListDomains", "--context"]
    for given in ("aws:SourceIp=hello", "aws:CurrentTime=yesterday", "aws:SecureTransport=yes"):
        key, _, value = given.partition("=")
        text = access.failed(USAGE, *words, given)
        assert key in text and value in text
    other = ["--context", "aws:username=other"]
    said = simulated(access, "admin", "swf:ListDomains", *other, resource=domain_arn("*"))
    assert "'aws:username' is 'admin'" in said["notes"][0]


def test_a_boundary_and_a_session_policy_are_named_as_such(access):
    access.policy("shut", statement("Deny", "swf:*"))
    access("create-user", "alice", "--policy", "administrator", "--boundary", "shut")
    said = simulated(access, "alice", "swf:DescribeDomain", resource=domain_arn(NAME))
    assert said["reason"] == "denied by statement 1 of the permissions boundary shut"
    keys = access.keys("create-session", "--user", "admin", "--policy", "shut")
    said = access.json(
        "simulate", "--key", keys.access_key_id, "--action", "swf:DescribeDomain",
        "--resource", domain_arn(NAME),
    )  # fmt: skip
    assert said["reason"] == "denied by statement 1 of the session policy shut"


def test_a_check_tells_of_every_file(access):
    policies = access.path / "policies"
    (policies / "worker.json").write_text("\ufeff{}")
    (policies / "decider.json").write_text("{}")
    (policies / "Spare.JSON").write_text("{}")
    text = access.failed(FAILURE, "check")
    assert "decider.json" in text and "worker.json" in text and "byte order mark" in text
    done = access.run("check", "--json")
    errors = json.loads(done.stdout)["errors"]
    assert (done.status, done.stderr) == (FAILURE, "")
    assert [error["file"].rsplit("/", 1)[1] for error in errors] == ["decider.json", "worker.json"]
    for name in ("worker", "decider"):
        access.policy(name, statement("Allow", "swf:ListDomains"))
    (warning,) = access.json("check")["warnings"]
    assert "Spare.JSON" in warning and "not read" in warning


def test_hints(access):
    access("create-role", "ci")
    text = access.failed(FAILURE, "create-key", "ci")
    assert f"everbeat access --folder {access.path} create-session --role ci" in text
    text = access.failed(FAILURE, "create-user", "alice", "--policy", "heartbeats")
    assert f"{access.path}/policies/heartbeats.json" in text
    assert access("help") == access("--help")
    printed = access("rotate-key", access.admin.access_key_id)
    assert f"access --folder {access.path} delete-key {access.admin.access_key_id}" in printed
    access("create-user", "bob")
    assert "last" not in access("delete-user", "bob")
    gone = access("delete-user", "admin")
    assert "its last user" in gone and "no access key any more" in gone
