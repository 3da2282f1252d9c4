//! Workflow executions: starting, signalling, cancelling, terminating, describing, and their history.

use super::task::TaskList;
use super::types::WorkflowType;
use super::visibility::WorkflowExecutionInfo;
use crate::events::HistoryEvent;
use crate::scalars::{
    Arn, ChildPolicy, Count, Data, DomainName, DurationInSeconds, DurationInSecondsOptional,
    OpenDecisionTasksCount, PageSize, PageToken, ResourceTagKeyList, ReverseOrder, SignalName,
    TagList, TaskPriority, TerminateReason, Timestamp, WorkflowId, WorkflowRunId,
    WorkflowRunIdOptional,
};

structure! {
    /// TODO-DOC
    DescribeWorkflowExecutionInput {
        domain: DomainName,
        execution: WorkflowExecution,
    }

    /// TODO-DOC
    GetWorkflowExecutionHistoryInput {
        domain: DomainName,
        execution: WorkflowExecution,
        next_page_token: Option<PageToken>,
        maximum_page_size: Option<PageSize>,
        reverse_order: Option<ReverseOrder>,
    }

    /// TODO-DOC
    History {
        events: HistoryEventList,
        next_page_token: Option<PageToken>,
    }

    /// TODO-DOC
    RequestCancelWorkflowExecutionInput {
        domain: DomainName,
        workflow_id: WorkflowId,
        run_id: Option<WorkflowRunIdOptional>,
    }

    /// TODO-DOC
    Run {
        run_id: Option<WorkflowRunId>,
    }

    /// TODO-DOC
    SignalWorkflowExecutionInput {
        domain: DomainName,
        workflow_id: WorkflowId,
        run_id: Option<WorkflowRunIdOptional>,
        signal_name: SignalName,
        input: Option<Data>,
    }

    /// TODO-DOC
    StartWorkflowExecutionInput {
        domain: DomainName = [Name],
        workflow_id: WorkflowId = [Name],
        workflow_type: WorkflowType,
        task_list: Option<TaskList> = [Name, NoEdgeSpace],
        task_priority: Option<TaskPriority> = [Int32],
        input: Option<Data>,
        execution_start_to_close_timeout: Option<DurationInSecondsOptional> = [Seconds],
        tag_list: Option<TagList>,
        task_start_to_close_timeout: Option<DurationInSecondsOptional> = [SecondsOrNone],
        child_policy: Option<ChildPolicy>,
        lambda_role: Option<Arn>,
    }

    /// TODO-DOC
    TerminateWorkflowExecutionInput {
        domain: DomainName,
        workflow_id: WorkflowId,
        run_id: Option<WorkflowRunIdOptional>,
        reason: Option<TerminateReason>,
        details: Option<Data>,
        child_policy: Option<ChildPolicy>,
    }

    /// TODO-DOC
    UntagResourceInput {
        resource_arn: Arn,
        tag_keys: ResourceTagKeyList,
    }

    /// TODO-DOC
    WorkflowExecution {
        workflow_id: WorkflowId,
        run_id: WorkflowRunId,
    }

    /// TODO-DOC
    WorkflowExecutionConfiguration {
        task_start_to_close_timeout: DurationInSeconds = [SecondsOrNone],
        execution_start_to_close_timeout: DurationInSeconds = [SecondsOrNone],
        task_list: TaskList,
        task_priority: Option<TaskPriority> = [Int32],
        child_policy: ChildPolicy,
        lambda_role: Option<Arn>,
    }

    /// TODO-DOC
    WorkflowExecutionDetail {
        execution_info: WorkflowExecutionInfo,
        execution_configuration: WorkflowExecutionConfiguration,
        open_counts: WorkflowExecutionOpenCounts,
        latest_activity_task_timestamp: Option<Timestamp>,
        latest_execution_context: Option<Data>,
    }

    /// TODO-DOC
    WorkflowExecutionOpenCounts {
        open_activity_tasks: Count,
        open_decision_tasks: OpenDecisionTasksCount,
        open_timers: Count,
        open_child_workflow_executions: Count,
        open_lambda_functions: Option<Count>,
    }
}

list_shapes! {
    /// TODO-DOC
    HistoryEventList[HistoryEvent];
}
