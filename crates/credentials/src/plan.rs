//! Which way leads to the credentials of a profile, by the files and variables alone.

use everbeat_client::Credentials;
use everbeat_client::shared_files::{Section, SharedFiles, Variables, filled};

use crate::error::CredentialError;

mod sign_on;

const ACCESS_KEY_ID: &str = "aws_access_key_id";
const SECRET_ACCESS_KEY: &str = "aws_secret_access_key";
/// The older name first, as the reference looks for them.
const TOKENS: [&str; 2] = ["aws_security_token", "aws_session_token"];
const ROLE: &str = "role_arn";
const TOKEN_FILE: &str = "web_identity_token_file";
const DEFAULT_REGION: &str = "us-east-1";

/// A profile, and where it is looked up.
#[derive(Debug, Clone, Copy)]
pub struct Profile<'a> {
    /// The shared files.
    pub files: &'a SharedFiles,
    /// The variables of the process.
    pub variables: &'a Variables,
    /// Its name.
    pub name: &'a str,
    /// It was asked for on the line: then the environment's keys do not count.
    pub is_option: bool,
    /// How its values are read.
    pub reading: Reading,
}

/// How the values of a profile are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// As the reference does: what is empty is set, and a `duration_seconds` that is no number does not count.
    Reference,
    /// For a server, where nobody looks on: what is empty is not set, and a `duration_seconds` that is no number is an
    /// error.
    Server,
}

impl Reading {
    /// Whether a value counts as set.
    fn counts(self, value: &str) -> bool {
        match self {
            Self::Reference => true,
            Self::Server => !value.is_empty(),
        }
    }
}

/// A way to credentials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Plan<'a> {
    /// They are here.
    Keys(Credentials),
    /// A role is assumed.
    Role(Box<Role<'a>>),
    /// A role is taken on with a token that somebody else gave.
    WebIdentity(WebIdentity<'a>),
    /// A login in the browser, done before.
    SignOn(SignOn<'a>),
    /// A program prints them. Holds its words.
    Process(Vec<String>),
    /// The container's role.
    Container,
    /// The instance's role, if this is an instance.
    Instance,
    /// There are none.
    Nothing,
}

/// A role, and what it is assumed with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role<'a> {
    /// The role's name.
    pub arn: &'a str,
    /// With whose credentials.
    pub source: Source<'a>,
    /// Names the session in Amazon's records.
    pub session_name: Option<&'a str>,
    /// A word that the role's owner asks for.
    pub external_id: Option<&'a str>,
    /// How long the credentials are good, in seconds.
    pub seconds: Option<u32>,
    /// Where the role is assumed.
    pub region: &'a str,
}

/// With what a role is assumed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source<'a> {
    /// The credentials of another profile.
    Profile(Plan<'a>),
    /// Those of the machine.
    Machine {
        /// The profile that says so.
        profile: &'a str,
        /// The way's name in the profile.
        name: &'a str,
        /// The way.
        plan: Plan<'a>,
    },
}

/// A role that a token leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebIdentity<'a> {
    /// The role's name.
    pub arn: &'a str,
    /// File with the token.
    pub token_file: &'a str,
    /// Names the session in Amazon's records.
    pub session_name: Option<&'a str>,
    /// Where the role is taken on.
    pub region: &'a str,
}

/// A login in the browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignOn<'a> {
    /// Account.
    pub account_id: &'a str,
    /// Role in the account.
    pub role_name: &'a str,
    /// Region of the service that knows the login.
    pub region: &'a str,
    /// The name of the session, or else the URL of the login: the name of the file with the token comes from it.
    pub token_name: &'a str,
}

fn wrong<T>(text: impl Into<String>) -> Result<T, CredentialError> {
    Err(CredentialError::Configured(text.into()))
}

impl<'a> Profile<'a> {
    /// The way to the profile's credentials.
    ///
    /// # Errors
    /// What the profile or the environment say cannot work.
    pub fn plan(&self) -> Result<Plan<'a>, CredentialError> {
        self.check_session()?;
        if !self.is_option
            && let Some(keys) = environment(self.variables)?
        {
            return Ok(Plan::Keys(keys));
        }
        if self.has_role() {
            let mut visited = vec![self.name];
            return Ok(Plan::Role(Box::new(self.role(&mut visited)?)));
        }
        if let Some(plan) = self.own(!self.is_option)? {
            return Ok(plan);
        }
        Ok(machine(self.variables))
    }

    fn other(&self, name: &'a str) -> Self {
        Self { name, ..*self }
    }

    fn value(&self, key: &str) -> Option<&'a str> {
        self.in_section(self.files.credentials_section(self.name), key)
            .or_else(|| self.in_section(self.files.config_section(self.name), key))
    }

    fn in_section(&self, section: Option<&'a Section>, key: &str) -> Option<&'a str> {
        let value = section.and_then(|section| section.get(key));
        value.filter(|value| self.reading.counts(value))
    }

    fn has_role(&self) -> bool {
        self.value(ROLE).is_some() && self.value(TOKEN_FILE).is_none()
    }

    fn has_keys(&self) -> bool {
        self.value(ACCESS_KEY_ID).is_some() || self.value(SECRET_ACCESS_KEY).is_some()
    }

    /// The ways that a profile can name, without a role. The environment's token counts only for the first profile.
    fn own(&self, by_environment: bool) -> Result<Option<Plan<'a>>, CredentialError> {
        if let Some(identity) = self.web_identity(by_environment)? {
            return Ok(Some(Plan::WebIdentity(identity)));
        }
        if let Some(sign_on) = self.sign_on()? {
            return Ok(Some(Plan::SignOn(sign_on)));
        }
        let section = self.files.credentials_section(self.name);
        if let Some(keys) = self.keys(section, "shared-credentials-file")? {
            return Ok(Some(Plan::Keys(keys)));
        }
        if let Some(session) = self.value("login_session") {
            return wrong(format!(
                "Error loading login session token: Unable to load a existing login session for session {session}, \
                 Please reauthenticate with 'aws login'."
            ));
        }
        if let Some(line) = self.value("credential_process") {
            return match shlex::split(line) {
                None => wrong("No closing quotation"),
                Some(words) if words.is_empty() => wrong("credential_process names no program"),
                Some(words) => Ok(Some(Plan::Process(words))),
            };
        }
        let section = self.files.config_section(self.name);
        Ok(self.keys(section, "config-file")?.map(Plan::Keys))
    }

    /// The keys of a section.
    fn keys(
        &self,
        section: Option<&'a Section>,
        source: &str,
    ) -> Result<Option<Credentials>, CredentialError> {
        let value = |key: &str| self.in_section(section, key);
        let Some(access_key_id) = value(ACCESS_KEY_ID) else {
            return Ok(None);
        };
        let Some(secret_access_key) = value(SECRET_ACCESS_KEY) else {
            return wrong(format!(
                "Partial credentials found in {source}, missing: {SECRET_ACCESS_KEY}"
            ));
        };
        Ok(Some(Credentials {
            access_key_id: access_key_id.into(),
            secret_access_key: secret_access_key.into(),
            session_token: TOKENS.iter().find_map(|key| value(key)).map(Into::into),
        }))
    }

    fn role(&self, visited: &mut Vec<&'a str>) -> Result<Role<'a>, CredentialError> {
        let source = match (
            self.value("source_profile"),
            self.value("credential_source"),
        ) {
            (Some(_), Some(_)) => {
                return wrong(format!(
                    "The profile \"{}\" contains both source_profile and credential_source.",
                    self.name
                ));
            }
            (None, None) => {
                return wrong(
                    "Partial credentials found in assume-role, missing: source_profile or credential_source",
                );
            }
            (None, Some(name)) => self.machine_source(name)?,
            (Some(profile), None) => Source::Profile(self.profile_source(profile, visited)?),
        };
        if self.value("mfa_serial").is_some() {
            return wrong(format!(
                "The profile \"{}\" asks for the code of a device (mfa_serial), which cannot be entered here",
                self.name
            ));
        }
        Ok(Role {
            arn: self.value(ROLE).unwrap_or_default(),
            source,
            session_name: self.value("role_session_name"),
            external_id: self.value("external_id"),
            seconds: self.seconds()?,
            region: self.region(),
        })
    }

    fn seconds(&self) -> Result<Option<u32>, CredentialError> {
        let Some(text) = self.value("duration_seconds") else {
            return Ok(None);
        };
        match (text.trim().parse(), self.reading) {
            (Ok(seconds), _) => Ok(Some(seconds)),
            (Err(_), Reading::Reference) => Ok(None),
            (Err(_), Reading::Server) => wrong(format!(
                "The profile \"{}\" has a duration_seconds that is no number.",
                self.name
            )),
        }
    }

    fn machine_source(&self, name: &'a str) -> Result<Source<'a>, CredentialError> {
        let plan = match name {
            "Environment" => environment(self.variables)?.map_or(Plan::Nothing, Plan::Keys),
            "EcsContainer" if is_container(self.variables) => Plan::Container,
            "EcsContainer" => Plan::Nothing,
            "Ec2InstanceMetadata" => instance(self.variables),
            _ => {
                return wrong(format!(
                    "The credential source \"{name}\" referenced in profile \"{}\" is not valid.",
                    self.name
                ));
            }
        };
        if plan == Plan::Nothing {
            return wrong(no_source(name, self.name));
        }
        Ok(Source::Machine {
            profile: self.name,
            name,
            plan,
        })
    }

    fn profile_source(
        &self,
        source: &'a str,
        visited: &mut Vec<&'a str>,
    ) -> Result<Plan<'a>, CredentialError> {
        if !self.files.has_profile(source) {
            return wrong(format!(
                "The source_profile \"{source}\" referenced in the profile \"{}\" does not exist.",
                self.name
            ));
        }
        let profile = self.other(source);
        if visited.contains(&source) && (source != self.name || !profile.has_keys()) {
            let visited: Vec<String> = visited.iter().map(|name| format!("'{name}'")).collect();
            return wrong(format!(
                "Infinite loop in credential configuration detected. Attempting to load from profile {source} which \
                 has already been visited. Visited profiles: [{}]",
                visited.join(", ")
            ));
        }
        visited.push(source);
        if profile.has_role() && !profile.has_keys() {
            return Ok(Plan::Role(Box::new(profile.role(visited)?)));
        }
        match profile.own(false)? {
            Some(plan) => Ok(plan),
            None => wrong(format!(
                "The source profile \"{source}\" must have credentials."
            )),
        }
    }

    fn web_identity(
        &self,
        by_environment: bool,
    ) -> Result<Option<WebIdentity<'a>>, CredentialError> {
        let value = |variable: &str, key: &str| {
            let by_variable = self.variables.get(variable).filter(|_| by_environment);
            by_variable.map(String::as_str).or_else(|| self.value(key))
        };
        let set = |value: Option<&'a str>| value.filter(|value| !value.is_empty());
        let Some(token_file) = set(value("AWS_WEB_IDENTITY_TOKEN_FILE", TOKEN_FILE)) else {
            return Ok(None);
        };
        let Some(arn) = set(value("AWS_ROLE_ARN", ROLE)) else {
            return wrong(
                "The provided profile or the current environment is configured to assume role with web identity but \
                 has no role ARN configured. Ensure that the profile has the role_arnconfiguration set or the \
                 AWS_ROLE_ARN env var is set.",
            );
        };
        Ok(Some(WebIdentity {
            arn,
            token_file,
            session_name: value("AWS_ROLE_SESSION_NAME", "role_session_name"),
            region: self.region(),
        }))
    }

    fn region(&self) -> &'a str {
        ["AWS_REGION", "AWS_DEFAULT_REGION"]
            .iter()
            .find_map(|name| filled(self.variables, name))
            .or_else(|| self.value("region"))
            .unwrap_or(DEFAULT_REGION)
    }
}

/// What is said of a machine that has no credentials of the kind that a profile names.
pub(crate) fn no_source(name: &str, profile: &str) -> String {
    format!(
        "Error when retrieving credentials from {name}: No credentials found in credential_source referenced in \
         profile {profile}"
    )
}

/// The environment's keys. What is empty is not set.
fn environment(variables: &Variables) -> Result<Option<Credentials>, CredentialError> {
    let Some(access_key_id) = filled(variables, "AWS_ACCESS_KEY_ID") else {
        return Ok(None);
    };
    let Some(secret_access_key) = filled(variables, "AWS_SECRET_ACCESS_KEY") else {
        return wrong("Partial credentials found in env, missing: AWS_SECRET_ACCESS_KEY");
    };
    let token =
        filled(variables, "AWS_SECURITY_TOKEN").or_else(|| filled(variables, "AWS_SESSION_TOKEN"));
    Ok(Some(Credentials {
        access_key_id: access_key_id.into(),
        secret_access_key: secret_access_key.into(),
        session_token: token.map(Into::into),
    }))
}

fn machine(variables: &Variables) -> Plan<'static> {
    if is_container(variables) {
        return Plan::Container;
    }
    instance(variables)
}

fn instance(variables: &Variables) -> Plan<'static> {
    let disabled = variables.get("AWS_EC2_METADATA_DISABLED");
    if disabled.is_some_and(|value| value.eq_ignore_ascii_case("true")) {
        return Plan::Nothing;
    }
    Plan::Instance
}

fn is_container(variables: &Variables) -> bool {
    [
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    ]
    .iter()
    .any(|name| variables.contains_key(*name))
}

#[cfg(test)]
mod tests;
