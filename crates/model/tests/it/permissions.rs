//! The table of permissions agrees with the facts: access, condition keys, keys of tags.

use std::collections::BTreeSet;

use everbeat_model::permissions::{Access, PASS_ROLE, Permission, TagKeys};
use everbeat_model::{DecisionType, Operation};
use serde_json::Value;

use crate::facts::FACTS;

/// The condition keys that a row stands for, the published spelling.
fn keys(permission: &Permission) -> BTreeSet<String> {
    let own = permission.keys.iter().map(|key| key.name().to_owned());
    let tags: &[&str] = match permission.tags {
        TagKeys::Nothing => &[],
        TagKeys::Keys => &["aws:TagKeys"],
        TagKeys::KeysAndValues => &["aws:TagKeys", "aws:RequestTag/${TagKey}"],
    };
    own.chain(tags.iter().map(|&key| key.to_owned())).collect()
}

fn agrees(name: &str, action: &str, permission: &Permission, facts: &Value) {
    let published = facts["keys"].as_object().expect("keys");
    let published: BTreeSet<String> = published.keys().cloned().collect();
    assert_eq!(keys(permission), published, "{name}: keys");
    let access = match permission.access {
        Access::List => "List",
        Access::Read => "Read",
        Access::Write => "Write",
        Access::Tagging => "Tagging",
    };
    assert_eq!(access, facts["access"], "{name}: access");
    assert_eq!(action, facts["action"], "{name}: action");
}

#[test]
fn operations_are_asked_as_published() {
    for operation in Operation::ALL {
        let name = operation.as_str();
        let facts = &FACTS["operations"][name]["iam"];
        let action = operation.descriptor().action;
        agrees(name, action, &operation.permission(), facts);
    }
}

#[test]
fn decisions_are_asked_as_published() {
    for decision_type in DecisionType::ALL {
        let name = decision_type.as_str();
        let facts = &FACTS["decisions"][name]["iam"];
        match decision_type.permission() {
            Some(permission) => {
                agrees(name, decision_type.descriptor().action, &permission, facts);
            }
            None => assert!(facts.is_null(), "{name} has no action"),
        }
    }
}

#[test]
fn roles_are_asked_for_where_they_can_be_given() {
    let with_role: BTreeSet<&str> = Operation::ALL
        .iter()
        .map(|operation| operation.as_str())
        .filter(|name| {
            let also = &FACTS["operations"][name]["iam"]["also"];
            also.to_string().contains(PASS_ROLE)
        })
        .collect();
    let expected = [
        "RegisterWorkflowType",
        "RespondDecisionTaskCompleted",
        "StartWorkflowExecution",
    ];
    assert_eq!(with_role, BTreeSet::from(expected));
}
