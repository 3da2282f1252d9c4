//! Requests to other executions: the SignalExternalWorkflowExecution and RequestCancelExternalWorkflowExecution
//! decisions and their six history events.
//!
//! ```text
//!   the two *Initiated events                        none -> under way
//!   ExternalWorkflowExecutionSignaled, ...CancelRequested, and the two *Failed events with an initiated event
//!                                                    under way -> none
//! ```
//!
//! Holds: each request has exactly one outcome. Leaves to others: finding the other execution, which is done when the
//! request is delivered and not when it is decided (the partition). Source: execution.md sections 4.4, 7.3 and 7.4.

use everbeat_model::{
    DecisionType, EventAttributes, EventId,
    ExternalWorkflowExecutionCancelRequestedEventAttributes,
    ExternalWorkflowExecutionSignaledEventAttributes,
    RequestCancelExternalWorkflowExecutionDecisionAttributes,
    RequestCancelExternalWorkflowExecutionFailedCause,
    RequestCancelExternalWorkflowExecutionFailedEventAttributes,
    RequestCancelExternalWorkflowExecutionInitiatedEventAttributes,
    SignalExternalWorkflowExecutionDecisionAttributes, SignalExternalWorkflowExecutionFailedCause,
    SignalExternalWorkflowExecutionFailedEventAttributes,
    SignalExternalWorkflowExecutionInitiatedEventAttributes, WorkflowExecution, WorkflowId,
};

use crate::draft::Draft;
use crate::state::{Outbound, State};

/// SignalExternalWorkflowExecution.
pub(crate) fn signal(
    draft: &mut Draft<'_>,
    attributes: &SignalExternalWorkflowExecutionDecisionAttributes,
    permitted: bool,
    completed: EventId,
) {
    use SignalExternalWorkflowExecutionFailedCause as Cause;
    let initiated = SignalExternalWorkflowExecutionInitiatedEventAttributes {
        workflow_id: attributes.workflow_id.clone(),
        run_id: attributes.run_id.clone(),
        signal_name: attributes.signal_name.clone(),
        input: attributes.input.clone(),
        decision_task_completed_event_id: completed,
        control: attributes.control.clone(),
    };
    let cause = if !draft.has_room_for(DecisionType::SignalExternalWorkflowExecution) {
        Cause::SignalExternalWorkflowExecutionRateExceeded
    } else if !permitted {
        Cause::OperationNotPermitted
    } else {
        draft.append(EventAttributes::SignalExternalWorkflowExecutionInitiated(
            initiated,
        ));
        return;
    };
    signal_failed(draft, &initiated, EventId::NONE, cause);
}

/// What came of a signal: the execution that got it, if one did.
pub(crate) fn conclude_signal(
    draft: &mut Draft<'_>,
    initiated_event_id: EventId,
    initiated: &SignalExternalWorkflowExecutionInitiatedEventAttributes,
    reached: Option<&WorkflowExecution>,
) {
    if !draft.state.is_under_way(initiated_event_id) {
        return;
    }
    let Some(workflow_execution) = reached.cloned() else {
        let cause = SignalExternalWorkflowExecutionFailedCause::UnknownExternalWorkflowExecution;
        return signal_failed(draft, initiated, initiated_event_id, cause);
    };
    draft.append(EventAttributes::ExternalWorkflowExecutionSignaled(
        ExternalWorkflowExecutionSignaledEventAttributes {
            workflow_execution,
            initiated_event_id,
        },
    ));
    draft.want_decision();
}

fn signal_failed(
    draft: &mut Draft<'_>,
    initiated: &SignalExternalWorkflowExecutionInitiatedEventAttributes,
    initiated_event_id: EventId,
    cause: SignalExternalWorkflowExecutionFailedCause,
) {
    draft.append(EventAttributes::SignalExternalWorkflowExecutionFailed(
        SignalExternalWorkflowExecutionFailedEventAttributes {
            workflow_id: initiated.workflow_id.clone(),
            run_id: initiated.run_id.clone(),
            cause,
            initiated_event_id,
            decision_task_completed_event_id: initiated.decision_task_completed_event_id,
            control: initiated.control.clone(),
        },
    ));
    draft.want_decision();
}

/// RequestCancelExternalWorkflowExecution.
pub(crate) fn request_cancel(
    draft: &mut Draft<'_>,
    attributes: &RequestCancelExternalWorkflowExecutionDecisionAttributes,
    permitted: bool,
    completed: EventId,
) {
    use RequestCancelExternalWorkflowExecutionFailedCause as Cause;
    let initiated = RequestCancelExternalWorkflowExecutionInitiatedEventAttributes {
        workflow_id: attributes.workflow_id.clone(),
        run_id: attributes.run_id.clone(),
        decision_task_completed_event_id: completed,
        control: attributes.control.clone(),
    };
    let cause = if !draft.has_room_for(DecisionType::RequestCancelExternalWorkflowExecution) {
        Cause::RequestCancelExternalWorkflowExecutionRateExceeded
    } else if !permitted {
        Cause::OperationNotPermitted
    } else {
        draft.append(EventAttributes::RequestCancelExternalWorkflowExecutionInitiated(initiated));
        return;
    };
    cancel_failed(draft, &initiated, EventId::NONE, cause);
}

/// What came of a request to cancel: the execution that got it, if one did. It may go on all the same.
pub(crate) fn conclude_cancel(
    draft: &mut Draft<'_>,
    initiated_event_id: EventId,
    initiated: &RequestCancelExternalWorkflowExecutionInitiatedEventAttributes,
    reached: Option<&WorkflowExecution>,
) {
    if !draft.state.is_under_way(initiated_event_id) {
        return;
    }
    let Some(workflow_execution) = reached.cloned() else {
        let cause =
            RequestCancelExternalWorkflowExecutionFailedCause::UnknownExternalWorkflowExecution;
        return cancel_failed(draft, initiated, initiated_event_id, cause);
    };
    draft.append(EventAttributes::ExternalWorkflowExecutionCancelRequested(
        ExternalWorkflowExecutionCancelRequestedEventAttributes {
            workflow_execution,
            initiated_event_id,
        },
    ));
    draft.want_decision();
}

fn cancel_failed(
    draft: &mut Draft<'_>,
    initiated: &RequestCancelExternalWorkflowExecutionInitiatedEventAttributes,
    initiated_event_id: EventId,
    cause: RequestCancelExternalWorkflowExecutionFailedCause,
) {
    draft.append(
        EventAttributes::RequestCancelExternalWorkflowExecutionFailed(
            RequestCancelExternalWorkflowExecutionFailedEventAttributes {
                workflow_id: initiated.workflow_id.clone(),
                run_id: initiated.run_id.clone(),
                cause,
                initiated_event_id,
                decision_task_completed_event_id: initiated.decision_task_completed_event_id,
                control: initiated.control.clone(),
            },
        ),
    );
    draft.want_decision();
}

pub(crate) fn apply_initiated(state: &mut State, id: EventId, workflow_id: &WorkflowId) {
    state.outbound.0.push(Outbound {
        initiated_event_id: id,
        workflow_id: workflow_id.clone(),
    });
}

pub(crate) fn apply_concluded(state: &mut State, initiated_event_id: EventId) {
    state
        .outbound
        .0
        .retain(|outbound| outbound.initiated_event_id != initiated_event_id);
}
