//! How the value of a structure or a list is written on the line: in shorthand and in JSON.

use everbeat_model::Shape;

use super::members::kind;
use super::page::Page;

/// The blocks behind the description of an option.
pub(super) fn write(page: &mut Page, shape: &Shape) {
    page.blank();
    match shape {
        Shape::List(list) if list.element.structure().is_none() => {
            page.line(8, "Syntax:");
            page.blank();
            let element = json_scalar(list.element);
            page.line(12, &format!("{element} {element} ..."));
            return;
        }
        Shape::List(list) => shorthand_block(page, &format!("{} ...", shorthand(list.element))),
        Shape::Structure(_)
        | Shape::String(_)
        | Shape::Enum(_)
        | Shape::Integer(_)
        | Shape::Boolean { .. }
        | Shape::Timestamp { .. } => shorthand_block(page, &shorthand(shape)),
    }
    page.line(8, "JSON Syntax:");
    page.blank();
    json(page, 12, "", shape, "");
}

fn shorthand_block(page: &mut Page, text: &str) {
    page.line(8, "Shorthand Syntax:");
    page.blank();
    page.paragraph(12, text);
    page.blank();
}

/// `name=string,version=string`
fn shorthand(shape: &Shape) -> String {
    let Some(structure) = shape.structure() else {
        return kind(shape).into();
    };
    let members: Vec<String> = structure
        .members
        .iter()
        .map(|member| {
            let value = match member.shape {
                Shape::Structure(_) => format!("{{{}}}", shorthand(member.shape)),
                Shape::List(list) => {
                    let element = shorthand(list.element);
                    format!("[{element},{element}]")
                }
                Shape::String(_)
                | Shape::Enum(_)
                | Shape::Integer(_)
                | Shape::Boolean { .. }
                | Shape::Timestamp { .. } => kind(member.shape).into(),
            };
            format!("{}={value}", member.name)
        })
        .collect();
    members.join(",")
}

/// A value with what stands before and after it on its lines.
fn json(page: &mut Page, indent: usize, before: &str, shape: &Shape, after: &str) {
    match shape {
        Shape::Structure(structure) => {
            page.line(indent, &format!("{before}{{"));
            for (position, member) in structure.members.iter().enumerate() {
                let last = position + 1 == structure.members.len();
                let comma = if last { "" } else { "," };
                let name = format!("\"{}\": ", member.name);
                json(page, indent + 2, &name, member.shape, comma);
            }
            page.line(indent, &format!("}}{after}"));
        }
        Shape::List(list) if list.element.structure().is_some() => {
            page.line(indent, &format!("{before}["));
            json(page, indent + 2, "", list.element, "");
            page.line(indent + 2, "...");
            page.line(indent, &format!("]{after}"));
        }
        Shape::List(list) => {
            let element = json_scalar(list.element);
            page.line(indent, &format!("{before}[{element}, ...]{after}"));
        }
        Shape::String(_)
        | Shape::Enum(_)
        | Shape::Integer(_)
        | Shape::Boolean { .. }
        | Shape::Timestamp { .. } => {
            page.hanging(indent, &format!("{before}{}{after}", json_scalar(shape)));
        }
    }
}

fn json_scalar(shape: &Shape) -> String {
    match shape {
        Shape::Enum(shape) => {
            let values: Vec<String> = shape
                .values
                .iter()
                .map(|value| format!("\"{value}\""))
                .collect();
            values.join("|")
        }
        Shape::String(_) => "\"string\"".into(),
        Shape::Boolean { .. } => "true|false".into(),
        Shape::Integer(_) | Shape::Timestamp { .. } | Shape::List(_) | Shape::Structure(_) => {
            kind(shape).into()
        }
    }
}
