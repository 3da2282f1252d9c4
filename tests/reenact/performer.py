"""Decider, workers, clients and children: they take the steps of a script.

One performer plays everybody, in the order of the recorded history. After each
step the history must have the same events so far as the recorded one, so that a
failure names the step that went wrong.
"""

import harness

from . import script
from .recordings import attributes

TIMEOUTS = {
    "HEARTBEAT": "heartbeatTimeout",
    "SCHEDULE_TO_CLOSE": "scheduleToCloseTimeout",
    "SCHEDULE_TO_START": "scheduleToStartTimeout",
    "START_TO_CLOSE": "startToCloseTimeout",
}
"""The member of a scheduled task that a time-out of this type refers to."""

CHILD_ENDS = {
    "ChildWorkflowExecutionCanceled": ("CancelWorkflowExecution", ["details"]),
    "ChildWorkflowExecutionCompleted": ("CompleteWorkflowExecution", ["result"]),
    "ChildWorkflowExecutionFailed": ("FailWorkflowExecution", ["reason", "details"]),
}
"""How a child makes this event in its parent's history: its decision, with members."""

RESPONSES = {
    "ActivityTaskCanceled": ("RespondActivityTaskCanceled", ["details"]),
    "ActivityTaskCompleted": ("RespondActivityTaskCompleted", ["result"]),
    "ActivityTaskFailed": ("RespondActivityTaskFailed", ["reason", "details"]),
}
"""The worker's call behind an event, with the members that it passes on."""


class Performer:
    """Takes the steps of one history on one stage."""

    def __init__(self, stage):
        self.stage = stage
        self.recorded = stage.recording.history
        self.tokens = {}
        self.put_aside = {}
        self.described = []
        self.run = None
        self.acts = {
            "WorkflowExecutionStarted": self.start,
            "DecisionTaskStarted": self.poll_for_decision,
            "DecisionTaskCompleted": self.decide,
            "ActivityTaskStarted": self.poll_for_activity,
            **dict.fromkeys(RESPONSES, self.respond),
            "WorkflowExecutionSignaled": self.signal,
            "WorkflowExecutionCancelRequested": self.request_cancel,
            "WorkflowExecutionTerminated": self.terminate,
            "TimerFired": self.await_timer,
            "ActivityTaskTimedOut": self.await_task_timeout,
            "DecisionTaskTimedOut": self.await_task_timeout,
            "WorkflowExecutionTimedOut": self.await_run_timeout,
            "ChildWorkflowExecutionStarted": self.await_child,
            **dict.fromkeys(CHILD_ENDS, self.end_child),
            "ChildWorkflowExecutionTerminated": self.terminate_child,
            "ChildWorkflowExecutionTimedOut": self.await_child_timeout,
        }

    def perform(self):
        """Takes all steps; returns the history that Everbeat wrote."""
        for step in script.steps(self.recorded):
            kind = step.event["eventType"]
            assert kind in self.acts, f"a history with {kind} cannot be read back"
            self.acts[kind](step.event, attributes(step.event))
            self.see(step)
        return self.events()

    def see(self, step):
        """Waits for all that follows from a step; keeps how the run is described then.

        More may have followed: the next step may happen by itself.
        """
        what = f"event {step.last}, after {step.event['eventType']} {step.event['eventId']}"
        harness.wait_until(lambda: len(self.events()) >= step.last, what)
        assert _kinds(self.events(), step) == _kinds(self.recorded, step), what
        self.described.append(self.call("DescribeWorkflowExecution", execution=self.run))

    def call(self, operation, **params):
        """Calls an operation in the domain as it would be called without an SDK."""
        call = {"operation": operation, "status": 200}
        return self.stage.send(call | {"request": {"domain": self.stage.domain} | params})

    def events(self):
        """The history so far."""
        return self.call("GetWorkflowExecutionHistory", execution=self.run)["events"]

    def recorded_event(self, event_id):
        """The attributes of an event of the recording."""
        return attributes(self.recorded[event_id - 1])

    # What a client does.

    def start(self, _event, _members):
        recorded = self.stage.recording.only("StartWorkflowExecution")
        run_id = self.stage.send(recorded)["runId"]
        self.stage.translation.runs[self.stage.recording.run_id] = run_id
        self.run = {"workflowId": recorded["request"]["workflowId"], "runId": run_id}

    def signal(self, _event, members):
        assert members["externalInitiatedEventId"] == 0, "sent by a client"
        passed = _only(members, ["signalName", "input"])
        self.call("SignalWorkflowExecution", **self.run, **passed)

    def request_cancel(self, _event, members):
        assert members == {"externalInitiatedEventId": 0}, "sent by a client"
        self.call("RequestCancelWorkflowExecution", **self.run)

    def terminate(self, _event, members):
        assert members["cause"] == "OPERATOR_INITIATED", "terminated by a client"
        passed = _only(members, ["childPolicy", "reason", "details"])
        self.call("TerminateWorkflowExecution", **self.run, **passed)

    # What deciders and workers do.

    def poll_for_decision(self, event, members):
        self.take_task("PollForDecisionTask", event, members)

    def poll_for_activity(self, event, members):
        task = self.take_task("PollForActivityTask", event, members)
        scheduled = self.recorded_event(members["scheduledEventId"])
        assert task["activityId"] == scheduled["activityId"]

    def take_task(self, operation, event, members):
        """Polls for the task that this event started, and keeps its token."""
        scheduled = self.recorded_event(members["scheduledEventId"])
        task = self.poll(operation, scheduled, members, self.run["runId"])
        assert task["startedEventId"] == event["eventId"]
        self.tokens[event["eventId"]] = task["taskToken"]
        return task

    def decide(self, event, members):
        decided = script.decisions(self.recorded, event["eventId"])
        passed = ["executionContext", "taskList", "taskListScheduleToStartTimeout"]
        self.stage.boto.call(
            "RespondDecisionTaskCompleted",
            taskToken=self.tokens[members["startedEventId"]],
            decisions=[self.stage.without_defaults(decision) for decision in decided],
            **_only(members, passed),
        )

    def respond(self, event, members):
        operation, passed = RESPONSES[event["eventType"]]
        token = self.tokens[members["startedEventId"]]
        self.stage.boto.call(operation, taskToken=token, **_only(members, passed))

    def poll(self, operation, scheduled, started, run_id):
        """Polls until there is a task of this run; tasks of other runs are put aside.

        A parent and its children may share a task list.
        """

        def found():
            if (operation, run_id) not in self.put_aside:
                task = self.stage.boto.call(
                    operation,
                    domain=self.stage.domain,
                    taskList=scheduled["taskList"],
                    **_only(started, ["identity"]),
                )
                if "taskToken" in task:
                    owner = task["workflowExecution"]["runId"]
                    self.put_aside[operation, owner] = task
            return self.put_aside.pop((operation, run_id), None)

        return harness.wait_until(found, f"a task of {operation} for {run_id}")

    # What happens by itself, and what children do.

    def await_timer(self, event, members):
        began = members["startedEventId"]
        timeout = self.recorded_event(began)["startToFireTimeout"]
        self.await_deadline(event, began, timeout)

    def await_task_timeout(self, event, members):
        scheduled = members["scheduledEventId"]
        kind = members["timeoutType"]
        timeout = self.recorded_event(scheduled)[TIMEOUTS[kind]]
        from_start = kind in ("START_TO_CLOSE", "HEARTBEAT")
        self.await_deadline(
            event, members["startedEventId"] if from_start else scheduled, timeout
        )

    def await_run_timeout(self, event, _members):
        self.await_deadline(event, 1, self.recorded_event(1)["executionStartToCloseTimeout"])

    def await_deadline(self, event, began, timeout):
        """Waits for an event that is due `timeout` seconds after the event `began`."""
        self.stage.clock.reach(
            self.events()[began - 1]["eventTimestamp"] + int(timeout),
            lambda: len(self.events()) >= event["eventId"],
            f"{event['eventType']} {event['eventId']}",
        )

    def await_child(self, event, _members):
        number = event["eventId"]
        harness.wait_until(lambda: len(self.events()) >= number, "start of the child")
        self.stage.translation.learn_child(event, self.events()[number - 1])

    def end_child(self, event, members):
        run_id = self.stage.translation.of(members["workflowExecution"])["runId"]
        initiated = self.recorded_event(members["initiatedEventId"])
        task = self.poll("PollForDecisionTask", initiated, {}, run_id)
        decision, passed = CHILD_ENDS[event["eventType"]]
        self.stage.boto.call(
            "RespondDecisionTaskCompleted",
            taskToken=task["taskToken"],
            decisions=[script.decision(decision, _only(members, passed))],
        )

    def terminate_child(self, _event, members):
        child = self.stage.translation.of(members["workflowExecution"])
        self.call("TerminateWorkflowExecution", **child)

    def await_child_timeout(self, event, members):
        initiated = self.recorded_event(members["initiatedEventId"])
        timeout = initiated["executionStartToCloseTimeout"]
        self.await_deadline(event, members["startedEventId"], timeout)


def _only(members, names):
    return {name: members[name] for name in names if name in members}


def _kinds(events, step):
    return [event["eventType"] for event in events[: step.last]]
