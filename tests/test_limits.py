"""Quotas (execution.md 10) and keys, seen from outside."""

import resource
import select
import time

import pytest

import harness
import raw
import world
from clients import Boto3, Fault

POLLERS = 1000
EXCESS = 20
SOFT_LIMIT = 1024


def test_a_thousand_polls_may_wait_on_a_list(tmp_path, monkeypatch):
    """Also with the few file handles that many systems give a process at first."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < 4 * POLLERS:
        pytest.skip(f"this machine allows {hard} file handles")
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    sockets = []
    server = harness.Server(tmp_path, ["--poll-hold-seconds", 60])
    monkeypatch.setattr(server, "command", limited(server.command))
    try:
        with server:
            domain = world.World(Boto3(server.endpoint))
            http = raw.Http(server.endpoint)
            poll = {"domain": domain.name, "taskList": {"name": "crowded"}}
            sockets = [http.open("PollForActivityTask", poll) for _ in range(POLLERS + EXCESS)]
            refused = answered(sockets, EXCESS)
            for one in refused:
                assert_too_many(raw.read_reply(one))
            # All others wait.
            assert answered(set(sockets) - set(refused), 1, seconds=0.3) == []
    finally:
        for one in sockets:
            one.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def assert_too_many(reply):
    full = "Limit on maximum concurrent poll requests per task list reached"
    raw.assert_fault(reply, raw.MODEL + "LimitExceededFault", full)


def answered(sockets, count, seconds=30):
    """The sockets that have something to read, once there are `count` of them or the time is over."""
    watched = {one.fileno(): one for one in sockets}
    poller = select.poll()
    for number in watched:
        poller.register(number, select.POLLIN)
    found = {}
    end = time.monotonic() + seconds
    while len(found) < count and time.monotonic() < end:
        for number, _ in poller.poll(100):
            found[number] = watched[number]
            poller.unregister(number)
    return list(found.values())


def limited(command):
    """The same command, started by a shell that allows it few file handles at first."""

    def with_limit():
        return ["sh", "-c", f'ulimit -Sn {SOFT_LIMIT}; exec "$@"', "sh", *command()]

    return with_limit


def test_quotas_are_settings(tmp_path):
    options = ["--limit", "domains=2", "--limit", "open_executions_per_domain=1"]
    with harness.Server(tmp_path, options) as server:
        client = Boto3(server.endpoint)
        domain = world.World(client)
        domain.start()
        with pytest.raises(Fault) as fault:
            domain.start()
        assert (fault.value.code, fault.value.message) == (
            "LimitExceededFault",
            "Limit on the number of open workflow executions in the domain reached",
        )
        world.World(client)
        with pytest.raises(Fault) as fault:
            world.World(client)
        assert fault.value.message == "Limit on the number of domains reached"
        # Another account is another world.
        world.World(Boto3(server.endpoint, account="000000000042"))


def test_a_history_that_reaches_its_limit_is_terminated(tmp_path):
    with harness.Server(tmp_path, ["--limit", "events_per_history=10"]) as server:
        domain = world.World(Boto3(server.endpoint))
        run = domain.start()
        for _ in range(7):
            run.signal("more")
        with pytest.raises(Fault) as fault:
            run.signal("too many")
        assert (fault.value.code, fault.value.message) == ("UnknownResourceFault", run.unknown())
        kind, attributes = run.history()[-1]
        assert kind == "WorkflowExecutionTerminated"
        assert attributes["cause"] == "EVENT_LIMIT_EXCEEDED"
        assert len(run.events()) == 10


def test_tokens_outlive_a_new_key(tmp_path):
    directory = tmp_path / "data"
    with harness.Server(directory) as server:
        domain = world.World(Boto3(server.endpoint))
        run = domain.start()
        task = domain.decision_task()
    with harness.Server(directory, ["--rotate-token-key"]) as server:
        domain.client = Boto3(server.endpoint)
        domain.decide(task, world.complete())
        domain.start()
        other = domain.decision_task()
        assert other["taskToken"][:7] != task["taskToken"][:7], "sealed with the new key"
        assert run.describe()["executionInfo"]["closeStatus"] == "COMPLETED"


def fault_of(call, operation, **params):
    """Code and text of the fault that the call must raise."""
    with pytest.raises(Fault) as fault:
        call(operation, **params)
    return fault.value.code, fault.value.message


def settings(**limits):
    """`--limit name=value` for each."""
    return [word for name, value in limits.items() for word in ("--limit", f"{name}={value}")]


@pytest.fixture(scope="module")
def small():
    """A server on which much is scarce."""
    scarce = settings(
        types_per_domain=2,
        tags_per_domain=2,
        tags_per_run=1,
        request_bytes=2000,
        open_activities=1,
        open_timers=1,
        pollers_per_task_list=1,
        retention_days=400,
    )
    with harness.Server(arguments=["--poll-hold-seconds", 30, *scarce]) as server:
        yield server


@pytest.fixture
def scarce(small):
    """A domain on that server."""
    client = Boto3(small.endpoint)
    yield world.World(client)
    client.close()


def test_types_of_a_domain(scarce):
    for kind, word in (("Workflow", "workflow"), ("Activity", "activity")):
        operation = f"Register{kind}Type"
        scarce.call(operation, name="second", version="1")
        full = f"Limit on the number of {word} types in the domain reached"
        new = {"name": "third", "version": "1"}
        assert fault_of(scarce.call, operation, **new) == ("LimitExceededFault", full)
        # Deprecated types count, deleted ones do not.
        second = {f"{word}Type": {"name": "second", "version": "1"}}
        scarce.call(f"Deprecate{kind}Type", **second)
        assert fault_of(scarce.call, operation, **new) == ("LimitExceededFault", full)
        scarce.call(f"Delete{kind}Type", **second)
        scarce.call(operation, **new)


def test_tags_of_a_domain(scarce):
    tags = [{"key": "a"}, {"key": "b"}, {"key": "c"}]
    too_many = f"Too many tags for domain {scarce.name}, at most 2 are allowed"
    arn = {"resourceArn": scarce.arn}
    fault = fault_of(scarce.client.call, "TagResource", **arn, tags=tags)
    assert fault == ("TooManyTagsFault", too_many)
    scarce.client.call("TagResource", **arn, tags=tags[:2])


def test_tags_of_an_execution(scarce):
    scarce.start(tagList=["one"])
    start = {"workflowId": "w", "workflowType": world.WORKFLOW_TYPE}
    fault = fault_of(scarce.call, "StartWorkflowExecution", **start, tagList=["a", "b"])
    assert fault == (
        "ValidationException",
        "1 validation error detected: Value '[a, b]' at 'tagList' failed to satisfy "
        "constraint: Member must have length less than or equal to 1",
    )


def test_retention(scarce):
    register = {"name": harness.unique("domain")}
    days = "workflowExecutionRetentionPeriodInDays"
    code, text = fault_of(scarce.client.call, "RegisterDomain", **register, **{days: "401"})
    assert code == "ValidationException"
    assert text.endswith("NONE|[0-9]{1,8} with a value from 0 to 400")
    scarce.client.call("RegisterDomain", **register, **{days: "400"})


def test_request_size(small):
    http = raw.Http(small.endpoint)
    reply = http.post("ListDomains", b" " * 2001)
    text = "Request size exceeded the limit of 2000 bytes"
    kind = raw.SERVICE + "RequestEntityTooLargeException"
    raw.assert_fault(reply, kind, text, status=413)
    body = b'{"registrationStatus": "REGISTERED"}'
    assert http.post("ListDomains", body.ljust(2000)).status == 200


def test_pages():
    with harness.Server(arguments=settings(page_entries=2, page_token_seconds=0)) as server:
        client = Boto3(server.endpoint)
        for _ in range(3):
            domain = world.World(client)
        listed = {"registrationStatus": "REGISTERED"}
        page = client.call("ListDomains", **listed)
        assert len(page["domainInfos"]) == 2
        code, text = fault_of(client.call, "ListDomains", **listed, maximumPageSize=3)
        assert code == "ValidationException"
        assert text.endswith("Member must have value less than or equal to 2")
        # The token is older than 0 seconds by now.
        time.sleep(0.01)
        token = {"nextPageToken": page["nextPageToken"]}
        old = "Specified token has exceeded its maximum lifetime"
        fault = fault_of(client.call, "ListDomains", **listed, **token)
        assert fault == ("ValidationException", old)
        # Histories have pages, too.
        domain.start()
        assert len(domain.decision_task()["events"]) == 2


def test_execution_time():
    """The time-out is shown as it was given; the run ends at the maximum."""
    with harness.Server(arguments=settings(execution_seconds=1)) as server:
        run = world.World(Boto3(server.endpoint)).start(executionStartToCloseTimeout="3600")

        def closed():
            info = run.describe()["executionInfo"]
            return info if "closeStatus" in info else None

        info = harness.wait_until(closed, "the execution times out")
        assert info["closeStatus"] == "TIMED_OUT"
        took = info["closeTimestamp"] - info["startTimestamp"]
        assert took >= 1 - 0.0005
        harness.in_time(took, 1.5, "the time-out")
        assert run.history()[0][1]["executionStartToCloseTimeout"] == "3600"


def test_what_is_open_in_an_execution(scarce):
    run = scarce.start()
    scarce.decide(
        scarce.decision_task(),
        world.start_timer("t1", "100"),
        world.start_timer("t2", "100"),
        world.schedule("a1"),
        world.schedule("a2"),
    )
    failed = [
        (kind, attributes["cause"])
        for kind, attributes in run.history()
        if kind.endswith("Failed")
    ]
    assert failed == [
        ("StartTimerFailed", "OPEN_TIMERS_LIMIT_EXCEEDED"),
        ("ScheduleActivityTaskFailed", "OPEN_ACTIVITIES_LIMIT_EXCEEDED"),
    ]


def test_waiting_polls(small, scarce):
    poll = {"domain": scarce.name, "taskList": {"name": "one"}}
    http = raw.Http(small.endpoint)
    both = [http.open("PollForActivityTask", poll) for _ in range(2)]
    try:
        refused = answered(both, 1)
        assert len(refused) == 1, "one waits, whichever came first"
        assert_too_many(raw.read_reply(refused[0]))
    finally:
        for one in both:
            one.close()


def test_limits_can_be_off():
    count = 1_500
    with harness.Server(arguments=settings(open_timers="off", tags_per_run="off")) as server:
        domain = world.World(Boto3(server.endpoint))
        run = domain.start(tagList=[str(number) for number in range(100)])
        timers = [world.start_timer(f"t{number}", "100") for number in range(count)]
        domain.decide(domain.decision_task(), *timers)
        assert run.describe()["openCounts"]["openTimers"] == count
        assert len(run.describe()["executionInfo"]["tagList"]) == 100


def test_all_of_amazons_limits():
    arguments = ["--limits", "aws", "--rate", "RegisterDomain=off"]
    with harness.Server(arguments=arguments) as server:
        client = Boto3(server.endpoint)
        for number in range(100):
            client.call(
                "RegisterDomain",
                name=str(number),
                workflowExecutionRetentionPeriodInDays="1",
            )
        new = {"name": "x", "workflowExecutionRetentionPeriodInDays": "1"}
        fault = fault_of(client.call, "RegisterDomain", **new)
        assert fault == ("LimitExceededFault", "Limit on the number of domains reached")


@pytest.mark.parametrize("retention", ["0", "NONE"])
def test_closed_executions_can_be_kept_for_ever(tmp_path, retention):
    window = {"startTimeFilter": {"oldestDate": 0}}
    with harness.Server(tmp_path / "unlimited", ["--retention", "unlimited"]) as server:
        domain = world.World(Boto3(server.endpoint), retention=retention)
        run = domain.start()
        domain.decide(domain.decision_task(), world.complete())
        server.restart()
        domain.client = Boto3(server.endpoint)
        assert run.describe()["executionInfo"]["closeStatus"] == "COMPLETED"
        assert len(run.events()) == 5
        listed = domain.call("ListClosedWorkflowExecutions", **window)
        assert [info["execution"] for info in listed["executionInfos"]] == [run.execution]
    with harness.Server(tmp_path / "registered") as server:
        domain = world.World(Boto3(server.endpoint), retention=retention)
        run = domain.start()
        domain.decide(domain.decision_task(), world.complete())
        execution = {"execution": run.execution}
        fault = fault_of(domain.call, "DescribeWorkflowExecution", **execution)
        assert fault == ("UnknownResourceFault", run.unknown())
        assert domain.call("ListClosedWorkflowExecutions", **window)["executionInfos"] == []
