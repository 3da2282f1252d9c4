//! Everything that can come of a command.

use everbeat_model::{EventId, HistoryEvent, LimitedData, Timestamp};

/// One step of an execution's life. The state is the fold of all of them.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(
    clippy::large_enum_variant,
    reason = "nearly every change is an event, so that a box would save nothing"
)]
pub enum Change {
    /// An event is added to the history.
    Event(HistoryEvent),
    /// A heartbeat of a started activity task: kept outside the history, as SWF does.
    Heartbeat {
        /// The task's ActivityTaskScheduled event.
        scheduled_event_id: EventId,
        /// When it was recorded.
        at: Timestamp,
        /// Progress; none when the call had none.
        details: Option<LimitedData>,
    },
}
