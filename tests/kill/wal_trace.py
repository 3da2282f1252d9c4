"""Reads what strace saw a server do: WAL writes, their syncs, and replies.

`read_trace` turns the lines of `strace -f -y` into `Step`s in the order in
which they happened: a write to the write-ahead log, a sync of it, or a reply on
a socket. A call that strace shows in two halves counts as a write or sync when
it returned, as a reply when it was entered: so a reply counts as early as it
can have left, a sync as late as it can have been done.

`judge` says which replies left before what they tell of was on disk.
"""

import dataclasses
import re

SYSCALLS = (
    "fsync,fdatasync,sync_file_range,msync,ftruncate,"
    "write,writev,pwrite64,pwritev,pwritev2,sendto,sendmsg"
)
# Enough of a buffer to see the status line of a reply.
STRACE = ["strace", "-D", "-f", "-y", "-qq", "-s", "64", "-e", f"trace={SYSCALLS}"]

WAL = "wal"
SYNC = "sync"
REPLY = "reply"
DATABASE = "database"
RESET = "reset"

LINE = re.compile(r"^(?P<thread>\d+)\s+(?P<rest>.*)$")
UNFINISHED = re.compile(r"^(?P<head>.*?)\s*<unfinished \.\.\.>$")
RESUMED = re.compile(r"^<\.\.\. (?P<name>\w+) resumed>(?P<tail>.*)$")
CALL = re.compile(r"^(?P<name>\w+)\((?P<fd>\d+)<(?P<path>[^>]*)>")
RETURNED = re.compile(r"\)\s+= (?P<value>-?\d+)")
PWRITE = re.compile(r", (?P<size>\d+), (?P<offset>\d+)\)\s+= (?P<written>\d+)")
SOCKET = re.compile(r"^(socket:|TCP)")
STATUS = re.compile(r'"HTTP/1\.1 (?P<status>\d{3})')


@dataclasses.dataclass
class Step:
    """One thing the server did. `end` is the file offset behind a WAL write."""

    kind: str
    line: int
    end: int = 0
    status: int = 0
    path: str = ""
    began: int = 0


def under_strace(command, output):
    """The command line that runs `command` traced, under its own process id."""
    return [*STRACE, "-o", str(output), "--", *command]


def read_trace(lines):
    """The steps of a trace, in order. Raises ValueError at a WAL write it cannot read."""
    steps = []
    halves = {}
    for number, line in enumerate(lines):
        match = LINE.match(line)
        if not match:
            continue
        thread, rest = match["thread"], match["rest"]
        if unfinished := UNFINISHED.match(rest):
            halves[thread] = number, unfinished["head"]
            _add(steps, _reply(unfinished["head"], number))
        elif resumed := RESUMED.match(rest):
            began, head = halves.pop(thread, (number, ""))
            _add(steps, _storage(head + resumed["tail"], began, number))
        else:
            _add(steps, _reply(rest, number) or _storage(rest, number, number))
    return steps


def _add(steps, step):
    if step:
        steps.append(step)


def _reply(text, number):
    call, status = CALL.match(text), STATUS.search(text)
    if call and status and SOCKET.match(call["path"]):
        return Step(REPLY, number, status=int(status["status"]))
    return None


def _storage(text, began, number):
    """A write or sync of a database file that has succeeded, or None."""
    call, returned = CALL.match(text), RETURNED.search(text)
    if not call or not returned or int(returned["value"]) < 0:
        return None
    name, path = call["name"], call["path"]
    if not path.endswith("-wal"):
        is_page = name.startswith("pwrite") and not path.endswith("-shm")
        return Step(DATABASE, number, path=path) if is_page else None
    if name in ("fsync", "fdatasync"):
        return Step(SYNC, number, path=path, began=began)
    if name == "ftruncate":
        return Step(RESET, number, path=path)
    write = PWRITE.search(text)
    if name != "pwrite64" or not write:
        raise ValueError(f"a write to the WAL in another way than known: {text}")
    end = int(write["offset"]) + int(write["written"])
    kind = RESET if write["offset"] == "0" else WAL
    return Step(kind, number, end=end, path=path)


@dataclasses.dataclass
class Reply:
    """A reply and what was on disk when it left.

    `synced_length` is the length of the WAL that was surely on disk. Replies of
    one `generation` share a WAL that was only appended to, over an unchanged
    database file: cut to that length, it is what a power failure would leave.
    """

    status: int
    wrote: bool
    unsynced: bool
    synced_length: int
    path: str
    generation: int
    line: int


def replies(steps):
    """Every reply in order, with the state of the WAL when it left."""
    found = []
    writes = []
    synced, path, generation, wrote = 0, "", 0, False
    for step in steps:
        if step.kind in (WAL, RESET):
            generation += step.kind == RESET
            synced = 0 if step.kind == RESET else synced
            writes, wrote, path = [*writes, step], True, step.path
        elif step.kind == DATABASE:
            generation += 1
        elif step.kind == SYNC:
            done = [write for write in writes if write.line < step.began]
            synced = max([synced, *(write.end for write in done)])
            writes = [write for write in writes if write not in done]
        elif step.kind == REPLY:
            found.append(
                Reply(step.status, wrote, bool(writes), synced, path, generation, step.line)
            )
            wrote = False
    return found


def judge(found, mutating):
    """What is wrong with the replies; `mutating` says which of them had to write."""
    if len(found) != len(mutating):
        return [f"{len(found)} replies in the trace, {len(mutating)} calls were made"]
    problems = []
    for number, (reply, writes) in enumerate(zip(found, mutating, strict=True)):
        where = f"reply {number} (line {reply.line + 1} of the trace)"
        if writes and not reply.wrote:
            problems.append(f"{where}: nothing was written to the WAL for it")
        if writes and reply.unsynced:
            problems.append(f"{where}: left before the WAL was synced")
    return problems
