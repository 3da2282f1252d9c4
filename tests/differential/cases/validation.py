"""The client's own validation, and which check comes first."""

import json

from ..case import OwnWords, Subject
from ..samples import COMMANDS, command

case = Subject("validation")

HEARTBEAT = "record-activity-task-heartbeat"
DECIDE = "respond-decision-task-completed"
START = "start-workflow-execution"

for name in COMMANDS.values():
    case(f"{name} empty", [command(name), "--cli-input-json", "{}"])

INPUTS = {
    "lengths": (HEARTBEAT, {"taskToken": ""}),
    "nested length": (
        "describe-workflow-execution",
        {"domain": "", "execution": {"workflowId": "", "runId": ""}},
    ),
    "nested missing": ("describe-workflow-execution", {"domain": "d", "execution": {}}),
    "nested unknown": (
        "describe-workflow-execution",
        {"domain": "d", "execution": {"bogus": 1, "workflowId": "w"}},
    ),
    "nested type": ("describe-workflow-execution", {"domain": 5, "execution": "w"}),
    "null structure": ("describe-workflow-execution", {"domain": "d", "execution": None}),
    "list for a structure": ("describe-workflow-execution", {"domain": "d", "execution": []}),
    "minimum": ("list-domains", {"registrationStatus": "REGISTERED", "maximumPageSize": -1}),
    "boolean as integer": (
        "list-domains",
        {"registrationStatus": "REGISTERED", "maximumPageSize": True},
    ),
    "text as integer": (
        "list-domains",
        {"registrationStatus": "REGISTERED", "maximumPageSize": "5"},
    ),
    "float as integer": (
        "list-domains",
        {"registrationStatus": "REGISTERED", "maximumPageSize": 5.0},
    ),
    "integer as boolean": ("list-domains", {"registrationStatus": "REGISTERED", "reverseOrder": 1}),
    "text as boolean": (
        "list-domains",
        {"registrationStatus": "REGISTERED", "reverseOrder": "true"},
    ),
    "enum": ("list-domains", {"registrationStatus": "bogus"}),
    "enum of another type": ("list-domains", {"registrationStatus": 5}),
    "decisions": (DECIDE, {"taskToken": "T", "decisions": [{}, {"bogus": 1, "decisionType": "A"}]}),
    "decisions deep": (
        DECIDE,
        {
            "taskToken": "T",
            "decisions": [
                {
                    "decisionType": 5,
                    "scheduleActivityTaskDecisionAttributes": {
                        "activityType": {"name": ""},
                        "bogus": [1],
                    },
                }
            ],
        },
    ),
    "decisions of text": (DECIDE, {"taskToken": "T", "decisions": ["a", None, 5]}),
    "decisions as a map": (DECIDE, {"taskToken": "T", "decisions": {"a": 1}}),
    "decisions as text": (DECIDE, {"taskToken": "T", "decisions": "a"}),
    "unknown in decisions": (
        DECIDE,
        {"taskToken": "T", "decisions": [{"decisionType": "A", "Result": "x"}]},
    ),
    "tags of numbers": (
        START,
        {
            "domain": "d",
            "workflowId": "w",
            "workflowType": {"name": "n", "version": "v"},
            "tagList": [1, None, ["x"], {"a": "it's"}],
        },
    ),
    "tags as text": (
        START,
        {
            "domain": "d",
            "workflowId": "w",
            "workflowType": {"name": "n", "version": "v"},
            "tagList": "a",
        },
    ),
    "numbers for texts": (
        START,
        {
            "domain": 1,
            "workflowId": 1.5,
            "workflowType": {"name": True, "version": None},
            "taskPriority": 0,
            "executionStartToCloseTimeout": 30,
        },
    ),
    "several unknown": (HEARTBEAT, {"b": 1, "a": 2, "taskToken": "T"}),
    "order of errors": (START, {"zzz": 1, "input": 5, "workflowType": {"x": 1}, "domain": ""}),
    "timestamps": (
        "count-open-workflow-executions",
        {"domain": "d", "startTimeFilter": {"oldestDate": "today", "latestDate": [1]}},
    ),
    "timestamp null": (
        "count-open-workflow-executions",
        {"domain": "d", "startTimeFilter": {"oldestDate": None}},
    ),
    "timestamp map": (
        "count-open-workflow-executions",
        {"domain": "d", "startTimeFilter": {"oldestDate": {}}},
    ),
    "timestamp empty": (
        "count-open-workflow-executions",
        {"domain": "d", "startTimeFilter": {"oldestDate": ""}},
    ),
    "tag keys": ("untag-resource", {"resourceArn": "", "tagKeys": ["", 5]}),
    "values shown": (
        HEARTBEAT,
        {
            "taskToken": [
                1.0,
                1e20,
                "a\nb",
                "it's",
                'say "x"',
                "both ' and \"",
                "é😀",
                "\u0001",
                True,
                None,
                {},
                [],
            ],
            "details": {"k": [1]},
        },
    ),
    "big numbers": (HEARTBEAT, {"taskToken": 12345678901234567890, "details": 1e-7}),
    "tags of a domain": (
        "register-domain",
        {
            "name": "n",
            "workflowExecutionRetentionPeriodInDays": "1",
            "tags": [{}, {"key": ""}, {"key": "k", "value": 5}],
        },
    ),
}
for title, (words, value) in INPUTS.items():
    case(title, [words, "--cli-input-json", json.dumps(value)])

case("length of an option", [HEARTBEAT, "--task-token="])
case("unicode length", [HEARTBEAT, "--task-token", "é", "--details="])
case("shorthand missing", "describe-workflow-execution --domain d --execution runId=r")
case(
    "switched off",
    [HEARTBEAT, "--cli-input-json", '{"taskToken": 5}'],
    files={"home/.aws/config": "[default]\nparameter_validation = false\n"},
)
case(
    "switched off and unknown",
    [HEARTBEAT, "--cli-input-json", '{"taskToken": "T", "bogus": 1}'],
    files={"home/.aws/config": "[default]\nparameter_validation = false\n"},
    stderr=OwnWords("a crash text of Python, D10"),
)
case(
    "switched off upper case",
    [HEARTBEAT, "--cli-input-json", '{"taskToken": ""}'],
    files={"home/.aws/config": "[default]\nparameter_validation = False\n"},
)
case(
    "switched off and missing",
    [HEARTBEAT, "--cli-input-json", "{}"],
    files={"home/.aws/config": "[default]\nparameter_validation = false\n"},
)

# The order of checks: of two things that are wrong, which is told.
BROKEN = {"home/.aws/config": "[broken\n"}
BAD_STAMP = {"home/.aws/config": "[default]\ncli_timestamp_format = foo\n"}
BAD_RETRY = {"AWS_MAX_ATTEMPTS": "0"}
NO_REGION = {"AWS_REGION": None}
NO_KEYS = {"AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None}
EMPTY = [HEARTBEAT, "--task-token="]
GOOD = [HEARTBEAT, "--task-token", "T"]
ORDER = {
    "first pass, configuration": (["--debug=1", *GOOD], {}, BROKEN),
    "configuration, prompt flags": (
        ["--cli-auto-prompt", "--no-cli-auto-prompt", *GOOD],
        {},
        BROKEN,
    ),
    "configuration, version": (["--version"], {}, BROKEN),
    "configuration, operation": (["nonsense"], {}, BROKEN),
    "prompt flags, output": (
        ["--cli-auto-prompt", "--no-cli-auto-prompt", "--output", "xml", *GOOD],
        {},
        {},
    ),
    "output, query": ([*GOOD, "--query", "a[", "--output", "xml"], {}, {}),
    "query, endpoint": ([*GOOD, "--endpoint-url", "foo", "--query", "a["], {}, {}),
    "endpoint, time-out": ([*GOOD, "--cli-read-timeout", "abc", "--endpoint-url", "foo"], {}, {}),
    "time-out, timestamp format": ([*GOOD, "--cli-read-timeout", "abc"], {}, BAD_STAMP),
    "two time-outs": ([*GOOD, "--cli-connect-timeout", "x", "--cli-read-timeout", "y"], {}, {}),
    "timestamp format, operation": (["nonsense"], {}, BAD_STAMP),
    "query, operation": (["nonsense", "--query", "a["], {}, {}),
    "operation, required": (["nonsense", "--task-token", "T"], {}, {}),
    "required, unknown": ([HEARTBEAT, "--nope"], {}, {}),
    "unknown, paging": (
        [
            "list-domains",
            "--registration-status",
            "R",
            "--no-paginate",
            "--max-items",
            "1",
            "--nope",
        ],
        {},
        {},
    ),
    "paging, file": (
        ["list-domains", "--registration-status", "file://no", "--no-paginate", "--max-items", "1"],
        {},
        {},
    ),
    "paging number, unknown": (
        ["list-domains", "--registration-status", "R", "--max-items", "x", "--nope"],
        {},
        {},
    ),
    "file, document": (
        [HEARTBEAT, "--task-token", "file://no", "--cli-input-json", "{bad"],
        {},
        {},
    ),
    "json, document": (
        ["describe-workflow-execution", "--execution", "{bad", "--cli-input-json", "{bad"],
        {},
        {},
    ),
    "document, profile": ([HEARTBEAT, "--cli-input-json", "{bad", "--profile", "nope"], {}, {}),
    "required, profile": ([HEARTBEAT, "--profile", "nope"], {}, {}),
    "unknown, profile": ([*GOOD, "--nope", "--profile", "nope"], {}, {}),
    "operation, profile": (["nonsense", "--profile", "nope"], {}, {}),
    "paging, profile": (
        [
            "list-domains",
            "--registration-status",
            "R",
            "--no-paginate",
            "--max-items",
            "1",
            "--profile",
            "nope",
        ],
        {},
        {},
    ),
    "output, profile": ([*GOOD, "--output", "xml", "--profile", "nope"], {}, {}),
    "query, profile": ([*GOOD, "--query", "a[", "--profile", "nope"], {}, {}),
    "profile, region": ([*GOOD, "--profile", "nope"], NO_REGION, {}),
    "profile, validation": ([*EMPTY, "--profile", "nope"], {}, {}),
    "region, retries": (GOOD, NO_REGION | BAD_RETRY, {}),
    "bad region, retries": ([*GOOD, "--region", "bad_region"], BAD_RETRY, {}),
    "retries, validation": (EMPTY, BAD_RETRY, {}),
    "region, validation": (EMPTY, NO_REGION, {}),
    "bad region, validation": ([*EMPTY, "--region", "a b"], {}, {}),
    "endpoint of a variable, validation": (EMPTY, {"AWS_ENDPOINT_URL_SWF": "foo"}, {}),
    "validation, credentials": (EMPTY, NO_KEYS, {}),
    "region, credentials": (GOOD, NO_REGION | NO_KEYS, {}),
    "partial credentials, validation": (EMPTY, {"AWS_SECRET_ACCESS_KEY": None}, {}),
    "credentials, bundle": ([*GOOD, "--ca-bundle", "/nowhere"], NO_KEYS, {}),
    "credentials, output name": (GOOD, NO_KEYS | {"AWS_DEFAULT_OUTPUT": "xml"}, {}),
}
for title, (words, env, files) in ORDER.items():
    case(f"order: {title}", words, {"cancelRequested": True}, env=env, files=files)
