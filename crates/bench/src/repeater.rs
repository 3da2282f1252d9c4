//! One call again and again on every connection: how heartbeats are sent, and how the bare server is measured.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use everbeat_model::Operation;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::caller::{CallHeaders, Caller};
use crate::connection::{Connection, Traffic};
use crate::failure::Failure;
use crate::histogram::Histogram;
use crate::load::{GRACE, Load, Slice};

/// Digits of the number that changes.
const DIGITS: usize = 12;

/// A body that is the same every time, a number in it excepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ChangingBody {
    before: String,
    after: String,
}

impl ChangingBody {
    /// A body with a number of twelve digits between `before` and `after`.
    pub(crate) fn new(before: String, after: String) -> Self {
        Self { before, after }
    }

    /// A body of `bytes` bytes, twelve at least.
    pub(crate) fn of_size(bytes: usize) -> Self {
        Self::new("x".repeat(bytes.saturating_sub(DIGITS)), String::new())
    }

    pub(crate) fn with(&self, number: u64) -> String {
        format!("{}{number:0DIGITS$}{}", self.before, self.after)
    }
}

/// What one connection sends.
struct Lane {
    connection: Connection,
    headers: Arc<CallHeaders>,
    body: ChangingBody,
    traffic: Arc<Traffic>,
    sent: u64,
}

/// Connections that repeat a call each.
pub(crate) struct Repeater {
    lanes: Vec<Lane>,
    traffic: Arc<Traffic>,
}

impl Repeater {
    /// Opens a connection for each body.
    ///
    /// # Errors
    /// When the server cannot be reached.
    pub(crate) async fn open(
        caller: &Caller,
        operation: Operation,
        bodies: Vec<ChangingBody>,
    ) -> Result<Self, Failure> {
        let headers = Arc::new(caller.headers(operation)?);
        let traffic = Arc::new(Traffic::default());
        let mut lanes = Vec::with_capacity(bodies.len());
        for body in bodies {
            lanes.push(Lane {
                connection: Connection::open(caller.endpoint()).await?,
                headers: Arc::clone(&headers),
                body,
                traffic: Arc::clone(&traffic),
                sent: 0,
            });
        }
        Ok(Self { lanes, traffic })
    }

    /// Mean size of the bodies of requests and replies so far, in bytes.
    pub(crate) fn mean_sizes(&self) -> (usize, usize) {
        self.traffic.mean_sizes()
    }
}

impl Load for Repeater {
    /// Sends on all connections. One with an error is given up.
    async fn measure(&mut self, span: Duration) -> Result<Slice, Failure> {
        let start = Instant::now();
        let deadline = start + span;
        let mut running = JoinSet::new();
        for lane in self.lanes.drain(..) {
            running.spawn(lane.repeat_until(deadline));
        }
        let finished = timeout(span + GRACE, running.join_all())
            .await
            .map_err(|_| Failure::Late("an answer under load"))?;
        let mut slice = Slice {
            elapsed: start.elapsed(),
            ..Slice::default()
        };
        for (lane, latencies, error) in finished {
            slice.latencies.merge(&latencies);
            match error {
                Some(error) => slice.errors.add(error),
                None => self.lanes.push(lane),
            }
        }
        Ok(slice)
    }

    fn calls(&self) -> u64 {
        self.traffic.calls()
    }
}

impl Lane {
    async fn repeat_until(mut self, deadline: Instant) -> (Self, Histogram, Option<String>) {
        let mut latencies = Histogram::default();
        let mut before = Instant::now();
        while before < deadline {
            self.sent += 1;
            let body = Bytes::from(self.body.with(self.sent));
            let answer = self.connection.call(&self.headers, body, &self.traffic);
            if let Err(error) = answer.await {
                return (self, latencies, Some(error));
            }
            let after = Instant::now();
            latencies.record(after - before);
            before = after;
        }
        (self, latencies, None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_change_but_not_in_size() {
        let body = ChangingBody::new("<".into(), ">".into());
        assert_eq!(body.with(7), "<000000000007>");
        assert_eq!(body.with(u64::from(u32::MAX)).len(), body.with(0).len());
        assert_eq!(ChangingBody::of_size(100).with(3).len(), 100);
        assert_ne!(
            ChangingBody::of_size(100).with(3),
            ChangingBody::of_size(100).with(4)
        );
    }
}
