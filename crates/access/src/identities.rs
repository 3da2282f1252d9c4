//! `access.toml`: accounts with their users, groups and roles, as they are written there.
//!
//! Reading checks the form of everything, and that no name and no access key stands twice. Whether groups and policies
//! that are named exist is checked by [`crate::directory`], which has them all.

use std::collections::BTreeMap;
use std::path::Path;

use everbeat_model::is_account;
use everbeat_policy::quoted;

use crate::document::{Lines, Section, Spot};
use crate::names::{
    ACCOUNT_RULE, KEY_ID_RULE, NAME_RULE, SHARED_NAME_RULE, is_key_id, is_name, is_shared_name,
    tag_problem,
};
use crate::problem::LoadError;

/// The version of the file's form.
pub(crate) const VERSION: i64 = 1;
const MOST_TAGS: usize = 50;

/// A user, a group or a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    User,
    Group,
    Role,
}

impl Kind {
    pub(crate) const ALL: [Self; 3] = [Self::User, Self::Group, Self::Role];

    /// Its word in the file, in ARNs and in messages.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Group => "group",
            Self::Role => "role",
        }
    }

    fn keys(self) -> &'static [&'static str] {
        match self {
            Self::User => &["id", "groups", "policies", "boundary", "tags", "keys"],
            Self::Group => &["policies"],
            Self::Role => &["id", "policies", "boundary", "tags"],
        }
    }

    /// Whether it may have this name, and what names are like.
    pub(crate) fn name_rule(self) -> (fn(&str) -> bool, &'static str) {
        match self {
            Self::User | Self::Role => (is_name, NAME_RULE),
            Self::Group => (is_shared_name, SHARED_NAME_RULE),
        }
    }
}

/// A user, group or role of the file. What its kind does not have is empty.
#[derive(Debug, Clone)]
pub(crate) struct Identity {
    pub(crate) kind: Kind,
    pub(crate) name: String,
    pub(crate) id: Option<String>,
    pub(crate) groups: Vec<Spot<String>>,
    pub(crate) policies: Vec<Spot<String>>,
    pub(crate) boundary: Option<Spot<String>>,
    pub(crate) tags: BTreeMap<String, String>,
    pub(crate) keys: Vec<Spot<String>>,
}

impl Identity {
    /// "the user 'alice'"
    pub(crate) fn title(&self) -> String {
        title(self.kind, &self.name)
    }
}

/// An account of the file.
#[derive(Debug, Clone)]
pub(crate) struct Account {
    /// Twelve digits.
    pub(crate) number: String,
    /// Access keys that may do all.
    pub(crate) root_keys: Vec<Spot<String>>,
    users: Vec<Identity>,
    groups: Vec<Identity>,
    roles: Vec<Identity>,
}

impl Account {
    /// In the order of the file.
    pub(crate) fn of_kind(&self, kind: Kind) -> &[Identity] {
        match kind {
            Kind::User => &self.users,
            Kind::Group => &self.groups,
            Kind::Role => &self.roles,
        }
    }

    /// Users, then groups, then roles.
    pub(crate) fn identities(&self) -> impl Iterator<Item = &Identity> {
        Kind::ALL.into_iter().flat_map(|kind| self.of_kind(kind))
    }

    /// Whether anybody of it has a long-term key, root included.
    pub(crate) fn has_keys(&self) -> bool {
        let mut identities = self.identities();
        !self.root_keys.is_empty() || identities.any(|identity| !identity.keys.is_empty())
    }

    pub(crate) fn identity(&self, kind: Kind, name: &str) -> Option<&Identity> {
        self.of_kind(kind)
            .iter()
            .find(|identity| identity.name == name)
    }
}

/// Reads the text of `access.toml`.
///
/// # Errors
/// The first thing that is wrong with it.
pub(crate) fn read(file: &Path, text: &str) -> Result<Vec<Account>, LoadError> {
    let lines = Lines::new(file, text);
    let document = lines.parse(text)?;
    let root = Section::root(&lines, &document);
    root.only(&["version", "account"])?;
    match root.number("version")? {
        Some(Spot { value: VERSION, .. }) => {}
        Some(Spot { line, .. }) => {
            return Err(root.problem_at(line, "has an unknown version; this is for version 1"));
        }
        None => return Err(root.problem("has no 'version = 1'")),
    }
    let accounts: Vec<_> = root
        .sections("account", |number| format!("the account {number}"))?
        .into_iter()
        .map(|(number, section)| account(number, &section))
        .collect::<Result<_, _>>()?;
    no_key_twice(file, &accounts)?;
    Ok(accounts)
}

fn account(number: String, section: &Section<'_>) -> Result<Account, LoadError> {
    if !is_account(&number) {
        return Err(section.problem(&format!("is no account number: it has {ACCOUNT_RULE}")));
    }
    section.only(&["root-keys", "user", "group", "role"])?;
    Ok(Account {
        root_keys: key_ids(section, "root-keys")?,
        users: identities(Kind::User, section)?,
        groups: identities(Kind::Group, section)?,
        roles: identities(Kind::Role, section)?,
        number,
    })
}

fn identities(kind: Kind, section: &Section<'_>) -> Result<Vec<Identity>, LoadError> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut identities = Vec::new();
    for (name, section) in section.sections(kind.word(), |name| title(kind, name))? {
        if let Some(line) = seen.insert(name.to_ascii_lowercase(), section.line) {
            let reason = format!("has the name of line {line}; capitals make no other name");
            return Err(section.problem(&reason));
        }
        identities.push(identity(kind, name, &section)?);
    }
    Ok(identities)
}

fn identity(kind: Kind, name: String, section: &Section<'_>) -> Result<Identity, LoadError> {
    let (is_good, rule) = kind.name_rule();
    if !is_good(&name) {
        return Err(section.problem(&format!("has a name that is not of {rule}")));
    }
    section.only(kind.keys())?;
    let id = section.text("id")?;
    if let Some(id) = id.as_ref().filter(|id| !is_key_id(&id.value)) {
        return Err(section.problem_at(
            id.line,
            &format!("has an 'id' that is not of {KEY_ID_RULE}"),
        ));
    }
    Ok(Identity {
        kind,
        name,
        id: id.map(|id| id.value),
        groups: section.texts("groups")?,
        policies: section.texts("policies")?,
        boundary: section.text("boundary")?,
        tags: tags(section)?,
        keys: key_ids(section, "keys")?,
    })
}

fn key_ids(section: &Section<'_>, name: &str) -> Result<Vec<Spot<String>>, LoadError> {
    let ids = section.texts(name)?;
    for id in &ids {
        if !is_key_id(&id.value) {
            let id_shown = quoted(&id.value);
            let reason = format!("has the access key id {id_shown}, which is not of {KEY_ID_RULE}");
            return Err(section.problem_at(id.line, &reason));
        }
    }
    Ok(ids)
}

fn tags(section: &Section<'_>) -> Result<BTreeMap<String, String>, LoadError> {
    let mut tags = BTreeMap::new();
    let mut seen = BTreeMap::new();
    for (key, value) in section.map("tags")? {
        let shown = quoted(&key);
        if let Some(problem) = tag_problem(&key, &value.value) {
            return Err(section.problem_at(value.line, &format!("has the tag {shown} {problem}")));
        }
        if seen.insert(key.to_lowercase(), value.line).is_some() {
            let reason = format!("has the tag {shown} twice; capitals make no other tag");
            return Err(section.problem_at(value.line, &reason));
        }
        if tags.len() == MOST_TAGS {
            let reason = format!("has more than {MOST_TAGS} tags");
            return Err(section.problem_at(value.line, &reason));
        }
        tags.insert(key, value.value);
    }
    Ok(tags)
}

fn no_key_twice(file: &Path, accounts: &[Account]) -> Result<(), LoadError> {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for account in accounts {
        let of_identities = account.identities().flat_map(|identity| &identity.keys);
        for key in account.root_keys.iter().chain(of_identities) {
            if let Some(line) = seen.insert(&key.value, key.line) {
                let shown = quoted(&key.value);
                let reason =
                    format!("the access key {shown} belongs to somebody else in line {line}");
                return Err(LoadError::at(file, key.line, reason));
            }
        }
    }
    Ok(())
}

fn title(kind: Kind, name: &str) -> String {
    format!("the {} {}", kind.word(), quoted(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accounts(text: &str) -> Result<Vec<Account>, String> {
        read(Path::new("access.toml"), text).map_err(|error| error.to_string())
    }

    #[test]
    fn tables_can_be_written_in_every_form_of_toml() {
        for text in [
            "version = 1\n[account.123456789012.user.alice]\ngroups = ['g']\ntags.a = 'b'\n[account.123456789012.group.g]",
            "version = 1\naccount.123456789012 = { user.alice = { groups = ['g'], tags = { a = 'b' } }, group.g = {} }",
            "version = 1\n[account.\"123456789012\"]\nuser.alice.groups = ['g']\nuser.alice.tags.a = 'b'\n[account.123456789012.group]\ng = {}",
        ] {
            let accounts = accounts(text).expect(text);
            let [account] = accounts.as_slice() else {
                panic!("one account: {accounts:?}");
            };
            let alice = account.identity(Kind::User, "alice").expect("a user");
            assert_eq!(alice.groups.len(), 1, "{text}");
            assert_eq!(alice.tags.get("a").map(String::as_str), Some("b"));
            assert!(account.identity(Kind::Group, "g").is_some(), "{text}");
        }
    }

    #[test]
    fn every_refusal_has_its_line() {
        let many_tags: String = (0..51).map(|tag| format!("t{tag} = ''\n")).collect();
        for (text, told) in [
            ("", "line 1: the file has no 'version = 1'"),
            (
                "\nversion = 2",
                "line 2: the file has an unknown version; this is for version 1",
            ),
            (
                "version = '1'",
                "line 1: the file has a 'version' that is not a number",
            ),
            (
                "acount = 1",
                "line 1: the file has the unknown key 'acount'; did you mean 'account'?",
            ),
            (
                "version = 1\naccount = 1",
                "line 2: the file has an 'account' that is not a table",
            ),
            (
                "version = 1\n[account.1]",
                "line 2: the account 1 is no account number: it has 12 digits",
            ),
            (
                "version = 1\n[account.123456789012]\nusers = {}",
                "line 3: the account 123456789012 has the unknown key 'users'; did you mean 'user'?",
            ),
            (
                "version = 1\n[account.123456789012.user.'a b']",
                "line 2: the user 'a b' has a name that is not of 1 to 64 letters, digits and _+=,.@-",
            ),
            (
                "version = 1\n[account.123456789012.user.a]\npolices = []",
                "line 3: the user 'a' has the unknown key 'polices'; did you mean 'policies'?",
            ),
            (
                "version = 1\n[account.123456789012.group.a]\nkeys = []",
                "line 3: the group 'a' has the unknown key 'keys'",
            ),
            (
                "version = 1\n[account.123456789012.role.a]\nid = 'x'",
                "line 3: the role 'a' has an 'id' that is not of 16 to 128 letters, digits and _",
            ),
            (
                "version = 1\n[account.123456789012.user.a]\nkeys = ['AKIA']",
                "line 3: the user 'a' has the access key id 'AKIA', which is not of 16 to 128 letters, digits and _",
            ),
            (
                "version = 1\n[account.123456789012.user.a]\n[account.123456789012.user.A]",
                "line 3: the user 'A' has the name of line 2; capitals make no other name",
            ),
            (
                "version = 1\n[account.123456789012.user.a]\nkeys = [\n'AKIAIOSFODNN7EXAMPLE']\n[account.123456789012]\nroot-keys = ['AKIAIOSFODNN7EXAMPLE']",
                "line 4: the access key 'AKIAIOSFODNN7EXAMPLE' belongs to somebody else in line 6",
            ),
            (
                "version = 1\n[account.123456789012.user.a.tags]\nx = ''\nX = ''",
                "line 4: the user 'a' has the tag 'X' twice; capitals make no other tag",
            ),
            (
                "version = 1\n[account.123456789012.user.a.tags]\n'' = ''",
                "line 3: the user 'a' has the tag '' with a key that is not of 1 to 128 characters",
            ),
            (
                &format!("version = 1\n[account.123456789012.user.a.tags]\n{many_tags}"),
                "line 53: the user 'a' has more than 50 tags",
            ),
        ] {
            let error = accounts(text).expect_err(text);
            assert_eq!(error, format!("access.toml, {told}"), "{text}");
        }
    }
}
