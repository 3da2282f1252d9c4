//! `create-key`, `rotate-key` and `delete-key`.

use clap::Command;
use everbeat_policy::quoted;

use crate::directory::Directory;
use crate::edit::{Edit, List, Target};
use crate::failure::Failure;
use crate::identities::{Account, Identity, Kind};
use crate::random;

use super::credentials::Credentials;
use super::find::{self, ACCOUNT, account_option, exactly_one};
use super::{Call, flag, word};

const USER: &str = "USER";
const ROOT: &str = "root";
const KEY_ID: &str = "KEY-ID";

pub(super) fn create_words() -> Command {
    Command::new("create-key")
        .about(
            "Makes an access key for a user or for the account's root, and prints it. \
             The secret is not shown again.",
        )
        .arg(word(USER, "The user.").required(false))
        .arg(flag(ROOT, "For the root of the account, which may do all."))
        .arg(account_option())
        .group(exactly_one([USER, ROOT]))
}

pub(super) fn create(call: &Call<'_>) -> Result<String, Failure> {
    let edit = Edit::begin(call.folder)?;
    let number = call.text(ACCOUNT);
    let (account, identity) = match call.text(USER) {
        Some(user) => {
            let found = find::identity(&edit.accounts, Kind::User, user, number);
            let (account, identity) = found.map_err(|failure| {
                let is_role = find::identity(&edit.accounts, Kind::Role, user, number).is_ok();
                if is_role { no_key(call, user) } else { failure }
            })?;
            (account.clone(), Some(identity.clone()))
        }
        None => (find::account(&edit.accounts, number)?.clone(), None),
    };
    add_key(call, edit, &account, identity.as_ref(), None)
}

pub(super) fn rotate_words() -> Command {
    Command::new("rotate-key")
        .about("Makes a new access key beside one that exists, and prints it. The old one is valid until delete-key.")
        .arg(word(KEY_ID, "Id of the old key."))
}

pub(super) fn rotate(call: &Call<'_>) -> Result<String, Failure> {
    let edit = Edit::begin(call.folder)?;
    let old = call.required(KEY_ID);
    let Some((account, identity)) = find::owner(&edit.accounts, old) else {
        return Err(unknown(old));
    };
    let (account, identity) = (account.clone(), identity.cloned());
    add_key(call, edit, &account, identity.as_ref(), Some(old))
}

fn add_key(
    call: &Call<'_>,
    mut edit: Edit,
    account: &Account,
    identity: Option<&Identity>,
    old: Option<&str>,
) -> Result<String, Failure> {
    let (id, secret) = (random::key_id(random::LONG_TERM)?, random::secret()?);
    let (target, list) = place(account, identity);
    edit.add(target, list, &id);
    edit.add_secret(&id, &secret);
    edit.finish(call.world.environment, call.world.now)?;
    let owner = title(account, identity);
    let remark = match old {
        None => format!("a key of {owner}"),
        Some(old) => format!(
            "a second key of {owner}; the old one is valid until `{}`",
            call.proposal(&format!("delete-key {old}"))
        ),
    };
    let credentials = Credentials {
        id: &id,
        secret: &secret,
        session: None,
    };
    Ok(credentials.show(&remark, call.json))
}

pub(super) fn delete_words() -> Command {
    Command::new("delete-key")
        .about("Removes an access key with its secret, or a session.")
        .arg(word(KEY_ID, "Id of the key."))
}

pub(super) fn delete(call: &Call<'_>) -> Result<String, Failure> {
    let mut edit = Edit::begin(call.folder)?;
    let id = call.required(KEY_ID);
    let found = find::owner(&edit.accounts, id);
    let found = found.map(|(account, identity)| (account.clone(), identity.cloned()));
    let owner = match &found {
        Some((account, identity)) => {
            let (target, list) = place(account, identity.as_ref());
            edit.remove(target, list, id);
            edit.remove_secret(id);
            title(account, identity.as_ref())
        }
        None if edit.remove_session(id) => "a session".to_owned(),
        None => return Err(unknown(id)),
    };
    let after = edit.finish(call.world.environment, call.world.now)?;
    let last = match found {
        Some((account, _)) => last_key(&account, &after),
        None => String::new(),
    };
    Ok(format!("deleted the key {id} of {owner}{last}\n"))
}

/// What to say if an account had keys, and has none after a change.
pub(super) fn last_key(before: &Account, after: &Directory) -> String {
    let mut accounts = after.accounts.iter();
    let has_keys = accounts.any(|account| account.number == before.number && account.has_keys());
    if has_keys || !before.has_keys() {
        return String::new();
    }
    format!("; the account {} has no access key any more", before.number)
}

/// Roles have no keys of their own.
fn no_key(call: &Call<'_>, role: &str) -> Failure {
    let proposal = call.proposal(&format!("create-session --role {role}"));
    Failure::Refused(format!(
        "there is no user {}; the role of that name has no keys but sessions: `{proposal}` makes one",
        quoted(role)
    ))
}

fn place<'a>(account: &'a Account, identity: Option<&'a Identity>) -> (Target<'a>, List) {
    let target = Target {
        account: &account.number,
        identity: identity.map(|identity| (identity.kind, identity.name.as_str())),
    };
    let list = if identity.is_some() {
        List::Keys
    } else {
        List::RootKeys
    };
    (target, list)
}

fn title(account: &Account, identity: Option<&Identity>) -> String {
    match identity {
        Some(identity) => format!("{} in the account {}", identity.title(), account.number),
        None => format!("the root of the account {}", account.number),
    }
}

/// No key of this id could sign.
pub(super) fn unusable(id: &str) -> Failure {
    Failure::Refused(format!(
        "there is no access key {} with a secret",
        quoted(id)
    ))
}

fn unknown(id: &str) -> Failure {
    Failure::Refused(format!("there is no access key {}", quoted(id)))
}
