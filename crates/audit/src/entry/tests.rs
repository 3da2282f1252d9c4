//! What a line says is what the entry said, whatever that was.

use std::net::Ipv6Addr;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::chain::{Head, Link, MAX_LINE_BYTES};
use crate::testing::ENTRY;

fn line(entry: &Entry<'_>) -> Vec<u8> {
    let mut line = Vec::new();
    Head::START.append(&mut line, |line| entry.write(line));
    line
}

fn read(entry: &Entry<'_>) -> Value {
    let mut value: Value = serde_json::from_slice(&line(entry)).expect("JSON");
    let members = value.as_object_mut().expect("an object");
    members.remove("hash").expect("a hash");
    members.remove("previous").expect("a hash");
    value
}

#[test]
fn everything_is_said() {
    let entry = Entry {
        source: IpAddr::V6(Ipv6Addr::LOCALHOST),
        outcome: "AccessDeniedException",
        refused_decisions: &[
            RefusedDecision {
                index: 0,
                decision_type: "StartTimer",
                reason: "no statement allows it",
            },
            RefusedDecision {
                index: 7,
                decision_type: "RecordMarker",
                reason: "denied",
            },
        ],
        ..ENTRY
    };
    let expected = json!({
        "number": 1,
        "time": "2026-11-30T00:53:20.123Z",
        "kind": "call",
        "identity": "arn:aws:iam::123456789012:user/alice",
        "access_key": "AKIAIOSFODNN7EXAMPLE",
        "source": "::1",
        "operation": "StartWorkflowExecution",
        "domain": "orders",
        "resource": "arn:aws:swf:us-east-1:123456789012:/domain/orders",
        "outcome": "AccessDeniedException",
        "reason": "policies/worker.json, statement 1",
        "request_id": "01234567-89ab-cdef-0123-456789abcdef",
        "refused_decisions": [
            {"index": 0, "type": "StartTimer", "reason": "no statement allows it"},
            {"index": 7, "type": "RecordMarker", "reason": "denied"},
        ],
    });
    assert_eq!(read(&entry), expected);
}

#[test]
fn what_is_not_known_is_left_out() {
    let entry = Entry {
        access_key: None,
        domain: None,
        resource: None,
        reason: None,
        ..ENTRY
    };
    let members = read(&entry);
    for name in [
        "access_key",
        "domain",
        "resource",
        "reason",
        "refused_decisions",
    ] {
        assert_eq!(members.get(name), None, "{name}");
    }
}

#[test]
fn times_have_milliseconds_and_one_length() {
    for (time, text) in [
        (0, "1970-01-01T00:00:00.000Z"),
        (-1, "1969-12-31T23:59:59.999Z"),
        (1_796_000_000_000, "2026-11-30T00:53:20.000Z"),
        (1_796_000_000_120, "2026-11-30T00:53:20.120Z"),
        (i64::MAX, "1970-01-01T00:00:00.000Z"),
    ] {
        assert_eq!(read(&Entry { time, ..ENTRY })["time"], text);
    }
}

#[test]
fn a_line_is_bounded() {
    let long = "\u{1}".repeat(1 << 20);
    let decision = RefusedDecision {
        index: usize::MAX,
        decision_type: &long,
        reason: &long,
    };
    let decisions = vec![decision; 1000];
    let entry = Entry {
        identity: &long,
        access_key: Some(&long),
        operation: &long,
        domain: Some(&long),
        resource: Some(&long),
        outcome: &long,
        reason: Some(&long),
        request_id: &long,
        refused_decisions: &decisions,
        ..ENTRY
    };
    let line = line(&entry);
    assert!(line.len() < MAX_LINE_BYTES / 2, "{}", line.len());
    let value: Value = serde_json::from_slice(&line).expect("JSON");
    let named = value["refused_decisions"].as_array().map(Vec::len);
    assert_eq!(named, Some(100));
    assert_eq!(value["more_refused_decisions"], 900);
    assert_eq!(value["domain"], format!("{}…", "\u{1}".repeat(2048)));
}

#[test]
fn a_cut_leaves_characters_whole() {
    let long = format!("x{}", "€".repeat(1000));
    let entry = Entry {
        domain: Some(&long),
        ..ENTRY
    };
    assert_eq!(read(&entry)["domain"], format!("x{}…", "€".repeat(682)));
}

proptest! {
    #[test]
    fn any_text_comes_back(identity in any::<String>(), resource in "[\\x00-\\x7f\u{80}-\u{10ffff}]{0,300}") {
        let entry = Entry { identity: &identity, resource: Some(&resource), outcome: &resource, ..ENTRY };
        let line = line(&entry);
        let members = read(&entry);
        prop_assert_eq!(members["identity"].as_str(), Some(&*identity));
        prop_assert_eq!(members["resource"].as_str(), Some(&*resource));
        prop_assert_eq!(members["outcome"].as_str(), Some(&*resource));
        prop_assert_eq!(line.iter().filter(|byte| **byte < 0x20).count(), 1, "one newline, no control character");
        let link = Link::read(&line[..line.len() - 1]);
        prop_assert!(link.is_some_and(|link| link.is_whole()));
    }
}
