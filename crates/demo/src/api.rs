//! The calls of the demo: names of its domain, types and lists, and what more than one part of it calls.

use everbeat_client::{CallError, Client};
use everbeat_model::shape::to_json;
use everbeat_model::{
    ActivityType, Call, ChildPolicy, CloseStatus, DescribeWorkflowExecutionInput, Described,
    GetWorkflowExecutionHistoryInput, HistoryEvent, Name, RegisterActivityTypeInput,
    RegisterDomainInput, RegisterWorkflowTypeInput, RequestCancelWorkflowExecutionInput,
    StartWorkflowExecutionInput, TaskList, WorkflowExecution, WorkflowType,
};
use serde_json::Value;

use crate::problem::Problem;

pub(crate) const DOMAIN: &str = "demo";
pub(crate) const DECISION_LIST: &str = "decisions";
pub(crate) const ACTIVITY_LIST: &str = "checksums";
/// Seconds without a heartbeat after which a worker counts as dead.
pub(crate) const HEARTBEAT_TIMEOUT: &str = "2";

const WORKFLOW_TYPE: &str = "checksum-folder";
const ACTIVITY_TYPE: &str = "checksum-files";
const VERSION: &str = "1.0";

pub(crate) fn workflow_type() -> WorkflowType {
    WorkflowType {
        name: WORKFLOW_TYPE.into(),
        version: VERSION.into(),
    }
}

pub(crate) fn activity_type() -> ActivityType {
    ActivityType {
        name: ACTIVITY_TYPE.into(),
        version: VERSION.into(),
    }
}

pub(crate) fn task_list(name: &str) -> TaskList {
    TaskList { name: name.into() }
}

/// One call.
pub(crate) async fn call<I: Call>(client: &Client, input: &I) -> Result<I::Output, Problem> {
    let answer = client.call(input).await;
    answer.map_err(|error| Problem::Call(I::OPERATION, error))
}

/// One poll; `None` when no task came in time: such an answer has a `startedEventId` of 0 and no task.
pub(crate) async fn poll<I: Call>(
    client: &Client,
    input: &I,
) -> Result<Option<I::Output>, Problem> {
    let problem = |error| Problem::Call(I::OPERATION, error);
    let body = client
        .send(I::OPERATION, to_json(input))
        .await
        .map_err(problem)?;
    let answer: Value = serde_json::from_slice(&body)
        .map_err(|error| problem(CallError::Protocol(error.to_string())))?;
    if answer.get("startedEventId").and_then(Value::as_i64) == Some(0) {
        return Ok(None);
    }
    let task = I::Output::from_json(answer)
        .map_err(|mismatch| problem(CallError::Protocol(mismatch.to_string())))?;
    Ok(Some(task))
}

/// Registers the domain and both types, with every default that starting and scheduling need.
pub(crate) async fn register(client: &Client) -> Result<(), Problem> {
    let domain = RegisterDomainInput {
        name: DOMAIN.into(),
        workflow_execution_retention_period_in_days: "1".into(),
        ..Default::default()
    };
    call(client, &domain).await?;
    let workflow_type = RegisterWorkflowTypeInput {
        domain: DOMAIN.into(),
        name: WORKFLOW_TYPE.into(),
        version: VERSION.into(),
        default_task_list: Some(task_list(DECISION_LIST)),
        default_task_start_to_close_timeout: Some("10".into()),
        default_execution_start_to_close_timeout: Some("600".into()),
        default_child_policy: Some(ChildPolicy::Terminate),
        ..Default::default()
    };
    call(client, &workflow_type).await?;
    let activity_type = RegisterActivityTypeInput {
        domain: DOMAIN.into(),
        name: Name::from(ACTIVITY_TYPE),
        version: VERSION.into(),
        default_task_list: Some(task_list(ACTIVITY_LIST)),
        default_task_heartbeat_timeout: Some(HEARTBEAT_TIMEOUT.into()),
        default_task_schedule_to_start_timeout: Some("60".into()),
        default_task_start_to_close_timeout: Some("300".into()),
        default_task_schedule_to_close_timeout: Some("NONE".into()),
        ..Default::default()
    };
    call(client, &activity_type).await.map(|_| ())
}

/// Starts an execution of the demo's workflow type.
pub(crate) async fn start(
    client: &Client,
    workflow_id: &str,
    input: String,
) -> Result<WorkflowExecution, Problem> {
    let start = StartWorkflowExecutionInput {
        domain: DOMAIN.into(),
        workflow_id: workflow_id.into(),
        workflow_type: workflow_type(),
        input: Some(input.into()),
        ..Default::default()
    };
    let run = call(client, &start).await?;
    Ok(WorkflowExecution {
        workflow_id: start.workflow_id,
        run_id: run.run_id.unwrap_or_default(),
    })
}

/// Asks an execution to cancel itself.
pub(crate) async fn request_cancel(
    client: &Client,
    execution: &WorkflowExecution,
) -> Result<(), Problem> {
    let request = RequestCancelWorkflowExecutionInput {
        domain: DOMAIN.into(),
        workflow_id: execution.workflow_id.clone(),
        run_id: Some(execution.run_id.clone().into()),
    };
    call(client, &request).await.map(|_| ())
}

/// How the execution closed, `None` while it is open.
pub(crate) async fn close_status(
    client: &Client,
    execution: &WorkflowExecution,
) -> Result<Option<CloseStatus>, Problem> {
    let describe = DescribeWorkflowExecutionInput {
        domain: DOMAIN.into(),
        execution: execution.clone(),
    };
    let detail = call(client, &describe).await?;
    Ok(detail.execution_info.close_status)
}

/// The history of a run. The demo's runs have about 20 events, and a page holds 1,000.
pub(crate) async fn history(
    client: &Client,
    execution: &WorkflowExecution,
) -> Result<Vec<HistoryEvent>, Problem> {
    let get = GetWorkflowExecutionHistoryInput {
        domain: DOMAIN.into(),
        execution: execution.clone(),
        ..Default::default()
    };
    Ok(call(client, &get).await?.events.0)
}
