"""What is seen just after each kill: runs in the lists, and some histories with their peers.

`glance` looks at a server that has only begun to live again, before any client
goes on; `judge_glances` compares what it saw with itself and with the end.
"""

import dataclasses
import time

import checker
from evidence import listed, read_history, run_key
from verify_messages import DELIVERED

LOOKED_AT = 6
PARENTS = 3
PEERS_EACH = 3
STARTED = "ChildWorkflowExecutionStarted"
MARGIN = 50  # milliseconds by which two clock readings may differ


@dataclasses.dataclass
class Glance:
    """The runs that were open, the histories of some, and after them those of their peers.

    Times are milliseconds since 1970.
    """

    begun: float
    ended: float
    opened: list
    histories: dict
    peers: dict


def glance(client, domain, chance):
    """Looks at the open runs; reads some histories, and then of the runs that these name."""
    begun = time.time() * 1000
    infos = listed(client, domain, "list_open_workflow_executions")
    ended = time.time() * 1000
    opened = [run_key(info["execution"]) for info in infos]
    parents = {run_key(info["parent"]) for info in infos if "parent" in info}
    chosen = set(chance.sample(opened, min(LOOKED_AT, len(opened))))
    chosen |= set(chance.sample(sorted(parents), min(PARENTS, len(parents))))
    histories = {run: read_history(client, domain, run) for run in sorted(chosen)}
    peers = {}
    for events in histories.values():
        named = sorted({run_key(event["workflowExecution"]) for event in _told(events)})
        for run in chance.sample(named, min(PEERS_EACH, len(named))):
            peers[run] = read_history(client, domain, run)
    return Glance(begun, ended, opened, histories, peers)


def _told(events):
    """The events that tell of an effect on another run."""
    if checker.form_problems(events):
        return []
    return [event for event in checker.parse(events) if event.type in {STARTED, *DELIVERED}]


def judge_glances(evidence):
    """All that was seen after a kill was right then, and still stands."""
    problems = []
    for number, seen in enumerate(evidence.glances):
        found = [*_judge_open(evidence, seen), *_judge_histories(evidence, seen)]
        for run, events in seen.histories.items():
            found += _judge_effects(run, _told(events), seen.peers)
        problems += [f"after kill {number}: {text}" for text in found]
    return problems


def _judge_open(evidence, seen):
    ids = [workflow_id for workflow_id, _ in seen.opened]
    for workflow_id in sorted({name for name in ids if ids.count(name) > 1}):
        yield f"{workflow_id}: two open runs are listed"
    opened = set(seen.opened)
    for run in seen.opened:
        if evidence.closed_at(run) < seen.begun - MARGIN:
            yield f"{run[0]}: listed as open after its end"
    for run, history in evidence.parsed.items():
        lived = history[0].time + MARGIN < seen.begun
        if lived and evidence.closed_at(run) > seen.ended + MARGIN and run not in opened:
            yield f"{run[0]}: was open and is not listed"


def _judge_histories(evidence, seen):
    for run, events in [*seen.histories.items(), *seen.peers.items()]:
        for problem in checker.check(events):
            yield f"{run[0]}: {problem}"
        if events != evidence.histories.get(run, [])[: len(events)]:
            yield f"{run[0]}: events that were there have changed since"


def _judge_effects(run, told, peers):
    """What a run was told of another one, that one knew as well."""
    for event in told:
        peer = peers.get(run_key(event["workflowExecution"]))
        if peer is None or checker.form_problems(peer):
            continue
        if event.type == STARTED:
            first = checker.parse(peer[:2])[0]
            there = run_key(first["parentWorkflowExecution"]) == run
        else:
            there = any(
                other["externalInitiatedEventId"] == event["initiatedEventId"]
                and run_key(other["externalWorkflowExecution"]) == run
                for other in checker.parse(peer)
                if other["externalInitiatedEventId"]
            )
        if not there:
            yield f"{run[0]}: {event}: {event['workflowExecution']} knows nothing of it"
