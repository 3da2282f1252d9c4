//! The state of the prompt and what keys do to it. Nothing here draws, waits or asks: the questions that come up are
//! collected for the terminal's loop, which brings the answers when they are there.

mod keys;

#[cfg(test)]
mod tests;

use std::collections::HashMap;

use ratatui::layout::{Rect, Size};

use crate::areas::{self, Areas, Shown};
use crate::fuzzy::best_matches;
use crate::knowledge::{Choice, Choices, Knowledge, Question};
use crate::line::Line;
use crate::menu::{Menu, Step};
use crate::panel::Panel;
use crate::words;

/// What hears the keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Focus {
    #[default]
    Input,
    Documentation,
    Output,
}

/// What a key led to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Progress {
    Goes,
    /// The line is to be run.
    Runs {
        line: String,
        words: Vec<String>,
    },
    Cancelled {
        line: String,
    },
}

/// Everything that the screen shows.
pub(crate) struct State<'a> {
    knowledge: &'a dyn Knowledge,
    pub(crate) size: Size,
    pub(crate) line: Line,
    pub(crate) menu: Option<Menu>,
    pub(crate) focus: Focus,
    pub(crate) shown: Shown,
    pub(crate) documentation: Panel,
    pub(crate) output: Panel,
    pub(crate) is_multi_column: bool,
    /// The menu shows earlier lines.
    pub(crate) is_history: bool,
    /// Something to tell beside the keys, until the next key.
    pub(crate) message: &'static str,
    /// The menu may open by itself when an answer comes.
    is_completing: bool,
    /// Lines of this session, the oldest first. Nothing is kept beyond it.
    history: Vec<String>,
    /// Answers by the key of their question; `None` while there is none yet.
    answers: HashMap<String, Option<Vec<Choice>>>,
    questions: Vec<Question>,
}

impl<'a> State<'a> {
    /// The prompt for a line that begins with some words, the menu open.
    pub(crate) fn new(initial: &[String], knowledge: &'a dyn Knowledge, size: Size) -> Self {
        let quoted: Vec<String> = initial.iter().map(|word| words::quoted(word)).collect();
        let line = Line::new(quoted.join(" "));
        let mut state = Self {
            knowledge,
            size,
            history: Some(line.text().to_owned())
                .filter(|text| !text.is_empty())
                .into_iter()
                .collect(),
            line,
            menu: None,
            focus: Focus::Input,
            shown: Shown::default(),
            documentation: Panel::default(),
            output: Panel::default(),
            is_multi_column: false,
            is_history: false,
            message: "",
            is_completing: false,
            answers: HashMap::new(),
            questions: Vec::new(),
        };
        state.complete();
        if state.menu.is_none() && !state.line.text().is_empty() {
            state.line.insert(" ");
            state.complete();
        }
        state
    }

    /// The questions that came up since the last time.
    pub(crate) fn take_questions(&mut self) -> Vec<Question> {
        std::mem::take(&mut self.questions)
    }

    /// Takes an answer. A menu in which nothing is selected yet shows it at once.
    pub(crate) fn answer(&mut self, key: String, choices: Vec<Choice>) {
        self.answers.insert(key, Some(choices));
        let is_untouched = self
            .menu
            .as_ref()
            .is_none_or(|menu| menu.selected.is_none());
        if self.is_completing && is_untouched {
            self.complete();
        }
    }

    /// The areas of the screen as it is.
    pub(crate) fn areas(&self) -> Areas {
        areas::areas(self.size, self.shown)
    }

    /// The rows of the menu in several columns.
    pub(crate) fn rows_of_columns(&self) -> u16 {
        let room = self.areas().input.height.saturating_sub(2);
        room.clamp(1, areas::MENU_ROWS)
    }

    /// Opens the menu for the word at the cursor, or closes it if nothing fits.
    fn complete(&mut self) {
        self.is_completing = true;
        let (choices, start) = if self.is_history {
            (self.earlier_lines(), 0)
        } else {
            self.choices_at_cursor()
        };
        let choices = best_matches(choices);
        let typed = self.line.before().get(start..).unwrap_or_default();
        let changes_nothing = |choice: &Choice| self.replacement(choice) == typed;
        let is_over = match choices.as_slice() {
            [] => true,
            [only] => changes_nothing(only),
            [_, _, ..] => false,
        };
        self.menu = (!is_over).then(|| Menu {
            typed: typed.to_owned(),
            choices,
            selected: None,
            start,
        });
    }

    fn earlier_lines(&self) -> Choices {
        let mut list: Vec<Choice> = Vec::new();
        for line in self.history.iter().rev() {
            if !list.iter().any(|choice| choice.text == line.trim()) {
                list.push(Choice::plain(line.trim()));
            }
        }
        Choices {
            typed: self.line.before().trim_start().into(),
            list,
        }
    }

    fn choices_at_cursor(&mut self) -> (Choices, usize) {
        let at = words::at_cursor(self.line.before());
        let mut choices = self.knowledge.choices(&at.words, &at.partial);
        if let Some(question) = self.knowledge.question(&at.words, &at.partial) {
            match self.answers.get(&question.key) {
                Some(Some(answer)) => {
                    for choice in answer {
                        if !choices.list.iter().any(|known| known.text == choice.text) {
                            choices.list.push(choice.clone());
                        }
                    }
                }
                Some(None) => {}
                None => {
                    self.answers.insert(question.key.clone(), None);
                    self.questions.push(question);
                }
            }
        }
        (choices, at.start)
    }

    /// What a choice puts into the line.
    fn replacement(&self, choice: &Choice) -> String {
        if self.is_history {
            choice.text.clone()
        } else {
            words::typed(&choice.text)
        }
    }

    /// Selects in the menu and puts the choice into the line.
    fn select(&mut self, step: Step) {
        let Some(mut menu) = self.menu.take() else {
            return;
        };
        menu.select(step);
        let text = match menu.choice() {
            Some(choice) => self.replacement(choice),
            None => menu.typed.clone(),
        };
        self.line.replace_back_to(menu.start, &text);
        self.menu = Some(menu);
        self.read_on();
    }

    /// After the line has changed under the hands of the user.
    fn typed(&mut self) {
        self.complete();
        self.read_on();
    }

    /// Closes the menu; answers that come later do not open it again.
    fn close_menu(&mut self) {
        self.menu = None;
        self.is_completing = false;
    }

    /// Brings the panels that are open up to the line.
    fn read_on(&mut self) {
        let at = words::at_cursor(self.line.text());
        let mut words = at.words;
        if !at.partial.is_empty() {
            words.push(at.partial);
        }
        if self.shown.documentation
            && let Some(text) = self.knowledge.documentation(&words)
        {
            self.documentation.show(text);
        }
        if self.shown.output {
            self.output.show(self.knowledge.output(&words));
        }
    }

    /// The panel that hears the keys, with the room for its text.
    fn focused_panel(&mut self) -> Option<(&mut Panel, Rect)> {
        let areas = self.areas();
        match self.focus {
            Focus::Input => None,
            Focus::Documentation => {
                Some((&mut self.documentation, areas::text_of(areas.documentation)))
            }
            Focus::Output => Some((&mut self.output, areas::text_of(areas.output))),
        }
    }
}
