//! Finds what words name: an account, a user, a group, a role, a policy, the owner of a key.

use clap::{Arg, ArgGroup};
use everbeat_policy::nearest::suggestion;
use everbeat_policy::quoted;

use crate::edit::Edit;
use crate::failure::Failure;
use crate::folder::ACCESS;
use crate::identities::{Account, Identity, Kind};

use super::{Call, option};

pub(super) const ACCOUNT: &str = "account";

/// `--account`.
pub(super) fn account_option() -> Arg {
    option(
        ACCOUNT,
        "NUMBER",
        "The account, needed if several could be meant.",
    )
}

/// `--user`, `--group`, `--role`: those that are asked for.
pub(super) fn kind_options(kinds: &[Kind]) -> Vec<Arg> {
    let options = kinds.iter().map(|kind| match kind {
        Kind::User => option("user", "NAME", "A user."),
        Kind::Group => option("group", "NAME", "A group."),
        Kind::Role => option("role", "NAME", "A role."),
    });
    options.collect()
}

/// Exactly one of these options must be there.
pub(super) fn exactly_one(names: impl IntoIterator<Item = &'static str>) -> ArgGroup {
    ArgGroup::new("whose")
        .args(names)
        .required(true)
        .multiple(false)
}

/// The user, group or role that an option names.
pub(super) fn chosen<'a>(
    call: &Call<'_>,
    kinds: &[Kind],
    accounts: &'a [Account],
) -> Result<(&'a Account, &'a Identity), Failure> {
    let given = kinds
        .iter()
        .find_map(|kind| Some((*kind, call.text(kind.word())?)));
    match given {
        Some((kind, name)) => identity(accounts, kind, name, call.text(ACCOUNT)),
        None => Err(Failure::Usage("whose? Name one".into())),
    }
}

/// The identity with this name, in this account if one is given.
pub(super) fn identity<'a>(
    accounts: &'a [Account],
    kind: Kind,
    name: &str,
    account: Option<&str>,
) -> Result<(&'a Account, &'a Identity), Failure> {
    if let Some(number) = account {
        known_account(accounts, number)?;
    }
    let candidates: Vec<&Account> = accounts
        .iter()
        .filter(|one| account.is_none_or(|number| number == one.number))
        .collect();
    let found: Vec<_> = candidates
        .iter()
        .filter_map(|account| Some((*account, account.identity(kind, name)?)))
        .collect();
    match found.as_slice() {
        [one] => Ok(*one),
        [] => {
            let known = candidates.iter().flat_map(|account| account.of_kind(kind));
            let nearest = suggestion(name, known.map(|identity| identity.name.as_str()));
            Err(Failure::Refused(format!(
                "there is no {} {}{nearest}",
                kind.word(),
                quoted(name)
            )))
        }
        several => {
            let numbers: Vec<_> = several
                .iter()
                .map(|(account, _)| account.number.as_str())
                .collect();
            Err(Failure::Refused(format!(
                "the {} {} is in the accounts {}: say which with --{ACCOUNT}",
                kind.word(),
                quoted(name),
                numbers.join(" and ")
            )))
        }
    }
}

/// The account that is given, or the only one.
pub(super) fn account<'a>(
    accounts: &'a [Account],
    given: Option<&str>,
) -> Result<&'a Account, Failure> {
    match (given, accounts) {
        (Some(number), _) => known_account(accounts, number),
        (None, [only]) => Ok(only),
        (None, []) => Err(Failure::Refused(format!(
            "{ACCESS} has no account yet: name one with --{ACCOUNT}"
        ))),
        (None, _) => Err(Failure::Refused(format!(
            "{ACCESS} has several accounts: say which with --{ACCOUNT}"
        ))),
    }
}

fn known_account<'a>(accounts: &'a [Account], number: &str) -> Result<&'a Account, Failure> {
    let found = accounts.iter().find(|account| account.number == number);
    found.ok_or_else(|| {
        let nearest = suggestion(
            number,
            accounts.iter().map(|account| account.number.as_str()),
        );
        Failure::Refused(format!(
            "{ACCESS} has no account {}{nearest}",
            quoted(number)
        ))
    })
}

/// Whose key it is; nobody's identity stands for root.
pub(super) fn owner<'a>(
    accounts: &'a [Account],
    key: &str,
) -> Option<(&'a Account, Option<&'a Identity>)> {
    accounts.iter().find_map(|account| {
        if account.root_keys.iter().any(|id| id.value == key) {
            return Some((account, None));
        }
        let mut identities = account.identities();
        let identity =
            identities.find(|identity| identity.keys.iter().any(|id| id.value == key))?;
        Some((account, Some(identity)))
    })
}

/// Refuses names of policies that have no file.
pub(super) fn known_policies(edit: &Edit, names: &[&str]) -> Result<(), Failure> {
    let known = || edit.policies();
    let unknown = names.iter().find(|name| !known().any(|one| one == **name));
    match unknown {
        None => Ok(()),
        Some(name) => {
            let nearest = suggestion(name, known());
            let file = edit.policy_file(name);
            Err(Failure::Refused(format!(
                "there is no policy {}: there is no file {}{nearest}",
                quoted(name),
                file.display()
            )))
        }
    }
}
