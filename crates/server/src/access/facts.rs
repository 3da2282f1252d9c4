//! The condition keys of one request (protocol.md section 7.5): about the caller, the connection, the time, the domain and
//! the tags. SWF's own are in [`Asked`].

use std::borrow::Cow;
use std::net::IpAddr;
use std::sync::Arc;

use everbeat_model::permissions::PASSED_TO_SERVICE;
use everbeat_model::{ResourceTag, ResourceTagList};
use everbeat_policy::{Facts, Value, fold_key};
use everbeat_wire::sigv4::amz_date;

use super::Identity;
use super::asked::Asked;

const RESOURCE_TAG: &str = "aws:resourcetag/";
const REQUEST_TAG: &str = "aws:requesttag/";

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
    pub(crate) user_agent: Option<String>,
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
    /// A role is given away.
    pub(super) passes_role: bool,
}

impl Facts for QuestionFacts<'_> {
    fn value(&self, key: &str) -> Option<Value<'_>> {
        let (service, _) = key.split_once(':')?;
        match service {
            "swf" => self.own(key),
            "aws" => self.global(key),
            _ if self.passes_role && fold_key(PASSED_TO_SERVICE.0) == key => {
                Some(Value::One(Cow::Borrowed(PASSED_TO_SERVICE.1)))
            }
            _ => None,
        }
    }
}

impl QuestionFacts<'_> {
    fn own(&self, key: &str) -> Option<Value<'_>> {
        let mut values = self.asked.values.0.iter();
        let (_, value) = values.find(|(name, _)| name.name().eq_ignore_ascii_case(key))?;
        Some(one(value))
    }

    fn global(&self, key: &str) -> Option<Value<'_>> {
        let requester = self.requester;
        match key {
            "aws:currenttime" => return Some(owned(iso_time(requester.now))),
            "aws:epochtime" => return Some(owned(requester.now.to_string())),
            "aws:requestedregion" => return Some(one(&requester.region)),
            "aws:tagkeys" => return self.tag_keys(),
            "aws:tokenissuetime" => {
                let issued = requester.identity.as_ref()?.issued?;
                return Some(owned(iso_time(issued)));
            }
            // Decisions are not requests: these are absent there.
            "aws:sourceip" | "aws:useragent" | "aws:securetransport" if self.asked.is_decision => {
                return None;
            }
            "aws:sourceip" => return requester.source.map(|source| owned(source.to_string())),
            "aws:useragent" => return requester.user_agent.as_deref().map(one),
            "aws:securetransport" => return Some(owned(requester.is_secure.to_string())),
            _ => {}
        }
        if let Some(tag) = key.strip_prefix(RESOURCE_TAG) {
            let tags = self.domain_tags?.iter();
            return tags
                .rev()
                .find(|one| fold_key(&one.key) == tag)
                .map(value_of);
        }
        if let Some(tag) = key.strip_prefix(REQUEST_TAG) {
            let mut tags = self.asked.tags.0.iter();
            let (_, value) = tags.find(|(key, _)| fold_key(key) == tag)?;
            return value.as_deref().map(one);
        }
        requester.identity.as_ref()?.principal.fact(key)
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
