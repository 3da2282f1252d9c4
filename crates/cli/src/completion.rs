//! What can come next on a line: operations, options and values, for the prompt and for the completion of shells.
//!
//! Everything derives from the tables that the line is read by ([`crate::options`], `everbeat-model`), from the files of
//! this machine ([`surroundings`]), and from what the server has ([`live`]). The last takes time, so it is kept apart:
//! [`Completion::choices`] answers at once, [`Completion::live`] says what else could be asked.

mod answer;
mod live;
mod offers;
mod place;
#[cfg(feature = "auto-prompt")]
pub(crate) mod prompting;
pub(crate) mod shell;
mod shorthand;
mod surroundings;
#[cfg(test)]
mod tests;

use everbeat_client::shared_files::Variables;
use everbeat_model::Shape;
use everbeat_prompt::{Choice, Choices};

use live::Live;
use place::{OptionName, Place, Value};
use shorthand::Spot;

/// What completion knows beside the tables.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Completion<'a> {
    pub(crate) variables: &'a Variables,
    /// In the prompt, lines are the reference's: nothing of Everbeat's own, and no options about the prompt.
    pub(crate) in_prompt: bool,
}

impl Completion<'_> {
    /// What can stand in the place of `partial` behind `words`, as far as this machine knows.
    pub(crate) fn choices(self, words: &[String], partial: &str) -> Choices {
        match place::place(words, partial) {
            Place::Command { has_service } => Choices {
                typed: partial.into(),
                list: offers::commands(has_service, self.in_prompt),
            }
            .unless_whole(self.in_prompt),
            Place::Option { operation, given } => Choices {
                // The dashes alone fit everything, and are no reason to prefer anything.
                typed: partial.trim_start_matches("--").into(),
                list: offers::options(operation, &given, self.in_prompt),
            }
            .unless_whole(self.in_prompt),
            Place::Value(value) => self.values(&value),
            Place::ValueOrOption { value, given } => {
                let mut choices = self.values(&value);
                let operation = value.operation;
                choices
                    .list
                    .extend(offers::options(operation, &given, self.in_prompt));
                choices
            }
            Place::Nowhere => Choices::default(),
        }
    }

    /// What the server could be asked to know more for the same place.
    pub(crate) fn live(self, words: &[String], partial: &str) -> Option<Live> {
        match place::place(words, partial) {
            Place::Value(value) | Place::ValueOrOption { value, .. } => live::live(&value),
            Place::Command { .. } | Place::Option { .. } | Place::Nowhere => None,
        }
    }

    fn values(self, value: &Value) -> Choices {
        let text = value.text.as_str();
        let files = surroundings::FILE_PREFIXES
            .iter()
            .find_map(|prefix| Some((*prefix, text.strip_prefix(prefix)?)));
        let choices = if let Some((prefix, path)) = files {
            surroundings::files(prefix, path, self.variables)
        } else {
            match &value.option {
                OptionName::Global(option) => match option.name {
                    "--region" => listed(text, surroundings::REGIONS),
                    "--profile" => plain(text, surroundings::profiles(self.variables)),
                    "--ca-bundle" => surroundings::files("", text, self.variables),
                    "--query" => answer::fields(value.operation, text),
                    _ => listed(text, option.choices),
                },
                OptionName::Special(spec) => listed(text, spec.choices),
                OptionName::Member(option) => member(text, option.member.shape),
            }
        };
        choices.behind(&value.before)
    }
}

fn listed(typed: &str, texts: &[&str]) -> Choices {
    plain(typed, texts.iter().map(|text| (*text).to_owned()).collect())
}

fn plain(typed: &str, texts: Vec<String>) -> Choices {
    Choices {
        typed: typed.into(),
        list: texts.into_iter().map(Choice::plain).collect(),
    }
}

/// The values of a member that the model lists: those of enumerations, and the keys of structures in shorthand.
fn member(text: &str, shape: &'static Shape) -> Choices {
    match shorthand::spot(shape, text) {
        Some(Spot::Key(key)) => key.choices(text),
        Some(Spot::Value(spot)) => {
            let mut choices = match spot.shape {
                Shape::Enum(shape) => listed(&spot.typed, shape.values),
                Shape::Boolean { .. } if spot.key.is_some() => {
                    listed(&spot.typed, &["true", "false"])
                }
                Shape::String(_)
                | Shape::Integer(_)
                | Shape::Boolean { .. }
                | Shape::Timestamp { .. }
                | Shape::List(_)
                | Shape::Structure(_) => listed(&spot.typed, &[]),
            }
            .behind(spot.before(text));
            if let Some(closed) = shorthand::closed(text).filter(|_| spot.key.is_some()) {
                choices.list.push(Choice {
                    note: "Closes the brackets".into(),
                    ..Choice::plain(closed)
                });
            }
            choices
        }
        None => listed(text, &[]),
    }
}

/// What completion does to choices.
trait Refined {
    /// The same choices for a longer word that begins with `before`.
    fn behind(self, before: &str) -> Self;

    /// In the prompt, nothing where the word is one of the choices already; a shell puts a blank behind it.
    fn unless_whole(self, in_prompt: bool) -> Self;
}

impl Refined for Choices {
    fn behind(mut self, before: &str) -> Self {
        for choice in &mut self.list {
            choice.text.insert_str(0, before);
        }
        self
    }

    fn unless_whole(self, in_prompt: bool) -> Self {
        let is_whole = |choice: &Choice| {
            choice.text == self.typed || choice.text.strip_prefix("--") == Some(&self.typed)
        };
        if in_prompt && !self.typed.is_empty() && self.list.iter().any(is_whole) {
            return Self::default();
        }
        self
    }
}
