"""Workflows in the AWS Flow Framework for Java, version 2, on the AWS SDK for Java 2.

`javaflow/` is a Maven project with a decider, an activity worker and a customer
that starts and signals through the framework. Both find the server by
AWS_ENDPOINT_URL_SWF alone; they register their types themselves. They run as
processes of their own, which are killed and replaced here. Histories are read
through boto3.
"""

import contextlib
import json
import pathlib
import queue
import shutil
import signal
import subprocess
import threading
import time

import pytest

import harness
import world
from connections import settle

PROJECT = pathlib.Path(__file__).parent / "javaflow"
BUILT = PROJECT / "target" / "built"
BUILD_SECONDS = 600
# A virtual machine starts, and several decisions with pauses between them are made.
FLOW_SECONDS = 120
JAVA = [
    "java",
    # Quick to start and small: these programs run for seconds.
    "-XX:TieredStopAtLevel=1",
    "-XX:+UseSerialGC",
    "-Xmx128m",
    "-javaagent:target/lib/aspectjweaver.jar",
    "-cp",
    "target/classes:target/lib/*",
]


@pytest.fixture(scope="module", autouse=True)
def built():
    """Builds the Maven project; at once when nothing changed."""
    missing = [tool for tool in ("java", "mvn") if shutil.which(tool) is None]
    if missing:
        pytest.skip(f"ABSENT: {', '.join(missing)}; the Flow Framework for Java is not tested")
    sources = [PROJECT / "pom.xml", *(PROJECT / "src").rglob("*")]
    newest = max(source.stat().st_mtime for source in sources)
    if BUILT.exists() and BUILT.stat().st_mtime > newest:
        return
    subprocess.run(
        ["mvn", "-q", "-B", "clean", "compile"], cwd=PROJECT, check=True, timeout=BUILD_SECONDS
    )
    BUILT.touch()


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A running server; polls are held for a minute, as at Amazon.

    So a worker that stands still has an open poll.
    """
    with harness.Server(tmp_path_factory.mktemp("data")) as running:
        yield running


class Process:
    """A running `Worker`, ready to poll; its lines are waited for one by one."""

    def __init__(self, endpoint, role, domain, log):
        self.role = role
        self.log = log
        with open(log, "ab") as complaints:
            self.process = subprocess.Popen(
                [*JAVA, "orders.Worker", role, domain],
                cwd=PROJECT,
                env=harness.client_environment(endpoint),
                # Ends with this process, and the worker with it.
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=complaints,
                text=True,
            )
        self._lines = queue.Queue()
        threading.Thread(target=self._pump, daemon=True).start()

    def _pump(self):
        with self.process.stdout as lines:
            for line in lines:
                self._lines.put(line.rstrip("\n"))

    def expect(self, expected):
        """Waits for this line and passes over those before it."""
        line = None
        while line != expected:
            try:
                line = self._lines.get(timeout=FLOW_SECONDS)
            except queue.Empty:
                log = self.log.read_text(errors="replace")
                raise AssertionError(f"{self.role} did not print {expected}: {log}") from None

    def is_identity(self, identity):
        """Whether the framework made this identity, PID@HOST, in this process."""
        return identity.split("@")[0] == str(self.process.pid)

    def stand_still(self):
        """Suspends the process (SIGSTOP): its poll stays open and nobody reads the answer."""
        self.process.send_signal(signal.SIGSTOP)

    def kill(self):
        """Ends the process at once (SIGKILL)."""
        self.process.kill()
        self.process.wait(harness.STOP_SECONDS)
        self.process.stdin.close()


class Application:
    """A domain, and the processes that serve it."""

    def __init__(self, endpoint, boto, folder):
        self.endpoint = endpoint
        self.boto = boto
        self.folder = folder
        self.processes = []
        self.domain = harness.unique("javaflow")
        boto.call(
            "RegisterDomain", name=self.domain, workflowExecutionRetentionPeriodInDays="1"
        )

    def launch(self, *roles):
        """Starts a process for each role; answers them once all of them poll."""
        launched = []
        for role in roles:
            log = self.folder / f"{role}-{len(self.processes)}.log"
            launched.append(Process(self.endpoint, role, self.domain, log))
            self.processes.append(launched[-1])
        for process in launched:
            process.expect("ready")
        return launched

    def close(self):
        """Ends all processes."""
        for process in self.processes:
            process.kill()

    def call(self, operation, **params):
        """Calls an operation in the domain."""
        return self.boto.call(operation, domain=self.domain, **params)

    def customer(self, workflow_id, item, address):
        """Runs `Customer`, which orders through the framework; answers its lines."""
        done = subprocess.run(
            [*JAVA, "orders.Customer", self.domain, workflow_id, item, address],
            cwd=PROJECT,
            env=harness.client_environment(self.endpoint),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=FLOW_SECONDS,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()

    def start(self, name, *arguments, **params):
        """Starts a workflow through boto3, with arguments in the framework's own JSON."""
        workflow_id = harness.unique(name)
        run = self.call(
            "StartWorkflowExecution",
            workflowId=workflow_id,
            workflowType={"name": name, "version": "1.0"},
            input=flow_json(*arguments),
            **params,
        )
        return Run(self, workflow_id, run["runId"])

    def only_run(self, workflow_id):
        """The run of a workflow id that has one, found in the list of closed executions."""
        closed = self.call("ListClosedWorkflowExecutions", startTimeFilter={"oldestDate": 0})
        executions = [information["execution"] for information in closed["executionInfos"]]
        (found,) = [ids for ids in executions if ids["workflowId"] == workflow_id]
        return Run(self, workflow_id, found["runId"])


class Run:
    """One workflow execution."""

    def __init__(self, application, workflow_id, run_id):
        self.application = application
        self.execution = {"workflowId": workflow_id, "runId": run_id}

    def history(self):
        """All events, as `(type, attributes)`."""
        return world.described(
            self.application.call("GetWorkflowExecutionHistory", execution=self.execution)[
                "events"
            ]
        )

    def events(self, *kinds):
        """The attributes of the events of these types."""
        return [attributes for kind, attributes in self.history() if kind in kinds]

    def kinds(self):
        """The types of the events, without those about decision tasks."""
        return [kind for kind, _ in self.history() if not kind.startswith("DecisionTask")]

    def reached(self, kind, count=1):
        """Waits until there are as many events of the type; answers their attributes."""

        def probe():
            found = self.events(kind)
            return found if len(found) >= count else None

        return harness.wait_until(probe, f"{count} {kind}", FLOW_SECONDS)

    def is_being_decided(self):
        """Whether a decision task waits or is in somebody's hands."""
        ends = len(self.events("DecisionTaskCompleted", "DecisionTaskTimedOut"))
        return len(self.events("DecisionTaskScheduled")) > ends

    def closed(self):
        """Waits for the end; answers the last event."""

        def probe():
            described = self.application.call(
                "DescribeWorkflowExecution", execution=self.execution
            )
            return described["executionInfo"]["executionStatus"] == "CLOSED"

        harness.wait_until(probe, f"the end of {self.execution}", FLOW_SECONDS)
        return self.history()[-1]

    def result(self):
        """Waits for the completion; answers the result."""
        kind, attributes = self.closed()
        assert kind == "WorkflowExecutionCompleted", (kind, attributes)
        return json.loads(attributes["result"])

    def signal(self, name, *arguments):
        """Signals through boto3."""
        self.application.call(
            "SignalWorkflowExecution",
            **self.execution,
            signalName=name,
            input=flow_json(*arguments),
        )

    def request_cancel(self):
        """Requests the cancellation through boto3."""
        self.application.call("RequestCancelWorkflowExecution", **self.execution)


def flow_json(*arguments):
    """Arguments as the framework's JsonDataConverter writes them."""
    return json.dumps(["[Ljava.lang.Object;", list(arguments)])


@contextlib.contextmanager
def application(server, boto, folder):
    """An application with a domain of its own, whose processes end with the block."""
    opened = Application(server.endpoint, boto, folder)
    try:
        yield opened
    finally:
        opened.close()


@pytest.fixture(scope="module")
def orders(server, boto, tmp_path_factory):
    """An application with a decider and an activity worker, for all tests that kill neither."""
    with application(server, boto, tmp_path_factory.mktemp("orders")) as opened:
        opened.launch("decider", "activities")
        yield opened


@pytest.fixture
def mortal(server, boto, tmp_path):
    """An application of one test, without processes."""
    with application(server, boto, tmp_path) as opened:
        yield opened


def test_an_order_with_retries_timers_a_signal_and_a_state(orders):
    printed = orders.customer("lamp-1", "lamp", "Paris")
    assert printed == ["priced 40", '"lamp for 40 to Paris"', "billed"]
    run = orders.only_run("lamp-1")
    attempt = ["ActivityTaskScheduled", "ActivityTaskStarted"]
    retry = ["ActivityTaskFailed", "TimerStarted", "TimerFired"]
    unsignaled = [kind for kind in run.kinds() if kind != "WorkflowExecutionSignaled"]
    assert unsignaled == [
        "WorkflowExecutionStarted",
        *attempt,
        *retry,
        *attempt,
        *retry,
        *attempt,
        "ActivityTaskCompleted",
        "TimerStarted",
        "TimerFired",
        "WorkflowExecutionCompleted",
    ]
    assert [failed["reason"] for failed in run.events("ActivityTaskFailed")] == [
        "no price yet, attempt 1",
        "no price yet, attempt 2",
    ]
    pauses = [started["startToFireTimeout"] for started in run.events("TimerStarted")]
    assert pauses == ["1", "2", "1"]
    assert run.events("WorkflowExecutionSignaled") == [
        {
            "signalName": "address",
            "input": '["[Ljava.lang.Object;",["Paris"]]',
            "externalInitiatedEventId": 0,
        }
    ]


def test_a_cancelled_execution_stops_its_activity_and_cleans_up(orders):
    run = orders.start("Packing", 200)
    run.reached("ActivityTaskStarted")
    run.request_cancel()
    assert run.closed()[0] == "WorkflowExecutionCanceled"
    assert run.kinds() == [
        "WorkflowExecutionStarted",
        "ActivityTaskScheduled",
        "ActivityTaskStarted",
        "WorkflowExecutionCancelRequested",
        "ActivityTaskCancelRequested",
        "ActivityTaskCanceled",
        "ActivityTaskScheduled",
        "ActivityTaskStarted",
        "ActivityTaskCompleted",
        "WorkflowExecutionCanceled",
    ]
    packing, unpacking = run.events("ActivityTaskScheduled")
    assert packing["activityType"]["name"] == "OrderActivities.pack"
    assert packing["heartbeatTimeout"] == "4"
    assert unpacking["activityType"]["name"] == "OrderActivities.unpack"


def test_children_are_signalled_and_one_fails(orders):
    run = orders.start("Shipment", "100 200 5000")
    labels = run.result().split(", ")
    assert labels == ["parcel 1 of 100 g", "parcel 2 of 200 g", "parcel 3 is too heavy"]
    initiated = run.events("StartChildWorkflowExecutionInitiated")
    # The framework names children by the run of their parent and a number.
    ids = [child["workflowId"] for child in initiated]
    assert [workflow_id.rpartition(":")[0] for workflow_id in ids] == [run.execution["runId"]] * 3
    for kind in ("ChildWorkflowExecutionStarted", "ExternalWorkflowExecutionSignaled"):
        executions = [attributes["workflowExecution"] for attributes in run.events(kind)]
        assert sorted(child["workflowId"] for child in executions) == sorted(ids)
    assert len(run.events("ChildWorkflowExecutionCompleted")) == 2
    (failed,) = run.events("ChildWorkflowExecutionFailed")
    assert failed["workflowExecution"]["workflowId"] == ids[2]
    assert failed["reason"] == "parcel 3 is too heavy"

    child = Run(orders, **ids_of(failed["workflowExecution"]))
    (started,) = child.events("WorkflowExecutionStarted")
    assert started["parentWorkflowExecution"] == run.execution
    (signaled,) = child.events("WorkflowExecutionSignaled")
    assert signaled["externalWorkflowExecution"] == run.execution


def test_the_cancellation_of_a_parent_reaches_its_children(orders):
    run = orders.start("Shipment", "100 -")
    run.reached("ChildWorkflowExecutionCompleted")
    run.request_cancel()
    assert run.closed()[0] == "WorkflowExecutionCanceled"
    assert run.kinds()[-5:] == [
        "WorkflowExecutionCancelRequested",
        "RequestCancelExternalWorkflowExecutionInitiated",
        "ExternalWorkflowExecutionCancelRequested",
        "ChildWorkflowExecutionCanceled",
        "WorkflowExecutionCanceled",
    ]
    (canceled,) = run.events("ChildWorkflowExecutionCanceled")
    child = Run(orders, **ids_of(canceled["workflowExecution"]))
    (requested,) = child.events("WorkflowExecutionCancelRequested")
    assert requested["externalWorkflowExecution"] == run.execution
    assert child.kinds()[-1] == "WorkflowExecutionCanceled"


def test_a_tally_continues_as_new_twice(orders):
    first = orders.start("Tally", 3, 0)
    runs = [first]
    for _ in range(2):
        kind, attributes = runs[-1].closed()
        assert kind == "WorkflowExecutionContinuedAsNew"
        workflow_id = first.execution["workflowId"]
        runs.append(Run(orders, workflow_id, attributes["newExecutionRunId"]))
    assert runs[-1].result() == 600
    (started,) = runs[-1].events("WorkflowExecutionStarted")
    assert started["continuedExecutionRunId"] == runs[1].execution["runId"]
    assert json.loads(started["input"]) == json.loads(flow_json(1, 500))


def test_a_killed_activity_worker_is_replaced(mortal):
    _, worker = mortal.launch("decider", "activities")
    run = mortal.start("Packing", 20)
    worker.expect("packed 3")
    worker.kill()
    (replacement,) = mortal.launch("activities")
    assert run.result() == 20
    (timed_out,) = run.events("ActivityTaskTimedOut")
    assert timed_out["timeoutType"] == "HEARTBEAT"
    packed, _, parcels = timed_out["details"].partition(" of ")
    assert int(packed) >= 3 and parcels == "20"
    first, second = run.events("ActivityTaskStarted")
    assert worker.is_identity(first["identity"])
    assert replacement.is_identity(second["identity"])


def test_a_decider_killed_with_a_task_in_its_hands_is_replaced(mortal):
    decider, _ = mortal.launch("decider", "activities")
    run = mortal.start("Order", "chair", taskStartToCloseTimeout="8")
    run.reached("TimerFired")
    harness.wait_until(lambda: not run.is_being_decided(), "the answer to the timer", FLOW_SECONDS)
    # Nothing more is due, so it polls again; the protocol has no way to see that.
    time.sleep(1)
    settle(int(mortal.endpoint.rsplit(":", 1)[1]))
    decider.stand_still()
    tasks = len(run.events("DecisionTaskStarted"))
    run.signal("address", "Rome")
    started = run.reached("DecisionTaskStarted", tasks + 1)
    assert decider.is_identity(started[-1]["identity"])
    decider.kill()
    (replacement,) = mortal.launch("decider")
    assert run.result() == "chair for 50 to Rome"
    (timed_out,) = run.events("DecisionTaskTimedOut")
    assert timed_out["timeoutType"] == "START_TO_CLOSE"
    assert replacement.is_identity(run.events("DecisionTaskStarted")[-1]["identity"])


def ids_of(execution):
    """The ids of an execution as `Run` names them."""
    return {"workflow_id": execution["workflowId"], "run_id": execution["runId"]}
