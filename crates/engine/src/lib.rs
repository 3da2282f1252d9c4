//! One workflow execution as a pure, deterministic state machine in two functions.
//!
//! - [`decide()`] reads the state, a command and the context, and says what comes of it: changes, or a fault.
//! - [`apply()`] folds one change into the state. It is total, and the only writer.
//!
//! A change is a history event, or one of the few facts that SWF keeps out of the history (a heartbeat). State is the
//! fold of the changes, so start-up, replay, tests and the simulator all go through [`apply()`].
//!
//! There is no I/O here, no clock, no randomness and no panic on input: time, limits and registered types are arguments
//! ([`Context`]). A due deadline is a command like any other. A decision that fails is an event, not an error; a
//! [`Fault`](everbeat_model::Fault) is for the caller's mistakes only.

#![no_std]
#![warn(missing_docs)]
#![deny(clippy::wildcard_enum_match_arm)]

extern crate alloc;

pub mod apply;
pub mod change;
pub mod command;
pub mod context;
pub mod decide;
mod decision_list;
pub mod describe;
mod draft;
mod entity;
pub mod invariants;
pub mod message;
pub mod obligations;
pub mod state;

pub use apply::apply;
pub use change::Change;
pub use command::{Command, DecisionTaskResponse, FunctionOutcome, StartedTask};
pub use context::{Context, Outside};
pub use decide::{Decided, decide, start, start_child, start_next_run};
pub use draft::carried_out;
pub use message::{Message, Recipient, applied_policy, messages};
pub use obligations::{
    Deadline, DeadlineKind, PendingTask, TaskKind, deadlines, next_deadline, pending_tasks,
};
pub use state::State;
