"""Pages: merging, cuts with --max-items, resuming, and what turns paging off."""

import base64
import json

from ..case import SAME, OwnWords, Subject, fault
from ..samples import COMMANDS, answer, every_event, paginates, required_words

case = Subject("paging")

LIST = "list-domains --registration-status REGISTERED"
POLL = "poll-for-decision-task --domain d --task-list name=t"
HISTORY = "get-workflow-execution-history --domain d --execution workflowId=w,runId=r"


def _names(*names):
    return [{"name": name, "status": "REGISTERED"} for name in names]


PAGES = (
    {"domainInfos": _names("d1", "d2", "d3"), "nextPageToken": "tok1"},
    {"domainInfos": _names("d4", "d5"), "nextPageToken": "tok2"},
    {"domainInfos": _names("d6")},
)
KEPT = {
    "taskToken": "TT",
    "startedEventId": 3,
    "previousStartedEventId": 0,
    "workflowExecution": {"workflowId": "w", "runId": "r"},
    "workflowType": {"name": "n", "version": "v"},
}
TASK = (
    KEPT | {"events": every_event()[:2], "nextPageToken": "more"},
    KEPT | {"taskToken": "other", "events": every_event()[2:4]},
)
PYTHON = OwnWords("a crash text of Python, D10")
FORMATS = ("json", "text", "table", "yaml", "yaml-stream", "off")


def token(**parts):
    """A token as --starting-token takes it."""
    return base64.b64encode(json.dumps(parts).encode()).decode()


for form in FORMATS:
    case(f"merged {form}", f"{LIST} --output {form}", *PAGES)
    case(f"first page {form}", f"{LIST} --no-paginate --output {form}", *PAGES)
    case(f"four items {form}", f"{LIST} --max-items 4 --output {form}", *PAGES)
    case(f"decision task {form}", f"{POLL} --output {form}", *TASK)
    case(f"decision task cut {form}", f"{POLL} --max-items 3 --output {form}", *TASK)
    case(f"same token {form}", f"{LIST} --output {form}", PAGES[0])
    case(
        f"fault on page two {form}",
        f"{LIST} --output {form}",
        PAGES[0],
        fault("UnknownResourceFault", "gone"),
    )
    case(
        f"empty pages {form}",
        f"{LIST} --output {form}",
        {"domainInfos": [], "nextPageToken": "a"},
        {"nextPageToken": "b"},
        {"domainInfos": []},
    )
    case(
        f"queried {form}",
        [*LIST.split(), "--query", "domainInfos[].name", "--output", form],
        *PAGES,
    )
    case(
        f"next token queried {form}",
        [
            *LIST.split(),
            "--query",
            "[NextToken, nextPageToken]",
            "--max-items",
            "1",
            "--output",
            form,
        ],
        *PAGES,
        stderr=PYTHON if form == "text" else SAME,
    )

for count in (1, 2, 3, 5, 6, 7, 100):
    case(f"max items {count}", f"{LIST} --max-items {count}", *PAGES)
for count in ("0", "-1", "-2", "-9", " 3 ", "+2", "1_0"):
    case(f"odd max items {count}", [*LIST.split(), f"--max-items={count}"], *PAGES)
for count in ("", "abc", "1.5", "0x1", "--max-items"):
    case(f"bad max items {count}", [*LIST.split(), "--max-items", count], *PAGES)
    case(f"bad page size {count}", [*LIST.split(), "--page-size", count], *PAGES)
for size in (1, 0, 1000, -1):
    case(f"page size {size}", f"{LIST} --page-size {size}", *PAGES)
case("page size and max items", f"{LIST} --page-size 3 --max-items 4", *PAGES)
case("zero items text", f"{LIST} --max-items 0 --output text", *PAGES)
case("zero items table", f"{LIST} --max-items 0 --output table", *PAGES)
case("items of a history", f"{HISTORY} --max-items 1", {"events": every_event()[:2]})
case("next page token and paging", f"{LIST} --next-page-token x --max-items 1")

TOKENS = {
    "cut in page one": token(nextPageToken=None, boto_truncate_amount=2),
    "cut in page two": token(nextPageToken="tok1", boto_truncate_amount=1),
    "page two": token(nextPageToken="tok1"),
    "all of page one": token(nextPageToken=None, boto_truncate_amount=3),
    "beyond page one": token(nextPageToken=None, boto_truncate_amount=9),
    "plain": "tok1",
    "old": "tok1___2",
    "old without token": "None___2",
    "old with none": "None",
    "old without number": "tok1___x",
    "too many parts": "a___b___1",
    "four parts": "a___b___c___1",
    "no object": base64.b64encode(b"[1]").decode(),
    "other keys": token(other="x"),
    "amount of text": token(nextPageToken="tok1", boto_truncate_amount="1"),
    "empty": "",
    "unicode": "é",
    "bad base64": "eyJuZXh0=x",
}
for title, text in TOKENS.items():
    case(
        f"start {title}",
        [*LIST.split(), "--starting-token", text],
        *PAGES,
        stderr=PYTHON if title == "amount of text" else SAME,
    )
    if "cut" in title:
        for count in (1, 2, 3):
            case(
                f"start {title} and {count}",
                [*LIST.split(), "--starting-token", text, "--max-items", str(count)],
                *PAGES,
            )
        case(
            f"start {title} text",
            [*LIST.split(), "--starting-token", text, "--max-items", "1", "--output", "text"],
            *PAGES,
        )
        case(
            f"start {title} stream",
            [*LIST.split(), "--starting-token", text, "--output", "yaml-stream"],
            *PAGES,
        )
        case(f"start {title} decision task", [*POLL.split(), "--starting-token", text], *TASK)

for option in (
    "--max-items 1",
    "--page-size 2",
    "--starting-token x",
    "--page-size 2 --max-items 3 --starting-token x",
):
    case(f"no paging with {option}", f"{LIST} --no-paginate {option}", *PAGES)
    case(f"a page token with {option}", f"{LIST} --next-page-token x {option}", *PAGES)
    case(f"a page length with {option}", f"{LIST} --maximum-page-size 2 {option}", *PAGES)
case("page token", f"{LIST} --next-page-token x", *PAGES)
case("page length", f"{LIST} --maximum-page-size 2", *PAGES)
case("paging where there is none", "describe-domain --name d --max-items 1")
case("no paging where there is none", "describe-domain --name d --no-paginate")
case(
    "no paging of a heartbeat",
    "record-activity-task-heartbeat --task-token T --no-paginate",
    {"cancelRequested": True},
)
case("no paging before", f"--no-paginate swf {LIST}", *PAGES, start="whole")
for member in ('{"nextPageToken": "x"}', '{"maximumPageSize": 2}'):
    document = [
        "--cli-input-json",
        json.dumps(json.loads(member) | {"registrationStatus": "REGISTERED"}),
    ]
    case(f"document {member}", ["list-domains", *document], *PAGES)
    case(
        f"document {member} and an option", ["list-domains", *document, "--max-items", "1"], *PAGES
    )
for config in (
    {"MaxItems": 2},
    {"PageSize": 3},
    {"MaxItems": 4, "StartingToken": TOKENS["cut in page one"]},
    {},
    {"Other": 1},
):
    document = json.dumps({"registrationStatus": "REGISTERED", "PaginationConfig": config})
    case(
        f"config {json.dumps(config)[:30]}", ["list-domains", "--cli-input-json", document], *PAGES
    )
case(
    "config and option",
    [
        "list-domains",
        "--max-items",
        "1",
        "--cli-input-json",
        json.dumps({"registrationStatus": "REGISTERED", "PaginationConfig": {"MaxItems": 5}}),
    ],
    *PAGES,
)
case("no task", POLL, {"taskToken": "", "startedEventId": 0, "previousStartedEventId": 0})
case("items that are null", LIST, {"domainInfos": None})
case("token empty", LIST, {"domainInfos": _names("a"), "nextPageToken": ""})
case("token null", LIST, {"domainInfos": _names("a"), "nextPageToken": None})
case("later page without list", LIST, PAGES[0], {})
case("first page without list", f"{LIST} --max-items 2", {"nextPageToken": "a"}, PAGES[2])

for name in COMMANDS.values():
    if paginates(name):
        first = answer(name) | {"nextPageToken": "t"}
        case(f"{name} merged", required_words(name), first, answer(name, 1))
        case(
            f"{name} cut",
            [*required_words(name), "--max-items", "3", "--page-size", "2"],
            first,
            answer(name, 1),
        )
