//! The facts of the rehearsed request: what is given, and what a server knows by itself.

use std::borrow::Cow;

use everbeat_model::permissions::{Action, GlobalKey, PASSED_TO_SERVICE, RequestKey, TagPrefix};
use everbeat_policy::{Facts, Question, Value, Verdict};
use jiff::Timestamp;

use crate::principal::{Principal, PrincipalKind, Session};

use super::context::Context;

/// What would be known of a request.
#[derive(Clone, Copy)]
pub(super) struct Rehearsal<'a> {
    pub(super) principal: &'a Principal,
    /// The session of the key that would sign.
    pub(super) session: Option<&'a Session>,
    /// None for what this server never asks about.
    pub(super) action: Option<Action>,
    pub(super) context: &'a Context<'a>,
    /// None if the resource has none.
    pub(super) region: Option<&'a str>,
    pub(super) now: Timestamp,
}

/// What is known of a key without the request.
pub(super) enum Known<'a> {
    /// It has this value in every request of the caller.
    Is(Value<'a>),
    /// It has none.
    Absent,
    /// It depends on the request.
    Open,
}

impl Facts for Rehearsal<'_> {
    fn value(&self, key: &str) -> Option<Value<'_>> {
        if !can_have(self.action, key) {
            return None;
        }
        let read = RequestKey::read(key);
        if let Some(values) = self.context.get(key) {
            let is_many = read.is_some_and(RequestKey::has_many_values);
            return Some(match values.as_slice() {
                [value] if !is_many => Value::One(Cow::Borrowed(value)),
                values => Value::Many(values.iter().copied().map(Cow::Borrowed).collect()),
            });
        }
        match self.known(read?) {
            Known::Is(value) => Some(value),
            Known::Absent | Known::Open => None,
        }
    }
}

/// Whether a request for the action could have the key. Nothing is known of what this server never asks about.
pub(super) fn can_have(action: Option<Action>, key: &str) -> bool {
    let Some(action) = action else { return true };
    RequestKey::read(key).is_some_and(|key| action.has(key))
}

impl<'a> Rehearsal<'a> {
    /// The answer to this action; none about root, which may do all.
    pub(super) fn verdict(&self, action: &str, resource: &str) -> Option<Verdict> {
        let policies = (!self.principal.is_root()).then_some(&self.principal.policies)?;
        Some(policies.evaluate(&Question {
            action,
            resource,
            facts: self,
        }))
    }

    /// The same request when another action is asked for.
    pub(super) fn with_action(self, action: &str) -> Self {
        Self {
            action: Action::named(action),
            ..self
        }
    }

    /// Whether the request could have a value that was not given.
    pub(super) fn is_open(&self, key: &str) -> bool {
        let is_open = |key| matches!(self.known(key), Known::Open);
        can_have(self.action, key)
            && !self.context.contains_key(key)
            && RequestKey::read(key).is_some_and(is_open)
    }

    /// What is known of a key that the action can have, whatever is given.
    pub(super) fn known(&self, key: RequestKey<'_>) -> Known<'a> {
        match key {
            RequestKey::Swf(_) | RequestKey::Tag(TagPrefix::Request | TagPrefix::Resource, _) => {
                Known::Open
            }
            RequestKey::Global(key) => self.global(key),
            RequestKey::Tag(TagPrefix::Principal, _) => self.of_caller(key),
            RequestKey::PassedToService => is(PASSED_TO_SERVICE.1),
        }
    }

    fn global(&self, key: GlobalKey) -> Known<'a> {
        match key {
            GlobalKey::CurrentTime => time(self.now.as_second()),
            GlobalKey::EpochTime => is(self.now.as_second().to_string()),
            GlobalKey::RequestedRegion => self.region.map_or(Known::Open, is),
            GlobalKey::TokenIssueTime => match self.session {
                Some(session) => time(session.issued),
                None if self.is_role_alone() => Known::Open,
                None => Known::Absent,
            },
            // Behind it comes the name of the session.
            GlobalKey::UserId if self.is_role_alone() => Known::Open,
            GlobalKey::PrincipalAccount
            | GlobalKey::PrincipalArn
            | GlobalKey::PrincipalType
            | GlobalKey::UserId
            | GlobalKey::UserName => self.of_caller(RequestKey::Global(key)),
            GlobalKey::SecureTransport
            | GlobalKey::SourceIp
            | GlobalKey::TagKeys
            | GlobalKey::UserAgent => Known::Open,
        }
    }

    fn of_caller(&self, key: RequestKey<'_>) -> Known<'a> {
        self.principal.fact(key).map_or(Known::Absent, Known::Is)
    }

    /// Roles call in sessions; of this one nothing is known.
    fn is_role_alone(&self) -> bool {
        match self.principal.kind {
            PrincipalKind::Role { .. } => self.session.is_none(),
            PrincipalKind::Root | PrincipalKind::User { .. } => false,
        }
    }
}

fn is<'a>(text: impl Into<Cow<'a, str>>) -> Known<'a> {
    Known::Is(Value::One(text.into()))
}

fn time<'a>(seconds: i64) -> Known<'a> {
    Timestamp::from_second(seconds).map_or(Known::Absent, |time| is(time.to_string()))
}
