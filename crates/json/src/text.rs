//! JSON as Python's encoder writes it (cli.md sections 9 and 14.2).

use crate::Json;

/// What happens to characters beyond ASCII.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NonAscii {
    /// Written as they are: results.
    Raw,
    /// Written as `\uXXXX`: requests and skeletons.
    Escaped,
}

/// Indented by four blanks, without a newline at the end.
pub fn pretty(value: &Json, non_ascii: NonAscii) -> String {
    let mut writer = Writer {
        out: String::new(),
        non_ascii,
        indent: Some(4),
    };
    writer.value(value, 0);
    writer.out
}

/// On one line, for the wire and for tokens.
pub fn compact(value: &Json) -> String {
    let mut writer = Writer {
        out: String::new(),
        non_ascii: NonAscii::Escaped,
        indent: None,
    };
    writer.value(value, 0);
    writer.out
}

struct Writer {
    out: String,
    non_ascii: NonAscii,
    indent: Option<usize>,
}

impl Writer {
    fn value(&mut self, value: &Json, depth: usize) {
        match value {
            Json::Null => self.out.push_str("null"),
            Json::Bool(true) => self.out.push_str("true"),
            Json::Bool(false) => self.out.push_str("false"),
            Json::Number(text) => self.out.push_str(text),
            Json::String(text) => self.string(text),
            Json::Foreign(foreign) => self.string(&foreign.in_json()),
            Json::List(elements) => self.nested('[', ']', depth, elements, |writer, element| {
                writer.value(element, depth + 1);
            }),
            Json::Map(members) => self.nested('{', '}', depth, members, |writer, (name, value)| {
                writer.string(name);
                writer.out.push_str(": ");
                writer.value(value, depth + 1);
            }),
        }
    }

    fn nested<T>(
        &mut self,
        open: char,
        close: char,
        depth: usize,
        items: &[T],
        mut write: impl FnMut(&mut Self, &T),
    ) {
        self.out.push(open);
        for (position, item) in items.iter().enumerate() {
            if position > 0 {
                self.out
                    .push_str(if self.indent.is_some() { "," } else { ", " });
            }
            self.line(depth + 1);
            write(self, item);
        }
        if !items.is_empty() {
            self.line(depth);
        }
        self.out.push(close);
    }

    fn line(&mut self, depth: usize) {
        if let Some(indent) = self.indent {
            self.out.push('\n');
            self.out.extend(std::iter::repeat_n(' ', indent * depth));
        }
    }

    fn string(&mut self, text: &str) {
        self.out.push('"');
        for character in text.chars() {
            match character {
                '"' => self.out.push_str("\\\""),
                '\\' => self.out.push_str("\\\\"),
                '\n' => self.out.push_str("\\n"),
                '\r' => self.out.push_str("\\r"),
                '\t' => self.out.push_str("\\t"),
                '\u{8}' => self.out.push_str("\\b"),
                '\u{c}' => self.out.push_str("\\f"),
                '\0'..' ' => self.escape(character),
                '\u{7f}'.. if self.non_ascii == NonAscii::Escaped => {
                    self.escape(character);
                }
                _ => self.out.push(character),
            }
        }
        self.out.push('"');
    }

    fn escape(&mut self, character: char) {
        let mut units = [0; 2];
        for unit in character.encode_utf16(&mut units) {
            self.out.push_str(&format!("\\u{unit:04x}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"{"a": [], "b": {}, "c": ["é😀\"\\\n\t\u0001\u007f", 1.5, {"d": null}]}"#;

    #[test]
    fn results_are_indented_and_keep_their_characters() {
        let value = Json::parse(TEXT).expect("good JSON");
        let expected = "{\n    \"a\": [],\n    \"b\": {},\n    \"c\": [\n        \
                        \"é😀\\\"\\\\\\n\\t\\u0001\u{7f}\",\n        1.5,\n        {\n            \
                        \"d\": null\n        }\n    ]\n}";
        assert_eq!(pretty(&value, NonAscii::Raw), expected);
    }

    #[test]
    fn requests_are_one_line_of_ascii() {
        let value = Json::parse(TEXT).expect("good JSON");
        let expected = "{\"a\": [], \"b\": {}, \"c\": [\"\\u00e9\\ud83d\\ude00\\\"\\\\\\n\\t\\u0001\\u007f\", \
                        1.5, {\"d\": null}]}";
        assert_eq!(compact(&value), expected);
        assert_eq!(Json::parse(expected), Ok(value));
    }
}
