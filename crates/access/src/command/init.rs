//! `init`: a folder with one user who may do all, and example policies.

use std::collections::BTreeMap;
use std::path::Path;

use clap::Command;
use everbeat_model::is_account;

use crate::document::Spot;
use crate::edit::{Edit, List, Target};
use crate::failure::Failure;
use crate::folder::{
    ACCESS, FOR_ALL, FOR_OWNER, POLICIES, SECRETS, make_folders, refuse_open_folders, replace,
};
use crate::identities::{Identity, Kind};
use crate::names::ACCOUNT_RULE;
use crate::random;
use crate::shell;

use super::credentials::Credentials;
use super::{Call, option};

const ACCOUNT: &str = "account";
const USER: &str = "user";
/// The policy of the first user.
const ADMINISTRATOR: &str = "administrator";
const EXAMPLES: [(&str, &str); 3] = [
    (ADMINISTRATOR, include_str!("init/administrator.json")),
    ("decider", include_str!("init/decider.json")),
    ("worker", include_str!("init/worker.json")),
];
const EMPTY_ACCESS: &str = include_str!("init/access.toml");
const EMPTY_SECRETS: &str = "# Secrets of the access keys in access.toml, and sessions. \
                             Only the owner may read this file.\n";
const IGNORED: &str = ".gitignore";

pub(super) fn words() -> Command {
    Command::new("init")
        .about("Makes the folder, with a user who may do all, its access key and example policies.")
        .arg(
            option(
                ACCOUNT,
                "NUMBER",
                "The account of this user, twelve digits. Its domains are apart from those of others.",
            )
            .default_value("123456789012"),
        )
        .arg(option(USER, "NAME", "The user.").default_value("admin"))
}

pub(super) fn run(call: &Call<'_>) -> Result<String, Failure> {
    let (account, user) = (call.required(ACCOUNT), call.required(USER));
    if !is_account(account) {
        return Err(Failure::Usage(format!(
            "--{ACCOUNT}: an account number has {ACCOUNT_RULE}"
        )));
    }
    let (is_good, rule) = Kind::User.name_rule();
    if !is_good(user) {
        return Err(Failure::Usage(format!("--{USER}: a name is of {rule}")));
    }
    make_files(call.folder)?;
    let (id, secret) = (random::key_id(random::LONG_TERM)?, random::secret()?);
    let mut edit = Edit::begin(call.folder)?;
    edit.add_identity(account, &administrator(user));
    let target = Target {
        account,
        identity: Some((Kind::User, user)),
    };
    edit.add(target, List::Keys, &id);
    edit.add_secret(&id, &secret);
    edit.finish(call.world.environment, call.world.now)?;
    let folder = call.folder.display();
    let remark = format!(
        "made {folder} with the user {user} of the account {account}, who may do all\n\
         # start the server with: everbeat serve --access {}",
        shell::word(call.folder)
    );
    let credentials = Credentials {
        id: &id,
        secret: &secret,
        session: None,
    };
    Ok(credentials.show(&remark, call.json))
}

/// Nothing that is there is touched. `access.toml` comes last, since without it the folder is none.
fn make_files(folder: &Path) -> Result<(), Failure> {
    for name in [ACCESS, SECRETS, POLICIES] {
        let file = folder.join(name);
        if file.symlink_metadata().is_ok() {
            let reason = format!(
                "{} is there already; other commands change it",
                file.display()
            );
            return Err(Failure::Refused(reason));
        }
    }
    let policies = folder.join(POLICIES);
    make_folders(&policies).map_err(|error| Failure::disk(&policies, &error))?;
    refuse_open_folders(folder)?;
    let write = |name: &str, text: &str, mode| {
        let file = folder.join(name);
        replace(&file, text, mode).map_err(|error| Failure::disk(&file, &error))
    };
    for (name, text) in EXAMPLES {
        write(&format!("{POLICIES}/{name}.json"), text, FOR_ALL)?;
    }
    if !folder.join(IGNORED).exists() {
        write(IGNORED, &format!("{SECRETS}\n"), FOR_ALL)?;
    }
    write(SECRETS, EMPTY_SECRETS, FOR_OWNER)?;
    write(ACCESS, EMPTY_ACCESS, FOR_ALL)
}

fn administrator(user: &str) -> Identity {
    Identity {
        kind: Kind::User,
        name: user.to_owned(),
        id: None,
        groups: Vec::new(),
        policies: vec![Spot {
            value: ADMINISTRATOR.to_owned(),
            line: 0,
        }],
        boundary: None,
        tags: BTreeMap::new(),
        keys: Vec::new(),
    }
}
