//! Pages of help, drawn from the model's descriptions as text of 78 columns (cli.md section 17.3).
//!
//! A page is a text and nothing else: whether it goes through a pager and whether its reader sits at a terminal is the
//! caller's to know. Options, types, constraints, faults and answers come from the tables of `everbeat-model` and
//! [`crate::options`]; only the examples ([`examples`]) and what concerns the program as a whole ([`mod@overview`]) are
//! written here.

mod examples;
mod members;
mod options;
mod overview;
mod page;
mod synopsis;
mod syntax;
#[cfg(test)]
mod tests;

use everbeat_model::operations::OperationDescriptor;
use everbeat_model::shape::StructureShape;

use crate::options::kebab_case;
use members::{Side, members};
use page::Page;

pub(crate) use members::kind;
pub(crate) use options::{kind_of, meaning};
pub(crate) use overview::{PROGRAM_COMMANDS, overview};
pub(crate) use page::first_sentence;

/// How a page is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    /// Text alone.
    Plain,
    /// Bold headings, for a terminal.
    Bold,
}

/// The page of one operation.
pub(crate) fn operation_page(operation: &OperationDescriptor, style: Style) -> String {
    let mut page = Page::new(style);
    page.heading("NAME");
    page.paragraph(4, &kebab_case(operation.name));
    page.heading("DESCRIPTION");
    description(&mut page, operation);
    page.heading("SYNOPSIS");
    synopsis::write(&mut page, operation);
    page.heading("OPTIONS");
    options::write(&mut page, operation);
    page.heading("GLOBAL OPTIONS");
    options::write_globals(&mut page);
    page.heading("EXAMPLES");
    examples::write(&mut page, operation.operation);
    page.heading("FAULTS");
    faults(&mut page, operation);
    page.heading("OUTPUT");
    match operation.output.and_then(|shape| shape.structure()) {
        Some(output) => members(&mut page, output, 4, Side::Answer),
        None => page.paragraph(4, "None: success prints nothing."),
    }
    page.finish()
}

fn description(page: &mut Page, operation: &OperationDescriptor) {
    page.paragraph(4, operation.documentation);
    page.blank();
    page.paragraph(
        4,
        &format!(
            "Access control: IAM policies name this action swf:{}; its Resource is {}.",
            operation.name,
            resource(operation.input_structure())
        ),
    );
    if let Some(entries) = operation.pages {
        page.blank();
        page.paragraph(
            4,
            &format!(
                "{} makes as many calls as there are pages and prints one result with all of {entries}. --no-paginate \
                 makes one call and prints its answer as it is; --max-items stops early. With --output text and \
                 yaml-stream, --query is applied to one page after the other.",
                kebab_case(operation.name)
            ),
        );
    }
}

/// What a policy's Resource is compared with: the domain, found in the request (protocol.md section 7.4).
fn resource(input: &StructureShape) -> &'static str {
    let domains = [
        ("domain", "the domain"),
        ("taskToken", "the domain of the task"),
        ("resourceArn", "the domain that the ARN names"),
        ("name", "the domain of that name"),
    ];
    domains
        .into_iter()
        .find(|(member, _)| input.member(member).is_some())
        .map_or("every domain of the account", |(_, domain)| domain)
}

fn faults(page: &mut Page, operation: &OperationDescriptor) {
    for fault in operation.faults {
        page.paragraph(4, fault.name());
        page.paragraph(8, fault.documentation());
    }
    page.blank();
    page.paragraph(
        4,
        "A fault ends the command with status 254 and is told on standard error. Every operation can also meet \
         ValidationException (a value breaks its constraints), AccessDeniedException (a policy forbids the call) and \
         ThrottlingException (the rate of calls is too high; tried again by itself).",
    );
}
