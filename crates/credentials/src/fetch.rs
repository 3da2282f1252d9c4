//! The ways to credentials that leave the files: services, programs, the machine.

use everbeat_client::shared_files::Variables;
use everbeat_client::{Credentials, Trust};
use reqsign_aws_core::{
    AssumeRoleCredentialProvider, AssumeRoleWithWebIdentityCredentialProvider, Credential,
    ECSCredentialProvider, IMDSv2CredentialProvider, SSOCredentialProvider,
    StaticCredentialProvider,
};
use reqsign_aws_v4::RequestSigner;
use reqsign_core::{Context, ProvideCredential, Signer};

use crate::error::CredentialError;
use crate::plan::{Plan, Role, SignOn, Source, WebIdentity, no_source};
use crate::process;
use crate::{container, context};

/// Names the session in Amazon's records, unless the profile does.
const SESSION_NAME: &str = "everbeat";
/// So long assumed credentials are good, unless the profile says otherwise: seconds.
const SESSION_LENGTH: u32 = 3600;
/// What the library says where no file of a login is, or its time is over.
const NOT_SIGNED_IN: &str = "No valid SSO token found";

/// Goes a way; `None` where a machine that may have a role has none. The context stands for files, network, programs
/// and variables.
///
/// # Errors
/// The way failed. [`CredentialError::NoInstance`] only means that this may be none of Amazon's machines.
pub async fn fetch(
    plan: &Plan<'_>,
    context: &Context,
) -> Result<Option<Credential>, CredentialError> {
    match plan {
        Plan::Keys(keys) => Ok(Some(Credential {
            access_key_id: keys.access_key_id.clone(),
            secret_access_key: keys.secret_access_key.clone(),
            session_token: keys.session_token.clone(),
            expires_in: None,
        })),
        Plan::Role(role) => assume(role, context).await.map(Some),
        Plan::WebIdentity(identity) => web_identity(identity, context).await,
        Plan::SignOn(sign_on) => single_sign_on(sign_on, context).await.map(Some),
        Plan::Process(words) => process::run(words, context).await.map(Some),
        Plan::Container => {
            // The library has an order of its own among the variables: it is told where to go.
            let Some(url) = container::url(|name| context.env_var(name)) else {
                return Ok(None);
            };
            container::check_host(&url)?;
            let container = ECSCredentialProvider::new().with_endpoint(url);
            provided(&container, context, "the container's role").await
        }
        Plan::Instance => {
            let instance = IMDSv2CredentialProvider::new();
            let found = instance.provide_credential(context).await;
            found.map_err(|error| CredentialError::NoInstance(with_causes(&error)))
        }
        Plan::Nothing => Ok(None),
    }
}

/// Goes a way on this machine, with the network's proxies. Services must have certificates that `trust` names;
/// [`Trust::Anything`] counts as [`Trust::BuiltIn`] here. A machine without a role has no credentials.
///
/// # Errors
/// As [`fetch`].
pub async fn fetch_here(
    plan: &Plan<'_>,
    variables: &Variables,
    trust: Trust,
) -> Result<Option<Credentials>, CredentialError> {
    let found = match fetch(plan, &context::of_this_machine(variables, trust)).await {
        // Off Amazon's machines nobody answers, which only means that there are none.
        Err(CredentialError::NoInstance(_)) => None,
        found => found?,
    };
    Ok(found.map(|found| Credentials {
        access_key_id: found.access_key_id,
        secret_access_key: found.secret_access_key,
        session_token: found.session_token,
    }))
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
        .map_err(|error| CredentialError::Failed {
            way,
            reason: with_causes(&error),
        })
}

fn with_causes(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    let mut texts: Vec<String> = causes.map(ToString::to_string).collect();
    texts.dedup();
    texts.join(": ")
}

async fn assume(role: &Role<'_>, context: &Context) -> Result<Credential, CredentialError> {
    let with = source(role, context).await?;
    let mut keys = StaticCredentialProvider::new(&with.access_key_id, &with.secret_access_key);
    if let Some(token) = &with.session_token {
        keys = keys.with_session_token(token);
    }
    let signer = Signer::new(
        context.clone(),
        keys,
        RequestSigner::new("sts", role.region),
    );
    let mut provider = AssumeRoleCredentialProvider::new(role.arn.into(), signer)
        .with_role_session_name(role.session_name.unwrap_or(SESSION_NAME).into())
        .with_duration_seconds(role.seconds.unwrap_or(SESSION_LENGTH))
        .with_region(role.region.into())
        .with_regional_sts_endpoint();
    if let Some(id) = role.external_id {
        provider = provider.with_external_id(id.into());
    }
    let found = provided(&provider, context, "assuming a role").await?;
    found.ok_or_else(|| {
        CredentialError::Configured(format!("The role {} gives no credentials", role.arn))
    })
}

async fn source(role: &Role<'_>, context: &Context) -> Result<Credential, CredentialError> {
    // Roles may lead to roles, and a future must know its size.
    let (plan, missing) = match &role.source {
        Source::Profile(plan) => (plan, "The source profile must have credentials.".to_owned()),
        Source::Machine {
            profile,
            name,
            plan,
        } => (plan, no_source(name, profile)),
    };
    match Box::pin(fetch(plan, context)).await {
        Err(CredentialError::NoInstance(reason)) => Err(CredentialError::NoSource {
            sentence: missing,
            reason,
        }),
        found => found?.ok_or(CredentialError::Configured(missing)),
    }
}

async fn single_sign_on(
    sign_on: &SignOn<'_>,
    context: &Context,
) -> Result<Credential, CredentialError> {
    // The library uses the start URL for one thing: the name of the file in which the login keeps its token. With a
    // session that file is named after the session.
    let provider = SSOCredentialProvider::new()
        .with_account_id(sign_on.account_id)
        .with_role_name(sign_on.role_name)
        .with_region(sign_on.region)
        .with_start_url(sign_on.token_name);
    let missing = || {
        CredentialError::Configured(format!(
            "Error loading SSO Token: Token for {} does not exist",
            sign_on.token_name
        ))
    };
    match provided(&provider, context, "single sign-on").await {
        Err(CredentialError::Failed { reason, .. }) if reason.starts_with(NOT_SIGNED_IN) => {
            Err(missing())
        }
        found => found?.ok_or_else(missing),
    }
}

async fn web_identity(
    identity: &WebIdentity<'_>,
    context: &Context,
) -> Result<Option<Credential>, CredentialError> {
    if context.file_read(identity.token_file).await.is_err() {
        return Err(CredentialError::Configured(format!(
            "[Errno 2] No such file or directory: '{}'",
            identity.token_file
        )));
    }
    let provider = AssumeRoleWithWebIdentityCredentialProvider::new()
        .with_role_arn(identity.arn)
        .with_web_identity_token_file(identity.token_file)
        .with_role_session_name(identity.session_name.unwrap_or(SESSION_NAME).into())
        .with_region(identity.region.into())
        .with_regional_sts_endpoint();
    provided(&provider, context, "web identity").await
}
