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
    /// Which execution to show.
    DescribeWorkflowExecutionInput {
        /// Name of the domain, 1 to 256 characters.
        domain: DomainName,
        /// Workflow id and run id of the execution, both needed.
        execution: WorkflowExecution,
    }

    /// Whose history to read.
    GetWorkflowExecutionHistoryInput {
        /// Name of the domain, 1 to 256 characters.
        domain: DomainName,
        /// Workflow id and run id of the execution, both needed.
        execution: WorkflowExecution,
        /// Token from the answer before, to get the page after it; valid for 24 hours. Leave it out for the first
        /// page, and repeat all other arguments with it.
        next_page_token: Option<PageToken>,
        /// Greatest number of entries of a page, 1 to 1000; 1000 if left out or 0.
        maximum_page_size: Option<PageSize>,
        /// True to read the newest events first.
        reverse_order: Option<ReverseOrder>,
    }

    /// A page of a history.
    History {
        /// The events of this page.
        events: HistoryEventList,
        /// Given if there are more events: the token of the next page.
        next_page_token: Option<PageToken>,
    }

    /// Which execution is to cancel itself.
    RequestCancelWorkflowExecutionInput {
        /// Name of the domain, 1 to 256 characters.
        domain: DomainName,
        /// Id that the client gave the execution, 1 to 256 characters.
        workflow_id: WorkflowId,
        /// Id that the service gave the run, at most 64 characters. If left out, the open run of the workflow id is
        /// meant.
        run_id: Option<WorkflowRunIdOptional>,
    }

    /// The run that was started.
    Run {
        /// Id that the service gave the run, at most 64 characters.
        run_id: Option<WorkflowRunId>,
    }

    /// The signal and who gets it.
    SignalWorkflowExecutionInput {
        /// Name of the domain, 1 to 256 characters.
        domain: DomainName,
        /// Id that the client gave the execution, 1 to 256 characters.
        workflow_id: WorkflowId,
        /// Id that the service gave the run, at most 64 characters. If left out, the open run of the workflow id is
        /// meant.
        run_id: Option<WorkflowRunIdOptional>,
        /// Name of the signal, 1 to 256 characters; the decider knows signals by it.
        signal_name: SignalName,
        /// Data of the signal, at most 32768 characters.
        input: Option<Data>,
    }

    /// The execution to start.
    StartWorkflowExecutionInput {
        /// Name of a registered domain, 1 to 256 characters.
        domain: DomainName = [Name],
        /// Id for the execution, 1 to 256 characters; no other open execution of the domain may have it. Without colon,
        /// slash, bar or control characters, and not `arn`.
        workflow_id: WorkflowId = [Name],
        /// Name and version of a registered workflow type.
        workflow_type: WorkflowType,
        /// Task list of the decision tasks; the type's default if left out.
        task_list: Option<TaskList> = [Name, NoEdgeSpace],
        /// Priority of the decision tasks as a decimal integer, -2147483648 to 2147483647; higher goes first. The
        /// type's default if left out, else 0.
        task_priority: Option<TaskPriority> = [Int32],
        /// Data for the execution, at most 32768 characters.
        input: Option<Data>,
        /// Seconds that the execution may run, at most 8 digits, not `NONE`; one year is the longest. The type's
        /// default if left out.
        execution_start_to_close_timeout: Option<DurationInSecondsOptional> = [Seconds],
        /// At most 5 tags, each of at most 256 characters.
        tag_list: Option<TagList>,
        /// Seconds that a decision task may take, at most 8 digits, or `NONE` for no limit. The type's default if left
        /// out.
        task_start_to_close_timeout: Option<DurationInSecondsOptional> = [SecondsOrNone],
        /// What is done to open children when the execution is terminated or times out. They are terminated, asked to
        /// cancel themselves, or left alone. The type's default if left out.
        child_policy: Option<ChildPolicy>,
        /// ARN of the role with which the execution's Lambda functions are called, at most 1600 characters. The type's
        /// default if left out.
        lambda_role: Option<Arn>,
    }

    /// Which execution to terminate, and why.
    TerminateWorkflowExecutionInput {
        /// Name of the domain, 1 to 256 characters.
        domain: DomainName,
        /// Id that the client gave the execution, 1 to 256 characters.
        workflow_id: WorkflowId,
        /// Id that the service gave the run, at most 64 characters. If left out, the open run of the workflow id is
        /// meant.
        run_id: Option<WorkflowRunIdOptional>,
        /// Why it is terminated, in short, at most 256 characters.
        reason: Option<TerminateReason>,
        /// Details of the termination, at most 32768 characters.
        details: Option<Data>,
        /// What is done to the execution's open children; the execution's own child policy if left out.
        child_policy: Option<ChildPolicy>,
    }

    /// Which domain loses which tags.
    UntagResourceInput {
        /// ARN of the domain, `arn:aws:swf:REGION:ACCOUNT:/domain/NAME`.
        resource_arn: Arn,
        /// Keys of the tags to remove, each of 1 to 128 characters.
        tag_keys: ResourceTagKeyList,
    }

    /// Names one run of a workflow execution.
    WorkflowExecution {
        /// Id that the client gave the execution, 1 to 256 characters.
        workflow_id: WorkflowId,
        /// Id that the service gave the run, 1 to 64 characters.
        run_id: WorkflowRunId,
    }

    /// The values that an execution runs with, from its start or from the defaults of its type.
    WorkflowExecutionConfiguration {
        /// Seconds that a decision task may take, or `NONE` for no limit.
        task_start_to_close_timeout: DurationInSeconds = [SecondsOrNone],
        /// Seconds that the execution may run.
        execution_start_to_close_timeout: DurationInSeconds = [SecondsOrNone],
        /// Task list of the decision tasks.
        task_list: TaskList,
        /// Priority of the decision tasks; only if it was set.
        task_priority: Option<TaskPriority> = [Int32],
        /// What is done to open children when the execution is terminated or times out.
        child_policy: ChildPolicy,
        /// ARN of the role with which Lambda functions are called; only if it was set.
        lambda_role: Option<Arn>,
    }

    /// All that is told of an execution beside its history.
    WorkflowExecutionDetail {
        /// Ids, type, status, times and tags.
        execution_info: WorkflowExecutionInfo,
        /// The values that it runs with.
        execution_configuration: WorkflowExecutionConfiguration,
        /// How much it has open; at its end these numbers stay as they are.
        open_counts: WorkflowExecutionOpenCounts,
        /// When something last happened to one of its activity tasks; absent if it never had one.
        latest_activity_task_timestamp: Option<Timestamp>,
        /// The decider's own data about the execution, as last given; absent if never given.
        latest_execution_context: Option<Data>,
    }

    /// How much an execution has open.
    WorkflowExecutionOpenCounts {
        /// Activity tasks that wait or are being worked on.
        open_activity_tasks: Count,
        /// 1 if a decision task waits for a decider, else 0.
        open_decision_tasks: OpenDecisionTasksCount,
        /// Timers that have not fired.
        open_timers: Count,
        /// Children that are open.
        open_child_workflow_executions: Count,
        /// Lambda tasks that are open.
        open_lambda_functions: Option<Count>,
    }
}

list_shapes! {
    /// Events in the order of their ids, or in the reverse order if that was asked for.
    HistoryEventList[HistoryEvent];
}
