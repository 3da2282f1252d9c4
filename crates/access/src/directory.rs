//! Everything that a folder says, as one snapshot: keys, principals and their policies.
//!
//! A snapshot is made of a folder as a whole or not at all, so that a server which reloads keeps its old one when
//! anything in the new one is wrong. What is merely useless, as a key without a secret, is a warning.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use everbeat_policy::nearest::suggestion;
use everbeat_policy::{Policies, Policy, quoted};
use sha2::{Digest, Sha256};

use crate::document::Spot;
use crate::folder::{ACCESS, Contents, PolicyFile, SECRETS};
use crate::identities::{self, Account, Identity, Kind};
use crate::principal::{Key, Principal, PrincipalKind, Session};
use crate::problem::LoadError;
use crate::secrets::{self, Environment, Secrets, SessionSecret, VARIABLE};

/// The identities of a folder, immutable.
#[derive(Debug)]
pub struct Directory {
    keys: HashMap<String, Arc<Key>>,
    principals: Vec<Arc<Principal>>,
    pub(crate) accounts: Vec<Account>,
    pub(crate) policies: BTreeMap<String, Document>,
    pub(crate) sessions: Vec<SessionSecret>,
    /// What can be loaded and is probably not what its author meant, a sentence each with its place.
    pub warnings: Vec<String>,
}

/// A policy and where it was read.
#[derive(Debug, Clone)]
pub(crate) struct Document {
    pub(crate) policy: Arc<Policy>,
    pub(crate) file: PathBuf,
}

impl Directory {
    /// Reads a folder: `access.toml`, `secrets.toml` if there is one, and all of `policies`. `environment` gives the
    /// value of a variable, if it is set; secrets may be there, under `EVERBEAT_SECRET_` and the access key id.
    ///
    /// # Errors
    /// The first thing that is wrong with the folder.
    pub fn load(folder: &Path, environment: &Environment<'_>) -> Result<Self, LoadError> {
        Self::of(folder, &Contents::read(folder)?, environment)
    }

    /// Makes a snapshot of texts that were read from the folder, or that are to be written there.
    pub(crate) fn of(
        folder: &Path,
        contents: &Contents,
        environment: &Environment<'_>,
    ) -> Result<Self, LoadError> {
        let mut warnings = contents.warnings();
        let accounts = identities::read(&folder.join(ACCESS), &contents.access)?;
        let policies = read_policies(&contents.policies, &mut warnings)?;
        let secrets_file = folder.join(SECRETS);
        let secrets = match &contents.secrets {
            Some(text) => secrets::read(&secrets_file, text)?,
            None => Secrets::default(),
        };
        let mut assembly = Assembly {
            access: folder.join(ACCESS),
            secrets_file,
            policies: &policies,
            environment,
            keys: HashMap::new(),
            principals: Vec::new(),
            warnings,
        };
        assembly.accounts(&accounts, &secrets)?;
        assembly.sessions(&accounts, &secrets.sessions)?;
        let Assembly {
            keys,
            principals,
            warnings,
            ..
        } = assembly;
        Ok(Self {
            keys,
            principals,
            warnings,
            accounts,
            sessions: secrets.sessions,
            policies,
        })
    }

    /// The key with this id, if it has a secret. That of an expired session is given too.
    pub fn key(&self, access_key_id: &str) -> Option<&Arc<Key>> {
        self.keys.get(access_key_id)
    }

    /// Root, all users and all roles of all accounts, in the order of the file. Roles are without a session.
    pub fn principals(&self) -> &[Arc<Principal>] {
        &self.principals
    }

    /// Whether nobody could sign anything.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// How many keys can sign, those of sessions included.
    pub(crate) fn usable_keys(&self) -> usize {
        self.keys.len()
    }

    /// Where a policy was read.
    pub fn policy_file(&self, name: &str) -> Option<&Path> {
        self.policies
            .get(name)
            .map(|document| document.file.as_path())
    }
}

fn read_policies(
    files: &[PolicyFile],
    warnings: &mut Vec<String>,
) -> Result<BTreeMap<String, Document>, LoadError> {
    let mut policies = BTreeMap::new();
    for PolicyFile { name, file, text } in files {
        let (policy, warned) = Policy::read(name, text).map_err(|problem| {
            let reason = match problem.place.as_str() {
                "" => problem.reason,
                place => format!("{place}: {}", problem.reason),
            };
            LoadError::at(file, problem.line, reason)
        })?;
        let shown = file.display();
        warnings.extend(warned.iter().map(|warning| format!("{shown}, {warning}")));
        let document = Document {
            policy: Arc::new(policy),
            file: file.clone(),
        };
        policies.insert(name.clone(), document);
    }
    Ok(policies)
}

/// A principal with what messages call it and its long-term keys.
struct Holder<'a> {
    principal: Arc<Principal>,
    title: String,
    keys: &'a [Spot<String>],
}

/// A snapshot in the making.
struct Assembly<'a> {
    access: PathBuf,
    secrets_file: PathBuf,
    policies: &'a BTreeMap<String, Document>,
    environment: &'a Environment<'a>,
    keys: HashMap<String, Arc<Key>>,
    principals: Vec<Arc<Principal>>,
    warnings: Vec<String>,
}

impl Assembly<'_> {
    fn accounts(&mut self, accounts: &[Account], secrets: &Secrets) -> Result<(), LoadError> {
        let mut unclaimed: BTreeMap<&str, _> = secrets
            .keys
            .iter()
            .map(|key| (key.id.as_str(), key))
            .collect();
        let sessions: BTreeMap<&str, usize> = secrets
            .sessions
            .iter()
            .map(|session| (session.id.as_str(), session.line))
            .collect();
        for account in accounts {
            for holder in self.principals_of(account)? {
                let Holder {
                    principal,
                    title,
                    keys,
                } = holder;
                for id in keys {
                    if sessions.contains_key(id.value.as_str()) {
                        let reason = format!(
                            "{title} has the access key {}, which is a session's",
                            quoted(&id.value)
                        );
                        return Err(LoadError::at(&self.access, id.line, reason));
                    }
                    let of_file = unclaimed.remove(id.value.as_str());
                    let of_file = of_file.and_then(|key| key.secret.as_ref());
                    self.key(id, of_file, None, &principal, &title)?;
                }
                self.principals.push(principal);
            }
        }
        for (id, key) in unclaimed {
            let reason = format!("the key {} belongs to nobody", quoted(id));
            self.warn(&self.secrets_file.clone(), key.line, reason);
        }
        Ok(())
    }

    fn sessions(
        &mut self,
        accounts: &[Account],
        sessions: &[SessionSecret],
    ) -> Result<(), LoadError> {
        for session in sessions {
            let title = format!("the session {}", quoted(&session.id));
            let account = accounts
                .iter()
                .find(|account| account.number == session.owner.account);
            let identity = account
                .and_then(|account| account.identity(session.owner.kind, &session.owner.name));
            let narrowed = self.named(&self.secrets_file, &title, &session.policies)?;
            let (Some(account), Some(identity)) = (account, identity) else {
                let reason = format!(
                    "{title} is of {}, who is not in {ACCESS}",
                    session.owner.arn()
                );
                self.warn(&self.secrets_file.clone(), session.line, reason);
                continue;
            };
            let mut principal = self.principal(account, identity, session.name.as_deref())?;
            principal.policies.session = narrowed;
            let id = Spot {
                value: session.id.clone(),
                line: session.line,
            };
            let limits = Session::new(
                session.token.clone(),
                session.issued.as_second(),
                session.expires.as_second(),
            );
            self.key(
                &id,
                session.secret.as_ref(),
                Some(limits),
                &Arc::new(principal),
                &title,
            )?;
        }
        Ok(())
    }

    /// Root, users and roles of an account.
    fn principals_of<'i>(&self, account: &'i Account) -> Result<Vec<Holder<'i>>, LoadError> {
        let title = format!("the root of {}", account.number);
        let mut all = vec![Holder {
            principal: Arc::new(root(&account.number)),
            title,
            keys: &account.root_keys,
        }];
        for identity in account.identities() {
            match identity.kind {
                // Nobody calls as a group, but its policies must be there.
                Kind::Group => {
                    drop(self.named(&self.access, &identity.title(), &identity.policies)?)
                }
                Kind::User | Kind::Role => {
                    let principal = Arc::new(self.principal(account, identity, None)?);
                    all.push(Holder {
                        principal,
                        title: identity.title(),
                        keys: &identity.keys,
                    });
                }
            }
        }
        Ok(all)
    }

    fn principal(
        &self,
        account: &Account,
        identity: &Identity,
        session: Option<&str>,
    ) -> Result<Principal, LoadError> {
        let Identity { kind, name, .. } = identity;
        let number = &account.number;
        let own_arn = format!("arn:aws:iam::{number}:{}/{name}", kind.word());
        let own_id = identity
            .id
            .clone()
            .unwrap_or_else(|| made_id(number, *kind, name));
        let (arn, user_id) = match session {
            Some(session) => (
                format!("arn:aws:sts::{number}:assumed-role/{name}/{session}"),
                format!("{own_id}:{session}"),
            ),
            None => (own_arn.clone(), own_id),
        };
        let kind = match kind {
            Kind::Role => PrincipalKind::Role {
                name: name.clone(),
                session: session.map(str::to_owned),
            },
            Kind::User | Kind::Group => PrincipalKind::User { name: name.clone() },
        };
        Ok(Principal {
            account: number.clone(),
            kind,
            arn,
            principal_arn: own_arn,
            user_id,
            tags: identity.tags.clone(),
            policies: self.policies_of(account, identity)?,
        })
    }

    /// Its own policies, then those of its groups, none twice.
    fn policies_of(&self, account: &Account, identity: &Identity) -> Result<Policies, LoadError> {
        let title = identity.title();
        let mut all = self.named(&self.access, &title, &identity.policies)?;
        for group in &identity.groups {
            let Some(group) = account.identity(Kind::Group, &group.value) else {
                let known = account
                    .of_kind(Kind::Group)
                    .iter()
                    .map(|group| group.name.as_str());
                let reason = unknown(&title, "group", &group.value, known);
                return Err(LoadError::at(&self.access, group.line, reason));
            };
            for policy in self.named(&self.access, &group.title(), &group.policies)? {
                if !all.iter().any(|one| one.name() == policy.name()) {
                    all.push(policy);
                }
            }
        }
        let boundary = identity.boundary.as_slice();
        let boundary = self.named(&self.access, &title, boundary)?;
        Ok(Policies {
            identity: all,
            boundary: boundary.into_iter().next(),
            session: Vec::new(),
        })
    }

    fn named(
        &self,
        file: &Path,
        title: &str,
        names: &[Spot<String>],
    ) -> Result<Vec<Arc<Policy>>, LoadError> {
        let found = names
            .iter()
            .map(|name| match self.policies.get(&name.value) {
                Some(document) => Ok(document.policy.clone()),
                None => {
                    let known = self.policies.keys().map(String::as_str);
                    let reason = unknown(title, "policy", &name.value, known);
                    Err(LoadError::at(file, name.line, reason))
                }
            });
        found.collect()
    }

    fn key(
        &mut self,
        id: &Spot<String>,
        of_file: Option<&secrets::Hidden>,
        session: Option<Session>,
        principal: &Arc<Principal>,
        title: &str,
    ) -> Result<(), LoadError> {
        let secret = secrets::effective(&id.value, of_file, self.environment, &mut self.warnings);
        let file = if session.is_some() {
            &self.secrets_file
        } else {
            &self.access
        };
        let secret = secret.map_err(|reason| LoadError::at(file, id.line, reason))?;
        let Some(secret) = secret else {
            let reason = format!(
                "{title} has the access key {} without a secret, which is neither in {SECRETS} nor in {VARIABLE}{}",
                id.value, id.value
            );
            self.warn(&file.clone(), id.line, reason);
            return Ok(());
        };
        let key = Key::new(secret, session, principal.clone());
        self.keys.insert(id.value.clone(), Arc::new(key));
        Ok(())
    }

    fn warn(&mut self, file: &Path, line: usize, reason: String) {
        self.warnings
            .push(LoadError::at(file, line, reason).to_string());
    }
}

fn root(account: &str) -> Principal {
    let arn = format!("arn:aws:iam::{account}:root");
    Principal {
        account: account.to_owned(),
        kind: PrincipalKind::Root,
        principal_arn: arn.clone(),
        arn,
        user_id: account.to_owned(),
        tags: BTreeMap::new(),
        policies: Policies::default(),
    }
}

/// The unique id of an identity that has none in the file: the same on every machine, in Amazon's form.
fn made_id(account: &str, kind: Kind, name: &str) -> String {
    const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    const LENGTH: usize = 17;
    let hash = Sha256::digest(format!("{account}:{}/{name}", kind.word()));
    let letters = hash.iter().take(LENGTH).map(|byte| {
        let letter = LETTERS.get(usize::from(byte % 32)).copied();
        char::from(letter.unwrap_or(b'A'))
    });
    let prefix = match kind {
        Kind::User => "AIDA",
        Kind::Group => "AGPA",
        Kind::Role => "AROA",
    };
    prefix.chars().chain(letters).collect()
}

fn unknown<'n>(
    title: &str,
    what: &str,
    name: &str,
    known: impl Iterator<Item = &'n str>,
) -> String {
    let nearest = suggestion(name, known);
    format!("{title} has the unknown {what} {}{nearest}", quoted(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn made_ids_are_stable_and_differ() {
        let id = made_id("123456789012", Kind::User, "alice");
        assert_eq!(id, made_id("123456789012", Kind::User, "alice"));
        assert!(id.starts_with("AIDA") && id.len() == 21, "{id}");
        assert!(made_id("123456789012", Kind::Role, "alice").starts_with("AROA"));
        let others = [
            made_id("123456789013", Kind::User, "alice"),
            made_id("123456789012", Kind::User, "bob"),
        ];
        assert!(!others.contains(&id));
    }
}
