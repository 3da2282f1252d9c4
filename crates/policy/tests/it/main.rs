//! The tests of policy documents and their evaluation, in one binary.
//!
//! What is refused and warned of, what each rule of the protocol answers, what must hold for any policy, and the cases
//! that an independent evaluator has answered.

mod answers;
mod cases;
mod conditions;
mod open;
mod properties;
mod refusals;
mod support;
mod warnings;
