"""Amazon's histories again: event for event, attribute for attribute, link for link."""

import copy

import pytest

from . import recordings, script
from .clock import ManualClock
from .compare import Translation, differences
from .enact import compare, enact
from .known_differences import KNOWN_DIFFERENCES
from .recordings import CALLS, HISTORIES, attributes

CHILD = {"name": "child", "version": "1"}


@pytest.mark.parametrize("name", HISTORIES)
@pytest.mark.parametrize("with_defaults", [False, True], ids=["given", "defaults"])
def test_history(stage, with_defaults):
    """The same steps write the same history, and the calls between get the same answers."""
    enact(stage, with_defaults)


@pytest.mark.parametrize("name", HISTORIES)
@pytest.mark.parametrize("clock", [ManualClock])
def test_history_by_a_manual_clock(stage):
    """The same, while time stands still but for timers."""
    enact(stage, with_defaults=False)


@pytest.mark.parametrize(
    "name", ["simpleflow_workflow_start", "simpleflow_workflow_terminate"]
)
def test_calls(stage):
    """Recorded calls in their order get the recorded answers."""
    for call in stage.recording.calls:
        answer = stage.send(call)
        if call["operation"] == "StartWorkflowExecution":
            stage.translation.runs[call["response"]["runId"]] = answer["runId"]
        compare(stage, call, answer)


@pytest.mark.parametrize("name", ["not_standalone"])
def test_described_parent(stage):
    """A parent is described as recorded while its child runs, and after both closed."""
    type_described, start, open_once, open_again, closed = stage.recording.calls
    compare(stage, type_described, stage.send(type_described))
    run_id = stage.send(start)["runId"]
    stage.translation.runs[start["response"]["runId"]] = run_id
    stage.boto.call(
        "RegisterWorkflowType",
        domain=stage.domain,
        **CHILD,
        **type_described["response"]["configuration"],
    )
    starting = {"workflowType": CHILD, "workflowId": "child", "taskList": {"name": "child"}}
    ending = script.decision("CompleteWorkflowExecution", {})
    decide(stage, "example", script.decision("StartChildWorkflowExecution", starting))
    decide(stage, "example")
    compare(stage, open_once, stage.send(open_once))
    compare(stage, open_again, stage.send(open_again))
    decide(stage, "child", ending)
    decide(stage, "example", ending)
    compare(stage, closed, stage.send(closed))


def decide(stage, task_list, *decisions):
    """Answers the next decision task of a list."""
    task = stage.boto.call(
        "PollForDecisionTask", domain=stage.domain, taskList={"name": task_list}
    )
    stage.boto.call(
        "RespondDecisionTaskCompleted",
        taskToken=task["taskToken"],
        decisions=list(decisions),
    )


def test_every_recording_is_used(recorded):
    """The folder holds the recordings named here, and whole histories where named."""
    for name in HISTORIES:
        assert recorded(name).history
    for name in CALLS:
        assert not recorded(name).all("GetWorkflowExecutionHistory")
    assert recordings.names() == sorted(HISTORIES + CALLS)


def test_every_difference_is_needed(recorded):
    """Each row of the table changes some recording."""
    for row in KNOWN_DIFFERENCES:
        changed = [row.rewrite(recorded(name)) for name in HISTORIES + CALLS]
        assert any(changed), f"no recording has: {row.what}"


@pytest.mark.parametrize("name", HISTORIES)
def test_every_attribute_counts(name, recorded):
    """A history with one value changed or dropped is seen to differ."""
    history = recorded(name).history
    assert differences(Translation().of(history), history, "") == []
    assert differences(history, history[:-1], "")
    for number, event in enumerate(history):
        for member in attributes(event):
            for alter in (dict.pop, _replace):
                altered = copy.deepcopy(history)
                alter(attributes(altered[number]), member)
                assert differences(history, altered, ""), (event, member)


def _replace(members, member):
    members[member] = "something else"
