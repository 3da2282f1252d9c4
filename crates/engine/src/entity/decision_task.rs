//! Decision tasks: their four history events.
//!
//! ```text
//!   DecisionTaskScheduled   none -> scheduled            DecisionTaskCompleted   started -> none
//!   DecisionTaskStarted     scheduled -> started         DecisionTaskTimedOut    started or scheduled -> none
//! ```
//!
//! Holds: at most one decision task is scheduled and at most one is started; both may exist together, and the scheduled
//! one is handed out only when the started one has closed. Any number of events leads to one further decision task.
//! Leaves to others: what a completed one brings (`decision_list`); queues and polls (the partition).
//! Source: execution.md section 5.

use alloc::vec::Vec;

use everbeat_model::{
    Canceled, Count, DecisionTaskCompletedEventAttributes, DecisionTaskScheduledEventAttributes,
    DecisionTaskStartedEventAttributes, DecisionTaskTimedOutEventAttributes,
    DecisionTaskTimeoutType, DurationInSecondsOptional, EventAttributes, EventId, Fault, Identity,
    TaskList, Timestamp,
};

use crate::change::Change;
use crate::command::StartedTask;
use crate::draft::Draft;
use crate::state::{ScheduledDecision, StartedDecision, State, TemporaryTaskList};

/// Schedules a decision task unless one is scheduled already, or the execution has closed (section 5.1).
pub(crate) fn schedule_if_needed(draft: &mut Draft<'_>) {
    let state = &draft.state;
    if !state.is_open() || state.scheduled_decision.is_some() {
        return;
    }
    let (name, schedule_to_start_timeout) = match &state.temporary_task_list {
        Some(temporary) => (
            temporary.name.clone(),
            temporary.schedule_to_start_timeout.clone(),
        ),
        None => (state.task_list.clone(), DurationInSecondsOptional::none()),
    };
    let attributes = DecisionTaskScheduledEventAttributes {
        task_list: TaskList { name },
        task_priority: state.task_priority.clone(),
        start_to_close_timeout: Some(state.task_start_to_close_timeout.clone()),
        schedule_to_start_timeout: Some(schedule_to_start_timeout),
    };
    draft.append(EventAttributes::DecisionTaskScheduled(attributes));
}

/// Hands the scheduled decision task to a decider.
pub(crate) fn start(
    mut draft: Draft<'_>,
    scheduled_event_id: EventId,
    identity: Option<Identity>,
) -> Result<Vec<Change>, Fault> {
    let scheduled = draft.state.scheduled_decision.as_ref();
    let waits = scheduled.is_some_and(|scheduled| scheduled.event_id == scheduled_event_id);
    if !waits || draft.state.started_decision.is_some() {
        return Err(Fault::unknown_decision_task(scheduled_event_id));
    }
    draft.append(EventAttributes::DecisionTaskStarted(
        DecisionTaskStartedEventAttributes {
            identity,
            scheduled_event_id,
        },
    ));
    Ok(draft.finish())
}

/// The task of a token must be the started one.
pub(crate) fn check_started(state: &State, task: StartedTask) -> Result<(), Fault> {
    let is_started = state.started_decision.as_ref().is_some_and(|started| {
        started.scheduled_event_id == task.scheduled_event_id
            && started.started_event_id == task.started_event_id
    });
    if is_started {
        Ok(())
    } else {
        Err(Fault::unknown_decision_task(task.scheduled_event_id))
    }
}

/// When the decision tasks of `state` time out (section 5.3).
pub(crate) fn deadlines(
    state: &State,
) -> impl Iterator<Item = (Timestamp, DecisionTaskTimeoutType)> {
    let started = state.started_decision.as_ref().and_then(|started| {
        let seconds = state.task_start_to_close_timeout.seconds()?;
        Some((
            started.started_at.plus_seconds(seconds),
            DecisionTaskTimeoutType::StartToClose,
        ))
    });
    let scheduled = state.scheduled_decision.as_ref().and_then(|scheduled| {
        let seconds = scheduled.schedule_to_start_timeout.seconds()?;
        Some((
            scheduled.dispatchable_at?.plus_seconds(seconds),
            DecisionTaskTimeoutType::ScheduleToStart,
        ))
    });
    started.into_iter().chain(scheduled)
}

/// A decision task has timed out: the decider is asked again.
pub(crate) fn time_out(draft: &mut Draft<'_>, timeout_type: DecisionTaskTimeoutType) {
    let state = &draft.state;
    let (scheduled_event_id, started_event_id) = match timeout_type {
        DecisionTaskTimeoutType::StartToClose => match &state.started_decision {
            Some(started) => (started.scheduled_event_id, started.started_event_id),
            None => return,
        },
        DecisionTaskTimeoutType::ScheduleToStart => match &state.scheduled_decision {
            Some(scheduled) => (scheduled.event_id, EventId::NONE),
            None => return,
        },
    };
    draft.append(EventAttributes::DecisionTaskTimedOut(
        DecisionTaskTimedOutEventAttributes {
            timeout_type,
            scheduled_event_id,
            started_event_id,
        },
    ));
    draft.want_decision();
}

pub(crate) fn apply_scheduled(
    state: &mut State,
    id: EventId,
    at: Timestamp,
    attributes: &DecisionTaskScheduledEventAttributes,
) {
    let none = DurationInSecondsOptional::none;
    state.scheduled_decision = Some(ScheduledDecision {
        event_id: id,
        task_list: attributes.task_list.name.clone(),
        schedule_to_start_timeout: attributes
            .schedule_to_start_timeout
            .clone()
            .unwrap_or_else(none),
        dispatchable_at: state.started_decision.is_none().then_some(at),
    });
}

pub(crate) fn apply_started(
    state: &mut State,
    id: EventId,
    at: Timestamp,
    attributes: &DecisionTaskStartedEventAttributes,
) {
    let scheduled = state.scheduled_decision.take();
    let temporary =
        scheduled.is_some_and(|scheduled| scheduled.schedule_to_start_timeout.seconds().is_some());
    state.started_decision = Some(StartedDecision {
        scheduled_event_id: attributes.scheduled_event_id,
        started_event_id: id,
        started_at: at,
        temporary: Canceled(temporary),
    });
}

pub(crate) fn apply_completed(
    state: &mut State,
    at: Timestamp,
    attributes: &DecisionTaskCompletedEventAttributes,
) {
    state.started_decision = None;
    state.decision_task_timeouts = Count(0);
    state.previous_started_event_id = attributes.started_event_id;
    if let Some(context) = &attributes.execution_context {
        state.latest_execution_context = Some(context.clone());
    }
    if let Some(task_list) = &attributes.task_list {
        apply_override(
            state,
            task_list,
            attributes.task_list_schedule_to_start_timeout.as_ref(),
        );
    }
    make_dispatchable(state, at);
}

/// Section 5.4: with a time-out the override is temporary, without (or with `NONE`) permanent.
fn apply_override(
    state: &mut State,
    task_list: &TaskList,
    timeout: Option<&DurationInSecondsOptional>,
) {
    match timeout {
        Some(timeout) if timeout.seconds().is_some() => {
            state.temporary_task_list = Some(TemporaryTaskList {
                name: task_list.name.clone(),
                schedule_to_start_timeout: timeout.clone(),
            });
        }
        _ => {
            state.task_list = task_list.name.clone();
            state.temporary_task_list = None;
        }
    }
}

/// A temporary override ends with the first task under it that times out.
pub(crate) fn apply_timed_out(
    state: &mut State,
    at: Timestamp,
    attributes: &DecisionTaskTimedOutEventAttributes,
) {
    state.decision_task_timeouts = Count(state.decision_task_timeouts.0.saturating_add(1));
    match attributes.timeout_type {
        DecisionTaskTimeoutType::StartToClose => {
            if state
                .started_decision
                .take()
                .is_some_and(|started| started.temporary.0)
            {
                state.temporary_task_list = None;
            }
        }
        DecisionTaskTimeoutType::ScheduleToStart => {
            state.scheduled_decision = None;
            state.temporary_task_list = None;
        }
    }
    make_dispatchable(state, at);
}

/// No decision task is started any more, so that a waiting one may be.
fn make_dispatchable(state: &mut State, at: Timestamp) {
    if let Some(scheduled) = &mut state.scheduled_decision {
        scheduled.dispatchable_at.get_or_insert(at);
    }
}
