//! What always holds of a state. Checked after every step in tests and in the simulator.

use alloc::collections::BTreeSet;

use everbeat_model::EventId;

use crate::state::State;

/// Checks the state.
///
/// # Errors
/// What does not hold, in one sentence.
pub fn check(state: &State) -> Result<(), &'static str> {
    check_activities(state)?;
    check_decisions(state)?;
    check_relations(state)?;
    check_lambda_tasks(state)?;
    let timers: BTreeSet<_> = state.timers.iter().map(|timer| &timer.timer_id).collect();
    holds(
        timers.len() == state.timers.len(),
        "a timer id is open twice",
    )?;
    holds(
        state.previous_started_event_id <= state.last_event_id,
        "the last processed event is not in the history",
    )?;
    holds(
        state.close_status.is_some() == state.closed_at.is_some(),
        "closed without a time, or the reverse",
    )?;
    holds(
        state.last_event_id >= EventId::NONE,
        "the last event id is negative",
    )
}

fn check_activities(state: &State) -> Result<(), &'static str> {
    let activities = || state.activities.iter();
    let ids: BTreeSet<_> = activities().map(|activity| &activity.activity_id).collect();
    holds(
        ids.len() == state.activities.len(),
        "an activity id is open twice",
    )?;
    holds(
        activities().is_sorted_by_key(|activity| activity.scheduled_event_id),
        "activities are not in the order of their scheduled events",
    )?;
    holds(
        activities().all(|activity| activity.is_started() == activity.started_at.is_some()),
        "a started activity has no time of start",
    )?;
    holds(
        activities().all(|activity| activity.is_started() || activity.heartbeat_details.is_none()),
        "an activity that is not started has heartbeat details",
    )
}

fn check_decisions(state: &State) -> Result<(), &'static str> {
    holds(
        state
            .started_decision
            .as_ref()
            .is_none_or(|started| started.scheduled_event_id < started.started_event_id),
        "a decision task was started before it was scheduled",
    )?;
    holds(
        state.scheduled_decision.as_ref().is_none_or(|scheduled| {
            scheduled.event_id <= state.last_event_id
                && scheduled.dispatchable_at.is_some() == state.started_decision.is_none()
        }),
        "a decision task is dispatchable although another one is started, or the reverse",
    )
}

/// What the execution has to do with others: its parent, its children, and its requests to others.
fn check_relations(state: &State) -> Result<(), &'static str> {
    let in_history = |id: EventId| id > EventId::NONE && id <= state.last_event_id;
    holds(
        state.parent.is_some() == (state.parent_initiated_event_id > EventId::NONE),
        "a parent without the event that asked for the child, or the reverse",
    )?;
    holds(
        state
            .children
            .iter()
            .is_sorted_by(|one, next| one.initiated_event_id < next.initiated_event_id),
        "children are not in the order of their initiated events",
    )?;
    holds(
        state.children.iter().all(|child| {
            in_history(child.initiated_event_id)
                && child
                    .started_event_id
                    .is_none_or(|started| started > child.initiated_event_id && in_history(started))
        }),
        "a child was started before it was asked for",
    )?;
    holds(
        state
            .children
            .iter()
            .all(|child| child.started_event_id.is_some() == child.run_id.is_some()),
        "a started child has no run id, or the reverse",
    )?;
    holds(
        state
            .outbound
            .iter()
            .is_sorted_by(|one, next| one.initiated_event_id < next.initiated_event_id),
        "requests to others are not in the order of their initiated events",
    )?;
    holds(
        state
            .outbound
            .iter()
            .all(|outbound| in_history(outbound.initiated_event_id)),
        "a request to others is not in the history",
    )
}

fn check_lambda_tasks(state: &State) -> Result<(), &'static str> {
    let tasks = || state.lambda_tasks.iter();
    let ids: BTreeSet<_> = tasks().map(|task| &task.id).collect();
    holds(
        ids.len() == state.lambda_tasks.len(),
        "an id of a Lambda task is open twice",
    )?;
    holds(
        tasks().is_sorted_by(|one, next| one.scheduled_event_id < next.scheduled_event_id),
        "Lambda tasks are not in the order of their scheduled events",
    )?;
    holds(
        tasks().all(|task| task.started_event_id.is_some() == task.started_at.is_some()),
        "a started Lambda task has no time of start, or the reverse",
    )?;
    holds(
        tasks().all(|task| {
            task.started_event_id
                .is_none_or(|started| started > task.scheduled_event_id)
        }),
        "a Lambda task was started before it was scheduled",
    )
}

fn holds(condition: bool, what: &'static str) -> Result<(), &'static str> {
    if condition { Ok(()) } else { Err(what) }
}
