//! Short ways to a policy and an answer.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use everbeat_policy::{Policies, Policy, Question, Value, Verdict, fold_key};
use serde_json::Value as Json;

/// The ARN of the domain that most questions are about.
pub(crate) const DOMAIN: &str = "arn:aws:swf:us-east-1:123456789012:/domain/payments";

/// The facts of a request.
pub(crate) type Table = BTreeMap<String, Value<'static>>;

/// A document that must be taken.
pub(crate) fn policy(text: &str) -> Arc<Policy> {
    match Policy::read("p", text) {
        Ok((policy, _)) => Arc::new(policy),
        Err(problem) => panic!("refused: {problem}\n{text}"),
    }
}

/// A document with this statement alone.
pub(crate) fn statement(inner: &str) -> String {
    format!(r#"{{"Version": "2012-10-17", "Statement": {{{inner}}}}}"#)
}

/// A principal with these policies alone.
pub(crate) fn identity(documents: &[&str]) -> Policies {
    Policies {
        identity: documents.iter().map(|text| policy(text)).collect(),
        ..Policies::default()
    }
}

/// The facts that a JSON object lists: a text is a single value, a list any number of them.
pub(crate) fn facts(context: &Json) -> Table {
    let text = |value: &Json| match value {
        Json::String(text) => Cow::Owned(text.clone()),
        other => Cow::Owned(other.to_string()),
    };
    let members = context.as_object().expect("an object of facts");
    let fact = |(key, value): (&String, &Json)| {
        let value = match value {
            Json::Array(values) => Value::Many(values.iter().map(text).collect()),
            one => Value::One(text(one)),
        };
        (fold_key(key), value)
    };
    members.iter().map(fact).collect()
}

/// What the policies say.
pub(crate) fn ask(policies: &Policies, action: &str, resource: &str, facts: &Table) -> Verdict {
    policies.evaluate(&Question {
        action,
        resource,
        facts,
    })
}
