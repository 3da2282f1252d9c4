//! What the shape of an operation's answer tells: the names that a `--query` can go on with, and what the answer will
//! look like.

use everbeat_model::Shape;
use everbeat_prompt::{Choice, Choices};

use super::place::Operation;
use crate::help::{first_sentence, kind};

/// The members that can follow the last point of a query. Only paths of names, with or without brackets, are followed.
pub(super) fn fields(operation: Option<Operation>, query: &str) -> Choices {
    let (path, typed) = query
        .rsplit_once('.')
        .map_or(("", query), |(path, typed)| (path, typed));
    let before = query.strip_suffix(typed).unwrap_or_default();
    let shape = operation
        .and_then(|operation| operation.output)
        .and_then(|shape| reached(shape, path));
    let members = shape
        .and_then(Shape::structure)
        .map_or(&[][..], |shape| shape.members);
    let list = members
        .iter()
        .map(|member| {
            let text = first_sentence(member.documentation);
            Choice {
                text: format!("{before}{}", member.name),
                note: format!("[{}] {text}", kind(member.shape)),
                ..Choice::plain(member.name)
            }
        })
        .collect();
    Choices {
        typed: typed.into(),
        list,
    }
}

/// The shape at the end of a path; an index, a slice or a filter in brackets goes from a list to its elements.
fn reached(shape: &'static Shape, path: &str) -> Option<&'static Shape> {
    let mut shape = shape;
    for name in path.split('.').filter(|name| !name.is_empty()) {
        let (name, bracket) = name
            .split_once('[')
            .map_or((name, None), |(name, rest)| (name, Some(rest)));
        if !name.is_empty() {
            shape = shape.structure()?.member(name)?.shape;
        }
        if let Some(bracket) = bracket {
            bracket.strip_suffix(']')?;
            let Shape::List(list) = shape else {
                return None;
            };
            shape = list.element;
        }
    }
    Some(shape)
}

/// An answer in which every text is its own name, in a format and through a query that may still be being typed; what is
/// wrong with them instead. `None` for operations without an answer.
#[cfg(feature = "auto-prompt")]
pub(super) fn form(operation: Operation, output: &str, query: &str) -> Option<String> {
    use crate::format::{Format, Look};

    let Ok(format) = Format::named(output) else {
        return Some(format!("Bad value for --output: {output}"));
    };
    let mut value = crate::skeleton::output(operation.output?);
    let query = begun(query);
    if !query.is_empty() {
        let found = everbeat_query::Query::compile(&query)
            .map_err(|error| error.to_string())
            .and_then(|query| query.search(&value).map_err(|error| error.to_string()));
        value = match found {
            Ok(value) => value,
            Err(error) => return Some(format!("Bad value for --query: {query}\n\n{error}")),
        };
    }
    let mut text = String::new();
    let formed = format.write(operation.name, &value, Look::PLAIN, &mut text);
    Some(formed.map_or_else(|error| error.to_string(), |()| text))
}

/// A query without the part that is not finished, and with the index 0 for any other: lists of a form have one element.
#[cfg(feature = "auto-prompt")]
fn begun(query: &str) -> String {
    let mut first = String::new();
    let mut rest = query;
    while let Some((before, behind)) = rest.split_once('[') {
        let digits = behind
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(behind.len());
        let is_index = digits > 0 && behind[digits..].starts_with(']');
        first.push_str(before);
        first.push_str(if is_index { "[0" } else { "[" });
        rest = if is_index { &behind[digits..] } else { behind };
    }
    first.push_str(rest);
    let closed = first.rfind([']', '}']).map_or(0, |at| at + 1);
    let end = first[closed..]
        .find(['[', '{'])
        .map_or(first.len(), |at| closed + at);
    first[..end].trim_matches('.').to_owned()
}
