//! Pages of help from the model's documentation, as plain text (cli.md section 17.3).

use everbeat_model::operations::OperationDescriptor;
use everbeat_model::{OPERATIONS, Shape};

use crate::OWN_COMMANDS;
use crate::options::{GLOBALS, MemberOption, kebab_case, member_options};
use crate::parse::Takes;

const WIDTH: usize = 78;

/// All operations with a line each, and the commands of this crate.
pub fn overview() -> String {
    let mut page = String::from("OPERATIONS (as of aws swf)\n\n");
    for operation in OPERATIONS {
        let text = first_sentence(operation.documentation);
        entry(&mut page, &kebab_case(operation.name), text);
    }
    page.push_str("\nCOMMANDS\n\n");
    for (name, text) in OWN_COMMANDS {
        entry(&mut page, name, text);
    }
    page.push_str("\n`everbeat OPERATION help` shows the options of an operation.\n");
    page
}

/// The page of one operation.
pub(crate) fn operation_page(operation: &OperationDescriptor) -> String {
    let name = kebab_case(operation.name);
    let mut page = format!("NAME\n\n  {name}\n\nDESCRIPTION\n\n");
    paragraph(&mut page, 2, operation.documentation);
    page.push_str("\nSYNOPSIS\n\n");
    page.push_str(&format!("  {name}\n"));
    let options: Vec<MemberOption> = member_options(operation)
        .into_iter()
        .filter(|option| !option.is_hidden(operation))
        .collect();
    for option in &options {
        let words = match option.member.shape {
            Shape::Boolean { .. } => format!("{} | {}", option.name, option.negation()),
            Shape::List(_) => format!("{} <value> [<value> ...]", option.name),
            Shape::String(_)
            | Shape::Enum(_)
            | Shape::Integer(_)
            | Shape::Timestamp { .. }
            | Shape::Structure(_) => format!("{} <value>", option.name),
        };
        let (open, close) = if option.member.required {
            ("", "")
        } else {
            ("[", "]")
        };
        page.push_str(&format!("    {open}{words}{close}\n"));
    }
    page.push_str("    [--cli-input-json <value>]\n    [--generate-cli-skeleton [input|output]]\n");
    if operation.pages.is_some() {
        page.push_str(
            "    [--starting-token <value>] [--page-size <value>] [--max-items <value>]\n",
        );
    }
    page.push_str("\nOPTIONS\n");
    for option in &options {
        describe(&mut page, option);
    }
    page.push_str("\nGLOBAL OPTIONS\n\n");
    for option in GLOBALS.iter().filter(|option| option.served) {
        let value = if option.takes == Takes::One {
            " <value>"
        } else {
            ""
        };
        entry(
            &mut page,
            &format!("{}{value}", option.name),
            option.documentation,
        );
    }
    if let Some(Shape::Structure(output)) = operation.output {
        page.push_str("\nOUTPUT\n\n");
        for member in output.members {
            entry(
                &mut page,
                member.name,
                &format!("({}) {}", kind(member.shape), member.documentation.trim()),
            );
        }
    }
    page
}

fn describe(page: &mut String, option: &MemberOption) {
    let required = if option.member.required {
        " [required]"
    } else {
        ""
    };
    page.push_str(&format!(
        "\n  {} ({}){required}\n",
        option.name,
        kind(option.member.shape)
    ));
    paragraph(page, 6, option.member.documentation);
    for line in constraints(option.member.shape) {
        page.push_str(&format!("      {line}\n"));
    }
}

const fn kind(shape: &Shape) -> &'static str {
    match shape {
        Shape::String(_) | Shape::Enum(_) => "string",
        Shape::Integer(_) => "integer",
        Shape::Boolean { .. } => "boolean",
        Shape::Timestamp { .. } => "timestamp",
        Shape::List(_) => "list",
        Shape::Structure(_) => "structure",
    }
}

fn constraints(shape: &Shape) -> Vec<String> {
    match shape {
        Shape::String(shape) => [
            (shape.min > 0).then(|| format!("min: {}", shape.min)),
            (shape.max < usize::MAX).then(|| format!("max: {}", shape.max)),
        ]
        .into_iter()
        .flatten()
        .collect(),
        Shape::Enum(shape) => vec![format!("Possible values: {}", shape.values.join(", "))],
        Shape::Integer(shape) => vec![format!("min: {}, max: {}", shape.min, shape.max)],
        Shape::Boolean { .. } | Shape::Timestamp { .. } => Vec::new(),
        Shape::List(list) => shorthand_of(list.element)
            .map(|syntax| format!("Shorthand: {syntax} ..."))
            .into_iter()
            .collect(),
        Shape::Structure(_) => shorthand_of(shape)
            .map(|syntax| format!("Shorthand: {syntax}"))
            .into_iter()
            .collect(),
    }
}

/// `name=string,version=string`, for structures that are flat.
fn shorthand_of(shape: &Shape) -> Option<String> {
    let structure = shape.structure()?;
    let parts: Option<Vec<String>> = structure
        .members
        .iter()
        .map(|member| match member.shape {
            Shape::Structure(_) | Shape::List(_) => None,
            flat => Some(format!("{}={}", member.name, kind(flat))),
        })
        .collect();
    parts.map(|parts| parts.join(","))
}

fn first_sentence(text: &str) -> &str {
    let text = text.trim();
    text.split_inclusive(". ").next().unwrap_or(text).trim_end()
}

/// A name and what it means, in two columns.
fn entry(page: &mut String, name: &str, text: &str) {
    const COLUMN: usize = 38;
    let lines = wrapped(text, WIDTH - COLUMN);
    let mut left = format!("  {name}");
    if left.len() >= COLUMN {
        page.push_str(&left);
        page.push('\n');
        left.clear();
    }
    for line in if lines.is_empty() {
        vec![String::new()]
    } else {
        lines
    } {
        page.push_str(format!("{left:COLUMN$}{line}").trim_end());
        page.push('\n');
        left.clear();
    }
}

fn paragraph(page: &mut String, indent: usize, text: &str) {
    for line in wrapped(text, WIDTH - indent) {
        page.push_str(&format!("{:indent$}{line}\n", ""));
    }
}

fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.into()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use everbeat_model::Operation;

    use super::*;

    #[test]
    fn the_overview_names_every_operation() {
        let page = overview();
        for operation in OPERATIONS {
            assert!(
                page.contains(&format!("  {} ", kebab_case(operation.name))),
                "{}",
                operation.name
            );
        }
    }

    #[test]
    fn a_page_has_every_documented_option_and_no_hidden_one() {
        let page = operation_page(Operation::ListDomains.descriptor());
        assert!(page.contains("    --registration-status <value>\n"));
        assert!(page.contains("    [--reverse-order | --no-reverse-order]\n"));
        assert!(page.contains("Possible values: REGISTERED, DEPRECATED"));
        assert!(page.contains("--max-items") && !page.contains("--maximum-page-size"));
        let page = operation_page(Operation::RegisterActivityType.descriptor());
        assert!(page.contains("--activity-version (string) [required]"));
        assert!(page.contains("Shorthand: name=string"));
    }

    #[test]
    fn text_is_wrapped() {
        assert_eq!(wrapped("aa bb  cc\ndddddd", 5), ["aa bb", "cc", "dddddd"]);
    }
}
