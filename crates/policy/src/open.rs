//! Which keys a verdict hangs on that are not known yet: for rehearsals, which have a part of a request only.
//!
//! A key is open if a request could give it a value and nobody has said which. A statement that tests one may apply or
//! not; whether that matters depends on the others.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use crate::condition::{Condition, Test};
use crate::evaluate::{Part, Policies, Question};
use crate::policy::{Effect, Statement};

/// Whether a key, folded, is open.
type IsOpen<'a> = dyn Fn(&str) -> bool + 'a;

/// Whether a statement is about a question of which a part is open.
enum State<'s> {
    Applies,
    DoesNotApply,
    /// It does or does not, by the values of these keys.
    Depends(Vec<&'s str>),
}

impl Policies {
    /// The open keys, folded, whose values could change the verdict. None if it is the same for all values.
    pub fn open_keys(&self, question: &Question<'_>, is_open: &IsOpen<'_>) -> BTreeSet<&str> {
        let mut open = BTreeSet::new();
        for part in Part::ALL {
            match self.state(part, Effect::Deny, question, is_open) {
                State::Applies => return BTreeSet::new(),
                State::Depends(keys) => open.extend(keys),
                State::DoesNotApply => {}
            }
        }
        let asked = Part::ALL
            .into_iter()
            .filter(|part| *part == Part::Identity || !self.part(*part).is_empty());
        for part in asked {
            match self.state(part, Effect::Allow, question, is_open) {
                State::Applies => {}
                State::Depends(keys) => open.extend(keys),
                State::DoesNotApply => return BTreeSet::new(),
            }
        }
        open
    }

    /// Whether any statement of this effect applies.
    fn state(
        &self,
        part: Part,
        effect: Effect,
        question: &Question<'_>,
        is_open: &IsOpen<'_>,
    ) -> State<'_> {
        let statements = self.part(part).iter().flat_map(|one| one.statements());
        let mut open = Vec::new();
        for statement in statements.filter(|one| one.effect() == effect) {
            match statement.state(question, is_open) {
                State::Applies => return State::Applies,
                State::Depends(keys) => open.extend(keys),
                State::DoesNotApply => {}
            }
        }
        match open.is_empty() {
            true => State::DoesNotApply,
            false => State::Depends(open),
        }
    }
}

impl Statement {
    fn state(&self, question: &Question<'_>, is_open: &IsOpen<'_>) -> State<'_> {
        let facts = question.facts;
        let patterns = self.resources.patterns.iter();
        let keys = patterns.flat_map(|pattern| pattern.keys());
        let mut open: Vec<_> = keys.filter(|key| is_open(key)).collect();
        let is_asked = self.is_of_action(question)
            && (!open.is_empty() || self.is_of_resource(question))
            && self
                .needed
                .iter()
                .all(|variable| is_open(&variable.key) || variable.is_known(facts));
        if !is_asked {
            return State::DoesNotApply;
        }
        for condition in &self.conditions {
            let before = open.len();
            open.extend(condition.keys().into_iter().filter(|key| is_open(key)));
            if open.len() == before && !condition.holds(facts) {
                return State::DoesNotApply;
            }
        }
        match open.is_empty() {
            true => State::Applies,
            false => State::Depends(open),
        }
    }
}

impl Condition {
    /// Its key and those of its variables, folded.
    fn keys(&self) -> Vec<&str> {
        let mut keys = match &self.test {
            Test::Absent(_) => Vec::new(),
            Test::Compare(compare) => compare.alternatives.keys(),
        };
        keys.push(&self.key);
        keys
    }
}
