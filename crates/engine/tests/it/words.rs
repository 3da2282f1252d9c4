//! Described values as words, both ways: `task-list=main start-to-close=30 input="two words"`. The rule for names and
//! values stands in the header of [`crate::script`].

use everbeat_model::shape::{Shape, StructureShape};
use everbeat_model::{DECISIONS, DecisionType, Described, RegistrationStatus, Timestamp};
use serde_json::{Map, Value};

/// The instant 0s of all stories.
pub(crate) const ORIGIN: Timestamp = Timestamp(1_700_000_000_000);

/// Cuts a line at blanks, but not inside of double quotes.
pub(crate) fn split(line: &str) -> Vec<&str> {
    let (mut quoted, mut escaped) = (false, false);
    let is_gap = |c: char| {
        quoted ^= c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        !quoted && c.is_whitespace()
    };
    let parts = line.split(is_gap);
    parts.filter(|word| !word.is_empty()).collect()
}

/// The members that the words give.
pub(crate) fn read(words: &[&str], structure: &StructureShape) -> Map<String, Value> {
    words
        .iter()
        .map(|word| {
            let (key, text) = pair(word);
            let mut members = structure.members.iter();
            let member = members
                .find(|member| short_name(member.name) == key)
                .unwrap_or_else(|| panic!("{} has no member {key}", structure.name));
            (member.name.into(), read_value(&text, member.shape))
        })
        .collect()
}

/// A word of the form `key=value`, the value without its quotes.
pub(crate) fn pair(word: &str) -> (&str, String) {
    let (key, text) = word
        .split_once('=')
        .unwrap_or_else(|| panic!("{word} has no ="));
    let text = if text.starts_with('"') {
        serde_json::from_str(text).unwrap_or_else(|_| panic!("{word} is not well quoted"))
    } else {
        text.into()
    };
    (key, text)
}

/// The members that the value has, in the order of SWF's model.
pub(crate) fn show(value: &Value, structure: &StructureShape) -> String {
    let members = structure.members.iter();
    let words: Vec<String> = members
        .filter_map(|member| {
            let value = show_value(value.get(member.name)?, member.shape);
            Some(format!("{}={value}", short_name(member.name)))
        })
        .collect();
    words.join(" ")
}

pub(crate) fn short_name(wire_name: &str) -> String {
    let mut kebab = String::new();
    for c in wire_name.chars() {
        if c.is_ascii_uppercase() {
            kebab.push('-');
        }
        kebab.push(c.to_ascii_lowercase());
    }
    let name = kebab.strip_prefix("default-").unwrap_or(&kebab);
    let name = name.strip_suffix("-timeout").unwrap_or(name);
    match name.strip_suffix("-event-id").unwrap_or(name) {
        "decision-task-completed" => "completed".into(),
        name => name.into(),
    }
}

pub(crate) fn read_value(text: &str, shape: &Shape) -> Value {
    match shape {
        Shape::String(_) | Shape::Enum(_) => text.into(),
        Shape::Integer(_) => text.parse::<i64>().expect("a whole number").into(),
        Shape::Boolean { .. } => text.parse::<bool>().expect("true or false").into(),
        Shape::Timestamp { .. } => panic!("no request of a story has an instant"),
        Shape::List(_) if text.is_empty() => Value::Array(Vec::new()),
        Shape::List(list) => {
            let elements = text.split(',').map(|part| read_value(part, list.element));
            elements.collect()
        }
        Shape::Structure(structure) => {
            let parts = text.splitn(structure.members.len(), '/');
            let members = structure.members.iter().zip(parts);
            let members = members
                .map(|(member, part)| (member.name.to_owned(), read_value(part, member.shape)));
            Value::Object(members.collect())
        }
    }
}

fn show_value(value: &Value, shape: &Shape) -> String {
    match (shape, value) {
        (Shape::Timestamp { .. }, _) => show_time(value.as_f64().expect("a number")),
        (_, Value::String(text)) if is_plain(text) => text.clone(),
        (Shape::List(list), Value::Array(values)) => {
            let elements = values.iter().map(|value| show_value(value, list.element));
            elements.collect::<Vec<_>>().join(",")
        }
        (Shape::Structure(structure), _) => {
            let members = structure
                .members
                .iter()
                .filter_map(|member| Some(show_value(value.get(member.name)?, member.shape)));
            members.collect::<Vec<_>>().join("/")
        }
        _ => value.to_string(),
    }
}

/// Needs no quotes.
fn is_plain(text: &str) -> bool {
    !text.is_empty() && !text.contains(|c: char| c == '"' || c.is_whitespace())
}

/// The instant of a text like `1.5s`.
pub(crate) fn read_time(text: &str) -> Timestamp {
    let seconds: f64 = text
        .strip_suffix('s')
        .and_then(|seconds| seconds.parse().ok())
        .unwrap_or_else(|| panic!("{text} is no time"));
    Timestamp(ORIGIN.0 + (seconds * 1000.0).round() as i64)
}

/// Seconds since 1970 as seconds since the beginning of the story.
pub(crate) fn show_time(seconds: f64) -> String {
    let milliseconds = (seconds * 1000.0).round() as i64 - ORIGIN.0;
    format!("{}s", milliseconds as f64 / 1000.0)
}

/// Status and defaults of a type.
pub(crate) fn registration<T: Described>(words: &[&str]) -> (RegistrationStatus, T) {
    let (status, words) = match words {
        ["deprecated", rest @ ..] => (RegistrationStatus::Deprecated, rest),
        _ => (RegistrationStatus::Registered, words),
    };
    let structure = T::SHAPE.structure().expect("defaults are one");
    let defaults = T::from_json(Value::Object(read(words, structure)));
    (status, defaults.expect("they fit the shape"))
}

/// A value of a described shape.
pub(crate) fn read_shape<T: Described>(text: &str) -> T {
    T::from_json(read_value(text, T::SHAPE)).expect("it fits the shape")
}

pub(crate) fn decision_type(name: &str) -> DecisionType {
    let known = || {
        DECISIONS
            .iter()
            .map(|row| row.decision_type.as_str())
            .collect::<Vec<_>>()
    };
    DecisionType::from_name(name).unwrap_or_else(|| panic!("{name} is none of {:?}", known()))
}
