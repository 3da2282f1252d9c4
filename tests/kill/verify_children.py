"""Judges children and continued runs: their starts, their ends, policies, one open run an id.

Where a child continues as new, the run that takes its place is the child
(execution.md 7.7): `chain` is all of them. For what the server may do in a later
commit it has the `patience` of the evidence.
"""

from evidence import run_key
from verify_messages import overdue, promises

INITIATED = "StartChildWorkflowExecutionInitiated"
STARTED = "ChildWorkflowExecutionStarted"
BY_POLICY = "CHILD_POLICY_APPLIED"
CONTINUED = "WorkflowExecutionContinuedAsNew"

# What a parent is told when its child closed so, and what that carries.
ENDS = {
    "WorkflowExecutionCompleted": ("ChildWorkflowExecutionCompleted", ("result",)),
    "WorkflowExecutionFailed": ("ChildWorkflowExecutionFailed", ("reason", "details")),
    "WorkflowExecutionTimedOut": ("ChildWorkflowExecutionTimedOut", ("timeoutType",)),
    "WorkflowExecutionCanceled": ("ChildWorkflowExecutionCanceled", ("details",)),
    "WorkflowExecutionTerminated": ("ChildWorkflowExecutionTerminated", ()),
}
TOLD_ENDS = {event_type for event_type, _ in ENDS.values()}
PASSED_ON = (
    "workflowType",
    "taskList",
    "childPolicy",
    "executionStartToCloseTimeout",
    "taskStartToCloseTimeout",
    "input",
    "tagList",
    "taskPriority",
    "lambdaRole",
)
PARENTHOOD = ("parentWorkflowExecution", "parentInitiatedEventId")


def differing(one, other, members):
    """The members that two events do not share."""
    return [member for member in members if one[member] != other[member]]


def judge_starts_of_children(evidence):
    """A promised child starts at most once, as promised; the parent knows each one (7.5)."""
    problems = []
    started = dict(evidence.started_children)
    for promise in promises(evidence):
        if promise.event.type != INITIATED:
            continue
        children = started.pop(promise.place, [])
        if len(children) > 1:
            problems.append(f"{promise}: was started {len(children)} times: {children}")
        named = [
            run_key(outcome["workflowExecution"])
            for outcome in promise.outcomes
            if outcome.type == STARTED
        ]
        for outcome in promise.outcomes:
            if differing(outcome, promise.event, ("workflowType",)):
                problems.append(f"{promise}: {outcome} names another type")
        if promise.outcomes and named != children:
            problems.append(f"{promise}: its children are {children}, its outcome names {named}")
        if not promise.outcomes and not children and _was_lost(evidence, promise):
            problems.append(f"{promise}: was never started")
        for child in children:
            problems += _judge_first_event(evidence, promise, child)
    return problems + [
        f"{child[0]}: its parent {parent} never asked for it"
        for (parent, _), children in started.items()
        for child in children
    ]


def _judge_first_event(evidence, promise, child):
    first = evidence.event(child, 1)
    other = differing(first, promise.event, PASSED_ON)
    if child[0] != promise.event["workflowId"] or other:
        yield f"{promise}: its child {child} differs in {other}"
    if first.time < promise.event.time:
        yield f"{promise}: its child {child} started before it"
    for outcome in promise.outcomes:
        if outcome.time != first.time:
            yield f"{promise}: its child {child} started at another time than {outcome}"


def _applied_policy(evidence, parent):
    """The policy that the end of a run applied to its children, or None."""
    close = evidence.close(parent)
    return close["childPolicy"] if close and close.type != CONTINUED else None


def _was_lost(evidence, promise):
    """Whether a child without any outcome should have been started all the same."""
    if _applied_policy(evidence, promise.run) in ("TERMINATE", "REQUEST_CANCEL"):
        return False
    begin = promise.event.time
    return not any(
        evidence.closed_at(run) >= begin and not overdue(evidence, begin, start)
        for run in evidence.runs_of.get(promise.event["workflowId"], [])
        for start in [evidence.parsed[run][0].time]
    )


def judge_ends_of_children(evidence):
    """A child's end is told once to its parent while that is open, and only then (7.5)."""
    problems = []
    for parent, history in evidence.parsed.items():
        told = {}
        for event in history:
            if event.type in TOLD_ENDS:
                told.setdefault(event["initiatedEventId"], []).append(event)
        for started in history:
            if started.type == STARTED:
                ends = told.get(started["initiatedEventId"], [])
                where = f"{parent[0]}: {started}"
                chain = evidence.chain(run_key(started["workflowExecution"]))
                if not chain:
                    problems.append(f"{where}: there is no such child")
                    continue
                found = _judge_end(evidence, parent, started, ends, chain[-1])
                problems += [f"{where}: {text}" for text in found]
    return problems


def _judge_end(evidence, parent, started, ends, child):
    close = evidence.close(child)
    if len(ends) > 1:
        yield f"its end was told {len(ends)} times"
    if not ends:
        if close and overdue(evidence, close.time, evidence.closed_at(parent)):
            yield f"nobody told it of the end of {child}: {close}"
        return
    end = ends[0]
    if close is None or close.type not in ENDS:
        yield f"was told {end}, but {child} has not ended"
        return
    name, members = ENDS[close.type]
    if end.type != name or differing(end, close, members):
        yield f"was told {end} of {child}, which ended with {close}"
    if run_key(end["workflowExecution"]) != child:
        yield f"was told of the end of {end['workflowExecution']}, not of {child}"
    if differing(end, evidence.event(child, 1), ("workflowType",)):
        yield f"{end} names another type than {child} has"
    if end["startedEventId"] != started.id:
        yield f"{end} names another start"
    if end.time < close.time:
        yield f"was told {end} before {child} ended"
    if overdue(evidence, close.time, end.time):
        yield f"was told {end} late"


def judge_policies(evidence):
    """A policy reaches every open child, once, and no child when none was applied (7.6)."""
    problems = []
    for (parent, _), children in evidence.started_children.items():
        policy = _applied_policy(evidence, parent)
        for child in children:
            chain = evidence.chain(child)
            found = _judge_policy(evidence, parent, policy, chain)
            problems += [f"{child[0]}: {text}" for text in found]
    for run, event in _marks(evidence, evidence.parsed):
        if not evidence.event(run, 1)["parentWorkflowExecution"]:
            problems.append(f"{run[0]}: {event}: it is nobody's child")
    return problems


def _marks(evidence, runs):
    """The events that a parent's policy made in these runs, as (run, event)."""
    return [
        (run, event)
        for run in runs
        for event in evidence.parsed[run]
        if event["cause"] == BY_POLICY
    ]


def _judge_policy(evidence, parent, policy, chain):
    marks = _marks(evidence, chain)
    terminated = [event for _, event in marks if event.type == "WorkflowExecutionTerminated"]
    asked = [event for _, event in marks if event.type == "WorkflowExecutionCancelRequested"]
    closed = evidence.closed_at(parent)
    if any(event.time < closed for _, event in marks):
        yield f"{marks[0][1]}: the policy was applied before {parent} closed"
    if terminated and policy != "TERMINATE" or asked and policy != "REQUEST_CANCEL":
        yield f"{marks[0][1]}: the policy of {parent} was {policy}"
    if len(marks) > 1:
        yield f"the policy of {parent} was applied {len(marks)} times"
    if any(run_key(event["externalWorkflowExecution"]) != parent for event in asked):
        yield f"{asked[0]}: does not name its parent {parent}"
    for run, event in marks:
        if event.closes and event["childPolicy"] != evidence.event(run, 1)["childPolicy"]:
            yield f"{event}: shows a childPolicy that is not its own"
    if policy in ("TERMINATE", "REQUEST_CANCEL"):
        first = evidence.parsed[chain[0]][0]
        if first.time > closed:
            yield f"was started after the policy of {parent} had been applied"
        if not marks and overdue(evidence, closed, evidence.closed_at(chain[-1])):
            yield f"the policy {policy} of {parent} never reached it"


def judge_continuations(evidence):
    """A continued run and the new one name each other, share values and the instant (7.7)."""
    problems = []
    for run, close in evidence.events(CONTINUED):
        where = f"{run[0]}: {close}"
        new = evidence.event((run[0], close["newExecutionRunId"]), 1)
        if new is None or new["continuedExecutionRunId"] != run[1]:
            problems.append(f"{where}: there is no such run")
            continue
        if new.time != close.time:
            problems.append(f"{where}: the new run started at another time")
        other = differing(new, close, PASSED_ON)
        other += differing(new, evidence.event(run, 1), PARENTHOOD)
        if other:
            problems.append(f"{where}: the new run differs in {other}")
    for run, first in evidence.events("WorkflowExecutionStarted"):
        before = first["continuedExecutionRunId"]
        close = evidence.close((run[0], before)) if before else None
        if before and (close is None or close["newExecutionRunId"] != run[1]):
            problems.append(f"{run[0]}: the run that it continues does not know it")
    return problems


def judge_one_open(evidence):
    """At every instant at most one run of a workflow id is open (1.3)."""
    problems = []
    for workflow_id, runs in evidence.runs_of.items():
        spans = sorted((evidence.parsed[run][0].time, evidence.closed_at(run)) for run in runs)
        for one, next_one in zip(spans, spans[1:], strict=False):
            if next_one[0] < one[1]:
                problems.append(f"{workflow_id}: two runs were open at {next_one[0]}")
    return problems


def judge_listed_links(evidence):
    """Lists tell the start and the parent of a run as its history does (8)."""
    problems = []
    for run, info in evidence.infos.items():
        first = evidence.event(run, 1)
        if first is None:
            continue
        listed = info.get("parent"), info.get("tagList")
        if listed != (first["parentWorkflowExecution"], first["tagList"]):
            problems.append(f"{run[0]}: listed with parent and tags {listed}")
    return problems


CHILD_RULES = [
    judge_starts_of_children,
    judge_ends_of_children,
    judge_policies,
    judge_continuations,
    judge_one_open,
    judge_listed_links,
]
