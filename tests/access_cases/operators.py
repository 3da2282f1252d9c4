"""Every operator: plain, with IfExists, with ForAllValues and ForAnyValue.

A row names an operator, what the policy says, a request value for which the
condition holds and one for which it fails; the forms follow from that.
"""

from .shape import case, where

ONE = "aws:RequestTag/value"
MANY = "aws:TagKeys"
ROLE = "arn:aws:iam::123456789012:role/"

ROWS = [
    ("StringEquals", "blue", "blue", "Blue"),
    ("StringNotEquals", "blue", "Blue", "blue"),
    ("StringEqualsIgnoreCase", "Blue", "bLUE", "blues"),
    ("StringNotEqualsIgnoreCase", "Blue", "blues", "bLUE"),
    ("StringLike", "b?u*", "blue", "Blue"),
    ("StringNotLike", "b?u*", "bue", "blueish"),
    ("NumericEquals", "10", "10.0", "11"),
    ("NumericNotEquals", 10, "10.01", "10"),
    ("NumericLessThan", "10", "9.99", "10"),
    ("NumericLessThanEquals", "10", "10", "10.5"),
    ("NumericGreaterThan", 2, "10", "2"),
    ("NumericGreaterThanEquals", "2.5", "2.50", "2.4"),
    ("DateEquals", "2026-01-01", "2026-01-01T00:00:00Z", "2026-01-01T00:00:01Z"),
    ("DateNotEquals", "2026-01-01", "2026-01-01T00:00:01Z", "2026-01-01T00:00:00Z"),
    ("DateLessThan", "2026-01-01T00:00:00Z", "2025-12-31T23:59:59Z", "2026-01-01T00:00:00Z"),
    ("DateLessThanEquals", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z", "2026-01-01T00:00:01Z"),
    ("DateGreaterThan", "2026-01-01T00:00:00Z", "2026-01-01T00:00:01Z", "2026-01-01T00:00:00Z"),
    ("DateGreaterThanEquals", "2026-01-01", "2026-01-01", "2025-12-31"),
    ("Bool", "true", "true", "false"),
    ("BinaryEquals", "QmluYXJ5", "QmluYXJ5", "YmluYXJ5"),
    ("IpAddress", "10.1.0.0/16", "10.1.255.255", "10.2.0.0"),
    ("NotIpAddress", "10.1.0.0/16", "10.2.0.0", "10.1.0.0"),
    ("ArnEquals", ROLE + "build-*", ROLE + "build-7", ROLE + "deploy"),
    ("ArnLike", ROLE + "build-*", ROLE + "build-7", ROLE + "deploy"),
    ("ArnNotEquals", ROLE + "build-*", ROLE + "deploy", ROLE + "build-7"),
    ("ArnNotLike", ROLE + "build-*", ROLE + "deploy", ROLE + "build-7"),
]

NEGATED = [row[0] for row in ROWS if "Not" in row[0]]


def _tagging(name, allowed, policy, context):
    return case(name, allowed, policy, "swf:TagResource", context=context)


def _one_value(operator, wanted, holds, fails):
    absent = operator in NEGATED
    for suffix, without in [("", absent), ("IfExists", True)]:
        policy = where(operator + suffix, ONE, wanted)
        yield _tagging(f"{operator}{suffix} holds", True, policy, {ONE: holds})
        yield _tagging(f"{operator}{suffix} fails", False, policy, {ONE: fails})
        yield _tagging(f"{operator}{suffix} with the key absent", without, policy, {})


def _for_all_values(operator, wanted, holds, fails):
    name = f"ForAllValues:{operator}"
    policy = where(name, MANY, wanted)
    yield _tagging(f"{name} with the key absent", True, policy, {})
    yield _tagging(f"{name} of no value", True, policy, {MANY: []})
    yield _tagging(f"{name} of values that all hold", True, policy, {MANY: [holds, holds]})
    yield _tagging(f"{name} of values of which one fails", False, policy, {MANY: [holds, fails]})
    policy = where(f"{name}IfExists", MANY, wanted)
    yield _tagging(f"{name}IfExists with the key absent", True, policy, {})
    yield _tagging(f"{name}IfExists of values of which one fails", False, policy,
                   {MANY: [fails, holds]})


def _for_any_value(operator, wanted, holds, fails):
    name = f"ForAnyValue:{operator}"
    policy = where(name, MANY, wanted)
    yield _tagging(f"{name} with the key absent", False, policy, {})
    yield _tagging(f"{name} of no value", False, policy, {MANY: []})
    yield _tagging(f"{name} of values that all fail", False, policy, {MANY: [fails, fails]})
    yield _tagging(f"{name} of values of which one holds", True, policy, {MANY: [fails, holds]})
    policy = where(f"{name}IfExists", MANY, wanted)
    yield _tagging(f"{name}IfExists with the key absent", True, policy, {})
    yield _tagging(f"{name}IfExists of values that all fail", False, policy, {MANY: [fails]})


NULL = [
    _tagging("Null true with the key absent", True, where("Null", ONE, "true"), {}),
    _tagging("Null true with the key present", False, where("Null", ONE, "true"), {ONE: "blue"}),
    _tagging("Null false with the key absent", False, where("Null", ONE, "false"), {}),
    _tagging("Null false with the key present", True, where("Null", ONE, "false"), {ONE: "blue"}),
    _tagging("Null as a JSON true, absent", True, where("Null", ONE, True), {}),
    _tagging("Null as a JSON true, present", False, where("Null", ONE, True), {ONE: "blue"}),
    _tagging("Null as a JSON false, absent", False, where("Null", ONE, False), {}),
    _tagging("Null as a JSON false, present", True, where("Null", ONE, False), {ONE: "blue"}),
    _tagging("Null true and false are alternatives", True, where("Null", ONE, ["true", "false"]),
             {}),
    _tagging("Null false of a key with many values", True, where("Null", MANY, "false"),
             {MANY: ["a", "b"]}),
    _tagging("Null does not look at the value", True, where("Null", ONE, "false"), {ONE: "true"}),
]

FORMS = [_one_value, _for_all_values, _for_any_value]
CASES = [made for row in ROWS for form in FORMS for made in form(*row)] + NULL
