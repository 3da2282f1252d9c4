"""Texts with wildcards and variables, and ARNs compared field by field.

A pattern is a list: a one-character string of the policy's own text, or a
`Literal`, text that no longer means anything but itself: what a variable stood
for, or a character written as `${*}`, `${?}` or `${$}`.
"""

import re

ARN_FIELDS = 6
VARIABLE = re.compile(r"\$\{(?:([*?$])|([^{},'*?$]+?)(?:\s*,\s*'([^']*)'\s*)?)\}")


class Unresolved(Exception):
    """A variable has neither a value nor a default."""


class Literal(str):
    """Text in which wildcards do not count and colons do not part fields."""


def pattern(text, variables=None):
    """Takes a policy's text apart; `variables` is None where `${` means nothing."""
    if variables is None:
        return list(text)
    parts, end = [], 0
    for found in VARIABLE.finditer(text):
        parts += text[end : found.start()]
        parts.append(Literal(_value(found, variables)))
        end = found.end()
    return parts + list(text[end:])


def _value(found, variables):
    character, key, default = found.groups()
    if character:
        return character
    value = variables.get(key.strip().lower(), default)
    # A key with many values stands for none of them.
    if not isinstance(value, str):
        raise Unresolved(key)
    return value


def plain(parts):
    """The text for a comparison without wildcards."""
    return "".join(parts)


def like(parts, text):
    """Whether the whole text fits; `*` is any run, `?` one character."""
    wildcards = {"*": ".*", "?": "."}
    expression = "".join(
        re.escape(part) if isinstance(part, Literal) else wildcards.get(part, re.escape(part))
        for part in parts
    )
    return re.fullmatch(expression, text, re.DOTALL) is not None


def arn_like(parts, text):
    """Whether an ARN fits field by field; what is no ARN fits nothing."""
    values = text.split(":", ARN_FIELDS - 1)
    if len(values) < ARN_FIELDS or values[0] != "arn":
        return False
    fields = _fields(parts)
    return all(like(field, value) for field, value in zip(fields, values, strict=True))


def _fields(parts):
    fields = [[]]
    for part in parts:
        border = part == ":" and not isinstance(part, Literal)
        if border and len(fields) < ARN_FIELDS:
            fields.append([])
        else:
            fields[-1].append(part)
    return fields + [["*"]] * (ARN_FIELDS - len(fields))


def resource_like(parts, resource):
    """Whether a resource fits: `*` alone is everything, else it is an ARN."""
    everything = parts == ["*"] and not isinstance(parts[0], Literal)
    return everything or arn_like(parts, resource)
