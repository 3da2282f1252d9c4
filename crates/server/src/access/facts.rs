//! The condition keys of one request (protocol.md section 7.5): about the caller, the connection, the time, the domain and
//! the tags. SWF's own are in [`Asked`]. Which of them an action can have is a rule of the model.

use std::borrow::Cow;
use std::net::IpAddr;
use std::sync::Arc;

use everbeat_model::permissions::{
    Action, ConditionKey, GlobalKey, PASSED_TO_SERVICE, RequestKey, TagPrefix,
};
use everbeat_model::{ResourceTag, ResourceTagList};
use everbeat_policy::{Facts, Value, fold_key};
use everbeat_wire::sigv4::amz_date;

use hyper::header::HeaderValue;

use super::Identity;
use super::asked::Asked;

/// Who asks, and how the request came.
#[derive(Debug, Clone)]
pub(crate) struct Requester {
    /// None where nobody is asked who it is: then the caller is the account itself.
    pub(crate) identity: Option<Identity>,
    pub(crate) account: Arc<str>,
    pub(crate) region: Arc<str>,
    /// The address of the client, if it is known.
    pub(crate) source: Option<IpAddr>,
    pub(crate) is_secure: bool,
    pub(crate) user_agent: Option<HeaderValue>,
    /// Real time, in seconds since 1970.
    pub(crate) now: i64,
}

impl Requester {
    /// The ARN of the caller.
    pub(crate) fn arn(&self) -> Cow<'_, str> {
        match &self.identity {
            Some(identity) => Cow::Borrowed(&identity.principal.arn),
            None => Cow::Owned(format!("arn:aws:iam::{}:root", self.account)),
        }
    }
}

/// What policies may test of one question.
pub(super) struct QuestionFacts<'a> {
    pub(super) requester: &'a Requester,
    pub(super) asked: &'a Asked,
    /// The tags of the domain, if it is there.
    pub(super) domain_tags: Option<&'a ResourceTagList>,
}

impl Facts for QuestionFacts<'_> {
    /// What the action cannot have is absent, also if it is known: decisions are part of a call with an address.
    fn value(&self, key: &str) -> Option<Value<'_>> {
        let key = RequestKey::read(key)?;
        if !Action::named(self.asked.action)?.has(key) {
            return None;
        }
        match key {
            RequestKey::Swf(own) => self.own(own),
            RequestKey::Global(global) => self.global(global),
            RequestKey::Tag(TagPrefix::Principal, _) => self.of_caller(key),
            RequestKey::Tag(TagPrefix::Request, tag) => self.request_tag(tag),
            RequestKey::Tag(TagPrefix::Resource, tag) => self.domain_tag(tag),
            RequestKey::PassedToService => Some(one(PASSED_TO_SERVICE.1)),
        }
    }
}

impl QuestionFacts<'_> {
    fn own(&self, key: ConditionKey) -> Option<Value<'_>> {
        let mut values = self.asked.values.0.iter();
        let (_, value) = values.find(|(known, _)| *known == key)?;
        Some(one(value))
    }

    fn global(&self, key: GlobalKey) -> Option<Value<'_>> {
        let requester = self.requester;
        match key {
            GlobalKey::CurrentTime => Some(owned(iso_time(requester.now))),
            GlobalKey::EpochTime => Some(owned(requester.now.to_string())),
            GlobalKey::RequestedRegion => Some(one(&requester.region)),
            GlobalKey::SecureTransport => Some(owned(requester.is_secure.to_string())),
            GlobalKey::SourceIp => Some(owned(requester.source?.to_string())),
            GlobalKey::TagKeys => self.tag_keys(),
            GlobalKey::TokenIssueTime => {
                let issued = requester.identity.as_ref()?.issued?;
                Some(owned(iso_time(issued)))
            }
            GlobalKey::UserAgent => {
                let user_agent = requester.user_agent.as_ref()?;
                let text = String::from_utf8_lossy(user_agent.as_bytes());
                Some(Value::One(text))
            }
            GlobalKey::PrincipalAccount
            | GlobalKey::PrincipalArn
            | GlobalKey::PrincipalType
            | GlobalKey::UserId
            | GlobalKey::UserName => self.of_caller(RequestKey::Global(key)),
        }
    }

    fn of_caller(&self, key: RequestKey<'_>) -> Option<Value<'_>> {
        self.requester.identity.as_ref()?.principal.fact(key)
    }

    fn domain_tag(&self, tag: &str) -> Option<Value<'_>> {
        let mut tags = self.domain_tags?.iter().rev();
        tags.find(|one| fold_key(&one.key) == tag).map(value_of)
    }

    fn request_tag(&self, tag: &str) -> Option<Value<'_>> {
        let mut tags = self.asked.tags.0.iter();
        let (_, value) = tags.find(|(key, _)| fold_key(key) == tag)?;
        value.as_deref().map(one)
    }

    fn tag_keys(&self) -> Option<Value<'_>> {
        let keys = self.asked.tags.0.iter();
        let keys: Vec<Cow<'_, str>> = keys.map(|(key, _)| Cow::Borrowed(&**key)).collect();
        (!keys.is_empty()).then_some(Value::Many(keys))
    }
}

fn one(text: &str) -> Value<'_> {
    Value::One(Cow::Borrowed(text))
}

fn owned(text: String) -> Value<'static> {
    Value::One(Cow::Owned(text))
}

fn value_of(tag: &ResourceTag) -> Value<'_> {
    one(tag.value.as_deref().unwrap_or_default())
}

/// An instant in seconds since 1970 as ISO 8601 has it, in UTC.
fn iso_time(seconds: i64) -> String {
    let basic = amz_date(seconds);
    let part = |from: usize, to: usize| basic.get(from..to).unwrap_or_default();
    format!(
        "{}-{}-{}T{}:{}:{}Z",
        part(0, 4),
        part(4, 6),
        part(6, 8),
        part(9, 11),
        part(11, 13),
        part(13, 15)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_written_as_policies_have_them() {
        assert_eq!(iso_time(0), "1970-01-01T00:00:00Z");
        assert_eq!(iso_time(1_795_402_998), "2026-11-23T03:03:18Z");
    }
}
