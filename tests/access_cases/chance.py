"""Policies and requests by chance, from a small alphabet and a fixed seed.

Only what protocol.md decides is drawn: set operators for the key with many
values, other operators for the rest. The verdicts are the evaluator's.
"""

import json
import random

from .evaluator import evaluate
from .names import DOMAIN
from .shape import NEW, OLD

SEED = 20261123
COUNT = 2000

BASE = "arn:aws:swf:us-east-1:123456789012:/domain/"
ROLE = "arn:aws:iam::123456789012:role/"
ACTIONS = ["swf:StartWorkflowExecution", "swf:StartTimer", "swf:PollForActivityTask",
           "swf:TagResource", "swf:ListDomains"]
ACTION_PATTERNS = [*ACTIONS, *["*", "swf:*", "swf:*"] * 3, "swf:Start*", "SWF:*TASK*", "swf:*i?t*",
                   "iam:PassRole"]
RESOURCES = [DOMAIN, BASE + "blue", BASE + "blue-1", BASE + "*", BASE + "a:b"]
RESOURCE_PATTERNS = [*["*"] * 8, DOMAIN, BASE + "*", BASE + "blue*", BASE + "?lue",
                     "arn:aws:swf:*:*:/domain/o*", "arn:aws:swf", "arn:aws:swf:*:/domain/*",
                     "arn:aws:swf::123456789012:/domain/orders", BASE + "${aws:PrincipalTag/team}",
                     BASE + "${aws:PrincipalTag/team, 'orders'}*", BASE + "${*}", BASE + "*:?"]

TEXTS = ["orders", "Orders", "o*", "blue", "b?u*", "", "${aws:PrincipalTag/team}",
         "${swf:taskList.name, 'blue'}", "${*}", "${aws:username}"]
INSTANTS = ["2026-01-01", "2026-06-01T12:00:00Z", "2026-06-01T14:00:00+02:00", "1780315200",
            "2026-12-31T23:59:59.500Z"]

# Operators of a family, its keys, what policies say, what requests have.
FAMILIES = [
    (["StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase",
      "StringLike", "StringNotLike"],
     ["swf:taskList.name", "aws:PrincipalTag/team", "AWS:ResourceTag/team"],
     TEXTS, ["orders", "Orders", "blue", "blue-1", "*", "o*"]),
    (["NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericLessThanEquals",
      "NumericGreaterThan", "NumericGreaterThanEquals"],
     ["aws:PrincipalTag/level"], ["1", "2.5", 3, "10"], ["1", "1.0", "2.50", "3", "9", "many"]),
    (["DateEquals", "DateNotEquals", "DateLessThan", "DateLessThanEquals", "DateGreaterThan",
      "DateGreaterThanEquals"],
     ["aws:CurrentTime", "aws:TokenIssueTime"], [*INSTANTS, 1767225600], [*INSTANTS, "noon"]),
    (["Bool"], ["aws:SecureTransport"], ["true", "false", True], ["true", "false", "perhaps"]),
    (["BinaryEquals"], ["aws:RequestTag/seal"], ["AAEC", "QQ=="], ["AAEC", "QQ==", "?"]),
    (["IpAddress", "NotIpAddress"], ["aws:SourceIp"],
     ["10.0.0.0/8", "10.1.2.3", "2001:db8::/32", "0.0.0.0/0"],
     ["10.1.2.3", "10.9.9.9", "192.0.2.1", "2001:db8::1", "nowhere"]),
    (["ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike"], ["aws:PrincipalArn"],
     [ROLE + "build-*", "arn:aws:iam", "arn:aws:iam:*:role/*", ROLE + "${aws:PrincipalTag/team}"],
     [ROLE + "build-7", ROLE + "blue", "arn:aws:iam::123456789012:user/alice", "alice"]),
]
SET_TEXTS = ["team", "stage", "cost", "T*", "s?age"]


def cases():
    """All of them, the same in each run."""
    dice = random.Random(SEED)
    return [_case(dice, number) for number in range(COUNT)]


def _case(dice, number):
    policies = [_document(dice) for _ in range(dice.choice([1, 1, 1, 2]))]
    boundary = _document(dice) if dice.random() < 0.1 else None
    session = [_document(dice)] if dice.random() < 0.1 else []
    made = {
        "name": f"chance {number}",
        "policies": policies,
        "boundary": boundary,
        "session": session,
        "action": dice.choice(ACTIONS),
        "resource": dice.choice(RESOURCES),
        "context": _context(dice, json.dumps([policies, boundary, session]).lower()),
    }
    allowed = evaluate(*(made[name] for name in list(made)[1:]))
    return made | {"allowed": allowed}


def _document(dice):
    version = dice.choice([NEW] * 8 + [OLD, None])
    head = {} if version is None else {"Version": version}
    statements = [_statement(dice) for _ in range(dice.choice([1, 1, 2, 3]))]
    return head | {"Statement": statements if len(statements) > 1 else statements[0]}


def _statement(dice):
    statement = {"Effect": "Deny" if dice.random() < 0.15 else "Allow"}
    for element, patterns in [("Action", ACTION_PATTERNS), ("Resource", RESOURCE_PATTERNS)]:
        negation = "Not" if dice.random() < 0.15 else ""
        statement[negation + element] = _some(dice, patterns)
    if dice.random() < 0.6:
        statement["Condition"] = dict(_condition(dice) for _ in range(dice.choice([1, 1, 1, 2])))
    return statement


def _some(dice, values):
    count = dice.choice([1, 1, 1, 2, 3])
    if count == 1:
        return dice.choice(values)
    # One value may stand in the alphabet many times, so that it is drawn more often.
    return list(dict.fromkeys(dice.sample(values, min(count, len(values)))))


def _condition(dice):
    if dice.random() < 0.1:
        key = dice.choice(["aws:ResourceTag/team", "swf:taskList.name", "aws:TokenIssueTime"])
        return "Null", {key: dice.choice(["true", "false", True, False])}
    if_exists = "IfExists" if dice.random() < 0.3 else ""
    if dice.random() < 0.2:
        prefix = dice.choice(["ForAllValues:", "ForAnyValue:"])
        operator = dice.choice(FAMILIES[0][0])
        return prefix + operator + if_exists, {"aws:TagKeys": _some(dice, SET_TEXTS)}
    operators, keys, wanted, _ = dice.choice(FAMILIES)
    return dice.choice(operators) + if_exists, {dice.choice(keys): _some(dice, wanted)}


def _context(dice, mentioned):
    """Values of keys that the documents mention; each is absent now and then."""
    drawn = {}
    for _, keys, _, values in FAMILIES:
        drawn |= {key.replace("AWS:", "aws:"): dice.choice(values) for key in keys}
    count = dice.choice(range(4))
    drawn["aws:TagKeys"] = dice.sample(["team", "stage", "Team", "other"], count)
    drawn["aws:username"] = "orders"
    return {
        key: value
        for key, value in drawn.items()
        if key.lower() in mentioned and dice.random() < 0.75
    }
