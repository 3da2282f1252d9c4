"""A valid request of each operation, in a world that is prepared for it.

`CALLS[operation](domain)` prepares a `World` through its own client, who may do
everything, and answers the parameters with which the call succeeds once.
"""

import world
from access_server import EVER, domain_arn

SPARE = {"name": "spare", "version": "7"}
LIVE = {"registrationStatus": "REGISTERED"}
# What changes nothing that can be listed: its own tests look closer.
HEARTBEAT = "RecordActivityTaskHeartbeat"


def changes(operation):
    """Whether the operation leaves a trace."""
    reads = operation.startswith(("List", "Describe", "Count", "Get"))
    return not reads and operation != HEARTBEAT


def _static(**params):
    return lambda domain: {"domain": domain.name, **params}


def _of_type(kind, deprecated=False):
    """The type `spare`, just registered."""

    def prepare(domain):
        named = {f"{kind.lower()}Type": SPARE}
        domain.call(f"Register{kind}Type", **SPARE)
        if deprecated:
            domain.call(f"Deprecate{kind}Type", **named)
        return {"domain": domain.name, **named}

    return prepare


def _of_run(**params):
    def prepare(domain):
        run = domain.start()
        return {"domain": domain.name, "workflowId": run.workflow_id, **params}

    return prepare


def _of_execution(domain):
    return {"domain": domain.name, "execution": domain.start().execution}


def _poll(kind, task_list):
    def prepare(domain):
        domain.start()
        if kind == "Activity":
            domain.decide(domain.decision_task(), world.schedule("a"))
        return {"domain": domain.name, "taskList": {"name": task_list}}

    return prepare


def _of_activity_task(domain):
    domain.start(tagList=["red", "round"])
    domain.decide(domain.decision_task(), world.schedule("a"))
    return {"taskToken": domain.activity_task()["taskToken"]}


def _of_decision_task(domain):
    domain.start()
    return {"taskToken": domain.decision_task()["taskToken"]}


def _of_domain(deprecated=False):
    def prepare(domain):
        if deprecated:
            domain.client.call("DeprecateDomain", name=domain.name)
        return {"name": domain.name}

    return prepare


def _of_arn(tagged=False, **params):
    def prepare(domain):
        arn = {"resourceArn": domain_arn(domain.name)}
        if tagged:
            domain.client.call("TagResource", **arn, tags=[{"key": "team", "value": "red"}])
        return arn | params

    return prepare


def _new_domain(domain):
    return {"name": f"{domain.name}-new", "workflowExecutionRetentionPeriodInDays": "1"}


CALLS = {
    "CountClosedWorkflowExecutions": _static(closeTimeFilter=EVER),
    "CountOpenWorkflowExecutions": _static(startTimeFilter=EVER),
    "CountPendingActivityTasks": _static(taskList={"name": world.ACTIVITY_LIST}),
    "CountPendingDecisionTasks": _static(taskList={"name": world.DECISION_LIST}),
    "DeleteActivityType": _of_type("Activity", deprecated=True),
    "DeleteWorkflowType": _of_type("Workflow", deprecated=True),
    "DeprecateActivityType": _of_type("Activity"),
    "DeprecateDomain": _of_domain(),
    "DeprecateWorkflowType": _of_type("Workflow"),
    "DescribeActivityType": _of_type("Activity"),
    "DescribeDomain": _of_domain(),
    "DescribeWorkflowExecution": _of_execution,
    "DescribeWorkflowType": _of_type("Workflow"),
    "GetWorkflowExecutionHistory": _of_execution,
    "ListActivityTypes": _static(**LIVE),
    "ListClosedWorkflowExecutions": _static(closeTimeFilter=EVER),
    "ListDomains": lambda domain: LIVE,
    "ListOpenWorkflowExecutions": _static(startTimeFilter=EVER),
    "ListTagsForResource": _of_arn(),
    "ListWorkflowTypes": _static(**LIVE),
    "PollForActivityTask": _poll("Activity", world.ACTIVITY_LIST),
    "PollForDecisionTask": _poll("Decision", world.DECISION_LIST),
    "RecordActivityTaskHeartbeat": _of_activity_task,
    "RegisterActivityType": _static(**SPARE, defaultTaskList={"name": "spares"}),
    "RegisterDomain": _new_domain,
    "RegisterWorkflowType": _static(**SPARE, defaultTaskList={"name": "spares"}),
    "RequestCancelWorkflowExecution": _of_run(),
    "RespondActivityTaskCanceled": _of_activity_task,
    "RespondActivityTaskCompleted": _of_activity_task,
    "RespondActivityTaskFailed": _of_activity_task,
    "RespondDecisionTaskCompleted": _of_decision_task,
    "SignalWorkflowExecution": _of_run(signalName="go"),
    "StartWorkflowExecution": _static(
        workflowId="w", workflowType=world.WORKFLOW_TYPE, tagList=["red", "round"]
    ),
    "TagResource": _of_arn(tags=[{"key": "team", "value": "blue"}]),
    "TerminateWorkflowExecution": _of_run(),
    "UndeprecateActivityType": _of_type("Activity", deprecated=True),
    "UndeprecateDomain": _of_domain(deprecated=True),
    "UndeprecateWorkflowType": _of_type("Workflow", deprecated=True),
    "UntagResource": _of_arn(tagged=True, tagKeys=["team"]),
}


def target(operation, name):
    """The name of the domain that the call is about, in the world `name`; `*` for all of them."""
    if operation == "ListDomains":
        return "*"
    return f"{name}-new" if operation == "RegisterDomain" else name


def in_another_domain(params, name):
    """The same request for another domain; None for a request that says its domain by a token or not at all."""
    if "domain" in params:
        return params | {"domain": name}
    if "resourceArn" in params:
        return params | {"resourceArn": domain_arn(name)}
    if set(params) == {"name"}:
        return {"name": name}
    return None
