//! Attributes of the 54 history events, by what the event is about.

mod execution;
mod relation;
mod task;

pub use execution::*;
pub use relation::*;
pub use task::*;
