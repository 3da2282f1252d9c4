//! A policy document after it was checked: what evaluation needs of it, and what an explanation says about it.

use alloc::boxed::Box;
use core::fmt;

use alloc::vec::Vec;

use crate::arn::ArnPattern;
use crate::condition::Condition;
use crate::document;
use crate::evaluate::Question;
use crate::pattern::{Folded, Matcher};
use crate::place::{Problem, Warning};
use crate::variable::Variable;

/// What a statement does when it applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Allows, unless something denies.
    Allow,
    /// Denies, whatever allows.
    Deny,
}

/// A checked document.
#[derive(Debug, PartialEq, Eq)]
pub struct Policy {
    name: Box<str>,
    statements: Box<[Statement]>,
}

/// One statement of a document.
#[derive(Debug, PartialEq, Eq)]
pub struct Statement {
    /// Its place in the document, from 1.
    pub(crate) number: usize,
    pub(crate) sid: Option<Box<str>>,
    pub(crate) effect: Effect,
    pub(crate) actions: Selection<Folded>,
    pub(crate) resources: Selection<ArnPattern>,
    pub(crate) conditions: Box<[Condition]>,
    /// Variables without which the statement does not apply; an Allow has all of its own here, a Deny none.
    pub(crate) needed: Box<[Variable]>,
    /// One line for people.
    pub(crate) summary: Box<str>,
}

/// An element that has a form with `Not` in front.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Selection<T> {
    /// What fits none of the patterns is selected.
    pub(crate) is_negated: bool,
    /// What the document lists.
    pub(crate) patterns: Box<[T]>,
}

impl Policy {
    /// Reads and checks a document; `name` is what others call it.
    ///
    /// # Errors
    /// The first place that breaks the grammar of protocol 7.1 and 7.2, or names what nobody knows.
    pub fn read(name: &str, text: &str) -> Result<(Policy, Vec<Warning>), Problem> {
        let (statements, warnings) = document::read(text)?;
        let policy = Policy {
            name: name.into(),
            statements: statements.into(),
        };
        Ok((policy, warnings))
    }

    /// The name by which others refer to the document.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The statements in the order of the document.
    pub fn statements(&self) -> impl Iterator<Item = &Statement> {
        self.statements.iter()
    }
}

impl Statement {
    /// Its `Sid`.
    pub fn sid(&self) -> Option<&str> {
        self.sid.as_deref()
    }

    /// Its place in the document, from 1.
    pub fn number(&self) -> usize {
        self.number
    }

    /// What it does when it applies.
    pub fn effect(&self) -> Effect {
        self.effect
    }

    /// Whether it is about what is asked.
    pub(crate) fn applies(&self, question: &Question<'_>) -> bool {
        let facts = question.facts;
        self.is_of_action(question)
            && self.is_of_resource(question)
            && self.needed.iter().all(|variable| variable.is_known(facts))
            && self
                .conditions
                .iter()
                .all(|condition| condition.holds(facts))
    }

    pub(crate) fn is_of_action(&self, question: &Question<'_>) -> bool {
        self.actions.selects(|p| p.matches(question.action))
    }

    pub(crate) fn is_of_resource(&self, question: &Question<'_>) -> bool {
        let (resource, facts) = (question.resource, question.facts);
        self.resources.selects(|p| p.matches(resource, facts))
    }
}

impl<T> Selection<T> {
    fn selects(&self, fits: impl Fn(&T) -> bool) -> bool {
        self.patterns.iter().any(fits) != self.is_negated
    }
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Effect::Allow => "Allow",
            Effect::Deny => "Deny",
        })
    }
}

/// `statement 2 ("Heartbeats"): Allow swf:RecordActivityTaskHeartbeat on *`
impl fmt::Display for Statement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_title(f)?;
        write!(f, ": {}", self.summary)
    }
}

impl Statement {
    /// `statement 2 ("Heartbeats")`
    pub(crate) fn write_title(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "statement {}", self.number)?;
        match self.sid() {
            Some(sid) => write!(f, " (\"{}\")", crate::json::shortened(sid)),
            None => Ok(()),
        }
    }
}
