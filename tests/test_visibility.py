"""Lists of executions by time, and what DescribeWorkflowExecution says of them."""

import itertools
import time

import pytest

from clients import Fault

EVER = {"oldestDate": 0}


def ids(domain, operation, **params):
    """The workflow ids that a list has, page by page."""
    found, token = [], {}
    while True:
        page = domain.call(operation, **params, **token)
        found += [info["execution"]["workflowId"] for info in page["executionInfos"]]
        if "nextPageToken" not in page:
            return found
        token = {"nextPageToken": page["nextPageToken"]}


def test_a_run_moves_from_the_open_to_the_closed_list(domain):
    run = domain.start(tagList=["a", "b"])
    (info,) = domain.call("ListOpenWorkflowExecutions", startTimeFilter=EVER)["executionInfos"]
    assert info["execution"] == run.execution
    assert info["executionStatus"] == "OPEN"
    assert info["cancelRequested"] is False
    assert info["tagList"] == ["a", "b"]
    assert "closeStatus" not in info and "closeTimestamp" not in info
    assert ids(domain, "ListClosedWorkflowExecutions", startTimeFilter=EVER) == []

    domain.call("RequestCancelWorkflowExecution", **run.execution)
    (info,) = domain.call("ListOpenWorkflowExecutions", startTimeFilter=EVER)["executionInfos"]
    assert info["cancelRequested"] is True

    domain.call("TerminateWorkflowExecution", **run.execution)
    assert ids(domain, "ListOpenWorkflowExecutions", startTimeFilter=EVER) == []
    (info,) = domain.call("ListClosedWorkflowExecutions", closeTimeFilter=EVER)["executionInfos"]
    assert (info["executionStatus"], info["closeStatus"]) == ("CLOSED", "TERMINATED")
    assert info["cancelRequested"] is False
    assert info == run.describe()["executionInfo"]


def test_newest_first_and_the_reverse_in_pages(domain):
    started = [domain.start(f"run-{number}").workflow_id for number in range(7)]
    listing = {"startTimeFilter": EVER, "maximumPageSize": 3}
    assert ids(domain, "ListOpenWorkflowExecutions", **listing) == started[::-1]
    assert ids(domain, "ListOpenWorkflowExecutions", reverseOrder=True, **listing) == started


def test_closed_runs_are_ordered_by_the_time_that_is_asked_for(domain):
    runs = [domain.start(f"run-{number}") for number in range(3)]
    for run in reversed(runs):
        time.sleep(0.002)  # closed in different milliseconds
        domain.call("TerminateWorkflowExecution", **run.execution)
    by_start = ids(domain, "ListClosedWorkflowExecutions", startTimeFilter=EVER)
    by_close = ids(domain, "ListClosedWorkflowExecutions", closeTimeFilter=EVER)
    assert by_start == ["run-2", "run-1", "run-0"]
    assert by_close == ["run-0", "run-1", "run-2"]


def test_both_ends_of_the_time_are_inclusive(domain):
    run = domain.start()
    (info,) = domain.call("ListOpenWorkflowExecutions", startTimeFilter=EVER)["executionInfos"]
    at = info["startTimestamp"]

    def found(**times):
        return ids(domain, "ListOpenWorkflowExecutions", startTimeFilter=times)

    # Clients send whole seconds, so the bounds are a second around the start.
    whole = int(at.timestamp() if hasattr(at, "timestamp") else at)
    assert found(oldestDate=whole, latestDate=whole + 1) == [run.workflow_id]
    assert found(oldestDate=whole + 1) == []
    assert found(oldestDate=0, latestDate=whole - 1) == []
    assert found(oldestDate=whole + 1, latestDate=whole - 1) == []


def test_what_a_list_cannot_be_asked(domain):
    def refused(operation, **params):
        with pytest.raises(Fault) as fault:
            domain.call(operation, **params)
        assert fault.value.code == "ValidationException"
        return fault.value.message

    closed = "ListClosedWorkflowExecutions"
    assert refused(closed) == "Must specify time filter"
    assert refused(closed, startTimeFilter=EVER, closeTimeFilter=EVER) == (
        "Cannot specify both a startTimeFilter and a closeTimeFilter"
    )
    assert refused(
        closed,
        startTimeFilter=EVER,
        tagFilter={"tag": "a"},
        executionFilter={"workflowId": "w"},
    ) == (
        "Cannot specify more than one exclusive filters in the same query: "
        "[executionFilter, tagFilter]"
    )
    assert refused(closed, startTimeFilter=EVER, nextPageToken="x") == "Invalid token"


FILTERS = {
    "closeStatusFilter": {"status": "FAILED"},
    "executionFilter": {"workflowId": "w"},
    "tagFilter": {"tag": "a"},
    "typeFilter": {"name": "order"},
}


@pytest.mark.parametrize("verb", ["List", "Count"])
@pytest.mark.parametrize("state", ["Open", "Closed"])
def test_at_most_one_filter_beside_the_time(domain, verb, state):
    operation = f"{verb}{state}WorkflowExecutions"
    known = [name for name in FILTERS if state == "Closed" or name != "closeStatusFilter"]

    def refused(names):
        with pytest.raises(Fault) as fault:
            domain.call(operation, startTimeFilter=EVER, **{name: FILTERS[name] for name in names})
        assert fault.value.code == "ValidationException"
        assert fault.value.message == (
            "Cannot specify more than one exclusive filters in the same query: "
            f"[{', '.join(sorted(names))}]"
        )

    for pair in itertools.combinations(known, 2):
        refused(pair)
    refused(known)
    for name in known:
        domain.call(operation, startTimeFilter=EVER, **{name: FILTERS[name]})


@pytest.mark.parametrize("operation", ["ListClosedWorkflowExecutions", "CountClosedWorkflowExecutions"])
def test_closed_runs_need_exactly_one_time(domain, operation):
    def refused(**params):
        with pytest.raises(Fault) as fault:
            domain.call(operation, **params)
        assert fault.value.code == "ValidationException"
        return fault.value.message

    assert refused() == "Must specify time filter"
    assert refused(tagFilter={"tag": "a"}) == "Must specify time filter"
    assert refused(startTimeFilter=EVER, closeTimeFilter=EVER) == (
        "Cannot specify both a startTimeFilter and a closeTimeFilter"
    )


@pytest.mark.parametrize("verb", ["List", "Count"])
@pytest.mark.parametrize("state", ["Open", "Closed"])
def test_an_unknown_domain(boto, verb, state):
    with pytest.raises(Fault) as fault:
        boto.call(f"{verb}{state}WorkflowExecutions", domain="nowhere", startTimeFilter=EVER)
    assert fault.value.code == "UnknownResourceFault"
    assert fault.value.message == "Unknown domain: nowhere"
