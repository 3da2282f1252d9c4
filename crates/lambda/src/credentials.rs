//! The credentials that calls over Lambda's API are signed with, by the standard chain: environment, profile of the
//! shared files, web identity of the environment, container, instance metadata.
//!
//! What each way needs over the network comes from the library `reqsign`; which way is taken is decided here, because
//! the standard says that a way which is configured and fails is an error, and no reason to go on as somebody else.
//! Credentials are kept until shortly before they expire, and never longer than a quarter of an hour; a failure for a few
//! seconds.
//!
//! What a program or a service said about a failure may hold secrets: it goes to the log, and into no [`CredentialError`]'s
//! text, for that becomes part of histories.

mod context;
mod profile;

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use everbeat_client::shared_files::{SharedFiles, UnreadableFile, Variables, filled};
use everbeat_wire::sigv4::Credentials;
use reqsign_aws_core::{
    AssumeRoleWithWebIdentityCredentialProvider, Credential, ECSCredentialProvider,
    IMDSv2CredentialProvider,
};
use reqsign_core::{Context, ProvideCredential, SigningCredential};
use rustls::ClientConfig;
use tokio::sync::Mutex;

/// Files and environments may change without saying when.
const LONGEST_KEPT: Duration = Duration::from_secs(15 * 60);
/// Whoever waited for a look-up that failed gets its answer, and does not look for himself.
const FAILURE_KEPT: Duration = Duration::from_secs(5);

/// Why there are no credentials. Each is one sentence.
#[derive(Debug)]
pub(crate) enum CredentialError {
    /// A shared file breaks the format.
    File(UnreadableFile),
    /// What is configured cannot work.
    Configured(String),
    /// A way that is configured failed.
    Failed(&'static str, reqsign_core::Error),
    /// Nothing is configured, and the machine has no role.
    Missing,
}

impl fmt::Display for CredentialError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(error) => error.fmt(f),
            Self::Configured(reason) => f.write_str(reason),
            Self::Failed(way, _) => {
                write!(f, "no credentials by {way}; the server's log says why")
            }
            Self::Missing => f.write_str(
                "the server has no AWS credentials: neither environment nor profile, container or instance role give any",
            ),
        }
    }
}

impl std::error::Error for CredentialError {}

impl CredentialError {
    /// What happened, for the server's log only.
    fn cause(&self) -> &dyn fmt::Display {
        match self {
            Self::Failed(_, error) => error,
            Self::File(_) | Self::Configured(_) | Self::Missing => self,
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
        if let Some(found) = environment(&self.variables)? {
            return Ok(found);
        }
        let files = SharedFiles::load(&self.variables).map_err(CredentialError::File)?;
        if let Some(found) = profile::find(&files, &self.variables, &self.context).await? {
            return Ok(found);
        }
        let web_identity = AssumeRoleWithWebIdentityCredentialProvider::new();
        if let Some(found) = provided(&web_identity, &self.context, "web identity").await? {
            return Ok(found);
        }
        let container = ECSCredentialProvider::new();
        if let Some(found) = provided(&container, &self.context, "the container's role").await? {
            return Ok(found);
        }
        // Off Amazon's machines nobody answers here, which only means that there are none.
        let instance = IMDSv2CredentialProvider::new();
        let found = provided(&instance, &self.context, "the instance's role").await;
        if let Err(error) = &found {
            tracing::debug!(cause = %error.cause(), "no instance metadata");
        }
        found.ok().flatten().ok_or(CredentialError::Missing)
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

/// What one way gives.
async fn provided(
    provider: &impl ProvideCredential<Credential = Credential>,
    context: &Context,
    way: &'static str,
) -> Result<Option<Credential>, CredentialError> {
    provider
        .provide_credential(context)
        .await
        .map_err(|error| CredentialError::Failed(way, error))
}

fn environment(variables: &Variables) -> Result<Option<Credential>, CredentialError> {
    let secret = filled(variables, "AWS_SECRET_ACCESS_KEY");
    match (filled(variables, "AWS_ACCESS_KEY_ID"), secret) {
        (Some(id), Some(secret)) => Ok(Some(Credential {
            access_key_id: id.into(),
            secret_access_key: secret.into(),
            session_token: filled(variables, "AWS_SESSION_TOKEN").map(Into::into),
            expires_in: None,
        })),
        (Some(_), None) => Err(CredentialError::Configured(
            "AWS_ACCESS_KEY_ID is set and AWS_SECRET_ACCESS_KEY is not".into(),
        )),
        (None, _) => Ok(None),
    }
}

#[cfg(test)]
mod tests;
