//! How a command ends: exit codes and the text on standard error (cli.md section 15).

use everbeat_client::{CallError, Endpoint, ServiceFault};
use everbeat_json::Json;
use everbeat_model::OPERATIONS;

use crate::format::{Format, Look, names};

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
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The line or a parameter is wrong.
    ParamValidation,
    /// A parameter that is found wrong before any setting is known; always told in the default form.
    EarlyParamValidation,
    /// Words that no parser knows.
    UnknownOptions,
    /// The settings are wrong.
    Configuration,
    /// No setting names a region.
    NoRegion,
    /// No setting leads to credentials.
    NoCredentials,
    /// The pager cannot be started.
    Pager,
    /// The service answered with a fault.
    Service(Fault),
    /// Anything else: network, files, unknown profiles.
    General,
    /// A command of Everbeat's own was understood and could not be carried out as things stand.
    NotDone,
    /// SIGINT.
    Interrupted,
    /// The prompt was left with this line in it.
    #[cfg_attr(
        not(feature = "auto-prompt"),
        expect(dead_code, reason = "only the prompt can be left")
    )]
    PromptLeft,
}

impl Kind {
    /// The exit code.
    pub(crate) fn code(&self) -> u8 {
        match self {
            Self::ParamValidation | Self::EarlyParamValidation | Self::UnknownOptions => 252,
            Self::Configuration | Self::NoRegion | Self::NoCredentials | Self::Pager => 253,
            Self::Service(_) => 254,
            Self::General => 255,
            Self::NotDone => 1,
            Self::Interrupted | Self::PromptLeft => 130,
        }
    }
}

/// A fault of the service in its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) code: String,
    /// `None` where the answer has `null`.
    pub(crate) message: Option<String>,
    /// The member `message` of the answer, if the model knows the fault.
    pub(crate) modelled: Option<String>,
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

    /// An error of a parser, with the usage it prints.
    pub(crate) fn usage(text: &str, usage: &str) -> Self {
        Self::parameter(format!("{text}\n\n{usage}\n"))
    }

    /// A call that brought no answer. `retries` are told when all allowed attempts were used up.
    pub(crate) fn of_call(
        error: &CallError,
        operation: &str,
        url: &Endpoint,
        retries: Option<u32>,
    ) -> Self {
        let text = match error {
            CallError::Service(fault) => return Self::of_fault(fault, operation, retries),
            CallError::Connection(_) => {
                format!("Could not connect to the endpoint URL: \"{url}\"")
            }
            CallError::Closed(_) => format!(
                "Connection was closed before we received a valid response from endpoint URL: \"{url}\"."
            ),
            CallError::ConnectTimeout => format!("Connect timeout on endpoint URL: \"{url}\""),
            CallError::ReadTimeout => format!("Read timeout on endpoint URL: \"{url}\""),
            CallError::Tls(reason) => format!("SSL validation failed for {url} {reason}"),
            CallError::Proxy { url, .. } => {
                format!("Failed to connect to proxy URL: \"{url}\"")
            }
            CallError::Protocol(reason) => {
                format!("The answer to {operation} cannot be read: {reason}")
            }
        };
        Self::general(text)
    }

    fn of_fault(fault: &ServiceFault, operation: &str, retries: Option<u32>) -> Self {
        let retries = retries.map(|count| format!(" (reached max retries: {count})"));
        let retries = retries.unwrap_or_default();
        let code = &fault.code;
        let message = fault.message.as_deref().unwrap_or("None");
        let text = format!(
            "An error occurred ({code}) when calling the {operation} operation{retries}: {message}"
        );
        let is_modelled = OPERATIONS
            .iter()
            .flat_map(|operation| operation.faults)
            .any(|kind| kind.name() == code);
        let parts = Fault {
            code: code.clone(),
            message: fault.message.clone(),
            modelled: fault.message_member.clone().filter(|_| is_modelled),
        };
        Self::new(Kind::Service(parts), text)
    }

    pub(crate) fn code(&self) -> u8 {
        self.kind.code()
    }

    /// What stands in parentheses, and for the kinds that can be told in other forms than text.
    fn name(&self) -> Option<&'static str> {
        match self.kind {
            Kind::ParamValidation | Kind::EarlyParamValidation => Some("ParamValidation"),
            Kind::Configuration => Some("Configuration"),
            Kind::NoRegion => Some("NoRegion"),
            Kind::NoCredentials => Some("NoCredentials"),
            Kind::Pager => Some("Pager"),
            Kind::UnknownOptions
            | Kind::Service(_)
            | Kind::General
            | Kind::NotDone
            | Kind::Interrupted
            | Kind::PromptLeft => None,
        }
    }

    /// The text for standard error in the form `error_format`; empty for an interrupt.
    pub(crate) fn message(&self, error_format: ErrorFormat, look: Look) -> String {
        let text = &self.text;
        let error_format = match self.kind {
            Kind::EarlyParamValidation => ErrorFormat::Enhanced,
            _ => error_format,
        };
        if let (Some(format), Some(parts)) = (error_format.structured(), self.parts()) {
            let mut told = String::new();
            if format.write("error", &parts, look, &mut told).is_ok() {
                return told;
            }
        }
        match (&self.kind, self.name()) {
            (Kind::UnknownOptions, _) => format!("\n{USAGE}\n\n\naws: [ERROR]: {text}\n"),
            (Kind::NotDone, _) => format!("everbeat: {text}\n"),
            (Kind::PromptLeft, _) => format!("{text}\n"),
            (Kind::Interrupted, _) => String::new(),
            (_, Some(name)) if error_format != ErrorFormat::Legacy => {
                tell(&format!("An error occurred ({name}): {text}"))
            }
            _ => tell(text),
        }
    }

    /// Whether the text for standard error is a table in colour.
    pub(crate) fn is_coloured(&self, error_format: ErrorFormat, look: Look) -> bool {
        let is_table = error_format.structured() == Some(Format::Table);
        is_table && look.colour && self.parts().is_some()
    }

    /// The failure as a map.
    fn parts(&self) -> Option<Json> {
        let part = |name: &str, text: &str| (name.to_owned(), Json::from(text));
        if let Kind::Service(fault) = &self.kind {
            let message = fault.message.as_deref().map_or(Json::Null, Json::from);
            let mut parts = vec![("Message".to_owned(), message), part("Code", &fault.code)];
            parts.extend(fault.modelled.as_deref().map(|text| part("message", text)));
            return Some(Json::Map(parts));
        }
        let name = self.name()?;
        Some(Json::Map(vec![
            part("Code", name),
            part("Message", &self.text),
        ]))
    }
}

fn tell(text: &str) -> String {
    format!(
        "\n{}\n",
        format!("aws: [ERROR]: {}", text.trim()).trim_end()
    )
}

/// The form of errors (`--cli-error-format`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ErrorFormat {
    /// A sentence with the name of the kind.
    Enhanced,
    /// A sentence without it.
    Legacy,
    /// A map in a format of results.
    Structured(Format),
}

impl ErrorFormat {
    const ALL: [(&'static str, Self); 6] = [
        ("legacy", Self::Legacy),
        ("json", Self::Structured(Format::Json)),
        ("yaml", Self::Structured(Format::Yaml)),
        ("text", Self::Structured(Format::Text)),
        ("table", Self::Structured(Format::Table)),
        ("enhanced", Self::Enhanced),
    ];
    /// The names of all forms, in the reference's order.
    pub(crate) const NAMES: [&'static str; 6] = names(&Self::ALL);

    /// Any case; what is no name counts as the default.
    pub(crate) fn named(name: &str) -> Self {
        let is_it = |(known, _): &&(&str, Self)| known.eq_ignore_ascii_case(name);
        let found = Self::ALL.iter().find(is_it);
        found.map_or(Self::Enhanced, |(_, form)| *form)
    }

    fn structured(self) -> Option<Format> {
        match self {
            Self::Structured(format) => Some(format),
            Self::Enhanced | Self::Legacy => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(kind: Kind, error_format: &str) -> String {
        Failure::new(kind, "x ").message(ErrorFormat::named(error_format), Look::PLAIN)
    }

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
            (
                Kind::NoRegion,
                253,
                "\naws: [ERROR]: An error occurred (NoRegion): x\n",
            ),
            (Kind::General, 255, "\naws: [ERROR]: x\n"),
            (Kind::NotDone, 1, "everbeat: x \n"),
            (Kind::Interrupted, 130, ""),
        ];
        for (kind, code, text) in cases {
            assert_eq!(Failure::new(kind.clone(), "x ").code(), code);
            assert_eq!(message(kind, "enhanced"), text);
        }
        let unknown = Failure::new(Kind::UnknownOptions, "Unknown options: --nope");
        assert_eq!(unknown.code(), 252);
        let text = unknown.message(ErrorFormat::named("json"), Look::PLAIN);
        assert!(text.starts_with("\nusage: aws"));
        assert!(text.ends_with("help\n\n\naws: [ERROR]: Unknown options: --nope\n"));
    }

    #[test]
    fn other_forms_are_for_what_has_parts() {
        let json = "{\n    \"Code\": \"NoRegion\",\n    \"Message\": \"x \"\n}\n";
        assert_eq!(message(Kind::NoRegion, "JSON"), json);
        assert_eq!(message(Kind::NoRegion, "text"), "NoRegion\tx \n");
        assert_eq!(message(Kind::NoRegion, "legacy"), "\naws: [ERROR]: x\n");
        assert_eq!(message(Kind::General, "json"), "\naws: [ERROR]: x\n");
        let early = message(Kind::EarlyParamValidation, "json");
        assert!(early.starts_with("\naws: [ERROR]: An error occurred (Param"));
    }
}
