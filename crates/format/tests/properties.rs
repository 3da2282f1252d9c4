//! What holds for all values and all texts.

use everbeat_format::{table, text, yaml};
use everbeat_json::{Json, insert, python_float};
use proptest::prelude::*;

/// Characters that mean something in YAML or to the emitter, and all others.
fn string() -> impl Strategy<Value = String> {
    let character = prop_oneof![
        4 => proptest::sample::select("ab -?:,[]{}#&*!|>'\"%@`~=<\\/01_.eoxTZ+\n\r\t\0\u{7f}\u{85}\u{a0}\u{2028}\u{feff}\u{ffff}é日😀".chars().collect::<Vec<_>>()),
        1 => any::<char>(),
    ];
    prop_oneof![
        proptest::collection::vec(character.clone(), 0..12),
        proptest::collection::vec(prop_oneof![3 => character, 1 => Just(' ')], 60..200),
    ]
    .prop_map(|characters| characters.into_iter().collect())
}

fn value() -> impl Strategy<Value = Json> {
    let scalar = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::Bool),
        any::<i64>().prop_map(|number| Json::Number(number.to_string())),
        any::<f64>().prop_map(|number| Json::Number(python_float(number))),
        string().prop_map(Json::String),
    ];
    scalar.prop_recursive(5, 40, 5, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(Json::List),
            proptest::collection::vec((string(), inner), 0..5).prop_map(map),
        ]
    })
}

fn map(pairs: Vec<(String, Json)>) -> Json {
    let mut members = Vec::new();
    for (name, value) in pairs {
        insert(&mut members, name, value);
    }
    Json::Map(members)
}

/// With the members in the order in which YAML is written.
fn sorted(value: &Json) -> Json {
    match value {
        Json::List(elements) => Json::List(elements.iter().map(sorted).collect()),
        Json::Map(members) => {
            let mut members: Vec<(String, Json)> = members
                .iter()
                .map(|(name, value)| (name.clone(), sorted(value)))
                .collect();
            members.sort_by(|(one, _), (other, _)| one.cmp(other));
            Json::Map(members)
        }
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::Foreign(_) => {
            value.clone()
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    #[test]
    fn yaml_reads_back(value in value()) {
        let document = yaml::stream_element(&value);
        let expected = Json::List(vec![sorted(&value)]);
        prop_assert_eq!(yaml::read(&document), Ok(expected), "{}", document);
    }

    #[test]
    fn every_line_of_a_table_is_closed(value in value(), width in 0_usize..200) {
        if let Ok(pieces) = table::write("Title", &value, width, false) {
            prop_assert!(pieces.is_empty() || pieces.len() % 4 == 1);
            prop_assert!(pieces.last().is_none_or(|piece| piece == "\n"));
        }
        let mut out = String::new();
        if text::write(&value, &mut out).is_ok() {
            prop_assert!(out.is_empty() || out.ends_with('\n'));
        }
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in string(), cut in any::<prop::sample::Index>()) {
        let _ = yaml::read(&text);
        // A part of something that is YAML comes deeper into the parser.
        let document = yaml::document(&Json::List(vec![Json::String(text), Json::Null]));
        let end = document.floor_char_boundary(cut.index(document.len()));
        let _ = yaml::read(&document[..end]);
    }
}

fn nested(depth: usize) -> Json {
    (0..depth).fold(Json::Number("1".into()), |inner, level| {
        if level % 2 == 0 {
            Json::List(vec![inner])
        } else {
            Json::Map(vec![("k".into(), inner)])
        }
    })
}

#[test]
fn deep_values_are_printed_and_read() {
    let value = nested(499);
    assert_eq!(yaml::read(&yaml::document(&value)), Ok(value.clone()));
    assert!(table::write("Title", &value, 80, true).is_ok());
    assert!(text::write(&value, &mut String::new()).is_ok());
}

#[test]
fn growth_is_bounded() {
    for open in ["[", "{a: ", "- "] {
        assert!(yaml::read(&open.repeat(100_000)).is_err(), "{open}");
    }
    let mut laughs = "a0: &a0 [lol, lol]\n".to_owned();
    for level in 1..40 {
        let below = format!("*a{}", level - 1);
        laughs.push_str(&format!("a{level}: &a{level} [{below}, {below}]\n"));
    }
    assert!(yaml::read(&laughs).is_err());
}
