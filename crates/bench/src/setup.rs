//! What both loads need before they begin: a domain of their own, with the types of a small workflow.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use everbeat_client::{Client, Timeouts};
use everbeat_model::Operation;
use serde_json::{Value, json};

use crate::caller::Caller;
use crate::failure::Failure;

/// Name and version of the workflow type, and of the activity type.
pub(crate) const TYPE_NAME: &str = "bench";
pub(crate) const TYPE_VERSION: &str = "1";
/// No task of a run times out: a run takes at most about two hours.
pub(crate) const LONG_SECONDS: &str = "86400";
/// For calls outside the load, none of which waits for anything but the disk.
const CALL_TIME: Duration = Duration::from_secs(15);

/// A domain on a server, and a client that prepares and checks what the load does in it.
#[derive(Debug, Clone)]
pub(crate) struct World {
    client: Client,
    pub(crate) domain: String,
}

impl World {
    /// Registers a domain with a new name, and the types.
    ///
    /// # Errors
    /// When a call fails.
    pub(crate) async fn create(caller: &Caller) -> Result<Self, Failure> {
        let since_1970 = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        let time = Some(CALL_TIME);
        let world = Self {
            client: caller.client(Timeouts {
                connect: time,
                read: time,
            }),
            domain: format!("bench-{}", since_1970.as_nanos()),
        };
        let domain = json!({
            "name": world.domain,
            "description": "Made by the load generator.",
            "workflowExecutionRetentionPeriodInDays": "1",
        });
        world.call(Operation::RegisterDomain, domain).await?;
        let workflow_type = json!({
            "domain": world.domain,
            "name": TYPE_NAME,
            "version": TYPE_VERSION,
            "defaultChildPolicy": "TERMINATE",
            "defaultExecutionStartToCloseTimeout": LONG_SECONDS,
            "defaultTaskStartToCloseTimeout": LONG_SECONDS,
        });
        world
            .call(Operation::RegisterWorkflowType, workflow_type)
            .await?;
        let activity_type = json!({
            "domain": world.domain,
            "name": TYPE_NAME,
            "version": TYPE_VERSION,
            "defaultTaskHeartbeatTimeout": LONG_SECONDS,
            "defaultTaskScheduleToCloseTimeout": LONG_SECONDS,
            "defaultTaskScheduleToStartTimeout": LONG_SECONDS,
            "defaultTaskStartToCloseTimeout": LONG_SECONDS,
        });
        world
            .call(Operation::RegisterActivityType, activity_type)
            .await?;
        Ok(world)
    }

    /// One call; JSON null for an operation without output.
    ///
    /// # Errors
    /// When the call fails or its answer is not JSON.
    pub(crate) async fn call(&self, operation: Operation, input: Value) -> Result<Value, Failure> {
        let body = self
            .client
            .send(operation, input.to_string())
            .await
            .map_err(|error| Failure::Call(operation, error))?;
        if body.is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_slice(&body).map_err(|error| Failure::Connection(error.to_string()))
    }
}

/// The body of StartWorkflowExecution.
pub(crate) fn start(domain: &str, workflow_id: &str, task_list: &str) -> Value {
    json!({
        "domain": domain,
        "workflowId": workflow_id,
        "workflowType": {"name": TYPE_NAME, "version": TYPE_VERSION},
        "taskList": {"name": task_list},
        "input": "what is to be done",
    })
}

/// The body of either poll.
pub(crate) fn poll(domain: &str, task_list: &str) -> Value {
    json!({"domain": domain, "taskList": {"name": task_list}, "identity": "everbeat bench"})
}

/// The body of RespondDecisionTaskCompleted that schedules the activity.
pub(crate) fn schedule_activity(task_token: &str, task_list: &str) -> Value {
    let attributes = json!({
        "activityType": {"name": TYPE_NAME, "version": TYPE_VERSION},
        "activityId": "activity",
        "taskList": {"name": task_list},
        "input": "what is to be done",
    });
    let decision = json!({
        "decisionType": "ScheduleActivityTask",
        "scheduleActivityTaskDecisionAttributes": attributes,
    });
    json!({"taskToken": task_token, "decisions": [decision]})
}

/// The body of RespondDecisionTaskCompleted that completes the execution.
pub(crate) fn complete_execution(task_token: &str) -> Value {
    let decision = json!({
        "decisionType": "CompleteWorkflowExecution",
        "completeWorkflowExecutionDecisionAttributes": {"result": "done"},
    });
    json!({"taskToken": task_token, "decisions": [decision]})
}
