"""The values and YAML texts that record.py shows to the reference."""

TITLE = "ListDomains"

TRAPS = """
yes no on off y n true True TRUE false FALSE null Null NULL ~ 0 -0 +1 12 0o17 017 08 0x1F 0b101 0b 0x 0o 1_000 _1 -_ -1_0
1.5 1. .5 -.5 . ._ 1e3 1e+3 1.5e-7 .5e3 .5e+3 1.e5 1e 1e+ .inf -.inf +.Inf .nan -.nan .NAN 1_0.5_0 1.2.3 1:30 190:20:30
2024-01-02 2024-1-2 2024-13-45 2024-01-02T03:04:05Z 2024-01-02t3:04:05.5+05:30 2024-01-02T03:04 0000-01-01 12-01-01
= << <<< == ! & * - -- --- ---x ... ...x ? : :x -x ?x x: x:y #x x#y , [ ] { } [] {} {a} | > ' " % %x @ @x ` `x \\ / a,b a?b
""".split()

STRINGS = TRAPS + [
    "", " ", "  ", " x", "x ", "\t", "\tx", "x\t", "a\tb", "\n", "\n\n", "a\n", "\na", "a\nb", "a\n\nb", "a \nb", "a\n b",
    "a\r\nb", "a\rb", "a\x85b", "a\u2028b", "a\u2029", "\u2028", "a: b", "a :b", "a #b", "a# b", "a:\tb", "a\t#b",
    "2024-01-02 03:04:05", "2024-01-02 03:04:05 +5", "2024-01-02  3:04:05.123456 -03:30", "12\n", "true\n", "- a", "? a",
    "é", "日本語", "Ａ", "α±", "e\u0301", "\u0301", "😀", "a 😀 b", "👨‍👩‍👧", "\ufeff", "\ufffd", "\ufffe", "\uffff", "\U00010000",
    "\U0010ffff", "\x00", "\x07\x08\x0b\x0c\x1b", "\x7f", "\x80", "\x9f", "\xa0", "\xad", "\u200b", "\ue000", "\u7eff", "\u7efd \"q\" 😀 \u7eff",
    "it's", "say \"it's\"", "'", "''", "\"", "back\\slash", "\\x01", "\\u0041", "tab\\t",
    "x" * 79, "x" * 80, "x" * 81, "x" * 200, "word " * 30, "word " * 30 + "end", "two  blanks " * 12, "é日 " * 40,
    "it's " * 30, "tab\t " * 20, "a\tb  c " * 20, "😀 " * 20, "😀 wide  x " * 15, "line of words\n" * 12, "long " * 20 + "\n" + "more " * 20,
    "# " + "word " * 20, "word " * 16 + "#", "key: " * 20, " " + "word " * 20, "word\u2028" * 5, "\n" + "word " * 20, "x" * 127, "x" * 128, "x" * 129, "é" * 64, "é" * 65,
]

SCALARS = [None, True, False, 0, -1, 12345678901234567890123, 1.0, -0.0, 1.5, 1e16, 1e-5, 1e300, 123456.789,
           float("inf"), float("-inf"), float("nan")]

DESCRIBED = {
    "typeInfo": {
        "workflowType": {"name": "w", "version": "1.0"},
        "status": "REGISTERED",
        "description": "d é 日本 😀 \"q\" \\ \n tab\t",
        "creationDate": "2012-01-15T01:56:59.474000+00:00",
    },
    "configuration": {
        "defaultTaskStartToCloseTimeout": "30",
        "defaultTaskList": {"name": "tl"},
        "defaultChildPolicy": "TERMINATE",
    },
}

DOMAINS = {
    "domainInfos": [
        {"name": "a", "status": "REGISTERED", "description": "first", "arn": "arn:aws:swf:us-east-1:123456789012:/domain/a"},
        {"name": "bb", "status": "DEPRECATED", "arn": "arn:aws:swf:us-east-1:123456789012:/domain/bb"},
    ],
    "NextToken": "eyJuZXh0UGFnZVRva2VuIjogIngifQ==",
}

HISTORY = {
    "events": [
        {"eventTimestamp": "2012-01-15T01:56:59+00:00", "eventType": "WorkflowExecutionStarted", "eventId": 1,
         "workflowExecutionStartedEventAttributes": {
             "input": "a", "tagList": ["x", "y"], "taskList": {"name": "tl"}, "workflowType": {"name": "w", "version": "1"},
             "parentInitiatedEventId": 0}},
        {"eventTimestamp": "2012-01-15T01:56:59.5+00:00", "eventType": "DecisionTaskScheduled", "eventId": 2,
         "decisionTaskScheduledEventAttributes": {"taskList": {"name": "tl"}, "taskPriority": "-5"}},
    ]
}


def nested(depth, kind):
    value = "end"
    for _ in range(depth):
        value = [value] if kind == "list" else {"k": value} if kind == "map" else [{"k": value}]
    return value


VALUES = SCALARS + [
    {}, [], "", "d1", "😀", [[]], [{}], [[], []], [{}, {}], {"a": {}}, {"a": []}, {"a": None}, {"a": {}, "b": 1}, {"": ""}, {"": {"": 1}}, {"": [1]},
    DESCRIBED, DOMAINS, HISTORY, {"cancelRequested": False},
    {"tags": [{"key": "日本語", "value": "éé"}, {"key": "Ａ", "value": "😀"}, {"key": "α±", "value": "e\u0301"}]},
    {"taskToken": None, "events": None, "workflowExecution": None}, {"startedEventId": 0, "previousStartedEventId": 0},
    [1, 2, 3], ["a"], [None, True, 1.5], [["a", "b"], ["c", "d"]], [["a", "b"], ["c"]], ["a", ["b", "c"]], [["a"], "b"], ["a", ["b"], []],
    [["a", ["b"]], ["c"]], [[["a", "b"]], [["c", "d"]]], ["a", {"k": 1}], ["a", {"k": 1, "j": 2}], ["a", {}], [{}, "a"], [{"a": 1}, "x"], [{"a": 1}, 5],
    [{"a": 1}, None], [{"a": 1}, []], [{}, [], ""], [{}, [1]], [{"a": [1]}, []], [[{"a": 1, "b": 2}, {"a": 3}]], [["x", "y"], [{"a": 1, "b": 2}]], [["x", "y"], [{"a": 1, "b": 2, "c": 3}]],
    [["x", "y"], [{"a": 1, "b": [1, 2]}, {"a": 3, "b": {}}]], [[{"a": [1]}], [{"b": 2}]], {"a": 1, "b": [{"x": 1}, "s"]}, {"l": ["a", ["b"]]},
    {"a": [1, 2]}, {"a": [[1, 2], [3, 4]]}, {"a": [[1, 2], 3]}, {"a": [{"x": 1}, {"y": 2}]}, {"a": [{"x": 1}, {"x": [1]}]}, {"a": [{"x": [1]}, {"x": 1}]},
    {"a": [{"x": {"y": 1}}, {"x": 5}, {"x": ""}]}, [{"x": {"k": "it's"}}, {"x": 1}], [{"x": [1, "é\n\x7f"]}, {"x": "y"}], {"b": 1, "a": 2, "é": 3, "Z": 4, "😀": 5, "\uffff": 6},
    {"k" * 127: 1}, {"k" * 128: 1}, {"k" * 129: 1}, {"k" * 200: {"a": [1, {"b": 2}]}}, {"k\nj": 1}, {"k\nj": {"a": 1}}, {"k\nj": [1, 2]}, {"a b " * 30: "x " * 60},
    {"k " * 100: "a"}, {"é" * 65: 1}, {"😀" * 32: 1}, {"😀" * 33: 1}, {"a\tb": 1, "x: y": 2, "- z": 3, "yes": 4, "12": 5, "null": 6, "<<": 7, "=": 8},
    [[["a"], ["b"]], {"k": [["x"], [{"y": [[]]}]]}], {"a": [[{"b": 1, "c": 2}], {"d": [1, [2, 3]]}]}, [{"a": [], "b": {}}, {"b": []}],
    nested(6, "list"), nested(6, "map"), nested(6, "both"), nested(40, "list"), nested(40, "map"), nested(20, "both"),
    {"a" * 70: "b" * 70}, {"a" * 30: "b" * 30, "c" * 30: "d" * 30}, [{"a" * 30: "b" * 30, "c" * 30: "d" * 30}], [{"aaa": "b" * 90, "c": [{"d": "e"}]}],
    {"text": STRINGS}, {"keys": {text: 1 for text in STRINGS}}, {"keys": {text: text for text in TRAPS}},
] + [{"k": text} for text in STRINGS[::3]] + [[text, {"deeper": {"still": [text]}}] for text in STRINGS[1::3]]

TEXTS = [
    "", "\n", "# only a comment\n", "---\n", "--- a\n", "--- a\n...\n", "a\n---\nb\n", "--- a\n--- b\n", "...\n", "%YAML 1.2\n---\na: 1\n",
    "%YAML 1.3\n---\na: 1\n", "%YAML 2.0\n---\na: 1\n", "%TAG !e! tag:yaml.org,2002:\n---\n!e!str 1\n", "%FOO bar\n---\na\n", "a: 1\nb: 2\n", "a: 1\na: 2\n",
    "{a: 1, a: 2}", "a: 1\n\"a\": 2\n", "1: a\n2: b\n", "true: a\nnull: b\n", "? a\n: b\n", "? [a, b]\n: c\n", "? {a: b}\n: c\n", "? a\n", "{? a : b, c}",
    "[a, b: c, {d: e}]", "[a, [b, c], {}]", "{a: [], b: {}}", "{a, b: }", "[a b, c]", "[a,]", "[,]", "[a,,b]", "{a: 1,}", "{a:1}", "{\"a\":1}", "[a:b]", "{a: b:c}", "[http://x/y, a]",
    "- a\n- b\n", "- - a\n  - b\n- c\n", "a:\n- b\n- c\n", "a:\n  - b\n  - c: d\n    e: f\n", "-\n  a: b\n", "- ? a\n  : b\n", "a:\n  b:\n    c: 1\n   d: 2\n", "a: 1\n b: 2\n", " a: 1\nb: 2\n",
    "a: b: c\n", "a: 'b'\n", "a: 'it''s'\n", "a: \"x\\ty\\u00e9\\x41\\U0001F600\\n\"\n", "a: \"x\\qy\"\n", "a: \"two\n  lines\n\n  and more\"\n", "a: 'two\n  lines'\n", "a: two\n  lines\n", "a: two\n\n  lines\n",
    "a: \"esc\\\n   aped\"\n", "a: \"open\n", "a: 'open\n", "\"a\\", "a: |\n  one\n  two\n", "a: |-\n  one\n  two\n", "a: |+\n  one\n\n\nb: 1\n", "a: |2\n    one\n   two\n", "a: >\n  one\n  two\n\n  three\n    four\n  five\n",
    "a: >-\n  one\n  two", "a: |\n  one", "a: |\n\nb: 1\n", "a: | # comment\n  one\n", "a: |x\n  one\n", "a: |\n one\n  two\n three\n", "a: >+\n  one\n\n\n", "a: |0\n  one\n", "a: \\", "a: |\n  x\\", "a: b\\\n",
    "a: &x 1\nb: *x\n", "a: &x {b: 1}\nc: *x\nd: [*x, *x]\n", "a: *nope\n", "a: &x [*x]\n", "&x a: *x\n", "a: &x\nb: *x\n", "*a : b\n", "a: &x &y 1\n", "a: & 1\n", "a: * 1\n",
    "b: &b {x: 1, y: 2}\nc:\n  <<: *b\n  y: 3\n", "<<: {a: 1}\nb: 2\n", "<<: [{a: 1, c: 3}, {a: 2, b: 2}]\nb: 5\n", "<<: 1\n", "<<: [1]\n", "<<: {a: 1}\n<<: {b: 1}\n", "<<: {}\na: 1\na: 2\n", "<<: {z: 0}\na: 1\na: 2\n", "a: <<\n", "'<<': 1\n", "=: 1\n", "a: =\n", "=\n",
    "!!str 12", "!!int '12'", "!!int 0o17", "!!int abc", "!!float 3", "!!float x", "!!bool yes", "!!bool maybe", "!!null x", "!!binary aGVsbG8=", "!!binary aGVsbG8", "!!binary \"it's \\n\"", "!!binary |\n  aGVs\n  bG8=\n", "!!binary é",
    "!!binary AAECA/8nIlw=", "!!binary aG==Vs", "!!timestamp 2024-1-2", "!!timestamp x", "!!seq [a]", "!!map {a: b}", "!!seq {a: b}", "!!map [a]", "!!str [a]", "!!str {a: b}", "!!omap [a: 1]", "!foo a", "!foo [a]", "! a", "! 12", "! '12'", "! [a]",
    "!<tag:yaml.org,2002:str> 12", "!<!x> 12", "!e!x 12", "!!str", "!!str\n", "a: !!str\nb: !!int 5\n", "[!!str, a]", "[!!str a, !!int 3]", "[! , a]", "{a: !!str, b: 1}", "[!x!,a]", "!a,b c", "[!a,b c]",
    "a: @x\n", "a: `x\n", "a: %x\n", "%x\n", "a:\tb\n", "a: b\t\n", "\ta: b\n", "a:\n\tb: c\n", "- \ta\n", "-\ta\n", "a: b #c\n", "a: b#c\n", "a: 'b'#c\n", "a: [b]#c\n", "a: [b] #c\n", "[a, #c\nb]\n", "a: \"b\" c\n", "a: [b] c\n", "a: {b} c\n",
    "\ufeffa: 1\n", "a: \ufeff1\n", "Ａ: 1\n", "\uf8ff: 1\n", "😀: 😀\n", "a: \x07\n", "a: \x7f\n", "a: \x85b\n", "a: b\x85c: d\n", "a: b\u2028c: d\n", "a: 'x\u2028y'\n", "a: |\n  x\u2028y\n  z\n", "a: x\r\nb: y\r\n", "a: x\rb: y\r", "a: \"x\x85 y\"\n", "a: \"\\L\\P\\N\\_\\e\\0\\/\"\n",
    "a: \"\\uD83D\\uDE00\"\n", "a: \"\\U00110000\"\n", "a: \"\\x4\"\n", "[", "{", "]", "}", "a]", "[a", "{a", "{a: b", "[a}", "{a]", ":", ": a", "-", "- ", "?", "? ", "-a", "a:", "a :b", "a : b", "a:b", "::", "- :", "[:]", "[: ]", "[a: ]", "[?]", "[? ]", "[-]", "[- a]", "{-}", "[a, -]", "[--- a]",
    "--- |\n  a\n", "--- >\n  a\n  b\n", "--- 'a'\n", "--- {a: b}\n", "---a\n", "--- a: b\n", "a\nb\n", "a\n b\n", "a: b\nc\n", "c\na: b\n", "a: b\n- c\n", "- a\nb: c\n", "a:\n- b\nc: d\n", "'a' : b\n", "\"a\": b\n", "'a':b\n", "[a]: b\n", "{a: b}: c\n", "x" * 1030 + ": a\n", "'" + "x" * 1030 + "': a\n", "[" + "x" * 1030 + ": a]\n",
    "a: 'x\n---\n'\n", "a: x\n---\n", "a: x\n...\nb\n", "a: x\n... # c\n", "a: x\n...\n...\n", "a: 1\n#c\nb: 2\n", "a: #c\n  b\n", "a: |\n  #c\n  x\n# d\nb: 1\n", "a:\n  # c\n  - 1\n# d\n  - 2\n", "{a: 1\n}\n", "{\na: 1\n}\n", "a: {\n b: 1\n}\n", "a: [\n1\n]\n", "a: [\n1\n  ]\n",
    "domain: d\nname: n\ntagFilter:\n  tag: t\nstartTimeFilter:\n  oldestDate: 2024-01-02T03:04:05Z\nmaximumPageSize: 5\n",
] + [f"a: {trap}\n" for trap in TRAPS] + [f"[{trap}]" for trap in TRAPS] + [f"{trap}: a\n" for trap in TRAPS] + [
    f"- {stamp}\n" for stamp in [
        "2024-02-30", "2024-02-29", "2023-02-29", "2024-01-02 03:04:05", "2024-01-02 03:04:05.9999999", "2024-12-31T23:59:59.9999999Z", "9999-12-31T23:59:59.9999999Z",
        "2024-01-02T24:00:00", "2024-01-02T03:60:00", "2024-01-02T03:04:60", "2024-01-02T03:04:05+24:00", "2024-01-02T03:04:05-23:59", "2024-01-02T03:04:05-00:30", "2024-01-02T03:04:05+0",
        "2024-01-02T03:00:00Z", "2024-01-02T03:04:05.1Z", "2024-01-02T03:04:05 Z", "2024-01-02\t03:04:05 +01:00", "2024-01-02T03:04:05+00:00", "2024-01-02T03:04:05.", "2024-01-02T03:04:05.x", "2024-00-01", "2024-01-00",
    ]]


class Generator:
    """Random values and texts that are made to hit the rules."""

    def __init__(self, random):
        self.random = random

    def string(self):
        random = self.random
        kind = random.random()
        if kind < 0.35:
            return random.choice(STRINGS)
        if kind < 0.5:
            return "".join(random.choice("+-0123456789_.eExobTZ: ") for _ in range(random.randint(1, 8)))
        alphabet = random.choice([
            "ab ", "ab \n", "a' \"\\", "aé日😀 ", "-?: #,[]{}a ", "ab\t\r\n\x85\u2028 \ufeff", "\u7eff\uffff\x01 a\\'\"😀", "ab: \n",
        ])
        length = random.choice([1, 2, 3, 8, 20, 100, 250])
        words = random.random() < 0.5
        return "".join(
            " " if words and random.random() < 0.15 else random.choice(alphabet) for _ in range(random.randint(1, length))
        )

    def key(self):
        random = self.random
        return random.choice("abcdef") if random.random() < 0.75 else self.string()

    def value(self, depth):
        random = self.random
        kind = random.random()
        if depth > 4 or (depth > 0 and kind < 0.5):
            return random.choice(SCALARS) if random.random() < 0.2 else self.string()
        if kind < 0.75:
            return {self.key(): self.value(depth + 1) for _ in range(random.randint(0, 4))}
        if random.random() < 0.5:
            keys = [self.key() for _ in range(random.randint(1, 3))]
            return [{key: self.value(depth + 2) for key in keys if random.random() < 0.9} for _ in range(random.randint(1, 3))]
        return [self.value(depth + 1) for _ in range(random.randint(0, 4))]

    def yaml(self):
        random = self.random
        if random.random() < 0.5:
            return self.mutated(random.choice(TEXTS))
        return self.block(random.randint(0, 2) * 0, 0)

    def mutated(self, text):
        random = self.random
        for _ in range(random.randint(1, 3)):
            at = random.randint(0, len(text))
            piece = random.choice(list("-?:,[]{}#&*!|>'\"%@` \n\tab1~=\\") + ["\n  ", ": ", " #", "- ", "? ", "<<", "!!", "é"])
            text = random.choice([text[:at] + piece + text[at:], text[:at] + text[at + 1:], text[:at] + piece + text[at + 1:]])
        return text

    def flow(self, depth):
        random = self.random
        kind = random.random()
        if depth > 2 or kind < 0.5:
            return random.choice(TRAPS + ["a", "b c", "'q'", '"d"', "!!str x", "! 1", "&x a", "''"])
        if kind < 0.75:
            return "[" + random.choice([",", ", ", " , "]).join(self.flow(depth + 1) for _ in range(random.randint(0, 3))) + "]"
        pairs = [f"{random.choice('abcd')}{random.choice([': ', ':', ' : '])}{self.flow(depth + 1)}" for _ in range(random.randint(0, 3))]
        return "{" + ", ".join(pairs) + "}"

    def block(self, indent, depth):
        random = self.random
        pad = " " * indent
        kind = random.random()
        if depth > 3 or kind < 0.3:
            return random.choice([
                self.flow(0) + "\n", random.choice(TRAPS) + "\n", "plain text " * random.randint(1, 3) + "\n", f"two\n{pad}lines\n", f"'single\n{pad}\n{pad} quoted' # c\n",
                f"\"double \\n\n{pad}x\"\n", f"|{random.choice(['', '-', '+', '2', '2-'])}\n{pad}one\n{pad}  two\n\n{pad}three\n", f">{random.choice(['', '-', '+'])}\n{pad}one\n{pad}two\n\n{pad}  more\n{pad}end\n", "# c\n", "\n",
            ])
        lines = []
        for number in range(random.randint(1, 3)):
            lead = f"{random.choice(['a', 'b', 'c', 'd e', chr(97 + number)])}:" if kind < 0.7 else "-"
            step = random.choice([0, 1, 2, 2, 2, 4])
            inner = self.block(indent + step, depth + 1)
            if inner.lstrip(" ").startswith(("|", ">")) or "\n" not in inner.rstrip("\n"):
                lines.append(f"{pad}{lead} {inner.lstrip(' ')}")
            else:
                lines.append(f"{pad}{lead}\n{inner}" if inner.startswith(" " * (indent + step)) else f"{pad}{lead}\n{pad}{' ' * step}{inner}")
            if random.random() < 0.1:
                lines.append(f"{' ' * random.randint(0, 3)}# comment\n")
        return "".join(lines)
