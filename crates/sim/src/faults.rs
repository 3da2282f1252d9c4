//! Faults of the store, drawn from the seed, and how they are told apart from real trouble.

use std::sync::{Arc, Mutex, PoisonError};

use everbeat_partition::store::StoreError;
use everbeat_store::{Injection, StoreCall};

use crate::random::Random;

const NOT_DONE: &str = "a fault on purpose: nothing was done";
const REPLY_LOST: &str = "a fault on purpose: the reply got lost";

/// How often a call to the store fails, in so many of a thousand cases.
#[derive(Debug, Clone, Copy, Default)]
pub struct Rates {
    /// A commit that does nothing.
    pub commit_fails: u64,
    /// A commit that is done and whose reply is lost.
    pub commit_reply_lost: u64,
    /// A read that fails.
    pub load_fails: u64,
}

/// Decides which calls fail. Clones share the decision.
#[derive(Debug, Clone)]
pub struct Faults(Arc<Mutex<(Random, Rates)>>);

impl Faults {
    /// Faults at these rates.
    pub fn new(random: Random, rates: Rates) -> Self {
        Self(Arc::new(Mutex::new((random, rates))))
    }

    /// Changes the rates from now on.
    pub fn set(&self, rates: Rates) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).1 = rates;
    }

    /// Whether and how the next call fails.
    pub fn next(&self, call: StoreCall) -> Option<Injection> {
        let mut guard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (random, rates) = &mut *guard;
        match call {
            StoreCall::Commit if random.in_thousand(rates.commit_fails) => {
                Some(Injection::Fail(StoreError::Failed(NOT_DONE.into())))
            }
            StoreCall::Commit if random.in_thousand(rates.commit_reply_lost) => {
                Some(Injection::LoseReply(StoreError::Failed(REPLY_LOST.into())))
            }
            StoreCall::LoadStart | StoreCall::LoadRuns | StoreCall::LoadDeadlines
                if random.in_thousand(rates.load_fails) =>
            {
                Some(Injection::Fail(StoreError::Failed(NOT_DONE.into())))
            }
            StoreCall::Commit
            | StoreCall::LoadStart
            | StoreCall::LoadRuns
            | StoreCall::LoadDeadlines => None,
        }
    }
}

/// Whether the work of a call that failed was done.
///
/// # Errors
/// The error itself when it was not made on purpose.
pub fn was_done(error: &StoreError) -> Result<bool, String> {
    match error {
        StoreError::Failed(text) if text == NOT_DONE => Ok(false),
        StoreError::Failed(text) if text == REPLY_LOST => Ok(true),
        StoreError::Failed(_)
        | StoreError::Full
        | StoreError::ReadOnly(_)
        | StoreError::Corrupt(_) => Err(error.to_string()),
    }
}
