//! History events of the story as JSON, in the members of the wire format.
//!
//! The SDK shows an absent number as 0; `latestCancelRequestedEventId`, which
//! no event can truly have as 0, is left out then.

use aws_sdk_swf::types::{ActivityType, HistoryEvent, TaskList, WorkflowExecution, WorkflowType};
use serde_json::{Map, Value, json};

/// One event with its one attribute object.
pub fn event(event: &HistoryEvent) -> Value {
    let kind = event.event_type().as_str();
    let mut object = json!({
        "eventId": event.event_id(),
        "eventType": kind,
        "eventTimestamp": event.event_timestamp().as_secs_f64(),
    });
    let member = format!("{}{}EventAttributes", kind[..1].to_lowercase(), &kind[1..]);
    let found = workflow_attributes(event)
        .or_else(|| decision_task_attributes(event))
        .or_else(|| activity_task_attributes(event));
    object[member] = present(found.unwrap_or_else(|| panic!("event {kind} is not mapped")));
    object
}

fn workflow_attributes(event: &HistoryEvent) -> Option<Value> {
    if let Some(it) = event.workflow_execution_started_event_attributes() {
        return Some(json!({
            "input": it.input(),
            "executionStartToCloseTimeout": it.execution_start_to_close_timeout(),
            "taskStartToCloseTimeout": it.task_start_to_close_timeout(),
            "childPolicy": it.child_policy().as_str(),
            "taskList": it.task_list().map(task_list),
            "taskPriority": it.task_priority(),
            "workflowType": it.workflow_type().map(workflow_type),
            "parentInitiatedEventId": it.parent_initiated_event_id(),
        }));
    }
    if let Some(it) = event.workflow_execution_cancel_requested_event_attributes() {
        return Some(json!({
            "externalWorkflowExecution": it.external_workflow_execution().map(execution),
            "externalInitiatedEventId": it.external_initiated_event_id(),
            "cause": it.cause().map(|cause| cause.as_str()),
        }));
    }
    let it = event.workflow_execution_canceled_event_attributes()?;
    Some(json!({
        "details": it.details(),
        "decisionTaskCompletedEventId": it.decision_task_completed_event_id(),
    }))
}

fn decision_task_attributes(event: &HistoryEvent) -> Option<Value> {
    if let Some(it) = event.decision_task_scheduled_event_attributes() {
        return Some(json!({
            "taskList": it.task_list().map(task_list),
            "taskPriority": it.task_priority(),
            "startToCloseTimeout": it.start_to_close_timeout(),
            "scheduleToStartTimeout": it.schedule_to_start_timeout(),
        }));
    }
    if let Some(it) = event.decision_task_started_event_attributes() {
        return Some(json!({
            "identity": it.identity(),
            "scheduledEventId": it.scheduled_event_id(),
        }));
    }
    let it = event.decision_task_completed_event_attributes()?;
    Some(json!({
        "executionContext": it.execution_context(),
        "scheduledEventId": it.scheduled_event_id(),
        "startedEventId": it.started_event_id(),
        "taskList": it.task_list().map(task_list),
        "taskListScheduleToStartTimeout": it.task_list_schedule_to_start_timeout(),
    }))
}

fn activity_task_attributes(event: &HistoryEvent) -> Option<Value> {
    if let Some(it) = event.activity_task_scheduled_event_attributes() {
        return Some(json!({
            "activityType": it.activity_type().map(activity_type),
            "activityId": it.activity_id(),
            "input": it.input(),
            "control": it.control(),
            "taskList": it.task_list().map(task_list),
            "taskPriority": it.task_priority(),
            "scheduleToStartTimeout": it.schedule_to_start_timeout(),
            "scheduleToCloseTimeout": it.schedule_to_close_timeout(),
            "startToCloseTimeout": it.start_to_close_timeout(),
            "heartbeatTimeout": it.heartbeat_timeout(),
            "decisionTaskCompletedEventId": it.decision_task_completed_event_id(),
        }));
    }
    if let Some(it) = event.activity_task_started_event_attributes() {
        return Some(json!({
            "identity": it.identity(),
            "scheduledEventId": it.scheduled_event_id(),
        }));
    }
    if let Some(it) = event.activity_task_cancel_requested_event_attributes() {
        return Some(json!({
            "activityId": it.activity_id(),
            "decisionTaskCompletedEventId": it.decision_task_completed_event_id(),
        }));
    }
    closed_activity_task_attributes(event)
}

fn closed_activity_task_attributes(event: &HistoryEvent) -> Option<Value> {
    if let Some(it) = event.activity_task_canceled_event_attributes() {
        let requested = it.latest_cancel_requested_event_id();
        return Some(json!({
            "details": it.details(),
            "scheduledEventId": it.scheduled_event_id(),
            "startedEventId": it.started_event_id(),
            "latestCancelRequestedEventId": (requested != 0).then_some(requested),
        }));
    }
    let it = event.activity_task_timed_out_event_attributes()?;
    Some(json!({
        "timeoutType": it.timeout_type().as_str(),
        "scheduledEventId": it.scheduled_event_id(),
        "startedEventId": it.started_event_id(),
        "details": it.details(),
    }))
}

/// `{workflowId, runId}`.
pub fn execution(execution: &WorkflowExecution) -> Value {
    json!({"workflowId": execution.workflow_id(), "runId": execution.run_id()})
}

/// `{name, version}` of a workflow type.
pub fn workflow_type(workflow_type: &WorkflowType) -> Value {
    json!({"name": workflow_type.name(), "version": workflow_type.version()})
}

/// `{name, version}` of an activity type.
pub fn activity_type(activity_type: &ActivityType) -> Value {
    json!({"name": activity_type.name(), "version": activity_type.version()})
}

fn task_list(task_list: &TaskList) -> Value {
    json!({"name": task_list.name()})
}

/// The object without its absent members.
fn present(object: Value) -> Value {
    let Value::Object(members) = object else {
        return object;
    };
    let kept: Map<String, Value> = members
        .into_iter()
        .filter(|(_, value)| !value.is_null())
        .collect();
    Value::Object(kept)
}
