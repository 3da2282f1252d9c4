"""What the reference answered, kept in recordings/<subject>.json.

A file holds the version of the reference and, by case, the digest of the case
it was made from and the outcome, without what is empty. Texts of several lines
are lists of lines, so that a change shows in a diff.
"""

import json
import pathlib

FOLDER = pathlib.Path(__file__).parent / "recordings"
EMPTY = {"exit": 0, "stdout": "", "stderr": "", "requests": []}


def load(subject):
    """The recording of a subject; an empty one if there is none."""
    path = FOLDER / f"{subject}.json"
    if not path.exists():
        return {"version": None, "cases": {}}
    return json.loads(path.read_text())


def save(subject, version, cases):
    """Writes a recording; `cases` is as in `load`."""
    FOLDER.mkdir(exist_ok=True)
    content = {"version": version, "cases": dict(sorted(cases.items()))}
    text = json.dumps(content, indent=1, ensure_ascii=False)
    (FOLDER / f"{subject}.json").write_text(text + "\n")


def packed(case, outcome):
    """The entry of one case."""
    entry = {"of": case.digest()}
    for name, empty in EMPTY.items():
        if outcome[name] != empty:
            entry[name] = _lines(outcome[name])
    return entry


def unpacked(entry):
    """The outcome that an entry holds."""
    outcome = {}
    for name, empty in EMPTY.items():
        value = entry.get(name, empty)
        joined = isinstance(empty, str) and isinstance(value, list)
        outcome[name] = "".join(value) if joined else value
    return outcome


def _lines(value):
    if isinstance(value, str) and "\n" in value[:-1]:
        return [line + "\n" for line in value.split("\n")[:-1]] + (
            [] if value.endswith("\n") else [value.rpartition("\n")[2]]
        )
    return value
