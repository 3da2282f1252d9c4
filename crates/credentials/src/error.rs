//! Why there are no credentials.

use std::fmt;

/// Why there are no credentials. Each is one sentence.
#[derive(Debug)]
pub enum CredentialError {
    /// What is configured cannot work; the reference's sentence.
    Configured(String),
    /// A way that is configured failed.
    Failed {
        /// The way, as it stands behind "by".
        way: &'static str,
        /// What happened. May hold what a program or a service said.
        reason: String,
    },
    /// The machine has no role, or nobody answers who would know. Holds what happened.
    NoInstance(String),
    /// A profile names the machine as the source of its role, and it has no role.
    NoSource {
        /// The reference's sentence.
        sentence: String,
        /// What happened.
        reason: String,
    },
}

impl CredentialError {
    /// All that is known, for the person at the terminal or a log.
    pub fn told(&self) -> &str {
        match self {
            Self::Configured(reason) | Self::Failed { reason, .. } | Self::NoInstance(reason) => {
                reason
            }
            Self::NoSource { sentence, .. } => sentence,
        }
    }
}

impl fmt::Display for CredentialError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Configured(reason) => f.write_str(reason),
            Self::Failed { way, .. } => write!(f, "no credentials by {way}"),
            Self::NoInstance(_) => f.write_str("this machine has no role"),
            Self::NoSource { sentence, .. } => f.write_str(sentence),
        }
    }
}

impl std::error::Error for CredentialError {}
