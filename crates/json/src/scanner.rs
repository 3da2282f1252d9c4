//! Reading JSON. Errors have the words and positions of Python's decoder (cli.md section 5.3): scripts compare them.

use std::collections::HashMap;
use std::fmt;

use crate::value::{Json, insert};

/// Deeper nesting is refused.
const DEEPEST: usize = 500;
const TOO_DEEP: &str = "Nesting too deep";

/// What is wrong with a text, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JsonError {
    reason: &'static str,
    line: usize,
    column: usize,
    character: usize,
}

impl JsonError {
    /// The text may be JSON, and is nested deeper than is read.
    pub fn is_too_deep(&self) -> bool {
        self.reason == TOO_DEEP
    }
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            reason,
            line,
            column,
            character,
        } = self;
        write!(
            f,
            "{reason}: line {line} column {column} (char {character})"
        )
    }
}

/// Reads a text.
pub(crate) fn parse(text: &str) -> Result<Json, JsonError> {
    let mut scanner = Scanner { text, at: 0 };
    scanner.skip_blanks();
    let value = scanner.value(0)?;
    scanner.skip_blanks();
    if scanner.at < text.len() {
        return Err(scanner.error("Extra data", scanner.at));
    }
    Ok(value)
}

/// From this number of members on places are looked up.
const MANY: usize = 16;

/// The members of a map that is being read.
#[derive(Default)]
struct Members {
    list: Vec<(String, Json)>,
    /// Where each name stands, once there are many.
    places: HashMap<String, usize>,
}

impl Members {
    /// Of members of one name the last value and the first place count.
    fn insert(&mut self, name: String, value: Json) {
        if self.list.len() < MANY {
            return insert(&mut self.list, name, value);
        }
        if self.places.is_empty() {
            let names = self.list.iter().map(|(name, _)| name.clone());
            self.places = names.zip(0..).collect();
        }
        match self
            .places
            .get(&name)
            .and_then(|place| self.list.get_mut(*place))
        {
            Some((_, old)) => *old = value,
            None => {
                self.places.insert(name.clone(), self.list.len());
                self.list.push((name, value));
            }
        }
    }
}

struct Scanner<'a> {
    text: &'a str,
    /// Byte position.
    at: usize,
}

impl Scanner<'_> {
    fn error(&self, reason: &'static str, at: usize) -> JsonError {
        let before = self.text.get(..at).unwrap_or(self.text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        JsonError {
            reason,
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            character: before.chars().count(),
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn skip_blanks(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.at += 1;
        }
    }

    /// Takes `word` if it comes next.
    fn take(&mut self, word: &str) -> bool {
        let comes = self.text[self.at..].starts_with(word);
        if comes {
            self.at += word.len();
        }
        comes
    }

    fn value(&mut self, depth: usize) -> Result<Json, JsonError> {
        if depth > DEEPEST {
            return Err(self.error(TOO_DEEP, self.at));
        }
        match self.peek() {
            Some(b'"') => self.string().map(Json::String),
            Some(b'{') => self.map(depth),
            Some(b'[') => self.list(depth),
            _ if self.take("null") => Ok(Json::Null),
            _ if self.take("true") => Ok(Json::Bool(true)),
            _ if self.take("false") => Ok(Json::Bool(false)),
            _ => self.number(),
        }
    }

    fn map(&mut self, depth: usize) -> Result<Json, JsonError> {
        let mut members = Members::default();
        self.at += 1;
        self.skip_blanks();
        if self.take("}") {
            return Ok(Json::Map(members.list));
        }
        loop {
            if self.peek() != Some(b'"') {
                let reason = "Expecting property name enclosed in double quotes";
                return Err(self.error(reason, self.at));
            }
            let name = self.string()?;
            self.skip_blanks();
            if !self.take(":") {
                return Err(self.error("Expecting ':' delimiter", self.at));
            }
            self.skip_blanks();
            let value = self.value(depth + 1)?;
            members.insert(name, value);
            if !self.goes_on("}", "Illegal trailing comma before end of object")? {
                return Ok(Json::Map(members.list));
            }
        }
    }

    fn list(&mut self, depth: usize) -> Result<Json, JsonError> {
        let mut elements = Vec::new();
        self.at += 1;
        self.skip_blanks();
        if self.take("]") {
            return Ok(Json::List(elements));
        }
        loop {
            elements.push(self.value(depth + 1)?);
            if !self.goes_on("]", "Illegal trailing comma before end of array")? {
                return Ok(Json::List(elements));
            }
        }
    }

    /// After an element: true at a comma, false at the end.
    fn goes_on(&mut self, end: &str, trailing: &'static str) -> Result<bool, JsonError> {
        self.skip_blanks();
        if self.take(end) {
            return Ok(false);
        }
        let comma = self.at;
        if !self.take(",") {
            return Err(self.error("Expecting ',' delimiter", comma));
        }
        self.skip_blanks();
        if self.text[self.at..].starts_with(end) {
            return Err(self.error(trailing, comma));
        }
        Ok(true)
    }

    fn string(&mut self) -> Result<String, JsonError> {
        let begin = self.at;
        self.at += 1;
        let mut text = String::new();
        loop {
            let rest = &self.text[self.at..];
            let plain = rest
                .find(|character: char| character < ' ' || character == '"' || character == '\\')
                .ok_or_else(|| self.error("Unterminated string starting at", begin))?;
            text.push_str(&rest[..plain]);
            self.at += plain;
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(text);
                }
                Some(b'\\') => text.push(self.escape(begin)?),
                _ => return Err(self.error("Invalid control character at", self.at)),
            }
        }
    }

    fn escape(&mut self, begin: usize) -> Result<char, JsonError> {
        let backslash = self.at;
        self.at += 1;
        let Some(letter) = self.peek() else {
            return Err(self.error("Unterminated string starting at", begin));
        };
        self.at += 1;
        Ok(match letter {
            b'"' | b'\\' | b'/' => char::from(letter),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => return self.unicode_escape(backslash + 1),
            _ => return Err(self.error("Invalid \\escape", backslash)),
        })
    }

    /// After `\u`: one character, of two escapes if they are a pair. Half a pair cannot be kept and becomes U+FFFD.
    fn unicode_escape(&mut self, place: usize) -> Result<char, JsonError> {
        let high = self.four_digits(place)?;
        if !(0xD800..0xDC00).contains(&high) {
            return Ok(char::from_u32(high).unwrap_or(char::REPLACEMENT_CHARACTER));
        }
        let after_high = self.at;
        if self.take("\\u") {
            let low = self.four_digits(after_high + 1)?;
            if (0xDC00..0xE000).contains(&low) {
                let code = 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
                return Ok(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            self.at = after_high;
        }
        Ok(char::REPLACEMENT_CHARACTER)
    }

    fn four_digits(&mut self, place: usize) -> Result<u32, JsonError> {
        let digits = self
            .text
            .get(self.at..self.at + 4)
            .filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
            .ok_or_else(|| self.error("Invalid \\uXXXX escape", place))?;
        self.at += 4;
        Ok(u32::from_str_radix(digits, 16).unwrap_or_default())
    }

    fn number(&mut self) -> Result<Json, JsonError> {
        for word in ["NaN", "Infinity", "-Infinity"] {
            if self.take(word) {
                return Ok(Json::Number(word.into()));
            }
        }
        let begin = self.at;
        let negative = self.take("-");
        let whole = self.digits();
        if whole == 0 {
            self.at = begin;
            return Err(self.error("Expecting value", begin));
        }
        if self.text[begin + usize::from(negative)..].starts_with('0') {
            self.at = begin + usize::from(negative) + 1;
        }
        let whole_end = self.at;
        self.optional_part(".", &[]);
        self.optional_part("e", &["+", "-"]);
        self.optional_part("E", &["+", "-"]);
        let text = &self.text[begin..self.at];
        if self.at == whole_end {
            return Ok(Json::Number(if text == "-0" { "0" } else { text }.into()));
        }
        Ok(Json::Number(python_float(text.parse().unwrap_or(f64::NAN))))
    }

    fn digits(&mut self) -> usize {
        let begin = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        self.at - begin
    }

    /// Takes `mark`, a sign and digits; nothing if the digits are missing.
    fn optional_part(&mut self, mark: &str, signs: &[&str]) {
        let begin = self.at;
        if !self.take(mark) {
            return;
        }
        let _ = signs.iter().any(|sign| self.take(sign));
        if self.digits() == 0 {
            self.at = begin;
        }
    }
}

/// A float as Python prints it: the shortest digits that read back, with an exponent from 1e16 on and below 1e-4.
pub fn python_float(number: f64) -> String {
    if number.is_nan() {
        return "NaN".into();
    }
    if number.is_infinite() {
        return if number > 0.0 {
            "Infinity"
        } else {
            "-Infinity"
        }
        .into();
    }
    let magnitude = number.abs();
    if number == 0.0 || (1e-4..1e16).contains(&magnitude) {
        let text = number.to_string();
        return if text.contains('.') {
            text
        } else {
            text + ".0"
        };
    }
    let text = format!("{number:e}");
    let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let (sign, exponent) = match exponent.strip_prefix('-') {
        Some(exponent) => ('-', exponent),
        None => ('+', exponent),
    };
    format!("{digits}e{sign}{exponent:0>2}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_have_pythons_words_and_places() {
        for (text, error) in [
            ("", "Expecting value: line 1 column 1 (char 0)"),
            (
                "{",
                "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)",
            ),
            (
                "{\"a\"",
                "Expecting ':' delimiter: line 1 column 5 (char 4)",
            ),
            ("{\"a\":", "Expecting value: line 1 column 6 (char 5)"),
            (
                "{\"workflowId\":\"w\"",
                "Expecting ',' delimiter: line 1 column 18 (char 17)",
            ),
            (
                "[1,]",
                "Illegal trailing comma before end of array: line 1 column 3 (char 2)",
            ),
            (
                "{\"a\":1,}",
                "Illegal trailing comma before end of object: line 1 column 7 (char 6)",
            ),
            (
                "[\n\"é\" x]",
                "Expecting ',' delimiter: line 2 column 5 (char 6)",
            ),
            (
                "\"abc",
                "Unterminated string starting at: line 1 column 1 (char 0)",
            ),
            (
                "\"a\nb\"",
                "Invalid control character at: line 1 column 3 (char 2)",
            ),
            (r#""\x""#, "Invalid \\escape: line 1 column 2 (char 1)"),
            (
                r#""\u12""#,
                "Invalid \\uXXXX escape: line 1 column 3 (char 2)",
            ),
            ("1 2", "Extra data: line 1 column 3 (char 2)"),
            ("01", "Extra data: line 1 column 2 (char 1)"),
            ("-", "Expecting value: line 1 column 1 (char 0)"),
        ] {
            let found = Json::parse(text).expect_err(text);
            assert_eq!(found.to_string(), error, "{text}");
        }
    }

    #[test]
    fn order_digits_and_characters_survive() {
        let value = Json::parse(
            r#"{"b": 1, "a": [true, null, 1.50, -0, 12345678901234567890], "b": "\ud83d\ude00\ud800"}"#,
        );
        let expected = Json::Map(vec![
            ("b".into(), "😀\u{fffd}".into()),
            (
                "a".into(),
                Json::List(vec![
                    Json::Bool(true),
                    Json::Null,
                    Json::Number("1.5".into()),
                    Json::Number("0".into()),
                    Json::Number("12345678901234567890".into()),
                ]),
            ),
        ]);
        assert_eq!(value, Ok(expected));
    }

    #[test]
    fn floats_are_printed_as_python_does() {
        for (number, text) in [
            (1000.0, "1000.0"),
            (1_326_592_619.474, "1326592619.474"),
            (1e16, "1e+16"),
            (1.5e-5, "1.5e-05"),
            (0.0001, "0.0001"),
            (-2.5e300, "-2.5e+300"),
            (0.0, "0.0"),
        ] {
            assert_eq!(python_float(number), text);
        }
    }

    #[test]
    fn many_members_keep_their_places() {
        let member = |number: usize| format!("\"{}\": {number}", number % 40);
        let text: Vec<String> = (0..100).map(member).collect();
        let Ok(Json::Map(members)) = Json::parse(&format!("{{{}}}", text.join(","))) else {
            panic!("a map");
        };
        let names: Vec<String> = members.iter().map(|(name, _)| name.clone()).collect();
        assert_eq!(names, (0..40).map(|n| n.to_string()).collect::<Vec<_>>());
        assert_eq!(members[5].1, Json::Number("85".into()));
        assert_eq!(members[39].1, Json::Number("79".into()));
    }

    #[test]
    fn deep_nesting_is_an_error() {
        let deep = Json::parse(&"[".repeat(100_000));
        assert!(deep.is_err_and(|error| error.is_too_deep()));
    }
}
