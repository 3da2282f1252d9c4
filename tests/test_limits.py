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
    server = harness.Server(tmp_path, ["--poll-hold-seconds", 30])
    monkeypatch.setattr(server, "command", limited(server.command))
    try:
        with server:
            domain = world.World(Boto3(server.endpoint))
            http = raw.Http(server.endpoint)
            poll = {"domain": domain.name, "taskList": {"name": "crowded"}}
            sockets = [http.open("PollForActivityTask", poll) for _ in range(POLLERS + EXCESS)]
            refused = answered(sockets, EXCESS)
            for one in refused:
                reply = one.recv(4096).decode()
                assert reply.startswith("HTTP/1.1 400")
                assert "#LimitExceededFault" in reply
                assert "Limit on maximum concurrent poll requests per task list reached" in reply
            # All others wait.
            assert answered(set(sockets) - set(refused), 1, seconds=0.3) == []
    finally:
        for one in sockets:
            one.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def answered(sockets, count, seconds=3):
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
