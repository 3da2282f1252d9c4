"""Each of the 39 operations with the least permission, without it, with an explicit deny, and for another domain only.

One request is tried by all who may not, and then by who may: so it was good all along. What nobody was allowed to do
has changed nothing that root can see.
"""

import pytest

import access_calls
import access_server
import world
from access_folder import AccessFolder, allow, document, statement
from access_server import (
    REFUSED,
    Guarded,
    domain_arn,
    fault,
    refusal,
    snapshot,
    user_arn,
)
from world import decision

OPERATIONS = sorted(access_server.model().operation_names)
ROLE = "arn:aws:iam::123456789012:role/functions"
ROOM = {"workflowExecutionRetentionPeriodInDays": "1"}
TAGS = [{"key": "team", "value": "blue"}]
NOWHERE = "no-such-domain"


EVERYTHING = statement("Allow", "swf:*")
TO_SWF = {"StringEquals": {"iam:PassedToService": "swf.amazonaws.com"}}
TO_LAMBDA = {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}
PASSES = {
    "passes": statement("Allow", "iam:PassRole", ROLE),
    "passes-to-swf": statement("Allow", "iam:PassRole", ROLE, Condition=TO_SWF),
    "passes-to-lambda": statement("Allow", "iam:PassRole", ROLE, Condition=TO_LAMBDA),
    "passes-another": statement("Allow", "iam:PassRole", f"{ROLE}-2"),
    "passes-by-swf": EVERYTHING,
    "passes-not": statement("Deny", "iam:PassRole"),
}
MAY_PASS = ("passes", "passes-to-swf")


def policies():
    """The policies of each user, by the user's name."""
    found = {"nobody": []}
    for operation in OPERATIONS:
        action = f"swf:{operation}"
        resource = domain_arn(access_calls.target(operation, operation))
        found[f"allowed-{operation}"] = [allow(action, resource)]
        found[f"forbidden-{operation}"] = [document(EVERYTHING, statement("Deny", action))]
        found[f"elsewhere-{operation}"] = [allow(action, domain_arn("elsewhere"))]
    found["register"] = [allow("swf:RegisterDomain")]
    found["register-and-tag"] = [allow(["swf:RegisterDomain", "swf:TagResource"])]
    found["register-and-tag-others"] = [
        document(
            statement("Allow", "swf:RegisterDomain"),
            statement("Allow", "swf:TagResource", domain_arn("elsewhere")),
        )
    ]
    for name, passing in PASSES.items():
        found[name] = [document(EVERYTHING, passing)]
    return found


@pytest.fixture(scope="module")
def people(tmp_path_factory):
    """The access folder, and the keys of each user by name."""
    folder = AccessFolder(tmp_path_factory.mktemp("access"))
    with folder.together():
        return folder, {name: folder.user(name, owned) for name, owned in policies().items()}


@pytest.fixture(scope="module")
def guarded(people):
    with Guarded(people[0]) as running:
        yield running


@pytest.fixture
def who(guarded, people):
    """A function from a user's name to a client."""
    return lambda name: guarded.client(people[1][name])


def test_there_is_a_request_for_every_operation():
    assert len(OPERATIONS) == 39
    assert sorted(access_calls.CALLS) == OPERATIONS


@pytest.mark.parametrize("operation", OPERATIONS)
def test_who_may(guarded, who, operation):
    domain = world.World(guarded.root, operation)
    params = access_calls.CALLS[operation](domain)
    action = f"swf:{operation}"
    resource = domain_arn(access_calls.target(operation, operation))
    before = snapshot(guarded.root, operation)
    for name, explicit in [
        ("nobody", False),
        (f"forbidden-{operation}", True),
        (f"elsewhere-{operation}", False),
    ]:
        text = refusal(user_arn(name), action, resource, explicit)
        assert fault(who(name).call, operation, **params) == (REFUSED, text)
    assert snapshot(guarded.root, operation) == before
    who(f"allowed-{operation}").call(operation, **params)
    changed = snapshot(guarded.root, operation) != before
    assert changed == access_calls.changes(operation)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_whether_a_domain_exists_is_told_only_to_who_may(guarded, who, operation):
    domain = world.World(guarded.root, f"existing-{operation}")
    params = access_calls.CALLS[operation](domain)
    params = access_calls.in_another_domain(params, NOWHERE)
    if params is None:
        return
    text = refusal(user_arn("nobody"), f"swf:{operation}", domain_arn(NOWHERE))
    assert fault(who("nobody").call, operation, **params) == (REFUSED, text)
    unknown = ("UnknownResourceFault", f"Unknown domain: {NOWHERE}")
    assert fault(guarded.root.call, operation, **params) == unknown


def test_the_reply_is_an_http_400_with_its_text_under_message(guarded, people):
    reply = guarded.http(people[1]["nobody"]).post("ListDomains", access_calls.LIVE)
    assert reply.status == 400
    text = refusal(user_arn("nobody"), "swf:ListDomains", domain_arn("*"))
    kind = "com.amazon.coral.service#AccessDeniedException"
    assert reply.json == {"__type": kind, "Message": text}
    assert reply.headers["x-amzn-ErrorType"] == "AccessDeniedException"


def test_a_request_is_read_and_checked_before_permissions(who):
    """Order of checks, protocol.md 5.1: constraints of the model come before policies."""
    code, _ = fault(who("nobody").call, "DescribeDomain", name="x" * 257)
    assert code == "ValidationException"


def test_a_domain_with_tags_needs_a_second_permission(guarded, who):
    arn = domain_arn("tagged")
    for name in ("register", "register-and-tag-others"):
        text = refusal(user_arn(name), "swf:TagResource", arn)
        refused = fault(who(name).call, "RegisterDomain", name="tagged", tags=TAGS, **ROOM)
        assert refused == (REFUSED, text)
    gone = ("UnknownResourceFault", "Unknown domain: tagged")
    assert fault(guarded.root.call, "DescribeDomain", name="tagged") == gone
    who("register").call("RegisterDomain", name="untagged", **ROOM)
    who("register-and-tag").call("RegisterDomain", name="tagged", tags=TAGS, **ROOM)
    assert guarded.root.call("ListTagsForResource", resourceArn=arn) == {"tags": TAGS}


def with_role(operation, domain):
    """A request that gives a role away."""
    if operation == "RegisterWorkflowType":
        named = {"name": "with-role", "version": "1", "defaultLambdaRole": ROLE}
    elif operation == "StartWorkflowExecution":
        named = {"workflowId": "w", "workflowType": world.WORKFLOW_TYPE, "lambdaRole": ROLE}
    else:
        domain.start()
        kind, more = operation.partition("/")[2], {}
        if kind == "StartChildWorkflowExecution":
            more = {"workflowId": "child", "workflowType": world.WORKFLOW_TYPE}
        return {
            "taskToken": domain.decision_task()["taskToken"],
            "decisions": [decision(kind, lambdaRole=ROLE, **more)],
        }
    return {"domain": domain.name} | named


@pytest.mark.parametrize(
    "operation",
    [
        "RegisterWorkflowType",
        "StartWorkflowExecution",
        "RespondDecisionTaskCompleted/StartChildWorkflowExecution",
        "RespondDecisionTaskCompleted/ContinueAsNewWorkflowExecution",
    ],
)
def test_a_role_must_be_passed(guarded, who, operation):
    call = operation.partition("/")[0]
    for number, may in enumerate(MAY_PASS):
        domain = world.World(guarded.root, f"{operation.replace('/', '-')}-{number}")
        params = with_role(operation, domain)
        before = snapshot(guarded.root, domain.name)
        for name in sorted(set(PASSES) - set(MAY_PASS)):
            text = refusal(user_arn(name), "iam:PassRole", ROLE, explicit=name == "passes-not")
            assert fault(who(name).call, call, **params) == (REFUSED, text)
        assert snapshot(guarded.root, domain.name) == before
        who(may).call(call, **params)
        assert snapshot(guarded.root, domain.name) != before


def test_who_passes_no_role_needs_no_permission_for_it(guarded, who):
    """Also where the type has a role by default, which somebody else passed."""
    domain = world.World(guarded.root, "role-by-default")
    kind = {"name": "with-role", "version": "1"}
    defaults = world.WORKFLOW_DEFAULTS | {"defaultLambdaRole": ROLE}
    domain.call("RegisterWorkflowType", **kind, **defaults)
    run = who("passes-not").call(
        "StartWorkflowExecution", domain=domain.name, workflowId="w", workflowType=kind
    )
    execution = {"workflowId": "w", "runId": run["runId"]}
    described = domain.call("DescribeWorkflowExecution", execution=execution)
    assert described["executionConfiguration"]["lambdaRole"] == ROLE
