"""Decision tasks: time-outs, task lists, context (execution.md 4.1, 5.3, 5.4, 11.7, 11.8)."""

import pytest

import world
from clients import Fault
from world import (
    activity_scheduled,
    assert_fired,
    assert_one_commit,
    complete,
    decision_completed,
    decision_scheduled,
    decision_started,
    event,
    schedule,
    started_activity,
)


class TestDecisionTaskTimeout:
    def test_the_task_is_scheduled_again(self, domain):
        """11.7."""
        run = domain.start(taskStartToCloseTimeout="3")
        lost = domain.decision_task()
        task = domain.decision_task()
        assert (task["startedEventId"], task["previousStartedEventId"]) == (6, 0)
        assert [one["eventId"] for one in task["events"]] == [1, 2, 3, 4, 5, 6]
        with pytest.raises(Fault) as refusal:
            domain.decide(lost, complete())
        assert refusal.value.code == "UnknownResourceFault"
        assert refusal.value.message == "Unknown decision task, scheduledEventId = 2"
        domain.decide(task)
        events = run.events()
        scheduled = decision_scheduled(startToCloseTimeout="3")
        assert world.described(events)[1:] == [
            scheduled,
            decision_started(2),
            event(
                "DecisionTaskTimedOut",
                timeoutType="START_TO_CLOSE",
                scheduledEventId=2,
                startedEventId=3,
            ),
            scheduled,
            decision_started(5),
            decision_completed(5, 6),
        ]
        assert_fired(events, 3, 4, 3)
        assert_one_commit(events, 4, 5)

    def test_with_a_signal_meanwhile(self, domain):
        """The last paragraph of 11.7."""
        run = domain.start(taskStartToCloseTimeout="3")
        domain.decision_task()
        run.signal("s")
        assert domain.decision_task()["startedEventId"] == 7
        assert run.history(after=3) == [
            event(
                "WorkflowExecutionSignaled", signalName="s", externalInitiatedEventId=0
            ),
            decision_scheduled(startToCloseTimeout="3"),
            event(
                "DecisionTaskTimedOut",
                timeoutType="START_TO_CLOSE",
                scheduledEventId=2,
                startedEventId=3,
            ),
            decision_started(5),
        ]


class TestTaskListOverride:
    HOST = {"name": "host-7"}

    def test_temporary_list_of_a_lost_decider(self, domain):
        """11.8, with a second instead of ten."""
        run = domain.start()
        domain.decide(
            domain.decision_task(),
            schedule("a1"),
            taskList=self.HOST,
            taskListScheduleToStartTimeout="1",
        )
        domain.complete(domain.activity_task())
        task = domain.decision_task()
        assert (task["startedEventId"], task["previousStartedEventId"]) == (11, 3)
        events = run.events()
        assert world.described(events)[3:] == [
            decision_completed(
                2, 3, taskList=self.HOST, taskListScheduleToStartTimeout="1"
            ),
            activity_scheduled("a1", 4),
            started_activity(5),
            event("ActivityTaskCompleted", scheduledEventId=5, startedEventId=6),
            decision_scheduled(taskList=self.HOST, scheduleToStartTimeout="1"),
            event(
                "DecisionTaskTimedOut",
                timeoutType="SCHEDULE_TO_START",
                scheduledEventId=8,
                startedEventId=0,
            ),
            decision_scheduled(),
            decision_started(10),
        ]
        assert_fired(events, 8, 9, 1)
        assert_one_commit(events, 9, 10)

    def test_temporary_list_of_a_living_decider(self, domain):
        run = domain.start()
        domain.decide(
            domain.decision_task(),
            taskList=self.HOST,
            taskListScheduleToStartTimeout="60",
        )
        run.signal("one")
        domain.decide(domain.decision_task("host-7"))
        # An answer without a list leaves the override in force.
        run.signal("two")
        domain.decide(domain.decision_task("host-7"), taskList={"name": "main"})
        run.signal("three")
        domain.decision_task("main")
        configuration = run.describe()["executionConfiguration"]
        assert configuration["taskList"] == {"name": "main"}

    def test_permanent_list(self, domain):
        run = domain.start()
        domain.decide(domain.decision_task(), taskList=self.HOST)
        run.signal("s")
        assert domain.decision_task("host-7")["startedEventId"] == 7
        assert run.history(after=5) == [
            decision_scheduled(taskList=self.HOST),
            decision_started(6),
        ]
        assert run.describe()["executionConfiguration"]["taskList"] == self.HOST

    def test_a_timeout_needs_a_list(self, domain):
        domain.start()
        task = domain.decision_task()
        with pytest.raises(Fault) as refusal:
            domain.decide(task, taskListScheduleToStartTimeout="10")
        assert refusal.value.code == "ValidationException"
        domain.decide(task, complete())


def test_execution_context_is_kept_until_the_next(domain):
    run = domain.start()
    domain.decide(domain.decision_task(), executionContext="one")
    run.signal("s")
    domain.decide(domain.decision_task())
    assert run.describe()["latestExecutionContext"] == "one"
    run.signal("s")
    domain.decide(domain.decision_task(), executionContext="")
    assert run.describe()["latestExecutionContext"] == ""
