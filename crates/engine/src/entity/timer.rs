//! Timers: the StartTimer and CancelTimer decisions and their five history events.
//!
//! A timer is known by the id its decider chose. At most one timer with an id is open in a run.
//!
//! ```text
//!   TimerStarted        none -> open      TimerFired      open -> none
//!   StartTimerFailed    no change         TimerCanceled   open -> none
//!   CancelTimerFailed   no change
//! ```
//!
//! Holds: every open timer has exactly one deadline; no timer outlives its run. A timer that is due but has not fired
//! is still open and can be canceled. Leaves to others: when a deadline is due (`obligations`); asking the decider
//! (`decision_task`). Source: execution.md sections 4.4 and 7.1.

use everbeat_model::{
    CancelTimerDecisionAttributes, CancelTimerFailedCause, CancelTimerFailedEventAttributes,
    DecisionType, EventAttributes, EventId, StartTimerDecisionAttributes, StartTimerFailedCause,
    StartTimerFailedEventAttributes, TimerCanceledEventAttributes, TimerFiredEventAttributes,
    TimerStartedEventAttributes, Timestamp,
};

use crate::draft::Draft;
use crate::state::{State, Timer};

/// StartTimer.
pub(crate) fn start(
    draft: &mut Draft<'_>,
    attributes: &StartTimerDecisionAttributes,
    permitted: bool,
    completed: EventId,
) {
    let limit = draft.context.limits.open_timers;
    let cause = if draft.state.timer_of_id(&attributes.timer_id).is_some() {
        Some(StartTimerFailedCause::TimerIdAlreadyInUse)
    } else if draft.state.timers.len() as u64 >= limit {
        Some(StartTimerFailedCause::OpenTimersLimitExceeded)
    } else if !draft.has_room_for(DecisionType::StartTimer) {
        Some(StartTimerFailedCause::TimerCreationRateExceeded)
    } else if !permitted {
        Some(StartTimerFailedCause::OperationNotPermitted)
    } else {
        None
    };
    if let Some(cause) = cause {
        draft.append(EventAttributes::StartTimerFailed(
            StartTimerFailedEventAttributes {
                timer_id: attributes.timer_id.clone(),
                cause,
                decision_task_completed_event_id: completed,
            },
        ));
        draft.want_decision();
        return;
    }
    draft.append(EventAttributes::TimerStarted(TimerStartedEventAttributes {
        timer_id: attributes.timer_id.clone(),
        control: attributes.control.clone(),
        start_to_fire_timeout: attributes.start_to_fire_timeout.clone(),
        decision_task_completed_event_id: completed,
    }));
}

/// CancelTimer. Asks for no decision task when it succeeds.
pub(crate) fn cancel(
    draft: &mut Draft<'_>,
    attributes: &CancelTimerDecisionAttributes,
    permitted: bool,
    completed: EventId,
) {
    let open = draft
        .state
        .timer_of_id(&attributes.timer_id)
        .map(|timer| timer.started_event_id);
    let cause = match open {
        None => CancelTimerFailedCause::TimerIdUnknown,
        Some(_) if !permitted => CancelTimerFailedCause::OperationNotPermitted,
        Some(started_event_id) => {
            draft.append(EventAttributes::TimerCanceled(
                TimerCanceledEventAttributes {
                    timer_id: attributes.timer_id.clone(),
                    started_event_id,
                    decision_task_completed_event_id: completed,
                },
            ));
            return;
        }
    };
    draft.append(EventAttributes::CancelTimerFailed(
        CancelTimerFailedEventAttributes {
            timer_id: attributes.timer_id.clone(),
            cause,
            decision_task_completed_event_id: completed,
        },
    ));
    draft.want_decision();
}

/// The timer of that started event is due.
pub(crate) fn fire(draft: &mut Draft<'_>, started_event_id: EventId) {
    let Some(timer) = draft
        .state
        .timers
        .iter()
        .find(|timer| timer.started_event_id == started_event_id)
    else {
        return;
    };
    let timer_id = timer.timer_id.clone();
    draft.append(EventAttributes::TimerFired(TimerFiredEventAttributes {
        timer_id,
        started_event_id,
    }));
    draft.want_decision();
}

pub(crate) fn apply_started(
    state: &mut State,
    id: EventId,
    at: Timestamp,
    attributes: &TimerStartedEventAttributes,
) {
    let seconds = attributes
        .start_to_fire_timeout
        .seconds()
        .unwrap_or(u64::MAX);
    state.timers.0.push(Timer {
        started_event_id: id,
        timer_id: attributes.timer_id.clone(),
        fires_at: at.plus_seconds(seconds),
    });
}

pub(crate) fn apply_closed(state: &mut State, started_event_id: EventId) {
    state
        .timers
        .0
        .retain(|timer| timer.started_event_id != started_event_id);
}
