"""A disk that runs full under a running server (design: fail-stop).

Needs root on Linux, to mount a small file system of its own; says so otherwise.
"""

import os
import subprocess
import sys
import time
import warnings

import pytest

import harness
from clients import Fault
from clients.boto import Boto3
from world import World

SMALL = "4m"
ROOMY = "32m"


def mount(folder, *options):
    return subprocess.run(["mount", *options, str(folder)], capture_output=True, check=False)


@pytest.fixture
def small_disk(tmp_path):
    """A folder with room for 4 MiB."""
    folder = tmp_path / "small"
    folder.mkdir()
    can_mount = sys.platform == "linux" and os.geteuid() == 0
    if not can_mount or mount(folder, "-t", "tmpfs", "-o", f"size={SMALL}", "tmpfs").returncode:
        warnings.warn("NOT CHECKED: a full disk; only root on Linux can mount a small one")
        pytest.skip("cannot mount a small disk")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def fill(domain):
    """Starts runs until one is refused; the runs that were acknowledged, and the fault."""
    runs = []
    while True:
        try:
            runs.append(domain.start(input="x" * 20_000))
        except Fault as fault:
            return runs, fault


def started(domain):
    """A new run, or nothing while the server refuses."""
    try:
        return domain.start()
    except Fault as fault:
        assert fault.code == "ServiceUnavailableException"
        return None


def test_a_full_disk_refuses_writes_serves_reads_and_recovers(small_disk):
    with harness.Server(small_disk / "data") as server:
        domain = World(Boto3(server.endpoint))
        sleeper = domain.start(executionStartToCloseTimeout="1")
        runs, fault = fill(domain)
        assert runs, "nothing fitted"
        assert fault.code == "ServiceUnavailableException"
        assert [event["eventId"] for event in runs[-1].events()] == [1, 2]
        assert runs[-1].describe()["executionInfo"]["executionStatus"] == "OPEN"

        # A deadline that has passed, and cannot take effect, stops nobody from reading.
        time.sleep(1.2)
        for _ in range(20):
            assert len(runs[-1].events()) == 2
            assert domain.client.call("DescribeDomain", name=domain.name)

        assert mount(small_disk, "-o", f"remount,size={ROOMY}").returncode == 0
        after = harness.wait_until(lambda: started(domain), "a write that succeeds", timeout=30)
        assert [event["eventId"] for event in after.events()] == [1, 2]
        for run in runs:
            assert len(run.events()) == 2
        closed = lambda: sleeper.describe()["executionInfo"].get("closeStatus")  # noqa: E731
        assert harness.wait_until(closed, "the time-out", timeout=30) == "TIMED_OUT"
        assert "the disk is full" in server.logged()
