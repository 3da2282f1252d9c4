"""--query: results by format, the language, errors when parsed and when run."""

from ..case import SAME, OwnWords, Subject
from ..samples import answer, every_event

case = Subject("query")

LIST = "list-domains --registration-status REGISTERED"
HEARTBEAT = "record-activity-task-heartbeat --task-token T"
HISTORY = "get-workflow-execution-history --domain d --execution workflowId=w,runId=r"
TYPES = "list-workflow-types --domain d --registration-status REGISTERED"
PYTHON = OwnWords("a crash text of Python, D10")
CRASHES = (
    "mixed text",
    "mixed with map first text",
    "mixed with map first table",
    "&name",
    "length(&name)",
)
FORMATS = ("json", "text", "table", "yaml", "yaml-stream", "off")
DOMAINS = {
    "domainInfos": [
        {"name": "b", "status": "REGISTERED", "description": "second"},
        {"name": "a", "status": "DEPRECATED", "arn": "arn:a"},
        {"name": "c", "status": "REGISTERED", "description": ""},
    ]
}

RESULTS = {
    "scalar": "domainInfos[0].name",
    "null": "nope",
    "number": "length(domainInfos)",
    "float": "`1.5`",
    "boolean": "`true`",
    "false": "`false`",
    "empty text": "domainInfos[2].description",
    "empty list": "domainInfos[?name=='z']",
    "empty map": "`{}`",
    "list": "domainInfos[].name",
    "list of lists": "domainInfos[].[name, status]",
    "list with nulls": "domainInfos[].[name, description]",
    "list of maps": "domainInfos[].{N: name, S: status, D: description}",
    "map": "domainInfos[0].{z: name, a: status}",
    "map of lists": "{names: domainInfos[].name, states: domainInfos[].status}",
    "deep": "{a: {b: {c: domainInfos[0].name}}}",
    "ragged": "domainInfos[].[name, [status]]",
    "uneven rows": "[domainInfos[0].[name, status], domainInfos[1].[name]]",
    "mixed": "[domainInfos[0].name, domainInfos[1]]",
    "mixed with map first": "[domainInfos[1], domainInfos[0].name]",
    "map in a scalar column": "[{a: `1`}, {a: {b: `2`}}]",
    "list in a scalar column": "[{a: `1`}, {a: [`2`]}]",
    "three deep": "[[[`1`, `2`], [`3`]], [[`4`]]]",
    "numbers": "[`1`, `1.0`, `1e3`, `-0.0`, `1e-7`, `100000000000000000000`, `1e16`, `1e22`]",
    "odd keys": '{"a b": `1`, "é": `2`, "A": `3`, "-": `4`, "": `5`}',
    "nested empties": "{a: `[]`, b: `{}`, c: `null`, d: `[[]]`, e: `[{}]`}",
}
for title, query in RESULTS.items():
    for form in FORMATS[:4] if title not in ("list", "scalar") else FORMATS:
        words = PYTHON if f"{title} {form}" in CRASHES else SAME
        case(
            f"{title} {form}",
            [*LIST.split(), "--query", query, "--output", form],
            DOMAINS,
            stderr=words,
        )
for title in ("list of maps", "map of lists", "deep", "empty list", "null"):
    case(
        f"{title} stream",
        [*LIST.split(), "--query", RESULTS[title], "--output", "yaml-stream"],
        DOMAINS,
    )

LANGUAGE = (
    "domainInfos[*].name",
    "domainInfos[].name | [0]",
    "domainInfos[-1].name",
    "domainInfos[::2].name",
    "domainInfos[::-1].name",
    "domainInfos[1:].name",
    "domainInfos[:10].name",
    "domainInfos[5].name",
    "domainInfos[?status=='REGISTERED'].name",
    "domainInfos[?status!='REGISTERED'].name",
    "domainInfos[?name>'a'].name",
    "domainInfos[?description].name",
    "domainInfos[?!description].name",
    "domainInfos[?name=='a' || name=='b'].name",
    "domainInfos[?name=='a' && arn].name",
    "domainInfos[?contains(name, 'a')].name",
    "domainInfos[?starts_with(status, 'REG')].name",
    "domainInfos[?ends_with(status, 'ED')].name",
    "sort_by(domainInfos, &name)[].name",
    "reverse(sort_by(domainInfos, &name))[0]",
    "max_by(domainInfos, &name).name",
    "min_by(domainInfos, &name).name",
    "sort(domainInfos[].name)",
    "reverse(domainInfos[].name)",
    "reverse('abc')",
    "join(',', domainInfos[].name)",
    "keys(domainInfos[0])",
    "values(domainInfos[0])",
    "length('é日本😀')",
    "map(&name, domainInfos)",
    "merge(domainInfos[0], {x: `1`})",
    "not_null(nope, domainInfos[0].name)",
    "to_array(domainInfos[0].name)",
    "to_string(domainInfos[0])",
    "to_string(`1.0`)",
    "to_number('1.5')",
    "to_number('x')",
    "to_number('12')",
    "type(domainInfos)",
    "type(nope)",
    "type(`1.5`)",
    "abs(`-1.5`)",
    "ceil(`1.2`)",
    "floor(`-1.2`)",
    "avg(`[1,2,4]`)",
    "avg(`[]`)",
    "sum(`[1,2.5]`)",
    "sum(`[]`)",
    "max(`[1,3,2]`)",
    "max(`[]`)",
    "min(domainInfos[].name)",
    "@",
    "*",
    "*[0].name",
    "domainInfos[0].*",
    "(domainInfos)[0].name",
    "domainInfos[].name[]",
    "[domainInfos][][].name",
    "{a: @.domainInfos[0].name}",
    '"domainInfos"[0]."name"',
    '"d\\u006fmainInfos"[0].name',
    "'raw \\' string'",
    '`"literal"`',
    "`bad literal`",
    '`[1, {"b": 1, "a": 2}]`',
    "domainInfos[?name < `5`].name",
    "`1` == `1.0`",
    "`true` == `1`",
    "'a' < 'b'",
    "a || b",
    "!domainInfos",
    "domainInfos[0] == domainInfos[0]",
    "&name",
    "  domainInfos[0].name  ",
    "domainInfos[0]\n.name",
    "domainInfos[?name=='é']",
    "domainInfos[0].name || 'x'",
    "nope.nope[0].nope",
    'length(`""`)',
    "sort_by(domainInfos, &nope)",
    "contains('abc', 'b')",
    "contains(`[1]`, `1`)",
)
for query in LANGUAGE:
    case(
        f"run {query!r}",
        [*LIST.split(), "--query", query],
        DOMAINS,
        stderr=PYTHON if query in CRASHES else SAME,
    )

BAD = (
    "",
    " ",
    "foo[",
    "foo bar",
    "foo-bar",
    "a#b",
    "foo.",
    "foo[bar]",
    "foo[1",
    "foo(",
    "foo(a",
    "foo)",
    "]",
    "[",
    "{",
    "{a",
    "{a:",
    "{a: b",
    "{a b}",
    "{'a': b}",
    "a..b",
    ".a",
    "a.1",
    "a.'b'",
    "'a",
    '"a',
    "`a",
    "a = b",
    "a == ",
    "== b",
    "a &",
    "a | ",
    "| a",
    "a[?b",
    "a[?",
    "a[1:2:3:4]",
    "a[::0]",
    "a[::",
    '"f"(a)',
    "f(&)",
    "@a",
    "a@",
    "!",
    "a !",
    "(a",
    "()",
    "a[*",
    "a[*].",
    "*.",
    "a.*b",
    "1",
    "-1",
    "-",
    "a[-]",
    "a[0",
    "%",
    "a%b",
    "é",
    "日本",
    "a.é",
    "$",
    "a\tb",
    "a\nb c",
    "a[0]b",
    "foo[a:b]",
    "[*",
    "a,b",
    "[a,]",
    "{a: b,}",
    "foo.[",
    "foo.{",
    "f(,)",
    "f(a,)",
    "'a'b",
    "`1`2",
    "a\\b",
    '"\\x"',
    "a && ",
    "a <",
    "a < b < c",
    "a == b == c",
)
for query in BAD:
    case(f"bad {query!r}", [*LIST.split(), "--query", query], DOMAINS)

FAILING = (
    "f()",
    "unknown(@)",
    "length()",
    "length(@, @)",
    "length(`1`)",
    "not_null()",
    "join(`1`, @)",
    "join(',', @)",
    "sort(@)",
    'sort(`[1,"a"]`)',
    "sort_by(domainInfos, &description)",
    "sort_by(domainInfos, name)",
    "max_by(domainInfos, &@)",
    "abs('a')",
    "avg(domainInfos[].name)",
    "keys('a')",
    "to_number()",
    "contains(`1`, `1`)",
    "starts_with('a', `1`)",
    "merge(`1`)",
    "map(name, domainInfos)",
    'sum(`["a"]`)',
    "floor(`null`)",
    'max(`[1,"a"]`)',
    "reverse(`1`)",
    "values(`[]`)",
    "type()",
    "ceil(`true`)",
    "domainInfos[::0]",
    "length(&name)",
)
for query in FAILING:
    case(
        f"failing {query!r}",
        [*LIST.split(), "--query", query],
        DOMAINS,
        stderr=PYTHON if query in CRASHES else SAME,
    )
for form in FORMATS:
    case(f"failing {form}", [*LIST.split(), "--query", "length(`1`)", "--output", form], DOMAINS)

for form in FORMATS:
    case(
        f"heartbeat true {form}",
        f"{HEARTBEAT} --query cancelRequested --output {form}",
        {"cancelRequested": True},
    )
    case(
        f"heartbeat false {form}",
        f"{HEARTBEAT} --query cancelRequested --output {form}",
        {"cancelRequested": False},
    )
case("no answer", "deprecate-domain --name d --query a", "")
case("no answer, literal", ["deprecate-domain", "--name", "d", "--query", "`1`"], "")
case("empty answer, literal", [*HEARTBEAT.split(), "--query", "`1`"], {})
case("fault", f"{HEARTBEAT} --query a", '{"__type": "x"}')
case(
    "events by type",
    [*HISTORY.split(), "--query", "events[?eventType=='TimerFired'].eventId"],
    {"events": every_event()},
)
case(
    "events as a table",
    [*HISTORY.split(), "--query", "events[].[eventId, eventType]", "--output", "table"],
    {"events": every_event()[:9]},
)
case(
    "events as text",
    [*HISTORY.split(), "--query", "events[].{id: eventId, type: eventType}", "--output", "text"],
    {"events": every_event()[:9]},
)
case(
    "any attributes",
    [*HISTORY.split(), "--query", "events[].*.identity | []"],
    {"events": every_event()},
)
case(
    "types",
    [*TYPES.split(), "--query", "typeInfos[].workflowType", "--output", "table"],
    answer("ListWorkflowTypes"),
)
case(
    "types stream",
    [*TYPES.split(), "--query", "typeInfos[].workflowType", "--output", "yaml-stream"],
    answer("ListWorkflowTypes"),
)
case("query with equals", [*LIST.split(), "--query=domainInfos[0].name"], DOMAINS)
case("query twice", [*LIST.split(), "--query", "a[", "--query", "domainInfos[0].name"], DOMAINS)
case("bad query, legacy", [*LIST.split(), "--query", "a[", "--cli-error-format", "legacy"])
case("bad query, json", [*LIST.split(), "--query", "a[", "--cli-error-format", "json"])
