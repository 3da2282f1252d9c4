//! What always holds of a state. Checked after every step in tests and in the simulator.

use alloc::collections::BTreeSet;

use everbeat_model::EventId;

use crate::state::State;

/// Checks the state.
///
/// # Errors
/// What does not hold, in one sentence.
pub fn check(state: &State) -> Result<(), &'static str> {
    let last = state.last_event_id;
    let ids: BTreeSet<_> = state
        .activities
        .iter()
        .map(|activity| &activity.activity_id)
        .collect();
    let timers: BTreeSet<_> = state.timers.iter().map(|timer| &timer.timer_id).collect();
    let holds = |condition: bool, what: &'static str| if condition { Ok(()) } else { Err(what) };
    holds(
        ids.len() == state.activities.len(),
        "an activity id is open twice",
    )?;
    holds(
        timers.len() == state.timers.len(),
        "a timer id is open twice",
    )?;
    holds(
        state
            .activities
            .is_sorted_by_key(|activity| activity.scheduled_event_id),
        "activities are not in the order of their scheduled events",
    )?;
    holds(
        state
            .activities
            .iter()
            .all(|activity| activity.is_started() == activity.started_at.is_some()),
        "a started activity has no time of start",
    )?;
    holds(
        state
            .activities
            .iter()
            .all(|activity| activity.is_started() || activity.heartbeat_details.is_none()),
        "an activity that is not started has heartbeat details",
    )?;
    holds(
        state
            .started_decision
            .as_ref()
            .is_none_or(|started| started.scheduled_event_id < started.started_event_id),
        "a decision task was started before it was scheduled",
    )?;
    holds(
        state.scheduled_decision.as_ref().is_none_or(|scheduled| {
            scheduled.event_id <= last
                && scheduled.dispatchable_at.is_some() == state.started_decision.is_none()
        }),
        "a decision task is dispatchable although another one is started, or the reverse",
    )?;
    holds(
        state.previous_started_event_id <= last,
        "the last processed event is not in the history",
    )?;
    holds(
        state.close_status.is_some() == state.closed_at.is_some(),
        "closed without a time, or the reverse",
    )?;
    holds(last >= EventId::NONE, "the last event id is negative")
}
