"""What is sent: every option of every operation, and the same input as a document.

One case for each operation with all its options, one with the whole input as
JSON or YAML, on the line or in a file. The stub writes down body, target,
signature and headers.
"""

import json

from ..case import Subject
from ..samples import COMMANDS, all_words, command, full_input

STARTS = ("swf", "bare", "whole", "link")
HEARTBEAT = "record-activity-task-heartbeat --task-token T"

case = Subject("requests")

for number, name in enumerate(COMMANDS.values()):
    start = STARTS[number % len(STARTS)]
    words = all_words(name)
    before = ["swf"] if start in ("whole", "link") else []
    case(f"{name} options", before + words, start=start)

    document = json.dumps(full_input(name))
    by_file = {"here/input": document}
    line, files = {
        0: (["--cli-input-json", document], None),
        1: (["--cli-input-json", "file://input"], by_file),
        2: (["--cli-input-yaml", document], None),
        3: (["--cli-input-yaml", "file://@TMP@/here/input"], by_file),
    }[number % 4]
    case(f"{name} document", [command(name), *line], files=files)

case("details", f"{HEARTBEAT} --details 50%", {"cancelRequested": False})
case("details empty", [*HEARTBEAT.split(), "--details", ""])
case("details with equals", f"{HEARTBEAT} --details=a=b")
case("details unicode", f"{HEARTBEAT} --details 'é 日本 😀 \\ \"'")
case("details control characters", [*HEARTBEAT.split(), "--details", "a\tb\nc\rd\x01\x7f"])
case("details long", [*HEARTBEAT.split(), "--details", "long " * 2000])
case("details twice", f"{HEARTBEAT} --details a --details b")
case("details first", "record-activity-task-heartbeat --details d --task-token T")
case("token of one dash", ["record-activity-task-heartbeat", "--task-token", "-"])
case("token empty", ["record-activity-task-heartbeat", "--task-token", ""])
case("token with blanks", ["record-activity-task-heartbeat", "--task-token", "  T "])
case("token like an option", ["record-activity-task-heartbeat", "--task-token=-T"])
case("token like a long option", ["record-activity-task-heartbeat", "--task-token=--details"])
case("token like a url", ["record-activity-task-heartbeat", "--task-token", "http://127.0.0.1:1/x"])
case(
    "token like a secure url",
    ["record-activity-task-heartbeat", "--task-token", "https://127.0.0.1/x"],
)
case("token of a negative number", ["record-activity-task-heartbeat", "--task-token", "-5"])
case("token of a negative fraction", ["record-activity-task-heartbeat", "--task-token", "-5.3"])
case("token of a dash and blank", ["record-activity-task-heartbeat", "--task-token", "-5 apples"])

for count in (0, 1, 2, 5):
    tags = " ".join(f"t{n}" for n in range(count))
    case(
        f"{count} tags",
        "start-workflow-execution --domain d --workflow-id w"
        f" --workflow-type name=n,version=v --tag-list {tags}",
    )
case(
    "tags as json",
    [
        "start-workflow-execution",
        "--domain",
        "d",
        "--workflow-id",
        "w",
        "--workflow-type",
        "name=n,version=v",
        "--tag-list",
        '["a", "b c", "é"]',
    ],
)
case(
    "tags with commas",
    "start-workflow-execution --domain d --workflow-id w"
    " --workflow-type name=n,version=v --tag-list a,b 'c d' [",
)
case(
    "tags twice",
    "start-workflow-execution --domain d --workflow-id w"
    " --workflow-type name=n,version=v --tag-list a --tag-list b c",
)
case(
    "tags of json strings",
    [
        "start-workflow-execution",
        "--domain",
        "d",
        "--workflow-id",
        "w",
        "--workflow-type",
        "name=n,version=v",
        "--tag-list",
        '"a"',
        "{}",
    ],
)
case("tag keys", "untag-resource --resource-arn arn --tag-keys a b -5 -")
case("reverse", "list-domains --registration-status REGISTERED --reverse-order")
case("no reverse", "list-domains --registration-status REGISTERED --no-reverse-order")
case(
    "reverse and not",
    "list-domains --registration-status REGISTERED --reverse-order --no-reverse-order",
)
case(
    "from the previous event",
    "poll-for-decision-task --domain d --task-list name=t --start-at-previous-started-event",
)
case(
    "not from the previous event",
    "poll-for-decision-task --domain d --task-list name=t --no-start-at-previous-started-event",
)
for title, text in {
    "plain": "5",
    "blanks": " 5 ",
    "sign": "+5",
    "underline": "1_0",
    "zeros": "007",
    "negative": "-1",
    "word": "abc",
    "fraction": "1.5",
    "empty": "",
    "two underlines": "1__0",
    "hex": "0x10",
    "arabic": "٥",
    "big": "123456789012345678901234567890",
}.items():
    case(
        f"page size {title}",
        ["list-domains", "--registration-status", "REGISTERED", "--maximum-page-size", text],
    )
case("enum is not checked", "list-domains --registration-status nonsense")
case("unsigned", f"{HEARTBEAT} --no-sign-request")
case(
    "unsigned without credentials",
    f"{HEARTBEAT} --no-sign-request",
    env={"AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None},
)
case(
    "unsigned list",
    "--no-sign-request swf list-domains --registration-status REGISTERED",
    start="whole",
)
case("region", f"{HEARTBEAT} --region eu-west-1")
case("session token", HEARTBEAT, env={"AWS_SESSION_TOKEN": "SESSION"})
for form in ("base64", "raw-in-base64-out"):
    case(f"binary format {form}", f"{HEARTBEAT} --cli-binary-format {form}")
case("binary format bad", f"{HEARTBEAT} --cli-binary-format base65")
case(
    "binary format in the profile",
    HEARTBEAT,
    files={"home/.aws/config": "[default]\ncli_binary_format = raw-in-base64-out\n"},
)
case("no pager", f"{HEARTBEAT} --no-cli-pager", {"cancelRequested": True})
case("no pager before", f"--no-cli-pager swf {HEARTBEAT}", {"cancelRequested": True}, start="whole")
case(
    "no pager twice in a table",
    f"{HEARTBEAT} --no-cli-pager --no-cli-pager --output table",
    {"cancelRequested": True},
)
