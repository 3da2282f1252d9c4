//! `--context`: the condition keys of the rehearsed request, checked and completed as a server would have them.

use std::collections::BTreeMap;
use std::net::IpAddr;

use everbeat_model::is_account;
use everbeat_model::permissions::{Action, ConditionKey, GlobalKey, RequestKey, TagPrefix};
use everbeat_policy::{Policy, fold_key, quoted};
use serde_json::json;

use crate::command::Call;
use crate::failure::Failure;

use super::CONTEXT;

/// The keys that were given, each as it was written first, and their values.
pub(super) type Written<'a> = BTreeMap<&'a str, Vec<&'a str>>;

/// The values of the request's keys, by folded key.
pub(super) type Context<'a> = BTreeMap<String, Vec<&'a str>>;

/// What `--context` says.
pub(super) fn written<'a>(call: &'a Call<'_>) -> Result<Written<'a>, Failure> {
    let mut given = Written::new();
    for text in call.texts(CONTEXT) {
        let Some((key, value)) = text.split_once('=') else {
            return Err(Failure::Usage(format!(
                "--{CONTEXT} {}: KEY=VALUE is wanted",
                quoted(text)
            )));
        };
        let same = given
            .keys()
            .find(|known| fold_key(known) == fold_key(key))
            .copied();
        given.entry(same.unwrap_or(key)).or_default().push(value);
    }
    let has_too_many = |(key, values): &(&&str, &Vec<&str>)| {
        values.len() > 1 && RequestKey::read(key).is_some_and(|key| !key.has_many_values())
    };
    match given.iter().find(has_too_many) {
        None => Ok(given),
        Some((key, _)) => Err(Failure::Usage(format!(
            "--{CONTEXT}: {} has one value",
            quoted(key)
        ))),
    }
}

/// Refuses values that no request can give these keys, whose names are known to be good.
pub(super) fn check_values(written: &Written<'_>) -> Result<(), Failure> {
    for (key, values) in written {
        let Some(read) = RequestKey::read(key) else {
            continue;
        };
        for value in values {
            if let Some(wanted) = wrong_form(read, value) {
                return Err(Failure::Usage(format!(
                    "--{CONTEXT}: {} must be {wanted}, not {}",
                    quoted(key),
                    quoted(value)
                )));
            }
        }
    }
    Ok(())
}

/// What a value of the key is, if this is none.
fn wrong_form(key: RequestKey<'_>, value: &str) -> Option<&'static str> {
    let RequestKey::Global(key) = key else {
        return None;
    };
    let (is_good, wanted) = match key {
        GlobalKey::CurrentTime | GlobalKey::TokenIssueTime => (
            compares("DateEquals", value),
            "a time such as 2026-01-31T12:00:00Z",
        ),
        GlobalKey::EpochTime => (compares("NumericEquals", value), "seconds since 1970"),
        GlobalKey::SecureTransport => (compares("Bool", value), "true or false"),
        GlobalKey::SourceIp => (value.parse::<IpAddr>().is_ok(), "an address"),
        GlobalKey::PrincipalAccount => (is_account(value), "an account number"),
        GlobalKey::PrincipalArn => (value.starts_with("arn:"), "an ARN"),
        GlobalKey::PrincipalType
        | GlobalKey::RequestedRegion
        | GlobalKey::TagKeys
        | GlobalKey::UserAgent
        | GlobalKey::UserId
        | GlobalKey::UserName => return None,
    };
    (!is_good).then_some(wanted)
}

/// Whether a policy may compare a key with the value by this operator.
fn compares(operator: &str, value: &str) -> bool {
    let document = json!({
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow", "Action": "*", "Resource": "*",
            "Condition": { operator: { GlobalKey::CurrentTime.name(): value } },
        },
    });
    Policy::read("simulate", &document.to_string()).is_ok()
}

/// The keys of a request for the action, with those that a server gives besides: the other name of the same value, and
/// `aws:TagKeys` where tags are given.
pub(super) fn completed<'a>(
    written: &Written<'a>,
    action: Option<Action>,
) -> Result<Context<'a>, Failure> {
    let folded = |(key, values): (&&str, &Vec<&'a str>)| (fold_key(key), values.clone());
    let mut context: Context<'a> = written.iter().map(folded).collect();
    let Some(action) = action else {
        return Ok(context);
    };
    for (key, values) in written {
        let Some(RequestKey::Swf(own)) = RequestKey::read(key) else {
            continue;
        };
        let is_had = |key: &ConditionKey| action.has(RequestKey::Swf(*key));
        let Some(other) = other_name(own).filter(|other| is_had(&own) && is_had(other)) else {
            continue;
        };
        let of_other = context
            .entry(fold_key(other.name()))
            .or_insert_with(|| values.clone());
        if of_other != values {
            return Err(Failure::Usage(format!(
                "--{CONTEXT}: {} and {} are two names of one value",
                own.name(),
                other.name()
            )));
        }
    }
    let tags = tag_keys(written);
    if !tags.is_empty() && action.has(RequestKey::Global(GlobalKey::TagKeys)) {
        let key = fold_key(GlobalKey::TagKeys.name());
        context.entry(key).or_insert(tags);
    }
    Ok(context)
}

/// Under which name the documentation has the key as well, for some of the decisions.
fn other_name(key: ConditionKey) -> Option<ConditionKey> {
    let tags = ConditionKey::TAGS
        .into_iter()
        .zip(ConditionKey::TAG_MEMBERS);
    let version = (
        ConditionKey::WorkflowTypeVersion,
        ConditionKey::NewWorkflowTypeVersion,
    );
    let mut pairs = tags.chain([version]);
    pairs.find_map(|(one, other)| {
        if key == one {
            return Some(other);
        }
        (key == other).then_some(one)
    })
}

/// The tags of the request of which a value is given.
fn tag_keys<'a>(written: &Written<'a>) -> Vec<&'a str> {
    let tag = |key: &&'a str| match RequestKey::read(key) {
        Some(RequestKey::Tag(TagPrefix::Request, tag)) => Some(tag),
        Some(
            RequestKey::Tag(TagPrefix::Principal | TagPrefix::Resource, _)
            | RequestKey::Swf(_)
            | RequestKey::Global(_)
            | RequestKey::PassedToService,
        )
        | None => None,
    };
    written.keys().filter_map(tag).collect()
}
