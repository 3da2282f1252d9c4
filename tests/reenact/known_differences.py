"""All that may differ between a recording and Everbeat, each with its reason.

A row rewrites the recorded calls to what is expected of Everbeat and says
whether it changed any; a row that changes no recording is out of date. Run ids,
tokens and times always differ, see compare.py.
"""

import copy
import dataclasses
import typing

from .recordings import Recording, attributes

YEAR_2018 = 1_514_764_800


@dataclasses.dataclass(frozen=True)
class KnownDifference:
    """One row: what differs, why, and the function that rewrites a recording."""

    what: str
    reason: str
    rewrite: typing.Callable[[Recording], bool]


def _add_schedule_to_start_timeout(recording):
    missing = [
        attributes(event)
        for event in _events(recording)
        if event["eventType"] == "DecisionTaskScheduled"
        and event["eventTimestamp"] < YEAR_2018
    ]
    for members in missing:
        assert list(members) == ["startToCloseTimeout", "taskList"]
        given = dict(members)
        members.clear()
        members.update({"scheduleToStartTimeout": "NONE"} | given)
    return bool(missing)


def _leave_out_reopen(recording):
    unmodelled = [
        (call["response"]["executionInfo"], name)
        for call in recording.all("DescribeWorkflowExecution")
        for name in ("reopenGenerationId", "reopenable")
        if name in call["response"]["executionInfo"]
    ]
    for members, name in unmodelled:
        del members[name]
    return bool(unmodelled)


def _start_in_order(recording):
    """Exchanges events 7 and 8 of wait_signal, and all links to them."""
    if recording.name != "wait_signal":
        return False
    events = _events(recording)
    exchanged = {7: 8, 8: 7}
    first, second = (attributes(events[number - 1]) for number in exchanged)
    first["scheduledEventId"], second["scheduledEventId"] = (
        second["scheduledEventId"],
        first["scheduledEventId"],
    )
    for event in events:
        if event["eventType"] == "ActivityTaskCompleted":
            members = attributes(event)
            started = members["startedEventId"]
            members["startedEventId"] = exchanged.get(started, started)
    return True


def _events(recording):
    calls = recording.all("GetWorkflowExecutionHistory")
    return [event for call in calls for event in call["response"]["events"]]


KNOWN_DIFFERENCES = (
    KnownDifference(
        "DecisionTaskScheduled.scheduleToStartTimeout in histories before 2018",
        "Amazon added the member later; the recordings of 2023 have it, always NONE.",
        _add_schedule_to_start_timeout,
    ),
    KnownDifference(
        "executionInfo.reopenGenerationId and .reopenable in the recordings of 2023",
        "Members outside the published model, which no client reads.",
        _leave_out_reopen,
    ),
    KnownDifference(
        "wait_signal: the links of events 7 and 8, and the links to them",
        "Amazon gave the second of two tasks out before the first. It promises no"
        " order; Everbeat gives out the tasks of a list in the order of scheduling.",
        _start_in_order,
    ),
)


def expected(recording):
    """The recording as Everbeat should have answered, all rows applied."""
    rewritten = copy.deepcopy(recording)
    for difference in KNOWN_DIFFERENCES:
        difference.rewrite(rewritten)
    return rewritten
