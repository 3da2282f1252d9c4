"""Replays the recordings: python -m differential [--aws PATH] [PATTERN...]

Runs everbeat (or, with `--aws`, the reference itself, to see that the
recordings still hold), prints a difference for each failing case, then a line
for each subject and for each option of the founding page, and last how many
passed. Exits with 1 if one failed.
"""

import argparse
import collections
import sys

from . import cases, coverage, terminal
from .case import Subject
from .known_differences import KNOWN
from .program import Reference
from .replay import everbeat, replay

TERMINAL = Subject("terminal")


def main():
    """Runs what was asked for and prints the report."""
    options = _options()
    program = Reference(options.aws) if options.aws else everbeat()
    pairs = cases.chosen(options.patterns)
    passed, failed = collections.Counter(), collections.Counter()
    results = list(replay(program, pairs, bool(options.aws), options.threads))
    if not options.patterns or "terminal" in options.patterns:
        results += [(TERMINAL, *result) for result in terminal.replay(program)]
    for subject, case, complaints in results:
        (failed if complaints else passed)[subject.name] += 1
        if complaints and options.summary:
            print(f"failed: {subject.name}/{case.name}")
        elif complaints:
            print(f"\n=== {subject.name}/{case.name}\n$ {case.line()}")
            print("\n".join(complaints))
    print()
    for name in sorted(passed | failed):
        print(f"{name:20} {passed[name]:4} passed {failed[name]:4} failed")
    complaints = [] if options.patterns else coverage.report(print)
    for complaint in complaints:
        print(f"coverage: {complaint}")
    print(f"\n{len(KNOWN)} known differences")
    print(f"{passed.total()} passed, {failed.total()} failed")
    sys.exit(1 if failed or complaints else 0)


def _options():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--aws", help="run the real AWS CLI in the place of everbeat")
    parser.add_argument("--summary", action="store_true", help="names only, no differences")
    parser.add_argument("--threads", type=int)
    parser.add_argument("patterns", nargs="*", help="a subject, or subject/case with *")
    return parser.parse_args()


if __name__ == "__main__":
    main()
