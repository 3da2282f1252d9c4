//! What a profile says of single sign-on, by itself or by a session that it names.

use everbeat_client::shared_files::Section;

use super::{Profile, SignOn, wrong};
use crate::error::CredentialError;

impl<'a> Profile<'a> {
    /// # Errors
    /// The profile names a session for single sign-on that the files do not describe. The reference looks at it whatever
    /// way is taken in the end.
    pub(super) fn check_session(&self) -> Result<(), CredentialError> {
        let Some(name) = self.value("sso_session") else {
            return Ok(());
        };
        if self.is_sign_on() && self.value("sso_session").is_some() {
            // What is wrong then is told in other words.
            return self.sign_on().map(drop);
        }
        let profile = self.name;
        let session = self.files.named_section("sso-session", name);
        let Some(session) = session.filter(|session| !session.is_empty()) else {
            return wrong(format!(
                "The profile \"{profile}\" is configured to use the SSO token provider but the \"{name}\" sso_session \
                 configuration does not exist."
            ));
        };
        let missing: Vec<String> = ["sso_start_url", "sso_region"]
            .iter()
            .filter(|key| session.get(key).is_none())
            .map(|key| format!("'{key}'"))
            .collect();
        if missing.is_empty() {
            return Ok(());
        }
        wrong(format!(
            "The profile \"{profile}\" is configured to use the SSO token provider but is missing the following \
             configuration: [{}].",
            missing.join(", ")
        ))
    }

    fn is_sign_on(&self) -> bool {
        ["sso_role_name", "sso_account_id"]
            .iter()
            .any(|key| self.value(key).is_some())
    }

    pub(super) fn sign_on(&self) -> Result<Option<SignOn<'a>>, CredentialError> {
        if !self.is_sign_on() {
            return Ok(None);
        }
        let session_name = self.value("sso_session");
        let section = session_name.map(|name| self.session(name)).transpose()?;
        let value = |key: &str| {
            let by_session = section.and_then(|section| section.get(key));
            by_session.or_else(|| self.value(key))
        };
        let mut missing = Vec::new();
        let mut wanted = |key: &'static str| {
            value(key).unwrap_or_else(|| {
                missing.push(key);
                ""
            })
        };
        let sign_on = SignOn {
            role_name: wanted("sso_role_name"),
            account_id: wanted("sso_account_id"),
            token_name: {
                let url = wanted("sso_start_url");
                session_name.unwrap_or(url)
            },
            region: wanted("sso_region"),
        };
        if missing.is_empty() {
            return Ok(Some(sign_on));
        }
        wrong(format!(
            "The profile \"{}\" is configured to use SSO but is missing required configuration: {}",
            self.name,
            missing.join(", ")
        ))
    }

    fn session(&self, name: &str) -> Result<&'a Section, CredentialError> {
        let Some(section) = self.files.named_section("sso-session", name) else {
            return wrong(format!(
                "The specified sso-session does not exist: \"{name}\""
            ));
        };
        for (key, value) in section.entries() {
            if let Some(own) = self.value(key)
                && own != value
            {
                return wrong(format!(
                    "The value for {key} is inconsistent between profile ({own}) and sso-session ({value})."
                ));
            }
        }
        Ok(section)
    }
}
