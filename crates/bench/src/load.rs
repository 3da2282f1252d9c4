//! What a load is: something that keeps a server busy for a span of time and says how that went.

use std::time::Duration;

use crate::caller::Caller;
use crate::failure::{Errors, Failure};
use crate::histogram::Histogram;
use crate::repeater::ChangingBody;

/// After a span, requests under way have so long to be answered.
pub(crate) const GRACE: Duration = Duration::from_secs(15);

/// What one span of time brought.
#[derive(Debug, Clone, Default)]
pub(crate) struct Slice {
    /// One for each operation that was completed.
    pub(crate) latencies: Histogram,
    pub(crate) elapsed: Duration,
    pub(crate) errors: Errors,
}

impl Slice {
    /// Completed operations a second.
    pub(crate) fn rate(&self) -> f64 {
        let seconds = self.elapsed.as_secs_f64();
        if seconds > 0.0 {
            self.latencies.count() as f64 / seconds
        } else {
            0.0
        }
    }
}

/// Keeps a server busy.
pub(crate) trait Load {
    /// Runs for `span`, and waits for what is under way then. Between two runs nothing is sent.
    ///
    /// # Errors
    /// When the load cannot go on. Refused requests are counted instead.
    async fn measure(&mut self, span: Duration) -> Result<Slice, Failure>;

    /// Calls answered so far, those of warm-ups included.
    fn calls(&self) -> u64;
}

/// A load on Everbeat.
pub(crate) trait ServerLoad: Load + Sized {
    /// How many calls make one operation.
    const CALLS: u32;

    /// Brings the server to where the load can begin, and opens the connections.
    ///
    /// # Errors
    /// When a call or a connection fails.
    async fn prepare(caller: &Caller, connections: usize) -> Result<Self, Failure>;

    /// What the bare server is to be asked so that requests have the same size, and the size of its replies in bytes.
    /// Known after a first run.
    fn likeness(&self) -> (ChangingBody, usize);

    /// Asks the server whether it holds what it acknowledged.
    ///
    /// # Errors
    /// When it does not, or cannot say.
    async fn check(&mut self) -> Result<(), Failure>;
}
