#!/usr/bin/env python3
"""Measures what strangers cost others: idle connections and a flood of unsigned requests.

    python3 tests/scale/abuse.py [--idle 10000] [--flood 64] [--hang-ups 500] [--seconds 10]

A small closed loop of signed heartbeats from 127.0.0.1 is measured alone, beside
idle connections from 127.0.0.2, beside those and a flood of unsigned requests
from there, beside those and requests whose senders hang up, and alone again. Ends
with 1 if the 99th percentile beside any of them is more than three times that of
the callers alone. Takes less than 90 seconds, after which the server closes idle
connections.
"""

import argparse
import multiprocessing
import pathlib
import resource
import selectors
import socket
import struct
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
import signing  # noqa: E402
import world  # noqa: E402
from access_folder import EVERYTHING, AccessFolder  # noqa: E402
from clients import Boto3  # noqa: E402
from harness import Server  # noqa: E402

CALLERS = 4
ELSEWHERE = "127.0.0.2"
MOST_TIMES = 3
WARM_UP_SECONDS = 2
# The flood asks so many times at once on each connection, and then waits for the answers.
AT_ONCE = 16


def connect(port, source):
    """A connection from this address."""
    sock = socket.create_connection(("127.0.0.1", port), source_address=(source, 0))
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return sock


def beat(port, request, seconds):
    """Sends heartbeats in a closed loop on a few connections; gives the times they took."""
    selector = selectors.DefaultSelector()
    times, sent = [], {}
    for sock in [connect(port, "127.0.0.1") for _ in range(CALLERS)]:
        selector.register(sock, selectors.EVENT_READ)
        sent[sock] = time.perf_counter()
        sock.sendall(request)
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        for key, _ in selector.select(timeout=1):
            sock = key.fileobj
            reply = sock.recv(65536)
            times.append(time.perf_counter() - sent[sock])
            if not reply.startswith(b"HTTP/1.1 200"):
                raise SystemExit(f"a heartbeat was refused: {reply.decode()}")
            sent[sock] = time.perf_counter()
            sock.sendall(request)
    for sock in sent:
        sock.close()
    return times


def flood(port, connections, over, answers):
    """Asks without a signature, on many connections at once, until `over`; counts the answers."""
    request = signing.post(port, None).wire()
    selector = selectors.DefaultSelector()
    for _ in range(connections):
        open_flood(port, selector, request)
    while not over.is_set():
        for key, _ in selector.select(timeout=0.1):
            try:
                reply = key.fileobj.recv(1 << 16)
            except ConnectionError:
                reply = b""
            count = reply.count(b"MissingAuthenticationTokenException\r")
            answers.value += count
            if not reply:
                selector.unregister(key.fileobj)
                key.fileobj.close()
                open_flood(port, selector, request)
            elif count:
                key.fileobj.sendall(request * count)


def open_flood(port, selector, request):
    sock = connect(port, ELSEWHERE)
    sock.sendall(request * AT_ONCE)
    selector.register(sock, selectors.EVENT_READ)


def hang_ups(port, a_second, over, hung_up):
    """Asks, and ends each connection at once by a reset, so often a second, until `over`."""
    request = signing.post(port, None).wire()
    while not over.wait(0.01):
        for _ in range(a_second // 100):
            sock = connect(port, ELSEWHERE)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            sock.sendall(request * AT_ONCE)
            sock.close()
            hung_up.value += 1


class Strangers:
    """A flood in a process of its own, until the block ends; it counts what it does."""

    def __init__(self, work, port, number):
        spawned = multiprocessing.get_context("spawn")
        self.over = spawned.Event()
        self.count = spawned.Value("q", 0)
        self.process = spawned.Process(target=work, args=(port, number, self.over, self.count))

    def __enter__(self):
        self.process.start()
        while self.count.value == 0:
            if not self.process.is_alive():
                raise SystemExit("the process of the strangers has ended")
            time.sleep(0.01)
        return self

    def __exit__(self, *_):
        self.over.set()
        self.process.join(10)


def percentile(times, share):
    return sorted(times)[min(len(times) - 1, int(len(times) * share))]


def started_activity(server, keys):
    """The token of an activity that has begun."""
    client = Boto3(server.endpoint, keys=keys)
    domain = world.World(client)
    domain.start()
    domain.decide(domain.decision_task(), world.schedule("a"))
    token = domain.activity_task()["taskToken"]
    client.close()
    return token


def is_open(sock):
    sock.setblocking(False)
    try:
        return sock.recv(1) != b""
    except BlockingIOError:
        return True
    except ConnectionResetError:
        return False


class Table:
    """What is measured: a line each, which is printed at once."""

    def __init__(self, port, request, seconds):
        self.port, self.request, self.seconds = port, request, seconds
        beat(port, request, WARM_UP_SECONDS)
        print(f"{'beside':40}{'heartbeats/s':>13}{'p50 ms':>9}{'p99 ms':>9}")

    def line(self, name):
        """Measures, prints and gives the 99th percentile, in seconds."""
        times = beat(self.port, self.request, self.seconds)
        if not times:
            raise SystemExit(f"no heartbeat was answered in {self.seconds} s beside {name}")
        middle, high = (percentile(times, share) for share in (0.5, 0.99))
        rate = len(times) / self.seconds
        print(f"{name:40}{rate:13.0f}{middle * 1000:9.2f}{high * 1000:9.2f}", flush=True)
        return high


def measure(server, keys, options):
    """Prints the table; gives how many times the p99 is beside strangers what it is alone."""
    body = {"taskToken": started_activity(server, keys)}
    request = signing.signed(server.port, keys, "RecordActivityTaskHeartbeat", body).wire()
    table = Table(server.port, request, options.seconds)
    alone, beside = [table.line("nobody")], []
    idle = [connect(server.port, ELSEWHERE) for _ in range(options.idle)]
    beside.append(table.line(f"{options.idle} idle connections"))
    for work, number, name in [
        (flood, options.flood, f"these and a flood on {options.flood} more"),
        (hang_ups, options.hang_ups, f"these and {options.hang_ups} hang-ups a second"),
    ]:
        with Strangers(work, server.port, number) as strangers:
            before = strangers.count.value
            beside.append(table.line(name))
            done = (strangers.count.value - before) / options.seconds
        print(f"    ({work.__name__}: {done:.0f} a second)")
    lost = sum(not is_open(sock) for sock in idle)
    for sock in idle:
        sock.close()
    if lost:
        raise SystemExit(f"{lost} idle connections did not last as long as the measurement")
    time.sleep(1)
    alone.append(table.line("nobody again"))
    return max(beside) / min(alone)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--idle", type=int, default=10_000)
    parser.add_argument("--flood", type=int, default=64)
    parser.add_argument("--hang-ups", type=int, default=500)
    parser.add_argument("--seconds", type=int, default=10)
    options = parser.parse_args()
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if most < options.idle + 100:
        raise SystemExit(f"this machine allows {most} file handles")
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with tempfile.TemporaryDirectory() as place:
        folder = AccessFolder(pathlib.Path(place) / "access")
        keys = folder.user("worker", [EVERYTHING])
        with Server(pathlib.Path(place) / "data", ["--access", folder.path]) as server:
            worst = measure(server, keys, options)
    verdict = "no more than" if worst <= MOST_TIMES else "MORE than"
    print(f"the p99 of others rose {worst:.2f} times: {verdict} {MOST_TIMES} times")
    sys.exit(worst > MOST_TIMES)


if __name__ == "__main__":
    main()
