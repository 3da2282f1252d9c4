//! Goes over all shapes that the tables reach.

use std::collections::BTreeMap;

use everbeat_model::shape::Shape;
use everbeat_model::{DECISIONS, OPERATIONS};

/// Every shape that can be reached from an operation or a decision, by name.
pub(crate) fn reachable() -> BTreeMap<&'static str, &'static Shape> {
    let mut found = BTreeMap::new();
    for operation in OPERATIONS {
        visit(operation.input, &mut found);
        if let Some(output) = operation.output {
            visit(output, &mut found);
        }
    }
    for decision in DECISIONS {
        visit(decision.shape, &mut found);
        visit(decision.failed_causes, &mut found);
    }
    found
}

fn visit(shape: &'static Shape, found: &mut BTreeMap<&'static str, &'static Shape>) {
    if found.insert(shape.name(), shape).is_some() {
        return;
    }
    match shape {
        Shape::List(list) => visit(list.element, found),
        Shape::Structure(structure) => {
            for member in structure.members {
                visit(member.shape, found);
            }
        }
        Shape::String(_)
        | Shape::Enum(_)
        | Shape::Integer(_)
        | Shape::Boolean { .. }
        | Shape::Timestamp { .. } => {}
    }
}
