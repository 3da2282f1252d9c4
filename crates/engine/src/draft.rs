//! The changes of one command while they are being decided, with the state as it will be after them.

use alloc::vec::Vec;

use everbeat_model::{EventAttributes, EventId, HistoryEvent, Timestamp};

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
