"""RecordActivityTaskHeartbeat and policies: who may not has no effect, not even on the clock.

The clock is a manual one. A permitted heartbeat 2 seconds after the start says "kept"; the task's heartbeat time-out is
10 seconds, so without another permitted one it times out 12 seconds after its start, with the details "kept".
"""

import pytest

import world
from access_folder import AccessFolder, allow, document
from access_server import REFUSED, Guarded, domain_arn, fault, refusal, user_arn
from clients import AwsCli, Fault
from clients.aws_cli import FAULT
from command_line import HEARTBEAT, CommandLine
from manual_clock import ARGUMENTS, OWN, Clock

OPERATION = "RecordActivityTaskHeartbeat"
ACTION = f"swf:{OPERATION}"
NAME = "heartbeats"
OTHER_ACCOUNT = "210987654321"
KEYS = [
    "swf:activityType.name",
    "swf:activityType.version",
    "swf:defaultTaskList.name",
    "swf:name",
    "swf:tagFilter.tag",
    "swf:tagList.0",
    "swf:tagList.member.0",
    "swf:taskList.name",
    "swf:typeFilter.name",
    "swf:typeFilter.version",
    "swf:version",
    "swf:workflowType.name",
    "swf:workflowType.version",
    "swf:workflowTypeVersion",
]
# The task's own values, which nevertheless are not those of a heartbeat.
TRUE_VALUES = {
    "swf:activityType.name": "ship",
    "swf:activityType.version": "1.0",
    "swf:taskList.name": world.ACTIVITY_LIST,
    "swf:workflowType.name": "order",
    "swf:workflowType.version": "1.0",
    "swf:tagList.member.0": "red",
}


def heartbeats(**condition):
    """Heartbeats in the domain, where the condition holds."""
    more = {"Condition": condition} if condition else {}
    return allow(ACTION, domain_arn(NAME), **more)


def policies():
    """Who may not, with whether by an explicit deny, and who may."""
    denies = {"Effect": "Deny", "Action": ACTION, "Resource": domain_arn(NAME)}
    may_not = {
        "nobody": ([], False),
        "elsewhere": ([allow(ACTION, domain_arn("elsewhere"))], False),
        "prefix": ([allow(ACTION, domain_arn(NAME[:-1]))], False),
        "worker-without": ([allow(["swf:PollFor*", "swf:Respond*", "swf:Describe*"])], False),
        "forbidden": ([document(*allow("swf:*")["Statement"], denies)], True),
    }
    for key, value in TRUE_VALUES.items():
        may_not[f"equals-{key}"] = ([heartbeats(StringEquals={key: value})], False)
    may = {
        "worker": [heartbeats()],
        "all-absent": [heartbeats(Null=dict.fromkeys(KEYS, "true"))],
        "if-exists": [heartbeats(StringEqualsIfExists=dict.fromkeys(KEYS, "something else"))],
        "not-equals": [heartbeats(StringNotEquals=TRUE_VALUES)],
    }
    return may_not, may


MAY_NOT, MAY = policies()


@pytest.fixture(scope="module")
def people(tmp_path_factory):
    folder = AccessFolder(tmp_path_factory.mktemp("access"))
    with folder.together():
        owned = MAY | {name: policies for name, (policies, _) in MAY_NOT.items()}
        keys = {name: folder.user(_named(name), each) for name, each in owned.items()}
        foreign = folder.user("foreign", [allow("swf:*")], account=OTHER_ACCOUNT)
    return folder, keys | {"foreign": foreign}


def _named(name):
    """A user's name has no colons."""
    return name.replace(":", "-")


@pytest.fixture(scope="module")
def guarded(people):
    with Guarded(people[0], *ARGUMENTS[:2]) as running:
        yield running


@pytest.fixture(scope="module")
def clock(guarded):
    """The clock of the server, moved by root."""
    found = Clock(guarded.endpoint)
    found.http = guarded.http(guarded.root_keys)
    return found


@pytest.fixture(scope="module")
def domain(guarded):
    return world.World(guarded.root, NAME)


class Watched:
    """A running activity task with a heartbeat time-out, of which a heartbeat "kept" was permitted after 2 s."""

    def __init__(self, guarded, people, domain, clock):
        self.clock, self.domain = clock, domain
        self.run = domain.start(tagList=["red"])
        domain.decide(domain.decision_task(), world.schedule("a", heartbeatTimeout="10"))
        self.task = domain.activity_task()
        self.token = self.task["taskToken"]
        self.base = clock.now
        clock.advance(2)
        worker = guarded.client(people[1]["worker"])
        assert worker.call(OPERATION, taskToken=self.token, details="kept") == {
            "cancelRequested": False
        }
        clock.advance(6)

    def last_heartbeat(self):
        """Seconds after the start of the task, and the details, of the last one that was recorded."""
        asked = {"domain": self.domain.name, "execution": self.run.execution}
        reply = self.clock.http.post("DescribeHeartbeats", asked, target=OWN)
        (found,) = reply.json["heartbeats"]
        return round(found["latestHeartbeatTimestamp"] - self.base, 3), found.get("details")

    def timed_out(self):
        """Seconds after the start, and the details, of the event at the end of the task."""
        self.clock.advance(20)
        (found,) = [e for e in self.run.events() if e["eventType"] == "ActivityTaskTimedOut"]
        attributes = found["activityTaskTimedOutEventAttributes"]
        assert attributes["timeoutType"] == "HEARTBEAT"
        return round(found["eventTimestamp"] - self.base, 3), attributes.get("details")

    def close(self):
        self.domain.call("TerminateWorkflowExecution", **self.run.execution)


@pytest.fixture
def watched(guarded, people, domain, clock):
    made = Watched(guarded, people, domain, clock)
    yield made
    made.close()


def by_boto3(guarded, keys, tmp_path):
    return guarded.client(keys).call


def by_aws_cli(guarded, keys, tmp_path):
    return AwsCli(guarded.endpoint, keys).call


def by_everbeat(guarded, keys, tmp_path):
    """`everbeat record-activity-task-heartbeat`, with the fault taken from its text."""
    variables = {
        "AWS_ACCESS_KEY_ID": keys.access_key_id,
        "AWS_SECRET_ACCESS_KEY": keys.secret,
    }
    program = CommandLine(tmp_path, guarded.endpoint, **variables)

    def call(operation, taskToken, details):
        assert operation == OPERATION
        done = program.run(HEARTBEAT, "--task-token", taskToken, "--details", details)
        if done.status == 0:
            return {"cancelRequested": "true" in done.stdout.lower()}
        found = FAULT.search(done.stderr.strip())
        raise Fault(found["code"], found["message"])

    return call


CLIENTS = {"boto3": by_boto3, "aws-cli": by_aws_cli, "everbeat": by_everbeat}


@pytest.mark.parametrize("name", MAY_NOT)
def test_who_may_not_leaves_no_trace(guarded, people, watched, name):
    text = refusal(user_arn(_named(name)), ACTION, domain_arn(NAME), MAY_NOT[name][1])
    call = guarded.client(people[1][name]).call
    before = watched.run.events(), watched.run.describe()
    assert fault(call, OPERATION, taskToken=watched.token, details="lost") == (REFUSED, text)
    assert fault(call, OPERATION, taskToken=watched.token) == (REFUSED, text)
    assert (watched.run.events(), watched.run.describe()) == before
    assert watched.last_heartbeat() == (2, "kept")
    assert watched.timed_out() == (12, "kept")


@pytest.mark.parametrize("name", MAY)
def test_who_may_is_not_asked_for_parameters(guarded, people, watched, name):
    """No condition key reaches a parameter of the call: the task's own values are no values of it."""
    call = guarded.client(people[1][name]).call
    answer = call(OPERATION, taskToken=watched.token, details="new")
    assert answer == {"cancelRequested": False}
    assert watched.last_heartbeat() == (8, "new")
    assert watched.timed_out() == (18, "new")


@pytest.mark.parametrize("client", CLIENTS)
def test_through_each_client(guarded, people, watched, tmp_path, client):
    connect = CLIENTS[client]
    for name in ("nobody", "elsewhere"):
        call = connect(guarded, people[1][name], tmp_path)
        text = refusal(user_arn(name), ACTION, domain_arn(NAME))
        assert fault(call, OPERATION, taskToken=watched.token, details="lost") == (REFUSED, text)
    assert watched.last_heartbeat() == (2, "kept")
    call = connect(guarded, people[1]["worker"], tmp_path)
    answer = call(OPERATION, taskToken=watched.token, details="by client")
    assert answer == {"cancelRequested": False}
    watched.domain.call("RequestCancelWorkflowExecution", **watched.run.execution)
    task = watched.domain.decision_task()
    watched.domain.decide(task, world.cancel_activity("a"))
    answer = call(OPERATION, taskToken=watched.token, details="canceling")
    assert answer == {"cancelRequested": True}
    assert watched.timed_out() == (18, "canceling")


def test_refused_heartbeats_without_end_keep_nobody_alive(guarded, people, watched, clock):
    """One each second, each refused: the time-out is counted from the last permitted one all the same."""
    call = guarded.client(people[1]["nobody"]).call
    for _ in range(3):
        clock.advance(1)
        assert fault(call, OPERATION, taskToken=watched.token, details="lost")[0] == REFUSED
    assert watched.timed_out() == (12, "kept")


def test_a_token_of_another_account(guarded, people, watched):
    """Not a matter of policies: the caller may do everything, where he is."""
    foreign = (
        "OperationNotPermittedFault",
        "Operation not permitted: the task token is of another account or region",
    )
    call = guarded.client(people[1]["foreign"]).call
    assert fault(call, OPERATION, taskToken=watched.token, details="lost") == foreign
    elsewhere = guarded.client(people[1]["worker"], region="eu-west-1").call
    assert fault(elsewhere, OPERATION, taskToken=watched.token, details="lost") == foreign
    assert watched.last_heartbeat() == (2, "kept")
    assert watched.timed_out() == (12, "kept")


def test_a_finished_task_and_a_token_that_is_none(guarded, people, watched):
    worker = guarded.client(people[1]["worker"]).call
    invalid = ("ValidationException", "Invalid token")
    assert fault(worker, OPERATION, taskToken="none") == invalid
    guarded.root.call("RespondActivityTaskCompleted", taskToken=watched.token)
    assert fault(worker, OPERATION, taskToken=watched.token)[0] == "UnknownResourceFault"
    nobody = guarded.client(people[1]["nobody"]).call
    assert fault(nobody, OPERATION, taskToken=watched.token)[0] == REFUSED


def test_the_clock_is_roots(guarded, people, clock):
    """Moving it is an action of its own, which no swf: policy covers."""
    state = clock.now
    for name in ("nobody", "forbidden"):
        reply = guarded.http(people[1][name]).post("MoveClock", {"seconds": "60"}, target=OWN)
        assert reply.status == 400
        assert reply.kind.endswith("#" + REFUSED)
        assert "everbeat:MoveClock" in reply.text
    assert clock.now == state


def test_everbeats_own_view_of_heartbeats_needs_the_right_to_describe(guarded, people, watched):
    asked = {"domain": NAME, "execution": watched.run.execution}
    for own in ("DescribeHeartbeats", "DescribeWaits"):
        body = asked if own == "DescribeHeartbeats" else {"domain": NAME} | watched.run.execution
        reply = guarded.http(people[1]["worker"]).post(own, body, target=OWN)
        action = "swf:DescribeWorkflowExecution"
        assert reply.text == refusal(user_arn("worker"), action, domain_arn(NAME))
        reply = guarded.http(people[1]["worker-without"]).post(own, body, target=OWN)
        assert reply.status == 200, reply.body
