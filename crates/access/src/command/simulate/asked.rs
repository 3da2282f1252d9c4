//! What the server would ask about: the action and the resource, made of what was typed, with what is to be said of it.

use everbeat_model::permissions::{Action, MOVE_CLOCK, PASS_ROLE};
use everbeat_model::{Operation, OwnOperation, domain_arn};
use everbeat_policy::quoted;

use crate::command::Call;
use crate::failure::Failure;
use crate::principal::Principal;

use super::{ACTION, RESOURCE};

/// How many parts an ARN has, and which of them are the region and the account.
const ARN_PARTS: usize = 6;
const REGION: usize = 3;
const ACCOUNT: usize = 4;
const ANYTHING: &str = "*";
/// Where the region of a call comes from that names none, and what it is without that.
const REGION_VARIABLES: [&str; 2] = ["AWS_REGION", "AWS_DEFAULT_REGION"];
const DEFAULT_REGION: &str = "us-east-1";

/// What is asked.
pub(super) struct Asked {
    /// As it was typed, or as the server calls it.
    pub(super) action: String,
    /// None for what this server never asks about.
    pub(super) known: Option<Action>,
    pub(super) resource: String,
    /// What the server asks about instead of that resource.
    pub(super) instead: Option<String>,
    /// Of the resource, if it has one.
    pub(super) region: Option<String>,
    /// What the caller may not expect.
    pub(super) notes: Vec<String>,
}

impl Asked {
    pub(super) fn read(call: &Call<'_>, principal: &Principal) -> Result<Self, Failure> {
        let mut notes = Vec::new();
        let mut action = call.required(ACTION).to_owned();
        if let Some(real) = action_of_own_call(&action) {
            let shown = quoted(&action);
            notes.push(format!(
                "--{ACTION}: the server asks about {shown} as {real}"
            ));
            action = real.to_owned();
        }
        let known = Action::named(&action);
        let given = call.text(RESOURCE);
        if let Some(resource) = given {
            check_form(resource)?;
        }
        let Resource {
            text: resource,
            instead,
            note,
        } = resource(call, principal, known, given)?;
        notes.extend(note);
        notes.extend(known.and_then(|known| of_another_account(known, &resource, principal)));
        Ok(Self {
            region: part(&resource, REGION)
                .filter(|region| !region.is_empty())
                .map(str::to_owned),
            action,
            known,
            resource,
            instead,
            notes,
        })
    }
}

/// The action of one of Everbeat's own calls that is named as if it were an action itself.
fn action_of_own_call(action: &str) -> Option<&'static str> {
    let (_, name) = action.split_once(':')?;
    if Action::named(action).is_some() {
        return None;
    }
    let mut calls = OwnOperation::ALL.iter();
    let call = calls.find(|call| call.as_str().eq_ignore_ascii_case(name))?;
    Some(match call {
        OwnOperation::DescribeHeartbeats | OwnOperation::DescribeWaits => {
            Operation::DescribeWorkflowExecution.descriptor().action
        }
        OwnOperation::MoveClock => MOVE_CLOCK,
    })
}

fn check_form(resource: &str) -> Result<(), Failure> {
    if resource == ANYTHING || part(resource, ACCOUNT).is_some() {
        return Ok(());
    }
    Err(Failure::Usage(format!(
        "--{RESOURCE} {}: an ARN with six parts is wanted, or {ANYTHING}",
        quoted(resource)
    )))
}

/// A part of an ARN; none of what is no ARN.
fn part(arn: &str, number: usize) -> Option<&str> {
    let parts: Vec<_> = arn.splitn(ARN_PARTS, ':').collect();
    let is_arn = parts.len() == ARN_PARTS && parts.first() == Some(&"arn");
    parts.get(number).copied().filter(|_| is_arn)
}

/// The resource with which the question is answered, and what is to be said of the one that was given.
fn resource(
    call: &Call<'_>,
    principal: &Principal,
    known: Option<Action>,
    given: Option<&str>,
) -> Result<Resource, Failure> {
    let Some(known) = known else {
        return Ok(Resource::as_given(given.unwrap_or(ANYTHING)));
    };
    let only = if known.name == Operation::ListDomains.descriptor().action {
        Some(all_domains(call, principal, given))
    } else {
        (known.name == MOVE_CLOCK).then(|| ANYTHING.to_owned())
    };
    if let Some(only) = only {
        return Ok(Resource::of_one(only, given));
    }
    let wanted = if known.name == PASS_ROLE {
        "the ARN of the role".to_owned()
    } else {
        let example = domain_arn(DEFAULT_REGION, &principal.account, "orders");
        format!("the ARN of a domain, such as {example}")
    };
    let given = given.ok_or_else(|| missing(&wanted))?;
    Ok(Resource {
        note: (given == ANYTHING).then(|| asks_about(&wanted)),
        ..Resource::as_given(given)
    })
}

/// What is asked about.
struct Resource {
    text: String,
    /// What the server asks about instead.
    instead: Option<String>,
    note: Option<String>,
}

impl Resource {
    fn as_given(given: &str) -> Self {
        Self {
            text: given.to_owned(),
            instead: None,
            note: None,
        }
    }

    /// Of an action that has this resource alone.
    fn of_one(only: String, given: Option<&str>) -> Self {
        match given {
            Some(given) if given == only => Self::as_given(given),
            Some(ANYTHING) | None => Self {
                note: Some(asks_about(&only)),
                ..Self::as_given(&only)
            },
            Some(given) => Self {
                instead: Some(only),
                ..Self::as_given(given)
            },
        }
    }
}

/// What is said of a resource about which no server asks.
pub(super) fn asks_about(resource: &str) -> String {
    format!("--{RESOURCE}: the server asks about {resource}")
}

fn missing(wanted: &str) -> Failure {
    Failure::Usage(format!("--{RESOURCE} is missing: {wanted}"))
}

/// What ListDomains is about: all domains of the caller's account in the region of the call.
fn all_domains(call: &Call<'_>, principal: &Principal, given: Option<&str>) -> String {
    let of_given = given.and_then(|given| part(given, REGION));
    let mut variables = REGION_VARIABLES.into_iter();
    let region = match of_given.filter(|region| !region.is_empty()) {
        Some(region) => Some(region.to_owned()),
        None => variables
            .find_map(|name| (call.world.environment)(name))
            .filter(|region| !region.is_empty()),
    };
    let region = region.as_deref().unwrap_or(DEFAULT_REGION);
    domain_arn(region, &principal.account, "*")
}

fn of_another_account(known: Action, resource: &str, principal: &Principal) -> Option<String> {
    let account = part(resource, ACCOUNT)?;
    if known.name == PASS_ROLE || known.name == MOVE_CLOCK || account == principal.account {
        return None;
    }
    Some(format!(
        "--{RESOURCE}: never reachable: the server asks about the caller's own account, {}",
        principal.account
    ))
}
