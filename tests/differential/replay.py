"""Runs cases in parallel and judges each: what pytest and the command share."""

import concurrent.futures
import functools
import os
import pathlib

from . import recording
from .compare import verdict
from .known_differences import KNOWN
from .program import Everbeat, run

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
# Taken once: a test may change the working directory.
NAMED = os.environ.get("EVERBEAT") and os.path.abspath(os.environ["EVERBEAT"])


def everbeat():
    """The binary under test: EVERBEAT, else that of the release build."""
    return Everbeat(NAMED or REPOSITORY / "target/release/everbeat")


def replay(program, pairs, is_reference=False, threads=None):
    """Runs `(subject, case)` pairs; yields `(subject, case, complaints)` in order."""
    load = functools.cache(recording.load)

    def judge(pair):
        subject, case = pair
        known = None if is_reference else KNOWN.get(f"{subject.name}/{case.name}")
        entry = load(subject.name)["cases"].get(case.name)
        return subject, case, verdict(case, entry, run(program, case), known)

    with concurrent.futures.ThreadPoolExecutor(threads or 4 * os.cpu_count()) as pool:
        yield from pool.map(judge, pairs)
