//! The operators of conditions: their names, and how each compares one value of a request with those of a policy
//! (protocol 7.2).
//!
//! What is absent or has several values is the concern of [`condition`](crate::condition).

mod decimal;
mod instant;

use crate::network::Network;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::cmp::Ordering;

pub(crate) use decimal::Decimal;
pub(crate) use instant::Instant;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::arn::ArnPattern;
use crate::facts::Facts;
use crate::json::quoted;
use crate::nearest::suggestion;
use crate::pattern::{Folded, Glob};
use crate::variable::Pattern;

/// An operator as it is named in a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Operator {
    /// `ForAllValues:` or `ForAnyValue:`.
    pub(crate) quantifier: Option<Quantifier>,
    /// What it compares, and how.
    pub(crate) comparison: Comparison,
    /// The name has a "Not": it holds when no value of the policy fits.
    pub(crate) is_negated: bool,
    /// It also holds when the key is absent.
    pub(crate) if_exists: bool,
}

/// For keys with several values: how many of them must fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Quantifier {
    /// Every one; none at all will do.
    All,
    /// At least one.
    Any,
}

/// How values are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparison {
    /// Texts, the same.
    Text,
    /// Texts, the same but for case.
    TextIgnoringCase,
    /// Texts, with wildcards.
    TextLike,
    /// Decimal numbers.
    Number(Relation),
    /// Instants.
    Date(Relation),
    /// `true` and `false`.
    Bool,
    /// Bytes in base64.
    Binary,
    /// An address in a range.
    Address,
    /// ARNs, with wildcards.
    Arn,
    /// Whether there is a value at all.
    Null,
}

/// The order that is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Relation {
    /// The same.
    Equal,
    /// The request's value is less.
    Less,
    /// It is less or the same.
    LessOrEqual,
    /// It is greater.
    Greater,
    /// It is greater or the same.
    GreaterOrEqual,
}

const IF_EXISTS: &str = "IfExists";
const NULL: &str = "Null";
const QUANTIFIERS: [(&str, Option<Quantifier>); 3] = [
    ("ForAllValues:", Some(Quantifier::All)),
    ("ForAnyValue:", Some(Quantifier::Any)),
    ("", None),
];
const COMPARISONS: [(&str, Comparison, bool); 27] = {
    use Comparison::{Address, Arn, Binary, Bool, Date, Null, Number};
    use Comparison::{Text, TextIgnoringCase, TextLike};
    use Relation::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual};
    [
        ("StringEquals", Text, false),
        ("StringNotEquals", Text, true),
        ("StringEqualsIgnoreCase", TextIgnoringCase, false),
        ("StringNotEqualsIgnoreCase", TextIgnoringCase, true),
        ("StringLike", TextLike, false),
        ("StringNotLike", TextLike, true),
        ("NumericEquals", Number(Equal), false),
        ("NumericNotEquals", Number(Equal), true),
        ("NumericLessThan", Number(Less), false),
        ("NumericLessThanEquals", Number(LessOrEqual), false),
        ("NumericGreaterThan", Number(Greater), false),
        ("NumericGreaterThanEquals", Number(GreaterOrEqual), false),
        ("DateEquals", Date(Equal), false),
        ("DateNotEquals", Date(Equal), true),
        ("DateLessThan", Date(Less), false),
        ("DateLessThanEquals", Date(LessOrEqual), false),
        ("DateGreaterThan", Date(Greater), false),
        ("DateGreaterThanEquals", Date(GreaterOrEqual), false),
        ("Bool", Bool, false),
        ("BinaryEquals", Binary, false),
        ("IpAddress", Address, false),
        ("NotIpAddress", Address, true),
        ("ArnEquals", Arn, false),
        ("ArnLike", Arn, false),
        ("ArnNotEquals", Arn, true),
        ("ArnNotLike", Arn, true),
        (NULL, Null, false),
    ]
};

impl Operator {
    /// Reads a name, whose case counts.
    ///
    /// # Errors
    /// What is wrong with it, with the nearest known name.
    pub(crate) fn read(name: &str) -> Result<Operator, String> {
        if let Some((_, operator)) = Self::all().find(|(known, _)| known == name) {
            return Ok(operator);
        }
        if is_null_with_more(name) {
            let reason = "Null takes neither IfExists nor a quantifier: whether the key is there is what it asks";
            return Err(format!("unknown operator {}: {reason}", quoted(name)));
        }
        let names: Vec<String> = Self::all().map(|(name, _)| name).collect();
        let nearest = suggestion(name, names.iter().map(String::as_str));
        Err(format!("unknown operator {}{nearest}", quoted(name)))
    }

    /// Every operator with its name. Null takes neither quantifier nor IfExists: absence is what it asks about.
    fn all() -> impl Iterator<Item = (String, Operator)> {
        QUANTIFIERS.into_iter().flat_map(|(prefix, quantifier)| {
            COMPARISONS.into_iter().flat_map(move |row| {
                let (name, comparison, is_negated) = row;
                [("", false), (IF_EXISTS, true)]
                    .into_iter()
                    .filter(move |(_, if_exists)| {
                        comparison != Comparison::Null || (quantifier.is_none() && !if_exists)
                    })
                    .map(move |(suffix, if_exists)| {
                        let operator = Operator {
                            quantifier,
                            comparison,
                            is_negated,
                            if_exists,
                        };
                        (format!("{prefix}{name}{suffix}"), operator)
                    })
            })
        })
    }
}

/// Whether a name is Null with what only the others take.
fn is_null_with_more(name: &str) -> bool {
    let names = QUANTIFIERS.into_iter().map(|(prefix, _)| prefix);
    let mut inner = names.filter_map(|prefix| name.strip_prefix(prefix));
    inner.any(|name| name.strip_suffix(IF_EXISTS).unwrap_or(name) == NULL)
}

impl Relation {
    fn holds(self, order: Ordering) -> bool {
        match self {
            Relation::Equal => order.is_eq(),
            Relation::Less => order.is_lt(),
            Relation::LessOrEqual => order.is_le(),
            Relation::Greater => order.is_gt(),
            Relation::GreaterOrEqual => order.is_ge(),
        }
    }
}

/// The values that a policy gives for one key, any of which may fit.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Alternatives {
    /// Texts, with or without wildcards.
    Texts(Vec<Pattern<Glob>>),
    /// Texts of which case does not count.
    FoldedTexts(Vec<Pattern<Folded>>),
    /// Numbers.
    Numbers(Relation, Vec<Decimal>),
    /// Instants.
    Instants(Relation, Vec<Instant>),
    /// Truth values.
    Truths(Vec<bool>),
    /// Bytes.
    Bytes(Vec<Vec<u8>>),
    /// Ranges of addresses.
    Networks(Vec<Network>),
    /// ARNs.
    Arns(Vec<ArnPattern>),
}

impl Alternatives {
    /// Whether a value of the request fits any of them. One that cannot be read for the operator fits none.
    pub(crate) fn fit(&self, value: &str, facts: &dyn Facts) -> bool {
        match self {
            Self::Texts(patterns) => patterns.iter().any(|p| p.matches(value, facts)),
            Self::FoldedTexts(patterns) => patterns.iter().any(|p| p.matches(value, facts)),
            Self::Numbers(relation, numbers) => any(Decimal::read(value), numbers, *relation),
            Self::Instants(relation, instants) => any(Instant::read(value), instants, *relation),
            Self::Truths(truths) => read_truth(value).is_some_and(|truth| truths.contains(&truth)),
            Self::Bytes(known) => read_bytes(value).is_some_and(|bytes| known.contains(&bytes)),
            Self::Networks(networks) => value
                .parse()
                .is_ok_and(|address| networks.iter().any(|network| network.contains(address))),
            Self::Arns(patterns) => patterns.iter().any(|p| p.matches(value, facts)),
        }
    }
}

impl Alternatives {
    /// The keys of the variables in them, folded.
    pub(crate) fn keys(&self) -> Vec<&str> {
        match self {
            Self::Texts(patterns) => patterns.iter().flat_map(Pattern::keys).collect(),
            Self::FoldedTexts(patterns) => patterns.iter().flat_map(Pattern::keys).collect(),
            Self::Arns(patterns) => patterns.iter().flat_map(ArnPattern::keys).collect(),
            Self::Numbers(..)
            | Self::Instants(..)
            | Self::Truths(_)
            | Self::Bytes(_)
            | Self::Networks(_) => Vec::new(),
        }
    }
}

fn any<T: Ord>(value: Option<T>, others: &[T], relation: Relation) -> bool {
    value.is_some_and(|value| {
        let mut others = others.iter();
        others.any(|other| relation.holds(value.cmp(other)))
    })
}

/// `true` or `false`.
pub(crate) fn read_truth(text: &str) -> Option<bool> {
    text.parse().ok()
}

/// Bytes from base64.
pub(crate) fn read_bytes(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::collections::{BTreeMap, BTreeSet};
    use alloc::string::ToString;

    #[test]
    fn every_combination_has_one_name() {
        let names: BTreeSet<String> = Operator::all().map(|(name, _)| name).collect();
        assert_eq!(names.len(), 26 * 2 * 3 + 1);
        for (name, operator) in Operator::all() {
            assert_eq!(Operator::read(&name), Ok(operator));
        }
    }

    #[test]
    fn unknown_operators_are_told_with_the_nearest() {
        for (name, expected) in [
            (
                "StringLik",
                "unknown operator 'StringLik'; did you mean 'StringLike'?",
            ),
            (
                "stringequals",
                "unknown operator 'stringequals'; did you mean 'StringEquals'?",
            ),
            (
                "ForAnyValues:StringLike",
                "unknown operator 'ForAnyValues:StringLike'; did you mean 'ForAnyValue:StringLike'?",
            ),
            (
                "BoolIfExist",
                "unknown operator 'BoolIfExist'; did you mean 'BoolIfExists'?",
            ),
            ("Whatever", "unknown operator 'Whatever'"),
        ] {
            assert_eq!(Operator::read(name), Err(expected.to_string()));
        }
        for name in [
            "NullIfExists",
            "ForAllValues:Null",
            "ForAnyValue:NullIfExists",
        ] {
            let error = Operator::read(name).expect_err(name);
            assert!(error.contains("Null takes neither IfExists"), "{error}");
        }
    }

    #[test]
    fn truths_and_bytes() {
        let facts = BTreeMap::new();
        let truths = Alternatives::Truths([true].into());
        assert!(truths.fit("true", &facts));
        assert!(!truths.fit("false", &facts) && !truths.fit("yes", &facts));
        let bytes = Alternatives::Bytes([b"key".to_vec()].into());
        assert!(bytes.fit("a2V5", &facts));
        assert!(!bytes.fit("key", &facts) && !bytes.fit("!", &facts));
    }
}
