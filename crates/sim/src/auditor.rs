//! Watches a partition from outside, and objects when it breaks a promise.
//!
//! It sees what clients send and what they are told, and reads what the store holds. From these alone it knows:
//!
//! - What was acknowledged stands in a history, exactly once; what was refused left no trace; of what was never answered
//!   it may be either, and neither if the batch was not stored.
//! - A task is handed out once, to a poll of its list whose caller is still there, and as its events tell of it.
//! - Histories are gapless, never change, and every event may follow the earlier ones ([`run`]).
//! - What runs ask of each other happens once, in order, and to both of them ([`between`]); a Lambda function is called
//!   once for a task.
//! - Nothing happens before its time, nor an answer after it; nothing that is due is left undone; no task waits while somebody polls for it.
//!
//! It shares no code with the engine.

mod answers;
mod between;
mod calls;
mod outcome;
mod run;
mod task;
mod tasks;
mod ties;

use std::collections::{BTreeMap, BTreeSet};

use everbeat_engine::{Command, TaskKind};
use everbeat_model::shape::from_json_text;
use everbeat_model::{
    DomainName, EventAttributes, EventId, HistoryEvent, Limits, Timestamp, WorkflowId,
};
use everbeat_partition::rows::DomainId;
use everbeat_partition::store::{HistoryQuery, Reader};
use everbeat_partition::{CallId, Input, Invocation, RunKey, TaskReference};

use crate::host::{BatchEnd, Reply};
use between::{Between, Scene};
use calls::{Calls, Fate, Sent};
use run::{Rules, Run, Verdict, ensure};

/// The model of the partition.
#[derive(Debug)]
pub struct Auditor {
    domains: BTreeMap<DomainId, DomainName>,
    calls: Calls,
    runs: BTreeMap<RunKey, Run>,
    /// Polls whose callers hung up.
    gone: BTreeSet<CallId>,
    /// The open run of each workflow id, as its history tells.
    open: BTreeMap<(DomainName, WorkflowId), RunKey>,
    /// Workflow ids that had an open run when the present batch began, or got one in it.
    open_lately: BTreeSet<(DomainName, WorkflowId)>,
    /// Workflow ids whose open run is another one, or none, since the present batch.
    moved: BTreeSet<(DomainName, WorkflowId)>,
    between: Between,
    /// Types of the events that were seen.
    event_types: BTreeSet<&'static str>,
    rules: Rules,
}

impl Auditor {
    /// A model of an empty partition with these domains.
    pub fn new(
        domains: BTreeMap<DomainId, DomainName>,
        limits: Limits,
        calls_functions: bool,
        now: Timestamp,
    ) -> Self {
        Self {
            domains,
            calls: Calls::default(),
            runs: BTreeMap::new(),
            gone: BTreeSet::new(),
            open: BTreeMap::new(),
            open_lately: BTreeSet::new(),
            moved: BTreeSet::new(),
            between: Between::default(),
            event_types: BTreeSet::new(),
            rules: Rules {
                limits,
                calls_functions,
                recovered_at: now,
                now,
            },
        }
    }

    /// A client sends something.
    pub fn sent(&mut self, input: &Input) {
        self.calls.send(input);
    }

    /// The caller of a poll hung up, and the host knows it.
    pub fn hung_up(&mut self, poll: CallId) {
        self.gone.insert(poll);
    }

    /// A new partition was made from the store.
    pub fn recovered(&mut self, now: Timestamp) {
        self.rules.recovered_at = now;
    }

    /// A batch has ended.
    ///
    /// # Errors
    /// The promise that was broken.
    pub fn batch_ended(
        &mut self,
        end: &BatchEnd,
        reader: &impl Reader,
        now: Timestamp,
    ) -> Result<(), String> {
        self.rules.now = now;
        let open_before = self.open.clone();
        self.open_lately = self.open.keys().cloned().collect();
        self.moved.clear();
        for (id, reply) in &end.replies {
            self.calls.answer(*id, reply)?;
            self.note_heartbeat(*id, reply, now)?;
        }
        let outcomes = match end.dropped {
            None => self.calls.take_outcomes()?,
            Some(_) => BTreeSet::new(),
        };
        if let Some(is_stored) = end.dropped {
            let fate = if is_stored { Fate::Unknown } else { Fate::Void };
            for id in self.calls.lose(&fate) {
                self.note_lost_heartbeat(id, &fate);
            }
        }
        let mut touched = end.touched.clone();
        touched.extend(end.replies.iter().filter_map(|(id, _)| self.run_of(*id)));
        for run in &touched {
            self.read(*run, reader)?;
        }
        let scene = Scene {
            runs: &self.runs,
            open_before: &open_before,
            open_lately: &self.open_lately,
        };
        self.between.compare(&touched, &scene)?;
        self.check_functions(end, &touched, outcomes)?;
        for (id, reply) in &end.replies {
            self.check_reply(*id, reply)
                .map_err(|what| format!("call {}: {what}", id.0))?;
        }
        for run in touched {
            self.check_cancel_requests(run)?;
            if let Some(run) = self.runs.get_mut(&run) {
                run.known_before = run.lines.len();
                run.was_open_before = run.is_open;
                run.ties.news.clear();
            }
        }
        Ok(())
    }

    /// What the called functions and their outcomes came to.
    fn check_functions(
        &mut self,
        end: &BatchEnd,
        touched: &BTreeSet<RunKey>,
        outcomes: BTreeSet<CallId>,
    ) -> Verdict {
        for invocation in &end.invocations {
            self.check_invocation(invocation)
                .map_err(|what| format!("{invocation:?}: {what}"))?;
        }
        if end.dropped.is_some() {
            return Ok(());
        }
        for run in touched.iter().filter_map(|run| self.runs.get(run)) {
            for event in &run.ties.news {
                if let EventAttributes::LambdaFunctionStarted(started) = &event.attributes {
                    let task = run.ties.functions.get(&started.scheduled_event_id);
                    ensure(task.is_some_and(|task| task.is_called), || {
                        format!("run {}: a function is not called", run.key.0)
                    })?;
                }
            }
        }
        for id in outcomes {
            let task = self.calls.get(id).and_then(Sent::function_task);
            let (run, task) = task.ok_or("an outcome of nothing")?;
            let run = self.runs.get(&run).filter(|run| run.is_open);
            let task = run.and_then(|run| run.ties.functions.get(&task.scheduled_event_id));
            ensure(task.is_none_or(|task| !task.is_open), || {
                format!("outcome {} is forgotten", id.0)
            })?;
        }
        Ok(())
    }

    fn check_invocation(&mut self, invocation: &Invocation) -> Verdict {
        let run = self.runs.get_mut(&invocation.run);
        let run = run.ok_or("there is no such run")?;
        let start = run.ties.start.as_ref();
        let role = start.and_then(|(_, start)| start.lambda_role.as_ref());
        let has_role = role == Some(&invocation.role);
        let task = run
            .ties
            .functions
            .get_mut(&invocation.task.scheduled_event_id);
        let task = task.ok_or("there is no such task")?;
        let timeout = task.scheduled.start_to_close_timeout.as_ref();
        let is_it = has_role
            && task.started.map(|(id, _)| id) == Some(invocation.task.started_event_id)
            && task.scheduled.name == invocation.function
            && task.scheduled.input == invocation.input
            && timeout.and_then(|timeout| timeout.parse().ok()) == invocation.timeout_seconds;
        ensure(is_it, || format!("it is not {task:?}"))?;
        let was_called = std::mem::replace(&mut task.is_called, true);
        ensure(!was_called, || "it is called for the second time".into())
    }

    /// Nothing is on its way between runs: nothing that was asked for may be missing.
    ///
    /// # Errors
    /// What is missing.
    pub fn check_nothing_on_its_way(&mut self) -> Result<(), String> {
        let scene = Scene {
            runs: &self.runs,
            open_before: &self.open,
            open_lately: &self.open_lately,
        };
        self.between.check_complete(&scene)
    }

    /// All deadlines that have passed were handled: nothing may be due any more.
    ///
    /// # Errors
    /// What was forgotten.
    pub fn check_nothing_due(&self, now: Timestamp) -> Result<(), String> {
        for run in self.open_runs() {
            let due = run.latest_due(self.rules.recovered_at);
            ensure(due.is_none_or(|due| due > now), || {
                format!("run {} was due at {due:?}, and it is {now:?}", run.key.0)
            })?;
        }
        Ok(())
    }

    /// No task waits while somebody polls for it.
    ///
    /// # Errors
    /// The task that waits.
    pub fn check_nobody_waits(&self) -> Result<(), String> {
        let waiting = self.calls.waiting();
        let polls: BTreeMap<_, _> = waiting
            .filter(|(id, _)| !self.gone.contains(id))
            .map(|(id, poll)| ((poll.domain.clone(), poll.kind, poll.task_list.clone()), id))
            .collect();
        if polls.is_empty() {
            return Ok(());
        }
        for run in self.open_runs() {
            let ready = run.scheduled.iter().filter(|task| task.ready_at.is_some());
            let ready = ready.map(|task| (TaskKind::Decision, &task.task_list));
            let activities = run.activities.values();
            let waiting = activities.filter(|task| task.is_open && task.started.is_none());
            for (kind, list) in
                ready.chain(waiting.map(|task| (TaskKind::Activity, &task.task_list)))
            {
                let poll = polls.get(&(run.domain.clone(), kind, list.clone()));
                ensure(poll.is_none(), || {
                    format!("a task of run {} waits, as does poll {poll:?}", run.key.0)
                })?;
            }
        }
        Ok(())
    }

    /// Reads every history once more from its beginning.
    ///
    /// # Errors
    /// What is not as it was.
    pub fn check_all_histories(&self, reader: &impl Reader) -> Result<(), String> {
        for run in self.runs.values() {
            let lines = history(run.key, EventId(1), reader)?;
            ensure(lines == run.lines, || {
                format!("the history of run {} changed", run.key.0)
            })?;
        }
        Ok(())
    }

    /// The runs that are open, with domain, workflow id and run id.
    pub fn open_executions(
        &self,
    ) -> impl Iterator<Item = (&DomainName, &everbeat_model::WorkflowExecution)> {
        self.open_runs().map(|run| (&run.domain, &run.execution))
    }

    /// Number of runs and of events that were seen.
    pub fn size(&self) -> (usize, usize) {
        let events = self.runs.values().map(|run| run.lines.len()).sum();
        (self.runs.len(), events)
    }

    /// The types of the events that were seen.
    pub fn event_types(&self) -> &BTreeSet<&'static str> {
        &self.event_types
    }

    fn open_runs(&self) -> impl Iterator<Item = &Run> {
        self.open.values().filter_map(|key| self.runs.get(key))
    }

    /// The run that a call names by its token.
    fn run_of(&self, id: CallId) -> Option<RunKey> {
        let (token, _) = self.calls.get(id)?.task_command()?;
        Some(token.run).filter(|run| self.runs.contains_key(run))
    }

    /// Reads what is new in a run's history.
    fn read(&mut self, key: RunKey, reader: &impl Reader) -> Verdict {
        let Some(row) = reader.execution(key).map_err(|error| error.to_string())? else {
            return ensure(!self.runs.contains_key(&key), || {
                format!("run {} is gone", key.0)
            });
        };
        let domain = self
            .domains
            .get(&row.domain)
            .ok_or("a run of an unknown domain")?;
        let execution = row.info.execution.clone();
        let run = self
            .runs
            .entry(key)
            .or_insert_with(|| Run::new(key, domain.clone(), execution));
        let next = EventId(i64::try_from(run.lines.len()).unwrap_or(i64::MAX) + 1);
        let was_open = run.is_open && next.0 > 1;
        for line in history(key, next, reader)? {
            let event: HistoryEvent =
                from_json_text(&line).map_err(|mismatch| mismatch.to_string())?;
            self.event_types
                .insert(event.attributes.event_type().as_str());
            run.observe(line, &event, &mut self.calls, &self.rules)?;
        }
        run.check_settled()?;
        ensure(row.close_status().is_none() == run.is_open, || {
            format!("the row of run {} does not agree with its history", key.0)
        })?;
        let workflow = (run.domain.clone(), run.execution.workflow_id.clone());
        if was_open != run.is_open {
            self.moved.insert(workflow.clone());
        }
        if run.is_open {
            self.open_lately.insert(workflow.clone());
            let other = self.open.insert(workflow, key);
            ensure(other.is_none_or(|other| other == key), || {
                format!("runs {other:?} and {} are open together", key.0)
            })?;
        } else if self.open.get(&workflow) == Some(&key) {
            self.open.remove(&workflow);
        } else if next.0 == 1 {
            self.open_lately.insert(workflow);
        }
        Ok(())
    }

    fn heartbeat_of(
        &self,
        id: CallId,
    ) -> Option<(TaskReference, Option<everbeat_model::LimitedData>)> {
        let (token, command) = self.calls.get(id)?.task_command()?;
        match command {
            Command::RecordHeartbeat { details, .. } => Some((token.clone(), details.clone())),
            Command::StartDecisionTask { .. }
            | Command::CompleteDecisionTask { .. }
            | Command::StartActivityTask { .. }
            | Command::CompleteActivityTask { .. }
            | Command::FailActivityTask { .. }
            | Command::CancelActivityTask { .. }
            | Command::Signal { .. }
            | Command::RequestCancel
            | Command::Terminate { .. }
            | Command::Receive(_)
            | Command::Conclude { .. }
            | Command::StartLambdaFunction { .. }
            | Command::ConcludeLambdaFunction { .. }
            | Command::FireDeadline => None,
        }
    }

    fn activity_mut(&mut self, token: &TaskReference) -> Option<&mut task::Activity> {
        let run = self.runs.get_mut(&token.run)?;
        run.activities.get_mut(&token.task.scheduled_event_id)
    }

    fn note_heartbeat(&mut self, id: CallId, reply: &Reply, now: Timestamp) -> Verdict {
        let recovered_at = self.rules.recovered_at;
        if let (Ok(_), Some((token, details))) = (reply, self.heartbeat_of(id)) {
            let run = self.runs.get(&token.run);
            let is_held = run.is_some_and(|run| run.is_held(now));
            let Some(activity) = self.activity_mut(&token) else {
                return Ok(());
            };
            let due = activity.latest_due(recovered_at);
            ensure(due.is_none_or(|due| now < due) || is_held, || {
                format!("call {}: the task was due at {due:?}", id.0)
            })?;
            activity.beat(now, details);
        }
        Ok(())
    }

    fn note_lost_heartbeat(&mut self, id: CallId, fate: &Fate) {
        if *fate == Fate::Unknown
            && let Some((token, details)) = self.heartbeat_of(id)
            && let Some(activity) = self.activity_mut(&token)
        {
            activity.perhaps_beat(details);
        }
    }
}

/// The stored text of all events from one on.
fn history(run: RunKey, from: EventId, reader: &impl Reader) -> Result<Vec<String>, String> {
    let query = HistoryQuery {
        run,
        from,
        to: EventId(i64::MAX),
        reverse: false,
        max_events: usize::MAX,
        max_bytes: usize::MAX,
    };
    let page = reader.history(&query).map_err(|error| error.to_string())?;
    Ok(page.events)
}
