//! Policy documents: read, and if they are good, asked.

#![no_main]

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use everbeat_policy::{Policies, Policy, Question, Value, fold_key};
use libfuzzer_sys::fuzz_target;

const DENY_ALL: &str =
    r#"{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}"#;
/// So many of the texts in a document are made actions and resources.
const WORDS: usize = 6;

fuzz_target!(|input: &[u8]| {
    let Ok(input) = std::str::from_utf8(input) else {
        return;
    };
    let (document, questions) = input.split_once("\n---\n").unwrap_or((input, ""));
    if let Ok((policy, _)) = Policy::read("fuzzed", document) {
        ask(Arc::new(policy), document, questions);
    }
});

fn ask(policy: Arc<Policy>, document: &str, questions: &str) {
    let mut lines = questions.lines();
    let (action, resource) = lines
        .next()
        .and_then(|line| line.split_once(' '))
        .unwrap_or((
            "swf:ListDomains",
            "arn:aws:swf:us-east-1:123456789012:/domain/*",
        ));
    let facts = facts(lines);
    check(&policy, action, resource, &facts);
    // Texts of the document itself come near to what it says.
    let words: Vec<&str> = document.split('"').skip(1).step_by(2).take(WORDS).collect();
    for action in &words {
        for resource in &words {
            check(&policy, action, resource, &facts);
        }
    }
}

/// A key given twice has many values.
fn facts<'a>(lines: impl Iterator<Item = &'a str>) -> BTreeMap<String, Value<'a>> {
    let mut facts: BTreeMap<String, Value<'a>> = BTreeMap::new();
    for (key, value) in lines.filter_map(|line| line.split_once('=')) {
        let value = Cow::Borrowed(value);
        let key = fold_key(key);
        let values = match facts.remove(&key) {
            None => Value::One(value),
            Some(Value::One(first)) => Value::Many(vec![first, value]),
            Some(Value::Many(mut values)) => {
                values.push(value);
                Value::Many(values)
            }
        };
        facts.insert(key, values);
    }
    facts
}

fn check(policy: &Arc<Policy>, action: &str, resource: &str, facts: &BTreeMap<String, Value<'_>>) {
    let question = Question {
        action,
        resource,
        facts,
    };
    let is_allowed = |policies: Policies| policies.evaluate(&question).is_allowed();
    let alone = || Policies {
        identity: vec![Arc::clone(policy)],
        ..Policies::default()
    };
    let answer = is_allowed(alone());
    let twice = Policies {
        identity: vec![Arc::clone(policy); 2],
        ..Policies::default()
    };
    assert_eq!(is_allowed(twice), answer);
    let within_itself = Policies {
        boundary: Some(Arc::clone(policy)),
        session: vec![Arc::clone(policy)],
        ..alone()
    };
    assert_eq!(is_allowed(within_itself), answer);
    let (deny_all, _) = Policy::read("deny", DENY_ALL).expect("a good policy");
    let denied = Policies {
        session: vec![Arc::new(deny_all)],
        ..alone()
    };
    assert!(!is_allowed(denied));
    assert!(!is_allowed(Policies::default()));
}
