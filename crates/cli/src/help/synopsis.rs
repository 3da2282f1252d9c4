//! The section SYNOPSIS: an option a line, those that may be left out in brackets, in the reference's order.

use everbeat_model::operations::OperationDescriptor;

use super::page::Page;
use crate::options::{
    GLOBALS, INPUT_JSON, INPUT_YAML, PAGING_OPTIONS, SKELETON, kebab_case, member_options,
};
use crate::parse::Takes;

pub(super) fn write(page: &mut Page, operation: &OperationDescriptor) {
    page.line(4, &kebab_case(operation.name));
    for option in member_options(operation) {
        if option.is_hidden(operation) {
            continue;
        }
        let words = if option.is_boolean() {
            format!("{} | {}", option.name, option.negation())
        } else {
            format!("{} <value>", option.name)
        };
        let words = if option.member.required {
            words
        } else {
            format!("[{words}]")
        };
        page.hanging(6, &words);
    }
    page.line(6, &format!("[{INPUT_JSON} | {INPUT_YAML}]"));
    if operation.pages.is_some() {
        for option in PAGING_OPTIONS {
            page.line(6, &format!("[{option} <value>]"));
        }
    }
    page.line(6, &format!("[{SKELETON} <value>]"));
    for option in GLOBALS {
        match option.takes {
            Takes::Nothing => page.line(6, &format!("[{}]", option.name)),
            Takes::One | Takes::Maybe | Takes::Many => {
                page.line(6, &format!("[{} <value>]", option.name));
            }
        }
    }
}
