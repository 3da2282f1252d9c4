"""Long polls: who gets which task, and who must not (execution.md 9, protocol.md 1.3)."""

import socket
import struct
import time

import pytest

import harness
import raw
import world
from clients import Boto3
from connections import settle
from harness import Background, in_time
from world import complete, decision, schedule

EMPTY_DECISION = {"startedEventId": 0, "previousStartedEventId": 0}
EMPTY_ACTIVITY = {"startedEventId": 0}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A hold longer than any test, so that no poll ends by itself."""
    directory = tmp_path_factory.mktemp("data")
    with harness.Server(directory, ["--poll-hold-seconds", 30]) as running:
        yield running


def waiting_poll(domain, operation="PollForDecisionTask", task_list="main", **params):
    """A poll that has reached the server and waits there."""
    http = raw.Http(domain.client.client.meta.endpoint_url)
    body = {"domain": domain.name, "taskList": {"name": task_list}, **params}
    poll = raw.Asked(http.open(operation, body))
    settle(http.port)
    assert not poll.is_done()
    return poll


class TestHoldTime:
    def test_an_empty_poll_is_held_for_the_set_time(self, tmp_path):
        with harness.Server(tmp_path, ["--poll-hold-seconds", "1"]) as server:
            client = Boto3(server.endpoint)
            domain = world.World(client)
            for operation, empty in [
                ("PollForDecisionTask", EMPTY_DECISION),
                ("PollForActivityTask", EMPTY_ACTIVITY),
            ]:
                with harness.elapsed() as seconds:
                    assert domain.poll(operation, "main") == empty
                    took = seconds()
                assert took >= 0.95
                in_time(took, 1.5, operation)
            client.close()

    def test_a_task_ends_the_wait_at_once(self, domain):
        poll = waiting_poll(domain)
        with harness.elapsed() as seconds:
            run = domain.start()
            task = poll.result()
            took = seconds()
        assert task["workflowExecution"] == run.execution
        assert task["startedEventId"] == 3
        assert [kind for kind, _ in run.history()] == [
            "WorkflowExecutionStarted",
            "DecisionTaskScheduled",
            "DecisionTaskStarted",
        ]
        in_time(took, 0.5, "a poll that waited")

    def test_activity_polls_too(self, domain):
        poll = waiting_poll(domain, "PollForActivityTask", "work", identity="w")
        run = domain.start()
        domain.decide(domain.decision_task(), schedule("a1"))
        task = poll.result()
        assert (task["activityId"], task["startedEventId"]) == ("a1", 6)
        assert run.history(after=5) == [
            world.event("ActivityTaskStarted", scheduledEventId=5, identity="w")
        ]

    def test_lists_and_kinds_do_not_mix(self, domain):
        other = waiting_poll(domain, "PollForActivityTask", "main")
        elsewhere = waiting_poll(domain, task_list="other")
        domain.start()
        assert domain.decision_task()["startedEventId"] == 3
        assert not other.is_done() and not elsewhere.is_done()


class TestHangUp:
    """A poller that is gone must not take a task with it."""

    def close(self, sock, how):
        if how == "reset":
            linger = struct.pack("ii", 1, 0)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        sock.close()

    @pytest.mark.parametrize("how", ["close", "reset"])
    def test_decision_poll(self, http, domain, how):
        body = {"domain": domain.name, "taskList": {"name": "main"}}
        gone = http.open("PollForDecisionTask", body)
        settle(http.port)
        self.close(gone, how)
        settle(http.port)
        run = domain.start()
        with harness.elapsed() as seconds:
            task = domain.decision_task()
            took = seconds()
        assert task["workflowExecution"] == run.execution
        assert task["startedEventId"] == 3
        domain.decide(task, complete())
        assert [kind for kind, _ in run.history()] == [
            "WorkflowExecutionStarted",
            "DecisionTaskScheduled",
            "DecisionTaskStarted",
            "DecisionTaskCompleted",
            "WorkflowExecutionCompleted",
        ]
        in_time(took, 1, "a poll after one that was hung up")

    @pytest.mark.parametrize("how", ["close", "reset"])
    def test_activity_poll(self, http, domain, how):
        body = {"domain": domain.name, "taskList": {"name": "work"}}
        gone = http.open("PollForActivityTask", body)
        settle(http.port)
        self.close(gone, how)
        settle(http.port)
        run = domain.start()
        domain.decide(domain.decision_task(), schedule("a1"))
        task = domain.activity_task()
        assert (task["activityId"], task["startedEventId"]) == ("a1", 6)
        assert [kind for kind, _ in run.history(after=4)] == [
            "ActivityTaskScheduled",
            "ActivityTaskStarted",
        ]

    def test_a_living_poller_behind_many_dead_ones(self, http, domain):
        body = {"domain": domain.name, "taskList": {"name": "main"}}
        dead = [http.open("PollForDecisionTask", body) for _ in range(20)]
        living = waiting_poll(domain)
        for sock in dead:
            sock.close()
        settle(http.port)
        run = domain.start()
        assert living.result()["workflowExecution"] == run.execution


class TestOrder:
    def test_first_in_first_out(self, domain):
        runs = [domain.start() for _ in range(5)]
        polled = [domain.decision_task()["workflowExecution"] for _ in runs]
        assert polled == [run.execution for run in runs]

    def test_priority_of_decision_tasks(self, domain):
        priorities = [None, "-1", "5", "0", "2147483647", "5", "-2147483648"]
        for number, priority in enumerate(priorities):
            params = {} if priority is None else {"taskPriority": priority}
            domain.start(f"w{number}", **params)
        polled = [
            domain.decision_task()["workflowExecution"]["workflowId"]
            for _ in priorities
        ]
        assert polled == ["w4", "w2", "w5", "w0", "w3", "w1", "w6"]

    def test_priority_of_activity_tasks(self, domain):
        domain.start()
        domain.decide(
            domain.decision_task(),
            schedule("plain"),
            schedule("low", taskPriority="-3"),
            schedule("high", taskPriority="10"),
            schedule("also plain", taskPriority="0"),
        )
        polled = [domain.activity_task()["activityId"] for _ in range(4)]
        assert polled == ["high", "plain", "also plain", "low"]

    def test_the_longest_waiting_poller_is_served_first(self, domain):
        polls = [waiting_poll(domain) for _ in range(3)]
        for poll in polls:
            run = domain.start()
            assert poll.result()["workflowExecution"] == run.execution

    def test_concurrent_pollers_get_distinct_tasks(self, domain):
        domain.start()
        ids = [f"a{number}" for number in range(20)]
        polls = [
            Background(domain.poll, "PollForActivityTask", "work") for _ in range(10)
        ]
        domain.decide(domain.decision_task(), *[schedule(one) for one in ids])
        polls += [
            Background(domain.poll, "PollForActivityTask", "work") for _ in range(10)
        ]
        tasks = [poll.result() for poll in polls]
        assert sorted(task["activityId"] for task in tasks) == sorted(ids)
        assert len({task["startedEventId"] for task in tasks}) == len(ids)
        assert len({task["taskToken"] for task in tasks}) == len(ids)

    def test_one_decision_task_goes_to_one_of_many_pollers(self, domain):
        polls = [waiting_poll(domain) for _ in range(3)]
        run = domain.start()
        served = harness.wait_until(
            lambda: [poll for poll in polls if poll.is_done()], "one poll is answered"
        )
        assert len(served) == 1
        # The others get the run's next tasks, never the same one.
        domain.decide(served[0].result())
        run.signal("next")
        second = harness.wait_until(
            lambda: [poll for poll in polls if poll not in served and poll.is_done()],
            "another poll is answered",
        )
        assert len(second) == 1
        assert second[0].result()["previousStartedEventId"] == 3


class TestStopAndRestart:
    @pytest.fixture
    def own(self, tmp_path):
        """A server of the test's own, with a world on it."""
        with harness.Server(tmp_path / "data", ["--poll-hold-seconds", 30]) as server:
            client = Boto3(server.endpoint)
            yield server, world.World(client)
            client.close()

    def test_a_graceful_stop_answers_waiting_polls(self, own):
        server, domain = own
        decisions = waiting_poll(domain)
        activities = waiting_poll(domain, "PollForActivityTask", "work")
        with harness.elapsed() as seconds:
            server.terminate()
            assert decisions.result() == EMPTY_DECISION
            assert activities.result() == EMPTY_ACTIVITY
            assert server.process.wait(harness.STOP_SECONDS) == 0
            in_time(seconds(), 3, "the stop")

    @pytest.mark.parametrize("crash", [False, True], ids=["stop", "kill"])
    def test_scheduled_tasks_keep_their_order_over_a_restart(self, own, crash):
        server, domain = own
        for name, priority in [("a", "0"), ("b", "7"), ("c", "0"), ("d", "7")]:
            domain.start(name, taskPriority=priority)
        server.restart(crash=crash)
        polled = [
            domain.decision_task()["workflowExecution"]["workflowId"] for _ in range(4)
        ]
        assert polled == ["b", "d", "a", "c"]

    @pytest.mark.parametrize("crash", [False, True], ids=["stop", "kill"])
    def test_started_tasks_and_deadlines_survive_a_restart(self, own, crash):
        server, domain = own
        run = domain.start()
        task = domain.decision_task()
        server.restart(crash=crash)
        domain.decide(
            task,
            schedule("a1"),
            decision("StartTimer", timerId="t", startToFireTimeout="3"),
        )
        work = domain.activity_task()
        server.restart(crash=crash)
        task = domain.decision_task()
        domain.complete(work, result="after the restart")
        domain.decide(task)
        assert [kind for kind, _ in run.history(after=3)] == [
            "DecisionTaskCompleted",
            "ActivityTaskScheduled",
            "TimerStarted",
            "ActivityTaskStarted",
            "TimerFired",
            "DecisionTaskScheduled",
            "DecisionTaskStarted",
            "ActivityTaskCompleted",
            "DecisionTaskScheduled",
            "DecisionTaskCompleted",
        ]

    def test_a_timer_that_was_due_while_the_server_was_down(self, own):
        server, domain = own
        run = domain.start()
        timer = decision("StartTimer", timerId="t", startToFireTimeout="1")
        domain.decide(domain.decision_task(), timer)
        server.kill()
        time.sleep(1.1)  # the deadline passes
        server.restart()
        with harness.elapsed() as seconds:
            assert domain.decision_task()["startedEventId"] == 8
            took = seconds()
        assert run.history(after=5)[0] == world.event(
            "TimerFired", timerId="t", startedEventId=5
        )
        in_time(took, 1, "a timer that was due")

    def test_a_finished_history_is_the_same_after_a_crash(self, own):
        server, domain = own
        run = domain.start(tagList=["x", "y"], input="in")
        domain.decide(domain.decision_task(), schedule("a1"))
        domain.complete(domain.activity_task(), result="out")
        domain.decide(domain.decision_task(), complete())
        before = run.events(), run.describe()
        server.restart(crash=True)
        assert (run.events(), run.describe()) == before
