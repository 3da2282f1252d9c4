//! The one clock: wall time stepped by a monotonic clock, so that it never runs backwards.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use everbeat_model::Timestamp;

/// Milliseconds since 1970, never backwards.
///
/// Wall time is read once, at the start; from then on the monotonic clock moves it. When wall time runs ahead (a
/// machine that slept, a clock that was set) it is followed; when it falls behind, the monotonic clock goes on.
#[derive(Debug)]
pub(crate) struct Clock {
    started: Instant,
    started_at: Duration,
}

impl Clock {
    /// A clock that starts with the present wall time.
    pub(crate) fn start() -> Self {
        Self {
            started: Instant::now(),
            started_at: wall_time(),
        }
    }

    /// The present.
    pub(crate) fn now(&self) -> Timestamp {
        let stepped = self.started_at + self.started.elapsed();
        Timestamp(i64::try_from(stepped.max(wall_time()).as_millis()).unwrap_or(i64::MAX))
    }

    /// How long from now until `at`; nothing if that has passed.
    pub(crate) fn until(&self, at: Timestamp) -> Duration {
        Duration::from_millis(u64::try_from(at.0.saturating_sub(self.now().0)).unwrap_or(0))
    }
}

fn wall_time() -> Duration {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
}
