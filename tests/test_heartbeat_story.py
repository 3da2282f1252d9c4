"""One workflow with three activities, told to the server by four clients.

The story of RecordActivityTaskHeartbeat (execution.md 6.5, 11.2, 11.3): a cancel request
that heartbeats learn of, a worker that falls silent, and one that heartbeats
for too long. It is the same text for every adapter; only the times that it
allows grow with the time that a client needs for one call.
"""

import math
import re
import time

import pytest

import harness
import world
from clients import ADAPTERS, Fault
from world import (
    decision,
    decision_completed,
    decision_scheduled,
    decision_started,
    event,
)

TYPE_DEFAULTS = {"name": "carry", "version": "1.0"}
LEAST_SILENCE = 2
LEAST_BOUND = 4
REFUSED_DETAILS = re.compile(
    r"1 validation error detected: Value '(x{990,1000})\.\.\.' at 'details' failed to "
    r"satisfy constraint: Member must have length less than or equal to 2048"
)


@pytest.fixture
def restartable(tmp_path):
    """A server of this test alone, since the story kills it."""
    with harness.Server(tmp_path / "data") as running:
        yield running


@pytest.fixture(params=ADAPTERS)
def adapter(request, restartable):
    """The client that tells the story."""
    client = ADAPTERS[request.param](restartable.endpoint)
    yield client
    client.close()


@pytest.fixture
def bystander(adapter, restartable):
    """A client in another process than the story's."""
    name = "aws-cli" if isinstance(adapter, ADAPTERS["boto3"]) else "boto3"
    client = ADAPTERS[name](restartable.endpoint)
    yield client
    client.close()


class Story:
    """The domain, the run and the calls of the story."""

    def __init__(self, client):
        self.client = client
        self.domain = harness.unique("domain")
        self.slowest_call = 0
        self._register()

    def call(self, operation, **params):
        began = time.monotonic()
        answer = self.client.call(operation, **params)
        if not operation.startswith("PollFor"):
            self.slowest_call = max(self.slowest_call, time.monotonic() - began)
        return answer

    def _register(self):
        self.call(
            "RegisterDomain",
            name=self.domain,
            description="the heartbeat story",
            workflowExecutionRetentionPeriodInDays="1",
        )
        self.call(
            "RegisterWorkflowType",
            domain=self.domain,
            **world.WORKFLOW_TYPE,
            **world.WORKFLOW_DEFAULTS,
        )
        self.call("RegisterActivityType", domain=self.domain, **TYPE_DEFAULTS)

    def start(self):
        answer = self.call(
            "StartWorkflowExecution",
            domain=self.domain,
            workflowId="o-1",
            workflowType=world.WORKFLOW_TYPE,
            input="42",
        )
        assert set(answer) == {"runId"}
        self.execution = {"workflowId": "o-1", "runId": answer["runId"]}

    def decision_task(self, started, previous):
        task = self.call(
            "PollForDecisionTask",
            domain=self.domain,
            taskList={"name": world.DECISION_LIST},
            identity="decider-1",
        )
        assert task["workflowExecution"] == self.execution
        assert task["workflowType"] == world.WORKFLOW_TYPE
        assert task["startedEventId"] == started
        assert task["previousStartedEventId"] == previous
        assert [event["eventId"] for event in task["events"]] == list(
            range(1, started + 1)
        )
        return task

    def decide(self, task, *decisions, **params):
        self.call(
            "RespondDecisionTaskCompleted",
            taskToken=task["taskToken"],
            decisions=list(decisions),
            **params,
        )

    def schedule(self, activity_id, heartbeat, bound):
        return decision(
            "ScheduleActivityTask",
            activityType=TYPE_DEFAULTS,
            activityId=activity_id,
            taskList={"name": world.ACTIVITY_LIST},
            scheduleToStartTimeout="300",
            scheduleToCloseTimeout="NONE",
            startToCloseTimeout=str(bound),
            heartbeatTimeout=str(heartbeat),
            input=f"input of {activity_id}",
            control="for the decider alone",
        )

    def activity_task(self, activity_id, started):
        task = self.call(
            "PollForActivityTask",
            domain=self.domain,
            taskList={"name": world.ACTIVITY_LIST},
            identity="worker-1",
        )
        assert task["activityId"] == activity_id
        assert task["startedEventId"] == started
        assert task["workflowExecution"] == self.execution
        assert task["activityType"] == TYPE_DEFAULTS
        assert task["input"] == f"input of {activity_id}"
        assert "control" not in task
        return task["taskToken"]

    def heartbeat(self, token, **params):
        status = self.call("RecordActivityTaskHeartbeat", taskToken=token, **params)
        assert set(status) == {"cancelRequested"}
        return status["cancelRequested"]

    def refused_heartbeat(self, token, **params):
        with pytest.raises(Fault) as refusal:
            self.call("RecordActivityTaskHeartbeat", taskToken=token, **params)
        return refusal.value.code, refusal.value.message

    def events(self):
        return self.call(
            "GetWorkflowExecutionHistory",
            domain=self.domain,
            execution=self.execution,
        )["events"]


def test_heartbeat_story(adapter, bystander, restartable):
    story = Story(adapter)
    story.start()

    carried = cancelled_activity(story, bystander, restartable)
    silence = max(LEAST_SILENCE, math.ceil(3 * story.slowest_call))
    bound = max(LEAST_BOUND, math.ceil(5 * story.slowest_call))
    silent_activity(story, silence, bound)
    last_details = endless_activity(story, bound)

    task = story.decision_task(started=26, previous=20)
    story.decide(
        task, decision("CancelWorkflowExecution", details="three activities, no result")
    )
    assert story.refused_heartbeat(carried) == (
        "UnknownResourceFault",
        "Unknown execution: WorkflowExecution="
        f"[workflowId=o-1, runId={story.execution['runId']}]",
    )

    events = story.events()
    assert world.described(events) == expected_history(silence, bound, last_details)
    assert_ended_in_time(events, silence, bound)


def cancelled_activity(story, bystander, server):
    """Events 3 to 13: a heartbeat tells the worker to stop, across a crash."""
    task = story.decision_task(started=3, previous=0)
    story.decide(task, story.schedule("a1", 60, 600), executionContext="step 1")
    token = story.activity_task("a1", started=6)
    assert 1 <= len(token) <= 1024
    assert story.heartbeat(token, details="10%") is False

    story.call("RequestCancelWorkflowExecution", domain=story.domain, **story.execution)
    # The request on the run does not reach its activities by itself.
    assert story.heartbeat(token, details="20%") is False
    task = story.decision_task(started=9, previous=3)
    story.decide(task, decision("RequestCancelActivityTask", activityId="a1"))
    assert story.heartbeat(token) is True

    assert bystander.call("RecordActivityTaskHeartbeat", taskToken=token) == {
        "cancelRequested": True
    }
    server.restart(crash=True)
    assert story.heartbeat(token, details="60%") is True
    refuses_bad_heartbeats(story, token)

    story.call("RespondActivityTaskCanceled", taskToken=token, details="stopped at 60%")
    unknown = ("UnknownResourceFault", "Unknown activity, scheduledEventId = 5")
    assert story.refused_heartbeat(token, details="late") == unknown
    return token


def refuses_bad_heartbeats(story, token):
    """Tampered tokens and details too long; the task is none the worse."""
    invalid = ("ValidationException", "Invalid token")
    for position in (0, len(token) // 2, len(token) - 2):
        assert story.refused_heartbeat(tampered(token, position)) == invalid
    assert story.refused_heartbeat(token[:-4]) == invalid
    assert story.refused_heartbeat("no token at all") == invalid
    code, message = story.refused_heartbeat(token, details="x" * 2049)
    assert code == "ValidationException"
    assert REFUSED_DETAILS.fullmatch(message), message
    assert story.heartbeat(token, details="x" * 2048) is True


def tampered(token, position):
    other = "A" if token[position] != "A" else "B"
    return token[:position] + other + token[position + 1 :]


def silent_activity(story, silence, bound):
    """Events 14 to 19: one heartbeat, then silence."""
    task = story.decision_task(started=14, previous=9)
    story.decide(task, story.schedule("a2", silence, 600))
    token = story.activity_task("a2", started=17)
    assert story.heartbeat(token, details="25%") is False
    task = story.decision_task(started=20, previous=14)
    unknown = ("UnknownResourceFault", "Unknown activity, scheduledEventId = 16")
    assert story.refused_heartbeat(token, details="back again") == unknown
    story.decide(task, story.schedule("a3", bound - 1, bound))


def endless_activity(story, bound):
    """Events 22 to 25: heartbeats do not move the bound of START_TO_CLOSE.

    The heartbeat timeout is shorter than the bound, so only accepted
    heartbeats let the task live until then. Returns the last accepted details.
    """
    token = story.activity_task("a3", started=23)
    accepted = 0
    deadline = time.monotonic() + 2 * bound + harness.WAIT_SECONDS
    while time.monotonic() < deadline:
        try:
            assert story.heartbeat(token, details=f"step {accepted + 1}") is False
        except Fault as fault:
            assert fault.code == "UnknownResourceFault"
            assert fault.message == "Unknown activity, scheduledEventId = 22"
            assert accepted >= 2
            return f"step {accepted}"
        accepted += 1
        time.sleep(0.1)
    raise AssertionError("the activity outlived its bound")


def scheduled(activity_id, completed, heartbeat, bound):
    return event(
        "ActivityTaskScheduled",
        activityType=TYPE_DEFAULTS,
        activityId=activity_id,
        taskList={"name": world.ACTIVITY_LIST},
        decisionTaskCompletedEventId=completed,
        scheduleToStartTimeout="300",
        scheduleToCloseTimeout="NONE",
        startToCloseTimeout=str(bound),
        heartbeatTimeout=str(heartbeat),
        input=f"input of {activity_id}",
        control="for the decider alone",
    )


def started(scheduled_id):
    return event(
        "ActivityTaskStarted", scheduledEventId=scheduled_id, identity="worker-1"
    )


def timed_out(kind, scheduled_id, details):
    return event(
        "ActivityTaskTimedOut",
        timeoutType=kind,
        scheduledEventId=scheduled_id,
        startedEventId=scheduled_id + 1,
        details=details,
    )


def expected_history(silence, bound, last_details):
    """Every event of the run; none of them is a heartbeat."""
    decider = {"identity": "decider-1"}
    return [
        *world.opening(input="42"),
        decision_started(2, **decider),
        decision_completed(2, 3, executionContext="step 1"),
        scheduled("a1", 4, 60, 600),
        started(5),
        event("WorkflowExecutionCancelRequested", externalInitiatedEventId=0),
        decision_scheduled(),
        decision_started(8, **decider),
        decision_completed(8, 9),
        event(
            "ActivityTaskCancelRequested",
            activityId="a1",
            decisionTaskCompletedEventId=10,
        ),
        event(
            "ActivityTaskCanceled",
            scheduledEventId=5,
            startedEventId=6,
            latestCancelRequestedEventId=11,
            details="stopped at 60%",
        ),
        decision_scheduled(),
        decision_started(13, **decider),
        decision_completed(13, 14),
        scheduled("a2", 15, silence, 600),
        started(16),
        timed_out("HEARTBEAT", 16, "25%"),
        decision_scheduled(),
        decision_started(19, **decider),
        decision_completed(19, 20),
        scheduled("a3", 21, bound - 1, bound),
        started(22),
        timed_out("START_TO_CLOSE", 22, last_details),
        decision_scheduled(),
        decision_started(25, **decider),
        decision_completed(25, 26),
        event(
            "WorkflowExecutionCanceled",
            decisionTaskCompletedEventId=27,
            details="three activities, no result",
        ),
    ]


def assert_ended_in_time(events, silence, bound):
    """Deadlines are never early, and late only by the allowance of a busy machine."""
    at = {event["eventId"]: event["eventTimestamp"] for event in events}
    # One call lies between the start of a2 and its only heartbeat.
    assert silence - 0.001 <= at[18] - at[17]
    harness.in_time(at[18] - at[17], 2 * silence + 0.5, "the heartbeat time-out")
    world.assert_fired(events, 23, 24, bound)
