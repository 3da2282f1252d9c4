"""Comparing an outcome with the recorded one, and the verdict on a case.

A verdict is a list of complaints, empty if the case passes. A case that stands
in `known_differences.py` must differ in exactly the parts named there: a known
difference that vanished is a complaint too.
"""

import difflib
import json

from . import recording
from .program import kept

PARTS = ("exit", "stdout", "stderr", "requests")


def verdict(case, entry, outcome, known=None):
    """The complaints about `outcome`, given the recorded `entry` (or None)."""
    if case.expected is not None:
        wanted = dict(zip(("exit", "stdout", "stderr"), case.expected))
    elif entry is None:
        return ["not recorded"]
    elif entry["of"] != case.digest():
        return ["recorded from another form of this case: record it again"]
    else:
        wanted = recording.unpacked(entry)
    wanted, found = kept(case, wanted | _missing(wanted, outcome)), kept(case, outcome)
    differing = [part for part in PARTS if wanted[part] != found[part]]
    if known is None:
        return [_difference(part, wanted[part], found[part]) for part in differing]
    complaints = []
    for part in PARTS:
        if part in known.ours and part not in differing:
            complaints.append(f"known difference {known.number} in {part} has vanished")
        elif part in known.ours and known.ours[part] not in (None, found[part]):
            complaints.append(_difference(part, known.ours[part], found[part]))
        elif part in differing and part not in known.ours:
            complaints.append(_difference(part, wanted[part], found[part]))
    return complaints


def _missing(wanted, outcome):
    """A captured example says nothing about requests: any will do."""
    return {part: outcome[part] for part in PARTS if part not in wanted}


def _difference(part, wanted, found):
    if part == "exit":
        return f"exit: {found} instead of {wanted}"
    left, right = (_text(value).splitlines(keepends=True) for value in (wanted, found))
    lines = difflib.unified_diff(left, right, "reference", "everbeat", n=2)
    shown = "".join(line if line.endswith("\n") else line + "⏎\n" for line in lines)
    return f"{part}:\n{shown}"


def _text(value):
    if isinstance(value, str):
        return value
    return "".join(json.dumps(one, ensure_ascii=False, indent=1) + "\n" for one in value)
