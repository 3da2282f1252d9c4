//! What DescribeWorkflowExecution shows of a state (execution.md section 8.1).

use everbeat_model::{
    Canceled, ExecutionStatus, OpenDecisionTasksCount, TaskList, WorkflowExecutionConfiguration,
    WorkflowExecutionDetail, WorkflowExecutionInfo, WorkflowExecutionOpenCounts,
};

use crate::state::{State, count};

/// The answer of DescribeWorkflowExecution. After the close the counts are those of the moment of closing.
pub fn detail(state: &State) -> WorkflowExecutionDetail {
    WorkflowExecutionDetail {
        execution_info: info(state),
        execution_configuration: WorkflowExecutionConfiguration {
            task_start_to_close_timeout: state.task_start_to_close_timeout.clone().into(),
            execution_start_to_close_timeout: state.execution_start_to_close_timeout.clone().into(),
            task_list: TaskList {
                name: state.task_list.clone(),
            },
            task_priority: state.task_priority.clone(),
            child_policy: state.child_policy,
            lambda_role: state.lambda_role.clone(),
        },
        open_counts: open_counts(state),
        latest_activity_task_timestamp: state.latest_activity_task_timestamp,
        latest_execution_context: state.latest_execution_context.clone(),
    }
}

/// The execution as lists show it. `cancelRequested` is false once it is closed, as recordings show.
pub fn info(state: &State) -> WorkflowExecutionInfo {
    let is_open = state.close_status.is_none();
    WorkflowExecutionInfo {
        execution: state.execution(),
        workflow_type: state.workflow_type.clone(),
        start_timestamp: state.started_at,
        close_timestamp: state.closed_at,
        execution_status: if is_open {
            ExecutionStatus::Open
        } else {
            ExecutionStatus::Closed
        },
        close_status: state.close_status,
        parent: state.parent.clone(),
        tag_list: state.tag_list.clone(),
        cancel_requested: Some(Canceled(is_open && state.cancel_requested.0)),
    }
}

fn open_counts(state: &State) -> WorkflowExecutionOpenCounts {
    WorkflowExecutionOpenCounts {
        open_activity_tasks: count(state.activities.len()),
        open_decision_tasks: OpenDecisionTasksCount(state.scheduled_decision.is_some().into()),
        open_timers: count(state.timers.len()),
        open_child_workflow_executions: count(
            state
                .children
                .iter()
                .filter(|child| child.started_event_id.is_some())
                .count(),
        ),
        open_lambda_functions: Some(count(state.lambda_tasks.len())),
    }
}
