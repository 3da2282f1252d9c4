//! The structures of the API, by subject. Scalars are in [`crate::scalars`]; decisions and events as sum types are in
//! [`crate::decisions`] and [`crate::events`].

pub mod decision;
pub mod domain;
pub mod event;
pub mod execution;
pub mod tag;
pub mod task;
pub mod types;
pub mod visibility;

pub use decision::*;
pub use domain::*;
pub use event::*;
pub use execution::*;
pub use tag::*;
pub use task::*;
pub use types::*;
pub use visibility::*;
