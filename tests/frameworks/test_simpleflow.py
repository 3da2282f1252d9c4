"""simpleflow, a workflow framework for Amazon SWF, runs unchanged.

Deciders and workers are simpleflow's own programs; they know nothing but the
server's address. Most tests share one decider and one worker program; those
that kill a program start their own. Each workflow is in simpleflow/workflows.py.
"""

import json
import os
import signal

import pytest

import harness
from simpleflow_programs import Run, Simpleflow, is_alive, pid_of

# A worker heartbeats every second.
HEARTBEAT_TIMEOUT = 5


@pytest.fixture(scope="module")
def simpleflow(server, boto, tmp_path_factory):
    """A domain with a decider and a worker program on the common task lists."""
    programs = Simpleflow(server, boto, tmp_path_factory.mktemp("home"))
    try:
        programs.decider("decisions")
        programs.worker("work", processes=5)
        yield programs
    finally:
        programs.close()


@pytest.fixture
def journal(tmp_path):
    """Where an activity writes down its attempts."""
    return tmp_path / "journal"


def pid_at_work(journal):
    """Waits for an activity's first attempt; the process that makes it."""

    def first():
        attempts = journal.read_text().split() if journal.exists() else []
        return int(attempts[0]) if attempts else None

    return harness.wait_until(first, "the first attempt", timeout=60)


def wait_for_the_end(pid):
    """Waits until an activity's process has ended.

    simpleflow sends SIGTERM after the next heartbeat, and SIGKILL after three
    seconds more.
    """
    harness.wait_until(lambda: not is_alive(pid), "the end of the work", timeout=30)


def test_a_group_of_activities_and_a_chain(simpleflow):
    run = simpleflow.start("Squares", list(range(6)))
    assert run.result() == [55, "sum 55"]
    # simpleflow registers an activity type when its first task is refused.
    refused = run.all("ScheduleActivityTaskFailed")
    assert {event["cause"] for event in refused} == {"ACTIVITY_TYPE_DOES_NOT_EXIST"}
    assert len(run.all("ActivityTaskCompleted")) == 8
    scheduled = run.all("ActivityTaskScheduled")
    names = [attributes["activityType"]["name"] for attributes in scheduled]
    assert names == ["activities.square"] * 6 + ["activities.total", "activities.label"]
    assert scheduled[0]["heartbeatTimeout"] == "300"
    # Three at a time: the fourth is scheduled after the first has completed.
    types = run.types()
    first = types.index("ActivityTaskCompleted")
    assert types[:first].count("ActivityTaskScheduled") == 3


def test_failed_activities_are_retried(simpleflow, tmp_path):
    run = simpleflow.start("Retries", str(tmp_path / "now"), str(tmp_path / "later"))
    assert run.result() == [3, 3]
    reasons = [failed["reason"] for failed in run.all("ActivityTaskFailed")]
    assert sorted(reasons) == [
        "RuntimeError: attempt 1 fails",
        "RuntimeError: attempt 1 fails",
        "RuntimeError: attempt 2 fails",
        "RuntimeError: attempt 2 fails",
    ]
    timers = run.all("TimerStarted")
    assert [timer["startToFireTimeout"] for timer in timers] == ["1", "1"]
    again = {"args": [str(tmp_path / "later"), 3], "kwargs": {}}
    assert [json.loads(timer["control"]) for timer in timers] == [again, again]
    assert len(run.all("TimerFired")) == 2


def test_a_failed_activity_fails_its_workflow(simpleflow):
    run = simpleflow.start("Refused")
    (failed,) = run.wait_for("WorkflowExecutionFailed")
    assert "activities.refuse" in failed["reason"]
    assert "ValueError: no such order" in failed["reason"]
    assert json.loads(failed["details"])["error"] == "ValueError"


def test_time_outs_of_activities(simpleflow):
    run = simpleflow.start("Timeouts")
    expected = ["START_TO_CLOSE", "SCHEDULE_TO_START", "SCHEDULE_TO_CLOSE"]
    assert run.result() == expected
    timed_out = [event["timeoutType"] for event in run.all("ActivityTaskTimedOut")]
    assert sorted(timed_out) == sorted(expected)


def test_timers_and_markers(simpleflow):
    run = simpleflow.start("Timers")
    assert run.result() == [1, 2]
    markers = run.all("MarkerRecorded")
    assert [json.loads(marker["details"])["number"] for marker in markers] == [1, 2]
    assert {marker["markerName"] for marker in markers} == {"stage"}
    assert run.one("TimerCanceled")["timerId"] == "long"
    # After a marker simpleflow wakes itself with a timer of no seconds.
    fired = [timer["timerId"] for timer in run.all("TimerFired")]
    assert fired.count("short") == 1
    assert set(fired) == {"short", "_simpleflow_wake_up_timer"}


def test_a_signal_from_outside(simpleflow):
    run = simpleflow.start("Approval")
    (completed,) = run.wait_for("DecisionTaskCompleted")
    assert json.loads(completed["executionContext"]) == {"waiting_signals": ["approve"]}
    run.signal("approve", {"by": "the boss"})
    assert run.result() == {"by": "the boss"}
    assert run.one("WorkflowExecutionSignaled")["signalName"] == "approve"


def test_heartbeats_keep_a_long_activity_alive(simpleflow, journal):
    seconds = 1.5 * HEARTBEAT_TIMEOUT
    run = simpleflow.start("Heartbeats", seconds, str(journal))
    assert run.result() == seconds
    scheduled = run.one("ActivityTaskScheduled")
    assert scheduled["heartbeatTimeout"] == str(HEARTBEAT_TIMEOUT)
    assert run.all("ActivityTaskTimedOut") == []


def test_a_cancelled_workflow_stops_the_work(simpleflow, journal):
    run = simpleflow.start("Heartbeats", 60, str(journal))
    pid = pid_at_work(journal)
    run.request_cancel()
    run.wait_for("WorkflowExecutionCanceled")
    requested = run.one("WorkflowExecutionCancelRequested")
    assert requested == {"externalInitiatedEventId": 0}
    # The next heartbeat is answered by UnknownResourceFault.
    wait_for_the_end(pid)


def test_a_cancelled_activity_stops_the_work(simpleflow, journal):
    run = simpleflow.start("StopsWork", str(journal))
    pid = pid_at_work(journal)
    run.request_cancel()
    requested = run.wait_for("ActivityTaskCancelRequested")
    # The worker hears of it from a heartbeat, ends the work and answers nothing.
    run.wait_for("WorkflowExecutionCanceled")
    wait_for_the_end(pid)
    scheduled = run.one("ActivityTaskScheduled")
    assert [event["activityId"] for event in requested] == [scheduled["activityId"]]
    assert run.one("ActivityTaskTimedOut")["timeoutType"] == "HEARTBEAT"


def test_the_process_of_an_activity_is_killed(simpleflow, journal):
    run = simpleflow.start("Survives", str(journal))
    pid = pid_at_work(journal)
    os.kill(pid, signal.SIGKILL)
    assert run.result() == 2
    reason = run.one("ActivityTaskFailed")["reason"]
    assert reason == f"process {pid} died: exit code -9"


def test_a_worker_process_is_killed_and_simpleflow_replaces_it(simpleflow, journal):
    run = simpleflow.start("Survives", str(journal))
    orphan = pid_at_work(journal)
    poller = pid_of(run.one("ActivityTaskStarted"))
    os.kill(poller, signal.SIGKILL)
    assert run.result() == 2
    os.kill(orphan, signal.SIGKILL)
    assert run.one("ActivityTaskTimedOut")["timeoutType"] == "HEARTBEAT"
    first, second = map(pid_of, run.all("ActivityTaskStarted"))
    assert first == poller != second


def test_a_whole_worker_is_killed_and_another_started(simpleflow, journal):
    first = simpleflow.worker("work-of-one-worker")
    run = simpleflow.start("SurvivesAlone", str(journal))
    pid = pid_at_work(journal)
    first.kill()
    wait_for_the_end(pid)
    second = simpleflow.worker("work-of-one-worker")
    assert run.result() == 2
    second.kill()
    assert run.one("ActivityTaskTimedOut")["timeoutType"] == "HEARTBEAT"
    lost, completed = map(pid_of, run.all("ActivityTaskStarted"))
    assert lost != completed


def test_a_decider_is_killed_and_another_started(simpleflow, journal):
    first = simpleflow.decider("killed-decider")
    run = simpleflow.start(
        "Ponders",
        str(journal),
        task_list="killed-decider",
        options=("--decision-tasks-timeout", 5),
    )
    pid_at_work(journal)
    first.kill()
    second = simpleflow.decider("killed-decider")
    assert run.result() == 25
    second.kill()
    assert run.one("DecisionTaskTimedOut")["timeoutType"] == "START_TO_CLOSE"
    lost, answered = map(pid_of, run.all("DecisionTaskStarted")[:2])
    assert lost != answered


def test_the_server_is_killed_and_restarted(simpleflow, server, journal):
    seconds = 1.5 * HEARTBEAT_TIMEOUT
    run = simpleflow.start("Heartbeats", seconds, str(journal))
    pid_at_work(journal)
    server.restart(crash=True)
    assert run.result() == seconds
    assert run.all("ActivityTaskTimedOut") == []


def test_standalone(simpleflow):
    """One command starts a decider, a worker and the workflow, and ends them."""
    workflow_id = harness.unique("standalone")
    simpleflow.run(
        *("standalone", "--domain", simpleflow.domain, "--workflow-id", workflow_id),
        *("--nb-workers", 2, "--nb-deciders", 1, "--input", "[[1, 2, 3]]"),
        "workflows.Squares",
    )
    (closed,) = [
        info
        for info in simpleflow.boto.call(
            "ListClosedWorkflowExecutions",
            domain=simpleflow.domain,
            startTimeFilter={"oldestDate": 0},
        )["executionInfos"]
        if info["execution"]["workflowId"] == workflow_id
    ]
    assert closed["closeStatus"] == "COMPLETED"
    run = Run(simpleflow, workflow_id, closed["execution"]["runId"])
    assert run.result() == [14, "sum 14"]


def test_terminate(simpleflow):
    run = simpleflow.start("Approval")
    simpleflow.run("workflow.terminate", simpleflow.domain, run.workflow_id, run.run_id)
    assert run.types()[-1] == "WorkflowExecutionTerminated"


def test_children(simpleflow, journal):
    run = simpleflow.start("Family", [2, 3], str(journal))
    assert run.result() == [[4, 9], 2, "TimeoutError"]
    # simpleflow registers the types of the children when their start fails.
    failed = run.all("StartChildWorkflowExecutionFailed")
    assert {event["cause"] for event in failed} == {"WORKFLOW_TYPE_DOES_NOT_EXIST"}
    assert {event["workflowType"]["name"] for event in failed} == {
        "workflows.Child",
        "workflows.BrokenChild",
        "workflows.SlowChild",
    }
    completed = run.all("ChildWorkflowExecutionCompleted")
    assert sorted(json.loads(event["result"]) for event in completed) == [2, 4, 9]
    broken = run.one("ChildWorkflowExecutionFailed")
    assert "RuntimeError: attempt 1 fails" in broken["reason"]
    slow = run.one("ChildWorkflowExecutionTimedOut")
    assert slow["timeoutType"] == "START_TO_CLOSE"
    for event in [*completed, broken, slow]:
        child = run.of(event["workflowExecution"])
        started = child.one("WorkflowExecutionStarted")
        assert started["parentWorkflowExecution"] == run.execution
        assert started["parentInitiatedEventId"] == event["initiatedEventId"]


def child_of(run):
    """Waits for the start of a run's only child."""
    (started,) = run.wait_for("ChildWorkflowExecutionStarted")
    return run.of(started["workflowExecution"])


def test_a_parent_that_is_terminated_ends_its_child(simpleflow):
    run = simpleflow.start("Guardian")
    child = child_of(run)
    simpleflow.run("workflow.terminate", simpleflow.domain, run.workflow_id, run.run_id)
    (terminated,) = child.wait_for("WorkflowExecutionTerminated")
    assert terminated["cause"] == "CHILD_POLICY_APPLIED"
    assert terminated["childPolicy"] == "TERMINATE"


def test_a_parent_that_is_cancelled_cancels_its_child(simpleflow):
    run = simpleflow.start("Guardian")
    child = child_of(run)
    run.request_cancel()
    run.wait_for("WorkflowExecutionCanceled")
    initiated = run.one("RequestCancelExternalWorkflowExecutionInitiated")
    assert initiated["workflowId"] == child.workflow_id
    canceled = run.one("ChildWorkflowExecutionCanceled")
    assert canceled["workflowExecution"] == child.execution
    requested = child.one("WorkflowExecutionCancelRequested")
    assert requested["externalWorkflowExecution"] == run.execution
    assert child.types()[-1] == "WorkflowExecutionCanceled"


def test_a_signal_is_passed_on_to_a_child(simpleflow):
    run = simpleflow.start("Guardian")
    child = child_of(run)
    news = {"args": ["it rains"], "kwargs": {}, "__propagate": True}
    run.signal("news", news)
    assert run.result() == news
    signaled = child.one("WorkflowExecutionSignaled")
    assert signaled["externalWorkflowExecution"] == run.execution
    passed_on = run.one("ExternalWorkflowExecutionSignaled")
    assert passed_on["workflowExecution"] == child.execution


def test_a_signal_from_one_run_to_another(simpleflow):
    receiver = simpleflow.start("Approval")
    sender = simpleflow.start("Sender", receiver.workflow_id, "yes")
    assert sender.result() == "sent"
    assert receiver.result()["kwargs"] == {"message": "yes"}
    signaled = receiver.one("WorkflowExecutionSignaled")
    assert signaled["externalWorkflowExecution"] == sender.execution
    initiated = sender.one("SignalExternalWorkflowExecutionInitiated")
    assert initiated["workflowId"] == receiver.workflow_id
    sent = sender.one("ExternalWorkflowExecutionSignaled")
    assert sent["workflowExecution"] == receiver.execution


def test_continue_as_new(simpleflow):
    run = simpleflow.start("Countdown", 3, [])
    for _ in range(3):
        (continued,) = run.wait_for("WorkflowExecutionContinuedAsNew")
        successor = Run(simpleflow, run.workflow_id, continued["newExecutionRunId"])
        started = successor.one("WorkflowExecutionStarted")
        assert started["continuedExecutionRunId"] == run.run_id
        run = successor
    assert run.result() == [9, 4, 1, 0]


def listed(simpleflow, *filters):
    """The ids of the runs that `simpleflow workflow.filter` shows."""
    printed = simpleflow.run(
        *("--format", "json", "workflow.filter", simpleflow.domain, *filters)
    )
    return sorted(row[0] for row in json.loads(printed))


def test_lists_with_filters(simpleflow):
    tagged = harness.unique("tag")
    done = simpleflow.start("Squares", [1], options=("--tags", tagged))
    done.result()
    waiting = simpleflow.start("Approval", options=("--tags", tagged))
    closed = ("--status", "closed")
    assert listed(simpleflow, "--tag", tagged) == [waiting.workflow_id]
    assert listed(simpleflow, "--tag", tagged, *closed) == [done.workflow_id]
    by_id = ("--workflow-id", done.workflow_id)
    assert listed(simpleflow, *by_id, *closed) == [done.workflow_id]
    approval = "workflows.Approval"
    by_type = ("--workflow-type-name", approval, "--workflow-type-version", "1")
    assert waiting.workflow_id in listed(simpleflow, *by_type)
    by_status = (*closed, "--close-status")
    assert done.workflow_id in listed(simpleflow, *by_status, "completed")
    assert done.workflow_id not in listed(simpleflow, *by_status, "failed")
    waiting.signal("approve", {})
    waiting.result()
