"""Every key that all services share: as wanted, otherwise, and absent."""

from .shape import allow, case, deny, document, where

ALICE = "arn:aws:iam::123456789012:user/alice"

# Key, operator, what the policy says, a value that fits, another one.
ROWS = [
    ("aws:CurrentTime", "DateLessThan", "2027-01-01T00:00:00Z", "2026-11-23T10:00:00Z",
     "2027-01-01T00:00:00Z"),
    ("aws:EpochTime", "NumericGreaterThan", "1767225600", "1767225601", "1767225600"),
    ("aws:SourceIp", "IpAddress", ["192.0.2.0/24", "2001:db8::/32"], "192.0.2.7", "198.51.100.7"),
    ("aws:SecureTransport", "Bool", "true", "true", "false"),
    ("aws:UserAgent", "StringLike", "Boto3/*", "Boto3/1.43.11 md/Botocore", "aws-cli/1.45.11"),
    ("aws:username", "StringEquals", "alice", "alice", "bob"),
    ("aws:userid", "StringLike", "AROAEXAMPLE:*", "AROAEXAMPLE:build-7", "AIDAEXAMPLE"),
    ("aws:PrincipalArn", "ArnLike", "arn:aws:iam::123456789012:user/*", ALICE,
     "arn:aws:iam::123456789012:role/alice"),
    ("aws:PrincipalAccount", "StringEquals", "123456789012", "123456789012", "210987654321"),
    ("aws:PrincipalType", "StringEquals", ["User", "Account"], "User", "AssumedRole"),
    ("aws:PrincipalTag/team", "StringEquals", "blue", "blue", "red"),
    ("aws:RequestedRegion", "StringEquals", ["us-east-1", "eu-west-1"], "us-east-1", "us-west-2"),
    ("aws:ResourceTag/stage", "StringEquals", "test", "test", "production"),
    ("aws:RequestTag/stage", "StringEquals", "test", "test", "production"),
    ("aws:TagKeys", "ForAllValues:StringEquals", ["stage", "team"], ["stage"], ["stage", "cost"]),
    ("aws:TokenIssueTime", "DateGreaterThan", "2026-11-23T00:00:00Z", "2026-11-23T10:00:00Z",
     "2026-11-22T10:00:00Z"),
]


def _row(key, operator, wanted, fits, other):
    policy = where(operator, key, wanted)
    absent = operator.startswith("ForAllValues:")
    yield case(f"{key} as wanted", True, policy, "swf:TagResource", context={key: fits})
    yield case(f"{key} otherwise", False, policy, "swf:TagResource", context={key: other})
    yield case(f"{key} absent", absent, policy, "swf:TagResource")
    refusing = [allow(), deny(condition={operator: {key: wanted}})]
    yield case(f"{key} in a Deny, as wanted", False, refusing, "swf:TagResource",
               context={key: fits})
    yield case(f"{key} in a Deny, otherwise", True, refusing, "swf:TagResource",
               context={key: other})
    yield case(f"{key} in a Deny, absent", not absent, refusing, "swf:TagResource")


INSIDE = {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}
OUTSIDE = {"NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}}
PLAIN = {"Bool": {"aws:SecureTransport": "false"}}

# A decision is checked without an address, a user agent and a transport.
DECISIONS = [
    case("A decision does not come from an address", False, [allow(condition=INSIDE)],
         "swf:StartTimer"),
    case("A decision comes from no address, IfExists", True,
         [allow(condition={"IpAddressIfExists": INSIDE["IpAddress"]})], "swf:StartTimer"),
    case("A decision comes from outside of every network", True, [allow(condition=OUTSIDE)],
         "swf:StartTimer"),
    case("A Deny of strange addresses hits decisions, which have none", False,
         [allow(), deny(condition=OUTSIDE)], "swf:StartTimer"),
    case("A Deny of strange addresses, IfExists, hits decisions too", False,
         [allow(), deny(condition={"NotIpAddressIfExists": OUTSIDE["NotIpAddress"]})],
         "swf:StartTimer"),
    case("A Deny of strange addresses, if there are any, spares decisions", True,
         [allow(), deny(condition=OUTSIDE | {"Null": {"aws:SourceIp": "false"}})],
         "swf:StartTimer"),
    case("A Deny of plain transport spares decisions", True, [allow(), deny(condition=PLAIN)],
         "swf:StartTimer"),
    case("A decision in a tagged domain", True,
         [allow(condition={"StringEquals": {"aws:ResourceTag/stage": "test"}})],
         "swf:RecordMarker", context={"aws:ResourceTag/stage": "test"}),
]

TAGS = [
    case("A tag key in other case is the same key", True,
         where("StringEquals", "aws:PrincipalTag/Team", "blue"),
         context={"aws:PrincipalTag/team": "blue"}),
    case("A tag value in other case is another value", False,
         where("StringEquals", "aws:PrincipalTag/team", "Blue"),
         context={"aws:PrincipalTag/team": "blue"}),
    case("A tag key with the characters of tags", True,
         where("StringEquals", "aws:ResourceTag/cost:center/a+b=c@d.e_f-g", "7"),
         context={"aws:ResourceTag/cost:center/a+b=c@d.e_f-g": "7"}),
    case("A tag key with a space", True,
         where("StringEquals", "aws:ResourceTag/cost center", "7"),
         context={"aws:ResourceTag/cost center": "7"}),
    case("A tag key without that space", False,
         where("StringEquals", "aws:ResourceTag/cost center", "7"),
         context={"aws:ResourceTag/costcenter": "7"}),
    case("A tag key in Greek", True, where("StringEquals", "aws:ResourceTag/ομάδα", "μπλε"),
         context={"aws:ResourceTag/ομάδα": "μπλε"}),
    case("A tag key that begins like another", False,
         where("StringEquals", "aws:ResourceTag/team", "blue"),
         context={"aws:ResourceTag/team2": "blue"}),
    case("A tag of the request is no tag of the resource", False,
         where("StringEquals", "aws:ResourceTag/team", "blue"), "swf:TagResource",
         context={"aws:RequestTag/team": "blue"}),
    case("A tag of the principal is no tag of the resource", False,
         where("StringEquals", "aws:ResourceTag/team", "blue"),
         context={"aws:PrincipalTag/team": "blue"}),
    case("A tag with an empty value is there", True,
         where("Null", "aws:ResourceTag/team", "false"),
         context={"aws:ResourceTag/team": ""}),
    case("A tag with an empty value is equal to nothing but that", True,
         where("StringEquals", "aws:ResourceTag/team", ""), context={"aws:ResourceTag/team": ""}),
    case("An empty value in a policy is no absent key", False,
         where("StringEquals", "aws:ResourceTag/team", "")),
    case("Tag keys are compared with their case in aws:TagKeys", False,
         where("ForAnyValue:StringEquals", "aws:TagKeys", "Team"), "swf:UntagResource",
         context={"aws:TagKeys": ["team"]}),
    case("All tag keys of a request, in Greek and with signs", True,
         where("ForAllValues:StringLike", "aws:TagKeys", ["ομ*", "a/b:?"]), "swf:UntagResource",
         context={"aws:TagKeys": ["ομάδα", "a/b:c"]}),
    case("Tags wanted by name and no others", True,
         document(allow(condition={
             "StringEquals": {"aws:RequestTag/team": "blue"},
             "ForAllValues:StringEquals": {"aws:TagKeys": ["team", "stage"]},
         })), "swf:TagResource",
         context={"aws:RequestTag/team": "blue", "aws:TagKeys": ["team"]}),
    case("Tags wanted by name, and another one beside it", False,
         document(allow(condition={
             "StringEquals": {"aws:RequestTag/team": "blue"},
             "ForAllValues:StringEquals": {"aws:TagKeys": ["team", "stage"]},
         })), "swf:TagResource",
         context={"aws:RequestTag/team": "blue", "aws:RequestTag/cost": "7",
                  "aws:TagKeys": ["team", "cost"]}),
]

CASES = [made for row in ROWS for made in _row(*row)] + DECISIONS + TAGS
