//! `Condition`: blocks of operators, in each the keys, to each its values.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::{Draft, Elements, summary};
use crate::condition::{Compare, Condition, Test};
use crate::fold_key;
use crate::json::{Member, Node, quoted};
use crate::network::Network;
use crate::operator::{
    Alternatives, Comparison, Decimal, Instant, Operator, Quantifier, read_bytes, read_truth,
};
use crate::place::Problem;
use crate::policy::Effect;
use crate::vocabulary::Key;

impl Draft<'_> {
    /// The conditions of a statement, and what a summary says of them.
    pub(super) fn conditions(
        &mut self,
        elements: &Elements<'_>,
        effect: Effect,
    ) -> Result<(Vec<Condition>, String), Problem> {
        let mut conditions = Vec::new();
        let mut titles = Vec::new();
        let Some(node) = elements.get("Condition") else {
            return Ok((conditions, String::new()));
        };
        for block in node.members()? {
            let operator = Operator::read(&block.name);
            let operator = operator.map_err(|reason| block.key.problem(reason))?;
            for member in block.value.members()? {
                titles.push(format!("{} {}", block.name, member.name));
                let key = self.key(&member.key, &member.name)?;
                self.warn_about(&member, key, operator, effect);
                conditions.push(self.condition(&member, operator)?);
            }
        }
        let summary = summary(titles.iter().map(String::as_str));
        Ok(match titles.is_empty() {
            true => (conditions, String::new()),
            false => (conditions, format!(" if {summary}")),
        })
    }

    fn condition(&mut self, member: &Member<'_>, operator: Operator) -> Result<Condition, Problem> {
        let values = member.value.one_or_more()?;
        if values.is_empty() {
            self.warn(&member.value, "has no value, so nothing fits");
        }
        let test = match self.alternatives(&values, operator.comparison)? {
            Some(alternatives) => Test::Compare(Compare {
                quantifier: operator.quantifier,
                is_negated: operator.is_negated,
                if_exists: operator.if_exists,
                alternatives,
            }),
            None => Test::Absent(each(&values, "true or false", read_truth)?),
        };
        Ok(Condition {
            key: fold_key(&member.name).into(),
            test,
        })
    }

    /// The values to compare with; none for the operator that compares nothing.
    fn alternatives(
        &mut self,
        values: &[Node<'_>],
        comparison: Comparison,
    ) -> Result<Option<Alternatives>, Problem> {
        Ok(Some(match comparison {
            Comparison::Null => return Ok(None),
            Comparison::Text => Alternatives::Texts(self.texts(values, false)?),
            Comparison::TextLike => Alternatives::Texts(self.texts(values, true)?),
            Comparison::TextIgnoringCase => Alternatives::FoldedTexts(self.texts(values, false)?),
            Comparison::Arn => {
                let arns = values
                    .iter()
                    .map(|node| self.arn(node, &node.scalar()?, false));
                Alternatives::Arns(arns.collect::<Result<_, _>>()?)
            }
            Comparison::Number(relation) => {
                Alternatives::Numbers(relation, each(values, "a decimal number", Decimal::read)?)
            }
            Comparison::Date(relation) => {
                let form =
                    "a date such as 2026-01-31 or 2026-01-31T12:00:00Z, or seconds since 1970";
                Alternatives::Instants(relation, each(values, form, Instant::read)?)
            }
            Comparison::Bool => Alternatives::Truths(each(values, "true or false", read_truth)?),
            Comparison::Binary => Alternatives::Bytes(each(values, "base64", read_bytes)?),
            Comparison::Address => {
                let form = "an address or a range such as 203.0.113.0/24";
                Alternatives::Networks(each(values, form, Network::read)?)
            }
        }))
    }

    fn texts<T>(&mut self, values: &[Node<'_>], wildcards: bool) -> Result<Vec<T>, Problem>
    where
        T: From<crate::variable::Template>,
    {
        let texts = values.iter().map(|node| {
            let template = self.template(node, &node.scalar()?, wildcards)?;
            Ok(template.into())
        });
        texts.collect()
    }

    /// Tells of conditions that are allowed and hold more often, or less, than they seem to.
    fn warn_about(
        &mut self,
        member: &Member<'_>,
        key: Key<'_>,
        operator: Operator,
        effect: Effect,
    ) {
        let name = quoted(&member.name);
        let has_values = operator.comparison != Comparison::Null;
        if key.has_many_values() && operator.quantifier.is_none() && has_values {
            let text = format!("{name} has several values: say ForAllValues: or ForAnyValue:");
            self.warn(&member.key, text);
        }
        if let Key::Ours(key) = key
            && !self.named.is_empty()
            && !self.named.iter().any(|action| action.has(key))
        {
            let text = format!("none of the statement's actions has the key {name}");
            self.warn(&member.key, text);
        }
        let is_loose = operator.quantifier == Some(Quantifier::All) && !key.has_many_values();
        if is_loose && effect == Effect::Allow {
            let text = format!("{name} has one value, and ForAllValues: also holds without it");
            self.warn(&member.key, text);
        }
    }
}

/// Every value in the form that an operator needs.
fn each<T>(
    values: &[Node<'_>],
    form: &str,
    read: impl Fn(&str) -> Option<T>,
) -> Result<Vec<T>, Problem> {
    let values = values.iter().map(|node| {
        let text = node.scalar()?;
        let wrong = || node.problem(format!("must be {form}, not {}", quoted(&text)));
        read(&text).ok_or_else(wrong)
    });
    values.collect()
}
