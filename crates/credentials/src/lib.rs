//! Where credentials come from (cli.md section 10.4): environment, keys in the shared files, roles, web identities,
//! single sign-on, programs, containers, instance metadata, in the reference's order.
//!
//! A [`Profile`] makes a [`Plan`] without leaving the files: which way is taken, and what is wrong with it. Most plans
//! are keys, and need nothing more. [`fetch`](fetch()) goes the other ways, with the library `reqsign` for what they need over
//! the network. A way that is configured and fails is an error, and no reason to go on as somebody else.
//!
//! What a program or a service said about a failure may hold secrets. [`CredentialError`] shows it in
//! [`CredentialError::told`] only, for the person at the terminal; its `Display` form leaves it out.

#![warn(missing_docs)]

mod container;
mod context;
mod error;
mod fetch;
mod plan;
mod process;

pub use context::environment;
pub use error::CredentialError;
pub use fetch::{fetch, fetch_here};
pub use plan::{Plan, Profile, Reading, Role, SignOn, Source, WebIdentity};
