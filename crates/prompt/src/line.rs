//! The line that is typed: its text, the cursor, and how keys change both.

/// A line of text with a cursor in it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Line {
    text: String,
    /// A byte of the text, always between two characters.
    cursor: usize,
}

/// Somewhere that the cursor can go from where it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum To {
    Start,
    End,
    Left,
    Right,
    WordLeft,
    WordRight,
}

impl Line {
    pub(crate) fn new(text: String) -> Self {
        let cursor = text.len();
        Self { text, cursor }
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    pub(crate) fn cursor(&self) -> usize {
        self.cursor
    }

    /// The text before the cursor.
    pub(crate) fn before(&self) -> &str {
        self.text.get(..self.cursor).unwrap_or(&self.text)
    }

    fn after(&self) -> &str {
        self.text.get(self.cursor..).unwrap_or_default()
    }

    pub(crate) fn insert(&mut self, text: &str) {
        self.text.insert_str(self.cursor, text);
        self.cursor += text.len();
    }

    /// Puts a text in the place of what lies between `start` and the cursor, and the cursor behind it.
    pub(crate) fn replace_back_to(&mut self, start: usize, text: &str) {
        let start = start.min(self.cursor);
        if self.text.is_char_boundary(start) {
            self.text.replace_range(start..self.cursor, text);
            self.cursor = start + text.len();
        }
    }

    pub(crate) fn go(&mut self, to: To) {
        self.cursor = self.place(to);
    }

    /// Removes what lies between the cursor and a place, and gives it back.
    pub(crate) fn remove(&mut self, to: To) -> String {
        let place = self.place(to);
        let (start, end) = (place.min(self.cursor), place.max(self.cursor));
        self.cursor = start;
        self.text.drain(start..end).collect()
    }

    fn place(&self, to: To) -> usize {
        match to {
            To::Start => 0,
            To::End => self.text.len(),
            To::Left => self.before().char_indices().next_back().map_or(0, start_of),
            To::Right => {
                let next = self.after().chars().next();
                self.cursor + next.map_or(0, char::len_utf8)
            }
            To::WordLeft => {
                let before = self.before().trim_end();
                before.rfind(char::is_whitespace).map_or(0, |at| {
                    at + before[at..].chars().next().map_or(0, char::len_utf8)
                })
            }
            To::WordRight => {
                let after = self.after();
                let blanks = after.len() - after.trim_start().len();
                let word = after.trim_start().find(char::is_whitespace);
                word.map_or(self.text.len(), |at| self.cursor + blanks + at)
            }
        }
    }
}

const fn start_of((start, _): (usize, char)) -> usize {
    start
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A line with `|` where the cursor is.
    fn line(marked: &str) -> Line {
        let cursor = marked.find('|').expect("a cursor");
        Line {
            text: marked.replace('|', ""),
            cursor,
        }
    }

    #[test]
    fn the_cursor_goes_by_characters_and_words() {
        for (before, to, after) in [
            ("aü|b", To::Left, "a|üb"),
            ("|a", To::Left, "|a"),
            ("a|üb", To::Right, "aü|b"),
            ("a|", To::Right, "a|"),
            ("a|b", To::Start, "|ab"),
            ("a|b", To::End, "ab|"),
            ("one two  |", To::WordLeft, "one |two  "),
            ("one tw|o", To::WordLeft, "one |two"),
            ("on|e", To::WordLeft, "|one"),
            ("one|  two x", To::WordRight, "one  two| x"),
            ("o|ne", To::WordRight, "one|"),
        ] {
            let mut moved = line(before);
            moved.go(to);
            assert_eq!(moved, line(after), "{before} {to:?}");
        }
    }

    #[test]
    fn what_is_removed_lies_between_cursor_and_place() {
        for (before, to, after, removed) in [
            ("aü|b", To::Left, "a|b", "ü"),
            ("a|üb", To::Right, "a|b", "ü"),
            ("one two|", To::WordLeft, "one |", "two"),
            ("one| two", To::End, "one|", " two"),
            ("one| two", To::Start, "| two", "one"),
            ("|", To::Left, "|", ""),
        ] {
            let mut changed = line(before);
            assert_eq!(changed.remove(to), removed);
            assert_eq!(changed, line(after), "{before} {to:?}");
        }
    }

    #[test]
    fn text_goes_in_at_the_cursor() {
        let mut changed = line("a|c");
        changed.insert("bü");
        assert_eq!(changed, line("abü|c"));
        changed.replace_back_to(1, "x");
        assert_eq!(changed, line("ax|c"));
        changed.replace_back_to(9, "y");
        assert_eq!(changed, line("axy|c"));
    }
}
