"""What the server says at the end, beside the journal: histories, lists, types.

`collect` reads it from a server at rest; `Evidence` adds the look-ups that the
verification needs. It judges nothing.
"""

import dataclasses
import functools

import checker
from journal import ACKNOWLEDGED

# Where tasks may be left: what they are, how to take one, the list.
WAITING = [
    ("decision tasks", "poll_for_decision_task", "main"),
    ("decision tasks that nobody polled for", "poll_for_decision_task", "idle"),
    ("activity tasks", "poll_for_activity_task", "work"),
]
POLLS = {"PollForDecisionTask": "DecisionTask", "PollForActivityTask": "ActivityTask"}
PAGE = 100
PATIENCE = 4.0
EVER = {"oldestDate": 0}


def run_key(execution):
    """A run's identity as a tuple (workflowId, runId); of two Nones if it is not told."""
    execution = execution or {}
    return execution.get("workflowId"), execution.get("runId")


@dataclasses.dataclass
class Handed:
    """A task that a poll was answered with."""

    kind: str
    run: tuple
    started: int
    task: dict
    poll: object
    whole: bool = True

    def __str__(self):
        return f"{self.kind} {self.started} of {self.run[0]}"


@dataclasses.dataclass
class Evidence:
    """The journal and the final answers of the server.

    `patience` is for how many seconds of its up time the server may leave a promise
    between runs unkept.
    """

    journal: object
    histories: dict
    infos: dict = dataclasses.field(default_factory=dict)
    types: dict = dataclasses.field(default_factory=dict)
    pending: dict = dataclasses.field(default_factory=dict)
    glances: list = dataclasses.field(default_factory=list)
    patience: float = PATIENCE

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
        """Every task that was handed out, in order, with all pages that were read."""
        found, by_token = [], {}
        for call in self.journal.of(*POLLS, outcome=ACKNOWLEDGED):
            if "nextPageToken" in call.request:
                handed = by_token[call.answer["taskToken"]]
                handed.task["events"] = handed.task["events"] + call.answer["events"]
                handed.whole = "nextPageToken" not in call.answer
            elif "taskToken" in call.answer:
                handed = Handed(
                    POLLS[call.operation],
                    run_key(call.answer["workflowExecution"]),
                    call.answer["startedEventId"],
                    dict(call.answer),
                    call,
                    whole="nextPageToken" not in call.answer,
                )
                by_token[call.answer["taskToken"]] = handed
                found.append(handed)
        return found

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

    @functools.cached_property
    def runs_of(self):
        """The runs of each workflow id, in the order of their starts."""
        found = {}
        for run in sorted(self.parsed, key=lambda run: self.parsed[run][0].time):
            found.setdefault(run[0], []).append(run)
        return found

    @functools.cached_property
    def started_children(self):
        """The runs that began as children: {(parent run, Initiated id): [runs]}."""
        found = {}
        for run, history in self.parsed.items():
            first = history[0]
            if first["parentWorkflowExecution"] and not first["continuedExecutionRunId"]:
                place = run_key(first["parentWorkflowExecution"]), first["parentInitiatedEventId"]
                found.setdefault(place, []).append(run)
        return found

    def chain(self, run):
        """A run and those that continue it one after the other, as far as they are there."""
        runs = []
        while run in self.parsed and run not in runs:
            runs.append(run)
            close = self.close(run)
            run = run[0], close["newExecutionRunId"] if close else None
        return runs

    def closed_at(self, run):
        """When a run closed, in milliseconds; infinity while it is open."""
        close = self.close(run)
        return close.time if close else float("inf")

    def open_at(self, workflow_id, time):
        """Whether some run of that id was surely open at an instant in milliseconds."""
        return any(
            self.parsed[run][0].time < time < self.closed_at(run)
            for run in self.runs_of.get(workflow_id, [])
        )

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


def collect(journal, client, domain, glances=()):
    """Reads everything that the verification needs from a server at rest."""
    infos = {}
    for listing in ("list_open_workflow_executions", "list_closed_workflow_executions"):
        for info in listed(client, domain, listing):
            infos[run_key(info["execution"])] = info
    histories = {
        run: read_history(client, domain, run) for run in infos
    }
    pending = {
        what: _tasks_left(getattr(client, poll), domain, name)
        for what, poll, name in WAITING
    }
    return Evidence(journal, histories, infos, _types(client, domain), pending, list(glances))


def listed(client, domain, listing):
    """All entries of a list of runs."""
    pages = _pages(client, listing, domain=domain, startTimeFilter=EVER)
    return [info for page in pages for info in page["executionInfos"]]


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


def read_history(client, domain, run):
    """One whole history, read in small pages so that paging is used as well."""
    pages = _pages(
        client,
        "get_workflow_execution_history",
        domain=domain,
        execution={"workflowId": run[0], "runId": run[1]},
        maximumPageSize=PAGE,
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
