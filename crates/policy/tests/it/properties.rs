//! What holds for any policy and any question.

use std::sync::Arc;

use everbeat_policy::{Policies, Policy, Question, fold_key};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use crate::support::{ask, facts};

const ACTIONS: [&str; 6] = [
    "*",
    "swf:*",
    "swf:Start*",
    "swf:StartTimer",
    "iam:PassRole",
    "s3:GetObject",
];
const RESOURCE: &str = "arn:aws:swf:us-east-1:1:/domain/a";
const RESOURCES: [&str; 7] = [
    "*",
    "arn:aws:swf",
    "arn:aws:swf:*:*:/domain/a",
    "arn:aws:swf:us-east-1:1:/domain/*",
    "arn:aws:swf:*:*:/domain/${aws:username}",
    "${aws:PrincipalArn}",
    "arn:aws:swf:*:*:/domain/${aws:userid, 'a'}",
];
const QUANTIFIERS: [&str; 3] = ["", "ForAllValues:", "ForAnyValue:"];
const OPERATORS: [(&str, &str); 10] = [
    ("StringEquals", "a"),
    ("StringNotLike", "${aws:userid}*"),
    ("StringEqualsIgnoreCase", "A"),
    ("NumericLessThan", "5"),
    ("DateGreaterThan", "2026-01-01"),
    ("Bool", "true"),
    ("BinaryEquals", "YQ=="),
    ("IpAddress", "10.0.0.0/8"),
    ("NotIpAddress", "::1/64"),
    ("ArnNotLike", "arn:aws:*"),
];
const KEYS: [&str; 5] = [
    "aws:username",
    "aws:userid",
    "aws:TagKeys",
    "aws:PrincipalArn",
    "swf:name",
];
const VALUES: [&str; 7] = [
    "a",
    "",
    "5",
    "true",
    "10.0.0.1",
    "arn:aws:swf:us-east-1:1:/domain/a",
    "ä*",
];

fn condition() -> impl Strategy<Value = Value> {
    let parts = (
        select(&QUANTIFIERS),
        select(&OPERATORS),
        any::<bool>(),
        select(&KEYS),
    );
    let one = parts.prop_map(|(quantifier, (operator, value), if_exists, key)| {
        let suffix = if if_exists { "IfExists" } else { "" };
        (
            format!("{quantifier}{operator}{suffix}"),
            json!({key: value}),
        )
    });
    prop::collection::vec(one, 0..3).prop_map(|blocks| blocks.into_iter().collect())
}

fn statement() -> impl Strategy<Value = Value> {
    let lists = (
        prop::collection::vec(select(&ACTIONS), 1..3),
        prop::collection::vec(select(&RESOURCES), 1..3),
    );
    (any::<[bool; 3]>(), lists, condition()).prop_map(|(flags, (actions, resources), condition)| {
        let [allow, not_action, not_resource] = flags;
        json!({
            "Effect": if allow { "Allow" } else { "Deny" },
            if not_action { "NotAction" } else { "Action" }: actions,
            if not_resource { "NotResource" } else { "Resource" }: resources,
            "Condition": condition,
        })
    })
}

fn statements() -> impl Strategy<Value = Vec<Value>> {
    prop::collection::vec(statement(), 1..5)
}

fn context() -> impl Strategy<Value = Value> {
    let value = prop_oneof![
        select(&VALUES).prop_map(|value| json!(value)),
        prop::collection::vec(select(&VALUES), 0..3).prop_map(|values| json!(values)),
    ];
    prop::collection::vec((select(&KEYS), value), 0..5).prop_map(|facts| {
        facts
            .into_iter()
            .map(|(key, value)| (key.to_owned(), value))
            .collect()
    })
}

fn read(statements: &[Value]) -> Arc<Policy> {
    let document = json!({"Version": "2012-10-17", "Statement": statements}).to_string();
    Arc::new(Policy::read("p", &document).expect("a policy").0)
}

fn is_allowed(statements: &[Value], context: &Value) -> bool {
    let policies = Policies {
        identity: vec![read(statements)],
        ..Policies::default()
    };
    ask(&policies, "swf:StartTimer", RESOURCE, &facts(context)).is_allowed()
}

proptest! {
    #[test]
    fn a_deny_more_never_widens(
        statements in statements(), mut more in statement(), context in context(), at in any::<prop::sample::Index>(),
    ) {
        more["Effect"] = json!("Deny");
        let mut longer = statements.clone();
        longer.insert(at.index(statements.len() + 1), more);
        prop_assert!(is_allowed(&statements, &context) || !is_allowed(&longer, &context));
    }

    #[test]
    fn an_allow_more_never_narrows(statements in statements(), mut more in statement(), context in context()) {
        more["Effect"] = json!("Allow");
        let mut longer = statements.clone();
        longer.push(more);
        prop_assert!(!is_allowed(&statements, &context) || is_allowed(&longer, &context));
    }

    #[test]
    fn without_open_keys_no_value_of_them_changes_the_verdict(
        statements in statements(), context in context(), hidden in prop::sample::subsequence(&KEYS, 1..3),
    ) {
        let mut known = context.clone();
        known.as_object_mut().expect("an object").retain(|key, _| !hidden.contains(&key.as_str()));
        let policies = Policies { identity: vec![read(&statements)], ..Policies::default() };
        let question = Question { action: "swf:StartTimer", resource: RESOURCE, facts: &facts(&known) };
        let open = policies.open_keys(&question, &|key| hidden.iter().any(|hidden| fold_key(hidden) == key));
        prop_assert!(
            !open.is_empty() || is_allowed(&statements, &context) == is_allowed(&statements, &known)
        );
    }

    #[test]
    fn order_is_irrelevant(
        (statements, shuffled) in statements().prop_flat_map(|all| (Just(all.clone()), Just(all).prop_shuffle())),
        context in context(),
    ) {
        prop_assert_eq!(is_allowed(&statements, &context), is_allowed(&shuffled, &context));
    }

    #[test]
    fn a_boundary_and_a_session_never_widen(
        own in statements(), boundary in statements(), session in statements(), context in context(),
    ) {
        let policies = Policies {
            identity: vec![read(&own)],
            boundary: Some(read(&boundary)),
            session: vec![read(&session)],
        };
        let resource = "arn:aws:swf:us-east-1:1:/domain/a";
        let bounded = ask(&policies, "swf:StartTimer", resource, &facts(&context));
        let expected = [&own, &boundary, &session].iter().all(|set| is_allowed(set, &context));
        prop_assert_eq!(bounded.is_allowed(), expected);
    }

    #[test]
    fn no_text_makes_reading_panic(text in ".{0,200}") {
        let _ = Policy::read("p", &text);
    }

    #[test]
    fn no_value_makes_reading_or_answering_panic(
        mut statement in statement(), path in select(&["Action", "Resource", "Effect", "Condition", "Sid"]),
        value in prop_oneof![
            "\\PC{0,40}".prop_map(Value::from),
            r"(\$\{|\}|'|,|:|\*|\?|[a-z]|aws:username){0,12}".prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            Just(json!([[]])), Just(json!(null)), Just(json!({"Bool": {"aws:username": {}}})),
        ],
        key in "\\PC{0,20}", text in "\\PC{0,60}", context in context(),
    ) {
        statement[path] = value.clone();
        let mut documents = vec![statement.clone()];
        statement["Condition"] = json!({"StringLike": {"aws:username": value.clone()}, "Bool": {key: value}});
        documents.push(statement);
        for document in documents {
            let document = json!({"Version": "2012-10-17", "Statement": document}).to_string();
            if let Ok((policy, _)) = Policy::read("p", &document) {
                let policies = Policies { identity: vec![Arc::new(policy)], ..Policies::default() };
                let verdict = ask(&policies, &text, &text, &facts(&context));
                prop_assert!(!verdict.to_string().is_empty());
            }
        }
    }
}
