"""The checker itself: good histories pass, each broken one is refused in words.

Also every history recorded from Amazon's service must pass, where the recordings
are at hand (`shared/fixtures/recorded` beside the repository).
"""

import json
import warnings

import harness
import histories
import pytest
from checker import check
from event_table import EVENT_TYPES, attributes

RECORDED = harness.REPOSITORY.parent / "shared" / "fixtures" / "recorded"


@pytest.mark.parametrize("name", histories.GOOD)
def test_good_histories_pass(name):
    assert check(histories.GOOD[name]()) == []


def renumber(events):
    """Gives events dense ids again and lets their links follow."""
    moved = {0: 0}
    for number, event in enumerate(events, start=1):
        moved.setdefault(event["eventId"], number)
        event["eventId"] = number
    for event in events:
        target = attributes(event)
        for name in EVENT_TYPES[event["eventType"]].links.keys() & target.keys():
            target[name] = moved.get(target[name], target[name])


def drop(number, renumbered=False):
    """Takes one event out, with or without closing the gap in the ids."""

    def mutate(events):
        del events[number - 1]
        if renumbered:
            renumber(events)

    return mutate


def repeat(number, renumbered=False):
    """Writes one event twice in a row."""

    def mutate(events):
        events.insert(number, json.loads(json.dumps(events[number - 1])))
        if renumbered:
            renumber(events)

    return mutate


def change(number, **values):
    """Gives attributes of one event other values; None takes one away."""

    def mutate(events):
        target = attributes(events[number - 1])
        for name, value in values.items():
            target[name] = value
            if value is None:
                del target[name]

    return mutate


def at(seconds, *numbers):
    """Moves events to another time."""

    def mutate(events):
        for number in numbers:
            events[number - 1]["eventTimestamp"] = histories.ORIGIN + seconds

    return mutate


def append(name, seconds, **values):
    """Adds an event at the end."""

    def mutate(events):
        script = histories.Script()
        script.events = events
        script.add(name, seconds, **values)

    return mutate


def second_attribute_object(events):
    events[4]["timerStartedEventAttributes"] = {}


def other_attribute_object(events):
    events[6]["activityTaskFailedEventAttributes"] = events[6].pop(
        "activityTaskCompletedEventAttributes"
    )


def other_type(events):
    events[6]["eventType"] = "ActivityTaskExploded"


def canceled_by_nobody(events):
    drop(10, renumbered=True)(events)
    change(10, latestCancelRequestedEventId=None)(events)


def swapped(first):
    """Lets two neighbours change places."""

    def mutate(events):
        events[first - 1], events[first] = events[first], events[first - 1]
        renumber(events)

    return mutate


ACTIVITY, TIMER = histories.activity_history, histories.timer_history
HEARTBEAT, UNHANDLED = histories.heartbeat_timeout_history, histories.unhandled_history
CANCEL, DECISION = histories.cancel_history, histories.decision_timeout_history
LISTS, CHILD = histories.task_list_history, histories.child_history
SIGNAL = "WorkflowExecutionSignaled"

BROKEN = [
    ("an event is missing", ACTIVITY, drop(7), "has id 8, not 7"),
    ("a decision task is missing", ACTIVITY, drop(8, True), "leads to"),
    ("an event stands twice", ACTIVITY, repeat(6), "has id 6, not 7"),
    ("a start stands twice", HEARTBEAT, repeat(6, True), "was started before"),
    ("a decision start stands twice", DECISION, repeat(3, True), "is not waiting"),
    ("no first event", ACTIVITY, drop(1, True), "not with a start"),
    ("nothing at all", ACTIVITY, list.clear, "history is empty"),
    ("the first two are apart", ACTIVITY, at(-1, 1), "same timestamp"),
    ("time runs backwards", ACTIVITY, at(1, 7), "earlier than the event before"),
    ("two attribute objects", ACTIVITY, second_attribute_object, "attribute objects"),
    ("the wrong attribute object", ACTIVITY, other_attribute_object, "attribute objects"),
    ("an unknown event type", ACTIVITY, other_type, "no known type"),
    ("a required attribute is missing", ACTIVITY, change(5, activityId=None), "lacks"),
    ("a timeout is not resolved", ACTIVITY, change(5, heartbeatTimeout=None), "lacks"),
    ("an unknown attribute", ACTIVITY, change(7, flavour="x"), "unknown attribute flavour"),
    ("a link to another type", ACTIVITY, change(7, startedEventId=5), "leads to event 5"),
    ("a link to zero", ACTIVITY, change(7, startedEventId=0), "not an earlier event"),
    ("a link forwards", ACTIVITY, change(6, scheduledEventId=9), "not an earlier event"),
    ("a task closed twice", ACTIVITY, repeat(7, True), "activity task 5 is closed"),
    ("no decision task after a completion", HEARTBEAT, drop(8), "not followed by a decision"),
    ("decision task of a later commit", HEARTBEAT, at(23, 8), "not followed by a decision"),
    ("two decision tasks wait", CANCEL, repeat(7, True), "second decision task"),
    ("decision task out of nothing", UNHANDLED, drop(4, True), "nothing asked"),
    ("another decision time-out", TIMER, change(8, startToCloseTimeout="1"), "not the run's"),
    ("two decisions at once", DECISION, drop(6, True), "is worked on"),
    ("decision timeout early", DECISION, at(30, 6), "before its deadline"),
    ("decision completed late", ACTIVITY, at(60, *range(10, 12)), "deadline had passed"),
    ("wrong start of a decision", UNHANDLED, change(10, startedEventId=3), "not worked on"),
    ("second task after a timeout", DECISION, append("DecisionTaskScheduled", 62), "second"),
    ("event after the close", ACTIVITY, append(SIGNAL, 7), "after the closing"),
    ("ended for no cause", TIMER, append("WorkflowExecutionTerminated", 7, cause="X"), "cause X"),
    ("timer fires early", TIMER, at(3.999, 7, 8), "before its deadline"),
    ("timer fires twice", TIMER, repeat(7, True), "timer 6 is closed"),
    ("timer fires after cancel", TIMER, change(13, startedEventId=5, timerId="long"), "closed"),
    ("timer of another id", TIMER, change(7, timerId="long"), "not that of"),
    ("timer id used twice", TIMER, change(6, timerId="long"), "still in use"),
    ("timers out of order", TIMER, change(5, startToFireTimeout="1"), "was due earlier"),
    ("heartbeat timeout early", HEARTBEAT, at(12.9, 7, 8), "before its deadline"),
    ("timeout without a deadline", HEARTBEAT, change(5, heartbeatTimeout="NONE"), "no deadline"),
    ("timeout of no such kind", HEARTBEAT, change(7, timeoutType="BORED"), "timeoutType BORED"),
    ("started, but says it was not", HEARTBEAT, change(7, startedEventId=0), "not that of"),
    ("completed after the deadline", ACTIVITY, change(5, startToCloseTimeout="1"), "deadline"),
    ("cancel request of another", CANCEL, change(11, latestCancelRequestedEventId=None), "latest"),
    ("cancel of a closed activity", CANCEL, change(10, activityId="a9"), "no open activity"),
    ("canceled by nobody", CANCEL, canceled_by_nobody, "canceled by no decision"),
    ("a decision of another batch", TIMER, change(11, decisionTaskCompletedEventId=4), "batch"),
    ("a result outside its batch", CHILD, swapped(6), "does not stand in the batch"),
    ("a result at another time", TIMER, at(2.5, 6), "another timestamp"),
    ("the wrong list", LISTS, change(6, taskList={"name": "main"}), "not on"),
    ("the override stays", LISTS, change(8, scheduleToStartTimeout="10"), "is not NONE"),
    ("waiting timed out early", LISTS, at(12, 7, 8), "before its deadline"),
    ("a child that starts twice", CHILD, repeat(7, True), "had its outcome"),
    ("a child that ends twice", CHILD, repeat(12, True), "had its outcome"),
    ("a child that ends before its start", CHILD, change(12, startedEventId=13), "not an earlier"),
    ("a child that ends unasked", CHILD, change(12, initiatedEventId=6), "leads to event 6"),
    ("an outcome of no decision", CHILD, change(9, decisionTaskCompletedEventId=11), "earlier"),
    ("a signal to another run", CHILD, change(9, workflowId="somebody"), "another workflowId"),
]


@pytest.mark.parametrize(
    "story, mutate, words", [row[1:] for row in BROKEN], ids=[row[0] for row in BROKEN]
)
def test_broken_histories_are_refused(story, mutate, words):
    events = story()
    mutate(events)
    problems = check(events)
    assert any(words in problem for problem in problems), problems


def test_a_closing_decision_over_an_unseen_signal_is_refused():
    script = histories.Script()
    script.start_decision(2, 1)
    script.add(SIGNAL, 2)
    script.add("DecisionTaskScheduled", 2)
    script.complete_decision(2, 3, 3)
    script.result("WorkflowExecutionCompleted", 6, 3)
    assert any("not yet decided on" in problem for problem in check(script.events))


def test_a_run_timeout_before_its_time_is_refused():
    script = histories.Script(executionStartToCloseTimeout="5")
    script.add("WorkflowExecutionTimedOut", 4.999)
    assert any("before its deadline" in problem for problem in check(script.events))


def test_the_table_has_every_event_type():
    assert len(EVENT_TYPES) == 54


def test_histories_recorded_from_amazon_pass():
    if not RECORDED.is_dir():
        warnings.warn(
            f"RECORDED HISTORIES ARE ABSENT, nothing was checked: {RECORDED}", stacklevel=1
        )
        pytest.skip("the folder of recorded histories is absent")
    checked = 0
    for path in sorted(RECORDED.glob("*.json")):
        for call in json.loads(path.read_text()):
            if call["operation"] == "GetWorkflowExecutionHistory":
                problems = check(call["response"]["events"], recorded_by_amazon=True)
                assert problems == [], path.name
                checked += 1
    assert checked >= 15
