"""Polls of the command line, Ctrl-C during them, and a script that says `aws swf`."""

import json
import os
import signal
import subprocess
import threading
import time

import pytest

import harness
import world
from clients import Boto3
from command_line import CommandLine
from connections import settle
from world import event, schedule

POLL = "poll-for-activity-task"
HOLD_SECONDS = 30
SENT = b"Sending http request: "


@pytest.fixture(scope="module")
def holding(tmp_path_factory):
    """A server that holds polls longer than any test, so that none ends by itself."""
    directory = tmp_path_factory.mktemp("data")
    with harness.Server(directory, ["--poll-hold-seconds", HOLD_SECONDS]) as running:
        client = Boto3(running.endpoint)
        yield running, client
        client.close()


@pytest.fixture
def line(server, tmp_path):
    """The command line in front of the module's server, which holds polls for a second."""
    return CommandLine(tmp_path / "home", server.endpoint)


def words(domain, operation=POLL, task_list=world.ACTIVITY_LIST):
    return [operation, "--domain", domain.name, "--task-list", f"name={task_list}"]


class Poll:
    """A poll by the command line that goes out or, unless `at_once`, waits at the server."""

    def __init__(self, line, *words, at_once=False):
        self.port = int(line.environment["AWS_ENDPOINT_URL_SWF"].rsplit(":", 1)[1])
        self.process = line.start(*words, "--debug")
        # The log says when the request goes out; what follows must not fill the pipe.
        if not any(SENT in text for text in self.process.stderr):
            raise AssertionError("nothing was sent")
        threading.Thread(target=self.process.stderr.read, daemon=True).start()
        if not at_once:
            # The log tells nothing of the moment when it is sent: give it some time.
            time.sleep(0.15)
            settle(self.port)

    def interrupt(self):
        """Sends SIGINT; the exit status and standard output, once the server has seen the end."""
        self.process.send_signal(signal.SIGINT)
        status = self.process.wait(harness.WAIT_SECONDS)
        settle(self.port)
        return status, self.process.stdout.read()


class TestIdle:
    """The answers of the reference, whose merged pages have a null for what did not come."""

    def test_an_activity_poll(self, line, domain):
        with harness.elapsed() as seconds:
            printed = line.run(*words(domain)).printed()
            took = seconds()
        assert took > 0.95
        harness.in_time(took, 3, "an idle poll")
        assert printed == '{\n    "startedEventId": 0\n}\n'

    def test_a_decision_poll(self, line, domain):
        empty = json.loads(line.run(*words(domain, "poll-for-decision-task")).printed())
        assert empty == {
            "taskToken": None,
            "startedEventId": 0,
            "workflowExecution": None,
            "workflowType": None,
            "previousStartedEventId": 0,
        }

    def test_a_read_time_out_that_is_given_is_obeyed(self, holding, line):
        server, client = holding
        domain = world.World(client)
        line = line.with_variables(AWS_ENDPOINT_URL_SWF=server.endpoint)
        done = line.run(*words(domain), "--cli-read-timeout", "1")
        done.failed(255, f'Read timeout on endpoint URL: "{server.endpoint}/"')


@pytest.mark.parametrize("form", ["json", "text"])
@pytest.mark.parametrize("at_once", [True, False], ids=["at once", "later"])
def test_an_interrupted_poll_takes_no_task_with_it(holding, tmp_path, form, at_once):
    server, client = holding
    domain = world.World(client)
    line = CommandLine(tmp_path / "home", server.endpoint)
    gone = [*words(domain), "--identity", "gone", "--output", form]
    poll = Poll(line, *gone, at_once=at_once)
    assert poll.interrupt() == (130, b"\n")
    run = domain.start()
    domain.decide(domain.decision_task(), schedule("a"))
    task = domain.poll("PollForActivityTask", world.ACTIVITY_LIST, identity="next")
    assert task["activityId"] == "a"
    assert run.history(after=5) == [
        event("ActivityTaskStarted", scheduledEventId=5, identity="next")
    ]


def test_an_interrupted_decision_poll(holding, tmp_path):
    server, client = holding
    domain = world.World(client)
    line = CommandLine(tmp_path / "home", server.endpoint)
    decision_poll = words(domain, "poll-for-decision-task", world.DECISION_LIST)
    poll = Poll(line, *decision_poll)
    assert poll.interrupt() == (130, b"\n")
    run = domain.start()
    task = domain.poll("PollForDecisionTask", world.DECISION_LIST, identity="next")
    assert task["workflowExecution"] == run.execution
    assert run.history(after=2) == [
        event("DecisionTaskStarted", scheduledEventId=2, identity="next")
    ]


def test_a_waiting_poll_gets_the_task(holding, tmp_path):
    server, client = holding
    domain = world.World(client)
    line = CommandLine(tmp_path / "home", server.endpoint)
    poll = Poll(line, *words(domain), "--output", "text", "--query", "activityId")
    domain.start()
    domain.decide(domain.decision_task(), schedule("a"))
    stdout = poll.process.stdout.read()
    assert (poll.process.wait(harness.WAIT_SECONDS), stdout) == (0, b"a\n")


SCRIPT = """\
#!/bin/sh
set -eu
domain=$1
aws swf register-domain --name "$domain" --workflow-execution-retention-period-in-days 1
aws swf register-workflow-type --domain "$domain" --name order --workflow-version 1 \\
    --default-task-list name=main --default-child-policy TERMINATE \\
    --default-task-start-to-close-timeout 30 --default-execution-start-to-close-timeout 600
aws swf register-activity-type --domain "$domain" --name ship --activity-version 1 \\
    --default-task-list name=work --default-task-heartbeat-timeout NONE
run=$(aws swf start-workflow-execution --domain "$domain" --workflow-id order-1 \\
    --workflow-type name=order,version=1 --input 'for Zoë' --query runId --output text)
token=$(aws swf poll-for-decision-task --domain "$domain" --task-list name=main \\
    --query taskToken --output text)
aws swf respond-decision-task-completed --task-token "$token" --decisions '[{
    "decisionType": "ScheduleActivityTask", "scheduleActivityTaskDecisionAttributes": {
    "activityType": {"name": "ship", "version": "1"}, "activityId": "a", "input": "parcel",
    "scheduleToStartTimeout": "60", "scheduleToCloseTimeout": "60",
    "startToCloseTimeout": "60"}}]'
set -- $(aws swf poll-for-activity-task --domain "$domain" --task-list name=work \\
    --query '[taskToken, activityId, input]' --output text)
echo "activity $2 with $3"
stop=$(aws swf record-activity-task-heartbeat --task-token "$1" --details 50% \\
    --query cancelRequested --output text)
[ "$stop" = False ] && aws swf respond-activity-task-completed --task-token "$1" --result sent
aws swf list-open-workflow-executions --domain "$domain" --start-time-filter oldestDate=0 \\
    --query 'executionInfos[].execution.workflowId' --output text
aws swf describe-workflow-execution --domain "$domain" \\
    --execution "workflowId=order-1,runId=$run" \\
    --query 'openCounts.[openDecisionTasks,openActivityTasks]' --output text
aws swf terminate-workflow-execution --domain "$domain" --workflow-id order-1 --run-id "$run"
aws swf get-workflow-execution-history --domain "$domain" --reverse-order --no-paginate \\
    --execution "workflowId=order-1,runId=$run" --query 'events[0].eventType' --output text
if aws swf describe-domain --name nowhere 2>/dev/null; then exit 1; else echo "status $?"; fi
"""

PRINTED = """\
activity a with parcel
order-1
1	0
WorkflowExecutionTerminated
status 254
"""


@pytest.mark.parametrize("shell", ["sh", "bash"])
def test_a_script_that_says_aws(server, boto, tmp_path, shell):
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "aws").symlink_to(harness.binary())
    line = CommandLine(tmp_path / "home", server.endpoint)
    line.environment["PATH"] = f"{programs}{os.pathsep}{line.environment['PATH']}"
    script = line.file("script.sh", SCRIPT)
    name = harness.unique("domain")
    done = subprocess.run(
        [shell, script, name],
        cwd=line.home,
        env=line.environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=120,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode() == PRINTED
    closed = boto.call(
        "ListClosedWorkflowExecutions", domain=name, startTimeFilter={"oldestDate": 0}
    )
    (info,) = closed["executionInfos"]
    assert (info["execution"]["workflowId"], info["closeStatus"]) == ("order-1", "TERMINATED")
