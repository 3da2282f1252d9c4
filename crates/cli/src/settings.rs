//! What options, environment and shared AWS files say (cli.md sections 10 and 11): every setting by the reference's
//! order and with its texts.
//!
//! For operations the reference's defaults hold. Everbeat's own commands talk to the server on this machine unless told
//! otherwise ([`Defaults::Local`]), so that who just started `everbeat serve` needs no options: the endpoint is
//! [`everbeat_client::DEFAULT_ENDPOINT`], with the region and the key of a server that was not given others.
//!
//! Nothing here opens a connection or starts a program; [`Target::client`] does, when the profile's credentials come
//! from elsewhere.

mod endpoint;
mod region;
mod target;

use std::time::Duration;

use everbeat_client::Timeouts;
use everbeat_client::shared_files::{SharedFiles, Variables};
use jiff::tz::TimeZone;

use crate::answer::Timestamps;
use crate::exit::{ErrorFormat, Failure};
use crate::parse::Parsed;

pub(crate) use endpoint::check_endpoint_option;
pub(crate) use target::Target;

/// Time-outs unless set: seconds.
const DEFAULT_TIMEOUT: u64 = 60;
/// Reading time-out of a poll: the service holds it for up to 60 s and asks for more than that.
const POLL_TIMEOUT: u64 = 70;
const DEFAULT_ATTEMPTS: u32 = 3;
const DEFAULT_PAGER: &str = "less";
/// What the codec of UTF-8 is called, in the spelling that all others are brought to.
const UTF_8: [&str; 7] = [
    "utf_8",
    "u8",
    "utf",
    "utf8",
    "utf8_ucs2",
    "utf8_ucs4",
    "cp65001",
];

/// What holds where nothing is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Defaults {
    /// Amazon's endpoints, and errors where region or credentials are missing.
    Reference,
    /// The server on this machine.
    Local,
}

/// What the variables and the shared files say about the profile in force.
#[derive(Debug, Clone)]
pub(crate) struct Configuration<'a> {
    variables: &'a Variables,
    files: SharedFiles,
    profile: String,
    profile_was_named: bool,
    profile_was_an_option: bool,
    defaults: Defaults,
}

/// How calls are tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Retries {
    /// How often a call is tried: 1 and more.
    pub(crate) max_attempts: u32,
    pub(crate) mode: RetryMode,
    /// Pauses and the server's wishes by the rules that `AWS_NEW_RETRIES_2026` switches on.
    pub(crate) by_new_rules: bool,
}

/// The reference's retry modes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RetryMode {
    Standard,
    Adaptive,
}

impl RetryMode {
    /// The mode as settings and the user agent name it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Adaptive => "adaptive",
        }
    }
}

/// When the prompt opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AutoPrompt {
    On,
    /// Only for lines that are wrong.
    OnPartial,
    Off,
}

impl<'a> Configuration<'a> {
    /// Reads the shared files; the reference's defaults hold. An empty `profile` counts as none.
    ///
    /// # Errors
    /// A file that exists and cannot be read.
    pub(crate) fn load(variables: &'a Variables, profile: Option<&str>) -> Result<Self, Failure> {
        let option = profile.filter(|name| !name.is_empty());
        let named = option.or_else(|| SharedFiles::named_profile(variables));
        Ok(Self {
            variables,
            files: SharedFiles::load(variables)
                .map_err(|error| Failure::general(error.to_string()))?,
            profile: named.unwrap_or("default").into(),
            profile_was_named: named.is_some(),
            profile_was_an_option: option.is_some(),
            defaults: Defaults::Reference,
        })
    }

    /// The same settings with the defaults of Everbeat's own commands.
    pub(crate) fn local(&self) -> Self {
        Self {
            defaults: Defaults::Local,
            ..self.clone()
        }
    }

    /// The variables of the process.
    pub(crate) fn variables(&self) -> &'a Variables {
        self.variables
    }

    /// # Errors
    /// A profile was named that no file has.
    pub(crate) fn check_profile(&self) -> Result<(), Failure> {
        if self.profile_exists() {
            return Ok(());
        }
        let name = &self.profile;
        Err(Failure::general(format!(
            "The config profile ({name}) could not be found"
        )))
    }

    fn profile_exists(&self) -> bool {
        !self.profile_was_named || self.files.has_profile(&self.profile)
    }

    /// A key of the profile, in either file.
    fn profile_value(&self, key: &str) -> Option<&str> {
        self.files.profile_value(&self.profile, key)
    }

    fn variable(&self, name: &str) -> Option<&'a str> {
        self.variables.get(name).map(String::as_str)
    }

    /// A variable, or else a key of the profile. What is set and empty is a value.
    fn value(&self, variable: &str, key: &str) -> Option<&str> {
        self.variable(variable).or_else(|| self.profile_value(key))
    }

    fn is_true(&self, variable: &str, key: &str) -> bool {
        self.value(variable, key)
            .is_some_and(|value| value.eq_ignore_ascii_case("true"))
    }

    /// How calls are tried again.
    ///
    /// # Errors
    /// A number of attempts that is none, or a mode that does not exist.
    pub(crate) fn retries(&self) -> Result<Retries, Failure> {
        let max_attempts = self.attempts()?;
        let mode = self
            .value("AWS_RETRY_MODE", "retry_mode")
            .unwrap_or(RetryMode::Standard.name());
        let mode = [RetryMode::Standard, RetryMode::Adaptive]
            .into_iter()
            .find(|known| known.name() == mode)
            .ok_or_else(|| {
                Failure::general(format!(
                    "Invalid value provided to \"mode\": \"{mode}\" must be one of: \"standard\" or \"adaptive\""
                ))
            })?;
        let by_new_rules = self
            .variable("AWS_NEW_RETRIES_2026")
            .is_some_and(|value| value.eq_ignore_ascii_case("true"));
        Ok(Retries {
            max_attempts,
            mode,
            by_new_rules,
        })
    }

    fn attempts(&self) -> Result<u32, Failure> {
        let Some(text) = self.value("AWS_MAX_ATTEMPTS", "max_attempts") else {
            return Ok(DEFAULT_ATTEMPTS);
        };
        let digits = everbeat_json::python::int(text).map_err(Failure::general)?;
        if digits == "0" || digits.starts_with('-') {
            return Err(Failure::general(format!(
                "Value provided to \"max_attempts\": {digits} must be an integer greater than or equal to one."
            )));
        }
        Ok(digits.parse().unwrap_or(u32::MAX))
    }

    /// The format of results: the option, `AWS_DEFAULT_OUTPUT`, the profile, `json`.
    pub(crate) fn output<'b>(&'b self, option: Option<&'b str>) -> &'b str {
        option
            .or_else(|| self.value("AWS_DEFAULT_OUTPUT", "output"))
            .unwrap_or("json")
    }

    /// How errors are told unless an option says. Where the profile does not exist, the form without names holds: the
    /// reference stumbles over the profile.
    pub(crate) fn error_format(&self) -> ErrorFormat {
        if let Some(name) = self.variable("AWS_CLI_ERROR_FORMAT") {
            return ErrorFormat::named(name);
        }
        if !self.profile_exists() {
            return ErrorFormat::Legacy;
        }
        ErrorFormat::named(self.profile_value("cli_error_format").unwrap_or_default())
    }

    /// The line that starts the pager; empty for none.
    pub(crate) fn pager(&self) -> &str {
        self.value("AWS_PAGER", "cli_pager")
            .or_else(|| self.variable("PAGER"))
            .unwrap_or(DEFAULT_PAGER)
    }

    /// When the prompt opens, unless an option says. Never where the profile does not exist.
    pub(crate) fn auto_prompt(&self) -> AutoPrompt {
        let by_profile = || {
            self.profile_value("cli_auto_prompt")
                .filter(|_| self.profile_exists())
        };
        let mode = self.variable("AWS_CLI_AUTO_PROMPT").or_else(by_profile);
        match mode.map(str::to_ascii_lowercase).as_deref() {
            Some("on") => AutoPrompt::On,
            Some("on-partial") => AutoPrompt::OnPartial,
            Some(_) | None => AutoPrompt::Off,
        }
    }

    /// What the user agent names as the application.
    pub(crate) fn application_id(&self) -> Option<&str> {
        self.value("AWS_SDK_UA_APP_ID", "sdk_ua_app_id")
            .filter(|id| !id.is_empty())
    }

    /// # Errors
    /// Results are asked for in an encoding other than UTF-8.
    pub(crate) fn check_output_encoding(&self) -> Result<(), Failure> {
        let Some(name) = self.variable("AWS_CLI_OUTPUT_ENCODING") else {
            return Ok(());
        };
        let words: Vec<&str> = name
            .split(|c: char| !c.is_ascii_alphanumeric() && c != '.')
            .filter(|word| !word.is_empty())
            .collect();
        if UTF_8.contains(&words.join("_").to_ascii_lowercase().as_str()) {
            return Ok(());
        }
        Err(Failure::general(format!(
            "Unknown codec `{name}` specified for AWS_CLI_OUTPUT_ENCODING."
        )))
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

    /// Parameters are checked before they are sent.
    pub(crate) fn validates_parameters(&self) -> bool {
        self.profile_value("parameter_validation")
            .is_none_or(|value| value.eq_ignore_ascii_case("true"))
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

#[cfg(test)]
mod tests;
