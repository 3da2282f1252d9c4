//! `check`: loads the folder as a server would, and tells of every file that would be refused.

use clap::Command;
use serde_json::json;

use crate::directory::Directory;
use crate::failure::Failure;
use crate::folder::{ACCESS, Contents, SECRETS};
use crate::identities::{self, Kind};
use crate::problem::LoadError;
use crate::secrets;

use super::{Call, json_line};

pub(super) fn words() -> Command {
    Command::new("check").about(
        "Loads everything as a server does, and tells what is wrong or may surprise. \
         Exits with 1 if a server would refuse it.",
    )
}

pub(super) fn run(call: &Call<'_>) -> Result<String, Failure> {
    let directory = load(call).map_err(Failure::Broken)?;
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

fn load(call: &Call<'_>) -> Result<Directory, Vec<LoadError>> {
    let contents = Contents::read(call.folder).map_err(|error| vec![error])?;
    let errors = errors(call, &contents);
    if errors.is_empty() {
        // What one file says of another is looked at when each is well formed.
        return Directory::of(call.folder, &contents, call.world.environment)
            .map_err(|error| vec![error]);
    }
    Err(errors)
}

/// The first mistake of each file by itself.
fn errors(call: &Call<'_>, contents: &Contents) -> Vec<LoadError> {
    let access = identities::read(&call.folder.join(ACCESS), &contents.access).err();
    let secrets = contents.secrets.as_deref();
    let secrets = secrets.and_then(|text| secrets::read(&call.folder.join(SECRETS), text).err());
    let of_policies = contents.policies.iter().filter_map(|policy| {
        let alone = Contents {
            access: Contents::NOBODY.to_owned(),
            secrets: None,
            policies: vec![policy.clone()],
            unread: Vec::new(),
        };
        Directory::of(call.folder, &alone, call.world.environment).err()
    });
    access
        .into_iter()
        .chain(of_policies)
        .chain(secrets)
        .collect()
}

/// The mistakes as data.
pub(super) fn errors_json(errors: &[LoadError]) -> String {
    let errors = errors.iter().map(|error| {
        json!({
            "file": error.file.display().to_string(),
            "line": error.line,
            "reason": error.reason,
        })
    });
    json_line(&json!({ "errors": errors.collect::<Vec<_>>() }))
}
