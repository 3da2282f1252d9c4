//! `Action` and `NotAction`.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::{Draft, Elements, summary};
use crate::json::quoted;
use crate::pattern::{Folded, Matcher, Token};
use crate::place::Problem;
use crate::policy::Selection;
use crate::vocabulary::{Scope, scope_of_action};

impl Draft<'_> {
    /// The actions of a statement, and how a summary calls them.
    pub(super) fn actions(
        &mut self,
        elements: &Elements<'_>,
    ) -> Result<(Selection<Folded>, String), Problem> {
        let (node, is_negated) = elements.either("Action", "NotAction")?;
        let mut texts = Vec::new();
        let mut patterns = Vec::new();
        let mut has_ours = false;
        for node in node.one_or_more()? {
            let text = node.string()?;
            let scope = scope_of_action(&text, &self.reader.known);
            match scope.map_err(|reason| node.problem(reason))? {
                Scope::Ours => has_ours = true,
                Scope::Elsewhere => {
                    self.warn(&node, format!("{} has no effect here", quoted(&text)))
                }
            }
            let tokens: Vec<Token> = text.chars().map(Token::wild).collect();
            patterns.push(Folded::from(tokens));
            texts.push(text);
        }
        if patterns.is_empty() {
            return Err(node.problem("has no action"));
        }
        self.is_elsewhere = !has_ours && !is_negated;
        if !is_negated {
            let known = self.reader.known.iter();
            let named = known.filter(|action| patterns.iter().any(|p| p.matches(action.name)));
            self.named = named.copied().collect();
        }
        let listed = summary(texts.iter().map(String::as_str));
        let selection = Selection {
            is_negated,
            patterns: patterns.into(),
        };
        Ok(match is_negated {
            true => (selection, format!("everything but {listed}")),
            false => (selection, listed),
        })
    }
}
