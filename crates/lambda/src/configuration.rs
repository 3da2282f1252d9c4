//! Which function lies where: the settings of Lambda tasks, read and checked.

use std::collections::BTreeMap;
use std::fmt;
use std::num::NonZeroUsize;

use http::Uri;

use crate::api::Endpoint;
use crate::name::bare_name;

/// The name that stands for every function without a target of its own.
const EVERY_OTHER: &str = "*";
/// The target that stands for the endpoint.
const LAMBDA: &str = "lambda";
const COMMAND: &str = "command:";

/// Where a function lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// Behind Lambda's Invoke API at the configured endpoint.
    Lambda,
    /// A program of this machine, and its arguments. The first word is there, and not empty.
    Command(Vec<String>),
    /// An address to which the input is posted, `http` or `https`.
    Address(Uri),
}

/// A setting cannot be used; one sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigurationError(String);

impl fmt::Display for ConfigurationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ConfigurationError {}

/// Where functions lie, and how many are called at the same time.
#[derive(Debug, Clone)]
pub struct Configuration {
    pub(crate) endpoint: Option<Endpoint>,
    functions: BTreeMap<String, Target>,
    pub(crate) concurrency: NonZeroUsize,
}

impl Configuration {
    /// No functions, and so many calls at the same time.
    pub fn new(concurrency: NonZeroUsize) -> Self {
        Self {
            endpoint: None,
            functions: BTreeMap::new(),
            concurrency,
        }
    }

    /// Sets the endpoint of Lambda's Invoke API; `{region}` in it stands for the region of the run.
    ///
    /// # Errors
    /// A text that is no http or https URL.
    pub fn set_endpoint(&mut self, url: &str) -> Result<(), ConfigurationError> {
        self.endpoint = Some(Endpoint::parse(url).map_err(ConfigurationError)?);
        Ok(())
    }

    /// Sets where a function lies; the last word wins. The function is named in any form, see [`bare_name`]; `*` stands
    /// for all that have no target of their own.
    pub fn set_function(&mut self, function: &str, target: Target) {
        self.functions.insert(bare_name(function).into(), target);
    }

    /// Reads `NAME=TARGET`.
    ///
    /// # Errors
    /// Another form, or a target that [`Target::parse`] refuses.
    pub fn add_function(&mut self, text: &str) -> Result<(), ConfigurationError> {
        let (function, target) = text
            .split_once('=')
            .filter(|(function, _)| !function.is_empty())
            .ok_or_else(|| {
                ConfigurationError(format!("'{text}' is not of the form NAME=TARGET"))
            })?;
        self.set_function(function, Target::parse(target)?);
        Ok(())
    }

    /// Whether there is nowhere to call a function.
    pub fn is_empty(&self) -> bool {
        self.endpoint.is_none() && self.functions.is_empty()
    }

    /// Checks what hangs together.
    ///
    /// # Errors
    /// A function is to be called over Lambda's API, and there is no endpoint.
    pub fn check(&self) -> Result<(), ConfigurationError> {
        let stray = self
            .functions
            .iter()
            .find(|(_, target)| **target == Target::Lambda);
        match stray {
            Some((function, _)) if self.endpoint.is_none() => Err(ConfigurationError(format!(
                "the function {function} is to be called over Lambda's API, and no endpoint is set"
            ))),
            Some(_) | None => Ok(()),
        }
    }

    /// Where a function lies: its own target, that of all others, or the endpoint.
    pub(crate) fn target(&self, function: &str) -> Option<&Target> {
        self.functions
            .get(bare_name(function))
            .or_else(|| self.functions.get(EVERY_OTHER))
            .or_else(|| self.endpoint.as_ref().map(|_| &Target::Lambda))
    }
}

impl Target {
    /// Reads `lambda`, `http://...`, `https://...`, or a command: `command:PROGRAM ARGUMENT ...`, whose words are parted by
    /// spaces without any quoting, or its words as a TOML array, `["PROGRAM", "ARGUMENT", ...]`.
    ///
    /// # Errors
    /// Any other text.
    pub fn parse(text: &str) -> Result<Self, ConfigurationError> {
        if text == LAMBDA {
            return Ok(Self::Lambda);
        }
        if text.starts_with('[') {
            return Self::command(words(text)?);
        }
        match text.strip_prefix(COMMAND) {
            Some(line) => Self::command(line.split_whitespace().map(Into::into).collect()),
            None => http_address(text).map(Self::Address).map_err(|reason| {
                ConfigurationError(format!(
                    "'{text}' is neither lambda nor command:PROGRAM nor an address: {reason}"
                ))
            }),
        }
    }

    fn command(words: Vec<String>) -> Result<Self, ConfigurationError> {
        if words.first().is_none_or(String::is_empty) {
            return Err(ConfigurationError("a command has no program".into()));
        }
        Ok(Self::Command(words))
    }
}

/// The texts of a TOML array.
fn words(array: &str) -> Result<Vec<String>, ConfigurationError> {
    let table: Option<toml::Table> = format!("words = {array}").parse().ok();
    let words = table
        .as_ref()
        .and_then(|table| table.get("words")?.as_array());
    words
        .and_then(|words| {
            words
                .iter()
                .map(|word| word.as_str().map(Into::into))
                .collect()
        })
        .ok_or_else(|| ConfigurationError(format!("{array} is no array of words")))
}

/// An `http` or `https` URL with a host and without a user.
pub(crate) fn http_address(text: &str) -> Result<Uri, String> {
    let uri: Uri = text.parse().map_err(|_| format!("'{text}' is no URL"))?;
    let has_scheme = matches!(uri.scheme_str(), Some("http" | "https"));
    match uri.authority() {
        Some(authority) if authority.as_str().contains('@') => {
            Err(format!("'{text}' must not name a user"))
        }
        Some(authority) if has_scheme && !authority.host().is_empty() => Ok(uri),
        Some(_) | None => Err(format!(
            "'{text}' is no URL with http:// or https:// and a host"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_read() {
        assert_eq!(Target::parse("lambda"), Ok(Target::Lambda));
        assert_eq!(
            Target::parse("command:/bin/resize --fast  2"),
            Ok(Target::Command(vec![
                "/bin/resize".into(),
                "--fast".into(),
                "2".into()
            ]))
        );
        assert_eq!(
            Target::parse("https://functions.test:8443/resize?x=1"),
            Ok(Target::Address(Uri::from_static(
                "https://functions.test:8443/resize?x=1"
            )))
        );
        for wrong in [
            "",
            "command:",
            "command:  ",
            "/bin/x",
            "ftp://a/",
            "http://",
            "http://u:p@h/",
        ] {
            assert!(Target::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_nearest_target_wins() {
        let mut configuration = Configuration::new(NonZeroUsize::MIN);
        assert!(configuration.is_empty());
        assert_eq!(configuration.target("a"), None);
        configuration
            .set_endpoint("http://127.0.0.1:9")
            .expect("an endpoint");
        assert_eq!(configuration.target("a"), Some(&Target::Lambda));
        configuration
            .add_function("*=command:cat")
            .expect("a target");
        configuration
            .add_function("arn:aws:lambda:eu-west-1:123456789012:function:a=lambda")
            .expect("a target");
        assert_eq!(configuration.target("a:live"), Some(&Target::Lambda));
        assert_eq!(
            configuration.target("123456789012:function:b"),
            Some(&Target::Command(vec!["cat".into()]))
        );
        assert_eq!(configuration.check(), Ok(()));
    }

    #[test]
    fn what_cannot_work_is_refused() {
        let mut configuration = Configuration::new(NonZeroUsize::MIN);
        for wrong in ["a", "=lambda", "a=", "a=b"] {
            assert!(configuration.add_function(wrong).is_err(), "{wrong}");
        }
        for wrong in ["", "localhost:80", "http://{region}/{region", "ftp://h"] {
            assert!(configuration.set_endpoint(wrong).is_err(), "{wrong}");
        }
        configuration.add_function("a=lambda").expect("a target");
        assert!(configuration.check().is_err());
    }
}
