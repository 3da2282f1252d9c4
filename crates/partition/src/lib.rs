//! Many executions, one writer: registries, task lists, deadlines and visibility as one single-threaded, deterministic,
//! synchronous state machine over the engine and a store.
//!
//! It takes inputs in order and gives rows to commit and replies to send; it never waits, reads no clock, and knows no
//! task token, no socket and no SQL. See [`partition`] for the steps of its host.

#![no_std]
#![warn(missing_docs)]
#![deny(clippy::wildcard_enum_match_arm)]

extern crate alloc;

pub mod authority;
pub mod batch;
mod deadlines;
pub mod executions;
mod heartbeats;
pub mod input;
mod outbox;
pub mod output;
mod outside;
pub mod partition;
pub mod rates;
mod registry;
pub mod rows;
pub mod store;
mod task_list;
mod waits;

pub use authority::{Asker, Authority};
pub use batch::Inputs;
pub use input::{Call, CallId, Input, Poll, RegistryCall, Target, TaskReference};
pub use output::{ActivityHandOut, Answer, DecisionHandOut, Invocation, Notice, Output};
pub use partition::{Callers, Partition, Settings, Stillness};
pub use rows::{Batch, DomainId, Realm, RunKey};
pub use store::{Reader, Store, StoreError};
