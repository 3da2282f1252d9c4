//! Credentials of a profile: keys, single sign-on, a program, or a role that is assumed with the credentials of another
//! profile or of the machine.

use std::time::Duration;

use everbeat_client::shared_files::{SharedFiles, Variables, filled};
use reqsign_aws_core::{
    AssumeRoleCredentialProvider, AssumeRoleWithWebIdentityCredentialProvider, Credential,
    ECSCredentialProvider, IMDSv2CredentialProvider, ProcessCredentialProvider,
    SSOCredentialProvider, StaticCredentialProvider,
};
use reqsign_aws_v4::RequestSigner;
use reqsign_core::{Context, Signer};

use super::{CredentialError, environment, provided};

const DEFAULT_PROFILE: &str = "default";
const DEFAULT_REGION: &str = "us-east-1";
/// Names the session in Amazon's records, unless the profile does.
const SESSION_NAME: &str = "everbeat";
/// So long assumed credentials are good, unless the profile says otherwise.
const SESSION_LENGTH: Duration = Duration::from_secs(3600);

/// The credentials of the profile in force; none if no profile was named and the default one leads nowhere.
pub(super) async fn find(
    files: &SharedFiles,
    variables: &Variables,
    context: &Context,
) -> Result<Option<Credential>, CredentialError> {
    let named = SharedFiles::named_profile(variables);
    let search = Search {
        files,
        variables,
        context,
    };
    let name = named.unwrap_or(DEFAULT_PROFILE);
    if named.is_some() && !files.has_profile(name) {
        return Err(wrong(name, "is in no file"));
    }
    let mut roles = Vec::new();
    let Some(mut credential) = search.origin(name, &mut roles).await? else {
        return Ok(None);
    };
    for profile in roles.into_iter().rev() {
        credential = search.assume(profile, credential).await?;
    }
    Ok(Some(credential))
}

fn wrong(profile: &str, reason: &str) -> CredentialError {
    CredentialError::Configured(format!("the profile {profile} {reason}"))
}

struct Search<'a> {
    files: &'a SharedFiles,
    variables: &'a Variables,
    context: &'a Context,
}

impl<'a> Search<'a> {
    fn value(&self, profile: &str, key: &str) -> Option<&'a str> {
        self.files
            .profile_value(profile, key)
            .filter(|value| !value.is_empty())
    }

    /// What the first role is assumed with. Profiles whose roles are to be assumed are added to `roles`, the last to be
    /// assumed first.
    async fn origin(
        &self,
        first: &'a str,
        roles: &mut Vec<&'a str>,
    ) -> Result<Option<Credential>, CredentialError> {
        let mut profile = first;
        while self.value(profile, "role_arn").is_some() {
            // Keys beside a role are what the role is assumed with, for those who refer to the profile.
            if profile != first
                && let Some(keys) = self.keys(profile)?
            {
                return Ok(Some(keys));
            }
            if self.value(profile, "web_identity_token_file").is_some() {
                return self.web_identity(profile).await;
            }
            roles.push(profile);
            let Some(source) = self.value(profile, "source_profile") else {
                return self.machine(profile).await.map(Some);
            };
            if source == profile {
                let keys = self.keys(profile)?;
                return keys
                    .map(Some)
                    .ok_or_else(|| wrong(profile, "is its own source_profile and has no keys"));
            }
            if roles.contains(&source) || !self.files.has_profile(source) {
                return Err(wrong(
                    profile,
                    "has a source_profile that leads in a circle or is in no file",
                ));
            }
            profile = source;
        }
        let found = self.own(profile).await?;
        if found.is_none() && profile != first {
            return Err(wrong(profile, "is a source_profile and has no credentials"));
        }
        Ok(found)
    }

    /// Credentials of the profile without a role.
    async fn own(&self, profile: &'a str) -> Result<Option<Credential>, CredentialError> {
        if let Some(keys) = self.keys(profile)? {
            return Ok(Some(keys));
        }
        if self.value(profile, "sso_account_id").is_some() {
            return self.single_sign_on(profile).await.map(Some);
        }
        let Some(line) = self.value(profile, "credential_process") else {
            return Ok(None);
        };
        let process = ProcessCredentialProvider::new().with_command(line);
        provided(&process, self.context, "credential_process").await
    }

    fn keys(&self, profile: &str) -> Result<Option<Credential>, CredentialError> {
        let secret = self.value(profile, "aws_secret_access_key");
        match (self.value(profile, "aws_access_key_id"), secret) {
            (Some(id), Some(secret)) => Ok(Some(Credential {
                access_key_id: id.into(),
                secret_access_key: secret.into(),
                session_token: self.value(profile, "aws_session_token").map(Into::into),
                expires_in: None,
            })),
            (Some(_), None) => Err(wrong(
                profile,
                "has an aws_access_key_id and no aws_secret_access_key",
            )),
            (None, _) => Ok(None),
        }
    }

    async fn single_sign_on(&self, profile: &'a str) -> Result<Credential, CredentialError> {
        let session = self.value(profile, "sso_session");
        let section = session.and_then(|name| self.files.named_section("sso-session", name));
        let value = |key: &str| {
            self.value(profile, key)
                .or_else(|| section.and_then(|section| section.get(key)))
                .ok_or_else(|| wrong(profile, &format!("uses single sign-on and has no {key}")))
        };
        // The library uses the start URL for one thing: the name of the file in which the login keeps its token. With a
        // session that file is named after the session.
        let token_name = session.map_or_else(|| value("sso_start_url"), Ok)?;
        let provider = SSOCredentialProvider::new()
            .with_account_id(value("sso_account_id")?)
            .with_role_name(value("sso_role_name")?)
            .with_region(value("sso_region")?)
            .with_start_url(token_name);
        provided(&provider, self.context, "single sign-on")
            .await?
            .ok_or_else(|| wrong(profile, "uses single sign-on, and nobody is signed in"))
    }

    async fn web_identity(&self, profile: &'a str) -> Result<Option<Credential>, CredentialError> {
        let value = |key| self.value(profile, key).unwrap_or_default();
        let session_name = self.session_name(profile);
        let provider = AssumeRoleWithWebIdentityCredentialProvider::new()
            .with_role_arn(value("role_arn"))
            .with_web_identity_token_file(value("web_identity_token_file"))
            .with_role_session_name(session_name.into())
            .with_region(self.region(profile).into())
            .with_regional_sts_endpoint();
        provided(&provider, self.context, "web identity").await
    }

    /// Credentials of the machine, which a profile names as the source of its role.
    async fn machine(&self, profile: &'a str) -> Result<Credential, CredentialError> {
        let context = self.context;
        let found = match self.value(profile, "credential_source") {
            Some("Environment") => environment(self.variables)?,
            Some("EcsContainer") => {
                provided(
                    &ECSCredentialProvider::new(),
                    context,
                    "the container's role",
                )
                .await?
            }
            Some("Ec2InstanceMetadata") => {
                let instance = IMDSv2CredentialProvider::new();
                provided(&instance, context, "the instance's role").await?
            }
            Some(_) | None => None,
        };
        found.ok_or_else(|| {
            wrong(
                profile,
                "has a role_arn, and neither source_profile nor credential_source lead to credentials",
            )
        })
    }

    async fn assume(
        &self,
        profile: &'a str,
        with: Credential,
    ) -> Result<Credential, CredentialError> {
        if self.value(profile, "mfa_serial").is_some() {
            return Err(wrong(
                profile,
                "asks for the code of a device (mfa_serial), which nobody can enter here",
            ));
        }
        let region = self.region(profile);
        let mut source =
            StaticCredentialProvider::new(&with.access_key_id, &with.secret_access_key);
        if let Some(token) = &with.session_token {
            source = source.with_session_token(token);
        }
        let signer = Signer::new(
            self.context.clone(),
            source,
            RequestSigner::new("sts", region),
        );
        let role = self.value(profile, "role_arn").unwrap_or_default();
        let mut provider = AssumeRoleCredentialProvider::new(role.into(), signer)
            .with_role_session_name(self.session_name(profile).into())
            .with_duration_seconds(self.session_seconds(profile)?)
            .with_region(region.into())
            .with_regional_sts_endpoint();
        if let Some(id) = self.value(profile, "external_id") {
            provider = provider.with_external_id(id.into());
        }
        provided(&provider, self.context, "assuming a role")
            .await?
            .ok_or_else(|| wrong(profile, "has a role that gives no credentials"))
    }

    fn session_name(&self, profile: &str) -> &'a str {
        self.value(profile, "role_session_name")
            .unwrap_or(SESSION_NAME)
    }

    fn session_seconds(&self, profile: &str) -> Result<u32, CredentialError> {
        let default = u32::try_from(SESSION_LENGTH.as_secs()).unwrap_or(u32::MAX);
        self.value(profile, "duration_seconds")
            .map_or(Ok(default), str::parse)
            .map_err(|_| wrong(profile, "has a duration_seconds that is no number"))
    }

    fn region(&self, profile: &str) -> &'a str {
        ["AWS_REGION", "AWS_DEFAULT_REGION"]
            .iter()
            .find_map(|name| filled(self.variables, name))
            .or_else(|| self.value(profile, "region"))
            .unwrap_or(DEFAULT_REGION)
    }
}
