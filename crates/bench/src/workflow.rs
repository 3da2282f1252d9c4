//! The workflow load: complete executions of one activity, by starters, deciders and workers with a connection each.
//!
//! Of the seven calls of an execution one is a starter's, four are a decider's and two are a worker's, and so the
//! connections are divided. Deciders and workers share a task list each. Twice as many executions as connections are
//! open at a time, so that a poll seldom waits: a starter begins another execution when one was completed. Outside a
//! span no execution begins, and deciders and workers wait in polls, which costs nothing.

mod shift;

use std::sync::Arc;
use std::time::Duration;

use everbeat_model::Operation;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::caller::{CallHeaders, Caller};
use crate::connection::{Connection, Traffic};
use crate::failure::Failure;
use crate::load::{Load, ServerLoad, Slice};
use crate::repeater::ChangingBody;
use crate::setup::{self, World};
use crate::workflow::shift::Shift;

const DECISIONS: &str = "decisions";
const ACTIVITIES: &str = "activities";
const CALLS_OF_EXECUTION: usize = 7;
const CALLS_OF_WORKER: usize = 2;
/// The check lists at most so many pages of a thousand.
const MAX_PAGES: usize = 20;
const PAGE_SIZE: usize = 1000;

/// Starters, deciders and workers at their connections.
pub(crate) struct WorkflowLoad {
    world: World,
    shift: Arc<Shift>,
    traffic: Arc<Traffic>,
    /// They end with the load.
    _crew: JoinSet<()>,
}

impl WorkflowLoad {
    /// How many completed executions the server lists, up to what [`MAX_PAGES`] hold.
    async fn count_completed(&self) -> Result<usize, Failure> {
        let mut input = json!({
            "domain": self.world.domain,
            "closeTimeFilter": {"oldestDate": 0},
            "maximumPageSize": PAGE_SIZE,
        });
        let mut count = 0;
        for _ in 0..MAX_PAGES {
            let operation = Operation::ListClosedWorkflowExecutions;
            let page = self.world.call(operation, input.clone()).await?;
            let infos = page.get("executionInfos").and_then(Value::as_array);
            let is_completed = |info: &&Value| info["closeStatus"] == "COMPLETED";
            count += infos.into_iter().flatten().filter(is_completed).count();
            match page.get("nextPageToken") {
                Some(token) => input["nextPageToken"] = token.clone(),
                None => break,
            }
        }
        Ok(count)
    }
}

/// How many of the connections are starters and workers; the others are deciders. Rather a starter too many, who waits
/// for a place, than deciders and workers who wait for tasks.
fn division(connections: usize) -> (usize, usize) {
    let starters = connections.div_ceil(CALLS_OF_EXECUTION);
    let workers = (connections * CALLS_OF_WORKER / CALLS_OF_EXECUTION).max(1);
    (starters, workers)
}

impl Load for WorkflowLoad {
    async fn measure(&mut self, span: Duration) -> Result<Slice, Failure> {
        self.shift.run(span).await
    }

    fn calls(&self) -> u64 {
        self.traffic.calls()
    }
}

impl ServerLoad for WorkflowLoad {
    const CALLS: u32 = CALLS_OF_EXECUTION as u32;

    /// Opens the connections and puts somebody at each.
    async fn prepare(caller: &Caller, connections: usize) -> Result<Self, Failure> {
        let world = World::create(caller).await?;
        let shift = Arc::new(Shift::new(2 * connections));
        let traffic = Arc::new(Traffic::default());
        let trade = Arc::new(Trade::new(caller, &world.domain)?);
        let (starters, workers) = division(connections);
        let mut crew = JoinSet::new();
        for number in 0..connections {
            let member = Member {
                connection: Connection::open(caller.endpoint()).await?,
                trade: Arc::clone(&trade),
                shift: Arc::clone(&shift),
                traffic: Arc::clone(&traffic),
            };
            if number < starters {
                crew.spawn(member.work(Role::Starter));
            } else if number < starters + workers {
                crew.spawn(member.work(Role::Worker));
            } else {
                crew.spawn(member.work(Role::Decider));
            }
        }
        Ok(Self {
            world,
            shift,
            traffic,
            _crew: crew,
        })
    }

    /// The mean of the seven calls.
    fn likeness(&self) -> (ChangingBody, usize) {
        let (sent, received) = self.traffic.mean_sizes();
        (ChangingBody::of_size(sent), received)
    }

    async fn check(&mut self) -> Result<(), Failure> {
        let completed = usize::try_from(self.shift.completed()).unwrap_or(usize::MAX);
        let wanted = completed.min(MAX_PAGES * PAGE_SIZE);
        let found = self.count_completed().await?;
        if found == wanted {
            Ok(())
        } else {
            let missing = format!("{found} of {wanted} completed executions are listed");
            Err(Failure::Check(missing))
        }
    }
}

/// What a connection is for.
enum Role {
    Starter,
    Decider,
    Worker,
}

/// What is the same in all requests of a kind.
struct Trade {
    domain: String,
    start: CallHeaders,
    poll_decision: CallHeaders,
    decide: CallHeaders,
    poll_activity: CallHeaders,
    complete: CallHeaders,
    poll_decision_body: String,
    poll_activity_body: String,
}

impl Trade {
    fn new(caller: &Caller, domain: &str) -> Result<Self, Failure> {
        let headers = |operation| caller.headers(operation);
        Ok(Self {
            domain: domain.into(),
            start: headers(Operation::StartWorkflowExecution)?,
            poll_decision: headers(Operation::PollForDecisionTask)?,
            decide: headers(Operation::RespondDecisionTaskCompleted)?,
            poll_activity: headers(Operation::PollForActivityTask)?,
            complete: headers(Operation::RespondActivityTaskCompleted)?,
            poll_decision_body: setup::poll(domain, DECISIONS).to_string(),
            poll_activity_body: setup::poll(domain, ACTIVITIES).to_string(),
        })
    }
}

/// Somebody at a connection.
struct Member {
    connection: Connection,
    trade: Arc<Trade>,
    shift: Arc<Shift>,
    traffic: Arc<Traffic>,
}

impl Member {
    /// Works until something goes wrong, which the shift is told.
    async fn work(mut self, role: Role) {
        loop {
            let result = match role {
                Role::Starter => self.start().await,
                Role::Decider => self.decide().await,
                Role::Worker => self.do_activity().await,
            };
            if let Err(error) = result {
                self.shift.went_wrong(error);
                return;
            }
        }
    }

    async fn start(&mut self) -> Result<(), String> {
        let workflow_id = self.shift.next_workflow_id().await;
        let body = setup::start(&self.trade.domain, &workflow_id, DECISIONS).to_string();
        let answer = self
            .connection
            .call(&self.trade.start, body.into(), &self.traffic);
        answer.await.map(drop)
    }

    async fn decide(&mut self) -> Result<(), String> {
        let poll = self.trade.poll_decision_body.clone().into();
        let poll = self
            .connection
            .call(&self.trade.poll_decision, poll, &self.traffic);
        let task = poll.await?;
        let task = std::str::from_utf8(&task).map_err(|error| error.to_string())?;
        let Some(token) = text_member(task, "taskToken") else {
            return Ok(());
        };
        let is_first = task.contains(r#""previousStartedEventId":0"#);
        let decisions = if is_first {
            setup::schedule_activity(token, ACTIVITIES)
        } else {
            setup::complete_execution(token)
        };
        let body = decisions.to_string().into();
        let answer = self
            .connection
            .call(&self.trade.decide, body, &self.traffic);
        answer.await?;
        if !is_first {
            let workflow_id = text_member(task, "workflowId").unwrap_or_default();
            self.shift.completed_one(workflow_id);
        }
        Ok(())
    }

    async fn do_activity(&mut self) -> Result<(), String> {
        let poll = self.trade.poll_activity_body.clone().into();
        let poll = self
            .connection
            .call(&self.trade.poll_activity, poll, &self.traffic);
        let task = poll.await?;
        let task = std::str::from_utf8(&task).map_err(|error| error.to_string())?;
        let Some(token) = text_member(task, "taskToken") else {
            return Ok(());
        };
        let body = json!({"taskToken": token, "result": "done"}).to_string();
        let answer = self
            .connection
            .call(&self.trade.complete, body.into(), &self.traffic);
        answer.await.map(drop)
    }
}

/// The text of the first member of that name; a search, since parsing a history would measure the client. Good for
/// texts without escapes, as tokens and the ids of this load are.
fn text_member<'a>(json: &'a str, name: &str) -> Option<&'a str> {
    let opening = format!("\"{name}\":\"");
    let (_, rest) = json.split_once(&opening)?;
    let (text, _) = rest.split_once('"')?;
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_are_divided_by_calls() {
        assert_eq!(division(3), (1, 1));
        assert_eq!(division(7), (1, 2));
        assert_eq!(division(64), (10, 18));
    }

    #[test]
    fn members_are_found_in_an_answer() {
        let json = r#"{"taskToken":"abc=","workflowExecution":{"workflowId":"1-2"}}"#;
        assert_eq!(text_member(json, "taskToken"), Some("abc="));
        assert_eq!(text_member(json, "workflowId"), Some("1-2"));
        assert_eq!(text_member(json, "runId"), None);
    }
}
