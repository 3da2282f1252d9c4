//! Attributes of the 13 decisions.

use super::task::TaskList;
use super::types::{ActivityType, WorkflowType};
use crate::scalars::{
    ActivityId, Arn, ChildPolicy, Data, DurationInSeconds, DurationInSecondsOptional,
    FailureReason, FunctionId, FunctionInput, FunctionName, MarkerName, SignalName, TagList,
    TaskPriority, TimerId, Version, WorkflowId, WorkflowRunIdOptional,
};

structure! {
    /// What CancelTimer needs.
    CancelTimerDecisionAttributes {
        /// Id of the open timer to cancel, 1 to 256 characters.
        timer_id: TimerId,
    }

    /// What CancelWorkflowExecution may say.
    CancelWorkflowExecutionDecisionAttributes {
        /// Details of the cancellation, at most 32768 characters.
        details: Option<Data>,
    }

    /// What CompleteWorkflowExecution may say.
    CompleteWorkflowExecutionDecisionAttributes {
        /// Result of the execution, at most 32768 characters.
        result: Option<Data>,
    }

    /// What ContinueAsNewWorkflowExecution may say. Values that are not given come from the defaults of the workflow
    /// type, not from the run that ends.
    ContinueAsNewWorkflowExecutionDecisionAttributes {
        /// Data for the new run, at most 32768 characters.
        input: Option<Data>,
        /// Seconds that the new run may take, at most 8 digits; `NONE` means the longest possible, one year.
        execution_start_to_close_timeout: Option<DurationInSecondsOptional> = [SecondsOrNone],
        /// Task list of the new run's decision tasks.
        task_list: Option<TaskList> = [Name, NoEdgeSpace],
        /// Priority of the new run's decision tasks, a decimal integer of 32 bits; higher goes first.
        task_priority: Option<TaskPriority> = [Int32],
        /// Seconds that a decision task of the new run may take, at most 8 digits, or `NONE` for no limit.
        task_start_to_close_timeout: Option<DurationInSecondsOptional> = [SecondsOrNone],
        /// What is done to the new run's open children when it is terminated or times out.
        child_policy: Option<ChildPolicy>,
        /// At most 5 tags of the new run, each of at most 256 characters; the old run's tags are not carried over.
        tag_list: Option<TagList>,
        /// Version of the workflow type, 1 to 64 characters; the same version if left out.
        workflow_type_version: Option<Version>,
        /// ARN of the role with which the new run's Lambda functions are called.
        lambda_role: Option<Arn>,
    }

    /// What FailWorkflowExecution may say.
    FailWorkflowExecutionDecisionAttributes {
        /// Why it failed, in short, at most 256 characters.
        reason: Option<FailureReason>,
        /// Details of the failure, at most 32768 characters.
        details: Option<Data>,
    }

    /// What RecordMarker needs.
    RecordMarkerDecisionAttributes {
        /// Name of the marker, 1 to 256 characters; several markers may have the same.
        marker_name: MarkerName,
        /// Data of the marker, at most 32768 characters.
        details: Option<Data>,
    }

    /// What RequestCancelActivityTask needs.
    RequestCancelActivityTaskDecisionAttributes {
        /// Id of the open activity task, 1 to 256 characters.
        activity_id: ActivityId,
    }

    /// What RequestCancelExternalWorkflowExecution needs.
    RequestCancelExternalWorkflowExecutionDecisionAttributes {
        /// Workflow id of the execution to cancel, 1 to 256 characters.
        workflow_id: WorkflowId,
        /// Id that the service gave the run, at most 64 characters. If left out, the open run of the workflow id is
        /// meant.
        run_id: Option<WorkflowRunIdOptional>,
        /// Data for the decider's own use, at most 32768 characters; it is kept in the events and sent to nobody.
        control: Option<Data>,
    }

    /// What ScheduleActivityTask needs. Timeouts, task list and priority that are not given come from the defaults of
    /// the activity type.
    ScheduleActivityTaskDecisionAttributes {
        /// Registered type of the activity.
        activity_type: ActivityType,
        /// Id for the task, 1 to 256 characters; no other open activity task of the execution may have it.
        activity_id: ActivityId = [Name],
        /// Data for the decider's own use, at most 32768 characters; it is kept in the events and sent to nobody.
        control: Option<Data>,
        /// Data for the worker, at most 32768 characters.
        input: Option<Data>,
        /// Seconds from scheduling to the worker's answer, at most 8 digits, or `NONE` for no limit.
        schedule_to_close_timeout: Option<DurationInSecondsOptional> = [SecondsOrNone],
        /// Task list that the task waits on.
        task_list: Option<TaskList> = [Name, NoEdgeSpace],
        /// Priority as a decimal integer, -2147483648 to 2147483647; higher goes first.
        task_priority: Option<TaskPriority> = [Int32],
        /// Seconds that the task may wait for a worker, at most 8 digits, or `NONE` for no limit.
        schedule_to_start_timeout: Option<DurationInSecondsOptional> = [SecondsOrNone],
        /// Seconds that a worker may take, at most 8 digits, or `NONE` for no limit.
        start_to_close_timeout: Option<DurationInSecondsOptional> = [SecondsOrNone],
        /// Seconds that may pass between two heartbeats of the worker, at most 8 digits, or `NONE` for no limit.
        heartbeat_timeout: Option<DurationInSecondsOptional> = [SecondsOrNone],
    }

    /// What ScheduleLambdaFunction needs.
    ScheduleLambdaFunctionDecisionAttributes {
        /// Id for the Lambda task, 1 to 256 characters; no other open Lambda task of the execution may have it.
        id: FunctionId,
        /// Name of the Lambda function, 1 to 64 characters.
        name: FunctionName,
        /// Data for the decider's own use, at most 32768 characters; it is kept in the events and sent to nobody.
        control: Option<Data>,
        /// Input of the function, at most 32768 characters; an empty object if left out.
        input: Option<FunctionInput>,
        /// Seconds that the function may run, 1 to 900; 900 if left out.
        start_to_close_timeout: Option<DurationInSecondsOptional> = [Seconds1To900],
    }

    /// What SignalExternalWorkflowExecution needs.
    SignalExternalWorkflowExecutionDecisionAttributes {
        /// Workflow id of the execution to signal, 1 to 256 characters.
        workflow_id: WorkflowId,
        /// Id that the service gave the run, at most 64 characters. If left out, the open run of the workflow id is
        /// meant.
        run_id: Option<WorkflowRunIdOptional>,
        /// Name of the signal, 1 to 256 characters; the decider knows signals by it.
        signal_name: SignalName,
        /// Data of the signal, at most 32768 characters.
        input: Option<Data>,
        /// Data for the decider's own use, at most 32768 characters; it is kept in the events and sent to nobody.
        control: Option<Data>,
    }

    /// What StartChildWorkflowExecution needs. Values that are not given come from the defaults of the child's type.
    StartChildWorkflowExecutionDecisionAttributes {
        /// Registered type of the child.
        workflow_type: WorkflowType,
        /// Workflow id for the child, 1 to 256 characters; no other open execution of the domain may have it.
        workflow_id: WorkflowId = [NameWithColon],
        /// Data for the decider's own use, at most 32768 characters; it is kept in the events and sent to nobody.
        control: Option<Data>,
        /// Data for the child, at most 32768 characters.
        input: Option<Data>,
        /// Seconds that the child may run, at most 8 digits; `NONE` means the longest possible, one year.
        execution_start_to_close_timeout: Option<DurationInSecondsOptional> = [SecondsOrNone],
        /// Task list of the child's decision tasks.
        task_list: Option<TaskList> = [Name, NoEdgeSpace],
        /// Priority of the child's decision tasks, a decimal integer of 32 bits; higher goes first.
        task_priority: Option<TaskPriority> = [Int32],
        /// Seconds that a decision task of the child may take, at most 8 digits, or `NONE` for no limit.
        task_start_to_close_timeout: Option<DurationInSecondsOptional> = [SecondsOrNone],
        /// What is done to the child's own open children when it is terminated or times out.
        child_policy: Option<ChildPolicy>,
        /// At most 5 tags of the child, each of at most 256 characters.
        tag_list: Option<TagList>,
        /// ARN of the role with which the child's Lambda functions are called.
        lambda_role: Option<Arn>,
    }

    /// What StartTimer needs.
    StartTimerDecisionAttributes {
        /// Id for the timer, 1 to 256 characters; no other open timer of the execution may have it.
        timer_id: TimerId = [Name],
        /// Data for the decider's own use, at most 32768 characters; it is kept in the events and sent to nobody.
        control: Option<Data>,
        /// Seconds until the timer fires, at most 8 digits; with 0 it fires at once.
        start_to_fire_timeout: DurationInSeconds = [Seconds],
    }
}
