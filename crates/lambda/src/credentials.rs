//! The credentials that calls over Lambda's API are signed with: found by the crate `everbeat-credentials`, kept until
//! shortly before they expire, and never longer than a quarter of an hour; a failure for a few seconds.
//!
//! What a program or a service said about a failure may hold secrets: it goes to the log, and into no [`CredentialError`]'s
//! text, for that becomes part of histories.

mod context;

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use everbeat_client::Credentials;
use everbeat_client::shared_files::{SharedFiles, UnreadableFile, Variables};
use everbeat_credentials::{CredentialError as WayError, Profile, Reading};
use reqsign_aws_core::Credential;
use reqsign_core::{Context, SigningCredential};
use rustls::ClientConfig;
use tokio::sync::Mutex;

const DEFAULT_PROFILE: &str = "default";
/// Files and environments may change without saying when.
const LONGEST_KEPT: Duration = Duration::from_secs(15 * 60);
/// Whoever waited for a look-up that failed gets its answer, and does not look for himself.
const FAILURE_KEPT: Duration = Duration::from_secs(5);

/// Why there are no credentials. Each is one sentence.
#[derive(Debug)]
pub(crate) enum CredentialError {
    /// A shared file breaks the format.
    File(UnreadableFile),
    /// What is configured cannot work, or failed.
    Way(WayError),
    /// Nothing is configured, and the machine has no role.
    Missing,
}

impl fmt::Display for CredentialError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(error) => error.fmt(f),
            Self::Way(error @ WayError::Failed { .. }) => {
                write!(f, "{error}; the server's log says why")
            }
            Self::Way(
                error @ (WayError::Configured(_)
                | WayError::NoInstance(_)
                | WayError::NoSource { .. }),
            ) => error.fmt(f),
            Self::Missing => f.write_str(
                "the server has no AWS credentials: neither environment nor profile, container or instance role give any",
            ),
        }
    }
}

impl std::error::Error for CredentialError {}

impl CredentialError {
    /// What happened, for the server's log only.
    fn cause(&self) -> String {
        match self {
            Self::Way(WayError::NoSource { sentence, reason }) => {
                format!("{sentence} ({reason})")
            }
            Self::Way(
                error @ (WayError::Configured(_)
                | WayError::NoInstance(_)
                | WayError::Failed { .. }),
            ) => error.told().into(),
            Self::File(_) | Self::Missing => self.to_string(),
        }
    }
}

/// Finds credentials and keeps them.
pub(crate) struct CredentialSource {
    variables: Variables,
    context: Context,
    kept: Mutex<Option<Kept>>,
}

/// What came of the last look-up.
struct Kept {
    found: Result<Credential, Arc<CredentialError>>,
    since: Instant,
}

impl CredentialSource {
    /// A source that looks into `variables` first.
    pub(crate) fn new(tls: ClientConfig, variables: Variables) -> Self {
        let context = context::of_this_machine(tls, &variables);
        Self::with_context(context, variables)
    }

    fn with_context(context: Context, variables: Variables) -> Self {
        Self {
            variables,
            context,
            kept: Mutex::new(None),
        }
    }

    /// The credentials in force. While they are being fetched, all who ask wait for the same answer, be it a failure.
    ///
    /// # Errors
    /// When there are none, or the way to them failed.
    pub(crate) async fn credentials(&self) -> Result<Credentials, Arc<CredentialError>> {
        let mut kept = self.kept.lock().await;
        let found = match kept.as_ref().filter(|kept| kept.is_good(Instant::now())) {
            Some(kept) => kept.found.clone(),
            None => {
                let found = self.find().await.map_err(Arc::new);
                if let Err(error) = &found {
                    tracing::warn!(cause = %error.cause(), "no credentials for calls over Lambda's API");
                }
                *kept = Some(Kept {
                    found: found.clone(),
                    since: Instant::now(),
                });
                found
            }
        };
        let credential = found?;
        Ok(Credentials {
            access_key_id: credential.access_key_id,
            secret_access_key: credential.secret_access_key,
            session_token: credential.session_token,
        })
    }

    async fn find(&self) -> Result<Credential, CredentialError> {
        let files = SharedFiles::load(&self.variables).map_err(CredentialError::File)?;
        let named = SharedFiles::named_profile(&self.variables).filter(|name| !name.is_empty());
        let name = named.unwrap_or(DEFAULT_PROFILE);
        if named.is_some() && !files.has_profile(name) {
            let text = format!("The config profile ({name}) could not be found");
            let error = WayError::Configured(text);
            return Err(CredentialError::Way(error));
        }
        let profile = Profile {
            files: &files,
            variables: &self.variables,
            name,
            is_option: false,
            reading: Reading::Server,
        };
        let plan = profile.plan().map_err(CredentialError::Way)?;
        let found = everbeat_credentials::fetch(&plan, &self.context).await;
        match found {
            // Off Amazon's machines nobody answers, which only means that there are none.
            Err(WayError::NoInstance(reason)) => {
                tracing::debug!(cause = %reason, "no instance metadata");
                Err(CredentialError::Missing)
            }
            found => found
                .map_err(CredentialError::Way)?
                .ok_or(CredentialError::Missing),
        }
    }
}

impl Kept {
    fn is_good(&self, now: Instant) -> bool {
        let age = now.saturating_duration_since(self.since);
        match &self.found {
            Ok(credential) => credential.is_valid() && age < LONGEST_KEPT,
            Err(_) => age < FAILURE_KEPT,
        }
    }
}

#[cfg(test)]
mod tests;
