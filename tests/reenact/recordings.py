"""The recordings of Amazon SWF: where they lie and what is in them."""

import dataclasses
import functools
import json
import os
import pathlib

import harness

FOLDER = pathlib.Path(
    os.environ.get("EVERBEAT_RECORDINGS")
    or harness.REPOSITORY.parent / "shared" / "fixtures" / "recorded"
)

HISTORIES = (
    "cancel_requested",
    "cancel_requested_refused",
    "chain_send_result",
    "child_workflow",
    "failing_activity_input",
    "failing_activity_output",
    "failing_workflow_input",
    "failing_workflow_output",
    "simpleflow_activity_rerun",
    "simpleflow_idempotent",
    "timer_and_cancel",
    "unrequested_signal",
    "wait_signal",
    "with_replays",
    "without_replays",
)
"""The recordings with a whole history."""

CALLS = (
    "not_standalone",
    "simpleflow_workflow_start",
    "simpleflow_workflow_terminate",
)
"""The recordings of calls alone."""

ABSENT = (
    f"NOT CHECKED against recorded histories of Amazon SWF: there is no folder {FOLDER}"
    " (EVERBEAT_RECORDINGS names another)"
)


@dataclasses.dataclass(frozen=True)
class Recording:
    """The calls of one client, in order: operation, request, status, response."""

    name: str
    calls: list

    def only(self, operation):
        """The one recorded call of this operation."""
        (call,) = self.all(operation)
        return call

    def all(self, operation):
        """The recorded calls of this operation."""
        return [call for call in self.calls if call["operation"] == operation]

    @property
    def run_id(self):
        """The run id that Amazon gave."""
        return self.only("StartWorkflowExecution")["response"]["runId"]

    @functools.cached_property
    def history(self):
        """All events of the run."""
        answer = self.only("GetWorkflowExecutionHistory")["response"]
        assert set(answer) == {"events"}, "the history has one page"
        return answer["events"]


def are_absent():
    """Whether this machine has no recordings at all."""
    return not FOLDER.is_dir()


def names():
    """The names of all recordings."""
    return sorted(path.stem for path in FOLDER.glob("*.json"))


def load(name):
    """Reads one recording."""
    return Recording(name, json.loads((FOLDER / f"{name}.json").read_text()))


def attributes(event):
    """The attribute object of an event."""
    kind = event["eventType"]
    return event[kind[0].lower() + kind[1:] + "EventAttributes"]
