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
JOIN_SECONDS = 60

# Of the runs that are started, how many have to do with other runs.
FAMILY_SHARE = 0.5
BURST_LIST = {"name": "burst"}
BURST = {"children": 120, "signals": 960, "cancels": 80}
BURST_TRIES = 3

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


def child(chance, of_child, **more):
    """An item of a plan: a child run with this plan."""
    return ["child", {"plan": of_child, "policy": chance.choice(plans.POLICIES)} | more]


def message(chance, to):
    """An item of a plan: a signal to another run, or now and then a request to cancel it."""
    return ["message", {"cancel": chance.random() < 0.2} | to]


def continued(*stages):
    """A plan that goes through its stages in runs of their own, one after the other."""
    last = plan(stages[-1])
    for stage in reversed(stages[:-1]):
        last = plan(stage, then="continue", next=last)
    return last


def draw_family_plan(chance, others):
    """One of the kinds of runs that start, tell or continue runs; what is done from outside.

    `others` are runs that were started not long ago.
    """
    lasting = plan([["forever", 0]])
    short = plan([activity()])
    long_parent = [child(chance, lasting, seconds=chance.choice("456")) for _ in range(3)]
    grandparent = [child(chance, plan([child(chance, lasting, seconds="6")])) for _ in range(2)]
    targets = [{"to": "self"}, {"to": plans.NOBODY}]
    for other in others[-30:]:
        targets.append({"to": other["workflowId"]})
        targets.append({"to": other["workflowId"], "run": other["runId"]})
    letters = [message(chance, chance.choice(targets)) for _ in range(3)]
    to_child = [["message", {"to": ".0.0"}], ["message", {"to": ".0.0", "cancel": True}]]
    farewell = [*letters, child(chance, lasting, seconds="3")]
    in_steps = continued([activity()], [["timer", "0"]], [activity()])
    kinds = [
        (plan([child(chance, short), child(chance, plan([activity()], then="fail"))]), None),
        (plan([child(chance, lasting, left=True, seconds="4")]), None),
        (plan(long_parent), "TerminateWorkflowExecution"),
        (plan(grandparent), "TerminateWorkflowExecution"),
        (plan(long_parent, [["timer", "0"]]), "TerminateChild"),
        (plan(long_parent, seconds=chance.choice("23")), None),
        (plan(grandparent, seconds=chance.choice("23")), None),
        (plan([child(chance, lasting, left=True, seconds="6")], to_child), None),
        (plan([child(chance, in_steps)], [["timer", "0"]]), None),
        (plan([child(chance, in_steps), ["forever", 0]]), "TerminateWorkflowExecution"),
        (continued([activity()], [child(chance, short), ["timer", "0"]], letters), None),
        (continued([child(chance, lasting, left=True, seconds="3")], long_parent[:1]), None),
        (plan(letters), None),
        (plan([activity()], farewell=farewell), None),
        (plan([activity()], then="continue", next=plan([activity()]), farewell=farewell), None),
        (plan(letters, [["message", {"to": "self", "cancel": True}]]), None),
    ]
    return chance.choice(kinds)


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
        self.glances = []
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
        def steps():
            while not self.stopping.is_set():
                step(name, chance)

        self._guarded(steps, name)

    def _guarded(self, steps, name):
        try:
            steps()
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
        if chance.random() < FAMILY_SHARE:
            drawn, operation = draw_family_plan(chance, list(self.runs))
        else:
            drawn, operation = draw_plan(chance)
        more = {}
        if "seconds" in drawn:
            more["executionStartToCloseTimeout"] = drawn["seconds"]
        target = self._start_run(drawn, **more)
        self.runs.append(target)
        self._plan_errands(operation, target, chance)
        self.stopping.wait(START_PAUSE)

    def _start_run(self, drawn, **more):
        """Starts a run with a plan; answers both its ids."""
        workflow_id = self.journal.unique("run")
        call = self._call(
            "StartWorkflowExecution",
            domain=DOMAIN,
            workflowId=workflow_id,
            workflowType=plans.WORKFLOW_TYPE,
            input=json.dumps(drawn),
            tagList=["kill", "load"],
            **more,
        )
        if call.outcome != ACKNOWLEDGED:
            raise RuntimeError(f"a start was refused: {call}")
        return {"workflowId": workflow_id, "runId": call.answer["runId"]}

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
            self._answer(held.task)

    def _answer(self, task, **more):
        """Reads the rest of a decision task's history and answers it."""
        while task["nextPage"]:
            page = self._call(
                "PollForDecisionTask",
                domain=DOMAIN,
                taskList=task["taskList"],
                nextPageToken=task["nextPage"],
            )
            task["events"] = task["events"] + page.answer["events"]
            task["nextPage"] = page.answer.get("nextPageToken")
        self._call(
            "RespondDecisionTaskCompleted",
            taskToken=task["taskToken"],
            decisions=plans.decide(task["workflowExecution"]["workflowId"], task["events"]),
            executionContext=f"after {task['startedEventId']}",
            **more,
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
                self._run_errand(errand.operation, errand.request, chance)
        if self.runs and chance.random() < 0.5:
            self._run_errand("SignalWorkflowExecution", chance.choice(list(self.runs)), chance)
        self.stopping.wait(ERRAND_PAUSE)

    def _terminate_child(self, parent):
        """Somebody outside ends the first child of a run."""
        name = parent["workflowId"] + ".0.0"
        found = self._call(
            "ListOpenWorkflowExecutions",
            domain=DOMAIN,
            startTimeFilter={"oldestDate": 0},
            executionFilter={"workflowId": name},
        )
        for info in found.answer["executionInfos"]:
            reason = self.journal.unique("reason")
            self._call(
                "TerminateWorkflowExecution", domain=DOMAIN, **info["execution"], reason=reason
            )

    def _run_errand(self, operation, target, chance):
        if operation == "TerminateChild":
            self._terminate_child(target)
            return
        more = {}
        if operation == "SignalWorkflowExecution":
            more = {"signalName": "errand", "input": self.journal.unique("signal")}
        elif operation == "TerminateWorkflowExecution":
            more = {"reason": self.journal.unique("reason")}
            if chance.random() < 0.5:
                more["childPolicy"] = chance.choice(plans.POLICIES)
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

    def begin_burst(self, chance):
        """Starts the thread that lets one response ask for hundreds of messages.

        It ends when the server has said that it keeps them; whoever kills it at
        that moment finds the rest of them undelivered.
        """
        chance = random.Random(chance.random())
        guarded = (lambda: self._burst(chance), "burst")
        thread = threading.Thread(target=self._guarded, args=guarded, name="burst", daemon=True)
        self.threads.append(thread)
        thread.start()
        return thread

    def _burst(self, chance):
        idle = {"name": plans.IDLE_LIST}
        harbour = self._start_run(plan(), taskList=idle, executionStartToCloseTimeout="7")
        drawn = plan([["burst", BURST | {"harbour": harbour["workflowId"]}]], [["forever", 0]])
        seconds = chance.choice(["4", "9"])
        run = self._start_run(drawn, taskList=BURST_LIST, executionStartToCloseTimeout=seconds)
        for _ in range(BURST_TRIES):
            task = self._poll("PollForDecisionTask", BURST_LIST, "burst")
            if "taskToken" in task:
                break
        else:
            raise RuntimeError("no decision task for the burst")
        with Kept(self.held_decisions, Held(task)):
            self._answer(task, taskList=DECISION_LIST)
        if chance.random() < 0.5:
            due = time.time() + chance.uniform(0.0, 5.0)
            self.errands.append(Errand(due, "TerminateWorkflowExecution", run))

    def _poll(self, operation, task_list, name):
        """One poll, under an identity of its own: it names the poll in the history."""
        identity = self.journal.unique(name)
        call = self._call(operation, domain=DOMAIN, taskList=task_list, identity=identity)
        rest = call.answer.get("nextPageToken")
        return call.answer | {"taskList": task_list, "nextPage": rest}

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
