//! `simulate`: whether somebody may do something, and what decides it.
//!
//! What the server would know of the caller, of the time and of the resource is filled in; the rest of a request's
//! condition keys is given by `--context`. Action and keys are checked as parts of a policy, so that exactly those are
//! known that policies may name.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use clap::Command;
use everbeat_model::permissions::{PASS_ROLE, PASSED_TO_SERVICE};
use everbeat_policy::{Facts, Policy, Question, Reason, Value, Verdict, fold_key};
use jiff::Timestamp;
use serde_json::json;

use crate::directory::Directory;
use crate::document::quoted;
use crate::failure::Failure;
use crate::identities::{Account, Identity, Kind};
use crate::principal::{Principal, PrincipalKind};

use super::find::{self, ACCOUNT, account_option, chosen, exactly_one, kind_options};
use super::{Call, flag, json_line, option, repeated};

const KINDS: [Kind; 2] = [Kind::User, Kind::Role];
const ROOT: &str = "root";
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
        .group(exactly_one(["user", "role", ROOT]))
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
    let principal = principal(call, &directory)?;
    let (action, resource) = (call.required(ACTION), call.required(RESOURCE));
    check_resource(resource)?;
    let given = context(call)?;
    let notes = check_names(action, resource, &given)?;
    let facts = Rehearsal {
        principal: &principal,
        passes_role: action.eq_ignore_ascii_case(PASS_ROLE),
        given: given
            .into_iter()
            .map(|(key, values)| (fold_key(key), values))
            .collect(),
        region: resource.split(':').nth(REGION).unwrap_or_default(),
        seconds: call.world.now.as_second(),
    };
    let question = Question {
        action,
        resource,
        facts: &facts,
    };
    let verdict = (!principal.is_root()).then(|| principal.policies.evaluate(&question));
    let shown = Shown::new(&directory, &principal, verdict.as_ref());
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
    let word = if shown.allowed { "allowed" } else { "denied" };
    let notes: String = notes.iter().map(|note| format!("note: {note}\n")).collect();
    Ok(format!("{word}: {}\n{notes}", shown.reason))
}

fn principal(call: &Call<'_>, directory: &Directory) -> Result<Arc<Principal>, Failure> {
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
    found
        .cloned()
        .ok_or_else(|| Failure::Refused("nobody of that name can call".into()))
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
    Ok(given)
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
        for text in warnings.into_iter().map(|warning| warning.text) {
            // What is to be noted of the action is said of every document.
            if !notes.iter().any(|(_, noted)| *noted == text) {
                notes.push((option, text));
            }
        }
    }
    let shown = notes
        .iter()
        .map(|(option, text)| format!("--{option}: {text}"));
    Ok(shown.collect())
}

/// What would be known of a request.
struct Rehearsal<'a> {
    principal: &'a Principal,
    given: BTreeMap<String, Vec<&'a str>>,
    region: &'a str,
    passes_role: bool,
    /// Since 1970.
    seconds: i64,
}

impl Facts for Rehearsal<'_> {
    fn value(&self, key: &str) -> Option<Value<'_>> {
        if let Some(values) = self.given.get(key) {
            return Some(match values.as_slice() {
                [value] if key != "aws:tagkeys" => Value::One(Cow::Borrowed(value)),
                values => Value::Many(values.iter().copied().map(Cow::Borrowed).collect()),
            });
        }
        let text = match key {
            "aws:currenttime" => Timestamp::from_second(self.seconds)
                .ok()?
                .to_string()
                .into(),
            "aws:epochtime" => self.seconds.to_string().into(),
            "aws:requestedregion" if !self.region.is_empty() => Cow::Borrowed(self.region),
            key if self.passes_role && key == fold_key(PASSED_TO_SERVICE.0) => {
                Cow::Borrowed(PASSED_TO_SERVICE.1)
            }
            key => return self.principal.fact(key),
        };
        Some(Value::One(text))
    }
}

/// The verdict for people.
struct Shown<'a> {
    allowed: bool,
    reason: String,
    policy: Option<&'a Policy>,
    statement: Option<usize>,
    file: Option<String>,
}

impl<'a> Shown<'a> {
    fn new(directory: &Directory, principal: &Principal, verdict: Option<&'a Verdict>) -> Self {
        let who = &principal.arn;
        let Some(verdict) = verdict else {
            return Self {
                allowed: true,
                reason: format!("{who} may do all"),
                policy: None,
                statement: None,
                file: None,
            };
        };
        let file_of = |policy: &Policy| {
            let file = directory.policy_file(policy.name());
            file.map(|file| file.display().to_string())
        };
        let (policy, statement) = match verdict.reason() {
            Reason::Statement { policy, number } => (Some(&**policy), Some(*number)),
            Reason::NotInBoundary(policy) => (Some(&**policy), None),
            Reason::NotAllowed | Reason::NotInSession => (None, None),
        };
        let file = policy.and_then(file_of);
        let shown_file = file.as_deref().unwrap_or_default();
        let reason = match verdict.reason() {
            Reason::Statement { policy, number } => {
                let sid = policy
                    .statements()
                    .find(|one| one.number() == *number)
                    .and_then(|one| one.sid());
                let sid = sid.map_or_else(String::new, |sid| format!(" ({sid})"));
                let verb = if verdict.is_allowed() {
                    "allows"
                } else {
                    "denies"
                };
                format!("statement {number}{sid} of {shown_file} {verb} it")
            }
            Reason::NotInBoundary(_) => {
                format!("the permissions boundary {shown_file} does not allow it")
            }
            Reason::NotAllowed => format!("no policy of {who} allows it"),
            Reason::NotInSession => "no session policy allows it".to_owned(),
        };
        Self {
            allowed: verdict.is_allowed(),
            reason,
            policy,
            statement,
            file,
        }
    }
}
