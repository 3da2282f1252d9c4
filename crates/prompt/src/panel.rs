//! A panel of text to read: wrapped to its width, scrolled and searched.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// A text and how far it is scrolled.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Panel {
    text: String,
    /// The first row that is shown.
    top: usize,
    /// What is being or was searched.
    pub(crate) search: Option<Search>,
}

/// A search in a panel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Search {
    pub(crate) pattern: String,
    pub(crate) forward: bool,
    /// The pattern is still being typed.
    pub(crate) is_typed: bool,
}

/// Where to scroll.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scroll {
    Rows(isize),
    Top,
    Bottom,
}

impl Panel {
    /// Shows another text from its beginning; the same text stays where it is.
    pub(crate) fn show(&mut self, text: String) {
        if self.text != text {
            self.text = text;
            self.top = 0;
        }
    }

    /// The rows of the text in a panel of that width.
    pub(crate) fn rows(&self, width: usize) -> Vec<String> {
        self.text
            .lines()
            .flat_map(|line| wrapped(line, width))
            .collect()
    }

    pub(crate) fn top(&self) -> usize {
        self.top
    }

    /// Scrolls a panel of that size; the last row stays in it.
    pub(crate) fn scroll(&mut self, scroll: Scroll, width: usize, height: usize) {
        let most = self.rows(width).len().saturating_sub(height);
        self.top = match scroll {
            Scroll::Rows(count) => self.top.saturating_add_signed(count).min(most),
            Scroll::Top => 0,
            Scroll::Bottom => most,
        };
    }

    /// Goes to the next row with the pattern, in the direction of the search or against it, around the ends.
    pub(crate) fn find(&mut self, onwards: bool, width: usize) {
        let Some(search) = self.search.as_ref().filter(|s| !s.pattern.is_empty()) else {
            return;
        };
        let pattern = search.pattern.to_lowercase();
        let rows = self.rows(width);
        let mut found = rows
            .iter()
            .enumerate()
            .filter(|(_, row)| row.to_lowercase().contains(&pattern))
            .map(|(at, _)| at);
        let next = if search.forward == onwards {
            let first = found.clone().next();
            found.find(|at| *at > self.top).or(first)
        } else {
            let last = found.clone().next_back();
            found.rfind(|at| *at < self.top).or(last)
        };
        self.top = next.unwrap_or(self.top);
    }
}

/// A line cut into rows between words, or within a word that has no room in a row.
fn wrapped(line: &str, width: usize) -> Vec<String> {
    let line = line.replace('\t', "  ");
    let mut rows = Vec::new();
    let mut row = String::new();
    for piece in line.split_inclusive(' ') {
        if !row.is_empty() && row.width() + piece.trim_end().width() > width {
            rows.push(std::mem::take(&mut row));
        }
        for c in piece.chars() {
            if c != ' ' && !row.is_empty() && row.width() + c.width().unwrap_or(0) > width {
                rows.push(std::mem::take(&mut row));
            }
            row.push(c);
        }
    }
    rows.push(row);
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    fn panel(text: &str) -> Panel {
        let mut panel = Panel::default();
        panel.show(text.into());
        panel
    }

    #[test]
    fn text_is_wrapped_between_words() {
        for (text, rows) in [
            ("one two three", vec!["one two ", "three"]),
            ("", vec![]),
            ("a\n\nb", vec!["a", "", "b"]),
            ("abcdefghij", vec!["abcdefg", "hij"]),
            ("日本語日本", vec!["日本語", "日本"]),
            ("    deep", vec!["    ", "deep"]),
        ] {
            assert_eq!(panel(text).rows(7), rows, "{text}");
        }
    }

    #[test]
    fn scrolling_stays_within_the_text() {
        let mut panel = panel("1\n2\n3\n4\n5");
        for (scroll, top) in [
            (Scroll::Rows(-1), 0),
            (Scroll::Rows(1), 1),
            (Scroll::Rows(9), 3),
            (Scroll::Top, 0),
            (Scroll::Bottom, 3),
        ] {
            panel.scroll(scroll, 10, 2);
            assert_eq!(panel.top(), top, "{scroll:?}");
        }
        panel.show("1\n2\n3\n4\n5".into());
        assert_eq!(panel.top(), 3);
        panel.show("other".into());
        assert_eq!(panel.top(), 0);
    }

    #[test]
    fn searches_go_round_in_both_directions() {
        let mut panel = panel("Apple\nb\nAPPLE\nd\napple");
        panel.find(true, 10);
        assert_eq!(panel.top(), 0);
        panel.search = Some(Search {
            pattern: "apple".into(),
            forward: true,
            is_typed: false,
        });
        for (onwards, top) in [(true, 2), (true, 4), (true, 0), (false, 4), (false, 2)] {
            panel.find(onwards, 10);
            assert_eq!(panel.top(), top);
        }
    }
}
