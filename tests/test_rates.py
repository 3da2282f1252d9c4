"""Rates of operations, of executions and of decisions (protocol.md 9)."""

import time

import boto3
import pytest

import harness
import raw
import world
from clients import Boto3, Fault

AVAILABILITY = "com.amazon.coral.availability#"
EXCEEDED = ("ThrottlingException", "Rate exceeded")
LISTED = {"registrationStatus": "REGISTERED"}


@pytest.fixture
def serve():
    """Starts a server with rates given as `NAME=BUCKET/REFILL`."""
    running = []

    def start(*rates, arguments=()):
        words = [word for rate in rates for word in ("--rate", rate)]
        server = harness.Server(arguments=["--poll-hold-seconds", 1, *words, *arguments])
        running.append(server)
        return server.start()

    yield start
    for server in running:
        server.stop()


def answers(call, operation, times, **params):
    """For each of so many calls, None or the code and text of its fault."""

    def once():
        try:
            call(operation, **params)
        except Fault as fault:
            return fault.code, fault.message

    return [once() for _ in range(times)]


def test_an_operation_has_a_rate(serve):
    client = Boto3(serve("ListDomains=3/1").endpoint)
    began = time.monotonic()
    refused = answers(client.call, "ListDomains", 5, **LISTED)
    assert refused[:3] == [None] * 3
    assert refused[-1] == EXCEEDED
    # A token is back after a second, and not before.
    harness.wait_until(
        lambda: answers(client.call, "ListDomains", 1, **LISTED) == [None], "room again"
    )
    assert time.monotonic() - began >= 1
    assert answers(client.call, "DescribeDomain", 1, name="x") == [
        ("UnknownResourceFault", "Unknown domain: x")
    ]


def test_accounts_and_regions_have_their_own(serve):
    endpoint = serve("ListDomains=1/1").endpoint
    for account, region in [
        (None, "us-east-1"),
        ("000000000042", "us-east-1"),
        (None, "eu-west-1"),
    ]:
        client = Boto3(endpoint, region=region, account=account)
        refused = answers(client.call, "ListDomains", 3, **LISTED)
        assert (refused[0], refused[-1]) == (None, EXCEEDED)
        client.close()


def test_the_rate_comes_before_the_request_is_read(serve):
    http = raw.Http(serve("ListDomains=1/1").endpoint)
    unreadable = raw.SERVICE + "SerializationException"
    assert http.post("ListDomains", b"no JSON").kind == unreadable
    reply = http.post("ListDomains", b"no JSON")
    raw.assert_fault(reply, AVAILABILITY + "ThrottlingException", "Rate exceeded")
    assert int(reply.headers["x-amz-retry-after"]) > 0
    unknown = raw.SERVICE + "UnknownOperationException"
    assert http.post("ListNothing", b"no JSON").kind == unknown


def test_sdks_try_again(serve):
    """boto3 as it is configured by default gets through."""
    endpoint = serve("ListDomains=1/5").endpoint
    client = boto3.client(
        "swf",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id="any",
        aws_secret_access_key="any",
    )
    retries = []
    for _ in range(3):
        answer = client.list_domains(**LISTED)
        retries.append(answer["ResponseMetadata"]["RetryAttempts"])
    assert sum(retries) >= 1
    client.close()


def test_an_execution_has_a_rate(serve):
    server = serve(
        "SignalWorkflowExecution-per-run=2/1",
        "RequestCancelWorkflowExecution-per-run=1/1",
        "GetWorkflowExecutionHistory-per-run=1/1",
    )
    domain = world.World(Boto3(server.endpoint))
    run, other = domain.start(), domain.start()
    by_id = {"workflowId": run.workflow_id}
    signal = {"signalName": "s"}
    assert answers(domain.call, "SignalWorkflowExecution", 1, **by_id, **signal) == [None]
    refused = answers(domain.call, "SignalWorkflowExecution", 3, **run.execution, **signal)
    assert (refused[0], refused[-1]) == (None, EXCEEDED)
    other.signal("another has its own")
    cancels = answers(domain.call, "RequestCancelWorkflowExecution", 2, **by_id)
    assert cancels == [None, EXCEEDED]
    told = [refused.count(None) + 1, 1]
    kinds = [kind for kind, _ in run.history()]
    counted = ("WorkflowExecutionSignaled", "WorkflowExecutionCancelRequested")
    assert [kinds.count(kind) for kind in counted] == told
    read = {"execution": run.execution}
    refused = answers(domain.call, "GetWorkflowExecutionHistory", 2, **read)
    assert refused[-1] == EXCEEDED
    assert other.history()


def test_heartbeats_of_an_execution_have_a_rate(serve):
    server = serve("RecordActivityTaskHeartbeat-per-run=2/1")
    domain = world.World(Boto3(server.endpoint))
    domain.start()
    domain.decide(domain.decision_task(), world.schedule("a1"), world.schedule("a2"))
    first, second = domain.activity_task(), domain.activity_task()
    assert domain.heartbeat(first) is False
    assert domain.heartbeat(second) is False
    token = {"taskToken": first["taskToken"]}
    refused = answers(domain.client.call, "RecordActivityTaskHeartbeat", 2, **token)
    assert refused[-1] == EXCEEDED
    domain.complete(first)
    domain.complete(second)


@pytest.mark.parametrize(
    "decision, attributes, cause",
    [
        ("StartTimer", {"startToFireTimeout": "100"}, "TIMER_CREATION_RATE_EXCEEDED"),
        (
            "ScheduleActivityTask",
            {"activityType": world.ACTIVITY_TYPE},
            "ACTIVITY_CREATION_RATE_EXCEEDED",
        ),
    ],
)
def test_a_decision_has_a_rate(serve, decision, attributes, cause):
    """Over all executions of the account; decisions that fail otherwise do not count."""
    server = serve(f"{decision}=3/1")
    domain = world.World(Boto3(server.endpoint))
    id_name = {"StartTimer": "timerId", "ScheduleActivityTask": "activityId"}[decision]

    def decisions(*ids):
        return [world.decision(decision, **{id_name: id_} | attributes) for id_ in ids]

    run, other = domain.start("run"), domain.start("other")
    for task in [domain.decision_task() for _ in range(2)]:
        ids = ["a", "a", "b"] if task["workflowExecution"]["workflowId"] == "run" else ["c", "d"]
        domain.decide(task, *decisions(*ids))
    causes = causes_of(run)
    assert [name for name in causes if not name.endswith("ALREADY_IN_USE")] == []
    assert len(causes) == 1
    assert causes_of(other) == [cause]
    # Another account has a rate of its own.
    stranger = world.World(Boto3(server.endpoint, account="000000000042"))
    elsewhere = stranger.start()
    stranger.decide(stranger.decision_task(), *decisions("x", "y", "z"))
    assert causes_of(elsewhere) == []


CHILD = {"workflowType": world.WORKFLOW_TYPE}


@pytest.mark.parametrize(
    "decision, attributes, cause",
    [
        (
            "SignalExternalWorkflowExecution",
            [{"workflowId": "target", "signalName": name} for name in "ab"],
            "SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_RATE_EXCEEDED",
        ),
        (
            "RequestCancelExternalWorkflowExecution",
            [{"workflowId": "target"}] * 2,
            "REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_RATE_EXCEEDED",
        ),
        (
            "StartChildWorkflowExecution",
            [CHILD | {"workflowId": name} for name in "ab"],
            "CHILD_CREATION_RATE_EXCEEDED",
        ),
        (
            "ScheduleLambdaFunction",
            [{"id": name, "name": "cat"} for name in "ab"],
            "LAMBDA_FUNCTION_CREATION_RATE_EXCEEDED",
        ),
    ],
)
def test_decisions_about_others_have_rates(serve, decision, attributes, cause):
    """Also those for which Amazon has told no value."""
    arguments = ["--lambda-function", "cat=command:/bin/cat"]
    domain = world.World(Boto3(serve(f"{decision}=1/1", arguments=arguments).endpoint))
    # The target waits on a list of its own, so that it takes no task away.
    domain.start("target", taskList={"name": "unheard"})
    run = domain.start(lambdaRole="arn:aws:iam::123456789012:role/any")
    task = domain.decision_task()
    domain.decide(task, *[world.decision(decision, **one) for one in attributes])
    failed = [
        (kind, attributes["cause"])
        for kind, attributes in run.history()
        if kind == f"{decision}Failed"
    ]
    assert failed == [(f"{decision}Failed", cause)]


def test_continuing_as_new_has_a_rate(serve):
    domain = world.World(Boto3(serve("ContinueAsNewWorkflowExecution=1/1").endpoint))
    runs = [domain.start(), domain.start()]
    for task in [domain.decision_task() for _ in runs]:
        domain.decide(task, world.decision("ContinueAsNewWorkflowExecution"))
    kinds = sorted(kind for run in runs for kind, _ in run.history(after=4)[:1])
    assert kinds == ["ContinueAsNewWorkflowExecutionFailed", "WorkflowExecutionContinuedAsNew"]
    failed = [
        attributes["cause"]
        for run in runs
        for kind, attributes in run.history()
        if kind == "ContinueAsNewWorkflowExecutionFailed"
    ]
    assert failed == ["CONTINUE_AS_NEW_WORKFLOW_EXECUTION_RATE_EXCEEDED"]


def causes_of(run):
    return [
        attributes["cause"]
        for kind, attributes in run.history()
        if kind in ("StartTimerFailed", "ScheduleActivityTaskFailed")
    ]


def test_a_task_list_has_a_rate(serve):
    server = serve(arguments=["--limit", "activities_per_second_and_list=2"])
    domain = world.World(Boto3(server.endpoint))
    run = domain.start()
    elsewhere = {"taskList": {"name": "elsewhere"}}
    domain.decide(
        domain.decision_task(),
        *[world.schedule(f"a{number}") for number in range(3)],
        *[world.schedule(f"b{number}", **elsewhere) for number in range(2)],
    )
    failed = [
        (attributes["activityId"], attributes["cause"])
        for kind, attributes in run.history()
        if kind == "ScheduleActivityTaskFailed"
    ]
    assert failed == [("a2", "ACTIVITY_CREATION_RATE_EXCEEDED")]


def test_amazons_own_table(serve):
    """ListDomains is 100/6 there."""
    client = Boto3(serve(arguments=["--limits", "aws"]).endpoint)
    with harness.elapsed() as seconds:
        refused = answers(client.call, "ListDomains", 130, **LISTED)
        most = 100 + 6 * seconds() + 1
    assert refused[:100] == [None] * 100
    assert refused.count(None) <= most
    assert set(refused) == {None, EXCEEDED}


def test_no_rate_unless_set(serve):
    client = Boto3(serve().endpoint)
    assert answers(client.call, "ListDomains", 200, **LISTED) == [None] * 200


@pytest.mark.parametrize(
    "rate, part",
    [
        ("ListNothing=1/1", "there is no rate 'ListNothing'"),
        ("ListDomains=0/1", "'0/1' is not BUCKET/REFILL"),
        ("ListDomains", "NAME=VALUE"),
    ],
)
def test_mistakes_are_told(rate, part):
    server = harness.Server(arguments=["--rate", rate])
    with pytest.raises(harness.ServerDidNotStart) as failure:
        server.start()
    assert "--rate: " in str(failure.value)
    assert part in str(failure.value)
