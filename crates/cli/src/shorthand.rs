//! The shorthand syntax for structures, `name=w,version=1.0` (cli.md section 5.4).
//!
//! What comes out knows nothing of shapes: lists, maps and texts. [`crate::values`] fits it to the model.

use std::collections::HashSet;

use everbeat_json::{Json, insert};

/// Deeper nesting is refused.
const DEEPEST: usize = 200;

/// The end of the input, where a character is expected.
const END: &str = "EOF";

/// Why a text is no shorthand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ShorthandError {
    /// The whole sentence with the place marked.
    Syntax(String),
    /// The sentence on a file that cannot be read.
    File(String),
}

/// How a value behind `@=` becomes the content of the file that it names.
pub(crate) type LoadFile<'a> = &'a dyn Fn(&str) -> Result<Json, String>;

/// Reads a text.
pub(crate) fn parse(text: &str, load: LoadFile<'_>) -> Result<Json, ShorthandError> {
    let characters: Vec<char> = text.chars().collect();
    let mut parser = Parser {
        text: &characters,
        at: 0,
        load,
    };
    parser.parameter().map_err(|trouble| parser.told(trouble))
}

struct Parser<'a> {
    text: &'a [char],
    at: usize,
    load: LoadFile<'a>,
}

/// What went wrong where; many a trouble is mended by reading on otherwise, so that no sentence is made of it.
enum Trouble {
    Expected {
        expected: String,
        received: String,
        /// Characters before the place.
        at: usize,
    },
    SecondInstance {
        key: String,
        at: usize,
    },
    File(String),
}

impl Parser<'_> {
    fn parameter(&mut self) -> Result<Json, Trouble> {
        let (key, value) = self.key_value()?;
        let mut known = HashSet::from([key.clone()]);
        let mut members = vec![(key, value)];
        let mut last = self.at;
        while self.at < self.text.len() {
            self.expect_between_blanks(',')?;
            let (key, value) = self.key_value()?;
            if !known.insert(key.clone()) {
                let at = last + 1;
                return Err(Trouble::SecondInstance { key, at });
            }
            members.push((key, value));
            last = self.at;
        }
        Ok(Json::Map(members))
    }

    fn key_value(&mut self) -> Result<(String, Json), Trouble> {
        let (key, from_file) = self.key()?;
        let value = match self.current() {
            None => Json::from(""),
            Some('[') => self.explicit_list(0)?,
            Some('{') => self.hash(0)?,
            Some(_) => self.comma_separated()?,
        };
        Ok((key, self.loaded(value, from_file)?))
    }

    /// A key with its `=` or `@=`; true for the latter.
    fn key(&mut self) -> Result<(String, bool), Trouble> {
        let start = self.at;
        while self
            .current()
            .is_some_and(|c| c.is_ascii_alphanumeric() || "-_.#/:".contains(c))
        {
            self.at += 1;
        }
        let key = self.text[start..self.at].iter().collect();
        self.skip_blanks();
        let from_file = self.current() == Some('@');
        if from_file {
            self.at += 1;
        }
        self.expect_between_blanks('=')?;
        Ok((key, from_file))
    }

    fn loaded(&self, value: Json, from_file: bool) -> Result<Json, Trouble> {
        match value {
            Json::String(text) if from_file => (self.load)(&text).map_err(Trouble::File),
            Json::List(elements) if from_file => {
                let elements: Result<Vec<Json>, Trouble> = elements
                    .into_iter()
                    .map(|element| self.loaded(element, true))
                    .collect();
                elements.map(Json::List)
            }
            other => Ok(other),
        }
    }

    /// One value, or several as a list. A comma may also begin the next key: then the parser goes back to it.
    fn comma_separated(&mut self) -> Result<Json, Trouble> {
        let mut values = vec![Json::String(self.first_value()?)];
        self.skip_blanks();
        if self.current() != Some(',') {
            return Ok(values.remove(0));
        }
        self.expect_between_blanks(',')?;
        loop {
            match self.second_value_and_comma() {
                Ok((value, goes_on)) => {
                    values.push(Json::String(value));
                    if !goes_on {
                        break;
                    }
                }
                Err(error) if self.at >= self.text.len() => return Err(error),
                Err(_) => {
                    while self.at > 0 && self.current() != Some(',') {
                        self.at -= 1;
                    }
                    break;
                }
            }
        }
        if values.len() == 1 {
            return Ok(values.remove(0));
        }
        Ok(Json::List(values))
    }

    fn second_value_and_comma(&mut self) -> Result<(String, bool), Trouble> {
        let value = match self.current() {
            Some('\'' | '"') => self.first_value()?,
            _ => self
                .bare(|c| !"\"',=".contains(c))
                .ok_or_else(|| self.syntax_error("<second>", "<none>"))?,
        };
        self.skip_blanks();
        if self.current().is_none() {
            return Ok((value, false));
        }
        self.expect_between_blanks(',')?;
        Ok((value, true))
    }

    fn explicit_list(&mut self, depth: usize) -> Result<Json, Trouble> {
        self.expect_between_blanks('[')?;
        let mut values = Vec::new();
        while self.current() != Some(']') {
            values.push(self.explicit_value(depth + 1)?);
            self.comma_unless_at(']')?;
        }
        self.at += 1;
        Ok(Json::List(values))
    }

    fn hash(&mut self, depth: usize) -> Result<Json, Trouble> {
        self.expect_between_blanks('{')?;
        let mut members = Vec::new();
        while self.current() != Some('}') {
            let (key, from_file) = self.key()?;
            let value = self.explicit_value(depth + 1)?;
            self.comma_unless_at('}')?;
            let value = self.loaded(value, from_file)?;
            insert(&mut members, key, value);
        }
        self.at += 1;
        Ok(Json::Map(members))
    }

    fn explicit_value(&mut self, depth: usize) -> Result<Json, Trouble> {
        if depth > DEEPEST {
            return Err(self.syntax_error("<less nesting>", "<none>"));
        }
        match self.current() {
            Some('[') => self.explicit_list(depth),
            Some('{') => self.hash(depth),
            _ => self.first_value().map(Json::String),
        }
    }

    fn comma_unless_at(&mut self, end: char) -> Result<(), Trouble> {
        self.skip_blanks();
        if self.current() != Some(end) {
            self.expect(',')?;
            self.skip_blanks();
        }
        Ok(())
    }

    /// A quoted or bare value; empty where none can start.
    fn first_value(&mut self) -> Result<String, Trouble> {
        match self.current() {
            Some('\'') => self.quoted('\'', "<singled quoted>"),
            Some('"') => self.quoted('"', "<double quoted>"),
            _ => Ok(self.bare(|c| !"\"',]}".contains(c)).unwrap_or_default()),
        }
    }

    fn quoted(&mut self, quote: char, name: &str) -> Result<String, Trouble> {
        let end = self
            .closing_quote(quote)
            .ok_or_else(|| self.syntax_error(name, "<none>"))?;
        let inner: String = self.text[self.at + 1..end].iter().collect();
        self.at = end + 1;
        let inner = inner.replace(&format!("\\{quote}"), &quote.to_string());
        Ok(inner.replace("\\\\", "\\"))
    }

    /// Where a quoted value ends. If no bare quote follows, the last escaped one is it, as the reference's pattern
    /// then tries.
    fn closing_quote(&self, quote: char) -> Option<usize> {
        let mut last_escaped = None;
        let mut at = self.at + 1;
        while let Some(character) = self.text.get(at) {
            let following = self.text.get(at + 1);
            if *character == quote {
                return Some(at);
            }
            if *character == '\\' && following == Some(&quote) {
                last_escaped = Some(at + 1);
            }
            let is_escape =
                *character == '\\' && following.is_some_and(|c| *c == '\\' || *c == quote);
            at += if is_escape { 2 } else { 1 };
        }
        last_escaped
    }

    /// A value without quotes: `follows` says which characters beside blanks may come after the first.
    fn bare(&mut self, follows: impl Fn(char) -> bool) -> Option<String> {
        let start = self.at;
        let starts = |c: char| is_visible(c) && !"\"',=[{".contains(c);
        let goes_on = |c: char| c.is_whitespace() || is_visible(c) && follows(c);
        if !self.take_escaped_comma() && !self.take_if(starts) {
            return None;
        }
        while self.take_escaped_comma() || self.take_if(goes_on) {}
        let value: String = self.text[start..self.at].iter().collect();
        Some(value.replace("\\,", ",").trim_end().into())
    }

    fn take_escaped_comma(&mut self) -> bool {
        let comes = self.text[self.at..].starts_with(&['\\', ',']);
        if comes {
            self.at += 2;
        }
        comes
    }

    fn take_if(&mut self, fits: impl Fn(char) -> bool) -> bool {
        let comes = self.current().is_some_and(fits);
        if comes {
            self.at += 1;
        }
        comes
    }

    fn current(&self) -> Option<char> {
        self.text.get(self.at).copied()
    }

    /// Blanks of ASCII; others belong to values.
    fn skip_blanks(&mut self) {
        while self.current().is_some_and(is_blank) {
            self.at += 1;
        }
    }

    fn expect_between_blanks(&mut self, expected: char) -> Result<(), Trouble> {
        self.skip_blanks();
        self.expect(expected)?;
        self.skip_blanks();
        Ok(())
    }

    fn expect(&mut self, expected: char) -> Result<(), Trouble> {
        if self.current() == Some(expected) {
            self.at += 1;
            return Ok(());
        }
        let received = self.current().map_or(END.into(), String::from);
        Err(self.syntax_error(&expected.to_string(), &received))
    }

    fn syntax_error(&self, expected: &str, received: &str) -> Trouble {
        Trouble::Expected {
            expected: expected.into(),
            received: received.into(),
            at: self.at,
        }
    }

    fn told(&self, trouble: Trouble) -> ShorthandError {
        match trouble {
            Trouble::File(text) => ShorthandError::File(text),
            Trouble::Expected {
                expected,
                received,
                at,
            } => {
                let place = self.marked(at);
                ShorthandError::Syntax(format!(
                    "Expected: '{expected}', received: '{received}' for input:\n {place}"
                ))
            }
            Trouble::SecondInstance { key, at } => {
                let place = self.marked(at);
                ShorthandError::Syntax(format!(
                    "Second instance of key \"{key}\" encountered for input:\n{place}\n\
                     This is often because there is a preceding \",\" instead of a space."
                ))
            }
        }
    }

    /// The input with a line below the one with the place, that marks it.
    fn marked(&self, at: usize) -> String {
        let at = at.min(self.text.len());
        let is_newline = |c: &char| *c == '\n';
        let line_start = self.text[..at]
            .iter()
            .rposition(is_newline)
            .map_or(0, |newline| newline + 1);
        let line_end = self.text[at..]
            .iter()
            .position(is_newline)
            .map_or(self.text.len(), |newline| at + newline);
        let before: String = self.text[..line_end].iter().collect();
        let after: String = self.text[line_end..].iter().collect();
        format!("{before}\n{}^{after}", " ".repeat(at - line_start))
    }
}

/// What may stand in a bare value beside blanks; the reference's classes end at U+FFFF.
fn is_visible(character: char) -> bool {
    ('\u{21}'..='\u{ffff}').contains(&character)
}

fn is_blank(character: char) -> bool {
    character.is_ascii_whitespace() || character == '\u{b}'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn no_files(path: &str) -> Result<Json, String> {
        Ok(path
            .strip_prefix("file://")
            .map_or(path.into(), |name| Json::String(format!("<{name}>"))))
    }

    #[track_caller]
    fn reads_as(text: &str, json: &str) {
        let expected = Json::parse(json).expect("good JSON");
        assert_eq!(parse(text, &no_files), Ok(expected), "{text}");
    }

    #[test]
    fn values_of_all_forms() {
        reads_as("name=w,version=1.0", r#"{"name": "w", "version": "1.0"}"#);
        reads_as("a=1,2,b=3", r#"{"a": ["1", "2"], "b": "3"}"#);
        reads_as("a=b=c", r#"{"a": "b=c"}"#);
        reads_as("a=b[", r#"{"a": "b["}"#);
        reads_as("a = x y  , b = ", r#"{"a": "x y", "b": ""}"#);
        reads_as(
            "a=[x,[y, z],{k=v}]",
            r#"{"a": ["x", ["y", "z"], {"k": "v"}]}"#,
        );
        reads_as("a=[,a]", r#"{"a": ["", "a"]}"#);
        reads_as("a=[a,],b={c=d,}", r#"{"a": ["a"], "b": {"c": "d"}}"#);
        reads_as("=A", r#"{"": "A"}"#);
        reads_as("a=A bogus=1", r#"{"a": "A bogus=1"}"#);
    }

    #[test]
    fn quotes_and_escapes() {
        reads_as(
            r#"a="x, \"y\" \\",b='it\'s'"#,
            r#"{"a": "x, \"y\" \\", "b": "it's"}"#,
        );
        reads_as(r"a='x\',b", r#"{"a": ["x\\", "b"]}"#);
        reads_as(r"a=x\,y\z", r#"{"a": "x,y\\z"}"#);
        reads_as("a@=file://f,b=file://g", r#"{"a": "<f>", "b": "file://g"}"#);
    }

    #[test]
    fn errors_show_the_place() {
        for (text, error) in [
            (
                "decisionType",
                "Expected: '=', received: 'EOF' for input:\n decisionType\n            ^",
            ),
            (
                "a={b=}",
                "Expected: ',', received: 'EOF' for input:\n a={b=}\n      ^",
            ),
            (
                "a=\"x",
                "Expected: '<double quoted>', received: '<none>' for input:\n a=\"x\n  ^",
            ),
            (
                "a=x}",
                "Expected: ',', received: '}' for input:\n a=x}\n   ^",
            ),
            (
                "a=😀",
                "Expected: ',', received: '😀' for input:\n a=😀\n  ^",
            ),
            (
                "a=\nb}\nc",
                "Expected: ',', received: '}' for input:\n a=\nb}\n ^\nc",
            ),
            (
                "decisionType=A,decisionType=B",
                "Second instance of key \"decisionType\" encountered for input:\n\
                 decisionType=A,decisionType=B\n               ^\n\
                 This is often because there is a preceding \",\" instead of a space.",
            ),
        ] {
            assert_eq!(
                parse(text, &no_files),
                Err(ShorthandError::Syntax(error.into())),
                "{text}"
            );
        }
    }

    #[test]
    fn deep_nesting_is_an_error() {
        assert!(parse(&format!("a={}", "[".repeat(100_000)), &no_files).is_err());
    }
}
