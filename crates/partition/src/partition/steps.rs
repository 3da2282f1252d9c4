//! What comes of a command: the engine decides, the changes are folded in and written, and what follows from the new
//! state is settled: tasks, deadlines, the run's own row.

use everbeat_engine::{
    Change, Command, Context, Decided, State, apply, decide, describe, next_deadline, pending_tasks,
};
use everbeat_model::shape::to_json;
use everbeat_model::{Fault, Timestamp};

use super::{Partition, Work};
use crate::executions::Execution;
use crate::rows::{HeartbeatRow, RunKey, TaskId};
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
        let decided = self.decide(run, command, work);
        match decided {
            Decided::Changes(changes) => {
                self.absorb(run, &changes, work);
                // A heartbeat calls for nothing: it moves no task and makes no deadline earlier.
                if changes
                    .iter()
                    .any(|change| matches!(change, Change::Event(_)))
                {
                    self.settle(run, work);
                }
                Ok(())
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
        let Some(domain) = self.registry.domain(execution.row.domain) else {
            return Decided::Refused(self.closed(run));
        };
        let context = Context {
            now: work.now,
            limits: &self.settings.limits,
            outside: domain,
        };
        match &execution.state {
            Some(state) => decide(state, command, &context),
            None => Decided::Refused(self.closed(run)),
        }
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

    /// Fires the earliest deadline that has passed; false when none has.
    pub(super) fn fire_one(&mut self, run: RunKey, work: &mut Work<'_>) -> bool {
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
            if !pending
                .iter()
                .any(|task| task.scheduled_event_id == scheduled_event_id)
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
        let batch = &mut work.output.batch;
        let now = work.now;
        let closed = self.executions.with(run, |execution| {
            let state = execution.state.as_ref()?;
            let earliest = next_deadline(state, limits).map(|deadline| deadline.at);
            let armed = execution.deadline;
            if needs_rearming(armed, earliest, now) {
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
                        .map(|at| at.plus_seconds(retention * 24 * 60 * 60));
                }
                batch.executions.insert(run, execution.row.clone());
            }
            execution.snapshot_if_long(batch);
            closes.then(|| (execution.row.domain, execution.row.workflow_id().clone()))
        });
        if let Some((domain, workflow_id)) = closed.flatten() {
            self.executions.set_closed(domain, &workflow_id);
            if let Some(domain) = self.registry.domain_mut(domain) {
                domain.open_runs = domain.open_runs.saturating_sub(1);
            }
        }
    }
}

/// An entry is moved when it has passed, when it is later than the truth, and when there is nothing to wait for.
fn needs_rearming(armed: Option<Timestamp>, earliest: Option<Timestamp>, now: Timestamp) -> bool {
    match (armed, earliest) {
        (None, None) => false,
        (None, Some(_)) | (Some(_), None) => true,
        (Some(armed), Some(earliest)) => earliest < armed || (armed <= now && earliest != armed),
    }
}
