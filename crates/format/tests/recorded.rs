//! What the reference prints and reads, recorded by `record.py`: every value and text of `data/formats.json` must come out
//! byte-equal. The environment variable `EVERBEAT_FORMATS` names another recording, for a run over many more.

use std::collections::BTreeSet;
use std::path::PathBuf;

use everbeat_format::{FormatError, table, text, yaml};
use everbeat_json::{Json, insert};

fn recording() -> Json {
    let path = std::env::var_os("EVERBEAT_FORMATS").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/formats.json"),
        PathBuf::from,
    );
    let recording = std::fs::read_to_string(path).expect("the recording is there");
    Json::parse(&recording).expect("the recording is JSON")
}

fn list<'a>(value: &'a Json, name: &str) -> &'a [Json] {
    match value.get(name) {
        Some(Json::List(elements)) => elements,
        other => panic!("{name} is no list: {other:?}"),
    }
}

fn string<'a>(value: &'a Json, name: &str) -> &'a str {
    value.get(name).and_then(Json::as_str).expect(name)
}

/// Fails with the first differences and their number.
fn assert_none(differences: Vec<String>, of: usize) {
    let count = differences.len();
    let shown: String = differences.into_iter().take(12).collect();
    assert_eq!(count, 0, "{count} of {of} differ:\n{shown}");
    assert!(of > 200, "only {of} cases");
}

/// The description of a difference, if there is one.
fn compare<T: PartialEq + std::fmt::Debug>(value: &Json, found: T, expected: T) -> Option<String> {
    (found != expected).then(|| format!("{value:?}\n  ours {found:?}\n  ref  {expected:?}\n"))
}

#[test]
fn text_is_as_recorded() {
    let recording = recording();
    let cases = list(&recording, "printed");
    let differences = cases.iter().filter_map(|case| {
        let value = case.get("value").expect("a value");
        let recorded = case.get("text").expect("a text");
        let mut out = String::new();
        let failed = text::write(value, &mut out).is_err();
        let expected = (
            string(recorded, "out").to_owned(),
            recorded.get("failed") == Some(&Json::Bool(true)),
        );
        compare(value, (out, failed), expected)
    });
    assert_none(differences.collect(), cases.len());
}

#[test]
fn tables_are_as_recorded() {
    let recording = recording();
    let title = string(&recording, "title");
    let cases = list(&recording, "printed");
    let differences = cases.iter().flat_map(|case| {
        let value = case.get("value").expect("a value");
        let tables = list(case, "tables").iter();
        tables.filter_map(move |recorded| {
            let Some(Json::Number(width)) = recorded.get("width") else {
                panic!("a width");
            };
            let width = width.parse().expect("a number");
            let colour = recorded.get("colour") == Some(&Json::Bool(true));
            let pieces =
                |pieces: Vec<String>| Json::List(pieces.into_iter().map(Json::String).collect());
            let found = match table::write(title, value, width, colour) {
                Ok(found) => Ok(pieces(found)),
                Err(error @ FormatError::RowLength { .. }) => Err(Json::String(error.to_string())),
                Err(FormatError::MixedList | FormatError::HeaderLength) => Err(Json::Null),
            };
            let expected = match recorded.get("out") {
                Some(pieces) => Ok(pieces.clone()),
                None => Err(recorded.get("error").expect("an error").clone()),
            };
            compare(value, found, expected)
        })
    });
    assert_none(differences.collect(), cases.len());
}

#[test]
fn yaml_is_as_recorded() {
    let recording = recording();
    let cases = list(&recording, "printed");
    let differences = cases.iter().filter_map(|case| {
        let value = case.get("value").expect("a value");
        let found = (yaml::document(value), yaml::stream_element(value));
        let expected = (
            string(case, "yaml").to_owned(),
            string(case, "yaml-stream").to_owned(),
        );
        compare(value, found, expected)
    });
    assert_none(differences.collect(), cases.len());
}

/// A value as the recording has it.
fn plain(value: &Json) -> Json {
    match value {
        Json::List(elements) => Json::List(elements.iter().map(plain).collect()),
        Json::Map(members) => {
            let mut plain_members = Vec::new();
            for (name, member) in members {
                insert(&mut plain_members, name.clone(), plain(member));
            }
            Json::Map(plain_members)
        }
        Json::Foreign(foreign) => Json::Map(vec![
            ("class".into(), foreign.class.into()),
            ("str".into(), foreign.str.as_str().into()),
            ("repr".into(), foreign.repr.as_str().into()),
        ]),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => value.clone(),
    }
}

/// Texts of the recording that libyaml's parser takes otherwise than the reference's own one. In a recording of more
/// texts there are more of these kinds.
const READ_OTHERWISE: &[&str] = &[
    // Directives of other versions and names.
    "%YAML 1.3\n---\na: 1\n",
    "%FOO bar\n---\na\n",
    // Empty keys, and collections as keys.
    ":",
    ":\n",
    ": a",
    "- :",
    ": [2024-01-02T03:04:5Z]",
    "[?]",
    "[? ]",
    "? [a, b]\n: c\n",
    "[a]: b\n",
    "[]: a\n",
    // Colons at the edges of plain texts in brackets, and an anchor without a name.
    "[:]",
    "[:x]",
    "[x:]",
    "- {a:017, a:?x}\n",
    "&: a\n",
    "&: a\né",
    // Tabs between tokens: taken, while the reference refuses them.
    "a:\tb\n",
    "a: b\t\n",
    // U+0085 and U+2028 are line breaks.
    "a: \u{85}b\n",
    "a: b\u{85}c: d\n",
    "a: b\u{2028}c: d\n",
    // Escaped surrogates, and what is beyond Unicode.
    "a: \"\\uD83D\\uDE00\"\n",
    "a: \"\\U00110000\"\n",
    // A block that is a whole document without indentation, two document ends, a value in itself, ordered maps.
    ">+\none\ntwo\n\n  more\nend\n",
    "|-\none\n  two\n\nthree\n",
    "a: x\n...\n...\n",
    "a: &x [*x]\n",
    "!!omap [a: 1]",
];

#[test]
fn yaml_is_read_as_recorded() {
    let recording = recording();
    let cases = list(&recording, "read");
    let mut otherwise = BTreeSet::new();
    for case in cases {
        let text = string(case, "text");
        let found = match yaml::read(text) {
            Ok(value) => format!("{:?}", plain(&value)),
            Err(yaml::YamlError::Invalid(_)) => "invalid".into(),
            Err(yaml::YamlError::Value(error)) => format!("error {error:?}"),
        };
        let expected = match (case.get("value"), case.get("error")) {
            (Some(value), _) => format!("{value:?}"),
            (None, Some(Json::String(error))) => format!("error {error:?}"),
            (None, _) => "invalid".into(),
        };
        if found != expected {
            otherwise.insert(text);
        }
    }
    assert!(cases.len() > 200);
    assert_eq!(otherwise, READ_OTHERWISE.iter().copied().collect());
}
