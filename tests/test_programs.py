"""`everbeat demo` and `everbeat bench`, whole runs of them."""

import json
import os
import re
import subprocess

import harness

SECONDS = 300


def everbeat(*words, cwd=None):
    """Runs the program without a terminal and without settings of the environment."""
    environment = {name: value for name, value in os.environ.items() if "EVERBEAT_" not in name}
    return subprocess.run(
        [harness.binary(), *words],
        cwd=cwd,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )


def after(text, beginning):
    """What follows `beginning` in the one line that has it."""
    (line,) = [line for line in text.splitlines() if beginning in line]
    return line.partition(beginning)[2]


def test_the_demo_plays_its_three_acts(tmp_path):
    folder = tmp_path / "files"
    folder.mkdir()
    for number in range(20):
        (folder / f"file-{number:02}").write_bytes(os.urandom(20_000))
    done = everbeat("demo", str(folder))
    assert done.returncode == 0, done.stderr
    assert "\x1b" not in done.stdout and "\r" not in done.stdout
    _, first, second, third = re.split(r"^Act \d: ", done.stdout, flags=re.MULTILINE)
    digest = after(first, "digest ").rstrip(".")
    assert "Canceled: the worker stopped cleanly" in second
    assert "Killed worker-1" in third and "Timed out" in third
    assert "skipped" in third
    assert f"digest {digest}: the same as in act 1" in third
    assert "(HEARTBEAT)" in third
    assert sorted(path.name for path in folder.iterdir()) == [f"file-{n:02}" for n in range(20)]


def test_the_demo_of_a_folder_that_is_not_there(tmp_path):
    done = everbeat("demo", str(tmp_path / "nowhere"))
    assert done.returncode == 1
    assert "nowhere" in done.stderr
    assert done.stdout == ""


def test_each_load_gives_figures_of_both_servers(tmp_path):
    for operation in ("heartbeat", "workflow"):
        words = ["--seconds", "1", "--connections", "8", "--json", "--data-dir", str(tmp_path)]
        done = everbeat("bench", operation, *words)
        assert done.returncode == 0, done.stderr
        report = json.loads(done.stdout)
        assert (report["operation"], report["errors"]) == (operation, 0)
        for name in ("rate_per_second", "baseline_per_second", "ratio", "p50_ms", "p99_ms"):
            assert report[name] > 0, name
        assert report["fsync_median_ms"] > 0
    assert list(tmp_path.iterdir()) == [], "the data directory is gone"


def test_what_access_control_costs_is_measured(tmp_path):
    words = ["--seconds", "1", "--connections", "8", "--json", "--data-dir", str(tmp_path)]
    for more in ([], ["--audit-log"]):
        done = everbeat("bench", "heartbeat", "--access-control", *more, *words)
        assert done.returncode == 0, done.stderr
        report = json.loads(done.stdout)
        assert report["errors"] == 0
        assert report["ratio"] > 0
        assert report["baseline"] == "without"
    assert list(tmp_path.iterdir()) == [], "the folders are gone"


def test_a_bench_of_a_server_that_is_not_there():
    done = everbeat("bench", "heartbeat", "--seconds", "1", "--endpoint-url", "http://127.0.0.1:1")
    assert done.returncode == 1
    assert done.stdout == ""
    assert "RegisterDomain: cannot connect" in done.stderr
