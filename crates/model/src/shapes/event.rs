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
    /// TODO-DOC
    ActivityTaskCancelRequestedEventAttributes {
        decision_task_completed_event_id: EventId,
        activity_id: ActivityId,
    }

    /// TODO-DOC
    ActivityTaskCanceledEventAttributes {
        details: Option<Data>,
        scheduled_event_id: EventId,
        started_event_id: EventId,
        latest_cancel_requested_event_id: Option<EventId>,
    }

    /// TODO-DOC
    ActivityTaskCompletedEventAttributes {
        result: Option<Data>,
        scheduled_event_id: EventId,
        started_event_id: EventId,
    }

    /// TODO-DOC
    ActivityTaskFailedEventAttributes {
        reason: Option<FailureReason>,
        details: Option<Data>,
        scheduled_event_id: EventId,
        started_event_id: EventId,
    }

    /// TODO-DOC
    ActivityTaskScheduledEventAttributes {
        activity_type: ActivityType,
        activity_id: ActivityId,
        input: Option<Data>,
        control: Option<Data>,
        schedule_to_start_timeout: Option<DurationInSecondsOptional>,
        schedule_to_close_timeout: Option<DurationInSecondsOptional>,
        start_to_close_timeout: Option<DurationInSecondsOptional>,
        task_list: TaskList,
        task_priority: Option<TaskPriority> = [Int32],
        decision_task_completed_event_id: EventId,
        heartbeat_timeout: Option<DurationInSecondsOptional>,
    }

    /// TODO-DOC
    ActivityTaskStartedEventAttributes {
        identity: Option<Identity>,
        scheduled_event_id: EventId,
    }

    /// TODO-DOC
    ActivityTaskTimedOutEventAttributes {
        timeout_type: ActivityTaskTimeoutType,
        scheduled_event_id: EventId,
        started_event_id: EventId,
        details: Option<LimitedData>,
    }

    /// TODO-DOC
    CancelTimerFailedEventAttributes {
        timer_id: TimerId,
        cause: CancelTimerFailedCause,
        decision_task_completed_event_id: EventId,
    }

    /// TODO-DOC
    CancelWorkflowExecutionFailedEventAttributes {
        cause: CancelWorkflowExecutionFailedCause,
        decision_task_completed_event_id: EventId,
    }

    /// TODO-DOC
    ChildWorkflowExecutionCanceledEventAttributes {
        workflow_execution: WorkflowExecution,
        workflow_type: WorkflowType,
        details: Option<Data>,
        initiated_event_id: EventId,
        started_event_id: EventId,
    }

    /// TODO-DOC
    ChildWorkflowExecutionCompletedEventAttributes {
        workflow_execution: WorkflowExecution,
        workflow_type: WorkflowType,
        result: Option<Data>,
        initiated_event_id: EventId,
        started_event_id: EventId,
    }

    /// TODO-DOC
    ChildWorkflowExecutionFailedEventAttributes {
        workflow_execution: WorkflowExecution,
        workflow_type: WorkflowType,
        reason: Option<FailureReason>,
        details: Option<Data>,
        initiated_event_id: EventId,
        started_event_id: EventId,
    }

    /// TODO-DOC
    ChildWorkflowExecutionStartedEventAttributes {
        workflow_execution: WorkflowExecution,
        workflow_type: WorkflowType,
        initiated_event_id: EventId,
    }

    /// TODO-DOC
    ChildWorkflowExecutionTerminatedEventAttributes {
        workflow_execution: WorkflowExecution,
        workflow_type: WorkflowType,
        initiated_event_id: EventId,
        started_event_id: EventId,
    }

    /// TODO-DOC
    ChildWorkflowExecutionTimedOutEventAttributes {
        workflow_execution: WorkflowExecution,
        workflow_type: WorkflowType,
        timeout_type: WorkflowExecutionTimeoutType,
        initiated_event_id: EventId,
        started_event_id: EventId,
    }

    /// TODO-DOC
    CompleteWorkflowExecutionFailedEventAttributes {
        cause: CompleteWorkflowExecutionFailedCause,
        decision_task_completed_event_id: EventId,
    }

    /// TODO-DOC
    ContinueAsNewWorkflowExecutionFailedEventAttributes {
        cause: ContinueAsNewWorkflowExecutionFailedCause,
        decision_task_completed_event_id: EventId,
    }

    /// TODO-DOC
    DecisionTaskCompletedEventAttributes {
        execution_context: Option<Data>,
        scheduled_event_id: EventId,
        started_event_id: EventId,
        task_list: Option<TaskList>,
        task_list_schedule_to_start_timeout: Option<DurationInSecondsOptional>,
    }

    /// TODO-DOC
    DecisionTaskScheduledEventAttributes {
        task_list: TaskList,
        task_priority: Option<TaskPriority> = [Int32],
        start_to_close_timeout: Option<DurationInSecondsOptional> = [SecondsOrNone],
        schedule_to_start_timeout: Option<DurationInSecondsOptional>,
    }

    /// TODO-DOC
    DecisionTaskStartedEventAttributes {
        identity: Option<Identity>,
        scheduled_event_id: EventId,
    }

    /// TODO-DOC
    DecisionTaskTimedOutEventAttributes {
        timeout_type: DecisionTaskTimeoutType,
        scheduled_event_id: EventId,
        started_event_id: EventId,
    }

    /// TODO-DOC
    ExternalWorkflowExecutionCancelRequestedEventAttributes {
        workflow_execution: WorkflowExecution,
        initiated_event_id: EventId,
    }

    /// TODO-DOC
    ExternalWorkflowExecutionSignaledEventAttributes {
        workflow_execution: WorkflowExecution,
        initiated_event_id: EventId,
    }

    /// TODO-DOC
    FailWorkflowExecutionFailedEventAttributes {
        cause: FailWorkflowExecutionFailedCause,
        decision_task_completed_event_id: EventId,
    }

    /// TODO-DOC
    LambdaFunctionCompletedEventAttributes {
        scheduled_event_id: EventId,
        started_event_id: EventId,
        result: Option<Data>,
    }

    /// TODO-DOC
    LambdaFunctionFailedEventAttributes {
        scheduled_event_id: EventId,
        started_event_id: EventId,
        reason: Option<FailureReason>,
        details: Option<Data>,
    }

    /// TODO-DOC
    LambdaFunctionScheduledEventAttributes {
        id: FunctionId,
        name: FunctionName,
        control: Option<Data>,
        input: Option<FunctionInput>,
        start_to_close_timeout: Option<DurationInSecondsOptional>,
        decision_task_completed_event_id: EventId,
    }

    /// TODO-DOC
    LambdaFunctionStartedEventAttributes {
        scheduled_event_id: EventId,
    }

    /// TODO-DOC
    LambdaFunctionTimedOutEventAttributes {
        scheduled_event_id: EventId,
        started_event_id: EventId,
        timeout_type: Option<LambdaFunctionTimeoutType>,
    }

    /// TODO-DOC
    MarkerRecordedEventAttributes {
        marker_name: MarkerName,
        details: Option<Data>,
        decision_task_completed_event_id: EventId,
    }

    /// TODO-DOC
    RecordMarkerFailedEventAttributes {
        marker_name: MarkerName,
        cause: RecordMarkerFailedCause,
        decision_task_completed_event_id: EventId,
    }

    /// TODO-DOC
    RequestCancelActivityTaskFailedEventAttributes {
        activity_id: ActivityId,
        cause: RequestCancelActivityTaskFailedCause,
        decision_task_completed_event_id: EventId,
    }

    /// TODO-DOC
    RequestCancelExternalWorkflowExecutionFailedEventAttributes {
        workflow_id: WorkflowId,
        run_id: Option<WorkflowRunIdOptional>,
        cause: RequestCancelExternalWorkflowExecutionFailedCause,
        initiated_event_id: EventId,
        decision_task_completed_event_id: EventId,
        control: Option<Data>,
    }

    /// TODO-DOC
    RequestCancelExternalWorkflowExecutionInitiatedEventAttributes {
        workflow_id: WorkflowId,
        run_id: Option<WorkflowRunIdOptional>,
        decision_task_completed_event_id: EventId,
        control: Option<Data>,
    }

    /// TODO-DOC
    ScheduleActivityTaskFailedEventAttributes {
        activity_type: ActivityType,
        activity_id: ActivityId,
        cause: ScheduleActivityTaskFailedCause,
        decision_task_completed_event_id: EventId,
    }

    /// TODO-DOC
    ScheduleLambdaFunctionFailedEventAttributes {
        id: FunctionId,
        name: FunctionName,
        cause: ScheduleLambdaFunctionFailedCause,
        decision_task_completed_event_id: EventId,
    }

    /// TODO-DOC
    SignalExternalWorkflowExecutionFailedEventAttributes {
        workflow_id: WorkflowId,
        run_id: Option<WorkflowRunIdOptional>,
        cause: SignalExternalWorkflowExecutionFailedCause,
        initiated_event_id: EventId,
        decision_task_completed_event_id: EventId,
        control: Option<Data>,
    }

    /// TODO-DOC
    SignalExternalWorkflowExecutionInitiatedEventAttributes {
        workflow_id: WorkflowId,
        run_id: Option<WorkflowRunIdOptional>,
        signal_name: SignalName,
        input: Option<Data>,
        decision_task_completed_event_id: EventId,
        control: Option<Data>,
    }

    /// TODO-DOC
    StartChildWorkflowExecutionFailedEventAttributes {
        workflow_type: WorkflowType,
        cause: StartChildWorkflowExecutionFailedCause,
        workflow_id: WorkflowId,
        initiated_event_id: EventId,
        decision_task_completed_event_id: EventId,
        control: Option<Data>,
    }

    /// TODO-DOC
    StartChildWorkflowExecutionInitiatedEventAttributes {
        workflow_id: WorkflowId,
        workflow_type: WorkflowType,
        control: Option<Data>,
        input: Option<Data>,
        execution_start_to_close_timeout: Option<DurationInSecondsOptional> = [SecondsOrNone],
        task_list: TaskList,
        task_priority: Option<TaskPriority> = [Int32],
        decision_task_completed_event_id: EventId,
        child_policy: ChildPolicy,
        task_start_to_close_timeout: Option<DurationInSecondsOptional> = [SecondsOrNone],
        tag_list: Option<TagList>,
        lambda_role: Option<Arn>,
    }

    /// TODO-DOC
    StartLambdaFunctionFailedEventAttributes {
        scheduled_event_id: Option<EventId>,
        cause: Option<StartLambdaFunctionFailedCause>,
        message: Option<CauseMessage>,
    }

    /// TODO-DOC
    StartTimerFailedEventAttributes {
        timer_id: TimerId,
        cause: StartTimerFailedCause,
        decision_task_completed_event_id: EventId,
    }

    /// TODO-DOC
    TimerCanceledEventAttributes {
        timer_id: TimerId,
        started_event_id: EventId,
        decision_task_completed_event_id: EventId,
    }

    /// TODO-DOC
    TimerFiredEventAttributes {
        timer_id: TimerId,
        started_event_id: EventId,
    }

    /// TODO-DOC
    TimerStartedEventAttributes {
        timer_id: TimerId,
        control: Option<Data>,
        start_to_fire_timeout: DurationInSeconds = [Seconds],
        decision_task_completed_event_id: EventId,
    }

    /// TODO-DOC
    WorkflowExecutionCancelRequestedEventAttributes {
        external_workflow_execution: Option<WorkflowExecution>,
        external_initiated_event_id: Option<EventId>,
        cause: Option<WorkflowExecutionCancelRequestedCause>,
    }

    /// TODO-DOC
    WorkflowExecutionCanceledEventAttributes {
        details: Option<Data>,
        decision_task_completed_event_id: EventId,
    }

    /// TODO-DOC
    WorkflowExecutionCompletedEventAttributes {
        result: Option<Data>,
        decision_task_completed_event_id: EventId,
    }

    /// TODO-DOC
    WorkflowExecutionContinuedAsNewEventAttributes {
        input: Option<Data>,
        decision_task_completed_event_id: EventId,
        new_execution_run_id: WorkflowRunId,
        execution_start_to_close_timeout: Option<DurationInSecondsOptional> = [SecondsOrNone],
        task_list: TaskList,
        task_priority: Option<TaskPriority>,
        task_start_to_close_timeout: Option<DurationInSecondsOptional> = [SecondsOrNone],
        child_policy: ChildPolicy,
        tag_list: Option<TagList>,
        workflow_type: WorkflowType,
        lambda_role: Option<Arn>,
    }

    /// TODO-DOC
    WorkflowExecutionFailedEventAttributes {
        reason: Option<FailureReason>,
        details: Option<Data>,
        decision_task_completed_event_id: EventId,
    }

    /// TODO-DOC
    WorkflowExecutionSignaledEventAttributes {
        signal_name: SignalName,
        input: Option<Data>,
        external_workflow_execution: Option<WorkflowExecution>,
        external_initiated_event_id: Option<EventId>,
    }

    /// TODO-DOC
    WorkflowExecutionStartedEventAttributes {
        input: Option<Data>,
        execution_start_to_close_timeout: Option<DurationInSecondsOptional> = [SecondsOrNone],
        task_start_to_close_timeout: Option<DurationInSecondsOptional> = [SecondsOrNone],
        child_policy: ChildPolicy,
        task_list: TaskList,
        task_priority: Option<TaskPriority>,
        workflow_type: WorkflowType,
        tag_list: Option<TagList>,
        continued_execution_run_id: Option<WorkflowRunIdOptional>,
        parent_workflow_execution: Option<WorkflowExecution>,
        parent_initiated_event_id: Option<EventId>,
        lambda_role: Option<Arn>,
    }

    /// TODO-DOC
    WorkflowExecutionTerminatedEventAttributes {
        reason: Option<TerminateReason>,
        details: Option<Data>,
        child_policy: ChildPolicy,
        cause: Option<WorkflowExecutionTerminatedCause>,
    }

    /// TODO-DOC
    WorkflowExecutionTimedOutEventAttributes {
        timeout_type: WorkflowExecutionTimeoutType,
        child_policy: ChildPolicy,
    }
}
