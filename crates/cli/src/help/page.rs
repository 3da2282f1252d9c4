//! A page under construction: headings, paragraphs and columns, no line longer than [`WIDTH`].

use super::Style;

/// Columns of a page.
pub(super) const WIDTH: usize = 78;
/// Where the second column of an entry begins.
const SECOND_COLUMN: usize = 40;

/// A page under construction.
pub(super) struct Page {
    text: String,
    style: Style,
    /// The last line is a heading, which no empty line follows.
    after_heading: bool,
}

impl Page {
    pub(super) fn new(style: Style) -> Self {
        Self {
            text: String::new(),
            style,
            after_heading: true,
        }
    }

    /// The page as text.
    pub(super) fn finish(self) -> String {
        self.text
    }

    /// The name of a section, behind an empty line unless it is the first.
    pub(super) fn heading(&mut self, heading: &str) {
        self.blank();
        match self.style {
            Style::Plain => self.line(0, heading),
            Style::Bold => self.line(0, &format!("\x1b[1m{heading}\x1b[0m")),
        }
        self.after_heading = true;
    }

    /// An empty line, unless there is one already or the section has just begun.
    pub(super) fn blank(&mut self) {
        if !self.after_heading && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    /// A line as it is. It must fit.
    pub(super) fn line(&mut self, indent: usize, line: &str) {
        self.text.push_str(&" ".repeat(indent));
        self.text.push_str(line);
        self.text.push('\n');
        self.after_heading = false;
    }

    /// A text whose lines all begin at `indent`.
    pub(super) fn paragraph(&mut self, indent: usize, text: &str) {
        for line in wrapped(text, WIDTH - indent) {
            self.line(indent, &line);
        }
    }

    /// A text whose further lines stand 4 columns deeper than its first.
    pub(super) fn hanging(&mut self, indent: usize, text: &str) {
        let mut lines = wrapped(text, WIDTH - indent - 4).into_iter();
        if let Some(first) = lines.next() {
            self.line(indent, &first);
        }
        for line in lines {
            self.line(indent + 4, &line);
        }
    }

    /// A name and what it means, in two columns; a long name has a line of its own.
    pub(super) fn entry(&mut self, indent: usize, name: &str, text: &str) {
        let mut left = format!("{}{name}", " ".repeat(indent));
        if left.chars().count() + 2 > SECOND_COLUMN {
            self.line(0, &left);
            left.clear();
        }
        for line in wrapped(text, WIDTH - SECOND_COLUMN) {
            self.line(0, &format!("{left:SECOND_COLUMN$}{line}"));
            left.clear();
        }
    }
}

/// The model's documentation marks values with backquotes; pages and comments go without.
pub(super) fn plain(text: &str) -> String {
    text.replace('`', "")
}

/// The first sentence of a documentation text, for one line of a list, a comment or a hint.
pub(crate) fn first_sentence(text: &str) -> String {
    let text = plain(text.trim());
    let end = text.find(". ").map_or(text.len(), |stop| stop + 1);
    text.get(..end).unwrap_or_default().into()
}

/// Lines of at most `width` columns. A word that is longer by itself is broken behind a comma, a bar or an opening brace.
pub(super) fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in plain(text).split_whitespace() {
        let pieces = pieces(word, width);
        for (position, piece) in pieces.into_iter().enumerate() {
            let gap = if position == 0 { " " } else { "" };
            match lines.last_mut() {
                Some(line) if length(line) + gap.len() + length(&piece) <= width => {
                    line.push_str(gap);
                    line.push_str(&piece);
                }
                _ => lines.push(piece),
            }
        }
    }
    lines
}

/// A word whole, or in pieces if it does not fit into a line.
fn pieces(word: &str, width: usize) -> Vec<String> {
    if length(word) <= width {
        return vec![word.into()];
    }
    word.split_inclusive([',', '|', '{'])
        .map(Into::into)
        .collect()
}

fn length(text: &str) -> usize {
    text.chars().count()
}
