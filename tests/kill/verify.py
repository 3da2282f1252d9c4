"""Judges what the server kept against what it had told its clients.

`verify(evidence)` answers a list of problems in plain words, empty when nothing
acknowledged is missing, nothing was handed out twice, and nothing is there that
nobody asked for. Deadlines and heartbeats are judged in `verify_time`, messages
between runs in `verify_messages`, children and continued runs in `verify_children`.
"""

import collections

import checker
from evidence import POLLS, run_key
from instants import judge_glances
from journal import ACKNOWLEDGED, REFUSED, UNKNOWN
from verify_children import CHILD_RULES
from verify_messages import MESSAGE_RULES
from verify_time import TIME_RULES

# What a clock reading of a client and one of the server may differ by, in seconds.
MARGIN = 0.05

ANSWERS = {
    "RespondActivityTaskCompleted": ("ActivityTaskCompleted", ("result",)),
    "RespondActivityTaskFailed": ("ActivityTaskFailed", ("reason", "details")),
    "RespondActivityTaskCanceled": ("ActivityTaskCanceled", ("details",)),
    "RespondDecisionTaskCompleted": ("DecisionTaskCompleted", ("executionContext",)),
}
ANSWER_EVENTS = {event for event, _ in ANSWERS.values()}

# What a decision turns into when it works and when it does not, and the member
# that both share with the decision.
DECISIONS = {
    "ScheduleActivityTask": ("ActivityTaskScheduled", "ScheduleActivityTaskFailed", "activityId"),
    "RequestCancelActivityTask": (
        "ActivityTaskCancelRequested",
        "RequestCancelActivityTaskFailed",
        "activityId",
    ),
    "StartTimer": ("TimerStarted", "StartTimerFailed", "timerId"),
    "CancelTimer": ("TimerCanceled", "CancelTimerFailed", "timerId"),
    "RecordMarker": ("MarkerRecorded", "RecordMarkerFailed", "markerName"),
    "StartChildWorkflowExecution": (
        "StartChildWorkflowExecutionInitiated",
        "StartChildWorkflowExecutionFailed",
        "workflowId",
    ),
    "SignalExternalWorkflowExecution": (
        "SignalExternalWorkflowExecutionInitiated",
        "SignalExternalWorkflowExecutionFailed",
        "workflowId",
    ),
    "RequestCancelExternalWorkflowExecution": (
        "RequestCancelExternalWorkflowExecutionInitiated",
        "RequestCancelExternalWorkflowExecutionFailed",
        "workflowId",
    ),
    "CompleteWorkflowExecution": (
        "WorkflowExecutionCompleted",
        "CompleteWorkflowExecutionFailed",
        "result",
    ),
    "FailWorkflowExecution": ("WorkflowExecutionFailed", "FailWorkflowExecutionFailed", "reason"),
    "CancelWorkflowExecution": (
        "WorkflowExecutionCanceled",
        "CancelWorkflowExecutionFailed",
        "details",
    ),
    "ContinueAsNewWorkflowExecution": (
        "WorkflowExecutionContinuedAsNew",
        "ContinueAsNewWorkflowExecutionFailed",
        "input",
    ),
}

MAY_FIND_NOTHING = {
    *ANSWERS,
    "RecordActivityTaskHeartbeat",
    "SignalWorkflowExecution",
    "RequestCancelWorkflowExecution",
    "TerminateWorkflowExecution",
}


def verify(evidence):
    """All problems, as a list of sentences."""
    problems = []
    for rule in ALL_RULES:
        problems += rule(evidence)
    return problems


def judge_histories(evidence):
    """Every history obeys the rules, and every run has ended."""
    problems = []
    for run, events in evidence.histories.items():
        problems += [f"{run[0]}: {problem}" for problem in checker.check(events)]
        if run in evidence.parsed and not evidence.close(run):
            problems.append(f"{run[0]}: never closed")
    return problems


def judge_starts(evidence):
    """Acknowledged runs exist, each start made at most one run, none is unexplained."""
    problems = []
    runs = collections.defaultdict(list)
    for run, history in evidence.parsed.items():
        first = history[0]
        if not first["continuedExecutionRunId"] and not first["parentWorkflowExecution"]:
            runs[run[0]].append(run[1])
    for call in evidence.journal.of("StartWorkflowExecution"):
        workflow_id = call.request["workflowId"]
        found = runs.pop(workflow_id, [])
        expected = [call.answer["runId"]] if call.outcome == ACKNOWLEDGED else found[:1]
        if not call.may_have_happened:
            expected = []
        if found != expected:
            problems.append(f"{workflow_id}: {call.outcome} start, runs {found}, not {expected}")
        for run_id in found:
            first = evidence.event((workflow_id, run_id), 1)
            if first["input"] != call.request.get("input"):
                problems.append(f"{workflow_id}: started with another input")
            if first["tagList"] != call.request.get("tagList"):
                problems.append(f"{workflow_id}: started with other tags")
    return problems + [f"{workflow_id}: nobody started it" for workflow_id in runs]


def judge_signals(evidence):
    """Each acknowledged signal stands in its run exactly once, an unknown one at most once."""
    found = collections.Counter(
        (run, event["input"])
        for run, event in evidence.events("WorkflowExecutionSignaled")
        if not event["externalInitiatedEventId"]
    )
    return _judge_counted(
        evidence, found, "SignalWorkflowExecution", lambda request: request["input"]
    )


def judge_terminations(evidence):
    """Each acknowledged termination closed its run, with its reason."""
    found = collections.Counter(
        (run, event["reason"])
        for run, event in evidence.events("WorkflowExecutionTerminated")
        if event["cause"] == "OPERATOR_INITIATED"
    )
    return _judge_counted(
        evidence, found, "TerminateWorkflowExecution", lambda request: request["reason"]
    )


def judge_cancel_requests(evidence):
    """Every acknowledged cancel request is an event of its run."""
    found = collections.Counter(
        (run, None)
        for run, event in evidence.events("WorkflowExecutionCancelRequested")
        if not event["externalWorkflowExecution"]
    )
    return _judge_counted(evidence, found, "RequestCancelWorkflowExecution", lambda _: None)


def _judge_counted(evidence, found, operation, mark):
    """Compares the events `found`, counted by (run, mark), with the calls of `operation`."""
    surely, perhaps = collections.Counter(), collections.Counter()
    for call in evidence.journal.of(operation):
        place = run_key(call.request), mark(call.request)
        surely[place] += call.outcome == ACKNOWLEDGED
        perhaps[place] += call.outcome == UNKNOWN
    problems = []
    for place in surely.keys() | found.keys():
        (workflow_id, _), named = place
        low, high = surely[place], surely[place] + perhaps[place]
        if not low <= found[place] <= high:
            problems.append(
                f"{workflow_id}: {operation} {named or ''} is {found[place]} times in the history;"
                f" {low} calls were acknowledged, {perhaps[place]} unknown"
            )
    return problems


def judge_hand_outs(evidence):
    """No task was handed out twice, and every hand-out was on disk before."""
    problems = []
    seen = {}
    for handed in evidence.handed:
        started = evidence.event(handed.run, handed.started)
        if started is None or started.type != handed.kind + "Started":
            problems.append(f"{handed}: the history has no such start, but {started}")
            continue
        place = handed.run, started["scheduledEventId"]
        if place in seen:
            problems.append(f"{handed}: was handed out before, as {seen[place]}")
        seen[place] = handed
        if started["identity"] != handed.poll.request["identity"]:
            problems.append(f"{handed}: was started for {started['identity']}")
        scheduled = evidence.event(handed.run, started["scheduledEventId"])
        if scheduled["activityId"] != handed.task.get("activityId"):
            problems.append(f"{handed}: is activity {scheduled['activityId']} in the history")
        shown = handed.task.get("events", [])
        if shown != evidence.histories[handed.run][: len(shown)]:
            problems.append(f"{handed}: events that were shown have changed since")
        if handed.whole and shown and len(shown) != handed.started:
            problems.append(f"{handed}: {len(shown)} events were shown, not {handed.started}")
    return problems


def judge_started_events(evidence):
    """Every started event belongs to one poll, which got that task or lost its answer."""
    problems = []
    polls = {
        call.request["identity"]: call
        for call in evidence.journal.of(*POLLS)
        if "nextPageToken" not in call.request
    }
    given = {}
    for run, event in evidence.events("DecisionTaskStarted", "ActivityTaskStarted"):
        where = f"{run[0]}: {event}"
        poll = polls.get(event["identity"])
        if poll is None or not poll.may_have_happened:
            problems.append(f"{where}: no poll asked for it as {event['identity']}")
            continue
        if event["identity"] in given:
            problems.append(f"{where}: its poll also got {given[event['identity']]}")
        given[event["identity"]] = where
        told = poll.answer.get("startedEventId")
        if poll.outcome == ACKNOWLEDGED and told != event.id:
            problems.append(f"{where}: its poll was answered with {told}")
    return problems


def judge_answers(evidence):
    """Acknowledged answers to tasks stand in the history, with what they carried."""
    problems = []
    explained = set()
    for handed in evidence.handed:
        calls = [
            call
            for call in evidence.calls_by_token.get(handed.task["taskToken"], [])
            if call.operation in ANSWERS
        ]
        end = evidence.ends.get((handed.run, handed.started))
        explained.add((handed.run, handed.started))
        acknowledged = [call for call in calls if call.outcome == ACKNOWLEDGED]
        if len(acknowledged) > 1:
            problems.append(f"{handed}: {len(acknowledged)} answers were acknowledged")
        matching = [call for call in calls if call.may_have_happened and _matches(call, end)]
        if acknowledged and acknowledged[0] not in matching:
            operation = acknowledged[0].operation
            problems.append(f"{handed}: the acknowledged {operation} is lost ({end})")
        elif end and end.type in ANSWER_EVENTS and not matching:
            problems.append(f"{handed}: nobody answered it so: {end}")
        elif matching and end.type == "DecisionTaskCompleted":
            problems += _judge_batch(evidence, handed, end, matching[-1].request["decisions"])
    for place, end in evidence.ends.items():
        if end.type in ANSWER_EVENTS and place not in explained:
            problems.append(f"{place[0][0]}: {end}: nobody had the token for it")
    return problems


def _matches(call, end):
    """Whether the event is what this call makes of its task."""
    event_type, members = ANSWERS[call.operation]
    if end is None or end.type != event_type:
        return False
    return all(end[member] == call.request.get(member) for member in members)


def _judge_batch(evidence, handed, completed, decisions):
    """All decisions of an answer have their event, in order, and nothing else has."""
    batch = []
    for event in evidence.parsed[handed.run][completed.id :]:
        link = event["decisionTaskCompletedEventId"]
        if link == completed.id and not event["initiatedEventId"]:
            batch.append(event)
    if len(batch) != len(decisions):
        return [f"{handed}: {len(decisions)} decisions became {len(batch)} events"]
    problems = []
    for decision, event in zip(decisions, batch, strict=True):
        kind = decision["decisionType"]
        success, failure, member = DECISIONS[kind]
        wanted = decision[kind[0].lower() + kind[1:] + "DecisionAttributes"].get(member)
        if event.type not in (success, failure):
            problems.append(f"{handed}: {kind} became {event}")
        elif event[member] is not None and event[member] != wanted:
            problems.append(f"{handed}: {kind} {wanted} became {event} {event[member]}")
    return problems


def judge_refusals(evidence):
    """A call was refused only where the run or the task had really ended."""
    problems = []
    handed = {task.task["taskToken"]: task for task in evidence.handed}
    for call in evidence.journal.calls:
        if call.outcome != REFUSED:
            continue
        if call.operation not in MAY_FIND_NOTHING or call.fault != "UnknownResourceFault":
            problems.append(f"{call.operation} was refused: {call.answer}")
            continue
        if "taskToken" in call.request:
            task = handed[call.request["taskToken"]]
            ends = [evidence.ends.get((task.run, task.started)), evidence.close(task.run)]
        else:
            ends = [evidence.close(run_key(call.request))]
        times = [end.time / 1000 for end in ends if end]
        if not times or min(times) > call.answered + MARGIN:
            problems.append(f"{call.operation} was refused before the end: {call.request}")
    return problems


def judge_types(evidence):
    """Acknowledged registrations and deprecations of types are there."""
    problems = []
    for kind in ("Activity", "Workflow"):
        member = f"{kind.lower()}Type"
        for call in evidence.journal.of(f"Register{kind}Type", outcome=ACKNOWLEDGED):
            named = kind.lower(), call.request["name"], call.request["version"]
            if named not in evidence.types:
                problems.append(f"the registered type {named} is lost")
        for call in evidence.journal.of(f"Deprecate{kind}Type", outcome=ACKNOWLEDGED):
            named = kind.lower(), *(call.request[member][key] for key in ("name", "version"))
            if evidence.types.get(named) != "DEPRECATED":
                problems.append(f"the type {named} is {evidence.types.get(named)}")
    return problems


def judge_indexes(evidence):
    """Lists and counts, which can be derived, agree with the histories."""
    problems = [
        f"{count} {what} wait although every run has ended"
        for what, count in evidence.pending.items()
        if count
    ]
    for run, info in evidence.infos.items():
        close = evidence.close(run)
        if close is None:
            continue
        listed = info.get("closeStatus"), checker.milliseconds(info.get("closeTimestamp", 0))
        status = checker.CLOSING[close.type]
        if listed != (status, close.time):
            problems.append(f"{run[0]}: listed as {listed}, closed as {status} at {close.time}")
    return problems


RULES = [
    judge_histories,
    judge_starts,
    judge_signals,
    judge_terminations,
    judge_cancel_requests,
    judge_hand_outs,
    judge_started_events,
    judge_answers,
    judge_refusals,
    judge_types,
    judge_indexes,
]

ALL_RULES = [*RULES, *TIME_RULES, *MESSAGE_RULES, *CHILD_RULES, judge_glances]
