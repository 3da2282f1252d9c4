//! JSON of which every part knows where it stands.
//!
//! A part borrows its text from the document, so its line follows from where that text begins; reading goes level by
//! level, and each level is parsed when it is looked at. A repeated key is refused, since IAM would take only one of
//! the two. The depth is that of the grammar: nothing below what is looked at is ever parsed.

use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;
use core::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::place::{Problem, Warning};

/// The most characters of somebody's text that a message repeats.
const LONGEST_QUOTE: usize = 80;

/// What some editors put before the text. JSON has none.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// One value of a document.
#[derive(Debug, Clone)]
pub(crate) struct Node<'a> {
    document: &'a str,
    text: &'a str,
    place: String,
}

/// One member of an object.
#[derive(Debug)]
pub(crate) struct Member<'a> {
    /// Its name.
    pub(crate) name: String,
    /// Where the name stands; its place is that of the object.
    pub(crate) key: Node<'a>,
    /// Its value.
    pub(crate) value: Node<'a>,
}

/// A scalar as policies may write it: IAM takes `5` and `"5"`, `true` and `"true"` for the same.
const SCALAR: &str = "a string, a number, true or false";

impl<'a> Node<'a> {
    /// The whole document.
    pub(crate) fn root(document: &'a str) -> Result<Self, Problem> {
        let root = Node {
            document,
            text: document,
            place: String::new(),
        };
        if document.starts_with(BYTE_ORDER_MARK) {
            let reason = "begins with a byte order mark (BOM): save it as UTF-8 without one";
            return Err(root.problem(reason));
        }
        let value: &RawValue = root.parse()?;
        Ok(root.part(value, String::new()))
    }

    /// The members of an object.
    pub(crate) fn members(&self) -> Result<Vec<Member<'a>>, Problem> {
        if !self.text.starts_with('{') {
            return Err(self.problem(format!("must be an object, not {}", self.kind())));
        }
        let Pairs(pairs) = self.parse()?;
        let mut names = BTreeSet::new();
        let mut members = Vec::with_capacity(pairs.len());
        for (key, value) in pairs {
            let key = self.part(key, self.place.clone());
            let name = key.string()?;
            if !names.insert(name.clone()) {
                return Err(key.problem(format!("{} is there twice", quoted(&name))));
            }
            let place = match self.place.as_str() {
                "" => shortened(&name),
                parent => format!("{parent}.{}", shortened(&name)),
            };
            let value = self.part(value, place);
            members.push(Member { name, key, value });
        }
        Ok(members)
    }

    /// The members of a list, or the value itself: IAM takes one for a list of one.
    pub(crate) fn one_or_more(&self) -> Result<Vec<Node<'a>>, Problem> {
        if !self.text.starts_with('[') {
            return Ok(vec![self.clone()]);
        }
        let items: Vec<&RawValue> = self.parse()?;
        let numbered = items.into_iter().zip(1..);
        Ok(numbered
            .map(|(item, number)| self.part(item, format!("{}[{number}]", self.place)))
            .collect())
    }

    /// The text of a string.
    pub(crate) fn string(&self) -> Result<String, Problem> {
        match self.text.starts_with('"') {
            true => self.parse(),
            false => Err(self.problem(format!("must be a string, not {}", self.kind()))),
        }
    }

    /// The text of a string, or of a number or truth value as it is written.
    pub(crate) fn scalar(&self) -> Result<String, Problem> {
        match self.text.bytes().next() {
            Some(b'"') => self.string(),
            Some(b'{' | b'[' | b'n') | None => {
                Err(self.problem(format!("must be {SCALAR}, not {}", self.kind())))
            }
            Some(_) => Ok(self.text.to_string()),
        }
    }

    /// What is wrong here.
    pub(crate) fn problem(&self, reason: impl Into<String>) -> Problem {
        Problem {
            line: self.line(),
            place: self.place.clone(),
            reason: reason.into(),
        }
    }

    /// What may surprise here.
    pub(crate) fn warning(&self, text: impl Into<String>) -> Warning {
        Warning {
            line: self.line(),
            place: self.place.clone(),
            text: text.into(),
        }
    }

    fn part(&self, value: &'a RawValue, place: String) -> Self {
        Node {
            document: self.document,
            text: value.get(),
            place,
        }
    }

    fn parse<T: Deserialize<'a>>(&self) -> Result<T, Problem> {
        serde_json::from_str(self.text).map_err(|error| {
            let text = error.to_string();
            let what = text.split(" at line ").next().unwrap_or_default();
            let mut problem = self.problem(format!("not JSON: {what}"));
            problem.line += error.line().saturating_sub(1);
            problem
        })
    }

    fn line(&self) -> usize {
        let start = self.text.as_ptr().addr() - self.document.as_ptr().addr();
        let before = self.document.as_bytes().iter().take(start);
        1 + before.filter(|byte| **byte == b'\n').count()
    }

    fn kind(&self) -> &'static str {
        match self.text.bytes().next() {
            Some(b'{') => "an object",
            Some(b'[') => "a list",
            Some(b'"') => "a string",
            Some(b't' | b'f') => "true or false",
            Some(b'n') => "null",
            Some(_) | None => "a number",
        }
    }
}

/// Names and values of an object, repeated names included.
struct Pairs<'a>(Vec<(&'a RawValue, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Pairs<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Pairs<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Pairs(pairs))
            }
        }
        deserializer.deserialize_map(Reader)
    }
}

/// Somebody's text for a message: in quotes, short, on one line, and nothing in it that cannot be seen.
pub fn quoted(text: &str) -> String {
    format!("'{}'", shortened(text))
}

/// As [`quoted`], without the quotes: for a summary.
pub(crate) fn shortened(text: &str) -> String {
    let shown = text.chars().take(LONGEST_QUOTE);
    let mut short: String = shown.flat_map(char::escape_debug).collect();
    if text.chars().nth(LONGEST_QUOTE).is_some() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member<'a>(node: &Node<'a>, name: &str) -> Node<'a> {
        let members = node.members().expect("an object");
        let found = members.into_iter().find(|member| member.name == name);
        found.expect("the member").value
    }

    #[test]
    fn parts_know_their_line_and_path() {
        let text = "\n{\n \"a\":\n  {\"b\\u0063\": [1,\n\"x\"]}}\n";
        let root = Node::root(text).expect("JSON");
        let list = member(&member(&root, "a"), "bc");
        let items = list.one_or_more().expect("a list");
        assert_eq!(items[0].scalar().expect("a number"), "1");
        assert_eq!(
            items[1].problem("wrong").to_string(),
            "line 5, a.bc[2]: wrong"
        );
    }

    #[test]
    fn what_is_not_json_is_told_with_its_line() {
        for (text, expected) in [
            ("", "line 1: not JSON: EOF while parsing a value"),
            ("{\n\n,}", "line 3: not JSON: key must be a string"),
            ("{} x", "line 1: not JSON: trailing characters"),
            (
                "\u{feff}{}",
                "line 1: begins with a byte order mark (BOM): save it as UTF-8 without one",
            ),
            ("[1,\n2", "line 2: not JSON: EOF while parsing a list"),
        ] {
            let read = Node::root(text).and_then(|root| root.members());
            assert_eq!(read.expect_err(text).to_string(), expected, "{text:?}");
        }
    }

    #[test]
    fn broken_strings_and_repeated_keys_are_refused() {
        let root = Node::root("{\"a\": 1,\n\"b\": {\"x\": 1,\n\"\\u0078\": 2}}").expect("JSON");
        let problem = member(&root, "b").members().expect_err("a repeated key");
        assert_eq!(problem.to_string(), "line 3, b: 'x' is there twice");
        let lone = Node::root("\n{\"a\": \"\\ud800\"}").expect("JSON");
        assert_eq!(
            member(&lone, "a").string().expect_err("half a pair").line,
            2
        );
    }

    #[test]
    fn quotes_are_short_and_printable() {
        assert_eq!(quoted("a\u{1b}[1m\n"), "'a\\u{1b}[1m\\n'");
        assert_eq!(quoted(&"x".repeat(1000)).chars().count(), 83);
    }
}
