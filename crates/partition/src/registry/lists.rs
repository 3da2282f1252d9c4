//! Pages of domains and of types, by name. A page begins behind the last entry of the one before, whatever came or went.

use alloc::{
    boxed::Box,
    string::{String, ToString},
    vec::Vec,
};
use core::ops::Bound;

use everbeat_model::{DomainName, Name, Version};

use super::{Domain, Registry};
use crate::input::{ListDomains, ListTypes};
use crate::output::Answer;
use crate::rows::{Realm, TypeDetail, TypeKind};

impl Registry {
    /// Ascending by name.
    pub(super) fn list_domains(&self, realm: &Realm, list: &ListDomains) -> Answer {
        let Some(names) = self.names.get(realm) else {
            return Answer::Domains(Vec::new(), None);
        };
        let (from, to) = page_bounds(list.after.as_deref().map(DomainName::from), list.reverse);
        let names = names.range((from, to));
        let names: Box<dyn Iterator<Item = _>> = if list.reverse {
            Box::new(names.rev())
        } else {
            Box::new(names)
        };
        let infos = names
            .filter_map(|(_, id)| self.domains.get(id))
            .filter(|domain| domain.row.status == list.status)
            .map(Domain::info);
        let (page, more) = cut(infos, list.max);
        let next = if more {
            page.last().map(|info| info.name.to_string())
        } else {
            None
        };
        Answer::Domains(page, next)
    }
}

impl Domain {
    /// Ascending by name, then version.
    pub(super) fn list_types(&self, list: &ListTypes) -> Answer {
        let bound = |(name, version): &(String, String)| {
            (list.kind, name.as_str().into(), version.as_str().into())
        };
        let (from, to) = page_bounds(list.after.as_ref().map(bound), list.reverse);
        let types = self.types.range::<(TypeKind, Name, Version), _>((from, to));
        let types: Box<dyn Iterator<Item = _>> = if list.reverse {
            Box::new(types.rev())
        } else {
            Box::new(types)
        };
        let wanted = types
            .filter(|((kind, name, _), detail)| {
                *kind == list.kind
                    && list.name.as_ref().is_none_or(|wanted| wanted == name)
                    && detail.status() == list.status
            })
            .map(|(_, detail)| detail);
        let (page, more) = cut(wanted, list.max);
        let last = page.last().map(|detail| detail.identity());
        let next = last
            .filter(|_| more)
            .map(|(_, name, version)| (name.to_string(), version.to_string()));
        match list.kind {
            TypeKind::Workflow => Answer::WorkflowTypes(
                page.into_iter()
                    .filter_map(TypeDetail::workflow_info)
                    .collect(),
                next,
            ),
            TypeKind::Activity => Answer::ActivityTypes(
                page.into_iter()
                    .filter_map(TypeDetail::activity_info)
                    .collect(),
                next,
            ),
        }
    }
}

/// The bounds behind `after`, in the direction of the list.
fn page_bounds<T>(after: Option<T>, reverse: bool) -> (Bound<T>, Bound<T>) {
    match (after, reverse) {
        (None, _) => (Bound::Unbounded, Bound::Unbounded),
        (Some(after), false) => (Bound::Excluded(after), Bound::Unbounded),
        (Some(after), true) => (Bound::Unbounded, Bound::Excluded(after)),
    }
}

/// At most `max` items, and whether more follow.
fn cut<T>(mut items: impl Iterator<Item = T>, max: usize) -> (Vec<T>, bool) {
    let page: Vec<T> = items.by_ref().take(max).collect();
    let more = items.next().is_some();
    (page, more)
}
