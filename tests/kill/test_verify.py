"""The verification itself: an honest journal passes, each doctored one is reported.

The story: a run is started and signalled, its first decision schedules activity
`a1` and timer `t`, the worker heartbeats and falls silent, the server is killed
and started again, everything fires, and the last decision completes the run.
"""

import copy

import checker
import pytest
from event_table import attributes
from evidence import Evidence
from histories import ORIGIN, WORKFLOW_TYPE, Script
from journal import ACKNOWLEDGED, REFUSED, UNKNOWN, Call, Journal, Life
from verify import verify

RUN = {"workflowId": "o-1", "runId": "R1"}
KEY = ("o-1", "R1")
SCHEDULE = {
    "decisionType": "ScheduleActivityTask",
    "scheduleActivityTaskDecisionAttributes": {"activityId": "a1"},
}
START_TIMER = {
    "decisionType": "StartTimer",
    "startTimerDecisionAttributes": {"timerId": "t"},
}
COMPLETE = {
    "decisionType": "CompleteWorkflowExecution",
    "completeWorkflowExecutionDecisionAttributes": {"result": "done"},
}


def story():
    """The history of the story; event ids as the tests below name them."""
    script = Script(input="42")
    script.add("DecisionTaskStarted", 1, scheduledEventId=2, identity="d-1")
    script.complete_decision(2, 3, 2)
    script.result("ActivityTaskScheduled", 4, 2, activityId="a1", heartbeatTimeout="3")
    script.result("TimerStarted", 4, 2, timerId="t", startToFireTimeout="5")
    script.add("ActivityTaskStarted", 3, scheduledEventId=5, identity="w-1")
    script.add("WorkflowExecutionSignaled", 3.5, input="hello")
    script.add("DecisionTaskScheduled", 3.5)
    script.add("TimerFired", 9.02, timerId="t", startedEventId=6)
    script.add(
        "ActivityTaskTimedOut",
        12.1,
        timeoutType="HEARTBEAT",
        scheduledEventId=5,
        startedEventId=7,
        details="two",
    )
    script.add("DecisionTaskStarted", 13, scheduledEventId=9, identity="d-2")
    script.complete_decision(9, 12, 14)
    script.result("WorkflowExecutionCompleted", 13, 14, result="done")
    return script.events


def call(operation, sent, answer=None, outcome=ACKNOWLEDGED, **request):
    """A call that was answered a moment after it was sent."""
    answered = ORIGIN + sent + 0.01
    return Call(operation, request, ORIGIN + sent, answered, outcome, answer or {})


def task(token, started, events=(), **more):
    """A poll's answer."""
    return {
        "taskToken": token,
        "startedEventId": started,
        "workflowExecution": RUN,
        **({"events": list(events)} if events else {}),
        **more,
    }


def honest():
    """The journal of the story beside its history."""
    events = story()
    beat = "RecordActivityTaskHeartbeat"
    no = {"cancelRequested": False}
    respond = "RespondDecisionTaskCompleted"
    calls = [
        call("StartWorkflowExecution", 0, {"runId": "R1"}, workflowId="o-1", input="42"),
        call("RegisterActivityType", 0.5, name="ship", version="1.0"),
        call("PollForDecisionTask", 1, task("D1", 3, copy.deepcopy(events[:3])), identity="d-1"),
        call(respond, 2, taskToken="D1", decisions=[SCHEDULE, START_TIMER]),
        call("PollForActivityTask", 3, task("A1", 7, activityId="a1"), identity="w-1"),
        call(beat, 3.2, no, taskToken="A1", details="one"),
        call(beat, 3.4, no, taskToken="A1", details="two"),
        call("SignalWorkflowExecution", 3.5, **RUN, signalName="go", input="hello"),
        call("PollForDecisionTask", 13, task("D2", 12, copy.deepcopy(events[:12])), identity="d-2"),
        call(respond, 14, taskToken="D2", decisions=[COMPLETE]),
    ]
    lives = [
        Life(ORIGIN - 1, ORIGIN - 0.5, ORIGIN + 4),
        Life(ORIGIN + 9, ORIGIN + 9.01, ORIGIN + 20),
    ]
    close = checker.milliseconds(ORIGIN + 14) / 1000
    return Evidence(
        Journal(calls, lives),
        {KEY: events},
        {KEY: {"closeStatus": "COMPLETED", "closeTimestamp": close}},
        {("activity", "ship", "1.0"): "REGISTERED"},
        {"decision tasks": 0},
    )


def test_an_honest_journal_passes():
    assert verify(honest()) == []


def add_call(*arguments, **named):
    def doctor(evidence):
        evidence.journal.calls.append(call(*arguments, **named))

    return doctor


def set_event(number, **values):
    def doctor(evidence):
        attributes(evidence.histories[KEY][number - 1]).update(values)

    return doctor


def set_times(seconds, *numbers):
    def doctor(evidence):
        for number in numbers:
            evidence.histories[KEY][number - 1]["eventTimestamp"] = ORIGIN + seconds

    return doctor


def set_call(number, **values):
    def doctor(evidence):
        vars(evidence.journal.calls[number]).update(values)

    return doctor


def set_request(number, **values):
    def doctor(evidence):
        evidence.journal.calls[number].request.update(values)

    return doctor


def forget_call(number):
    def doctor(evidence):
        del evidence.journal.calls[number]

    return doctor


def lose_the_run(evidence):
    evidence.histories.clear()
    evidence.infos.clear()


def cut_history(count):
    """The history ends early, as it would had the last writes been lost."""

    def doctor(evidence):
        del evidence.histories[KEY][count:]

    return doctor


def continue_the_run(evidence):
    close = {"newExecutionRunId": "R9", "workflowType": WORKFLOW_TYPE}
    script = Script()
    script.events = evidence.histories[KEY][:13]
    script.result("WorkflowExecutionContinuedAsNew", 13, 14, **close)
    evidence.histories[KEY] = script.events


def start_child_nowhere(evidence):
    script = Script()
    script.events = evidence.histories[KEY][:4]
    script.result("StartChildWorkflowExecutionInitiated", 4, 2)
    script.add("ChildWorkflowExecutionStarted", 2, initiatedEventId=5)
    evidence.histories[KEY] = script.events


RESPOND = "RespondActivityTaskCompleted"
SIGNAL = "SignalWorkflowExecution"
DOCTORED = [
    ("signal lost", add_call(SIGNAL, 5, **RUN, input="lost"), "lost is 0 times"),
    ("signal from nobody", forget_call(7), "hello is 1 times"),
    (
        "signal refused",
        set_call(7, outcome=REFUSED, fault="UnknownResourceFault"),
        "before the end",
    ),
    ("refused by accident", set_call(7, outcome=REFUSED, fault="InternalFailure"), "was refused:"),
    ("run lost", lose_the_run, "acknowledged start, runs []"),
    ("run of nobody", forget_call(0), "nobody started it"),
    ("run with another input", set_event(1, input="43"), "another input"),
    ("last writes lost", cut_history(9), "has no such start"),
    ("run never closed", cut_history(12), "never closed"),
    ("completion lost", add_call(RESPOND, 10, taskToken="A1", result="ok"), "is lost"),
    (
        "answered twice",
        add_call("RespondDecisionTaskCompleted", 14.1, taskToken="D2", decisions=[]),
        "2 answers",
    ),
    ("answer from nobody", forget_call(9), "nobody answered it so"),
    ("execution context lost", set_request(3, executionContext="x"), "is lost"),
    (
        "decision lost",
        set_request(3, decisions=[SCHEDULE, START_TIMER, START_TIMER]),
        "3 decisions",
    ),
    ("another decision", set_request(3, decisions=[START_TIMER, SCHEDULE]), "became event"),
    (
        "task handed out twice",
        add_call("PollForActivityTask", 5, task("A2", 7, activityId="a1"), identity="w-9"),
        "handed out before",
    ),
    ("start of another poll", set_event(7, identity="w-8"), "was started for w-8"),
    ("start without a poll", forget_call(8), "no poll asked for it"),
    ("empty answer, yet started", set_call(8, answer={"startedEventId": 0}), "was answered with 0"),
    ("another activity", set_event(5, activityId="a7"), "is activity a7"),
    ("shown events changed", set_event(1, childPolicy="ABANDON"), "have changed since"),
    (
        "termination lost",
        add_call("TerminateWorkflowExecution", 5, **RUN, reason="r"),
        "r is 0 times",
    ),
    ("cancel request lost", add_call("RequestCancelWorkflowExecution", 5, **RUN), "is 0 times"),
    ("type lost", lambda evidence: evidence.types.clear(), "is lost"),
    (
        "type not deprecated",
        add_call("DeprecateActivityType", 1, activityType={"name": "ship", "version": "1.0"}),
        "is REGISTERED",
    ),
    ("older heartbeat details", set_event(11, details="one"), "last acknowledged ['two']"),
    ("heartbeat clock early", set_times(11.5, 11), "early"),
    ("heartbeat clock late", set_times(14.5, 11, 12, 13, 14), "too late"),
    (
        "heartbeat after the end",
        add_call(
            "RecordActivityTaskHeartbeat", 13, {"cancelRequested": False}, taskToken="A1"
        ),
        "after event 11",
    ),
    ("cancel out of nothing", set_call(6, answer={"cancelRequested": True}), "nobody had made"),
    ("timer missed", set_times(11.5, 10), "missed by"),
    ("event of a dead server", set_times(6, 10), "server was down"),
    ("continued into nothing", continue_the_run, "there is no such run"),
    ("child that is not there", start_child_nowhere, "there is no such child"),
    ("tasks left in a list", lambda evidence: evidence.pending.update(tasks=3), "3 tasks wait"),
    (
        "wrong list entry",
        lambda evidence: evidence.infos[KEY].update(closeStatus="FAILED"),
        "listed as",
    ),
]


@pytest.mark.parametrize(
    "doctor, words", [row[1:] for row in DOCTORED], ids=[row[0] for row in DOCTORED]
)
def test_a_doctored_journal_is_reported(doctor, words):
    evidence = copy.deepcopy(honest())
    doctor(evidence)
    problems = verify(evidence)
    assert any(words in problem for problem in problems), problems


def test_an_unknown_signal_may_be_there_or_not():
    evidence = honest()
    evidence.journal.calls.append(call(SIGNAL, 5, outcome=UNKNOWN, **RUN, input="perhaps"))
    evidence.journal.calls[7].outcome = UNKNOWN
    assert verify(evidence) == []


def test_an_unknown_heartbeat_after_the_last_acknowledged_one_may_count():
    evidence = honest()
    evidence.journal.calls[6].outcome = UNKNOWN
    assert verify(evidence) == []
    for events in (evidence.histories[KEY], evidence.journal.calls[8].answer["events"]):
        attributes(events[10])["details"] = "one"
    assert verify(evidence) == []
