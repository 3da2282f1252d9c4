"""An independent checker of SWF histories: the rules, and nothing of the server.

`check(events)` takes the events of one run as GetWorkflowExecutionHistory gives
them (ascending, whole) and returns a list of problems in plain words, empty
when the history obeys the rules of execution.md. The form of each event is
judged first (`form_problems`); only a well-formed history is folded by the
rules of `checker_rules`, so that those can trust ids and links.
"""

import dataclasses
import datetime

from checker_rules import RULES
from event_table import CLOSING, EVENT_TYPES


@dataclasses.dataclass
class Event:
    """One event, with its time in whole milliseconds since 1970."""

    id: int
    time: int
    type: str
    attributes: dict

    @property
    def entry(self):
        return EVENT_TYPES[self.type]

    @property
    def closes(self):
        return self.type in CLOSING

    def __getitem__(self, name):
        return self.attributes.get(name)

    def __str__(self):
        return f"event {self.id} ({self.type})"


def milliseconds(timestamp):
    """A timestamp as boto3 (datetime) or JSON (seconds) gives it, in milliseconds."""
    if isinstance(timestamp, datetime.datetime):
        timestamp = timestamp.timestamp()
    return round(timestamp * 1000)


def parse(events):
    """Events as the API returns them, as `Event`s; their form must have been judged."""
    return [
        Event(
            event["eventId"],
            milliseconds(event["eventTimestamp"]),
            event["eventType"],
            event[EVENT_TYPES[event["eventType"]].member],
        )
        for event in events
    ]


def check(events, recorded_by_amazon=False):
    """Every problem of one run's history, as a list of sentences.

    `recorded_by_amazon` allows the members that older recordings lack.
    """
    problems = form_problems(events, recorded_by_amazon)
    if problems:
        return problems
    history = parse(events)
    problems = link_problems(history)
    if problems:
        return problems
    for rule in RULES:
        problems += rule().judge(history)
    return problems


def form_problems(events, recorded_by_amazon=False):
    """What is wrong with ids, times, types and attribute objects."""
    if not events:
        return ["the history is empty"]
    problems = []
    previous_time = 0
    for expected_id, event in enumerate(events, start=1):
        name = event.get("eventType")
        where = f"event {event.get('eventId')} ({name})"
        if event.get("eventId") != expected_id:
            problems.append(f"{where}: has id {event.get('eventId')}, not {expected_id}")
        if name not in EVENT_TYPES:
            problems.append(f"{where}: is of no known type")
            continue
        problems += _attribute_problems(where, event, recorded_by_amazon)
        time = milliseconds(event["eventTimestamp"])
        if time < previous_time:
            problems.append(f"{where}: is earlier than the event before it")
        previous_time = time
    return problems + _opening_problems(events)


def _attribute_problems(where, event, recorded_by_amazon):
    entry = EVENT_TYPES[event["eventType"]]
    objects = [key for key in event if key.endswith("EventAttributes")]
    if objects != [entry.member]:
        return [f"{where}: has attribute objects {objects}, not just {entry.member}"]
    present = set(event[entry.member])
    required = set(entry.required)
    if recorded_by_amazon and event["eventType"] == "DecisionTaskScheduled":
        required.discard("scheduleToStartTimeout")
    problems = [f"{where}: lacks {name}" for name in sorted(required - present)]
    unknown = present - entry.required - entry.optional
    problems += [f"{where}: has the unknown attribute {name}" for name in sorted(unknown)]
    empty = [name for name in present if event[entry.member][name] is None]
    return problems + [f"{where}: {name} is null" for name in sorted(empty)]


def _opening_problems(events):
    types = [event.get("eventType") for event in events[:2]]
    if types != ["WorkflowExecutionStarted", "DecisionTaskScheduled"]:
        return [f"the history opens with {types}, not with a start and a decision task"]
    if events[0]["eventTimestamp"] != events[1]["eventTimestamp"]:
        return ["events 1 and 2 do not carry the same timestamp"]
    return []


def link_problems(history):
    """Links that do not lead to an earlier event of the right type."""
    problems = []
    for event in history:
        for name, link in event.entry.links.items():
            target = event[name]
            if target is None or (target == 0 and link.may_be_zero):
                continue
            if not 1 <= target < event.id:
                problems.append(f"{event}: {name} {target} is not an earlier event")
            elif history[target - 1].type not in link.targets:
                problems.append(f"{event}: {name} leads to {history[target - 1]}")
    return problems
