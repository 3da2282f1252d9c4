//! Lists and counts of executions, and counts of pending tasks.

use super::execution::WorkflowExecution;
use super::task::TaskList;
use super::types::WorkflowType;
use crate::scalars::{
    Canceled, CloseStatus, Count, DomainName, ExecutionStatus, Name, PageSize, PageToken,
    ReverseOrder, Tag, TagList, Timestamp, Truncated, VersionOptional, WorkflowId,
};

structure! {
    /// Chooses executions by how they closed.
    CloseStatusFilter {
        /// How the executions closed.
        status: CloseStatus,
    }

    /// Which closed executions to count.
    CountClosedWorkflowExecutionsInput {
        /// Name of the domain, 1 to 256 characters.
        domain: DomainName,
        /// Only executions that started in this span of time. Either this or closeTimeFilter is needed, not both.
        start_time_filter: Option<ExecutionTimeFilter>,
        /// Only executions that closed in this span of time. Either this or startTimeFilter is needed, not both.
        close_time_filter: Option<ExecutionTimeFilter>,
        /// Only executions with this workflow id.
        execution_filter: Option<WorkflowExecutionFilter>,
        /// Only executions of this workflow type.
        type_filter: Option<WorkflowTypeFilter>,
        /// Only executions with this tag.
        tag_filter: Option<TagFilter>,
        /// Only executions that closed with this status.
        close_status_filter: Option<CloseStatusFilter>,
    }

    /// Which open executions to count.
    CountOpenWorkflowExecutionsInput {
        /// Name of the domain, 1 to 256 characters.
        domain: DomainName,
        /// Only executions that started in this span of time.
        start_time_filter: ExecutionTimeFilter,
        /// Only executions of this workflow type.
        type_filter: Option<WorkflowTypeFilter>,
        /// Only executions with this tag.
        tag_filter: Option<TagFilter>,
        /// Only executions with this workflow id.
        execution_filter: Option<WorkflowExecutionFilter>,
    }

    /// Which activity tasks to count.
    CountPendingActivityTasksInput {
        /// Name of the domain, 1 to 256 characters.
        domain: DomainName,
        /// Task list that the activity tasks wait on.
        task_list: TaskList,
    }

    /// Which decision tasks to count.
    CountPendingDecisionTasksInput {
        /// Name of the domain, 1 to 256 characters.
        domain: DomainName,
        /// Task list that the decision tasks wait on.
        task_list: TaskList,
    }

    /// A span of time, both ends included.
    ExecutionTimeFilter {
        /// Start of the span.
        oldest_date: Timestamp,
        /// End of the span; open if left out.
        latest_date: Option<Timestamp>,
    }

    /// Which closed executions to list.
    ListClosedWorkflowExecutionsInput {
        /// Name of the domain, 1 to 256 characters.
        domain: DomainName,
        /// Only executions that started in this span of time, sorted by their start. Either this or closeTimeFilter is
        /// needed, not both.
        start_time_filter: Option<ExecutionTimeFilter>,
        /// Only executions that closed in this span of time, sorted by their end. Either this or startTimeFilter is
        /// needed, not both.
        close_time_filter: Option<ExecutionTimeFilter>,
        /// Only executions with this workflow id.
        execution_filter: Option<WorkflowExecutionFilter>,
        /// Only executions that closed with this status.
        close_status_filter: Option<CloseStatusFilter>,
        /// Only executions of this workflow type.
        type_filter: Option<WorkflowTypeFilter>,
        /// Only executions with this tag.
        tag_filter: Option<TagFilter>,
        /// Token from the answer before, to get the page after it; valid for 24 hours. Leave it out for the first
        /// page, and repeat all other arguments with it.
        next_page_token: Option<PageToken>,
        /// Greatest number of entries of a page, 1 to 1000; 1000 if left out or 0.
        maximum_page_size: Option<PageSize>,
        /// True to list the oldest executions first.
        reverse_order: Option<ReverseOrder>,
    }

    /// Which open executions to list.
    ListOpenWorkflowExecutionsInput {
        /// Name of the domain, 1 to 256 characters.
        domain: DomainName,
        /// Only executions that started in this span of time.
        start_time_filter: ExecutionTimeFilter,
        /// Only executions of this workflow type.
        type_filter: Option<WorkflowTypeFilter>,
        /// Only executions with this tag.
        tag_filter: Option<TagFilter>,
        /// Token from the answer before, to get the page after it; valid for 24 hours. Leave it out for the first
        /// page, and repeat all other arguments with it.
        next_page_token: Option<PageToken>,
        /// Greatest number of entries of a page, 1 to 1000; 1000 if left out or 0.
        maximum_page_size: Option<PageSize>,
        /// True to list the oldest executions first.
        reverse_order: Option<ReverseOrder>,
        /// Only executions with this workflow id.
        execution_filter: Option<WorkflowExecutionFilter>,
    }

    /// How many tasks wait.
    PendingTaskCount {
        /// How many there are.
        count: Count,
        /// True if there are more than the count says.
        truncated: Option<Truncated>,
    }

    /// Chooses executions by one of their tags.
    TagFilter {
        /// The tag, at most 256 characters, matched as a whole.
        tag: Tag,
    }

    /// How many executions match.
    WorkflowExecutionCount {
        /// How many there are.
        count: Count,
        /// True if there are more than the count says.
        truncated: Option<Truncated>,
    }

    /// Chooses executions by their workflow id.
    WorkflowExecutionFilter {
        /// The workflow id, 1 to 256 characters, matched as a whole.
        workflow_id: WorkflowId,
    }

    /// A workflow execution in a list or a description.
    WorkflowExecutionInfo {
        /// Workflow id and run id.
        execution: WorkflowExecution,
        /// Type of the execution.
        workflow_type: WorkflowType,
        /// When it started.
        start_timestamp: Timestamp,
        /// When it closed; absent while it is open.
        close_timestamp: Option<Timestamp>,
        /// Whether it is open or closed.
        execution_status: ExecutionStatus,
        /// How it closed; absent while it is open.
        close_status: Option<CloseStatus>,
        /// The execution that started this one as its child; only if one did.
        parent: Option<WorkflowExecution>,
        /// Tags of the execution; only if it has any.
        tag_list: Option<TagList>,
        /// True if it is open and its cancellation was requested.
        cancel_requested: Option<Canceled>,
    }

    /// A page of workflow executions.
    WorkflowExecutionInfos {
        /// The executions of this page.
        execution_infos: WorkflowExecutionInfoList,
        /// Given if there are more executions: the token of the next page.
        next_page_token: Option<PageToken>,
    }

    /// Chooses executions by their workflow type.
    WorkflowTypeFilter {
        /// Name of the type, 1 to 256 characters, matched as a whole.
        name: Name,
        /// Version of the type, at most 64 characters; all versions if left out.
        version: Option<VersionOptional>,
    }
}

list_shapes! {
    /// Workflow executions.
    WorkflowExecutionInfoList[WorkflowExecutionInfo];
}
