"""Workflows in the API of aws-swf, a JavaScript framework for Amazon SWF.

The framework (npm `aws-swf`, on the AWS SDK for JavaScript 2 of 2014) runs as
it is: `aws_swf_js/framework.js` sets the endpoint and nothing else. Deciders
and workers are processes of their own, started, killed and replaced here;
executions are started and signalled through the framework. Histories are read
through boto3.
"""

import json
import pathlib
import queue
import shutil
import subprocess
import threading

import pytest

import harness

PROGRAMS = pathlib.Path(__file__).parent / "aws_swf_js"
INSTALL_SECONDS = 300
# A program starts, or a time-out of some seconds ends.
PATIENCE_SECONDS = 60


@pytest.fixture(scope="module", autouse=True)
def installed():
    """Installs the framework as its lock file says; at once when it is there."""
    missing = [tool for tool in ("node", "npm") if shutil.which(tool) is None]
    if missing:
        pytest.skip(f"ABSENT: {', '.join(missing)}; aws-swf is not tested")
    # npm writes its own copy of the lock file at the end of an installation.
    copy = PROGRAMS / "node_modules" / ".package-lock.json"
    lock = PROGRAMS / "package-lock.json"
    if copy.exists() and copy.stat().st_mtime > lock.stat().st_mtime:
        return
    subprocess.run(
        ["npm", "ci", "--silent", "--no-audit", "--no-fund"],
        cwd=PROGRAMS,
        check=True,
        timeout=INSTALL_SECONDS,
    )
    copy.touch()


class Program:
    """A running program of `aws_swf_js`; its lines are waited for one by one."""

    def __init__(self, endpoint, name, *arguments):
        self.process = subprocess.Popen(
            ["node", f"{name}.js", *arguments],
            cwd=PROGRAMS,
            env=harness.client_environment(endpoint),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.identity = f"{name}-{self.process.pid}"
        self._lines = queue.Queue()
        self._pumping = threading.Thread(target=self._pump, daemon=True)
        self._pumping.start()

    def _pump(self):
        with self.process.stdout as lines:
            for line in lines:
                self._lines.put(line.rstrip("\n"))

    def expect(self, expected):
        """Waits for the next line, which has to be this one."""
        try:
            line = self._lines.get(timeout=PATIENCE_SECONDS)
        except queue.Empty:
            line = "nothing"
        assert line == expected, f"{self.identity} printed {line}"

    def kill(self):
        """Ends the process at once (SIGKILL)."""
        self.process.kill()
        self.process.wait(harness.STOP_SECONDS)

    def terminate(self):
        """Asks for an end after the poll that is under way (SIGTERM)."""
        self.process.terminate()

    def complaints(self):
        """Waits for the end after `terminate`; answers what there was to say.

        A process that ends well printed nothing that nobody waited for.
        """
        try:
            code = self.process.wait(harness.STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            return ["did not stop"]
        self._pumping.join(harness.STOP_SECONDS)
        lines = [self._lines.get() for _ in range(self._lines.qsize())]
        return lines if code == 0 else [*lines, f"exit code {code}"]


class Application:
    """A domain with the example types, and the processes that serve it."""

    def __init__(self, endpoint, boto):
        self.endpoint = endpoint
        self.boto = boto
        self.domain = harness.unique("aws-swf")
        self.programs = []
        self.register()

    def run(self, name, *arguments):
        """Runs a short program of the framework and answers what it printed."""
        done = subprocess.run(
            ["node", f"{name}.js", *arguments],
            cwd=PROGRAMS,
            env=harness.client_environment(self.endpoint),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def register(self):
        """Registers domain and types; answers what the framework was told."""
        return json.loads(self.run("register", self.domain))

    def serve(self, name, *arguments):
        """Starts a decider or worker and waits until it polls."""
        program = Program(self.endpoint, name, self.domain, *arguments)
        self.programs.append(program)
        program.expect("polling")
        return program

    def replace(self, program, name):
        """Kills a program and starts another in its place."""
        program.kill()
        self.programs.remove(program)
        return self.serve(name)

    def start(self, workflow, **workflow_input):
        """Starts a workflow through the framework."""
        workflow_id = harness.unique(workflow)
        text = json.dumps(workflow_input)
        run_id = self.run(
            "execution", "start", self.domain, workflow, workflow_id, text
        )
        return Execution(self, workflow_id, run_id)

    def executions(self, operation, **params):
        """The executions that a list operation finds from the beginning of time."""
        times = {"oldestDate": 0}
        return self.boto.call(
            operation, domain=self.domain, startTimeFilter=times, **params
        )["executionInfos"]

    def close(self):
        """Stops what still runs; all has to end well."""
        for program in self.programs:
            program.terminate()
        assert [program.complaints() for program in self.programs] == [
            [] for _ in self.programs
        ]


class Execution:
    """One run, seen from outside."""

    def __init__(self, application, workflow_id, run_id):
        self.application = application
        self.workflow_id = workflow_id
        self.run_id = run_id

    @property
    def ids(self):
        """Both ids, as the wire has them."""
        return {"workflowId": self.workflow_id, "runId": self.run_id}

    def signal(self, name, **signal_input):
        """Signals the execution through the framework."""
        text = json.dumps(signal_input)
        told = self.application.run(
            "execution",
            "signal",
            self.application.domain,
            self.workflow_id,
            name,
            text,
        )
        assert told == "signalled"

    def events(self):
        """The history."""
        return self.application.boto.call(
            "GetWorkflowExecutionHistory",
            domain=self.application.domain,
            execution=self.ids,
        )["events"]

    def types(self):
        """The types of the events."""
        return [event["eventType"] for event in self.events()]

    def all(self, kind):
        """The attributes of all events of a type."""
        member = kind[0].lower() + kind[1:] + "EventAttributes"
        return [event[member] for event in self.events() if event["eventType"] == kind]

    def only(self, kind):
        """The attributes of the event of a type, which is there once."""
        (found,) = self.all(kind)
        return found

    def wait_for(self, kind):
        """Waits until there is an event of this type."""
        harness.wait_until(
            lambda: kind in self.types(),
            f"{kind} in {self.workflow_id}",
            PATIENCE_SECONDS,
        )

    def result(self):
        """Waits for the completion and answers the result."""
        self.wait_for("WorkflowExecutionCompleted")
        return json.loads(self.only("WorkflowExecutionCompleted")["result"])


@pytest.fixture
def application(server, boto):
    """A fresh domain; its processes end with the test."""
    made = Application(server.endpoint, boto)
    yield made
    made.close()


@pytest.fixture
def decider(application):
    """A decider process."""
    return application.serve("decider")


@pytest.fixture
def worker(application):
    """A worker process."""
    return application.serve("worker")


def test_faults_reach_the_framework_with_their_codes(application):
    assert application.register() == ["was there"] * 9


def test_a_signal_cancels_a_timer(application, decider, worker):
    run = application.start("approval")
    run.wait_for("TimerStarted")
    run.signal("approve", order=7)
    assert run.result() == {"booked": {"order": 7}, "approved": "in time"}
    decided = [
        "DecisionTaskScheduled",
        "DecisionTaskStarted",
        "DecisionTaskCompleted",
    ]
    assert run.types() == [
        "WorkflowExecutionStarted",
        *decided,
        "TimerStarted",
        "WorkflowExecutionSignaled",
        *decided,
        "TimerCanceled",
        "MarkerRecorded",
        "ActivityTaskScheduled",
        "ActivityTaskStarted",
        "ActivityTaskCompleted",
        *decided,
        "WorkflowExecutionCompleted",
    ]
    assert run.only("WorkflowExecutionStarted")["tagList"] == ["example"]
    started = run.all("DecisionTaskStarted")
    assert {event["identity"] for event in started} == {decider.identity}


def test_a_failed_activity_is_tried_again(application, decider, worker):
    run = application.start("parcel", name="book")
    assert run.result() == {"name": "book", "grams": 750, "from": 0, "steps": 6}
    assert run.only("ActivityTaskFailed") == {
        "scheduledEventId": 5,
        "startedEventId": 6,
        "reason": "scale is busy",
        "details": '{"attempt":1}',
    }
    assert run.only("TimerFired")["timerId"] == "weigh-1-pause"
    scheduled = [event["activityId"] for event in run.all("ActivityTaskScheduled")]
    assert scheduled == ["weigh-1", "weigh-2", "carry-1"]


def test_a_killed_worker_is_replaced(application, decider):
    doomed = application.serve("worker", "--hold-at", "3")
    run = application.start("parcel", name="book")
    doomed.expect("holding")
    heir = application.replace(doomed, "worker")

    assert run.result() == {"name": "book", "grams": 750, "from": 3, "steps": 6}
    timed_out = run.only("ActivityTaskTimedOut")
    assert timed_out["timeoutType"] == "HEARTBEAT"
    assert json.loads(timed_out["details"]) == {"step": 3}
    identities = [event["identity"] for event in run.all("ActivityTaskStarted")]
    assert identities == [doomed.identity] * 3 + [heir.identity]


def test_a_killed_decider_is_replaced(application, worker):
    doomed = application.serve("decider", "--hold")
    run = application.start("parcel", name="book")
    doomed.expect("holding")
    heir = application.replace(doomed, "decider")

    run.wait_for("DecisionTaskTimedOut")
    assert run.result()["grams"] == 750
    assert run.only("DecisionTaskTimedOut") == {
        "scheduledEventId": 2,
        "startedEventId": 3,
        "timeoutType": "START_TO_CLOSE",
    }
    first, *others = [event["identity"] for event in run.all("DecisionTaskStarted")]
    assert first == doomed.identity
    assert set(others) == {heir.identity}


def test_children_signal_their_parent_while_a_worker_is_killed(application, decider):
    doomed = application.serve("worker", "--hold-at", "2")
    order = application.start("order", parcels=["book", "lamp"])
    # The one process carries the parcels of both children.
    doomed.expect("holding")
    doomed.expect("holding")
    application.replace(doomed, "worker")

    order.wait_for("WorkflowExecutionSignaled")
    result = order.result()
    children = {
        initiated["control"]: initiated
        for initiated in order.all("StartChildWorkflowExecutionInitiated")
    }
    assert list(children) == ["book", "lamp"]
    assert result["children"] == [
        {"name": name, "grams": 750, "from": 2, "steps": 6} for name in children
    ]
    assert result["signals"] == [
        {"by": child["workflowId"]} for child in children.values()
    ]
    for name, initiated in children.items():
        assert initiated["tagList"] == ["parcel"]
        assert_child_told_its_parent(order, name)


def assert_child_told_its_parent(order, name):
    """The events on both sides name each other."""
    events = {event["eventId"]: event for event in order.events()}
    (completed,) = [
        event
        for event in order.all("ChildWorkflowExecutionCompleted")
        if event["workflowExecution"]["workflowId"].endswith(name)
    ]
    assert events[completed["initiatedEventId"]]["eventType"] == (
        "StartChildWorkflowExecutionInitiated"
    )
    assert events[completed["startedEventId"]]["eventType"] == (
        "ChildWorkflowExecutionStarted"
    )

    execution = completed["workflowExecution"]
    child = Execution(order.application, execution["workflowId"], execution["runId"])
    started = child.only("WorkflowExecutionStarted")
    assert started["parentWorkflowExecution"] == order.ids
    assert started["parentInitiatedEventId"] == completed["initiatedEventId"]

    (signal,) = [
        event
        for event in order.all("WorkflowExecutionSignaled")
        if event["signalName"] == f"delivered-{name}"
    ]
    assert signal["externalWorkflowExecution"] == execution
    delivered = child.only("ExternalWorkflowExecutionSignaled")
    assert delivered["workflowExecution"] == order.ids
    assert delivered["initiatedEventId"] == signal["externalInitiatedEventId"]


def test_a_child_that_fails_fails_its_parent(application, decider, worker):
    order = application.start("order", parcels=["anvil"])
    order.wait_for("WorkflowExecutionFailed")
    assert order.only("ChildWorkflowExecutionFailed")["reason"] == (
        "weigh failed 3 times"
    )
    assert order.only("WorkflowExecutionFailed")["reason"] == (
        "anvil was not delivered"
    )


def test_a_parent_cancels_its_child(application, decider):
    recall = application.start("recall")
    recall.wait_for("ChildWorkflowExecutionStarted")
    started = recall.only("ChildWorkflowExecutionStarted")["workflowExecution"]
    child = Execution(application, started["workflowId"], started["runId"])
    child.wait_for("TimerStarted")
    recall.signal("recall")

    assert recall.result() == {
        "child": "not wanted any more",
        "nobody": "UNKNOWN_EXTERNAL_WORKFLOW_EXECUTION",
    }
    request = child.only("WorkflowExecutionCancelRequested")
    assert request["externalWorkflowExecution"] == recall.ids
    delivered = recall.only("ExternalWorkflowExecutionCancelRequested")
    assert delivered == {
        "workflowExecution": child.ids,
        "initiatedEventId": request["externalInitiatedEventId"],
    }
    assert child.types()[-1] == "WorkflowExecutionCanceled"


def test_rounds_continue_as_new(application, decider, worker):
    first = application.start("rounds", left=3, sum=0)
    run = first
    for left in (2, 1):
        run.wait_for("WorkflowExecutionContinuedAsNew")
        continued = run.only("WorkflowExecutionContinuedAsNew")
        assert continued["tagList"] == [f"left-{left}"]
        following = Execution(
            application, first.workflow_id, continued["newExecutionRunId"]
        )
        started = following.only("WorkflowExecutionStarted")
        assert started["continuedExecutionRunId"] == run.run_id
        assert json.loads(started["input"])["left"] == left
        run = following
    assert run.result() == {"left": 0, "sum": 6}

    closed = application.executions("ListClosedWorkflowExecutions")
    assert sorted(info["closeStatus"] for info in closed) == [
        "COMPLETED",
        "CONTINUED_AS_NEW",
        "CONTINUED_AS_NEW",
    ]
    assert application.executions("ListOpenWorkflowExecutions") == []
