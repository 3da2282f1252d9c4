//! A store that fails when it is told to, for simulations and tests.
//!
//! It decides nothing by itself: a plan is asked before every call, so that a run with the same plan is the same run.

use core::fmt;

use everbeat_model::Timestamp;
use everbeat_partition::rows::{Batch, RunKey};
use everbeat_partition::store::{LoadedRuns, Needs, Start, Store, StoreError};

/// A call that may be made to fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoreCall {
    /// [`Store::commit`].
    Commit,
    /// [`Store::load_start`].
    LoadStart,
    /// [`Store::load_runs`].
    LoadRuns,
    /// [`Store::load_deadlines`].
    LoadDeadlines,
}

/// How a call fails.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Injection {
    /// The call does nothing and answers this.
    Fail(StoreError),
    /// The call does all its work, and then answers this: the reply got lost.
    LoseReply(StoreError),
}

/// Asked before every call; none lets the call be.
type Plan = Box<dyn FnMut(StoreCall) -> Option<Injection> + Send>;

/// Wraps a store and fails by a plan.
pub struct FaultyStore<S> {
    inner: S,
    plan: Plan,
}

impl<S> FaultyStore<S> {
    /// Wraps a store. A queue of injections is a plan too: `move |_| queue.pop_front().flatten()`.
    pub fn new(
        inner: S,
        plan: impl FnMut(StoreCall) -> Option<Injection> + Send + 'static,
    ) -> Self {
        Self {
            inner,
            plan: Box::new(plan),
        }
    }

    /// The store inside.
    pub fn inner(&self) -> &S {
        &self.inner
    }

    /// The store inside, without faults from now on.
    pub fn into_inner(self) -> S {
        self.inner
    }

    fn call<T>(
        &mut self,
        call: StoreCall,
        work: impl FnOnce(&mut S) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        match (self.plan)(call) {
            None => work(&mut self.inner),
            Some(Injection::Fail(error)) => Err(error),
            Some(Injection::LoseReply(error)) => {
                work(&mut self.inner)?;
                Err(error)
            }
        }
    }
}

impl<S: fmt::Debug> fmt::Debug for FaultyStore<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FaultyStore")
            .field("inner", &self.inner)
            .finish_non_exhaustive()
    }
}

impl<S: Store> Store for FaultyStore<S> {
    fn commit(&mut self, batch: &Batch) -> Result<(), StoreError> {
        self.call(StoreCall::Commit, |inner| inner.commit(batch))
    }

    /// Loses nothing when it fails, so no fault is injected here.
    fn maintain(&mut self, now: Timestamp) -> Result<bool, StoreError> {
        self.inner.maintain(now)
    }

    fn load_start(&mut self, horizon: Timestamp) -> Result<Start, StoreError> {
        self.call(StoreCall::LoadStart, |inner| inner.load_start(horizon))
    }

    fn load_runs(&mut self, needs: &Needs) -> Result<LoadedRuns, StoreError> {
        self.call(StoreCall::LoadRuns, |inner| inner.load_runs(needs))
    }

    fn load_deadlines(
        &mut self,
        after: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<(Timestamp, RunKey)>, StoreError> {
        self.call(StoreCall::LoadDeadlines, |inner| {
            inner.load_deadlines(after, until)
        })
    }
}
