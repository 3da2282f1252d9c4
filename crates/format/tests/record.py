"""Records what the reference prints for many values, and reads from many YAML texts, as tests/data/formats.json.

    python record.py SITE-PACKAGES [--count N] [--seed S] [--longest L] [--out FILE]
    python record.py --widths

SITE-PACKAGES is the directory that holds the package `awscli` of AWS CLI v2; the interpreter must have its libraries.
The values are the hand-picked ones of `cases.py` and N random ones. The second form prints the boundaries of wide
characters for src/table/wide.rs.
"""

import argparse
import contextlib
import io
import json
import pathlib
import random
import sys
import types
import unicodedata

import cases

WIDTHS = [80, 0, 200]


class Pieces(list):
    """A stream that keeps the write calls apart."""

    write = list.append

    def flush(self):
        pass


def attempt(action):
    """The result of an action, or how it fails: `Row should ...` is a sentence, all else is a crash."""
    try:
        return {"out": action()}
    except ValueError as error:
        return {"error": str(error) if str(error).startswith("Row should") else None}
    except Exception:
        return {"error": None}


def formatter(kind, colour="off"):
    from awscli import formatter

    args = types.SimpleNamespace(query=None, color=colour)
    return formatter.get_formatter(kind, args)


def text(value):
    stream = Pieces()
    failed = attempt(lambda: formatter("text")._format_response(value, stream))
    return {"out": "".join(stream), "failed": "error" in failed}


def table(value, width, colour):
    import awscli.table

    awscli.table.determine_terminal_width = lambda: width
    awscli.table.colorama.init = lambda **_: None

    def draw():
        stream = Pieces()
        formatter("table", colour)._format_response(cases.TITLE, value, stream)
        return list(stream)

    return attempt(draw) | {"width": width, "colour": colour == "on"}


def yaml(value):
    stream = io.StringIO()
    formatter("yaml")._format_response("x", value, stream)
    return stream.getvalue()


def yaml_stream(value):
    stream = io.StringIO()
    formatter("yaml-stream")._yaml_dumper.dump([value], stream)
    return stream.getvalue()


def printed(value, widths):
    return {
        "value": value,
        "text": text(value),
        "tables": [
            table(value, width, "on" if width == widths[0] and len(widths) > 1 else "off") for width in widths
        ],
        "yaml": yaml(value),
        "yaml-stream": yaml_stream(value),
    }


def shows_escapes(case):
    """Whether a collection in a column may hold characters that Python's repr escapes: everbeat-json's affair."""
    outputs = [case["text"]["out"], *("".join(table.get("out", [])) for table in case["tables"])]
    text = json.dumps(case["value"], ensure_ascii=False)
    return any("\\" in out for out in outputs) and any(ord(c) > 126 and not c.isprintable() for c in text)


def is_long(case, longest):
    return len(json.dumps(case["value"])) > longest


def plain(value):
    """A value read from YAML as JSON can hold it."""
    if isinstance(value, dict):
        return {str(key): plain(member) for key, member in value.items()}
    if isinstance(value, list):
        return [plain(element) for element in value]
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    return {"class": f"{type(value).__module__}.{type(value).__name__}".removeprefix("builtins."),
            "str": str(value), "repr": repr(value)}


def read(source):
    """What the reference's loader makes of a text: see awscli/customizations/cliinput.py."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            value = plain(YAML(typ="safe", pure=True).load(source))
        json.dumps(value)
        return {"text": source, "value": value}
    except YAMLError:
        return {"text": source, "invalid": True}
    except Exception as error:
        return {"text": source, "error": str(error)}


def boundaries():
    wide, found = False, []
    for code in range(0x110000):
        if (unicodedata.east_asian_width(chr(code)) in "WFA") != wide:
            wide = not wide
            found.append(code)
    return found


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("site", nargs="?")
    parser.add_argument("--widths", action="store_true")
    parser.add_argument("--count", type=int, default=160)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--longest", type=int, default=1000, help="characters of a random value")
    parser.add_argument("--out", default=pathlib.Path(__file__).parent / "data" / "formats.json")
    options = parser.parse_args()
    if options.widths:
        print(", ".join(map(hex, boundaries())))
        return
    sys.path.insert(0, options.site)
    generator = cases.Generator(random.Random(options.seed))
    values = cases.VALUES + [generator.value(0) for _ in range(options.count)]
    texts = cases.TEXTS + [generator.yaml() for _ in range(options.count)]
    recorded = {
        "title": cases.TITLE,
        "unicode": unicodedata.unidata_version,
        "wide": boundaries(),
        "printed": [
            case
            for i, case in enumerate(printed(value, WIDTHS if i % 4 == 0 else [80]) for i, value in enumerate(values))
            if i < len(cases.VALUES) or not (shows_escapes(case) or is_long(case, options.longest))
        ],
        "read": [read(source) for source in texts],
    }
    lines = [f'"{key}": {json.dumps(recorded[key])}' for key in ("title", "unicode", "wide")]
    for key in ("printed", "read"):
        lines.append(f'"{key}": [\n' + ",\n".join(map(json.dumps, recorded[key])) + "\n]")
    pathlib.Path(options.out).write_text("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main()
