//! The one clock: wall time stepped by a monotonic clock, so that it never runs backwards.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use everbeat_model::Timestamp;

const NANOSECONDS_PER_MILLISECOND: i64 = 1_000_000;

/// Milliseconds since 1970, never backwards.
///
/// The monotonic clock moves it. When wall time runs ahead of it (a machine that slept, a clock that was set) it is
/// followed; when wall time falls behind, this clock goes on at its own pace.
#[derive(Debug)]
pub(crate) struct Clock {
    started: Instant,
    /// The most by which wall time was ever ahead of the monotonic clock, in nanoseconds.
    ahead: AtomicI64,
}

impl Clock {
    /// A clock that starts with the present wall time.
    pub(crate) fn start() -> Self {
        Self {
            started: Instant::now(),
            ahead: AtomicI64::new(i64::MIN),
        }
    }

    /// The present.
    pub(crate) fn now(&self) -> Timestamp {
        let since_1970 = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        self.at(self.started.elapsed(), since_1970)
    }

    /// How long from now until `at`; nothing if that has passed.
    pub(crate) fn until(&self, at: Timestamp) -> Duration {
        Duration::from_millis(u64::try_from(at.0.saturating_sub(self.now().0)).unwrap_or(0))
    }

    /// The time when the monotonic clock and the wall show these.
    fn at(&self, monotonic: Duration, wall: Duration) -> Timestamp {
        let (monotonic, wall) = (nanoseconds(monotonic), nanoseconds(wall));
        let ahead = wall.saturating_sub(monotonic);
        let most = self.ahead.fetch_max(ahead, Ordering::Relaxed).max(ahead);
        Timestamp(monotonic.saturating_add(most) / NANOSECONDS_PER_MILLISECOND)
    }
}

fn nanoseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_nanos()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wall_time_is_followed_ahead_and_never_back() {
        let clock = Clock::start();
        let at = |monotonic: u64, wall: u64| {
            let millis = Duration::from_millis;
            clock.at(millis(monotonic), millis(wall)).0
        };
        assert_eq!(at(0, 1000), 1000);
        assert_eq!(at(10, 1010), 1010);
        assert_eq!(at(20, 5000), 5000, "set ahead");
        assert_eq!(
            at(30, 1030),
            5010,
            "set back: the clock goes on at its own pace"
        );
        assert_eq!(at(40, 6000), 6000, "set ahead again");
    }
}
