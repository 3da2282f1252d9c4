//! What reaches an execution from outside: signals and requests to cancel it, each with its history event.
//!
//! A request to cancel only tells the decider; tasks, timers and children are untouched (execution.md section 3.4).

use alloc::vec::Vec;

use everbeat_model::{
    Canceled, Data, EventAttributes, EventId, SignalName,
    WorkflowExecutionCancelRequestedEventAttributes, WorkflowExecutionSignaledEventAttributes,
};

use crate::change::Change;
use crate::draft::Draft;
use crate::state::State;

/// SignalWorkflowExecution: one event for each call.
pub(crate) fn signal(
    mut draft: Draft<'_>,
    signal_name: SignalName,
    input: Option<Data>,
) -> Vec<Change> {
    draft.append(EventAttributes::WorkflowExecutionSignaled(
        WorkflowExecutionSignaledEventAttributes {
            signal_name,
            input,
            external_workflow_execution: None,
            external_initiated_event_id: Some(EventId::NONE),
        },
    ));
    draft.want_decision();
    draft.finish()
}

/// RequestCancelWorkflowExecution: one event for each call.
pub(crate) fn request_cancel(mut draft: Draft<'_>) -> Vec<Change> {
    draft.append(EventAttributes::WorkflowExecutionCancelRequested(
        WorkflowExecutionCancelRequestedEventAttributes {
            external_workflow_execution: None,
            external_initiated_event_id: Some(EventId::NONE),
            cause: None,
        },
    ));
    draft.want_decision();
    draft.finish()
}

pub(crate) fn apply_cancel_requested(state: &mut State) {
    state.cancel_requested = Canceled(true);
}
