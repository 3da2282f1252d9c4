//! Where on a line the cursor is: at the operation, at an option, or at the value of one. Lines that are not finished
//! cannot be wrong here: what is not understood is passed over.

use everbeat_model::operations::OperationDescriptor;

use crate::SERVICE_WORD;
use crate::help::PROGRAM_COMMANDS;
use crate::options::{
    GLOBALS, GlobalOption, MemberOption, member_options, operation_named, operation_specs,
};
use crate::own_commands::OWN_COMMANDS;
use crate::parse::{OptionSpec, Takes};

/// An operation of the API.
pub(super) type Operation = &'static OperationDescriptor;

/// An option that was given, with its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Given {
    /// With the two dashes.
    pub(super) name: String,
    pub(super) words: Vec<String>,
}

/// Where the cursor is.
pub(super) enum Place {
    /// At the word for the operation.
    Command {
        /// The service's word stands before it.
        has_service: bool,
    },
    Option {
        operation: Option<Operation>,
        given: Vec<Given>,
    },
    Value(Value),
    /// At a further value of an option that takes many, where another option may stand as well.
    ValueOrOption {
        value: Value,
        given: Vec<Given>,
    },
    /// Where nothing is known that could stand there.
    Nowhere,
}

/// The value of an option.
pub(super) struct Value {
    pub(super) operation: Option<Operation>,
    pub(super) option: OptionName,
    /// What stands before the value in the same word: `--output=`.
    pub(super) before: String,
    /// What is typed of the value.
    pub(super) text: String,
    /// The options before it.
    pub(super) given: Vec<Given>,
}

impl Value {
    /// What an option before this one says.
    pub(super) fn given(&self, name: &str) -> Option<&str> {
        let given = self.given.iter().rfind(|given| given.name == name)?;
        given.words.first().map(String::as_str)
    }
}

/// What an option is.
pub(super) enum OptionName {
    Global(&'static GlobalOption),
    Member(MemberOption),
    /// Neither global nor for a member: skeletons, whole inputs, pages.
    Special(OptionSpec),
}

/// What is read of a line.
#[derive(Default)]
struct Reading {
    has_service: bool,
    operation: Option<Operation>,
    /// A word that is no operation.
    has_other: bool,
    given: Vec<Given>,
    /// The last option takes more words.
    waits: Option<Takes>,
}

/// Where the word `partial` behind `words` is.
pub(super) fn place(words: &[String], partial: &str) -> Place {
    let mut reading = Reading::default();
    for word in words {
        reading.read(word);
    }
    reading.place(partial)
}

/// What the last option of that name on a line says.
#[cfg(feature = "auto-prompt")]
pub(super) fn given(words: &[String], name: &str) -> Option<String> {
    let mut reading = Reading::default();
    for word in words {
        reading.read(word);
    }
    let given = reading
        .given
        .into_iter()
        .rfind(|given| given.name == name)?;
    given.words.into_iter().next()
}

impl Reading {
    fn read(&mut self, word: &str) {
        if word.starts_with("--") && self.waits != Some(Takes::One) {
            let (name, value) = match word.split_once('=') {
                Some((name, value)) => (name, vec![value.to_owned()]),
                None => (word, Vec::new()),
            };
            let takes = self.takes(name);
            self.waits = takes.filter(|takes| *takes != Takes::Nothing && value.is_empty());
            self.given.push(Given {
                name: name.into(),
                words: value,
            });
        } else if let Some(takes) = self.waits {
            if let Some(given) = self.given.last_mut() {
                given.words.push(word.into());
            }
            self.waits = Some(takes).filter(|takes| *takes == Takes::Many);
        } else if self.operation.is_none() && !self.has_other {
            if word == SERVICE_WORD && !self.has_service {
                self.has_service = true;
            } else {
                self.operation = operation_named(word);
                self.has_other = self.operation.is_none();
            }
        }
    }

    fn takes(&self, name: &str) -> Option<Takes> {
        Some(match self.option(name)? {
            OptionName::Global(option) => option.takes,
            OptionName::Special(spec) => spec.takes,
            OptionName::Member(option) => self.spec(&option.name)?.takes,
        })
    }

    fn spec(&self, name: &str) -> Option<OptionSpec> {
        let specs = operation_specs(self.operation?);
        specs.into_iter().find(|spec| spec.name == name)
    }

    fn option(&self, name: &str) -> Option<OptionName> {
        if let Some(option) = GLOBALS.iter().find(|option| option.name == name) {
            return Some(OptionName::Global(option));
        }
        let spec = self.spec(name)?;
        let member = member_options(self.operation?)
            .into_iter()
            .find(|option| option.name == name);
        Some(member.map_or(OptionName::Special(spec), OptionName::Member))
    }

    fn place(mut self, partial: &str) -> Place {
        if let Some((name, text)) = partial.split_once('=')
            && name.starts_with("--")
            && self.waits != Some(Takes::One)
        {
            let (before, text) = (format!("{name}="), text.to_owned());
            return match self.option(name) {
                Some(option) => Place::Value(self.value(option, before, text)),
                None => Place::Nowhere,
            };
        }
        match self.waits {
            Some(takes) if takes == Takes::One || !partial.starts_with("--") => {
                let Some(last) = self.given.pop() else {
                    return Place::Nowhere;
                };
                let Some(option) = self.option(&last.name) else {
                    return Place::Nowhere;
                };
                let value = self.value(option, String::new(), partial.into());
                if last.words.is_empty() && takes != Takes::Maybe || !partial.is_empty() {
                    return Place::Value(value);
                }
                let mut given = value.given.clone();
                given.push(last);
                Place::ValueOrOption { value, given }
            }
            _ if partial.starts_with('-') => self.options(),
            _ if self.operation.is_some() => self.options(),
            _ if self.has_other => Place::Nowhere,
            _ => Place::Command {
                has_service: self.has_service,
            },
        }
    }

    fn value(&self, option: OptionName, before: String, text: String) -> Value {
        Value {
            operation: self.operation,
            option,
            before,
            text,
            given: self.given.clone(),
        }
    }

    fn options(self) -> Place {
        Place::Option {
            operation: self.operation,
            given: self.given,
        }
    }
}

/// The commands that are no operations, with what they do.
pub(super) fn own_commands() -> impl Iterator<Item = (&'static str, &'static str)> {
    let own = OWN_COMMANDS.iter();
    own.map(|command| (command.name, command.text))
        .chain(PROGRAM_COMMANDS)
}
