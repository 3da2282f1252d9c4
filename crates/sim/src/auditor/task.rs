//! Tasks and timers as the events tell of them, with the times at which they are due.

use std::collections::VecDeque;

use everbeat_model::{
    ActivityId, ActivityTaskScheduledEventAttributes, ActivityTaskTimeoutType, ActivityType, Data,
    Decision, DurationInSecondsOptional, EventId, LimitedData, Name, TimerId, Timestamp,
};

/// The instant at which a timeout that began at `from` is over; none without a limit.
pub(super) fn due(
    from: Timestamp,
    timeout: Option<&DurationInSecondsOptional>,
) -> Option<Timestamp> {
    let seconds: i64 = timeout?.as_str().parse().ok()?;
    Some(Timestamp(from.0 + seconds * 1000))
}

/// A decision task that waits.
#[derive(Debug)]
pub(super) struct ScheduledDecision {
    pub(super) event: EventId,
    pub(super) task_list: Name,
    /// Set while no other one is started.
    pub(super) ready_at: Option<Timestamp>,
    pub(super) schedule_to_start: Option<DurationInSecondsOptional>,
    pub(super) start_to_close: Option<DurationInSecondsOptional>,
}

impl ScheduledDecision {
    pub(super) fn due(&self) -> Option<Timestamp> {
        due(self.ready_at?, self.schedule_to_start.as_ref())
    }
}

/// A decision task that a decider has.
#[derive(Debug)]
pub(super) struct StartedDecision {
    pub(super) scheduled: EventId,
    pub(super) started: EventId,
    pub(super) due: Option<Timestamp>,
}

/// The decisions of a completed task whose events are still to come.
#[derive(Debug)]
pub(super) struct Answered {
    pub(super) completed: EventId,
    pub(super) decisions: VecDeque<Decision>,
}

/// A timer.
#[derive(Debug)]
pub(super) struct Timer {
    pub(super) id: TimerId,
    pub(super) due: Option<Timestamp>,
}

/// An activity task. It stays known when it is closed.
#[derive(Debug)]
pub(super) struct Activity {
    pub(super) id: ActivityId,
    pub(super) activity_type: ActivityType,
    pub(super) input: Option<Data>,
    pub(super) task_list: Name,
    pub(super) is_open: bool,
    pub(super) started: Option<(EventId, Timestamp)>,
    pub(super) cancel_requested: Option<EventId>,
    scheduled_at: Timestamp,
    schedule_to_start: Option<DurationInSecondsOptional>,
    schedule_to_close: Option<DurationInSecondsOptional>,
    start_to_close: Option<DurationInSecondsOptional>,
    heartbeat: Option<DurationInSecondsOptional>,
    /// When the last heartbeat was acknowledged.
    beaten_at: Option<Timestamp>,
    /// What the store may hold: the details of the last heartbeat that was acknowledged, and of later ones with an
    /// unknown outcome.
    details: Vec<Option<LimitedData>>,
}

impl Activity {
    pub(super) fn new(at: Timestamp, attributes: &ActivityTaskScheduledEventAttributes) -> Self {
        Self {
            id: attributes.activity_id.clone(),
            activity_type: attributes.activity_type.clone(),
            input: attributes.input.clone(),
            task_list: attributes.task_list.name.clone(),
            is_open: true,
            started: None,
            cancel_requested: None,
            scheduled_at: at,
            schedule_to_start: attributes.schedule_to_start_timeout.clone(),
            schedule_to_close: attributes.schedule_to_close_timeout.clone(),
            start_to_close: attributes.start_to_close_timeout.clone(),
            heartbeat: attributes.heartbeat_timeout.clone(),
            beaten_at: None,
            details: vec![None],
        }
    }

    /// A heartbeat was acknowledged.
    pub(super) fn beat(&mut self, at: Timestamp, details: Option<LimitedData>) {
        self.beaten_at = Some(at);
        self.details = vec![details];
    }

    /// A heartbeat was sent, and nobody knows whether it was recorded.
    pub(super) fn perhaps_beat(&mut self, details: Option<LimitedData>) {
        self.details.push(details);
    }

    /// Whether a time-out may carry these details.
    pub(super) fn may_have(&self, details: Option<&LimitedData>) -> bool {
        self.details.iter().any(|known| known.as_ref() == details)
    }

    /// When that timeout is over; none when it does not run. The heartbeat clock restarts when the server does.
    pub(super) fn due(
        &self,
        timeout_type: ActivityTaskTimeoutType,
        recovered_at: Timestamp,
    ) -> Option<Timestamp> {
        let started_at = self.started.map(|(_, at)| at);
        match timeout_type {
            ActivityTaskTimeoutType::ScheduleToStart => {
                let waits_from = started_at.is_none().then_some(self.scheduled_at);
                due(waits_from?, self.schedule_to_start.as_ref())
            }
            ActivityTaskTimeoutType::ScheduleToClose => {
                due(self.scheduled_at, self.schedule_to_close.as_ref())
            }
            ActivityTaskTimeoutType::StartToClose => due(started_at?, self.start_to_close.as_ref()),
            ActivityTaskTimeoutType::Heartbeat => {
                let from = started_at?.max(recovered_at);
                let from = self.beaten_at.map_or(from, |at| at.max(from));
                due(from, self.heartbeat.as_ref())
            }
        }
    }

    /// When the task times out at the latest; a heartbeat with an unknown outcome may have put it off.
    pub(super) fn latest_due(&self, recovered_at: Timestamp) -> Option<Timestamp> {
        use ActivityTaskTimeoutType as Type;
        let heartbeat = self
            .due(Type::Heartbeat, recovered_at)
            .filter(|_| self.details.len() == 1);
        [
            Type::ScheduleToStart,
            Type::ScheduleToClose,
            Type::StartToClose,
        ]
        .into_iter()
        .filter_map(|timeout_type| self.due(timeout_type, recovered_at))
        .chain(heartbeat)
        .min()
    }
}
