//! From a value to a YAML document: block style, keys sorted by code point at every level.
//!
//! Every line is byte-equal to what libyaml 0.2.5 emits for the reference; `emitter` has its rules for scalars and blanks.

use everbeat_json::{DATE_TIME, Json, NonAscii, pretty};

use super::emitter::{Emitter, Mark};

/// Blanks per level.
const STEP: usize = 2;
/// A key of more bytes is written as `? key`.
const LONGEST_SIMPLE_KEY: usize = 128;

/// The document of a result, with a newline at the end: a scalar as JSON, an empty map as nothing at all.
pub fn document(value: &Json) -> String {
    match value {
        Json::Map(members) if members.is_empty() => String::new(),
        Json::Map(_) | Json::List(_) => {
            let mut writer = Writer::default();
            writer.root(value);
            writer.emitter.finish()
        }
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::Foreign(_) => {
            pretty(value, NonAscii::Raw) + "\n"
        }
    }
}

/// The document of one page in `yaml-stream`: a list of that element, empty maps included.
pub fn stream_element(value: &Json) -> String {
    document(&Json::List(vec![value.clone()]))
}

#[derive(Default)]
struct Writer {
    emitter: Emitter,
}

impl Writer {
    fn root(&mut self, value: &Json) {
        match value {
            Json::Map(members) => self.map(members, 0),
            Json::List(elements) => self.list(elements, 0),
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::Foreign(_) => {}
        }
    }

    /// The value of a key or an element of a list, in a collection that stands at `indent`.
    fn value(&mut self, value: &Json, indent: usize, in_map: bool) {
        let deeper = indent + STEP;
        match value {
            Json::Null => self.emitter.plain("null", deeper, true),
            Json::Bool(true) => self.emitter.plain("true", deeper, true),
            Json::Bool(false) => self.emitter.plain("false", deeper, true),
            Json::Number(number) => self.emitter.plain(yaml_number(number), deeper, true),
            Json::String(text) => self.emitter.text(text, deeper, true),
            Json::Foreign(foreign) if foreign.class == DATE_TIME => {
                self.emitter.plain(&foreign.str, deeper, true);
            }
            Json::Foreign(foreign) => self.emitter.text(&foreign.str, deeper, true),
            Json::Map(members) => self.map(members, deeper),
            // A list that begins behind `key:` stands at the column of the key.
            Json::List(elements) if in_map && !self.emitter.is_indented() => {
                self.list(elements, indent);
            }
            Json::List(elements) => self.list(elements, deeper),
        }
    }

    fn map(&mut self, members: &[(String, Json)], indent: usize) {
        if members.is_empty() {
            self.emitter.mark(Mark::MapStart);
            self.emitter.mark(Mark::MapEnd);
            return;
        }
        let mut sorted: Vec<&(String, Json)> = members.iter().collect();
        sorted.sort_unstable_by_key(|(key, _)| key);
        for (key, value) in sorted {
            self.emitter.indent_to(indent);
            if is_simple_key(key) {
                self.emitter.text(key, indent + STEP, false);
                self.emitter.mark(Mark::SimpleValue);
            } else {
                self.emitter.mark(Mark::Key);
                self.emitter.text(key, indent + STEP, true);
                self.emitter.indent_to(indent);
                self.emitter.mark(Mark::Value);
            }
            self.value(value, indent, true);
        }
    }

    fn list(&mut self, elements: &[Json], indent: usize) {
        if elements.is_empty() {
            self.emitter.mark(Mark::ListStart);
            self.emitter.mark(Mark::ListEnd);
            return;
        }
        for element in elements {
            self.emitter.indent_to(indent);
            self.emitter.mark(Mark::Element);
            self.value(element, indent, false);
        }
    }
}

fn is_simple_key(key: &str) -> bool {
    key.len() <= LONGEST_SIMPLE_KEY && !key.contains(super::emitter::is_break)
}

/// A number's text, which is Python's, in YAML.
fn yaml_number(text: &str) -> &str {
    match text {
        "NaN" => ".nan",
        "Infinity" => ".inf",
        "-Infinity" => "-.inf",
        finite => finite,
    }
}
