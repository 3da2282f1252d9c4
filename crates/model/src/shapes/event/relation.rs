//! Events about other executions, in the history of the one that deals with them: children, signals sent and cancel
//! requests sent.

use crate::scalars::{
    Arn, ChildPolicy, Data, DurationInSecondsOptional, EventId, FailureReason,
    RequestCancelExternalWorkflowExecutionFailedCause, SignalExternalWorkflowExecutionFailedCause,
    SignalName, StartChildWorkflowExecutionFailedCause, TagList, TaskPriority,
    WorkflowExecutionTimeoutType, WorkflowId, WorkflowRunIdOptional,
};
use crate::shapes::execution::WorkflowExecution;
use crate::shapes::task::TaskList;
use crate::shapes::types::WorkflowType;

structure! {
    /// A child closed as canceled.
    ChildWorkflowExecutionCanceledEventAttributes {
        /// The child.
        workflow_execution: WorkflowExecution,
        /// Type of the child.
        workflow_type: WorkflowType,
        /// Free text about it; only if given.
        details: Option<Data>,
        /// Id of the Initiated event of the request.
        initiated_event_id: EventId,
        /// Id of the ChildWorkflowExecutionStarted event.
        started_event_id: EventId,
    }

    /// A child closed as completed.
    ChildWorkflowExecutionCompletedEventAttributes {
        /// The child.
        workflow_execution: WorkflowExecution,
        /// Type of the child.
        workflow_type: WorkflowType,
        /// What came out; only if given.
        result: Option<Data>,
        /// Id of the Initiated event of the request.
        initiated_event_id: EventId,
        /// Id of the ChildWorkflowExecutionStarted event.
        started_event_id: EventId,
    }

    /// A child closed as failed.
    ChildWorkflowExecutionFailedEventAttributes {
        /// The child.
        workflow_execution: WorkflowExecution,
        /// Type of the child.
        workflow_type: WorkflowType,
        /// Why, in short; only if given.
        reason: Option<FailureReason>,
        /// Free text about it; only if given.
        details: Option<Data>,
        /// Id of the Initiated event of the request.
        initiated_event_id: EventId,
        /// Id of the ChildWorkflowExecutionStarted event.
        started_event_id: EventId,
    }

    /// A child was started.
    ChildWorkflowExecutionStartedEventAttributes {
        /// The child.
        workflow_execution: WorkflowExecution,
        /// Type of the child.
        workflow_type: WorkflowType,
        /// Id of the Initiated event of the request.
        initiated_event_id: EventId,
    }

    /// A child was terminated.
    ChildWorkflowExecutionTerminatedEventAttributes {
        /// The child.
        workflow_execution: WorkflowExecution,
        /// Type of the child.
        workflow_type: WorkflowType,
        /// Id of the Initiated event of the request.
        initiated_event_id: EventId,
        /// Id of the ChildWorkflowExecutionStarted event.
        started_event_id: EventId,
    }

    /// A child ran out of time.
    ChildWorkflowExecutionTimedOutEventAttributes {
        /// The child.
        workflow_execution: WorkflowExecution,
        /// Type of the child.
        workflow_type: WorkflowType,
        /// Which timeout ran out.
        timeout_type: WorkflowExecutionTimeoutType,
        /// Id of the Initiated event of the request.
        initiated_event_id: EventId,
        /// Id of the ChildWorkflowExecutionStarted event.
        started_event_id: EventId,
    }

    /// A cancel request of this execution has reached its target.
    ExternalWorkflowExecutionCancelRequestedEventAttributes {
        /// The target.
        workflow_execution: WorkflowExecution,
        /// Id of the Initiated event of the request.
        initiated_event_id: EventId,
    }

    /// A signal of this execution has reached its target.
    ExternalWorkflowExecutionSignaledEventAttributes {
        /// The target.
        workflow_execution: WorkflowExecution,
        /// Id of the Initiated event of the request.
        initiated_event_id: EventId,
    }

    /// A cancel request to another execution failed.
    RequestCancelExternalWorkflowExecutionFailedEventAttributes {
        /// Workflow id of the other execution.
        workflow_id: WorkflowId,
        /// Run that the decision named; only if it named one.
        run_id: Option<WorkflowRunIdOptional>,
        /// Why the decision failed.
        cause: RequestCancelExternalWorkflowExecutionFailedCause,
        /// Id of the RequestCancelExternalWorkflowExecutionInitiated event; 0 if the request was not let out at all.
        initiated_event_id: EventId,
        /// Id of the DecisionTaskCompleted event whose decisions asked for this.
        decision_task_completed_event_id: EventId,
        /// The decider's own data from the decision; only if given.
        control: Option<Data>,
    }

    /// A cancel request is on its way to another execution.
    RequestCancelExternalWorkflowExecutionInitiatedEventAttributes {
        /// Workflow id of the other execution.
        workflow_id: WorkflowId,
        /// Run that the decision named; only if it named one.
        run_id: Option<WorkflowRunIdOptional>,
        /// Id of the DecisionTaskCompleted event whose decisions asked for this.
        decision_task_completed_event_id: EventId,
        /// The decider's own data from the decision; only if given.
        control: Option<Data>,
    }

    /// A signal to another execution failed.
    SignalExternalWorkflowExecutionFailedEventAttributes {
        /// Workflow id of the other execution.
        workflow_id: WorkflowId,
        /// Run that the decision named; only if it named one.
        run_id: Option<WorkflowRunIdOptional>,
        /// Why the decision failed.
        cause: SignalExternalWorkflowExecutionFailedCause,
        /// Id of the SignalExternalWorkflowExecutionInitiated event; 0 if the signal was not let out at all.
        initiated_event_id: EventId,
        /// Id of the DecisionTaskCompleted event whose decisions asked for this.
        decision_task_completed_event_id: EventId,
        /// The decider's own data from the decision; only if given.
        control: Option<Data>,
    }

    /// A signal is on its way to another execution.
    SignalExternalWorkflowExecutionInitiatedEventAttributes {
        /// Workflow id of the other execution.
        workflow_id: WorkflowId,
        /// Run that the decision named; only if it named one.
        run_id: Option<WorkflowRunIdOptional>,
        /// Name of the signal.
        signal_name: SignalName,
        /// Data handed over; only if given.
        input: Option<Data>,
        /// Id of the DecisionTaskCompleted event whose decisions asked for this.
        decision_task_completed_event_id: EventId,
        /// The decider's own data from the decision; only if given.
        control: Option<Data>,
    }

    /// A child could not be started.
    StartChildWorkflowExecutionFailedEventAttributes {
        /// Type that the child was to have.
        workflow_type: WorkflowType,
        /// Why the decision failed.
        cause: StartChildWorkflowExecutionFailedCause,
        /// Workflow id that the child was to have.
        workflow_id: WorkflowId,
        /// Id of the StartChildWorkflowExecutionInitiated event; 0 if the decision failed at once.
        initiated_event_id: EventId,
        /// Id of the DecisionTaskCompleted event whose decisions asked for this.
        decision_task_completed_event_id: EventId,
        /// The decider's own data from the decision; only if given.
        control: Option<Data>,
    }

    /// A child is about to be started.
    StartChildWorkflowExecutionInitiatedEventAttributes {
        /// Workflow id of the child.
        workflow_id: WorkflowId,
        /// Type of the child.
        workflow_type: WorkflowType,
        /// The decider's own data from the decision; only if given.
        control: Option<Data>,
        /// Data handed over; only if given.
        input: Option<Data>,
        /// Seconds that the child may run.
        execution_start_to_close_timeout: Option<DurationInSecondsOptional> = [SecondsOrNone],
        /// Task list of the child's decision tasks.
        task_list: TaskList,
        /// Priority of the child's decision tasks, a decimal integer of 32 bits; only if given or a default of the
        /// type.
        task_priority: Option<TaskPriority> = [Int32],
        /// Id of the DecisionTaskCompleted event whose decisions asked for this.
        decision_task_completed_event_id: EventId,
        /// What is done to the child's own open children when it ends by force.
        child_policy: ChildPolicy,
        /// Seconds that a decision task of the child may take, or `NONE`.
        task_start_to_close_timeout: Option<DurationInSecondsOptional> = [SecondsOrNone],
        /// Tags of the child; only if given.
        tag_list: Option<TagList>,
        /// ARN of the role for Lambda functions; only if there is one.
        lambda_role: Option<Arn>,
    }
}
