"""Every filter of lists and counts of executions, in every order, by pages.

What a list must show is worked out here from what DescribeWorkflowExecution
says of each run, by the definition of the filter; counts must agree.
"""

import time

import pytest

import harness
import raw
import world
from clients import Boto3

ORDER_1 = world.WORKFLOW_TYPE
ORDER_2 = {"name": "order", "version": "2.0"}
REFUND = {"name": "refund", "version": "1.0"}
EVER = {"oldestDate": 0}
# Workflow id, type, tags, how it ends; in the order of their starts.
POPULATION = [
    ("chain", ORDER_1, ["red"], "COMPLETED"),
    ("chain", ORDER_2, [], "FAILED"),
    ("a", ORDER_1, ["red", "blue"], "TERMINATED"),
    ("b", ORDER_2, ["blue", "blue"], "CANCELED"),
    ("c", REFUND, ["red"], None),
    ("chain", REFUND, ["red", "a tag with spaces"], "COMPLETED"),
    ("d", ORDER_2, None, "TIMED_OUT"),
    ("e", ORDER_1, ["blue"], None),
    ("f", ORDER_1, ["red", "green"], "CONTINUED_AS_NEW"),
    ("chain", ORDER_1, ["green"], None),
]
DECISIONS = {
    "COMPLETED": "CompleteWorkflowExecution",
    "FAILED": "FailWorkflowExecution",
    "CANCELED": "CancelWorkflowExecution",
    "CONTINUED_AS_NEW": "ContinueAsNewWorkflowExecution",
}
FILTERS = [
    {},
    {"executionFilter": {"workflowId": "chain"}},
    {"executionFilter": {"workflowId": "a"}},
    {"executionFilter": {"workflowId": "f"}},
    {"executionFilter": {"workflowId": "chai"}},
    {"typeFilter": {"name": "order"}},
    {"typeFilter": {"name": "order", "version": ""}},
    {"typeFilter": {"name": "order", "version": "1.0"}},
    {"typeFilter": {"name": "order", "version": "2.0"}},
    {"typeFilter": {"name": "refund"}},
    {"typeFilter": {"name": "orde"}},
    {"tagFilter": {"tag": "red"}},
    {"tagFilter": {"tag": "blue"}},
    {"tagFilter": {"tag": "a tag with spaces"}},
    {"tagFilter": {"tag": "Red"}},
]
STATUSES = ["COMPLETED", "FAILED", "CANCELED", "TERMINATED", "CONTINUED_AS_NEW", "TIMED_OUT"]
FILTERS_OF_CLOSED = FILTERS + [{"closeStatusFilter": {"status": status}} for status in STATUSES]


@pytest.fixture(scope="module")
def populated(tmp_path_factory):
    """A domain with the population, and the infos of its runs in the order of their starts."""
    with harness.Server(tmp_path_factory.mktemp("filters")) as server:
        client = Boto3(server.endpoint)
        place = world.World(client)
        for kind in (ORDER_2, REFUND):
            place.call("RegisterWorkflowType", **kind, **world.WORKFLOW_DEFAULTS)
        # The same in another domain is never seen.
        world.World(client).start("chain", tagList=["red"])
        runs = []
        for entry in POPULATION:
            runs += add(place, *entry)
        yield place, [run.describe()["executionInfo"] for run in runs]
        client.close()


def add(place, workflow_id, kind, tags, end):
    """Starts a run on a list of its own and lets it end; also its successor, if it has one."""
    time.sleep(0.002)  # started in different milliseconds
    params = {"tagList": tags} if tags is not None else {}
    if end == "TIMED_OUT":
        params["executionStartToCloseTimeout"] = "1"
    own_list = harness.unique("list")
    run = place.start(
        workflow_id, workflowType=kind, taskList={"name": own_list}, **params
    )
    if end == "TERMINATED":
        place.call("TerminateWorkflowExecution", **run.execution)
    elif end in DECISIONS:
        task = place.decision_task(own_list)
        place.decide(task, {"decisionType": DECISIONS[end], **attributes_of(end, tags)})
    if end is not None:
        harness.wait_until(lambda: status(run) == "CLOSED", f"{workflow_id} closes")
    if end == "CONTINUED_AS_NEW":
        return [run, successor(place, run)]
    return [run]


def attributes_of(end, tags):
    """The attributes without which the decision would not be the same."""
    if end == "CONTINUED_AS_NEW":
        return {"continueAsNewWorkflowExecutionDecisionAttributes": {"tagList": tags}}
    return {}


def status(run):
    return run.describe()["executionInfo"]["executionStatus"]


def successor(place, run):
    last = run.events()[-1]["workflowExecutionContinuedAsNewEventAttributes"]
    return world.Run(place, run.workflow_id, last["newExecutionRunId"])


def passes(info, filters):
    """What each filter says, by its definition."""
    wanted = {
        "executionFilter": lambda it: info["execution"]["workflowId"] == it["workflowId"],
        "typeFilter": lambda it: info["workflowType"]["name"] == it["name"]
        and it.get("version", "") in ("", info["workflowType"]["version"]),
        "tagFilter": lambda it: it["tag"] in info.get("tagList", []),
        "closeStatusFilter": lambda it: info.get("closeStatus") == it["status"],
    }
    return all(wanted[name](value) for name, value in filters.items())


def expected(infos, state, order, filters, reverse):
    """Run ids in the order of the list."""
    shown = [
        (info[order], position, info["execution"]["runId"])
        for position, info in enumerate(infos)
        if info["executionStatus"] == state and passes(info, filters)
    ]
    return [run_id for *_, run_id in sorted(shown, reverse=not reverse)]


def listed(place, operation, **params):
    """The infos of all pages."""
    found, token = [], {}
    while True:
        page = place.call(operation, **params, **token)
        found += page["executionInfos"]
        assert len(page["executionInfos"]) <= params.get("maximumPageSize", 1000)
        if "nextPageToken" not in page:
            return found
        token = {"nextPageToken": page["nextPageToken"]}


def check(populated, state, order, filters):
    place, infos = populated
    name = state.capitalize()
    times = {"startTimestamp": "startTimeFilter", "closeTimestamp": "closeTimeFilter"}
    query = {times[order]: EVER, **filters}
    for reverse in (False, True):
        wanted = expected(infos, state, order, filters, reverse)
        for size in (1, 2, 1000):
            found = listed(
                place,
                f"List{name}WorkflowExecutions",
                **query,
                reverseOrder=reverse,
                maximumPageSize=size,
            )
            assert [info["execution"]["runId"] for info in found] == wanted
            by_id = {info["execution"]["runId"]: info for info in infos}
            assert all(info == by_id[info["execution"]["runId"]] for info in found)
        count = place.call(f"Count{name}WorkflowExecutions", **query)
        assert count == {"count": len(wanted), "truncated": False}


@pytest.mark.parametrize("filters", FILTERS, ids=str)
def test_open_runs(populated, filters):
    check(populated, "OPEN", "startTimestamp", filters)


@pytest.mark.parametrize("order", ["startTimestamp", "closeTimestamp"])
@pytest.mark.parametrize("filters", FILTERS_OF_CLOSED, ids=str)
def test_closed_runs(populated, order, filters):
    check(populated, "CLOSED", order, filters)


def test_the_population_is_what_it_should_be(populated):
    _, infos = populated
    ends = [end for *_, end in POPULATION if end]
    assert [info["closeStatus"] for info in infos if "closeStatus" in info] == ends
    assert set(ends) == set(STATUSES)


@pytest.mark.parametrize("filters", [{}, *FILTERS_OF_CLOSED[1::4]], ids=str)
def test_times_are_exact_to_the_millisecond_and_inclusive(populated, filters):
    place, infos = populated
    http = raw.Http(place.client.client.meta.endpoint_url)
    for state, order in (
        ("OPEN", "startTimestamp"),
        ("CLOSED", "startTimestamp"),
        ("CLOSED", "closeTimestamp"),
    ):
        if state == "OPEN" and "closeStatusFilter" in filters:
            continue
        times = sorted(info[order] for info in infos if info["executionStatus"] == state)
        middle = times[len(times) // 2]
        for oldest, latest in [
            (middle, middle),
            (middle, None),
            (times[0], middle - 0.001),
            (middle + 0.001, times[-1]),
            (middle, middle - 0.001),
        ]:
            bounds = {"oldestDate": oldest} | ({"latestDate": latest} if latest else {})
            shown = [
                info
                for info in infos
                if oldest <= info.get(order, 0) <= (latest or times[-1])
            ]
            wanted = expected(shown, state, order, filters, reverse=False)
            time_filter = order.replace("Timestamp", "TimeFilter")
            name = state.capitalize()
            body = {"domain": place.name, time_filter: bounds, **filters}
            reply = http.post(f"List{name}WorkflowExecutions", body).json
            found = [info["execution"]["runId"] for info in reply["executionInfos"]]
            assert found == wanted, (state, order, bounds)
            counted = http.post(f"Count{name}WorkflowExecutions", body).json
            assert counted["count"] == len(wanted)
