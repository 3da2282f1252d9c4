//! A small command with operations, options and values, for the tests of the state and of the screen.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::layout::Size;

use crate::knowledge::{Choice, Choices, Knowledge, Question};
use crate::state::{Progress, State};

/// `swf`, two operations, options with and without values.
pub(crate) struct Fake;

pub(crate) fn noted(text: &str, note: &str, required: bool) -> Choice {
    Choice {
        note: note.into(),
        required,
        ..Choice::plain(text)
    }
}

impl Knowledge for Fake {
    fn choices(&self, words: &[String], partial: &str) -> Choices {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let list = match words.as_slice() {
            [] => vec![Choice::plain("swf")],
            ["swf"] => ["list-domains", "list-activity-types", "describe-domain"]
                .map(Choice::plain)
                .into(),
            [.., "--file"] if partial.starts_with("file://dir/") => {
                vec![Choice::plain("file://dir/x")]
            }
            [.., "--file"] => ["file://dir/", "file://a b"].map(Choice::plain).into(),
            [.., "--domain"] => Vec::new(),
            _ => vec![
                noted("--file", "[string] A file.", false),
                noted("--domain", "[string] The domain.", true),
            ],
        };
        Choices {
            typed: partial.into(),
            list,
        }
    }

    fn question(&self, words: &[String], _: &str) -> Option<Question> {
        (words.last()? == "--domain").then(|| Question {
            key: "domains".into(),
            ask: Box::new(|| vec![Choice::plain("Orders"), Choice::plain("Bills")]),
        })
    }

    fn documentation(&self, words: &[String]) -> Option<String> {
        let operation = words.get(1)?;
        let lines: Vec<String> = (1..=50).map(|n| format!("{operation} line {n}")).collect();
        Some(lines.join("\n"))
    }

    fn output(&self, words: &[String]) -> String {
        format!("output of {}", words.join(" "))
    }
}

/// A prompt of 80 columns and 24 rows for a line.
pub(crate) fn state(line: &str) -> State<'static> {
    let words: Vec<String> = line.split_whitespace().map(Into::into).collect();
    State::new(&words, &Fake, Size::new(80, 24))
}

/// Presses keys written as `a`, `<Tab>`, `<F3>` or `<C-r>`.
pub(crate) fn press(state: &mut State<'_>, keys: &str) -> Progress {
    let mut progress = Progress::Goes;
    let mut rest = keys;
    while let Some(c) = rest.chars().next() {
        let key = match rest.split_once('>') {
            Some((name, behind)) if c == '<' => {
                rest = behind;
                named(&name[1..])
            }
            _ => {
                rest = &rest[c.len_utf8()..];
                KeyEvent::from(KeyCode::Char(c))
            }
        };
        progress = state.press(key);
    }
    progress
}

fn named(name: &str) -> KeyEvent {
    if let Some(c) = name.strip_prefix("C-") {
        let c = c.chars().next().expect("a character");
        return KeyEvent::new(KeyCode::Char(c), KeyModifiers::CONTROL);
    }
    let code = match name {
        "Enter" => KeyCode::Enter,
        "Tab" => KeyCode::Tab,
        "BackTab" => KeyCode::BackTab,
        "Esc" => KeyCode::Esc,
        "Up" => KeyCode::Up,
        "Down" => KeyCode::Down,
        "Left" => KeyCode::Left,
        "Right" => KeyCode::Right,
        "BS" => KeyCode::Backspace,
        number => KeyCode::F(number[1..].parse().expect("the number of a key")),
    };
    KeyEvent::from(code)
}
