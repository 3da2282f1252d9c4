//! `Resource` and `NotResource`.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::{Draft, Elements, summary};
use crate::arn::ArnPattern;
use crate::json::{Node, quoted};
use crate::place::Problem;
use crate::policy::Selection;
use crate::vocabulary::SERVICE;

impl Draft<'_> {
    /// The resources of a statement, and how a summary calls them.
    pub(super) fn resources(
        &mut self,
        elements: &Elements<'_>,
    ) -> Result<(Selection<ArnPattern>, String), Problem> {
        let (node, is_negated) = elements.either("Resource", "NotResource")?;
        let mut texts = Vec::new();
        let mut patterns = Vec::new();
        for node in node.one_or_more()? {
            let text = node.string()?;
            patterns.push(self.arn(&node, &text, true)?);
            texts.push(text);
        }
        if patterns.is_empty() {
            return Err(node.problem("has no resource"));
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

    /// Reads the pattern of an ARN. That of a resource is also compared with the ARNs of domains (protocol 7.4).
    pub(super) fn arn(
        &mut self,
        node: &Node<'_>,
        text: &str,
        is_resource: bool,
    ) -> Result<ArnPattern, Problem> {
        let pattern = ArnPattern::from(self.template(node, text, true)?);
        if !pattern.is_arn() {
            let reason = format!("must be an ARN or '*', not {}", quoted(text));
            return Err(node.problem(reason));
        }
        if let Some(reason) = pattern.never_an_arn() {
            self.warn(node, format!("never matches: {reason}"));
        } else if is_resource
            && (self.names_swf_alone() || pattern.names_swf())
            && let Some(reason) = pattern.never_a_domain()
        {
            let form = "arn:aws:swf:REGION:ACCOUNT:/domain/NAME";
            self.warn(node, format!("never matches: {reason}; a domain is {form}"));
        }
        Ok(pattern)
    }

    /// Whether the actions are listed, and those known here are SWF's.
    fn names_swf_alone(&self) -> bool {
        let is_swf = |name: &str| name.split(':').next() == Some(SERVICE);
        !self.named.is_empty() && self.named.iter().all(|action| is_swf(action.name))
    }
}
