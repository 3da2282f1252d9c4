//! Child executions: the StartChildWorkflowExecution decision and its eight history events.
//!
//! The decision comes with a later version (`decision_list` refuses it as a whole); the fold of its events is here
//! because the counts of DescribeWorkflowExecution are made from it.

use everbeat_model::{
    ChildWorkflowExecutionStartedEventAttributes, EventId,
    StartChildWorkflowExecutionInitiatedEventAttributes,
};

use crate::state::{Child, State};

/// Reserved: refused before it gets here.
pub(crate) fn start() {}

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
