"""Documents that are refused when they are loaded."""

from .shape import NEW, allow, document, where

KEY = "aws:RequestTag/value"


def _changed(**elements):
    """A document whose one statement has other elements; None takes one away."""
    return document(allow(**elements))


def _statement(**elements):
    statement = allow() | elements
    return document(statement)


DOCUMENTS = {
    "a number": 7,
    "a text": "Allow",
    "null": None,
    "a list": [document(allow())],
    "an empty object": {},
    "no Statement": {"Version": NEW},
    "an unknown Version": document(allow(), version="2012-10-18"),
    "a Version in words": document(allow(), version="latest"),
    "a Version as number": document(allow(), version=2012),
    "a Version as list": document(allow(), version=[NEW]),
    "an Id as number": {"Id": 7, **document(allow())},
    "an unknown element": {"Comment": "all", **document(allow())},
    "Statement in lower case": {"Version": NEW, "statement": [allow()]},
    "version in lower case": {"version": NEW, "Statement": [allow()]},
    "Statements": {"Version": NEW, "Statements": [allow()]},
    "Statement as text": {"Version": NEW, "Statement": "Allow"},
    "Statement as null": {"Version": NEW, "Statement": None},
    "Statement as number": {"Version": NEW, "Statement": 1},
    "a text among statements": document(allow(), "Allow"),
    "a list among statements": document([allow()]),
    "null among statements": document(None),
}

STATEMENTS = {
    "an empty statement": document({}),
    "no Effect": _changed(Effect=None),
    "Effect in lower case": _changed(Effect="allow"),
    "Effect in upper case": _changed(Effect="DENY"),
    "an unknown Effect": _changed(Effect="Permit"),
    "an empty Effect": _changed(Effect=""),
    "Effect as list": _changed(Effect=["Allow"]),
    "Effect as true": _changed(Effect=True),
    "Effect as null": _statement(Effect=None),
    "effect in lower case": _changed(Effect=None, effect="Allow"),
    "neither Action nor NotAction": _changed(action=None),
    "Action and NotAction": _changed(NotAction="swf:ListDomains"),
    "neither Resource nor NotResource": _changed(resource=None),
    "Resource and NotResource": _changed(NotResource="*"),
    "action in lower case": document({"Effect": "Allow", "action": "*", "Resource": "*"}),
    "a Principal": _changed(Principal="*"),
    "a Principal of an account": _changed(Principal={"AWS": "123456789012"}),
    "a NotPrincipal": _changed(NotPrincipal="*"),
    "an unknown element of a statement": _changed(Comment="all"),
    "Actions": _changed(Actions=["swf:*"]),
    "Conditions": _changed(Conditions={}),
    "a Sid as number": _changed(Sid=7),
    "a Sid as list": _changed(Sid=["a"]),
    "Action as number": _changed(action=7),
    "Action as null": _statement(Action=None),
    "Action as object": _changed(action={"swf": "*"}),
    "Action with a number in it": _changed(action=["swf:*", 7]),
    "Action with a list in it": _changed(action=[["swf:*"]]),
    "Action with nothing in it": _changed(action=[]),
    "NotAction with nothing in it": _changed(action=None, NotAction=[]),
    "Resource as number": _changed(resource=7),
    "Resource as null": _statement(Resource=None),
    "Resource as object": _changed(resource={"domain": "*"}),
    "Resource as true": _changed(resource=True),
    "Resource with null in it": _changed(resource=["*", None]),
    "Resource with a list in it": _changed(resource=[["*"]]),
    "Resource with nothing in it": _changed(resource=[]),
    "NotResource with nothing in it": _changed(resource=None, NotResource=[]),
    "Condition as text": _changed(condition="StringEquals"),
    "Condition as list": _changed(condition=[]),
    "Condition as null": _statement(Condition=None),
}

ACTIONS = [
    "swf:StartWorkflow",
    "swf:StartWorkflowExecutions",
    "swf:ScheduleLambdaFunction",
    "swf:DescribeHeartbeats",
    "swf:Heartbeat",
    "swf:",
    "swf",
    "",
    "StartWorkflowExecution",
    "swf.StartWorkflowExecution",
    "swf:Start Timer",
    "everbeat:StopClock",
]

OPERATORS = [
    "StringEqual",
    "stringequals",
    "StringMatches",
    "StringNotEqualsIgnorecase",
    "StringEqualsIfExist",
    "StringEqualsifexists",
    "StringEqualsIfExistsIfExists",
    "IfExistsStringEquals",
    "NullIfExists",
    "NotNull",
    "NumericLike",
    "NumericLessThanOrEquals",
    "DateBefore",
    "BinaryNotEquals",
    "IpAddressEquals",
    "NotIpAddressLike",
    "ArnNotEqualsIgnoreCase",
    "ForAllValue:StringEquals",
    "ForAnyValues:StringEquals",
    "forAllValues:StringEquals",
    "ForAllValues:ForAnyValue:StringEquals",
    "ForAllValues:",
    "ForAllValues",
    "",
]

KEYS = [
    "swf:taskList",
    "swf:taskListName",
    "swf:tagList.member.5",
    "swf:tagList",
    "swf:heartbeat",
    "swf:workflowType",
    "swf:domain",
    "taskList.name",
    "aws:SourceAddress",
    "aws:SourceIpp",
    "aws:Tag/team",
    "SourceIp",
    "",
]

# An operator and values that it cannot take.
VALUES = [
    ("StringEquals", [None, {"is": "blue"}, [["blue"]], ["blue", None]]),
    ("StringLike", [None, {"is": "b*"}]),
    ("NumericEquals", ["ten", "", "1.2.3", "10 apples", True, None, ["1", "two"]]),
    ("NumericLessThan", ["${aws:PrincipalTag/level}"]),
    ("DateEquals", ["yesterday", "", "2026-13-01", "2026-02-30", "2026-01-01T25:00:00Z",
                    "01/01/2026", True, None, ["2026-01-01", "later"]]),
    ("DateGreaterThanIfExists", ["soon"]),
    ("Bool", ["yes", "", "maybe", None, {"is": True}]),
    ("BinaryEquals", ["****", "Binary!", "Q", None]),
    ("IpAddress", ["localhost", "", "10.0.0", "10.0.0.256", "10.0.0.0/33", "10.0.0.0/-1",
                   "2001:db8::/129", "10.0.0.*", "10.0.0.0/", None, ["10.0.0.0/8", "home"]]),
    ("NotIpAddress", ["10.0.0.0-10.0.0.9", "2001:db8::g"]),
    ("ArnEquals", [None, {"is": "arn:aws:iam"}, [["arn:aws:iam"]]]),
    ("ArnNotLike", [None]),
    ("Null", ["maybe", "", "0", None]),
]

BLOCKS = {"a text": "blue", "a list": ["blue"], "null": None, "a number": 7}

ALLOW = '{"Effect": "Allow", "Action": "*", "Resource": "*"}'

# What cannot be said with objects: as JSON text, or what should have been that.
TEXTS = {
    "nothing": "",
    "blanks": "  \n",
    "words": "Allow everything",
    "a list of nothing": "[]",
    "an open brace": '{"Version": "2012-10-17", "Statement": [' + ALLOW + "]",
    "text behind the end": '{"Statement": [' + ALLOW + "]} and more",
    "two documents": '{"Statement": [' + ALLOW + ']} {"Statement": []}',
    "a comma too many": '{"Statement": [' + ALLOW + ",]}",
    "a comment": '{"Statement": [' + ALLOW + "] /* all */}",
    "names without quotation marks": '{Statement: [' + ALLOW + "]}",
    "single quotation marks": "{'Statement': []}",
    "NaN": '{"Statement": [' + ALLOW[:-1]
    + ', "Condition": {"NumericEquals": {"aws:EpochTime": NaN}}}]}',
    "Statement twice": '{"Statement": [' + ALLOW + '], "Statement": [' + ALLOW + "]}",
    "Version twice": '{"Version": "2012-10-17", "Version": "2008-10-17", "Statement": ['
    + ALLOW + "]}",
    "Effect twice": '{"Statement": [' + ALLOW[:-1] + ', "Effect": "Deny"}]}',
    "Action twice": '{"Statement": [' + ALLOW[:-1] + ', "Action": "swf:ListDomains"}]}',
    "Condition twice": '{"Statement": [' + ALLOW[:-1] + ', "Condition": {}, "Condition": {}}]}',
    "an operator twice": '{"Statement": [' + ALLOW[:-1]
    + ', "Condition": {"Bool": {"aws:SecureTransport": true}, '
    '"Bool": {"aws:SecureTransport": false}}}]}',
    "a key twice": '{"Statement": [' + ALLOW[:-1]
    + ', "Condition": {"StringEquals": {"aws:username": "a", "aws:username": "b"}}}]}',
}


def _documents():
    for name, document_ in {**DOCUMENTS, **STATEMENTS}.items():
        yield name, document_
    for action in ACTIONS:
        yield f"the action {action!r}", _changed(action=action)
    yield "an unknown action among others", _changed(action=["swf:*", "swf:Nothing"])
    yield "an unknown NotAction", _changed(action=None, NotAction="swf:Nothing")
    for operator in OPERATORS:
        yield f"the operator {operator!r}", where(operator, KEY, "true")
    for key in KEYS:
        yield f"the key {key!r}", where("StringEquals", key, "blue")
    for operator, unfit in VALUES:
        for value in unfit:
            yield f"{operator} of {value!r}", where(operator, KEY, value)
    for name, block in BLOCKS.items():
        yield f"{name} behind an operator", _changed(condition={"StringEquals": block})
    yield "a bad statement behind a good one", document(allow(), allow(Effect="Perhaps"))


CASES = [
    {"name": f"Refused: {name}", "policies": [refused], "refused": True}
    for name, refused in _documents()
] + [
    {"name": f"Refused text: {name}", "text": text, "refused": True}
    for name, text in TEXTS.items()
]
