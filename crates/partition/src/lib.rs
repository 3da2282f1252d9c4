//! Many executions, one writer: registries, task lists, deadlines and visibility as one single-threaded, deterministic,
//! synchronous state machine over the engine and a store.
//!
//! It takes inputs in order and gives rows to commit and replies to send; it never waits, reads no clock, and knows no
//! task token, no socket and no SQL. See [`partition`] for the steps of its host.

#![no_std]
#![warn(missing_docs)]
#![deny(clippy::wildcard_enum_match_arm)]

extern crate alloc;

mod deadlines;
pub mod executions;
mod heartbeats;
pub mod input;
pub mod output;
pub mod partition;
mod registry;
pub mod rows;
pub mod store;
mod task_list;

pub use input::{Call, CallId, Input, Poll, RegistryCall, Target, TaskReference};
pub use output::{ActivityHandOut, Answer, DecisionHandOut, Output};
pub use partition::{Callers, Partition, Settings};
pub use rows::{Batch, DomainId, Realm, RunKey};
pub use store::{Reader, Store, StoreError};
