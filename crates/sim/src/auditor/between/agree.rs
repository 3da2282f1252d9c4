//! Whether two events that belong together say the same.

use everbeat_model::{
    ChildPolicy, EventAttributes, StartChildWorkflowExecutionInitiatedEventAttributes,
    WorkflowExecutionStartedEventAttributes, WorkflowId, WorkflowRunIdOptional,
};

use crate::auditor::run::Run;

/// The workflow id and run id that a signal or a request to cancel names.
#[allow(
    clippy::wildcard_enum_match_arm,
    reason = "the two requests that name a run against all other events"
)]
pub(super) fn named(
    wanted: &EventAttributes,
) -> Option<(&WorkflowId, Option<&WorkflowRunIdOptional>)> {
    use EventAttributes as E;
    match wanted {
        E::SignalExternalWorkflowExecutionInitiated(a) => {
            Some((&a.workflow_id, given(a.run_id.as_ref())))
        }
        E::RequestCancelExternalWorkflowExecutionInitiated(a) => {
            Some((&a.workflow_id, given(a.run_id.as_ref())))
        }
        _ => None,
    }
}

pub(super) fn given(run_id: Option<&WorkflowRunIdOptional>) -> Option<&WorkflowRunIdOptional> {
    run_id.filter(|run_id| !run_id.is_empty())
}

/// The policy that a closed run applies to its children.
#[allow(
    clippy::wildcard_enum_match_arm,
    reason = "the two closing events with a policy against all others"
)]
pub(super) fn applied_policy(run: &Run) -> Option<ChildPolicy> {
    match run.ties.closing.as_ref()? {
        EventAttributes::WorkflowExecutionTerminated(closing) => Some(closing.child_policy),
        EventAttributes::WorkflowExecutionTimedOut(closing) => Some(closing.child_policy),
        _ => None,
    }
}

pub(super) fn is_as_wanted(
    start: &WorkflowExecutionStartedEventAttributes,
    wanted: &StartChildWorkflowExecutionInitiatedEventAttributes,
) -> bool {
    start.workflow_type == wanted.workflow_type
        && start.input == wanted.input
        && start.child_policy == wanted.child_policy
        && start.task_list == wanted.task_list
        && start.task_priority == wanted.task_priority
        && start.tag_list == wanted.tag_list
        && start.lambda_role == wanted.lambda_role
        && start.execution_start_to_close_timeout == wanted.execution_start_to_close_timeout
        && start.task_start_to_close_timeout == wanted.task_start_to_close_timeout
}

/// Whether a parent's event tells of that closing event.
#[allow(
    clippy::wildcard_enum_match_arm,
    reason = "the five pairs that belong together against all others"
)]
pub(super) fn agree(told: &EventAttributes, closing: &EventAttributes) -> bool {
    use EventAttributes as E;
    match (told, closing) {
        (E::ChildWorkflowExecutionCompleted(told), E::WorkflowExecutionCompleted(closing)) => {
            told.result == closing.result
        }
        (E::ChildWorkflowExecutionFailed(told), E::WorkflowExecutionFailed(closing)) => {
            told.reason == closing.reason && told.details == closing.details
        }
        (E::ChildWorkflowExecutionCanceled(told), E::WorkflowExecutionCanceled(closing)) => {
            told.details == closing.details
        }
        (E::ChildWorkflowExecutionTerminated(_), E::WorkflowExecutionTerminated(_))
        | (E::ChildWorkflowExecutionTimedOut(_), E::WorkflowExecutionTimedOut(_)) => true,
        _ => false,
    }
}
