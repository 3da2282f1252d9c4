"""What the texts of conditions mean: numbers, instants, truth, bytes, networks.

Each function gives None for a text that is not of its kind.
"""

import base64
import binascii
import datetime
import decimal
import ipaddress
import re

NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")
EPOCH = re.compile(r"[0-9]+")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?"
    r"(Z|[+-][0-9]{2}:[0-9]{2})"
)


def text(value):
    """A policy's JSON scalar as text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def number(value):
    """A decimal number, exactly."""
    return decimal.Decimal(value) if NUMBER.fullmatch(value) else None


def instant(value):
    """A moment: seconds since 1970, a day (its midnight in UTC), or a time with an offset."""
    if EPOCH.fullmatch(value):
        return decimal.Decimal(value)
    if DAY.fullmatch(value):
        value += "T00:00:00Z"
    if not INSTANT.fullmatch(value):
        return None
    try:
        return decimal.Decimal(str(datetime.datetime.fromisoformat(value).timestamp()))
    except (ValueError, OverflowError):
        return None


def truth(value):
    """True or False."""
    return {"true": True, "false": False}.get(value)


def binary(value):
    """The bytes that base64 stands for."""
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        return None


def network(value):
    """A network, or a single address as the network of itself."""
    try:
        return ipaddress.ip_network(value, strict=False)
    except ValueError:
        return None


def address(value):
    """One address."""
    try:
        return ipaddress.ip_address(value)
    except ValueError:
        return None
