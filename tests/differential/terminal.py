"""The runner in a pseudo-terminal: pager, colour, width and Ctrl-C.

Standard input and output are the terminal, standard error is a pipe of its
own, so that the order of the two never matters. The terminal changes nothing
(no echo, no carriage returns): what is recorded is what was written to it.
A case may say which keys are pressed once the stub has its last request.
"""

import concurrent.futures
import dataclasses
import errno
import fcntl
import os
import pty
import struct
import subprocess
import termios
import threading
import time

import harness

from . import recording
from .case import HANG, Case, Subject, fault
from .compare import verdict
from .known_differences import KNOWN
from .program import SECONDS, kept, stage
from .samples import answer

CTRL_C = "\x03"
PAGER = '#!/bin/sh\necho "<pager $* LESS=$LESS>"\ncat\necho "</pager>"\n'
FILES = {
    "pager": PAGER,
    "other": PAGER.replace("pager", "other"),
    "bin/less": PAGER.replace("pager", "less"),
}
ENV = {"PATH": "@TMP@/bin:/usr/bin:/bin", "TERM": "xterm"}
PAGED = ENV | {"AWS_PAGER": "@TMP@/pager"}
PLAIN = ENV | {"AWS_PAGER": ""}

HEARTBEAT = "record-activity-task-heartbeat --task-token T"
DOMAIN = "describe-domain --name d"
LIST = "list-domains --registration-status REGISTERED"
POLL = "poll-for-activity-task --domain d --task-list name=t"
TRUE = {"cancelRequested": True}
FAULT = fault("UnknownResourceFault", "gone")
PAGES = (
    {"domainInfos": [{"name": "a", "status": "REGISTERED"}], "nextPageToken": "t"},
    {"domainInfos": [{"name": "b", "status": "REGISTERED"}]},
)


@dataclasses.dataclass(frozen=True)
class TerminalCase(Case):
    """A case with the size of its window (rows, columns), the keys that are
    pressed, and after how many requests."""

    window: tuple = (24, 80)
    press: str = ""
    after: int = 1


def cases():
    """All cases, by name."""
    subject = Subject("terminal")
    made = {}

    def case(name, words, *answers, window=(24, 80), press="", after=1, **rest):
        rest["files"] = FILES | rest.get("files", {})
        subject(name, words, *answers, **({"env": PAGED} | rest))
        plain = {f.name: getattr(subject.cases[name], f.name) for f in dataclasses.fields(Case)}
        made[name] = TerminalCase(**plain, window=window, press=press, after=after)

    _pager_cases(case)
    _colour_and_width_cases(case)
    _interrupt_cases(case)
    return made


def _pager_cases(case):
    for form in ("json", "text", "table", "yaml", "yaml-stream", "off"):
        case(f"paged {form}", f"{LIST} --output {form}", *PAGES)
        case(f"unpaged {form}", f"{LIST} --output {form} --no-cli-pager", *PAGES)
    case("nothing to page", "deprecate-domain --name d", "")
    case("empty result", LIST, {})
    case("fault", HEARTBEAT, FAULT)
    case("fault on page two", f"{LIST} --output text", PAGES[0], FAULT)
    case("required", "record-activity-task-heartbeat")
    case("version", "--version", stdout="ignored")
    case("skeleton", f"{HEARTBEAT} --generate-cli-skeleton")
    case("skeleton yaml", f"{HEARTBEAT} --generate-cli-skeleton yaml-input", stdout="comments")
    case("skeleton output", f"{HEARTBEAT} --generate-cli-skeleton output")
    config = {"home/.aws/config": "[default]\ncli_pager = @TMP@/other\n"}
    empty = {"home/.aws/config": "[default]\ncli_pager =\n"}
    case("default is less", HEARTBEAT, TRUE, env=ENV)
    case("PAGER", HEARTBEAT, TRUE, env=ENV | {"PAGER": "@TMP@/pager"})
    case("PAGER empty", HEARTBEAT, TRUE, env=ENV | {"PAGER": ""})
    case("PAGER loses", HEARTBEAT, TRUE, env=PAGED | {"PAGER": "@TMP@/other"})
    case("profile", HEARTBEAT, TRUE, env=ENV | {"PAGER": "@TMP@/pager"}, files=config)
    case("profile loses", HEARTBEAT, TRUE, files=config)
    case("profile empty", HEARTBEAT, TRUE, env=ENV | {"PAGER": "@TMP@/pager"}, files=empty)
    case("AWS_PAGER empty", HEARTBEAT, TRUE, env=PLAIN, files=config)
    case(
        "words", HEARTBEAT, TRUE, env=ENV | {"AWS_PAGER": "@TMP@/pager -x 'a b' \"c\"d $HOME | cat"}
    )
    case("LESS is kept", HEARTBEAT, TRUE, env=PAGED | {"LESS": "M"})
    case("LESS empty", HEARTBEAT, TRUE, env=PAGED | {"LESS": ""})
    case("missing", HEARTBEAT, TRUE, env=ENV | {"AWS_PAGER": "nowhere-at-all"})
    case("missing path", HEARTBEAT, TRUE, env=ENV | {"AWS_PAGER": "/nowhere/at all"})
    case(
        "missing json",
        f"{HEARTBEAT} --cli-error-format json",
        TRUE,
        env=ENV | {"AWS_PAGER": "nowhere-at-all"},
    )
    case("missing and nothing to page", HEARTBEAT, {}, env=ENV | {"AWS_PAGER": "nowhere-at-all"})
    case("missing and fault", HEARTBEAT, FAULT, env=ENV | {"AWS_PAGER": "nowhere-at-all"})
    case(
        "not executable",
        HEARTBEAT,
        TRUE,
        env=ENV | {"AWS_PAGER": "@TMP@/plain"},
        files={"plain": "x"},
    )
    case("exit status is ignored", HEARTBEAT, TRUE, env=ENV | {"AWS_PAGER": "sh -c 'cat; exit 3'"})
    case("does not read", HEARTBEAT, TRUE, env=ENV | {"AWS_PAGER": "true"})


def _colour_and_width_cases(case):
    table = f"{DOMAIN} --output table"
    body = answer("DescribeDomain")
    for title, env in (("paged", PAGED), ("plain", PLAIN)):
        for colour in ("auto", "on", "off"):
            case(f"colour {colour} {title}", f"{table} --color {colour}", body, env=env)
        case(f"colour {title}", table, body, env=env)
        case(f"colour of a list {title}", f"{LIST} --output table", PAGES[1], env=env)
        case(f"colour of an error {title}", f"{HEARTBEAT} --cli-error-format table", FAULT, env=env)
        for form in ("json", "text", "yaml"):
            case(
                f"no colour in {form} {title}",
                f"{DOMAIN} --output {form} --color on",
                body,
                env=env,
            )
    case("NO_COLOR", table, body, env=PLAIN | {"NO_COLOR": "1"})
    case("dumb terminal", table, body, env=PLAIN | {"TERM": "dumb"})
    for columns in (0, 1, 20, 40, 60, 61, 62, 80, 132, 500):
        case(f"width {columns}", table, body, env=PLAIN, window=(24, columns))
        case(
            f"width {columns} of a list",
            f"{LIST} --output table",
            answer("ListDomains"),
            env=PLAIN,
            window=(24, columns),
        )
    case("COLUMNS", table, body, env=PLAIN | {"COLUMNS": "20"})
    case("no size at all", table, body, env=PLAIN, window=(0, 0))
    case("width with a pager", table, body, window=(24, 30))


def _interrupt_cases(case):
    for form in ("json", "text", "table", "yaml-stream"):
        case(f"interrupted {form}", f"{POLL} --output {form}", HANG, press=CTRL_C)
    case(
        "interrupted in page two text",
        f"{LIST} --output text",
        PAGES[0],
        HANG,
        press=CTRL_C,
        after=2,
        env=PLAIN,
    )
    case("interrupted in page two json", LIST, PAGES[0], HANG, press=CTRL_C, after=2, env=PLAIN)
    case(
        "interrupted decision poll",
        "poll-for-decision-task --domain d --task-list name=t",
        HANG,
        press=CTRL_C,
        env=PLAIN,
    )
    case(
        "interrupted, errors as json",
        f"{POLL} --cli-error-format json",
        HANG,
        press=CTRL_C,
        env=PLAIN,
    )


def run(program, case):
    """Runs a case in a terminal of its own; its outcome."""
    with stage(program, case) as place:
        master, slave = pty.openpty()
        _prepare(slave, case.window)
        process = subprocess.Popen(
            place.command,
            cwd=place.folder / "here",
            env=place.environment,
            stdin=slave,
            stdout=slave,
            stderr=subprocess.PIPE,
            start_new_session=True,
            preexec_fn=_take_terminal,
        )
        os.close(slave)
        written, errors = [], []
        readers = [
            threading.Thread(target=_drain, args=(master, written)),
            threading.Thread(target=_drain, args=(process.stderr.fileno(), errors)),
        ]
        for reader in readers:
            reader.start()
        if case.press:
            _await_requests(place.stub, case.after)
            os.write(master, case.press.encode())
        try:
            status = process.wait(SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            status = "no end"
        for reader in readers:
            reader.join(SECONDS)
        os.close(master)
        process.stderr.close()
        return place.outcome(status, b"".join(written), b"".join(errors))


def _take_terminal():
    """Makes standard input the terminal of the new session, whose Ctrl-C counts."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    harness.interruptible()


def _prepare(slave, window):
    """The terminal passes bytes on as they are; only Ctrl-C keeps its meaning."""
    modes = termios.tcgetattr(slave)
    modes[1] &= ~termios.OPOST
    modes[3] &= ~termios.ECHO
    termios.tcsetattr(slave, termios.TCSANOW, modes)
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", *window, 0, 0))


def _await_requests(stub, count):
    deadline = time.monotonic() + SECONDS
    while len(stub.requests) < count and time.monotonic() < deadline:
        time.sleep(0.01)
    # The answer of a page that came before must have been worked off.
    time.sleep(0.1)


def _drain(descriptor, chunks):
    """Reads to the end; a terminal whose other side is closed says EIO."""
    while True:
        try:
            chunk = os.read(descriptor, 65536)
        except OSError as problem:
            if problem.errno != errno.EIO:
                raise
            return
        if not chunk:
            return
        chunks.append(chunk)


def replay(program):
    """Runs all cases; yields `(case, complaints)` in order."""
    recorded = recording.load("terminal")["cases"]

    def judge(case):
        entry = recorded.get(case.name)
        known = KNOWN.get(f"terminal/{case.name}")
        return case, verdict(case, entry, run(program, case), known)

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        yield from pool.map(judge, cases().values())


def record(reference, version, anew):
    """Records what has no recording yet, or all; returns how many."""
    old = recording.load("terminal")["cases"]
    every = cases()
    entries = {name: entry for name, entry in old.items() if name in every}
    wanted = [
        case
        for case in every.values()
        if anew or case.name not in old or old[case.name]["of"] != case.digest()
    ]
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        for case, outcome in zip(wanted, pool.map(lambda one: run(reference, one), wanted)):
            entries[case.name] = recording.packed(case, kept(case, outcome))
    if entries != old:
        recording.save("terminal", version, entries)
    return len(wanted)
