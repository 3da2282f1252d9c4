//! Attributes of the 54 history events.

use super::execution::WorkflowExecution;
use super::task::TaskList;
use super::types::{ActivityType, WorkflowType};
use crate::scalars::{
    ActivityId, ActivityTaskTimeoutType, Arn, CancelTimerFailedCause,
    CancelWorkflowExecutionFailedCause, CauseMessage, ChildPolicy,
    CompleteWorkflowExecutionFailedCause, ContinueAsNewWorkflowExecutionFailedCause, Data,
    DecisionTaskTimeoutType, DurationInSeconds, DurationInSecondsOptional, EventId,
    FailWorkflowExecutionFailedCause, FailureReason, FunctionId, FunctionInput, FunctionName,
    Identity, LambdaFunctionTimeoutType, LimitedData, MarkerName, RecordMarkerFailedCause,
    RequestCancelActivityTaskFailedCause, RequestCancelExternalWorkflowExecutionFailedCause,
    ScheduleActivityTaskFailedCause, ScheduleLambdaFunctionFailedCause,
    SignalExternalWorkflowExecutionFailedCause, SignalName, StartChildWorkflowExecutionFailedCause,
    StartLambdaFunctionFailedCause, StartTimerFailedCause, TagList, TaskPriority, TerminateReason,
    TimerId, WorkflowExecutionCancelRequestedCause, WorkflowExecutionTerminatedCause,
    WorkflowExecutionTimeoutType, WorkflowId, WorkflowRunId, WorkflowRunIdOptional,
};

structure! {
    /// A decider asked for the cancellation of an open activity task.
    ActivityTaskCancelRequestedEventAttributes {
        /// Id of the DecisionTaskCompleted event whose decisions asked for this.
        decision_task_completed_event_id: EventId,
        /// Id that the decider gave the activity task.
        activity_id: ActivityId,
    }

    /// An activity task was canceled.
    ActivityTaskCanceledEventAttributes {
        /// Free text about it; only if given.
        details: Option<Data>,
        /// Id of the event that scheduled the task.
        scheduled_event_id: EventId,
        /// Id of the ActivityTaskStarted event; 0 if no worker had the task.
        started_event_id: EventId,
        /// Id of the newest ActivityTaskCancelRequested event of the task; only if there is one.
        latest_cancel_requested_event_id: Option<EventId>,
    }

    /// A worker did an activity task.
    ActivityTaskCompletedEventAttributes {
        /// What came out; only if given.
        result: Option<Data>,
        /// Id of the event that scheduled the task.
        scheduled_event_id: EventId,
        /// Id of the event that started it.
        started_event_id: EventId,
    }

    /// A worker said that an activity task failed.
    ActivityTaskFailedEventAttributes {
        /// Why, in short; only if given.
        reason: Option<FailureReason>,
        /// Free text about it; only if given.
        details: Option<Data>,
        /// Id of the event that scheduled the task.
        scheduled_event_id: EventId,
        /// Id of the event that started it.
        started_event_id: EventId,
    }

    /// An activity task was put on its task list.
    ActivityTaskScheduledEventAttributes {
        /// Type of the activity task.
        activity_type: ActivityType,
        /// Id that the decider gave the activity task.
        activity_id: ActivityId,
        /// Data handed over; only if given.
        input: Option<Data>,
        /// The decider's own data from the decision; only if given.
        control: Option<Data>,
        /// Seconds that the task may wait on its task list, or `NONE`.
        schedule_to_start_timeout: Option<DurationInSecondsOptional>,
        /// Seconds from scheduling to the end, or `NONE`.
        schedule_to_close_timeout: Option<DurationInSecondsOptional>,
        /// Seconds from the start to the end, or `NONE`.
        start_to_close_timeout: Option<DurationInSecondsOptional>,
        /// Task list that the task waits on.
        task_list: TaskList,
        /// Priority of the task, a decimal integer of 32 bits; only if given or a default of the type.
        task_priority: Option<TaskPriority> = [Int32],
        /// Id of the DecisionTaskCompleted event whose decisions asked for this.
        decision_task_completed_event_id: EventId,
        /// Seconds that may pass between two heartbeats, or `NONE`.
        heartbeat_timeout: Option<DurationInSecondsOptional>,
    }

    /// An activity task was given to a worker.
    ActivityTaskStartedEventAttributes {
        /// Who polled; only if given.
        identity: Option<Identity>,
        /// Id of the event that scheduled the task.
        scheduled_event_id: EventId,
    }

    /// An activity task ran out of time.
    ActivityTaskTimedOutEventAttributes {
        /// Which timeout ran out.
        timeout_type: ActivityTaskTimeoutType,
        /// Id of the event that scheduled the task.
        scheduled_event_id: EventId,
        /// Id of the ActivityTaskStarted event; 0 if no worker had the task.
        started_event_id: EventId,
        /// Details of the worker's last heartbeat; only if it gave any.
        details: Option<LimitedData>,
    }

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

    /// A decider answered a decision task.
    DecisionTaskCompletedEventAttributes {
        /// The decider's own data about the execution; only if given.
        execution_context: Option<Data>,
        /// Id of the event that scheduled the task.
        scheduled_event_id: EventId,
        /// Id of the event that started it.
        started_event_id: EventId,
        /// Task list for the decision tasks that follow; only if given.
        task_list: Option<TaskList>,
        /// Seconds that a decision task may wait on that task list before the old one is used again; only if given.
        task_list_schedule_to_start_timeout: Option<DurationInSecondsOptional>,
    }

    /// A decision task was put on its task list.
    DecisionTaskScheduledEventAttributes {
        /// Task list that the task waits on.
        task_list: TaskList,
        /// Priority of the task, a decimal integer of 32 bits; only if given or a default of the type.
        task_priority: Option<TaskPriority> = [Int32],
        /// Seconds that a decider may take, or `NONE`.
        start_to_close_timeout: Option<DurationInSecondsOptional> = [SecondsOrNone],
        /// Seconds that the task may wait on its task list; `NONE` unless the decider chose that list for a while.
        schedule_to_start_timeout: Option<DurationInSecondsOptional>,
    }

    /// A decision task was given to a decider.
    DecisionTaskStartedEventAttributes {
        /// Who polled; only if given.
        identity: Option<Identity>,
        /// Id of the event that scheduled the task.
        scheduled_event_id: EventId,
    }

    /// A decision task ran out of time.
    DecisionTaskTimedOutEventAttributes {
        /// Which timeout ran out.
        timeout_type: DecisionTaskTimeoutType,
        /// Id of the event that scheduled the task.
        scheduled_event_id: EventId,
        /// Id of the DecisionTaskStarted event; 0 if no decider had the task.
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

    /// A FailWorkflowExecution decision failed; the execution stays open.
    FailWorkflowExecutionFailedEventAttributes {
        /// Why the decision failed.
        cause: FailWorkflowExecutionFailedCause,
        /// Id of the DecisionTaskCompleted event whose decisions asked for this.
        decision_task_completed_event_id: EventId,
    }

    /// A Lambda function returned.
    LambdaFunctionCompletedEventAttributes {
        /// Id of the event that scheduled the task.
        scheduled_event_id: EventId,
        /// Id of the event that started it.
        started_event_id: EventId,
        /// What came out; only if given.
        result: Option<Data>,
    }

    /// A Lambda function failed.
    LambdaFunctionFailedEventAttributes {
        /// Id of the event that scheduled the task.
        scheduled_event_id: EventId,
        /// Id of the event that started it.
        started_event_id: EventId,
        /// Why, in short; only if given.
        reason: Option<FailureReason>,
        /// Free text about it; only if given.
        details: Option<Data>,
    }

    /// A Lambda task was scheduled.
    LambdaFunctionScheduledEventAttributes {
        /// Id that the decider gave the Lambda task.
        id: FunctionId,
        /// Name of the Lambda function.
        name: FunctionName,
        /// The decider's own data from the decision; only if given.
        control: Option<Data>,
        /// Data handed over; only if given.
        input: Option<FunctionInput>,
        /// Seconds that the function may run, 1 to 900; only if given.
        start_to_close_timeout: Option<DurationInSecondsOptional>,
        /// Id of the DecisionTaskCompleted event whose decisions asked for this.
        decision_task_completed_event_id: EventId,
    }

    /// A Lambda function was called.
    LambdaFunctionStartedEventAttributes {
        /// Id of the event that scheduled the task.
        scheduled_event_id: EventId,
    }

    /// A Lambda function ran out of time.
    LambdaFunctionTimedOutEventAttributes {
        /// Id of the event that scheduled the task.
        scheduled_event_id: EventId,
        /// Id of the event that started it.
        started_event_id: EventId,
        /// Which timeout ran out.
        timeout_type: Option<LambdaFunctionTimeoutType>,
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

    /// A RequestCancelActivityTask decision failed.
    RequestCancelActivityTaskFailedEventAttributes {
        /// Id that the decider gave the activity task.
        activity_id: ActivityId,
        /// Why the decision failed.
        cause: RequestCancelActivityTaskFailedCause,
        /// Id of the DecisionTaskCompleted event whose decisions asked for this.
        decision_task_completed_event_id: EventId,
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

    /// A ScheduleActivityTask decision failed.
    ScheduleActivityTaskFailedEventAttributes {
        /// Type of the activity task.
        activity_type: ActivityType,
        /// Id that the decider gave the activity task.
        activity_id: ActivityId,
        /// Why the decision failed.
        cause: ScheduleActivityTaskFailedCause,
        /// Id of the DecisionTaskCompleted event whose decisions asked for this.
        decision_task_completed_event_id: EventId,
    }

    /// A ScheduleLambdaFunction decision failed.
    ScheduleLambdaFunctionFailedEventAttributes {
        /// Id that the decider gave the Lambda task.
        id: FunctionId,
        /// Name of the Lambda function.
        name: FunctionName,
        /// Why the decision failed.
        cause: ScheduleLambdaFunctionFailedCause,
        /// Id of the DecisionTaskCompleted event whose decisions asked for this.
        decision_task_completed_event_id: EventId,
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

    /// A Lambda function could not be called.
    StartLambdaFunctionFailedEventAttributes {
        /// Id of the event that scheduled the task.
        scheduled_event_id: Option<EventId>,
        /// Why the call failed.
        cause: Option<StartLambdaFunctionFailedCause>,
        /// Text about the cause; only if there is one.
        message: Option<CauseMessage>,
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
        /// `CHILD_POLICY_APPLIED` when the parent's child policy made the request; else absent.
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
