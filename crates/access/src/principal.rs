//! Whoever calls: root, a user or a role, with what policies may ask about it.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use everbeat_model::permissions::{GlobalKey, RequestKey, TagPrefix};
use everbeat_policy::{Policies, Value, fold_key};

use crate::secrets::Hidden;

/// What a principal is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PrincipalKind {
    /// The account itself: it may do all.
    Root,
    /// A user.
    User {
        /// Its name within the account.
        name: String,
    },
    /// A role, nearly always in a session.
    Role {
        /// Its name within the account.
        name: String,
        /// The session's name; none when a decision of the role as such is rehearsed.
        session: Option<String>,
    },
}

/// Whoever calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// The number of its account, twelve digits.
    pub account: String,
    /// Root, user or role.
    pub kind: PrincipalKind,
    /// How refusals call it: a role's session has `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION`.
    pub arn: String,
    /// `aws:PrincipalArn`: of a role's session it is that of the role.
    pub principal_arn: String,
    /// `aws:userid`: of a role's session with the session's name behind a colon.
    pub user_id: String,
    /// `aws:PrincipalTag/KEY`.
    pub tags: BTreeMap<String, String>,
    /// What it may do.
    pub policies: Policies,
}

impl Principal {
    /// Whether it is the account itself, which may do all without any policy.
    pub fn is_root(&self) -> bool {
        self.kind == PrincipalKind::Root
    }

    /// `aws:username`, which users alone have.
    pub fn username(&self) -> Option<&str> {
        match &self.kind {
            PrincipalKind::User { name } => Some(name),
            PrincipalKind::Root | PrincipalKind::Role { .. } => None,
        }
    }

    /// `aws:PrincipalType`.
    pub fn principal_type(&self) -> &'static str {
        match self.kind {
            PrincipalKind::Root => "Account",
            PrincipalKind::User { .. } => "User",
            PrincipalKind::Role { .. } => "AssumedRole",
        }
    }

    /// The value of a condition key that tells about the caller (protocol.md section 7.5); none of any other key.
    pub fn fact(&self, key: RequestKey<'_>) -> Option<Value<'_>> {
        let text = match key {
            RequestKey::Global(key) => self.global(key)?,
            RequestKey::Tag(TagPrefix::Principal, tag) => self.tag(tag)?,
            RequestKey::Tag(TagPrefix::Request | TagPrefix::Resource, _)
            | RequestKey::Swf(_)
            | RequestKey::PassedToService => return None,
        };
        Some(Value::One(Cow::Borrowed(text)))
    }

    fn global(&self, key: GlobalKey) -> Option<&str> {
        match key {
            GlobalKey::PrincipalAccount => Some(&self.account),
            GlobalKey::PrincipalArn => Some(&self.principal_arn),
            GlobalKey::PrincipalType => Some(self.principal_type()),
            GlobalKey::UserId => Some(&self.user_id),
            GlobalKey::UserName => self.username(),
            GlobalKey::CurrentTime
            | GlobalKey::EpochTime
            | GlobalKey::RequestedRegion
            | GlobalKey::SecureTransport
            | GlobalKey::SourceIp
            | GlobalKey::TagKeys
            | GlobalKey::TokenIssueTime
            | GlobalKey::UserAgent => None,
        }
    }

    fn tag(&self, tag: &str) -> Option<&str> {
        let tag = fold_key(tag);
        let tag = self.tags.iter().find(|(key, _)| fold_key(key) == tag);
        tag.map(|(_, value)| value.as_str())
    }
}

/// An access key that can sign.
#[derive(Clone, PartialEq, Eq)]
pub struct Key {
    secret: Hidden,
    session: Option<Session>,
    principal: std::sync::Arc<Principal>,
}

impl Key {
    pub(crate) fn new(
        secret: Hidden,
        session: Option<Session>,
        principal: std::sync::Arc<Principal>,
    ) -> Self {
        Self {
            secret,
            session,
            principal,
        }
    }

    /// The secret that signs. Not to be shown.
    pub fn secret(&self) -> &str {
        &self.secret.0
    }

    /// The session that the key is of; long-term keys have none.
    pub fn session(&self) -> Option<&Session> {
        self.session.as_ref()
    }

    /// Whose key it is.
    pub fn principal(&self) -> &std::sync::Arc<Principal> {
        &self.principal
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Key")
            .field("principal", &self.principal.arn)
            .field("session", &self.session)
            .finish_non_exhaustive()
    }
}

/// What a session's key needs besides its signature.
#[derive(Clone, PartialEq, Eq)]
pub struct Session {
    token: Hidden,
    /// Seconds since 1970: `aws:TokenIssueTime`.
    pub issued: i64,
    /// Seconds since 1970: from here on the key is expired.
    pub expires: i64,
}

impl Session {
    pub(crate) fn new(token: Hidden, issued: i64, expires: i64) -> Self {
        Self {
            token,
            issued,
            expires,
        }
    }

    /// The token that every request must carry. Not to be shown.
    pub fn token(&self) -> &str {
        &self.token.0
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Session")
            .field("issued", &self.issued)
            .field("expires", &self.expires)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_tell_about_the_caller() {
        let user = Principal {
            account: "123456789012".into(),
            kind: PrincipalKind::User {
                name: "alice".into(),
            },
            arn: "arn:aws:iam::123456789012:user/alice".into(),
            principal_arn: "arn:aws:iam::123456789012:user/alice".into(),
            user_id: "AIDAIOSFODNN7EXAMPLE".into(),
            tags: BTreeMap::from([("Team".into(), "Blue".into())]),
            policies: Policies::default(),
        };
        let role = Principal {
            kind: PrincipalKind::Role {
                name: "ci".into(),
                session: None,
            },
            ..user.clone()
        };
        let text = |principal: &Principal, key: &str| {
            let value = principal.fact(RequestKey::read(key).expect(key))?;
            value.texts().first().map(|text| text.to_string())
        };
        for (key, of_user, of_role) in [
            ("aws:username", Some("alice"), None),
            (
                "aws:userid",
                Some("AIDAIOSFODNN7EXAMPLE"),
                Some("AIDAIOSFODNN7EXAMPLE"),
            ),
            (
                "aws:PrincipalAccount",
                Some("123456789012"),
                Some("123456789012"),
            ),
            ("aws:PrincipalType", Some("User"), Some("AssumedRole")),
            ("aws:PrincipalTag/team", Some("Blue"), Some("Blue")),
            ("aws:PrincipalTag/other", None, None),
            ("aws:SourceIp", None, None),
        ] {
            assert_eq!(text(&user, key).as_deref(), of_user, "{key}");
            assert_eq!(text(&role, key).as_deref(), of_role, "{key}");
        }
    }

    #[test]
    fn no_debug_text_shows_a_secret() {
        let principal = Principal {
            account: "123456789012".into(),
            kind: PrincipalKind::Root,
            arn: "arn:aws:iam::123456789012:root".into(),
            principal_arn: "arn:aws:iam::123456789012:root".into(),
            user_id: "123456789012".into(),
            tags: BTreeMap::new(),
            policies: Policies::default(),
        };
        let session = Session::new(Hidden("the-token".into()), 1, 2);
        let key = Key::new(Hidden("the-secret".into()), Some(session), principal.into());
        let shown = format!("{key:?}");
        assert!(
            shown.contains(":root") && !shown.contains("the-"),
            "{shown}"
        );
    }
}
