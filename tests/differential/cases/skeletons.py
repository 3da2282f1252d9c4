"""--generate-cli-skeleton in its three forms for all operations.

The comments of `yaml-input` are Everbeat's own words; their place, `[REQUIRED]`
and the valid values are compared.
"""

import json

from ..case import Subject
from ..samples import COMMANDS, command, required_words

case = Subject("skeletons")
NOWHERE = {"AWS_REGION": None, "AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None}
SKELETON = "--generate-cli-skeleton"

for number, name in enumerate(COMMANDS.values()):
    form = [] if number % 2 else ["input"]
    case(f"{name} input", [command(name), SKELETON, *form])
    case(f"{name} yaml", [command(name), SKELETON, "yaml-input"], stdout="comments")
    case(f"{name} output", [*required_words(name), SKELETON, "output"])

HEARTBEAT = f"record-activity-task-heartbeat {SKELETON}"
for form in ("", "input", "yaml-input"):
    rest = "comments" if form.startswith("yaml") else "compared byte for byte"
    case(f"no region {form}", f"{HEARTBEAT} {form}", env=NOWHERE, stdout=rest)
    case(f"unknown profile {form}", f"{HEARTBEAT} {form} --profile nope", stdout=rest)
    case(
        f"output does not matter {form}", f"{HEARTBEAT} {form} --output text --query x", stdout=rest
    )
case("output without region", f"{HEARTBEAT} output --task-token T", env={"AWS_REGION": None})
case(
    "output without credentials",
    f"{HEARTBEAT} output --task-token T",
    env=NOWHERE | {"AWS_REGION": "us-east-1"},
)
case("output without what is required", f"{HEARTBEAT} output")
case("output validates", [*HEARTBEAT.split(), "output", "--task-token", ""])
for form in ("text", "table", "yaml", "yaml-stream", "off"):
    case(
        f"output as {form}",
        f"describe-workflow-type --domain d --workflow-type name=n,version=v {SKELETON} output --output {form}",
    )
    case(
        f"list output as {form}",
        f"list-workflow-types --domain d --registration-status REGISTERED {SKELETON} output --output {form}",
    )
case(
    "output with query",
    f"list-domains --registration-status REGISTERED {SKELETON} output --query domainInfos[0].name",
)
case(
    "output of a timestamp in wire form",
    f"describe-activity-type --domain d --activity-type name=n,version=v {SKELETON} output",
    files={"home/.aws/config": "[default]\ncli_timestamp_format = wire\n"},
)
case(
    "output of a timestamp elsewhere",
    f"describe-activity-type --domain d --activity-type name=n,version=v {SKELETON} output",
    env={"TZ": "Asia/Kolkata"},
)
case(
    "with equals",
    "record-activity-task-heartbeat --generate-cli-skeleton=yaml-input",
    stdout="comments",
)
case("with equals input", "record-activity-task-heartbeat --generate-cli-skeleton=input")
case("abbreviated", "record-activity-task-heartbeat --generate-cli-skel input --task-token T")
case("abbreviated without what is required", "record-activity-task-heartbeat --generate-cli-skel")
case("bad form", f"{HEARTBEAT} inptu")
case("unlike form", f"{HEARTBEAT} json")
case("empty form", [*HEARTBEAT.split(), ""])
case("two words", f"{HEARTBEAT} input output")
case("with options", f"start-workflow-execution --domain d --workflow-type name=n {SKELETON}")
case("reads files", f"{HEARTBEAT} --task-token file://nowhere")
case("reads json", f"describe-workflow-execution --execution {{bad {SKELETON}")
case("reads documents", f"{HEARTBEAT} --cli-input-json {{bad")
case("with a document", [*HEARTBEAT.split(), "--cli-input-json", json.dumps({"taskToken": "T"})])
case(
    "output with a document",
    [*HEARTBEAT.split(), "output", "--cli-input-json", json.dumps({"taskToken": "T"})],
)
case("bad query beats it", f"{HEARTBEAT} --query a[")
case("unknown option", f"{HEARTBEAT} --nope")
