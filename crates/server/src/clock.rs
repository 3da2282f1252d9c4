//! The clocks: wall time stepped by a monotonic clock, so that it never runs backwards; and the time that executions live
//! in, which is the same unless it is moved by hand (`--clock manual`).

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use everbeat_model::Timestamp;

/// What the machine takes for the time, in milliseconds since 1970. It may go back: signatures and the audit log need the
/// time that others have, once somebody has set it right.
pub(crate) fn real_time() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| {
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
    })
}

const NANOSECONDS_PER_MILLISECOND: i64 = 1_000_000;

/// Milliseconds since 1970, never backwards.
///
/// The monotonic clock moves it. When wall time runs ahead of it (a machine that slept, a clock that was set) it is
/// followed; when wall time falls behind, this clock goes on at its own pace.
#[derive(Debug)]
pub(crate) struct WallClock {
    started: Instant,
    /// The most by which wall time was ever ahead of the monotonic clock, in nanoseconds.
    ahead: AtomicI64,
}

/// The time that executions live in: the wall's, or one that stands still until it is moved.
///
/// Only SWF's own times come from here. Page tokens and everything on the network stay with [`WallClock`].
#[derive(Debug)]
pub(crate) enum Clock {
    /// Moves by itself.
    System(WallClock),
    /// Stands still; milliseconds since 1970.
    Manual(AtomicI64),
}

impl Clock {
    /// The present.
    pub(crate) fn now(&self) -> Timestamp {
        match self {
            Self::System(wall) => wall.now(),
            Self::Manual(now) => Timestamp(now.load(Ordering::Relaxed)),
        }
    }

    /// It stands still until it is moved.
    pub(crate) const fn is_manual(&self) -> bool {
        matches!(self, Self::Manual(_))
    }

    /// Moves a manual clock, never back; a clock that moves by itself stays alone.
    pub(crate) fn move_to(&self, at: Timestamp) {
        if let Self::Manual(now) = self {
            now.fetch_max(at.0, Ordering::Relaxed);
        }
    }

    /// How long from now until `at`; nothing if that has passed. A manual clock never gets there by itself.
    pub(crate) fn until(&self, at: Timestamp) -> Duration {
        let milliseconds = u64::try_from(at.0.saturating_sub(self.now().0)).unwrap_or(0);
        match self {
            Self::Manual(_) if milliseconds > 0 => Duration::MAX,
            Self::Manual(_) | Self::System(_) => Duration::from_millis(milliseconds),
        }
    }
}

impl WallClock {
    /// A clock that starts with the present wall time.
    pub(crate) fn start() -> Self {
        Self::start_after(Timestamp(i64::MIN))
    }

    /// A clock that starts with the present wall time, or with `earlier` if that was later: then it goes on from there at
    /// its own pace, until wall time has caught up.
    pub(crate) fn start_after(earlier: Timestamp) -> Self {
        let ahead = earlier.0.saturating_mul(NANOSECONDS_PER_MILLISECOND);
        Self {
            started: Instant::now(),
            ahead: AtomicI64::new(ahead),
        }
    }

    /// The present.
    pub(crate) fn now(&self) -> Timestamp {
        let since_1970 = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        self.at(self.started.elapsed(), since_1970)
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
        let clock = WallClock::start();
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

    #[test]
    fn what_has_been_is_not_gone_back_behind() {
        let clock = WallClock::start_after(Timestamp(5000));
        let at = |millis: u64| clock.at(Duration::from_millis(millis), Duration::from_millis(1000));
        assert_eq!(at(0), Timestamp(5000));
        assert_eq!(at(7), Timestamp(5007));
    }

    #[test]
    fn a_manual_clock_moves_only_when_it_is_moved_and_never_back() {
        let clock = Clock::Manual(AtomicI64::new(1000));
        assert_eq!(clock.until(Timestamp(1000)), Duration::ZERO);
        assert_eq!(clock.until(Timestamp(1001)), Duration::MAX);
        clock.move_to(Timestamp(5000));
        clock.move_to(Timestamp(3000));
        assert_eq!(clock.now(), Timestamp(5000));
    }
}
