"""A domain with types, and short words for what deciders and workers do.

Everything goes through an adapter's `call`, so that the same words serve all
clients. Histories are compared whole: `Run.history` answers every event as
`(type, attributes)` after checking ids, times and shape.
"""

import harness

DECISION_LIST = "main"
ACTIVITY_LIST = "work"
WORKFLOW_TYPE = {"name": "order", "version": "1.0"}
ACTIVITY_TYPE = {"name": "ship", "version": "1.0"}
WORKFLOW_DEFAULTS = {
    "defaultTaskList": {"name": DECISION_LIST},
    "defaultTaskStartToCloseTimeout": "30",
    "defaultExecutionStartToCloseTimeout": "3600",
    "defaultChildPolicy": "TERMINATE",
}
ACTIVITY_DEFAULTS = {
    "defaultTaskList": {"name": ACTIVITY_LIST},
    "defaultTaskScheduleToStartTimeout": "300",
    "defaultTaskScheduleToCloseTimeout": "600",
    "defaultTaskStartToCloseTimeout": "300",
    "defaultTaskHeartbeatTimeout": "NONE",
}


class World:
    """A fresh domain with workflow type `order` and activity type `ship`."""

    def __init__(self, client, name=None, retention="1"):
        self.client = client
        self.name = name or harness.unique("domain")
        client.call(
            "RegisterDomain",
            name=self.name,
            workflowExecutionRetentionPeriodInDays=retention,
        )
        self.call("RegisterWorkflowType", **WORKFLOW_TYPE, **WORKFLOW_DEFAULTS)
        self.call("RegisterActivityType", **ACTIVITY_TYPE, **ACTIVITY_DEFAULTS)

    @property
    def arn(self):
        """The ARN under which the domain is tagged."""
        return self.client.call("DescribeDomain", name=self.name)["domainInfo"]["arn"]

    def call(self, operation, **params):
        """Calls an operation in this domain."""
        return self.client.call(operation, domain=self.name, **params)

    def start(self, workflow_id=None, **params):
        """Starts a run of type `order`."""
        workflow_id = workflow_id or harness.unique("run")
        answer = self.call(
            "StartWorkflowExecution",
            workflowId=workflow_id,
            **{"workflowType": WORKFLOW_TYPE} | params,
        )
        return Run(self, workflow_id, answer["runId"])

    def decision_task(self, task_list=DECISION_LIST, **params):
        """Polls until there is a decision task."""
        return self._task("PollForDecisionTask", task_list, params)

    def activity_task(self, task_list=ACTIVITY_LIST, **params):
        """Polls until there is an activity task."""
        return self._task("PollForActivityTask", task_list, params)

    def _task(self, operation, task_list, params):
        def poll():
            task = self.poll(operation, task_list, **params)
            return task if task.get("taskToken") else None

        return harness.wait_until(poll, f"a task of {operation} on {task_list}")

    def poll(self, operation, task_list, **params):
        """Polls once; an empty answer is an answer."""
        return self.call(operation, taskList={"name": task_list}, **params)

    def decide(self, task, *decisions, **params):
        """Answers a decision task with these decisions."""
        self.client.call(
            "RespondDecisionTaskCompleted",
            taskToken=task["taskToken"],
            decisions=list(decisions),
            **params,
        )

    def heartbeat(self, task, **params):
        """Heartbeats and answers whether cancellation is requested."""
        status = self.client.call(
            "RecordActivityTaskHeartbeat", taskToken=task["taskToken"], **params
        )
        assert set(status) == {"cancelRequested"}
        return status["cancelRequested"]

    def complete(self, task, **params):
        """Completes an activity task."""
        self.client.call(
            "RespondActivityTaskCompleted", taskToken=task["taskToken"], **params
        )


class Run:
    """One workflow execution of a `World`."""

    def __init__(self, world, workflow_id, run_id):
        self.world = world
        self.workflow_id = workflow_id
        self.run_id = run_id

    @property
    def execution(self):
        """Both ids, as the wire has them."""
        return {"workflowId": self.workflow_id, "runId": self.run_id}

    def events(self):
        """The raw history."""
        return self.world.call("GetWorkflowExecutionHistory", execution=self.execution)[
            "events"
        ]

    def history(self, after=0):
        """The history as `(type, attributes)`, without the first `after` events."""
        return described(self.events())[after:]

    def describe(self):
        """DescribeWorkflowExecution."""
        return self.world.call("DescribeWorkflowExecution", execution=self.execution)

    def signal(self, name, **params):
        """Signals the run."""
        self.world.call(
            "SignalWorkflowExecution", **self.execution, signalName=name, **params
        )

    def unknown(self):
        """The text of a call on this run, or a token of it, after its end."""
        return (
            "Unknown execution: WorkflowExecution="
            f"[workflowId={self.workflow_id}, runId={self.run_id}]"
        )


def described(events):
    """Events as `(type, attributes)`; checks their ids, times and shape."""
    assert [event["eventId"] for event in events] == list(range(1, len(events) + 1))
    times = [event["eventTimestamp"] for event in events]
    assert times == sorted(times)
    return [_described(event) for event in events]


def _described(event):
    kind = event["eventType"]
    member = kind[0].lower() + kind[1:] + "EventAttributes"
    assert set(event) == {"eventId", "eventTimestamp", "eventType", member}
    return kind, event[member]


def event(kind, **attributes):
    """An expected event."""
    return kind, attributes


def opening(**started):
    """Events 1 and 2 of a run with the common type's defaults."""
    return [
        event(
            "WorkflowExecutionStarted",
            **{
                "workflowType": WORKFLOW_TYPE,
                "taskList": {"name": DECISION_LIST},
                "childPolicy": "TERMINATE",
                "executionStartToCloseTimeout": "3600",
                "taskStartToCloseTimeout": "30",
                "parentInitiatedEventId": 0,
            }
            | started,
        ),
        decision_scheduled(),
    ]


def decision_scheduled(**attributes):
    """A DecisionTaskScheduled with the common values."""
    return event(
        "DecisionTaskScheduled",
        **{
            "taskList": {"name": DECISION_LIST},
            "startToCloseTimeout": "30",
            "scheduleToStartTimeout": "NONE",
        }
        | attributes,
    )


def decision_started(scheduled, **attributes):
    """A DecisionTaskStarted."""
    return event("DecisionTaskStarted", scheduledEventId=scheduled, **attributes)


def decision_completed(scheduled, started, **attributes):
    """A DecisionTaskCompleted."""
    return event(
        "DecisionTaskCompleted",
        scheduledEventId=scheduled,
        startedEventId=started,
        **attributes,
    )


def activity_scheduled(activity_id, completed, **attributes):
    """An ActivityTaskScheduled with the common type's defaults."""
    return event(
        "ActivityTaskScheduled",
        **{
            "activityType": ACTIVITY_TYPE,
            "activityId": activity_id,
            "taskList": {"name": ACTIVITY_LIST},
            "decisionTaskCompletedEventId": completed,
            "scheduleToStartTimeout": "300",
            "scheduleToCloseTimeout": "600",
            "startToCloseTimeout": "300",
            "heartbeatTimeout": "NONE",
        }
        | attributes,
    )


def decision(kind, **attributes):
    """Any decision with its attribute object."""
    member = kind[0].lower() + kind[1:] + "DecisionAttributes"
    return {"decisionType": kind, member: attributes}


def schedule(activity_id, **attributes):
    """ScheduleActivityTask of the common type."""
    return decision(
        "ScheduleActivityTask",
        **{"activityType": ACTIVITY_TYPE, "activityId": activity_id} | attributes,
    )


def complete(**attributes):
    """CompleteWorkflowExecution."""
    return decision("CompleteWorkflowExecution", **attributes)


def start_timer(timer_id, seconds, **attributes):
    return decision(
        "StartTimer", timerId=timer_id, startToFireTimeout=seconds, **attributes
    )


def cancel_timer(timer_id):
    return decision("CancelTimer", timerId=timer_id)


def cancel_activity(activity_id):
    return decision("RequestCancelActivityTask", activityId=activity_id)


def started_activity(scheduled, **attributes):
    return event("ActivityTaskStarted", scheduledEventId=scheduled, **attributes)


def assert_one_commit(events, *ids):
    """All events of one commit carry the same timestamp (execution.md 0)."""
    assert len({events[number - 1]["eventTimestamp"] for number in ids}) == 1


def assert_fired(events, since, fired, seconds):
    """A deadline is never early and at most half a second late."""
    passed = events[fired - 1]["eventTimestamp"] - events[since - 1]["eventTimestamp"]
    assert seconds - 0.0005 <= passed
    harness.in_time(passed, seconds + 0.5, events[fired - 1]["eventType"])
