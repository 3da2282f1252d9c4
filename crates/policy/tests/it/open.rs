//! Which keys a verdict hangs on that are not known yet.

use everbeat_policy::{Policies, Question};
use serde_json::json;

use crate::support::{DOMAIN, facts, identity, policy, statement};

const ALLOW: &str = r#""Effect": "Allow", "Action": "swf:*", "Resource": "*""#;
const DENY: &str = r#""Effect": "Deny", "Action": "swf:*", "Resource": "*""#;

fn document(effect: &str, condition: &str) -> String {
    statement(&format!(r#"{effect}, "Condition": {condition}"#))
}

/// The open keys of a heartbeat by alice, if all keys but that of her name are open.
fn open(policies: &Policies) -> Vec<&str> {
    let facts = facts(&json!({"aws:username": "alice"}));
    let question = Question {
        action: "swf:RecordActivityTaskHeartbeat",
        resource: DOMAIN,
        facts: &facts,
    };
    let keys = policies.open_keys(&question, &|key| key != "aws:username");
    keys.into_iter().collect()
}

#[test]
fn keys_that_could_change_the_verdict_are_told() {
    let address = r#"{"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}"#;
    let elsewhere = r#"{"NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}}"#;
    let null = r#"{"Null": {"aws:UserAgent": "true"}}"#;
    let alice =
        r#"{"IpAddress": {"aws:SourceIp": "::1"}, "StringEquals": {"aws:username": "alice"}}"#;
    let bob = r#"{"IpAddress": {"aws:SourceIp": "::1"}, "StringEquals": {"aws:username": "bob"}}"#;
    let variable = r#"{"StringEquals": {"aws:username": "${aws:PrincipalTag/who}"}}"#;
    let plain = statement(ALLOW);
    let (allow, deny) = (
        |condition| document(ALLOW, condition),
        |condition| document(DENY, condition),
    );
    for (documents, expected) in [
        (vec![plain.clone()], vec![]),
        (vec![allow(address)], vec!["aws:sourceip"]),
        (vec![allow(address), plain.clone()], vec![]),
        (vec![deny(elsewhere), plain.clone()], vec!["aws:sourceip"]),
        (vec![deny(elsewhere)], vec![]),
        (
            vec![deny(elsewhere), statement(DENY), plain.clone()],
            vec![],
        ),
        (
            vec![deny(null), allow(address)],
            vec!["aws:sourceip", "aws:useragent"],
        ),
        (vec![allow(alice)], vec!["aws:sourceip"]),
        (vec![allow(bob)], vec![]),
        (vec![allow(variable)], vec!["aws:principaltag/who"]),
        (vec![allow(address).replace("swf:*", "swf:List*")], vec![]),
        (
            vec![allow("{}").replace("\"*\"", "\"arn:aws:swf:*:*:/domain/${aws:userid}\"")],
            vec!["aws:userid"],
        ),
        (
            vec![
                deny("{}").replace("\"*\"", "\"${aws:userid}\""),
                plain.clone(),
            ],
            vec!["aws:userid"],
        ),
    ] {
        let texts: Vec<_> = documents.iter().map(String::as_str).collect();
        assert_eq!(open(&identity(&texts)), expected, "{documents:?}");
    }
}

#[test]
fn boundary_and_session_count() {
    let plain = statement(ALLOW);
    let tested = document(ALLOW, r#"{"Bool": {"aws:SecureTransport": "true"}}"#);
    let nothing = statement(ALLOW).replace("swf:*", "swf:List*");
    let with = |boundary: &str, session: &str| Policies {
        boundary: Some(policy(boundary)),
        session: vec![policy(session)],
        ..identity(&[&plain])
    };
    for (policies, expected) in [
        (with(&plain, &plain), vec![]),
        (with(&tested, &plain), vec!["aws:securetransport"]),
        (with(&plain, &tested), vec!["aws:securetransport"]),
        (with(&tested, &nothing), vec![]),
        (with(&nothing, &tested), vec![]),
    ] {
        assert_eq!(open(&policies), expected);
    }
}
