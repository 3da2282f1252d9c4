"""Plans of runs, and the decider that carries them out.

A plan is a list of stages, a stage a list of items that run side by side; the
next stage begins when every item of the one before has ended. The items of
`farewell` are asked for in the batch that closes the run. Plans travel as JSON
in the run's input, so that any decider thread can go on from a history alone.
Items are `[kind, argument]`:

    ["activity", ORDERS]     one activity whose input is ORDERS (see workload)
    ["timer", SECONDS]       a timer that fires
    ["dropped timer", N]     a timer that the next decision cancels
    ["signals", N]           waits for N signals, at most SIGNAL_SECONDS
    ["child", CHILD]         a child run; ends with the child, or with its start
    ["message", MESSAGE]     a signal or a cancel request to a run, until its outcome
    ["burst", BURST]         hundreds of children and messages at once, until all outcomes
    ["forever", 0]           never ends

CHILD is a dictionary of `plan`, `policy`, perhaps `seconds` (of its life), `list`
(its task list) and `left` (the item ends when the child has started). MESSAGE
has `to`, perhaps `run` (a run id) and `cancel`; `to` is a workflow id, "self",
or begins with a dot and then names a child of this run. BURST has `children`,
`signals`, `cancels` (how many of each) and `harbour`, a run to send to.
"""

import itertools
import json
import random

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
MESSAGES = {
    "SignalExternalWorkflowExecutionInitiated",
    "RequestCancelExternalWorkflowExecutionInitiated",
}
MESSAGE_OUTCOMES = {
    "SignalExternalWorkflowExecutionFailed",
    "ExternalWorkflowExecutionSignaled",
    "RequestCancelExternalWorkflowExecutionFailed",
    "ExternalWorkflowExecutionCancelRequested",
}

POLICIES = ["TERMINATE", "REQUEST_CANCEL", "ABANDON"]
STARTED = "ChildWorkflowExecutionStarted"
NOBODY = "nobody"
# A list that nobody polls: what is put on it costs no calls.
IDLE_LIST = "idle"
BURST_CHILD_SECONDS = ["2", "3", "4"]

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
        self.messages = {}
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
        elif name == STARTED or name in CHILD_ENDS:
            child = of.get("workflowExecution", of)["workflowId"]
            self.children[child] = name
        elif name == "WorkflowExecutionSignaled":
            self.signals += 1
        elif name in MESSAGES:
            self.messages[of["control"]] = None
        elif name in MESSAGE_OUTCOMES:
            control = attributes(self.by_id[of["initiatedEventId"]])["control"]
            self.messages[control] = name
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
    return [*_farewell(past, plan, workflow_id), _closing(plan)]


def _farewell(past, plan, workflow_id):
    """What a run asks for in the batch that closes it, and did not ask for before."""
    decisions = []
    for place, (kind, argument) in enumerate(plan.get("farewell", [])):
        decisions += ITEMS[kind](past, f"{workflow_id}.last.{place}", argument, workflow_id) or []
    return decisions


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


def _child(past, name, child, _workflow_id):
    if name not in past.children:
        return [start_child(name, **child)]
    state = past.children[name]
    ended = state in CHILD_ENDS or (child.get("left") and state == STARTED)
    return None if ended else []


def start_child(name, plan, policy, seconds=None, **more):
    """The decision that starts a child with a plan."""
    optional = {}
    if seconds:
        optional["executionStartToCloseTimeout"] = seconds
    if "list" in more:
        optional["taskList"] = {"name": more["list"]}
    return _decision(
        "StartChildWorkflowExecution",
        workflowId=name,
        workflowType=WORKFLOW_TYPE,
        input=json.dumps(plan),
        childPolicy=policy,
        control=name,
        tagList=["child"],
        **optional,
    )


def _message(past, name, message, workflow_id):
    if name in past.messages:
        return None if past.messages[name] else []
    return [send(name, workflow_id, **message)]


def send(name, workflow_id, to, run=None, cancel=False):
    """The decision that sends a signal, or a request to cancel, to another run or oneself."""
    target = workflow_id if to == "self" else workflow_id + to if to[0] == "." else to
    where = {"workflowId": target, "control": name} | ({"runId": run} if run else {})
    if cancel:
        return _decision("RequestCancelExternalWorkflowExecution", **where)
    return _decision("SignalExternalWorkflowExecution", signalName="message", input=name, **where)


def _burst(past, name, burst, workflow_id):
    orders = list(_burst_orders(name, burst))
    children = [child for child, _ in orders if child in past.children]
    messages = [message for message, _ in orders if message in past.messages]
    if not children and not messages:
        return [
            start_child(child, **order) if "plan" in order else send(child, workflow_id, **order)
            for child, order in orders
        ]
    told = all(past.children[child] for child in children)
    return None if told and all(past.messages[message] for message in messages) else []


def _burst_orders(name, burst):
    """What a burst asks for, as (name, order) in a random order that is always the same."""
    chance = random.Random(name)
    numbers = itertools.count(1)
    orders, started = [], []
    kinds = [kind for kind in ("children", "signals", "cancels") for _ in range(burst[kind])]
    chance.shuffle(kinds)
    for kind in kinds:
        unique = f"{name}.{next(numbers)}"
        if kind == "children":
            seconds = chance.choice(BURST_CHILD_SECONDS)
            order = {"plan": {}, "policy": chance.choice(POLICIES), "seconds": seconds}
            orders.append((unique, order | {"list": IDLE_LIST}))
            started.append(unique)
            continue
        targets = [burst["harbour"]] * 6 + [NOBODY] + started[-2:]
        if kind == "signals":
            targets.append("self")
        orders.append((unique, {"to": chance.choice(targets), "cancel": kind == "cancels"}))
    return orders


def _forever(_past, _name, _argument, _workflow_id):
    return []


ITEMS = {
    "activity": _activity,
    "timer": _timer,
    "dropped timer": _dropped_timer,
    "signals": _signals,
    "child": _child,
    "message": _message,
    "burst": _burst,
    "forever": _forever,
}
