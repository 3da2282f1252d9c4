//! Conditions: every operator, absent and multiple values, quantifiers and variables (protocol 7.2).

use everbeat_policy::Policies;
use serde_json::{Value, json};

use crate::support::{DOMAIN, ask, facts, identity};

const ACTION: &str = "swf:StartWorkflowExecution";

fn guarded(effect: &str, condition: &Value) -> Policies {
    let document = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": effect, "Action": "*", "Resource": "*", "Condition": condition},
    ]});
    identity(&[&document.to_string()])
}

/// Whether an Allow with this condition applies.
fn holds(condition: &Value, context: &Value) -> bool {
    let policies = guarded("Allow", condition);
    ask(&policies, ACTION, DOMAIN, &facts(context)).is_allowed()
}

/// Whether a Deny with this condition applies.
fn denies(condition: &Value, context: &Value) -> bool {
    let policies = guarded("Deny", condition);
    ask(&policies, ACTION, DOMAIN, &facts(context)).is_explicit_deny()
}

#[test]
fn operators_compare() {
    let now = "2026-11-23T03:00:00Z";
    for (operator, key, expected, fitting, other) in [
        ("StringEquals", "aws:username", json!("a*"), "a*", "ab"),
        (
            "StringNotEquals",
            "aws:username",
            json!(["a", "b"]),
            "c",
            "b",
        ),
        (
            "StringEqualsIgnoreCase",
            "aws:username",
            json!("Bob"),
            "bOB",
            "rob",
        ),
        (
            "StringNotEqualsIgnoreCase",
            "aws:username",
            json!("Bob"),
            "rob",
            "BOB",
        ),
        (
            "StringLike",
            "aws:username",
            json!(["x", "b?b*"]),
            "bobby",
            "Bobby",
        ),
        ("StringNotLike", "aws:username", json!("b*"), "abc", "bac"),
        ("NumericEquals", "aws:EpochTime", json!(5), "5.0", "5.1"),
        (
            "NumericNotEquals",
            "aws:EpochTime",
            json!(["5", 6]),
            "7",
            "6",
        ),
        ("NumericLessThan", "aws:EpochTime", json!("10"), "9", "10"),
        (
            "NumericLessThanEquals",
            "aws:EpochTime",
            json!("10"),
            "10",
            "10.01",
        ),
        (
            "NumericGreaterThan",
            "aws:EpochTime",
            json!("-1"),
            "-0.5",
            "-1",
        ),
        (
            "NumericGreaterThanEquals",
            "aws:EpochTime",
            json!("10"),
            "10",
            "9.99",
        ),
        (
            "DateEquals",
            "aws:CurrentTime",
            json!("2026-11-23T04:00:00+01:00"),
            now,
            "2026-11-23",
        ),
        (
            "DateNotEquals",
            "aws:CurrentTime",
            json!(now),
            "2026-11-23",
            now,
        ),
        (
            "DateLessThan",
            "aws:CurrentTime",
            json!("2026-11-24"),
            now,
            "2026-11-24",
        ),
        (
            "DateLessThanEquals",
            "aws:CurrentTime",
            json!(now),
            now,
            "2026-11-24",
        ),
        (
            "DateGreaterThan",
            "aws:CurrentTime",
            json!("2026-01-01"),
            now,
            "2025-12-31",
        ),
        (
            "DateGreaterThanEquals",
            "aws:CurrentTime",
            json!(1),
            "1",
            "0",
        ),
        ("Bool", "aws:SecureTransport", json!(true), "true", "false"),
        (
            "Bool",
            "aws:SecureTransport",
            json!("false"),
            "false",
            "FALSE",
        ),
        ("BinaryEquals", "aws:userid", json!("a2V5"), "a2V5", "a2V6"),
        (
            "IpAddress",
            "aws:SourceIp",
            json!(["10.0.0.0/8", "::1"]),
            "10.1.2.3",
            "11.0.0.1",
        ),
        (
            "NotIpAddress",
            "aws:SourceIp",
            json!("10.0.0.0/8"),
            "11.0.0.1",
            "10.1.2.3",
        ),
        (
            "ArnEquals",
            "aws:PrincipalArn",
            json!("arn:aws:iam::*:user/a*"),
            "arn:aws:iam::1:user/al",
            "arn:aws:iam::1:role/al",
        ),
        (
            "ArnLike",
            "aws:PrincipalArn",
            json!("arn:aws:iam"),
            "arn:aws:iam::1:user/al",
            "alice",
        ),
        (
            "ArnNotEquals",
            "aws:PrincipalArn",
            json!("arn:aws:iam::1:role/*"),
            "arn:aws:iam::1:user/al",
            "arn:aws:iam::1:role/al",
        ),
        (
            "ArnNotLike",
            "aws:PrincipalArn",
            json!("arn:*"),
            "alice",
            "arn:aws:iam::1:role/al",
        ),
        ("Null", "aws:username", json!(false), "", ""),
    ] {
        let condition = json!({operator: {key: expected}});
        assert!(
            holds(&condition, &json!({key: fitting})),
            "{condition} {fitting}"
        );
        assert!(
            denies(&condition, &json!({key: fitting})),
            "{condition} {fitting}"
        );
        let is_other = operator != "Null" && holds(&condition, &json!({key: other}));
        assert!(!is_other, "{condition} {other}");
    }
}

#[test]
fn values_of_the_wrong_form_fit_nothing() {
    for (operator, value, expected) in [
        ("NumericEquals", "5", false),
        ("NumericNotEquals", "5", true),
        ("NumericLessThan", "5", false),
        ("DateGreaterThan", "2026-01-01", false),
        ("DateNotEquals", "2026-01-01", true),
        ("Bool", "true", false),
        ("BinaryEquals", "a2V5", false),
        ("IpAddress", "0.0.0.0/0", false),
        ("NotIpAddress", "0.0.0.0/0", true),
        ("ArnEquals", "arn:aws:*", false),
    ] {
        let condition = json!({operator: {"aws:username": value}});
        let context = json!({"aws:username": "?!"});
        assert_eq!(holds(&condition, &context), expected, "{condition}");
    }
}

#[test]
fn absent_keys() {
    for (operator, expected) in [
        ("StringEquals", false),
        ("StringNotEquals", true),
        ("StringEqualsIfExists", true),
        ("StringNotEqualsIfExists", true),
        ("ForAllValues:StringEquals", true),
        ("ForAnyValue:StringEquals", false),
        ("ForAnyValue:StringNotEquals", false),
        ("ForAnyValue:StringEqualsIfExists", true),
        ("ForAllValues:StringNotEqualsIfExists", true),
        ("Null", true),
    ] {
        let value = if operator == "Null" { "true" } else { "a" };
        let condition = json!({operator: {"aws:username": value}});
        assert_eq!(holds(&condition, &json!({})), expected, "{operator}");
    }
}

#[test]
fn several_values_of_the_request() {
    let none: [&str; 0] = [];
    for (operator, request, expected) in [
        ("ForAllValues:StringEquals", &["a", "b"][..], true),
        ("ForAllValues:StringEquals", &["a", "c"], false),
        ("ForAllValues:StringEquals", &none, true),
        ("ForAnyValue:StringEquals", &["c", "b"], true),
        ("ForAnyValue:StringEquals", &["c", "d"], false),
        ("ForAnyValue:StringEquals", &none, false),
        ("ForAnyValue:StringEqualsIfExists", &none, false),
        ("ForAllValues:StringNotEquals", &["c", "d"], true),
        ("ForAllValues:StringNotEquals", &["a", "d"], false),
        ("ForAnyValue:StringNotEquals", &["a", "d"], true),
        ("ForAnyValue:StringNotEquals", &["a", "b"], false),
        ("ForAllValues:StringEqualsIfExists", &["c"], false),
        ("StringEquals", &["c", "a"], true),
        ("StringNotEquals", &["c", "a"], false),
        ("StringNotEquals", &["c", "d"], true),
    ] {
        let condition = json!({operator: {"aws:TagKeys": ["a", "b"]}});
        let context = json!({"aws:TagKeys": request});
        assert_eq!(
            holds(&condition, &context),
            expected,
            "{operator} {request:?}"
        );
    }
    assert!(holds(
        &json!({"Null": {"aws:TagKeys": true}}),
        &json!({"aws:TagKeys": none})
    ));
}

#[test]
fn all_operators_and_keys_must_hold() {
    let condition = json!({
        "StringEquals": {"aws:username": "a", "swf:name": "n"},
        "StringLike": {"swf:version": "1*"},
    });
    let context = json!({"aws:username": "a", "swf:name": "n", "swf:version": "1.0"});
    assert!(holds(&condition, &context));
    for key in ["aws:username", "swf:name", "swf:version"] {
        let mut less = context.clone();
        less[key] = json!("other");
        assert!(!holds(&condition, &less), "{key}");
    }
}

#[test]
fn names_of_keys_have_no_case() {
    let condition = json!({"StringEquals": {"AWS:REQUESTTAG/Team": "${Aws:UserName}"}});
    let context = json!({"aws:RequestTag/TEAM": "blue", "aws:username": "blue"});
    assert!(holds(&condition, &context));
    assert!(!holds(
        &condition,
        &json!({"aws:RequestTag/TEAM": "Blue", "aws:username": "blue"})
    ));
}

#[test]
fn a_variable_without_a_value() {
    for (operator, values, allow, deny) in [
        ("StringEquals", json!("${aws:userid}"), false, false),
        ("StringEquals", json!(["x", "${aws:userid}"]), false, true),
        ("StringNotEquals", json!("${aws:userid}"), false, true),
        ("StringEqualsIfExists", json!("${aws:userid}"), false, false),
        ("StringLike", json!("${aws:userid, 'x'}"), true, true),
        ("ArnLike", json!("${aws:userid}"), false, false),
    ] {
        let condition = json!({operator: {"aws:username": values}});
        let context = json!({"aws:username": "x"});
        assert_eq!(holds(&condition, &context), allow, "{condition}");
        assert_eq!(denies(&condition, &context), deny, "{condition}");
    }
}

#[test]
fn a_variable_in_a_resource_without_a_value() {
    let policies = |effect: &str, element: &str| {
        let resource = "arn:aws:swf:*:*:/domain/${aws:username}";
        let statement = json!({"Effect": effect, "Action": "*", element: [resource]});
        let document = json!({"Version": "2012-10-17", "Statement": statement});
        identity(&[&document.to_string()])
    };
    let named = json!({"aws:username": "payments"});
    let nothing = json!({});
    for (element, with_value, deny_without) in
        [("Resource", true, false), ("NotResource", false, true)]
    {
        let answer =
            |effect, context| ask(&policies(effect, element), ACTION, DOMAIN, &facts(context));
        assert_eq!(answer("Allow", &named).is_allowed(), with_value);
        assert!(!answer("Allow", &nothing).is_allowed());
        assert_eq!(answer("Deny", &nothing).is_explicit_deny(), deny_without);
    }
}
