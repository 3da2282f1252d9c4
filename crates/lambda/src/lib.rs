//! Calls the functions of Lambda tasks (execution.md section 7.8) and says what came of it.
//!
//! The partition decides when a function is called and what its outcome means for the run; this crate only makes the
//! call, once, and turns whatever happens into an [`Outcome`]. A function lies behind one of three kinds of [`Target`]:
//! Lambda's own Invoke API at an endpoint, a command of this machine, or an HTTP address.
//!
//! Invariants: a function is called at most once for each invocation, never again after a doubtful failure. An outcome
//! always fits the members of its event. An invocation ends within its time-out, and then nothing of it goes on that
//! this machine could stop.

#![warn(missing_docs)]

mod address;
mod api;
mod command;
mod configuration;
mod credentials;
mod invoker;
mod name;
mod outcome;
mod program;
mod transport;

pub use everbeat_client::shared_files::{Variables, process_variables};

pub use configuration::{Configuration, ConfigurationError, Target};
pub use invoker::{Invocation, Invoker};
pub use name::bare_name;
pub use outcome::Outcome;
pub use transport::TlsError;
