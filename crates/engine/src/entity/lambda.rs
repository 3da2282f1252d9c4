//! Lambda tasks: the ScheduleLambdaFunction decision and its seven history events.
//!
//! The decision comes with a later version (`decision_list` refuses it as a whole); the fold of its events is here
//! because the counts of DescribeWorkflowExecution are made from it.

use everbeat_model::{EventId, LambdaFunctionScheduledEventAttributes};

use crate::state::{LambdaTask, State};

/// Reserved: refused before it gets here.
pub(crate) fn schedule() {}

pub(crate) fn apply_scheduled(
    state: &mut State,
    id: EventId,
    attributes: &LambdaFunctionScheduledEventAttributes,
) {
    state.lambda_tasks.0.push(LambdaTask {
        scheduled_event_id: id,
        id: attributes.id.clone(),
        started_event_id: None,
    });
}

pub(crate) fn apply_started(state: &mut State, id: EventId, scheduled_event_id: EventId) {
    if let Some(task) = state
        .lambda_tasks
        .0
        .iter_mut()
        .find(|task| task.scheduled_event_id == scheduled_event_id)
    {
        task.started_event_id = Some(id);
    }
}

pub(crate) fn apply_closed(state: &mut State, scheduled_event_id: EventId) {
    state
        .lambda_tasks
        .0
        .retain(|task| task.scheduled_event_id != scheduled_event_id);
}
