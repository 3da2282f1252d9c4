"""Says whether IAM policies allow a request; plain, slow, for tests alone.

Works on documents that `documents.validate` accepts. A context maps key names
to a text or a list of texts and holds only keys that are present. Where
protocol.md leaves two readings, the README says which one is taken.
"""

import operator as compare

from . import patterns, values
from .documents import validate

__all__ = ["evaluate", "validate"]

OLD_VERSION = "2008-10-17"


def evaluate(policies, boundary, session, action, resource, context):
    """True if the request is allowed: no Deny anywhere, and an Allow in each layer."""
    request = Request(action, resource, context)
    layers = [policies]
    if boundary is not None:
        layers.append([boundary])
    if session:
        layers.append(session)
    if any(_some(layer, "Deny", request) for layer in layers):
        return False
    return all(_some(layer, "Allow", request) for layer in layers)


class Request:
    """What is asked, with the context's keys in lower case."""

    def __init__(self, action, resource, context):
        self.action = action
        self.resource = resource
        self.context = {key.lower(): value for key, value in context.items()}


def _some(layer, effect, request):
    return any(
        _applies(statement, document.get("Version", OLD_VERSION), request)
        for document in layer
        for statement in _list(document["Statement"])
        if statement["Effect"] == effect
    )


def _list(value):
    return value if isinstance(value, list) else [value]


def _applies(statement, version, request):
    variables = None if version == OLD_VERSION else request.context
    reader = Reader(variables, lenient=statement["Effect"] == "Deny")
    try:
        # All of a statement's texts are read, so that one that cannot be
        # resolved makes an Allow void wherever it stands.
        resource = _resource(statement, reader, request.resource)
        conditions = [
            _condition(name, key, _list(wanted), reader, request.context)
            for name, block in statement.get("Condition", {}).items()
            for key, wanted in block.items()
        ]
    except patterns.Unresolved:
        return False
    return _action(statement, request.action) and resource and all(conditions)


class Reader:
    """Reads texts that may have variables; in a Deny those without a value vanish."""

    def __init__(self, variables, lenient):
        self.variables = variables
        self.lenient = lenient

    def read(self, texts):
        """The patterns of some texts."""
        read = []
        for text in texts:
            try:
                read.append(patterns.pattern(text, self.variables))
            except patterns.Unresolved:
                if not self.lenient:
                    raise
        return read


def _action(statement, action):
    element = "Action" if "Action" in statement else "NotAction"
    matches = any(
        patterns.like(patterns.pattern(text.lower()), action.lower())
        for text in _list(statement[element])
    )
    return matches == (element == "Action")


def _resource(statement, reader, resource):
    element = "Resource" if "Resource" in statement else "NotResource"
    read = reader.read(_list(statement[element]))
    matches = any(patterns.resource_like(parts, resource) for parts in read)
    return matches == (element == "Resource")


def _condition(name, key, wanted, reader, context):
    prefix, _, base = name.rpartition(":")
    if_exists = base.endswith("IfExists")
    base = base.removesuffix("IfExists")
    found = context.get(key.lower())
    wanted = [values.text(value) for value in wanted]
    if base == "Null":
        return any((value == "true") == (found is None) for value in wanted)
    one, negated = _comparison(base)
    if base.startswith(("String", "Arn")):
        wanted = reader.read(wanted)
    if found is None:
        return if_exists or (prefix == "ForAllValues" if prefix else negated)

    def holds(value):
        return any(one(choice, value) for choice in wanted) != negated

    if prefix == "ForAllValues":
        return all(holds(value) for value in _list(found))
    if prefix == "ForAnyValue":
        return any(holds(value) for value in _list(found))
    matches = any(one(choice, value) for choice in wanted for value in _list(found))
    return matches != negated


def _comparison(base):
    """How one policy value meets one request value, and whether the operator negates."""
    for positive, one in POSITIVE.items():
        if base == positive:
            return one, False
    return POSITIVE[NEGATED[base]], True


def _typed(read, test):
    def one(wanted, found):
        wanted, found = read(wanted), read(found)
        return wanted is not None and found is not None and test(found, wanted)

    return one


def _within(wanted, found):
    network, address = values.network(wanted), values.address(found)
    return network is not None and address is not None and address in network


def _ordered(family, read):
    tests = {
        "Equals": compare.eq,
        "LessThan": compare.lt,
        "LessThanEquals": compare.le,
        "GreaterThan": compare.gt,
        "GreaterThanEquals": compare.ge,
    }
    return {family + name: _typed(read, test) for name, test in tests.items()}


POSITIVE = {
    "StringEquals": lambda wanted, found: patterns.plain(wanted) == found,
    "StringEqualsIgnoreCase": lambda wanted, found: (
        patterns.plain(wanted).lower() == found.lower()
    ),
    "StringLike": patterns.like,
    **_ordered("Numeric", values.number),
    **_ordered("Date", values.instant),
    "Bool": _typed(values.truth, compare.eq),
    "BinaryEquals": _typed(values.binary, compare.eq),
    "IpAddress": _within,
    "ArnEquals": patterns.arn_like,
    "ArnLike": patterns.arn_like,
}

NEGATED = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "NumericNotEquals": "NumericEquals",
    "DateNotEquals": "DateEquals",
    "NotIpAddress": "IpAddress",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
}
