//! `check`: loads the folder as a server would.

use clap::Command;
use serde_json::json;

use crate::directory::Directory;
use crate::failure::Failure;
use crate::identities::Kind;

use super::{Call, json_line};

pub(super) fn words() -> Command {
    Command::new("check").about(
        "Loads everything as a server does, and tells what is wrong or may surprise. \
         Exits with 1 if a server would refuse it.",
    )
}

pub(super) fn run(call: &Call<'_>) -> Result<String, Failure> {
    let directory = Directory::load(call.folder, call.world.environment)?;
    let count = |kind| {
        directory
            .accounts
            .iter()
            .map(|account| account.of_kind(kind).len())
            .sum::<usize>()
    };
    let counts = [
        ("accounts", directory.accounts.len()),
        ("users", count(Kind::User)),
        ("groups", count(Kind::Group)),
        ("roles", count(Kind::Role)),
        ("policies", directory.policies.len()),
        ("keys", directory.usable_keys()),
    ];
    if call.json {
        let mut value = json!({ "warnings": directory.warnings });
        for (name, number) in counts {
            value[name] = number.into();
        }
        return Ok(json_line(&value));
    }
    let warnings: String = directory
        .warnings
        .iter()
        .map(|warning| format!("warning: {warning}\n"))
        .collect();
    let counts = counts
        .map(|(name, number)| format!("{name}: {number}"))
        .join(", ");
    Ok(format!(
        "{warnings}{} can be loaded. {counts}\n",
        call.folder.display()
    ))
}
