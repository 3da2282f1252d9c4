//! How the reference, a Python program, shows values in its messages (cli.md section 7).

use crate::Json;

/// The name of the value's class, as `<class 'str'>` has it.
pub fn class(value: &Json) -> &'static str {
    match value {
        Json::Null => "NoneType",
        Json::Bool(_) => "bool",
        Json::Number(_) if value.is_integer() => "int",
        Json::Number(_) => "float",
        Json::String(_) => "str",
        Json::List(_) => "list",
        Json::Map(_) => "dict",
        Json::Foreign(foreign) => foreign.class,
    }
}

/// `str(value)`: texts bare, everything else as [`repr`].
pub fn str(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        Json::Foreign(foreign) => foreign.str.clone(),
        other => repr(other),
    }
}

/// `repr(value)`.
pub fn repr(value: &Json) -> String {
    match value {
        Json::Null => "None".into(),
        Json::Bool(true) => "True".into(),
        Json::Bool(false) => "False".into(),
        Json::Number(text) => match text.as_str() {
            "NaN" => "nan".into(),
            "Infinity" => "inf".into(),
            "-Infinity" => "-inf".into(),
            _ => text.clone(),
        },
        Json::String(text) => quoted(text),
        Json::List(elements) => {
            let elements: Vec<String> = elements.iter().map(repr).collect();
            format!("[{}]", elements.join(", "))
        }
        Json::Map(members) => {
            let members: Vec<String> = members
                .iter()
                .map(|(name, value)| format!("{}: {}", quoted(name), repr(value)))
                .collect();
            format!("{{{}}}", members.join(", "))
        }
        Json::Foreign(foreign) => foreign.repr.clone(),
    }
}

/// `repr` of bytes: `b'...'` with everything escaped that is no printable ASCII.
pub fn bytes(bytes: &[u8]) -> String {
    let holds = |wanted: u8| bytes.contains(&wanted);
    let quote = if holds(b'\'') && !holds(b'"') {
        '"'
    } else {
        '\''
    };
    let mut out = format!("b{quote}");
    for byte in bytes {
        match byte {
            b'\\' => out.push_str("\\\\"),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            b' '..=b'~' if char::from(*byte) == quote => out.extend(['\\', quote]),
            b' '..=b'~' => out.push(char::from(*byte)),
            _ => out.push_str(&format!("\\x{byte:02x}")),
        }
    }
    out.push(quote);
    out
}

/// A text in single quotes, or in double quotes if it holds single ones only.
pub fn quoted(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') {
        '"'
    } else {
        '\''
    };
    let mut out = String::from(quote);
    for character in text.chars() {
        match character {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            _ if character == quote => out.extend(['\\', quote]),
            _ if character.is_ascii_control() => {
                out.push_str(&format!("\\x{:02x}", u32::from(character)));
            }
            _ => out.push(character),
        }
    }
    out.push(quote);
    out
}

/// `int(text)`: blanks around, a sign, and single underscores between digits are fine. Gives the digits with the sign.
///
/// # Errors
/// Python's sentence.
pub fn int(text: &str) -> Result<String, String> {
    let trimmed = text.trim();
    let (sign, digits) = match trimmed.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", trimmed.strip_prefix('+').unwrap_or(trimmed)),
    };
    let groups_are_digits = digits
        .split('_')
        .all(|group| !group.is_empty() && group.bytes().all(|byte| byte.is_ascii_digit()));
    if !groups_are_digits {
        return Err(format!(
            "invalid literal for int() with base 10: {}",
            quoted(text)
        ));
    }
    let digits = digits.replace('_', "");
    let digits = digits.trim_start_matches('0');
    Ok(match digits {
        "" => "0".into(),
        _ => format!("{sign}{digits}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_shown_as_python_shows_them() {
        let value = Json::parse(r#"{"a": [1, 1.5, true, null, "it's", "say \"it's\"", "x"]}"#)
            .expect("good JSON");
        assert_eq!(
            str(&value),
            r#"{'a': [1, 1.5, True, None, "it's", 'say "it\'s"', 'x']}"#
        );
        assert_eq!(str(&"x".into()), "x");
        assert_eq!(class(&value), "dict");
    }

    #[test]
    fn bytes_are_shown_as_python_shows_them() {
        assert_eq!(bytes(b"TOKEN\n\x00\xff\\"), r"b'TOKEN\n\x00\xff\\'");
        assert_eq!(bytes(b"it's"), "b\"it's\"");
    }

    #[test]
    fn integers_are_read_as_python_reads_them() {
        assert_eq!(int(" +1_0 "), Ok("10".into()));
        assert_eq!(int("-007"), Ok("-7".into()));
        assert_eq!(
            int("1.5"),
            Err("invalid literal for int() with base 10: '1.5'".into())
        );
        assert!(int("1__0").is_err() && int("").is_err() && int("_1").is_err());
    }
}
