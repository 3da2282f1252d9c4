"""What the workers do: simpleflow activities, named `activities.<function>`.

An activity that behaves differently at its second attempt keeps a journal: a
file named by its input, with one line for each attempt, the id of the process
that makes it. The tests read the journals to find the processes.
"""

import functools
import os
import pathlib
import time

from simpleflow.activity import with_attributes

WORK = "work"
ALONE = "work-of-one-worker"
NOBODY = "nobody-polls-here"

on = functools.partial(with_attributes, version="1")


def attempt(journal):
    """Enters this process in the journal; answers which attempt this is."""
    with pathlib.Path(journal).open("a") as entries:
        entries.write(f"{os.getpid()}\n")
    return len(pathlib.Path(journal).read_text().split())


@on(task_list=WORK)
def square(number):
    return number * number


@on(task_list=WORK)
def total(numbers):
    return sum(numbers)


@on(task_list=WORK)
def label(prefix, number):
    return f"{prefix} {number}"


def fail_until(journal, attempts):
    """Fails unless this is attempt number `attempts` or a later one."""
    number = attempt(journal)
    if number < attempts:
        raise RuntimeError(f"attempt {number} fails")
    return number


@on(task_list=WORK, retry=2)
def fail_and_retry(journal, attempts):
    return fail_until(journal, attempts)


@on(task_list=WORK)
def fail_and_wait(journal, attempts):
    return fail_until(journal, attempts)


@on(task_list=WORK, raises_on_failure=True)
def fail_its_workflow(journal, attempts):
    return fail_until(journal, attempts)


@on(task_list=WORK, raises_on_failure=True)
def refuse():
    raise ValueError("no such order")


@on(task_list=WORK, start_to_close_timeout=1)
def take_too_long():
    time.sleep(30)


@on(task_list=NOBODY, schedule_to_start_timeout=1)
def never_started():
    raise AssertionError("nobody polls this list")


@on(task_list=NOBODY, schedule_to_close_timeout=1)
def never_closed():
    raise AssertionError("nobody polls this list")


@on(task_list=WORK, heartbeat_timeout=5)
def work_for(seconds, journal):
    """Longer than the heartbeat time-out; simpleflow's worker sends the heartbeats."""
    attempt(journal)
    time.sleep(seconds)
    return seconds


def wait_for_the_killer(journal):
    """The first attempt waits to be killed, the second completes."""
    number = attempt(journal)
    if number == 1:
        time.sleep(60)
    return number


@on(task_list=WORK, heartbeat_timeout=5, retry=1)
def survive(journal):
    return wait_for_the_killer(journal)


@on(task_list=ALONE, heartbeat_timeout=5, retry=1)
def survive_alone(journal):
    return wait_for_the_killer(journal)
