"""Writes cases.json and cases-random.json: `python -m access_cases.build`, from tests/.

Refuses when the evaluator disagrees with what a person expected: then one of
the two is wrong, and protocol.md says which.
"""

import json
import pathlib
import sys

from . import (
    actions,
    chance,
    combining,
    documents,
    formats,
    global_keys,
    operators,
    refused,
    variables,
    wildcards,
)
from .evaluator import evaluate, validate

FOLDER = pathlib.Path(__file__).resolve().parent
BY_HAND = FOLDER / "cases.json"
BY_CHANCE = FOLDER / "cases-random.json"
SUBJECTS = [operators, formats, wildcards, variables, combining, actions, global_keys, refused]


def cases():
    """All cases that a person wrote, in the order of their subjects."""
    return [case for subject in SUBJECTS for case in subject.CASES]


def load(path):
    """The cases of a file."""
    return json.loads(path.read_text(encoding="utf-8"))["cases"]


def disagreement(case):
    """What the evaluator has against a case, or None."""
    if case.get("refused"):
        return None if _fault(case) else "is not refused"
    faults = [validate(document) for document in _documents(case)]
    if any(faults):
        return f"is refused: {faults}"
    fields = ["policies", "boundary", "session", "action", "resource", "context"]
    allowed = evaluate(*(case[field] for field in fields))
    return None if allowed == case["allowed"] else f"gives {allowed}"


def _documents(case):
    boundary = [] if case["boundary"] is None else [case["boundary"]]
    return [*case["policies"], *boundary, *case["session"]]


def _fault(case):
    try:
        document = documents.parse(case["text"]) if "text" in case else case["policies"][0]
    except documents.Refused as fault:
        return str(fault)
    return validate(document)


def repeated(names):
    """The names that stand more than once."""
    return sorted({name for name in names if names.count(name) > 1})


def text(written):
    """A file of cases with a line per field, so that differences can be read."""
    return _file([_block(case) for case in written])


def _block(case):
    fields = [f"      {_json(name)}: {_json(value)}" for name, value in case.items()]
    return "    {\n" + ",\n".join(fields) + "\n    }"


def short_text(written):
    """A file of cases with a line per case."""
    return _file([json.dumps(case, ensure_ascii=False, separators=(",", ":")) for case in written])


def _file(blocks):
    return '{\n  "cases": [\n' + ",\n".join(blocks) + "\n  ]\n}\n"


def _json(value):
    return json.dumps(value, ensure_ascii=False)


def main():
    """Checks all cases, then writes both files."""
    written = cases()
    complaints = [f"{case['name']}: {why}" for case in written if (why := disagreement(case))]
    complaints += [f"{name}: twice" for name in repeated([case["name"] for case in written])]
    if complaints:
        sys.exit("\n".join(complaints))
    BY_HAND.write_text(text(written), encoding="utf-8")
    BY_CHANCE.write_text(short_text(chance.cases()), encoding="utf-8")


if __name__ == "__main__":
    main()
