//! What reaches an execution from outside: signals and requests to cancel it, each with its history event; they come from
//! callers, from other executions, and from the child policy of the parent.
//!
//! A request to cancel only tells the decider; tasks, timers and children are untouched (execution.md section 3.4).

use alloc::vec::Vec;

use everbeat_model::{
    Canceled, ChildPolicy, Data, EventAttributes, EventId, SignalName, WorkflowExecution,
    WorkflowExecutionCancelRequestedCause, WorkflowExecutionCancelRequestedEventAttributes,
    WorkflowExecutionSignaledEventAttributes,
};

use crate::change::Change;
use crate::draft::Draft;
use crate::entity::{child, lifecycle};
use crate::message::{Message, applied_policy};
use crate::state::State;

/// SignalWorkflowExecution: one event for each call.
pub(crate) fn signal(
    mut draft: Draft<'_>,
    signal_name: SignalName,
    input: Option<Data>,
) -> Vec<Change> {
    signaled(&mut draft, signal_name, input, None, EventId::NONE);
    draft.finish()
}

fn signaled(
    draft: &mut Draft<'_>,
    signal_name: SignalName,
    input: Option<Data>,
    sender: Option<WorkflowExecution>,
    initiated_event_id: EventId,
) {
    draft.append(EventAttributes::WorkflowExecutionSignaled(
        WorkflowExecutionSignaledEventAttributes {
            signal_name,
            input,
            external_workflow_execution: sender,
            external_initiated_event_id: Some(initiated_event_id),
        },
    ));
    draft.want_decision();
}

/// RequestCancelWorkflowExecution: one event for each call.
pub(crate) fn request_cancel(mut draft: Draft<'_>) -> Vec<Change> {
    cancel_requested(&mut draft, None, EventId::NONE, None);
    draft.finish()
}

fn cancel_requested(
    draft: &mut Draft<'_>,
    sender: Option<WorkflowExecution>,
    initiated_event_id: EventId,
    cause: Option<WorkflowExecutionCancelRequestedCause>,
) {
    draft.append(EventAttributes::WorkflowExecutionCancelRequested(
        WorkflowExecutionCancelRequestedEventAttributes {
            external_workflow_execution: sender,
            external_initiated_event_id: Some(initiated_event_id),
            cause,
        },
    ));
    draft.want_decision();
}

/// A message of another execution: a signal, a request to cancel, a child's end, or the parent's child policy.
#[allow(
    clippy::wildcard_enum_match_arm,
    reason = "the events that reach others by content against those that do by who closed"
)]
pub(crate) fn receive(mut draft: Draft<'_>, message: &Message) -> Vec<Change> {
    let (sender, id) = (message.source.clone(), message.event.event_id);
    match &message.event.attributes {
        EventAttributes::SignalExternalWorkflowExecutionInitiated(asked) => {
            let (name, input) = (asked.signal_name.clone(), asked.input.clone());
            signaled(&mut draft, name, input, Some(sender), id);
        }
        EventAttributes::RequestCancelExternalWorkflowExecutionInitiated(_) => {
            cancel_requested(&mut draft, Some(sender), id, None);
        }
        _ if message.child.is_some() => meet_policy(&mut draft, message),
        _ => child::close(&mut draft, message),
    }
    draft.finish()
}

/// The parent has closed in a way that its child policy applies to (section 7.6).
fn meet_policy(draft: &mut Draft<'_>, message: &Message) {
    match applied_policy(&message.event) {
        Some(ChildPolicy::Terminate) => lifecycle::terminate_by_policy(draft),
        Some(ChildPolicy::RequestCancel) => {
            let cause = WorkflowExecutionCancelRequestedCause::ChildPolicyApplied;
            let parent = message.source.clone();
            cancel_requested(draft, Some(parent), EventId::NONE, Some(cause));
        }
        Some(ChildPolicy::Abandon) | None => {}
    }
}

pub(crate) fn apply_cancel_requested(state: &mut State) {
    state.cancel_requested = Canceled(true);
}
