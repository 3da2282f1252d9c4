//! The heartbeat load: one running activity task for each connection, and heartbeats with details for it.

use std::time::Duration;

use everbeat_model::Operation;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::caller::Caller;
use crate::failure::Failure;
use crate::load::{Load, ServerLoad, Slice};
use crate::repeater::{ChangingBody, Repeater};
use crate::setup::{self, World};

/// Activity tasks and their connections.
pub(crate) struct HeartbeatLoad {
    world: World,
    tasks: Vec<RunningTask>,
    repeater: Repeater,
}

/// An activity task that is being worked on.
struct RunningTask {
    workflow_id: String,
    run_id: String,
    task_token: String,
}

impl Load for HeartbeatLoad {
    async fn measure(&mut self, span: Duration) -> Result<Slice, Failure> {
        self.repeater.measure(span).await
    }

    fn calls(&self) -> u64 {
        self.repeater.calls()
    }
}

impl ServerLoad for HeartbeatLoad {
    const CALLS: u32 = 1;

    /// Starts the activity tasks and opens the connections.
    async fn prepare(caller: &Caller, connections: usize) -> Result<Self, Failure> {
        let world = World::create(caller).await?;
        let mut starting = JoinSet::new();
        for number in 0..connections {
            starting.spawn(RunningTask::start(world.clone(), number));
        }
        let started = starting.join_all().await;
        let tasks: Vec<RunningTask> = started.into_iter().collect::<Result<_, _>>()?;
        let bodies = tasks.iter().map(RunningTask::heartbeat).collect();
        let operation = Operation::RecordActivityTaskHeartbeat;
        let repeater = Repeater::open(caller, operation, bodies).await?;
        Ok(Self {
            world,
            tasks,
            repeater,
        })
    }

    fn likeness(&self) -> (ChangingBody, usize) {
        let (sent, received) = self.repeater.mean_sizes();
        let body = self.tasks.first().map(RunningTask::heartbeat);
        (
            body.unwrap_or_else(|| ChangingBody::of_size(sent)),
            received,
        )
    }

    /// Every task still runs and takes a last heartbeat; then it is ended.
    async fn check(&mut self) -> Result<(), Failure> {
        let mut checks = JoinSet::new();
        for task in self.tasks.drain(..) {
            checks.spawn(task.check_and_end(self.world.clone()));
        }
        checks.join_all().await.into_iter().collect()
    }
}

impl RunningTask {
    /// Runs an execution up to its activity task. Task lists of its own bring every task to where it belongs.
    async fn start(world: World, number: usize) -> Result<Self, Failure> {
        let name = format!("heartbeat-{number}");
        let domain = &world.domain;
        let run = world
            .call(
                Operation::StartWorkflowExecution,
                setup::start(domain, &name, &name),
            )
            .await?;
        let decision_task = world
            .call(Operation::PollForDecisionTask, setup::poll(domain, &name))
            .await?;
        let decisions = setup::schedule_activity(text(&decision_task, "taskToken")?, &name);
        world
            .call(Operation::RespondDecisionTaskCompleted, decisions)
            .await?;
        let activity_task = world
            .call(Operation::PollForActivityTask, setup::poll(domain, &name))
            .await?;
        Ok(Self {
            run_id: text(&run, "runId")?.into(),
            task_token: text(&activity_task, "taskToken")?.into(),
            workflow_id: name,
        })
    }

    fn heartbeat(&self) -> ChangingBody {
        let token = &self.task_token;
        let before = format!(r#"{{"taskToken":"{token}","details":"bytes copied: "#);
        ChangingBody::new(before, r#""}"#.into())
    }

    async fn check_and_end(self, world: World) -> Result<(), Failure> {
        let heartbeat = json!({"taskToken": self.task_token, "details": "the last one"});
        let status = world
            .call(Operation::RecordActivityTaskHeartbeat, heartbeat)
            .await?;
        let execution = json!({"workflowId": self.workflow_id, "runId": self.run_id});
        let described = world
            .call(
                Operation::DescribeWorkflowExecution,
                json!({"domain": world.domain, "execution": execution}),
            )
            .await?;
        let open_tasks = described.pointer("/openCounts/openActivityTasks");
        let is_running = open_tasks.and_then(Value::as_u64) == Some(1);
        if status.get("cancelRequested") != Some(&Value::Bool(false)) || !is_running {
            let missing = format!("the activity task of {}", self.workflow_id);
            return Err(Failure::Check(missing));
        }
        let end = json!({
            "domain": world.domain,
            "workflowId": self.workflow_id,
            "runId": self.run_id,
        });
        world
            .call(Operation::TerminateWorkflowExecution, end)
            .await
            .map(drop)
    }
}

fn text<'a>(answer: &'a Value, member: &str) -> Result<&'a str, Failure> {
    answer
        .get(member)
        .and_then(Value::as_str)
        .ok_or_else(|| Failure::Connection(format!("an answer without {member}: {answer}")))
}
