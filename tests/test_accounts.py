"""Two accounts, or two regions, share nothing (execution.md 1.1, design rule 14).

Each test has the same domain in two worlds of one server: another account in
the same region, and the same account in another region.
"""

import pytest

import harness
import raw
import world
from clients import Boto3, Fault

OTHERS = {
    "account": {"account": "210987654321"},
    "region": {"region": "eu-west-1"},
}
EVER = {"startTimeFilter": {"oldestDate": 0}}
CLOSED_EVER = {"closeTimeFilter": {"oldestDate": 0}}


@pytest.fixture(params=sorted(OTHERS))
def elsewhere(server, request):
    """boto3 with another account, or another region."""
    client = Boto3(server.endpoint, **OTHERS[request.param])
    yield client
    client.close()


@pytest.fixture
def twins(boto, elsewhere):
    """The same domain here and there."""
    here = world.World(boto)
    return here, world.World(elsewhere, here.name)


def refused(call, operation, **params):
    """The code and text of the fault that the call must raise."""
    with pytest.raises(Fault) as refusal:
        call(operation, **params)
    return refusal.value.code, refusal.value.message


def domain_names(client, status="REGISTERED"):
    infos = client.call("ListDomains", registrationStatus=status)["domainInfos"]
    return [info["name"] for info in infos]


def executions(domain, which="Open", **more):
    """The executions that a list has, and that a count counts."""
    params = EVER | more
    infos = domain.call(f"List{which}WorkflowExecutions", **params)["executionInfos"]
    count = domain.call(f"Count{which}WorkflowExecutions", **params)
    assert count == {"count": len(infos), "truncated": False}
    return [info["execution"] for info in infos]


def pending(domain, kind):
    list_name = {"Decision": world.DECISION_LIST, "Activity": world.ACTIVITY_LIST}[kind]
    counted = domain.call(f"CountPending{kind}Tasks", taskList={"name": list_name})
    return counted["count"]


def test_domains(boto, elsewhere):
    name = harness.unique("domain")
    unknown = ("UnknownResourceFault", f"Unknown domain: {name}")
    new = {"name": name, "workflowExecutionRetentionPeriodInDays": "1"}
    boto.call("RegisterDomain", **new)
    for operation in ("DescribeDomain", "DeprecateDomain", "UndeprecateDomain"):
        assert refused(elsewhere.call, operation, name=name) == unknown
    assert name not in domain_names(elsewhere)
    elsewhere.call("RegisterDomain", **new | {"description": "there"})
    assert refused(elsewhere.call, "RegisterDomain", **new) == ("DomainAlreadyExistsFault", name)
    boto.call("DeprecateDomain", name=name)
    there = elsewhere.call("DescribeDomain", name=name)["domainInfo"]
    here = boto.call("DescribeDomain", name=name)["domainInfo"]
    assert (here["status"], there["status"]) == ("DEPRECATED", "REGISTERED")
    assert "description" not in here and there["description"] == "there"
    assert here["arn"] != there["arn"]
    assert name in domain_names(elsewhere) and name not in domain_names(boto)
    assert name in domain_names(boto, "DEPRECATED")
    assert name not in domain_names(elsewhere, "DEPRECATED")


def test_the_arn_tells_account_and_region(twins, elsewhere):
    here, there = twins
    account = "210987654321" if "eu" not in there.arn else harness.ACCOUNT
    region = "eu-west-1" if account == harness.ACCOUNT else harness.REGION
    assert here.arn == f"arn:aws:swf:us-east-1:123456789012:/domain/{here.name}"
    assert there.arn == f"arn:aws:swf:{region}:{account}:/domain/{here.name}"


def test_tags(twins):
    here, there = twins
    tag = [{"key": "where", "value": "here"}]
    here.client.call("TagResource", resourceArn=here.arn, tags=tag)
    unknown = ("UnknownResourceFault", f"Unknown domain: {here.name}")
    for operation, params in [
        ("TagResource", {"tags": [{"key": "where", "value": "there"}]}),
        ("UntagResource", {"tagKeys": ["where"]}),
        ("ListTagsForResource", {}),
    ]:
        arn = {"resourceArn": here.arn}
        assert refused(there.client.call, operation, **arn, **params) == unknown
    assert there.client.call("ListTagsForResource", resourceArn=there.arn) == {"tags": []}
    assert here.client.call("ListTagsForResource", resourceArn=here.arn) == {"tags": tag}


def test_types(twins):
    here, there = twins
    only_here = {"name": "only-here", "version": "1"}
    for kind, common in [("Workflow", world.WORKFLOW_TYPE), ("Activity", world.ACTIVITY_TYPE)]:
        member = f"{kind.lower()}Type"
        here.call(f"Register{kind}Type", **only_here)
        unknown = (
            "UnknownResourceFault",
            f"Unknown type: {kind}Type=[name=only-here, version=1]",
        )
        for word in ("Describe", "Deprecate", "Undeprecate", "Delete"):
            operation = f"{word}{kind}Type"
            assert refused(there.call, operation, **{member: only_here}) == unknown
        here.call(f"Deprecate{kind}Type", **{member: common})
        here.call(f"Delete{kind}Type", **{member: common})
        listed = there.call(f"List{kind}Types", registrationStatus="REGISTERED")["typeInfos"]
        assert [info[member] for info in listed] == [common]
        listed = here.call(f"List{kind}Types", registrationStatus="REGISTERED")["typeInfos"]
        assert [info[member] for info in listed] == [only_here]


def test_executions_lists_and_counts(twins):
    here, there = twins
    ours = here.start("same-id", tagList=["here"])
    assert executions(there) == []
    theirs = there.start("same-id", tagList=["there"])
    assert ours.run_id != theirs.run_id
    start = {"workflowId": "same-id", "workflowType": world.WORKFLOW_TYPE}
    already = ("WorkflowExecutionAlreadyStartedFault", "Already Started")
    assert refused(there.call, "StartWorkflowExecution", **start) == already
    for domain, own, other in [(here, ours, theirs), (there, theirs, ours)]:
        assert executions(domain) == [own.execution]
        assert own.describe()["executionInfo"]["execution"] == own.execution
        unknown = ("UnknownResourceFault", other.unknown())
        for operation in ("DescribeWorkflowExecution", "GetWorkflowExecutionHistory"):
            execution = {"execution": other.execution}
            assert refused(domain.call, operation, **execution) == unknown
        for operation, params in [
            ("SignalWorkflowExecution", {"signalName": "s"}),
            ("RequestCancelWorkflowExecution", {}),
            ("TerminateWorkflowExecution", {}),
        ]:
            assert refused(domain.call, operation, **other.execution, **params) == unknown
    here_only = {"tagFilter": {"tag": "here"}}
    assert executions(there, **here_only) == []
    assert executions(here, **here_only) == [ours.execution]
    here.call("TerminateWorkflowExecution", workflowId="same-id")
    assert executions(here) == []
    assert executions(there) == [theirs.execution]
    assert executions(there, "Closed") == []
    assert executions(here, "Closed") == [ours.execution]
    assert theirs.describe()["executionInfo"]["executionStatus"] == "OPEN"


def test_signals_and_cancel_requests(twins):
    here, there = twins
    ours, theirs = here.start("same-id"), there.start("same-id")
    here.call("SignalWorkflowExecution", workflowId="same-id", signalName="hello")
    here.call("RequestCancelWorkflowExecution", workflowId="same-id")
    assert [kind for kind, _ in ours.history(after=2)] == [
        "WorkflowExecutionSignaled",
        "WorkflowExecutionCancelRequested",
    ]
    assert theirs.history(after=2) == []
    assert theirs.describe()["executionInfo"]["cancelRequested"] is False


def test_task_lists(twins):
    here, there = twins
    here.start("same-id")
    assert (pending(here, "Decision"), pending(there, "Decision")) == (1, 0)
    # A poll that waits there gets nothing of what is scheduled here.
    waiting = harness.Background(there.poll, "PollForActivityTask", world.ACTIVITY_LIST)
    assert not there.poll("PollForDecisionTask", world.DECISION_LIST).get("taskToken")
    here.decide(here.decision_task(), world.schedule("a"))
    assert (pending(here, "Activity"), pending(there, "Activity")) == (1, 0)
    assert not waiting.result().get("taskToken")
    assert not there.poll("PollForActivityTask", world.ACTIVITY_LIST).get("taskToken")
    here.complete(here.activity_task())


def test_task_tokens(twins):
    """A token is good only where its task lives, and foreign use does it no harm."""
    here, there = twins
    run = here.start("same-id")
    there.start("same-id")
    foreign = (
        "OperationNotPermittedFault",
        "Operation not permitted: the task token is of another account or region",
    )
    decision = here.decision_task()
    token = {"taskToken": decision["taskToken"]}
    assert refused(there.client.call, "RespondDecisionTaskCompleted", **token) == foreign
    here.decide(decision, world.schedule("a"))
    work = here.activity_task()
    token = {"taskToken": work["taskToken"]}
    for operation in (
        "RecordActivityTaskHeartbeat",
        "RespondActivityTaskCompleted",
        "RespondActivityTaskFailed",
        "RespondActivityTaskCanceled",
    ):
        assert refused(there.client.call, operation, **token) == foreign
    assert here.heartbeat(work) is False
    here.complete(work)
    kinds = [kind for kind, _ in run.history(after=6)]
    assert kinds == ["ActivityTaskCompleted", "DecisionTaskScheduled"]


def test_page_tokens(twins):
    here, there = twins
    runs = [here.start(), here.start()]
    for _ in runs:
        there.start()
    small = {"maximumPageSize": 1}
    named = {"execution": runs[0].execution}
    live = {"registrationStatus": "REGISTERED"}
    for operation, params in [
        ("ListOpenWorkflowExecutions", EVER),
        ("GetWorkflowExecutionHistory", named),
    ]:
        foreign_page(here.call, there.call, operation, params | small)
    world.World(here.client)
    world.World(there.client)
    foreign_page(here.client.call, there.client.call, "ListDomains", live | small)
    here.call("RegisterWorkflowType", name="another", version="1")
    foreign_page(here.call, there.call, "ListWorkflowTypes", live | small)
    task = here.decision_task(**small)
    polled = {"taskList": {"name": world.DECISION_LIST}, "nextPageToken": task["nextPageToken"]}
    invalid = ("ValidationException", "Invalid token")
    assert refused(there.call, "PollForDecisionTask", **polled) == invalid


def foreign_page(ours, theirs, operation, params):
    """The second page can be had here, and its token is none there."""
    token = {"nextPageToken": ours(operation, **params)["nextPageToken"]}
    invalid = ("ValidationException", "Invalid token")
    assert refused(theirs, operation, **params, **token) == invalid
    ours(operation, **params, **token)


def test_messages_between_executions(twins):
    """Signals, cancel requests and children stay in their world."""
    here, there = twins
    theirs = there.start("target")
    ours = here.start("source")
    target = {"workflowId": "target"}
    here.decide(
        here.decision_task(),
        world.decision("SignalExternalWorkflowExecution", **target, signalName="s"),
        world.decision("RequestCancelExternalWorkflowExecution", **target),
        world.decision(
            "StartChildWorkflowExecution", **target, workflowType=world.WORKFLOW_TYPE
        ),
    )
    failed = [
        (kind, attributes["cause"])
        for kind, attributes in ours.history()
        if kind.endswith("Failed")
    ]
    assert failed == [
        (f"{kind}ExternalWorkflowExecutionFailed", "UNKNOWN_EXTERNAL_WORKFLOW_EXECUTION")
        for kind in ("Signal", "RequestCancel")
    ]
    # The child has an id that is taken only elsewhere.
    assert "target" in [execution["workflowId"] for execution in executions(here)]
    assert theirs.history(after=2) == []
    assert executions(there) == [theirs.execution]


def test_everbeats_own_call(server, twins):
    here, there = twins
    run = here.start()
    there.start()
    http = raw.Http(server.endpoint)
    account = "210987654321" if "eu" not in there.arn else "any"
    region = "eu-west-1" if account == "any" else "us-east-1"
    foreign = raw.SIGNATURE.replace("black-box-test", account).replace("us-east-1", region)
    ask = {"domain": here.name, "execution": run.execution}
    own = {"target": "Everbeat."}
    assert http.post("DescribeHeartbeats", ask, **own).json == {"heartbeats": []}
    reply = http.post("DescribeHeartbeats", ask, **own, Authorization=foreign)
    raw.assert_fault(reply, raw.MODEL + "UnknownResourceFault", run.unknown())


def test_who_names_no_account_and_no_region(tmp_path):
    """The defaults are settings, and an access key id that is no number has the default account."""
    settings = ["--account", "000000000042", "--region", "eu-north-1"]
    with harness.Server(tmp_path, settings) as server:
        http = raw.Http(server.endpoint)
        headers = {"X-Amz-Target": raw.SHORT + "RegisterDomain", "Content-Type": raw.JSON_1_0}
        body = b'{"name": "d", "workflowExecutionRetentionPeriodInDays": "1"}'
        assert http.send(headers=headers, body=body).status == 200
        for key in (None, "000000000042"):
            client = Boto3(server.endpoint, region="eu-north-1", account=key)
            info = client.call("DescribeDomain", name="d")["domainInfo"]
            assert info["arn"] == "arn:aws:swf:eu-north-1:000000000042:/domain/d"
            client.close()
        for key, region in [("000000000042", "us-east-1"), ("123456789012", "eu-north-1")]:
            client = Boto3(server.endpoint, region=region, account=key)
            assert domain_names(client) == []
            client.close()


def test_all_of_it_outlives_a_crash(tmp_path):
    with harness.Server(tmp_path, ["--poll-hold-seconds", 1]) as server:
        clients = [Boto3(server.endpoint), *(Boto3(server.endpoint, **o) for o in OTHERS.values())]
        worlds = [world.World(client, "same") for client in clients]
        runs = [domain.start("same-id", input=str(n)) for n, domain in enumerate(worlds)]
        server.restart(crash=True)
        for number, (domain, run) in enumerate(zip(worlds, runs)):
            assert executions(domain) == [run.execution]
            task = domain.decision_task()
            assert task["workflowExecution"] == run.execution
            started = task["events"][0]["workflowExecutionStartedEventAttributes"]
            assert started["input"] == str(number)
            domain.decide(task, world.complete())
            assert executions(domain, "Closed") == [run.execution]
