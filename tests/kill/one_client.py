"""Short words for one client that makes one call after another.

For the directed tests, beside the concurrent load of `workload`; it uses the
same domain, types and task lists. Every call must be acknowledged.
"""

import time

import plans
from journal import ACKNOWLEDGED, Caller, new_session
from workload import ACTIVITY_LIST, DECISION_LIST, DOMAIN

LISTS = {"Decision": DECISION_LIST, "Activity": ACTIVITY_LIST}
NO_TIMEOUTS = dict.fromkeys(plans.DEFAULT_TIMEOUTS, "NONE")


class Client:
    """A client of one life of the server; its calls go into the journal."""

    def __init__(self, journal, endpoint):
        self.caller = Caller(journal, endpoint, new_session())
        self.boto = self.caller.client

    def call(self, operation, **request):
        """Makes a call that must be acknowledged; answers its output."""
        call = self.caller.call(operation, **request)
        assert call.outcome == ACKNOWLEDGED, call
        return call.answer

    def start(self, workflow_id, **more):
        """Starts a run; answers both its ids."""
        answer = self.call(
            "StartWorkflowExecution",
            domain=DOMAIN,
            workflowId=workflow_id,
            workflowType=plans.WORKFLOW_TYPE,
            **more,
        )
        return {"workflowId": workflow_id, "runId": answer["runId"]}

    def task(self, kind, identity):
        """Polls once for a decision or activity task that must be there."""
        answer = self.poll(kind, identity=identity)
        assert "taskToken" in answer, f"no {kind} task"
        return answer

    def poll(self, kind, **more):
        """Polls once."""
        return self.call(f"PollFor{kind}Task", domain=DOMAIN, taskList=LISTS[kind], **more)

    def decide(self, identity, *decisions):
        """Takes the waiting decision task and answers it."""
        task = self.task("Decision", identity)
        self.call(
            "RespondDecisionTaskCompleted",
            taskToken=task["taskToken"],
            decisions=list(decisions),
        )

    def events(self, execution):
        """A run's history; empty when there is no such run."""
        try:
            answer = self.boto.get_workflow_execution_history(domain=DOMAIN, execution=execution)
        except self.boto.exceptions.UnknownResourceFault:
            return []
        return answer["events"]

    def find(self, execution, event_type):
        """The first event of a type, or None."""
        for event in self.events(execution):
            if event["eventType"] == event_type:
                return event
        return None


def schedule(activity_id, **timeouts):
    """The decision that schedules an activity, without timeouts but these."""
    return {
        "decisionType": "ScheduleActivityTask",
        "scheduleActivityTaskDecisionAttributes": {
            "activityId": activity_id,
            "activityType": plans.ACTIVITY_TYPE,
            **NO_TIMEOUTS,
            **timeouts,
        },
    }


def timer(timer_id, seconds):
    """The decision that starts a timer."""
    return {
        "decisionType": "StartTimer",
        "startTimerDecisionAttributes": {"timerId": timer_id, "startToFireTimeout": seconds},
    }


def restarted(journal, server, down):
    """Kills the server, leaves it down for some seconds, and answers a new client."""
    journal.kill(server)
    time.sleep(down)
    journal.start(server)
    return Client(journal, server.endpoint)
