"""A history, read as the steps that brought it about.

A step is an event that somebody or something outside the decider's responses
caused: a poll, a response, a call of a client, a deadline, a child. All events
up to the next step follow from it. Decisions are read back from the events that
name their DecisionTaskCompleted.
"""

import dataclasses

from .recordings import attributes

DECIDED = {
    "ActivityTaskCancelRequested": "RequestCancelActivityTask",
    "ActivityTaskScheduled": "ScheduleActivityTask",
    "MarkerRecorded": "RecordMarker",
    "StartChildWorkflowExecutionInitiated": "StartChildWorkflowExecution",
    "TimerCanceled": "CancelTimer",
    "TimerStarted": "StartTimer",
    "WorkflowExecutionCanceled": "CancelWorkflowExecution",
    "WorkflowExecutionCompleted": "CompleteWorkflowExecution",
    "WorkflowExecutionFailed": "FailWorkflowExecution",
}
"""Events that a decision brought about, with that decision."""

LINKS = {"decisionTaskCompletedEventId", "startedEventId"}
"""Members of decided events that were not members of the decision."""


@dataclasses.dataclass(frozen=True)
class Step:
    """An event to be brought about, and the id of the last event that follows from it."""

    event: dict
    last: int


def steps(history):
    """The steps that brought the history about, in order."""
    causes = [event for event in history if not _follows(event)]
    ends = [event["eventId"] - 1 for event in causes[1:]] + [len(history)]
    return [Step(event, last) for event, last in zip(causes, ends, strict=True)]


def _follows(event):
    kind = event["eventType"]
    if kind == "ActivityTaskCanceled":
        return attributes(event)["startedEventId"] == 0
    return kind == "DecisionTaskScheduled" or kind in DECIDED


def decisions(history, completed):
    """The decisions of the response behind the DecisionTaskCompleted with this id."""
    return [
        decision(DECIDED[event["eventType"]], attributes(event))
        for event in history
        if event["eventType"] in DECIDED
        and attributes(event)["decisionTaskCompletedEventId"] == completed
    ]


def decision(kind, given):
    """A decision with these attributes, links left out."""
    member = kind[0].lower() + kind[1:] + "DecisionAttributes"
    kept = {name: value for name, value in given.items() if name not in LINKS}
    return {"decisionType": kind, member: kept}
