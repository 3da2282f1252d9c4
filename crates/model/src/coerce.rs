//! Type errors and leniency (protocol.md section 2): brings a request's JSON into the exact form of its shape, or says
//! why that cannot be, in the words of the framework that Amazon's service is built on.
//!
//! Members that SWF counts as absent (`null`, some empty strings and lists) and unknown members are removed; booleans in
//! text and fractions of numbers are converted. What comes out has the right types everywhere; constraints are for
//! [`crate::validate`].

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};
use serde_json::{Map, Number, Value};

use crate::shape::{MemberDescriptor, Shape, StructureShape};

const STRUCTURE_WHERE_NOT_EXPECTED: &str = "Start of structure or map found where not expected";

/// Brings `value` into the form of `shape`. The error is the text of a SerializationException.
pub fn coerce(value: Value, shape: &Shape) -> Result<Value, String> {
    match shape {
        Shape::String(_) | Shape::Enum(_) => string(value),
        Shape::Integer(_) => integer(value),
        Shape::Boolean { .. } => boolean(value),
        Shape::Timestamp { .. } => timestamp(value),
        Shape::List(list) => elements(value, list.element),
        Shape::Structure(structure) => match value {
            Value::Object(object) => members(object, structure),
            Value::Array(_) => Err(format!(
                "Unrecognized collection type class com.amazonaws.swf.base.model.{}",
                structure.name
            )),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
                Err("Unexpected field type".into())
            }
        },
    }
}

fn string(value: Value) -> Result<Value, String> {
    match value {
        Value::String(_) => Ok(value),
        Value::Array(_) => Err("Unrecognized collection type class java.lang.String".into()),
        other => Err(cannot_be_converted(&other, "String")),
    }
}

fn boolean(value: Value) -> Result<Value, String> {
    match value {
        Value::Bool(_) => Ok(value),
        Value::String(text) => match text.to_ascii_lowercase().as_str() {
            "true" | "1" | "yes" => Ok(Value::Bool(true)),
            "false" | "0" | "no" => Ok(Value::Bool(false)),
            _ => Err("Unexpected token received from parser".into()),
        },
        Value::Array(_) => Err("Unrecognized collection type class java.lang.Boolean".into()),
        other => Err(cannot_be_converted(&other, "Boolean")),
    }
}

/// Fractions are cut off; what does not fit 64 bits saturates.
fn integer(value: Value) -> Result<Value, String> {
    match value {
        Value::Number(number) => {
            let whole = number
                .as_i64()
                .unwrap_or_else(|| number.as_f64().unwrap_or(0.0) as i64);
            Ok(Value::Number(whole.into()))
        }
        Value::Array(_) => Err("Unrecognized collection type class java.lang.Integer".into()),
        other => Err(cannot_be_converted(&other, "Integer")),
    }
}

fn timestamp(value: Value) -> Result<Value, String> {
    match value {
        Value::Number(_) => Ok(value),
        Value::Array(_) => Err("Unrecognized collection type class java.util.Date".into()),
        other => Err(cannot_be_converted(&other, "Date")),
    }
}

fn cannot_be_converted(value: &Value, target: &str) -> String {
    let token = match value {
        Value::Bool(true) => "TRUE_VALUE",
        Value::Bool(false) => "FALSE_VALUE",
        Value::String(_) => "STRING_VALUE",
        Value::Number(number) if is_decimal(number) => "DECIMAL_VALUE",
        Value::Number(_) => "NUMBER_VALUE",
        Value::Null | Value::Array(_) | Value::Object(_) => {
            return STRUCTURE_WHERE_NOT_EXPECTED.into();
        }
    };
    format!("{token} cannot be converted to {target}")
}

/// Written with a fraction or an exponent.
fn is_decimal(number: &Number) -> bool {
    number.to_string().contains(['.', 'e', 'E'])
}

/// Null elements stay, for [`crate::validate`] to report.
fn elements(value: Value, element: &Shape) -> Result<Value, String> {
    match value {
        Value::Array(values) => {
            let coerced: Result<Vec<Value>, String> = values
                .into_iter()
                .map(|value| match (&value, element) {
                    (Value::Null, _) => Ok(value),
                    (Value::Bool(_) | Value::Number(_) | Value::String(_), Shape::Structure(_)) => {
                        Err("Unexpected value type in payload".into())
                    }
                    _ => coerce(value, element),
                })
                .collect();
            coerced.map(Value::Array)
        }
        Value::Object(_) => Err(STRUCTURE_WHERE_NOT_EXPECTED.into()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            Err("Unexpected field type".into())
        }
    }
}

fn members(mut object: Map<String, Value>, structure: &StructureShape) -> Result<Value, String> {
    let mut coerced = Map::new();
    for member in structure.members {
        let Some(value) = object.remove(member.name) else {
            continue;
        };
        if counts_as_absent(&value, member) {
            continue;
        }
        coerced.insert(member.name.into(), coerce(value, member.shape)?);
    }
    if let Some(tagged) = &structure.tag
        && let Some(tag) = coerced.get(tagged.member).and_then(Value::as_str)
        && let Some(attributes) = (tagged.attributes)(tag)
    {
        coerced
            .entry(attributes)
            .or_insert_with(|| Value::Object(Map::new()));
    }
    Ok(Value::Object(coerced))
}

/// An empty list says no more than none does (execution.md section 0), unless the list must be given.
fn counts_as_absent(value: &Value, member: &MemberDescriptor) -> bool {
    match (value, member.shape) {
        (Value::Null, _) => true,
        (Value::String(text), Shape::String(shape)) => text.is_empty() && shape.empty_is_absent,
        (Value::Array(elements), Shape::List(_)) => elements.is_empty() && !member.required,
        _ => false,
    }
}
