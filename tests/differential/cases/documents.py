"""--cli-input-json and --cli-input-yaml: reading, merging with options, errors."""

import json

from ..case import SAME, OwnWords, Subject

case = Subject("documents")

HEARTBEAT = "record-activity-task-heartbeat"
START = "start-workflow-execution"
FILTER = "count-open-workflow-executions --domain d"
LIBRARY = OwnWords("a crash text of Python, D10")


def both(name, text, words=HEARTBEAT, **rest):
    """The same text as JSON and as YAML."""
    for kind in ("json", "yaml"):
        case(f"{name} {kind}", [*words.split(), f"--cli-input-{kind}", text], **rest)


for title, value in {
    "good": {"taskToken": "T", "details": "d"},
    "empty map": {},
    "unknown member": {"taskToken": "T", "bogus": 1},
    "wrong case": {"TaskToken": "T"},
    "wrong types": {"taskToken": ["x"], "details": {"a": 1}},
    "number": {"taskToken": 5, "details": 1.5},
    "boolean and null": {"taskToken": True, "details": None},
    "list": ["taskToken"],
    "text": "taskToken",
    "integer": 5,
    "float": 1.5,
    "true": True,
    "null": None,
    "unicode": {"taskToken": "é日本😀"},
}.items():
    both(title, json.dumps(value))
for title, text in {
    "bad": "{bad",
    "nothing": "",
    "blank": " ",
    "raw unicode": '{"taskToken": "é😀"}',
    "duplicate keys": '{"taskToken": "a", "taskToken": "b"}',
    "trailing comma": '{"taskToken": "a",}',
    "comment": '{"taskToken": "a"} # x',
    "tab": '{"taskToken":\t"a"}',
    "nan": '{"taskToken": NaN}',
}.items():
    both(title, text)

both("option beats member", '{"taskToken": "A", "details": "B"}', f"{HEARTBEAT} --task-token T")
both("option adds", '{"details": "B"}', f"{HEARTBEAT} --task-token T")
both("bad member overridden", '{"taskToken": 5}', f"{HEARTBEAT} --task-token T")
both("empty option beats member", '{"taskToken": "A"}', f"{HEARTBEAT} --task-token=")
both(
    "flag beats member",
    '{"registrationStatus": "REGISTERED", "reverseOrder": true}',
    "list-domains --no-reverse-order",
)
both(
    "no merging of structures",
    '{"domain": "d", "execution": {"workflowId": "a", "runId": "b"}}',
    "describe-workflow-execution --execution workflowId=w",
)
both(
    "order of members",
    '{"domain": "d", "workflowId": "w", "workflowType": {"version": "v", "name": "n"}, "input": "i"}',
    f"{START} --tag-list a --task-priority 1",
)
both(
    "list beats member",
    '{"domain": "d", "workflowId": "w", "workflowType": {"name": "n", "version": "v"}, "tagList": ["x", "y"]}',
    f"{START} --tag-list a",
)
both("missing is found later", '{"details": "B"}')
case("both", [HEARTBEAT, "--cli-input-json", "{}", "--cli-input-yaml", "{}"])
case("both empty", [HEARTBEAT, "--cli-input-json", "", "--cli-input-yaml", ""])
case(
    "json twice",
    [HEARTBEAT, "--cli-input-json", '{"taskToken": "a"}', "--cli-input-json", '{"taskToken": "b"}'],
)
for kind in ("json", "yaml"):
    option = f"--cli-input-{kind}"
    case(f"with equals {kind}", [HEARTBEAT, option + '={"taskToken": "T"}'])
    case(
        f"with equals and option {kind}",
        [HEARTBEAT, "--task-token", "A", option + '={"details": "T"}'],
    )
    case(f"abbreviated {kind}", [HEARTBEAT, f"--cli-input-{kind[0]}", '{"taskToken": "T"}'])
    case(
        f"abbreviated and option {kind}",
        [HEARTBEAT, f"--cli-input-{kind[0]}", '{"details": "T"}', "--task-token", "A"],
    )
    case(f"file {kind}", [HEARTBEAT, option, "file://i"], files={"here/i": '{"taskToken": "T"}\n'})
    case(
        f"bytes file {kind}",
        [HEARTBEAT, option, "fileb://i"],
        files={"here/i": '{"taskToken": "é"}\n'},
    )
    case(f"file missing {kind}", [HEARTBEAT, option, "file://i"])
    case(f"file bad {kind}", [HEARTBEAT, option, "file://i"], files={"here/i": "{bad"})
    case(f"file not utf-8 {kind}", [HEARTBEAT, option, "file://i"], files={"here/i": b"\xff\xfe{}"})
    case(f"file is a folder {kind}", [HEARTBEAT, option, "file://i"], files={"here/i": None})
    case(
        f"file inside is plain {kind}",
        [HEARTBEAT, option, '{"taskToken": "file://i"}'],
        files={"here/i": "x"},
    )
    case(f"file empty {kind}", [HEARTBEAT, option, "file://i"], files={"here/i": ""})
    case(f"unknown option beside {kind}", [HEARTBEAT, option, "{}", "--nope"])

YAML = {
    "block": "taskToken: T\ndetails: 50%\n",
    "booleans of 1.1": "taskToken: yes\ndetails: on\n",
    "booleans of 1.2": "taskToken: true\ndetails: False\n",
    "integers": "taskToken: 017\ndetails: 0o17\n",
    "hexadecimal": "taskToken: 0x1F\ndetails: 1_000\n",
    "floats": "taskToken: 1.5e3\ndetails: .inf\n",
    "sexagesimal": "taskToken: 1:30\ndetails: 1:30:15\n",
    "nulls": "taskToken: ~\ndetails: null\n",
    "empty value": "taskToken:\ndetails: d\n",
    "date": "taskToken: 2020-01-01\ndetails: d\n",
    "date and time": "taskToken: 2020-01-01T10:00:00Z\ndetails: 2020-01-01 10:00:00.5\n",
    "quoted": "taskToken: '5'\ndetails: \"true\"\n",
    "literal block": "taskToken: T\ndetails: |\n  a\n   b\n\n",
    "literal block stripped": "taskToken: T\ndetails: |-\n  a\n  b\n",
    "folded block": "taskToken: T\ndetails: >\n  a\n  b\n\n  c\n",
    "plain over lines": "taskToken: T\ndetails: a\n  b\n  c\n",
    "double quoted over lines": 'taskToken: T\ndetails: "a\n  b\\\n  c"\n',
    "anchors": "taskToken: &a T\ndetails: *a\n",
    "unknown alias": "taskToken: *a\n",
    "merge key": "base: &b {taskToken: T}\n<<: *b\n",
    "flow": "{taskToken: T, details: 'a, b'}",
    "comments": "# first\ntaskToken: T # second\n",
    "two documents": "taskToken: T\n---\ntaskToken: U\n",
    "document start": "---\ntaskToken: T\n...\n",
    "directive": "%YAML 1.1\n---\ntaskToken: yes\n",
    "tab": "taskToken:\n\tx: 1\n",
    "bad indent": "taskToken: T\n details: d\n",
    "no map": "- a\n- b\n",
    "plain text": "only text",
    "duplicate": "taskToken: a\ntaskToken: b\n",
    "binary": "taskToken: !!binary VA==\n",
    "string tag": "taskToken: !!str 5\n",
    "own tag": "taskToken: !mine T\n",
    "emoji": 'taskToken: 😀\ndetails: "\\U0001F600"\n',
    "escapes": 'taskToken: "\\x41\\u00e9\\t\\e"\n',
    "key that is a number": "5: T\n",
    "key that is a list": "? [a]\n: T\n",
    "colon inside": "taskToken: a:b\ndetails: http://x\n",
    "hash inside": "taskToken: a#b\ndetails: 'a #b'\n",
    "equals": "taskToken: =\ndetails: <<\n",
    "byte order mark": "\ufefftaskToken: T\n",
    "windows lines": "taskToken: T\r\ndetails: d\r\n",
    "percent": "taskToken: %x\n",
    "at sign": "taskToken: @x\n",
    "signed": "taskToken: +5\ndetails: -0\n",
    "exponent": "taskToken: 1e3\ndetails: 1.e3\n",
}
for title, text in YAML.items():
    words = LIBRARY if title.startswith("key that is") else SAME
    case(f"yaml {title}", [HEARTBEAT, "--cli-input-yaml", text], stderr=words)
    if title in ("block", "literal block", "two documents", "duplicate", "windows lines"):
        case(
            f"yaml file {title}",
            [HEARTBEAT, "--cli-input-yaml", "file://i"],
            files={"here/i": text},
        )

for title, text in {
    "number": "startTimeFilter: {oldestDate: 1577836800}",
    "date and time": "startTimeFilter: {oldestDate: 2020-01-01T10:00:00Z}",
    "date and time with blank": "startTimeFilter: {oldestDate: 2020-01-01 10:00:00}",
    "zone": "startTimeFilter: {oldestDate: 2020-01-01T10:00:00+02:00, latestDate: 2020-01-01 10:00:00 -5}",
    "date": "startTimeFilter: {oldestDate: 2020-01-01}",
    "quoted date": "startTimeFilter: {oldestDate: '2020-01-01'}",
    "fraction": "startTimeFilter: {oldestDate: 2020-01-01T10:00:00.999Z}",
}.items():
    case(f"yaml timestamp {title}", [*FILTER.split(), "--cli-input-yaml", text])
case(
    "yaml decisions",
    [
        "respond-decision-task-completed",
        "--cli-input-yaml",
        "taskToken: T\ndecisions:\n- decisionType: CompleteWorkflowExecution\n"
        "  completeWorkflowExecutionDecisionAttributes:\n    result: done\n- {decisionType: RecordMarker}\n",
    ],
)
case(
    "its own skeleton",
    ["start-workflow-execution", "--cli-input-yaml", "file://i"],
    files={"here/i": """\
domain: 'd'  # [REQUIRED] the domain
workflowId: 'w' # [REQUIRED] the id
workflowType: # [REQUIRED] the type
  name: 'n'  # [REQUIRED] its name
  version: 'v' # [REQUIRED] its version
tagList: # tags
- 'a'
childPolicy: TERMINATE # what happens. Valid values are: TERMINATE, REQUEST_CANCEL, ABANDON.
"""},
)
