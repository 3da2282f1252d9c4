"""Hand-written histories for the unit tests of the checker and of the verification.

`Script` writes events with their required attributes filled in, so that a test
states only what it is about. Times are seconds after the start of the run.
"""

from event_table import EVENT_TYPES

ORIGIN = 1_700_000_000.0
WORKFLOW_TYPE = {"name": "order", "version": "1.0"}
ACTIVITY_TYPE = {"name": "ship", "version": "1.0"}

DEFAULTS = {
    "workflowType": WORKFLOW_TYPE,
    "activityType": ACTIVITY_TYPE,
    "taskList": {"name": "main"},
    "childPolicy": "TERMINATE",
    "executionStartToCloseTimeout": "3600",
    "taskStartToCloseTimeout": "30",
    "startToCloseTimeout": "30",
    "scheduleToStartTimeout": "NONE",
    "scheduleToCloseTimeout": "NONE",
    "heartbeatTimeout": "NONE",
    "parentInitiatedEventId": 0,
    "externalInitiatedEventId": 0,
    "signalName": "go",
    "timeoutType": "START_TO_CLOSE",
    "workflowId": "o-2",
    "workflowExecution": {"workflowId": "o-2", "runId": "R2"},
    "cause": "UNHANDLED_DECISION",
}


class Script:
    """A history in the making."""

    def __init__(self, **started):
        self.events = []
        self.add("WorkflowExecutionStarted", 0, **started)
        self.add("DecisionTaskScheduled", 0)

    def add(self, name, seconds, **attributes):
        """Appends an event; answers its id."""
        entry = EVENT_TYPES[name]
        defaults = {key: DEFAULTS[key] for key in entry.required if key in DEFAULTS}
        self.events.append(
            {
                "eventId": len(self.events) + 1,
                "eventTimestamp": ORIGIN + seconds,
                "eventType": name,
                entry.member: defaults | attributes,
            }
        )
        return len(self.events)

    def start_decision(self, scheduled, seconds):
        return self.add("DecisionTaskStarted", seconds, scheduledEventId=scheduled)

    def complete_decision(self, scheduled, started, seconds, **attributes):
        return self.add(
            "DecisionTaskCompleted",
            seconds,
            scheduledEventId=scheduled,
            startedEventId=started,
            **attributes,
        )

    def result(self, name, decision, seconds, **attributes):
        """Appends the event that a decision of the batch of `decision` made."""
        return self.add(name, seconds, decisionTaskCompletedEventId=decision, **attributes)


def activity_history():
    """execution.md 11.1: one activity, then the end. Ids as there."""
    script = Script(input="42")
    script.start_decision(2, 1)
    script.complete_decision(2, 3, 2)
    script.result("ActivityTaskScheduled", 4, 2, activityId="a1", heartbeatTimeout="10")
    script.add("ActivityTaskStarted", 3, scheduledEventId=5)
    script.add("ActivityTaskCompleted", 4, scheduledEventId=5, startedEventId=6, result="ok")
    script.add("DecisionTaskScheduled", 4)
    script.start_decision(8, 5)
    script.complete_decision(8, 9, 6)
    script.result("WorkflowExecutionCompleted", 10, 6, result="done")
    return script.events


def heartbeat_timeout_history():
    """execution.md 11.2: the worker fell silent after two heartbeats."""
    events = activity_history()[:6]
    script = Script()
    script.events = events
    script.add(
        "ActivityTaskTimedOut",
        22,
        timeoutType="HEARTBEAT",
        scheduledEventId=5,
        startedEventId=6,
        details="50%",
    )
    script.add("DecisionTaskScheduled", 22)
    return script.events


def timer_history():
    """Two timers: one fires (7), then the other is canceled (11). Recorded shape."""
    script = Script()
    script.start_decision(2, 1)
    script.complete_decision(2, 3, 2)
    script.result("TimerStarted", 4, 2, timerId="long", startToFireTimeout="120")
    script.result("TimerStarted", 4, 2, timerId="short", startToFireTimeout="2")
    script.add("TimerFired", 4.001, timerId="short", startedEventId=6)
    script.add("DecisionTaskScheduled", 4.001)
    script.start_decision(8, 5)
    script.complete_decision(8, 9, 6)
    script.result("TimerCanceled", 10, 6, timerId="long", startedEventId=5)
    script.result("TimerStarted", 10, 6, timerId="short", startToFireTimeout="0")
    script.add("TimerFired", 6.01, timerId="short", startedEventId=12)
    script.add("DecisionTaskScheduled", 6.01)
    return script.events


def unhandled_history():
    """execution.md 11.6 (a): a signal during the decision refuses the close."""
    script = Script()
    script.start_decision(2, 1)
    script.add("WorkflowExecutionSignaled", 2, signalName="stop")
    script.add("DecisionTaskScheduled", 2)
    script.complete_decision(2, 3, 3)
    script.result("ActivityTaskScheduled", 6, 3, activityId="a1")
    script.result("CompleteWorkflowExecutionFailed", 6, 3)
    script.start_decision(5, 4)
    script.complete_decision(5, 9, 5)
    script.result("WorkflowExecutionCompleted", 10, 5)
    return script.events


def cancel_history():
    """execution.md 11.3: a waiting activity is canceled; an unknown one is not."""
    script = Script()
    script.start_decision(2, 1)
    script.complete_decision(2, 3, 2)
    script.result("ActivityTaskScheduled", 4, 2, activityId="a1")
    script.add("WorkflowExecutionCancelRequested", 3)
    script.add("DecisionTaskScheduled", 3)
    script.start_decision(7, 4)
    script.complete_decision(7, 8, 5)
    script.result("ActivityTaskCancelRequested", 9, 5, activityId="a1")
    script.add(
        "ActivityTaskCanceled",
        5,
        scheduledEventId=5,
        startedEventId=0,
        latestCancelRequestedEventId=10,
    )
    script.result(
        "RequestCancelActivityTaskFailed", 9, 5, activityId="a1", cause="ACTIVITY_ID_UNKNOWN"
    )
    script.add("DecisionTaskScheduled", 5)
    return script.events


def decision_timeout_history():
    """execution.md 11.7, with a signal: the timeout schedules no second task."""
    script = Script()
    script.start_decision(2, 1)
    script.add("WorkflowExecutionSignaled", 3)
    script.add("DecisionTaskScheduled", 3)
    script.add("DecisionTaskTimedOut", 31, scheduledEventId=2, startedEventId=3)
    script.start_decision(5, 32)
    script.add("DecisionTaskTimedOut", 62, scheduledEventId=5, startedEventId=7)
    script.add("DecisionTaskScheduled", 62)
    return script.events


def task_list_history():
    """execution.md 11.8: a temporary task list whose decider is lost."""
    temporary = {"taskList": {"name": "host-7"}}
    script = Script()
    script.start_decision(2, 1)
    script.complete_decision(2, 3, 2, **temporary, taskListScheduleToStartTimeout="10")
    script.add("WorkflowExecutionSignaled", 3)
    script.add("DecisionTaskScheduled", 3, **temporary, scheduleToStartTimeout="10")
    script.add(
        "DecisionTaskTimedOut",
        13,
        timeoutType="SCHEDULE_TO_START",
        scheduledEventId=6,
        startedEventId=0,
    )
    script.add("DecisionTaskScheduled", 13)
    return script.events


def child_history():
    """A child that starts and completes, and a signal to a run that is not there."""
    script = Script()
    script.start_decision(2, 1)
    script.complete_decision(2, 3, 2)
    script.result("StartChildWorkflowExecutionInitiated", 4, 2)
    script.result("SignalExternalWorkflowExecutionInitiated", 4, 2, workflowId="nobody")
    script.add("ChildWorkflowExecutionStarted", 2, initiatedEventId=5)
    script.add("DecisionTaskScheduled", 2)
    script.result(
        "SignalExternalWorkflowExecutionFailed",
        4,
        2,
        workflowId="nobody",
        initiatedEventId=6,
        cause="UNKNOWN_EXTERNAL_WORKFLOW_EXECUTION",
    )
    script.start_decision(8, 3)
    script.complete_decision(8, 10, 4)
    script.add("ChildWorkflowExecutionCompleted", 5, initiatedEventId=5, startedEventId=7)
    script.add("DecisionTaskScheduled", 5)
    return script.events


GOOD = {
    function.__name__: function
    for function in (
        activity_history,
        heartbeat_timeout_history,
        timer_history,
        unhandled_history,
        cancel_history,
        decision_timeout_history,
        task_list_history,
        child_history,
    )
}
