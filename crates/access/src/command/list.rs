//! `list`: all accounts, users, groups, roles, keys and policies, and who uses what. Never a secret.

use std::collections::BTreeMap;

use clap::Command;
use serde_json::{Value, json};

use crate::directory::Directory;
use crate::document::Spot;
use crate::failure::Failure;
use crate::identities::{Account, Identity, Kind};

use super::{Call, json_line};

pub(super) fn words() -> Command {
    Command::new("list").about(
        "Lists users, groups and roles with their policies and access keys, \
         and who uses which policy.",
    )
}

pub(super) fn run(call: &Call<'_>) -> Result<String, Failure> {
    let directory = Directory::load(call.folder, call.world.environment)?;
    let users = users_of_policies(&directory);
    if call.json {
        return Ok(json_line(&json!({
            "accounts": directory.accounts.iter().map(|account| account_json(&directory, account)).collect::<Vec<_>>(),
            "policies": users.iter().map(|(name, users)| json!({
                "name": name,
                "file": directory.policy_file(name).map(|file| file.display().to_string()),
                "users": users,
            })).collect::<Vec<_>>(),
        })));
    }
    let mut text = String::new();
    for account in &directory.accounts {
        text.push_str(&account_text(call, &directory, account));
    }
    text.push_str("policies\n");
    for (name, users) in users {
        let users = if users.is_empty() {
            "nobody's".to_owned()
        } else {
            users.join(", ")
        };
        text.push_str(&format!("  {name}: {users}\n"));
    }
    Ok(text)
}

/// For each policy who names it, such as "user alice".
fn users_of_policies(directory: &Directory) -> BTreeMap<&str, Vec<String>> {
    let mut users: BTreeMap<&str, Vec<String>> = directory
        .policies
        .keys()
        .map(|name| (name.as_str(), Vec::new()))
        .collect();
    let mut add = |policy: &str, user: String| {
        if let Some(users) = users.get_mut(policy) {
            users.push(user);
        }
    };
    for identity in directory
        .accounts
        .iter()
        .flat_map(|account| account.identities())
    {
        let name = format!("{} {}", identity.kind.word(), identity.name);
        for policy in &identity.policies {
            add(&policy.value, name.clone());
        }
        if let Some(boundary) = &identity.boundary {
            add(&boundary.value, format!("{name} (boundary)"));
        }
    }
    for session in &directory.sessions {
        for policy in &session.policies {
            add(&policy.value, format!("session {}", session.id));
        }
    }
    users
}

fn account_text(call: &Call<'_>, directory: &Directory, account: &Account) -> String {
    let mut text = format!("account {}\n", account.number);
    if !account.root_keys.is_empty() {
        text.push_str(&format!(
            "  root: {}\n",
            keys_text(directory, &account.root_keys)
        ));
    }
    for identity in account.identities() {
        let mut parts = Vec::new();
        let mut add = |what: &str, names: &[Spot<String>]| {
            if !names.is_empty() {
                let names: Vec<_> = names.iter().map(|name| name.value.as_str()).collect();
                parts.push(format!("{what} {}", names.join(", ")));
            }
        };
        add("groups", &identity.groups);
        add("policies", &identity.policies);
        add("boundary", identity.boundary.as_slice());
        if identity.kind == Kind::Group {
            let members = members(account, &identity.name);
            parts.push(format!(
                "users {}",
                if members.is_empty() {
                    "none".into()
                } else {
                    members.join(", ")
                }
            ));
        }
        if !identity.tags.is_empty() {
            let tags: Vec<_> = identity
                .tags
                .iter()
                .map(|(key, value)| format!("{key}={value}"))
                .collect();
            parts.push(format!("tags {}", tags.join(", ")));
        }
        if !identity.keys.is_empty() {
            parts.push(keys_text(directory, &identity.keys));
        }
        parts.extend(sessions(directory, account, identity).map(|session| {
            let end = if session.expires <= call.world.now {
                "expired"
            } else {
                "until"
            };
            format!("session {} {end} {}", session.id, session.expires)
        }));
        let what = if parts.is_empty() {
            "nothing".to_owned()
        } else {
            parts.join("; ")
        };
        text.push_str(&format!(
            "  {} {}: {what}\n",
            identity.kind.word(),
            identity.name
        ));
    }
    text
}

fn keys_text(directory: &Directory, keys: &[Spot<String>]) -> String {
    let keys = keys.iter().map(|key| match directory.key(&key.value) {
        Some(_) => key.value.clone(),
        None => format!("{} (no secret)", key.value),
    });
    format!("keys {}", keys.collect::<Vec<_>>().join(", "))
}

fn members<'a>(account: &'a Account, group: &str) -> Vec<&'a str> {
    account
        .of_kind(Kind::User)
        .iter()
        .filter(|user| user.groups.iter().any(|one| one.value == group))
        .map(|user| user.name.as_str())
        .collect()
}

fn sessions<'a>(
    directory: &'a Directory,
    account: &'a Account,
    identity: &'a Identity,
) -> impl Iterator<Item = &'a crate::secrets::SessionSecret> {
    directory.sessions.iter().filter(move |session| {
        let owner = &session.owner;
        owner.account == account.number
            && owner.kind == identity.kind
            && owner.name == identity.name
    })
}

fn account_json(directory: &Directory, account: &Account) -> Value {
    let of_kind = |kind| {
        account
            .of_kind(kind)
            .iter()
            .map(|identity| identity_json(directory, account, identity))
    };
    json!({
        "account": account.number,
        "rootKeys": keys_json(directory, &account.root_keys),
        "users": of_kind(Kind::User).collect::<Vec<_>>(),
        "groups": of_kind(Kind::Group).collect::<Vec<_>>(),
        "roles": of_kind(Kind::Role).collect::<Vec<_>>(),
    })
}

fn identity_json(directory: &Directory, account: &Account, identity: &Identity) -> Value {
    let names = |spots: &[Spot<String>]| {
        spots
            .iter()
            .map(|spot| spot.value.clone())
            .collect::<Vec<_>>()
    };
    let mut value = json!({
        "name": identity.name,
        "policies": names(&identity.policies),
    });
    if identity.kind == Kind::Group {
        value["users"] = json!(members(account, &identity.name));
        return value;
    }
    value["boundary"] = json!(identity.boundary.as_ref().map(|spot| &spot.value));
    value["tags"] = json!(identity.tags);
    let sessions = sessions(directory, account, identity).map(|session| {
        json!({ "id": session.id, "name": session.name, "expires": session.expires.to_string() })
    });
    value["sessions"] = json!(sessions.collect::<Vec<_>>());
    if identity.kind == Kind::User {
        value["groups"] = json!(names(&identity.groups));
        value["keys"] = keys_json(directory, &identity.keys);
    }
    value
}

fn keys_json(directory: &Directory, keys: &[Spot<String>]) -> Value {
    let keys = keys
        .iter()
        .map(|key| json!({ "id": key.value, "usable": directory.key(&key.value).is_some() }));
    keys.collect()
}
