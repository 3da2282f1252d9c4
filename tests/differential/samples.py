"""Sample input and answers for all 39 operations, made from botocore's model.

The same names always give the same values, so that cases built from them have
steady recordings. Nothing here knows a single operation.
"""

import functools
import json
import re

import botocore.session


@functools.cache
def _model():
    return botocore.session.get_session().get_service_model("swf")


def command(operation):
    """`RecordActivityTaskHeartbeat` → `record-activity-task-heartbeat`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "-", operation).lower()


COMMANDS = {command(name): name for name in _model().operation_names}


def required_words(name):
    """The command with its required options, structures as JSON."""
    return _words(name, _operation(name).input_shape.required_members)


def all_words(name):
    """The command with every documented option that has a sample."""
    shape = _operation(name).input_shape
    hidden = ("nextPageToken", "maximumPageSize")
    return _words(name, [m for m in shape.members if m not in hidden])


def full_input(name):
    """The whole input as a map, without what turns off pagination."""
    shape = _operation(name).input_shape
    hidden = ("nextPageToken", "maximumPageSize")
    return {m: value(s, m, seconds=True) for m, s in shape.members.items() if m not in hidden}


def answer(name, variant=0):
    """A rich answer, without a token for more; {} for an operation without output."""
    shape = _operation(name).output_shape
    if shape is None:
        return {}
    made = value(shape, name, variant)
    made.pop("nextPageToken", None)
    return made


def has_output(name):
    """Whether the operation answers with more than an empty map."""
    return _operation(name).output_shape is not None


def paginates(name):
    """Whether the operation takes the paging options."""
    return "nextPageToken" in _operation(name).input_shape.members


def every_event():
    """One history event of each of the types that have attributes."""
    members = _model().shape_for("HistoryEvent").members
    types = _model().shape_for("EventType").enum
    events = []
    for number, kind in enumerate(types, 1):
        attributes = f"{kind[0].lower()}{kind[1:]}EventAttributes"
        event = {"eventTimestamp": 1420142640.25 + number, "eventType": kind, "eventId": number}
        event[attributes] = value(members[attributes], attributes, number)
        events.append(event)
    return events


def value(shape, name, variant=0, seconds=False):
    """A sample of a shape; `variant` varies names, numbers and choices."""
    kind = shape.type_name
    if kind == "structure":
        return _structure(shape, variant, seconds)
    if kind == "list":
        count = 1 if seconds else 2
        return [value(shape.member, name, variant + i, seconds) for i in range(count)]
    if kind == "timestamp":
        return 1420142640 if seconds else 1420142640.123 + variant
    if kind in ("integer", "long"):
        return variant + 3
    if kind == "boolean":
        return variant % 2 == 0
    enum = getattr(shape, "enum", None)
    return enum[variant % len(enum)] if enum else f"{name}-{variant + 1}"


def _structure(shape, variant, seconds):
    members = shape.members
    nested = [m for m, s in members.items() if s.type_name == "structure"]
    # A history event or a decision: one of many structures is set at a time.
    if len(nested) > 8:
        picked = nested[variant % len(nested)]
        members = {m: s for m, s in members.items() if m not in nested or m == picked}
    return {m: value(s, m, variant, seconds) for m, s in members.items()}


def _operation(name):
    return _model().operation_model(name)


def _words(name, members):
    words = [command(name)]
    shape = _operation(name).input_shape
    for member in members:
        words += _option(name, member, value(shape.members[member], member, seconds=True))
    return words


def _option(operation, member, sample):
    option = re.sub(r"(?<!^)(?=[A-Z])", "-", member).lower()
    if option == "version":
        option = "activity-version" if "Activity" in operation else "workflow-version"
    if sample is True:
        return [f"--{option}"]
    if sample is False:
        return [f"--no-{option}"]
    text = sample if isinstance(sample, str) else json.dumps(sample)
    return [f"--{option}", text]
