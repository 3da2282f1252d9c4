//! From the body of a request to a typed, checked request, in the order of protocol.md section 5.1: JSON, types,
//! constraints, rules across members.
//!
//! Some constraints are quotas, which can be set; without quotas of its own, a request is checked against the defaults.

use alloc::{collections::BTreeSet, format, string::String, vec::Vec};
use serde::Deserialize;
use serde_json::Value;

use crate::coerce::coerce;
use crate::decisions::DecisionType;
use crate::faults::{Fault, FaultKind};
use crate::limits::Limits;
use crate::operations::{Operation, Request};
use crate::own::OwnCall;
use crate::shape::Shape;
use crate::validate::validate;

/// Reads and checks the body of a request to `operation`, with the quotas that are the default.
///
/// # Errors
/// SerializationException when the body is no JSON object or a value has the wrong type, ValidationException when a
/// constraint or a rule across members is broken.
pub fn read(operation: Operation, body: &[u8]) -> Result<Request, Fault> {
    read_within(operation, body, &Limits::default())
}

/// Reads and checks the body of a request to `operation`.
///
/// # Errors
/// As [`read`].
pub fn read_within(operation: Operation, body: &[u8], limits: &Limits) -> Result<Request, Fault> {
    let value = coerced(body, operation.descriptor().input)?;
    before_constraints(operation, &value)?;
    validate(&value, operation.descriptor().input_structure(), limits)?;
    across_members(operation, &value)?;
    Request::from_json(operation, value).map_err(|_| unreadable())
}

/// Reads and checks the body of a request for one of Everbeat's own calls. These have no rules across members.
///
/// # Errors
/// As [`read`].
pub fn read_own<I: OwnCall>(body: &[u8]) -> Result<I, Fault> {
    let value = coerced(body, I::SHAPE)?;
    if let Some(structure) = I::SHAPE.structure() {
        validate(&value, structure, &Limits::default())?;
    }
    I::from_json(value).map_err(|_| unreadable())
}

/// A body in the exact form of its shape.
fn coerced(body: &[u8], shape: &Shape) -> Result<Value, Fault> {
    let Some(value @ Value::Object(_)) = parse(body) else {
        return Err(unreadable());
    };
    coerce(value, shape).map_err(|text| FaultKind::SerializationException.with(text))
}

fn unreadable() -> Fault {
    FaultKind::SerializationException.bare()
}

/// Levels of lists and objects that a body may have (protocol.md section 2).
const MOST_LEVELS: usize = 128;

fn parse(body: &[u8]) -> Option<Value> {
    match serde_json::from_slice(body) {
        Ok(value) => Some(value),
        // The library takes one level less.
        Err(_) if levels(body) == MOST_LEVELS => {
            let mut reader = serde_json::Deserializer::from_slice(body);
            reader.disable_recursion_limit();
            let value = Value::deserialize(&mut reader).ok()?;
            reader.end().ok()?;
            Some(value)
        }
        Err(_) => None,
    }
}

/// The greatest number of lists and objects that lie in each other.
fn levels(body: &[u8]) -> usize {
    let (mut level, mut most) = (0_usize, 0);
    let (mut is_in_text, mut is_escaped) = (false, false);
    for byte in body {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if is_in_text => is_escaped = true,
            b'"' => is_in_text = !is_in_text,
            b'[' | b'{' if !is_in_text => level += 1,
            b']' | b'}' if !is_in_text => level = level.saturating_sub(1),
            _ => {}
        }
        most = most.max(level);
    }
    most
}

/// The one rule that wins over constraints (execution.md section 4.2).
fn before_constraints(operation: Operation, value: &Value) -> Result<(), Fault> {
    if operation != Operation::RespondDecisionTaskCompleted {
        return Ok(());
    }
    let decisions = value
        .get("decisions")
        .and_then(Value::as_array)
        .map_or(&[][..], Vec::as_slice);
    let all_but_last = decisions.len().saturating_sub(1);
    if decisions.iter().take(all_but_last).any(closes) {
        return Err(Fault::validation("Close must be last decision in list"));
    }
    Ok(())
}

fn closes(decision: &Value) -> bool {
    decision
        .get("decisionType")
        .and_then(Value::as_str)
        .and_then(DecisionType::from_name)
        .is_some_and(|decision_type| decision_type.descriptor().closes)
}

fn across_members(operation: Operation, value: &Value) -> Result<(), Fault> {
    match operation {
        Operation::ListOpenWorkflowExecutions | Operation::CountOpenWorkflowExecutions => {
            exclusive_filters(value)
        }
        Operation::ListClosedWorkflowExecutions | Operation::CountClosedWorkflowExecutions => {
            one_time_filter(value)?;
            exclusive_filters(value)
        }
        Operation::RespondDecisionTaskCompleted => timeout_needs_task_list(value),
        Operation::RegisterDomain | Operation::TagResource => tag_keys(value),
        _ => Ok(()),
    }
}

fn one_time_filter(value: &Value) -> Result<(), Fault> {
    match (value.get("startTimeFilter"), value.get("closeTimeFilter")) {
        (None, None) => Err(Fault::validation("Must specify time filter")),
        (Some(_), Some(_)) => Err(Fault::validation(
            "Cannot specify both a startTimeFilter and a closeTimeFilter",
        )),
        _ => Ok(()),
    }
}

fn exclusive_filters(value: &Value) -> Result<(), Fault> {
    const FILTERS: [&str; 4] = [
        "closeStatusFilter",
        "executionFilter",
        "tagFilter",
        "typeFilter",
    ];
    let given: Vec<&str> = FILTERS
        .into_iter()
        .filter(|filter| value.get(*filter).is_some())
        .collect();
    if given.len() < 2 {
        return Ok(());
    }
    let given: String = given.join(", ");
    Err(Fault::validation(format!(
        "Cannot specify more than one exclusive filters in the same query: [{given}]"
    )))
}

fn timeout_needs_task_list(value: &Value) -> Result<(), Fault> {
    if value.get("taskListScheduleToStartTimeout").is_some() && value.get("taskList").is_none() {
        return Err(Fault::validation(
            "Cannot specify a taskListScheduleToStartTimeout without a taskList",
        ));
    }
    Ok(())
}

/// Keys that begin with `aws:` are not the callers' to give, and each key may be given once (protocol.md section 8).
fn tag_keys(value: &Value) -> Result<(), Fault> {
    const RESERVED: &str = "aws:";
    let tags = value.get("tags").and_then(Value::as_array);
    let keys = tags.map_or(&[][..], Vec::as_slice).iter();
    let keys = keys.filter_map(|tag| tag.get("key").and_then(Value::as_str));
    let mut seen = BTreeSet::new();
    for (index, key) in keys.enumerate() {
        let is_reserved = key
            .get(..RESERVED.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(RESERVED));
        if is_reserved {
            let place = index + 1;
            return Err(Fault::validation(format!(
                "1 validation error detected: Value '{key}' at 'tags.{place}.member.key' failed to satisfy constraint: \
                 Member must not begin with '{RESERVED}'"
            )));
        }
        if !seen.insert(key) {
            return Err(Fault::validation(format!(
                "Cannot specify the same tag key more than once: {key}"
            )));
        }
    }
    Ok(())
}
