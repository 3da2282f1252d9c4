"""Judges messages between runs: signals, cancel requests and the outcomes of promises.

An Initiated event is a promise (execution.md 7.2): the effect on the other run
happens once or not at all, and the source, while it is open, is told exactly one
outcome, within the `patience` of the evidence.
"""

import collections
import dataclasses

from evidence import run_key
from verify_time import up_time

OUTCOMES = {
    "StartChildWorkflowExecutionInitiated": {
        "StartChildWorkflowExecutionFailed",
        "ChildWorkflowExecutionStarted",
    },
    "SignalExternalWorkflowExecutionInitiated": {
        "SignalExternalWorkflowExecutionFailed",
        "ExternalWorkflowExecutionSignaled",
    },
    "RequestCancelExternalWorkflowExecutionInitiated": {
        "RequestCancelExternalWorkflowExecutionFailed",
        "ExternalWorkflowExecutionCancelRequested",
    },
}
# What arrives in the target, and what it carries of the Initiated event.
ARRIVALS = {
    "SignalExternalWorkflowExecutionInitiated": (
        "WorkflowExecutionSignaled",
        ("signalName", "input"),
    ),
    "RequestCancelExternalWorkflowExecutionInitiated": ("WorkflowExecutionCancelRequested", ()),
}
DELIVERED = {"ExternalWorkflowExecutionSignaled", "ExternalWorkflowExecutionCancelRequested"}
UNKNOWN_TARGET = "UNKNOWN_EXTERNAL_WORKFLOW_EXECUTION"


@dataclasses.dataclass
class Promise:
    """An Initiated event, and all that its source was told of it."""

    run: tuple
    event: object
    outcomes: list

    @property
    def place(self):
        return self.run, self.event.id

    def __str__(self):
        return f"{self.run[0]}: {self.event}"


def promises(evidence):
    """All promises of all runs, those of one run in decision order."""
    found = []
    for run, history in evidence.parsed.items():
        told = collections.defaultdict(list)
        for event in history:
            if event["initiatedEventId"]:
                told[event["initiatedEventId"]].append(event)
        for event in history:
            if event.type in OUTCOMES:
                allowed = OUTCOMES[event.type]
                outcomes = [outcome for outcome in told[event.id] if outcome.type in allowed]
                found.append(Promise(run, event, outcomes))
    return found


def arrivals(evidence):
    """What arrived from other runs: {(source run, Initiated id): [(target run, event)]}."""
    found = collections.defaultdict(list)
    for run, event in evidence.events(*(name for name, _ in ARRIVALS.values())):
        if event["externalInitiatedEventId"]:
            source = run_key(event["externalWorkflowExecution"])
            found[source, event["externalInitiatedEventId"]].append((run, event))
    return found


def overdue(evidence, begin, end):
    """Whether the server was up for longer than `patience` between two instants (ms)."""
    return up_time(evidence.journal.lives, begin / 1000, end / 1000) > evidence.patience


def judge_outcomes(evidence):
    """Every promise has one outcome, soon, unless its source closed before (7.2)."""
    problems = []
    for promise in promises(evidence):
        if len(promise.outcomes) > 1:
            problems.append(f"{promise}: has {len(promise.outcomes)} outcomes")
        until = [outcome.time for outcome in promise.outcomes[:1]]
        end = until[0] if until else evidence.closed_at(promise.run)
        if overdue(evidence, promise.event.time, end):
            problems.append(f"{promise}: its outcome is missing or late: {promise.outcomes}")
    return problems + list(_passed_over(evidence))


def _passed_over(evidence):
    """Promises without an outcome though a later one of their batch has one (4.1)."""
    answered = set()
    for promise in reversed(promises(evidence)):
        batch = promise.run, promise.event["decisionTaskCompletedEventId"]
        if promise.outcomes:
            answered.add(batch)
        elif batch in answered:
            yield f"{promise}: has no outcome, but a later one of its batch has"


def judge_arrivals(evidence):
    """Signals and cancel requests arrived once where their outcome says, unchanged (7.3, 7.4)."""
    problems = []
    arrived = arrivals(evidence)
    for promise in promises(evidence):
        if promise.event.type not in ARRIVALS:
            continue
        came = arrived.pop(promise.place, [])
        expected = [
            run_key(outcome["workflowExecution"])
            for outcome in promise.outcomes
            if outcome.type in DELIVERED
        ]
        reached = [run for run, _ in came]
        if len(reached) > 1:
            problems.append(f"{promise}: arrived {len(reached)} times, in {reached}")
        elif promise.outcomes and reached != expected:
            problems.append(f"{promise}: arrived in {reached}, its outcome names {expected}")
        elif not promise.outcomes and not reached and _was_reachable(evidence, promise):
            problems.append(f"{promise}: never arrived, though its target was open")
        for run, event in came:
            problems += _judge_content(promise, run, event)
    return problems + [
        f"{run[0]}: {event}: nobody sent it" for came in arrived.values() for run, event in came
    ]


def _was_reachable(evidence, promise):
    """Whether one run of the target was open for long enough after the promise was made."""
    begin, target = promise.event.time, promise.event
    return any(
        evidence.parsed[run][0].time < begin and overdue(evidence, begin, evidence.closed_at(run))
        for run in evidence.runs_of.get(target["workflowId"], [])
        if target["runId"] in (None, run[1])
    )


def _judge_content(promise, run, event):
    name, members = ARRIVALS[promise.event.type]
    sent = promise.event
    if event.type != name:
        yield f"{promise}: arrived as {event}"
    if run[0] != sent["workflowId"] or sent["runId"] not in (None, run[1]):
        yield f"{promise}: arrived in {run}, which it was not for"
    if event["cause"] or any(event[member] != sent[member] for member in members):
        yield f"{promise}: arrived with other contents"
    if event.time < sent.time:
        yield f"{promise}: arrived before it was sent"


def judge_failures(evidence):
    """A message failed only when its target was not there, a child only when its id was taken."""
    problems = []
    for promise in promises(evidence):
        wanted = promise.event
        for outcome in promise.outcomes:
            if outcome["cause"] is None:
                continue
            if promise.event.type in ARRIVALS:
                right, run = UNKNOWN_TARGET, (wanted["workflowId"], wanted["runId"])
                excused = not evidence.open_at(run[0], outcome.time)
                if run[1]:
                    began = evidence.event(run, 1)
                    closed = evidence.closed_at(run)
                    excused = not began or not began.time < outcome.time < closed
            else:
                right, excused = "WORKFLOW_ALREADY_RUNNING", _id_was_taken(evidence, outcome)
            if outcome["cause"] != right or not excused:
                problems.append(f"{promise}: failed for no reason: {outcome} {outcome['cause']}")
    return problems


def _id_was_taken(evidence, outcome):
    return any(
        evidence.parsed[run][0].time <= outcome.time <= evidence.closed_at(run)
        for run in evidence.runs_of.get(outcome["workflowId"], [])
    )


def judge_order(evidence):
    """Messages of one run arrive in decision order; outcomes of a batch are told in it (4.1)."""
    problems = []
    for run, history in evidence.parsed.items():
        last = {}
        for event in history:
            source = _sender(run, history, event)
            if source is None:
                continue
            place, number = source
            if number < last.get(place, 0):
                problems.append(f"{run[0]}: {event}: comes after number {last[place]} of {place}")
            last[place] = number
    return problems


def _sender(run, history, event):
    """The row that an event stands in, and its number there; None for all other events."""
    if event["externalInitiatedEventId"]:
        return run_key(event["externalWorkflowExecution"]), event["externalInitiatedEventId"]
    number = event["initiatedEventId"]
    if number and any(event.type in names for names in OUTCOMES.values()):
        return history[number - 1]["decisionTaskCompletedEventId"], number
    return None


MESSAGE_RULES = [judge_outcomes, judge_arrivals, judge_failures, judge_order]
