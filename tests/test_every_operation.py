"""All 39 operations, each carried out at least once, in one story through a client that knows the published model.

The story is about a parent and its child, so that it also shows what runs do to each other. Which operations there are
is read from botocore's own model.
"""

import time

import harness
import world
from clients import Boto3
from world import decision

ALWAYS = {"oldestDate": 0}
CHILD_LIST = "children"


class Witness:
    """A client that notes which operations were answered without a fault."""

    def __init__(self, client):
        self.client = client
        self.answered = set()

    def call(self, operation, **params):
        answer = self.client.call(operation, **params)
        self.answered.add(operation)
        return answer


def test_every_operation(server):
    client = Boto3(server.endpoint)
    witness = Witness(client)
    domain = world.World(witness)
    registry(domain)
    tags(domain)
    parent = relations(domain)
    lists(domain, parent)
    ends(domain)
    known = set(client.client.meta.service_model.operation_names)
    assert len(known) == 39
    assert witness.answered == known
    client.close()


def registry(domain):
    """Describe, list, deprecate, undeprecate and delete."""
    call = domain.call
    spare = {"name": "spare", "version": "1"}
    call("RegisterWorkflowType", **spare)
    call("RegisterActivityType", **spare)
    for kind, member in (("Workflow", "workflowType"), ("Activity", "activityType")):
        named = {member: spare}
        info = call(f"Describe{kind}Type", **named)["typeInfo"]
        assert info["status"] == "REGISTERED"
        call(f"Deprecate{kind}Type", **named)
        call(f"Undeprecate{kind}Type", **named)
        call(f"Deprecate{kind}Type", **named)
        call(f"Delete{kind}Type", **named)
        infos = call(f"List{kind}Types", registrationStatus="REGISTERED")["typeInfos"]
        assert len(infos) == 1
    names = domain.client.call("ListDomains", registrationStatus="REGISTERED")
    assert domain.name in [info["name"] for info in names["domainInfos"]]


def tags(domain):
    """The three operations on tags."""
    call = domain.client.call
    call(
        "TagResource", resourceArn=domain.arn, tags=[{"key": "team", "value": "blue"}]
    )
    found = call("ListTagsForResource", resourceArn=domain.arn)
    assert found["tags"] == [{"key": "team", "value": "blue"}]
    call("UntagResource", resourceArn=domain.arn, tagKeys=["team"])
    assert call("ListTagsForResource", resourceArn=domain.arn)["tags"] == []


def relations(domain):
    """A parent with an activity that completes, one that fails, one that is canceled, and a child that signals back."""
    parent = domain.start(tagList=["x"])
    task = domain.decision_task()
    domain.decide(
        task,
        *(world.schedule(name) for name in ("completes", "fails", "stops")),
        decision(
            "StartChildWorkflowExecution",
            workflowId=f"{parent.workflow_id}-child",
            workflowType=world.WORKFLOW_TYPE,
            taskList={"name": CHILD_LIST},
        ),
    )
    assert pending(domain, "CountPendingActivityTasks", world.ACTIVITY_LIST) == 3
    assert pending(domain, "CountPendingDecisionTasks", CHILD_LIST) == 1
    for respond in ("Completed", "Failed", "Canceled"):
        activity = domain.activity_task()
        assert domain.heartbeat(activity, details="50%") is False
        domain.client.call(
            f"RespondActivityTask{respond}", taskToken=activity["taskToken"]
        )
    parent.signal("go")
    domain.call("RequestCancelWorkflowExecution", workflowId=parent.workflow_id)
    child = domain.decision_task(CHILD_LIST)
    domain.decide(
        child,
        decision(
            "SignalExternalWorkflowExecution",
            workflowId=parent.workflow_id,
            signalName="back",
        ),
        world.complete(result="r"),
    )
    kinds = [kind for kind, _ in parent.history()]
    assert kinds.count("ChildWorkflowExecutionCompleted") == 1
    assert kinds.count("WorkflowExecutionSignaled") == 2
    return parent


def pending(domain, operation, task_list):
    answer = domain.call(operation, taskList={"name": task_list})
    assert answer["truncated"] is False
    return answer["count"]


def lists(domain, parent):
    """Lists and counts see what just happened."""
    assert parent.describe()["executionInfo"]["cancelRequested"] is True
    opened = domain.call("ListOpenWorkflowExecutions", startTimeFilter=ALWAYS)
    assert [info["execution"] for info in opened["executionInfos"]] == [
        parent.execution
    ]
    closed = domain.call("ListClosedWorkflowExecutions", closeTimeFilter=ALWAYS)
    assert len(closed["executionInfos"]) == 1
    by_tag = domain.call(
        "CountOpenWorkflowExecutions", startTimeFilter=ALWAYS, tagFilter={"tag": "x"}
    )
    assert by_tag["count"] == 1
    by_status = domain.call(
        "CountClosedWorkflowExecutions",
        startTimeFilter=ALWAYS,
        closeStatusFilter={"status": "COMPLETED"},
    )
    assert by_status["count"] == 1
    domain.call("TerminateWorkflowExecution", workflowId=parent.workflow_id)


def ends(domain):
    """The domain is deprecated, and comes back without its types."""
    domain.client.call("DeprecateDomain", name=domain.name)
    domain.client.call("UndeprecateDomain", name=domain.name)
    status = domain.call("DescribeWorkflowType", workflowType=world.WORKFLOW_TYPE)
    assert status["typeInfo"]["status"] == "DEPRECATED"


def test_a_parent_with_many_children_hears_of_each_once(domain):
    """Two hundred children at once, each of which signals the parent and completes."""
    count = 200
    parent = domain.start()
    children = [f"{parent.workflow_id}-{number}" for number in range(count)]
    started = time.monotonic()
    domain.decide(
        domain.decision_task(),
        *(
            decision(
                "StartChildWorkflowExecution",
                workflowId=workflow_id,
                workflowType=world.WORKFLOW_TYPE,
                taskList={"name": CHILD_LIST},
                control=workflow_id,
            )
            for workflow_id in children
        ),
    )
    assert parent.describe()["openCounts"]["openChildWorkflowExecutions"] == count
    for _ in children:
        task = domain.decision_task(CHILD_LIST)
        domain.decide(
            task,
            decision(
                "SignalExternalWorkflowExecution",
                workflowId=parent.workflow_id,
                runId=parent.run_id,
                signalName=task["workflowExecution"]["workflowId"],
            ),
            world.complete(),
        )
    history = parent.history()
    told = [
        attributes["signalName"]
        for kind, attributes in history
        if kind == "WorkflowExecutionSignaled"
    ]
    assert sorted(told) == sorted(children)
    ended = [kind for kind, _ in history].count("ChildWorkflowExecutionCompleted")
    assert ended == count
    assert parent.describe()["openCounts"]["openChildWorkflowExecutions"] == 0
    print(f"{count} children in {time.monotonic() - started:.1f} s")


def test_a_run_that_continues_as_new_keeps_its_children_apart(domain):
    """Children of the old run go on and report to nobody; the new run starts afresh (execution.md 7.7)."""
    run = domain.start()
    child = harness.unique("child")
    domain.decide(
        domain.decision_task(),
        decision(
            "StartChildWorkflowExecution",
            workflowId=child,
            workflowType=world.WORKFLOW_TYPE,
            taskList={"name": CHILD_LIST},
        ),
    )
    domain.decide(
        domain.decision_task(), decision("ContinueAsNewWorkflowExecution", input="2")
    )
    again = domain.decision_task()
    assert again["workflowExecution"]["workflowId"] == run.workflow_id
    assert again["workflowExecution"]["runId"] != run.run_id
    first = again["events"][0]["workflowExecutionStartedEventAttributes"]
    assert first["continuedExecutionRunId"] == run.run_id
    assert (first["input"], first["parentInitiatedEventId"]) == ("2", 0)
    assert run.describe()["executionInfo"]["closeStatus"] == "CONTINUED_AS_NEW"
    domain.decide(domain.decision_task(CHILD_LIST), world.complete())
    assert [kind for kind, _ in run.history()][-1] == "WorkflowExecutionContinuedAsNew"
    domain.decide(again, world.complete())
