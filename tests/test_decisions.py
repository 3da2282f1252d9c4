"""Timers, markers, closing, signals and ends as whole histories (execution.md 4, 5, 7, 11)."""

import time

import pytest

import harness
import world
from clients import Fault
from world import (
    activity_scheduled,
    assert_fired,
    assert_one_commit,
    cancel_activity,
    cancel_timer,
    complete,
    decision,
    decision_completed,
    decision_scheduled,
    decision_started,
    event,
    opening,
    schedule,
    start_timer,
)

OPENED = [*opening(), decision_started(2)]


class TestTimers:
    def test_fires_at_its_time(self, domain):
        run = domain.start()
        domain.decide(domain.decision_task(), start_timer("t", "2", control="k"))
        assert run.describe()["openCounts"]["openTimers"] == 1
        domain.decision_task()
        events = run.events()
        assert world.described(events)[4:] == [
            event(
                "TimerStarted",
                timerId="t",
                startToFireTimeout="2",
                control="k",
                decisionTaskCompletedEventId=4,
            ),
            event("TimerFired", timerId="t", startedEventId=5),
            decision_scheduled(),
            decision_started(7),
        ]
        assert_fired(events, 5, 6, 2)
        assert_one_commit(events, 6, 7)
        assert run.describe()["openCounts"]["openTimers"] == 0

    def test_zero_timer_fires_after_the_batch(self, domain):
        """The left column of 11.10 without the signal."""
        run = domain.start()
        domain.decide(
            domain.decision_task(),
            start_timer("z", "0"),
            decision("RecordMarker", markerName="m", details="d"),
        )
        task = domain.decision_task()
        assert task["startedEventId"] == 9
        assert run.history(after=4) == [
            event(
                "TimerStarted",
                timerId="z",
                startToFireTimeout="0",
                decisionTaskCompletedEventId=4,
            ),
            event(
                "MarkerRecorded",
                markerName="m",
                details="d",
                decisionTaskCompletedEventId=4,
            ),
            event("TimerFired", timerId="z", startedEventId=5),
            decision_scheduled(),
            decision_started(8),
        ]

    def test_due_timers_fire_by_deadline_then_by_id(self, domain):
        run = domain.start()
        domain.decide(
            domain.decision_task(),
            start_timer("late", "2"),
            start_timer("first", "1"),
            start_timer("second", "1"),
        )
        harness.wait_until(
            lambda: sum(kind == "TimerFired" for kind, _ in run.history()) == 3,
            "three timers fire",
        )
        fired = [
            attributes["timerId"]
            for kind, attributes in run.history()
            if kind == "TimerFired"
        ]
        assert fired == ["first", "second", "late"]

    def test_id_in_use(self, domain):
        run = domain.start()
        domain.decide(
            domain.decision_task(), start_timer("t", "60"), start_timer("t", "70")
        )
        assert run.history(after=4) == [
            event(
                "TimerStarted",
                timerId="t",
                startToFireTimeout="60",
                decisionTaskCompletedEventId=4,
            ),
            event(
                "StartTimerFailed",
                timerId="t",
                cause="TIMER_ID_ALREADY_IN_USE",
                decisionTaskCompletedEventId=4,
            ),
            decision_scheduled(),
        ]

    def test_cancel_and_start_again(self, domain):
        run = domain.start()
        domain.decide(
            domain.decision_task(),
            start_timer("t", "1"),
            cancel_timer("t"),
            start_timer("t", "60"),
        )
        completed = {"decisionTaskCompletedEventId": 4}
        time.sleep(1.2)  # the canceled timer's deadline passes
        assert run.history(after=4) == [
            event("TimerStarted", timerId="t", startToFireTimeout="1", **completed),
            event("TimerCanceled", timerId="t", startedEventId=5, **completed),
            event("TimerStarted", timerId="t", startToFireTimeout="60", **completed),
        ]

    def test_cancel_of_an_unknown_timer(self, domain):
        run = domain.start()
        domain.decide(domain.decision_task(), cancel_timer("t"))
        assert run.history(after=4) == [
            event(
                "CancelTimerFailed",
                timerId="t",
                cause="TIMER_ID_UNKNOWN",
                decisionTaskCompletedEventId=4,
            ),
            decision_scheduled(),
        ]


def test_markers_schedule_nothing(domain):
    run = domain.start()
    marker = decision("RecordMarker", markerName="same")
    domain.decide(domain.decision_task(), marker, marker)
    recorded = event(
        "MarkerRecorded", markerName="same", decisionTaskCompletedEventId=4
    )
    assert run.history() == [*OPENED, decision_completed(2, 3), recorded, recorded]
    assert domain.poll("PollForDecisionTask", "main") == {
        "startedEventId": 0,
        "previousStartedEventId": 0,
    }


def test_no_decisions_schedule_nothing(domain):
    run = domain.start()
    domain.decide(domain.decision_task())
    assert run.history() == [*OPENED, decision_completed(2, 3)]
    assert run.describe()["openCounts"]["openDecisionTasks"] == 0


class TestClosing:
    @pytest.mark.parametrize(
        "closing, attributes, kind, status",
        [
            ("Complete", {"result": "r"}, "Completed", "COMPLETED"),
            ("Complete", {}, "Completed", "COMPLETED"),
            ("Fail", {"reason": "r", "details": "d"}, "Failed", "FAILED"),
            ("Cancel", {"details": "d"}, "Canceled", "CANCELED"),
        ],
    )
    def test_close(self, domain, closing, attributes, kind, status):
        run = domain.start()
        name = f"{closing}WorkflowExecution"
        domain.decide(domain.decision_task(), decision(name, **attributes))
        assert run.history() == [
            *OPENED,
            decision_completed(2, 3),
            event(
                f"WorkflowExecution{kind}", decisionTaskCompletedEventId=4, **attributes
            ),
        ]
        info = run.describe()["executionInfo"]
        assert (info["executionStatus"], info["closeStatus"]) == ("CLOSED", status)

    def test_open_work_does_not_prevent_a_close(self, domain):
        run = domain.start()
        domain.decide(
            domain.decision_task(),
            schedule("a1"),
            start_timer("t", "60"),
            complete(),
        )
        assert [kind for kind, _ in run.history(after=4)] == [
            "ActivityTaskScheduled",
            "TimerStarted",
            "WorkflowExecutionCompleted",
        ]
        counts = run.describe()["openCounts"]
        assert (counts["openActivityTasks"], counts["openTimers"]) == (1, 1)
        assert domain.poll("PollForActivityTask", "work") == {"startedEventId": 0}

    def test_activity_start_during_the_decision_does_not_prevent_it(self, domain):
        """11.6 (d)."""
        run = domain.start()
        domain.decide(domain.decision_task(), schedule("a1"))
        run.signal("decide again")
        task = domain.decision_task()
        domain.activity_task()
        domain.decide(task, complete())
        assert [kind for kind, _ in run.history(after=8)] == [
            "ActivityTaskStarted",
            "DecisionTaskCompleted",
            "WorkflowExecutionCompleted",
        ]


class TestUnhandledDecision:
    @pytest.mark.parametrize("closing", ["Complete", "Fail", "Cancel"])
    def test_a_signal_during_the_decision(self, domain, closing):
        """11.6 (a)."""
        run = domain.start()
        task = domain.decision_task()
        run.signal("stop")
        # The next decision task waits for the started one.
        assert "taskToken" not in domain.poll("PollForDecisionTask", "main")
        name = f"{closing}WorkflowExecution"
        domain.decide(task, schedule("a1"), {"decisionType": name})
        task = domain.decision_task()
        assert (task["startedEventId"], task["previousStartedEventId"]) == (9, 3)
        domain.decide(task, complete())
        assert run.history() == [
            *OPENED,
            event(
                "WorkflowExecutionSignaled",
                signalName="stop",
                externalInitiatedEventId=0,
            ),
            decision_scheduled(),
            decision_completed(2, 3),
            activity_scheduled("a1", 6),
            event(
                f"{name}Failed",
                cause="UNHANDLED_DECISION",
                decisionTaskCompletedEventId=6,
            ),
            decision_started(5),
            decision_completed(5, 9),
            event("WorkflowExecutionCompleted", decisionTaskCompletedEventId=10),
        ]
        assert run.describe()["openCounts"]["openActivityTasks"] == 1

    def test_a_failed_decision_before_the_close(self, domain):
        """11.6 (b)."""
        run = domain.start()
        domain.decide(domain.decision_task(), cancel_activity("a9"), complete())
        assert run.history(after=4) == [
            event(
                "RequestCancelActivityTaskFailed",
                activityId="a9",
                cause="ACTIVITY_ID_UNKNOWN",
                decisionTaskCompletedEventId=4,
            ),
            event(
                "CompleteWorkflowExecutionFailed",
                cause="UNHANDLED_DECISION",
                decisionTaskCompletedEventId=4,
            ),
            decision_scheduled(),
        ]

    def test_an_unstarted_activity_canceled_before_the_close(self, domain):
        run = domain.start()
        domain.decide(
            domain.decision_task(), schedule("a1"), cancel_activity("a1"), complete()
        )
        assert [kind for kind, _ in run.history(after=4)] == [
            "ActivityTaskScheduled",
            "ActivityTaskCancelRequested",
            "ActivityTaskCanceled",
            "CompleteWorkflowExecutionFailed",
            "DecisionTaskScheduled",
        ]

    def test_work_finishing_during_a_decision(self, domain):
        """11.9."""
        run = domain.start()
        domain.decide(domain.decision_task(), schedule("a1"), schedule("a2"))
        first, second = domain.activity_task(), domain.activity_task()
        domain.complete(first)
        task = domain.decision_task()
        assert (task["startedEventId"], task["previousStartedEventId"]) == (11, 3)
        domain.complete(second)
        domain.decide(task)
        task = domain.decision_task()
        assert (task["startedEventId"], task["previousStartedEventId"]) == (15, 11)
        assert run.history(after=8) == [
            event("ActivityTaskCompleted", scheduledEventId=5, startedEventId=7),
            decision_scheduled(),
            decision_started(10),
            event("ActivityTaskCompleted", scheduledEventId=6, startedEventId=8),
            decision_scheduled(),
            decision_completed(10, 11),
            decision_started(13),
        ]


class TestSignals:
    def test_signals_of_a_waiting_run_need_one_decision(self, domain):
        run = domain.start()
        for number in range(5):
            run.signal("s", input=str(number))
        signals = [
            event(
                "WorkflowExecutionSignaled",
                signalName="s",
                input=str(number),
                externalInitiatedEventId=0,
            )
            for number in range(5)
        ]
        assert run.history() == [*opening(), *signals]
        assert run.describe()["openCounts"]["openDecisionTasks"] == 1
        task = domain.decision_task()
        assert task["startedEventId"] == 8
        assert run.describe()["openCounts"]["openDecisionTasks"] == 0

    def test_signals_during_a_decision_need_one_more(self, domain):
        run = domain.start()
        task = domain.decision_task()
        run.signal("one")
        run.signal("two")
        domain.decide(task)
        assert [kind for kind, _ in run.history(after=3)] == [
            "WorkflowExecutionSignaled",
            "DecisionTaskScheduled",
            "WorkflowExecutionSignaled",
            "DecisionTaskCompleted",
        ]
        assert domain.decision_task()["startedEventId"] == 8

    def test_a_signal_without_run_id_finds_the_open_run(self, domain):
        closed = domain.start("same")
        domain.decide(domain.decision_task(), complete())
        run = domain.start("same")
        assert run.run_id != closed.run_id
        domain.call("SignalWorkflowExecution", workflowId="same", signalName="s")
        assert [kind for kind, _ in run.history(after=2)] == [
            "WorkflowExecutionSignaled"
        ]
        with pytest.raises(Fault) as refusal:
            closed.signal("too late")
        assert refusal.value.message == closed.unknown()


class TestTerminate:
    def test_terminate(self, domain):
        run = domain.start()
        domain.decide(domain.decision_task(), schedule("a1"))
        work = domain.activity_task()
        domain.call(
            "TerminateWorkflowExecution",
            **run.execution,
            reason="enough",
            details="of it",
            childPolicy="ABANDON",
        )
        assert run.history(after=6) == [
            event(
                "WorkflowExecutionTerminated",
                cause="OPERATOR_INITIATED",
                childPolicy="ABANDON",
                reason="enough",
                details="of it",
            )
        ]
        described = run.describe()
        assert described["executionInfo"]["closeStatus"] == "TERMINATED"
        assert described["openCounts"]["openActivityTasks"] == 1
        for attempt in (
            lambda: domain.heartbeat(work),
            lambda: domain.call("TerminateWorkflowExecution", **run.execution),
        ):
            with pytest.raises(Fault) as refusal:
                attempt()
            assert refusal.value.code == "UnknownResourceFault"
            assert refusal.value.message == run.unknown()

    def test_the_policy_of_the_run_is_the_default(self, domain):
        run = domain.start(childPolicy="REQUEST_CANCEL")
        domain.call("TerminateWorkflowExecution", workflowId=run.workflow_id)
        assert run.history(after=2) == [
            event(
                "WorkflowExecutionTerminated",
                cause="OPERATOR_INITIATED",
                childPolicy="REQUEST_CANCEL",
            )
        ]
        # The decision task has left its list.
        assert "taskToken" not in domain.poll("PollForDecisionTask", "main")


def test_execution_timeout(domain):
    run = domain.start(executionStartToCloseTimeout="3", childPolicy="ABANDON")
    task = domain.decision_task()
    domain.decide(task, start_timer("t", "60"))
    harness.wait_until(lambda: len(run.events()) > 5, "the run times out")
    events = run.events()
    assert world.described(events)[5:] == [
        event(
            "WorkflowExecutionTimedOut",
            timeoutType="START_TO_CLOSE",
            childPolicy="ABANDON",
        )
    ]
    assert_fired(events, 1, 6, 3)
    described = run.describe()
    assert described["executionInfo"]["closeStatus"] == "TIMED_OUT"
    assert described["openCounts"]["openTimers"] == 1
