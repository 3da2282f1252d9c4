"""The manual clock: `everbeat serve --clock manual`, MoveClock and `everbeat clock`."""

import concurrent.futures
import json
import subprocess
import threading
import time

import pytest

import harness
import manual_clock
import raw
import world
from clients import Boto3, Fault
from manual_clock import DAY, Clock, ManualWorld
from world import decision, schedule, start_timer

YEAR = 365 * DAY
CHILDREN = 100
SIGNALS = 1000
CHILD_LIST = "children"
SHOW_SECONDS = 30
EXPIRED_TOKEN = ("ValidationException", "Specified token has exceeded its maximum lifetime")


@pytest.fixture
def server():
    """A server of its own for each test: a clock is moved for all domains."""
    with manual_clock.serve() as running:
        yield running


@pytest.fixture
def manual(server):
    """A domain and its clock."""
    return ManualWorld(server)


def everbeat(server, *words):
    """Runs `everbeat clock` with these words."""
    return subprocess.run(
        [harness.binary(), "clock", *words],
        env=harness.client_environment(server.endpoint),
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def test_deadlines_of_a_run_take_effect_in_order_and_at_their_times(manual):
    run = manual.start()
    manual.decide(
        manual.decision_task(),
        start_timer("late", "500"),
        start_timer("soon", "5"),
        schedule("unclaimed", taskList={"name": "nobody"}, scheduleToStartTimeout="20"),
        schedule("slow", startToCloseTimeout="30"),
        schedule("mute", heartbeatTimeout="15"),
        schedule("long", scheduleToCloseTimeout="40", startToCloseTimeout="NONE"),
    )
    tasks = [manual.activity_task() for _ in range(3)]
    assert [task["activityId"] for task in tasks] == ["slow", "mute", "long"]
    so_far = len(run.events())
    state = manual.clock.advance(3599)
    assert round(state["now"] - manual.base, 3) == 3599
    assert manual.times(run, so_far) == [
        ("TimerFired", 5),
        ("DecisionTaskScheduled", 5),
        ("ActivityTaskTimedOut", 15),
        ("ActivityTaskTimedOut", 20),
        ("ActivityTaskTimedOut", 30),
        ("ActivityTaskTimedOut", 40),
        ("TimerFired", 500),
    ]
    kinds = [
        attributes["timeoutType"]
        for kind, attributes in run.history()
        if kind == "ActivityTaskTimedOut"
    ]
    assert kinds == ["HEARTBEAT", "SCHEDULE_TO_START", "START_TO_CLOSE", "SCHEDULE_TO_CLOSE"]
    manual.clock.advance(1)
    assert manual.times(run)[-1] == ("WorkflowExecutionTimedOut", 3600)


def test_a_heartbeat_puts_its_time_out_off(manual):
    run = manual.start()
    manual.decide(manual.decision_task(), schedule("a", heartbeatTimeout="15"))
    task = manual.activity_task()
    manual.clock.advance(14)
    manual.heartbeat(task)
    manual.clock.advance(14)
    assert manual.times(run)[-1] == ("ActivityTaskStarted", 0)
    manual.clock.advance(100)
    assert manual.times(run)[-2:] == [("ActivityTaskTimedOut", 29), ("DecisionTaskScheduled", 29)]


def test_a_decision_task_times_out(manual):
    run = manual.start()
    manual.decision_task()
    manual.clock.advance(29)
    assert manual.times(run)[-1] == ("DecisionTaskStarted", 0)
    manual.clock.advance(1)
    assert manual.times(run)[-2:] == [("DecisionTaskTimedOut", 30), ("DecisionTaskScheduled", 30)]


def test_executions_time_out_at_their_own_times(manual):
    runs = {}
    for seconds in (300, 100, 200):
        runs[seconds] = manual.start(executionStartToCloseTimeout=str(seconds))
        manual.clock.advance(10)
    manual.clock.advance(3600)
    ends = {seconds: manual.times(run)[-1] for seconds, run in runs.items()}
    end = "WorkflowExecutionTimedOut"
    assert ends == {300: (end, 300), 100: (end, 110), 200: (end, 220)}


def test_retention_goes_by_the_clock(manual):
    run = manual.start()
    manual.decide(manual.decision_task(), world.complete())
    manual.clock.advance(DAY - 1)
    assert run.describe()["executionInfo"]["closeTimestamp"] == manual.base
    manual.clock.advance(2)

    def is_gone():
        try:
            run.describe()
        except Fault as fault:
            return fault.code == "UnknownResourceFault"

    harness.wait_until(is_gone, "the end of the retention")


def test_a_skip_goes_to_the_next_deadline_only_while_nothing_else_can_happen(manual):
    clock = manual.clock

    def stays(worked_on, waiting):
        state = clock.state(skip=True)
        assert (state["skipped"], state["now"]) == (False, manual.base)
        counted = (state["executionsWorkedOn"], state["waitingTasks"])
        assert counted == (worked_on, waiting)

    stays(0, 0)
    assert "nextDeadline" not in clock.state()
    run = manual.start()
    stays(0, 1)
    task = manual.decision_task()
    stays(1, 0)
    manual.decide(task, start_timer("t", "1000"), schedule("a"))
    stays(0, 1)
    task = manual.activity_task()
    stays(1, 0)
    manual.complete(task)
    stays(0, 1)
    manual.decide(manual.decision_task())
    state = clock.state(skip=True)
    assert state["skipped"]
    assert round(state["now"] - manual.base, 3) == 1000
    assert round(state["nextDeadline"] - manual.base, 3) == 3600
    assert manual.times(run)[-2:] == [("TimerFired", 1000), ("DecisionTaskScheduled", 1000)]
    manual.decide(manual.decision_task(), world.complete())
    assert not clock.skip(), "no execution is open"


def test_the_clock_stands_still_and_never_goes_back(manual):
    clock = manual.clock
    run = manual.start()
    assert manual.times(run) == [("WorkflowExecutionStarted", 0), ("DecisionTaskScheduled", 0)]
    assert clock.now == manual.base
    assert clock.advance(0)["now"] == manual.base
    clock.advance(5)
    for seconds in ("-5", "1.5", "x", "123456789"):
        assert clock.move(seconds=seconds).kind == raw.VALIDATION
    both = clock.move(seconds="5", skip=True)
    raw.assert_fault(both, raw.VALIDATION, "Cannot specify both seconds and skip")
    assert round(clock.now - manual.base, 3) == 5


def test_polls_wait_in_real_time(manual):
    began = time.monotonic()
    waiting = harness.Background(manual.poll, "PollForDecisionTask", world.DECISION_LIST)
    for _ in range(5):
        manual.clock.advance(DAY)
    # Five days ended no poll whose second was not over.
    assert not waiting.result().get("taskToken")
    assert time.monotonic() - began >= 0.9


def test_page_tokens_grow_old_in_real_time():
    with manual_clock.serve("--limit", "page_token_seconds=5") as server:
        manual = ManualWorld(server)
        other = {"name": "other", "version": "1.0"}
        manual.call("RegisterActivityType", **other, **world.ACTIVITY_DEFAULTS)

        def page(**params):
            return manual.call(
                "ListActivityTypes",
                registrationStatus="REGISTERED",
                maximumPageSize=1,
                **params,
            )

        token = page()["nextPageToken"]
        manual.clock.advance(YEAR)
        assert page(nextPageToken=token)["typeInfos"]

        def is_refused():
            try:
                page(nextPageToken=token)
            except Fault as fault:
                return (fault.code, fault.message) == EXPIRED_TOKEN

        harness.wait_until(is_refused, "the end of a page token")


def test_the_system_clock_is_shown_and_cannot_be_moved():
    with harness.Server() as server:
        clock = Clock(server.endpoint)
        before = time.time()
        state = clock.state()
        assert set(state) == {"mode", "now"}
        assert state["mode"] == "SYSTEM"
        assert before - 0.001 <= state["now"] <= time.time() + 0.001
        text = (
            "The clock of this server is the system's and cannot be moved; "
            "start the server with --clock manual"
        )
        for body in ({"seconds": "1"}, {"skip": True}):
            raw.assert_fault(clock.move(**body), raw.VALIDATION, text)
        shown = everbeat(server)
        assert (shown.returncode, shown.stderr) == (0, "")
        assert shown.stdout.endswith(" UTC, by the system's clock\n")
        moved = everbeat(server, "advance", "1h")
        assert (moved.returncode, moved.stdout) == (254, "")
        assert text in moved.stderr


def test_data_keeps_the_clock_it_was_begun_with(tmp_path):
    for arguments, other in [([], ["--clock", "manual"]), (["--clock", "manual"], [])]:
        directory = tmp_path / ("manual" if arguments else "system")
        with harness.Server(directory, arguments) as server:
            world.World(Boto3(server.endpoint))
        with pytest.raises(harness.ServerDidNotStart, match="choose another --data-dir"):
            harness.Server(directory, other).start()
        harness.Server(directory, arguments).start().stop()


def test_a_restart_keeps_the_time(tmp_path):
    with manual_clock.serve(directory=tmp_path) as server:
        manual = ManualWorld(server)
        run = manual.start()
        manual.decide(manual.decision_task(), start_timer("t", "3000"))
        manual.clock.advance(1000)
        for crash in (True, False):
            server.restart(crash=crash)
            assert round(manual.clock.now - manual.base, 3) == 1000
        assert manual.clock.skip()
        assert manual.times(run)[-2:] == [("TimerFired", 3000), ("DecisionTaskScheduled", 3000)]
        server.restart(crash=True)
        assert round(manual.clock.now - manual.base, 3) == 3000
        assert not manual.clock.skip(), "the decision task waits again"
        manual.decide(manual.decision_task(), schedule("a"))
        manual.activity_task()
        server.restart(crash=True)
        assert manual.clock.state(skip=True)["executionsWorkedOn"] == 1


def test_the_command_shows_and_moves_the_clock(manual):
    shown = everbeat(manual.server)
    assert (shown.returncode, shown.stderr) == (0, "")
    told = "by a manual clock; no deadline is ahead; nothing else can happen\n"
    assert shown.stdout.endswith(told)
    moved = everbeat(manual.server, "advance", "1h30m", "--output", "json")
    assert json.loads(moved.stdout)["mode"] == "MANUAL"
    assert round(manual.clock.now - manual.base, 3) == 5400
    refused = everbeat(manual.server, "skip")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr == (
        "everbeat: The clock stays: no deadline is ahead, as no execution is open\n"
    )

    manual.start()
    refused = everbeat(manual.server, "skip", "--output", "json")
    assert refused.returncode == 1
    assert json.loads(refused.stdout)["skipped"] is False
    assert refused.stderr == "everbeat: The clock stays: 1 task waits on a list\n"
    task = manual.decision_task()
    waiting = harness.Background(everbeat, manual.server, "skip", "--wait", "25s")
    manual.decide(task, start_timer("t", "60"))
    moved = waiting.result(30)
    assert (moved.returncode, moved.stderr) == (0, "")
    assert "the next deadline is" in moved.stdout and "1 task waits on a list" in moved.stdout
    assert round(manual.clock.now - manual.base, 3) == 5460
    assert everbeat(manual.server, "back").returncode == 252
    assert everbeat(manual.server, "help").stdout.startswith("usage: everbeat clock\n")


class Year:
    """A workflow of a year: a timer, children that sleep for days, and signals all along."""

    EXPECTED = {
        "TimerFired": 1,
        "ChildWorkflowExecutionCompleted": CHILDREN,
        "WorkflowExecutionSignaled": SIGNALS,
    }

    def __init__(self, manual):
        self.manual = manual
        self.seen = dict.fromkeys(self.EXPECTED, 0)
        self.is_complete = threading.Event()
        self.run = manual.start(executionStartToCloseTimeout=str(2 * YEAR))

    def parent(self, task):
        """The decisions of the parent: children and timer at once, the end when it has seen all."""
        for event in task["events"]:
            if event["eventType"] in self.seen:
                self.seen[event["eventType"]] += 1
        if task["previousStartedEventId"] == 0:
            return [start_timer("year", str(YEAR)), *map(self.child_of, range(CHILDREN))]
        return [world.complete()] if self.seen == self.EXPECTED else []

    def child_of(self, number):
        return decision(
            "StartChildWorkflowExecution",
            workflowId=f"{self.run.workflow_id}-{number}",
            workflowType=world.WORKFLOW_TYPE,
            taskList={"name": CHILD_LIST},
            executionStartToCloseTimeout=str(YEAR),
            input=str((number + 1) * DAY),
        )

    @staticmethod
    def child(task):
        """The decisions of a child: it sleeps, and is done."""
        first = task["events"][0]
        if first["eventType"] != "WorkflowExecutionStarted":
            return [world.complete()]
        seconds = first["workflowExecutionStartedEventAttributes"]["input"]
        return [start_timer("sleep", seconds)]

    def decider(self, task_list, decide):
        """Works on a list until the year is over."""
        while not self.is_complete.is_set():
            task = self.manual.poll(
                "PollForDecisionTask", task_list, startAtPreviousStartedEvent=True
            )
            if task.get("taskToken"):
                self.manual.decide(task, *decide(task))
                if self.seen == self.EXPECTED:
                    self.is_complete.set()

    def live(self):
        """Signals, and skips while the deciders have nothing to do; answers the number of skips."""
        workers = [
            harness.Background(self.decider, world.DECISION_LIST, self.parent),
            harness.Background(self.decider, CHILD_LIST, self.child),
        ]
        skips = 0
        with concurrent.futures.ThreadPoolExecutor(4) as senders:
            while not self.is_complete.is_set():
                if self.manual.clock.skip():
                    skips += 1
                    if skips <= CHILDREN:
                        list(senders.map(self.run.signal, ["tick"] * (SIGNALS // CHILDREN)))
                else:
                    self.is_complete.wait(0.005)
        for worker in workers:
            worker.result(harness.START_SECONDS)
        return skips


def test_a_year_passes_in_seconds():
    with manual_clock.serve("--limit", f"execution_seconds={2 * YEAR}") as server:
        manual = ManualWorld(server)
        with harness.elapsed() as seconds:
            year = Year(manual)
            skips = year.live()
            took = seconds()
        print(f"a year with {CHILDREN} children and {SIGNALS} signals took {took:.2f} s")
        assert skips == CHILDREN + 1
        last = manual.call(
            "GetWorkflowExecutionHistory",
            execution=year.run.execution,
            reverseOrder=True,
            maximumPageSize=1,
        )["events"][0]
        assert last["eventType"] == "WorkflowExecutionCompleted"
        assert round(last["eventTimestamp"] - manual.base, 3) == YEAR
        harness.in_time(took, SHOW_SECONDS, "the year")
