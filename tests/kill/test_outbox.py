"""Messages between runs that wait in the store: more of them than one commit delivers.

One response asks for so many that the rest is still undelivered when the server
is killed; the life after it must carry out all that was promised, once.
"""

import harness
import plans
import pytest
from databases import waiting_messages
from evidence import Evidence, listed, read_history, run_key
from one_client import Client, restarted
from verify_children import CHILD_RULES
from verify_messages import MESSAGE_RULES, OUTCOMES, arrivals, promises
from workload import DOMAIN

MESSAGES = 3000
CHILDREN = 200
SETTLE_SECONDS = 60
RULES = (*MESSAGE_RULES, *CHILD_RULES)


def message(number):
    """A decision of the batch: mostly signals, now and then a child or a cancel request."""
    name = f"m-{number}"
    if number % 50 == 0:
        return idle_child(name)
    return plans.send(name, "mailer", to="harbour", cancel=number % 50 == 1)


def idle_child(name):
    """The decision that starts a child of which no decider hears."""
    more = {"seconds": "60", "list": plans.IDLE_LIST}
    return plans.start_child(name, plan={}, policy="ABANDON", **more)


def start_harbour(client):
    """Starts the run that all is sent to."""
    return run_key(client.start("harbour", taskList={"name": plans.IDLE_LIST}))


def killed(journal, server, folder):
    """Kills the server; answers a client of its next life."""
    journal.kill(server)
    waiting = waiting_messages(folder)
    print(f"{waiting} messages were waiting after the kill")
    if not waiting:
        raise harness.Late("the kill, as all was delivered before; nothing was shown")
    journal.start(server)
    return Client(journal, server.endpoint)


def gather(journal, client):
    """The histories of all runs, as evidence."""
    histories = {}
    for state in ("open", "closed"):
        for info in listed(client.boto, DOMAIN, f"list_{state}_workflow_executions"):
            run = run_key(info["execution"])
            histories[run] = read_history(client.boto, DOMAIN, run)
    return Evidence(journal, histories)


def gather_one(journal, client, run):
    """The history of one run, as evidence."""
    return Evidence(journal, {run: read_history(client.boto, DOMAIN, run)})


def problems_of(evidence):
    return [text for rule in RULES for text in rule(evidence)]


def untold(client, run):
    """How many promises of a run have no outcome yet."""
    types = [event["eventType"] for event in read_history(client.boto, DOMAIN, run)]
    outcomes = set().union(*OUTCOMES.values())
    return sum(name in OUTCOMES for name in types) - sum(name in outcomes for name in types)


def test_messages_that_wait_in_the_store_are_delivered_after_the_restart(
    tmp_path, journal, server, client
):
    start_harbour(client)
    mailer = run_key(client.start("mailer"))
    client.decide("d-1", *map(message, range(MESSAGES)))

    client = killed(journal, server, tmp_path / "data")
    harness.wait_until(
        lambda: untold(client, mailer) == 0, "messages still wait", SETTLE_SECONDS, pause=0.2
    )
    evidence = gather(journal, client)
    assert problems_of(evidence) == []
    assert len(arrivals(evidence)) + len(evidence.started_children) == MESSAGES


@pytest.mark.parametrize("policy", plans.POLICIES)
def test_children_that_wait_in_the_store_follow_the_policy_of_their_parent(
    tmp_path, journal, server, client, policy
):
    harbour = start_harbour(client)
    parent = client.start("mailer")
    signals = [plans.send(f"s-{n}", "mailer", to="harbour") for n in range(MESSAGES)]
    children = [idle_child(f"c-{n}") for n in range(CHILDREN)]
    client.decide("d-1", *children[:5], *signals, *children[5:])
    client.call("TerminateWorkflowExecution", domain=DOMAIN, **parent, childPolicy=policy)

    client = restarted(journal, server, down=0)
    harness.wait_until(
        lambda: len(arrivals(gather_one(journal, client, harbour))) == len(signals),
        "signals still wait",
        SETTLE_SECONDS,
        pause=0.2,
    )
    evidence = gather(journal, client)
    assert problems_of(evidence) == []
    started, made = evidence.started_children, promises(evidence)
    untold_starts = [
        promise
        for promise in made
        if promise.event.type == "StartChildWorkflowExecutionInitiated" and not promise.outcomes
    ]
    if not untold_starts:
        raise harness.Late("the end, as all children had started before; nothing was shown")
    late = sum(promise.place in started for promise in untold_starts)
    assert late == (len(untold_starts) if policy == "ABANDON" else 0)
    assert len(arrivals(evidence)) == len(signals)
