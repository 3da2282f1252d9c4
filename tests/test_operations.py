"""Starting and stopping: every start-up fault is one plain sentence, and hurts no data."""

import hashlib
import os
import pathlib
import re
import socket
import sqlite3
import subprocess

import pytest

import harness
import world
from clients import Boto3

FAULT_SECONDS = 30
SQLITE_HEADER = b"SQLite format 3\x00"


def run(*arguments, **environment):
    """Runs the binary to its end; it must not take long."""
    return subprocess.run(
        [harness.binary(), *map(str, arguments)],
        env=os.environ | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=FAULT_SECONDS,
    )


def serve(data_directory, listen="127.0.0.1:0"):
    return run("serve", "--listen", listen, "--data-dir", data_directory)


def assert_refused(done, *words):
    """Nothing on stdout, a failure code, one plain sentence that says `words`."""
    assert done.returncode not in (0, None)
    assert done.returncode > 0, "ended by a signal"
    assert done.stdout == ""
    lines = [line for line in done.stderr.splitlines() if line.strip()]
    assert len(lines) == 1, done.stderr
    sentence = lines[0]
    for noise in ("panicked", "RUST_BACKTRACE", "Error {", "Os {", "\x1b"):
        assert noise not in sentence
    for word in words:
        assert str(word).lower() in sentence.lower()


def contents(directory):
    """Every file below the directory with a digest of its bytes."""
    return {
        str(path.relative_to(directory)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(pathlib.Path(directory).rglob("*"))
        if path.is_file()
    }


def assert_untouched(before, after):
    """Every file of before has the same bytes; the server's lock file may differ."""
    kept = {name: digest for name, digest in before.items() if "lock" not in name}
    assert kept.items() <= after.items()


def database(directory):
    """The one SQLite database of a data directory whose server has stopped."""
    found = [
        path
        for path in pathlib.Path(directory).rglob("*")
        if path.is_file() and path.read_bytes()[:16] == SQLITE_HEADER
    ]
    assert len(found) == 1, found
    return found[0]


@pytest.fixture
def data(tmp_path):
    """The data directory of a stopped server that holds one run; see `still_good`."""
    directory = tmp_path / "data"
    with harness.Server(directory) as server:
        client = Boto3(server.endpoint)
        domain = world.World(client)
        domain.start("kept")
        client.close()
    (tmp_path / "domain").write_text(domain.name)
    return directory


def still_good(directory):
    """A server starts on the data and finds the run."""
    name = (directory.parent / "domain").read_text()
    with harness.Server(directory, ["--poll-hold-seconds", 5]) as server:
        client = Boto3(server.endpoint)
        task = client.call(
            "PollForDecisionTask", domain=name, taskList={"name": "main"}
        )
        client.close()
    return task["workflowExecution"]["workflowId"] == "kept"


class TestStartUpFaults:
    def test_port_in_use(self, tmp_path):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            done = serve(tmp_path / "data", f"127.0.0.1:{port}")
        assert_refused(done, f"127.0.0.1:{port}")

    def test_an_address_that_is_none(self, tmp_path):
        done = serve(tmp_path / "data", "nowhere:port")
        assert done.returncode > 0
        assert done.stdout == ""
        assert "nowhere:port" in done.stderr
        assert not (tmp_path / "data").exists()

    def test_the_data_directory_is_a_file(self, tmp_path):
        place = tmp_path / "a-file"
        place.write_text("kept")
        assert_refused(serve(place), place)
        assert place.read_text() == "kept"

    def test_the_data_directory_cannot_be_made(self):
        # Not even the superuser can make a directory there.
        assert_refused(serve("/proc/everbeat"), "/proc/everbeat")

    def test_the_data_directory_is_not_writable(self, tmp_path):
        if os.geteuid() == 0:
            pytest.skip("permissions do not bind the superuser")
        place = tmp_path / "locked"
        place.mkdir()
        place.chmod(0o500)
        assert_refused(serve(place), place)

    def test_a_second_server_on_the_same_data(self, tmp_path):
        directory = tmp_path / "data"
        with harness.Server(directory) as first:
            client = Boto3(first.endpoint)
            domain = world.World(client)
            done = serve(directory)
            assert_refused(done, directory)
            # The first one is none the worse.
            run_of_first = domain.start()
            assert len(run_of_first.events()) == 2
            client.close()

    def test_the_lock_of_a_killed_server_is_gone(self, data):
        with harness.Server(data) as server:
            server.kill()
        assert still_good(data)

    def test_a_corrupt_database(self, data):
        place = database(data)
        good = place.read_bytes()
        place.write_bytes(b"this is not a database " * 500)
        before = contents(data)
        assert_refused(serve(data), place.name)
        assert_untouched(before, contents(data))
        place.write_bytes(good)
        assert still_good(data)

    def test_a_newer_format(self, data):
        place = database(data)
        version = self.set_version(place, 1_000_000)
        before = contents(data)
        assert_refused(serve(data), "newer")
        assert_untouched(before, contents(data))
        self.set_version(place, version)
        assert still_good(data)

    def set_version(self, place, version):
        """Sets the format version of the database; returns the old one."""
        connection = sqlite3.connect(place)
        (old,) = connection.execute("PRAGMA user_version").fetchone()
        connection.execute(f"PRAGMA user_version = {version}")
        connection.commit()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        assert old > 0, "a data file carries its format version"
        return old

    @pytest.mark.parametrize("seconds", ["0", "61", "soon"])
    def test_a_poll_hold_out_of_range(self, tmp_path, seconds):
        done = run(
            "serve", "--data-dir", tmp_path / "data", "--poll-hold-seconds", seconds
        )
        assert done.returncode > 0
        assert "poll-hold-seconds" in done.stderr
        assert not (tmp_path / "data").exists()

    def test_no_place_for_data_and_both_places(self, tmp_path):
        both = run("serve", "--data-dir", tmp_path / "data", "--ephemeral")
        assert both.returncode > 0
        assert both.stdout == ""
        assert not (tmp_path / "data").exists()


class TestReadyLines:
    def test_the_lines_can_be_pasted_into_a_shell(self, tmp_path):
        server = harness.Server(tmp_path / "data")
        process = subprocess.Popen(
            server.command(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        try:
            ready = process.stdout.readline()
            exports = process.stdout.readline()
        finally:
            process.terminate()
            process.wait(harness.STOP_SECONDS)
        found = re.fullmatch(r"Everbeat is ready on (http://127\.0\.0\.1:\d+)\n", ready)
        assert found, ready
        assert exports == f"export AWS_ENDPOINT_URL_SWF={found[1]}\n"

    def test_a_chosen_port(self, tmp_path):
        # A port that a server had is chosen; it waits should somebody else have got it in between.
        with harness.Server(tmp_path / "data") as server:
            port = server.port
            server.restart(same_port=True)
            assert server.endpoint == f"http://127.0.0.1:{port}"


class TestStop:
    def test_a_graceful_stop_ends_well_and_writes_no_error(self, tmp_path):
        server = harness.Server(tmp_path / "data").start()
        assert server.stop() == 0
        assert "panicked" not in server.logged()

    def test_idle_connections_do_not_delay_a_stop(self, tmp_path):
        server = harness.Server(tmp_path / "data").start()
        with socket.create_connection(("127.0.0.1", server.port)):
            with harness.elapsed() as seconds:
                assert server.stop() == 0
                harness.in_time(seconds(), 3, "the stop")


def test_ephemeral_leaves_nothing_behind(tmp_path, monkeypatch):
    place = tmp_path / "temporary"
    place.mkdir()
    server = harness.Server()  # its log is made before TMPDIR changes
    monkeypatch.setenv("TMPDIR", str(place))
    monkeypatch.chdir(tmp_path)
    with server:
        client = Boto3(server.endpoint)
        world.World(client).start()
        client.close()
        assert contents(place), "the data has to be somewhere"
    assert list(place.iterdir()) == []
    assert list(tmp_path.iterdir()) == [place]


class TestHelp:
    def test_help(self):
        done = run("--help")
        assert (done.returncode, done.stderr) == (0, "")
        assert "everbeat" in done.stdout and "serve" in done.stdout

    def test_help_of_serve(self):
        done = run("serve", "--help")
        assert (done.returncode, done.stderr) == (0, "")
        for option in ("--listen", "--data-dir", "--ephemeral", "--poll-hold-seconds"):
            assert option in done.stdout

    def test_an_unknown_option(self):
        done = run("serve", "--no-such-option")
        assert done.returncode > 0
        assert done.stdout == ""
        assert "--no-such-option" in done.stderr
