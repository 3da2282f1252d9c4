//! The life of an execution: the closing decisions with their failed events, termination and the execution time-out.
//!
//! ```text
//!   WorkflowExecutionStarted   none -> open      the six closing events   open -> closed
//!   the four *Failed events    no change
//! ```
//!
//! Holds: the closing event is the last one; open activities, timers and children never prevent closing, and their
//! counts stay as they were. Leaves to others: whether another run of the workflow id is open (the partition).
//! How an execution begins (`start`); continuing as new (`continuation`). Source: execution.md sections 3.4, 4.3, 7.9,
//! 7.10 and 10.

use alloc::vec::Vec;

use everbeat_model::{
    CancelWorkflowExecutionDecisionAttributes, CancelWorkflowExecutionFailedCause,
    CancelWorkflowExecutionFailedEventAttributes, ChildPolicy, CloseStatus,
    CompleteWorkflowExecutionDecisionAttributes, CompleteWorkflowExecutionFailedCause,
    CompleteWorkflowExecutionFailedEventAttributes, Data, EventAttributes, EventId,
    FailWorkflowExecutionDecisionAttributes, FailWorkflowExecutionFailedCause,
    FailWorkflowExecutionFailedEventAttributes, Limits, TerminateReason, Timestamp,
    WorkflowExecutionCanceledEventAttributes, WorkflowExecutionCompletedEventAttributes,
    WorkflowExecutionFailedEventAttributes, WorkflowExecutionStartedEventAttributes,
    WorkflowExecutionTerminatedCause, WorkflowExecutionTerminatedEventAttributes,
    WorkflowExecutionTimedOutEventAttributes, WorkflowExecutionTimeoutType,
};

use crate::change::Change;
use crate::draft::Draft;
use crate::state::State;

/// Why a closing decision fails, if it does (section 4.3).
pub(crate) enum Obstacle {
    Unhandled,
    NotPermitted,
}

pub(crate) fn obstacle(draft: &Draft<'_>, permitted: bool) -> Option<Obstacle> {
    if draft.state.scheduled_decision.is_some() || draft.wants_decision() {
        Some(Obstacle::Unhandled)
    } else if !permitted {
        Some(Obstacle::NotPermitted)
    } else {
        None
    }
}

/// CompleteWorkflowExecution.
pub(crate) fn complete(
    draft: &mut Draft<'_>,
    attributes: &CompleteWorkflowExecutionDecisionAttributes,
    permitted: bool,
    completed: EventId,
) {
    use CompleteWorkflowExecutionFailedCause as Cause;
    let cause = match obstacle(draft, permitted) {
        None => {
            draft.append(EventAttributes::WorkflowExecutionCompleted(
                WorkflowExecutionCompletedEventAttributes {
                    result: attributes.result.clone(),
                    decision_task_completed_event_id: completed,
                },
            ));
            return;
        }
        Some(Obstacle::Unhandled) => Cause::UnhandledDecision,
        Some(Obstacle::NotPermitted) => Cause::OperationNotPermitted,
    };
    draft.append(EventAttributes::CompleteWorkflowExecutionFailed(
        CompleteWorkflowExecutionFailedEventAttributes {
            cause,
            decision_task_completed_event_id: completed,
        },
    ));
    draft.want_decision();
}

/// FailWorkflowExecution.
pub(crate) fn fail(
    draft: &mut Draft<'_>,
    attributes: &FailWorkflowExecutionDecisionAttributes,
    permitted: bool,
    completed: EventId,
) {
    use FailWorkflowExecutionFailedCause as Cause;
    let cause = match obstacle(draft, permitted) {
        None => {
            draft.append(EventAttributes::WorkflowExecutionFailed(
                WorkflowExecutionFailedEventAttributes {
                    reason: attributes.reason.clone(),
                    details: attributes.details.clone(),
                    decision_task_completed_event_id: completed,
                },
            ));
            return;
        }
        Some(Obstacle::Unhandled) => Cause::UnhandledDecision,
        Some(Obstacle::NotPermitted) => Cause::OperationNotPermitted,
    };
    draft.append(EventAttributes::FailWorkflowExecutionFailed(
        FailWorkflowExecutionFailedEventAttributes {
            cause,
            decision_task_completed_event_id: completed,
        },
    ));
    draft.want_decision();
}

/// CancelWorkflowExecution; needs no earlier request.
pub(crate) fn cancel(
    draft: &mut Draft<'_>,
    attributes: &CancelWorkflowExecutionDecisionAttributes,
    permitted: bool,
    completed: EventId,
) {
    use CancelWorkflowExecutionFailedCause as Cause;
    let cause = match obstacle(draft, permitted) {
        None => {
            draft.append(EventAttributes::WorkflowExecutionCanceled(
                WorkflowExecutionCanceledEventAttributes {
                    details: attributes.details.clone(),
                    decision_task_completed_event_id: completed,
                },
            ));
            return;
        }
        Some(Obstacle::Unhandled) => Cause::UnhandledDecision,
        Some(Obstacle::NotPermitted) => Cause::OperationNotPermitted,
    };
    draft.append(EventAttributes::CancelWorkflowExecutionFailed(
        CancelWorkflowExecutionFailedEventAttributes {
            cause,
            decision_task_completed_event_id: completed,
        },
    ));
    draft.want_decision();
}

/// TerminateWorkflowExecution.
pub(crate) fn terminate(
    mut draft: Draft<'_>,
    reason: Option<TerminateReason>,
    details: Option<Data>,
    child_policy: Option<ChildPolicy>,
) -> Vec<Change> {
    let child_policy = child_policy.unwrap_or(draft.state.child_policy);
    draft.append(EventAttributes::WorkflowExecutionTerminated(
        WorkflowExecutionTerminatedEventAttributes {
            reason,
            details,
            child_policy,
            cause: Some(WorkflowExecutionTerminatedCause::OperatorInitiated),
        },
    ));
    draft.finish()
}

/// The child policy of the parent, which has closed (section 7.6).
pub(crate) fn terminate_by_policy(draft: &mut Draft<'_>) {
    let child_policy = draft.state.child_policy;
    draft.append(EventAttributes::WorkflowExecutionTerminated(
        WorkflowExecutionTerminatedEventAttributes {
            reason: None,
            details: None,
            child_policy,
            cause: Some(WorkflowExecutionTerminatedCause::ChildPolicyApplied),
        },
    ));
}

/// The history would grow beyond its limit (section 10).
pub(crate) fn terminate_for_event_limit(mut draft: Draft<'_>) -> Vec<Change> {
    let child_policy = draft.state.child_policy;
    draft.append(EventAttributes::WorkflowExecutionTerminated(
        WorkflowExecutionTerminatedEventAttributes {
            reason: None,
            details: None,
            child_policy,
            cause: Some(WorkflowExecutionTerminatedCause::EventLimitExceeded),
        },
    ));
    draft.finish()
}

/// The execution has run for as long as it may.
pub(crate) fn time_out(draft: &mut Draft<'_>) {
    let child_policy = draft.state.child_policy;
    draft.append(EventAttributes::WorkflowExecutionTimedOut(
        WorkflowExecutionTimedOutEventAttributes {
            timeout_type: WorkflowExecutionTimeoutType::StartToClose,
            child_policy,
        },
    ));
}

/// When the execution times out; never later than the maximum execution time allows.
pub(crate) fn deadline(state: &State, limits: &Limits) -> Timestamp {
    let seconds = state
        .execution_start_to_close_timeout
        .seconds()
        .unwrap_or(u64::MAX);
    state
        .started_at
        .plus_seconds(seconds.min(limits.execution_seconds))
}

/// Whether the event ends the history.
pub(crate) fn closes(attributes: &EventAttributes) -> bool {
    close_status(attributes).is_some()
}

#[allow(
    clippy::wildcard_enum_match_arm,
    reason = "the six closing events against all others"
)]
fn close_status(attributes: &EventAttributes) -> Option<CloseStatus> {
    match attributes {
        EventAttributes::WorkflowExecutionCompleted(_) => Some(CloseStatus::Completed),
        EventAttributes::WorkflowExecutionFailed(_) => Some(CloseStatus::Failed),
        EventAttributes::WorkflowExecutionCanceled(_) => Some(CloseStatus::Canceled),
        EventAttributes::WorkflowExecutionTerminated(_) => Some(CloseStatus::Terminated),
        EventAttributes::WorkflowExecutionContinuedAsNew(_) => Some(CloseStatus::ContinuedAsNew),
        EventAttributes::WorkflowExecutionTimedOut(_) => Some(CloseStatus::TimedOut),
        _ => None,
    }
}

pub(crate) fn apply_started(
    state: &mut State,
    at: Timestamp,
    attributes: &WorkflowExecutionStartedEventAttributes,
) {
    state.started_at = at;
    state.workflow_type = attributes.workflow_type.clone();
    state.tag_list = attributes.tag_list.clone();
    state.parent = attributes.parent_workflow_execution.clone();
    state.parent_initiated_event_id = attributes
        .parent_initiated_event_id
        .unwrap_or(EventId::NONE);
    state.execution_start_to_close_timeout = attributes
        .execution_start_to_close_timeout
        .clone()
        .unwrap_or_default();
    state.task_start_to_close_timeout = attributes
        .task_start_to_close_timeout
        .clone()
        .unwrap_or_default();
    state.task_list = attributes.task_list.name.clone();
    state.task_priority = attributes.task_priority.clone();
    state.child_policy = attributes.child_policy;
    state.lambda_role = attributes.lambda_role.clone();
}

/// What was open stays counted (section 6.6).
pub(crate) fn apply_closed(state: &mut State, at: Timestamp, attributes: &EventAttributes) {
    state.close_status = close_status(attributes);
    state.closed_at = Some(at);
}
