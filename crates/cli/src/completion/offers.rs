//! The names that can stand on a line: commands and options, with a few words on each.

use everbeat_model::OPERATIONS;
use everbeat_prompt::Choice;

use super::place::{Given, Operation, own_commands};
use crate::SERVICE_WORD;
use crate::help::{first_sentence, kind, kind_of, meaning};
use crate::line::HELP;
use crate::options::{AUTO_PROMPT, GLOBALS, NO_AUTO_PROMPT, member_options, operation_specs};
use crate::parse::Takes;

const PROMPT_OPTIONS: [&str; 2] = [AUTO_PROMPT, NO_AUTO_PROMPT];

/// What can stand where the operation stands.
pub(super) fn commands(has_service: bool, in_prompt: bool) -> Vec<Choice> {
    if in_prompt && !has_service {
        return vec![noted(SERVICE_WORD, "The service.")];
    }
    let operations = OPERATIONS.iter().map(|operation| {
        let name = crate::options::kebab_case(operation.name);
        noted(&name, &first_sentence(operation.documentation))
    });
    if has_service {
        return operations.collect();
    }
    let own = own_commands().map(|(name, text)| noted(name, text));
    let help = noted(HELP, "Show what there is.");
    operations.chain(own).chain([help]).collect()
}

/// The options that are not given yet: the operation's in the order of its table, then the global ones.
pub(super) fn options(
    operation: Option<Operation>,
    given: &[Given],
    in_prompt: bool,
) -> Vec<Choice> {
    let mut choices: Vec<Choice> = operation.map_or_else(Vec::new, own_options);
    choices.extend(GLOBALS.iter().map(|option| {
        let text = first_sentence(option.documentation);
        noted(option.name, &format!("[{}] {text}", kind_of(option)))
    }));
    choices.retain(|choice| {
        let is_given = given
            .iter()
            .any(|given| excludes(&given.name, &choice.text));
        let is_of_prompt = in_prompt && PROMPT_OPTIONS.contains(&choice.text.as_str());
        !is_given && !is_of_prompt
    });
    choices
}

/// An option excludes itself, and the other one of its pair.
fn excludes(given: &str, option: &str) -> bool {
    let positive = |name: &str| name.replacen("--no-", "--", 1);
    positive(given) == positive(option)
}

fn own_options(operation: Operation) -> Vec<Choice> {
    let members = member_options(operation);
    operation_specs(operation)
        .into_iter()
        .map(|spec| {
            let is_meant = |option: &&crate::options::MemberOption| {
                option.name == spec.name || option.is_boolean() && option.negation() == spec.name
            };
            if let Some(option) = members.iter().find(is_meant) {
                let member = option.member;
                let text = first_sentence(member.documentation);
                return Choice {
                    required: member.required,
                    ..noted(&spec.name, &format!("[{}] {text}", kind(member.shape)))
                };
            }
            let kind = match (spec.takes, spec.integer) {
                (Takes::Nothing, _) => "boolean",
                (Takes::One | Takes::Maybe | Takes::Many, true) => "integer",
                (Takes::One | Takes::Maybe | Takes::Many, false) => "string",
            };
            let text = first_sentence(meaning(&spec.name).unwrap_or_default());
            noted(&spec.name, &format!("[{kind}] {text}"))
        })
        .collect()
}

fn noted(text: &str, note: &str) -> Choice {
    Choice {
        note: note.split_whitespace().collect::<Vec<_>>().join(" "),
        ..Choice::plain(text)
    }
}
