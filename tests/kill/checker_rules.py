"""The rules that a whole history must obey, one class a subject.

A rule folds over the well-formed events of one run (`see` for each, in order)
and notes what it finds wrong. Section numbers are those of execution.md. What
a single event must look like is judged before, in `checker`.
"""


TIMEOUT_TYPES = {
    "WorkflowExecutionTimedOut": {"START_TO_CLOSE"},
    "DecisionTaskTimedOut": {"START_TO_CLOSE", "SCHEDULE_TO_START"},
    "ActivityTaskTimedOut": {
        "START_TO_CLOSE",
        "SCHEDULE_TO_START",
        "SCHEDULE_TO_CLOSE",
        "HEARTBEAT",
    },
    "ChildWorkflowExecutionTimedOut": {"START_TO_CLOSE"},
    "LambdaFunctionTimedOut": {"START_TO_CLOSE"},
}

TERMINATION_CAUSES = {"OPERATOR_INITIATED", "CHILD_POLICY_APPLIED", "EVENT_LIMIT_EXCEEDED"}


def deadline(begin, duration):
    """The instant `duration` (seconds as text, or NONE) after the event `begin`.

    In milliseconds; None when there is no deadline.
    """
    if duration is None or duration == "NONE":
        return None
    return begin.time + int(duration) * 1000


class Rule:
    """A fold over one history that collects problems."""

    def __init__(self):
        self.problems = []
        self.history = []

    def judge(self, history):
        """All problems that this rule finds in the whole history."""
        self.history = history
        for event in history:
            self.see(event)
        self.end()
        return self.problems

    def see(self, event):
        """Takes the next event in."""
        raise NotImplementedError

    def end(self):
        """Judges what is left when the history has been read."""

    def note(self, event, text):
        self.problems.append(f"{event}: {text}")

    def not_before(self, event, due, what):
        """Notes an `event` that came before its deadline, or has none."""
        if due is None:
            self.note(event, f"there is no deadline for {what}")
        elif event.time < due:
            self.note(event, f"came {due - event.time} ms before its deadline ({what})")


class Closing(Rule):
    """The closing event is the last one; a run timeout is not early (2.1, 7.10)."""

    def __init__(self):
        super().__init__()
        self.closed_by = None

    def see(self, event):
        if self.closed_by:
            self.note(event, f"stands after the closing {self.closed_by}")
        if event.closes:
            self.closed_by = event
        allowed = TIMEOUT_TYPES.get(event.type)
        if allowed and event["timeoutType"] not in allowed:
            self.note(event, f"has timeoutType {event['timeoutType']}")
        terminated = event.type == "WorkflowExecutionTerminated"
        if terminated and event["cause"] not in TERMINATION_CAUSES:
            self.note(event, f"has the cause {event['cause']}")
        if event.type == "WorkflowExecutionTimedOut":
            start = self.history[0]
            due = deadline(start, start["executionStartToCloseTimeout"])
            self.not_before(event, due, "executionStartToCloseTimeout")


class DecisionTasks(Rule):
    """At most one decision task waits and one is worked on; each has a cause (5.1, 5.3)."""

    def __init__(self):
        super().__init__()
        self.scheduled = None
        self.started = None
        self.asking = None
        self.last_news = 0
        self.last_processed = 0
        self.closed = False

    def see(self, event):
        if self.asking and event.time != self.asking.time:
            self.note(self.asking, "is not followed by a decision task of its commit")
            self.asking = None
        if not event.type.startswith("DecisionTask"):
            self.last_news = event.id
        handler = getattr(self, "see_" + event.type, None)
        if handler:
            handler(event)
        if event.entry.needs_decision and not self.scheduled and not self.asking:
            self.asking = event
        if event.closes:
            self.see_close(event)

    def see_DecisionTaskScheduled(self, event):
        if self.scheduled:
            self.note(event, f"a second decision task while {self.scheduled} waits")
        elif not self.asking:
            self.note(event, "nothing asked for this decision task")
        if self.last_news <= self.last_processed:
            self.note(event, "no news for the decider since the last completed one")
        first = self.history[0]
        if event["startToCloseTimeout"] != first["taskStartToCloseTimeout"]:
            self.note(event, "startToCloseTimeout is not the run's taskStartToCloseTimeout")
        self.scheduled, self.asking = event, None

    def see_DecisionTaskStarted(self, event):
        if self.started:
            self.note(event, f"starts while {self.started} is worked on")
        if not self.scheduled or self.scheduled.id != event["scheduledEventId"]:
            self.note(event, f"decision task {event['scheduledEventId']} is not waiting")
        self.started, self.scheduled = event, None

    def see_DecisionTaskCompleted(self, event):
        due = self.close_started(event)
        if due is not None and event.time >= due:
            self.note(event, "completed although its deadline had passed")
        self.last_processed = event["startedEventId"]

    def see_DecisionTaskTimedOut(self, event):
        if event["timeoutType"] == "START_TO_CLOSE":
            due = self.close_started(event)
        else:
            due = self.close_waiting(event)
        self.not_before(event, due, event["timeoutType"])

    def close_started(self, event):
        """Ends the started task; answers its deadline."""
        started, self.started = self.started, None
        if not started or started.id != event["startedEventId"]:
            self.note(event, f"closes {event['startedEventId']}, which is not worked on")
            return None
        if started["scheduledEventId"] != event["scheduledEventId"]:
            self.note(event, f"names another scheduledEventId than {started}")
        scheduled = self.history[started["scheduledEventId"] - 1]
        return deadline(started, scheduled["startToCloseTimeout"])

    def close_waiting(self, event):
        """Ends the waiting task; answers its deadline."""
        scheduled, self.scheduled = self.scheduled, None
        if not scheduled or scheduled.id != event["scheduledEventId"]:
            self.note(event, f"closes {event['scheduledEventId']}, which is not waiting")
            return None
        if event["startedEventId"] != 0:
            self.note(event, "a task that never started has startedEventId 0")
        return deadline(scheduled, scheduled["scheduleToStartTimeout"])

    def see_close(self, event):
        self.closed = True
        blocker = self.scheduled or self.asking
        if event.entry.is_decision_result and blocker:
            self.note(event, f"closes the run although {blocker} is not yet decided on")

    def end(self):
        if self.asking and not self.closed:
            self.note(self.asking, "is not followed by a decision task")


class DecisionTaskLists(Rule):
    """Decision tasks go on the list in force; a temporary override ends (5.4)."""

    def __init__(self):
        super().__init__()
        self.permanent = None
        self.override = None

    def see(self, event):
        if event.type == "WorkflowExecutionStarted":
            self.permanent = event["taskList"]
        elif event.type == "DecisionTaskCompleted" and event["taskList"]:
            self.change_list(event)
        elif event.type == "DecisionTaskTimedOut":
            scheduled = self.history[event["scheduledEventId"] - 1]
            if scheduled["scheduleToStartTimeout"] not in (None, "NONE"):
                self.override = None
        elif event.type == "DecisionTaskScheduled":
            task_list, timeout = self.override or (self.permanent, "NONE")
            if event["taskList"] != task_list:
                self.note(event, f"is on {event['taskList']}, not on {task_list}")
            if (event["scheduleToStartTimeout"] or "NONE") != timeout:
                self.note(event, f"scheduleToStartTimeout is not {timeout}")

    def change_list(self, event):
        timeout = event["taskListScheduleToStartTimeout"] or "NONE"
        if timeout == "NONE":
            self.permanent, self.override = event["taskList"], None
        else:
            self.override = (event["taskList"], timeout)


class Batches(Rule):
    """Results of decisions stand in one piece behind their DecisionTaskCompleted (4.1)."""

    OUTCOMES = {
        "StartChildWorkflowExecutionFailed",
        "SignalExternalWorkflowExecutionFailed",
        "RequestCancelExternalWorkflowExecutionFailed",
    }

    def __init__(self):
        super().__init__()
        self.batch = None

    def see(self, event):
        if event.type == "DecisionTaskCompleted":
            self.batch = event
        elif event.type in self.OUTCOMES and event["initiatedEventId"]:
            self.see_outcome(event)
        elif event.entry.is_decision_result:
            self.see_result(event)
        elif event.type == "ActivityTaskCanceled" and event["startedEventId"] == 0:
            self.see_cancel_of_waiting_activity(event)
        else:
            self.batch = None

    def see_outcome(self, event):
        self.batch = None
        initiated = self.history[event["initiatedEventId"] - 1]
        name = "decisionTaskCompletedEventId"
        if initiated[name] != event[name]:
            self.note(event, f"names another decision than {initiated}")

    def see_result(self, event):
        link = event["decisionTaskCompletedEventId"]
        if not self.batch or self.batch.id != link:
            self.note(event, f"does not stand in the batch of event {link}")
        elif self.batch.time != event.time:
            self.note(event, f"has another timestamp than {self.batch}")

    def see_cancel_of_waiting_activity(self, event):
        before = self.history[event.id - 2]
        if before.type != "ActivityTaskCancelRequested" or not self.batch:
            self.note(event, "an unstarted activity is canceled by no decision")


class Activities(Rule):
    """Activity tasks: ids, one start, one end, deadlines, cancel requests (4.4, 6)."""

    def __init__(self):
        super().__init__()
        self.open = {}
        self.started = {}
        self.cancel_requests = {}

    def see(self, event):
        handler = getattr(self, "see_" + event.type, None)
        if handler:
            handler(event)

    def open_task(self, activity_id):
        """The open task with that id, or None."""
        for task in self.open.values():
            if task["activityId"] == activity_id:
                return task
        return None

    def see_ActivityTaskScheduled(self, event):
        other = self.open_task(event["activityId"])
        if other:
            self.note(event, f"activityId is still in use by {other}")
        self.open[event.id] = event

    def see_ScheduleActivityTaskFailed(self, event):
        in_use = self.open_task(event["activityId"]) is not None
        if event["cause"] == "ACTIVITY_ID_ALREADY_IN_USE" and not in_use:
            self.note(event, "no open activity has this activityId")

    def see_ActivityTaskStarted(self, event):
        scheduled = event["scheduledEventId"]
        if scheduled not in self.open:
            self.note(event, f"activity task {scheduled} is closed")
        if scheduled in self.started:
            self.note(event, f"activity task {scheduled} was started before")
        self.started[scheduled] = event

    def see_ActivityTaskCancelRequested(self, event):
        task = self.open_task(event["activityId"])
        if task is None:
            self.note(event, "no open activity has this activityId")
        else:
            self.cancel_requests[task.id] = event.id

    def see_RequestCancelActivityTaskFailed(self, event):
        if event["cause"] == "ACTIVITY_ID_UNKNOWN" and self.open_task(event["activityId"]):
            self.note(event, "an open activity has this activityId")

    def close(self, event):
        """Ends a task; answers its scheduled and its started event (None, None if it may not)."""
        scheduled = event["scheduledEventId"]
        task = self.open.pop(scheduled, None)
        started = self.started.get(scheduled)
        if task is None:
            self.note(event, f"activity task {scheduled} is closed")
            return None, None
        if event["startedEventId"] != (started.id if started else 0):
            self.note(event, f"startedEventId is not that of activity task {scheduled}")
            return None, None
        return task, started

    def see_answer(self, event):
        task, started = self.close(event)
        if started is None:
            return
        dues = (
            deadline(started, task["startToCloseTimeout"]),
            deadline(task, task["scheduleToCloseTimeout"]),
        )
        if any(due is not None and event.time >= due for due in dues):
            self.note(event, "was accepted although a deadline had passed")

    see_ActivityTaskCompleted = see_answer
    see_ActivityTaskFailed = see_answer

    def see_ActivityTaskCanceled(self, event):
        expected = self.cancel_requests.get(event["scheduledEventId"])
        if event["latestCancelRequestedEventId"] != expected:
            self.note(event, f"the latest cancel request is event {expected}")
        self.see_answer(event)

    def see_ActivityTaskTimedOut(self, event):
        task, started = self.close(event)
        if task is None:
            return
        timeout = event["timeoutType"]
        if timeout == "SCHEDULE_TO_START":
            if started:
                self.note(event, "SCHEDULE_TO_START of a task that has started")
            due = deadline(task, task["scheduleToStartTimeout"])
        elif timeout == "SCHEDULE_TO_CLOSE":
            due = deadline(task, task["scheduleToCloseTimeout"])
        elif not started:
            self.note(event, f"{timeout} of a task that never started")
            return
        elif timeout == "HEARTBEAT":
            due = deadline(started, task["heartbeatTimeout"])
        else:
            due = deadline(started, task["startToCloseTimeout"])
        self.not_before(event, due, timeout)


class Timers(Rule):
    """Timers: ids, one end, never early, in the order of their deadlines (7.1)."""

    def __init__(self):
        super().__init__()
        self.open = {}

    def see(self, event):
        open_ids = {timer["timerId"] for timer in self.open.values()}
        if event.type == "TimerStarted":
            if event["timerId"] in open_ids:
                self.note(event, "timerId is still in use")
            self.open[event.id] = event
        elif event.type == "TimerFired":
            self.see_fired(event)
        elif event.type == "TimerCanceled":
            self.close(event)
        elif event.type == "StartTimerFailed":
            if event["cause"] == "TIMER_ID_ALREADY_IN_USE" and event["timerId"] not in open_ids:
                self.note(event, "no open timer has this timerId")
        elif event.type == "CancelTimerFailed":
            if event["cause"] == "TIMER_ID_UNKNOWN" and event["timerId"] in open_ids:
                self.note(event, "an open timer has this timerId")

    def close(self, event):
        """Ends a timer; answers its TimerStarted, or None when it was not open."""
        timer = self.open.pop(event["startedEventId"], None)
        if timer is None:
            self.note(event, f"timer {event['startedEventId']} is closed")
        elif timer["timerId"] != event["timerId"]:
            self.note(event, f"timerId is not that of {timer}")
        return timer

    def see_fired(self, event):
        timer = self.close(event)
        if timer is None:
            return
        place = (deadline(timer, timer["startToFireTimeout"]), timer.id)
        self.not_before(event, place[0], "startToFireTimeout")
        for other in self.open.values():
            if (deadline(other, other["startToFireTimeout"]), other.id) < place:
                self.note(event, f"fired before {other}, which was due earlier")


class Promises(Rule):
    """Every Initiated event has at most one outcome, a child at most one end (7.2-7.5)."""

    OUTCOMES = {
        "StartChildWorkflowExecutionFailed",
        "ChildWorkflowExecutionStarted",
        "SignalExternalWorkflowExecutionFailed",
        "ExternalWorkflowExecutionSignaled",
        "RequestCancelExternalWorkflowExecutionFailed",
        "ExternalWorkflowExecutionCancelRequested",
    }

    def __init__(self):
        super().__init__()
        self.outcomes = {}
        self.child_ends = {}

    def see(self, event):
        initiated = event["initiatedEventId"]
        if not initiated:
            return
        if event.type in self.OUTCOMES:
            self.once(self.outcomes, initiated, event)
        else:
            started = self.history[event["startedEventId"] - 1]
            if started["initiatedEventId"] != initiated:
                self.note(event, f"names another Initiated event than {started}")
            self.once(self.child_ends, initiated, event)
        self.same_target(event, self.history[initiated - 1])

    def once(self, seen, initiated, event):
        if initiated in seen:
            self.note(event, f"event {initiated} had its outcome in {seen[initiated]}")
        seen[initiated] = event

    def same_target(self, event, initiated):
        execution = event["workflowExecution"] or event.attributes
        if execution["workflowId"] != initiated["workflowId"]:
            self.note(event, f"is about another workflowId than {initiated}")


class LambdaTasks(Rule):
    """Lambda tasks start once and end once, never early (7.8)."""

    ENDS = {
        "StartLambdaFunctionFailed",
        "LambdaFunctionCompleted",
        "LambdaFunctionFailed",
        "LambdaFunctionTimedOut",
    }

    def __init__(self):
        super().__init__()
        self.started = {}
        self.closed = set()

    def see(self, event):
        scheduled = event["scheduledEventId"]
        if event.type == "LambdaFunctionStarted":
            if scheduled in self.started:
                self.note(event, f"Lambda task {scheduled} was started before")
            self.started[scheduled] = event
        elif event.type in self.ENDS:
            if scheduled in self.closed:
                self.note(event, f"Lambda task {scheduled} is closed")
            self.closed.add(scheduled)
        if event.type == "LambdaFunctionTimedOut":
            started = self.history[event["startedEventId"] - 1]
            task = self.history[scheduled - 1]
            due = deadline(started, task["startToCloseTimeout"] or "900")
            self.not_before(event, due, "START_TO_CLOSE")


RULES = [
    Closing,
    DecisionTasks,
    DecisionTaskLists,
    Batches,
    Activities,
    Timers,
    Promises,
    LambdaTasks,
]

