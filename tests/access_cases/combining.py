"""Several statements, policies and conditions; boundaries and session policies; case rules."""

from .names import DOMAIN
from .shape import NEW, OLD, allow, case, deny, document

BASE = "arn:aws:swf:us-east-1:123456789012:/domain/"
POLL = "swf:PollForActivityTask"
FAST = {"swf:taskList.name": "fast"}
ALL = document(allow())

STATEMENTS = [
    case("No policy at all", False, []),
    case("A policy with a Deny alone", False, [deny("swf:ListDomains")]),
    case("Deny over Allow", False, [allow(), deny("swf:DescribeDomain")]),
    case("Deny over Allow, the other way round", False, [deny("swf:DescribeDomain"), allow()]),
    case("Deny over Allow for another action", True, [allow(), deny("swf:ListDomains")]),
    case("Deny over Allow for another resource", True,
         [allow(), deny("*", BASE + "invoices")]),
    case("Deny over a narrower Allow", False, [allow("swf:DescribeDomain", DOMAIN), deny("*")]),
    case("Deny in another policy", False,
         [document(allow()), document(deny("swf:Describe*"))]),
    case("Deny in the first of several policies", False,
         [document(deny("swf:Describe*")), document(allow()), document(allow())]),
    case("Allow in the last of several policies", True,
         [document(allow("swf:List*")), document(allow("swf:Count*")), document(allow())]),
    case("Allow in the last of several statements", True,
         [allow("swf:List*"), allow("swf:Count*"), allow("swf:Describe*")]),
    case("Action in one statement, resource in another", False,
         [allow("swf:Describe*", BASE + "invoices"), allow("swf:List*", DOMAIN)]),
    case("A Deny whose condition fails", True,
         [allow(), deny(condition={"StringEquals": {"aws:ResourceTag/stage": "production"}})],
         context={"aws:ResourceTag/stage": "test"}),
    case("A Deny whose condition holds", False,
         [allow(), deny(condition={"StringEquals": {"aws:ResourceTag/stage": "production"}})],
         context={"aws:ResourceTag/stage": "production"}),
    case("A Deny of an absent key", True,
         [allow(), deny(condition={"StringEquals": {"aws:ResourceTag/stage": "production"}})]),
    case("A negated Deny of an absent key", False,
         [allow(), deny(condition={"StringNotEquals": {"aws:ResourceTag/stage": "test"}})]),
    case("A Deny, IfExists, of an absent key", False,
         [allow(), deny(condition={"StringEqualsIfExists": {"aws:ResourceTag/stage": "test"}})]),
    case("A Deny, ForAllValues, of an absent key", False,
         [allow(), deny(condition={"ForAllValues:StringEquals": {"aws:TagKeys": "team"}})]),
    case("A Deny, ForAnyValue, of an absent key", True,
         [allow(), deny(condition={"ForAnyValue:StringEquals": {"aws:TagKeys": "team"}})]),
    case("A value that cannot be read does not end the evaluation", True,
         [allow(condition={"NumericEquals": {"aws:PrincipalTag/level": "3"}}), allow()],
         context={"aws:PrincipalTag/level": "three"}),
    case("A value that cannot be read in a Deny", True,
         [allow(), deny(condition={"NumericEquals": {"aws:PrincipalTag/level": "3"}})],
         context={"aws:PrincipalTag/level": "three"}),
    case("A value that cannot be read in a negated Deny", False,
         [allow(), deny(condition={"NumericNotEquals": {"aws:PrincipalTag/level": "3"}})],
         context={"aws:PrincipalTag/level": "three"}),
    case("Everything but one action", False, [allow(None, NotAction="swf:DescribeDomain")]),
]


def _poll(name, allowed, condition, context):
    return case(f"Conditions: {name}", allowed, [allow(POLL, condition=condition)], POLL,
                context=context)


TWO_KEYS = {"StringEquals": {"swf:taskList.name": "fast", "aws:ResourceTag/stage": "test"}}
TWO_OPERATORS = {
    "StringLike": {"swf:taskList.name": "f*"},
    "StringNotEquals": {"swf:taskList.name": ["fast", "first"]},
}

CONDITIONS = [
    _poll("none in the block", True, {}, {}),
    _poll("both keys as wanted", True, TWO_KEYS, FAST | {"aws:ResourceTag/stage": "test"}),
    _poll("the second key otherwise", False, TWO_KEYS, FAST | {"aws:ResourceTag/stage": "x"}),
    _poll("the first key otherwise", False, TWO_KEYS,
          {"swf:taskList.name": "slow", "aws:ResourceTag/stage": "test"}),
    _poll("the second key absent", False, TWO_KEYS, FAST),
    _poll("both operators hold", True, TWO_OPERATORS, {"swf:taskList.name": "free"}),
    _poll("the negated operator fails", False, TWO_OPERATORS, {"swf:taskList.name": "first"}),
    _poll("the positive operator fails", False, TWO_OPERATORS, {"swf:taskList.name": "slow"}),
    _poll("a negated operator of many values, none fits", True,
          {"StringNotLike": {"swf:taskList.name": ["a*", "b*", "c*"]}}, FAST),
    _poll("a negated operator of many values, the last fits", False,
          {"StringNotLike": {"swf:taskList.name": ["a*", "b*", "f*"]}}, FAST),
    _poll("a negated operator of many values, the first fits", False,
          {"StringNotLike": {"swf:taskList.name": ["f*", "b*", "c*"]}}, FAST),
    _poll("between two numbers", True,
          {"NumericGreaterThan": {"aws:PrincipalTag/level": "1"},
           "NumericLessThan": {"aws:PrincipalTag/level": "5"}}, {"aws:PrincipalTag/level": "3"}),
    _poll("not between two numbers", False,
          {"NumericGreaterThan": {"aws:PrincipalTag/level": "1"},
           "NumericLessThan": {"aws:PrincipalTag/level": "5"}}, {"aws:PrincipalTag/level": "7"}),
    _poll("between two dates", True,
          {"DateGreaterThan": {"aws:CurrentTime": "2026-01-01"},
           "DateLessThan": {"aws:CurrentTime": "2027-01-01T00:00:00+01:00"}},
          {"aws:CurrentTime": "2026-12-31T22:59:59Z"}),
    _poll("just not between two dates", False,
          {"DateGreaterThan": {"aws:CurrentTime": "2026-01-01"},
           "DateLessThan": {"aws:CurrentTime": "2027-01-01T00:00:00+01:00"}},
          {"aws:CurrentTime": "2026-12-31T23:00:00Z"}),
    _poll("present and as wanted", True,
          {"Null": {"swf:taskList.name": "false"}, "StringEquals": {"swf:taskList.name": "fast"}},
          FAST),
    _poll("a set that is neither empty nor strange", True,
          {"Null": {"aws:TagKeys": "false"}, "ForAllValues:StringEquals": {"aws:TagKeys": "a"}},
          {"aws:TagKeys": ["a"]}),
    _poll("a set that must not be absent", False,
          {"Null": {"aws:TagKeys": "false"}, "ForAllValues:StringEquals": {"aws:TagKeys": "a"}},
          {}),
    _poll("ForAllValues and ForAnyValue of one key", True,
          {"ForAllValues:StringLike": {"aws:TagKeys": ["a*", "b*"]},
           "ForAnyValue:StringLike": {"aws:TagKeys": "b*"}}, {"aws:TagKeys": ["a1", "b1"]}),
    _poll("ForAnyValue of that key fails", False,
          {"ForAllValues:StringLike": {"aws:TagKeys": ["a*", "b*"]},
           "ForAnyValue:StringLike": {"aws:TagKeys": "b*"}}, {"aws:TagKeys": ["a1", "a2"]}),
    _poll("ForAnyValue, negated: one is not among them", True,
          {"ForAnyValue:StringNotEquals": {"aws:TagKeys": ["a", "b"]}},
          {"aws:TagKeys": ["a", "c"]}),
    _poll("ForAnyValue, negated: all are among them", False,
          {"ForAnyValue:StringNotEquals": {"aws:TagKeys": ["a", "b"]}},
          {"aws:TagKeys": ["b", "a"]}),
    _poll("ForAllValues, negated: one is among them", False,
          {"ForAllValues:StringNotEquals": {"aws:TagKeys": ["a", "b"]}},
          {"aws:TagKeys": ["c", "b"]}),
    _poll("a set operator on a key with one value", True,
          {"ForAnyValue:StringEquals": {"swf:taskList.name": ["fast", "slow"]}}, FAST),
    _poll("keys in other case", True, {"StringEquals": {"SWF:TASKLIST.NAME": "fast"}}, FAST),
    _poll("keys in other case, global", True,
          {"IpAddress": {"AWS:sourceip": "10.0.0.0/8"}}, {"aws:SourceIp": "10.1.2.3"}),
    _poll("keys in other case, of a set", True,
          {"ForAnyValue:StringEquals": {"aws:tagkeys": "a"}}, {"aws:TagKeys": ["a"]}),
    _poll("keys in other case, Null", False, {"Null": {"aws:TAGKEYS": "true"}},
          {"aws:TagKeys": ["a"]}),
    _poll("a key that the operation does not have", False,
          {"StringEquals": {"swf:workflowType.name": "orders"}}, FAST),
    _poll("a key that the operation does not have, IfExists", True,
          {"StringEqualsIfExists": {"swf:workflowType.name": "orders"}}, FAST),
]


def _bounded(name, allowed, policies, boundary, session=()):
    return case(f"Layers: {name}", allowed, policies, boundary=boundary, session=session)


OTHER = document(allow("swf:List*"))
NO = document(allow(), deny("swf:Describe*"))

LAYERS = [
    _bounded("a boundary that allows", True, ALL, ALL),
    _bounded("a boundary that does not allow", False, ALL, OTHER),
    _bounded("a boundary alone gives nothing", False, [], ALL),
    _bounded("a boundary wider than the policy", False, OTHER, ALL),
    _bounded("a boundary that denies", False, ALL, NO),
    _bounded("a policy that denies within the boundary", False, NO, ALL),
    _bounded("a boundary whose condition fails", False, ALL,
             document(allow(condition={"StringEquals": {"aws:ResourceTag/stage": "test"}}))),
    _bounded("a boundary for the domain", True, ALL, document(allow("*", DOMAIN))),
    _bounded("a boundary for another domain", False, ALL, document(allow("*", BASE + "invoices"))),
    _bounded("a boundary without Allow", False, ALL, document(deny("swf:List*"))),
    _bounded("a session policy that allows", True, ALL, None, [ALL]),
    _bounded("a session policy that does not allow", False, ALL, None, [OTHER]),
    _bounded("a session policy alone gives nothing", False, [], None, [ALL]),
    _bounded("a session policy that denies", False, ALL, None, [NO]),
    _bounded("a session policy wider than the policy", False, OTHER, None, [ALL]),
    _bounded("session policies, all of which allow", True, ALL, None, [ALL, ALL]),
    _bounded("session policies, one of which allows", True, ALL, None, [OTHER, ALL]),
    _bounded("session policies, none of which allows", False, ALL, None, [OTHER, OTHER]),
    _bounded("session policies, one of which denies", False, ALL, None, [ALL, NO]),
    _bounded("boundary and session policy allow", True, ALL, ALL, [ALL]),
    _bounded("the boundary does not allow, the session policy does", False, ALL, OTHER, [ALL]),
    _bounded("the session policy does not allow, the boundary does", False, ALL, ALL, [OTHER]),
    _bounded("all allow, by different statements", True, document(allow("*", DOMAIN)),
             document(allow("swf:*")), [document(allow("swf:Describe*", BASE + "o*"))]),
]

SINGLE = {"Version": NEW, "Statement": allow("swf:DescribeDomain")}

SHAPES = [
    case("Shape: one statement without a list", True, [SINGLE]),
    case("Shape: lists of one", True, [allow(["swf:DescribeDomain"], [DOMAIN])]),
    case("Shape: Id and Sid", True,
         [{"Id": "first", **document(allow(Sid="AllowAll"), deny("swf:List*", Sid="NoLists"))}]),
    case("Shape: the older version", True, [document(allow(), version=OLD)]),
    case("Shape: no version", True, [document(allow(), version=None)]),
    case("Shape: conditions in the older version", True,
         [document(allow(condition={"StringLike": {"aws:ResourceTag/stage": "t*"}}), version=OLD)],
         context={"aws:ResourceTag/stage": "test"}),
    case("Shape: a newer policy beside an older one", True,
         [document(allow(resource=BASE + "${aws:PrincipalTag/team}"), version=OLD),
          document(allow(resource=BASE + "${aws:PrincipalTag/team}"))],
         resource=BASE + "blue", context={"aws:PrincipalTag/team": "blue"}),
    case("Shape: many statements", True,
         [allow("swf:List*", BASE + f"domain-{number}") for number in range(30)] + [allow()]),
]

CASES = STATEMENTS + CONDITIONS + LAYERS + SHAPES
