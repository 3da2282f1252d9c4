//! `create-user`, `create-group`, `create-role` and their opposites.

use std::collections::BTreeMap;

use clap::Command;
use everbeat_model::is_account;
use everbeat_policy::quoted;

use crate::document::Spot;
use crate::edit::Edit;
use crate::failure::Failure;
use crate::identities::{Identity, Kind};
use crate::names::{ACCOUNT_RULE, tag_problem};
use everbeat_policy::nearest::suggestion;

use super::find::{self, ACCOUNT, account_option, known_policies};
use super::{Call, keys, option, repeated, word};

const NAME: &str = "NAME";
const GROUP: &str = "group";
const POLICY: &str = "policy";
const BOUNDARY: &str = "boundary";
const TAG: &str = "tag";

pub(super) fn user_words() -> Command {
    words(
        "create-user",
        Kind::User,
        "Adds a user, still without an access key.",
    )
    .arg(repeated(
        GROUP,
        "GROUP",
        "A group that the user is in. Can be repeated.",
    ))
}

pub(super) fn group_words() -> Command {
    words(
        "create-group",
        Kind::Group,
        "Adds a group, whose policies apply to all its users.",
    )
}

pub(super) fn role_words() -> Command {
    words(
        "create-role",
        Kind::Role,
        "Adds a role, which is used by sessions (create-session).",
    )
}

fn words(command: &'static str, kind: Kind, about: &'static str) -> Command {
    let words = Command::new(command)
        .about(about)
        .arg(word(NAME, "Its name."))
        .arg(option(
            ACCOUNT,
            "NUMBER",
            "Its account, which is added if it is new; needed if there are several.",
        ))
        .arg(repeated(
            POLICY,
            "POLICY",
            "A policy that applies to it: the name of its file without .json. Can be repeated.",
        ));
    match kind {
        Kind::Group => words,
        Kind::User | Kind::Role => words
            .arg(option(
                BOUNDARY,
                "POLICY",
                "A permissions boundary: what this policy does not allow is denied.",
            ))
            .arg(repeated(
                TAG,
                "KEY=VALUE",
                "A tag, for aws:PrincipalTag/KEY in policies. Can be repeated.",
            )),
    }
}

pub(super) fn create_user(call: &Call<'_>) -> Result<String, Failure> {
    create(call, Kind::User)
}

pub(super) fn create_group(call: &Call<'_>) -> Result<String, Failure> {
    create(call, Kind::Group)
}

pub(super) fn create_role(call: &Call<'_>) -> Result<String, Failure> {
    create(call, Kind::Role)
}

fn create(call: &Call<'_>, kind: Kind) -> Result<String, Failure> {
    let name = call.required(NAME);
    let (is_good, rule) = kind.name_rule();
    if !is_good(name) {
        return Err(Failure::Usage(format!(
            "the name of a {} is of {rule}",
            kind.word()
        )));
    }
    let mut edit = Edit::begin(call.folder)?;
    let number = match call.text(ACCOUNT) {
        Some(number) if !is_account(number) => {
            return Err(Failure::Usage(format!(
                "--{ACCOUNT}: an account number has {ACCOUNT_RULE}"
            )));
        }
        Some(number) => number.to_owned(),
        None => find::account(&edit.accounts, None)?.number.clone(),
    };
    let identity = wanted(call, kind, name)?;
    check(&edit, &number, &identity)?;
    edit.add_identity(&number, &identity);
    edit.finish(call.world.environment, call.world.now)?;
    Ok(format!(
        "created {} in the account {number}\n",
        identity.title()
    ))
}

fn wanted(call: &Call<'_>, kind: Kind, name: &str) -> Result<Identity, Failure> {
    let spot = |text: &str| Spot {
        value: text.to_owned(),
        line: 0,
    };
    let spots = |option: &str| {
        let mut texts = call.texts(option);
        texts.sort_unstable();
        texts.dedup();
        texts.into_iter().map(spot).collect()
    };
    let has_more = kind != Kind::Group;
    let mut tags = BTreeMap::new();
    for tag in if has_more {
        call.texts(TAG)
    } else {
        Vec::new()
    } {
        let Some((key, value)) = tag.split_once('=') else {
            return Err(Failure::Usage(format!(
                "--{TAG} {}: KEY=VALUE is wanted",
                quoted(tag)
            )));
        };
        if let Some(problem) = tag_problem(key, value) {
            return Err(Failure::Usage(format!("--{TAG}: a tag {problem}")));
        }
        tags.insert(key.to_owned(), value.to_owned());
    }
    Ok(Identity {
        kind,
        name: name.to_owned(),
        id: None,
        groups: if kind == Kind::User {
            spots(GROUP)
        } else {
            Vec::new()
        },
        policies: spots(POLICY),
        boundary: if has_more {
            call.text(BOUNDARY).map(spot)
        } else {
            None
        },
        tags,
        keys: Vec::new(),
    })
}

/// Refuses a second one of the name, and what is named and not there.
fn check(edit: &Edit, account: &str, identity: &Identity) -> Result<(), Failure> {
    let policies = identity.policies.iter().chain(&identity.boundary);
    let policies: Vec<_> = policies.map(|policy| policy.value.as_str()).collect();
    known_policies(edit, &policies)?;
    let account = edit.account(account);
    let identities = |kind| {
        account
            .into_iter()
            .flat_map(move |account| account.of_kind(kind))
    };
    let same = |other: &&Identity| other.name.eq_ignore_ascii_case(&identity.name);
    if let Some(other) = identities(identity.kind).find(same) {
        return Err(Failure::Refused(format!(
            "{} is there already",
            other.title()
        )));
    }
    let known = || identities(Kind::Group).map(|group| group.name.as_str());
    match identity
        .groups
        .iter()
        .find(|group| !known().any(|one| one == group.value))
    {
        None => Ok(()),
        Some(group) => {
            let nearest = suggestion(&group.value, known());
            Err(Failure::Refused(format!(
                "there is no group {}{nearest}",
                quoted(&group.value)
            )))
        }
    }
}

pub(super) fn delete_user_words() -> Command {
    delete_words(
        "delete-user",
        "Removes a user with its access keys and sessions.",
    )
}

pub(super) fn delete_group_words() -> Command {
    delete_words("delete-group", "Removes a group, also from its users.")
}

pub(super) fn delete_role_words() -> Command {
    delete_words("delete-role", "Removes a role with its sessions.")
}

fn delete_words(command: &'static str, about: &'static str) -> Command {
    Command::new(command)
        .about(about)
        .arg(word(NAME, "Its name."))
        .arg(account_option())
}

pub(super) fn delete_user(call: &Call<'_>) -> Result<String, Failure> {
    delete(call, Kind::User)
}

pub(super) fn delete_group(call: &Call<'_>) -> Result<String, Failure> {
    delete(call, Kind::Group)
}

pub(super) fn delete_role(call: &Call<'_>) -> Result<String, Failure> {
    delete(call, Kind::Role)
}

fn delete(call: &Call<'_>, kind: Kind) -> Result<String, Failure> {
    let mut edit = Edit::begin(call.folder)?;
    let (account, identity) = find::identity(
        &edit.accounts,
        kind,
        call.required(NAME),
        call.text(ACCOUNT),
    )?;
    let (account, identity) = (account.clone(), identity.clone());
    edit.remove_identity(&account, &identity);
    let after = edit.finish(call.world.environment, call.world.now)?;
    let was_last = kind == Kind::User && account.of_kind(kind).len() == 1;
    let last = if was_last { ", its last user" } else { "" };
    Ok(format!(
        "deleted {} of the account {}{last}{}\n",
        identity.title(),
        account.number,
        keys::last_key(&account, &after)
    ))
}
