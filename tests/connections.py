"""What the kernel knows of a server's connections, as no reply says that a poll waits or that a hang-up was seen."""

import pathlib
import time

import harness

TABLE = pathlib.Path("/proc/net/tcp")
CLOSE_WAIT = 8
# The server has read the bytes, and has to act on them.
TO_ACT = 0.1
# Where there is no such table.
TO_ARRIVE = 0.5


def settle(port):
    """Waits until the server at a port of 127.0.0.1 has read what was sent to it and left those who hung up.

    What was reset by a client is in no table, but for the time that the server needs to act on it.
    """
    if TABLE.exists():
        harness.wait_until(lambda: not _is_busy(port), f"the server at {port} reads")
        time.sleep(TO_ACT)
    else:
        time.sleep(TO_ARRIVE)


def _is_busy(port):
    for line in TABLE.read_text().splitlines()[1:]:
        _, local, _, state, queues, *_ = line.split()
        if int(local.partition(":")[2], 16) == port:
            unread = int(queues.partition(":")[2], 16)
            # A listening socket counts those who were not accepted yet.
            if unread or int(state, 16) == CLOSE_WAIT:
                return True
    return False
