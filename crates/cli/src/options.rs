//! The options of the command line: the global ones, and those of an operation, derived from its row in
//! [`everbeat_model::OPERATIONS`] (cli.md sections 2 and 4).

use everbeat_model::operations::OperationDescriptor;
use everbeat_model::shape::MemberDescriptor;
use everbeat_model::{OPERATIONS, Operation, Shape};

use crate::exit::ErrorFormat;
use crate::format::Format;
use crate::parse::{OptionSpec, Takes};

/// `--version` is global, so two operations have their member `version` under another name, at the end of the list.
const RENAMED: [(Operation, &str); 2] = [
    (Operation::RegisterActivityType, "activity-version"),
    (Operation::RegisterWorkflowType, "workflow-version"),
];
const RENAMED_MEMBER: &str = "version";

/// Accepted but not documented: pagination uses them.
pub(crate) const PAGING_MEMBERS: [&str; 2] = ["nextPageToken", "maximumPageSize"];
/// The paging options in the order in which messages name them.
pub(crate) const PAGING_OPTIONS: [&str; 3] = ["--starting-token", "--page-size", "--max-items"];

pub(crate) const INPUT_JSON: &str = "--cli-input-json";
pub(crate) const INPUT_YAML: &str = "--cli-input-yaml";
pub(crate) const SKELETON: &str = "--generate-cli-skeleton";
/// The kinds of skeletons: a request in JSON, which is meant where none is named, in YAML, and an answer.
pub(crate) const SKELETONS: [&str; 3] = [SKELETON_INPUT, SKELETON_YAML_INPUT, SKELETON_OUTPUT];
pub(crate) const SKELETON_INPUT: &str = "input";
pub(crate) const SKELETON_YAML_INPUT: &str = "yaml-input";
pub(crate) const SKELETON_OUTPUT: &str = "output";

pub(crate) const AUTO_PROMPT: &str = "--cli-auto-prompt";
pub(crate) const NO_AUTO_PROMPT: &str = "--no-cli-auto-prompt";

/// An option that stands for a member of the request.
#[derive(Debug, Clone)]
pub(crate) struct MemberOption {
    /// With the two dashes.
    pub(crate) name: String,
    pub(crate) member: &'static MemberDescriptor,
}

impl MemberOption {
    pub(crate) fn is_boolean(&self) -> bool {
        matches!(self.member.shape, Shape::Boolean { .. })
    }

    /// The other option of a boolean pair.
    pub(crate) fn negation(&self) -> String {
        format!("--no-{}", self.name.trim_start_matches("--"))
    }

    /// Used by pagination, so not shown in help.
    pub(crate) fn is_hidden(&self, operation: &OperationDescriptor) -> bool {
        operation.pages.is_some() && PAGING_MEMBERS.contains(&self.member.name)
    }
}

/// The operation of a word such as `list-domains`.
pub(crate) fn operation_named(word: &str) -> Option<&'static OperationDescriptor> {
    OPERATIONS
        .iter()
        .find(|operation| kebab_case(operation.name) == word)
}

/// `executionStartToCloseTimeout` becomes `execution-start-to-close-timeout`.
pub(crate) fn kebab_case(name: &str) -> String {
    let mut kebab = String::with_capacity(name.len() + 8);
    for (position, character) in name.char_indices() {
        if character.is_ascii_uppercase() && position > 0 {
            kebab.push('-');
        }
        kebab.push(character.to_ascii_lowercase());
    }
    kebab
}

/// The options for an operation's members, in the reference's order.
pub(crate) fn member_options(operation: &OperationDescriptor) -> Vec<MemberOption> {
    let renamed = RENAMED
        .iter()
        .find(|(renamed, _)| *renamed == operation.operation);
    let members = operation.input_structure().members;
    let mut options: Vec<MemberOption> = members
        .iter()
        .filter(|member| renamed.is_none() || member.name != RENAMED_MEMBER)
        .map(|member| MemberOption {
            name: format!("--{}", kebab_case(member.name)),
            member,
        })
        .collect();
    if let Some((_, name)) = renamed
        && let Some(member) = operation.input_structure().member(RENAMED_MEMBER)
    {
        let name = format!("--{name}");
        options.push(MemberOption { name, member });
    }
    options
}

/// Everything that the pass over an operation's words knows.
pub(crate) fn operation_specs(operation: &OperationDescriptor) -> Vec<OptionSpec> {
    let mut specs = Vec::new();
    for option in member_options(operation) {
        let takes = match option.member.shape {
            Shape::Boolean { .. } => Takes::Nothing,
            Shape::List(_) => Takes::Many,
            Shape::String(_)
            | Shape::Enum(_)
            | Shape::Integer(_)
            | Shape::Timestamp { .. }
            | Shape::Structure(_) => Takes::One,
        };
        specs.push(OptionSpec::new(option.name.clone(), takes));
        if option.is_boolean() {
            specs.push(OptionSpec::new(option.negation(), takes));
        }
    }
    specs.push(OptionSpec::new(INPUT_JSON, Takes::One));
    specs.push(OptionSpec::new(INPUT_YAML, Takes::One));
    if operation.pages.is_some() {
        for name in PAGING_OPTIONS {
            let mut spec = OptionSpec::new(name, Takes::One);
            spec.integer = name != "--starting-token";
            specs.push(spec);
        }
    }
    let mut skeleton = OptionSpec::new(SKELETON, Takes::Maybe);
    skeleton.choices = &SKELETONS;
    specs.push(skeleton);
    specs
}

/// One global option: name, words it takes, values allowed, meaning.
#[derive(Debug)]
pub(crate) struct GlobalOption {
    pub(crate) name: &'static str,
    pub(crate) takes: Takes,
    pub(crate) choices: &'static [&'static str],
    pub(crate) documentation: &'static str,
}

const fn global(
    name: &'static str,
    takes: Takes,
    choices: &'static [&'static str],
    documentation: &'static str,
) -> GlobalOption {
    GlobalOption {
        name,
        takes,
        choices,
        documentation,
    }
}

/// The global options in the reference's order.
pub(crate) const GLOBALS: &[GlobalOption] = &[
    global(
        "--debug",
        Takes::Nothing,
        &[],
        "Tell on standard error what is sent and answered.",
    ),
    global("--endpoint-url", Takes::One, &[], "The server's base URL."),
    global(
        "--no-verify-ssl",
        Takes::Nothing,
        &[],
        "Do not check the server's certificate.",
    ),
    global(
        "--no-paginate",
        Takes::Nothing,
        &[],
        "Make one call and print its answer as it is.",
    ),
    global(
        "--output",
        Takes::One,
        &Format::NAMES,
        "The form of the result.",
    ),
    global(
        "--query",
        Takes::One,
        &[],
        "A JMESPath expression to apply to the result.",
    ),
    global(
        "--profile",
        Takes::One,
        &[],
        "The profile of the shared configuration files to use.",
    ),
    global("--region", Takes::One, &[], "The region to sign for."),
    global("--version", Takes::Nothing, &[], "Print the version."),
    global(
        "--color",
        Takes::One,
        &["on", "off", "auto"],
        "Whether tables have colours.",
    ),
    global(
        "--no-sign-request",
        Takes::Nothing,
        &[],
        "Send requests without a signature.",
    ),
    global(
        "--ca-bundle",
        Takes::One,
        &[],
        "A file of certificates to trust instead of the built-in ones.",
    ),
    global(
        "--cli-read-timeout",
        Takes::One,
        &[],
        "Seconds to wait for an answer; 0 for no limit.",
    ),
    global(
        "--cli-connect-timeout",
        Takes::One,
        &[],
        "Seconds to wait for a connection; 0 for no limit.",
    ),
    global(
        "--cli-binary-format",
        Takes::One,
        &["base64", "raw-in-base64-out"],
        "No effect: no member of the API is binary.",
    ),
    global(
        "--no-cli-pager",
        Takes::Nothing,
        &[],
        "Do not send output through a pager.",
    ),
    global(
        AUTO_PROMPT,
        Takes::Nothing,
        &[],
        "Prompt for what is missing.",
    ),
    global(
        NO_AUTO_PROMPT,
        Takes::Nothing,
        &[],
        "Do not prompt, whatever the settings say.",
    ),
    global(
        "--cli-error-format",
        Takes::One,
        &ErrorFormat::NAMES,
        "The form of errors.",
    ),
];

/// What the main pass knows.
pub(crate) fn global_specs() -> Vec<OptionSpec> {
    GLOBALS
        .iter()
        .map(|option| OptionSpec {
            choices: option.choices,
            ends: option.name == "--version",
            ..OptionSpec::new(option.name, option.takes)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table of cli.md section 2, without the hidden marks: `*` required, `{}` structure, `[]` list, `?` boolean
    /// pair, `#` integer, `P` paginates.
    const TABLE: &str = include_str!("../tests/data/operations.txt");

    fn described(operation: &OperationDescriptor) -> String {
        let mut line = kebab_case(operation.name);
        if operation.pages.is_some() {
            line.push_str(" P");
        }
        for option in member_options(operation) {
            let mark = match option.member.shape {
                Shape::Structure(_) => "{}",
                Shape::List(_) => "[]",
                Shape::Boolean { .. } => "?",
                Shape::Integer(_) => "#",
                Shape::String(_) | Shape::Enum(_) | Shape::Timestamp { .. } => "",
            };
            let required = if option.member.required { "*" } else { "" };
            line.push_str(&format!(" {}{required}{mark}", option.name));
        }
        line
    }

    #[test]
    fn operations_and_options_are_those_of_the_reference() {
        let derived: Vec<String> = OPERATIONS.iter().map(described).collect();
        let table: Vec<&str> = TABLE.lines().collect();
        assert_eq!(derived, table);
        assert_eq!(table.len(), 39);
    }

    #[test]
    fn options_of_an_operation_are_distinct_from_each_other_and_the_globals() {
        for operation in OPERATIONS {
            let mut names: Vec<String> = operation_specs(operation)
                .into_iter()
                .chain(global_specs())
                .map(|spec| spec.name)
                .collect();
            let count = names.len();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), count, "{}", operation.name);
        }
    }
}
