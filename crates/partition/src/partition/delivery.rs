//! Delivering messages between runs: each in a step of its own, which changes the one that it is for and tells the sender
//! what came of it, both in the same commit (execution.md sections 7.2 to 7.6).
//!
//! The target is looked up now and not when the message was sent. A sender that has closed is told nothing.

use everbeat_engine::{Command, Message, Recipient, StartedTask, State, start_child};
use everbeat_model::{
    EventId, LambdaFunctionScheduledEventAttributes,
    StartChildWorkflowExecutionInitiatedEventAttributes, WorkflowExecution, WorkflowId,
};

use super::{Partition, Work};
use crate::executions::{Execution, run_key};
use crate::outbox::Letter;
use crate::output::Invocation;
use crate::rows::{DomainId, RunKey};
use crate::store::Needs;

/// So many messages are looked at ahead, so that what they need is read at once.
pub(super) const LOOK_AHEAD: usize = 32;
/// A message costs 1 more for so many bytes of open tasks, timers and children in the runs that it changes.
const BYTES_PER_COST: usize = 16 * 1024;

impl Partition {
    /// The rows that the next messages need and that are not in memory.
    pub(crate) fn message_needs(&self, needs: &mut Needs) {
        for (_, letter) in self.outbox.letters().take(LOOK_AHEAD) {
            let need_open = |needs: &mut Needs, workflow_id: &WorkflowId| {
                self.executions
                    .need_open_run(letter.domain, workflow_id, needs);
            };
            let need_run = |needs: &mut Needs, run_id: &str| {
                if let Some(run) = run_key(run_id) {
                    self.executions.need_run(run, needs);
                }
            };
            match letter.message.recipient() {
                Recipient::Execution {
                    workflow_id,
                    run_id,
                } => {
                    self.executions.need_run(letter.source, needs);
                    match run_id {
                        Some(run_id) => need_run(needs, run_id),
                        None => need_open(needs, workflow_id),
                    }
                }
                Recipient::NewChild(initiated) => {
                    self.executions.need_run(letter.source, needs);
                    need_open(needs, &initiated.workflow_id);
                }
                Recipient::Function(_) => self.executions.need_run(letter.source, needs),
                Recipient::Parent(parent) => need_run(needs, &parent.run_id),
                Recipient::Child(child) => need_open(needs, &child.workflow_id),
                Recipient::Nobody => {}
            }
        }
    }

    /// Delivers the first message, after everything that fell due before on its sender; what it needs is in memory. Gives
    /// its cost.
    pub(super) fn deliver_next(&mut self, work: &mut Work<'_>) -> usize {
        let first = self.outbox.first();
        if let Some((_, source)) = first {
            self.fire_due(source, work);
        }
        if self.outbox.first() != first {
            // The sender has timed out, and its child policy withdraws the message.
            return 1;
        }
        let Some((id, letter)) = self.outbox.take_first() else {
            return 0;
        };
        let reached = self.act_on(&letter, work);
        self.outbox
            .delivered(id, letter.source, &mut work.output.batch);
        let mut cost = 1;
        for run in [reached, Some(letter.source)].into_iter().flatten() {
            self.settle(run, work);
            let weight = self.executions.get(run).map_or(0, Execution::state_bytes);
            cost += weight / BYTES_PER_COST;
        }
        cost
    }

    /// Lets a message have its effect, and tells the sender. Gives the other run that it reached or started.
    fn act_on(&mut self, letter: &Letter, work: &mut Work<'_>) -> Option<RunKey> {
        match letter.message.recipient() {
            Recipient::Execution {
                workflow_id,
                run_id,
            } => {
                let target = match run_id {
                    Some(run_id) => self.run_of(letter.domain, workflow_id, run_id),
                    None => self.executions.open_run(letter.domain, workflow_id),
                };
                let reached = target.and_then(|run| self.reach(run, letter, work));
                self.conclude(letter, reached, work);
                reached
            }
            Recipient::NewChild(initiated) => {
                let child = self.begin_child(letter, initiated, work);
                self.conclude(letter, child, work);
                child
            }
            Recipient::Function(scheduled) => {
                self.start_function(letter, scheduled, work);
                None
            }
            Recipient::Parent(parent) => {
                let run = self.run_of(letter.domain, &parent.workflow_id, &parent.run_id);
                run.and_then(|run| self.reach(run, letter, work))
            }
            Recipient::Child(child) => {
                let run = self.executions.open_run(letter.domain, &child.workflow_id);
                let run = run.filter(|run| {
                    self.is_child(*run, &letter.message.source, child.initiated_event_id)
                });
                run.and_then(|run| self.reach(run, letter, work))
            }
            Recipient::Nobody => None,
        }
    }

    /// The run of that id, if it is in this domain and has this workflow id.
    fn run_of(&self, domain: DomainId, workflow_id: &WorkflowId, run_id: &str) -> Option<RunKey> {
        let run = run_key(run_id)?;
        let row = &self.executions.get(run)?.row;
        let is_meant = row.domain == domain
            && row.workflow_id() == workflow_id
            && row.run_id().as_str() == run_id;
        is_meant.then_some(run)
    }

    fn execution_of(&self, run: RunKey) -> Option<WorkflowExecution> {
        Some(self.executions.get(run)?.row.info.execution.clone())
    }

    /// Whether the run stands for the child that `parent` asked for with that event.
    fn is_child(
        &self,
        run: RunKey,
        parent: &WorkflowExecution,
        initiated_event_id: EventId,
    ) -> bool {
        let state = self.executions.get(run).and_then(Execution::open_state);
        state.is_some_and(|state| {
            state.parent.as_ref() == Some(parent)
                && state.parent_initiated_event_id == initiated_event_id
        })
    }

    /// Gives the message to a run; the run, if it took it.
    fn reach(&mut self, run: RunKey, letter: &Letter, work: &mut Work<'_>) -> Option<RunKey> {
        self.fire_due(run, work);
        let command = Command::Receive(letter.message.clone().into());
        self.step(run, &command, work).ok().map(|_| run)
    }

    /// Tells the sender what came of its message, unless it has closed.
    fn conclude(&mut self, letter: &Letter, reached: Option<RunKey>, work: &mut Work<'_>) {
        let reached = reached.and_then(|run| self.execution_of(run));
        let command = Command::Conclude {
            message: letter.message.clone().into(),
            reached,
        };
        // A sender that has closed is told nothing.
        let _ = self.step(letter.source, &command, work);
    }

    /// Starts a child, unless another run of its workflow id is open.
    fn begin_child(
        &mut self,
        letter: &Letter,
        initiated: &StartChildWorkflowExecutionInitiatedEventAttributes,
        work: &mut Work<'_>,
    ) -> Option<RunKey> {
        let (domain, workflow_id) = (letter.domain, &initiated.workflow_id);
        if let Some(open) = self.executions.open_run(domain, workflow_id) {
            self.fire_due(open, work);
        }
        if self.executions.open_run(domain, workflow_id).is_some() {
            return None;
        }
        let (run, run_id) = self.next_run(domain, workflow_id)?;
        let state = State::new(workflow_id.clone(), run_id);
        let Message { source, event, .. } = &letter.message;
        let changes = self.in_world(domain, run.slot(), work, |context| {
            start_child(&state, source, event.event_id, initiated, context)
        })?;
        self.begin_run(domain, run, state, &changes, work);
        Some(run)
    }

    /// Starts a Lambda task: its function is called when that is durable.
    fn start_function(
        &mut self,
        letter: &Letter,
        scheduled: &LambdaFunctionScheduledEventAttributes,
        work: &mut Work<'_>,
    ) {
        let scheduled_event_id = letter.message.event.event_id;
        let command = Command::StartLambdaFunction { scheduled_event_id };
        if self.step(letter.source, &command, work).is_err() {
            return;
        }
        let execution = self.executions.get(letter.source);
        let (Some(state), Some(domain)) = (
            execution.and_then(Execution::open_state),
            self.registry.domain(letter.domain),
        ) else {
            return;
        };
        let task = state.lambda_task(scheduled_event_id);
        let started = task.and_then(|task| task.started_event_id);
        if let (Some(started_event_id), Some(role)) = (started, &state.lambda_role) {
            let timeout = scheduled.start_to_close_timeout.as_ref();
            work.output.invocations.push(Invocation {
                run: letter.source,
                realm: domain.row.realm.clone(),
                task: StartedTask {
                    scheduled_event_id,
                    started_event_id,
                },
                function: scheduled.name.clone(),
                input: scheduled.input.clone(),
                role: role.clone(),
                timeout_seconds: timeout.and_then(|timeout| timeout.seconds()),
            });
        }
    }
}
