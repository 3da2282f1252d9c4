//! AWS Signature Version 4 (protocol.md section 6): signing, as a client does it, and checking, as the server does it.
//!
//! A file for each subject: `canonical` (the form that is signed), `digest` (hashes and HMACs), `dates`, `signing`
//! ([`authorize`]), and for the server `authorization` (what an `Authorization` header holds), `claim`
//! ([`read_claim`]: what the head of a request claims) and `check` ([`recognise`] and [`check`]: whether the claim is
//! true). `refusals` has the answer for every way to fail.
//!
//! There is no clock and no store of secrets here: time, credentials and keys are arguments.

mod authorization;
mod canonical;
mod check;
mod claim;
mod dates;
mod digest;
mod refusals;
mod signing;

use std::fmt;

pub use canonical::signed_headers;
pub use canonical::{RequestParts, canonical_path, canonical_query, canonical_request};
pub use check::{KeyFacts, SessionFacts, check, explain, recognise};
pub use claim::{Claim, Head, read_claim};
pub use dates::amz_date;
pub use digest::payload_hash;
pub use signing::{Credentials, Signer, authorize, signature, signing_key, string_to_sign};

/// The only algorithm.
pub const ALGORITHM: &str = "AWS4-HMAC-SHA256";
/// What a scope ends with.
pub const TERMINATOR: &str = "aws4_request";
/// The signing name of SWF.
pub const SERVICE: &str = "swf";

/// For what a signing key is good: a day (`YYYYMMDD`), a region, a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scope<'a> {
    /// Day of the request in UTC, as `YYYYMMDD`.
    pub day: &'a str,
    /// Region.
    pub region: &'a str,
    /// Signing name of the service.
    pub service: &'a str,
}

impl fmt::Display for Scope<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            day,
            region,
            service,
        } = self;
        write!(f, "{day}/{region}/{service}/{TERMINATOR}")
    }
}
