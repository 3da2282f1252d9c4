//! The audit log: who asked for what, when, from where, and what came of it, in a chain of lines.
//!
//! Each line is a JSON object that holds the hash of the line before it and ends with its own ([`chain`]). So no line
//! can be changed, moved or taken out, nor one put in between, without the chain showing it. What a chain alone cannot
//! show is that its end was cut off, or all of it written anew: for that an operator keeps a point of it elsewhere
//! (`everbeat audit verify --expect`).
//!
//! Suggested reading: [`entry`] (what a line says), [`chain`] (how lines hang together), [`log`] (writing: rotation,
//! failures, repair), [`recovery`] (going on after a restart), [`verify`] (reading it all again).
//!
//! Deliberately absent: what is worth a line and who asked, which is the server's; secrets and payloads, which no
//! member of [`Entry`] could hold.

#![warn(missing_docs)]

mod arguments;
mod chain;
mod command;
mod entry;
mod error;
mod flaw;
mod folder;
mod log;
mod recovery;
mod sync;
#[cfg(test)]
mod testing;
mod verify;

pub use command::run;
pub use entry::{Entry, RefusedDecision};
pub use error::{OpenError, WriteError};
pub use log::{AuditLog, Batch, DEFAULT_FILE_BYTES, DEFAULT_FILES_KEPT, Options};
