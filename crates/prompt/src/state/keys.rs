//! What each key does.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::{Focus, Progress, State};
use crate::line::To;
use crate::menu::Step;
use crate::panel::{Panel, Scroll, Search};
use crate::words;

/// The words that name a file; behind a folder the menu opens again.
const FILE_PREFIXES: [&str; 2] = ["file://", "fileb://"];

impl State<'_> {
    /// Takes a key.
    pub(crate) fn press(&mut self, key: KeyEvent) -> Progress {
        self.message = "";
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Char('c' | 'd') if control => {
                let line = self.line.text().to_owned();
                return Progress::Cancelled { line };
            }
            KeyCode::F(number) => self.function_key(number),
            _ if self.focus != Focus::Input => self.panel_key(key.code),
            KeyCode::Enter => return self.enter(),
            KeyCode::Char(c) if control => self.control_key(c),
            KeyCode::Char(c) if key.modifiers.contains(KeyModifiers::ALT) => self.alt_key(c),
            KeyCode::Char(c) => self.character(c),
            code => self.line_key(code, control),
        }
        Progress::Goes
    }

    /// Takes a text that was pasted; it stays on one line.
    pub(crate) fn paste(&mut self, text: &str) {
        if self.focus == Focus::Input {
            let text = text.trim_end_matches(['\r', '\n']);
            self.line.insert(&text.replace(char::is_control, " "));
            self.typed();
        }
    }

    fn enter(&mut self) -> Progress {
        if self.menu.is_some() {
            self.is_history = false;
            self.close_menu();
            let word = words::at_cursor(self.line.before()).partial;
            let is_file = FILE_PREFIXES.iter().any(|prefix| word.starts_with(prefix));
            if is_file && word.ends_with('/') {
                self.complete();
            }
            return Progress::Goes;
        }
        let line = self.line.text().to_owned();
        match words::split(&line) {
            Some(words) => Progress::Runs { line, words },
            None => {
                self.message = "A quotation or an escape is not finished.";
                Progress::Goes
            }
        }
    }

    fn character(&mut self, c: char) {
        let is_chosen = self
            .menu
            .as_ref()
            .is_some_and(|menu| menu.selected.is_some());
        if c == ' ' && is_chosen {
            self.is_history = false;
        }
        self.line.insert(c.encode_utf8(&mut [0; 4]));
        self.typed();
    }

    fn line_key(&mut self, code: KeyCode, control: bool) {
        let is_open = self.menu.is_some();
        let column = isize::try_from(self.rows_of_columns()).unwrap_or(1);
        match code {
            KeyCode::Tab | KeyCode::Down if is_open => self.select(Step::Next),
            KeyCode::BackTab | KeyCode::Up if is_open => self.select(Step::Previous),
            KeyCode::PageDown if is_open => self.select(Step::By(column)),
            KeyCode::PageUp if is_open => self.select(Step::By(-column)),
            KeyCode::Right if is_open && self.is_multi_column => self.select(Step::By(column)),
            KeyCode::Left if is_open && self.is_multi_column => self.select(Step::By(-column)),
            KeyCode::Tab => self.open_menu(),
            KeyCode::Down => self.complete(),
            KeyCode::Esc => {
                self.is_history = false;
                self.close_menu();
            }
            KeyCode::Left if control => self.go(To::WordLeft),
            KeyCode::Right if control => self.go(To::WordRight),
            KeyCode::Left => self.go(To::Left),
            KeyCode::Right => self.go(To::Right),
            KeyCode::Home => self.go(To::Start),
            KeyCode::End => self.go(To::End),
            KeyCode::Backspace => self.remove(To::Left),
            KeyCode::Delete => self.remove(To::Right),
            _ => {}
        }
    }

    /// Opens the menu; the only choice is taken at once.
    fn open_menu(&mut self) {
        self.complete();
        if self
            .menu
            .as_ref()
            .is_some_and(|menu| menu.choices.len() == 1)
        {
            self.select(Step::Next);
            self.close_menu();
        }
    }

    fn control_key(&mut self, c: char) {
        match c {
            'a' => self.go(To::Start),
            'e' => self.go(To::End),
            'b' => self.go(To::Left),
            'f' => self.go(To::Right),
            'h' => self.remove(To::Left),
            'w' => self.remove(To::WordLeft),
            'k' => self.remove(To::End),
            'u' => self.remove(To::Start),
            'n' => self.line_key(KeyCode::Down, false),
            'p' => self.line_key(KeyCode::Up, false),
            'r' => {
                self.close_menu();
                self.is_history = !self.is_history;
                if self.is_history {
                    self.complete();
                }
            }
            _ => {}
        }
    }

    fn alt_key(&mut self, c: char) {
        match c {
            'b' => self.go(To::WordLeft),
            'f' => self.go(To::WordRight),
            'd' => self.remove(To::WordRight),
            _ => {}
        }
    }

    fn go(&mut self, to: To) {
        self.line.go(to);
        self.close_menu();
    }

    /// A line that is removed as a whole can be had back from the history.
    fn remove(&mut self, to: To) {
        let before = self.line.text().to_owned();
        self.line.remove(to);
        if self.line.text().is_empty() && before.trim().contains(' ') {
            self.history.push(before);
        }
        self.typed();
    }

    fn function_key(&mut self, number: u8) {
        match number {
            1 => self.shown.help = !self.shown.help,
            2 => self.focus = self.next_focus(),
            3 => {
                self.shown.documentation = !self.shown.documentation;
                self.leave(Focus::Documentation);
            }
            4 => self.is_multi_column = !self.is_multi_column,
            5 => {
                self.shown.output = !self.shown.output;
                self.leave(Focus::Output);
            }
            _ => {}
        }
        self.read_on();
    }

    fn next_focus(&self) -> Focus {
        let order = [Focus::Input, Focus::Documentation, Focus::Output];
        let is_shown = |focus: &Focus| match focus {
            Focus::Input => true,
            Focus::Documentation => self.shown.documentation,
            Focus::Output => self.shown.output,
        };
        let behind = order.into_iter().skip_while(|focus| *focus != self.focus);
        behind.skip(1).find(is_shown).unwrap_or_default()
    }

    fn leave(&mut self, focus: Focus) {
        if self.focus == focus {
            self.focus = Focus::Input;
        }
    }

    fn panel_key(&mut self, code: KeyCode) {
        let Some((panel, room)) = self.focused_panel() else {
            return;
        };
        let (width, height) = (usize::from(room.width), usize::from(room.height));
        if panel.search.as_ref().is_some_and(|search| search.is_typed) {
            search_key(panel, code, width);
            return;
        }
        let page = isize::try_from(height).unwrap_or(1);
        match code {
            KeyCode::Char('q') | KeyCode::Esc => self.focus = Focus::Input,
            KeyCode::Char('w') | KeyCode::PageUp => {
                panel.scroll(Scroll::Rows(-page), width, height);
            }
            KeyCode::Char('z') | KeyCode::PageDown => {
                panel.scroll(Scroll::Rows(page), width, height);
            }
            KeyCode::Char('k') | KeyCode::Up => panel.scroll(Scroll::Rows(-1), width, height),
            KeyCode::Char('j') | KeyCode::Down => panel.scroll(Scroll::Rows(1), width, height),
            KeyCode::Char('g') | KeyCode::Home => panel.scroll(Scroll::Top, width, height),
            KeyCode::Char('G') | KeyCode::End => panel.scroll(Scroll::Bottom, width, height),
            KeyCode::Char(direction @ ('/' | '?')) => {
                panel.search = Some(Search {
                    pattern: String::new(),
                    forward: direction == '/',
                    is_typed: true,
                });
            }
            KeyCode::Char('n') => panel.find(true, width),
            KeyCode::Char('N') => panel.find(false, width),
            _ => {}
        }
    }
}

/// A key while the pattern of a search is typed.
fn search_key(panel: &mut Panel, code: KeyCode, width: usize) {
    let Some(search) = &mut panel.search else {
        return;
    };
    match code {
        KeyCode::Enter => {
            search.is_typed = false;
            panel.find(true, width);
        }
        KeyCode::Esc => panel.search = None,
        KeyCode::Backspace => {
            search.pattern.pop();
        }
        KeyCode::Char(c) => search.pattern.push(c),
        _ => {}
    }
}
