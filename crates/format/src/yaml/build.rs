//! From the events of libyaml's parser to a value; aliases become copies.

use std::collections::HashMap;

use everbeat_json::Json;
use libyaml_safer::{Encoding, EventData, Parser, ScalarStyle};

use super::collection::{Collection, Map};
use super::read::{YamlError, invalid};
use super::scalar::{TAG_PREFIX, tagged, untagged};

/// Deeper nesting is refused, as in JSON.
const DEEPEST: usize = 500;
/// Bytes and values that anchors and aliases may copy in all: aliases of aliases grow without end otherwise.
const MOST_COPIED: usize = 16 << 20;

/// The only document of a text.
pub(super) fn document(text: &str) -> Result<Json, YamlError> {
    // The parser panics on some texts that end within a line.
    let last_line = text.rsplit(['\n', '\r']).next().unwrap_or_default();
    let ended = if last_line.is_empty() {
        text.to_owned()
    } else {
        format!("{text}\n")
    };
    let mut parser = Parser::new();
    parser.set_encoding(Encoding::Utf8);
    parser.set_input(ended.as_bytes());
    let mut builder = Builder {
        parser,
        end: text.len() as u64,
        ends_with_blanks: last_line.bytes().all(|byte| byte == b' '),
        anchors: HashMap::new(),
        copied: 0,
        failure: None,
    };
    let value = builder.stream()?;
    builder.failure.map_or(Ok(value), Err)
}

struct Builder<'t> {
    parser: Parser<&'t [u8]>,
    /// Bytes of the text; the newline that was added stands there.
    end: u64,
    /// The last line has nothing but blanks.
    ends_with_blanks: bool,
    /// None while the value is being read: an alias to what it stands in has no end.
    anchors: HashMap<String, Option<Json>>,
    copied: usize,
    /// The first scalar without a value. Wrong syntax further on counts for more.
    failure: Option<YamlError>,
}

impl Builder<'_> {
    fn next(&mut self) -> Result<EventData, YamlError> {
        let mut event = self.parser.parse().map_err(invalid)?;
        if let EventData::Scalar {
            style: ScalarStyle::Literal | ScalarStyle::Folded,
            value,
            ..
        } = &mut event.data
            && event.end_mark.index > self.end
        {
            self.remove_added_newline(value);
        }
        Ok(event.data)
    }

    /// Of a block that goes on to the end of the text. A last line of nothing but the block's indentation is none.
    fn remove_added_newline(&self, block: &mut String) {
        let Some(content) = block.strip_suffix('\n') else {
            return;
        };
        let last_line = content.rsplit('\n').next().unwrap_or_default();
        if !self.ends_with_blanks || last_line.bytes().all(|byte| byte == b' ') {
            block.pop();
        }
    }

    fn stream(&mut self) -> Result<Json, YamlError> {
        let mut document = None;
        loop {
            match self.next()? {
                EventData::StreamEnd => return Ok(document.unwrap_or(Json::Null)),
                EventData::StreamStart { .. } | EventData::DocumentEnd { .. } => {}
                EventData::DocumentStart { .. } if document.is_none() => {
                    document = Some(self.value()?);
                }
                _ => return Err(invalid("there is more than one document")),
            }
        }
    }

    /// The next value. Collections that are open wait on a stack of their own, so nesting costs no stack of the thread.
    fn value(&mut self) -> Result<Json, YamlError> {
        let mut open: Vec<(Option<String>, Collection)> = Vec::new();
        loop {
            let event = self.next()?;
            if let Some((_, collection)) = open.last_mut()
                && collection.takes_mark(&event)?
            {
                continue;
            }
            let value = match event {
                EventData::Alias { anchor } => self.alias(&anchor)?,
                EventData::Scalar { .. } => self.scalar(event)?,
                EventData::SequenceStart { anchor, tag, .. } => {
                    check_tag(tag.as_deref(), "seq")?;
                    self.announce(anchor.as_ref());
                    open.push((anchor, Collection::List(Vec::new())));
                    check_depth(open.len())?;
                    continue;
                }
                EventData::MappingStart { anchor, tag, .. } => {
                    check_tag(tag.as_deref(), "map")?;
                    self.announce(anchor.as_ref());
                    open.push((anchor, Collection::Map(Map::default())));
                    check_depth(open.len())?;
                    continue;
                }
                EventData::SequenceEnd | EventData::MappingEnd => {
                    let (anchor, collection) =
                        open.pop().ok_or_else(|| invalid("a value is missing"))?;
                    let value = collection.finish()?;
                    self.keep(anchor, &value)?;
                    value
                }
                _ => return Err(invalid("a value is missing")),
            };
            match open.last_mut() {
                Some((_, collection)) => collection.put(value)?,
                None => return Ok(value),
            }
        }
    }

    fn scalar(&mut self, event: EventData) -> Result<Json, YamlError> {
        let EventData::Scalar {
            anchor,
            tag,
            value,
            plain_implicit,
            style,
            ..
        } = event
        else {
            return Err(invalid("a value is missing"));
        };
        if style == ScalarStyle::Plain && value.contains('\t') {
            return Err(invalid("a tab stands in a plain scalar"));
        }
        let value = match tag.as_deref() {
            None => untagged(value, plain_implicit),
            Some("!") => untagged(value, true),
            Some(tag) => tagged(tag, value),
        };
        let value = self.unless_failed(value)?;
        self.keep(anchor, &value)?;
        Ok(value)
    }

    /// A scalar; null in place of one that has no value.
    fn unless_failed(&mut self, scalar: Result<Json, YamlError>) -> Result<Json, YamlError> {
        match scalar {
            Err(error @ YamlError::Value(_)) => {
                self.failure.get_or_insert(error);
                Ok(Json::Null)
            }
            scalar => scalar,
        }
    }

    fn announce(&mut self, anchor: Option<&String>) {
        if let Some(anchor) = anchor {
            self.anchors.insert(anchor.clone(), None);
        }
    }

    fn keep(&mut self, anchor: Option<String>, value: &Json) -> Result<(), YamlError> {
        if let Some(anchor) = anchor {
            let copy = self.copy(value)?;
            self.anchors.insert(anchor, Some(copy));
        }
        Ok(())
    }

    fn copy(&mut self, value: &Json) -> Result<Json, YamlError> {
        self.copied += size(value);
        if self.copied > MOST_COPIED {
            return Err(invalid("the aliases stand for too much"));
        }
        Ok(value.clone())
    }

    fn alias(&mut self, anchor: &str) -> Result<Json, YamlError> {
        let Some(Some(value)) = self.anchors.remove(anchor) else {
            return Err(invalid(format!("the alias {anchor} has no value")));
        };
        let copy = self.copy(&value)?;
        self.anchors.insert(anchor.to_owned(), Some(value));
        Ok(copy)
    }
}

fn check_depth(depth: usize) -> Result<(), YamlError> {
    if depth > DEEPEST {
        return Err(invalid("the nesting is too deep"));
    }
    Ok(())
}

/// A collection has no tag but that of its kind.
fn check_tag(tag: Option<&str>, kind: &str) -> Result<(), YamlError> {
    match tag {
        None | Some("!") => Ok(()),
        Some(tag) if tag.strip_prefix(TAG_PREFIX) == Some(kind) => Ok(()),
        Some(_) => Err(invalid("a collection has an unknown tag")),
    }
}

/// Bytes of texts and number of values.
fn size(value: &Json) -> usize {
    match value {
        Json::Null | Json::Bool(_) | Json::Foreign(_) => 1,
        Json::Number(text) | Json::String(text) => 1 + text.len(),
        Json::List(elements) => 1 + elements.iter().map(size).sum::<usize>(),
        Json::Map(members) => {
            let members = members.iter().map(|(name, value)| name.len() + size(value));
            1 + members.sum::<usize>()
        }
    }
}
