//! The format `text` (cli.md section 14.3): lines of fields with tabs between them.
//!
//! Nothing is escaped. What is printed before a value turns out to have no form stays printed, as the reference writes
//! while it walks.

use std::collections::BTreeSet;

use everbeat_json::{Json, python};

use crate::{FormatError, is_scalar};

/// Appends one value, for paginated results one page, to `out`. Empty lists and maps print nothing.
///
/// # Errors
/// [`FormatError::MixedList`]; `out` then holds what was printed before.
pub fn write(value: &Json, out: &mut String) -> Result<(), FormatError> {
    write_value(value, None, out)
}

/// A value; `name` is the member it hangs under.
fn write_value(value: &Json, name: Option<&str>, out: &mut String) -> Result<(), FormatError> {
    match value {
        Json::Map(members) => write_map(members, name, None, out),
        Json::List(elements) => write_list(elements, name, out),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::Foreign(_) => {
            write_line(&[python::str(value)], out);
            Ok(())
        }
    }
}

fn write_list(elements: &[Json], name: Option<&str>, out: &mut String) -> Result<(), FormatError> {
    if elements
        .iter()
        .any(|element| matches!(element, Json::Map(_)))
    {
        return write_list_of_maps(elements, name, out);
    }
    let (scalars, lists): (Vec<&Json>, Vec<&Json>) =
        elements.iter().partition(|element| is_scalar(element));
    write_scalars(&scalars, name, out);
    lists
        .into_iter()
        .try_for_each(|list| write_value(list, name, out))
}

/// All elements have the same columns: the scalar keys of any of them.
fn write_list_of_maps(
    elements: &[Json],
    name: Option<&str>,
    out: &mut String,
) -> Result<(), FormatError> {
    let maps = elements
        .iter()
        .map(|element| match element {
            Json::Map(members) => Some(members),
            _ => None,
        })
        .collect::<Option<Vec<_>>>()
        .ok_or(FormatError::MixedList)?;
    let columns: BTreeSet<&str> = maps
        .iter()
        .flat_map(|members| members.iter())
        .filter(|(_, value)| is_scalar(value))
        .map(|(key, _)| key.as_str())
        .collect();
    maps.into_iter()
        .try_for_each(|members| write_map(members, name, Some(&columns), out))
}

/// One line per scalar under a name, one line for all without.
fn write_scalars(scalars: &[&Json], name: Option<&str>, out: &mut String) {
    let fields = scalars.iter().map(|scalar| python::str(scalar));
    match name {
        Some(name) => {
            fields.for_each(|field| write_line(&[name.to_uppercase(), field], out));
        }
        None if scalars.is_empty() => {}
        None => write_line(&fields.collect::<Vec<_>>(), out),
    }
}

/// The line of a map, then its other members. Without `columns` the line has its own scalar members.
fn write_map(
    members: &[(String, Json)],
    name: Option<&str>,
    columns: Option<&BTreeSet<&str>>,
    out: &mut String,
) -> Result<(), FormatError> {
    let mut sorted: Vec<(&str, &Json)> = members
        .iter()
        .map(|(key, value)| (key.as_str(), value))
        .collect();
    sorted.sort_unstable_by_key(|(key, _)| *key);
    let is_field = |(key, value): &(&str, &Json)| match columns {
        Some(columns) => columns.contains(key),
        None => is_scalar(value),
    };
    let (line, others): (Vec<_>, Vec<_>) = sorted.into_iter().partition(is_field);
    let mut fields: Vec<String> = match columns {
        Some(columns) => columns
            .iter()
            .map(|column| field_of(&line, column))
            .collect(),
        None => line.iter().map(|(_, value)| python::str(value)).collect(),
    };
    if !fields.is_empty() {
        fields.splice(0..0, name.map(str::to_uppercase));
        write_line(&fields, out);
    }
    others
        .into_iter()
        .try_for_each(|(key, value)| write_value(value, Some(key), out))
}

/// The field of that column in a line that is sorted by name; empty if it is missing.
fn field_of(line: &[(&str, &Json)], column: &str) -> String {
    line.binary_search_by_key(&column, |(key, _)| *key)
        .ok()
        .and_then(|at| line.get(at))
        .map(|(_, value)| python::str(value))
        .unwrap_or_default()
}

fn write_line(fields: &[String], out: &mut String) {
    out.push_str(&fields.join("\t"));
    out.push('\n');
}
