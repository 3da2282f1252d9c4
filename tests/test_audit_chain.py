"""The chain of the audit log: nothing can be changed or taken out of it unseen, and a crash does not break it."""

import concurrent.futures
import hashlib
import re
import shutil
import socket
import time

import botocore.exceptions
import pytest

import harness
import signing
import world
from access_folder import AccessFolder
from access_server import EVER
from audit_log import Audited, everbeat_verify, files, verified

NAME = "shop"
ROOM = {"workflowExecutionRetentionPeriodInDays": "1"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return AccessFolder(tmp_path_factory.mktemp("access"))


def test_verify_while_the_server_runs(folder, tmp_path):
    with Audited(folder, tmp_path / "audit") as server:
        world.World(server.root, NAME)
        done = everbeat_verify(server.log_folder)
        assert (done.returncode, done.stderr) == (0, ""), done
        last = verified(server.log_folder)[-1]
        end = f"{last['number']}:{last['hash']}"
        assert end in done.stdout
        server.root.call("DeprecateDomain", name=NAME)
        assert everbeat_verify(server.log_folder, "--expect", end).returncode == 0
        other = f"{last['number']}:{'0' * 64}"
        assert everbeat_verify(server.log_folder, "--expect", other).returncode == 1


@pytest.fixture(scope="module")
def ended(folder, tmp_path_factory):
    """The log of a server that has been stopped, as three files: as if the first two had been full."""
    log = tmp_path_factory.mktemp("ended") / "audit"
    with Audited(folder, log) as server:
        for number in range(30):
            name = f"domain-{number:03}"
            server.root.call("RegisterDomain", name=name, **ROOM)
    (file,) = files(log)
    lines = file.read_bytes().split(b"\n")[:-1]
    opening, calls = lines[0], lines[1:]
    previous, number = b"0" * 64, 0
    for place in range(3):
        chained = []
        for line in [opening, *calls[10 * place : 10 * place + 10]]:
            number += 1
            previous, line = relinked(line, number, previous, place + 1)
            chained.append(line)
        name = f"audit-{place + 1:06}.jsonl"
        (log / name).write_bytes(b"".join(line + b"\n" for line in chained))
        (log / name).chmod(0o600)
    return log


def relinked(line, number, previous, file):
    """A line in another place of the chain, with its hash; a line that opens a file opens this one."""
    body, _, _ = line.rpartition(b',"previous":"')
    body = re.sub(rb'^{"number":\d+', b'{"number":%d' % number, body)
    body = re.sub(rb'"file":\d+', b'"file":%d' % file, body)
    body += b',"previous":"' + previous + b'"'
    digest = hashlib.sha256(body).hexdigest().encode()
    return digest, body + b',"hash":"' + digest + b'"}'


def remove_line(lines):
    del lines[len(lines) // 2]


def edit_line(lines):
    place = len(lines) // 2
    assert b'"ok"' in lines[place]
    lines[place] = lines[place].replace(b'"ok"', b'"no"')


def edit_name(lines):
    place = len(lines) // 2
    lines[place] = lines[place].replace(b'"domain-0', b'"domain-9')


def swap_lines(lines):
    place = len(lines) // 2
    lines[place], lines[place + 1] = lines[place + 1], lines[place]


def repeat_line(lines):
    place = len(lines) // 2
    lines.insert(place, lines[place])


def rewrite_line(lines):
    """An edit with a hash that fits: the next line does not follow from it."""
    place = len(lines) // 2
    body, _, _ = lines[place].rpartition(b',"hash":"')
    body = body.replace(b'"domain-0', b'"domain-9')
    lines[place] = body + b',"hash":"' + hashlib.sha256(body).hexdigest().encode() + b'"}'


TAMPERING = [remove_line, edit_line, edit_name, swap_lines, repeat_line, rewrite_line]


@pytest.mark.parametrize("tamper", TAMPERING)
def test_tampering_shows(ended, tmp_path, tamper):
    log = shutil.copytree(ended, tmp_path / "audit")
    assert everbeat_verify(log).returncode == 0
    file = files(log)[len(files(log)) // 2]
    lines = file.read_bytes().split(b"\n")
    before = list(lines)
    tamper(lines)
    assert lines != before
    file.write_bytes(b"\n".join(lines))
    done = everbeat_verify(log)
    assert (done.returncode, done.stdout) == (1, ""), done
    assert file.name in done.stderr
    with pytest.raises(AssertionError):
        verified(log)


def test_a_missing_file_and_a_missing_end_show(ended, tmp_path):
    whole = verified(ended)
    end = f"{whole[-1]['number']}:{whole[-1]['hash']}"
    cut = shutil.copytree(ended, tmp_path / "cut")
    last = files(cut)[-1]
    last.write_bytes(b"\n".join(last.read_bytes().split(b"\n")[:-2]) + b"\n")
    assert everbeat_verify(cut).returncode == 0
    assert everbeat_verify(cut, "--expect", end).returncode == 1
    holed = shutil.copytree(ended, tmp_path / "holed")
    missing = files(holed)[1]
    missing.unlink()
    done = everbeat_verify(holed)
    assert done.returncode == 1
    assert missing.name in done.stderr
    assert end in everbeat_verify(ended).stdout


def test_a_server_goes_on_with_a_whole_log_and_not_with_a_changed_end(folder, ended, tmp_path):
    """No chain goes on from a last line that was changed."""
    whole = shutil.copytree(ended, tmp_path / "whole")
    with Audited(folder, whole) as server:
        server.root.call("RegisterDomain", name="one-more", **ROOM)
    assert [entry.get("domain") for entry in verified(whole)][-1] == "one-more"
    assert everbeat_verify(whole).returncode == 0
    changed = shutil.copytree(ended, tmp_path / "changed")
    last = files(changed)[-1]
    last.write_bytes(last.read_bytes().replace(b"domain-029", b"domain-999"))
    with pytest.raises(harness.ServerDidNotStart, match=last.name):
        Audited(folder, changed).start()
    torn = shutil.copytree(ended, tmp_path / "torn")
    last = files(torn)[-1]
    last.write_bytes(last.read_bytes()[:-10])
    assert everbeat_verify(torn).returncode == 1
    with Audited(folder, torn) as server:
        server.root.call("RegisterDomain", name="one-more", **ROOM)
    assert [entry["kind"] for entry in verified(torn)][-2:] == ["torn", "call"]
    assert everbeat_verify(torn).returncode == 0


def test_all_that_was_acknowledged_outlives_a_kill(folder, tmp_path):
    """Eight callers, SIGKILL in the middle: every change that was answered is in the log, and the chain goes on."""
    log = tmp_path / "audit"
    with Audited(folder, log, directory=tmp_path / "data") as server:
        world.World(server.root, NAME)
        client = server.root.client
        answered = []

        def work(worker):
            for number in range(10_000):
                try:
                    answer = client.start_workflow_execution(
                        domain=NAME,
                        workflowId=f"{worker}-{number}",
                        workflowType=world.WORKFLOW_TYPE,
                    )
                except botocore.exceptions.BotoCoreError:
                    return
                answered.append(answer["ResponseMetadata"]["RequestId"])

        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            for worker in range(8):
                pool.submit(work, worker)
            harness.wait_until(lambda: len(answered) > 300, "load", timeout=60)
            server.kill()
        assert everbeat_verify(log).returncode in (0, 1)
        server.restart(crash=True)
        logged = {entry["request_id"] for entry in server.calls() if entry["outcome"] == "ok"}
        assert set(answered) <= logged
        assert everbeat_verify(log).returncode == 0
        server.root.call("RegisterDomain", name="after", **ROOM)
        assert [entry["domain"] for entry in server.calls()][-1] == "after"


def hang_up_on(server, draft, after=0):
    """Sends a call and closes the connection, `after` so many seconds, with the answer unread."""
    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        headers = "".join(f"{name}: {value}\r\n" for name, value in draft.headers)
        headers += f"Content-Length: {len(draft.body)}\r\n\r\n"
        connection.sendall(b"POST / HTTP/1.1\r\n" + headers.encode() + draft.body)
        time.sleep(after)


def test_who_does_not_wait_for_the_answer_is_in_the_log_too(folder, tmp_path):
    """Hanging up right after the request hides no change."""
    with Audited(folder, tmp_path / "audit") as server:
        domain = world.World(server.root, NAME)
        for number in range(100):
            body = {"domain": NAME, "workflowId": str(number), "workflowType": world.WORKFLOW_TYPE}
            call = signing.signed(server.port, server.root_keys, "StartWorkflowExecution", body)
            hang_up_on(server, call)
        # A call that is answered afterwards, and a pause as long as others need.
        domain.start("last")

        def unlogged():
            listed = domain.call("CountOpenWorkflowExecutions", startTimeFilter=EVER)["count"]
            logged = [each["operation"] for each in server.calls()].count("StartWorkflowExecution")
            return listed - logged

        harness.wait_until(lambda: unlogged() == 0, "a line for every execution that was started")


def test_a_poll_that_takes_a_task_is_in_the_log_even_if_nobody_waits_for_it(folder, tmp_path):
    """Callers go at every moment of it: before the task is handed out, while that is written, and afterwards."""
    polls, most_polls = 240, 2400
    with Audited(folder, tmp_path / "audit") as server:
        domain = world.World(server.root, NAME)
        tasks = {"domain": NAME, "taskList": {"name": world.DECISION_LIST}}

        def begin():
            """One more task, which never comes back to the list."""
            domain.start(taskStartToCloseTimeout="3600")

        def poll():
            return signing.signed(server.port, server.root_keys, "PollForDecisionTask", tasks)

        def taken():
            """Of all tasks that there were, those that wait no more."""
            waiting = domain.client.call("CountPendingDecisionTasks", **tasks)
            assert not waiting["truncated"]
            return begun - waiting["count"]

        def logged():
            calls = [each["operation"] for each in server.calls() if each["outcome"] == "ok"]
            return calls.count("PollForDecisionTask")

        def answer_takes():
            """Seconds to the answer that has a task, on this machine."""
            begin()
            with harness.elapsed() as seconds, signing.Connection(server.port) as connection:
                assert "taskToken" in connection.send(poll()).json
                return seconds()

        begun = asked = answered = 5
        shortest = min(answer_takes() for _ in range(answered))
        while asked < polls or not answered < taken() < asked:
            assert asked < most_polls, "some get a task, and some are gone by then"
            begin()
            begun += 1
            # From nothing to twice the time that an answer takes.
            hang_up_on(server, poll(), after=asked % 24 / 12 * shortest)
            asked += 1
        harness.wait_until(lambda: taken() == logged(), "a line for every task that was taken")


def test_rubbish_of_strangers_does_not_fill_the_log(folder, tmp_path):
    """What is no request leaves no line; what is not signed leaves few, and says how many it stands for."""
    asked, a_second = 100, 5
    limit = ["--limit", f"refusals_per_second_and_address={a_second}"]
    with Audited(folder, tmp_path / "audit", *limit) as server:

        def ask(more):
            draft = signing.post(server.port, None, "TerminateWorkflowExecution", {}, more=more)
            with signing.Connection(server.port) as connection:
                return connection.send(draft).status

        with concurrent.futures.ThreadPoolExecutor(asked) as pool:
            assert set(pool.map(ask, [[("Content-Encoding", "br")]] * asked)) == {400}
            assert server.calls() == []
            with harness.elapsed() as seconds:
                assert set(pool.map(ask, [[]] * asked)) == {400}
                # A bucket full, and what has come back since the first of all these requests.
                most = a_second * (seconds() + 3)
        assert ask([]) == 400
        lines = server.calls()
        assert 0 < len(lines) <= most < asked
        unwritten = [re.match(r"(\d+) refusals before this one", line["reason"]) for line in lines if "reason" in line]
        assert sum(int(found[1]) for found in unwritten) >= asked
