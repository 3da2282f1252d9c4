//! Conditions: one operator applied to one key (protocol 7.2).

use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::facts::{Facts, Value};
use crate::operator::{Alternatives, Quantifier};

/// One key of one operator of a `Condition` block. All conditions of a block must hold.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Condition {
    /// The key, folded.
    pub(crate) key: Box<str>,
    /// What must be true of it.
    pub(crate) test: Test,
}

/// What must be true of a key.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Test {
    /// It is absent or empty, for `true`; it has a value, for `false`; any of the listed will do.
    Absent(Vec<bool>),
    /// Its values compare.
    Compare(Compare),
}

/// How the values of a key must compare with those of the policy.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Compare {
    /// How many values of the request must fit.
    pub(crate) quantifier: Option<Quantifier>,
    /// A value is right when it fits no alternative, rather than when it fits one.
    pub(crate) is_negated: bool,
    /// An absent key will do.
    pub(crate) if_exists: bool,
    /// The values of the policy.
    pub(crate) alternatives: Alternatives,
}

impl Condition {
    /// Whether it holds for a request.
    pub(crate) fn holds(&self, facts: &dyn Facts) -> bool {
        let value = facts.value(&self.key);
        match &self.test {
            Test::Absent(answers) => {
                let is_absent = value.is_none_or(|value| value.texts().is_empty());
                answers.contains(&is_absent)
            }
            Test::Compare(compare) => match value {
                Some(value) => compare.holds(&value, facts),
                None => compare.holds_without_value(),
            },
        }
    }
}

impl Compare {
    fn holds_without_value(&self) -> bool {
        self.if_exists
            || match self.quantifier {
                Some(Quantifier::All) => true,
                Some(Quantifier::Any) => false,
                None => self.is_negated,
            }
    }

    /// Without a quantifier, of several values one must fit, or, for a negated operator, none may.
    fn holds(&self, value: &Value<'_>, facts: &dyn Facts) -> bool {
        let is_right = |text: &str| self.alternatives.fit(text, facts) != self.is_negated;
        let mut texts = value.texts().iter();
        match (self.quantifier, self.is_negated) {
            (Some(Quantifier::All), _) | (None, true) => texts.all(|text| is_right(text)),
            (Some(Quantifier::Any), _) | (None, false) => texts.any(|text| is_right(text)),
        }
    }
}
