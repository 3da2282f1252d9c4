//! IAM policy documents and their evaluation, as protocol.md section 7 says: pure, without I/O.
//!
//! [`Policy::read`] takes a document exactly as Amazon's service does, checks it against the grammar and the known
//! names, and compiles it: everything that can be wrong with a policy is told then, with line and place. From there on
//! nothing fails: [`Policies::evaluate`] answers every question with a [`Verdict`] and the statement that decided.
//!
//! Invariants:
//! - The default is no; an Allow opens, a Deny that applies closes, whatever their order.
//! - What cannot be compared does not fit: an absent key, a value of the wrong form, a variable without a value.
//! - The [`Facts`] of a request are asked for only when a condition or variable needs them.
//!
//! Left to others: whose policies apply, what the root of an account may do, which values a request's keys have, and
//! what the caller is told.
//!
//! Suggested reading: `document` (the grammar), `vocabulary` (the known names), `pattern`, `arn` and `variable` (what
//! texts are compared with), `operator` and `condition`, then `policy` and `evaluate`,
//! at last `open` (what is not known yet).

#![no_std]
#![warn(missing_docs)]
#![deny(clippy::wildcard_enum_match_arm)]

extern crate alloc;

mod arn;
mod condition;
mod document;
mod evaluate;
mod facts;
mod json;
pub mod nearest;
mod network;
mod open;
mod operator;
mod pattern;
mod place;
mod policy;
mod variable;
mod vocabulary;

pub use evaluate::{Part, Policies, Question, Reason, Verdict};
pub use facts::{Facts, Value, fold_key};
pub use json::quoted;
pub use network::Network;
pub use place::{Problem, Warning};
pub use policy::{Effect, Policy, Statement};
