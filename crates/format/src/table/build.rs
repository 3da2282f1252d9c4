//! From a value to the sections of its table.
//!
//! What looks odd here (the keys of a map as a row, headers in the middle of a section) is what the reference prints.

use std::collections::BTreeSet;
use std::mem;

use everbeat_json::{Json, python};

use super::layout::Section;
use crate::{FormatError, is_scalar};

/// The sections of a value, none for an empty or false one.
pub(super) fn sections(title: &str, value: &Json) -> Result<Vec<Section>, FormatError> {
    if is_false(value) {
        return Ok(Vec::new());
    }
    let mut builder = Builder {
        closed: Vec::new(),
        section: Section::new(Some(title), 0),
    };
    builder.fill(Some(title), value, 0)?;
    builder.closed.push(builder.section);
    Ok(builder.closed)
}

struct Builder {
    closed: Vec<Section>,
    /// The section that rows go to.
    section: Section,
}

impl Builder {
    fn open(&mut self, title: Option<&str>, depth: usize) {
        let closed = mem::replace(&mut self.section, Section::new(title, depth));
        self.closed.push(closed);
    }

    /// A value in a section of its own; without a title it goes on in the one that is open.
    fn value(
        &mut self,
        title: Option<&str>,
        value: &Json,
        depth: usize,
    ) -> Result<(), FormatError> {
        if is_false(value) {
            return Ok(());
        }
        if title.is_some() {
            self.open(title, depth);
        }
        self.fill(title, value, depth)
    }

    /// The rows of a value, and the sections of what it contains.
    fn fill(&mut self, title: Option<&str>, value: &Json, depth: usize) -> Result<(), FormatError> {
        match value {
            Json::Map(members) => self.map(members, depth),
            Json::List(elements) if matches!(elements.first(), Some(Json::Map(_))) => {
                self.list_of_maps(elements, title, depth)
            }
            Json::List(elements) => elements
                .iter()
                .try_for_each(|element| self.element(element)),
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::Foreign(_) => {
                Ok(())
            }
        }
    }

    /// An element of a list that does not begin with a map.
    fn element(&mut self, element: &Json) -> Result<(), FormatError> {
        match element {
            Json::List(cells) if cells.iter().all(is_scalar) => self
                .section
                .add_row(cells.iter().map(python::str).collect()),
            Json::List(_) => self.value(None, element, 0),
            Json::Map(members) => {
                let keys = members.iter().map(|(key, _)| key.clone()).collect();
                self.section.add_row(keys)
            }
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::Foreign(_) => {
                self.section.add_row(vec![python::str(element)])
            }
        }
    }

    fn map(&mut self, members: &[(String, Json)], depth: usize) -> Result<(), FormatError> {
        let mut sorted: Vec<&(String, Json)> = members.iter().collect();
        sorted.sort_unstable_by_key(|(key, _)| key);
        let (scalars, others): (Vec<_>, Vec<_>) =
            sorted.into_iter().partition(|(_, value)| is_scalar(value));
        match scalars.as_slice() {
            [] => {}
            [(key, value)] => self
                .section
                .add_row(vec![key.clone(), python::str(value)])?,
            _ => {
                let header = scalars.iter().map(|(key, _)| key.clone()).collect();
                let row = scalars.iter().map(|(_, value)| python::str(value));
                self.section.add_header(header)?;
                self.section.add_row(row.collect())?;
            }
        }
        others
            .into_iter()
            .try_for_each(|(key, value)| self.value(Some(key), value, depth + 1))
    }

    fn list_of_maps(
        &mut self,
        elements: &[Json],
        title: Option<&str>,
        depth: usize,
    ) -> Result<(), FormatError> {
        let (columns, others) = keys(elements)?;
        let header: Vec<String> = columns.iter().map(|key| (*key).to_owned()).collect();
        for (at, element) in elements.iter().enumerate() {
            if at > 0 && !others.is_empty() {
                self.open(title, depth);
            }
            if at == 0 || !others.is_empty() {
                self.section.add_header(header.clone())?;
            }
            if !columns.is_empty() && !matches!(element, Json::Map(_)) {
                return Err(FormatError::MixedList);
            }
            let cell = |column: &&str| element.get(column).map(python::str).unwrap_or_default();
            self.section.add_row(columns.iter().map(cell).collect())?;
            for key in &others {
                if let Some(value) = element.get(key) {
                    self.value(Some(key), value, depth + 1)?;
                }
            }
        }
        Ok(())
    }
}

/// The keys that are scalar in some element, and those that are not in some element, sorted. A key may be both.
fn keys(elements: &[Json]) -> Result<(BTreeSet<&str>, BTreeSet<&str>), FormatError> {
    let mut columns = BTreeSet::new();
    let mut others = BTreeSet::new();
    for element in elements {
        let members = match element {
            Json::Map(members) => members.as_slice(),
            // Passes in the reference as long as no column asks it for a member.
            Json::List(elements) if elements.is_empty() => &[],
            Json::String(text) if text.is_empty() => &[],
            _ => return Err(FormatError::MixedList),
        };
        for (key, value) in members {
            if is_scalar(value) {
                columns.insert(key.as_str());
            } else {
                others.insert(key.as_str());
            }
        }
    }
    Ok((columns, others))
}

/// What Python takes for false.
fn is_false(value: &Json) -> bool {
    match value {
        Json::Null => true,
        Json::Bool(value) => !value,
        Json::Number(text) => text.parse() == Ok(0.0),
        Json::String(text) => text.is_empty(),
        Json::List(elements) => elements.is_empty(),
        Json::Map(members) => members.is_empty(),
        Json::Foreign(foreign) => foreign.str.is_empty(),
    }
}
