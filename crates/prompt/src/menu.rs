//! The menu below the cursor: choices, and the one that is selected. A selected choice stands in the line already;
//! selecting none brings back what was typed.

use crate::knowledge::Choice;

/// An open menu; it has at least one choice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Menu {
    pub(crate) choices: Vec<Choice>,
    pub(crate) selected: Option<usize>,
    /// The byte of the line at which the word begins that a choice replaces.
    pub(crate) start: usize,
    /// That word as it was typed.
    pub(crate) typed: String,
}

/// A step in the menu.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    Next,
    Previous,
    /// As many choices onwards or back, staying in the menu.
    By(isize),
}

impl Menu {
    /// Goes to another choice. Behind the last and before the first comes what was typed.
    pub(crate) fn select(&mut self, step: Step) {
        let last = self.choices.len().saturating_sub(1);
        self.selected = match (step, self.selected) {
            (Step::Next, None) => Some(0),
            (Step::Next, Some(selected)) => (selected < last).then(|| selected + 1),
            (Step::Previous, None) => Some(last),
            (Step::Previous, Some(selected)) => selected.checked_sub(1),
            (Step::By(_), None) => Some(0),
            (Step::By(count), Some(selected)) => {
                Some(selected.saturating_add_signed(count).min(last))
            }
        };
    }

    pub(crate) fn choice(&self) -> Option<&Choice> {
        self.choices.get(self.selected?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn selection_goes_round_by_way_of_what_was_typed() {
        let mut menu = Menu {
            choices: ["a", "b", "c"].map(Choice::plain).into(),
            selected: None,
            start: 0,
            typed: String::new(),
        };
        let selected = [
            (Step::Next, Some(0)),
            (Step::Next, Some(1)),
            (Step::Next, Some(2)),
            (Step::Next, None),
            (Step::Previous, Some(2)),
            (Step::By(-2), Some(0)),
            (Step::By(-2), Some(0)),
            (Step::By(9), Some(2)),
            (Step::By(-2), Some(0)),
            (Step::Previous, None),
        ];
        for (step, expected) in selected {
            menu.select(step);
            assert_eq!(menu.selected, expected, "{step:?}");
        }
    }
}
