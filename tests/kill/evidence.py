"""What the server says at the end, beside the journal: histories, lists, types.

`collect` reads it from a server at rest; `Evidence` adds the look-ups that the
verification needs. It judges nothing.
"""

import dataclasses
import functools

import checker
from journal import ACKNOWLEDGED

WAITING = {"decision tasks": "poll_for_decision_task", "activity tasks": "poll_for_activity_task"}
POLLS = {"PollForDecisionTask": "DecisionTask", "PollForActivityTask": "ActivityTask"}
EVER = {"oldestDate": 0}


def run_key(execution):
    """A run's identity as a tuple (workflowId, runId)."""
    return execution["workflowId"], execution["runId"]


@dataclasses.dataclass
class Handed:
    """A task that a poll was answered with."""

    kind: str
    run: tuple
    started: int
    task: dict
    poll: object

    def __str__(self):
        return f"{self.kind} {self.started} of {self.run[0]}"


@dataclasses.dataclass
class Evidence:
    """The journal and the final answers of the server."""

    journal: object
    histories: dict
    infos: dict = dataclasses.field(default_factory=dict)
    types: dict = dataclasses.field(default_factory=dict)
    pending: dict = dataclasses.field(default_factory=dict)

    @functools.cached_property
    def parsed(self):
        """Well-formed histories as `checker.Event`s, by run."""
        return {
            run: checker.parse(events)
            for run, events in self.histories.items()
            if not checker.form_problems(events)
        }

    @functools.cached_property
    def handed(self):
        """Every task that was handed out, in order."""
        return [
            Handed(
                POLLS[call.operation],
                run_key(call.answer["workflowExecution"]),
                call.answer["startedEventId"],
                call.answer,
                call,
            )
            for call in self.journal.of(*POLLS, outcome=ACKNOWLEDGED)
            if "taskToken" in call.answer
        ]

    @functools.cached_property
    def calls_by_token(self):
        """All calls that carried a task token, by token, in order."""
        found = {}
        for call in self.journal.calls:
            if "taskToken" in call.request:
                found.setdefault(call.request["taskToken"], []).append(call)
        return found

    @functools.cached_property
    def ends(self):
        """The events that closed started tasks: {(run, startedEventId): event}."""
        return {
            (run, event["startedEventId"]): event
            for run, history in self.parsed.items()
            for event in history
            if event["startedEventId"] and event["scheduledEventId"]
        }

    def event(self, run, event_id):
        """An event by its id, or None."""
        history = self.parsed.get(run, [])
        return history[event_id - 1] if 1 <= event_id <= len(history) else None

    def close(self, run):
        """The closing event of a run, or None."""
        history = self.parsed.get(run)
        return history[-1] if history and history[-1].closes else None

    def events(self, *types):
        """All events of these types, as (run, event)."""
        return [
            (run, event)
            for run, history in self.parsed.items()
            for event in history
            if event.type in types
        ]


def collect(journal, client, domain, lists=("main", "work")):
    """Reads everything that the verification needs from a server at rest."""
    infos = {}
    for listing in ("list_open_workflow_executions", "list_closed_workflow_executions"):
        pages = _pages(client, listing, domain=domain, startTimeFilter=EVER)
        for info in (info for page in pages for info in page["executionInfos"]):
            infos[run_key(info["execution"])] = info
    histories = {
        run: _history(client, domain, {"workflowId": run[0], "runId": run[1]})
        for run in infos
    }
    pending = {
        what: _tasks_left(getattr(client, poll), domain, name)
        for (what, poll), name in zip(WAITING.items(), lists)
    }
    return Evidence(journal, histories, infos, _types(client, domain), pending)


def _tasks_left(poll, domain, task_list):
    """Takes what still waits on a list of a server at rest, and counts it."""
    count = 0
    while poll(domain=domain, taskList={"name": task_list}).get("taskToken"):
        count += 1
    return count


def _pages(client, operation, **request):
    while True:
        page = getattr(client, operation)(**request)
        yield page
        if "nextPageToken" not in page:
            return
        request["nextPageToken"] = page["nextPageToken"]


def _history(client, domain, execution):
    """One whole history, read in small pages so that paging is used as well."""
    pages = _pages(
        client,
        "get_workflow_execution_history",
        domain=domain,
        execution=execution,
        maximumPageSize=40,
    )
    return [event for page in pages for event in page["events"]]


def _types(client, domain):
    found = {}
    for kind in ("activity", "workflow"):
        for status in ("REGISTERED", "DEPRECATED"):
            operation = f"list_{kind}_types"
            pages = _pages(client, operation, domain=domain, registrationStatus=status)
            for info in (info for page in pages for info in page["typeInfos"]):
                named = info[f"{kind}Type"]
                found[kind, named["name"], named["version"]] = info["status"]
    return found
