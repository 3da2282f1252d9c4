//! Values of any shape, made from its description.

use everbeat_model::shape::{MemberDescriptor, Shape, StructureShape};
use everbeat_model::{DECISIONS, EventType};
use serde_json::{Map, Value, json};

/// Which members a sample has.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Members {
    All,
    Required,
}

/// A value of the shape; another one for another `seed`, so that every value of an enumeration and every type of event
/// and decision comes up. Members stand in alphabetical order.
pub(crate) fn sample(shape: &Shape, members: Members, seed: usize) -> Value {
    match shape {
        Shape::String(shape) => {
            let text = format!("{} {seed} \"\\\n\u{e9}\u{1f600}", shape.name);
            let length = shape.max.min(text.chars().count());
            Value::String(text.chars().take(length).collect())
        }
        Shape::Enum(shape) => shape.values[seed % shape.values.len()].into(),
        Shape::Integer(shape) => (900 + seed as i64).clamp(shape.min, shape.max).into(),
        Shape::Boolean { .. } => seed.is_multiple_of(2).into(),
        Shape::Timestamp { .. } => json!((1_371_454_150_451 + 999 * seed as i64) as f64 / 1000.0),
        Shape::List(list) => (0..2)
            .map(|index| sample(list.element, members, seed + index))
            .collect(),
        Shape::Structure(structure) => object(structure, members, seed),
    }
}

fn object(structure: &StructureShape, members: Members, seed: usize) -> Value {
    let mut chosen: Vec<&MemberDescriptor> = structure
        .members
        .iter()
        .filter(|member| is_chosen(structure, member, members, seed))
        .collect();
    chosen.sort_by_key(|member| member.name);
    let mut object: Map<String, Value> = chosen
        .into_iter()
        .map(|member| (member.name.into(), sample(member.shape, members, seed)))
        .collect();
    // A sample of the enumeration alone may run in another cycle than the attributes.
    match structure.name {
        "Decision" => {
            object["decisionType"] = DECISIONS[seed % DECISIONS.len()]
                .decision_type
                .as_str()
                .into();
        }
        "HistoryEvent" => object["eventType"] = event_type(seed).as_str().into(),
        _ => {}
    }
    Value::Object(object)
}

fn is_chosen(
    structure: &StructureShape,
    member: &MemberDescriptor,
    members: Members,
    seed: usize,
) -> bool {
    if member.required {
        return true;
    }
    match structure.name {
        "Decision" => member.name == DECISIONS[seed % DECISIONS.len()].attributes,
        "HistoryEvent" => member.name == event_type(seed).attributes_name(),
        _ => members == Members::All,
    }
}

fn event_type(seed: usize) -> EventType {
    EventType::ALL[seed % EventType::ALL.len()]
}

/// So many seeds bring up every event type, and with it every other enumeration.
pub(crate) const SEEDS: usize = EventType::ALL.len();
