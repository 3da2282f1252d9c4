"""The driver on histories of Everbeat's own: steps that no recording has, and its failures."""

import pytest

import harness
import world

from .clock import ManualClock
from .enact import enact
from .recordings import Recording
from .stage import stage_for


@pytest.fixture
def record(http, domain):
    """Makes a recording: `start` a run, then read its `history` and description."""
    return Recorder(http, domain)


class Recorder:
    """A client whose calls are kept as the recordings have them."""

    def __init__(self, http, domain):
        self.http = http
        self.domain = domain
        self.calls = []
        self.call("DescribeWorkflowType", workflowType=world.WORKFLOW_TYPE)

    def call(self, operation, **params):
        """Calls an operation and keeps request and answer."""
        request = {"domain": self.domain.name} | params
        reply = self.http.post(operation, request)
        self.calls.append(
            {
                "operation": operation,
                "request": request,
                "status": reply.status,
                "response": reply.json,
            }
        )
        return reply.json

    def start(self, **params):
        """Starts a run of the world's workflow type."""
        given = {"workflowId": "own", "workflowType": world.WORKFLOW_TYPE} | params
        run_id = self.call("StartWorkflowExecution", **given)["runId"]
        return world.Run(self.domain, "own", run_id)

    def finish(self, run):
        """Reads how the run is described, and its history; answers all calls."""
        self.call("DescribeWorkflowExecution", execution=run.execution)
        self.call("GetWorkflowExecutionHistory", execution=run.execution)
        return self.calls


def again(calls):
    """Performs what was recorded on another server, and compares the histories."""
    with stage_for(Recording("own", calls), ManualClock) as stage:
        enact(stage, with_defaults=False)


def awaited(run, kind):
    """Waits until the history has an event of this type."""
    harness.wait_until(lambda: kind in [e["eventType"] for e in run.events()], kind)


def test_activities_and_termination(domain, record):
    """Time-out, failure, both ways to be canceled, a signal, a termination."""
    run = record.start(input="x", tagList=["a", "b"], taskPriority="3")
    domain.decide(
        domain.decision_task(identity="d"),
        world.schedule("late", taskList={"name": "nobody"}, scheduleToStartTimeout="2"),
        world.schedule("fails", control="c", input="", taskPriority="1"),
        world.schedule("stops"),
        world.schedule("unseen", taskList={"name": "nobody"}),
        executionContext="first",
    )
    failing, stopping = domain.activity_task(identity="w"), domain.activity_task()
    domain.client.call(
        "RespondActivityTaskFailed", taskToken=failing["taskToken"], reason="r", details="d"
    )
    cancels = [world.cancel_activity(name) for name in ("stops", "unseen")]
    domain.decide(domain.decision_task(), *cancels)
    domain.client.call(
        "RespondActivityTaskCanceled", taskToken=stopping["taskToken"], details="s"
    )
    awaited(run, "ActivityTaskTimedOut")
    run.signal("hello", input="i")
    domain.call("TerminateWorkflowExecution", **run.execution, reason="r", details="d")
    again(record.finish(run))


def test_decision_timeout_and_task_lists(domain, record):
    """A decision task times out; a response moves the run to another list."""
    run = record.start(taskStartToCloseTimeout="4")
    domain.decision_task()
    awaited(run, "DecisionTaskTimedOut")
    domain.decide(
        domain.decision_task(), world.start_timer("t", "0"), taskList={"name": "other"}
    )
    domain.decide(
        domain.decision_task("other"), world.decision("FailWorkflowExecution", reason="r")
    )
    again(record.finish(run))


def test_execution_timeout(domain, record):
    """A run times out while nobody does anything."""
    run = record.start(executionStartToCloseTimeout="1")
    awaited(run, "WorkflowExecutionTimedOut")
    again(record.finish(run))


def test_a_difference_is_found(domain, record):
    """A recorded link to another event is seen to differ."""
    run = record.start()
    domain.decide(domain.decision_task(), world.complete(result="x"))
    calls = record.finish(run)
    events = calls[-1]["response"]["events"]
    events[3]["decisionTaskCompletedEventAttributes"]["scheduledEventId"] = 1
    with pytest.raises(AssertionError, match="scheduledEventId: recorded 1, written 2"):
        again(calls)


def test_children(domain, record):
    """Children that end in the ways that no recording has."""
    run = record.start()
    domain.decide(domain.decision_task(), *map(start_child, ["a", "b", "c"]))
    for _ in "abc":
        task = domain.decision_task("children")
        name = task["workflowExecution"]["workflowId"]
        if name == "a":
            canceled = world.decision("CancelWorkflowExecution", details="d")
            domain.decide(task, canceled)
            awaited(run, "ChildWorkflowExecutionCanceled")
        if name == "b":
            domain.call("TerminateWorkflowExecution", workflowId=name)
            awaited(run, "ChildWorkflowExecutionTerminated")
    awaited(run, "ChildWorkflowExecutionTimedOut")
    domain.decide(domain.decision_task(), world.complete())
    again(record.finish(run))


def start_child(name):
    """Starts a child; child `c` has four seconds to live."""
    return world.decision(
        "StartChildWorkflowExecution",
        workflowId=name,
        workflowType=world.WORKFLOW_TYPE,
        taskList={"name": "children"},
        executionStartToCloseTimeout="4" if name == "c" else "60",
    )


def test_an_unknown_event_is_refused(domain, record):
    """A history that cannot be read back is said to be so."""
    run = record.start()
    domain.decide(domain.decision_task(), world.cancel_timer("unknown"))
    with pytest.raises(AssertionError, match="CancelTimerFailed cannot be read back"):
        again(record.finish(run))
