//! The credentials that calls over Lambda's API are signed with, by the standard chain: environment, profile of the
//! shared files, web identity of the environment, container, instance metadata.
//!
//! What each way needs over the network comes from the library `reqsign`; which way is taken is decided here, because
//! the standard says that a way which is configured and fails is an error, and no reason to go on as somebody else.
//! Credentials are kept until shortly before they expire, and never longer than a quarter of an hour.

mod context;
mod profile;

use std::fmt;
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
            Self::Failed(way, error) => write!(f, "no credentials by {way}: {error}"),
            Self::Missing => f.write_str(
                "the server has no AWS credentials: neither environment nor profile, container or instance role give any",
            ),
        }
    }
}

impl std::error::Error for CredentialError {}

/// Finds credentials and keeps them.
pub(crate) struct CredentialSource {
    variables: Variables,
    context: Context,
    kept: Mutex<Option<Kept>>,
}

struct Kept {
    credential: Credential,
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

    /// The credentials in force. While they are being fetched, all who ask wait for the same answer.
    ///
    /// # Errors
    /// When there are none, or the way to them failed.
    pub(crate) async fn credentials(&self) -> Result<Credentials, CredentialError> {
        let mut kept = self.kept.lock().await;
        let credential = match kept.as_ref().filter(|kept| kept.is_good(Instant::now())) {
            Some(kept) => kept.credential.clone(),
            None => {
                let credential = self.find().await?;
                *kept = Some(Kept {
                    credential: credential.clone(),
                    since: Instant::now(),
                });
                credential
            }
        };
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
            tracing::debug!(%error, "no instance metadata");
        }
        found.ok().flatten().ok_or(CredentialError::Missing)
    }
}

impl Kept {
    fn is_good(&self, now: Instant) -> bool {
        self.credential.is_valid() && now.saturating_duration_since(self.since) < LONGEST_KEPT
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
