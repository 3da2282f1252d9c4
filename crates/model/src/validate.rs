//! Constraints (protocol.md sections 4.3 and 5.2): all violations of a request, collected in SWF's order and words.
//!
//! A structure's members are walked from the last to the first, as Amazon's service seems to do.

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};
use core::fmt::Display;
use serde_json::Value;

use crate::faults::Fault;
use crate::scalars::NONE;
use crate::shape::{Rule, Shape, StructureShape};

/// At most so many violations are told at once.
const MOST_VIOLATIONS: usize = 10;
/// A longer value is cut in the text, in characters.
const LONGEST_VALUE: usize = 1000;

/// Checks a value that [`crate::coerce`] made against the constraints of its shape.
pub fn validate(value: &Value, structure: &StructureShape) -> Result<(), Fault> {
    let mut violations = Violations(Vec::new());
    violations.members("", value, structure);
    violations.into_result()
}

/// The violations found so far, each as `Value 'v' at 'path' failed to satisfy constraint: c`.
struct Violations(Vec<String>);

impl Violations {
    fn into_result(self) -> Result<(), Fault> {
        let count = self.0.len();
        if count == 0 {
            return Ok(());
        }
        let plural = if count == 1 { "" } else { "s" };
        Err(Fault::validation(format!(
            "{count} validation error{plural} detected: {}",
            self.0.join("; ")
        )))
    }

    fn report(&mut self, path: &str, value: &Value, constraint: &str) {
        if self.0.len() < MOST_VIOLATIONS {
            let value = display(value);
            self.0.push(format!(
                "Value {value} at '{path}' failed to satisfy constraint: {constraint}"
            ));
        }
    }

    fn members(&mut self, path: &str, value: &Value, structure: &StructureShape) {
        for member in structure.members.iter().rev() {
            let path = if path.is_empty() {
                member.name.to_string()
            } else {
                format!("{path}.{}", member.name)
            };
            match value.get(member.name) {
                Some(value) => self.value(&path, value, member.shape, member.rules),
                None if member.required => {
                    self.report(&path, &Value::Null, "Member must not be null")
                }
                None => {}
            }
        }
    }

    /// `what` is `length` or `value`.
    fn bounds<N: PartialOrd + Display>(
        &mut self,
        path: &str,
        value: &Value,
        what: &str,
        number: N,
        (min, max): (N, N),
    ) {
        if number < min {
            let constraint = format!("Member must have {what} greater than or equal to {min}");
            self.report(path, value, &constraint);
        }
        if number > max {
            let constraint = format!("Member must have {what} less than or equal to {max}");
            self.report(path, value, &constraint);
        }
    }

    fn value(&mut self, path: &str, value: &Value, shape: &Shape, rules: &[Rule]) {
        match (shape, value) {
            (Shape::String(shape), Value::String(text)) => {
                let length = text.chars().count();
                self.bounds(path, value, "length", length, (shape.min, shape.max));
                self.rules(path, value, text, rules);
            }
            (Shape::Enum(shape), Value::String(text)) if !shape.values.contains(&text.as_str()) => {
                let set = shape.message_order.join(", ");
                let constraint = format!("Member must satisfy enum value set: [{set}]");
                self.report(path, value, &constraint);
            }
            (Shape::Integer(shape), Value::Number(number)) => {
                let number = number.as_i64().unwrap_or(i64::MAX);
                self.bounds(path, value, "value", number, (shape.min, shape.max));
            }
            (Shape::List(list), Value::Array(elements)) => {
                self.bounds(path, value, "length", elements.len(), (0, list.max));
                for (index, element) in elements.iter().enumerate() {
                    let path = format!("{path}.{}.member", index + 1);
                    if element.is_null() {
                        self.report(&path, element, "Member must not be null");
                    } else {
                        self.value(&path, element, list.element, rules);
                    }
                }
            }
            (Shape::Structure(structure), Value::Object(_)) => {
                self.members(path, value, structure);
                self.rules_of_members(path, value, structure, rules);
            }
            // Booleans, instants and known values of enumerations break nothing, and types were made right by `coerce`.
            _ => {}
        }
    }

    /// A rule on a structure (a task list, a tag) holds for each of its texts.
    fn rules_of_members(
        &mut self,
        path: &str,
        value: &Value,
        structure: &StructureShape,
        rules: &[Rule],
    ) {
        if rules.is_empty() {
            return;
        }
        for member in structure.members.iter().rev() {
            if let Some(member_value @ Value::String(text)) = value.get(member.name) {
                self.rules(
                    &format!("{path}.{}", member.name),
                    member_value,
                    text,
                    rules,
                );
            }
        }
    }

    fn rules(&mut self, path: &str, value: &Value, text: &str, rules: &[Rule]) {
        for rule in rules {
            if let Some(constraint) = broken(*rule, text) {
                self.report(path, value, constraint);
            }
        }
    }
}

/// The constraint text of a rule that `text` breaks.
fn broken(rule: Rule, text: &str) -> Option<&'static str> {
    match rule {
        Rule::Name if text.chars().any(is_forbidden_in_names) => {
            Some(r"Member must satisfy regular expression pattern: [^:/|\u0000-\u001f\u007f-\u009f]+")
        }
        Rule::Name => (text == "arn").then_some("Member must not be 'arn'"),
        Rule::NoEdgeSpace => {
            (text.trim() != text).then_some("Member must not start or end with whitespace")
        }
        Rule::Seconds => {
            (!is_seconds(text)).then_some("Member must satisfy regular expression pattern: [0-9]{1,8}")
        }
        Rule::SecondsOrNone => (!is_seconds(text) && text != NONE)
            .then_some("Member must satisfy regular expression pattern: NONE|[0-9]{1,8}"),
        Rule::Seconds1To900 => (!is_seconds(text) || !is_between(text, 1, 900))
            .then_some("Member must satisfy regular expression pattern: [0-9]{1,8} with a value from 1 to 900"),
        Rule::Int32 => (!text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') || text.parse::<i32>().is_err())
            .then_some("Member must satisfy regular expression pattern: -?[0-9]+ with a value of 32 bits"),
        Rule::Days0To90OrNone => (text != NONE && (!is_seconds(text) || !is_between(text, 0, 90)))
            .then_some("Member must satisfy regular expression pattern: NONE|[0-9]{1,8} with a value from 0 to 90"),
        Rule::TagChars => (!text.chars().all(is_allowed_in_tags))
            .then_some(r"Member must satisfy regular expression pattern: [\p{L}\p{Z}\p{N}_.:/=+\-@]*"),
    }
}

fn is_forbidden_in_names(character: char) -> bool {
    matches!(character, ':' | '/' | '|' | '\u{0}'..='\u{1f}' | '\u{7f}'..='\u{9f}')
}

fn is_allowed_in_tags(character: char) -> bool {
    character.is_alphanumeric() || character.is_whitespace() || "_.:/=+-@".contains(character)
}

fn is_seconds(text: &str) -> bool {
    (1..=8).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_between(text: &str, least: u32, most: u32) -> bool {
    text.parse::<u32>()
        .is_ok_and(|number| (least..=most).contains(&number))
}

/// A value as SWF's texts show it: `null` bare, all else in single quotes, lists in brackets.
fn display(value: &Value) -> String {
    if value.is_null() {
        return "null".into();
    }
    let mut text = plain(value);
    if let Some((cut, _)) = text.char_indices().nth(LONGEST_VALUE) {
        text.truncate(cut);
        text.push_str("...");
    }
    format!("'{text}'")
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(elements) => {
            let elements: Vec<String> = elements.iter().map(plain).collect();
            format!("[{}]", elements.join(", "))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => value.to_string(),
    }
}
