"""Records what the reference does: python -m differential.record --aws PATH [PATTERN...]

Without `--all` only cases that have no recording, or were changed since, are
run. Recordings of cases that are gone are dropped. Needs the real AWS CLI,
version 2; see README.md.
"""

import argparse
import concurrent.futures
import os
import sys

from . import cases, recording, terminal
from .program import Reference, kept, run


def main():
    """Runs the reference and writes the recordings that changed."""
    options = _options()
    reference = Reference(options.aws)
    version = reference.version()
    print(f"reference: {version}")
    patterns = cases.chosen(options.patterns)
    with concurrent.futures.ThreadPoolExecutor(options.threads) as pool:
        for subject in cases.subjects().values():
            wanted = [
                case
                for owner, case in patterns
                if owner is subject and (options.all or not _is_recorded(subject, case))
            ]
            _record(subject, wanted, reference, version, pool)
    if not options.patterns or "terminal" in options.patterns:
        print(f"terminal: {terminal.record(reference, version, options.all)} recorded")


def _record(subject, wanted, reference, version, pool):
    """Runs the wanted cases of a subject and writes its file if that changes it."""
    old = recording.load(subject.name)["cases"]
    due = [name for name, case in subject.cases.items() if case.expected is None]
    entries = {name: entry for name, entry in old.items() if name in due}
    for case, outcome in zip(wanted, pool.map(lambda case: run(reference, case), wanted)):
        if outcome["exit"] == "no end":
            sys.exit(f"{subject.name}/{case.name} did not end")
        entries[case.name] = recording.packed(case, kept(case, outcome))
    if entries != old:
        recording.save(subject.name, version, entries)
        print(f"{subject.name}: {len(wanted)} recorded", flush=True)


def _is_recorded(subject, case):
    if case.expected is not None:
        return True
    entry = recording.load(subject.name)["cases"].get(case.name)
    return entry is not None and entry["of"] == case.digest()


def _options():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--aws", required=True, help="the real AWS CLI")
    parser.add_argument("--all", action="store_true", help="record again what is recorded")
    parser.add_argument("--threads", type=int, default=2 * os.cpu_count())
    parser.add_argument("patterns", nargs="*", help="a subject, or subject/case with *")
    return parser.parse_args()


if __name__ == "__main__":
    main()
