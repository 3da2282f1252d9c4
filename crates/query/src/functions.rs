//! What the functions do once their arguments are checked; see [`crate::signature`] for what they take. A value of
//! another type than that is as an empty one.

use std::cmp::Ordering;
use std::sync::Arc;

use crate::error::SearchError;
use crate::evaluate::{Evaluator, order};
use crate::number::{Integer, Number};
use crate::value::{Value, set};

type Result<T = Value> = std::result::Result<T, Box<SearchError>>;

fn elements(value: &Value) -> &[Value] {
    if let Value::List(list) = value {
        &list.items
    } else {
        &[]
    }
}

fn members(value: &Value) -> &[(String, Value)] {
    if let Value::Map(map) = value {
        &map.items
    } else {
        &[]
    }
}

fn text(value: &Value) -> &str {
    if let Value::String(text) = value {
        text
    } else {
        ""
    }
}

fn number(value: &Value) -> Option<&Number> {
    if let Value::Number(number) = value {
        Some(number)
    } else {
        None
    }
}

/// With a function of a number; anything else stays.
fn with_number(value: &Value, run: impl Fn(&Number) -> Result<Number>) -> Result {
    match number(value) {
        Some(number) => run(number).map(Value::number),
        None => Ok(value.clone()),
    }
}

fn numbers(value: &Value) -> Vec<Number> {
    let numbers = elements(value).iter().filter_map(number);
    numbers.cloned().collect()
}

pub(crate) fn abs(value: &Value) -> Result {
    with_number(value, |number| Ok(number.abs()))
}

pub(crate) fn ceil(value: &Value) -> Result {
    with_number(value, |number| number.rounded(f64::ceil))
}

pub(crate) fn floor(value: &Value) -> Result {
    with_number(value, |number| number.rounded(f64::floor))
}

pub(crate) fn sum(value: &Value) -> Result {
    Number::sum(&numbers(value)).map(Value::number)
}

pub(crate) fn avg(value: &Value) -> Result {
    let numbers = numbers(value);
    if numbers.is_empty() {
        return Ok(Value::Null);
    }
    let sum = Number::sum(&numbers)?.to_float()?;
    Ok(Value::number(Number::Float(sum / numbers.len() as f64)))
}

/// In an array by Python's equality, for which true is 1.
pub(crate) fn contains(subject: &Value, search: &Value) -> Result {
    match (subject, search) {
        (Value::String(text), Value::String(part)) => Ok(Value::Bool(text.contains(part.as_ref()))),
        (Value::String(_), other) => Err(SearchError::NotInString(other.class()).into()),
        (subject, search) => Ok(Value::Bool(
            elements(subject)
                .iter()
                .any(|element| element.equals(search)),
        )),
    }
}

pub(crate) fn ends_with(value: &Value, suffix: &Value) -> Result {
    Ok(Value::Bool(text(value).ends_with(text(suffix))))
}

pub(crate) fn starts_with(value: &Value, prefix: &Value) -> Result {
    Ok(Value::Bool(text(value).starts_with(text(prefix))))
}

pub(crate) fn join(separator: &Value, parts: &Value) -> Result {
    let separator = text(separator);
    let parts: Vec<&str> = elements(parts).iter().map(text).collect();
    Value::bounded(parts.iter().map(|part| part.len() + separator.len()).sum())?;
    Value::text(parts.join(separator))
}

pub(crate) fn keys(value: &Value) -> Result {
    let name = |(name, _): &(String, Value)| Value::String(name.as_str().into());
    Value::list(members(value).iter().map(name).collect())
}

pub(crate) fn values(value: &Value) -> Result {
    Value::list(
        members(value)
            .iter()
            .map(|(_, value)| value.clone())
            .collect(),
    )
}

/// Of a text in characters.
pub(crate) fn length(value: &Value) -> Result {
    let length = text(value).chars().count() + elements(value).len() + members(value).len();
    let length = i64::try_from(length).unwrap_or(i64::MAX);
    Ok(Value::number(Number::Integer(Integer::from(length))))
}

/// Nulls stay, other than in a projection.
pub(crate) fn map(evaluator: &mut Evaluator, reference: &Value, array: &Value) -> Result {
    let mapped: Result<Vec<Value>> = elements(array)
        .iter()
        .map(|element| evaluator.apply_reference(reference, element))
        .collect();
    Value::list(mapped?)
}

pub(crate) fn merge(objects: &[Value]) -> Result {
    let mut merged = Vec::new();
    for object in objects {
        match object {
            Value::Map(map) => {
                for (name, value) in &map.items {
                    set(&mut merged, name, value.clone());
                }
            }
            Value::String(_) | Value::List(_) if !object.is_true() => {}
            Value::String(_) => return Err(SearchError::PairLength(1).into()),
            Value::List(list) => return Err(no_pairs(list.items.first()).into()),
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::Expression(_)
            | Value::Foreign(_) => return Err(SearchError::NotIterable(object.class()).into()),
        }
    }
    Value::map(merged)
}

/// Why an array with that first element is no object. The reference goes on if it is a pair.
fn no_pairs(first: Option<&Value>) -> SearchError {
    let length = match first {
        Some(Value::String(text)) => text.chars().count(),
        Some(Value::List(list)) => list.items.len(),
        Some(Value::Map(map)) => map.items.len(),
        Some(
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::Expression(_)
            | Value::Foreign(_),
        )
        | None => return SearchError::NotPairs,
    };
    if length == 2 {
        return SearchError::NotPairs;
    }
    SearchError::PairLength(length)
}

pub(crate) fn not_null(arguments: &[Value]) -> Result {
    let first = arguments
        .iter()
        .find(|argument| !matches!(argument, Value::Null));
    Ok(first.cloned().unwrap_or(Value::Null))
}

pub(crate) fn reverse(value: &Value) -> Result {
    match value {
        Value::String(text) => Value::text(text.chars().rev().collect()),
        Value::Null
        | Value::Bool(_)
        | Value::Number(_)
        | Value::List(_)
        | Value::Map(_)
        | Value::Expression(_)
        | Value::Foreign(_) => Value::list(elements(value).iter().rev().cloned().collect()),
    }
}

pub(crate) fn to_array(value: &Value) -> Result {
    match value {
        Value::List(_) => Ok(value.clone()),
        Value::Null
        | Value::Bool(_)
        | Value::Number(_)
        | Value::String(_)
        | Value::Map(_)
        | Value::Expression(_)
        | Value::Foreign(_) => Value::list(vec![value.clone()]),
    }
}

pub(crate) fn to_number(value: &Value) -> Result {
    Ok(match value {
        Value::Number(_) => value.clone(),
        Value::String(text) => Number::from_text(text).map_or(Value::Null, Value::number),
        Value::Null | Value::Bool(_) | Value::List(_) | Value::Map(_) => Value::Null,
        Value::Expression(_) | Value::Foreign(_) => {
            return Err(SearchError::NotNumeric(value.class()).into());
        }
    })
}

pub(crate) fn to_string(value: &Value) -> Result {
    match value {
        Value::String(_) => Ok(value.clone()),
        Value::Null
        | Value::Bool(_)
        | Value::Number(_)
        | Value::List(_)
        | Value::Map(_)
        | Value::Expression(_)
        | Value::Foreign(_) => {
            let mut text = String::new();
            value.write_compact(&mut text);
            Value::text(text)
        }
    }
}

/// Null for what JMESPath has no type for, as the reference.
pub(crate) fn kind(value: &Value) -> Result {
    Ok(match value {
        Value::Expression(_) | Value::Foreign(_) => Value::Null,
        Value::Null
        | Value::Bool(_)
        | Value::Number(_)
        | Value::String(_)
        | Value::List(_)
        | Value::Map(_) => Value::String(Arc::from(value.kind())),
    })
}

/// The first of the largest.
pub(crate) fn max(value: &Value) -> Result {
    extreme(elements(value), ">", |element| Ok(element.clone()))
}

/// The first of the smallest.
pub(crate) fn min(value: &Value) -> Result {
    extreme(elements(value), "<", |element| Ok(element.clone()))
}

pub(crate) fn max_by(evaluator: &mut Evaluator, array: &Value, reference: &Value) -> Result {
    let types: &[&str] = &["number", "string"];
    extreme(elements(array), ">", |element| {
        key(evaluator, "max_by", element, reference, types)
    })
}

pub(crate) fn min_by(evaluator: &mut Evaluator, array: &Value, reference: &Value) -> Result {
    let types: &[&str] = &["number", "string"];
    extreme(elements(array), "<", |element| {
        key(evaluator, "min_by", element, reference, types)
    })
}

/// The first element whose key no other one passes; `symbol` says in which direction.
fn extreme(
    elements: &[Value],
    symbol: &'static str,
    mut key: impl FnMut(&Value) -> Result,
) -> Result {
    let passing = if symbol == ">" {
        Ordering::Greater
    } else {
        Ordering::Less
    };
    let mut found: Option<(&Value, Value)> = None;
    for element in elements {
        let key = key(element)?;
        let passes = match &found {
            None => true,
            Some((_, best)) => order(&key, best, symbol)? == Some(passing),
        };
        if passes {
            found = Some((element, key));
        }
    }
    Ok(found.map_or(Value::Null, |(element, _)| element.clone()))
}

pub(crate) fn sort(value: &Value) -> Result {
    let mut sorted = elements(value).to_vec();
    sorted.sort_by(in_order);
    Value::list(sorted)
}

/// The first element's key says what type all keys are to have.
pub(crate) fn sort_by(evaluator: &mut Evaluator, array: &Value, reference: &Value) -> Result {
    let elements = elements(array);
    let Some(first) = elements.first() else {
        return Ok(array.clone());
    };
    let required = evaluator.apply_reference(reference, first)?.kind();
    if !["number", "string"].contains(&required) {
        return Err(SearchError::Type {
            function: "sort_by",
            value: first.shown(),
            expected: vec!["string", "number"],
            received: required,
        }
        .into());
    }
    let mut keyed = Vec::with_capacity(elements.len());
    for element in elements {
        keyed.push((
            key(evaluator, "sort_by", element, reference, &[required])?,
            element,
        ));
    }
    keyed.sort_by(|(left, _), (right, _)| in_order(left, right));
    Value::list(
        keyed
            .into_iter()
            .map(|(_, element)| element.clone())
            .collect(),
    )
}

fn key(
    evaluator: &mut Evaluator,
    function: &'static str,
    element: &Value,
    reference: &Value,
    types: &[&'static str],
) -> Result {
    let key = evaluator.apply_reference(reference, element)?;
    if types.contains(&key.kind()) {
        return Ok(key);
    }
    Err(SearchError::Type {
        function,
        value: key.shown(),
        expected: types.to_vec(),
        received: key.kind(),
    }
    .into())
}

/// For sorting: NaN comes last.
fn in_order(left: &Value, right: &Value) -> Ordering {
    let is_nan = |value: &Value| !value.equals(value);
    order(left, right, "<")
        .ok()
        .flatten()
        .unwrap_or_else(|| is_nan(left).cmp(&is_nan(right)))
}
