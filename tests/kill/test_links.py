"""What runs do to each other, judged: an honest world passes, each doctored one is reported.

The stories: `p` starts child `c`, which continues as new and completes, signals
it and an unknown run, and is terminated with policy TERMINATE while its second
child `d` is open; `q` times out with policy REQUEST_CANCEL over its child `e`.
"""

import copy

import pytest
import verify
from event_table import attributes
from evidence import Evidence
from histories import ORIGIN, WORKFLOW_TYPE, Script
from instants import Glance, judge_glances
from journal import Journal, Life
from verify_children import CHILD_RULES
from verify_messages import MESSAGE_RULES

P, C1, C2, D = ("p", "P"), ("c", "C1"), ("c", "C2"), ("d", "D")
Q, E = ("q", "Q"), ("e", "E")
VALUES = {
    "workflowType": WORKFLOW_TYPE,
    "taskList": {"name": "main"},
    "executionStartToCloseTimeout": "3600",
    "taskStartToCloseTimeout": "30",
}


def execution(run):
    return {"workflowId": run[0], "runId": run[1]}


def child_of(run, initiated, **more):
    """What the first event of a child says of its parent."""
    return {"parentWorkflowExecution": execution(run), "parentInitiatedEventId": initiated} | more


def later(script, seconds):
    """Moves a history that begins at ORIGIN."""
    for event in script.events:
        event["eventTimestamp"] += seconds
    return script.events


def opened(script):
    """The first decision task, taken and answered; the batch stands at second 2."""
    script.start_decision(2, 1)
    script.complete_decision(2, 3, 2)


def parent_story():
    """`p`: two children, a signal that arrives and one that does not, a child's end, the end."""
    script = Script()
    opened(script)
    script.result("StartChildWorkflowExecutionInitiated", 4, 2, workflowId="c", input="1")
    script.result("StartChildWorkflowExecutionInitiated", 4, 2, workflowId="d", input="2")
    for name, text in (("c", "one"), ("c", "two"), ("nobody", "three")):
        script.result(
            "SignalExternalWorkflowExecutionInitiated", 4, 2, workflowId=name, input=text
        )
    script.result("RequestCancelExternalWorkflowExecutionInitiated", 4, 2, workflowId="d")
    started = "ChildWorkflowExecutionStarted"
    script.add(started, 3, initiatedEventId=5, workflowExecution=execution(C1))
    script.add("DecisionTaskScheduled", 3)
    script.add(started, 3, initiatedEventId=6, workflowExecution=execution(D))
    signaled = "ExternalWorkflowExecutionSignaled"
    script.add(signaled, 3, initiatedEventId=7, workflowExecution=execution(C1))
    script.add(signaled, 3, initiatedEventId=8, workflowExecution=execution(C1))
    script.result(
        "SignalExternalWorkflowExecutionFailed",
        4,
        3,
        workflowId="nobody",
        initiatedEventId=9,
        cause="UNKNOWN_EXTERNAL_WORKFLOW_EXECUTION",
    )
    canceled = "ExternalWorkflowExecutionCancelRequested"
    script.add(canceled, 3, initiatedEventId=10, workflowExecution=execution(D))
    script.add(
        "ChildWorkflowExecutionCompleted",
        8,
        initiatedEventId=5,
        startedEventId=11,
        workflowExecution=execution(C2),
        result="done",
    )
    script.add("WorkflowExecutionTerminated", 11, cause="OPERATOR_INITIATED")
    return script.events


def first_child_story():
    """`c`, first run: two signals arrive, then it continues as new at second 6."""
    script = Script(**child_of(P, 5, input="1"))
    sent = {"externalWorkflowExecution": execution(P)}
    script.add("WorkflowExecutionSignaled", 0, externalInitiatedEventId=7, input="one", **sent)
    script.add("WorkflowExecutionSignaled", 0, externalInitiatedEventId=8, input="two", **sent)
    script.start_decision(2, 1)
    script.complete_decision(2, 5, 3)
    script.result(
        "WorkflowExecutionContinuedAsNew",
        6,
        3,
        newExecutionRunId="C2",
        childPolicy="TERMINATE",
        input="3",
        **VALUES,
    )
    return later(script, 3)


def second_child_story():
    """`c`, the run that continues the first one, completes at second 8."""
    script = Script(**child_of(P, 5, input="3", continuedExecutionRunId="C1"))
    opened(script)
    script.result("WorkflowExecutionCompleted", 4, 2, result="done")
    return later(script, 6)


def terminated_child_story():
    """`d`: a cancel request arrives; its parent's policy ends it at second 11."""
    script = Script(**child_of(P, 6, input="2"))
    sent = {"externalWorkflowExecution": execution(P), "externalInitiatedEventId": 10}
    script.add("WorkflowExecutionCancelRequested", 0, cause=None, **sent)
    del attributes(script.events[-1])["cause"]
    script.add("WorkflowExecutionTerminated", 8, cause="CHILD_POLICY_APPLIED")
    return later(script, 3)


def other_parent_story():
    """`q` times out at second 10 and asks its child to stop."""
    script = Script(childPolicy="REQUEST_CANCEL", executionStartToCloseTimeout="10")
    opened(script)
    script.result("StartChildWorkflowExecutionInitiated", 4, 2, workflowId="e")
    started = "ChildWorkflowExecutionStarted"
    script.add(started, 3, initiatedEventId=5, workflowExecution=execution(E))
    script.add("WorkflowExecutionTimedOut", 10, childPolicy="REQUEST_CANCEL")
    return script.events


def asked_child_story():
    """`e` is asked to stop by its parent's policy at second 10 and cancels itself."""
    script = Script(**child_of(Q, 5))
    script.add(
        "WorkflowExecutionCancelRequested",
        7,
        cause="CHILD_POLICY_APPLIED",
        externalWorkflowExecution=execution(Q),
    )
    script.start_decision(2, 8)
    script.complete_decision(2, 4, 10)
    script.result("WorkflowExecutionCanceled", 5, 10)
    return later(script, 3)


def honest():
    """The world of both stories, with one glance at it after second 7."""
    histories = {
        P: parent_story(),
        C1: first_child_story(),
        C2: second_child_story(),
        D: terminated_child_story(),
        Q: other_parent_story(),
        E: asked_child_story(),
    }
    infos = {
        run: {
            key: value
            for key, value in {
                "parent": attributes(events[0]).get("parentWorkflowExecution"),
                "tagList": attributes(events[0]).get("tagList"),
            }.items()
            if value
        }
        for run, events in histories.items()
    }
    moment = (ORIGIN + 7) * 1000
    seen = {
        run: [event for event in events if event["eventTimestamp"] <= ORIGIN + 7]
        for run, events in histories.items()
    }
    first = {P: copy.deepcopy(seen[P])}
    peers = {run: copy.deepcopy(seen[run]) for run in (C1, D)}
    looked = Glance(moment, moment + 10, [P, C2, D, Q, E], first, peers)
    life = Life(ORIGIN - 1, ORIGIN - 1, ORIGIN + 100)
    return Evidence(Journal([], [life]), histories, infos, glances=[looked], patience=2.0)


def problems_of(evidence):
    problems = []
    for rule in (*MESSAGE_RULES, *CHILD_RULES, judge_glances):
        problems += rule(evidence)
    return problems


def test_an_honest_world_passes():
    assert problems_of(honest()) == []


def test_the_verification_uses_all_these_rules():
    assert {*MESSAGE_RULES, *CHILD_RULES, judge_glances} <= set(verify.ALL_RULES)


def change(run, number, **values):
    """Gives attributes of one event other values; None takes one away."""

    def doctor(evidence):
        target = attributes(evidence.histories[run][number - 1])
        target.update(values)
        for name in [name for name, value in values.items() if value is None]:
            del target[name]

    return doctor


def drop(run, *numbers):
    """Takes events out and closes the gap; ids that others name must come before them."""

    def doctor(evidence):
        kept = [
            event for event in evidence.histories[run] if event["eventId"] not in numbers
        ]
        for number, event in enumerate(kept, start=1):
            event["eventId"] = number
        evidence.histories[run] = kept

    return doctor


def repeat(run, number):
    """Writes one event again just behind itself."""

    def doctor(evidence):
        events = evidence.histories[run]
        events.insert(number, copy.deepcopy(events[number - 1]))
        for place, event in enumerate(events, start=1):
            event["eventId"] = place

    return doctor


def swap(run, number):
    """Lets two neighbours change places."""

    def doctor(evidence):
        events = evidence.histories[run]
        events[number - 1], events[number] = events[number], events[number - 1]
        for place, event in enumerate(events, start=1):
            event["eventId"] = place

    return doctor


def move(run, seconds, *numbers):
    def doctor(evidence):
        for number in numbers:
            evidence.histories[run][number - 1]["eventTimestamp"] = ORIGIN + seconds

    return doctor


def lose(run):
    def doctor(evidence):
        del evidence.histories[run], evidence.infos[run]

    return doctor


def copy_run(run, run_id):
    """A second run with the same history, as if something had been done twice."""

    def doctor(evidence):
        evidence.histories[run[0], run_id] = copy.deepcopy(evidence.histories[run])

    return doctor


def both(*doctors):
    def doctor(evidence):
        for each in doctors:
            each(evidence)

    return doctor


def to_completion(run, number):
    """The parent completes instead: no policy is applied then."""

    def doctor(evidence):
        script = Script()
        script.events = evidence.histories[run][: number - 1]
        script.result("WorkflowExecutionCompleted", 4, 11)
        evidence.histories[run] = script.events

    return doctor


def glanced(**values):
    def doctor(evidence):
        vars(evidence.glances[0]).update(values)

    return doctor


def in_glance(part, run, mutate):
    def doctor(evidence):
        mutate(getattr(evidence.glances[0], part)[run])

    return doctor


def cut_parent(evidence, closing, **values):
    """`p` closes before anything of its batch has happened."""
    script = Script()
    script.events = evidence.histories[P][:10]
    script.add(closing, 2.5, **values)
    evidence.histories[P] = script.events


def closed_before_delivery(evidence):
    cut_parent(evidence, "WorkflowExecutionTerminated", cause="OPERATOR_INITIATED")
    change(P, 8, workflowId="q")(evidence)
    drop(C1, 4)(evidence)


def completed_before_delivery(evidence):
    cut_parent(evidence, "WorkflowExecutionCompleted", decisionTaskCompletedEventId=4)
    lose(D)(evidence)


def arrived_elsewhere(evidence):
    """The outcome names another run than the one that the signal is in."""
    change(P, 14, workflowExecution=execution(C2))(evidence)


def forget_sender(events):
    attributes(events[3]).update(externalInitiatedEventId=0)


NAME = "workflowExecution"
BAD = {"cause": "CHILD_POLICY_APPLIED"}
DOCTORED = [
    ("no outcome of a signal", drop(P, 16), "missing or late"),
    ("two outcomes of a signal", repeat(P, 15), "has 2 outcomes"),
    ("a late outcome", move(P, 9, 16, 17, 18), "missing or late"),
    ("an outcome passed over", drop(P, 14), "a later one of its batch has"),
    ("a child of another type", change(P, 13, workflowType={}), "names another type"),
    ("an end of another type", change(P, 18, workflowType={}), "names another type than"),
    ("no outcome of a child's start", drop(P, 13), "missing or late"),
    ("no outcome of a cancel request", drop(P, 17), "missing or late"),
    ("a signal that did not arrive", drop(C1, 4), "arrived in []"),
    ("a signal that arrived twice", repeat(C1, 4), "arrived 2 times"),
    ("a cancel request that did not arrive", drop(D, 3), "arrived in []"),
    ("a cancel request that arrived twice", repeat(D, 3), "arrived 2 times"),
    ("an outcome about another run", arrived_elsewhere, "its outcome names"),
    ("arrived although it failed", change(C1, 4, externalInitiatedEventId=9), "arrived in [("),
    ("a signal from nobody", change(C1, 4, externalInitiatedEventId=77), "nobody sent it"),
    ("a signal of no run", change(C1, 4, externalWorkflowExecution=None), "nobody sent it"),
    ("another input", change(C1, 4, input="four"), "other contents"),
    ("another name", change(C1, 4, signalName="stop"), "other contents"),
    ("a signal as cancel request", change(D, 3, externalInitiatedEventId=8), "arrived as"),
    ("not for this run id", change(P, 7, runId="C9"), "was not for"),
    ("before it was sent", move(C1, 1, 1, 2, 3), "before it was sent"),
    ("signals out of order", swap(C1, 3), "comes after number 8"),
    ("outcomes out of order", swap(P, 14), "comes after number 8"),
    ("failed for no reason", change(P, 9, workflowId="q"), "failed for no reason"),
    ("failed for no such cause", change(P, 16, cause="WORKFLOW_ALREADY_RUNNING"), "no reason"),
    ("sent by a run that closed, and lost", closed_before_delivery, "though its target was open"),
    ("a child lost when its parent closed", completed_before_delivery, "was never started"),
    ("a child that is not there", lose(D), "its children are []"),
    ("a child started twice", copy_run(D, "D9"), "was started 2 times"),
    ("a child of nobody", change(D, 1, parentInitiatedEventId=77), "never asked for it"),
    ("a child with another policy", change(D, 1, childPolicy="ABANDON"), "differs in"),
    ("a child with another input", change(D, 1, input="9"), "differs in"),
    ("a child at another time", move(D, 2.9, 1, 2), "at another time"),
    ("a child before its time", move(D, 1.9, 1, 2), "started before it"),
    ("an end told twice", repeat(P, 18), "told 2 times"),
    ("an end not told", drop(P, 18), "nobody told it"),
    ("another end", change(C2, 5, result="other"), "which ended with"),
    ("an end of the old run", change(P, 18, **{NAME: execution(C1)}), "not of"),
    ("an end before the end", move(P, 7.5, 18), "before ('c', 'C2') ended"),
    ("an end although it is open", drop(C2, 5), "has not ended"),
    ("another start", change(P, 18, startedEventId=13), "names another start"),
    ("a policy after completion", to_completion(P, 19), "the policy of ('p', 'P') was None"),
    ("another policy", change(P, 19, childPolicy="ABANDON"), "was ABANDON"),
    ("a request instead of the end", change(P, 19, childPolicy="REQUEST_CANCEL"), "was REQUEST"),
    ("a policy that did not reach the child", drop(D, 4), "never reached it"),
    ("a request that did not reach the child", change(E, 3, cause=None), "never reached it"),
    ("a policy too early", move(D, 9, 4), "before ('p', 'P') closed"),
    ("a policy applied twice", repeat(E, 3), "applied 2 times"),
    ("a policy without a name", change(E, 3, externalWorkflowExecution=execution(P)), "name its"),
    ("a policy that is not its own", change(D, 4, childPolicy="ABANDON"), "not its own"),
    ("started after the policy", move(D, 12, 1, 2, 3, 4), "was started after"),
    ("a policy for nobody's child", change(P, 19, **BAD), "nobody's child"),
    ("continued into nothing", lose(C2), "there is no such run"),
    ("continued by somebody else", change(C2, 1, continuedExecutionRunId="C7"), "does not know"),
    ("continued with another input", change(C2, 1, input="8"), "differs in ['input']"),
    ("continued without the parent", change(C2, 1, parentInitiatedEventId=0), "differs in"),
    ("continued later", move(C2, 6.1, 1, 2), "at another time"),
    ("two runs open", move(C2, 5.9, 1, 2), "two runs were open"),
    ("the same id twice", copy_run(Q, "Q9"), "two runs were open"),
    ("listed without the parent", lambda evidence: evidence.infos[D].clear(), "listed with"),
    ("two open runs in a list", glanced(opened=[P, C1, C2, D, Q, E]), "two open runs"),
    ("an ended run in a list", glanced(opened=[P, C1, D, Q, E]), "listed as open after"),
    ("an open run in no list", glanced(opened=[P, C2, D, Q]), "is not listed"),
    ("seen, then changed", in_glance("histories", P, lambda events: events.pop(0)), "changed"),
    ("seen broken", in_glance("peers", D, lambda events: events.pop(1)), "opens with"),
    ("an effect seen on one side", in_glance("peers", C1, forget_sender), "knows nothing"),
    (
        "a child seen on one side",
        in_glance("peers", D, lambda events: attributes(events[0]).pop("parentWorkflowExecution")),
        "knows nothing",
    ),
]


@pytest.mark.parametrize(
    "doctor, words", [row[1:] for row in DOCTORED], ids=[row[0] for row in DOCTORED]
)
def test_a_doctored_world_is_reported(doctor, words):
    evidence = honest()
    doctor(evidence)
    problems = problems_of(evidence)
    assert any(words in problem for problem in problems), problems
