//! Events about the execution itself: its beginning and end, requests that reach it, its markers and timers.

use crate::scalars::{
    Arn, CancelTimerFailedCause, CancelWorkflowExecutionFailedCause, ChildPolicy,
    CompleteWorkflowExecutionFailedCause, ContinueAsNewWorkflowExecutionFailedCause, Data,
    DurationInSeconds, DurationInSecondsOptional, EventId, FailWorkflowExecutionFailedCause,
    FailureReason, MarkerName, RecordMarkerFailedCause, SignalName, StartTimerFailedCause, TagList,
    TaskPriority, TerminateReason, TimerId, WorkflowExecutionCancelRequestedCause,
    WorkflowExecutionTerminatedCause, WorkflowExecutionTimeoutType, WorkflowRunId,
    WorkflowRunIdOptional,
};
use crate::shapes::execution::WorkflowExecution;
use crate::shapes::task::TaskList;
use crate::shapes::types::WorkflowType;

structure! {
    /// A CancelTimer decision failed.
    CancelTimerFailedEventAttributes {
        /// Id that the decider gave the timer.
        timer_id: TimerId,
        /// Why the decision failed.
        cause: CancelTimerFailedCause,
        /// Id of the DecisionTaskCompleted event whose decisions asked for this.
        decision_task_completed_event_id: EventId,
    }

    /// A CancelWorkflowExecution decision failed; the execution stays open.
    CancelWorkflowExecutionFailedEventAttributes {
        /// Why the decision failed.
        cause: CancelWorkflowExecutionFailedCause,
        /// Id of the DecisionTaskCompleted event whose decisions asked for this.
        decision_task_completed_event_id: EventId,
    }

    /// A CompleteWorkflowExecution decision failed; the execution stays open.
    CompleteWorkflowExecutionFailedEventAttributes {
        /// Why the decision failed.
        cause: CompleteWorkflowExecutionFailedCause,
        /// Id of the DecisionTaskCompleted event whose decisions asked for this.
        decision_task_completed_event_id: EventId,
    }

    /// A ContinueAsNewWorkflowExecution decision failed; the execution stays open.
    ContinueAsNewWorkflowExecutionFailedEventAttributes {
        /// Why the decision failed.
        cause: ContinueAsNewWorkflowExecutionFailedCause,
        /// Id of the DecisionTaskCompleted event whose decisions asked for this.
        decision_task_completed_event_id: EventId,
    }

    /// A FailWorkflowExecution decision failed; the execution stays open.
    FailWorkflowExecutionFailedEventAttributes {
        /// Why the decision failed.
        cause: FailWorkflowExecutionFailedCause,
        /// Id of the DecisionTaskCompleted event whose decisions asked for this.
        decision_task_completed_event_id: EventId,
    }

    /// A decider recorded a marker.
    MarkerRecordedEventAttributes {
        /// Name of the marker.
        marker_name: MarkerName,
        /// Free text about it; only if given.
        details: Option<Data>,
        /// Id of the DecisionTaskCompleted event whose decisions asked for this.
        decision_task_completed_event_id: EventId,
    }

    /// A RecordMarker decision failed.
    RecordMarkerFailedEventAttributes {
        /// Name of the marker.
        marker_name: MarkerName,
        /// Why the decision failed.
        cause: RecordMarkerFailedCause,
        /// Id of the DecisionTaskCompleted event whose decisions asked for this.
        decision_task_completed_event_id: EventId,
    }

    /// A StartTimer decision failed.
    StartTimerFailedEventAttributes {
        /// Id that the decider gave the timer.
        timer_id: TimerId,
        /// Why the decision failed.
        cause: StartTimerFailedCause,
        /// Id of the DecisionTaskCompleted event whose decisions asked for this.
        decision_task_completed_event_id: EventId,
    }

    /// A timer was canceled.
    TimerCanceledEventAttributes {
        /// Id that the decider gave the timer.
        timer_id: TimerId,
        /// Id of the TimerStarted event.
        started_event_id: EventId,
        /// Id of the DecisionTaskCompleted event whose decisions asked for this.
        decision_task_completed_event_id: EventId,
    }

    /// The time of a timer has come.
    TimerFiredEventAttributes {
        /// Id that the decider gave the timer.
        timer_id: TimerId,
        /// Id of the TimerStarted event.
        started_event_id: EventId,
    }

    /// A timer was started.
    TimerStartedEventAttributes {
        /// Id that the decider gave the timer.
        timer_id: TimerId,
        /// The decider's own data from the decision; only if given.
        control: Option<Data>,
        /// Seconds from starting to firing.
        start_to_fire_timeout: DurationInSeconds = [Seconds],
        /// Id of the DecisionTaskCompleted event whose decisions asked for this.
        decision_task_completed_event_id: EventId,
    }

    /// Cancellation of the execution was requested.
    WorkflowExecutionCancelRequestedEventAttributes {
        /// Execution that sent it; only if one did.
        external_workflow_execution: Option<WorkflowExecution>,
        /// Id of the event in the sending execution's history that caused this; 0 if no execution sent it.
        external_initiated_event_id: Option<EventId>,
        /// Says `CHILD_POLICY_APPLIED` when the parent's child policy made the request; else absent.
        cause: Option<WorkflowExecutionCancelRequestedCause>,
    }

    /// The execution closed as canceled.
    WorkflowExecutionCanceledEventAttributes {
        /// Free text about it; only if given.
        details: Option<Data>,
        /// Id of the DecisionTaskCompleted event whose decisions asked for this.
        decision_task_completed_event_id: EventId,
    }

    /// The execution closed as completed.
    WorkflowExecutionCompletedEventAttributes {
        /// What came out; only if given.
        result: Option<Data>,
        /// Id of the DecisionTaskCompleted event whose decisions asked for this.
        decision_task_completed_event_id: EventId,
    }

    /// The execution closed and goes on in a new run, whose values stand here.
    WorkflowExecutionContinuedAsNewEventAttributes {
        /// Data handed over; only if given.
        input: Option<Data>,
        /// Id of the DecisionTaskCompleted event whose decisions asked for this.
        decision_task_completed_event_id: EventId,
        /// Run that continues this one.
        new_execution_run_id: WorkflowRunId,
        /// Seconds that the execution may run.
        execution_start_to_close_timeout: Option<DurationInSecondsOptional> = [SecondsOrNone],
        /// Task list of the new run's decision tasks.
        task_list: TaskList,
        /// Priority of the task, a decimal integer of 32 bits; only if given or a default of the type.
        task_priority: Option<TaskPriority>,
        /// Seconds that a decision task may take, or `NONE`.
        task_start_to_close_timeout: Option<DurationInSecondsOptional> = [SecondsOrNone],
        /// What is done to open children when this execution ends by force.
        child_policy: ChildPolicy,
        /// Tags of the execution; only if it has any.
        tag_list: Option<TagList>,
        /// Type of the execution.
        workflow_type: WorkflowType,
        /// ARN of the role for Lambda functions; only if there is one.
        lambda_role: Option<Arn>,
    }

    /// The execution closed as failed.
    WorkflowExecutionFailedEventAttributes {
        /// Why, in short; only if given.
        reason: Option<FailureReason>,
        /// Free text about it; only if given.
        details: Option<Data>,
        /// Id of the DecisionTaskCompleted event whose decisions asked for this.
        decision_task_completed_event_id: EventId,
    }

    /// The execution received a signal.
    WorkflowExecutionSignaledEventAttributes {
        /// Name of the signal.
        signal_name: SignalName,
        /// Data handed over; only if given.
        input: Option<Data>,
        /// Execution that sent it; only if one did.
        external_workflow_execution: Option<WorkflowExecution>,
        /// Id of the event in the sending execution's history that caused this; 0 if no execution sent it.
        external_initiated_event_id: Option<EventId>,
    }

    /// The execution was started; always the first event of a history.
    WorkflowExecutionStartedEventAttributes {
        /// Data handed over; only if given.
        input: Option<Data>,
        /// Seconds that the execution may run.
        execution_start_to_close_timeout: Option<DurationInSecondsOptional> = [SecondsOrNone],
        /// Seconds that a decision task may take, or `NONE`.
        task_start_to_close_timeout: Option<DurationInSecondsOptional> = [SecondsOrNone],
        /// What is done to open children when this execution ends by force.
        child_policy: ChildPolicy,
        /// Task list of the decision tasks.
        task_list: TaskList,
        /// Priority of the decision tasks, a decimal integer of 32 bits; only if given or a default of the type.
        task_priority: Option<TaskPriority>,
        /// Type of the execution.
        workflow_type: WorkflowType,
        /// Tags of the execution; only if it has any.
        tag_list: Option<TagList>,
        /// Run that this one continues; only if it was started by ContinueAsNewWorkflowExecution.
        continued_execution_run_id: Option<WorkflowRunIdOptional>,
        /// The parent; only if this execution is a child.
        parent_workflow_execution: Option<WorkflowExecution>,
        /// Id of the StartChildWorkflowExecutionInitiated event in the parent's history; 0 without a parent.
        parent_initiated_event_id: Option<EventId>,
        /// ARN of the role for Lambda functions; only if there is one.
        lambda_role: Option<Arn>,
    }

    /// The execution was terminated.
    WorkflowExecutionTerminatedEventAttributes {
        /// Why, in short; only if given.
        reason: Option<TerminateReason>,
        /// Free text about it; only if given.
        details: Option<Data>,
        /// Child policy that was applied.
        child_policy: ChildPolicy,
        /// Who or what terminated it.
        cause: Option<WorkflowExecutionTerminatedCause>,
    }

    /// The execution ran out of time.
    WorkflowExecutionTimedOutEventAttributes {
        /// Which timeout ran out.
        timeout_type: WorkflowExecutionTimeoutType,
        /// Child policy that was applied.
        child_policy: ChildPolicy,
    }
}
