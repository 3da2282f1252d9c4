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
ENOUGH = 1000


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


def answer(call, operation, **params):
    """None, or the code and text of the call's fault."""
    try:
        call(operation, **params)
    except Fault as fault:
        return fault.code, fault.message


def until_exceeded(call, operation, **params):
    """How many calls go through before one is told that the rate is exceeded."""
    for count in range(ENOUGH):
        told = answer(call, operation, **params)
        if told is not None:
            assert told == EXCEEDED
            return count
    raise AssertionError(f"{operation} has no rate")


def granted(call, operation, bucket, refill=1, **params):
    """As `until_exceeded`: what a full bucket holds, and what came back in the meantime."""
    with harness.elapsed() as seconds:
        count = until_exceeded(call, operation, **params)
        assert bucket <= count <= bucket + refill * seconds()
    return count


def test_an_operation_has_a_rate(serve):
    client = Boto3(serve("ListDomains=3/1").endpoint)
    began = time.monotonic()
    count = granted(client.call, "ListDomains", 3, **LISTED)
    # A token is back after a second, and not before.
    harness.wait_until(
        lambda: answer(client.call, "ListDomains", **LISTED) is None, "room again"
    )
    assert time.monotonic() - began >= count + 1 - 3
    unknown = ("UnknownResourceFault", "Unknown domain: x")
    assert answer(client.call, "DescribeDomain", name="x") == unknown


def test_accounts_and_regions_have_their_own(serve):
    endpoint = serve("ListDomains=1/1").endpoint
    for account, region in [
        (None, "us-east-1"),
        ("000000000042", "us-east-1"),
        (None, "eu-west-1"),
    ]:
        client = Boto3(endpoint, region=region, account=account)
        granted(client.call, "ListDomains", 1, **LISTED)
        client.close()


def test_the_rate_comes_before_the_request_is_read(serve):
    http = raw.Http(serve("ListDomains=1/1").endpoint)
    unreadable = raw.SERVICE + "SerializationException"
    reply = http.post("ListDomains", b"no JSON")
    assert reply.kind == unreadable
    for _ in range(ENOUGH):
        if reply.kind != unreadable:
            break
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
    retries = 0
    for _ in range(ENOUGH):
        retries += client.list_domains(**LISTED)["ResponseMetadata"]["RetryAttempts"]
        if retries:
            break
    assert retries, "nothing was ever refused"
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
    with harness.elapsed() as seconds:
        domain.call("SignalWorkflowExecution", **by_id, signalName="s")
        more = until_exceeded(
            domain.call, "SignalWorkflowExecution", **run.execution, signalName="s"
        )
        # Who leaves out the run id may have a bucket besides.
        assert 1 <= more <= 2 + seconds()
    other.signal("another has its own")
    cancels = granted(domain.call, "RequestCancelWorkflowExecution", 1, **by_id)
    kinds = [kind for kind, _ in run.history()]
    counted = ("WorkflowExecutionSignaled", "WorkflowExecutionCancelRequested")
    assert [kinds.count(kind) for kind in counted] == [1 + more, cancels]
    until_exceeded(domain.call, "GetWorkflowExecutionHistory", execution=run.execution)
    assert other.history()


def test_heartbeats_of_an_execution_have_a_rate(serve):
    server = serve("RecordActivityTaskHeartbeat-per-run=2/1")
    domain = world.World(Boto3(server.endpoint))
    domain.start()
    domain.decide(domain.decision_task(), world.schedule("a1"), world.schedule("a2"))
    first, second = domain.activity_task(), domain.activity_task()
    token = {"taskToken": first["taskToken"]}
    with harness.elapsed() as seconds:
        assert domain.heartbeat(first) is False
        assert domain.heartbeat(second) is False
        more = until_exceeded(domain.client.call, "RecordActivityTaskHeartbeat", **token)
        assert more <= seconds()
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
    # More than the bucket holds, however much has come back when it is their turn.
    wanted = {"run": "aab", "other": "cdefghij"}
    tasks = [domain.decision_task() for _ in wanted]
    with harness.elapsed() as seconds:
        for task in tasks:
            domain.decide(task, *decisions(*wanted[task["workflowExecution"]["workflowId"]]))
        came_back = seconds()
    causes = causes_of(run)
    assert [name for name in causes if not name.endswith("ALREADY_IN_USE")] == []
    assert len(causes) == 1
    causes = causes_of(other)
    assert set(causes) == {cause}
    assert 1 <= len(wanted["other"]) - len(causes) <= 1 + came_back
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
    runs = [domain.start() for _ in range(10)]
    tasks = [domain.decision_task() for _ in runs]
    with harness.elapsed() as seconds:
        for task in tasks:
            domain.decide(task, world.decision("ContinueAsNewWorkflowExecution"))
        came_back = seconds()
    kinds = [kind for run in runs for kind, _ in run.history(after=4)[:1]]
    assert kinds[0] == "WorkflowExecutionContinuedAsNew"
    assert 1 <= kinds.count("WorkflowExecutionContinuedAsNew") <= 1 + came_back
    failed = [
        attributes["cause"]
        for run in runs
        for kind, attributes in run.history()
        if kind == "ContinueAsNewWorkflowExecutionFailed"
    ]
    assert set(failed) == {"CONTINUE_AS_NEW_WORKFLOW_EXECUTION_RATE_EXCEEDED"}
    assert len(failed) == kinds.count("ContinueAsNewWorkflowExecutionFailed")


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
    granted(client.call, "ListDomains", 100, refill=6, **LISTED)


def test_no_rate_unless_set(serve):
    client = Boto3(serve().endpoint)
    assert {answer(client.call, "ListDomains", **LISTED) for _ in range(200)} == {None}


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
