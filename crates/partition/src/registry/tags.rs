//! Tags of domains (execution.md section 3.1, protocol.md section 8). A deprecated domain has them like any other.
//!
//! A row holds them in the order of their keys, each with a value; rows of earlier versions need not.

use alloc::{collections::BTreeMap, format};

use everbeat_model::{
    DomainArn, DomainName, Fault, FaultKind, Limits, ResourceTag, ResourceTagKey,
    ResourceTagKeyList, ResourceTagList, ResourceTagValue,
};

use super::{Domain, Registry};
use crate::output::Answer;
use crate::rows::{Batch, Realm};

/// Tags by their keys.
type Tags = BTreeMap<ResourceTagKey, ResourceTagValue>;

/// The tags of a list; a tag without a value has an empty one.
fn by_key(list: &ResourceTagList) -> Tags {
    let tags = list.iter().cloned();
    tags.map(|tag| (tag.key, tag.value.unwrap_or_default()))
        .collect()
}

fn list(tags: Tags) -> ResourceTagList {
    let tags = tags.into_iter().map(|(key, value)| ResourceTag {
        key,
        value: Some(value),
    });
    ResourceTagList(tags.collect())
}

/// The tags that a domain of that name can have.
fn checked(tags: Tags, name: &DomainName, limits: &Limits) -> Result<ResourceTagList, Fault> {
    let most = limits.tags_per_domain;
    if tags.len() as u64 > most {
        let text = format!("Too many tags for domain {name}, at most {most} are allowed");
        return Err(FaultKind::TooManyTagsFault.with(text));
    }
    Ok(list(tags))
}

/// The tags that a domain is registered with.
pub(super) fn first_tags(
    given: Option<&ResourceTagList>,
    name: &DomainName,
    limits: &Limits,
) -> Result<ResourceTagList, Fault> {
    checked(given.map(by_key).unwrap_or_default(), name, limits)
}

impl Registry {
    /// The domain that an ARN names, if it is one of the realm.
    pub(crate) fn of_arn(&self, realm: &Realm, arn: &DomainArn) -> Result<&Domain, Fault> {
        if arn.is_in(&realm.region, &realm.account) {
            self.find(realm, &arn.name)
        } else {
            Err(Fault::unknown_domain(&arn.name))
        }
    }

    /// As [`Self::of_arn`].
    pub(super) fn of_arn_mut(
        &mut self,
        realm: &Realm,
        arn: &DomainArn,
    ) -> Result<&mut Domain, Fault> {
        self.of_arn(realm, arn)?;
        self.find_mut(realm, &arn.name)
    }
}

impl Domain {
    /// Ascending by key.
    pub(super) fn tags(&self) -> Answer {
        Answer::Tags(list(by_key(&self.row.tags)))
    }

    /// Adds tags, or gives keys new values; all or none.
    pub(super) fn tag(
        &mut self,
        tags: &ResourceTagList,
        limits: &Limits,
        batch: &mut Batch,
    ) -> Result<Answer, Fault> {
        let mut all = by_key(&self.row.tags);
        all.extend(by_key(tags));
        let all = checked(all, &self.row.name, limits)?;
        self.put_tags(all, batch);
        Ok(Answer::Nothing)
    }

    /// Removes the tags of those keys, if there are any.
    pub(super) fn untag(&mut self, keys: &ResourceTagKeyList, batch: &mut Batch) -> Answer {
        let mut tags = by_key(&self.row.tags);
        tags.retain(|key, _| !keys.contains(key));
        self.put_tags(list(tags), batch);
        Answer::Nothing
    }

    /// What changes nothing is not written.
    fn put_tags(&mut self, tags: ResourceTagList, batch: &mut Batch) {
        if tags != self.row.tags {
            self.row.tags = tags;
            batch.domains.insert(self.row.id, self.row.clone());
        }
    }
}
