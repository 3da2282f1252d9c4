"""Says what is wrong with a policy document: its elements, types, names and values."""

import json

from . import names, patterns, values

VERSIONS = ("2008-10-17", "2012-10-17")
PREFIXES = ("", "ForAllValues:", "ForAnyValue:")
ORDER = ["Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals"]

# Each operator, with what reads its values; None where any text will do.
OPERATORS = {
    "StringEquals": None,
    "StringNotEquals": None,
    "StringEqualsIgnoreCase": None,
    "StringNotEqualsIgnoreCase": None,
    "StringLike": None,
    "StringNotLike": None,
    **{f"Numeric{name}": values.number for name in ORDER},
    **{f"Date{name}": values.instant for name in ORDER},
    "Bool": values.truth,
    "BinaryEquals": values.binary,
    "IpAddress": values.network,
    "NotIpAddress": values.network,
    "ArnEquals": None,
    "ArnLike": None,
    "ArnNotEquals": None,
    "ArnNotLike": None,
    "Null": values.truth,
}


class Refused(Exception):
    """Why a document is refused."""


def parse(text):
    """A document from JSON text; raises `Refused`."""
    try:
        return json.loads(text, object_pairs_hook=_object, parse_constant=_constant)
    except ValueError as fault:
        raise Refused(str(fault)) from fault


def _object(pairs):
    names_seen = [name for name, _ in pairs]
    _refuse_if(len(set(names_seen)) < len(names_seen), "a name stands twice")
    return dict(pairs)


def _constant(name):
    raise Refused(f"{name} is no JSON")


def validate(document):
    """What is wrong with a document, or None."""
    try:
        _document(document)
    except Refused as fault:
        return str(fault)
    return None


def _refuse_if(bad, why):
    if bad:
        raise Refused(why)


def _elements(value, known, where):
    _refuse_if(not isinstance(value, dict), f"{where} is no object")
    for name in value:
        _refuse_if(name not in known, f"{where} has the unknown element {name}")


def _document(document):
    _elements(document, ("Version", "Id", "Statement"), "the document")
    _refuse_if(document.get("Version", VERSIONS[0]) not in VERSIONS, "Version is unknown")
    _refuse_if(not isinstance(document.get("Id", ""), str), "Id is no text")
    _refuse_if("Statement" not in document, "Statement is missing")
    for statement in _several(document["Statement"]):
        _statement(statement)


def _several(value):
    return value if isinstance(value, list) else [value]


def _statement(statement):
    pairs = [("Action", "NotAction"), ("Resource", "NotResource")]
    known = ("Sid", "Effect", "Condition", *pairs[0], *pairs[1])
    _elements(statement, known, "a statement")
    _refuse_if(not isinstance(statement.get("Sid", ""), str), "Sid is no text")
    effect = statement.get("Effect")
    allowed = isinstance(effect, str) and effect in ("Allow", "Deny")
    _refuse_if(not allowed, "Effect is neither Allow nor Deny")
    for pair in pairs:
        present = [name for name in pair if name in statement]
        _refuse_if(len(present) != 1, f"exactly one of {pair} is needed")
        texts = _several(statement[present[0]])
        _refuse_if(not texts, f"{present[0]} is empty")
        for text in texts:
            _refuse_if(not isinstance(text, str), f"{present[0]} has something other than text")
            if pair[0] == "Action":
                _refuse_if(not _known_action(text), f"the action {text} is unknown")
    _conditions(statement.get("Condition", {}))


def _known_action(text):
    parts = patterns.pattern(text.lower())
    return any(patterns.like(parts, action.lower()) for action in names.ACTIONS)


def _conditions(conditions):
    _refuse_if(not isinstance(conditions, dict), "Condition is no object")
    for operator, block in conditions.items():
        base = _base(operator)
        _refuse_if(not isinstance(block, dict), f"{operator} has no object")
        for key, wanted in block.items():
            _refuse_if(not names.known_key(key), f"the key {key} is unknown")
            for value in _several(wanted):
                _value(base, value)


def _base(operator):
    for prefix in PREFIXES:
        base = operator.removeprefix(prefix)
        if base in OPERATORS:
            return base
        base = base.removesuffix("IfExists")
        if base in OPERATORS and base != "Null":
            return base
    raise Refused(f"the operator {operator} is unknown")


def _value(base, value):
    _refuse_if(not isinstance(value, str | bool | int | float), f"{base} has a value of no use")
    read = OPERATORS[base]
    bad = read is not None and read(values.text(value)) is None
    _refuse_if(bad, f"{base} cannot read {value}")
