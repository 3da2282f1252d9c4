//! Region, endpoint, credentials and the rest of the configuration: options, environment, shared AWS files
//! (cli.md section 10).
//!
//! Where the AWS CLI would give up or talk to Amazon, Everbeat talks to the server on this machine: without any
//! configuration the endpoint is [`DEFAULT_ENDPOINT`], the region [`DEFAULT_REGION`], and the key a dummy. This is a
//! chosen deviation: who just started `everbeat serve` needs no options, and nothing ever goes to a server that nobody
//! named. Where settings exist, they mean what they mean to the AWS CLI.
//!
//! Ways to credentials that need more than reading a file (roles, single sign-on, processes) are refused in a sentence.

use std::time::Duration;

use everbeat_client::shared_files::{Section, SharedFiles, Variables, filled};
use everbeat_client::{
    Client, Credentials, DEFAULT_ENDPOINT, DEFAULT_KEY, DEFAULT_REGION, Endpoint, EndpointError,
    Timeouts,
};
use jiff::tz::TimeZone;

use crate::answer::Timestamps;
use crate::exit::Failure;
use crate::parse::Parsed;

/// Time-outs unless set: seconds.
const DEFAULT_TIMEOUT: u64 = 60;
/// Reading time-out of a poll: the service holds it for up to 60 s and asks for more than that.
const POLL_TIMEOUT: u64 = 70;
const DEFAULT_ATTEMPTS: u32 = 3;

/// Keys of a profile that lead to credentials in ways that are not served, and the way.
const WAYS_NOT_SERVED: [(&str, &str); 7] = [
    ("role_arn", "assuming a role"),
    ("web_identity_token_file", "a web identity"),
    ("sso_session", "single sign-on"),
    ("sso_account_id", "single sign-on"),
    ("sso_start_url", "single sign-on"),
    ("login_session", "a login session"),
    ("credential_process", "a credential process"),
];

/// What the shared files say about the profile in force.
#[derive(Debug, Clone)]
pub(crate) struct Configuration<'a> {
    variables: &'a Variables,
    files: SharedFiles,
    profile: String,
    profile_was_named: bool,
    profile_was_an_option: bool,
}

impl<'a> Configuration<'a> {
    /// Reads the shared files.
    ///
    /// # Errors
    /// A file that exists and cannot be read.
    pub(crate) fn load(variables: &'a Variables, profile: Option<&str>) -> Result<Self, Failure> {
        let option = profile.filter(|name| !name.is_empty());
        let variable = SharedFiles::named_profile(variables);
        Ok(Self {
            variables,
            files: SharedFiles::load(variables)
                .map_err(|error| Failure::general(error.to_string()))?,
            profile: option.or(variable).unwrap_or("default").into(),
            profile_was_named: option.or(variable).is_some(),
            profile_was_an_option: option.is_some(),
        })
    }

    /// # Errors
    /// A profile was named that no file has.
    pub(crate) fn check_profile(&self) -> Result<(), Failure> {
        let exists = self.files.has_profile(&self.profile);
        if self.profile_was_named && !exists {
            let name = &self.profile;
            return Err(Failure::general(format!(
                "The config profile ({name}) could not be found"
            )));
        }
        Ok(())
    }

    /// A key of the profile, in either file.
    fn profile_value(&self, key: &str) -> Option<&str> {
        self.files.profile_value(&self.profile, key)
    }

    fn variable(&self, name: &str) -> Option<&'a str> {
        self.variables.get(name).map(String::as_str)
    }

    /// The region of option, environment or profile.
    ///
    /// # Errors
    /// A region that is no host label.
    pub(crate) fn region(&self, option: Option<&str>) -> Result<String, Failure> {
        let region = option
            .filter(|region| !region.is_empty())
            .or_else(|| self.variable("AWS_REGION"))
            .or_else(|| self.variable("AWS_DEFAULT_REGION"))
            .or_else(|| self.profile_value("region"))
            .unwrap_or(DEFAULT_REGION);
        let fits = |c: char| c.is_ascii_alphanumeric() || c == '-';
        if region.len() > 63 || !region.chars().all(fits) || region.starts_with('-') {
            return Err(Failure::general(format!(
                "Provided region_name '{region}' doesn't match a supported format."
            )));
        }
        Ok(region.into())
    }

    /// The endpoint of option, environment, `services` section or profile.
    ///
    /// # Errors
    /// A text that is no URL, or one that needs TLS.
    pub(crate) fn endpoint(&self, option: Option<&str>) -> Result<Endpoint, Failure> {
        let url = option
            .or_else(|| self.configured_endpoint())
            .unwrap_or(DEFAULT_ENDPOINT);
        Endpoint::parse(url).map_err(|error| match error {
            EndpointError::TlsNotServed(_) => Failure::configuration(error.to_string()),
            EndpointError::NoScheme(url) | EndpointError::Malformed(url) => {
                Failure::general(format!("Invalid endpoint: {url}"))
            }
        })
    }

    fn configured_endpoint(&self) -> Option<&str> {
        let ignored = self
            .variable("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")
            .or_else(|| self.profile_value("ignore_configured_endpoint_urls"));
        if ignored.is_some_and(|value| value.eq_ignore_ascii_case("true")) {
            return None;
        }
        filled(self.variables, "AWS_ENDPOINT_URL_SWF")
            .or_else(|| filled(self.variables, "AWS_ENDPOINT_URL"))
            .or_else(|| self.services_endpoint())
            .or_else(|| self.profile_value("endpoint_url"))
    }

    fn services_endpoint(&self) -> Option<&str> {
        let services = self.profile_value("services")?;
        self.files
            .named_section("services", services)?
            .nested("swf", "endpoint_url")
    }

    /// Credentials of environment, credentials file or config file, in that order.
    ///
    /// # Errors
    /// Half of a pair of keys, or a way to credentials that is not served.
    pub(crate) fn credentials(&self) -> Result<Credentials, Failure> {
        if !self.profile_was_an_option
            && let Some(found) = self.environment_credentials()?
        {
            return Ok(found);
        }
        if let Some(found) = keys_of(
            self.files.credentials_section(&self.profile),
            "shared-credentials-file",
        )? {
            return Ok(found);
        }
        for (key, way) in WAYS_NOT_SERVED {
            if self.profile_value(key).is_some() {
                return Err(Failure::configuration(format!(
                    "The profile {} gets its credentials by {way} ({key}), which comes with a later version of \
                     Everbeat; use keys, or --no-sign-request.",
                    self.profile
                )));
            }
        }
        let found = keys_of(self.files.config_section(&self.profile), "config-file")?;
        Ok(found.unwrap_or_else(|| Credentials {
            access_key_id: DEFAULT_KEY.into(),
            secret_access_key: DEFAULT_KEY.into(),
            session_token: None,
        }))
    }

    fn environment_credentials(&self) -> Result<Option<Credentials>, Failure> {
        let session_token = filled(self.variables, "AWS_SESSION_TOKEN")
            .or_else(|| filled(self.variables, "AWS_SECURITY_TOKEN"));
        pair(
            filled(self.variables, "AWS_ACCESS_KEY_ID"),
            filled(self.variables, "AWS_SECRET_ACCESS_KEY"),
            session_token,
            "env, missing: AWS_SECRET_ACCESS_KEY",
        )
    }

    /// How often a call is tried: 1 and more.
    ///
    /// # Errors
    /// A setting that is no such number, or a mode that does not exist.
    pub(crate) fn max_attempts(&self) -> Result<u32, Failure> {
        let mode = self
            .variable("AWS_RETRY_MODE")
            .or_else(|| self.profile_value("retry_mode"));
        if let Some(mode) = mode
            && !["standard", "adaptive"].contains(&mode)
        {
            return Err(Failure::general(format!(
                "Invalid value provided to \"mode\": \"{mode}\" must be one of: \"standard\" or \"adaptive\""
            )));
        }
        let Some(text) = self
            .variable("AWS_MAX_ATTEMPTS")
            .or_else(|| self.profile_value("max_attempts"))
        else {
            return Ok(DEFAULT_ATTEMPTS);
        };
        let digits = everbeat_json::python::int(text).map_err(Failure::general)?;
        match digits.parse() {
            Ok(attempts) if attempts > 0 => Ok(attempts),
            _ => Err(Failure::general(format!(
                "Value provided to \"max_attempts\": {digits} must be an integer greater than or equal to one."
            ))),
        }
    }

    /// The format of results: the option, `AWS_DEFAULT_OUTPUT`, the profile, `json`.
    pub(crate) fn output<'b>(&'b self, option: Option<&'b str>) -> &'b str {
        option
            .or_else(|| self.variable("AWS_DEFAULT_OUTPUT"))
            .or_else(|| self.profile_value("output"))
            .unwrap_or("json")
    }

    /// # Errors
    /// `cli_timestamp_format` is neither `wire` nor `iso8601`.
    pub(crate) fn timestamps(
        &self,
        zone: impl FnOnce() -> TimeZone,
    ) -> Result<Timestamps, Failure> {
        match self.profile_value("cli_timestamp_format") {
            Some("wire") => Ok(Timestamps::Wire),
            Some("iso8601") | None => Ok(Timestamps::Iso8601(zone())),
            Some(other) => Err(Failure::configuration(format!(
                "Unknown cli_timestamp_format value: {other}, valid values are \"wire\" or \"iso8601\""
            ))),
        }
    }

    pub(crate) fn validates_parameters(&self) -> bool {
        !self
            .profile_value("parameter_validation")
            .is_some_and(|value| value.eq_ignore_ascii_case("false"))
    }

    /// A client by the options and everything above.
    ///
    /// # Errors
    /// Any setting that is wrong.
    pub(crate) fn client(&self, globals: &Parsed, timeouts: Timeouts) -> Result<Client, Failure> {
        let region = self.region(globals.value("--region"))?;
        let endpoint = self.endpoint(globals.value("--endpoint-url"))?;
        let credentials = if globals.has("--no-sign-request") {
            None
        } else {
            Some(self.credentials()?)
        };
        Ok(Client::new(endpoint, credentials, region).with_timeouts(timeouts))
    }
}

/// The time-outs of the options.
///
/// # Errors
/// Not a number, or a negative one.
pub(crate) fn timeouts(globals: &Parsed, polls: bool) -> Result<Timeouts, Failure> {
    let read_default = if polls { POLL_TIMEOUT } else { DEFAULT_TIMEOUT };
    Ok(Timeouts {
        read: timeout(globals.value("--cli-read-timeout"), "read", read_default)?,
        connect: timeout(
            globals.value("--cli-connect-timeout"),
            "connect",
            DEFAULT_TIMEOUT,
        )?,
    })
}

fn timeout(option: Option<&str>, name: &str, default: u64) -> Result<Option<Duration>, Failure> {
    let Some(text) = option else {
        return Ok(Some(Duration::from_secs(default)));
    };
    let digits = everbeat_json::python::int(text).map_err(Failure::general)?;
    match digits.parse::<u64>() {
        Ok(0) => Ok(None),
        Ok(seconds) => Ok(Some(Duration::from_secs(seconds))),
        Err(_) => Err(Failure::general(format!(
            "Attempted to set {name} timeout to {digits}, but the timeout cannot be set to a value less than or equal \
             to 0."
        ))),
    }
}

fn keys_of(section: Option<&Section>, source: &str) -> Result<Option<Credentials>, Failure> {
    let Some(section) = section else {
        return Ok(None);
    };
    pair(
        section
            .get("aws_access_key_id")
            .filter(|key| !key.is_empty()),
        section.get("aws_secret_access_key"),
        section.get("aws_session_token"),
        &format!("{source}, missing: aws_secret_access_key"),
    )
}

/// A secret without its key counts as nothing, a key without its secret is an error.
fn pair(
    access_key_id: Option<&str>,
    secret_access_key: Option<&str>,
    session_token: Option<&str>,
    missing: &str,
) -> Result<Option<Credentials>, Failure> {
    match (access_key_id, secret_access_key) {
        (None, _) => Ok(None),
        (Some(_), None) => Err(Failure::general(format!(
            "Partial credentials found in {missing}"
        ))),
        (Some(access_key_id), Some(secret_access_key)) => Ok(Some(Credentials {
            access_key_id: access_key_id.into(),
            secret_access_key: secret_access_key.into(),
            session_token: session_token.map(Into::into),
        })),
    }
}

#[cfg(test)]
mod tests;
