//! Constraints (protocol.md sections 4.3 and 5.2): all violations of a request, collected in SWF's order and words.
//!
//! A structure's members are walked from the last to the first, as Amazon's service seems to do. Constraints that are
//! quotas have the values in force.

use alloc::{
    borrow::Cow,
    format,
    string::{String, ToString},
    vec::Vec,
};
use core::fmt::Display;
use serde_json::Value;

use crate::faults::Fault;
use crate::limits::Limits;
use crate::scalars::NONE;
use crate::shape::{Rule, Shape, StructureShape};

/// At most so many violations are told at once.
const MOST_VIOLATIONS: usize = 10;
/// A longer value is cut in the text, in characters.
const LONGEST_VALUE: usize = 1000;
/// No duration is longer.
const MOST_OF_EIGHT_DIGITS: u64 = 99_999_999;
/// How the constraint texts begin that show a pattern.
const PATTERN: &str = "Member must satisfy regular expression pattern: ";

/// Checks a value that [`crate::coerce`] made against the constraints of its shape.
pub fn validate(value: &Value, structure: &StructureShape, limits: &Limits) -> Result<(), Fault> {
    let mut violations = Violations {
        found: Vec::new(),
        limits,
    };
    violations.members("", value, structure);
    violations.into_result()
}

struct Violations<'a> {
    /// Those found so far, each as `Value 'v' at 'path' failed to satisfy constraint: c`.
    found: Vec<String>,
    limits: &'a Limits,
}

impl Violations<'_> {
    fn into_result(self) -> Result<(), Fault> {
        let count = self.found.len();
        if count == 0 {
            return Ok(());
        }
        let plural = if count == 1 { "" } else { "s" };
        Err(Fault::validation(format!(
            "{count} validation error{plural} detected: {}",
            self.found.join("; ")
        )))
    }

    fn report(&mut self, path: &str, value: &Value, constraint: &str) {
        if self.found.len() < MOST_VIOLATIONS {
            let value = display(value);
            self.found.push(format!(
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
                let set = self.limits.of_shape(shape.name);
                let max = set.map_or(shape.max, |set| i64::try_from(set).unwrap_or(i64::MAX));
                self.bounds(path, value, "value", number, (shape.min, max));
            }
            (Shape::List(list), Value::Array(elements)) => {
                let set = self.limits.of_shape(list.name);
                let max = set.map_or(list.max, |set| usize::try_from(set).unwrap_or(usize::MAX));
                self.bounds(path, value, "length", elements.len(), (0, max));
                for (index, element) in elements.iter().enumerate() {
                    let path = format!("{path}.{}.member", index + 1);
                    if !element.is_null() {
                        self.value(&path, element, list.element, rules);
                    } else if !list.is_sparse {
                        self.report(&path, element, "Member must not be null");
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
            if let Some(constraint) = broken(*rule, text, self.limits) {
                self.report(path, value, &constraint);
            }
        }
    }
}

/// The constraint text of a rule that `text` breaks.
fn broken(rule: Rule, text: &str, limits: &Limits) -> Option<Cow<'static, str>> {
    let pattern = match rule {
        Rule::Name if text.chars().any(is_forbidden_in_names) => {
            r"[^:/|\u0000-\u001f\u007f-\u009f]+"
        }
        Rule::NameWithColon if text.chars().any(|c| c != ':' && is_forbidden_in_names(c)) => {
            r"[^/|\u0000-\u001f\u007f-\u009f]+"
        }
        Rule::Name | Rule::NameWithColon if text == "arn" => {
            return Some("Member must not be 'arn'".into());
        }
        Rule::NoEdgeSpace if text.trim() != text => {
            return Some("Member must not start or end with whitespace".into());
        }
        Rule::Seconds if !is_seconds(text) => "[0-9]{1,8}",
        Rule::SecondsOrNone if !is_seconds(text) && text != NONE => "NONE|[0-9]{1,8}",
        Rule::Seconds1To900 if !is_between(text, 1, 900) => "[0-9]{1,8} with a value from 1 to 900",
        Rule::Int32 if !is_int32(text) => "-?[0-9]+ with a value of 32 bits",
        Rule::Days0To90OrNone if text != NONE && !is_between(text, 0, limits.retention_days) => {
            let most = limits.retention_days.min(MOST_OF_EIGHT_DIGITS);
            return Some(
                format!("{PATTERN}NONE|[0-9]{{1,8}} with a value from 0 to {most}").into(),
            );
        }
        Rule::TagChars if !text.chars().all(is_allowed_in_tags) => r"[\p{L}\p{Z}\p{N}_.:/=+\-@]*",
        Rule::Name
        | Rule::NameWithColon
        | Rule::NoEdgeSpace
        | Rule::Seconds
        | Rule::SecondsOrNone
        | Rule::Seconds1To900
        | Rule::Int32
        | Rule::Days0To90OrNone
        | Rule::TagChars => return None,
    };
    Some(format!("{PATTERN}{pattern}").into())
}

fn is_forbidden_in_names(character: char) -> bool {
    matches!(character, ':' | '/' | '|' | '\u{0}'..='\u{1f}' | '\u{7f}'..='\u{9f}')
}

fn is_allowed_in_tags(character: char) -> bool {
    // Tabs and line ends are white space to Rust, but not of \p{Z}.
    let is_separator = character.is_whitespace() && !character.is_control();
    character.is_alphanumeric() || is_separator || "_.:/=+-@".contains(character)
}

fn is_seconds(text: &str) -> bool {
    (1..=8).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// At most eight digits, with a value in these bounds.
fn is_between(text: &str, least: u64, most: u64) -> bool {
    is_seconds(text)
        && text
            .parse::<u64>()
            .is_ok_and(|number| (least..=most).contains(&number))
}

fn is_int32(text: &str) -> bool {
    text.bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'-')
        && text.parse::<i32>().is_ok()
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
