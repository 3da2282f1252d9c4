//! Scalars, marks and indentation as libyaml 0.2.5 writes them, unicode allowed, 80 columns wide (cli.md section 14.5).
//!
//! libyaml's ports for Rust hold other characters for printable (everything above U+FFFF is escaped by the original) and
//! so fold elsewhere; that is why these rules stand here.

use super::resolve::is_text;

/// A blank beyond this column becomes a line break, where one may stand.
const WIDTH: usize = 80;

/// What stands around scalars.
pub(super) enum Mark {
    ListStart,
    ListEnd,
    MapStart,
    MapEnd,
    Element,
    Key,
    Value,
    SimpleValue,
    SingleQuote { opens: bool },
    DoubleQuote { opens: bool },
}

/// The text so far and where it stands.
pub(super) struct Emitter {
    out: String,
    /// Characters since the line's start.
    column: usize,
    /// White space, or a fresh line, came last.
    after_blank: bool,
    /// Nothing but indentation and marks that count as such stand on the line.
    indented: bool,
}

impl Default for Emitter {
    fn default() -> Self {
        Self {
            out: String::new(),
            column: 0,
            after_blank: true,
            indented: true,
        }
    }
}

impl Emitter {
    pub(super) fn finish(mut self) -> String {
        self.out.push('\n');
        self.out
    }

    pub(super) fn is_indented(&self) -> bool {
        self.indented
    }

    fn put(&mut self, character: char) {
        self.out.push(character);
        self.column += 1;
    }

    /// A break of the text's own, or of the layout.
    fn put_break(&mut self, character: char) {
        self.out.push(character);
        self.column = 0;
    }

    /// Goes to that column, on a new line unless the present one has nothing behind it.
    pub(super) fn indent_to(&mut self, indent: usize) {
        if !self.indented || self.column > indent || (self.column == indent && !self.after_blank) {
            self.put_break('\n');
        }
        while self.column < indent {
            self.put(' ');
        }
        self.after_blank = true;
        self.indented = true;
    }

    pub(super) fn mark(&mut self, mark: Mark) {
        let (text, needs_blank, is_blank, keeps_indented) = match mark {
            Mark::ListStart => ('[', true, true, false),
            Mark::ListEnd => (']', false, false, false),
            Mark::MapStart => ('{', true, true, false),
            Mark::MapEnd => ('}', false, false, false),
            Mark::Element => ('-', true, false, true),
            Mark::Key => ('?', true, false, true),
            Mark::Value => (':', true, false, true),
            Mark::SimpleValue => (':', false, false, false),
            Mark::SingleQuote { opens } => ('\'', opens, false, false),
            Mark::DoubleQuote { opens } => ('"', opens, false, false),
        };
        if needs_blank && !self.after_blank {
            self.put(' ');
        }
        self.put(text);
        self.after_blank = is_blank;
        self.indented &= keeps_indented;
    }

    /// A text in the first style that can hold it. Its further lines stand at `indent`; `folds` is false for keys.
    pub(super) fn text(&mut self, text: &str, indent: usize, folds: bool) {
        let traits = Traits::of(text);
        if traits.plain && is_text(text) {
            self.plain(text, indent, folds);
        } else if traits.single_quoted {
            self.single_quoted(text, indent, folds);
        } else {
            self.double_quoted(text, indent, folds);
        }
    }

    /// Characters without breaks as they are.
    pub(super) fn plain(&mut self, text: &str, indent: usize, folds: bool) {
        if !self.after_blank {
            self.put(' ');
        }
        let mut after_space = false;
        for (at, character) in text.char_indices() {
            let is_space = character == ' ';
            if is_space && folds && self.folds_here(text, at, after_space) {
                self.indent_to(indent);
            } else {
                self.put(character);
            }
            after_space = is_space;
        }
        self.after_blank = false;
        self.indented = false;
    }

    fn single_quoted(&mut self, text: &str, indent: usize, folds: bool) {
        self.mark(Mark::SingleQuote { opens: true });
        let mut after_space = false;
        let mut after_break = false;
        for (at, character) in text.char_indices() {
            if is_break(character) {
                if !after_break && character == '\n' {
                    self.put_break('\n');
                }
                self.put_break(character);
                self.indented = true;
                after_break = true;
                continue;
            }
            if character == ' ' {
                if folds && is_inside(text, at) && self.folds_here(text, at, after_space) {
                    self.indent_to(indent);
                } else {
                    self.put(' ');
                }
                after_space = true;
                continue;
            }
            if after_break {
                self.indent_to(indent);
            }
            if character == '\'' {
                self.put('\'');
            }
            self.put(character);
            self.indented = false;
            after_space = false;
            after_break = false;
        }
        if after_break {
            self.indent_to(indent);
        }
        self.mark(Mark::SingleQuote { opens: false });
        self.indented = false;
    }

    fn double_quoted(&mut self, text: &str, indent: usize, folds: bool) {
        self.mark(Mark::DoubleQuote { opens: true });
        let mut after_space = false;
        for (at, character) in text.char_indices() {
            let is_space = character == ' ';
            if is_space && folds && is_inside(text, at) && !after_space && self.column > WIDTH {
                self.indent_to(indent);
                if next_is_space(text, at) {
                    self.put('\\');
                }
            } else if is_printable(character)
                && !is_break(character)
                && !matches!(character, '"' | '\\')
            {
                self.put(character);
            } else {
                escape(character).chars().for_each(|part| self.put(part));
            }
            after_space = is_space;
        }
        self.mark(Mark::DoubleQuote { opens: false });
        self.indented = false;
    }

    /// Whether the blank at `at` of a plain or single-quoted text becomes a line break.
    fn folds_here(&self, text: &str, at: usize, after_space: bool) -> bool {
        self.column > WIDTH && !after_space && !next_is_space(text, at)
    }
}

/// Whether a blank at `at` is neither the first nor the last character: a quoted text is not folded there.
fn is_inside(text: &str, at: usize) -> bool {
    at > 0 && at + 1 < text.len()
}

/// Whether a blank follows the one at `at`.
fn next_is_space(text: &str, at: usize) -> bool {
    text.as_bytes().get(at + 1) == Some(&b' ')
}

/// Which styles can hold a text, whatever it would be read as.
struct Traits {
    plain: bool,
    single_quoted: bool,
}

impl Traits {
    fn of(text: &str) -> Self {
        let special = text.chars().any(|character| !is_printable(character));
        let edge = |character: char| character == ' ' || is_break(character);
        let pairs = || text.chars().zip(text.chars().skip(1));
        let blank_at_break = pairs()
            .any(|(one, other)| (one == ' ' && is_break(other)) || (is_break(one) && other == ' '));
        Self {
            plain: !special
                && !text.contains(is_break)
                && !text.starts_with(edge)
                && !text.ends_with(edge)
                && !has_indicators(text),
            single_quoted: !special && !blank_at_break,
        }
    }
}

/// Whether a plain text would be taken for structure.
fn has_indicators(text: &str) -> bool {
    let mut characters = text.chars();
    let first = characters.next();
    let second_is_blank = characters.next().is_none_or(is_blank);
    let first_is_indicator = match first {
        Some(
            '#' | ',' | '[' | ']' | '{' | '}' | '&' | '*' | '!' | '|' | '>' | '\'' | '"' | '%'
            | '@' | '`',
        ) => true,
        Some('?' | ':' | '-') => second_is_blank,
        _ => false,
    };
    let pairs = || text.chars().zip(text.chars().skip(1));
    first_is_indicator
        || text.starts_with("---")
        || text.starts_with("...")
        || text.ends_with(':')
        || pairs()
            .any(|(one, other)| (one == ':' && is_blank(other)) || (is_blank(one) && other == '#'))
}

fn is_blank(character: char) -> bool {
    matches!(character, ' ' | '\t') || is_break(character)
}

/// What libyaml takes for a line break.
pub(super) fn is_break(character: char) -> bool {
    matches!(character, '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// What libyaml 0.2.5 writes as it is; its table ends at U+FFFD.
fn is_printable(character: char) -> bool {
    matches!(character, '\n' | ' '..='~' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}')
        && character != '\u{feff}'
}

/// A character in double quotes that cannot stand there itself.
fn escape(character: char) -> String {
    let letter = match character {
        '\0' => '0',
        '\u{7}' => 'a',
        '\u{8}' => 'b',
        '\t' => 't',
        '\n' => 'n',
        '\u{b}' => 'v',
        '\u{c}' => 'f',
        '\r' => 'r',
        '\u{1b}' => 'e',
        '"' => '"',
        '\\' => '\\',
        '\u{85}' => 'N',
        '\u{2028}' => 'L',
        '\u{2029}' => 'P',
        _ => {
            return match u32::from(character) {
                code @ ..=0xff => format!("\\x{code:02X}"),
                code @ ..=0xffff => format!("\\u{code:04X}"),
                code => format!("\\U{code:08X}"),
            };
        }
    };
    format!("\\{letter}")
}
