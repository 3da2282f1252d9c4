//! Where in a value in shorthand its end is: at a key of a structure, or at the value of one. Values in JSON, and values
//! that are no shorthand, have no such place.

use everbeat_model::Shape;
use everbeat_model::shape::{ListShape, StructureShape};
use everbeat_prompt::{Choice, Choices};

use crate::help::{first_sentence, kind};

/// What the end of a value is part of.
#[derive(Debug)]
pub(super) enum Spot {
    Key(KeySpot),
    Value(ValueSpot),
}

/// At a key.
#[derive(Debug)]
pub(super) struct KeySpot {
    pub(super) structure: &'static StructureShape,
    /// The keys before it in the same structure.
    pub(super) entered: Vec<(String, String)>,
    pub(super) typed: String,
}

/// At a value.
#[derive(Debug)]
pub(super) struct ValueSpot {
    /// The structure that the value is in, if it is not the whole.
    pub(super) structure: Option<&'static StructureShape>,
    /// The key that the value belongs to.
    pub(super) key: Option<&'static str>,
    pub(super) entered: Vec<(String, String)>,
    pub(super) shape: &'static Shape,
    pub(super) typed: String,
}

impl KeySpot {
    /// The keys that are not there yet, as the words that they make of `text`.
    pub(super) fn choices(self, text: &str) -> Choices {
        let before = before(text, &self.typed);
        let is_new = |name: &str| !self.entered.iter().any(|(entered, _)| entered == name);
        let members = self.structure.members.iter();
        let list = members
            .filter(|member| is_new(member.name))
            .map(|member| {
                let opening = match member.shape {
                    Shape::Structure(_) => "{",
                    Shape::List(_) => "[",
                    Shape::String(_)
                    | Shape::Enum(_)
                    | Shape::Integer(_)
                    | Shape::Boolean { .. }
                    | Shape::Timestamp { .. } => "",
                };
                let label = format!("{}={opening}", member.name);
                let text = first_sentence(member.documentation);
                Choice {
                    text: format!("{before}{label}"),
                    label,
                    note: format!("[{}] {text}", kind(member.shape)),
                    required: false,
                }
            })
            .collect();
        Choices {
            typed: self.typed,
            list,
        }
    }
}

impl ValueSpot {
    /// What stands in the word before the value.
    pub(super) fn before<'a>(&self, text: &'a str) -> &'a str {
        before(text, &self.typed)
    }
}

fn before<'a>(text: &'a str, typed: &str) -> &'a str {
    text.strip_suffix(typed).unwrap_or_default()
}

/// Where the end of `text`, a value of that shape, is.
pub(super) fn spot(shape: &'static Shape, text: &str) -> Option<Spot> {
    if text.starts_with(['{', '[']) {
        return None;
    }
    match shape {
        Shape::Structure(structure) => in_structure(structure, text),
        Shape::List(list) => element(list, text),
        Shape::String(_)
        | Shape::Enum(_)
        | Shape::Integer(_)
        | Shape::Boolean { .. }
        | Shape::Timestamp { .. } => Some(whole(shape, text)),
    }
}

fn whole(shape: &'static Shape, text: &str) -> Spot {
    Spot::Value(ValueSpot {
        structure: None,
        key: None,
        entered: Vec::new(),
        shape,
        typed: text.into(),
    })
}

/// The text with its open brackets closed, if it has some.
pub(super) fn closed(text: &str) -> Option<String> {
    let closing: String = open_brackets(text).iter().rev().collect();
    (!closing.is_empty()).then(|| format!("{text}{closing}"))
}

/// The brackets that close what is open.
fn open_brackets(text: &str) -> Vec<char> {
    let mut open = Vec::new();
    for c in text.chars() {
        match c {
            '{' => open.push('}'),
            '[' => open.push(']'),
            '}' | ']' if open.last() == Some(&c) => {
                open.pop();
            }
            _ => {}
        }
    }
    open
}

fn element(list: &'static ListShape, text: &str) -> Option<Spot> {
    match list.element {
        Shape::Structure(structure) => in_structure(structure, text),
        other => Some(whole(other, text)),
    }
}

fn in_structure(structure: &'static StructureShape, text: &str) -> Option<Spot> {
    let mut entered = Vec::new();
    let mut rest = text;
    loop {
        let Some((key, value)) = rest.split_once('=') else {
            let is_key = rest.chars().all(|c| c.is_ascii_alphanumeric());
            return is_key.then(|| {
                Spot::Key(KeySpot {
                    structure,
                    entered,
                    typed: rest.into(),
                })
            });
        };
        let member = structure.member(key)?;
        match end_of(value) {
            Some(end) => {
                let (value, behind) = value.split_at(end);
                entered.push((key.to_owned(), value.to_owned()));
                rest = behind.strip_prefix(',')?;
            }
            None => {
                return match (member.shape, value.chars().next()) {
                    (Shape::Structure(inner), Some('{')) => in_structure(inner, &value[1..]),
                    (Shape::List(list), Some('[')) => in_list(list, &value[1..]),
                    (shape, _) => Some(Spot::Value(ValueSpot {
                        structure: Some(structure),
                        key: Some(member.name),
                        entered,
                        shape,
                        typed: value.into(),
                    })),
                };
            }
        }
    }
}

fn in_list(list: &'static ListShape, text: &str) -> Option<Spot> {
    let mut rest = text;
    while let Some(end) = end_of(rest) {
        rest = rest.get(end..)?.strip_prefix(',')?;
    }
    match (list.element, rest.strip_prefix('{')) {
        (Shape::Structure(structure), Some(inner)) => in_structure(structure, inner),
        (Shape::Structure(_) | Shape::List(_), _) => None,
        (element, _) => Some(whole(element, rest)),
    }
}

/// Where a value ends before a comma that is in no brackets and no quotes; `None` if it is the last.
fn end_of(value: &str) -> Option<usize> {
    let mut depth = 0_usize;
    let mut quote = None;
    for (at, c) in value.char_indices() {
        match (quote, c) {
            (Some(open), _) => quote = (c != open).then_some(open),
            (None, '\'' | '"') => quote = Some(c),
            (None, '{' | '[') => depth += 1,
            (None, '}' | ']') => depth = depth.saturating_sub(1),
            (None, ',') if depth == 0 => return Some(at),
            (None, _) => {}
        }
    }
    None
}
