//! What comes of a command: the engine decides, the changes are folded in and written, and what follows from the new
//! state is settled: tasks, deadlines, the run's own row.

use everbeat_engine::{
    Change, Command, Context, Deadline, DeadlineKind, Decided, State, applied_policy, apply,
    carried_out, decide, describe, messages, next_deadline, pending_tasks, start_next_run,
};
use everbeat_model::shape::to_json;
use everbeat_model::{
    ChildPolicy, EventAttributes, Fault, HistoryEvent, Timestamp,
    WorkflowExecutionContinuedAsNewEventAttributes, WorkflowExecutionInfo, WorkflowId,
    WorkflowRunId,
};

use super::{LONG_HISTORY, Partition, Work};
use crate::executions::{Execution, run_id, slot};
use crate::outbox::Letter;
use crate::output::Notice;
use crate::outside::World;
use crate::rows::{DomainId, ExecutionRow, HeartbeatRow, RunKey, TaskId};
use crate::task_list::ListKey;

impl Partition {
    /// Carries out a command, after everything that fell due before it.
    pub(super) fn command(
        &mut self,
        run: RunKey,
        command: &Command,
        work: &mut Work<'_>,
    ) -> Result<(), Fault> {
        self.fire_due(run, work);
        // A heartbeat calls for nothing: it moves no task and makes no deadline earlier.
        if self.step(run, command, work)? {
            self.settle(run, work);
        }
        Ok(())
    }

    /// One command in a step of its own, without what follows from the new state. True if the history grew.
    ///
    /// # Errors
    /// The fault of the command; also when the history has reached its limit.
    pub(super) fn step(
        &mut self,
        run: RunKey,
        command: &Command,
        work: &mut Work<'_>,
    ) -> Result<bool, Fault> {
        match self.decide(run, command, work) {
            Decided::Changes(changes) => {
                self.absorb(run, &changes, work);
                let is_event = |change: &Change| matches!(change, Change::Event(_));
                Ok(changes.iter().any(is_event))
            }
            Decided::Refused(fault) => Err(fault),
            Decided::EventLimitExceeded(changes) => {
                self.absorb(run, &changes, work);
                self.settle(run, work);
                Err(self.closed(run))
            }
        }
    }

    pub(super) fn closed(&self, run: RunKey) -> Fault {
        self.executions.get(run).map_or_else(
            || Fault::unknown_run("", ""),
            |execution| Fault::unknown_run(execution.row.workflow_id(), execution.row.run_id()),
        )
    }

    pub(super) fn decide(&self, run: RunKey, command: &Command, work: &Work<'_>) -> Decided {
        let Some(execution) = self.executions.get(run) else {
            return Decided::Refused(self.closed(run));
        };
        let domain = execution.row.domain;
        let decided = execution.state.as_ref().and_then(|state| {
            self.in_world(domain, run.slot(), work, |context| {
                decide(state, command, context)
            })
        });
        decided.unwrap_or_else(|| Decided::Refused(self.closed(run)))
    }

    /// Works with what executions of a domain may know from outside; none when there is no such domain.
    pub(super) fn in_world<T>(
        &self,
        domain: DomainId,
        slot: u64,
        work: &Work<'_>,
        step: impl FnOnce(&Context<'_>) -> T,
    ) -> Option<T> {
        let world = World {
            domain: self.registry.domain(domain)?,
            rates: &self.rates,
            now: work.now,
            asker: work.asker,
            calls_functions: self.settings.calls_functions,
            next_run_id: &|| self.run_id_in(slot).1,
        };
        Some(step(&Context {
            now: work.now,
            limits: &self.settings.limits,
            outside: &world,
        }))
    }

    /// Key and id of the next run of a workflow id.
    pub(super) fn next_run(
        &self,
        domain: DomainId,
        workflow_id: &WorkflowId,
    ) -> Option<(RunKey, WorkflowRunId)> {
        let row = &self.registry.domain(domain)?.row;
        Some(self.run_id_in(slot(&row.realm, &row.name, workflow_id)))
    }

    fn run_id_in(&self, slot: u64) -> (RunKey, WorkflowRunId) {
        let run = RunKey::new(self.last_sequence + 1, slot);
        (run, run_id(run, mixed(self.random)))
    }

    /// Takes in a run that begins, under the key and id that [`Self::next_run`] gave.
    pub(super) fn begin_run(
        &mut self,
        domain: DomainId,
        run: RunKey,
        state: State,
        changes: &[Change],
        work: &mut Work<'_>,
    ) {
        debug_assert_eq!(
            run.sequence(),
            self.last_sequence + 1,
            "ids are used in order"
        );
        self.last_sequence = run.sequence();
        self.random = self.random.wrapping_add(RANDOM_STEP);
        // The row is completed when the run's first events have been folded: until then `cancelRequested` is absent.
        let info = WorkflowExecutionInfo {
            cancel_requested: None,
            ..describe::info(&state)
        };
        let row = ExecutionRow {
            run,
            domain,
            info,
            detail: None,
            expires_at: None,
        };
        self.executions.insert(Execution::new(row, state));
        if let Some(domain) = self.registry.domain_mut(domain) {
            domain.open_runs += 1;
        }
        self.absorb(run, changes, work);
    }

    /// Lets everything take effect that fell due on a run, each in a step of its own; only then are tasks handed out,
    /// as the run may have closed.
    pub(super) fn fire_due(&mut self, run: RunKey, work: &mut Work<'_>) {
        let may_be_due =
            |execution: &Execution| execution.deadline.is_some_and(|at| at <= work.now);
        if self.executions.get(run).is_some_and(may_be_due) {
            while self.fire_one(run, work) {}
            self.settle(run, work);
        }
    }

    /// What decisions of one batch bring takes effect in the order of the decisions (execution.md section 4.1): a timer
    /// of zero seconds does not fire before a message of an earlier decision is delivered.
    fn must_wait(&self, run: RunKey) -> bool {
        let Some(first_message) = self.outbox.first_event_of(run) else {
            return false;
        };
        let state = self.executions.get(run).and_then(Execution::open_state);
        let deadline = state.and_then(|state| next_deadline(state, &self.settings.limits));
        matches!(deadline, Some(Deadline { kind: DeadlineKind::Timer(timer), .. }) if timer > first_message)
    }

    /// Fires the earliest deadline that has passed; false when none has.
    pub(super) fn fire_one(&mut self, run: RunKey, work: &mut Work<'_>) -> bool {
        if self.must_wait(run) {
            return false;
        }
        match self.decide(run, &Command::FireDeadline, work) {
            Decided::Changes(changes) | Decided::EventLimitExceeded(changes) => {
                self.absorb(run, &changes, work);
                !changes.is_empty()
            }
            Decided::Refused(_) => false,
        }
    }

    /// Folds changes into the state, and writes them.
    pub(super) fn absorb(&mut self, run: RunKey, changes: &[Change], work: &mut Work<'_>) {
        let batch = &mut work.output.batch;
        self.executions.with(run, |execution| {
            let Some(mut state) = execution.state.take() else {
                return;
            };
            for change in changes {
                apply(&mut state, change);
                match change {
                    Change::Event(event) => {
                        let line = to_json(event);
                        batch.append_event(run, event.event_id, &line);
                        execution.remember(&line);
                    }
                    Change::Heartbeat {
                        scheduled_event_id,
                        at,
                        details,
                    } => {
                        let task = TaskId {
                            run,
                            scheduled_event_id: *scheduled_event_id,
                        };
                        let row = HeartbeatRow {
                            at: *at,
                            details: details.clone(),
                        };
                        batch.heartbeats.insert(task, Some(row));
                        execution.heartbeats.insert(*scheduled_event_id, *at);
                    }
                }
            }
            for scheduled_event_id in execution.heartbeats_of_closed_tasks(&state) {
                let task = TaskId {
                    run,
                    scheduled_event_id,
                };
                batch.heartbeats.insert(task, None);
            }
            execution.state = Some(state);
        });
        for change in changes {
            if let Change::Event(event) = change {
                self.follow_up(run, event, work);
            }
        }
    }

    /// What an event brings beyond its own run: messages, the next run, used rates.
    fn follow_up(&mut self, run: RunKey, event: &HistoryEvent, work: &mut Work<'_>) {
        let Some(execution) = self.executions.get(run) else {
            return;
        };
        let (domain, Some(state)) = (execution.row.domain, &execution.state) else {
            return;
        };
        if event.event_id == LONG_HISTORY {
            work.output.notices.push(Notice::LongHistory {
                execution: state.execution(),
            });
        }
        for message in messages(state, event) {
            self.outbox.send(Letter {
                domain,
                source: run,
                message,
            });
        }
        if applied_policy(event).is_some_and(|policy| policy != ChildPolicy::Abandon) {
            self.outbox.withdraw_children(run, &mut work.output.batch);
        }
        self.count_rate(domain, &event.attributes, work.now);
        if let EventAttributes::WorkflowExecutionContinuedAsNew(continued) = &event.attributes {
            self.begin_next_run(run, continued, work);
        }
    }

    fn count_rate(&mut self, domain: DomainId, event: &EventAttributes, now: Timestamp) {
        let Some(decision_type) = carried_out(event) else {
            return;
        };
        if let Some(domain) = self.registry.domain(domain) {
            self.rates.take(&domain.row.realm, decision_type, 1, now);
        }
        if let EventAttributes::ActivityTaskScheduled(task) = event {
            self.rates
                .take_on_list(domain, &task.task_list.name, 1, now);
        }
    }

    /// The run goes on as a new one, in the same commit.
    fn begin_next_run(
        &mut self,
        closed: RunKey,
        continued: &WorkflowExecutionContinuedAsNewEventAttributes,
        work: &mut Work<'_>,
    ) {
        let Some(execution) = self.executions.get(closed) else {
            return;
        };
        let (domain, Some(old)) = (execution.row.domain, &execution.state) else {
            return;
        };
        let (run, run_id) = self.run_id_in(closed.slot());
        let state = State::new(old.workflow_id.clone(), run_id);
        let changes = self.in_world(domain, run.slot(), work, |context| {
            start_next_run(&state, old, continued, context)
        });
        if let Some(changes) = changes {
            self.begin_run(domain, run, state, &changes, work);
        }
    }

    /// After a command: hands out and queues tasks, fires what is due at once (a zero timer), and writes the rows that
    /// follow from the state.
    pub(super) fn settle(&mut self, run: RunKey, work: &mut Work<'_>) {
        self.settle_tasks(run, work);
        while self.fire_one(run, work) {
            self.settle_tasks(run, work);
        }
        self.settle_rows(run, work);
    }

    /// Makes the waiting tasks of a run those that its state calls for. A task that somebody waits for is handed out at
    /// once and never written.
    pub(super) fn settle_tasks(&mut self, run: RunKey, work: &mut Work<'_>) {
        let Some((domain, pending)) = self.executions.get(run).and_then(|execution| {
            execution
                .state
                .as_ref()
                .map(|state| (execution.row.domain, pending_tasks(state)))
        }) else {
            return;
        };
        for scheduled_event_id in self.task_lists.waiting_events(run) {
            if pending
                .binary_search_by_key(&scheduled_event_id, |task| task.scheduled_event_id)
                .is_err()
            {
                self.task_lists.remove(
                    TaskId {
                        run,
                        scheduled_event_id,
                    },
                    &mut work.output.batch,
                );
            }
        }
        for task in pending {
            let id = TaskId {
                run,
                scheduled_event_id: task.scheduled_event_id,
            };
            match self.task_lists.readiness(id) {
                Some(is_ready) if is_ready == task.is_ready => continue,
                Some(_) => self.task_lists.make_ready(id, &mut work.output.batch),
                None => self
                    .task_lists
                    .add(id, domain, &task, &mut work.output.batch),
            }
            if task.is_ready {
                let key = ListKey {
                    domain,
                    kind: task.kind,
                    name: task.task_list.clone(),
                };
                self.offer(&key, id, work);
                if !self.is_open(run) {
                    return;
                }
            }
        }
    }

    pub(super) fn is_open(&self, run: RunKey) -> bool {
        self.executions
            .get(run)
            .and_then(|execution| execution.state.as_ref())
            .is_some_and(State::is_open)
    }

    /// Writes the rows that follow from a run's state: its own, its deadline, and now and then a snapshot.
    pub(super) fn settle_rows(&mut self, run: RunKey, work: &mut Work<'_>) {
        let (limits, deadlines, registry) = (
            &self.settings.limits,
            &mut self.deadlines,
            &mut self.registry,
        );
        let keep_closed = self.settings.keep_closed;
        // Who watches for stillness goes from deadline to deadline: then none may be there for nothing.
        let is_exact = self.settings.watches_work;
        let batch = &mut work.output.batch;
        let now = work.now;
        let closed = self.executions.with(run, |execution| {
            let state = execution.state.as_ref()?;
            let earliest = next_deadline(state, limits).map(|deadline| deadline.at);
            let armed = execution.deadline;
            if needs_rearming(armed, earliest, now) || (is_exact && armed != earliest) {
                deadlines.set(run, armed, earliest);
                execution.deadline = earliest;
                batch.deadlines.insert(run, earliest);
            }
            let closes = state.close_status.is_some() && execution.row.close_status().is_none();
            if closes || execution.row.info.cancel_requested != Some(state.cancel_requested) {
                execution.row.info = describe::info(state);
                if closes {
                    execution.row.detail = Some(describe::detail(state));
                    let retention = registry
                        .domain(execution.row.domain)
                        .map_or(0, |domain| domain.row.retention.days());
                    execution.row.expires_at = state
                        .closed_at
                        .filter(|_| !keep_closed)
                        .map(|at| at.plus_seconds(retention * 24 * 60 * 60));
                }
                batch.executions.insert(run, execution.row.clone());
            }
            execution.snapshot_if_long(batch);
            execution.weigh();
            closes.then(|| (execution.row.domain, execution.row.workflow_id().clone()))
        });
        self.watch_work(run);
        if let Some((domain, workflow_id)) = closed.flatten() {
            self.executions.set_closed(run, domain, &workflow_id);
            if let Some(domain) = self.registry.domain_mut(domain) {
                domain.open_runs = domain.open_runs.saturating_sub(1);
            }
            // The run that this one goes on as, if it does.
            if let Some(next) = self.executions.open_run(domain, &workflow_id) {
                self.settle(next, work);
            }
        }
    }
}

/// Step of a SplitMix64 sequence.
const RANDOM_STEP: u64 = 0x9e37_79b9_7f4a_7c15;

/// The number of a SplitMix64 sequence that comes after `state`.
fn mixed(state: u64) -> u64 {
    let mut mixed = state.wrapping_add(RANDOM_STEP);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// An entry is moved when it has passed, when it is later than the truth, and when there is nothing to wait for.
fn needs_rearming(armed: Option<Timestamp>, earliest: Option<Timestamp>, now: Timestamp) -> bool {
    match (armed, earliest) {
        (None, None) => false,
        (None, Some(_)) | (Some(_), None) => true,
        (Some(armed), Some(earliest)) => earliest < armed || (armed <= now && earliest != armed),
    }
}
