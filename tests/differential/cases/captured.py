"""The captured examples of the specification of the command line, section 18.

The examples stand in captured/*.txt as the specification shows them: a line
`# ANSWERS` naming what the server answered, the command line, what came out,
`exit N`. `⇥` is a tab, `ESC` an escape. They were captured from 2.36.7 and hold
for 2.38.1 too.
"""

import pathlib
import re
import shlex

from ..case import HANG, Subject, fault

case = Subject("captured")

ARN = "arn:aws:swf:us-east-1:123456789012:/domain/"


def _domain(name, **more):
    return {"name": name, "status": "REGISTERED", "arn": ARN + name} | more


FIRST = _domain("d1", description="first domain")
EVENTS = [
    {
        "eventTimestamp": 1420142640.123,
        "eventType": "WorkflowExecutionStarted",
        "eventId": 1,
        "workflowExecutionStartedEventAttributes": {
            "input": "hello",
            "childPolicy": "TERMINATE",
            "taskList": {"name": "tl"},
            "taskPriority": "0",
            "workflowType": {"name": "w", "version": "1.0"},
            "tagList": ["a", "b"],
            "parentInitiatedEventId": 0,
        },
    },
    {
        "eventTimestamp": 1420142640.5,
        "eventType": "DecisionTaskScheduled",
        "eventId": 2,
        "decisionTaskScheduledEventAttributes": {
            "taskList": {"name": "tl"},
            "startToCloseTimeout": "10",
        },
    },
    {
        "eventTimestamp": 1420142641,
        "eventType": "DecisionTaskStarted",
        "eventId": 3,
        "decisionTaskStartedEventAttributes": {"identity": "me", "scheduledEventId": 2},
    },
]
TASK = {
    "taskToken": "TT",
    "startedEventId": 3,
    "workflowExecution": {"workflowId": "wid", "runId": "rid"},
    "workflowType": {"name": "w", "version": "1.0"},
    "previousStartedEventId": 0,
}
TYPE = {
    "typeInfo": {
        "workflowType": {"name": "w", "version": "1.0"},
        "status": "REGISTERED",
        "description": 'd é 日本 😀 "q" \\ \n tab\t',
        "creationDate": 1326592619.474,
    },
    "configuration": {
        "defaultTaskStartToCloseTimeout": "30",
        "defaultTaskList": {"name": "tl"},
        "defaultChildPolicy": "TERMINATE",
    },
}
TAGS = [
    {"key": "日本語", "value": "éé"},
    {"key": "Ａ", "value": "😀"},
    {"key": "α±", "value": "e\u0301"},
]
ANSWERS = {
    "false": [{"cancelRequested": False}],
    "true": [{"cancelRequested": True}],
    "nothing": [""],
    "one-domain": [
        {"domainInfo": FIRST, "configuration": {"workflowExecutionRetentionPeriodInDays": "7"}}
    ],
    "two-domains": [{"domainInfos": [FIRST, _domain("d2")]}],
    "no-domains": [{"domainInfos": []}],
    "decision-task": [TASK | {"events": EVENTS}],
    "no-task": [{"taskToken": "", "startedEventId": 0, "previousStartedEventId": 0}],
    "decision-task-in-pages": [
        TASK | {"events": EVENTS[:2], "nextPageToken": "more"},
        TASK | {"events": EVENTS[2:]},
    ],
    "type": [TYPE],
    "tags": [{"tags": TAGS}],
    "three-pages": [
        {"domainInfos": [_domain(f"d{n}") for n in (1, 2, 3)], "nextPageToken": "tok1"},
        {"domainInfos": [_domain(f"d{n}") for n in (4, 5)], "nextPageToken": "tok2"},
        {"domainInfos": [_domain("d6")]},
    ],
    "same-token": [{"domainInfos": [FIRST], "nextPageToken": "same"}],
    "unknown-domain": [fault("UnknownResourceFault", "Unknown domain: nope")],
    "boom": [fault("InternalFailure", "boom", 500)],
    "hang": [HANG],
}
# The examples were captured with this variable and not with AWS_REGION.
PLACE = {"AWS_REGION": None, "AWS_DEFAULT_REGION": "us-east-1"}


def _load():
    folder = pathlib.Path(__file__).parent.parent / "captured"
    for path in sorted(folder.glob("*.txt")):
        for number, block in enumerate(path.read_text().split("\n# "), 1):
            _add(f"{path.stem} {number}", block.removeprefix("# "))


def _add(name, block):
    answers, line, text = block.split("\n", 2)
    words, env = shlex.split(line.removeprefix("$ ")), dict(PLACE)
    while words[0] != "everbeat":
        word = words.pop(0)
        if word == "-u":
            env[words.pop(0)] = None
        elif "=" in word:
            variable, _, env[variable] = word.partition("=")
    text = text.replace("⇥", "\t").replace("ESC[", "\x1b[").replace(":PORT/", ":@PORT@/")
    output, status = re.fullmatch(r"(.*?)exit (\d+)\n?", text, re.DOTALL).groups()
    stdout, _, stderr = output.partition("stderr:\n")
    # The last thing on a coloured standard output is an escape, not a newline.
    stdout = stdout.removesuffix("\n") if stdout.endswith("\x1b[0m\n") else stdout
    expected = (int(status), stdout, stderr)
    case(name, words[1:], *ANSWERS[answers], env=env, start="bare", expected=expected)


_load()
