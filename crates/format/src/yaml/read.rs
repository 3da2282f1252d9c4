//! The reader's face: its errors, and what it must know about its parser, libyaml's port.

use std::fmt;

use everbeat_json::Json;
use libyaml_safer::{Encoding, Scanner, TokenData};

use super::build;

/// Why a text has no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum YamlError {
    /// It is no YAML document that can be taken: syntax, duplicate keys, several documents, unknown tags, bad aliases.
    /// The command line says `Invalid YAML received.` for all of them; the text here is for the log.
    Invalid(String),
    /// A scalar is well formed and names a number or date that does not exist (`2024-13-01`). The reference ends with
    /// 255 and this sentence of Python's.
    Value(String),
}

impl fmt::Display for YamlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invalid(text) | Self::Value(text) => f.write_str(text),
        }
    }
}

impl std::error::Error for YamlError {}

/// An [`YamlError::Invalid`].
pub(super) fn invalid(text: impl fmt::Display) -> YamlError {
    YamlError::Invalid(text.to_string())
}

/// The value of a text with one YAML 1.2 document; `null` for an empty one. Keys that are no texts become their Python
/// `str`; dates, date-times and bytes become [`Json::Foreign`]. Nesting and the growth by aliases are bounded.
///
/// # Errors
/// See [`YamlError`].
pub fn read(text: &str) -> Result<Json, YamlError> {
    check_tags(text)?;
    build::document(text)
}

/// Refuses a tag with a comma behind it, as the reference does; the parser panics on one in a flow collection.
///
/// Which exclamation mark begins a tag only the scanner knows, so it is asked about a copy with blanks before such commas.
fn check_tags(text: &str) -> Result<(), YamlError> {
    let mut copy = String::new();
    let mut blanks = Vec::new();
    let mut may_be_tag = false;
    for character in text.chars() {
        if character == ',' && may_be_tag {
            blanks.push(copy.len() as u64);
            copy.push(' ');
        }
        copy.push(character);
        may_be_tag = character == '!' || (may_be_tag && is_tag_character(character));
    }
    if blanks.is_empty() {
        return Ok(());
    }
    let mut scanner = Scanner::new();
    scanner.set_encoding(Encoding::Utf8);
    copy.push('\n');
    scanner.set_input(copy.as_bytes());
    for token in scanner {
        let token = token.map_err(invalid)?;
        let is_tag = matches!(token.data, TokenData::Tag { .. });
        if is_tag && blanks.binary_search(&token.end_mark.index).is_ok() {
            return Err(invalid("a comma follows a tag"));
        }
    }
    Ok(())
}

fn is_tag_character(character: char) -> bool {
    character.is_ascii_alphanumeric() || "-_;/?:@&=+$.!~*'()%".contains(character)
}
