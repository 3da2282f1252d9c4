"""--debug, unicode through every format, and what fits no other subject."""

from ..case import OwnWords, Subject, fault

case = Subject("misc")

HEARTBEAT = "record-activity-task-heartbeat --task-token T"
LIST = "list-domains --registration-status REGISTERED"
GOOD = {"cancelRequested": True}
LOG = OwnWords("the lines of a log name Python's objects, see 17.1", "20")

for title, line in {
    "plain": f"{HEARTBEAT} --debug",
    "before": f"--debug {HEARTBEAT}",
    "text": f"{HEARTBEAT} --debug --output text",
    "abbreviated": f"{HEARTBEAT} --deb",
    "list": f"{LIST} --debug --max-items 1",
    "skeleton": f"{HEARTBEAT} --debug --generate-cli-skeleton",
    "required": "record-activity-task-heartbeat --debug",
    "unknown": f"{HEARTBEAT} --debug --nope",
    "query": f"{HEARTBEAT} --debug --query a[",
    "profile": f"{HEARTBEAT} --debug --profile nope",
    "operation": "nonsense --debug",
}.items():
    case(
        f"debug {title}",
        line,
        {"domainInfos": [{"name": "a"}, {"name": "b"}]} if title == "list" else GOOD,
        stderr=LOG,
    )
case("debug fault", f"{HEARTBEAT} --debug", fault("X", "m"), stderr=LOG)
case(
    "debug without credentials",
    f"{HEARTBEAT} --debug",
    env={"AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None},
    stderr=LOG,
)

TEXTS = {
    "combining": "e\u0301 a\u0308\u0323",
    "wide": "日本語 한국어 Ａ",
    "ambiguous": "α±×÷°§¶",
    "emoji": "😀👍🏽👨‍👩‍👧",
    "zero width": "a\u200bb\u200dc\ufeffd",
    "right to left": "שלום مرحبا",
    "controls": "a\u0000b\u001bc\u007fd\u0085e",
    "breaks": "a\nb\r\nc\u2028d\u2029e",
    "blanks": " a\u00a0b\u3000c ",
    "quotes": 'it\'s "q" `b` \\ /',
    "escape": "\u001b[31mred\u001b[0m",
    "surrogate": "\ud83d",
    "private": "\ue000\U000f0000",
    "last": "\uffff\ufffe\ufffd",
    "trap": "true",
    "trap number": "0x1F",
    "trap date": "2020-01-01",
    "trap null": "~",
    "trap float": "1.5e3",
    "trap colon": "a: b",
    "trap dash": "- a",
    "trap hash": "a #b",
    "trap equals": "=",
    "trap merge": "<<",
    "trap percent": "%a",
    "trap at": "@a",
    "trap star": "*a",
    "trap bang": "!a",
    "trap question": "? a",
    "trap brackets": "[a]",
    "trap document": "---",
    "trap underline": "1_0",
    "trap sexagesimal": "1:30",
    "trap octal": "0o17",
    "trap empty": "",
    "trap blank": " ",
    "trap newline": "\n",
    "trap end": "a\n",
    "trap tab": "\ta",
    "trap dots": "...",
    "trap yes": "yes",
}
for title, text in TEXTS.items():
    body = {"domainInfo": {"name": text, "status": "x", "description": f"{text} {text}"}}
    for form in ("json", "text", "table", "yaml"):
        if not (title.startswith("trap") and form != "yaml"):
            case(f"{title} {form}", f"describe-domain --name d --output {form}", body)
    if not title.startswith("trap"):
        case(
            f"{title} sent",
            [
                "record-activity-task-heartbeat",
                "--task-token",
                text.replace("\0", "") if text != "\ud83d" else "x",
            ],
        )
case(
    "long key",
    "describe-domain --name d --output yaml --query " + "'{\"" + "k" * 130 + "\": `1`}'",
    GOOD,
)
for length in (76, 78, 80, 82, 120):
    text = ("word " * 40)[:length]
    for end in (
        "",
        "  two",
        "\nline",
        "é" * 9,
        ": x",
        "'s end of it all",
        "😀 and more words behind it, so that it folds",
    ):
        case(
            f"fold {length} {end!r}",
            "describe-domain --name d --output yaml",
            {"domainInfo": {"name": text + end}},
        )
