"""Concurrent load by ordinary clients, which goes on over the lives of a server.

`Load.begin` starts threads that talk to one life of the server; each ends when
its answer gets lost, when `Load.end` is called, or when the load's bounds are
reached. What a thread was busy with is kept (`held`, `errands`) and taken up in
the next life with the same tokens. Everything that clients were told is in the
journal; nothing is judged here.

Activity inputs are orders to the worker, as JSON: `beats` (heartbeats before
the end), `end` (complete, fail, silent, canceled), `timeouts` and `once` (for
the decider, see plans).
"""

import collections
import dataclasses
import json
import random
import threading
import time
import traceback

import plans
from journal import ACKNOWLEDGED, AnswerLost, Caller, new_session

DOMAIN = "kill"
DECISION_LIST = {"name": "main"}
ACTIVITY_LIST = {"name": "work"}
TASK_SECONDS = "3"
RUN_SECONDS = "15"

START_PAUSE = 0.03
ERRAND_PAUSE = 0.05
BEAT_PAUSE = 0.03
REGISTER_PAUSE = 0.1
MAXIMUM_RUNS = 4000
JOIN_SECONDS = 15

CREW = {"start": 1, "decide": 3, "work": 5, "errand": 1, "register": 1}


@dataclasses.dataclass
class Held:
    """A task in the hands of a worker or decider, and how far it got."""

    task: dict
    beats: int = 0


@dataclasses.dataclass(order=True)
class Errand:
    """A call that somebody outside is to make on a run once `due` (seconds since 1970)."""

    due: float
    operation: str
    request: dict = dataclasses.field(compare=False)


def activity(beats=0, end="complete", **more):
    """An item of a plan: one activity with these orders."""
    return ["activity", {"beats": beats, "end": end} | more]


def plan(*stages, then="complete", **more):
    """A plan of `plans`, with what closes the run."""
    return {"stages": list(stages), "then": then} | more


def silent(chance):
    """An activity whose worker falls silent after some heartbeats."""
    timeouts = {"heartbeatTimeout": chance.choice("12"), "startToCloseTimeout": "8"}
    return activity(chance.randint(0, 3), "silent", once=True, timeouts=timeouts)


def draw_plan(chance):
    """One of the kinds of runs that the load starts, and what is done to it from outside."""
    until_canceled = activity(40, "canceled", once=True, timeouts={"startToCloseTimeout": "6"})
    kinds = [
        (plan([activity()], [activity(1)]), None),
        (plan([activity(), activity(end="fail"), ["timer", "0"]]), None),
        (plan([silent(chance)]), None),
        (plan([silent(chance), silent(chance)], then="fail"), None),
        (plan([["timer", chance.choice("12")], ["timer", "1"]]), None),
        (plan([["dropped timer", "60"]], [["timer", "1"]]), None),
        (plan([["signals", 2]]), "SignalWorkflowExecution"),
        (plan([until_canceled]), "RequestCancelWorkflowExecution"),
        (plan([["forever", 0], activity()]), "TerminateWorkflowExecution"),
        (plan([["forever", 0]], seconds=chance.choice("23")), None),
    ]
    return chance.choice(kinds)


class Load:
    """The threads and what they share."""

    def __init__(self, journal, seed, crew=None):
        self.journal = journal
        self.seed = seed
        self.crew = crew or CREW
        self.session = new_session()
        self.caller = None
        self.held_decisions = collections.deque()
        self.held_activities = collections.deque()
        self.errands = collections.deque()
        self.runs = collections.deque(maxlen=60)
        self.started = 0
        self.crashes = []
        self.threads = []
        self.stopping = threading.Event()

    def prepare(self, endpoint):
        """Registers the domain and the types that every run uses."""
        caller = Caller(self.journal, endpoint, self.session)
        caller.call("RegisterDomain", name=DOMAIN, workflowExecutionRetentionPeriodInDays="7")
        caller.call(
            "RegisterWorkflowType",
            domain=DOMAIN,
            **plans.WORKFLOW_TYPE,
            defaultTaskList=DECISION_LIST,
            defaultTaskStartToCloseTimeout=TASK_SECONDS,
            defaultExecutionStartToCloseTimeout=RUN_SECONDS,
            defaultChildPolicy="TERMINATE",
        )
        caller.call(
            "RegisterActivityType",
            domain=DOMAIN,
            **plans.ACTIVITY_TYPE,
            defaultTaskList=ACTIVITY_LIST,
        )

    def begin(self, endpoint, without=()):
        """Starts the threads on this life of the server, but for some roles."""
        self.caller = Caller(self.journal, endpoint, self.session)
        self.stopping.clear()
        for role, count in self.crew.items():
            if role not in without:
                self.threads += [self._thread(role, number) for number in range(count)]
        for thread in self.threads:
            thread.start()

    def end(self):
        """Lets the threads finish what they are doing; the journal is then at rest."""
        self.stopping.set()
        for thread in self.threads:
            thread.join(JOIN_SECONDS)
            if thread.is_alive():
                self.crashes.append(f"{thread.name} did not end")
        self.threads = []

    def open_runs(self):
        """How many runs are open."""
        filters = {"startTimeFilter": {"oldestDate": 0}}
        client = self.caller.client
        answer = client.list_open_workflow_executions(domain=DOMAIN, **filters)
        return len(answer["executionInfos"])

    def _thread(self, role, number):
        name = f"{role}-{number}"
        chance = random.Random(f"{self.seed} {len(self.journal.lives)} {name}")
        step = getattr(self, "_" + role)
        arguments = (step, name, chance)
        return threading.Thread(target=self._loop, args=arguments, name=name, daemon=True)

    def _loop(self, step, name, chance):
        try:
            while not self.stopping.is_set():
                step(name, chance)
        except AnswerLost:
            return
        except Exception:  # a defect of the load itself must fail the test
            self.crashes.append(f"{name}: {traceback.format_exc()}")

    def _call(self, operation, **request):
        return self.caller.call(operation, **request)

    def _start(self, _name, chance):
        """Starts one run and sends somebody to it."""
        if self.started >= MAXIMUM_RUNS:
            self.stopping.wait(START_PAUSE)
            return
        self.started += 1
        drawn, operation = draw_plan(chance)
        request = {"workflowId": self.journal.unique("run"), "input": json.dumps(drawn)}
        if "seconds" in drawn:
            request["executionStartToCloseTimeout"] = drawn["seconds"]
        call = self._call(
            "StartWorkflowExecution",
            domain=DOMAIN,
            workflowType=plans.WORKFLOW_TYPE,
            tagList=["kill", "load"],
            **request,
        )
        if call.outcome == ACKNOWLEDGED:
            target = {"workflowId": request["workflowId"], "runId": call.answer["runId"]}
            self.runs.append(target)
            self._plan_errands(operation, target, chance)
        self.stopping.wait(START_PAUSE)

    def _plan_errands(self, operation, target, chance):
        now = time.time()
        for _ in range(2 if operation == "SignalWorkflowExecution" else 1 if operation else 0):
            self.errands.append(Errand(now + chance.uniform(0.0, 1.0), operation, target))

    def _decide(self, name, chance):
        """Takes a decision task and answers it, now or in the next life, or never."""
        held = self._take(self.held_decisions)
        if held is None:
            task = self._poll("PollForDecisionTask", DECISION_LIST, name)
            if "taskToken" not in task:
                return
            held = Held(task)
            fate = chance.random()
            if fate < 0.02:
                return
            if fate < 0.06:
                self.held_decisions.append(held)
                self.stopping.wait(ERRAND_PAUSE)
                return
        with Kept(self.held_decisions, held):
            task = held.task
            self._call(
                "RespondDecisionTaskCompleted",
                taskToken=task["taskToken"],
                decisions=plans.decide(task["workflowExecution"]["workflowId"], task["events"]),
                executionContext=f"after {task['startedEventId']}",
            )

    def _work(self, name, _chance):
        """Takes an activity task and does as its input says."""
        held = self._take(self.held_activities)
        if held is None:
            task = self._poll("PollForActivityTask", ACTIVITY_LIST, name)
            if "taskToken" not in task:
                return
            held = Held(task)
        with Kept(self.held_activities, held):
            self._obey(held)

    def _obey(self, held):
        orders = json.loads(held.task["input"])
        token = held.task["taskToken"]
        while held.beats < orders["beats"]:
            held.beats += 1
            details = self.journal.unique("beat")
            call = self._call("RecordActivityTaskHeartbeat", taskToken=token, details=details)
            if call.outcome != ACKNOWLEDGED:
                return
            if call.answer["cancelRequested"]:
                self._call("RespondActivityTaskCanceled", taskToken=token, details="stopped")
                return
            time.sleep(BEAT_PAUSE)
        result = self.journal.unique("result")
        if orders["end"] == "fail":
            self._call("RespondActivityTaskFailed", taskToken=token, reason=result)
        elif orders["end"] != "silent":
            self._call("RespondActivityTaskCompleted", taskToken=token, result=result)

    def _errand(self, _name, chance):
        """Does what is due from outside, and signals a run of late for no reason."""
        now = time.time()
        for _ in range(len(self.errands)):
            errand = self.errands.popleft()
            if errand.due > now:
                self.errands.append(errand)
                continue
            with Kept(self.errands, errand):
                self._run_errand(errand.operation, errand.request)
        if self.runs and chance.random() < 0.5:
            self._run_errand("SignalWorkflowExecution", chance.choice(list(self.runs)))
        self.stopping.wait(ERRAND_PAUSE)

    def _run_errand(self, operation, target):
        more = {}
        if operation == "SignalWorkflowExecution":
            more = {"signalName": "errand", "input": self.journal.unique("signal")}
        elif operation == "TerminateWorkflowExecution":
            more = {"reason": self.journal.unique("reason")}
        self._call(operation, domain=DOMAIN, **target, **more)

    def _register(self, _name, chance):
        """Registers types that nobody uses and deprecates some of them."""
        version = self.journal.unique("version")
        kind = chance.choice(["Activity", "Workflow"])
        self._call(f"Register{kind}Type", domain=DOMAIN, name="unused", version=version)
        if chance.random() < 0.3:
            named = {"name": "unused", "version": version}
            member = f"{kind.lower()}Type"
            self._call(f"Deprecate{kind}Type", domain=DOMAIN, **{member: named})
        self.stopping.wait(REGISTER_PAUSE)

    def _poll(self, operation, task_list, name):
        """One poll, under an identity of its own: it names the poll in the history."""
        identity = self.journal.unique(name)
        call = self._call(operation, domain=DOMAIN, taskList=task_list, identity=identity)
        return call.answer if call.outcome == ACKNOWLEDGED else {}

    @staticmethod
    def _take(held):
        try:
            return held.popleft()
        except IndexError:
            return None


class Kept:
    """A context that puts `what` back when the server dies in the middle of it."""

    def __init__(self, where, what):
        self.where = where
        self.what = what

    def __enter__(self):
        return self

    def __exit__(self, kind, _value, _trace):
        if kind is not None and issubclass(kind, AnswerLost):
            self.where.append(self.what)
