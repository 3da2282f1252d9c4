//! How the reference, a Python program, shows values in its messages (cli.md section 7).

use crate::Json;
use crate::printable::is_printable;

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

/// Which class of Python's the maps of a value are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Maps {
    /// `dict`.
    Plain,
    /// `collections.OrderedDict`, which the reference reads the JSON of an option into.
    Ordered,
}

/// [`class`] of a value whose maps are `maps`.
pub fn class_with(value: &Json, maps: Maps) -> &'static str {
    match (value, maps) {
        (Json::Map(_), Maps::Ordered) => "collections.OrderedDict",
        (value, Maps::Plain | Maps::Ordered) => class(value),
    }
}

/// [`str`] of a value whose maps are `maps`.
pub fn str_with(value: &Json, maps: Maps) -> String {
    match value {
        Json::String(text) => text.clone(),
        Json::Foreign(foreign) => foreign.str.clone(),
        other => repr_with(other, maps),
    }
}

/// `str(value)`: texts bare, everything else as [`repr`].
pub fn str(value: &Json) -> String {
    str_with(value, Maps::Plain)
}

/// `repr(value)`.
pub fn repr(value: &Json) -> String {
    repr_with(value, Maps::Plain)
}

fn repr_with(value: &Json, maps: Maps) -> String {
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
            let elements: Vec<String> = elements
                .iter()
                .map(|element| repr_with(element, maps))
                .collect();
            format!("[{}]", elements.join(", "))
        }
        Json::Map(members) => map_repr(members, maps),
        Json::Foreign(foreign) => foreign.repr.clone(),
    }
}

fn map_repr(members: &[(String, Json)], maps: Maps) -> String {
    let shown: Vec<String> = members
        .iter()
        .map(|(name, value)| format!("{}: {}", quoted(name), repr_with(value, maps)))
        .collect();
    let shown = shown.join(", ");
    match maps {
        Maps::Plain => format!("{{{shown}}}"),
        Maps::Ordered if members.is_empty() => "OrderedDict()".into(),
        Maps::Ordered => format!("OrderedDict({{{shown}}})"),
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
            _ if is_printable(character) => out.push(character),
            _ => out.push_str(&match u32::from(character) {
                code @ ..=0xff => format!("\\x{code:02x}"),
                code @ ..=0xffff => format!("\\u{code:04x}"),
                code => format!("\\U{code:08x}"),
            }),
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

/// `float(text)`: blanks around, a sign, an exponent, single underscores between digits, `inf` and `nan` are fine.
pub fn float(text: &str) -> Option<f64> {
    let trimmed = text.trim();
    let is_digit = |part: Option<u8>| part.is_some_and(|byte| byte.is_ascii_digit());
    let groups: Vec<&str> = trimmed.split('_').collect();
    let stand_between_digits = groups
        .windows(2)
        .all(|pair| is_digit(pair[0].bytes().next_back()) && is_digit(pair[1].bytes().next()));
    if !stand_between_digits {
        return None;
    }
    groups.concat().parse().ok()
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
    fn what_is_not_printable_is_escaped() {
        let text = "\u{a0}\u{200b}\u{10ffff}é😀\u{7f}";
        assert_eq!(quoted(text), r"'\xa0\u200b\U0010ffffé😀\x7f'");
    }

    #[test]
    fn maps_of_options_are_ordered() {
        let value = Json::parse(r#"{"a": [{}, {"b": 1}]}"#).expect("good JSON");
        assert_eq!(
            str_with(&value, Maps::Ordered),
            "OrderedDict({'a': [OrderedDict(), OrderedDict({'b': 1})]})"
        );
        assert_eq!(class_with(&value, Maps::Ordered), "collections.OrderedDict");
        assert_eq!(class_with(&"x".into(), Maps::Ordered), "str");
    }

    #[test]
    fn floats_are_read_as_python_reads_them() {
        for (text, number) in [
            (" 1_000 ", 1000.0),
            ("-1.5e3", -1500.0),
            ("+5", 5.0),
            ("inf", f64::INFINITY),
        ] {
            assert_eq!(float(text), Some(number), "{text}");
        }
        for text in ["", "_1", "1_", "1__0", "1_.5", "x"] {
            assert_eq!(float(text), None, "{text}");
        }
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
