"""What the deciders run: simpleflow workflows, named `workflows.<class>`.

simpleflow replays `run` from its first line at every decision task; reading a
result that is not there yet ends the replay.
"""

import time

from simpleflow import Workflow, futures
from simpleflow.canvas import Chain, Group
from simpleflow.swf.mapper.models.decision import (
    ActivityTaskDecision,
    ExternalWorkflowExecutionDecision,
)

import activities

DECISIONS = "decisions"


class Base(Workflow):
    """Common to all: version and task list. Each type is named as its class."""

    version = "1"
    task_list = DECISIONS

    def __init_subclass__(cls):
        cls.name = f"{cls.__module__}.{cls.__name__}"

    def add_decision(self, decision):
        """Adds a decision for which simpleflow has a builder but no task."""
        self.executor._decisions_and_context.append_decision(decision)


class Squares(Base):
    """A group of activities, three at a time, then a chain of two."""

    def run(self, numbers):
        group = Group(*[(activities.square, n) for n in numbers], max_parallel=3)
        squares = self.submit(group).result
        chain = Chain(
            (activities.total, squares), (activities.label, "sum"), send_result=True
        )
        return self.submit(chain).result


class Retries(Base):
    """One activity is retried at once by its attribute, one after a timer."""

    def run(self, now, later):
        at_once = self.submit(activities.fail_and_retry, now, 3)
        after_a_timer = self.submit(activities.fail_and_wait, later, 3)
        return [at_once.result, after_a_timer.result]

    def on_task_failure(self, failure_context):
        if failure_context.task_name == activities.fail_and_wait.name:
            return failure_context.decide_retry(retry_wait_timeout=1)
        return None


class Refused(Base):
    """Fails with its activity."""

    def run(self):
        return self.submit(activities.refuse).result


class Timeouts(Base):
    """Answers which time-out ended each activity."""

    def run(self):
        tasks = [
            self.submit(activities.take_too_long),
            self.submit(activities.never_started),
            self.submit(activities.never_closed),
        ]
        return [task.exception.timeout_type for task in tasks]


class Heartbeats(Base):
    """An activity of several heartbeat time-outs."""

    def run(self, seconds, journal):
        return self.submit(activities.work_for, seconds, journal).result


class Survives(Base):
    """An activity whose first attempt is killed."""

    def run(self, journal):
        return self.submit(activities.survive, journal).result


class Timers(Base):
    """Markers, a timer that fires and one that is cancelled."""

    def run(self):
        futures.wait(self.submit(self.record_marker("stage", {"number": 1})))
        self.submit(self.start_timer("long", 600))
        futures.wait(self.submit(self.start_timer("short", 1)))
        futures.wait(self.submit(self.record_marker("stage", {"number": 2})))
        futures.wait(self.submit(self.cancel_timer("long")))
        return [marker.details["number"] for marker in self.list_markers(all=True)]


class Approval(Base):
    """Waits for a signal and answers its input."""

    def run(self):
        return self.submit(self.wait_signal("approve")).result


class SurvivesAlone(Base):
    """The same, on a task list that only one worker polls."""

    def run(self, journal):
        return self.submit(activities.survive_alone, journal).result


class StopsWork(Base):
    """Asked to cancel, cancels its activity first, and itself after that."""

    def run(self, journal):
        return self.submit(activities.work_for, 60, journal).result

    def should_cancel(self, history):
        (task,) = history.activities.values()
        if "cancel_decision_task_completed_event_id" not in task:
            self.add_decision(
                ActivityTaskDecision("request_cancel", activity_id=task["id"])
            )
        return task["state"] == "timed_out"


class Ponders(Base):
    """The first decider that meets it never answers."""

    def run(self, journal):
        if activities.attempt(journal) == 1:
            time.sleep(60)
        return self.submit(activities.square, 5).result


class Child(Base):
    """One activity of its own."""

    def run(self, number):
        return self.submit(activities.square, number).result


class BrokenChild(Base):
    """Fails with its activity; the second start completes with the next attempt."""

    retry = 1

    def run(self, journal):
        return self.submit(activities.fail_its_workflow, journal, 2).result


class SlowChild(Base):
    """Its execution time-out ends it."""

    execution_timeout = 1
    raises_on_failure = False

    def run(self):
        return self.submit(self.wait_signal("never")).result


class Family(Base):
    """Children: a group, one that fails and is retried, one that times out."""

    def run(self, numbers, journal):
        group = self.submit(Group(*[(Child, number) for number in numbers]))
        broken = self.submit(BrokenChild, journal)
        slow = self.submit(SlowChild)
        return [group.result, broken.result, type(slow.exception).__name__]


class Guardian(Base):
    """Waits for a child; asked to cancel, cancels the child and then itself."""

    def run(self):
        return self.submit(Ward).result

    def should_cancel(self, history):
        (child,) = history.child_workflows.values()
        asked = "request_cancel_execution_initiated"
        if not any(event.state == asked for event in history.events):
            self.add_decision(cancel_of(child))
        return child["state"] == "canceled"


class Ward(Base):
    """A child that waits for news."""

    raises_on_failure = False

    def run(self):
        return self.submit(self.wait_signal("news")).result


class Sender(Base):
    """Signals another run."""

    def run(self, workflow_id, message):
        signal = self.signal(
            "approve", message=message, workflow_id=workflow_id, propagate=False
        )
        futures.wait(self.submit(signal))
        return "sent"


class Countdown(Base):
    """Continues as a new run until nothing is left."""

    def run(self, left, squares):
        squares = [*squares, self.submit(activities.square, left).result]
        if left == 0:
            return squares
        # simpleflow takes the arguments of the new run by name only.
        successor = self.continue_as_new(left=left - 1, squares=squares)
        return self.submit(successor).result


def cancel_of(child):
    """RequestCancelExternalWorkflowExecution for a child of the history."""
    return ExternalWorkflowExecutionDecision(
        "request_cancel", workflow_id=child["workflow_id"], run_id=child["run_id"]
    )
