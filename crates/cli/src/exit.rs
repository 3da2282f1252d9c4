//! How a command ends: exit codes and the text on standard error (cli.md section 15).

use std::process::ExitCode;

use everbeat_client::{CallError, Endpoint};

/// What every parser error ends with.
pub(crate) const USAGE: &str =
    "usage: aws [options] <command> <subcommand> [<subcommand> ...] [parameters]
To see help text, you can run:

  aws help
  aws <command> help
  aws <command> <subcommand> help";

/// The usage of the pass that knows `--profile` and `--debug` only.
pub(crate) const FIRST_USAGE: &str = "usage: aws [--profile PROFILE] [--debug]";

/// Why a command failed; decides exit code and form of the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The line or a parameter is wrong.
    ParamValidation,
    /// Words that no parser knows.
    UnknownOptions,
    /// The settings are wrong.
    Configuration,
    /// The service answered with a fault.
    Service,
    /// Anything else: network, files, unknown profiles.
    General,
    /// A command of Everbeat's own was understood and could not be carried out as things stand.
    NotDone,
    /// SIGINT.
    Interrupted,
}

/// A command that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) kind: Kind,
    pub(crate) text: String,
}

impl Failure {
    pub(crate) fn new(kind: Kind, text: impl Into<String>) -> Self {
        let text = text.into();
        Self { kind, text }
    }

    pub(crate) fn parameter(text: impl Into<String>) -> Self {
        Self::new(Kind::ParamValidation, text)
    }

    pub(crate) fn general(text: impl Into<String>) -> Self {
        Self::new(Kind::General, text)
    }

    pub(crate) fn configuration(text: impl Into<String>) -> Self {
        Self::new(Kind::Configuration, text)
    }

    /// Something that the reference does and this version does not.
    pub(crate) fn later(what: &str) -> Self {
        Self::parameter(format!("{what} comes with a later version of Everbeat."))
    }

    /// An error of a parser, with the usage it prints.
    pub(crate) fn usage(text: &str, usage: &str) -> Self {
        Self::parameter(format!("{text}\n\n{usage}"))
    }

    /// A call that brought no answer. `retries` are told when all allowed attempts were used up.
    pub(crate) fn of_call(
        error: &CallError,
        operation: &str,
        url: &Endpoint,
        retries: Option<u32>,
    ) -> Self {
        let retries = retries.map(|count| format!(" (reached max retries: {count})"));
        let retries = retries.unwrap_or_default();
        let text = match error {
            CallError::Service(fault) => {
                let (code, message) = (&fault.code, &fault.message);
                let text = format!(
                    "An error occurred ({code}) when calling the {operation} operation{retries}: {message}"
                );
                return Self::new(Kind::Service, text);
            }
            CallError::Connection(_) => {
                format!("Could not connect to the endpoint URL: \"{url}\"")
            }
            CallError::Closed(_) => format!(
                "Connection was closed before we received a valid response from endpoint URL: \"{url}\"."
            ),
            CallError::ConnectTimeout => format!("Connect timeout on endpoint URL: \"{url}\""),
            CallError::ReadTimeout => format!("Read timeout on endpoint URL: \"{url}\""),
            CallError::Protocol(reason) => {
                format!("The answer to {operation} cannot be read: {reason}")
            }
        };
        Self::general(text)
    }

    pub(crate) fn code(&self) -> u8 {
        match self.kind {
            Kind::ParamValidation | Kind::UnknownOptions => 252,
            Kind::Configuration => 253,
            Kind::Service => 254,
            Kind::General => 255,
            Kind::NotDone => 1,
            Kind::Interrupted => 130,
        }
    }

    pub(crate) fn exit_code(&self) -> ExitCode {
        ExitCode::from(self.code())
    }

    /// The text for standard error; empty for an interrupt.
    pub(crate) fn message(&self) -> String {
        let text = &self.text;
        let message = match self.kind {
            Kind::ParamValidation => format!("An error occurred (ParamValidation): {text}"),
            Kind::Configuration => format!("An error occurred (Configuration): {text}"),
            Kind::Service | Kind::General => text.clone(),
            Kind::UnknownOptions => return format!("\n{USAGE}\n\n\naws: [ERROR]: {text}\n"),
            Kind::NotDone => return format!("everbeat: {text}\n"),
            Kind::Interrupted => return String::new(),
        };
        format!("\naws: [ERROR]: {}\n", message.trim())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_messages_follow_the_kind() {
        let cases = [
            (
                Kind::ParamValidation,
                252,
                "\naws: [ERROR]: An error occurred (ParamValidation): x\n",
            ),
            (
                Kind::Configuration,
                253,
                "\naws: [ERROR]: An error occurred (Configuration): x\n",
            ),
            (Kind::Service, 254, "\naws: [ERROR]: x\n"),
            (Kind::General, 255, "\naws: [ERROR]: x\n"),
            (Kind::NotDone, 1, "everbeat: x \n"),
            (Kind::Interrupted, 130, ""),
        ];
        for (kind, code, message) in cases {
            let failure = Failure::new(kind, "x ");
            assert_eq!((failure.code(), failure.message()), (code, message.into()));
        }
        let unknown = Failure::new(Kind::UnknownOptions, "Unknown options: --nope");
        assert_eq!(unknown.code(), 252);
        assert!(unknown.message().starts_with("\nusage: aws"));
        assert!(
            unknown
                .message()
                .ends_with("subcommand> help\n\n\naws: [ERROR]: Unknown options: --nope\n")
        );
    }
}
