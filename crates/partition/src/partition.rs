//! The partition: takes inputs in order, and gives rows to commit and replies to send.
//!
//! The host works in three steps, for each batch: [`Partition::begin_batch`]; for each input [`Partition::needs`], one
//! batched read, [`Partition::supply`], [`Partition::handle`]; then it commits [`Output::batch`] and releases
//! [`Output::replies`]. If anything fails, it drops the partition whole and makes a new one from the store.
//!
//! Here is the border, and what concerns no single run's state. What comes of a command is in `steps`, the hand-out of
//! tasks in `hand_out`.

mod hand_out;
mod steps;

use alloc::{boxed::Box, vec::Vec};

use everbeat_engine::{Command, Context, Decided, State, describe, start};
use everbeat_model::{
    DescribeHeartbeatsInput, DescribeWorkflowExecutionInput, DomainName, Fault, FaultKind, Limits,
    StartWorkflowExecutionInput, Timestamp, WorkflowExecution, WorkflowExecutionInfo,
};

use crate::deadlines::{Deadlines, WINDOW_MS};
use crate::executions::{Execution, Executions, run_id, run_key, slot};
use crate::heartbeats::heartbeats;
use crate::input::{Call, CallId, Input, Target, TaskReference};
use crate::output::{Answer, Output};
use crate::registry::Registry;
use crate::rows::{ExecutionRow, Realm, RunKey};
use crate::store::{LoadedRuns, Needs, Start, StoreError};
use crate::task_list::TaskLists;

use hand_out::list_key;

/// At most so many runs' deadlines are handled by one wake-up, so that other inputs get their turn.
const RUNS_PER_WAKE: usize = 256;

/// What a partition is made with.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Quotas.
    pub limits: Limits,
    /// What the runs in memory may weigh, in bytes.
    pub cache_bytes: usize,
    /// When the server came up: heartbeat clocks restart there (execution.md section 6.3).
    pub recovered_at: Timestamp,
    /// Start of the sequence of random numbers that run ids are made with.
    pub seed: u64,
}

/// What the host knows about the callers.
pub trait Callers {
    /// Whether the caller of a waiting poll is still there.
    fn is_connected(&self, poll: CallId) -> bool;
}

/// Many executions, with the task lists that they feed and their deadlines.
#[derive(Debug)]
pub struct Partition {
    settings: Settings,
    registry: Registry,
    executions: Executions,
    task_lists: TaskLists,
    deadlines: Deadlines,
    last_sequence: u64,
    random: u64,
    now: Timestamp,
}

/// What every step of a batch works with.
struct Work<'a> {
    now: Timestamp,
    callers: &'a dyn Callers,
    output: &'a mut Output,
}

impl Partition {
    /// The horizon for [`crate::store::Store::load_start`].
    pub fn first_horizon(now: Timestamp) -> Timestamp {
        Timestamp(now.0.saturating_add(WINDOW_MS))
    }

    /// A partition over what the store holds, loaded with deadlines up to `horizon`.
    pub fn new(settings: Settings, start: Start, horizon: Timestamp) -> Self {
        Self {
            registry: Registry::new(start.domains, start.types, &start.open_runs),
            executions: Executions::new(settings.cache_bytes, settings.recovered_at),
            task_lists: TaskLists::new(start.tasks),
            deadlines: Deadlines::new(start.deadlines, horizon),
            last_sequence: start.last_run.sequence(),
            random: settings.seed,
            now: settings.recovered_at,
            settings,
        }
    }

    /// Begins a batch. Everything handled before must be durable.
    pub fn begin_batch(&mut self, output: &mut Output) {
        self.executions.evict(&mut output.batch);
    }

    /// The rows that an input needs and that are not in memory.
    pub fn needs(&self, input: &Input, now: Timestamp, needs: &mut Needs) {
        match input {
            Input::Call { realm, call, .. } => self.call_needs(realm, call, needs),
            Input::Poll { realm, poll, .. } => {
                let key = self
                    .registry
                    .find(realm, &poll.domain)
                    .map(|domain| list_key(domain.row.id, poll));
                if let Ok(Some(task)) = key.map(|key| self.task_lists.first_ready(&key)) {
                    self.executions.need_run(task.run, needs);
                }
            }
            Input::EndPoll(_) => {}
            Input::Wake => {
                let due = self.deadlines.due(self.now.max(now));
                for (_, run) in due.take(RUNS_PER_WAKE) {
                    self.executions.need_run(run, needs);
                }
            }
        }
    }

    fn call_needs(&self, realm: &Realm, call: &Call, needs: &mut Needs) {
        match call {
            Call::Registry(_) | Call::FindDomain(_) => {}
            Call::Start(input) => {
                if let Ok(domain) = self.registry.find(realm, &input.domain) {
                    self.executions
                        .need_open_run(domain.row.id, &input.workflow_id, needs);
                }
            }
            Call::ToRun { target, .. } => match &target.run_id {
                Some(run_id) => {
                    if let Some(run) = run_key(run_id) {
                        self.executions.need_run(run, needs);
                    }
                }
                None => {
                    if let Ok(domain) = self.registry.find(realm, &target.domain) {
                        self.executions
                            .need_open_run(domain.row.id, &target.workflow_id, needs);
                    }
                }
            },
            Call::ToTask { token, .. } => self.executions.need_run(token.run, needs),
            Call::Describe(DescribeWorkflowExecutionInput { execution, .. })
            | Call::DescribeHeartbeats(DescribeHeartbeatsInput { execution, .. }) => {
                if let Some(run) = run_key(&execution.run_id) {
                    self.executions.need_run(run, needs);
                }
            }
        }
    }

    /// Takes in rows that were needed.
    ///
    /// # Errors
    /// When a row cannot be read.
    pub fn supply(&mut self, loaded: LoadedRuns) -> Result<(), StoreError> {
        self.executions.supply(loaded)
    }

    /// Deadlines that should be loaded by now: behind the first instant, up to and including the second.
    pub fn missing_deadlines(&self, now: Timestamp) -> Option<(Timestamp, Timestamp)> {
        self.deadlines.missing(now)
    }

    /// Takes in deadlines that were missing.
    pub fn supply_deadlines(&mut self, deadlines: Vec<(Timestamp, RunKey)>, until: Timestamp) {
        self.deadlines.extend(deadlines, until);
    }

    /// When [`Input::Wake`] is due, unless other inputs come first.
    pub fn next_wake(&self) -> Timestamp {
        let refill = Timestamp(self.deadlines.horizon().0.saturating_sub(WINDOW_MS / 2));
        self.deadlines.next().map_or(refill, |at| at.min(refill))
    }

    /// Handles an input whose needs are in memory. Gives the input back when it turned out to need more.
    pub fn handle(
        &mut self,
        input: Input,
        now: Timestamp,
        callers: &dyn Callers,
        output: &mut Output,
    ) -> Option<Input> {
        self.now = self.now.max(now);
        let mut work = Work {
            now: self.now,
            callers,
            output,
        };
        match input {
            Input::Call { id, realm, call } => {
                let answer = self.call(&realm, call, &mut work);
                work.output.replies.push((id, answer));
            }
            Input::Poll { id, realm, poll } => return self.poll(id, realm, poll, &mut work),
            Input::EndPoll(id) => {
                if self.task_lists.remove_poller(id) {
                    work.output.replies.push((id, Ok(Answer::NoTask)));
                }
            }
            Input::Wake => self.wake(&mut work),
        }
        None
    }

    /// Realms in which a domain of that name exists, for a hint in the log when a caller looks elsewhere.
    pub fn realms_of(&self, domain: &DomainName) -> Vec<Realm> {
        self.registry.realms_of(domain)
    }

    /// Number of runs in memory.
    pub fn runs_in_memory(&self) -> usize {
        self.executions.len()
    }

    fn call(&mut self, realm: &Realm, call: Call, work: &mut Work<'_>) -> Result<Answer, Fault> {
        match call {
            Call::Registry(call) => self.registry.handle(
                realm,
                &call,
                &self.settings.limits,
                work.now,
                &mut work.output.batch,
            ),
            Call::FindDomain(name) => self
                .registry
                .find(realm, &name)
                .map(|domain| Answer::DomainId(domain.row.id)),
            Call::Start(input) => self.start(realm, &input, work),
            Call::ToRun { target, command } => {
                let run = self.resolve(realm, &target)?;
                self.command(run, &command, work)?;
                Ok(Answer::Nothing)
            }
            Call::ToTask { token, command } => self.task_command(realm, &token, &command, work),
            Call::Describe(input) => self.describe(realm, &input, work),
            Call::DescribeHeartbeats(input) => {
                let execution = self.named(realm, &input.domain, &input.execution, work)?;
                Ok(Answer::Heartbeats(heartbeats(execution)))
            }
        }
    }

    fn start(
        &mut self,
        realm: &Realm,
        input: &StartWorkflowExecutionInput,
        work: &mut Work<'_>,
    ) -> Result<Answer, Fault> {
        let domain = self.registry.find(realm, &input.domain)?;
        domain.check_registered()?;
        let domain_id = domain.row.id;
        let run = RunKey::new(
            self.last_sequence + 1,
            slot(realm, &input.domain, &input.workflow_id),
        );
        let run_id = run_id(run, next_random(&mut self.random));
        let state = State::new(input.workflow_id.clone(), run_id.clone());
        let context = Context {
            now: work.now,
            limits: &self.settings.limits,
            outside: domain,
        };
        let changes = match start(&state, input, &context) {
            Decided::Changes(changes) => changes,
            Decided::Refused(fault) => return Err(fault),
            Decided::EventLimitExceeded(_) => {
                return Err(Fault::unknown_run(&input.workflow_id, &run_id));
            }
        };
        if let Some(open) = self.executions.open_run(domain_id, &input.workflow_id) {
            self.fire_due(open, work);
        }
        if self
            .executions
            .open_run(domain_id, &input.workflow_id)
            .is_some()
        {
            return Err(FaultKind::WorkflowExecutionAlreadyStartedFault.with("Already Started"));
        }
        let open_runs = self
            .registry
            .domain(domain_id)
            .map_or(0, |domain| domain.open_runs);
        if open_runs >= self.settings.limits.open_executions_per_domain {
            let text = "Limit on the number of open workflow executions in the domain reached";
            return Err(FaultKind::LimitExceededFault.with(text));
        }
        self.last_sequence += 1;
        // The row is completed when the run's first events have been folded: until then `cancelRequested` is absent.
        let info = WorkflowExecutionInfo {
            cancel_requested: None,
            ..describe::info(&state)
        };
        let row = ExecutionRow {
            run,
            domain: domain_id,
            info,
            detail: None,
            expires_at: None,
        };
        self.executions.insert(Execution::new(row, state));
        if let Some(domain) = self.registry.domain_mut(domain_id) {
            domain.open_runs += 1;
        }
        self.absorb(run, &changes, work);
        self.settle(run, work);
        Ok(Answer::Run(run_id))
    }

    /// The open run that a caller names.
    fn resolve(&self, realm: &Realm, target: &Target) -> Result<RunKey, Fault> {
        let domain = self.registry.find(realm, &target.domain)?.row.id;
        match &target.run_id {
            Some(run_id) => {
                let unknown = || Fault::unknown_run(&target.workflow_id, run_id);
                let run = run_key(run_id).ok_or_else(unknown)?;
                let execution = self.executions.get(run).ok_or_else(unknown)?;
                let execution_named = &execution.row.info.execution;
                let is_named = execution.row.domain == domain
                    && execution_named.workflow_id == target.workflow_id
                    && execution_named.run_id.as_str() == run_id.as_str();
                if is_named { Ok(run) } else { Err(unknown()) }
            }
            None => self
                .executions
                .open_run(domain, &target.workflow_id)
                .ok_or_else(|| Fault::unknown_workflow(&target.workflow_id)),
        }
    }

    /// Two accounts, or two regions, share nothing: a token is good only where its task lives (protocol.md section 7.7).
    fn check_realm(&self, realm: &Realm, token: &TaskReference) -> Result<(), Fault> {
        let execution = self.executions.get(token.run);
        let domain = execution.and_then(|execution| self.registry.domain(execution.row.domain));
        if domain.is_none_or(|domain| domain.row.realm == *realm) {
            return Ok(());
        }
        let text = "Operation not permitted: the task token is of another account or region";
        Err(FaultKind::OperationNotPermittedFault.with(text))
    }

    fn task_command(
        &mut self,
        realm: &Realm,
        token: &TaskReference,
        command: &Command,
        work: &mut Work<'_>,
    ) -> Result<Answer, Fault> {
        let unknown = || Fault::unknown_run(&token.workflow_id, &token.run_id);
        let known = self
            .executions
            .get(token.run)
            .is_some_and(|run| *run.row.run_id() == token.run_id);
        if !known {
            return Err(unknown());
        }
        self.check_realm(realm, token)?;
        self.command(token.run, command, work)?;
        match command {
            Command::RecordHeartbeat { task, .. } => {
                let state = self
                    .executions
                    .get(token.run)
                    .and_then(|run| run.state.as_ref());
                let activity = state.and_then(|state| state.activity(task.scheduled_event_id));
                let flag = activity.and_then(|activity| activity.latest_cancel_requested_event_id);
                Ok(Answer::Heartbeat {
                    cancel_requested: flag.is_some(),
                })
            }
            Command::StartDecisionTask { .. }
            | Command::CompleteDecisionTask { .. }
            | Command::StartActivityTask { .. }
            | Command::CompleteActivityTask { .. }
            | Command::FailActivityTask { .. }
            | Command::CancelActivityTask { .. }
            | Command::Signal { .. }
            | Command::RequestCancel
            | Command::Terminate { .. }
            | Command::FireDeadline => Ok(Answer::Nothing),
        }
    }

    fn describe(
        &self,
        realm: &Realm,
        input: &DescribeWorkflowExecutionInput,
        work: &Work<'_>,
    ) -> Result<Answer, Fault> {
        let execution = self.named(realm, &input.domain, &input.execution, work)?;
        let detail = match (&execution.row.detail, &execution.state) {
            (Some(detail), _) => detail.clone(),
            (None, Some(state)) => describe::detail(state),
            (None, None) => {
                let WorkflowExecution {
                    workflow_id,
                    run_id,
                } = &input.execution;
                return Err(Fault::unknown_run(workflow_id, run_id));
            }
        };
        Ok(Answer::Execution(Box::new(detail)))
    }

    /// The run that a caller names by both ids, be it open or closed, unless it has expired.
    fn named(
        &self,
        realm: &Realm,
        domain: &DomainName,
        execution: &WorkflowExecution,
        work: &Work<'_>,
    ) -> Result<&Execution, Fault> {
        let WorkflowExecution {
            workflow_id,
            run_id,
        } = execution;
        let target = Target {
            domain: domain.clone(),
            workflow_id: workflow_id.clone(),
            run_id: Some(run_id.clone().into()),
        };
        let run = self.resolve(realm, &target)?;
        let execution = self
            .executions
            .get(run)
            .ok_or_else(|| Fault::unknown_run(workflow_id, run_id))?;
        if execution
            .row
            .expires_at
            .is_some_and(|expires_at| expires_at <= work.now)
        {
            return Err(Fault::unknown_run(workflow_id, run_id));
        }
        Ok(execution)
    }

    fn wake(&mut self, work: &mut Work<'_>) {
        let due: Vec<(Timestamp, RunKey)> =
            self.deadlines.due(work.now).take(RUNS_PER_WAKE).collect();
        for (at, run) in due {
            let is_open = self
                .executions
                .get(run)
                .is_some_and(|execution| execution.row.close_status().is_none());
            if is_open {
                self.fire_due(run, work);
            } else {
                self.deadlines.set(run, Some(at), None);
                work.output.batch.deadlines.insert(run, None);
            }
        }
    }
}

/// The next number of a SplitMix64 sequence.
fn next_random(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}
