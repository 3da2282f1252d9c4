"""The event types of SWF as data: what each carries, links to, and causes.

One line an event type, in the order of the SWF documentation (execution.md
section 2.2). The first sign says whether the event asks for a decision task
(●) or not (○). Then the attributes:

    name*          always present
    name           present only when given
    name*>Type     the id of an earlier event of that type; Type|Type for several
    name*0>Type    the same, or 0 when there is no such event
    dtc            short for decisionTaskCompletedEventId*>DecisionTaskCompleted

This is the checker's own reading of the rules. It must not be derived from the
server's model, or both could be wrong together.
"""

import dataclasses

TABLE = """
● WorkflowExecutionStarted workflowType* taskList* childPolicy* executionStartToCloseTimeout* taskStartToCloseTimeout* parentInitiatedEventId* input tagList taskPriority lambdaRole continuedExecutionRunId parentWorkflowExecution
● WorkflowExecutionCancelRequested externalInitiatedEventId* externalWorkflowExecution cause
● WorkflowExecutionSignaled signalName* externalInitiatedEventId* input externalWorkflowExecution
○ WorkflowExecutionCompleted dtc result
○ WorkflowExecutionFailed dtc reason details
○ WorkflowExecutionCanceled dtc details
○ WorkflowExecutionContinuedAsNew dtc newExecutionRunId* workflowType* taskList* childPolicy* executionStartToCloseTimeout* taskStartToCloseTimeout* input tagList taskPriority lambdaRole
○ WorkflowExecutionTimedOut timeoutType* childPolicy*
○ WorkflowExecutionTerminated childPolicy* cause* reason details
● CompleteWorkflowExecutionFailed cause* dtc
● FailWorkflowExecutionFailed cause* dtc
● CancelWorkflowExecutionFailed cause* dtc
● ContinueAsNewWorkflowExecutionFailed cause* dtc

○ DecisionTaskScheduled taskList* startToCloseTimeout* scheduleToStartTimeout* taskPriority
○ DecisionTaskStarted scheduledEventId*>DecisionTaskScheduled identity
○ DecisionTaskCompleted scheduledEventId*>DecisionTaskScheduled startedEventId*>DecisionTaskStarted executionContext taskList taskListScheduleToStartTimeout
● DecisionTaskTimedOut timeoutType* scheduledEventId*>DecisionTaskScheduled startedEventId*0>DecisionTaskStarted

○ ActivityTaskScheduled activityType* activityId* taskList* dtc scheduleToStartTimeout* scheduleToCloseTimeout* startToCloseTimeout* heartbeatTimeout* taskPriority input control
● ScheduleActivityTaskFailed activityType* activityId* cause* dtc
○ ActivityTaskStarted scheduledEventId*>ActivityTaskScheduled identity
● ActivityTaskCompleted scheduledEventId*>ActivityTaskScheduled startedEventId*>ActivityTaskStarted result
● ActivityTaskFailed scheduledEventId*>ActivityTaskScheduled startedEventId*>ActivityTaskStarted reason details
● ActivityTaskTimedOut timeoutType* scheduledEventId*>ActivityTaskScheduled startedEventId*0>ActivityTaskStarted details
● ActivityTaskCanceled scheduledEventId*>ActivityTaskScheduled startedEventId*0>ActivityTaskStarted latestCancelRequestedEventId>ActivityTaskCancelRequested details
○ ActivityTaskCancelRequested activityId* dtc
● RequestCancelActivityTaskFailed activityId* cause* dtc

○ MarkerRecorded markerName* dtc details
● RecordMarkerFailed markerName* cause* dtc
○ TimerStarted timerId* startToFireTimeout* dtc control
● StartTimerFailed timerId* cause* dtc
● TimerFired timerId* startedEventId*>TimerStarted
○ TimerCanceled timerId* startedEventId*>TimerStarted dtc
● CancelTimerFailed timerId* cause* dtc

○ StartChildWorkflowExecutionInitiated workflowId* workflowType* taskList* childPolicy* executionStartToCloseTimeout* taskStartToCloseTimeout* dtc input control tagList taskPriority lambdaRole
● StartChildWorkflowExecutionFailed workflowType* workflowId* cause* initiatedEventId*0>StartChildWorkflowExecutionInitiated dtc control
● ChildWorkflowExecutionStarted workflowExecution* workflowType* initiatedEventId*>StartChildWorkflowExecutionInitiated
● ChildWorkflowExecutionCompleted workflowExecution* workflowType* initiatedEventId*>StartChildWorkflowExecutionInitiated startedEventId*>ChildWorkflowExecutionStarted result
● ChildWorkflowExecutionFailed workflowExecution* workflowType* initiatedEventId*>StartChildWorkflowExecutionInitiated startedEventId*>ChildWorkflowExecutionStarted reason details
● ChildWorkflowExecutionTimedOut workflowExecution* workflowType* initiatedEventId*>StartChildWorkflowExecutionInitiated startedEventId*>ChildWorkflowExecutionStarted timeoutType*
● ChildWorkflowExecutionCanceled workflowExecution* workflowType* initiatedEventId*>StartChildWorkflowExecutionInitiated startedEventId*>ChildWorkflowExecutionStarted details
● ChildWorkflowExecutionTerminated workflowExecution* workflowType* initiatedEventId*>StartChildWorkflowExecutionInitiated startedEventId*>ChildWorkflowExecutionStarted

○ SignalExternalWorkflowExecutionInitiated workflowId* signalName* dtc runId input control
● SignalExternalWorkflowExecutionFailed workflowId* cause* initiatedEventId*0>SignalExternalWorkflowExecutionInitiated dtc runId control
● ExternalWorkflowExecutionSignaled workflowExecution* initiatedEventId*>SignalExternalWorkflowExecutionInitiated
○ RequestCancelExternalWorkflowExecutionInitiated workflowId* dtc runId control
● RequestCancelExternalWorkflowExecutionFailed workflowId* cause* initiatedEventId*0>RequestCancelExternalWorkflowExecutionInitiated dtc runId control
● ExternalWorkflowExecutionCancelRequested workflowExecution* initiatedEventId*>RequestCancelExternalWorkflowExecutionInitiated

○ LambdaFunctionScheduled id* name* dtc control input startToCloseTimeout
● ScheduleLambdaFunctionFailed id* name* cause* dtc
○ LambdaFunctionStarted scheduledEventId*>LambdaFunctionScheduled
● StartLambdaFunctionFailed scheduledEventId*>LambdaFunctionScheduled cause* message
● LambdaFunctionCompleted scheduledEventId*>LambdaFunctionScheduled startedEventId*>LambdaFunctionStarted result
● LambdaFunctionFailed scheduledEventId*>LambdaFunctionScheduled startedEventId*>LambdaFunctionStarted reason details
● LambdaFunctionTimedOut scheduledEventId*>LambdaFunctionScheduled startedEventId*>LambdaFunctionStarted timeoutType*
"""

DECISION_LINK = "decisionTaskCompletedEventId*>DecisionTaskCompleted"

CLOSING = {
    "WorkflowExecutionCompleted": "COMPLETED",
    "WorkflowExecutionFailed": "FAILED",
    "WorkflowExecutionCanceled": "CANCELED",
    "WorkflowExecutionContinuedAsNew": "CONTINUED_AS_NEW",
    "WorkflowExecutionTimedOut": "TIMED_OUT",
    "WorkflowExecutionTerminated": "TERMINATED",
}


@dataclasses.dataclass
class Link:
    """An attribute that names an earlier event."""

    targets: frozenset
    may_be_zero: bool


@dataclasses.dataclass
class EventType:
    """One line of the table."""

    name: str
    needs_decision: bool
    required: set = dataclasses.field(default_factory=set)
    optional: set = dataclasses.field(default_factory=set)
    links: dict = dataclasses.field(default_factory=dict)

    @property
    def member(self):
        """The name of the one attribute object that such an event has."""
        return self.name[0].lower() + self.name[1:] + "EventAttributes"

    @property
    def is_decision_result(self):
        """Whether the event belongs to the batch of a DecisionTaskCompleted."""
        return "decisionTaskCompletedEventId" in self.required


def read_table(text):
    """The table's lines as a dictionary from event type name to EventType."""
    types = {}
    for line in filter(None, text.splitlines()):
        mark, name, *attributes = line.split()
        entry = EventType(name, mark == "●")
        for attribute in attributes:
            _add_attribute(entry, DECISION_LINK if attribute == "dtc" else attribute)
        types[name] = entry
    return types


def _add_attribute(entry, text):
    declared, _, targets = text.partition(">")
    may_be_zero = declared.endswith("0")
    declared = declared.removesuffix("0")
    name = declared.removesuffix("*")
    (entry.required if declared.endswith("*") else entry.optional).add(name)
    if targets:
        entry.links[name] = Link(frozenset(targets.split("|")), may_be_zero)


EVENT_TYPES = read_table(TABLE)


def attributes(event):
    """The attribute object of an event as the API gives it."""
    return event[EVENT_TYPES[event["eventType"]].member]
