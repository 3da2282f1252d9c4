"""What becomes of closed executions: kept, or gone at once."""

import pytest

import harness
import world
from clients import Boto3, Fault

EVER = {"oldestDate": 0}
CLOSED = [
    ("ListClosedWorkflowExecutions", "executionInfos", []),
    ("CountClosedWorkflowExecutions", "count", 0),
]


def unknown(run, operation, **params):
    with pytest.raises(Fault) as fault:
        run.world.call(operation, **params)
    assert (fault.value.code, fault.value.message) == ("UnknownResourceFault", run.unknown())


def assert_gone(run):
    """No operation knows the run any more."""
    unknown(run, "DescribeWorkflowExecution", execution=run.execution)
    unknown(run, "GetWorkflowExecutionHistory", execution=run.execution)
    unknown(run, "SignalWorkflowExecution", **run.execution, signalName="s")
    unknown(run, "RequestCancelWorkflowExecution", **run.execution)
    unknown(run, "TerminateWorkflowExecution", **run.execution)
    filters = [
        {},
        {"executionFilter": {"workflowId": run.workflow_id}},
        {"typeFilter": {"name": "order"}},
        {"tagFilter": {"tag": "red"}},
        {"closeStatusFilter": {"status": "TERMINATED"}},
    ]
    for operation, member, nothing in CLOSED:
        for order in ("startTimeFilter", "closeTimeFilter"):
            for chosen in filters:
                answer = run.world.call(operation, **{order: EVER}, **chosen)
                assert answer[member] == nothing, (operation, order, chosen)


@pytest.mark.parametrize("retention", ["0", "NONE"])
def test_without_retention_a_run_is_gone_when_it_closes(boto, retention):
    place = world.World(boto, retention=retention)
    run = place.start("w", tagList=["red"])
    assert run.describe()["executionInfo"]["executionStatus"] == "OPEN"
    place.call("TerminateWorkflowExecution", **run.execution)
    assert_gone(run)
    # The workflow id is free, and the new run is not taken for the old one.
    again = place.start("w", tagList=["red"])
    assert again.run_id != run.run_id
    assert again.describe()["executionInfo"]["executionStatus"] == "OPEN"
    assert_gone(run)
    assert place.call("CountOpenWorkflowExecutions", startTimeFilter=EVER)["count"] == 1


def test_what_is_gone_does_not_come_back_and_run_ids_stay_unique(tmp_path):
    with harness.Server(tmp_path / "data") as server:
        place = world.World(Boto3(server.endpoint), retention="0")
        runs = [place.start(f"run-{number}") for number in range(100)]
        for run in runs:
            place.call("TerminateWorkflowExecution", **run.execution)
        server.restart()
        again = [place.start(f"run-{number}") for number in range(100)]
        assert len({run.run_id for run in runs + again}) == 200
        for run in again:
            place.call("TerminateWorkflowExecution", **run.execution)
        server.restart(crash=True)
        last = place.start("last")
        assert last.run_id not in {run.run_id for run in runs + again}
        unknown(runs[0], "DescribeWorkflowExecution", execution=runs[0].execution)
        unknown(again[-1], "DescribeWorkflowExecution", execution=again[-1].execution)


def test_with_retention_a_closed_run_stays(domain):
    run = domain.start("w", tagList=["red"])
    domain.call("TerminateWorkflowExecution", **run.execution)
    assert run.describe()["executionInfo"]["closeStatus"] == "TERMINATED"
    assert run.events()[-1]["eventType"] == "WorkflowExecutionTerminated"
    for filters in ({}, {"tagFilter": {"tag": "red"}}):
        count = domain.call("CountClosedWorkflowExecutions", closeTimeFilter=EVER, **filters)
        assert count == {"count": 1, "truncated": False}


@pytest.mark.parametrize("retention", ["0", "1"])
def test_counts_see_what_was_just_done(boto, retention):
    place = world.World(boto, retention=retention)
    kept = int(retention)
    for number in range(1, 21):
        run = place.start(f"run-{number}", tagList=["red"])
        counted = place.call("CountOpenWorkflowExecutions", startTimeFilter=EVER, tagFilter={"tag": "red"})
        assert counted["count"] == 1
        place.call("TerminateWorkflowExecution", **run.execution)
        counted = place.call("CountOpenWorkflowExecutions", startTimeFilter=EVER, tagFilter={"tag": "red"})
        assert counted["count"] == 0
        counted = place.call("CountClosedWorkflowExecutions", startTimeFilter=EVER, tagFilter={"tag": "red"})
        assert counted["count"] == number * kept
