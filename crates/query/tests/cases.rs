//! What the reference does with a table of queries, recorded by `record.py` into `data/cases.json`.

use everbeat_json::Json;
use everbeat_query::Query;

const CASES: &str = include_str!("data/cases.json");

/// Expression references as the record has them.
fn as_recorded(value: Json) -> Json {
    match value {
        Json::Foreign(foreign) => Json::String(foreign.str),
        Json::List(elements) => Json::List(elements.into_iter().map(as_recorded).collect()),
        Json::Map(members) => Json::Map(
            members
                .into_iter()
                .map(|(name, value)| (name, as_recorded(value)))
                .collect(),
        ),
        other => other,
    }
}

fn outcome(query: &str, value: &Json) -> (&'static str, Json) {
    let query = match Query::compile(query) {
        Ok(query) => query,
        Err(error) => return ("compile", Json::String(error.to_string())),
    };
    match query.search(value) {
        Ok(result) => ("result", as_recorded(result)),
        Err(error) => ("search", Json::String(error.to_string())),
    }
}

fn list(value: &Json) -> &[Json] {
    let Json::List(elements) = value else {
        panic!("no list: {value:?}");
    };
    elements
}

#[test]
fn queries_do_what_the_reference_does() {
    let groups = Json::parse(CASES).expect("good JSON");
    let mut differences = Vec::new();
    let mut count = 0;
    for group in list(&groups) {
        let value = group.get("value").expect("a value");
        for case in list(group.get("cases").expect("cases")) {
            let [query, kind, expected] = list(case) else {
                panic!("no case: {case:?}");
            };
            let query = query.as_str().expect("a text");
            let (found_kind, found) = outcome(query, value);
            count += 1;
            if Some(found_kind) != kind.as_str() || found != *expected {
                differences.push(format!(
                    "{query}\n  {kind:?} {expected:?}\n  {found_kind} {found:?}"
                ));
            }
        }
    }
    assert!(count > 500, "{count} cases");
    assert!(
        differences.is_empty(),
        "{} of {count} differ:\n{}",
        differences.len(),
        differences.join("\n")
    );
}
