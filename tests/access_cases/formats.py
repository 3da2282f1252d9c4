"""How texts are read: numbers, dates, addresses, base64, letters, and what cannot be read.

A row says operator, policy value, request value, and whether the condition
holds. What a request has and nobody can read fits no value: positive operators
fail, negated ones hold.
"""

from .shape import case, where

KEY = "aws:RequestTag/value"
ROLE = "arn:aws:iam::123456789012:role/build"

STRINGS = [
    ("StringEquals", "", "", True),
    ("StringEquals", "blue", "blue ", False),
    ("StringEquals", "blu?", "blue", False),
    ("StringEquals", "b*", "b*", True),
    ("StringEquals", "b*", "blue", False),
    ("StringEquals", "naïve", "naïve", True),
    ("StringEquals", "naïve", "naive", False),
    ("StringEquals", "é", "e\u0301", False),
    ("StringEquals", "🙂🙃", "🙂🙃", True),
    ("StringEquals", "10", "10.0", False),
    ("StringEquals", "true", "TRUE", False),
    ("StringEquals", "a\\b\"c", "a\\b\"c", True),
    ("StringEquals", ["red", "blue"], "blue", True),
    ("StringEquals", ["red", "blue"], "green", False),
    ("StringEquals", ["blue"], "blue", True),
    ("StringNotEquals", ["red", "blue"], "blue", False),
    ("StringNotEquals", ["red", "blue"], "green", True),
    ("StringEqualsIgnoreCase", "ÉCOLE", "école", True),
    ("StringEqualsIgnoreCase", "ecole", "école", False),
    ("StringEqualsIgnoreCase", "b*", "BLUE", False),
    ("StringEqualsIgnoreCase", ["RED", "BLUE"], "blue", True),
    ("StringNotEqualsIgnoreCase", ["RED", "BLUE"], "blue", False),
    ("StringNotEqualsIgnoreCase", ["RED", "BLUE"], "green", True),
    ("StringLike", "*", "", True),
    ("StringLike", "?", "", False),
    ("StringLike", "", "", True),
    ("StringLike", "", "a", False),
    ("StringLike", "?", "é", True),
    ("StringLike", "?", "🙂", True),
    ("StringLike", "a?c", "a:c", True),
    ("StringLike", "a*c", "a:b/c", True),
    ("StringLike", "a*c", "abcd", False),
    ("StringLike", "a*c", "a\nc", True),
    ("StringLike", "*a*a*a*", "banana", True),
    ("StringLike", "*a*a*a*a*", "banana", False),
    ("StringLike", "a.c", "abc", False),
    ("StringLike", "a\\*", "a\\bc", True),
    ("StringLike", ["r*", "b*"], "blue", True),
    ("StringNotLike", ["r*", "b*"], "blue", False),
    ("StringNotLike", ["r*", "b*"], "green", True),
]

NUMBERS = [
    ("NumericEquals", "10", "10", True),
    ("NumericEquals", 10, "10.00", True),
    ("NumericEquals", 10.5, "10.5", True),
    ("NumericEquals", "10.50", "10.5", True),
    ("NumericEquals", "010", "10", True),
    ("NumericEquals", "-1", "-1.0", True),
    ("NumericEquals", "0", "-0", True),
    ("NumericEquals", "0.3", "0.30000000000000000001", False),
    ("NumericEquals", "9007199254740993", "9007199254740992", False),
    ("NumericEquals", ["1", "2"], "2", True),
    ("NumericEquals", [1, "2"], "3", False),
    ("NumericNotEquals", ["1", "2"], "2", False),
    ("NumericNotEquals", ["1", "2"], "3", True),
    ("NumericLessThan", "9", "10", False),
    ("NumericLessThan", "10", "9", True),
    ("NumericLessThan", "-1", "-2", True),
    ("NumericLessThan", "0.1", "0.09", True),
    ("NumericLessThan", ["5", "20"], "10", True),
    ("NumericGreaterThan", "-2", "-1", True),
    ("NumericGreaterThan", "9007199254740992", "9007199254740993", True),
    ("NumericGreaterThan", ["5", "20"], "10", True),
    ("NumericGreaterThan", ["15", "20"], "10", False),
    ("NumericGreaterThanEquals", "1", "1.0", True),
    ("NumericLessThanEquals", "1.0", "1", True),
]

NEW_YEAR = "2026-01-01T00:00:00Z"
DATES = [
    ("DateEquals", "2026-01-01", NEW_YEAR, True),
    ("DateEquals", "1767225600", NEW_YEAR, True),
    ("DateEquals", 1767225600, NEW_YEAR, True),
    ("DateEquals", NEW_YEAR, "1767225600", True),
    ("DateEquals", "1767225600", "1767225600", True),
    ("DateEquals", "1767225600", "1767225601", False),
    ("DateEquals", "2026-01-01T00:00Z", NEW_YEAR, True),
    ("DateEquals", "2026-01-01T00:00:00.000Z", NEW_YEAR, True),
    ("DateEquals", "2026-01-01T00:00:00.500Z", NEW_YEAR, False),
    ("DateEquals", "2026-01-01T01:00:00+01:00", NEW_YEAR, True),
    ("DateEquals", "2025-12-31T19:00:00-05:00", NEW_YEAR, True),
    ("DateEquals", "2026-01-01T05:30:00+05:30", NEW_YEAR, True),
    ("DateEquals", "2026-01-01T00:00:00+00:00", NEW_YEAR, True),
    ("DateEquals", "2026-01-01T00:00:00+01:00", NEW_YEAR, False),
    ("DateEquals", NEW_YEAR, "2026-01-01T05:45:00+05:45", True),
    ("DateEquals", ["2025-01-01", "2026-01-01"], NEW_YEAR, True),
    ("DateNotEquals", ["2025-01-01", "2026-01-01"], NEW_YEAR, False),
    ("DateNotEquals", "2025-01-01", NEW_YEAR, True),
    ("DateLessThan", "2026-01-01T00:00:00-01:00", "2026-01-01T00:30:00Z", True),
    ("DateLessThan", "2026-01-01T00:00:00+01:00", "2025-12-31T23:30:00Z", False),
    ("DateLessThan", "2026-01-01T00:00:00.500Z", NEW_YEAR, True),
    ("DateGreaterThan", "2024-02-29", "2024-03-01", True),
    ("DateGreaterThan", "1999-12-31T23:59:59Z", NEW_YEAR, True),
    ("DateGreaterThan", "2026-01-01", "1767225601", True),
    ("DateGreaterThan", "2026-01-01", "1767225600", False),
    ("DateGreaterThanEquals", "2026-01-01", "1767225600", True),
    ("DateLessThanEquals", "1767225600", "2026-01-01", True),
]

ADDRESSES = [
    ("IpAddress", "192.0.2.7", "192.0.2.7", True),
    ("IpAddress", "192.0.2.7", "192.0.2.8", False),
    ("IpAddress", "192.0.2.7/32", "192.0.2.7", True),
    ("IpAddress", "192.0.2.6/31", "192.0.2.7", True),
    ("IpAddress", "192.0.2.6/31", "192.0.2.8", False),
    ("IpAddress", "192.0.2.0/24", "192.0.2.0", True),
    ("IpAddress", "192.0.2.0/24", "192.0.2.255", True),
    ("IpAddress", "192.0.2.0/24", "192.0.3.0", False),
    ("IpAddress", "0.0.0.0/0", "255.255.255.255", True),
    ("IpAddress", "0.0.0.0/0", "2001:db8::1", False),
    ("IpAddress", "::/0", "2001:db8::1", True),
    ("IpAddress", "::/0", "192.0.2.7", False),
    ("IpAddress", "2001:db8::/32", "2001:db8:ffff::1", True),
    ("IpAddress", "2001:db8::/32", "2001:db9::1", False),
    ("IpAddress", "2001:DB8::1", "2001:db8:0:0:0:0:0:1", True),
    ("IpAddress", "2001:db8::1/128", "2001:db8::2", False),
    ("IpAddress", "fe80::/10", "febf::1", True),
    ("IpAddress", "::1", "127.0.0.1", False),
    ("IpAddress", ["10.0.0.0/8", "2001:db8::/32"], "2001:db8::7", True),
    ("IpAddress", ["10.0.0.0/8", "2001:db8::/32"], "192.0.2.7", False),
    ("NotIpAddress", ["10.0.0.0/8", "2001:db8::/32"], "10.9.8.7", False),
    ("NotIpAddress", ["10.0.0.0/8", "2001:db8::/32"], "192.0.2.7", True),
    ("NotIpAddress", "10.0.0.0/8", "2001:db8::1", True),
]

OTHERS = [
    ("Bool", True, "true", True),
    ("Bool", True, "false", False),
    ("Bool", False, "false", True),
    ("Bool", "false", "true", False),
    ("Bool", ["true", "false"], "false", True),
    ("BinaryEquals", "", "", True),
    ("BinaryEquals", "AAECAw==", "AAECAw==", True),
    ("BinaryEquals", "AAECAw==", "AAECBA==", False),
    ("BinaryEquals", "/+8=", "/+8=", True),
    ("BinaryEquals", ["AAECAw==", "/+8="], "/+8=", True),
    ("ArnEquals", "arn:aws:iam::*:role/*", ROLE, True),
    ("ArnEquals", "arn:aws:iam:*:role/*", ROLE, False),
    ("ArnEquals", "arn:aws:iam", ROLE, True),
    ("ArnEquals", "arn:aws:sts", ROLE, False),
    ("ArnEquals", ROLE.upper(), ROLE, False),
    ("ArnEquals", "arn:aws:iam::123456789012:role/?uild", ROLE, True),
    ("ArnLike", "arn:aws:iam::123456789012:*", ROLE, True),
    ("ArnLike", "arn:aws:iam::123456789012", ROLE, True),
    ("ArnLike", "arn:aws:iam:us-east-1:123456789012:role/build", ROLE, False),
    ("ArnLike", ["arn:aws:iam::*:user/*", "arn:aws:iam::*:role/*"], ROLE, True),
    ("ArnNotLike", ["arn:aws:iam::*:user/*", "arn:aws:iam::*:role/*"], ROLE, False),
    ("ArnNotLike", ["arn:aws:iam::*:user/*", "arn:aws:iam::*:group/*"], ROLE, True),
    ("ArnNotEquals", "arn:aws:iam::*:role/*", ROLE, False),
    ("StringLike", "arn:aws:iam:*:role/*", ROLE, True),
]

# Policy value first, then what cannot be read as its kind.
UNREADABLE = [
    ("Numeric", "10", ["ten", "", "10 apples", "1.2.3", "0x10", "１０", "1,5"]),
    ("Date", "2026-01-01", ["yesterday", "", "2026-13-01", "2026-02-30", "2026-01-01T25:00:00Z",
                            "01/01/2026", "2026-01-01 and more"]),
    ("IpAddress", "10.0.0.0/8", ["localhost", "", "10.0.0", "10.0.0.256", "10.0.0.1:80",
                                 "10.0.0.1.1", "[::1]"]),
    ("Arn", "arn:aws:iam::123456789012:role/*", ["build", "", "role/build", "arn:aws:iam",
                                                 "urn:aws:iam::123456789012:role/build"]),
    ("Bool", "true", ["yes", "", "1", "truth"]),
    ("BinaryEquals", "QmluYXJ5", ["Binary!", "Qml uYXJ5", "Q", "****"]),
]

POSITIVE = {
    "Numeric": ["NumericEquals", "NumericLessThan", "NumericGreaterThanEquals"],
    "Date": ["DateEquals", "DateLessThanEquals", "DateGreaterThan"],
    "IpAddress": ["IpAddress", "IpAddressIfExists"],
    "Arn": ["ArnEquals", "ArnLike"],
    "Bool": ["Bool", "BoolIfExists"],
    "BinaryEquals": ["BinaryEquals"],
}
NEGATED = {
    "Numeric": ["NumericNotEquals"],
    "Date": ["DateNotEquals"],
    "IpAddress": ["NotIpAddress"],
    "Arn": ["ArnNotEquals", "ArnNotLike"],
    "Bool": [],
    "BinaryEquals": [],
}


def _readable(rows):
    for operator, wanted, value, holds in rows:
        yield case(f"{operator} {wanted!r} of {value!a}", holds, where(operator, KEY, wanted),
                   "swf:TagResource", context={KEY: value})


def _unreadable():
    for family, wanted, texts in UNREADABLE:
        for operators, holds in [(POSITIVE, False), (NEGATED, True)]:
            for operator in operators[family]:
                for text in texts:
                    yield case(f"{operator} of {text!a}, which is none", holds,
                               where(operator, KEY, wanted), "swf:TagResource",
                               context={KEY: text})


SETS = [
    case("ForAllValues fails at a value that cannot be read", False,
         where("ForAllValues:NumericLessThan", "aws:TagKeys", "10"), "swf:TagResource",
         context={"aws:TagKeys": ["1", "two"]}),
    case("ForAnyValue passes over a value that cannot be read", True,
         where("ForAnyValue:NumericLessThan", "aws:TagKeys", "10"), "swf:TagResource",
         context={"aws:TagKeys": ["two", "1"]}),
]

TABLES = [STRINGS, NUMBERS, DATES, ADDRESSES, OTHERS]
CASES = [made for rows in TABLES for made in _readable(rows)] + [*_unreadable(), *SETS]
