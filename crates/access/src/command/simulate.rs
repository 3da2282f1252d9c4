//! `simulate`: whether somebody may do something, and what decides it.
//!
//! What the server would know of the caller, of the time and of the resource is filled in; the rest of a request's
//! condition keys is given by `--context`. Action and keys are checked as parts of a policy, so that exactly those are
//! known that policies may name. A key that a request for the action cannot have is left out, as in the server. Where
//! the server might answer otherwise, a note under the verdict says so.

mod asked;
mod context;
mod notes;
mod rehearsal;

use std::sync::Arc;

use clap::Command;
use everbeat_policy::{Policy, Reason, Verdict};
use jiff::Timestamp;
use serde_json::json;

use crate::directory::Directory;
use crate::failure::Failure;
use crate::identities::{Account, Identity, Kind};
use crate::principal::{Principal, PrincipalKind, Session};

use super::find::{self, ACCOUNT, account_option, chosen, exactly_one, kind_options};
use super::{Call, flag, json_line, keys, option, repeated};
use asked::Asked;
use rehearsal::Rehearsal;

const KINDS: [Kind; 2] = [Kind::User, Kind::Role];
const ROOT: &str = "root";
const KEY: &str = "key";
const ACTION: &str = "action";
const RESOURCE: &str = "resource";
const CONTEXT: &str = "context";

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
        .arg(option(
            RESOURCE,
            "ARN",
            "The resource, such as arn:aws:swf:us-east-1:123456789012:/domain/orders. \
             Not needed where the action has one alone, as swf:ListDomains.",
        ))
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
    let asked = Asked::read(call, &caller.principal)?;
    let written = context::written(call)?;
    let of_names = notes::of_names(&asked, &written)?;
    context::check_values(&written)?;
    let rehearsal = Rehearsal {
        principal: &caller.principal,
        session: caller.session.as_ref(),
        action: asked.known,
        context: &context::completed(&written, asked.known)?,
        region: asked.region.as_deref(),
        now: call.world.now,
    };
    let verdict = rehearsal.verdict(&asked.action, &asked.resource);
    let shown = Shown::new(&directory, &caller.principal, verdict.as_ref());
    let mut notes = [of_names, notes::of_context(&written, &rehearsal)].concat();
    notes.extend(asked.notes.iter().cloned());
    notes.extend(notes::of_resource(&asked, &rehearsal));
    notes.extend(notes::of_open_keys(&asked, &rehearsal));
    if shown.allowed {
        notes.extend(notes::of_other_permissions(&asked, &rehearsal));
    }
    notes.extend(caller.remark(call.world.now));
    Ok(show(call, &shown, &notes))
}

fn show(call: &Call<'_>, shown: &Shown<'_>, notes: &[String]) -> String {
    if call.json {
        return json_line(&json!({
            "allowed": shown.allowed,
            "reason": shown.reason,
            "policy": shown.policy.map(|policy| policy.name()),
            "statement": shown.statement,
            "file": shown.file,
            "notes": notes,
        }));
    }
    let file = shown.file.as_ref().map(|file| format!(" ({file})"));
    let notes: String = notes.iter().map(|note| format!("note: {note}\n")).collect();
    format!("{}{}\n{notes}", shown.reason, file.unwrap_or_default())
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
            Reason::Statement { policy, number, .. } => (Some(&**policy), Some(*number)),
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
