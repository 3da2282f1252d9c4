//! Collections under construction: merge keys and duplicate keys.

use std::collections::HashMap;

use everbeat_json::{Json, python};
use libyaml_safer::{EventData, ScalarStyle};

use super::read::{YamlError, invalid};
use super::resolve::{Meaning, meaning};

/// A list or map whose end has not come yet.
pub(super) enum Collection {
    List(Vec<Json>),
    Map(Map),
}

impl Collection {
    /// Takes the next element, key or value.
    pub(super) fn put(&mut self, value: Json) -> Result<(), YamlError> {
        match self {
            Self::List(elements) => {
                elements.push(value);
                Ok(())
            }
            Self::Map(map) => map.put(value),
        }
    }

    /// Whether the event is `<<` or `=` where a key is to stand; then it is taken.
    pub(super) fn takes_mark(&mut self, event: &EventData) -> Result<bool, YamlError> {
        match self {
            Self::Map(map) if map.key.is_none() => map.takes_mark(event),
            Self::Map(_) | Self::List(_) => Ok(false),
        }
    }

    pub(super) fn finish(self) -> Result<Json, YamlError> {
        match self {
            Self::List(elements) => Ok(Json::List(elements)),
            Self::Map(map) => map.finish(),
        }
    }
}

#[derive(Default)]
pub(super) struct Map {
    merged: Members,
    own: Members,
    duplicate: Option<String>,
    /// The key whose value comes next.
    key: Option<Key>,
}

enum Key {
    Merge,
    Name(String),
}

impl Map {
    fn takes_mark(&mut self, event: &EventData) -> Result<bool, YamlError> {
        match plain_meaning(event) {
            Some(Meaning::Merge) if !self.merged.members.is_empty() => {
                return Err(invalid("a map is merged twice"));
            }
            Some(Meaning::Merge) => self.key = Some(Key::Merge),
            Some(Meaning::Default) => self.key = Some(Key::Name("=".into())),
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn put(&mut self, value: Json) -> Result<(), YamlError> {
        match self.key.take() {
            None => self.key = Some(Key::Name(name(&value)?)),
            Some(Key::Merge) => self.merged.merge(value)?,
            Some(Key::Name(name)) => {
                if self.own.set(name.clone(), value) {
                    self.duplicate = Some(name);
                }
            }
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Json, YamlError> {
        if self.merged.members.is_empty() {
            return match self.duplicate {
                Some(name) => Err(invalid(format!("the key {name} stands twice in a map"))),
                None => Ok(Json::Map(self.own.members)),
            };
        }
        // Beside a merge key the reference does not look for duplicates.
        for (name, value) in self.own.members {
            self.merged.set(name, value);
        }
        Ok(Json::Map(self.merged.members))
    }
}

/// Members and where they stand.
#[derive(Default)]
struct Members {
    members: Vec<(String, Json)>,
    places: HashMap<String, usize>,
}

impl Members {
    /// Sets a member, a known one in its place. Whether it was known.
    fn set(&mut self, name: String, value: Json) -> bool {
        let known = self.places.get(&name);
        match known.and_then(|place| self.members.get_mut(*place)) {
            Some((_, old)) => {
                *old = value;
                true
            }
            None => {
                self.places.insert(name.clone(), self.members.len());
                self.members.push((name, value));
                false
            }
        }
    }

    /// Takes in what stands behind a merge key: a map, or a list of maps of which the first one wins.
    fn merge(&mut self, value: Json) -> Result<(), YamlError> {
        let maps = match value {
            Json::List(maps) => maps,
            map => vec![map],
        };
        for map in maps.into_iter().rev() {
            let Json::Map(members) = map else {
                return Err(invalid("something else than a map is merged"));
            };
            for (name, value) in members {
                self.set(name, value);
            }
        }
        Ok(())
    }
}

/// The meaning of a plain scalar without a tag; None for all else.
fn plain_meaning(event: &EventData) -> Option<Meaning> {
    match event {
        EventData::Scalar {
            tag: None,
            value,
            style: ScalarStyle::Plain,
            ..
        } => Some(meaning(value)),
        _ => None,
    }
}

/// A key's name.
fn name(key: &Json) -> Result<String, YamlError> {
    match key {
        Json::List(_) | Json::Map(_) => Err(invalid("a key is a collection")),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::Foreign(_) => {
            Ok(python::str(key))
        }
    }
}
