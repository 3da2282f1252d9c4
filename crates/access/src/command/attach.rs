//! `attach-policy`, `detach-policy`, `add-to-group` and `remove-from-group`.

use clap::Command;
use everbeat_policy::quoted;

use crate::edit::{Edit, List, Target};
use crate::failure::Failure;
use crate::identities::Kind;

use super::find::{
    self, ACCOUNT, account_option, chosen, exactly_one, kind_options, known_policies,
};
use super::{Call, word};

const POLICY: &str = "POLICY";
const USER: &str = "USER";
const GROUP: &str = "GROUP";

pub(super) fn attach_words() -> Command {
    policy_words(
        "attach-policy",
        "Makes a policy apply to a user, a group or a role.",
    )
}

pub(super) fn detach_words() -> Command {
    policy_words(
        "detach-policy",
        "Makes a policy no longer apply to a user, a group or a role.",
    )
}

fn policy_words(command: &'static str, about: &'static str) -> Command {
    Command::new(command)
        .about(about)
        .arg(word(
            POLICY,
            "The policy: the name of its file without .json.",
        ))
        .args(kind_options(&Kind::ALL))
        .group(exactly_one(Kind::ALL.map(Kind::word)))
        .arg(account_option())
}

pub(super) fn attach(call: &Call<'_>) -> Result<String, Failure> {
    let policy = call.required(POLICY);
    change(call, |edit, target, title| {
        known_policies(edit, &[policy])?;
        done(edit.add(target, List::Policies, policy), || {
            format!("{title} has the policy {} already", quoted(policy))
        })?;
        Ok(format!("attached the policy {policy} to {title}\n"))
    })
}

pub(super) fn detach(call: &Call<'_>) -> Result<String, Failure> {
    let policy = call.required(POLICY);
    change(call, |edit, target, title| {
        let removed = edit.remove(target, List::Policies, policy);
        done(removed, || {
            format!("{title} does not have the policy {} itself", quoted(policy))
        })?;
        Ok(format!("detached the policy {policy} from {title}\n"))
    })
}

fn change(
    call: &Call<'_>,
    act: impl Fn(&mut Edit, Target<'_>, &str) -> Result<String, Failure>,
) -> Result<String, Failure> {
    let mut edit = Edit::begin(call.folder)?;
    let (account, identity) = chosen(call, &Kind::ALL, &edit.accounts)?;
    let (number, identity) = (account.number.clone(), identity.clone());
    let target = Target {
        account: &number,
        identity: Some((identity.kind, &identity.name)),
    };
    let text = act(&mut edit, target, &identity.title())?;
    edit.finish(call.world.environment, call.world.now)?;
    Ok(text)
}

pub(super) fn add_words() -> Command {
    group_words("add-to-group", "Puts a user into a group.")
}

pub(super) fn remove_words() -> Command {
    group_words("remove-from-group", "Takes a user out of a group.")
}

fn group_words(command: &'static str, about: &'static str) -> Command {
    Command::new(command)
        .about(about)
        .arg(word(USER, "The user."))
        .arg(word(GROUP, "The group, of the same account."))
        .arg(account_option())
}

pub(super) fn add(call: &Call<'_>) -> Result<String, Failure> {
    membership(call, |edit, target, user, group| {
        done(edit.add(target, List::Groups, group), || {
            format!("the user {} is in it already", quoted(user))
        })?;
        Ok(format!("put the user {user} into the group {group}\n"))
    })
}

pub(super) fn remove(call: &Call<'_>) -> Result<String, Failure> {
    membership(call, |edit, target, user, group| {
        done(edit.remove(target, List::Groups, group), || {
            format!("the user {} is not in it", quoted(user))
        })?;
        Ok(format!("took the user {user} out of the group {group}\n"))
    })
}

fn membership(
    call: &Call<'_>,
    act: impl Fn(&mut Edit, Target<'_>, &str, &str) -> Result<String, Failure>,
) -> Result<String, Failure> {
    let mut edit = Edit::begin(call.folder)?;
    let (user, group) = (call.required(USER), call.required(GROUP));
    let (account, _) = find::identity(&edit.accounts, Kind::User, user, call.text(ACCOUNT))?;
    let number = account.number.clone();
    find::identity(std::slice::from_ref(account), Kind::Group, group, None)?;
    let target = Target {
        account: &number,
        identity: Some((Kind::User, user)),
    };
    let text = act(&mut edit, target, user, group)?;
    edit.finish(call.world.environment, call.world.now)?;
    Ok(text)
}

fn done(is_done: bool, otherwise: impl Fn() -> String) -> Result<(), Failure> {
    if is_done {
        Ok(())
    } else {
        Err(Failure::Refused(otherwise()))
    }
}
