"""Plans of runs, and the decider that carries them out.

A plan is a list of stages, a stage a list of items that run side by side; the
next stage begins when every item of the one before has ended. Plans travel as
JSON in the run's input, so that any decider thread can go on from a history
alone. Items are `[kind, argument]`:

    ["activity", ORDERS]     one activity whose input is ORDERS (see workload)
    ["timer", SECONDS]       a timer that fires
    ["dropped timer", N]     a timer that the next decision cancels
    ["signals", N]           waits for N signals, at most SIGNAL_SECONDS
    ["child", PLAN]          a child run; ends with the child
    ["message", NAME]        a signal to this run itself, which is to arrive
    ["forever", 0]           never ends

No plan of the load uses `child`, `message` or the closing `continue` yet: the
server refuses their decisions until the version that brings them.
"""

import json

from event_table import attributes

SIGNAL_SECONDS = "2"
ACTIVITY_ATTEMPTS = 2

ACTIVITY_ENDS = {
    "ActivityTaskCompleted",
    "ActivityTaskFailed",
    "ActivityTaskTimedOut",
    "ActivityTaskCanceled",
}
CHILD_ENDS = {
    "ChildWorkflowExecutionCompleted",
    "ChildWorkflowExecutionFailed",
    "ChildWorkflowExecutionTimedOut",
    "ChildWorkflowExecutionCanceled",
    "ChildWorkflowExecutionTerminated",
    "StartChildWorkflowExecutionFailed",
}

ACTIVITY_TYPE = {"name": "ship", "version": "1.0"}
WORKFLOW_TYPE = {"name": "order", "version": "1.0"}

DEFAULT_TIMEOUTS = {
    "scheduleToStartTimeout": "10",
    "scheduleToCloseTimeout": "12",
    "startToCloseTimeout": "3",
    "heartbeatTimeout": "NONE",
}


class Past:
    """What a history says about the items of a plan."""

    def __init__(self, events):
        self.activities = {}
        self.timers = {}
        self.children = {}
        self.signals = 0
        self.messages = set()
        self.cancel_requested = False
        self.canceling = set()
        self.by_id = {}
        for event in events:
            self.by_id[event["eventId"]] = event
            self._see(event["eventType"], attributes(event))

    def _see(self, name, of):
        if name == "ActivityTaskScheduled":
            self.activities.setdefault(of["activityId"], []).append(None)
        elif name in ACTIVITY_ENDS:
            activity_id = attributes(self.by_id[of["scheduledEventId"]])["activityId"]
            self.activities[activity_id][-1] = name
        elif name == "ActivityTaskCancelRequested":
            self.canceling.add(of["activityId"])
        elif name in ("TimerStarted", "TimerFired", "TimerCanceled"):
            self.timers[of["timerId"]] = name
        elif name == "StartChildWorkflowExecutionInitiated":
            self.children[of["workflowId"]] = None
        elif name in CHILD_ENDS:
            child = of.get("workflowExecution", of)["workflowId"]
            self.children[child] = name
        elif name == "WorkflowExecutionSignaled":
            self.signals += 1
        elif name == "SignalExternalWorkflowExecutionInitiated":
            self.messages.add(of["control"])
        elif name == "WorkflowExecutionCancelRequested":
            self.cancel_requested = True


def decide(workflow_id, events):
    """The decisions of a run whose whole history so far is `events`."""
    past = Past(events)
    if past.cancel_requested:
        return _decide_cancel(past)
    plan = json.loads(attributes(events[0])["input"])
    for stage, items in enumerate(plan["stages"]):
        decisions, ended = [], True
        for place, (kind, argument) in enumerate(items):
            name = f"{workflow_id}.{stage}.{place}"
            wanted = ITEMS[kind](past, name, argument, workflow_id)
            decisions += wanted or []
            ended = ended and wanted is None
        if not ended:
            return decisions
    return [_closing(plan)]


def _closing(plan):
    if plan["then"] == "continue":
        return _decision("ContinueAsNewWorkflowExecution", input=json.dumps(plan["next"]))
    if plan["then"] == "fail":
        return _decision("FailWorkflowExecution", reason="as planned")
    return _decision("CompleteWorkflowExecution", result="done")


def _decide_cancel(past):
    running = [name for name, ends in past.activities.items() if ends[-1] is None]
    asked = [
        _decision("RequestCancelActivityTask", activityId=name)
        for name in running
        if name not in past.canceling
    ]
    return asked or ([] if running else [_decision("CancelWorkflowExecution", details="asked")])


def _decision(kind, **attributes):
    member = kind[0].lower() + kind[1:] + "DecisionAttributes"
    return {"decisionType": kind, member: attributes}


# Each item function answers None when the item has ended, else the decisions
# that it wants now (none while it is under way).


def _activity(past, name, orders, _workflow_id):
    attempts = past.activities.get(name, [])
    if attempts and attempts[-1] is None:
        return []
    if attempts and (attempts[-1] == "ActivityTaskCompleted" or orders.get("once")):
        return None
    if len(attempts) == ACTIVITY_ATTEMPTS:
        return None
    timeouts = DEFAULT_TIMEOUTS | orders.get("timeouts", {})
    return [
        _decision(
            "ScheduleActivityTask",
            activityId=name,
            activityType=ACTIVITY_TYPE,
            input=json.dumps(orders),
            control=name,
            **timeouts,
        )
    ]


def _timer(past, name, seconds, _workflow_id):
    if past.timers.get(name) == "TimerFired":
        return None
    if name in past.timers:
        return []
    return [_decision("StartTimer", timerId=name, startToFireTimeout=seconds)]


def _dropped_timer(past, name, seconds, _workflow_id):
    state = past.timers.get(name)
    if state is None:
        started = _decision("StartTimer", timerId=name, startToFireTimeout=seconds)
        alarm = _decision("StartTimer", timerId=name + ".alarm", startToFireTimeout="0")
        return [_decision("RecordMarker", markerName=name), started, alarm]
    return [_decision("CancelTimer", timerId=name)] if state == "TimerStarted" else None


def _signals(past, name, count, _workflow_id):
    return None if past.signals >= count else _timer(past, name, SIGNAL_SECONDS, None)


def _child(past, name, plan, _workflow_id):
    if name in past.children:
        return None if past.children[name] else []
    return [
        _decision(
            "StartChildWorkflowExecution",
            workflowId=name,
            workflowType=WORKFLOW_TYPE,
            input=json.dumps(plan),
            childPolicy="TERMINATE",
        )
    ]


def _message(past, name, signal, workflow_id):
    if name in past.messages:
        return None if past.signals else []
    return [
        _decision(
            "SignalExternalWorkflowExecution",
            workflowId=workflow_id,
            signalName=signal,
            input=name,
            control=name,
        )
    ]


def _forever(_past, _name, _argument, _workflow_id):
    return []


ITEMS = {
    "activity": _activity,
    "timer": _timer,
    "dropped timer": _dropped_timer,
    "signals": _signals,
    "child": _child,
    "message": _message,
    "forever": _forever,
}
