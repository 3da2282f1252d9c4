//! The partition: takes inputs in order, and gives rows to commit and replies to send.
//!
//! The host calls [`Partition::run_batch`], commits [`Output::batch`] and then releases [`Output::replies`]. If anything
//! fails, it drops the partition whole and makes a new one from the store. Within a batch each input is handled in three
//! steps: what it `needs` is named, read from the store and supplied, and then `handle` decides and never waits.
//!
//! Here is the border, and what concerns no single run's state. Calls are in `calls`, what comes of a command in
//! `steps`, the hand-out of tasks in `hand_out`, the messages between runs in `delivery`.

mod calls;
mod delivery;
mod hand_out;
mod steps;

use alloc::{collections::BTreeSet, vec::Vec};

use everbeat_engine::{Command, State};
use everbeat_model::{DomainName, EventId, Fault, Limits, RateSettings, Timestamp};

use crate::authority::Asker;
use crate::deadlines::{Deadlines, WINDOW_MS};
use crate::executions::{Execution, Executions};
use crate::input::{CallId, Input};
use crate::outbox::Outbox;
use crate::output::{Answer, Notice, Output};
use crate::rates::Rates;
use crate::registry::Registry;
use crate::rows::{Realm, RunKey};
use crate::store::{LoadedRuns, Needs, Start, StoreError};
use crate::task_list::TaskLists;

use hand_out::list_key;

/// At most so many runs' deadlines are handled by one wake-up, so that other inputs get their turn.
const RUNS_PER_WAKE: usize = 256;
/// From this number of events on a history is long enough to tell the operator.
pub const LONG_HISTORY: EventId = EventId(10_000);

/// What a partition is made with.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Quotas.
    pub limits: Limits,
    /// Rates.
    pub rates: RateSettings,
    /// Closed executions are kept for ever, whatever their domain registered.
    pub keep_closed: bool,
    /// What the runs in memory may weigh, in bytes.
    pub cache_bytes: usize,
    /// When the server came up: heartbeat clocks restart there (execution.md section 6.3).
    pub recovered_at: Timestamp,
    /// Lambda functions can be called.
    pub calls_functions: bool,
    /// Keep track of the runs that somebody works on, for [`Partition::stillness`].
    pub watches_work: bool,
    /// Start of the sequence of random numbers that run ids are made with.
    pub seed: u64,
}

/// Whether anything can happen without time going on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stillness {
    /// Runs with a task that a decider, a worker or a function has.
    pub runs_worked_on: usize,
    /// Tasks that wait on lists.
    pub waiting_tasks: usize,
    /// Messages are on their way.
    pub has_messages: bool,
    /// The next deadline.
    pub next_deadline: Option<Timestamp>,
}

impl Stillness {
    /// Nobody works, nobody has to: only time can bring something.
    pub const fn is_still(&self) -> bool {
        self.runs_worked_on == 0 && self.waiting_tasks == 0 && !self.has_messages
    }
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
    outbox: Outbox,
    /// Runs with a started task, if they are watched.
    worked_on: BTreeSet<RunKey>,
    rates: Rates,
    last_sequence: u64,
    random: u64,
    now: Timestamp,
}

/// What every step of a batch works with.
struct Work<'a> {
    now: Timestamp,
    /// Who asks, unless it may do everything.
    asker: Option<&'a Asker>,
    callers: &'a dyn Callers,
    output: &'a mut Output,
}

impl Partition {
    /// The horizon for [`crate::store::Store::load_start`].
    pub fn first_horizon(now: Timestamp) -> Timestamp {
        Timestamp(now.0.saturating_add(WINDOW_MS))
    }

    /// A partition over what the store holds, loaded with deadlines up to `horizon`.
    ///
    /// # Errors
    /// When a waiting message cannot be read.
    pub fn new(settings: Settings, start: Start, horizon: Timestamp) -> Result<Self, StoreError> {
        Ok(Self {
            registry: Registry::new(start.domains, start.types, &start.open_runs),
            executions: Executions::new(settings.cache_bytes, settings.recovered_at),
            task_lists: TaskLists::new(start.tasks),
            deadlines: Deadlines::new(start.deadlines, horizon),
            outbox: Outbox::new(start.messages)?,
            worked_on: BTreeSet::new(),
            rates: Rates::new(&settings.rates, &settings.limits),
            last_sequence: start.last_run.sequence(),
            random: settings.seed,
            now: settings.recovered_at,
            settings,
        })
    }

    /// Begins a batch. Everything handled before must be durable.
    pub(crate) fn begin_batch(&mut self, output: &mut Output) {
        self.executions.evict(&mut output.batch);
    }

    /// Ends a batch: messages that it has not delivered wait in the store.
    pub(crate) fn end_batch(&mut self, output: &mut Output) {
        self.outbox.store_rest(&mut output.batch);
    }

    /// Messages wait to be delivered.
    pub(crate) fn has_messages(&self) -> bool {
        !self.outbox.is_empty()
    }

    /// Delivers messages that were looked at, until their cost has reached `most`; the cost, at least 1. A message costs 1,
    /// and more when it changes runs with much in them.
    pub(crate) fn deliver_some(
        &mut self,
        most: usize,
        now: Timestamp,
        callers: &dyn Callers,
        output: &mut Output,
    ) -> usize {
        self.now = self.now.max(now);
        let mut work = Work {
            now: self.now,
            asker: None,
            callers,
            output,
        };
        // What a delivery adds or withdraws must not move others to the front that were not looked at.
        let looked_at = self.outbox.letters().take(delivery::LOOK_AHEAD.min(most));
        let last = looked_at.last().map(|(id, _)| id);
        let mut cost = 0;
        while let Some((id, _)) = self.outbox.first()
            && Some(id) <= last
            && cost < most
        {
            cost += self.deliver_next(&mut work);
        }
        cost.max(1)
    }

    /// The rows that an input needs and that are not in memory.
    pub(crate) fn needs(&self, input: &Input, now: Timestamp, needs: &mut Needs) {
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
            Input::FunctionOutcome { run, .. } => self.executions.need_run(*run, needs),
            Input::Wake => {
                let due = self.deadlines.due(self.now.max(now));
                for (_, run) in due.take(RUNS_PER_WAKE) {
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
        let runs: Vec<RunKey> = loaded.runs.keys().copied().collect();
        self.executions.supply(loaded)?;
        runs.into_iter().for_each(|run| self.watch_work(run));
        Ok(())
    }

    /// Deadlines that should be loaded by now: behind the first instant, up to and including the second.
    pub(crate) fn missing_deadlines(&self, now: Timestamp) -> Option<(Timestamp, Timestamp)> {
        self.deadlines.missing(now)
    }

    /// Takes in deadlines that were missing.
    pub(crate) fn supply_deadlines(
        &mut self,
        deadlines: Vec<(Timestamp, RunKey)>,
        until: Timestamp,
    ) {
        self.deadlines.extend(deadlines, until);
    }

    /// The runs with deadlines that are in memory.
    pub(crate) fn runs_with_deadlines(&self) -> Vec<RunKey> {
        let all = self.deadlines.due(Timestamp(i64::MAX));
        all.map(|(_, run)| run).collect()
    }

    /// The earliest deadline that is in memory.
    pub(crate) fn next_deadline(&self) -> Option<Timestamp> {
        self.deadlines.next()
    }

    /// When the next batch is due, unless inputs come first: at once while messages wait.
    pub fn next_wake(&self) -> Timestamp {
        if self.has_messages() {
            return self.now;
        }
        let refill = Timestamp(self.deadlines.horizon().0.saturating_sub(WINDOW_MS / 2));
        self.deadlines.next().map_or(refill, |at| at.min(refill))
    }

    /// Handles an input whose needs are in memory. Gives the input back when it turned out to need more.
    pub(crate) fn handle(
        &mut self,
        input: Input,
        now: Timestamp,
        callers: &dyn Callers,
        output: &mut Output,
    ) -> Option<Input> {
        self.now = self.now.max(now);
        let asker = input.asker().cloned();
        let mut work = Work {
            now: self.now,
            asker: asker.as_ref(),
            callers,
            output,
        };
        match input {
            Input::Call {
                id, realm, call, ..
            } => {
                let asked = call.domain().cloned();
                let answer = self.permitted_call(&realm, call, &mut work);
                if let (Some(domain), Err(fault)) = (asked, &answer) {
                    self.look_elsewhere(&realm, &domain, fault, work.output);
                }
                work.output.replies.push((id, answer));
            }
            Input::FunctionOutcome { run, task, outcome } => {
                let command = Command::ConcludeLambdaFunction { task, outcome };
                // The outcome of a call whose run has closed is dropped.
                let _ = self.command(run, &command, &mut work);
            }
            Input::Poll {
                id, realm, poll, ..
            } => {
                if let Err(fault) = self.permit_poll(&realm, &poll, work.asker) {
                    work.output.replies.push((id, Err(fault)));
                    return None;
                }
                return self.poll(id, realm, poll, &mut work);
            }
            Input::EndPoll(id) => {
                if self.task_lists.remove_poller(id) {
                    work.output.replies.push((id, Ok(Answer::NoTask)));
                }
            }
            Input::Wake => self.wake(&mut work),
        }
        None
    }

    /// Notes when a caller asked for a domain that exists, but under another account or region.
    fn look_elsewhere(
        &self,
        asked: &Realm,
        domain: &DomainName,
        fault: &Fault,
        output: &mut Output,
    ) {
        if *fault != Fault::unknown_domain(domain) {
            return;
        }
        let mut found = self.registry.realms_of(domain);
        found.retain(|realm| realm != asked);
        if !found.is_empty() {
            output.notices.push(Notice::DomainElsewhere {
                domain: domain.clone(),
                asked: asked.clone(),
                found,
            });
        }
    }

    /// What could still happen without time going on, and when something happens by itself. Complete only when
    /// deadlines are loaded without a horizon, and [`Settings::watches_work`] is set.
    pub fn stillness(&self) -> Stillness {
        Stillness {
            runs_worked_on: self.worked_on.len(),
            waiting_tasks: self.task_lists.len(),
            has_messages: self.has_messages(),
            next_deadline: self.deadlines.next(),
        }
    }

    /// Whether somebody works on a run has changed, or may have.
    fn watch_work(&mut self, run: RunKey) {
        if !self.settings.watches_work {
            return;
        }
        let state = self.executions.get(run).and_then(Execution::open_state);
        if state.is_some_and(State::has_started_tasks) {
            self.worked_on.insert(run);
        } else {
            self.worked_on.remove(&run);
        }
    }

    /// Number of runs in memory.
    pub fn runs_in_memory(&self) -> usize {
        self.executions.len()
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
