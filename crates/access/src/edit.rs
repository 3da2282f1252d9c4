//! Changes of the two TOML files that keep their comments and their order.
//!
//! [`Edit`] is one read-change-write: it holds the folder's lock from beginning to end, and writes only what loads.
//! Nobody else changes the folder meanwhile, if they use this too; readers never wait.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use toml_edit::{Array, DocumentMut, Item, Table, Value};

use crate::array;
use crate::directory::Directory;
use crate::failure::Failure;
use crate::folder::{
    ACCESS, Contents, FOR_ALL, FOR_OWNER, POLICIES, POLICY_ENDING, SECRETS, lock, missing, replace,
};
use crate::identities::{self, Account, Identity, Kind};
use crate::secrets::{self, Environment, Hidden, SessionSecret};
use crate::table;

const ACCOUNT: &str = "account";
const KEY: &str = "key";
const SESSION: &str = "session";

/// A list of names in the tables of identities.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum List {
    Groups,
    Policies,
    Keys,
    RootKeys,
}

impl List {
    fn name(self) -> &'static str {
        match self {
            Self::Groups => "groups",
            Self::Policies => "policies",
            Self::Keys => "keys",
            Self::RootKeys => "root-keys",
        }
    }
}

/// Where a table of `access.toml` is: an account, or one of its identities.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Target<'a> {
    pub(crate) account: &'a str,
    pub(crate) identity: Option<(Kind, &'a str)>,
}

impl<'a> Target<'a> {
    fn path(self) -> Vec<&'a str> {
        let mut path = vec![ACCOUNT, self.account];
        if let Some((kind, name)) = self.identity {
            path.extend([kind.word(), name]);
        }
        path
    }
}

/// A change of the folder that is under way.
#[derive(Debug)]
pub(crate) struct Edit {
    folder: PathBuf,
    _lock: File,
    contents: Contents,
    /// The accounts as they were.
    pub(crate) accounts: Vec<Account>,
    /// The sessions as they were.
    pub(crate) sessions: Vec<SessionSecret>,
    access: DocumentMut,
    secrets: DocumentMut,
}

impl Edit {
    /// Waits for other changes to end, and reads the folder.
    ///
    /// # Errors
    /// The files cannot be read, or are no such files.
    pub(crate) fn begin(folder: &Path) -> Result<Self, Failure> {
        let lock = lock(folder).map_err(|error| {
            if error.kind() == io::ErrorKind::NotFound {
                return missing(folder).into();
            }
            Failure::disk(folder, &error)
        })?;
        let contents = Contents::read(folder)?;
        let accounts = identities::read(&folder.join(ACCESS), &contents.access)?;
        let secrets_text = contents.secrets.as_deref().unwrap_or_default();
        let secrets = secrets::read(&folder.join(SECRETS), secrets_text)?;
        // Both were parsed above, so that only a text that is fine gets here.
        let parsed = |text: &str| text.parse::<DocumentMut>().unwrap_or_default();
        Ok(Self {
            folder: folder.to_owned(),
            _lock: lock,
            accounts,
            sessions: secrets.sessions,
            access: parsed(&contents.access),
            secrets: parsed(secrets_text),
            contents,
        })
    }

    /// Adds an identity. Empty members are left out.
    pub(crate) fn add_identity(&mut self, account: &str, identity: &Identity) {
        let mut table = Table::new();
        for (list, texts) in [
            (List::Groups, &identity.groups),
            (List::Policies, &identity.policies),
        ] {
            if !texts.is_empty() {
                let texts = texts.iter().map(|text| text.value.as_str());
                table.insert(list.name(), list_of(texts));
            }
        }
        if let Some(boundary) = &identity.boundary {
            table.insert("boundary", toml_edit::value(&boundary.value));
        }
        if !identity.tags.is_empty() {
            let tags = identity
                .tags
                .iter()
                .map(|(key, value)| (key.as_str(), value.as_str()));
            table.insert("tags", toml_edit::value(Value::from_iter(tags)));
        }
        let Identity { kind, name, .. } = identity;
        let path = [ACCOUNT, account, kind.word()];
        table::insert(&mut self.access, &path, name, table);
    }

    /// Removes an identity with its keys and sessions, and a group from its users.
    pub(crate) fn remove_identity(&mut self, account: &Account, identity: &Identity) {
        let path = [ACCOUNT, &account.number, identity.kind.word()];
        table::remove(&mut self.access, &path, &identity.name);
        for key in &identity.keys {
            self.remove_secret(&key.value);
        }
        if identity.kind == Kind::Group {
            for user in account.of_kind(Kind::User) {
                let identity_of_user = Some((Kind::User, user.name.as_str()));
                let target = Target {
                    account: &account.number,
                    identity: identity_of_user,
                };
                self.remove(target, List::Groups, &identity.name);
            }
        }
        let gone = |session: &&SessionSecret| {
            let owner = &session.owner;
            owner.account == account.number
                && owner.kind == identity.kind
                && owner.name == identity.name
        };
        let gone: Vec<_> = self
            .sessions
            .iter()
            .filter(gone)
            .map(|session| session.id.clone())
            .collect();
        for id in gone {
            table::remove(&mut self.secrets, &[SESSION], &id);
        }
    }

    /// Adds a name to a list; says whether it was not there.
    pub(crate) fn add(&mut self, target: Target<'_>, list: List, text: &str) -> bool {
        let Some(table) = table::at(&mut self.access, &target.path()) else {
            return false;
        };
        let item = table
            .entry(list.name())
            .or_insert_with(|| list_of(std::iter::empty()));
        item.as_array_mut()
            .is_some_and(|texts| array::add(texts, text))
    }

    /// Takes a name off a list; says whether it was there.
    pub(crate) fn remove(&mut self, target: Target<'_>, list: List, text: &str) -> bool {
        let table = table::at(&mut self.access, &target.path());
        let texts = table.and_then(|table| table.get_mut(list.name())?.as_array_mut());
        texts.is_some_and(|texts| array::remove(texts, text))
    }

    /// Adds the secret of a key.
    pub(crate) fn add_secret(&mut self, id: &str, secret: &Hidden) {
        let mut table = Table::new();
        table.insert("secret", toml_edit::value(&secret.0));
        table::insert(&mut self.secrets, &[KEY], id, table);
    }

    /// Removes the secret of a key, if there is one.
    pub(crate) fn remove_secret(&mut self, id: &str) {
        table::remove(&mut self.secrets, &[KEY], id);
    }

    /// Adds a session.
    pub(crate) fn add_session(&mut self, session: &SessionSecret) {
        let mut table = Table::new();
        let mut add = |name: &str, text: &str| drop(table.insert(name, toml_edit::value(text)));
        if let Some(secret) = &session.secret {
            add("secret", &secret.0);
        }
        add("token", &session.token.0);
        add("principal", &session.owner.arn());
        if let Some(name) = &session.name {
            add("name", name);
        }
        add("issued", &session.issued.to_string());
        add("expires", &session.expires.to_string());
        if !session.policies.is_empty() {
            let policies = session.policies.iter().map(|policy| policy.value.as_str());
            table.insert("policies", list_of(policies));
        }
        table::insert(&mut self.secrets, &[SESSION], &session.id, table);
    }

    /// Removes a session; says whether it was there.
    pub(crate) fn remove_session(&mut self, id: &str) -> bool {
        table::remove(&mut self.secrets, &[SESSION], id)
    }

    /// Writes what has changed, if the result loads. Expired sessions go when the secrets are written anyway.
    ///
    /// # Errors
    /// The result would not load, and nothing was written; or the disk failed.
    pub(crate) fn finish(
        mut self,
        environment: &Environment<'_>,
        now: Timestamp,
    ) -> Result<Directory, Failure> {
        let secrets_before = self.contents.secrets.clone();
        if self.secrets.to_string() != secrets_before.as_deref().unwrap_or_default() {
            let expired = self
                .sessions
                .iter()
                .filter(|session| session.expires <= now);
            for session in expired {
                table::remove(&mut self.secrets, &[SESSION], &session.id);
            }
        }
        let secrets = Some(self.secrets.to_string())
            .filter(|text| secrets_before.is_some() || !text.is_empty());
        let after = Contents {
            access: self.access.to_string(),
            secrets,
            ..self.contents.clone()
        };
        let directory =
            Directory::of(&self.folder, &after, environment).map_err(Failure::WouldNotLoad)?;
        let write = |name: &str, text: &str, mode: u32| {
            let file = self.folder.join(name);
            replace(&file, text, mode).map_err(|error| Failure::disk(&file, &error))
        };
        // Secrets come first: a new key can sign as soon as anybody knows of it.
        if let Some(text) = after
            .secrets
            .filter(|text| Some(text) != secrets_before.as_ref())
        {
            write(SECRETS, &text, FOR_OWNER)?;
        }
        if after.access != self.contents.access {
            write(ACCESS, &after.access, FOR_ALL)?;
        }
        Ok(directory)
    }

    /// The names of all policies.
    pub(crate) fn policies(&self) -> impl Iterator<Item = &str> {
        self.contents
            .policies
            .iter()
            .map(|policy| policy.name.as_str())
    }

    /// Where the policy of a name is, or would be.
    pub(crate) fn policy_file(&self, name: &str) -> PathBuf {
        let folder = self.folder.join(POLICIES);
        folder.join(format!("{name}{POLICY_ENDING}"))
    }

    /// The account with this number.
    pub(crate) fn account(&self, number: &str) -> Option<&Account> {
        self.accounts
            .iter()
            .find(|account| account.number == number)
    }
}

fn list_of<'t>(texts: impl Iterator<Item = &'t str>) -> Item {
    toml_edit::value(Array::from_iter(texts))
}
