//! The operations of the story: JSON members in, the SDK's typed calls, JSON out.
//!
//! Only members that a request carries are set, so that an absent member is
//! absent on the wire too. Outputs are read from the SDK's types, never from
//! the response body: what the SDK cannot parse must show.

use aws_sdk_swf::Client;
use aws_sdk_swf::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_swf::types::{
    ActivityType, CancelWorkflowExecutionDecisionAttributes, ChildPolicy,
    CompleteWorkflowExecutionDecisionAttributes, Decision, DecisionType,
    RequestCancelActivityTaskDecisionAttributes, ScheduleActivityTaskDecisionAttributes, TaskList,
    WorkflowExecution, WorkflowType,
};
use serde_json::{Value, json};

use crate::history;

/// Calls the operation that `request` names and returns the answer line.
pub async fn call(client: &Client, request: &Value) -> Value {
    let operation = request["operation"].as_str().unwrap_or_default();
    let params = &request["params"];
    match operation {
        "RegisterDomain" => register_domain(client, params).await,
        "RegisterWorkflowType" => register_workflow_type(client, params).await,
        "RegisterActivityType" => register_activity_type(client, params).await,
        "StartWorkflowExecution" => start_workflow_execution(client, params).await,
        "RequestCancelWorkflowExecution" => request_cancel(client, params).await,
        "PollForDecisionTask" => poll_for_decision_task(client, params).await,
        "RespondDecisionTaskCompleted" => respond_decision_task(client, params).await,
        "PollForActivityTask" => poll_for_activity_task(client, params).await,
        "RecordActivityTaskHeartbeat" => heartbeat(client, params).await,
        "RespondActivityTaskCanceled" => respond_canceled(client, params).await,
        "GetWorkflowExecutionHistory" => history_of(client, params).await,
        other => panic!("operation {other} is not mapped"),
    }
}

async fn register_domain(client: &Client, params: &Value) -> Value {
    let call = client
        .register_domain()
        .set_name(text(params, "name"))
        .set_description(text(params, "description"))
        .set_workflow_execution_retention_period_in_days(text(
            params,
            "workflowExecutionRetentionPeriodInDays",
        ));
    answer(call.send().await, |_| json!({}))
}

async fn register_workflow_type(client: &Client, params: &Value) -> Value {
    let call = client
        .register_workflow_type()
        .set_domain(text(params, "domain"))
        .set_name(text(params, "name"))
        .set_version(text(params, "version"))
        .set_default_task_list(task_list(&params["defaultTaskList"]))
        .set_default_task_start_to_close_timeout(text(params, "defaultTaskStartToCloseTimeout"))
        .set_default_execution_start_to_close_timeout(text(
            params,
            "defaultExecutionStartToCloseTimeout",
        ))
        .set_default_child_policy(
            text(params, "defaultChildPolicy").map(|policy| ChildPolicy::from(policy.as_str())),
        );
    answer(call.send().await, |_| json!({}))
}

async fn register_activity_type(client: &Client, params: &Value) -> Value {
    let call = client
        .register_activity_type()
        .set_domain(text(params, "domain"))
        .set_name(text(params, "name"))
        .set_version(text(params, "version"));
    answer(call.send().await, |_| json!({}))
}

async fn start_workflow_execution(client: &Client, params: &Value) -> Value {
    let call = client
        .start_workflow_execution()
        .set_domain(text(params, "domain"))
        .set_workflow_id(text(params, "workflowId"))
        .set_workflow_type(workflow_type(&params["workflowType"]))
        .set_input(text(params, "input"));
    answer(call.send().await, |run| json!({"runId": run.run_id()}))
}

async fn request_cancel(client: &Client, params: &Value) -> Value {
    let call = client
        .request_cancel_workflow_execution()
        .set_domain(text(params, "domain"))
        .set_workflow_id(text(params, "workflowId"))
        .set_run_id(text(params, "runId"));
    answer(call.send().await, |_| json!({}))
}

async fn poll_for_decision_task(client: &Client, params: &Value) -> Value {
    let call = client
        .poll_for_decision_task()
        .set_domain(text(params, "domain"))
        .set_task_list(task_list(&params["taskList"]))
        .set_identity(text(params, "identity"));
    answer(call.send().await, |task| {
        json!({
            "taskToken": task.task_token(),
            "startedEventId": task.started_event_id(),
            "previousStartedEventId": task.previous_started_event_id(),
            "workflowExecution": task.workflow_execution().map(history::execution),
            "workflowType": task.workflow_type().map(history::workflow_type),
            "events": task.events().iter().map(history::event).collect::<Vec<_>>(),
        })
    })
}

async fn respond_decision_task(client: &Client, params: &Value) -> Value {
    let decisions = params["decisions"].as_array();
    let call = client
        .respond_decision_task_completed()
        .set_task_token(text(params, "taskToken"))
        .set_execution_context(text(params, "executionContext"))
        .set_decisions(decisions.map(|list| list.iter().map(decision).collect()));
    answer(call.send().await, |_| json!({}))
}

async fn poll_for_activity_task(client: &Client, params: &Value) -> Value {
    let call = client
        .poll_for_activity_task()
        .set_domain(text(params, "domain"))
        .set_task_list(task_list(&params["taskList"]))
        .set_identity(text(params, "identity"));
    answer(call.send().await, |task| {
        json!({
            "taskToken": task.task_token(),
            "activityId": task.activity_id(),
            "startedEventId": task.started_event_id(),
            "workflowExecution": task.workflow_execution().map(history::execution),
            "activityType": task.activity_type().map(history::activity_type),
            "input": task.input(),
        })
    })
}

async fn heartbeat(client: &Client, params: &Value) -> Value {
    let call = client
        .record_activity_task_heartbeat()
        .set_task_token(text(params, "taskToken"))
        .set_details(text(params, "details"));
    answer(
        call.send().await,
        |status| json!({"cancelRequested": status.cancel_requested()}),
    )
}

async fn respond_canceled(client: &Client, params: &Value) -> Value {
    let call = client
        .respond_activity_task_canceled()
        .set_task_token(text(params, "taskToken"))
        .set_details(text(params, "details"));
    answer(call.send().await, |_| json!({}))
}

async fn history_of(client: &Client, params: &Value) -> Value {
    let execution = &params["execution"];
    let execution = WorkflowExecution::builder()
        .set_workflow_id(text(execution, "workflowId"))
        .set_run_id(text(execution, "runId"))
        .build()
        .expect("the story names the execution");
    let call = client
        .get_workflow_execution_history()
        .set_domain(text(params, "domain"))
        .execution(execution);
    answer(
        call.send().await,
        |page| json!({"events": page.events().iter().map(history::event).collect::<Vec<_>>()}),
    )
}

/// One decision of the story: schedule, request cancel, complete or cancel.
fn decision(decision: &Value) -> Decision {
    let kind = text(decision, "decisionType").expect("a decision has a type");
    let schedule = &decision["scheduleActivityTaskDecisionAttributes"];
    let cancel = &decision["requestCancelActivityTaskDecisionAttributes"];
    let complete = &decision["completeWorkflowExecutionDecisionAttributes"];
    let canceled = &decision["cancelWorkflowExecutionDecisionAttributes"];
    Decision::builder()
        .decision_type(DecisionType::from(kind.as_str()))
        .set_schedule_activity_task_decision_attributes(
            schedule.is_object().then(|| schedule_activity(schedule)),
        )
        .set_request_cancel_activity_task_decision_attributes(cancel.is_object().then(|| {
            RequestCancelActivityTaskDecisionAttributes::builder()
                .set_activity_id(text(cancel, "activityId"))
                .build()
                .expect("the story names the activity")
        }))
        .set_complete_workflow_execution_decision_attributes(complete.is_object().then(|| {
            CompleteWorkflowExecutionDecisionAttributes::builder()
                .set_result(text(complete, "result"))
                .build()
        }))
        .set_cancel_workflow_execution_decision_attributes(canceled.is_object().then(|| {
            CancelWorkflowExecutionDecisionAttributes::builder()
                .set_details(text(canceled, "details"))
                .build()
        }))
        .build()
        .expect("a decision has a type")
}

fn schedule_activity(attributes: &Value) -> ScheduleActivityTaskDecisionAttributes {
    let activity_type = ActivityType::builder()
        .set_name(text(&attributes["activityType"], "name"))
        .set_version(text(&attributes["activityType"], "version"))
        .build()
        .expect("the story names the activity type");
    ScheduleActivityTaskDecisionAttributes::builder()
        .activity_type(activity_type)
        .set_activity_id(text(attributes, "activityId"))
        .set_control(text(attributes, "control"))
        .set_input(text(attributes, "input"))
        .set_task_list(task_list(&attributes["taskList"]))
        .set_schedule_to_start_timeout(text(attributes, "scheduleToStartTimeout"))
        .set_schedule_to_close_timeout(text(attributes, "scheduleToCloseTimeout"))
        .set_start_to_close_timeout(text(attributes, "startToCloseTimeout"))
        .set_heartbeat_timeout(text(attributes, "heartbeatTimeout"))
        .build()
        .expect("the story names the activity")
}

fn text(object: &Value, member: &str) -> Option<String> {
    object[member].as_str().map(str::to_owned)
}

fn task_list(value: &Value) -> Option<TaskList> {
    let name = value["name"].as_str()?;
    TaskList::builder().name(name).build().ok()
}

fn workflow_type(value: &Value) -> Option<WorkflowType> {
    WorkflowType::builder()
        .set_name(text(value, "name"))
        .set_version(text(value, "version"))
        .build()
        .ok()
}

fn answer<Output, Fault, Raw>(
    outcome: Result<Output, SdkError<Fault, Raw>>,
    show: impl FnOnce(Output) -> Value,
) -> Value
where
    SdkError<Fault, Raw>: ProvideErrorMetadata + std::fmt::Debug,
{
    match outcome {
        Ok(output) => json!({"result": show(output)}),
        Err(fault) => {
            let transport = format!("{fault:?}");
            let code = fault.code().unwrap_or("NoServiceReply");
            let message = fault
                .code()
                .map_or(Some(transport.as_str()), |_| fault.message());
            json!({"fault": {"code": code, "message": message}})
        }
    }
}
