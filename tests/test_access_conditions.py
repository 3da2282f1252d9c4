"""Condition keys as the server fills them in, through real calls: each is tried with the value that it has and with another."""

import pytest

import access_calls
import harness
import world
from access_folder import AccessFolder, allow
from access_server import Guarded, domain_arn, fault, is_refused

LETTERS = ["a", "b", "c", "d", "e"]
FIVE = {f"swf:tagList.member.{place}": letter for place, letter in enumerate(LETTERS)}
ACTIVITY = {"swf:activityType.name": "spare", "swf:activityType.version": "7"}
WORKFLOW = {"swf:workflowType.name": "spare", "swf:workflowType.version": "7"}
LISTS = {"Decision": world.DECISION_LIST, "Activity": world.ACTIVITY_LIST}
BY_TAG = {"tagFilter": {"tag": "red"}}
BY_TYPE = {"typeFilter": {"name": "order", "version": "1.0"}}
NEW_TYPE = {"swf:name": "spare", "swf:version": "7", "swf:defaultTaskList.name": "spares"}
GIVEN = {"taskList": {"name": "given"}}


def keyed():
    """Operation, parameters beyond those of `CALLS`, and the values of its keys."""
    for which in ("CountOpen", "CountClosed", "ListOpen", "ListClosed"):
        operation = f"{which}WorkflowExecutions"
        yield operation, BY_TAG, {"swf:tagFilter.tag": "red"}
        yield operation, BY_TYPE, {"swf:typeFilter.name": "order", "swf:typeFilter.version": "1.0"}
    for task, task_list in LISTS.items():
        for operation in (f"CountPending{task}Tasks", f"PollFor{task}Task"):
            yield operation, {}, {"swf:taskList.name": task_list}
    for word in ("Describe", "Deprecate", "Undeprecate", "Delete"):
        yield f"{word}ActivityType", {}, ACTIVITY
        yield f"{word}WorkflowType", {}, WORKFLOW
    yield "RegisterActivityType", {}, NEW_TYPE
    yield "RegisterWorkflowType", {}, NEW_TYPE
    start = {"swf:workflowType.name": "order", "swf:workflowType.version": "1.0"}
    yield "StartWorkflowExecution", {}, start | {"swf:taskList.name": world.DECISION_LIST}
    yield "StartWorkflowExecution", GIVEN, {"swf:taskList.name": "given"}
    yield "StartWorkflowExecution", {"tagList": LETTERS}, FIVE
    task = {
        "swf:activityType.name": "ship",
        "swf:activityType.version": "1.0",
        "swf:taskList.name": world.ACTIVITY_LIST,
        "swf:tagList.member.0": "red",
        "swf:tagList.member.1": "round",
    }
    yield "RespondActivityTaskCompleted", {}, start | task
    request_tag = {"aws:RequestTag/team": "blue", "aws:RequestTag/TEAM": "blue"}
    yield "TagResource", {}, request_tag | {"aws:TagKeys": "team"}
    yield "RegisterDomain", {"tags": [{"key": "team", "value": "blue"}]}, request_tag
    yield "UntagResource", {}, {"aws:TagKeys": "team"}


ROWS = [
    (operation, more, key, value)
    for operation, more, values in keyed()
    for key, value in values.items()
]
ABSENT = [
    ("CountOpenWorkflowExecutions", {}, "swf:tagFilter.tag"),
    ("ListClosedWorkflowExecutions", BY_TAG, "swf:typeFilter.name"),
    ("ListOpenWorkflowExecutions", {"typeFilter": {"name": "order"}}, "swf:typeFilter.version"),
    ("RegisterActivityType", {"defaultTaskList": None}, "swf:defaultTaskList.name"),
    ("RegisterWorkflowType", {}, "swf:taskList.name"),
    ("StartWorkflowExecution", {}, "swf:tagList.member.2"),
    ("StartWorkflowExecution", {}, "swf:tagList.0"),
    ("RespondActivityTaskCompleted", {}, "swf:tagList.member.2"),
    ("RespondActivityTaskFailed", {}, "swf:taskList.name"),
    ("RespondActivityTaskCanceled", {}, "swf:activityType.name"),
    ("RespondDecisionTaskCompleted", {}, "swf:workflowType.name"),
    ("DescribeWorkflowExecution", {}, "swf:workflowType.name"),
    ("TerminateWorkflowExecution", {}, "swf:workflowType.name"),
    ("RegisterDomain", {}, "swf:name"),
    ("RegisterDomain", {}, "aws:TagKeys"),
    ("UntagResource", {}, "aws:RequestTag/team"),
    ("ListDomains", {}, "aws:ResourceTag/team"),
    ("DescribeDomain", {}, "aws:ResourceTag/team"),
    ("DescribeDomain", {}, "aws:TokenIssueTime"),
]


def where(operation, **condition):
    """May do one thing, where the condition holds; whatever tags it sets."""
    return allow([f"swf:{operation}", *_besides(operation)], Condition=condition)


def _besides(operation):
    return ["swf:TagResource"] if operation == "RegisterDomain" else []


# Names of users, each with a policy for DescribeDomain that holds for it or not.
CALLER = {
    "username": {"StringEquals": {"aws:username": "yes-username"}},
    "userid": {"StringLike": {"aws:userid": "AID*"}},
    "arn": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:user/yes-*"}},
    "account": {"StringEquals": {"aws:PrincipalAccount": harness.ACCOUNT}},
    "type": {"StringEquals": {"aws:PrincipalType": "User"}},
    "tag": {"StringEquals": {"aws:PrincipalTag/team": "blue"}},
    "tag-of-both": {"StringEquals": {"aws:ResourceTag/team": "${aws:PrincipalTag/team}"}},
    "region": {"StringEquals": {"aws:RequestedRegion": harness.REGION}},
    "since": {"DateGreaterThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}},
    "until": {"DateLessThan": {"aws:CurrentTime": "2100-01-01"}},
    "epoch": {"NumericGreaterThan": {"aws:EpochTime": "1577836800"}},
    "plain": {"Bool": {"aws:SecureTransport": "false"}},
    "agent": {"StringLike": {"aws:UserAgent": "Boto3/*"}},
    "address": {"IpAddress": {"aws:SourceIp": "127.0.0.0/29"}},
}
NOT_CALLER = {
    "username": {"StringEquals": {"aws:username": "yes-username"}},
    "arn": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/*"}},
    "account": {"StringEquals": {"aws:PrincipalAccount": "210987654321"}},
    "type": {"StringEquals": {"aws:PrincipalType": ["Account", "AssumedRole"]}},
    "tag": {"StringEquals": {"aws:PrincipalTag/team": "red"}},
    "tag-key": {"Null": {"aws:PrincipalTag/Group": "false"}},
    "region": {"StringEquals": {"aws:RequestedRegion": "eu-west-1"}},
    "since": {"DateGreaterThan": {"aws:CurrentTime": "2100-01-01"}},
    "until": {"DateLessThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}},
    "epoch": {"NumericLessThan": {"aws:EpochTime": "1577836800"}},
    "secure": {"Bool": {"aws:SecureTransport": "true"}},
    "agent": {"StringLike": {"aws:UserAgent": "aws-cli/*"}},
    "address": {"NotIpAddress": {"aws:SourceIp": "127.0.0.0/8"}},
}
OWN_DOMAINS = domain_arn("${aws:username}-*")


def policies():
    found = {}
    for number, (operation, _, key, value) in enumerate(ROWS):
        found[f"match-{number}"] = where(operation, StringEquals={key: value})
        found[f"other-{number}"] = where(operation, StringEquals={key: f"{value}-other"})
    for number, (operation, _, key) in enumerate(ABSENT):
        found[f"null-{number}"] = where(operation, Null={key: "true"})
        found[f"not-null-{number}"] = where(operation, Null={key: "false"})
    for name, condition in CALLER.items():
        found[f"yes-{name}"] = where("DescribeDomain", **condition)
    for name, condition in NOT_CALLER.items():
        found[f"no-{name}"] = where("DescribeDomain", **condition)
    found["alice"] = found["bob"] = allow("swf:*", OWN_DOMAINS)
    blue = {"aws:ResourceTag/team": "blue"}
    found["blue-only"] = allow("swf:*", Condition={"StringEquals": blue})
    tags = {"ForAllValues:StringEquals": {"aws:TagKeys": ["team", "stage"]}}
    found["tagger"] = allow(["swf:TagResource", "swf:UntagResource"], Condition=tags)
    here = {"IpAddress": {"aws:SourceIp": "127.0.0.1"}}
    found["here"] = allow("swf:ListDomains", Condition=here)
    office = {"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "2001:db8::/32"]}}
    found["office"] = allow("swf:ListDomains", Condition=office)
    tool = {"StringEquals": {"aws:UserAgent": "tool/1"}}
    found["tool"] = allow("swf:ListDomains", Condition=tool)
    return found


@pytest.fixture(scope="module")
def people(tmp_path_factory):
    folder = AccessFolder(tmp_path_factory.mktemp("access"))
    with folder.together():
        blue = {"team": "blue"}
        return folder, {
            name: folder.user(name, [policy], tags=blue) for name, policy in policies().items()
        }


@pytest.fixture(scope="module")
def guarded(people):
    with Guarded(people[0], "--trusted-proxy", "127.0.0.3") as running:
        yield running


@pytest.fixture(scope="module")
def who(guarded, people):
    """A function from a user's name to a client."""
    return lambda name: guarded.client(people[1][name])


def request(guarded, operation, more):
    """A world of its own and a good request in it; a None leaves a parameter out."""
    domain = world.World(guarded.root, harness.unique("domain"))
    params = access_calls.CALLS[operation](domain) | more
    return {name: value for name, value in params.items() if value is not None}


@pytest.mark.parametrize(
    "number", range(len(ROWS)), ids=[f"{row[0]}-{row[2]}={row[3]}" for row in ROWS]
)
def test_keys_have_the_values_that_take_effect(guarded, who, number):
    operation, more, _, _ = ROWS[number]
    params = request(guarded, operation, more)
    assert is_refused(who(f"other-{number}").call, operation, **params)
    assert not is_refused(who(f"match-{number}").call, operation, **params)


@pytest.mark.parametrize("number", range(len(ABSENT)), ids=[f"{row[0]}-{row[2]}" for row in ABSENT])
def test_keys_that_are_absent(guarded, who, number):
    operation, more, _ = ABSENT[number]
    params = request(guarded, operation, more)
    assert is_refused(who(f"not-null-{number}").call, operation, **params)
    assert not is_refused(who(f"null-{number}").call, operation, **params)


@pytest.fixture(scope="module")
def blue(guarded):
    """A domain with a tag."""
    domain = world.World(guarded.root, "blue")
    tags = [{"key": "team", "value": "blue"}]
    guarded.root.call("TagResource", resourceArn=domain_arn("blue"), tags=tags)
    return domain


@pytest.mark.parametrize("name", CALLER)
def test_what_is_true_of_a_caller(who, blue, name):
    assert not is_refused(who(f"yes-{name}").call, "DescribeDomain", name=blue.name)


@pytest.mark.parametrize("name", NOT_CALLER)
def test_what_is_not_true_of_a_caller(who, blue, name):
    assert is_refused(who(f"no-{name}").call, "DescribeDomain", name=blue.name)


def test_a_region_is_that_of_the_signature(guarded, people):
    elsewhere = guarded.client(people[1]["yes-region"], region="eu-west-1").call
    assert is_refused(elsewhere, "DescribeDomain", name="blue")
    elsewhere = guarded.client(people[1]["no-region"], region="eu-west-1").call
    unknown = ("UnknownResourceFault", "Unknown domain: blue")
    assert fault(elsewhere, "DescribeDomain", name="blue") == unknown


def test_a_user_in_a_resource(guarded, who):
    for name in ("alice-1", "bob-1"):
        world.World(guarded.root, name)
    for name, other in (("alice", "bob"), ("bob", "alice")):
        call = who(name).call
        assert not is_refused(call, "DescribeDomain", name=f"{name}-1")
        assert is_refused(call, "DescribeDomain", name=f"{other}-1")
        assert is_refused(call, "DescribeDomain", name=name)


def test_tags_of_a_domain_count_at_once(guarded, who):
    """For calls, for polls, and for what is done by a task's token."""
    domain = world.World(guarded.root, "changing")
    domain.start()
    domain.decide(domain.decision_task(), world.schedule("a"))
    token = {"taskToken": domain.activity_task()["taskToken"]}
    named = {"domain": domain.name}
    calls = [
        ("DescribeDomain", {"name": domain.name}),
        ("CountPendingActivityTasks", named | {"taskList": {"name": "work"}}),
        ("PollForActivityTask", named | {"taskList": {"name": "none"}}),
        ("RecordActivityTaskHeartbeat", token),
    ]
    arn = {"resourceArn": domain_arn(domain.name)}
    call = who("blue-only").call
    for value in (None, "blue", "red", "blue", None):
        if value is None:
            guarded.root.call("UntagResource", **arn, tagKeys=["team"])
        else:
            tags = [{"key": "team", "value": value}]
            guarded.root.call("TagResource", **arn, tags=tags)
        for operation, params in calls:
            assert is_refused(call, operation, **params) == (value != "blue")


def test_tag_keys_that_differ_in_case_only(guarded):
    """Policies do not tell them apart, so a domain has one of them only."""
    domain = world.World(guarded.root, "case")
    arn = {"resourceArn": domain_arn("case")}
    both = [{"key": "TEAM", "value": "blue"}, {"key": "team", "value": "red"}]
    for tags in (both, both[:1], both[1:], both[:1]):
        wrong = tags is both or tags == both[1:]
        if wrong:
            code, text = fault(guarded.root.call, "TagResource", **arn, tags=tags)
            assert code == "ValidationException" and "case only" in text
        else:
            guarded.root.call("TagResource", **arn, tags=tags)
    tags = guarded.root.call("ListTagsForResource", **arn)["tags"]
    assert tags == both[:1], domain.name


def test_all_keys_of_a_set_of_tags(guarded, who):
    domain = world.World(guarded.root, "tagged-by-tagger")
    arn = {"resourceArn": domain_arn(domain.name)}
    call = who("tagger").call

    def tags(*keys):
        return {"tags": [{"key": key, "value": "v"} for key in keys]}

    assert not is_refused(call, "TagResource", **arn, **tags("team"))
    assert not is_refused(call, "TagResource", **arn, **tags("team", "stage"))
    assert is_refused(call, "TagResource", **arn, **tags("team", "owner"))
    assert is_refused(call, "TagResource", **arn, **tags("Team"))
    assert is_refused(call, "UntagResource", **arn, tagKeys=["stage", "owner"])
    assert not is_refused(call, "UntagResource", **arn, tagKeys=["stage"])
    left = guarded.root.call("ListTagsForResource", **arn)["tags"]
    assert [tag["key"] for tag in left] == ["team"]


def may_list(guarded, people, name, source="127.0.0.1", **headers):
    """Whether a user coming from an address, with these headers, may list domains."""
    http = guarded.http(people[1][name], source=source)
    reply = http.post("ListDomains", access_calls.LIVE, **headers)
    assert reply.status == 200 or reply.kind.endswith("#AccessDeniedException"), reply.body
    return reply.status == 200


def test_the_address_is_that_of_the_connection(guarded, people):
    assert may_list(guarded, people, "here")
    assert not may_list(guarded, people, "here", source="127.0.0.2")


@pytest.mark.parametrize(
    ("source", "forwarded", "allowed"),
    [
        ("127.0.0.1", "10.1.2.3", False),
        ("127.0.0.2", "10.1.2.3", False),
        ("127.0.0.3", None, False),
        ("127.0.0.3", "10.1.2.3", True),
        ("127.0.0.3", "192.0.2.1", False),
        ("127.0.0.3", "192.0.2.1, 10.1.2.3", True),
        ("127.0.0.3", "10.1.2.3, 192.0.2.1", False),
        ("127.0.0.3", "10.1.2.3, 127.0.0.3", True),
        ("127.0.0.3", "2001:db8::7", True),
        ("127.0.0.3", "2001:db9::7", False),
        ("127.0.0.3", "no address", False),
    ],
)
def test_a_forwarded_address_counts_only_from_a_trusted_proxy(
    guarded, people, source, forwarded, allowed
):
    headers = {"X_Forwarded_For": forwarded} if forwarded else {}
    assert may_list(guarded, people, "office", source, **headers) == allowed


def test_the_program_that_calls(guarded, people):
    assert may_list(guarded, people, "tool", User_Agent="tool/1")
    assert not may_list(guarded, people, "tool", User_Agent="tool/2")
    assert not may_list(guarded, people, "tool")
