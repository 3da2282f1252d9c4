//! The sections OPTIONS and GLOBAL OPTIONS.

use everbeat_model::Shape;
use everbeat_model::operations::OperationDescriptor;

use super::members::{Side, kind, nested, restrictions};
use super::page::Page;
use super::syntax;
use crate::options::{
    GLOBALS, GlobalOption, INPUT_JSON, INPUT_YAML, MemberOption, PAGING_OPTIONS, SKELETON,
    SKELETONS, member_options,
};
use crate::parse::Takes;

const INPUT: &str = "Takes the request, or part of it, from a JSON or YAML text (or file://PATH) that names members \
    as the API does. Options on the line win over it. At most one of the two can be given.";
const SKELETON_TEXT: &str = "Sends nothing and prints a form to start from. Without a value or with input it is a \
    request in JSON, for --cli-input-json; with yaml-input one in YAML with comments, for --cli-input-yaml. With \
    output the options are checked, and an answer is printed in which every text is its own name.";
const STARTING_TOKEN: &str =
    "Goes on where an earlier command stopped: the NextToken of its result.";
const PAGE_SIZE: &str =
    "How many entries each call asks for. The result does not change, only the number of calls.";
const MAX_ITEMS: &str = "Stops after so many entries. If there are more, the result has a NextToken, which \
    --starting-token takes.";

pub(super) fn write(page: &mut Page, operation: &OperationDescriptor) {
    for option in member_options(operation) {
        if !option.is_hidden(operation) {
            describe(page, &option);
            page.blank();
        }
    }
    let input = format!("{INPUT_JSON} | {INPUT_YAML} (string)");
    simple(page, &input, INPUT, &[]);
    if operation.pages.is_some() {
        let described = [
            ("string", STARTING_TOKEN),
            ("integer", PAGE_SIZE),
            ("integer", MAX_ITEMS),
        ];
        for (option, (kind, text)) in PAGING_OPTIONS.into_iter().zip(described) {
            simple(page, &format!("{option} ({kind})"), text, &[]);
        }
    }
    let skeleton = format!("{SKELETON} (string)");
    simple(page, &skeleton, SKELETON_TEXT, &SKELETONS);
}

/// What an option means that is neither global nor stands for a member.
pub(crate) fn meaning(option: &str) -> Option<&'static str> {
    let [starting_token, page_size, max_items] = PAGING_OPTIONS;
    [
        (INPUT_JSON, INPUT),
        (INPUT_YAML, INPUT),
        (SKELETON, SKELETON_TEXT),
        (starting_token, STARTING_TOKEN),
        (page_size, PAGE_SIZE),
        (max_items, MAX_ITEMS),
    ]
    .into_iter()
    .find_map(|(name, text)| (name == option).then_some(text))
}

pub(super) fn write_globals(page: &mut Page) {
    for option in GLOBALS {
        let name = format!("{} ({})", option.name, kind_of(option));
        simple(page, &name, option.documentation, option.choices);
    }
}

/// What a global option takes, as help names it.
pub(crate) fn kind_of(option: &GlobalOption) -> &'static str {
    match option.takes {
        Takes::Nothing => "boolean",
        Takes::One | Takes::Maybe | Takes::Many if option.name.ends_with("-timeout") => "integer",
        Takes::One | Takes::Maybe | Takes::Many => "string",
    }
}

fn simple(page: &mut Page, name: &str, text: &str, choices: &[&str]) {
    page.hanging(4, name);
    page.paragraph(8, text);
    if !choices.is_empty() {
        page.blank();
        page.paragraph(8, &format!("Possible values: {}", choices.join(", ")));
    }
    page.blank();
}

fn describe(page: &mut Page, option: &MemberOption) {
    let names = if option.is_boolean() {
        format!("{} | {}", option.name, option.negation())
    } else {
        option.name.clone()
    };
    let required = if option.member.required {
        " [required]"
    } else {
        ""
    };
    let shape = option.member.shape;
    page.hanging(4, &format!("{names} ({}){required}", kind(shape)));
    page.paragraph(8, option.member.documentation);
    restrictions(page, shape, 8, Side::Request);
    nested(page, shape, 8, Side::Request);
    match shape {
        Shape::String(_)
        | Shape::Enum(_)
        | Shape::Integer(_)
        | Shape::Boolean { .. }
        | Shape::Timestamp { .. } => {}
        Shape::List(_) | Shape::Structure(_) => syntax::write(page, shape),
    }
}
