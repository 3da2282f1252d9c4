"""A server with the domain and the types that a recording needs.

Recorded calls are sent as they were recorded, but for run ids. This is done
without an SDK, as some of them no SDK of today would send.
"""

import contextlib

import harness
import raw
from clients import Boto3

from .compare import Translation
from .recordings import attributes

NAMED_TYPES = {
    "ActivityTaskScheduled": {
        "operation": "RegisterActivityType",
        "type": "activityType",
        "defaults": {
            "heartbeatTimeout": "defaultTaskHeartbeatTimeout",
            "scheduleToCloseTimeout": "defaultTaskScheduleToCloseTimeout",
            "scheduleToStartTimeout": "defaultTaskScheduleToStartTimeout",
            "startToCloseTimeout": "defaultTaskStartToCloseTimeout",
            "taskList": "defaultTaskList",
        },
    },
    "StartChildWorkflowExecutionInitiated": {
        "operation": "RegisterWorkflowType",
        "type": "workflowType",
        "defaults": {
            "childPolicy": "defaultChildPolicy",
            "executionStartToCloseTimeout": "defaultExecutionStartToCloseTimeout",
            "taskList": "defaultTaskList",
            "taskStartToCloseTimeout": "defaultTaskStartToCloseTimeout",
        },
    },
}
"""Events that name a type: how to register it, and which members may be its defaults."""


@contextlib.contextmanager
def stage_for(recording, clock):
    """A server of its own for a recording, that goes by this type of clock."""
    with harness.Server(arguments=["--poll-hold-seconds", 1, *clock.ARGUMENTS]) as server:
        stage = Stage(server.endpoint, recording, clock(server.endpoint))
        stage.prepare()
        yield stage
        stage.close()


class Stage:
    """One server as seen by one recording."""

    def __init__(self, endpoint, recording, clock):
        self.clock = clock
        self.http = raw.Http(endpoint)
        self.boto = Boto3(endpoint)
        self.recording = recording
        self.translation = Translation()
        self.domain = recording.calls[0]["request"]["domain"]
        # Registered types, with the members that decisions leave to them.
        self.defaults = {}

    def close(self):
        """Closes the connections of the SDK."""
        self.boto.close()

    def prepare(self):
        """Registers the domain, and the workflow type as Amazon described it."""
        self.boto.call(
            "RegisterDomain",
            name=self.domain,
            workflowExecutionRetentionPeriodInDays="1",
        )
        described = self.recording.only("DescribeWorkflowType")
        kind = described["request"]["workflowType"]
        self.boto.call(
            "RegisterWorkflowType",
            domain=self.domain,
            **kind,
            **described["response"]["configuration"],
        )
        self.defaults[_key("workflowType", kind)] = {}

    def register_types(self, with_defaults):
        """Registers the types of activities and children that the history names.

        `with_defaults` gives a type the values of its first event as defaults.
        """
        for event in self.recording.history:
            naming = NAMED_TYPES.get(event["eventType"])
            if naming:
                self._register(naming, attributes(event), with_defaults)

    def _register(self, naming, members, with_defaults):
        kind = members[naming["type"]]
        key = _key(naming["type"], kind)
        if key in self.defaults:
            return
        defaults = naming["defaults"] if with_defaults else {}
        self.defaults[key] = {name: members[name] for name in defaults}
        given = {default: members[name] for name, default in defaults.items()}
        self.boto.call(naming["operation"], domain=self.domain, **kind, **given)

    def without_defaults(self, decision):
        """The decision without the members that its type has as defaults."""
        (member,) = decision.keys() - {"decisionType"}
        given = decision[member]
        kind = given.keys() & {"activityType", "workflowType"}
        defaults = self.defaults[_key(*kind, given[min(kind)])] if kind else {}
        kept = {n: value for n, value in given.items() if defaults.get(n) != value}
        return decision | {member: kept}

    def send(self, call):
        """Sends a recorded call and returns the answer; it must have the recorded status."""
        reply = self.http.post(call["operation"], self.translation.of(call["request"]))
        assert reply.status == call["status"], (
            f"{call['operation']} was answered {reply.status} {reply.body.decode()}"
        )
        return reply.json if reply.body else None


def _key(member, kind):
    return member, kind["name"], kind["version"]
