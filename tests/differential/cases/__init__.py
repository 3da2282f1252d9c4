"""The cases, one subject a file. A subject file holds `case = Subject(...)` and calls it."""

import fnmatch
import importlib
import pathlib

from ..case import Subject


def subjects():
    """All subjects by name, in alphabetical order."""
    found = {}
    for path in sorted(pathlib.Path(__file__).parent.glob("[a-z]*.py")):
        module = importlib.import_module(f"{__name__}.{path.stem}")
        for value in vars(module).values():
            if isinstance(value, Subject) and value.name == path.stem:
                found[path.stem] = value
    return found


def chosen(patterns):
    """`(subject, case)` pairs that fit any of the patterns, all if there are none.

    A pattern is a subject, or `subject/case` with `*` for anything.
    """
    pairs = [(s, c) for s in subjects().values() for c in s.cases.values()]
    if not patterns:
        return pairs
    return [pair for pair in pairs if any(_fits(pair, pattern) for pattern in patterns)]


def _fits(pair, pattern):
    subject, case = pair
    return pattern == subject.name or fnmatch.fnmatchcase(f"{subject.name}/{case.name}", pattern)
