"""Values from files, and JSON for structures and lists, with all its errors."""

from ..case import OwnWords, Subject

case = Subject("values")

TOKEN = "record-activity-task-heartbeat --task-token"
EXECUTION = "describe-workflow-execution --domain d --execution"
DECIDE = "respond-decision-task-completed --task-token T --decisions"
START = "start-workflow-execution --domain d --workflow-id w --workflow-type name=n,version=v --tag-list"
PYTHON = OwnWords("a crash text of Python, D10")

for title, content in {
    "plain": "TOKEN",
    "with a newline": "TOKEN\n",
    "unicode": "é日本😀",
    "empty": "",
    "crlf": "a\r\nb",
    "with a mark": "\ufeffT",
    "json": '{"a": 1}',
}.items():
    case(f"file {title}", f"{TOKEN} file://t", files={"here/t": content})
case("file absolute", f"{TOKEN} file://@TMP@/here/t", files={"here/t": "x"})
case("file in home", f"{TOKEN} file://~/t", files={"home/t": "x"})
case("file by variable", [*TOKEN.split(), "file://$HOME/t"], files={"home/t": "x"})
case("file by braced variable", [*TOKEN.split(), "file://${HOME}/t"], files={"home/t": "x"})
case("file by unknown variable", [*TOKEN.split(), "file://$NOWHERE/t"])
case("file missing", f"{TOKEN} file://nowhere")
case("file missing absolute", f"{TOKEN} file:///nowhere/at/all")
case("file is a folder", f"{TOKEN} file://d", files={"here/d": None})
case("file empty name", f"{TOKEN} file://")
case("file not utf-8", f"{TOKEN} file://t", files={"here/t": b"\xff\xfe\x00"})
case("file upper case", f"{TOKEN} FILE://t", files={"here/t": "x"})
case("bytes file", f"{TOKEN} fileb://t", files={"here/t": "TOKEN"})
case("bytes file odd", f"{TOKEN} fileb://t", files={"here/t": b"\x00\xff'\n\\"})
case("bytes file missing", f"{TOKEN} fileb://nowhere")
case("bytes file for a structure", f"{EXECUTION} fileb://t", files={"here/t": "{}"}, stderr=PYTHON)
case("bytes file for a list", f"{START} fileb://t", files={"here/t": "[]"}, stderr=PYTHON)
case("file details", f"{TOKEN} T --details file://d", files={"here/d": "50%\n"})
case("file details missing", f"{TOKEN} T --details file://d")
case(
    "file structure json",
    f"{EXECUTION} file://e",
    files={"here/e": '{"workflowId": "w", "runId": "r"}\n'},
)
case("file structure shorthand", f"{EXECUTION} file://e", files={"here/e": "workflowId=w,runId=r"})
case(
    "file structure shorthand with a newline",
    f"{EXECUTION} file://e",
    files={"here/e": "workflowId=w,runId=r\n"},
)
case("file structure empty", f"{EXECUTION} file://e", files={"here/e": ""}, stderr=PYTHON)
case("file list json", f"{START} file://t", files={"here/t": '["a", "b"]'})
case("file list of one text", f"{START} file://t", files={"here/t": "ab"})
case("file list of two words", f"{START} file://t x", files={"here/t": '["a"]'})
case("file list empty", f"{START} file://t", files={"here/t": ""}, stderr=PYTHON)
case("file list not a list", f"{START} file://t", files={"here/t": '{"a": 1}'})
case("file decisions", f"{DECIDE} file://d", files={"here/d": '[{"decisionType": "RecordMarker"}]'})
case(
    "file decisions shorthand", f"{DECIDE} file://d", files={"here/d": "decisionType=RecordMarker"}
)
case("file decisions missing", f"{DECIDE} file://d")
case("file bad json", f"{EXECUTION} file://e", files={"here/e": '{\n "a": \n}'})
case(
    "file integer",
    "list-domains --registration-status REGISTERED --maximum-page-size file://n",
    files={"here/n": "7\n"},
)
case(
    "file query is not read",
    f"{TOKEN} T --query file://q",
    {"cancelRequested": True},
    files={"here/q": "a"},
)
case(
    "file paging is not read",
    "list-domains --registration-status REGISTERED --max-items file://n",
    files={"here/n": "7"},
)
case(
    "file starting token",
    "list-domains --registration-status REGISTERED --starting-token file://n",
    files={"here/n": "tok"},
)
case(
    "file skeleton is not read",
    "list-domains --generate-cli-skeleton file://n",
    files={"here/n": "input"},
)

JSON_TEXTS = {
    "good": '{"workflowId": "w", "runId": "r"}',
    "blanks": ' \n\t{"workflowId": "w", "runId": "r"} \n',
    "empty": "{}",
    "unicode": '{"workflowId": "é日本😀", "runId": "\\u00e9\\ud83d\\ude00"}',
    "lone surrogate": '{"workflowId": "\\ud83d", "runId": "r"}',
    "escapes": '{"workflowId": "\\"\\\\\\/\\b\\f\\n\\r\\t", "runId": "r"}',
    "duplicates": '{"workflowId": "a", "workflowId": "b", "runId": "r"}',
    "list": '[{"workflowId": "w"}]',
    "open": "{",
    "open list": "[",
    "end of line": '{"workflowId"',
    "no colon": '{"workflowId" "w"}',
    "no value": '{"workflowId": }',
    "no comma": '{"workflowId": "w" "runId": "r"}',
    "trailing comma": '{"workflowId": "w",}',
    "trailing comma in a list": '{"workflowId": ["w",]}',
    "only a comma": "{,}",
    "single quotes": "{'workflowId': 'w'}",
    "bare key": "{workflowId: 1}",
    "open string": '{"workflowId": "w',
    "open key": '{"workflow',
    "control character": '{"workflowId": "a\nb"}',
    "tab in a string": '{"workflowId": "a\tb"}',
    "bad escape": '{"workflowId": "\\x"}',
    "bad unicode escape": '{"workflowId": "\\u12"}',
    "unicode escape of no hex": '{"workflowId": "\\uzzzz"}',
    "extra": '{"workflowId": "w"} x',
    "second": '{"workflowId": "w"}{}',
    "second line": '{\n  "workflowId": "w"\n  "runId": "r"\n}',
    "after an emoji": '{"workflowId": "😀" x}',
    "nan": '{"workflowId": NaN, "runId": -Infinity}',
    "bad number": '{"workflowId": 01}',
    "big number": '{"workflowId": 123456789012345678901234567890, "runId": 1.50}',
    "other types": '{"workflowId": true, "runId": null}',
    "floats": '{"workflowId": 1e3, "runId": 1.0}',
    "nested": '{"workflowId": {"a": [1, "x", null, {"b": "it\'s"}]}, "runId": ["\\"", "\'", "é", "\\n"]}',
    "literal cut": '{"workflowId": tru}',
    "comment": '{"workflowId": "w" /* x */}',
    "minus": '{"workflowId": -}',
}
for title, text in JSON_TEXTS.items():
    case(f"json {title}", [*EXECUTION.split(), text])
case("json deep", [*EXECUTION.split(), '{"workflowId": ' + "[" * 200 + "]" * 200 + "}"])
for title, text in {
    "list": '[{"decisionType": "RecordMarker"}]',
    "map": '{"decisionType": "RecordMarker"}',
    "empty list": "[]",
    "list of text": '["a"]',
    "list of lists": "[[]]",
    "trailing comma": '[{"decisionType": "x"},]',
    "bad": "[{]",
    "nothing in it": '{"decisionType": }',
}.items():
    case(f"decisions {title}", [*DECIDE.split(), text])
case("decisions of two maps", [*DECIDE.split(), '{"decisionType": "A"}', '{"decisionType": "B"}'])
case("decisions of map and shorthand", [*DECIDE.split(), '{"decisionType": "A"}', "decisionType=B"])
case("decisions of two, second bad", [*DECIDE.split(), '{"decisionType": "A"}', "{bad"])
for title, text in {
    "bad list": '["a",',
    "list with numbers": "[1, true, null]",
    "map": '{"a": 1}',
    "not json": "[a",
}.items():
    case(f"tags {title}", [*START.split(), text])
case("structure from a text", [*EXECUTION.split(), "plain"])
case("structure from nothing", [*EXECUTION.split(), ""], stderr=PYTHON)
case("structure from a blank", [*EXECUTION.split(), " "])
