//! The value of a scalar, by its tag or, without one, by its meaning.

use everbeat_json::{Json, python, python_float};

use super::read::YamlError;
use super::resolve::{Meaning, meaning};
use super::timestamp::Timestamp;
use super::{binary, read::invalid};

/// What the tags of YAML's own types begin with.
pub(super) const TAG_PREFIX: &str = "tag:yaml.org,2002:";

/// Longer integers are refused, in the reference decimal ones only.
const MOST_DIGITS: usize = 4300;

/// A scalar without a tag; `plain` is false for quoted ones and blocks, which are texts.
pub(super) fn untagged(text: String, plain: bool) -> Result<Json, YamlError> {
    if !plain {
        return Ok(Json::String(text));
    }
    match meaning(&text) {
        Meaning::Text => Ok(Json::String(text)),
        Meaning::Null => Ok(Json::Null),
        Meaning::Bool => bool_value(&text),
        Meaning::Integer => integer(&text),
        Meaning::Float => float(&text),
        Meaning::Timestamp => timestamp(&text),
        Meaning::Merge | Meaning::Default => Err(invalid("a mark for keys stands for a value")),
    }
}

/// A scalar with a tag, given in full.
pub(super) fn tagged(tag: &str, text: String) -> Result<Json, YamlError> {
    match tag.strip_prefix(TAG_PREFIX) {
        Some("str") => Ok(Json::String(text)),
        Some("null") => Ok(Json::Null),
        Some("bool") => bool_value(&text),
        Some("int") => integer(&text),
        Some("float") => float(&text),
        Some("timestamp") => timestamp(&text),
        Some("binary") => binary::value(&text).ok_or_else(|| invalid("bad base64 text")),
        _ => Err(invalid("a scalar has an unknown tag")),
    }
}

fn bool_value(text: &str) -> Result<Json, YamlError> {
    match text.to_lowercase().as_str() {
        "true" | "yes" | "y" | "on" => Ok(Json::Bool(true)),
        "false" | "no" | "n" | "off" => Ok(Json::Bool(false)),
        // The reference fails with the bare name of the missing entry.
        other => Err(YamlError::Value(python::quoted(other))),
    }
}

/// Underscores anywhere; decimal also with leading zeros.
fn integer(text: &str) -> Result<Json, YamlError> {
    let text = text.replace('_', "");
    let (negative, digits) = sign(&text)?;
    let (base, digits) = match digits.get(..2) {
        Some("0b") => (2, &digits[2..]),
        Some("0o") => (8, &digits[2..]),
        Some("0x") => (16, &digits[2..]),
        _ => (10, digits),
    };
    if digits.len() > MOST_DIGITS {
        return Err(YamlError::Value(format!(
            "Exceeds the limit ({MOST_DIGITS} digits) for integer string conversion: value has {} digits; \
             use sys.set_int_max_str_digits() to increase the limit",
            digits.len()
        )));
    }
    let decimal = match base {
        10 => python::int(digits).map_err(YamlError::Value)?,
        _ => to_decimal(digits, base).ok_or_else(|| {
            let quoted = python::quoted(digits);
            YamlError::Value(format!(
                "invalid literal for int() with base {base}: {quoted}"
            ))
        })?,
    };
    Ok(Json::Number(match decimal.as_str() {
        "0" => decimal,
        _ if negative => format!("-{decimal}"),
        _ => decimal,
    }))
}

/// The decimal digits of a number of any length; None without digits or with ones that the base has not.
fn to_decimal(digits: &str, base: u32) -> Option<String> {
    const PART: u64 = 1_000_000_000;
    if digits.is_empty() {
        return None;
    }
    // Least significant first, nine decimal digits each.
    let mut parts: Vec<u64> = vec![0];
    for digit in digits.chars() {
        let mut carry = u64::from(digit.to_digit(base)?);
        for part in &mut parts {
            let value = *part * u64::from(base) + carry;
            *part = value % PART;
            carry = value / PART;
        }
        if carry > 0 {
            parts.push(carry);
        }
    }
    let text: String = parts
        .iter()
        .rev()
        .map(|part| format!("{part:09}"))
        .collect();
    let significant = text.trim_start_matches('0');
    Some(
        if significant.is_empty() {
            "0"
        } else {
            significant
        }
        .to_owned(),
    )
}

fn float(text: &str) -> Result<Json, YamlError> {
    let text = text.replace('_', "").to_lowercase();
    let (negative, digits) = sign(&text)?;
    let number = match digits {
        ".inf" => f64::INFINITY,
        ".nan" => f64::NAN,
        _ => digits.parse().map_err(|_| {
            let quoted = python::quoted(digits);
            YamlError::Value(format!("could not convert string to float: {quoted}"))
        })?,
    };
    Ok(Json::Number(python_float(if negative {
        -number
    } else {
        number
    })))
}

/// Whether a text begins with a minus, and the text without its sign.
fn sign(text: &str) -> Result<(bool, &str), YamlError> {
    match text.split_at_checked(1) {
        Some(("-", digits)) => Ok((true, digits)),
        Some(("+", digits)) => Ok((false, digits)),
        _ if text.is_empty() => Err(YamlError::Value("string index out of range".into())),
        _ => Ok((false, text)),
    }
}

fn timestamp(text: &str) -> Result<Json, YamlError> {
    Timestamp::parse(text)
        .ok_or_else(|| invalid("a timestamp is none"))?
        .value()
        .map_err(YamlError::Value)
}
