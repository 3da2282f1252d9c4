//! Members of structures with their types, texts and constraints, nested as deep as they go.

use everbeat_model::Shape;
use everbeat_model::shape::StructureShape;

use super::page::Page;

/// What is described. Nobody has to keep the constraints of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Request,
    Answer,
}

/// Every member of a structure.
pub(super) fn members(page: &mut Page, structure: &StructureShape, indent: usize, side: Side) {
    for member in structure.members {
        let required = if member.required && side == Side::Request {
            " [required]"
        } else {
            ""
        };
        let kind = kind(member.shape);
        page.blank();
        page.hanging(indent, &format!("{} -> ({kind}){required}", member.name));
        page.paragraph(indent + 4, member.documentation);
        restrictions(page, member.shape, indent + 4, side);
        nested(page, member.shape, indent + 4, side);
    }
}

/// The members of a structure, or the elements of a list.
pub(super) fn nested(page: &mut Page, shape: &Shape, indent: usize, side: Side) {
    match shape {
        Shape::String(_)
        | Shape::Enum(_)
        | Shape::Integer(_)
        | Shape::Boolean { .. }
        | Shape::Timestamp { .. } => {}
        Shape::Structure(structure) => members(page, structure, indent, side),
        Shape::List(list) => {
            page.blank();
            page.line(indent, &format!("({})", kind(list.element)));
            if let Some(structure) = list.element.structure() {
                page.paragraph(indent + 4, structure.documentation);
            }
            restrictions(page, list.element, indent + 4, side);
            nested(page, list.element, indent + 4, side);
        }
    }
}

/// The constraints of a value, and the values it may have.
pub(super) fn restrictions(page: &mut Page, shape: &Shape, indent: usize, side: Side) {
    if let Shape::Enum(shape) = shape {
        page.blank();
        let values = shape.values.join(", ");
        page.paragraph(indent, &format!("Possible values: {values}"));
    }
    let constraints = constraints(shape);
    if side == Side::Request && !constraints.is_empty() {
        page.blank();
        page.line(indent, &format!("Constraints: {}", constraints.join(", ")));
    }
}

fn constraints(shape: &Shape) -> Vec<String> {
    let (min, max) = match shape {
        Shape::String(shape) => (
            (shape.min > 0).then(|| shape.min.to_string()),
            (shape.max < usize::MAX).then(|| shape.max.to_string()),
        ),
        Shape::Integer(shape) => (
            (shape.min > i64::MIN).then(|| shape.min.to_string()),
            (shape.max < i64::MAX).then(|| shape.max.to_string()),
        ),
        Shape::List(shape) => (
            None,
            (shape.max < usize::MAX).then(|| shape.max.to_string()),
        ),
        Shape::Enum(_) | Shape::Boolean { .. } | Shape::Timestamp { .. } | Shape::Structure(_) => {
            (None, None)
        }
    };
    let min = min.map(|min| format!("min: {min}"));
    let max = max.map(|max| format!("max: {max}"));
    min.into_iter().chain(max).collect()
}

/// The type of a value as help names it.
pub(crate) const fn kind(shape: &Shape) -> &'static str {
    match shape {
        Shape::String(_) | Shape::Enum(_) => "string",
        Shape::Integer(_) => "integer",
        Shape::Boolean { .. } => "boolean",
        Shape::Timestamp { .. } => "timestamp",
        Shape::List(_) => "list",
        Shape::Structure(_) => "structure",
    }
}
