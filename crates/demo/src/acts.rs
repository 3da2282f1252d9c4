//! The three acts: each says what will happen, lets it happen, and says what happened, with the figures.
//!
//! The decider runs beside them ([`crate::decider`]); the workers are processes, which tell what happens to their tasks
//! ([`Notice`]). An act that goes otherwise than it should is an error, never a success with other words.

use std::path::Path;
use std::time::{Duration, Instant};

use everbeat_client::Client;
use everbeat_model::{CloseStatus, WorkflowExecution};
use tokio::time::{sleep, timeout};

use crate::api::{self, HEARTBEAT_TIMEOUT};
use crate::checksum::{Chain, Position, Work};
use crate::list::FileList;
use crate::notice::Notice;
use crate::problem::Problem;
use crate::process::Process;
use crate::progress::{Bar, counted, megabytes};
use crate::screen::Screen;

/// A worker that is not heard of for so long is given up.
const LONGEST_SILENCE: Duration = Duration::from_secs(30);
/// An execution whose activity has ended is closed within this time.
const LONGEST_CLOSE: Duration = Duration::from_secs(10);
const CLOSE_CHECK_INTERVAL: Duration = Duration::from_millis(50);

const FIRST_WORKER: &str = "worker-1";
const SECOND_WORKER: &str = "worker-2";

/// What all acts need.
#[derive(Debug)]
pub(crate) struct Stage<'a> {
    client: &'a Client,
    screen: &'a Screen,
    folder: &'a Path,
    files: usize,
    bytes: u64,
    /// Input of every execution.
    input: String,
}

/// A worker process.
struct Worker(Process);

impl Worker {
    async fn next(&mut self) -> Result<Notice, Problem> {
        let line = timeout(LONGEST_SILENCE, self.0.next_line())
            .await
            .map_err(|_| Problem::WorkerSilent)?
            .map_err(Problem::Machine)?;
        let Some(line) = line else {
            return Err(Problem::WorkerEnded(self.0.last_words()));
        };
        Notice::parse(&line)
            .ok_or_else(|| Problem::Unexpected(format!("the worker said something odd: {line}")))
    }
}

impl<'a> Stage<'a> {
    /// A stage for `list`, which is written below `folder`.
    pub(crate) fn new(
        client: &'a Client,
        list: &FileList,
        folder: &'a Path,
        screen: &'a Screen,
    ) -> Result<Self, Problem> {
        let path = folder.join("files.json");
        list.save(&path).map_err(Problem::Machine)?;
        let Some(text) = path.to_str() else {
            return Err(Problem::NotText(path));
        };
        let work = Work {
            from: None,
            list: text.into(),
        };
        Ok(Self {
            client,
            screen,
            folder,
            files: list.entries.len(),
            bytes: list.bytes(),
            input: work.to_string(),
        })
    }

    /// Plays all acts; gives their executions, closed.
    pub(crate) async fn perform(&self) -> Result<Vec<WorkflowExecution>, Problem> {
        let mut worker = self.worker(FIRST_WORKER)?;
        let (first, digest) = self.runs_through(&mut worker).await?;
        let second = self.is_canceled(&mut worker).await?;
        let third = self.worker_dies(worker, digest).await?;
        Ok(vec![first, second, third])
    }

    async fn runs_through(
        &self,
        worker: &mut Worker,
    ) -> Result<(WorkflowExecution, Chain), Problem> {
        self.announce(
            "Act 1: it runs through",
            &format!(
                "A worker checksums {} ({}), heartbeating how far it is.",
                counted(self.files, "file"),
                megabytes(self.bytes)
            ),
        );
        let begun = Instant::now();
        let execution = self.start("runs-through").await?;
        let mut bar = self.bar(Position::default());
        let done = self.watch(worker, &mut bar, completed).await?;
        self.closed(&execution, CloseStatus::Completed).await?;
        self.screen.print(&format!(
            "{}  Completed in {}: {}, {}, {} heartbeats, digest {}.\n",
            bar.end(),
            seconds(begun),
            counted(done.files, "file"),
            megabytes(done.bytes),
            bar.heartbeats,
            done.digest.short(),
        ));
        Ok((execution, done.digest))
    }

    async fn is_canceled(&self, worker: &mut Worker) -> Result<WorkflowExecution, Problem> {
        self.announce(
            "Act 2: it is canceled half-way",
            "Half-way the execution is asked to cancel; the answer to a heartbeat tells the worker.",
        );
        let execution = self.start("is-canceled").await?;
        let mut bar = self.bar(Position::default());
        self.watch(worker, &mut bar, |notice| self.half_way(notice))
            .await?;
        let asked = Instant::now();
        api::request_cancel(self.client, &execution).await?;
        let stopped = self.watch(worker, &mut bar, canceled).await?;
        let took = seconds(asked);
        self.closed(&execution, CloseStatus::Canceled).await?;
        self.screen.print(&format!(
            "{}  Canceled: the worker stopped cleanly {took} after the request, at {} ({} of {}).\n",
            bar.end(),
            self.of_all(stopped),
            megabytes(stopped.bytes),
            megabytes(self.bytes),
        ));
        Ok(execution)
    }

    async fn worker_dies(
        &self,
        mut worker: Worker,
        expected: Chain,
    ) -> Result<WorkflowExecution, Problem> {
        self.announce(
            "Act 3: its worker dies",
            &format!(
                "Half-way the worker is killed. After {HEARTBEAT_TIMEOUT} s without a heartbeat another one goes on \
                 where it was."
            ),
        );
        let execution = self.start("worker-dies").await?;
        let mut bar = self.bar(Position::default());
        let half = self
            .watch(&mut worker, &mut bar, |notice| self.half_way(notice))
            .await?;
        let dead = worker.0.id();
        worker.0.kill();
        let killed = Instant::now();
        let mut worker = self.worker(SECOND_WORKER)?;
        self.screen.print(&format!(
            "{}  Killed {FIRST_WORKER} (process {dead}) with {} done; {SECOND_WORKER} (process {}) waits for work.\n",
            bar.end(),
            self.of_all(half),
            worker.0.id(),
        ));
        let from = self.watch(&mut worker, &mut bar, started).await?;
        self.screen.print(&format!(
            "  Timed out {} later: attempt 2 goes on from the details of the last heartbeat, at {}.\n",
            seconds(killed),
            self.of_all(from),
        ));
        let mut bar = self.bar(from);
        let done = self.watch(&mut worker, &mut bar, completed).await?;
        self.closed(&execution, CloseStatus::Completed).await?;
        resumed(from, done, expected)?;
        self.screen.print(&format!(
            "{}  Completed: {} ({}) skipped, {} read by attempt 2, digest {}: the same as in act 1.\n",
            bar.end(),
            counted(from.files, "file"),
            megabytes(from.bytes),
            megabytes(done.bytes.saturating_sub(from.bytes)),
            done.digest.short(),
        ));
        Ok(execution)
    }

    fn announce(&self, title: &str, what: &str) {
        let title = self.screen.strong(title);
        self.screen.print(&format!("\n{title}\n  {what}\n"));
    }

    fn worker(&self, name: &str) -> Result<Worker, Problem> {
        let url = self.client.endpoint().to_string();
        let words = ["demo", "--worker-for", &url, "--identity", name];
        let process = Process::start(words, self.folder, name).map_err(Problem::Machine)?;
        Ok(Worker(process))
    }

    async fn start(&self, workflow_id: &str) -> Result<WorkflowExecution, Problem> {
        api::start(self.client, workflow_id, self.input.clone()).await
    }

    fn bar(&self, from: Position) -> Bar {
        Bar::new(*self.screen, self.files, self.bytes, from)
    }

    /// Draws the heartbeats until a notice is the wanted one; gives its position.
    async fn watch(
        &self,
        worker: &mut Worker,
        bar: &mut Bar,
        wanted: impl Fn(&Notice) -> Option<Position>,
    ) -> Result<Position, Problem> {
        loop {
            let notice = worker.next().await?;
            if let Notice::Heartbeat(position) = notice {
                self.screen.print(&bar.beat(position));
            }
            if let Some(position) = wanted(&notice) {
                return Ok(position);
            }
            match notice {
                Notice::Started(_) | Notice::Heartbeat(_) => {}
                Notice::Failed(reason) => return Err(Problem::WorkFailed(reason)),
                Notice::Completed(_) | Notice::Canceled(_) | Notice::Lost => {
                    let what = format!("the activity ended otherwise than it should: {notice}");
                    return Err(Problem::Unexpected(what));
                }
            }
        }
    }

    fn half_way(&self, notice: &Notice) -> Option<Position> {
        let Notice::Heartbeat(position) = notice else {
            return None;
        };
        (position.bytes >= self.bytes / 2).then_some(*position)
    }

    /// Waits until the execution is closed, and as it should be.
    async fn closed(
        &self,
        execution: &WorkflowExecution,
        expected: CloseStatus,
    ) -> Result<(), Problem> {
        let deadline = Instant::now() + LONGEST_CLOSE;
        while Instant::now() < deadline {
            match api::close_status(self.client, execution).await? {
                Some(status) if status == expected => return Ok(()),
                Some(other) => {
                    let what = format!("the execution closed as {other}, not as {expected}");
                    return Err(Problem::Unexpected(what));
                }
                None => sleep(CLOSE_CHECK_INTERVAL).await,
            }
        }
        let what = "the execution is still open although its activity has ended";
        Err(Problem::Unexpected(what.into()))
    }

    /// `21 of 41 files`.
    fn of_all(&self, position: Position) -> String {
        format!("{} of {}", position.files, counted(self.files, "file"))
    }
}

fn started(notice: &Notice) -> Option<Position> {
    if let Notice::Started(position) = notice {
        Some(*position)
    } else {
        None
    }
}

fn completed(notice: &Notice) -> Option<Position> {
    if let Notice::Completed(position) = notice {
        Some(*position)
    } else {
        None
    }
}

fn canceled(notice: &Notice) -> Option<Position> {
    if let Notice::Canceled(position) = notice {
        Some(*position)
    } else {
        None
    }
}

/// The second attempt must not have started over, and must have come to the same end.
fn resumed(from: Position, done: Position, expected: Chain) -> Result<(), Problem> {
    if from.bytes == 0 {
        let what = "the second attempt started over: it was not given the details of the first";
        return Err(Problem::Unexpected(what.into()));
    }
    if done.digest != expected {
        let what = "the digest is another than in act 1: a file was changed during the demo";
        return Err(Problem::Unexpected(what.into()));
    }
    Ok(())
}

/// The time since then, in seconds with a decimal.
fn seconds(since: Instant) -> String {
    format!("{:.1} s", since.elapsed().as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resumed_attempt_is_told_from_one_that_started_over() {
        let half = Position {
            files: 1,
            bytes: 2,
            ..Default::default()
        };
        let expected = Chain::default();
        assert!(resumed(half, half, expected).is_ok());
        assert!(resumed(Position::default(), half, expected).is_err());
        let other = Position::parse(&half.to_string().replace(":\"0", ":\"1"));
        let other = other.expect("details");
        assert!(resumed(half, other, expected).is_err());
    }
}
