"""Judges times: deadlines across restarts, heartbeats, and events of a dead server.

Times are milliseconds in histories and seconds in the journal; here all are
seconds since 1970. Timers and timeouts may be late by `GRACE` seconds of the
server's up time; they are never early (the checker's matter), but for the
heartbeat clock, which restarts at recovery (execution.md 6.3).
"""

from event_table import attributes
from journal import ACKNOWLEDGED, UNKNOWN

GRACE = 2.0
MARGIN = 0.05


def seconds(duration):
    """A duration of the API in seconds, None for NONE."""
    return None if duration in (None, "NONE") else int(duration)


def up_time(lives, begin, end):
    """For how many seconds between two instants the server was ready."""
    return sum(
        max(0.0, min(end, life.dead) - max(begin, life.ready)) for life in lives
    )


def judge_lives(evidence):
    """No event carries a time at which there was no server."""
    lives = evidence.journal.lives
    problems = []
    for run, history in evidence.parsed.items():
        for event in history:
            moment = event.time / 1000
            if not any(
                life.launched - MARGIN <= moment <= life.dead + MARGIN for life in lives
            ):
                problems.append(f"{run[0]}: {event}: the server was down at {moment}")
    return problems


def judge_punctuality(evidence):
    """What fell due, also while the server was down, happened within `GRACE` of up time."""
    problems = []
    for run, history in evidence.parsed.items():
        for event, due, end in _deadlines(evidence, run, history):
            late = up_time(evidence.journal.lives, due, end)
            if late > GRACE:
                problems.append(f"{run[0]}: {event}: its deadline was missed by {late:.3f} s")
    return problems


def _deadlines(evidence, run, history):
    """All deadlines of a run as (event, due, instant at which it no longer mattered)."""
    close = evidence.close(run)
    closed = close.time / 1000 if close else float("inf")
    ends = {}
    for event in history:
        if event["scheduledEventId"] and not event.type.endswith("Started"):
            ends[event["scheduledEventId"]] = event.time / 1000
        elif event.type in ("TimerFired", "TimerCanceled"):
            ends[event["startedEventId"]] = event.time / 1000
    for event in history:
        begin = event.time / 1000
        if event.type == "WorkflowExecutionStarted":
            yield event, begin + seconds(event["executionStartToCloseTimeout"]), closed
        elif event.type == "TimerStarted":
            end = ends.get(event.id, closed)
            yield event, begin + seconds(event["startToFireTimeout"]), end
        elif event.type in ("DecisionTaskStarted", "ActivityTaskStarted"):
            task = history[event["scheduledEventId"] - 1]
            span = seconds(task["startToCloseTimeout"])
            if span is not None:
                yield event, begin + span, ends.get(task.id, closed)
        elif event.type == "ActivityTaskScheduled":
            span = seconds(event["scheduleToCloseTimeout"])
            if span is not None:
                yield event, begin + span, ends.get(event.id, closed)


def judge_heartbeats(evidence):
    """Heartbeats: the details of the last one survive, its clock is neither early nor late."""
    problems = []
    for handed in evidence.handed:
        started = evidence.event(handed.run, handed.started)
        if handed.kind != "ActivityTask" or started is None:
            continue
        calls = evidence.calls_by_token.get(handed.task["taskToken"], [])
        beats = [
            call
            for call in calls
            if call.operation == "RecordActivityTaskHeartbeat" and call.may_have_happened
        ]
        end = evidence.ends.get((handed.run, handed.started))
        found = list(_judge_answered_beats(evidence, handed, beats, end))
        if end is not None and end.type == "ActivityTaskTimedOut":
            found += _judge_details(beats, end)
        task = evidence.event(handed.run, started["scheduledEventId"])
        span = seconds(task["heartbeatTimeout"])
        if span is not None:
            over = end or evidence.close(handed.run)
            found += _judge_clock(evidence.journal.lives, started, beats, over, span)
        problems += [f"{handed}: {text}" for text in found]
    return problems


def _judge_details(beats, end):
    """A time-out shows the details of the last heartbeat, or of an unknown one after it."""
    allowed = [None]
    for beat in beats:
        if beat.outcome == ACKNOWLEDGED:
            allowed = []
        allowed.append(beat.request.get("details"))
    if end["details"] not in allowed:
        return [f"timed out with details {end['details']}, last acknowledged {allowed}"]
    return []


def _judge_answered_beats(evidence, handed, beats, end):
    """No heartbeat was accepted after the end; cancelRequested is told in time."""
    over = end or evidence.close(handed.run)
    asked = _first_cancel_request(evidence, handed, over)
    for beat in beats:
        if beat.outcome == UNKNOWN:
            continue
        if over and beat.sent > over.time / 1000 + MARGIN:
            yield f"a heartbeat was accepted after {over}"
        told = beat.answer["cancelRequested"]
        if told and (asked is None or beat.answered < asked - MARGIN):
            yield "a heartbeat told of a cancel request that nobody had made"
        if not told and asked is not None and beat.sent > asked + MARGIN:
            yield "a heartbeat hid a cancel request"


def _first_cancel_request(evidence, handed, over):
    """When cancellation of the task was first requested, or None."""
    history = evidence.histories[handed.run]
    until = over.id if over else len(history)
    for event in evidence.parsed[handed.run][handed.started : until]:
        if event.type == "ActivityTaskCancelRequested":
            if attributes(history[event.id - 1])["activityId"] == handed.task["activityId"]:
                return event.time / 1000
    return None


def _judge_clock(lives, started, beats, over, span):
    """The heartbeat clock of one task, life by life: it restarts at every recovery.

    `over` is what closed the task or its run; `span` the timeout.
    """
    began, ended = started.time / 1000, over.time / 1000 if over else float("inf")
    sure = max([began] + [beat.sent for beat in beats if beat.outcome == ACKNOWLEDGED])
    for life in lives:
        recovered = began < life.launched
        if life.launched <= ended <= life.dead and over and _is_heartbeat_timeout(over):
            earliest = max(sure, life.launched) if recovered else sure
            if ended < earliest + span - 0.001:
                yield f"its heartbeat clock ran out {earliest + span - ended:.3f} s early"
        base = life.ready if recovered else began
        last = [beat.answered for beat in beats if life.launched <= beat.sent <= life.dead]
        latest = max([base, *last]) + span
        if began <= life.dead and up_time([life], latest, ended) > GRACE:
            yield f"its heartbeat clock ran out too late in the life from {life.ready}"


def _is_heartbeat_timeout(event):
    return event.type == "ActivityTaskTimedOut" and event["timeoutType"] == "HEARTBEAT"


TIME_RULES = [judge_lives, judge_punctuality, judge_heartbeats]
