//! Lists of names in TOML: adds and removes one with the comments of the others in their places.
//!
//! `toml_edit` keeps what stands between two values before the second one, so that a comment behind a value belongs to
//! the next, or to the end of the list. Here it is moved as people read it.

use toml_edit::{Array, Decor, RawString, Value};

/// Adds a text at the end; says whether it was not there.
pub(crate) fn add(array: &mut Array, text: &str) -> bool {
    if array.iter().any(|value| value.as_str() == Some(text)) {
        return false;
    }
    let Some(last) = array.len().checked_sub(1) else {
        array.push(text);
        return true;
    };
    let behind = take_behind(array, last);
    let before = prefix(array, last);
    let indentation = match before.rsplit_once('\n') {
        Some((_, spaces)) => format!("\n{spaces}"),
        None => " ".to_owned(),
    };
    let mut value = Value::from(text);
    let remark = behind.trim_end();
    value
        .decor_mut()
        .set_prefix(format!("{remark}{indentation}"));
    array.push_formatted(value);
    let end = if behind.contains('\n') { "\n" } else { "" };
    set_behind(array, last + 1, end.to_owned());
    true
}

/// Removes a text; says whether it was there.
pub(crate) fn remove(array: &mut Array, text: &str) -> bool {
    let Some(index) = array.iter().position(|value| value.as_str() == Some(text)) else {
        return false;
    };
    let before = prefix(array, index);
    // Up to the end of the line it is about the value before this one.
    let (remark, _) = split_line(&before);
    if index + 1 < array.len() {
        let next = prefix(array, index + 1);
        let (_, rest) = split_line(&next);
        let joined = format!("{remark}{rest}");
        array.remove(index);
        if let Some(value) = array.get_mut(index) {
            value.decor_mut().set_prefix(joined);
        }
    } else {
        let behind = take_behind(array, index);
        let (_, rest) = split_line(&behind);
        let joined = format!("{}{rest}", remark.trim_end());
        array.remove(index);
        match index.checked_sub(1) {
            Some(last) => set_behind(array, last, joined),
            None => array.set_trailing(joined),
        }
    }
    true
}

fn split_line(text: &str) -> (&str, &str) {
    text.split_at(text.find('\n').unwrap_or(text.len()))
}

fn prefix(array: &Array, index: usize) -> String {
    let decor = array.get(index).map(Value::decor);
    text(decor.and_then(Decor::prefix))
}

/// What stands between the last value and the bracket.
fn take_behind(array: &mut Array, last: usize) -> String {
    if array.trailing_comma() {
        let behind = text(Some(array.trailing()));
        array.set_trailing("");
        return behind;
    }
    let Some(value) = array.get_mut(last) else {
        return String::new();
    };
    let behind = text(value.decor().suffix());
    value.decor_mut().set_suffix("");
    behind
}

fn set_behind(array: &mut Array, last: usize, behind: String) {
    if array.trailing_comma() {
        array.set_trailing(behind);
    } else if let Some(value) = array.get_mut(last) {
        value.decor_mut().set_suffix(behind);
    }
}

fn text(raw: Option<&RawString>) -> String {
    raw.and_then(RawString::as_str)
        .unwrap_or_default()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use toml_edit::DocumentMut;

    use super::*;

    fn changed(list: &str, change: impl Fn(&mut Array) -> bool) -> String {
        let mut document: DocumentMut = format!("a = {list}").parse().expect(list);
        let array = document
            .get_mut("a")
            .and_then(|item| item.as_array_mut())
            .expect(list);
        assert!(change(array), "{list}");
        let text = document.to_string();
        text.parse::<DocumentMut>().expect(&text);
        text.trim_start_matches("a = ").trim_end().to_owned()
    }

    #[test]
    fn a_text_is_added_in_the_style_of_the_others() {
        for (before, after) in [
            ("[]", r#"["new"]"#),
            (r#"["a"]"#, r#"["a", "new"]"#),
            (r#"["a", "b",]"#, r#"["a", "b", "new",]"#),
            ("[\n  'a',\n  'b',\n]", "[\n  'a',\n  'b',\n  \"new\",\n]"),
            ("[\n  'a',\n  'b'\n]", "[\n  'a',\n  'b',\n  \"new\"\n]"),
            (
                "[\n  'a', # about a\n]",
                "[\n  'a', # about a\n  \"new\",\n]",
            ),
            ("[\n  'a' # about a\n]", "[\n  'a', # about a\n  \"new\"\n]"),
            (
                "[\n  # about b\n  'b',\n]",
                "[\n  # about b\n  'b',\n  \"new\",\n]",
            ),
        ] {
            assert_eq!(
                changed(before, |array| add(array, "new")),
                after,
                "{before}"
            );
        }
    }

    #[test]
    fn a_text_goes_with_its_comment_alone() {
        for (before, after) in [
            ("['x']", "[]"),
            ("['x', 'b']", "['b']"),
            ("['a', 'x']", "['a']"),
            ("['a', 'x', 'c']", "['a', 'c']"),
            (
                "[\n  'a', # about a\n  'x', # about x\n  'c', # about c\n]",
                "[\n  'a', # about a\n  'c', # about c\n]",
            ),
            (
                "[\n  'a', # about a\n  # about x\n  'x',\n]",
                "[\n  'a', # about a\n]",
            ),
            (
                "[\n  'a', # about a\n  'x' # about x\n]",
                "[\n  'a' # about a\n]",
            ),
            (
                "[\n  # about x\n  'x',\n  # about b\n  'b',\n]",
                "[\n  # about b\n  'b',\n]",
            ),
        ] {
            assert_eq!(
                changed(before, |array| remove(array, "x")),
                after,
                "{before}"
            );
        }
    }

    #[test]
    fn what_is_there_is_not_added_and_what_is_not_there_not_removed() {
        let mut array = Array::from_iter(["a"]);
        assert!(!add(&mut array, "a"));
        assert!(!remove(&mut array, "b"));
        assert_eq!(array.to_string(), r#"["a"]"#);
    }
}
