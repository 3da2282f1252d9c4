"""Decisions as a pseudo API (protocol.md 7.6): what the one who answers may not decide becomes a failed event.

Root starts the runs and takes the tasks, each user answers on a task list of his own.
"""

import dataclasses

import pytest

import harness
import world
from access_folder import AccessFolder, allow, document, statement
from access_server import NOT_PERMITTED, Guarded, domain_arn
from world import ACTIVITY_TYPE, WORKFLOW_TYPE, decision, event

NAME = "decisions"
RESPOND = "swf:RespondDecisionTaskCompleted"
BEFORE, AFTER = (decision("RecordMarker", markerName=name) for name in ("before", "after"))
UNLIKE_MARKERS = tuple(world.start_timer(name, "900") for name in ("before", "after"))


@dataclasses.dataclass(frozen=True)
class Kind:
    """A decision: its attributes, which of them its failed event shows, the event of its success.

    `first` is decided before, by root, so that there is something to cancel.
    """

    attributes: dict
    success: str
    shown: tuple = ()
    first: tuple = ()
    initiated: bool = False

    def failed(self, completed):
        """The attributes of the failed event."""
        shown = {name: self.attributes[name] for name in self.shown}
        initiated = {"initiatedEventId": 0} if self.initiated else {}
        links = {"decisionTaskCompletedEventId": completed, "cause": NOT_PERMITTED}
        return shown | initiated | links


TARGET = {"workflowId": "target"}
KINDS = {
    "ScheduleActivityTask": Kind(
        {"activityType": ACTIVITY_TYPE, "activityId": "a"},
        "ActivityTaskScheduled",
        ("activityType", "activityId"),
    ),
    "RequestCancelActivityTask": Kind(
        {"activityId": "a"},
        "ActivityTaskCancelRequested",
        ("activityId",),
        first=(world.schedule("a", taskList={"name": "nobody"}),),
    ),
    "CompleteWorkflowExecution": Kind({"result": "r"}, "WorkflowExecutionCompleted"),
    "FailWorkflowExecution": Kind({"reason": "r"}, "WorkflowExecutionFailed"),
    "CancelWorkflowExecution": Kind({"details": "d"}, "WorkflowExecutionCanceled"),
    "ContinueAsNewWorkflowExecution": Kind({"input": "i"}, "WorkflowExecutionContinuedAsNew"),
    "RecordMarker": Kind({"markerName": "m"}, "MarkerRecorded", ("markerName",)),
    "StartTimer": Kind({"timerId": "t", "startToFireTimeout": "900"}, "TimerStarted", ("timerId",)),
    "CancelTimer": Kind(
        {"timerId": "t"}, "TimerCanceled", ("timerId",), first=(world.start_timer("t", "900"),)
    ),
    "SignalExternalWorkflowExecution": Kind(
        TARGET | {"signalName": "s", "control": "c"},
        "SignalExternalWorkflowExecutionInitiated",
        ("workflowId", "control"),
        initiated=True,
    ),
    "RequestCancelExternalWorkflowExecution": Kind(
        TARGET | {"control": "c"},
        "RequestCancelExternalWorkflowExecutionInitiated",
        ("workflowId", "control"),
        initiated=True,
    ),
    "StartChildWorkflowExecution": Kind(
        {"workflowId": "child", "workflowType": WORKFLOW_TYPE, "control": "c"},
        "StartChildWorkflowExecutionInitiated",
        ("workflowId", "workflowType", "control"),
        initiated=True,
    ),
}
CLOSING = {f"{verb}WorkflowExecution" for verb in ("Complete", "Fail", "Cancel", "ContinueAsNew")}

# What the values of a decision's keys are: type of decision, attributes, and for each key its value.
ACTIVITY_KEYS = {"swf:activityType.name": "ship", "swf:activityType.version": "1.0"}
CHILD_KEYS = {"swf:workflowType.name": "order", "swf:workflowType.version": "1.0"}
LETTERS = ["a", "b", "c", "d", "e"]
TAGS = {f"swf:tagList.member.{place}": letter for place, letter in enumerate(LETTERS)}
SHORT_TAGS = {f"swf:tagList.{place}": letter for place, letter in enumerate(LETTERS)}
GIVEN = {"taskList": {"name": "given"}}
NEW_VERSION = {"workflowTypeVersion": "2.0"}
KEYED = [
    ("ScheduleActivityTask", {}, ACTIVITY_KEYS | {"swf:taskList.name": world.ACTIVITY_LIST}),
    ("ScheduleActivityTask", GIVEN, {"swf:taskList.name": "given"}),
    ("StartChildWorkflowExecution", {}, CHILD_KEYS | {"swf:taskList.name": world.DECISION_LIST}),
    ("StartChildWorkflowExecution", GIVEN, {"swf:taskList.name": "given"}),
    ("StartChildWorkflowExecution", {"tagList": LETTERS}, TAGS | SHORT_TAGS),
    (
        "ContinueAsNewWorkflowExecution",
        {},
        {
            "swf:taskList.name": world.DECISION_LIST,
            "swf:workflowTypeVersion": "1.0",
            "swf:workflowType.version": "1.0",
        },
    ),
    (
        "ContinueAsNewWorkflowExecution",
        NEW_VERSION,
        {
            "swf:taskList.name": "second",
            "swf:workflowTypeVersion": "2.0",
            "swf:workflowType.version": "2.0",
        },
    ),
    ("ContinueAsNewWorkflowExecution", GIVEN | NEW_VERSION, {"swf:taskList.name": "given"}),
    ("ContinueAsNewWorkflowExecution", {"tagList": LETTERS}, TAGS),
]
ROWS = [
    (kind, attributes, key, value)
    for kind, attributes, values in KEYED
    for key, value in values.items()
]
# Keys that a decision does not have: those of others, tags beyond the last, and those of the connection.
ABSENT = [
    ("StartTimer", {}, "swf:taskList.name"),
    ("RecordMarker", {}, "swf:activityType.name"),
    ("SignalExternalWorkflowExecution", {}, "swf:workflowType.name"),
    ("StartChildWorkflowExecution", {"tagList": ["a"]}, "swf:tagList.member.1"),
    ("StartChildWorkflowExecution", {}, "swf:tagList.0"),
    ("ContinueAsNewWorkflowExecution", {}, "swf:tagList.member.0"),
    ("ContinueAsNewWorkflowExecution", {}, "swf:workflowType.name"),
    ("StartTimer", {}, "aws:SourceIp"),
    ("StartTimer", {}, "aws:UserAgent"),
    ("StartTimer", {}, "aws:SecureTransport"),
]
PRESENT = {
    "StringEquals": {
        "aws:username": "present",
        "aws:PrincipalAccount": harness.ACCOUNT,
        "aws:PrincipalType": "User",
        "aws:RequestedRegion": harness.REGION,
        "aws:ResourceTag/team": "blue",
        "aws:PrincipalTag/team": "blue",
    },
    "DateGreaterThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"},
}


def conditioned(kind, **condition):
    """May answer, and decide this where the condition holds."""
    more = {"Condition": condition} if condition else {}
    decide = statement("Allow", f"swf:{kind}", domain_arn(NAME), **more)
    return document(statement("Allow", RESPOND), decide)


def policies():
    found = {"everything": allow("swf:*"), "answers": allow(RESPOND, domain_arn(NAME))}
    found["forbidden"] = document(
        statement("Allow", "swf:*"), statement("Deny", ["swf:StartTimer", "swf:Fail*"])
    )
    found["elsewhere"] = document(
        statement("Allow", RESPOND), statement("Allow", "swf:*", domain_arn("elsewhere"))
    )
    found["present"] = conditioned("StartTimer", **PRESENT)
    for kind in KINDS:
        without = {"Effect": "Allow", "NotAction": f"swf:{kind}", "Resource": domain_arn(NAME)}
        found[f"without-{kind}"] = document(without)
        found[f"with-{kind}"] = conditioned(kind)
    for number, (kind, _, key, value) in enumerate(ROWS):
        found[f"match-{number}"] = conditioned(kind, StringEquals={key: value})
        found[f"other-{number}"] = conditioned(kind, StringEquals={key: f"{value}-other"})
    for number, (kind, _, key) in enumerate(ABSENT):
        found[f"null-{number}"] = conditioned(kind, Null={key: "true"})
        found[f"not-null-{number}"] = conditioned(kind, Null={key: "false"})
    return found


@pytest.fixture(scope="module")
def people(tmp_path_factory):
    folder = AccessFolder(tmp_path_factory.mktemp("access"))
    with folder.together():
        return folder, {
            name: folder.user(name, [policy], tags={"team": "blue"})
            for name, policy in policies().items()
        }


@pytest.fixture(scope="module")
def guarded(people):
    with Guarded(people[0]) as running:
        yield running


@pytest.fixture(scope="module")
def domain(guarded):
    """The domain of all tests, with a second version of the type and a run to send signals to."""
    made = world.World(guarded.root, NAME)
    second = world.WORKFLOW_DEFAULTS | {"defaultTaskList": {"name": "second"}}
    made.call("RegisterWorkflowType", name="order", version="2.0", **second)
    made.start("target", taskList={"name": "targets"})
    blue = [{"key": "team", "value": "blue"}]
    guarded.root.call("TagResource", resourceArn=domain_arn(NAME), tags=blue)
    return made


class Decider:
    """A run on a task list of its own, whose decisions users answer."""

    def __init__(self, guarded, people, domain, first=()):
        self.guarded, self.keys, self.domain = guarded, people[1], domain
        self.task_list = harness.unique("list")
        self.run = domain.start(taskList={"name": self.task_list})
        if first:
            domain.decide(self.task(), *first)
            self.run.signal("on")

    def task(self):
        return self.domain.decision_task(self.task_list)

    def decide(self, name, *decisions):
        """Answers the waiting task as a user; the events after DecisionTaskCompleted, whose id comes first."""
        task = self.task()
        done = task["startedEventId"] + 1
        self.guarded.client(self.keys[name]).call(
            "RespondDecisionTaskCompleted", taskToken=task["taskToken"], decisions=list(decisions)
        )
        return done, self.run.history(after=done)

    def scheduled(self):
        """The DecisionTaskScheduled of this run."""
        return world.decision_scheduled(taskList={"name": self.task_list})


@pytest.fixture
def decider(guarded, people, domain):
    return lambda first=(): Decider(guarded, people, domain, first)


def failed_event(kind, completed):
    return event(f"{kind}Failed", **KINDS[kind].failed(completed))


def neighbours(kind):
    """A decision before and one after that the user may make, and the types of their events."""
    if kind == "RecordMarker":
        return UNLIKE_MARKERS, "TimerStarted"
    return (BEFORE, AFTER), "MarkerRecorded"


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_refused_fails_and_the_rest_of_the_batch_stands(decider, kind):
    decider = decider(KINDS[kind].first)
    (before, after), beside = neighbours(kind)
    refused = decision(kind, **KINDS[kind].attributes)
    batch = [before, refused] if kind in CLOSING else [before, refused, after]
    completed, events = decider.decide(f"without-{kind}", *batch)
    expected = [beside, f"{kind}Failed", beside, "DecisionTaskScheduled"]
    if kind in CLOSING:
        del expected[2]
    assert [name for name, _ in events] == expected
    assert events[1] == failed_event(kind, completed)
    assert events[-1] == decider.scheduled()
    assert decider.run.describe()["executionInfo"]["executionStatus"] == "OPEN"
    # The same decision from one who may.
    _, events = decider.decide(f"with-{kind}", refused)
    assert events[0][0] == KINDS[kind].success
    status = "CLOSED" if kind in CLOSING else "OPEN"
    assert decider.run.describe()["executionInfo"]["executionStatus"] == status


@pytest.mark.parametrize("name", ["answers", "elsewhere"])
def test_to_answer_is_not_to_decide(decider, name):
    """Without a policy for decisions of this domain all of them fail, each by itself."""
    decider = decider(KINDS["CancelTimer"].first + KINDS["RequestCancelActivityTask"].first)
    kinds = [kind for kind in KINDS if kind not in CLOSING]
    batch = [decision(kind, **KINDS[kind].attributes) for kind in kinds]
    # Ids that are not in use, so that only the permission is missing.
    batch[kinds.index("ScheduleActivityTask")] = world.schedule("b")
    batch[kinds.index("StartTimer")] = world.start_timer("u", "900")
    _, events = decider.decide(name, *batch)
    assert [kind for kind, _ in events[:-1]] == [f"{kind}Failed" for kind in kinds]
    assert {attributes["cause"] for _, attributes in events[:-1]} == {NOT_PERMITTED}
    assert events[-1] == decider.scheduled()


def test_an_answer_without_decisions_needs_none_of_their_permissions(decider):
    decider = decider()
    assert decider.decide("answers")[1] == []


def test_swf_star_covers_all_decisions(decider):
    for kind, facts in KINDS.items():
        _, events = decider(facts.first).decide("everything", decision(kind, **facts.attributes))
        assert events[0][0] == facts.success


def test_an_explicit_deny_of_a_decision_wins(decider):
    decider = decider()
    completed, events = decider.decide(
        "forbidden",
        world.start_timer("t", "900"),
        BEFORE,
        decision("FailWorkflowExecution"),
    )
    assert [kind for kind, _ in events][:2] == ["StartTimerFailed", "MarkerRecorded"]
    assert events[0] == failed_event("StartTimer", completed)
    # A failed decision before it is news that the decider has not seen (execution.md 4.3).
    assert events[2][1]["cause"] == "UNHANDLED_DECISION"
    completed, events = decider.decide("forbidden", decision("FailWorkflowExecution"))
    assert events[0] == failed_event("FailWorkflowExecution", completed)


def outcome(decider, name, kind, attributes):
    """Whether a user may make the decision; every other cause of failure is a mistake of the test."""
    facts = KINDS[kind]
    named = {"workflowId": harness.unique("child")} if kind == "StartChildWorkflowExecution" else {}
    made = decision(kind, **facts.attributes | named | attributes)
    first = decider.decide(name, made)[1][0]
    if first[0] == facts.success:
        return True
    assert (first[0], first[1]["cause"]) == (f"{kind}Failed", NOT_PERMITTED)
    return False


@pytest.mark.parametrize(
    "number", range(len(ROWS)), ids=[f"{row[0]}-{row[2]}={row[3]}" for row in ROWS]
)
def test_keys_have_the_values_that_take_effect(decider, number):
    kind, attributes, _, _ = ROWS[number]
    decider = decider()
    assert not outcome(decider, f"other-{number}", kind, attributes)
    assert outcome(decider, f"match-{number}", kind, attributes)


@pytest.mark.parametrize("number", range(len(ABSENT)), ids=[f"{row[0]}-{row[2]}" for row in ABSENT])
def test_keys_that_are_absent(decider, number):
    kind, attributes, _ = ABSENT[number]
    decider = decider()
    assert not outcome(decider, f"not-null-{number}", kind, attributes)
    assert outcome(decider, f"null-{number}", kind, attributes)


def test_keys_of_the_caller_and_tags_of_the_domain(decider, domain, guarded):
    assert outcome(decider(), "present", "StartTimer", {})
    arn = {"resourceArn": domain_arn(NAME)}
    guarded.root.call("UntagResource", **arn, tagKeys=["team"])
    assert not outcome(decider(), "present", "StartTimer", {})
    guarded.root.call("TagResource", **arn, tags=[{"key": "team", "value": "blue"}])
    assert outcome(decider(), "present", "StartTimer", {})


def test_lambda_functions_have_no_pseudo_action(decider):
    """Who may answer may schedule them; here there is nothing that could be called."""
    made = decision("ScheduleLambdaFunction", id="f", name="function")
    _, events = decider().decide("answers", made)
    kind, attributes = events[0]
    assert kind == "ScheduleLambdaFunctionFailed"
    assert attributes["cause"] == "LAMBDA_SERVICE_NOT_AVAILABLE_IN_REGION"
