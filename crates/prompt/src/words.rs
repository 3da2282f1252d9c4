//! The words of a line by the rules of a POSIX shell as Python's `shlex` reads them: blanks divide, `'` and `"` quote,
//! `\` escapes. Nothing is expanded, and `#` begins no comment; for the latter no crate for shell words would do.

/// A word as it stands in a line.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Word {
    /// Bytes of the line: where it begins and ends.
    start: usize,
    end: usize,
    /// Without quotes and escapes.
    text: String,
    /// A quote or an escape is not finished.
    open: bool,
}

/// The words of a line; `None` if a quotation or an escape is not finished.
pub fn split(line: &str) -> Option<Vec<String>> {
    let words = scan(line);
    if words.iter().any(|word| word.open) {
        return None;
    }
    Some(words.into_iter().map(|word| word.text).collect())
}

/// The words before the cursor.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AtCursor {
    /// Those that are finished.
    pub words: Vec<String>,
    /// The one that the cursor ends, without its quotes; empty behind a blank.
    pub partial: String,
    /// The byte at which that one begins, its quotes included.
    pub start: usize,
}

/// What stands before a cursor at the end of `before`.
pub fn at_cursor(before: &str) -> AtCursor {
    let mut words = scan(before);
    let last = words.pop_if(|word| word.open || word.end == before.len());
    let (partial, start) = last.map_or_else(
        || (String::new(), before.len()),
        |word| (word.text, word.start),
    );
    AtCursor {
        words: words.into_iter().map(|word| word.text).collect(),
        partial,
        start,
    }
}

/// A word so that a shell reads it as it is: in quotes where any of its characters could mean something.
pub fn quoted(word: &str) -> String {
    let is_safe = |c: char| c.is_ascii_alphanumeric() || "_@%+=:,./-".contains(c);
    if !word.is_empty() && word.chars().all(is_safe) {
        return word.into();
    }
    format!("'{}'", word.replace('\'', "'\"'\"'"))
}

/// A word so that [`split`] reads it as it is, with quotes only where they cannot be left out.
pub fn typed(word: &str) -> String {
    let divides = |c: char| is_blank(c) || matches!(c, '\'' | '"' | '\\');
    if word.is_empty() || word.contains(divides) {
        quoted(word)
    } else {
        word.into()
    }
}

const fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n')
}

/// Where in a word the reading is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    Plain,
    Single,
    Double,
}

fn scan(line: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut word: Option<Word> = None;
    let mut mode = Mode::Plain;
    let mut characters = line.char_indices().peekable();
    while let Some((at, c)) = characters.next() {
        if mode == Mode::Plain && is_blank(c) {
            words.extend(word.take());
            continue;
        }
        let current = word.get_or_insert_with(|| Word {
            start: at,
            end: at,
            text: String::new(),
            open: false,
        });
        match (mode, c) {
            (Mode::Plain, '\'') => mode = Mode::Single,
            (Mode::Plain, '"') => mode = Mode::Double,
            (Mode::Single, '\'') | (Mode::Double, '"') => mode = Mode::Plain,
            (Mode::Plain | Mode::Double, '\\') => match characters.next() {
                Some((_, escaped)) => {
                    if mode == Mode::Double && !matches!(escaped, '"' | '\\') {
                        current.text.push('\\');
                    }
                    current.text.push(escaped);
                }
                None => current.open = true,
            },
            (Mode::Plain | Mode::Single | Mode::Double, _) => current.text.push(c),
        }
        current.end = characters.peek().map_or(line.len(), |(next, _)| *next);
        if mode != Mode::Plain && current.end == line.len() {
            current.open = true;
        }
    }
    words.extend(word);
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_split_as_a_shell_splits_them() {
        for (line, words) in [
            ("", Some(vec![])),
            ("  a  b ", Some(vec!["a", "b"])),
            ("a 'b c' \"d e\"f", Some(vec!["a", "b c", "d ef"])),
            (r#"a\ b "c\"d\e" '\'"#, Some(vec!["a b", r#"c"d\e"#, r"\"])),
            ("'' #x", Some(vec!["", "#x"])),
            ("é 'ü'", Some(vec!["é", "ü"])),
            ("a 'b", None),
            ("a \"b", None),
            ("a\\", None),
            ("\"a\\\"", None),
        ] {
            let words: Option<Vec<String>> =
                words.map(|words| words.into_iter().map(Into::into).collect());
            assert_eq!(split(line), words, "{line}");
        }
    }

    #[test]
    fn the_word_at_the_cursor_is_the_one_that_ends_there() {
        for (before, words, partial, start) in [
            ("", vec![], "", 0),
            ("swf", vec![], "swf", 0),
            ("swf ", vec!["swf"], "", 4),
            ("swf list --do", vec!["swf", "list"], "--do", 9),
            ("a 'b c", vec!["a"], "b c", 2),
            ("a 'b c'", vec!["a"], "b c", 2),
            ("a 'b c' ", vec!["a", "b c"], "", 8),
            ("a b\\ ", vec!["a"], "b ", 2),
            ("a '", vec!["a"], "", 2),
        ] {
            let words = words.into_iter().map(Into::into).collect();
            let expected = AtCursor {
                words,
                partial: partial.into(),
                start,
            };
            assert_eq!(at_cursor(before), expected, "{before:?}");
        }
    }

    #[test]
    fn quoted_words_are_read_as_they_were() {
        for (word, expected) in [
            ("list-domains", "list-domains"),
            ("name=x,version=1.0", "name=x,version=1.0"),
            ("", "''"),
            ("a b", "'a b'"),
            ("it's", "'it'\"'\"'s'"),
            ("{\"a\": 1}", "'{\"a\": 1}'"),
            ("ü", "'ü'"),
        ] {
            assert_eq!(quoted(word), expected);
            assert_eq!(split(expected), Some(vec![word.to_owned()]));
            assert_eq!(split(&typed(word)), Some(vec![word.to_owned()]));
        }
        assert_eq!(typed("a=[{b=ü"), "a=[{b=ü");
    }
}
