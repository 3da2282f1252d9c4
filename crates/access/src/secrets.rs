//! `secrets.toml`: the secrets of access keys, and the sessions. Secrets may come from the environment instead.
//!
//! No secret gets into a message or into a `Debug` text. Who may read the file is checked by [`crate::folder`]; whose
//! keys and sessions these are, by [`crate::directory`].

use std::collections::BTreeSet;
use std::fmt;
use std::path::Path;

use everbeat_model::is_account;
use everbeat_policy::quoted;
use jiff::Timestamp;

use crate::document::{Lines, Section, Spot};
use crate::identities::Kind;
use crate::names::{KEY_ID_RULE, NAME_RULE, SECRET_RULE, is_key_id, is_name, is_secret};
use crate::problem::LoadError;

/// What the name of a variable of the environment begins with that holds a secret; the access key id follows.
pub(crate) const VARIABLE: &str = "EVERBEAT_SECRET_";
/// Shorter ones can be guessed; Amazon's have 40 characters.
const SHORTEST_GOOD_SECRET: usize = 16;

/// Where secrets of the environment come from: the value of a variable, if it is set.
pub type Environment<'a> = dyn Fn(&str) -> Option<String> + 'a;

/// A text that no message shows.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Hidden(pub(crate) String);

impl fmt::Debug for Hidden {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("…")
    }
}

/// Secret of a user's or root's access key.
#[derive(Debug)]
pub(crate) struct KeySecret {
    pub(crate) id: String,
    pub(crate) line: usize,
    /// None if only the environment has it.
    pub(crate) secret: Option<Hidden>,
}

/// Whom a session is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Owner {
    pub(crate) account: String,
    /// User or role.
    pub(crate) kind: Kind,
    pub(crate) name: String,
}

impl Owner {
    /// `arn:aws:iam::ACCOUNT:user/NAME` or `…:role/NAME`.
    pub(crate) fn arn(&self) -> String {
        format!(
            "arn:aws:iam::{}:{}/{}",
            self.account,
            self.kind.word(),
            self.name
        )
    }

    fn read(arn: &str) -> Option<Self> {
        let (account, resource) = arn.strip_prefix("arn:aws:iam::")?.split_once(':')?;
        let (word, name) = resource.split_once('/')?;
        let kind = [Kind::User, Kind::Role]
            .into_iter()
            .find(|kind| kind.word() == word)?;
        (is_account(account) && is_name(name)).then(|| Self {
            account: account.to_owned(),
            kind,
            name: name.to_owned(),
        })
    }
}

/// A session with its secret.
#[derive(Debug)]
pub(crate) struct SessionSecret {
    pub(crate) id: String,
    pub(crate) line: usize,
    /// None if only the environment has it.
    pub(crate) secret: Option<Hidden>,
    pub(crate) token: Hidden,
    pub(crate) owner: Owner,
    /// Of a role's session, and of no other.
    pub(crate) name: Option<String>,
    pub(crate) issued: Timestamp,
    pub(crate) expires: Timestamp,
    pub(crate) policies: Vec<Spot<String>>,
}

/// What the file holds.
#[derive(Debug, Default)]
pub(crate) struct Secrets {
    pub(crate) keys: Vec<KeySecret>,
    pub(crate) sessions: Vec<SessionSecret>,
}

/// Reads the text of `secrets.toml`.
///
/// # Errors
/// The first thing that is wrong with it.
pub(crate) fn read(file: &Path, text: &str) -> Result<Secrets, LoadError> {
    let lines = Lines::new(file, text);
    let document = lines.parse(text)?;
    let root = Section::root(&lines, &document);
    root.only(&["key", "session"])?;
    let mut secrets = Secrets::default();
    let mut ids = BTreeSet::new();
    for (id, section) in root.sections("key", |id| format!("the key {}", quoted(id)))? {
        well_formed_id(&id, &section)?;
        section.only(&["secret"])?;
        ids.insert(id.clone());
        secrets.keys.push(KeySecret {
            line: section.line,
            secret: hidden(&section, "secret")?,
            id,
        });
    }
    for (id, section) in root.sections("session", |id| format!("the session {}", quoted(id)))? {
        well_formed_id(&id, &section)?;
        if ids.contains(&id) {
            return Err(section.problem("has the id of a key"));
        }
        secrets.sessions.push(session(id, &section)?);
    }
    Ok(secrets)
}

fn well_formed_id(id: &str, section: &Section<'_>) -> Result<(), LoadError> {
    if is_key_id(id) {
        return Ok(());
    }
    Err(section.problem(&format!("has an id that is not of {KEY_ID_RULE}")))
}

fn session(id: String, section: &Section<'_>) -> Result<SessionSecret, LoadError> {
    section.only(&[
        "secret",
        "token",
        "principal",
        "name",
        "issued",
        "expires",
        "policies",
    ])?;
    let principal = section.required_text("principal")?;
    let owner = Owner::read(&principal.value).ok_or_else(|| {
        let reason = "has a 'principal' that is not the ARN of a user or role, \
                      such as arn:aws:iam::123456789012:role/ci";
        section.problem_at(principal.line, reason)
    })?;
    let token = hidden(section, "token")?.ok_or_else(|| section.problem("has no 'token'"))?;
    let (issued, _) = moment(section, "issued")?;
    let (expires, line) = moment(section, "expires")?;
    if expires <= issued {
        return Err(section.problem_at(line, "expires before it was issued"));
    }
    Ok(SessionSecret {
        line: section.line,
        secret: hidden(section, "secret")?,
        token,
        name: session_name(&owner, section)?,
        owner,
        issued,
        expires,
        policies: section.texts("policies")?,
        id,
    })
}

fn session_name(owner: &Owner, section: &Section<'_>) -> Result<Option<String>, LoadError> {
    let name = section.text("name")?;
    match (owner.kind, name) {
        (Kind::Role, None) => Err(section.problem("is a role's and has no 'name'")),
        (Kind::Role, Some(name)) if !is_name(&name.value) => {
            let reason = format!("has a 'name' that is not of {NAME_RULE}");
            Err(section.problem_at(name.line, &reason))
        }
        (Kind::Role, Some(name)) => Ok(Some(name.value)),
        (Kind::User | Kind::Group, None) => Ok(None),
        (Kind::User | Kind::Group, Some(name)) => Err(section.problem_at(
            name.line,
            "is a user's and has a 'name'; sessions of roles have one",
        )),
    }
}

fn hidden(section: &Section<'_>, name: &str) -> Result<Option<Hidden>, LoadError> {
    match section.text(name)? {
        None => Ok(None),
        Some(text) if is_secret(&text.value) => Ok(Some(Hidden(text.value))),
        Some(text) => {
            let reason = format!("has a '{name}' that is not of {SECRET_RULE}");
            Err(section.problem_at(text.line, &reason))
        }
    }
}

fn moment(section: &Section<'_>, name: &str) -> Result<(Timestamp, usize), LoadError> {
    let text = section.required_time(name)?;
    match text.value.parse() {
        Ok(moment) => Ok((moment, text.line)),
        Err(_) => {
            let reason = format!("has an '{name}' that is no time such as 2026-11-23T10:00:00Z");
            Err(section.problem_at(text.line, &reason))
        }
    }
}

/// The secret of an access key: the environment's, else the file's. Warns of short ones and of two that differ.
///
/// # Errors
/// The environment's is none; the text names the variable.
pub(crate) fn effective(
    id: &str,
    of_file: Option<&Hidden>,
    environment: &Environment<'_>,
    warnings: &mut Vec<String>,
) -> Result<Option<Hidden>, String> {
    let variable = format!("{VARIABLE}{id}");
    let secret = match (environment(&variable), of_file) {
        (None, None) => return Ok(None),
        (None, Some(secret)) => secret.clone(),
        (Some(text), _) if !is_secret(&text) => {
            return Err(format!(
                "{variable} in the environment is not of {SECRET_RULE}"
            ));
        }
        (Some(text), of_file) => {
            let secret = Hidden(text);
            if of_file.is_some_and(|of_file| *of_file != secret) {
                warnings.push(format!(
                    "the access key {id} has another secret in {variable} than in the file: \
                     that of the environment counts"
                ));
            }
            secret
        }
    };
    if secret.0.len() < SHORTEST_GOOD_SECRET {
        warnings.push(format!(
            "the secret of the access key {id} has fewer than {SHORTEST_GOOD_SECRET} characters and can be guessed"
        ));
    }
    Ok(Some(secret))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "ASIAIOSFODNN7EXAMPLE";

    fn secrets(text: &str) -> Result<Secrets, String> {
        read(Path::new("secrets.toml"), text).map_err(|error| error.to_string())
    }

    fn session(change: (&str, &str)) -> String {
        let lines = "secret = 'top-secret'\ntoken = 'token'\nprincipal = 'arn:aws:iam::123456789012:role/ci'\n\
                     name = 'build-7'\nissued = '2026-11-23T10:00:00Z'\nexpires = '2026-11-23T11:00:00Z'\n";
        format!("[session.{ID}]\n{lines}").replace(change.0, change.1)
    }

    #[test]
    fn a_session_is_read() {
        let secrets = secrets(&session(("", ""))).expect("it is well formed");
        let [session] = secrets.sessions.as_slice() else {
            panic!("one session: {secrets:?}");
        };
        assert_eq!(session.owner.arn(), "arn:aws:iam::123456789012:role/ci");
        assert_eq!(session.name.as_deref(), Some("build-7"));
        assert_eq!(
            session.expires.as_second() - session.issued.as_second(),
            3600
        );
        let shown = format!("{secrets:?}");
        assert!(
            !shown.contains("top-secret") && !shown.contains("\"token\""),
            "{shown}"
        );
    }

    #[test]
    fn times_can_be_dates_of_toml() {
        let end = |text: &str| {
            let secrets = secrets(&session(("'2026-11-23T11:00:00Z'", text)));
            let first = |secrets: Secrets| secrets.sessions.first().map(|one| one.expires);
            secrets.map(first)
        };
        let quoted = end("'2026-11-23T11:00:00Z'");
        assert!(matches!(quoted, Ok(Some(_))), "{quoted:?}");
        assert_eq!(end("2026-11-23T11:00:00Z"), quoted);
        assert_eq!(end("2026-11-23 13:00:00+02:00"), quoted);
    }

    #[test]
    fn every_refusal_has_its_line_and_no_secret() {
        for (text, told) in [
            (
                "kee = {}".to_owned(),
                "1: the file has the unknown key 'kee'; did you mean 'key'?",
            ),
            (
                "[key.AKIA]".to_owned(),
                "1: the key 'AKIA' has an id that is not of 16 to 128 letters, digits and _",
            ),
            (
                format!("[key.{ID}]\nsecret = 'top secret'"),
                "2: the key 'ASIAIOSFODNN7EXAMPLE' has a 'secret' that is not of 1 to 4096 visible ASCII characters without spaces",
            ),
            (
                format!("[key.{ID}]\nsecret = 1"),
                "2: the key 'ASIAIOSFODNN7EXAMPLE' has a 'secret' that is not a string",
            ),
            (
                format!("[key.{ID}]\ntoken = ''"),
                "2: the key 'ASIAIOSFODNN7EXAMPLE' has the unknown key 'token'",
            ),
            (
                format!("[key.{ID}]\n[session.{ID}]"),
                "2: the session 'ASIAIOSFODNN7EXAMPLE' has the id of a key",
            ),
            (
                session(("token = 'token'", "")),
                "1: the session 'ASIAIOSFODNN7EXAMPLE' has no 'token'",
            ),
            (
                session(("role/ci", "group/ci")),
                "4: the session 'ASIAIOSFODNN7EXAMPLE' has a 'principal' that is not the ARN of a user or role, such as arn:aws:iam::123456789012:role/ci",
            ),
            (
                session(("name = 'build-7'", "")),
                "1: the session 'ASIAIOSFODNN7EXAMPLE' is a role's and has no 'name'",
            ),
            (
                session(("build-7", "build 7")),
                "5: the session 'ASIAIOSFODNN7EXAMPLE' has a 'name' that is not of 1 to 64 letters, digits and _+=,.@-",
            ),
            (
                session(("role/ci", "user/ci")),
                "5: the session 'ASIAIOSFODNN7EXAMPLE' is a user's and has a 'name'; sessions of roles have one",
            ),
            (
                session(("T10", "T")),
                "6: the session 'ASIAIOSFODNN7EXAMPLE' has an 'issued' that is no time such as 2026-11-23T10:00:00Z",
            ),
            (
                session(("'2026-11-23T11:00:00Z'", "2026-11-23")),
                "7: the session 'ASIAIOSFODNN7EXAMPLE' has an 'expires' that is no time such as 2026-11-23T10:00:00Z",
            ),
            (
                session(("T11", "T10")),
                "7: the session 'ASIAIOSFODNN7EXAMPLE' expires before it was issued",
            ),
            (
                session(("expires", "expire")),
                "7: the session 'ASIAIOSFODNN7EXAMPLE' has the unknown key 'expire'; did you mean 'expires'?",
            ),
        ] {
            let error = secrets(&text).expect_err(&text);
            assert_eq!(error, format!("secrets.toml, line {told}"), "{text}");
            assert!(!error.contains("top"), "{error}");
        }
    }

    #[test]
    fn the_environment_comes_before_the_file() {
        let long = "wJalrXUtnFEMI/K7MDENG";
        let of_file = Hidden(long.into());
        let none = |_: &str| None;
        let other = |name: &str| {
            (name == format!("EVERBEAT_SECRET_{ID}")).then(|| "of-the-environment".to_owned())
        };
        let short = |_: &str| Some("short".to_owned());
        let broken = |_: &str| Some("of the environment\n".to_owned());
        let mut warnings = Vec::new();
        assert_eq!(effective(ID, None, &none, &mut warnings), Ok(None));
        let secret = effective(ID, Some(&of_file), &none, &mut warnings);
        assert_eq!(secret, Ok(Some(of_file.clone())));
        let secret = effective(ID, None, &other, &mut warnings);
        assert_eq!(secret, Ok(Some(Hidden("of-the-environment".into()))));
        assert_eq!(warnings, Vec::<String>::new());
        let secret = effective(ID, Some(&of_file), &other, &mut warnings);
        assert_eq!(secret, Ok(Some(Hidden("of-the-environment".into()))));
        assert_eq!(warnings.len(), 1);
        assert!(effective(ID, None, &short, &mut warnings).is_ok());
        assert_eq!(warnings.len(), 2);
        let error = effective(ID, None, &broken, &mut warnings).expect_err("it has a space");
        assert!(
            error.contains("EVERBEAT_SECRET_ASIA") && !error.contains("of the"),
            "{error}"
        );
    }
}
