//! What is said under a verdict: where the server might answer otherwise, or asks for more.

use everbeat_model::permissions::{GlobalKey, PASS_ROLE, RequestKey};
use everbeat_model::{DECISIONS, DecisionType, Operation};
use everbeat_policy::{Policy, Question, quoted};
use serde_json::json;

use crate::failure::Failure;

use super::asked::{Asked, asks_about};
use super::context::Written;
use super::rehearsal::{Known, Rehearsal, can_have};
use super::{ACTION, CONTEXT, RESOURCE};

/// Refuses names that policies do not know, and notes what has no meaning for this server.
pub(super) fn of_names(asked: &Asked, written: &Written<'_>) -> Result<Vec<String>, Failure> {
    let action = asked.action.as_str();
    if action.contains(['*', '?']) {
        let shown = quoted(action);
        return Err(Failure::Usage(format!(
            "--{ACTION} {shown}: one action is wanted"
        )));
    }
    // A resource is no pattern: what begins a variable there stands for itself here.
    let literal = asked.resource.replace('$', "${$}");
    let mut checks = vec![(ACTION, "*", json!({})), (RESOURCE, &*literal, json!({}))];
    let of_key = |key: &&str| (CONTEXT, "*", json!({ "Null": { *key: "false" } }));
    checks.extend(written.keys().map(of_key));
    let mut notes = Vec::new();
    for (option, resource, condition) in checks {
        let document = json!({
            "Version": "2012-10-17",
            "Statement": { "Effect": "Allow", "Action": action, "Resource": resource, "Condition": condition },
        });
        let read = Policy::read("simulate", &document.to_string());
        let (_, warnings) =
            read.map_err(|problem| Failure::Usage(format!("--{option}: {}", problem.reason)))?;
        // Of keys only this matters here, and it is said below.
        if option == CONTEXT {
            continue;
        }
        for text in warnings.into_iter().map(|warning| warning.text) {
            // What is to be noted of the action is said of every document.
            if !notes.iter().any(|(_, noted)| *noted == text) {
                notes.push((option, text));
            }
        }
    }
    let notes = notes.iter();
    Ok(notes
        .map(|(option, text)| format!("--{option}: {text}"))
        .collect())
}

/// Notes given keys that the request cannot have, or not with this value.
pub(super) fn of_context(written: &Written<'_>, rehearsal: &Rehearsal<'_>) -> Vec<String> {
    let note = |(key, values): (&&str, &Vec<&str>)| {
        let shown = quoted(key);
        if !can_have(rehearsal.action, key) {
            return Some(format!(
                "--{CONTEXT}: the key {shown} is never present for this action; left out"
            ));
        }
        let key = RequestKey::read(key)?;
        if let RequestKey::Global(GlobalKey::CurrentTime | GlobalKey::EpochTime) = key {
            return None;
        }
        match rehearsal.known(key) {
            Known::Is(value) if value.texts() == values.as_slice() => None,
            Known::Is(value) => {
                let value = quoted(&value.texts().join(", "));
                Some(format!("--{CONTEXT}: for the server {shown} is {value}"))
            }
            Known::Absent => Some(format!("--{CONTEXT}: this caller has no {shown}")),
            Known::Open => None,
        }
    };
    written.iter().filter_map(note).collect()
}

/// Notes that the server asks about another resource, and what it finds.
pub(super) fn of_resource(asked: &Asked, rehearsal: &Rehearsal<'_>) -> Option<String> {
    let instead = asked.instead.as_deref()?;
    let note = asks_about(instead);
    Some(match rehearsal.verdict(&asked.action, instead) {
        Some(verdict) => format!("{note}, which is {verdict}"),
        None => note,
    })
}

/// Notes keys that were not given and could change the verdict.
pub(super) fn of_open_keys(asked: &Asked, rehearsal: &Rehearsal<'_>) -> Option<String> {
    if asked.known.is_none() || rehearsal.principal.is_root() {
        return None;
    }
    let question = Question {
        action: &asked.action,
        resource: &asked.resource,
        facts: rehearsal,
    };
    let policies = &rehearsal.principal.policies;
    let keys = policies.open_keys(&question, &|key| rehearsal.is_open(key));
    let names: Vec<String> = keys.into_iter().map(name).collect();
    let (last, others) = names.split_last()?;
    Some(match others {
        [] => format!("a statement tests {last}, which was not given"),
        others => {
            let others = others.join(", ");
            format!("statements test {others} and {last}, which were not given")
        }
    })
}

/// The name of a folded key.
fn name(folded: &str) -> String {
    match RequestKey::read(folded) {
        Some(RequestKey::Swf(key)) => key.name().to_owned(),
        Some(RequestKey::Global(key)) => key.name().to_owned(),
        Some(RequestKey::Tag(prefix, tag)) => format!("{}{tag}", prefix.name()),
        Some(RequestKey::PassedToService) | None => folded.to_owned(),
    }
}

/// Notes what must be allowed besides, for an action that is allowed.
pub(super) fn of_other_permissions(asked: &Asked, rehearsal: &Rehearsal<'_>) -> Vec<String> {
    let Some(known) = asked.known.filter(|_| !rehearsal.principal.is_root()) else {
        return Vec::new();
    };
    let is = |operation: Operation| operation.descriptor().action == known.name;
    let mut decisions = DECISIONS.iter();
    let decision = decisions.find(|row| row.action == known.name);
    let mut notes = Vec::new();
    if is(Operation::RegisterDomain) && has_tags(rehearsal) {
        let action = Operation::TagResource.descriptor().action;
        let besides = "with tags the server also asks for";
        notes.extend(verdict(asked, rehearsal, besides, action));
    }
    if decision.is_some() {
        let action = Operation::RespondDecisionTaskCompleted.descriptor().action;
        let besides = "the call that makes the decision needs";
        notes.extend(verdict(asked, rehearsal, besides, action));
    }
    let starts = match decision.map(|row| row.decision_type) {
        Some(decision) => matches!(
            decision,
            DecisionType::StartChildWorkflowExecution
                | DecisionType::ContinueAsNewWorkflowExecution
        ),
        None => is(Operation::StartWorkflowExecution) || is(Operation::RegisterWorkflowType),
    };
    if starts {
        notes.push(format!(
            "with a lambda role the server also asks for {PASS_ROLE} on that role"
        ));
    }
    notes
}

fn has_tags(rehearsal: &Rehearsal<'_>) -> bool {
    let key = everbeat_policy::fold_key(GlobalKey::TagKeys.name());
    rehearsal.context.contains_key(&key)
}

/// Whether the caller has another permission on the same resource.
fn verdict(
    asked: &Asked,
    rehearsal: &Rehearsal<'_>,
    besides: &str,
    action: &str,
) -> Option<String> {
    let verdict = rehearsal
        .with_action(action)
        .verdict(action, &asked.resource)?;
    Some(format!("{besides} {action}, which is {verdict}"))
}
