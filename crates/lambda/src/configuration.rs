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
/// What may have become of a target on its way here.
const COMMAS: &str = "EVERBEAT_LAMBDA_FUNCTION is cut at every comma, so an array belongs in a flag or in the settings \
     file";

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

    /// Reads where a function lies, see [`Self::set_function`].
    ///
    /// # Errors
    /// An empty name, or a target that [`Target::parse`] refuses.
    pub fn read_function(
        &mut self,
        function: &str,
        target: &str,
    ) -> Result<(), ConfigurationError> {
        let name = bare_name(function);
        if name.is_empty() {
            return Err(ConfigurationError("a function has no name".into()));
        }
        let target = Target::parse(target)
            .map_err(|error| ConfigurationError(format!("the function {name}: {error}")))?;
        self.set_function(function, target);
        Ok(())
    }

    /// Reads `NAME=TARGET`.
    ///
    /// # Errors
    /// Another form, or what [`Self::read_function`] refuses.
    pub fn add_function(&mut self, text: &str) -> Result<(), ConfigurationError> {
        let (function, target) = text.split_once('=').ok_or_else(|| {
            ConfigurationError(format!(
                "a function is not of the form NAME=TARGET; {COMMAS}"
            ))
        })?;
        self.read_function(function, target)
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
    /// Any other text. The error does not repeat it, since addresses and arguments may hold secrets.
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
                    "its target is neither lambda nor command:PROGRAM nor an address: {reason}"
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
        .ok_or_else(|| ConfigurationError(format!("its target is no array of words; {COMMAS}")))
}

/// An `http` or `https` URL with a host and without a user. The error says what is wrong with "it", and does not repeat
/// the text, which may hold a password.
pub(crate) fn http_address(text: &str) -> Result<Uri, &'static str> {
    let uri: Uri = text.parse().map_err(|_| "it is no URL")?;
    let has_scheme = matches!(uri.scheme_str(), Some("http" | "https"));
    let authority = uri
        .authority()
        .filter(|authority| has_scheme && !authority.host().is_empty())
        .ok_or("it is no URL with http:// or https:// and a host")?;
    if authority.as_str().contains('@') {
        return Err("it must not name a user");
    }
    // A port that cannot be read would be taken for none.
    if authority.as_str() != authority.host() && authority.port_u16().is_none() {
        return Err("its port is no number from 0 to 65535");
    }
    Ok(uri)
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
            "http://127.0.0.1:99999/x",
            "http://h:/",
        ] {
            assert!(Target::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn errors_repeat_no_passwords() {
        let mut configuration = Configuration::new(NonZeroUsize::MIN);
        for text in [
            "http://u:hunter2@h/",
            "a=http://u:hunter2@h/",
            "a=htp://u:hunter2@h/",
            "http://u:hunter2@h/?b=c",
            "a=['x', '--password=hunter2'",
            "a=x --password=hunter2",
        ] {
            let error = configuration.add_function(text).expect_err("unusable");
            assert!(!error.0.contains("hunter2"), "{error}");
        }
        for url in ["http://u:hunter2@h/", "http://h/?key=hunter2"] {
            let error = configuration.set_endpoint(url).expect_err("unusable");
            assert!(!error.0.contains("hunter2"), "{error}");
        }
    }

    #[test]
    fn arrays_cut_at_commas_are_explained() {
        let mut configuration = Configuration::new(NonZeroUsize::MIN);
        for part in ["charge=['/bin/charge'", "'two words']"] {
            let error = configuration.add_function(part).expect_err("half a target");
            assert!(error.0.contains("EVERBEAT_LAMBDA_FUNCTION"), "{error}");
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
        for wrong in [
            "",
            "localhost:80",
            "http://{region}/{region",
            "ftp://h",
            "http://h:99999",
            "http://{region}.test:x",
        ] {
            assert!(configuration.set_endpoint(wrong).is_err(), "{wrong}");
        }
        configuration.add_function("a=lambda").expect("a target");
        assert!(configuration.check().is_err());
    }
}
