"""Every action with and without permission, and every condition key of every action."""

from . import names
from .shape import allow, case, deny, document

ROLE = "arn:aws:iam::123456789012:role/lambda-caller"

# A value of each kind of key, and another one; keys by their last word.
VALUES = {
    "tag": ("urgent", "later"),
    "name": ("orders", "invoices"),
    "version": ("1.0", "2.0"),
    "workflowTypeVersion": ("1.0", "2.0"),
    **{str(index): (f"tag-{index}", f"tag-{index + 1}") for index in range(5)},
}


def _resource(action):
    return {
        "swf:ListDomains": "arn:aws:swf:us-east-1:123456789012:/domain/*",
        "iam:PassRole": ROLE,
    }.get(action, names.DOMAIN)


def _bare(action, other):
    resource = _resource(action)
    enough = document(allow(action, resource))
    yield case(f"{action} with a policy for it alone", True, enough, action, resource)
    yield case(f"{action} with a policy for {other}", False, document(allow(other)), action,
               resource)
    yield case(f"{action} denied where all is allowed", False,
               [allow("*"), deny(action, resource)], action, resource)


def _keyed(action, key):
    wanted, other = VALUES[key.rpartition(":")[2].rpartition(".")[2]]
    policy = document(allow(action, condition={"StringEquals": {key: wanted}}))
    yield case(f"{action} with {key} as wanted", True, policy, action, context={key: wanted})
    yield case(f"{action} with another {key}", False, policy, action, context={key: other})
    yield case(f"{action} without {key}", False, policy, action)


def _request_tag(action):
    policy = document(allow(action, condition={"StringEquals": {"aws:RequestTag/team": "blue"}}))
    for name, allowed, context in [
        ("as wanted", True, {"aws:RequestTag/team": "blue", "aws:TagKeys": ["team"]}),
        ("of another value", False, {"aws:RequestTag/team": "red", "aws:TagKeys": ["team"]}),
        ("of another name", False, {"aws:RequestTag/squad": "blue", "aws:TagKeys": ["squad"]}),
        ("absent", False, {}),
    ]:
        yield case(f"{action} with aws:RequestTag {name}", allowed, policy, action, context=context)


def _tag_keys(action):
    condition = {"ForAnyValue:StringEquals": {"aws:TagKeys": ["team", "cost"]}}
    policy = document(allow(action, condition=condition))
    for name, allowed, context in [
        ("of which one is wanted", True, {"aws:TagKeys": ["squad", "cost"]}),
        ("of which none is wanted", False, {"aws:TagKeys": ["squad", "Team!"]}),
        ("absent", False, {}),
    ]:
        yield case(f"{action} with aws:TagKeys {name}", allowed, policy, action, context=context)


def _keys(action, keys):
    for key in keys:
        if key.startswith("aws:RequestTag/"):
            yield from _request_tag(action)
        elif key == "aws:TagKeys":
            yield from _tag_keys(action)
        else:
            yield from _keyed(action, key)


def _all():
    table = {f"swf:{name}": keys for name, keys in (names.OPERATIONS | names.DECISIONS).items()}
    for action, other in zip(names.ACTIONS, names.ACTIONS[1:] + names.ACTIONS[:1], strict=True):
        yield from _bare(action, other)
        yield from _keys(action, table.get(action, []))


def _passing(name, allowed, service, role=ROLE, action="iam:PassRole"):
    condition = {"StringEquals": {"iam:PassedToService": "swf.amazonaws.com"}}
    policy = document(allow("iam:PassRole", ROLE, condition))
    context = {} if service is None else {"iam:PassedToService": service}
    return case(name, allowed, policy, action, role, context)


PASSING = [
    _passing("iam:PassRole to this service", True, "swf.amazonaws.com"),
    _passing("iam:PassRole to another service", False, "lambda.amazonaws.com"),
    _passing("iam:PassRole without iam:PassedToService", False, None),
    _passing("iam:PassRole of another role", False, "swf.amazonaws.com", ROLE + "-2"),
    case("iam:PassRole is not among swf:*", False, [allow("swf:*")], "iam:PassRole", ROLE),
    case("iam:PassRole is among iam:*", True, [allow("iam:*")], "iam:PassRole", ROLE),
    case("iam:PassRole is among iam:Pass*", True, [allow("iam:Pass*")], "iam:PassRole", ROLE),
    case("iam:PassRole with a pattern of roles", True,
         [allow("iam:PassRole", "arn:aws:iam::*:role/lambda-*")], "iam:PassRole", ROLE),
    case("iam:PassRole with a pattern for SWF's domains", False,
         [allow("*", "arn:aws:swf:*:*:*")], "iam:PassRole", ROLE),
    case("everbeat:MoveClock is not among swf:*", False, [allow("swf:*")], "everbeat:MoveClock"),
    case("everbeat:MoveClock is among everbeat:*", True, [allow("everbeat:*")],
         "everbeat:MoveClock"),
    case("everbeat:MoveClock is among all", True, [allow("*")], "everbeat:MoveClock"),
    case("RegisterDomain does not bring TagResource", False, [allow("swf:RegisterDomain")],
         "swf:TagResource", context={"aws:TagKeys": ["team"]}),
    case("RespondDecisionTaskCompleted does not bring the decisions", False,
         [allow("swf:RespondDecisionTaskCompleted")], "swf:CompleteWorkflowExecution"),
    case("StartWorkflowExecution does not bring StartChildWorkflowExecution", False,
         [allow("swf:StartWorkflowExecution")], "swf:StartChildWorkflowExecution"),
    case("swf:* covers decisions", True, [allow("swf:*")], "swf:StartTimer"),
]

CASES = [*_all(), *PASSING]
