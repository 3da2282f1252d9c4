//! The simulator: a partition, a store that fails, clients that misbehave and a clock that jumps, all from one seed.
//!
//! A run is determined by its seed: there is no clock, no thread and no other chance. See [`simulator`] for what happens
//! and [`auditor`] for what is watched.

#![warn(missing_docs)]
#![deny(clippy::wildcard_enum_match_arm)]

pub mod auditor;
mod clients;
pub mod faults;
pub mod host;
pub mod random;
mod requests;
pub mod simulator;
pub mod trace;

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

use everbeat_partition::store::Store;
use everbeat_store::MemoryStore;

pub use host::Discipline;
pub use simulator::{Report, Simulator};

/// Number of steps unless told otherwise.
pub const STEPS: u64 = 2000;

/// A broken promise, and how to see it again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The seed.
    pub seed: u64,
    /// Number of steps of the run.
    pub steps: u64,
    /// The step in which it happened, from 1; greater than `steps` in the healed world.
    pub step: u64,
    /// What happened.
    pub what: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            seed,
            steps,
            step,
            what,
        } = self;
        write!(f, "seed {seed} failed in step {step}: {what}\n  again: ")?;
        write!(
            f,
            "cargo run --profile sim -p everbeat-sim -- {seed} --steps {steps}"
        )
    }
}

impl std::error::Error for Failure {}

/// Simulates the world of a seed.
///
/// # Errors
/// The first promise that is broken.
pub fn run(seed: u64, steps: u64) -> Result<Report, Failure> {
    run_over(seed, steps, Discipline::DurableFirst, |store| store)
}

/// Simulates the world of a seed over a store that may be worse than it should be.
///
/// # Errors
/// The first promise that is broken.
pub fn run_over<S: Store>(
    seed: u64,
    steps: u64,
    discipline: Discipline,
    wrap: impl FnOnce(MemoryStore) -> S,
) -> Result<Report, Failure> {
    let rows = MemoryStore::new();
    let mut step = 0;
    let simulation = AssertUnwindSafe(|| {
        let store = wrap(rows.clone());
        let mut simulator = Simulator::new(seed, store, rows, discipline)?;
        while step < steps {
            step += 1;
            simulator.step()?;
        }
        step += 1;
        simulator.heal()?;
        Ok(simulator.report())
    });
    let result = catch_unwind(simulation).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
        Err(format!("a panic: {}", text.unwrap_or("without a text")))
    });
    result.map_err(|what| Failure {
        seed,
        steps,
        step,
        what,
    })
}
