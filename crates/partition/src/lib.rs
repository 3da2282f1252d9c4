//! Many executions, one writer: task lists, timers and registries as one synchronous, deterministic state machine.

#![no_std]
#![warn(missing_docs)]
#![deny(clippy::wildcard_enum_match_arm)]

extern crate alloc;

pub mod rows;
pub mod store;
