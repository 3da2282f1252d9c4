//! Wake-ups: each run's earliest deadline, for the next minutes in memory, for later ones in the store alone.
//!
//! A run's entry is never later than its true earliest deadline; it may be earlier (a heartbeat or a completion moves no
//! row). When it comes due the deadline is computed anew and armed again.

use alloc::{collections::BTreeSet, vec::Vec};

use everbeat_model::Timestamp;

use crate::rows::RunKey;

/// How far ahead of now deadlines are kept in memory, in milliseconds.
pub(crate) const WINDOW_MS: i64 = 5 * 60 * 1000;

/// The deadlines up to a horizon.
#[derive(Debug)]
pub(crate) struct Deadlines {
    window: BTreeSet<(Timestamp, RunKey)>,
    /// Deadlines up to and including this instant are in the window.
    horizon: Timestamp,
}

impl Deadlines {
    pub(crate) fn new(deadlines: Vec<(Timestamp, RunKey)>, horizon: Timestamp) -> Self {
        Self {
            window: deadlines.into_iter().collect(),
            horizon,
        }
    }

    /// Moves a run's entry.
    pub(crate) fn set(&mut self, run: RunKey, from: Option<Timestamp>, to: Option<Timestamp>) {
        if let Some(at) = from {
            self.window.remove(&(at, run));
        }
        if let Some(at) = to.filter(|at| *at <= self.horizon) {
            self.window.insert((at, run));
        }
    }

    /// Runs whose entries are due, the earliest first.
    pub(crate) fn due(&self, now: Timestamp) -> impl Iterator<Item = (Timestamp, RunKey)> {
        self.window
            .iter()
            .take_while(move |(at, _)| *at <= now)
            .copied()
    }

    /// When the next entry of the window is due.
    pub(crate) fn next(&self) -> Option<Timestamp> {
        self.window.first().map(|(at, _)| *at)
    }

    /// The part of time that has to be loaded by now: behind the first instant, up to and including the second.
    pub(crate) fn missing(&self, now: Timestamp) -> Option<(Timestamp, Timestamp)> {
        let needed = Timestamp(now.0.saturating_add(WINDOW_MS / 2));
        (self.horizon <= needed).then(|| (self.horizon, Timestamp(now.0.saturating_add(WINDOW_MS))))
    }

    /// Takes in a part of time that was missing.
    pub(crate) fn extend(&mut self, deadlines: Vec<(Timestamp, RunKey)>, until: Timestamp) {
        self.window.extend(deadlines);
        self.horizon = self.horizon.max(until);
    }

    /// Up to which instant deadlines are in memory.
    pub(crate) fn horizon(&self) -> Timestamp {
        self.horizon
    }
}
