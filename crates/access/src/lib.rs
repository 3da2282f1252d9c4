//! Identities: who may call, with which keys and policies, and `everbeat access`, which manages them.
//!
//! They are in a folder: `access.toml` with users, groups and roles for review and version control, `policies/NAME.json`
//! with IAM policy documents, and `secrets.toml` with the secrets, readable for its owner alone. [`Directory::load`]
//! makes an immutable snapshot of it, which a server asks for the key of a request and for what its owner may do.
//! [`fingerprint`] tells whether it is time for a new one. How policies are evaluated is the business of the crate
//! everbeat-policy; how signatures are verified, of everbeat-wire.
//!
//! Suggested reading: [`identities`] and [`secrets`] (the two files), [`directory`] (the snapshot), [`folder`] (the
//! disk), then [`edit`] and [`command`].

#![warn(missing_docs)]
#![deny(clippy::wildcard_enum_match_arm)]

mod array;
pub mod command;
mod directory;
mod document;
mod edit;
mod failure;
mod folder;
mod identities;
mod names;
mod principal;
mod problem;
mod random;
mod secrets;
mod shell;
mod table;

pub use command::run;
pub use directory::Directory;
pub use folder::{Fingerprint, fingerprint};
pub use principal::{Key, Principal, PrincipalKind, Session};
pub use problem::LoadError;
pub use secrets::Environment;
