//! Events about tasks: decision tasks, activity tasks and Lambda tasks.

use crate::scalars::{
    ActivityId, ActivityTaskTimeoutType, CauseMessage, Data, DecisionTaskTimeoutType,
    DurationInSecondsOptional, EventId, FailureReason, FunctionId, FunctionInput, FunctionName,
    Identity, LambdaFunctionTimeoutType, LimitedData, RequestCancelActivityTaskFailedCause,
    ScheduleActivityTaskFailedCause, ScheduleLambdaFunctionFailedCause,
    StartLambdaFunctionFailedCause, TaskPriority,
};
use crate::shapes::task::TaskList;
use crate::shapes::types::ActivityType;

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

    /// A RequestCancelActivityTask decision failed.
    RequestCancelActivityTaskFailedEventAttributes {
        /// Id that the decider gave the activity task.
        activity_id: ActivityId,
        /// Why the decision failed.
        cause: RequestCancelActivityTaskFailedCause,
        /// Id of the DecisionTaskCompleted event whose decisions asked for this.
        decision_task_completed_event_id: EventId,
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

    /// A Lambda function could not be called.
    StartLambdaFunctionFailedEventAttributes {
        /// Id of the event that scheduled the task.
        scheduled_event_id: Option<EventId>,
        /// Why the call failed.
        cause: Option<StartLambdaFunctionFailedCause>,
        /// Text about the cause; only if there is one.
        message: Option<CauseMessage>,
    }
}
