//! Attributes of the 13 decisions.

use super::task::TaskList;
use super::types::{ActivityType, WorkflowType};
use crate::scalars::{
    ActivityId, Arn, ChildPolicy, Data, DurationInSeconds, DurationInSecondsOptional,
    FailureReason, FunctionId, FunctionInput, FunctionName, MarkerName, SignalName, TagList,
    TaskPriority, TimerId, Version, WorkflowId, WorkflowRunIdOptional,
};

structure! {
    /// TODO-DOC
    CancelTimerDecisionAttributes {
        timer_id: TimerId,
    }

    /// TODO-DOC
    CancelWorkflowExecutionDecisionAttributes {
        details: Option<Data>,
    }

    /// TODO-DOC
    CompleteWorkflowExecutionDecisionAttributes {
        result: Option<Data>,
    }

    /// TODO-DOC
    ContinueAsNewWorkflowExecutionDecisionAttributes {
        input: Option<Data>,
        execution_start_to_close_timeout: Option<DurationInSecondsOptional> = [SecondsOrNone],
        task_list: Option<TaskList> = [Name, NoEdgeSpace],
        task_priority: Option<TaskPriority> = [Int32],
        task_start_to_close_timeout: Option<DurationInSecondsOptional> = [SecondsOrNone],
        child_policy: Option<ChildPolicy>,
        tag_list: Option<TagList>,
        workflow_type_version: Option<Version>,
        lambda_role: Option<Arn>,
    }

    /// TODO-DOC
    FailWorkflowExecutionDecisionAttributes {
        reason: Option<FailureReason>,
        details: Option<Data>,
    }

    /// TODO-DOC
    RecordMarkerDecisionAttributes {
        marker_name: MarkerName,
        details: Option<Data>,
    }

    /// TODO-DOC
    RequestCancelActivityTaskDecisionAttributes {
        activity_id: ActivityId,
    }

    /// TODO-DOC
    RequestCancelExternalWorkflowExecutionDecisionAttributes {
        workflow_id: WorkflowId,
        run_id: Option<WorkflowRunIdOptional>,
        control: Option<Data>,
    }

    /// TODO-DOC
    ScheduleActivityTaskDecisionAttributes {
        activity_type: ActivityType,
        activity_id: ActivityId = [Name],
        control: Option<Data>,
        input: Option<Data>,
        schedule_to_close_timeout: Option<DurationInSecondsOptional> = [SecondsOrNone],
        task_list: Option<TaskList> = [Name, NoEdgeSpace],
        task_priority: Option<TaskPriority> = [Int32],
        schedule_to_start_timeout: Option<DurationInSecondsOptional> = [SecondsOrNone],
        start_to_close_timeout: Option<DurationInSecondsOptional> = [SecondsOrNone],
        heartbeat_timeout: Option<DurationInSecondsOptional> = [SecondsOrNone],
    }

    /// TODO-DOC
    ScheduleLambdaFunctionDecisionAttributes {
        id: FunctionId,
        name: FunctionName,
        control: Option<Data>,
        input: Option<FunctionInput>,
        start_to_close_timeout: Option<DurationInSecondsOptional> = [Seconds1To900],
    }

    /// TODO-DOC
    SignalExternalWorkflowExecutionDecisionAttributes {
        workflow_id: WorkflowId,
        run_id: Option<WorkflowRunIdOptional>,
        signal_name: SignalName,
        input: Option<Data>,
        control: Option<Data>,
    }

    /// TODO-DOC
    StartChildWorkflowExecutionDecisionAttributes {
        workflow_type: WorkflowType,
        workflow_id: WorkflowId = [Name],
        control: Option<Data>,
        input: Option<Data>,
        execution_start_to_close_timeout: Option<DurationInSecondsOptional> = [SecondsOrNone],
        task_list: Option<TaskList> = [Name, NoEdgeSpace],
        task_priority: Option<TaskPriority> = [Int32],
        task_start_to_close_timeout: Option<DurationInSecondsOptional> = [SecondsOrNone],
        child_policy: Option<ChildPolicy>,
        tag_list: Option<TagList>,
        lambda_role: Option<Arn>,
    }

    /// TODO-DOC
    StartTimerDecisionAttributes {
        timer_id: TimerId = [Name],
        control: Option<Data>,
        start_to_fire_timeout: DurationInSeconds = [Seconds],
    }
}
