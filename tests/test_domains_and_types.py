"""Domains and types: their life, their lists and every fault (execution.md 3.1, 3.2)."""

import time

import pytest

import harness
import world
from clients import Boto3, Fault

DEPRECATED = "DEPRECATED"
REGISTERED = "REGISTERED"


def refused(call, operation, **params):
    """The code and text of the fault that the call must raise."""
    with pytest.raises(Fault) as refusal:
        call(operation, **params)
    return refusal.value.code, refusal.value.message


def register_domain(client, name=None, **params):
    name = name or harness.unique("domain")
    client.call(
        "RegisterDomain",
        name=name,
        **{"workflowExecutionRetentionPeriodInDays": "NONE"} | params,
    )
    return name


def all_pages(call, operation, key, **params):
    """The pages of a list operation until there is no further token."""
    pages = []
    token = {}
    while True:
        answer = call(operation, **params, **token)
        pages.append(answer[key])
        if "nextPageToken" not in answer:
            return pages
        token = {"nextPageToken": answer["nextPageToken"]}


class TestDomains:
    def test_describe(self, boto):
        name = register_domain(
            boto, description="", workflowExecutionRetentionPeriodInDays="007"
        )
        assert boto.call("DescribeDomain", name=name) == {
            "domainInfo": {
                "name": name,
                "status": REGISTERED,
                "description": "",
                "arn": f"arn:aws:swf:us-east-1:123456789012:/domain/{name}",
            },
            "configuration": {"workflowExecutionRetentionPeriodInDays": "007"},
        }
        bare = register_domain(boto)
        assert "description" not in boto.call("DescribeDomain", name=bare)["domainInfo"]

    @pytest.mark.parametrize("days", ["91", "-1", "ten", "1.0", "forever"])
    def test_retention_out_of_range(self, boto, days):
        code, text = refused(
            boto.call,
            "RegisterDomain",
            name=harness.unique("domain"),
            workflowExecutionRetentionPeriodInDays=days,
        )
        assert code == "ValidationException"
        assert f"Value '{days}' at 'workflowExecutionRetentionPeriodInDays'" in text

    def test_life_and_faults(self, boto):
        name = register_domain(boto)
        exists = ("DomainAlreadyExistsFault", name)
        again = {"name": name, "workflowExecutionRetentionPeriodInDays": "1"}
        assert refused(boto.call, "RegisterDomain", **again) == exists
        assert refused(boto.call, "UndeprecateDomain", name=name) == exists
        boto.call("DeprecateDomain", name=name)
        status = boto.call("DescribeDomain", name=name)["domainInfo"]["status"]
        assert status == DEPRECATED
        assert refused(boto.call, "RegisterDomain", **again) == exists
        deprecated = ("DomainDeprecatedFault", name)
        assert refused(boto.call, "DeprecateDomain", name=name) == deprecated
        boto.call("UndeprecateDomain", name=name)
        status = boto.call("DescribeDomain", name=name)["domainInfo"]["status"]
        assert status == REGISTERED

    def test_unknown_domains(self, boto):
        unknown = ("UnknownResourceFault", "Unknown domain: none")
        for operation in ("DescribeDomain", "DeprecateDomain", "UndeprecateDomain"):
            assert refused(boto.call, operation, name="none") == unknown

    def test_list(self, server):
        """An account of its own, so that the list holds this test's domains alone."""
        boto = Boto3(server.endpoint, account="111122223333")
        for name in ("b", "a", "d", "c", "Z"):
            register_domain(boto, name)
        boto.call("DeprecateDomain", name="c")

        def names(**params):
            pages = all_pages(boto.call, "ListDomains", "domainInfos", **params)
            return [[info["name"] for info in page] for page in pages]

        live = {"registrationStatus": REGISTERED}
        assert names(**live) == [["Z", "a", "b", "d"]]
        assert names(**live, maximumPageSize=3) == [["Z", "a", "b"], ["d"]]
        assert names(**live, maximumPageSize=2) == [["Z", "a"], ["b", "d"]]
        backward = names(**live, maximumPageSize=3, reverseOrder=True)
        assert backward == [["d", "b", "a"], ["Z"]]
        assert names(registrationStatus=DEPRECATED) == [["c"]]
        info = boto.call("ListDomains", registrationStatus=DEPRECATED)["domainInfos"]
        assert info == [
            {
                "name": "c",
                "status": DEPRECATED,
                "arn": "arn:aws:swf:us-east-1:111122223333:/domain/c",
            }
        ]
        boto.close()

    def test_regions_share_nothing(self, server, boto):
        name = register_domain(boto)
        elsewhere = Boto3(server.endpoint, region="eu-west-1")
        unknown = ("UnknownResourceFault", f"Unknown domain: {name}")
        assert refused(elsewhere.call, "DescribeDomain", name=name) == unknown
        register_domain(elsewhere, name)
        arn = elsewhere.call("DescribeDomain", name=name)["domainInfo"]["arn"]
        assert arn == f"arn:aws:swf:eu-west-1:123456789012:/domain/{name}"
        elsewhere.close()

    def test_deprecating_a_domain_reaches_its_types_once(self, boto, domain):
        """Types that were deprecated before keep their date; none comes back by itself."""
        named = {"activityType": {"name": "old", "version": "1"}}
        domain.call("RegisterActivityType", name="old", version="1")
        domain.call("DeprecateActivityType", **named)
        date = self.deprecation_date(domain, "Activity", named)
        time.sleep(0.002)
        boto.call("DeprecateDomain", name=domain.name)
        assert self.deprecation_date(domain, "Activity", named) == date
        order = {"workflowType": world.WORKFLOW_TYPE}
        ship = {"activityType": world.ACTIVITY_TYPE}
        with_domain = self.deprecation_date(domain, "Workflow", order)
        assert with_domain > date
        assert self.deprecation_date(domain, "Activity", ship) == with_domain
        # A type can be brought back in a deprecated domain, and a second
        # deprecation of the domain takes it along again.
        domain.call("UndeprecateWorkflowType", **order)
        info = domain.call("DescribeWorkflowType", **order)["typeInfo"]
        assert info["status"] == REGISTERED
        boto.call("UndeprecateDomain", name=domain.name)
        assert domain.start().describe()["executionInfo"]["executionStatus"] == "OPEN"
        boto.call("DeprecateDomain", name=domain.name)
        assert self.deprecation_date(domain, "Workflow", order) > with_domain
        assert self.deprecation_date(domain, "Activity", ship) == with_domain

    @staticmethod
    def deprecation_date(domain, kind, named):
        info = domain.call(f"Describe{kind}Type", **named)["typeInfo"]
        assert info["status"] == DEPRECATED
        return info["deprecationDate"]

    def test_open_runs_of_a_deprecated_domain_lack_its_types(self, boto, domain):
        """What they have goes on; what would need a deprecated type fails."""
        run = domain.start()
        domain.decide(domain.decision_task(), world.schedule("before"))
        work = domain.activity_task()
        boto.call("DeprecateDomain", name=domain.name)
        assert domain.heartbeat(work) is False
        domain.complete(work)
        domain.decide(
            domain.decision_task(),
            world.schedule("after"),
            world.decision("RecordMarker", markerName="m"),
        )
        domain.decision_task()
        kinds = [kind for kind, _ in run.history(after=10)]
        assert kinds == [
            "ScheduleActivityTaskFailed",
            "MarkerRecorded",
            "DecisionTaskScheduled",
            "DecisionTaskStarted",
        ]
        failed = run.history()[10][1]
        assert failed["cause"] == "ACTIVITY_TYPE_DEPRECATED"
        domain.call("RequestCancelWorkflowExecution", workflowId=run.workflow_id)
        domain.call("TerminateWorkflowExecution", workflowId=run.workflow_id)
        assert run.describe()["executionInfo"]["closeStatus"] == "TERMINATED"
        window = {"startTimeFilter": {"oldestDate": 0}}
        closed = domain.call("ListClosedWorkflowExecutions", **window)
        assert [i["execution"] for i in closed["executionInfos"]] == [run.execution]

    def test_deprecating_a_domain(self, boto, domain):
        run = domain.start()
        boto.call("DeprecateDomain", name=domain.name)
        unknown = ("UnknownResourceFault", f"Unknown domain: {domain.name}")
        start = {"workflowId": "w", "workflowType": world.WORKFLOW_TYPE}
        assert refused(domain.call, "StartWorkflowExecution", **start) == unknown
        for operation in ("RegisterWorkflowType", "RegisterActivityType"):
            new = {"name": "new", "version": "1"}
            assert refused(domain.call, operation, **new) == unknown
        types = domain.call("ListWorkflowTypes", registrationStatus=DEPRECATED)
        assert [info["workflowType"] for info in types["typeInfos"]] == [
            world.WORKFLOW_TYPE
        ]
        # The open run goes on to its end.
        run.signal("still heard")
        domain.decide(domain.decision_task(), world.complete(result="done"))
        assert run.describe()["executionInfo"]["closeStatus"] == "COMPLETED"
        boto.call("UndeprecateDomain", name=domain.name)
        types = domain.call("ListActivityTypes", registrationStatus=REGISTERED)
        assert types == {"typeInfos": []}
        deprecated = ("TypeDeprecatedFault", "WorkflowType=[name=order, version=1.0]")
        assert refused(domain.call, "StartWorkflowExecution", **start) == deprecated


DEFAULTS = {
    "Workflow": world.WORKFLOW_DEFAULTS | {"defaultTaskPriority": "7"},
    "Activity": world.ACTIVITY_DEFAULTS | {"defaultTaskPriority": "-7"},
}


@pytest.mark.parametrize("kind", ["Workflow", "Activity"])
class TestTypes:
    """The same rules hold for both kinds."""

    def named(self, kind, name="carry", version="1"):
        return {f"{kind.lower()}Type": {"name": name, "version": version}}

    def descriptor(self, kind, name="carry", version="1"):
        return f"{kind}Type=[name={name}, version={version}]"

    def test_describe(self, domain, kind):
        params = DEFAULTS[kind] | {"description": "carries things"}
        domain.call(f"Register{kind}Type", name="carry", version="1", **params)
        described = domain.call(f"Describe{kind}Type", **self.named(kind))
        created = described["typeInfo"].pop("creationDate")
        assert abs(time.time() - created) < 60
        assert described == {
            "typeInfo": {
                **self.named(kind),
                "status": REGISTERED,
                "description": "carries things",
            },
            "configuration": DEFAULTS[kind],
        }

    def test_describe_shows_only_what_was_set(self, domain, kind):
        domain.call(f"Register{kind}Type", name="carry", version="1")
        described = domain.call(f"Describe{kind}Type", **self.named(kind))
        assert described["configuration"] == {}
        info = described["typeInfo"]
        assert set(info) == {f"{kind.lower()}Type", "status", "creationDate"}

    def test_life_and_faults(self, domain, kind):
        named, descriptor = self.named(kind), self.descriptor(kind)
        new = {"name": "carry", "version": "1"}
        exists = ("TypeAlreadyExistsFault", descriptor)
        kept = (
            "TypeNotDeprecatedFault",
            "The type is currently registered and cannot be deleted in its current state",
        )
        domain.call(f"Register{kind}Type", **new)
        assert refused(domain.call, f"Register{kind}Type", **new) == exists
        assert refused(domain.call, f"Undeprecate{kind}Type", **named) == exists
        assert refused(domain.call, f"Delete{kind}Type", **named) == kept

        domain.call(f"Deprecate{kind}Type", **named)
        info = domain.call(f"Describe{kind}Type", **named)["typeInfo"]
        assert info["status"] == DEPRECATED
        assert info["creationDate"] <= info["deprecationDate"] <= time.time() + 1
        deprecated = ("TypeDeprecatedFault", descriptor)
        assert refused(domain.call, f"Deprecate{kind}Type", **named) == deprecated
        assert refused(domain.call, f"Register{kind}Type", **new) == exists

        domain.call(f"Undeprecate{kind}Type", **named)
        info = domain.call(f"Describe{kind}Type", **named)["typeInfo"]
        assert info["status"] == REGISTERED
        assert "deprecationDate" not in info

        domain.call(f"Deprecate{kind}Type", **named)
        domain.call(f"Delete{kind}Type", **named)
        unknown = ("UnknownResourceFault", f"Unknown type: {descriptor}")
        assert refused(domain.call, f"Describe{kind}Type", **named) == unknown
        domain.call(f"Register{kind}Type", **new)
        status = domain.call(f"Describe{kind}Type", **named)["typeInfo"]["status"]
        assert status == REGISTERED

    def test_unknown_types(self, domain, kind):
        unknown = ("UnknownResourceFault", f"Unknown type: {self.descriptor(kind)}")
        for word in ("Describe", "Deprecate", "Undeprecate", "Delete"):
            operation = f"{word}{kind}Type"
            assert refused(domain.call, operation, **self.named(kind)) == unknown

    def test_unknown_domain(self, boto, kind):
        unknown = ("UnknownResourceFault", "Unknown domain: none")
        for operation, params in [
            (f"Register{kind}Type", {"name": "n", "version": "1"}),
            (f"Describe{kind}Type", self.named(kind)),
            (f"Deprecate{kind}Type", self.named(kind)),
            (f"Undeprecate{kind}Type", self.named(kind)),
            (f"Delete{kind}Type", self.named(kind)),
            (f"List{kind}Types", {"registrationStatus": REGISTERED}),
        ]:
            assert refused(boto.call, operation, domain="none", **params) == unknown

    def test_list(self, domain, kind):
        for name, version in [("t2", "1"), ("t1", "2"), ("t1", "10"), ("t3", "1")]:
            domain.call(f"Register{kind}Type", name=name, version=version)
        domain.call(f"Deprecate{kind}Type", **self.named(kind, "t3", "1"))
        common = {"Workflow": ("order", "1.0"), "Activity": ("ship", "1.0")}[kind]

        def types(**params):
            operation = f"List{kind}Types"
            pages = all_pages(domain.call, operation, "typeInfos", **params)
            names = [[info[f"{kind.lower()}Type"] for info in page] for page in pages]
            return [[(one["name"], one["version"]) for one in page] for page in names]

        live = {"registrationStatus": REGISTERED}
        t1, t2 = [("t1", "10"), ("t1", "2")], ("t2", "1")
        assert types(**live) == [[common, *t1, t2]]
        assert types(**live, maximumPageSize=3) == [[common, *t1], [t2]]
        backward = types(**live, maximumPageSize=3, reverseOrder=True)
        assert backward == [[t2, *reversed(t1)], [common]]
        assert types(**live, name="t1") == [t1]
        assert types(**live, name="none") == [[]]
        assert types(registrationStatus=DEPRECATED) == [[("t3", "1")]]

    def test_kinds_are_separate(self, domain, kind):
        other = {"Workflow": "Activity", "Activity": "Workflow"}[kind]
        domain.call(f"Register{kind}Type", name="carry", version="1")
        unknown = ("UnknownResourceFault", f"Unknown type: {self.descriptor(other)}")
        assert (
            refused(domain.call, f"Describe{other}Type", **self.named(other)) == unknown
        )


def test_a_workflow_type_without_end_is_refused(domain):
    code, text = refused(
        domain.call,
        "RegisterWorkflowType",
        name="endless",
        version="1",
        defaultExecutionStartToCloseTimeout="NONE",
    )
    assert code == "ValidationException"
    assert text == (
        "1 validation error detected: Value 'NONE' at "
        "'defaultExecutionStartToCloseTimeout' failed to satisfy constraint: "
        "Member must satisfy regular expression pattern: [0-9]{1,8}"
    )


def test_deprecating_a_type_leaves_its_runs_alone(domain):
    run = domain.start()
    domain.call("DeprecateWorkflowType", workflowType=world.WORKFLOW_TYPE)
    domain.call("DeleteWorkflowType", workflowType=world.WORKFLOW_TYPE)
    domain.decide(domain.decision_task(), world.schedule("a1"))
    task = domain.activity_task()
    domain.call("DeprecateActivityType", activityType=world.ACTIVITY_TYPE)
    domain.call("DeleteActivityType", activityType=world.ACTIVITY_TYPE)
    assert domain.heartbeat(task) is False
    domain.complete(task, result="ok")
    domain.decide(domain.decision_task(), world.complete())
    assert run.describe()["executionInfo"]["closeStatus"] == "COMPLETED"


class TestTags:
    """Tags of domains (execution.md 3.1, protocol.md 8)."""

    def tags(self, boto, arn):
        answer = boto.call("ListTagsForResource", resourceArn=arn)
        assert set(answer) == {"tags"}
        return [(tag["key"], tag["value"]) for tag in answer["tags"]]

    def pairs(self, *pairs):
        return [{"key": key, "value": value} for key, value in pairs]

    def test_life(self, boto, domain):
        arn = domain.arn
        assert self.tags(boto, arn) == []
        tags = [*self.pairs(("b", "2"), ("a", "1")), {"key": "Z"}]
        for _ in range(2):
            assert boto.call("TagResource", resourceArn=arn, tags=tags) == {}
            assert self.tags(boto, arn) == [("Z", ""), ("a", "1"), ("b", "2")]
        more = self.pairs(("a", "one"), ("ä +-=._:/@", "x y"))
        boto.call("TagResource", resourceArn=arn, tags=more)
        boto.call("DeprecateDomain", name=domain.name)
        keys = ["b", "Z", "none"]
        for _ in range(2):
            assert boto.call("UntagResource", resourceArn=arn, tagKeys=keys) == {}
            assert self.tags(boto, arn) == [("a", "one"), ("ä +-=._:/@", "x y")]

    def test_registered_with_a_domain(self, boto):
        name = register_domain(boto, tags=self.pairs(("k", "v"), ("a", "")))
        arn = f"arn:aws:swf:us-east-1:123456789012:/domain/{name}"
        assert self.tags(boto, arn) == [("a", ""), ("k", "v")]

    def test_at_most_fifty(self, boto):
        def some(first, count):
            return self.pairs(*[(f"k{n:03}", "") for n in range(first, first + count)])

        name = harness.unique("domain")
        too_many = (
            "TooManyTagsFault",
            f"Too many tags for domain {name}, at most 50 are allowed",
        )
        new = {"name": name, "workflowExecutionRetentionPeriodInDays": "1"}
        assert refused(boto.call, "RegisterDomain", **new, tags=some(0, 51)) == too_many
        boto.call("RegisterDomain", **new, tags=some(0, 49))
        arn = boto.call("DescribeDomain", name=name)["domainInfo"]["arn"]
        add = {"resourceArn": arn, "tags": [*some(0, 1), *some(49, 2)]}
        assert refused(boto.call, "TagResource", **add) == too_many
        assert len(self.tags(boto, arn)) == 49
        boto.call("TagResource", resourceArn=arn, tags=some(0, 50))
        assert len(self.tags(boto, arn)) == 50

    @pytest.mark.parametrize("key", ["aws:x", "AWS:x", "aWs:"])
    def test_reserved_keys(self, boto, domain, key):
        constraint = (
            f"1 validation error detected: Value '{key}' at 'tags.2.member.key' "
            "failed to satisfy constraint: Member must not begin with 'aws:'"
        )
        fault = ("ValidationException", constraint)
        tags = self.pairs(("fine", ""), (key, ""))
        arn = domain.arn
        assert refused(boto.call, "TagResource", resourceArn=arn, tags=tags) == fault
        name = harness.unique("domain")
        new = {"name": name, "workflowExecutionRetentionPeriodInDays": "1"}
        assert refused(boto.call, "RegisterDomain", **new, tags=tags) == fault
        assert self.tags(boto, arn) == []
        unknown = ("UnknownResourceFault", f"Unknown domain: {name}")
        assert refused(boto.call, "DescribeDomain", name=name) == unknown

    @pytest.mark.parametrize(
        "tags, part",
        [
            ([{"key": "a"}, {"key": "b"}, {"key": "a", "value": "x"}], "more than once: a"),
            ([{"key": "a|b"}], "Value 'a|b' at 'tags.1.member.key' failed"),
            ([{"key": "a", "value": "!"}], "Value '!' at 'tags.1.member.value' failed"),
            ([{"key": "x" * 129}], "'tags.1.member.key' failed to satisfy constraint: "
             "Member must have length less than or equal to 128"),
            ([{"key": "a", "value": "x" * 257}], "'tags.1.member.value' failed to satisfy "
             "constraint: Member must have length less than or equal to 256"),
        ],
    )
    def test_bad_tags(self, boto, domain, tags, part):
        for operation, params in [
            ("TagResource", {"resourceArn": domain.arn}),
            (
                "RegisterDomain",
                {"name": "bad", "workflowExecutionRetentionPeriodInDays": "1"},
            ),
        ]:
            code, text = refused(boto.call, operation, **params, tags=tags)
            assert code == "ValidationException"
            assert part in text
        assert self.tags(boto, domain.arn) == []

    @pytest.mark.parametrize(
        "arn",
        [
            "orders",
            "arn:aws:swf:us-east-1:123456789012:domain/orders",
            "arn:aws:swf:us-east-1:123456789012:/domain/",
            "arn:aws:sqs:us-east-1:123456789012:/domain/orders",
        ],
    )
    def test_what_is_no_arn_of_a_domain(self, boto, arn):
        assert self.refusals(boto, arn) == {("ValidationException", f"Invalid ARN: {arn}")}

    @pytest.mark.parametrize("region", ["us-east-1", "eu-west-1"])
    @pytest.mark.parametrize("account", ["123456789012", "111111111111"])
    def test_unknown_domains(self, boto, domain, region, account):
        here = (region, account) == ("us-east-1", "123456789012")
        name = "none" if here else domain.name
        arn = f"arn:aws:swf:{region}:{account}:/domain/{name}"
        unknown = ("UnknownResourceFault", f"Unknown domain: {name}")
        assert self.refusals(boto, arn) == {unknown}
        assert self.tags(boto, domain.arn) == []

    def refusals(self, boto, arn):
        calls = [
            ("TagResource", {"tags": self.pairs(("a", "b"))}),
            ("UntagResource", {"tagKeys": ["a"]}),
            ("ListTagsForResource", {}),
        ]
        return {refused(boto.call, name, resourceArn=arn, **params) for name, params in calls}

    def test_the_empty_answer_and_the_empty_list(self, http, domain):
        arn = {"resourceArn": domain.arn}
        assert http.post("TagResource", arn | {"tags": []}).body == b""
        assert http.post("UntagResource", arn | {"tagKeys": []}).body == b""
        assert http.post("ListTagsForResource", arn).body == b'{"tags":[]}'

    def test_tags_outlive_a_crash(self, tmp_path):
        with harness.Server(tmp_path) as server:
            boto = Boto3(server.endpoint)
            domain = world.World(boto)
            arn = domain.arn
            boto.call("TagResource", resourceArn=arn, tags=self.pairs(("a", "1"), ("b", "2")))
            boto.call("UntagResource", resourceArn=arn, tagKeys=["a"])
            server.restart(crash=True)
            assert self.tags(boto, arn) == [("b", "2")]
