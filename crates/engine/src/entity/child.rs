//! Child executions: the StartChildWorkflowExecution decision and its eight history events, all in the parent's history.
//!
//! ```text
//!   StartChildWorkflowExecutionInitiated   none -> initiated     the five that tell its end   started -> none
//!   ChildWorkflowExecutionStarted          initiated -> started  StartChildWorkflowExecutionFailed   initiated -> none
//! ```
//!
//! Holds: the start of a child precedes its end; a child that goes on as a new run stays the same child. Leaves to
//! others: starting the child and carrying its end to the parent (the partition); the child policy, which the child
//! meets as an order from outside (`inbound`, `lifecycle`). Source: execution.md sections 4.4 and 7.5 to 7.7.

use everbeat_model::{
    ChildWorkflowExecutionCanceledEventAttributes, ChildWorkflowExecutionCompletedEventAttributes,
    ChildWorkflowExecutionFailedEventAttributes, ChildWorkflowExecutionStartedEventAttributes,
    ChildWorkflowExecutionTerminatedEventAttributes, ChildWorkflowExecutionTimedOutEventAttributes,
    DecisionType, EventAttributes, EventId, StartChildWorkflowExecutionDecisionAttributes,
    StartChildWorkflowExecutionFailedCause, StartChildWorkflowExecutionFailedEventAttributes,
    StartChildWorkflowExecutionInitiatedEventAttributes, WorkflowExecution,
};

use crate::draft::Draft;
use crate::entity::start::{Given, Missing, TypeProblem, Values};
use crate::message::Message;
use crate::state::{Child, State};

/// StartChildWorkflowExecution.
pub(crate) fn start(
    draft: &mut Draft<'_>,
    attributes: &StartChildWorkflowExecutionDecisionAttributes,
    permitted: bool,
    completed: EventId,
) {
    match resolve(draft, attributes, permitted) {
        Ok(values) => {
            draft.append(EventAttributes::StartChildWorkflowExecutionInitiated(
                StartChildWorkflowExecutionInitiatedEventAttributes {
                    workflow_id: attributes.workflow_id.clone(),
                    workflow_type: attributes.workflow_type.clone(),
                    control: attributes.control.clone(),
                    input: attributes.input.clone(),
                    execution_start_to_close_timeout: Some(values.execution_timeout),
                    task_list: values.task_list,
                    task_priority: values.task_priority,
                    decision_task_completed_event_id: completed,
                    child_policy: values.child_policy,
                    task_start_to_close_timeout: Some(values.task_timeout),
                    tag_list: attributes.tag_list.clone().filter(|tags| !tags.is_empty()),
                    lambda_role: values.lambda_role,
                },
            ));
        }
        Err(cause) => {
            draft.append(EventAttributes::StartChildWorkflowExecutionFailed(
                StartChildWorkflowExecutionFailedEventAttributes {
                    workflow_type: attributes.workflow_type.clone(),
                    cause,
                    workflow_id: attributes.workflow_id.clone(),
                    initiated_event_id: EventId::NONE,
                    decision_task_completed_event_id: completed,
                    control: attributes.control.clone(),
                },
            ));
            draft.want_decision();
        }
    }
}

/// The child's values, or the first cause that applies.
fn resolve(
    draft: &Draft<'_>,
    attributes: &StartChildWorkflowExecutionDecisionAttributes,
    permitted: bool,
) -> Result<Values, StartChildWorkflowExecutionFailedCause> {
    use StartChildWorkflowExecutionFailedCause as Cause;
    let (limits, outside) = (draft.context.limits, draft.context.outside);
    let defaults = crate::entity::start::usable_type(outside, &attributes.workflow_type).map_err(
        |problem| match problem {
            TypeProblem::Unknown => Cause::WorkflowTypeDoesNotExist,
            TypeProblem::Deprecated => Cause::WorkflowTypeDeprecated,
        },
    )?;
    if draft.state.children.len() as u64 >= limits.open_children {
        return Err(Cause::OpenChildrenLimitExceeded);
    }
    let initiated = draft.state.children.iter();
    let initiated = initiated.filter(|child| child.started_event_id.is_none());
    let open = outside.open_executions() + initiated.count() as u64;
    if open >= limits.open_executions_per_domain {
        return Err(Cause::OpenWorkflowsLimitExceeded);
    }
    if !draft.has_room_for(DecisionType::StartChildWorkflowExecution) {
        return Err(Cause::ChildCreationRateExceeded);
    }
    let given = Given {
        execution_timeout: attributes.execution_start_to_close_timeout.as_ref(),
        task_list: attributes.task_list.as_ref(),
        task_timeout: attributes.task_start_to_close_timeout.as_ref(),
        child_policy: attributes.child_policy,
        task_priority: attributes.task_priority.as_ref(),
        lambda_role: attributes.lambda_role.as_ref(),
    };
    let values = given
        .or_defaults(defaults)
        .map_err(|missing| match missing {
            Missing::ExecutionTimeout => Cause::DefaultExecutionStartToCloseTimeoutUndefined,
            Missing::TaskList => Cause::DefaultTaskListUndefined,
            Missing::TaskTimeout => Cause::DefaultTaskStartToCloseTimeoutUndefined,
            Missing::ChildPolicy => Cause::DefaultChildPolicyUndefined,
        })?;
    if permitted {
        Ok(values)
    } else {
        Err(Cause::OperationNotPermitted)
    }
}

/// What came of the start: the child's run, or none when another run of the workflow id was open.
pub(crate) fn conclude_start(
    draft: &mut Draft<'_>,
    initiated_event_id: EventId,
    initiated: &StartChildWorkflowExecutionInitiatedEventAttributes,
    started: Option<&WorkflowExecution>,
) {
    let child = draft.state.child(initiated_event_id);
    if child.is_none_or(|child| child.started_event_id.is_some()) {
        return;
    }
    match started {
        Some(execution) => draft.append(EventAttributes::ChildWorkflowExecutionStarted(
            ChildWorkflowExecutionStartedEventAttributes {
                workflow_execution: execution.clone(),
                workflow_type: initiated.workflow_type.clone(),
                initiated_event_id,
            },
        )),
        None => draft.append(EventAttributes::StartChildWorkflowExecutionFailed(
            StartChildWorkflowExecutionFailedEventAttributes {
                workflow_type: initiated.workflow_type.clone(),
                cause: StartChildWorkflowExecutionFailedCause::WorkflowAlreadyRunning,
                workflow_id: initiated.workflow_id.clone(),
                initiated_event_id,
                decision_task_completed_event_id: initiated.decision_task_completed_event_id,
                control: initiated.control.clone(),
            },
        )),
    };
    draft.want_decision();
}

/// A child tells its end.
pub(crate) fn close(draft: &mut Draft<'_>, message: &Message) {
    let child = draft.state.child(message.parent_initiated_event_id);
    let started = child.and_then(|child| child.started_event_id);
    if let Some(event) = started.and_then(|started| told(message, started)) {
        draft.append(event);
        draft.want_decision();
    }
}

/// The event that tells the parent of the child's closing event.
#[allow(
    clippy::wildcard_enum_match_arm,
    reason = "the five ends that a parent is told of against all other events"
)]
fn told(message: &Message, started_event_id: EventId) -> Option<EventAttributes> {
    use EventAttributes as E;
    let workflow_execution = message.source.clone();
    let workflow_type = message.workflow_type.clone();
    let initiated_event_id = message.parent_initiated_event_id;
    Some(match &message.event.attributes {
        E::WorkflowExecutionCompleted(closed) => {
            E::ChildWorkflowExecutionCompleted(ChildWorkflowExecutionCompletedEventAttributes {
                workflow_execution,
                workflow_type,
                result: closed.result.clone(),
                initiated_event_id,
                started_event_id,
            })
        }
        E::WorkflowExecutionFailed(closed) => {
            E::ChildWorkflowExecutionFailed(ChildWorkflowExecutionFailedEventAttributes {
                workflow_execution,
                workflow_type,
                reason: closed.reason.clone(),
                details: closed.details.clone(),
                initiated_event_id,
                started_event_id,
            })
        }
        E::WorkflowExecutionCanceled(closed) => {
            E::ChildWorkflowExecutionCanceled(ChildWorkflowExecutionCanceledEventAttributes {
                workflow_execution,
                workflow_type,
                details: closed.details.clone(),
                initiated_event_id,
                started_event_id,
            })
        }
        E::WorkflowExecutionTerminated(_) => {
            E::ChildWorkflowExecutionTerminated(ChildWorkflowExecutionTerminatedEventAttributes {
                workflow_execution,
                workflow_type,
                initiated_event_id,
                started_event_id,
            })
        }
        E::WorkflowExecutionTimedOut(closed) => {
            E::ChildWorkflowExecutionTimedOut(ChildWorkflowExecutionTimedOutEventAttributes {
                workflow_execution,
                workflow_type,
                timeout_type: closed.timeout_type,
                initiated_event_id,
                started_event_id,
            })
        }
        _ => return None,
    })
}

pub(crate) fn apply_initiated(
    state: &mut State,
    id: EventId,
    attributes: &StartChildWorkflowExecutionInitiatedEventAttributes,
) {
    state.children.0.push(Child {
        initiated_event_id: id,
        workflow_id: attributes.workflow_id.clone(),
        started_event_id: None,
        run_id: None,
    });
}

pub(crate) fn apply_started(
    state: &mut State,
    id: EventId,
    attributes: &ChildWorkflowExecutionStartedEventAttributes,
) {
    let initiated = attributes.initiated_event_id;
    if let Some(child) = state
        .children
        .0
        .iter_mut()
        .find(|child| child.initiated_event_id == initiated)
    {
        child.started_event_id = Some(id);
        child.run_id = Some(attributes.workflow_execution.run_id.clone());
    }
}

/// A child that closed, or did not start.
pub(crate) fn apply_closed(state: &mut State, initiated_event_id: EventId) {
    state
        .children
        .0
        .retain(|child| child.initiated_event_id != initiated_event_id);
}
