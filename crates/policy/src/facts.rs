//! What is known about a request: the values of its condition keys, given by whoever asks.
//!
//! Keys arrive here folded to lower case ([`fold_key`]), the tag key behind `aws:ResourceTag/`, `aws:RequestTag/` and
//! `aws:PrincipalTag/` included: IAM's key names are not case-sensitive, and tag keys are part of the name. Values are
//! as they are.

use alloc::borrow::Cow;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

/// The value of a condition key in a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value<'a> {
    /// The key has one value by its nature, as `aws:username`.
    One(Cow<'a, str>),
    /// The key has any number of values by its nature, as `aws:TagKeys`. With none at all it is there and empty:
    /// `Null` takes that for absent, `IfExists` does not.
    Many(Vec<Cow<'a, str>>),
}

impl Value<'_> {
    /// All values.
    pub fn texts(&self) -> &[Cow<'_, str>] {
        match self {
            Value::One(text) => core::slice::from_ref(text),
            Value::Many(texts) => texts,
        }
    }
}

/// The condition keys of one request.
pub trait Facts {
    /// The value of a key, or nothing if the request has none.
    ///
    /// `key` is folded by [`fold_key`]: `swf:tasklist.name`, `aws:requesttag/team`. A tag is found by folding its key
    /// in the same way; of two tags that differ in case alone, either may be given.
    fn value(&self, key: &str) -> Option<Value<'_>>;
}

/// Facts from a table, as for a rehearsal; its keys must be folded.
impl Facts for BTreeMap<String, Value<'_>> {
    fn value(&self, key: &str) -> Option<Value<'_>> {
        self.get(key).map(|value| match value {
            Value::One(text) => Value::One(Cow::Borrowed(text)),
            Value::Many(texts) => {
                Value::Many(texts.iter().map(|text| Cow::Borrowed(&**text)).collect())
            }
        })
    }
}

/// The form in which condition keys are compared: lower case, tag keys included (protocol 7.1).
pub fn fold_key(key: &str) -> String {
    key.to_lowercase()
}
