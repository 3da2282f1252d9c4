//! The worker: an activity that heartbeats how far it is, stops when it is asked to, and goes on where another stopped.
//!
//! It is paced: however large the folder, a whole run takes [`BEATS`] heartbeats, so that there is something to see.

use std::convert::Infallible;
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use everbeat_client::Client;
use everbeat_model::{
    ActivityTask, PollForActivityTaskInput, RecordActivityTaskHeartbeatInput,
    RespondActivityTaskCanceledInput, RespondActivityTaskCompletedInput,
    RespondActivityTaskFailedInput, TaskToken,
};

use crate::api::{self, ACTIVITY_LIST, DOMAIN};
use crate::checksum::{Position, Work, advance};
use crate::list::FileList;
use crate::notice::Notice;
use crate::problem::Problem;

/// Heartbeats of an undisturbed run.
const BEATS: u64 = 25;
/// Between two heartbeats, unless the work takes longer.
const INTERVAL: Duration = Duration::from_millis(200);
/// Longest work between two heartbeats, far below the heartbeat timeout.
const LONGEST_STEP: Duration = Duration::from_millis(500);

/// Polls and works until a call fails or nobody reads the notices.
pub(crate) async fn work_forever(client: &Client, identity: &str) -> Result<Infallible, Problem> {
    let poll = PollForActivityTaskInput {
        domain: DOMAIN.into(),
        task_list: api::task_list(ACTIVITY_LIST),
        identity: Some(identity.into()),
    };
    loop {
        if let Some(task) = api::poll(client, &poll).await? {
            let ended = match carry_out(client, &task).await {
                Err(Problem::Call(_, error)) if is_lost(&error) => Notice::Lost,
                other => other?,
            };
            tell(&ended)?;
        }
    }
}

/// The fault that answers every call about a task that is closed.
fn is_lost(error: &everbeat_client::CallError) -> bool {
    let fault = error.fault();
    fault.is_some_and(|fault| fault.code == "UnknownResourceFault")
}

fn tell(notice: &Notice) -> Result<(), Problem> {
    writeln!(io::stdout(), "{notice}").map_err(Problem::Machine)
}

/// Works on one task; gives how it ended.
async fn carry_out(client: &Client, task: &ActivityTask) -> Result<Notice, Problem> {
    let token = &task.task_token;
    let Some((list, mut position)) = understood(task) else {
        return fail(client, token, "the input cannot be read").await;
    };
    tell(&Notice::Started(position))?;
    let list = Arc::new(list);
    let step = list.bytes().div_ceil(BEATS);
    loop {
        let next_beat = tokio::time::Instant::now() + INTERVAL;
        position = match next_step(&list, position, step).await? {
            Ok(position) => position,
            Err(error) => return fail(client, token, &error.to_string()).await,
        };
        let is_canceled = heartbeat(client, token, position).await?;
        tell(&Notice::Heartbeat(position))?;
        if position.files == list.entries.len() {
            return complete(client, token, position).await;
        }
        if is_canceled {
            return cancel(client, token, position).await;
        }
        tokio::time::sleep_until(next_beat).await;
    }
}

/// The list of the task's input, and where to begin.
fn understood(task: &ActivityTask) -> Option<(FileList, Position)> {
    let work = Work::parse(task.input.as_deref()?)?;
    let list = FileList::load(Path::new(&work.list)).ok()?;
    Some((list, work.from.unwrap_or_default()))
}

/// The inner error is a file's, the outer one that there is no thread.
async fn next_step(
    list: &Arc<FileList>,
    position: Position,
    step: u64,
) -> Result<io::Result<Position>, Problem> {
    let list = Arc::clone(list);
    let deadline = Instant::now() + LONGEST_STEP;
    let bytes = position.bytes.saturating_add(step);
    tokio::task::spawn_blocking(move || advance(&list, position, bytes, deadline))
        .await
        .map_err(|error| Problem::Machine(io::Error::other(error)))
}

/// Tells how far the work is; gives whether it is to be canceled.
async fn heartbeat(
    client: &Client,
    task_token: &TaskToken,
    position: Position,
) -> Result<bool, Problem> {
    let heartbeat = RecordActivityTaskHeartbeatInput {
        task_token: task_token.clone(),
        details: Some(position.to_string().into()),
    };
    let status = api::call(client, &heartbeat).await?;
    Ok(status.cancel_requested.0)
}

async fn complete(
    client: &Client,
    task_token: &TaskToken,
    position: Position,
) -> Result<Notice, Problem> {
    let completed = RespondActivityTaskCompletedInput {
        task_token: task_token.clone(),
        result: Some(position.to_string().into()),
    };
    api::call(client, &completed).await?;
    Ok(Notice::Completed(position))
}

async fn cancel(
    client: &Client,
    task_token: &TaskToken,
    position: Position,
) -> Result<Notice, Problem> {
    let canceled = RespondActivityTaskCanceledInput {
        task_token: task_token.clone(),
        details: Some(position.to_string().into()),
    };
    api::call(client, &canceled).await?;
    Ok(Notice::Canceled(position))
}

async fn fail(client: &Client, task_token: &TaskToken, why: &str) -> Result<Notice, Problem> {
    let failed = RespondActivityTaskFailedInput {
        task_token: task_token.clone(),
        reason: Some("a file cannot be checksummed".into()),
        details: Some(why.into()),
    };
    api::call(client, &failed).await?;
    Ok(Notice::Failed(why.into()))
}
