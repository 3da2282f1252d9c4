//! `explain`: every statement that applies to somebody, and where it comes from.
//!
//! Statements are shown as their files have them, which were checked when they were loaded.

use clap::Command;
use serde_json::{Value, json};

use crate::directory::Directory;
use crate::document::Spot;
use crate::failure::Failure;
use crate::folder::{Contents, PolicyFile};
use crate::identities::{Account, Identity, Kind};

use super::find::{account_option, chosen, exactly_one, kind_options};
use super::{Call, json_line};

const KINDS: [Kind; 2] = [Kind::User, Kind::Role];

pub(super) fn words() -> Command {
    Command::new("explain")
        .about("Shows every statement that applies to a user or a role, and where it comes from.")
        .args(kind_options(&KINDS))
        .group(exactly_one(KINDS.map(Kind::word)))
        .arg(account_option())
}

/// The statements of one policy.
struct Source<'a> {
    /// Whose policy it is, such as "group workers".
    origin: String,
    document: &'a PolicyFile,
    statements: Vec<Value>,
}

pub(super) fn run(call: &Call<'_>) -> Result<String, Failure> {
    let contents = Contents::read(call.folder)?;
    let directory = Directory::of(call.folder, &contents, call.world.environment)?;
    let (account, identity) = chosen(call, &KINDS, &directory.accounts)?;
    let sources = sources(account, identity, &contents.policies);
    if call.json {
        return Ok(json_line(&sources.iter().flat_map(rows).collect()));
    }
    let mut text = format!("{} of the account {}\n", identity.title(), account.number);
    for source in &sources {
        text.push_str(&format!(
            "{}: {}\n",
            source.origin,
            source.document.file.display()
        ));
        for (number, statement) in (1..).zip(&source.statements) {
            text.push_str(&statement_text(number, statement));
        }
    }
    text.push_str(
        "What no statement allows is denied; what one denies is denied, whatever others allow.\n",
    );
    if identity.boundary.is_some() {
        text.push_str("The boundary allows nothing by itself: what it does not allow is denied.\n");
    }
    Ok(text)
}

/// The policies of an identity, those of its groups, and its boundary.
fn sources<'a>(
    account: &Account,
    identity: &Identity,
    policies: &'a [PolicyFile],
) -> Vec<Source<'a>> {
    let groups = identity
        .groups
        .iter()
        .filter_map(|group| account.identity(Kind::Group, &group.value));
    let owners = std::iter::once(identity).chain(groups);
    let attached = owners.map(|owner| {
        let origin = format!("{} {}", owner.kind.word(), owner.name);
        (origin, owner.policies.as_slice())
    });
    let boundary = ("boundary".to_owned(), identity.boundary.as_slice());
    let find = |name: &Spot<String>| policies.iter().find(|policy| policy.name == name.value);
    let mut sources = Vec::new();
    for (origin, names) in attached.chain([boundary]) {
        sources.extend(names.iter().filter_map(find).map(|document| Source {
            origin: origin.clone(),
            document,
            statements: statements(&document.text),
        }));
    }
    sources
}

fn statements(text: &str) -> Vec<Value> {
    let document: Value = serde_json::from_str(text).unwrap_or_default();
    match document.get("Statement") {
        Some(Value::Array(statements)) => statements.clone(),
        one => one.cloned().into_iter().collect(),
    }
}

fn rows(source: &Source<'_>) -> impl Iterator<Item = Value> {
    (1..)
        .zip(&source.statements)
        .map(move |(number, statement): (usize, _)| {
            json!({
                "from": source.origin,
                "policy": source.document.name,
                "file": source.document.file.display().to_string(),
                "statement": number,
                "document": statement,
            })
        })
}

/// A statement in lines: what it does, on what, and under which conditions.
fn statement_text(number: usize, statement: &Value) -> String {
    let sid = match statement.get("Sid").and_then(Value::as_str) {
        Some(sid) if !sid.is_empty() => format!(" ({sid})"),
        _ => String::new(),
    };
    let effect = texts(statement.get("Effect"));
    let mut text = format!(
        "  {number}{sid}: {effect} {}\n",
        selection(statement, "Action")
    );
    text.push_str(&format!("      on {}\n", selection(statement, "Resource")));
    let operators = statement.get("Condition").and_then(Value::as_object);
    for (operator, keys) in operators.into_iter().flatten() {
        for (key, values) in keys.as_object().into_iter().flatten() {
            text.push_str(&format!(
                "      if {operator} {key}: {}\n",
                texts(Some(values))
            ));
        }
    }
    text
}

/// The element, or the one that begins with `Not`.
fn selection(statement: &Value, element: &str) -> String {
    match statement.get(format!("Not{element}")) {
        Some(excepted) => format!("all but {}", texts(Some(excepted))),
        None => texts(statement.get(element)),
    }
}

fn texts(value: Option<&Value>) -> String {
    match value {
        Some(Value::Array(values)) => {
            let values: Vec<_> = values.iter().map(|value| texts(Some(value))).collect();
            values.join(", ")
        }
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
        None => String::new(),
    }
}
