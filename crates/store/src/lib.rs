//! Where rows are kept: backends for the traits that `everbeat-partition` defines in its module `store`.
//!
//! [`SqliteStore`] is the store of one machine, [`MemoryStore`] the plain reference that simulations and tests run on,
//! [`FaultyStore`] makes any of them fail on purpose. [`conformance`] says, as checks, what every backend owes.
//! To add a backend: one module here, one line in the list of the test `it`.

#![warn(missing_docs)]
#![deny(clippy::wildcard_enum_match_arm)]

pub mod conformance;
mod faulty;
mod history;
mod keys;
mod memory;
mod sqlite;

pub use faulty::{FaultyStore, Injection, StoreCall};
pub use keys::{KeyStore, SealingKey};
pub use memory::MemoryStore;
pub use sqlite::{OpenError, Options, SqliteReader, SqliteStore, StoredClock};
