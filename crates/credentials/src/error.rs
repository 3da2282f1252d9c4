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
}

impl CredentialError {
    /// All that is known, for the person at the terminal or a log.
    pub fn told(&self) -> &str {
        match self {
            Self::Configured(reason) | Self::Failed { reason, .. } => reason,
        }
    }
}

impl fmt::Display for CredentialError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Configured(reason) => f.write_str(reason),
            Self::Failed { way, .. } => write!(f, "no credentials by {way}"),
        }
    }
}

impl std::error::Error for CredentialError {}
