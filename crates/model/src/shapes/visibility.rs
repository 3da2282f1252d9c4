//! Lists and counts of executions, and counts of pending tasks.

use super::execution::WorkflowExecution;
use super::task::TaskList;
use super::types::WorkflowType;
use crate::scalars::{
    Canceled, CloseStatus, Count, DomainName, ExecutionStatus, Name, PageSize, PageToken,
    ReverseOrder, Tag, TagList, Timestamp, Truncated, VersionOptional, WorkflowId,
};

structure! {
    /// TODO-DOC
    CloseStatusFilter {
        status: CloseStatus,
    }

    /// TODO-DOC
    CountClosedWorkflowExecutionsInput {
        domain: DomainName,
        start_time_filter: Option<ExecutionTimeFilter>,
        close_time_filter: Option<ExecutionTimeFilter>,
        execution_filter: Option<WorkflowExecutionFilter>,
        type_filter: Option<WorkflowTypeFilter>,
        tag_filter: Option<TagFilter>,
        close_status_filter: Option<CloseStatusFilter>,
    }

    /// TODO-DOC
    CountOpenWorkflowExecutionsInput {
        domain: DomainName,
        start_time_filter: ExecutionTimeFilter,
        type_filter: Option<WorkflowTypeFilter>,
        tag_filter: Option<TagFilter>,
        execution_filter: Option<WorkflowExecutionFilter>,
    }

    /// TODO-DOC
    CountPendingActivityTasksInput {
        domain: DomainName,
        task_list: TaskList,
    }

    /// TODO-DOC
    CountPendingDecisionTasksInput {
        domain: DomainName,
        task_list: TaskList,
    }

    /// TODO-DOC
    ExecutionTimeFilter {
        oldest_date: Timestamp,
        latest_date: Option<Timestamp>,
    }

    /// TODO-DOC
    ListClosedWorkflowExecutionsInput {
        domain: DomainName,
        start_time_filter: Option<ExecutionTimeFilter>,
        close_time_filter: Option<ExecutionTimeFilter>,
        execution_filter: Option<WorkflowExecutionFilter>,
        close_status_filter: Option<CloseStatusFilter>,
        type_filter: Option<WorkflowTypeFilter>,
        tag_filter: Option<TagFilter>,
        next_page_token: Option<PageToken>,
        maximum_page_size: Option<PageSize>,
        reverse_order: Option<ReverseOrder>,
    }

    /// TODO-DOC
    ListOpenWorkflowExecutionsInput {
        domain: DomainName,
        start_time_filter: ExecutionTimeFilter,
        type_filter: Option<WorkflowTypeFilter>,
        tag_filter: Option<TagFilter>,
        next_page_token: Option<PageToken>,
        maximum_page_size: Option<PageSize>,
        reverse_order: Option<ReverseOrder>,
        execution_filter: Option<WorkflowExecutionFilter>,
    }

    /// TODO-DOC
    PendingTaskCount {
        count: Count,
        truncated: Option<Truncated>,
    }

    /// TODO-DOC
    TagFilter {
        tag: Tag,
    }

    /// TODO-DOC
    WorkflowExecutionCount {
        count: Count,
        truncated: Option<Truncated>,
    }

    /// TODO-DOC
    WorkflowExecutionFilter {
        workflow_id: WorkflowId,
    }

    /// TODO-DOC
    WorkflowExecutionInfo {
        execution: WorkflowExecution,
        workflow_type: WorkflowType,
        start_timestamp: Timestamp,
        close_timestamp: Option<Timestamp>,
        execution_status: ExecutionStatus,
        close_status: Option<CloseStatus>,
        parent: Option<WorkflowExecution>,
        tag_list: Option<TagList>,
        cancel_requested: Option<Canceled>,
    }

    /// TODO-DOC
    WorkflowExecutionInfos {
        execution_infos: WorkflowExecutionInfoList,
        next_page_token: Option<PageToken>,
    }

    /// TODO-DOC
    WorkflowTypeFilter {
        name: Name,
        version: Option<VersionOptional>,
    }
}

list_shapes! {
    /// TODO-DOC
    WorkflowExecutionInfoList[WorkflowExecutionInfo];
}
