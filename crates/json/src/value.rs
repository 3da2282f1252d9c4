//! The value: JSON, and the few things beyond it that YAML and files bring in.

use crate::python;
use crate::scanner::{JsonError, parse};

/// A JSON value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Json {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// As Python prints it; also `NaN`, `Infinity`, `-Infinity`.
    Number(String),
    /// A text.
    String(String),
    /// Elements in order.
    List(Vec<Json>),
    /// Members in the order given; each name once.
    Map(Vec<(String, Json)>),
    /// What JSON has no word for; comes of YAML and binary files, and never goes over the wire as it is.
    Foreign(Foreign),
}

/// A value of a class that Python has and JSON has not: `bytes`, `datetime.date`, `datetime.datetime`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Foreign {
    /// The name of the class.
    pub class: &'static str,
    /// `str(value)`.
    pub str: String,
    /// `repr(value)`.
    pub repr: String,
}

/// The class of instants.
pub const DATE_TIME: &str = "datetime.datetime";

impl Foreign {
    /// Bytes, such as those of a file.
    pub fn bytes(bytes: &[u8]) -> Self {
        let repr = python::bytes(bytes);
        Self {
            class: "bytes",
            str: repr.clone(),
            repr,
        }
    }

    /// The instant from which time is counted, without a zone.
    pub fn epoch() -> Self {
        Self {
            class: DATE_TIME,
            str: "1970-01-01 00:00:00".into(),
            repr: "datetime.datetime(1970, 1, 1, 0, 0)".into(),
        }
    }

    /// As the reference writes the value in JSON: an instant in ISO 8601.
    pub(crate) fn in_json(&self) -> String {
        if self.class == DATE_TIME {
            self.str.replacen(' ', "T", 1)
        } else {
            self.str.clone()
        }
    }
}

impl Json {
    /// The member of that name.
    pub fn get(&self, name: &str) -> Option<&Self> {
        let Self::Map(members) = self else {
            return None;
        };
        members
            .iter()
            .find(|(member, _)| member == name)
            .map(|(_, value)| value)
    }

    /// The text of a string.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            Self::Null
            | Self::Bool(_)
            | Self::Number(_)
            | Self::List(_)
            | Self::Map(_)
            | Self::Foreign(_) => None,
        }
    }

    /// A number that is written without fraction and exponent.
    pub fn is_integer(&self) -> bool {
        matches!(self, Self::Number(text) if !text.contains(['.', 'e', 'N', 'I']))
    }

    /// Reads a text.
    ///
    /// # Errors
    /// What Python's decoder says, and where.
    pub fn parse(text: &str) -> Result<Self, JsonError> {
        parse(text)
    }
}

impl From<String> for Json {
    fn from(text: String) -> Self {
        Self::String(text)
    }
}

impl From<&str> for Json {
    fn from(text: &str) -> Self {
        Self::String(text.into())
    }
}

/// Sets a member: a known one keeps its place.
pub fn insert(members: &mut Vec<(String, Json)>, name: String, value: Json) {
    match members.iter_mut().find(|(member, _)| *member == name) {
        Some((_, old)) => *old = value,
        None => members.push((name, value)),
    }
}
