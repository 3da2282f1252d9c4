"""simpleflow's command line as processes, pointed at an Everbeat server.

`Simpleflow` is a domain in which simpleflow's own programs decide and work:
`decider` and `worker` start them, `start` starts an execution and answers a
`Run`. Each program gets the server's address from its environment and nothing
else; see `environment`.
"""

import contextlib
import json
import os
import pathlib
import signal
import subprocess
import tempfile

import harness

FOLDER = pathlib.Path(__file__).resolve().parent / "simpleflow"
SETUP_SECONDS = 300
COMMAND_SECONDS = 60
READY_SECONDS = 60
RUN_SECONDS = 60
HEARTBEAT_SECONDS = 1


def python():
    """The python that has simpleflow; installs it at the first call."""
    printed = subprocess.run(
        [FOLDER / "setup.sh"],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        timeout=SETUP_SECONDS,
    )
    return printed.stdout.strip()


def environment(endpoint, home):
    """All that simpleflow has to be told.

    boto3 reads address, region and credentials; PYTHONPATH is where our
    workflows lie; HOME is empty because simpleflow prefers what is in ~/.swf.
    """
    return harness.client_environment(endpoint) | {
        "HOME": str(home),
        "PYTHONPATH": str(FOLDER),
    }


class Program:
    """A running simpleflow program with all processes that it made."""

    def __init__(self, command, env):
        self.log = tempfile.NamedTemporaryFile(prefix="simpleflow-", suffix=".txt")
        # A session of its own: one number names the program and its children.
        self.process = subprocess.Popen(
            command,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def kill(self):
        """Ends the program and all its children at once (SIGKILL)."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(COMMAND_SECONDS)

    def logged(self):
        """What the program and its children printed so far."""
        return pathlib.Path(self.log.name).read_text(errors="replace")


class Simpleflow:
    """A domain, and simpleflow's programs in it."""

    def __init__(self, server, boto, home):
        self.boto = boto
        self.domain = harness.unique("simpleflow")
        self.env = environment(server.endpoint, home)
        self.python = python()
        self.programs = []

    def command(self, *arguments):
        return [self.python, "-m", "simpleflow", *map(str, arguments)]

    def run(self, *arguments):
        """Runs a simpleflow command to its end and answers what it printed."""
        done = subprocess.run(
            self.command(*arguments),
            env=self.env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=COMMAND_SECONDS,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def spawn(self, *arguments):
        """Starts a simpleflow program; `close` ends it."""
        program = Program(self.command(*arguments), self.env)
        self.programs.append(program)
        return program

    def decider(self, task_list):
        """Starts a decider and waits until it has registered the domain.

        It names no workflow: simpleflow finds the class by the type's name. It
        gets one process, because several would share one connection: simpleflow
        opens it before it forks them, and over plain HTTP their requests mix.
        """
        program = self.spawn(
            *("decider.start", "--domain", self.domain),
            *("--task-list", task_list, "--nb-processes", 1),
        )
        harness.wait_until(self.is_registered, "the domain", timeout=READY_SECONDS)
        return program

    def worker(self, task_list, processes=1):
        """Starts a worker that heartbeats every second."""
        return self.spawn(
            *("worker.start", "--domain", self.domain),
            *("--task-list", task_list, "--nb-processes", processes),
            *("--heartbeat", HEARTBEAT_SECONDS),
        )

    def is_registered(self):
        """Whether the domain exists."""
        domains = self.boto.call("ListDomains", registrationStatus="REGISTERED")
        return self.domain in [info["name"] for info in domains["domainInfos"]]

    def start(self, workflow, *arguments, task_list=None, options=()):
        """Starts an execution with `simpleflow workflow.start`."""
        chosen = ("--task-list", task_list) if task_list else ()
        printed = self.run(
            *("workflow.start", "--domain", self.domain),
            *("--workflow-id", harness.unique(workflow.lower())),
            *("--input", json.dumps({"args": arguments, "kwargs": {}})),
            *(*chosen, *options, f"workflows.{workflow}"),
        )
        return Run(self, *printed.split())

    def logged(self):
        """The ends of what all programs printed."""
        return "\n".join(program.logged()[-4000:] for program in self.programs)

    def close(self):
        """Ends all programs."""
        for program in self.programs:
            program.kill()


class Run:
    """One execution; reads go through boto3."""

    def __init__(self, simpleflow, workflow_id, run_id):
        self.simpleflow = simpleflow
        self.workflow_id = workflow_id
        self.run_id = run_id

    @property
    def execution(self):
        """Both ids, as the wire has them."""
        return {"workflowId": self.workflow_id, "runId": self.run_id}

    def call(self, operation, **params):
        """Calls an operation in the run's domain."""
        return self.simpleflow.boto.call(
            operation, domain=self.simpleflow.domain, **params
        )

    def events(self):
        """The history so far."""
        answer = self.call("GetWorkflowExecutionHistory", execution=self.execution)
        return answer["events"]

    def types(self):
        """The types of the events so far."""
        return [event["eventType"] for event in self.events()]

    def all(self, event_type):
        """The attributes of all events of a type."""
        member = event_type[0].lower() + event_type[1:] + "EventAttributes"
        return [e[member] for e in self.events() if e["eventType"] == event_type]

    def one(self, event_type):
        """The attributes of the only event of a type."""
        (attributes,) = self.all(event_type)
        return attributes

    def wait_for(self, event_type, count=1, timeout=RUN_SECONDS):
        """Waits until the history has `count` events of a type; answers them."""
        try:
            harness.wait_until(
                lambda: self.types().count(event_type) >= count, event_type, timeout
            )
        except AssertionError as late:
            story = [str(late), *map(str, self.events()), self.simpleflow.logged()]
            raise AssertionError("\n".join(story)) from None
        return self.all(event_type)

    def result(self):
        """Waits until the run is completed and answers its result."""
        (completed,) = self.wait_for("WorkflowExecutionCompleted")
        assert self.types()[-1] == "WorkflowExecutionCompleted"
        return json.loads(completed["result"])

    def signal(self, name, message):
        """Signals the run from outside."""
        self.call(
            "SignalWorkflowExecution",
            **self.execution,
            signalName=name,
            input=json.dumps(message),
        )

    def request_cancel(self):
        """Requests the run's cancellation from outside."""
        self.call("RequestCancelWorkflowExecution", **self.execution)

    def of(self, execution):
        """Another run of the domain, as an event names it."""
        return Run(self.simpleflow, execution["workflowId"], execution["runId"])


def pid_of(started):
    """The process that polled a task: simpleflow's identity tells it."""
    return json.loads(started["identity"])["pid"]


def is_alive(pid):
    """Whether the process runs; one that nobody has waited for does not."""
    try:
        stat = pathlib.Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return stat.rpartition(")")[2].split()[0] not in "ZX"
