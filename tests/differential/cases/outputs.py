"""Every operation that answers something, in every output format.

The answers are made from the model (see `samples.py`); the words hold the
required options only. Operations without an answer are tried with `--output`
too: they print nothing in any format.
"""

from ..case import Answer, Subject
from ..samples import COMMANDS, answer, every_event, has_output, required_words

FORMATS = ("json", "text", "table", "yaml", "yaml-stream", "off")

case = Subject("outputs")

for number, name in enumerate(COMMANDS.values()):
    if has_output(name):
        for form in FORMATS:
            case(f"{name} {form}", [*required_words(name), "--output", form], answer(name))
    else:
        form = FORMATS[number % len(FORMATS)]
        case(f"{name} {form}", [*required_words(name), "--output", form], "")

HISTORY = ["get-workflow-execution-history", "--domain", "d"]
HISTORY += ["--execution", "workflowId=w,runId=r"]

for form in ("json", "text", "table", "yaml"):
    case(f"every event {form}", [*HISTORY, "--output", form], {"events": every_event()})

DOMAIN = "describe-domain --name d"
HEARTBEAT = "record-activity-task-heartbeat --task-token T"
DOMAINS = "list-domains --registration-status REGISTERED"

ODD_ANSWERS = {
    "empty map": {},
    "empty body": "",
    "no json": "this is no json",
    "blanks": "  \n",
    "unknown members": {"new": 1, "domainInfo": {"name": "d", "extra": {"a": 1}}, "z": []},
    "nulls": {
        "domainInfo": None,
        "configuration": {"workflowExecutionRetentionPeriodInDays": None},
    },
    "null member": {"domainInfo": {"name": None, "status": "REGISTERED"}},
    "number for text": {"domainInfo": {"name": 12, "status": 1.5, "description": True}},
    "text with breaks": {"domainInfo": {"name": "a\nb\tc", "description": "x\r\ny\u0001\u007f"}},
    "empty texts": {"domainInfo": {"name": "", "status": "", "description": ""}},
    "order": '{"configuration": {"workflowExecutionRetentionPeriodInDays": "1"},'
    ' "domainInfo": {"arn": "a", "name": "b", "status": "c"}}',
    "numbers": '{"domainInfo": {"name": 1e3, "status": 1.0, "arn": 12345678901234567890,'
    ' "description": 1e-7}, "configuration": {"workflowExecutionRetentionPeriodInDays": -0.0}}',
    "duplicates": '{"domainInfo": {"name": "a", "name": "b"}}',
}
for title, body in ODD_ANSWERS.items():
    for form in ("json", "text", "table", "yaml"):
        case(f"{title} {form}", f"{DOMAIN} --output {form}", body)

for form in FORMATS:
    case(f"true {form}", f"{HEARTBEAT} --output {form}", {"cancelRequested": True})
    case(f"no domains {form}", f"{DOMAINS} --output {form}", {"domainInfos": []})
    case(f"no answer {form}", f"{DOMAINS} --output {form}", {})

case("status 201", HEARTBEAT, Answer(status=201, body='{"cancelRequested": true}'))
case(
    "from the environment", HEARTBEAT, {"cancelRequested": True}, env={"AWS_DEFAULT_OUTPUT": "text"}
)
case(
    "option beats environment",
    f"{HEARTBEAT} --output yaml",
    {"cancelRequested": True},
    env={"AWS_DEFAULT_OUTPUT": "text"},
)
case(
    "bad name in the environment",
    HEARTBEAT,
    {"cancelRequested": True},
    env={"AWS_DEFAULT_OUTPUT": "xml"},
)
case(
    "empty name in the environment",
    HEARTBEAT,
    {"cancelRequested": True},
    env={"AWS_DEFAULT_OUTPUT": ""},
)
case("bad name with no answer", DOMAIN, {}, env={"AWS_DEFAULT_OUTPUT": "xml"})
case("bad option", f"{HEARTBEAT} --output xml")
case("bad option near", f"{HEARTBEAT} --output tabel")
case("empty option", [*HEARTBEAT.split(), "--output", ""])
case("upper case", f"{HEARTBEAT} --output JSON")
case("yaml near", f"{HEARTBEAT} --output yaml-steam")

WIDE = {
    "domainInfos": [
        {"name": "n" * 60, "status": "REGISTERED", "arn": "a" * 70},
        {"name": "m", "status": "DEPRECATED", "description": "w" * 30},
    ]
}
case("wide table", f"{DOMAINS} --output table", WIDE)
case(
    "wide single row",
    f"{DOMAIN} --output table",
    {"domainInfo": {"name": "n" * 50, "description": "d " * 40, "arn": "a" * 100}},
)
case(
    "long lines yaml",
    f"{DOMAIN} --output yaml",
    {"domainInfo": {"name": "word " * 40, "description": "x" * 200, "arn": "it's " * 30}},
)
for number in range(1, 8):
    items = [
        {"name": "n" * (i * number % 9), "description": "d" * (i * i % 23)} for i in range(1, 4)
    ]
    case(f"table widths {number}", f"{DOMAINS} --output table", {"domainInfos": items})

case("colour on", f"{DOMAIN} --output table --color on", answer("DescribeDomain"))
case("colour off", f"{DOMAIN} --output table --color off", answer("DescribeDomain"))
case("colour auto", f"{DOMAIN} --output table --color auto", answer("DescribeDomain"))
case("colour on in a list", f"{DOMAINS} --output table --color on", answer("ListDomains"))
case("colour on a heartbeat", f"{HEARTBEAT} --output table --color on", {"cancelRequested": False})
case("colour on json", f"{DOMAIN} --output json --color on", answer("DescribeDomain"))
case("colour on text", f"{DOMAIN} --output text --color on", answer("DescribeDomain"))
case("colour bad", f"{DOMAIN} --color never")
case("colour on nothing", f"{DOMAIN} --output table --color on", {})
