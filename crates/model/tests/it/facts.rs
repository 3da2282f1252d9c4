//! The tables agree member by member with `data/operations.json`, the facts of the published service model.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use everbeat_model::shape::{MemberDescriptor, Rule, Shape};
use everbeat_model::{
    DECISIONS, DecisionType, Described, EventType, FaultKind, OPERATIONS, Operation, request,
};
use serde_json::{Value, json};

use crate::walk::reachable;

pub(crate) static FACTS: LazyLock<Value> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../data/operations.json")).expect("the facts are JSON")
});

/// Where our rules differ from the facts, on purpose (protocol.md section 5.2): the rules for names and for white space
/// hold on every task list that is named where tasks are created or asked for, the timeout of a temporary task list is
/// a duration, an execution's tags are free, and a child's workflow id may hold a colon, as those that the AWS Flow
/// Framework makes do.
const OUR_RULES: &[(&str, &str, &[&str])] = &[
    (
        "ContinueAsNewWorkflowExecutionDecisionAttributes",
        "taskList",
        &["name", "noEdgeSpace"],
    ),
    (
        "PollForDecisionTaskInput",
        "taskList",
        &["name", "noEdgeSpace"],
    ),
    (
        "RegisterActivityTypeInput",
        "defaultTaskList",
        &["name", "noEdgeSpace"],
    ),
    (
        "RegisterWorkflowTypeInput",
        "defaultTaskList",
        &["name", "noEdgeSpace"],
    ),
    (
        "RespondDecisionTaskCompletedInput",
        "taskList",
        &["name", "noEdgeSpace"],
    ),
    (
        "RespondDecisionTaskCompletedInput",
        "taskListScheduleToStartTimeout",
        &["secondsOrNone"],
    ),
    (
        "ScheduleActivityTaskDecisionAttributes",
        "taskList",
        &["name", "noEdgeSpace"],
    ),
    (
        "StartChildWorkflowExecutionDecisionAttributes",
        "workflowId",
        &["nameWithColon"],
    ),
    (
        "StartWorkflowExecutionInput",
        "taskList",
        &["name", "noEdgeSpace"],
    ),
    ("TagFilter", "tag", &[]),
];

fn texts(value: &Value) -> Vec<&str> {
    let elements = value.as_array().map_or(&[][..], Vec::as_slice);
    elements.iter().filter_map(Value::as_str).collect()
}

fn pair(throttle: &Value) -> Option<(u64, u64)> {
    Some((
        throttle["bucket"].as_u64()?,
        throttle["refillPerSecond"].as_u64()?,
    ))
}

fn names(object: &Value) -> BTreeSet<&str> {
    let object = object.as_object().expect("an object of the facts");
    object.keys().map(String::as_str).collect()
}

#[test]
fn operations_agree() {
    let facts = &FACTS["operations"];
    assert_eq!(OPERATIONS.len(), 39);
    assert_eq!(
        OPERATIONS
            .iter()
            .map(|operation| operation.name)
            .collect::<BTreeSet<_>>(),
        names(facts)
    );
    for row in OPERATIONS {
        let (name, fact) = (row.name, &facts[row.name]);
        assert_eq!(row.operation.as_str(), name);
        assert_eq!(row.operation.descriptor().name, name);
        assert_eq!(row.input.name(), fact["input"], "{name}: input");
        assert_eq!(
            row.output.map(Shape::name),
            fact["output"].as_str(),
            "{name}: output"
        );
        let faults: Vec<&str> = row.faults.iter().map(|fault| fault.name()).collect();
        assert_eq!(faults, texts(&fact["errors"]), "{name}: faults");
        let rate = (u64::from(row.rate.0), u64::from(row.rate.1));
        assert_eq!(Some(rate), pair(&fact["throttle"]), "{name}: rate");
        assert_eq!(
            row.pages,
            fact["paginates"]["resultKey"].as_str(),
            "{name}: pages"
        );
        assert_eq!(
            row.polls,
            fact.get("longPollSeconds").is_some(),
            "{name}: polls"
        );
    }
}

#[test]
fn decisions_agree() {
    let facts = &FACTS["decisions"];
    assert_eq!(DECISIONS.len(), 13);
    assert_eq!(
        DECISIONS
            .iter()
            .map(|row| row.decision_type.as_str())
            .collect::<BTreeSet<_>>(),
        names(facts)
    );
    for row in DECISIONS {
        let name = row.decision_type.as_str();
        let fact = &facts[name];
        assert_eq!(
            row.decision_type.descriptor().attributes,
            row.attributes,
            "{name}: its row"
        );
        assert_eq!(row.attributes, fact["attributes"], "{name}: attributes");
        assert_eq!(row.shape.name(), fact["shape"], "{name}: shape");
        assert_eq!(
            row.failed_event.as_str(),
            fact["failedEvent"],
            "{name}: failed event"
        );
        let Shape::Enum(causes) = row.failed_causes else {
            panic!("{name}: causes are an enumeration");
        };
        assert_eq!(
            causes.values,
            texts(&fact["failedCauses"]),
            "{name}: causes"
        );
        assert_eq!(row.closes, fact["closes"], "{name}: closes");
        let rate = row
            .rate
            .map(|(bucket, refill)| (u64::from(bucket), u64::from(refill)));
        assert_eq!(rate, pair(&fact["throttle"]), "{name}: rate");
    }
}

#[test]
fn events_and_causes_are_complete() {
    assert_eq!(EventType::ALL.len(), 54);
    assert_eq!(DecisionType::ALL.len(), 13);
    let attributes: BTreeSet<&str> = EventType::ALL
        .iter()
        .map(|event| event.attributes_name())
        .collect();
    assert_eq!(attributes.len(), 54, "each event has attributes of its own");
    let mut causes = 0;
    for (name, shape) in reachable() {
        if let Shape::Enum(shape) = shape
            && name.ends_with("FailedCause")
        {
            causes += shape.values.len();
        }
    }
    assert_eq!(causes, 57);
}

#[test]
fn the_same_shapes_are_known() {
    let ours: BTreeSet<&str> = reachable().into_keys().collect();
    let facts = FACTS["shapes"].as_object().expect("shapes of the facts");
    let theirs: BTreeSet<&str> = facts
        .iter()
        // Faults are in `FaultKind`, and only they hold an ErrorMessage.
        .filter(|(name, fact)| fact.get("fault").is_none() && *name != "ErrorMessage")
        .map(|(name, _)| name.as_str())
        .collect();
    assert_eq!(ours, theirs);
}

#[test]
fn shapes_agree() {
    for (name, shape) in reachable() {
        let fact = &FACTS["shapes"][name];
        let bound = |key: &str| fact[key].as_i64();
        match shape {
            Shape::String(shape) => {
                assert_eq!(fact["type"], "string", "{name}");
                assert!(fact.get("enum").is_none(), "{name}");
                assert_eq!(
                    shape.min as u64,
                    fact["min"].as_u64().unwrap_or(0),
                    "{name}: min"
                );
                let max = (shape.max != usize::MAX).then_some(shape.max as u64);
                assert_eq!(max, fact["max"].as_u64(), "{name}: max");
            }
            Shape::Enum(shape) => {
                assert_eq!(shape.values, texts(&fact["enum"]), "{name}: values");
                let order = if name == "DecisionType" {
                    texts(&FACTS["decisionTypeMessageOrder"])
                } else {
                    texts(&fact["enum"])
                };
                assert_eq!(shape.message_order, order, "{name}: order of the text");
            }
            Shape::Integer(shape) => {
                assert!(
                    fact["type"] == "integer" || fact["type"] == "long",
                    "{name}"
                );
                let min = (shape.min != i64::MIN).then_some(shape.min);
                let max = (shape.max != i64::MAX).then_some(shape.max);
                assert_eq!((min, max), (bound("min"), bound("max")), "{name}: bounds");
            }
            Shape::Boolean { .. } => assert_eq!(fact["type"], "boolean", "{name}"),
            Shape::Timestamp { .. } => assert_eq!(fact["type"], "timestamp", "{name}"),
            Shape::List(list) => {
                assert_eq!(fact["type"], "list", "{name}");
                assert_eq!(list.element.name(), fact["member"], "{name}: element");
                let max = (list.max != usize::MAX).then_some(list.max as u64);
                assert_eq!(max, fact["max"].as_u64(), "{name}: max");
                assert!(fact.get("min").is_none(), "{name}: min");
            }
            Shape::Structure(structure) => {
                assert_eq!(fact["type"], "structure", "{name}");
                members_agree(name, structure.members, &fact["members"]);
            }
        }
    }
}

fn members_agree(structure: &str, members: &[MemberDescriptor], facts: &Value) {
    let facts = facts.as_array().expect("members of the facts");
    let theirs: Vec<&str> = facts
        .iter()
        .filter_map(|member| member["n"].as_str())
        .collect();
    let ours: Vec<&str> = members.iter().map(|member| member.name).collect();
    assert_eq!(ours, theirs, "{structure}: members in order");
    for (member, fact) in members.iter().zip(facts) {
        let place = format!("{structure}.{}", member.name);
        assert_eq!(member.shape.name(), fact["s"], "{place}: shape");
        assert_eq!(member.required, fact["r"] == 1, "{place}: required");
        let ours: BTreeSet<&str> = member.rules.iter().map(|rule| flag(*rule)).collect();
        assert_eq!(
            ours,
            expected_flags(structure, member.name, fact),
            "{place}: rules"
        );
    }
}

/// The flags of the facts that are rules on one member, or ours where we differ. Flags across members are checked by
/// [`rules_across_members_are_obeyed`].
fn expected_flags<'a>(structure: &str, member: &str, fact: &'a Value) -> BTreeSet<&'a str> {
    let theirs: BTreeSet<&str> = texts(&fact["f"])
        .into_iter()
        .filter(|flag| !flag.contains(':'))
        .collect();
    let ours = OUR_RULES
        .iter()
        .find(|(of, name, _)| *of == structure && *name == member);
    let Some((_, _, ours)) = ours else {
        return theirs;
    };
    let ours = ours.iter().copied().collect();
    assert_ne!(
        ours, theirs,
        "{structure}.{member} is no exception any more"
    );
    ours
}

fn flag(rule: Rule) -> &'static str {
    match rule {
        Rule::Name => "name",
        Rule::NameWithColon => "nameWithColon",
        Rule::NoEdgeSpace => "noEdgeSpace",
        Rule::Seconds => "seconds",
        Rule::SecondsOrNone => "secondsOrNone",
        Rule::Seconds1To900 => "seconds1to900",
        Rule::Int32 => "int32",
        Rule::Days0To90OrNone => "days0to90OrNone",
        Rule::TagChars => "tagChars",
    }
}

#[test]
fn faults_agree() {
    let mut expected = BTreeMap::new();
    for (name, fact) in FACTS["shapes"].as_object().expect("shapes of the facts") {
        if let Some(wire) = fact.get("fault") {
            let wire = wire.as_str().expect("the wire name of a fault");
            assert!(wire.ends_with(name.as_str()));
            expected.insert(wire, (400, Some("message")));
        }
    }
    for fact in FACTS["commonErrors"].as_array().expect("common errors") {
        let wire = fact["type"].as_str().expect("the wire name of a fault");
        let status = fact["status"].as_u64().expect("a status");
        expected.insert(wire, (status, fact["messageKey"].as_str()));
    }
    assert_eq!(
        FaultKind::ALL.len(),
        expected.len(),
        "no fault of ours alone"
    );
    for kind in FaultKind::ALL {
        let wire = format!("{}#{}", kind.namespace(), kind.name());
        let (status, key) = expected[wire.as_str()];
        assert_eq!(u64::from(kind.status()), status, "{wire}");
        // Where the facts give no key, the fault has no text.
        assert!(
            key.is_none_or(|key| key == kind.message_key()),
            "{wire}: message key"
        );
        assert_eq!(FaultKind::from_name(kind.name()), Some(*kind));
    }
}

#[test]
fn rules_across_members_are_obeyed() {
    let mut pairs = 0;
    for row in OPERATIONS {
        let members = FACTS["shapes"][row.input.name()]["members"].as_array();
        for member in members.expect("members of the facts") {
            for flag in texts(&member["f"]) {
                let Some((kind, others)) = flag.split_once(':') else {
                    continue;
                };
                let name = member["n"].as_str().expect("a name");
                for other in others.split('|').filter(|other| *other != name) {
                    pairs += 1;
                    check_pair(row.operation, kind, name, other);
                }
            }
        }
    }
    assert_eq!(pairs, 2 * 6 + 2 * 12 + 2 * 2);
}

/// Two members of which at most one (`excl`) or exactly one (`one`) may be given.
fn check_pair(operation: Operation, kind: &str, one: &str, other: &str) {
    let example = |member: &str| match member {
        "executionFilter" => json!({"workflowId": "w"}),
        "typeFilter" => json!({"name": "t"}),
        "tagFilter" => json!({"tag": "t"}),
        "closeStatusFilter" => json!({"status": "FAILED"}),
        "startTimeFilter" | "closeTimeFilter" => json!({"oldestDate": 0}),
        _ => panic!("a member without an example: {member}"),
    };
    let mut body = json!({"domain": "d"});
    if kind == "excl" {
        body["startTimeFilter"] = json!({"oldestDate": 0});
    }
    body[one] = example(one);
    let alone = request::read(operation, body.to_string().as_bytes());
    assert!(alone.is_ok(), "{operation} with {one} alone: {alone:?}");
    body[other] = example(other);
    let both = request::read(operation, body.to_string().as_bytes());
    let mut sorted = [one, other];
    sorted.sort_unstable();
    let text = match kind {
        "excl" => format!(
            "Cannot specify more than one exclusive filters in the same query: [{}]",
            sorted.join(", ")
        ),
        "one" => "Cannot specify both a startTimeFilter and a closeTimeFilter".into(),
        _ => panic!("an unknown flag {kind}"),
    };
    let fault = both.expect_err("two members that exclude each other");
    assert_eq!(
        (fault.kind, fault.message),
        (FaultKind::ValidationException, Some(text)),
        "{operation}: {one} and {other}"
    );
}

#[test]
fn the_text_of_faults_has_no_bounds() {
    let Shape::String(shape) = everbeat_model::ErrorMessage::SHAPE else {
        panic!("ErrorMessage is a string");
    };
    assert_eq!(FACTS["shapes"]["ErrorMessage"], json!({"type": "string"}));
    assert_eq!((shape.min, shape.max), (0, usize::MAX));
}
