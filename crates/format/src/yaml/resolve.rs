//! What a plain scalar means: YAML 1.2 as the reference's resolver has it (cli.md section 14.5), which keeps octal numbers
//! with `0o`, underscores between digits, dates, and the marks `<<` and `=` of older YAML.

use super::timestamp::Timestamp;

/// What a scalar without a tag stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    Null,
    Bool,
    Integer,
    Float,
    Timestamp,
    /// `<<`, the key that takes in the members of other maps.
    Merge,
    /// `=`, which only a key may be.
    Default,
    Text,
}

/// The meaning of a plain scalar.
pub(super) fn meaning(text: &str) -> Meaning {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Meaning::Null,
        "true" | "True" | "TRUE" | "false" | "False" | "FALSE" => Meaning::Bool,
        "<<" => Meaning::Merge,
        "=" => Meaning::Default,
        _ if is_integer(text) => Meaning::Integer,
        _ if is_float(text) => Meaning::Float,
        _ if Timestamp::is_plain(text) => Meaning::Timestamp,
        _ => Meaning::Text,
    }
}

/// Whether a plain scalar of these characters is read as that text.
pub(super) fn is_text(text: &str) -> bool {
    meaning(text) == Meaning::Text
}

/// A text without its sign.
fn unsigned(text: &str) -> &str {
    text.strip_prefix(['-', '+']).unwrap_or(text)
}

fn is_digit(byte: u8) -> bool {
    byte.is_ascii_digit()
}

fn is_digit_or_underscore(byte: u8) -> bool {
    byte.is_ascii_digit() || byte == b'_'
}

/// At least one byte, and all of that kind.
fn is_run_of(text: &str, kind: fn(u8) -> bool) -> bool {
    !text.is_empty() && text.bytes().all(kind)
}

fn is_integer(text: &str) -> bool {
    if text.starts_with('_') {
        return false;
    }
    let digits = unsigned(text);
    let after = |prefix, kind| {
        digits
            .strip_prefix(prefix)
            .is_some_and(|digits| is_run_of(digits, kind))
    };
    is_run_of(digits, is_digit_or_underscore)
        || after("0b", |byte| matches!(byte, b'0' | b'1' | b'_'))
        || after("0o", |byte| matches!(byte, b'0'..=b'7' | b'_'))
        || after("0x", |byte| byte.is_ascii_hexdigit() || byte == b'_')
}

fn is_float(text: &str) -> bool {
    let digits = unsigned(text);
    if matches!(digits, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN") {
        return true;
    }
    let (mantissa, exponent) = match digits.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (digits, None),
    };
    if !exponent.is_none_or(|exponent| is_run_of(unsigned(exponent), is_digit)) {
        return false;
    }
    let starts_with_digit = mantissa.as_bytes().first().copied().is_some_and(is_digit);
    match mantissa.split_once('.') {
        None => {
            starts_with_digit && exponent.is_some() && is_run_of(mantissa, is_digit_or_underscore)
        }
        // Without a digit before the point the exponent must have a sign.
        Some(("", fraction)) => {
            is_run_of(fraction, is_digit_or_underscore)
                && exponent.is_none_or(|exponent| exponent.starts_with(['-', '+']))
        }
        Some((whole, fraction)) => {
            starts_with_digit
                && whole.bytes().all(is_digit_or_underscore)
                && fraction.bytes().all(is_digit_or_underscore)
        }
    }
}
