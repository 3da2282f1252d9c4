//! `simulate`: whether somebody may do something, and what decides it.
//!
//! What the server would know of the caller, of the time and of the resource is filled in; the rest of a request's
//! condition keys is given by `--context`. Action and keys are checked as parts of a policy, so that exactly those are
//! known that policies may name. A key that a request for the action cannot have is left out, as in the server.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use clap::Command;
use everbeat_model::permissions::{Action, GlobalKey, PASSED_TO_SERVICE, RequestKey};
use everbeat_policy::{Facts, Policy, Question, Reason, Value, Verdict, fold_key, quoted};
use jiff::Timestamp;
use serde_json::json;

use crate::directory::Directory;
use crate::failure::Failure;
use crate::identities::{Account, Identity, Kind};
use crate::principal::{Principal, PrincipalKind, Session};

use super::find::{self, ACCOUNT, account_option, chosen, exactly_one, kind_options};
use super::{Call, flag, json_line, keys, option, repeated};

const KINDS: [Kind; 2] = [Kind::User, Kind::Role];
const ROOT: &str = "root";
const KEY: &str = "key";
const ACTION: &str = "action";
const RESOURCE: &str = "resource";
const CONTEXT: &str = "context";
/// How many parts an ARN has, and which of them is the region.
const ARN_PARTS: usize = 6;
const REGION: usize = 3;

pub(super) fn words() -> Command {
    Command::new("simulate")
        .about("Tells whether a call would be allowed, and by which statement of which file.")
        .args(kind_options(&KINDS))
        .arg(flag(ROOT, "The root of the account."))
        .arg(
            option(
                KEY,
                "KEY-ID",
                "The owner of this access key; of a session's, with its name and its policies.",
            )
            .conflicts_with(ACCOUNT),
        )
        .group(exactly_one(["user", "role", ROOT, KEY]))
        .arg(account_option())
        .arg(
            option(
                ACTION,
                "ACTION",
                "The action, such as swf:StartWorkflowExecution; decisions have actions too.",
            )
            .required(true),
        )
        .arg(
            option(
                RESOURCE,
                "ARN",
                "The resource, such as arn:aws:swf:us-east-1:123456789012:/domain/orders, or *.",
            )
            .required(true),
        )
        .arg(repeated(
            CONTEXT,
            "KEY=VALUE",
            "A condition key of the request, such as swf:taskList.name=main. \
             Repeat it, also for a key with several values.",
        ))
}

pub(super) fn run(call: &Call<'_>) -> Result<String, Failure> {
    let directory = Directory::load(call.folder, call.world.environment)?;
    let caller = caller(call, &directory)?;
    let (action, resource) = (call.required(ACTION), call.required(RESOURCE));
    check_resource(resource)?;
    let given = context(call)?;
    let mut notes = check_names(action, resource, &given)?;
    notes.extend(caller.remark(call.world.now));
    let facts = Rehearsal {
        caller: &caller,
        action: Action::named(action),
        given: given
            .into_iter()
            .map(|(key, values)| (fold_key(key), values))
            .collect(),
        region: resource.split(':').nth(REGION).unwrap_or_default(),
        now: call.world.now,
    };
    let question = Question {
        action,
        resource,
        facts: &facts,
    };
    let principal = &caller.principal;
    let verdict = (!principal.is_root()).then(|| principal.policies.evaluate(&question));
    let shown = Shown::new(&directory, principal, verdict.as_ref());
    if call.json {
        return Ok(json_line(&json!({
            "allowed": shown.allowed,
            "reason": shown.reason,
            "policy": shown.policy.map(|policy| policy.name()),
            "statement": shown.statement,
            "file": shown.file,
            "notes": notes,
        })));
    }
    let file = shown.file.map(|file| format!(" ({file})"));
    let notes: String = notes.iter().map(|note| format!("note: {note}\n")).collect();
    Ok(format!(
        "{}{}\n{notes}",
        shown.reason,
        file.unwrap_or_default()
    ))
}

/// Who would ask.
struct Caller {
    principal: Arc<Principal>,
    /// The session of the key that would sign.
    session: Option<Session>,
}

impl Caller {
    /// What the server says before it asks any policy.
    fn remark(&self, now: Timestamp) -> Option<String> {
        let session = self.session.as_ref()?;
        let is_over = session.expires <= now.as_second();
        is_over.then(|| format!("--{KEY}: the session is over, so that the server refuses the key"))
    }
}

fn caller(call: &Call<'_>, directory: &Directory) -> Result<Caller, Failure> {
    if let Some(id) = call.text(KEY) {
        let key = directory.key(id).ok_or_else(|| keys::unusable(id))?;
        return Ok(Caller {
            principal: key.principal().clone(),
            session: key.session().cloned(),
        });
    }
    let (account, kind) = if call.matches.get_flag(ROOT) {
        let account = find::account(&directory.accounts, call.text(ACCOUNT))?;
        (account, PrincipalKind::Root)
    } else {
        let (account, identity): (&Account, &Identity) = chosen(call, &KINDS, &directory.accounts)?;
        let name = identity.name.clone();
        let kind = match identity.kind {
            Kind::Role => PrincipalKind::Role {
                name,
                session: None,
            },
            Kind::User | Kind::Group => PrincipalKind::User { name },
        };
        (account, kind)
    };
    let is_meant = |one: &&Arc<Principal>| one.account == account.number && one.kind == kind;
    let found = directory.principals().iter().find(is_meant);
    let principal = found
        .cloned()
        .ok_or_else(|| Failure::Refused("nobody of that name can call".into()))?;
    Ok(Caller {
        principal,
        session: None,
    })
}

fn check_resource(resource: &str) -> Result<(), Failure> {
    let parts: Vec<_> = resource.splitn(ARN_PARTS, ':').collect();
    if resource == "*" || (parts.len() == ARN_PARTS && parts.first() == Some(&"arn")) {
        return Ok(());
    }
    Err(Failure::Usage(format!(
        "--{RESOURCE} {}: an ARN with six parts is wanted, or *",
        quoted(resource)
    )))
}

/// The values of each key, under the key as it was written first.
fn context<'a>(call: &'a Call<'_>) -> Result<BTreeMap<&'a str, Vec<&'a str>>, Failure> {
    let mut given: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
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

/// Whether a request for the action could have the key. Nothing is known of what this server never asks about.
fn can_have(action: Option<Action>, key: &str) -> bool {
    let Some(action) = action else { return true };
    RequestKey::read(key).is_some_and(|key| action.has(key))
}

/// Refuses names that policies do not know, and notes what has no meaning for this server.
fn check_names(
    action: &str,
    resource: &str,
    given: &BTreeMap<&str, Vec<&str>>,
) -> Result<Vec<String>, Failure> {
    if action.contains(['*', '?']) {
        let shown = quoted(action);
        return Err(Failure::Usage(format!(
            "--{ACTION} {shown}: one action is wanted"
        )));
    }
    // A resource is no pattern: what begins a variable there stands for itself here.
    let literal = resource.replace('$', "${$}");
    let mut checks = vec![(ACTION, "*", json!({})), (RESOURCE, &*literal, json!({}))];
    let of_key = |key: &&str| (CONTEXT, "*", json!({ "Null": { *key: "false" } }));
    checks.extend(given.keys().map(of_key));
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
    let asked = Action::named(action);
    let left_out = given.keys().filter(|key| !can_have(asked, key));
    notes.extend(left_out.map(|key| {
        let text = "is never present for this action; left out";
        (CONTEXT, format!("the key {} {text}", quoted(key)))
    }));
    let shown = notes
        .iter()
        .map(|(option, text)| format!("--{option}: {text}"));
    Ok(shown.collect())
}

/// What would be known of a request.
struct Rehearsal<'a> {
    caller: &'a Caller,
    /// None for what this server never asks about.
    action: Option<Action>,
    /// By folded keys.
    given: BTreeMap<String, Vec<&'a str>>,
    region: &'a str,
    now: Timestamp,
}

impl Facts for Rehearsal<'_> {
    fn value(&self, key: &str) -> Option<Value<'_>> {
        if !can_have(self.action, key) {
            return None;
        }
        let read = RequestKey::read(key);
        if let Some(values) = self.given.get(key) {
            let is_many = read.is_some_and(RequestKey::has_many_values);
            return Some(match values.as_slice() {
                [value] if !is_many => Value::One(Cow::Borrowed(value)),
                values => Value::Many(values.iter().copied().map(Cow::Borrowed).collect()),
            });
        }
        match read? {
            RequestKey::Global(key) => self.global(key),
            key @ RequestKey::Tag(..) => self.caller.principal.fact(key),
            RequestKey::PassedToService => Some(Value::One(Cow::Borrowed(PASSED_TO_SERVICE.1))),
            RequestKey::Swf(_) => None,
        }
    }
}

impl Rehearsal<'_> {
    fn global(&self, key: GlobalKey) -> Option<Value<'_>> {
        let text = match key {
            GlobalKey::CurrentTime => Cow::Owned(iso_time(self.now.as_second())?),
            GlobalKey::EpochTime => Cow::Owned(self.now.as_second().to_string()),
            GlobalKey::RequestedRegion if self.region.is_empty() => return None,
            GlobalKey::RequestedRegion => Cow::Borrowed(self.region),
            GlobalKey::TokenIssueTime => {
                Cow::Owned(iso_time(self.caller.session.as_ref()?.issued)?)
            }
            GlobalKey::PrincipalAccount
            | GlobalKey::PrincipalArn
            | GlobalKey::PrincipalType
            | GlobalKey::UserId
            | GlobalKey::UserName => return self.caller.principal.fact(RequestKey::Global(key)),
            GlobalKey::SecureTransport
            | GlobalKey::SourceIp
            | GlobalKey::TagKeys
            | GlobalKey::UserAgent => return None,
        };
        Some(Value::One(text))
    }
}

fn iso_time(seconds: i64) -> Option<String> {
    Some(Timestamp::from_second(seconds).ok()?.to_string())
}

/// The verdict for people, in the words of the audit log.
struct Shown<'a> {
    allowed: bool,
    reason: String,
    policy: Option<&'a Policy>,
    statement: Option<usize>,
    file: Option<String>,
}

impl<'a> Shown<'a> {
    fn new(directory: &Directory, principal: &Principal, verdict: Option<&'a Verdict>) -> Self {
        let Some(verdict) = verdict else {
            return Self {
                allowed: true,
                reason: format!("allowed because {} may do all", principal.arn),
                policy: None,
                statement: None,
                file: None,
            };
        };
        let (policy, statement) = match verdict.reason() {
            Reason::Statement { policy, number } => (Some(&**policy), Some(*number)),
            Reason::NotInBoundary(policy) => (Some(&**policy), None),
            Reason::NotAllowed | Reason::NotInSession => (None, None),
        };
        let file = policy.and_then(|policy| directory.policy_file(policy.name()));
        Self {
            allowed: verdict.is_allowed(),
            reason: verdict.to_string(),
            policy,
            statement,
            file: file.map(|file| file.display().to_string()),
        }
    }
}
