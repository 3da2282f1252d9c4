//! The changes of one command while they are being decided, with the state as it will be after them.

use alloc::vec::Vec;

use everbeat_model::{DecisionType, EventAttributes, EventId, HistoryEvent, Name, Timestamp};

use crate::apply::apply;
use crate::change::Change;
use crate::context::Context;
use crate::entity::decision_task;
use crate::state::State;

/// A command's changes so far. Every step sees the effects of the earlier ones.
pub(crate) struct Draft<'a> {
    /// The state after the changes so far.
    pub(crate) state: State,
    pub(crate) context: &'a Context<'a>,
    changes: Vec<Change>,
    /// Instant of all events of this commit.
    at: Timestamp,
    wants_decision: bool,
}

impl<'a> Draft<'a> {
    pub(crate) fn new(state: &State, context: &'a Context<'a>) -> Self {
        Self {
            state: state.clone(),
            context,
            changes: Vec::new(),
            at: context.now.max(state.last_event_at),
            wants_decision: false,
        }
    }

    /// Appends an event and returns its id.
    pub(crate) fn append(&mut self, attributes: EventAttributes) -> EventId {
        let event_id = self.state.last_event_id.next();
        let change = Change::Event(HistoryEvent {
            event_id,
            event_timestamp: self.at,
            attributes,
        });
        apply(&mut self.state, &change);
        self.changes.push(change);
        event_id
    }

    /// Whether the rate limits let another decision of that type through. Only what this commit has brought of its
    /// success event counts.
    pub(crate) fn has_room_for(&self, decision_type: DecisionType) -> bool {
        let room = self.context.outside.room_for(decision_type);
        room == u64::MAX || self.count(|event| carried_out(event) == Some(decision_type)) < room
    }

    /// Whether the rate limit of a task list lets another activity task through.
    pub(crate) fn has_room_on_list(&self, task_list: &Name) -> bool {
        let room = self.context.outside.room_on_list(task_list);
        let is_on_list = |event: &EventAttributes| matches!(event, EventAttributes::ActivityTaskScheduled(task) if task.task_list.name == *task_list);
        room == u64::MAX || self.count(is_on_list) < room
    }

    fn count(&self, is_meant: impl Fn(&EventAttributes) -> bool) -> u64 {
        let events = self.changes.iter().filter(|change| match change {
            Change::Event(event) => is_meant(&event.attributes),
            Change::Heartbeat { .. } => false,
        });
        events.count() as u64
    }

    /// The decider has to be asked once this commit is complete (execution.md section 5.1).
    pub(crate) fn want_decision(&mut self) {
        self.wants_decision = true;
    }

    /// Whether something of this commit already calls for the decider.
    pub(crate) fn wants_decision(&self) -> bool {
        self.wants_decision
    }

    /// The changes, with the decision task that they call for.
    pub(crate) fn finish(mut self) -> Vec<Change> {
        if self.wants_decision {
            decision_task::schedule_if_needed(&mut self);
        }
        self.changes
    }
}

/// The decision with a rate limit that an event is the success of.
#[allow(
    clippy::wildcard_enum_match_arm,
    reason = "the events of decisions that have a rate limit against all others"
)]
pub fn carried_out(event: &EventAttributes) -> Option<DecisionType> {
    use EventAttributes as E;
    match event {
        E::ActivityTaskScheduled(_) => Some(DecisionType::ScheduleActivityTask),
        E::TimerStarted(_) => Some(DecisionType::StartTimer),
        E::SignalExternalWorkflowExecutionInitiated(_) => {
            Some(DecisionType::SignalExternalWorkflowExecution)
        }
        E::RequestCancelExternalWorkflowExecutionInitiated(_) => {
            Some(DecisionType::RequestCancelExternalWorkflowExecution)
        }
        E::StartChildWorkflowExecutionInitiated(_) => {
            Some(DecisionType::StartChildWorkflowExecution)
        }
        E::WorkflowExecutionContinuedAsNew(_) => Some(DecisionType::ContinueAsNewWorkflowExecution),
        E::LambdaFunctionScheduled(_) => Some(DecisionType::ScheduleLambdaFunction),
        _ => None,
    }
}
