//! The tree of a query. Its height is bounded, so that walking and dropping it cannot exhaust the stack.

use std::sync::Arc;

use crate::error::QueryError;
use crate::value::Value;

/// The greatest height of a tree and the greatest number of evaluations inside one another; the reference gives up a
/// little below this.
pub(crate) const DEEPEST: usize = 500;

#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) kind: Box<Kind>,
    height: usize,
}

#[derive(Debug, Clone)]
pub(crate) enum Kind {
    /// `@`, and what a projection without a right side applies.
    Current,
    Field(String),
    Literal(Value),
    /// Out of the range of `i64`: at its edge.
    Index(i64),
    Slice(Slice),
    /// `a.b.c`: each applied to what the one before gave.
    Subexpression(Vec<Node>),
    /// `a[0][1]`: the same, but another kind, because the parser treats the two differently.
    IndexExpression(Vec<Node>),
    Pipe(Node, Node),
    Or(Node, Node),
    And(Node, Node),
    Not(Node),
    Comparison(Comparator, Node, Node),
    Projection(Node, Node),
    ValueProjection(Node, Node),
    Filter {
        base: Node,
        condition: Node,
        right: Node,
    },
    Flatten(Node),
    MultiSelectList(Vec<Node>),
    MultiSelectHash(Vec<(String, Node)>),
    Function(String, Vec<Node>),
    /// `&a`; shared because it is also a value.
    Expression(Arc<Node>),
}

/// The three parts of `[start:stop:step]`.
#[derive(Debug, Clone, Default)]
pub(crate) struct Slice {
    pub(crate) start: Option<i64>,
    pub(crate) stop: Option<i64>,
    pub(crate) step: Option<i64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Comparator {
    pub(crate) fn symbol(self) -> &'static str {
        match self {
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
        }
    }
}

impl Node {
    pub(crate) fn new(kind: Kind) -> Result<Self, Box<QueryError>> {
        let height = kind.height_of_children() + 1;
        if height > DEEPEST {
            return Err(QueryError::TooDeep.into());
        }
        Ok(Self {
            kind: Box::new(kind),
            height,
        })
    }

    /// Adds a part to a chain, a subexpression or an index expression.
    pub(crate) fn push(&mut self, part: Self) -> Result<(), Box<QueryError>> {
        self.height = self.height.max(part.height + 1);
        if self.height > DEEPEST {
            return Err(QueryError::TooDeep.into());
        }
        if let Kind::Subexpression(parts) | Kind::IndexExpression(parts) = self.kind.as_mut() {
            parts.push(part);
        }
        Ok(())
    }
}

impl Kind {
    fn height_of_children(&self) -> usize {
        let highest = |nodes: &[Node]| nodes.iter().map(|node| node.height).max().unwrap_or(0);
        match self {
            Self::Current | Self::Field(_) | Self::Literal(_) | Self::Index(_) | Self::Slice(_) => {
                0
            }
            Self::Not(node) | Self::Flatten(node) => node.height,
            Self::Expression(node) => node.height,
            Self::Pipe(left, right)
            | Self::Or(left, right)
            | Self::And(left, right)
            | Self::Comparison(_, left, right)
            | Self::Projection(left, right)
            | Self::ValueProjection(left, right) => left.height.max(right.height),
            Self::Filter {
                base,
                condition,
                right,
            } => base.height.max(condition.height).max(right.height),
            Self::Subexpression(nodes)
            | Self::IndexExpression(nodes)
            | Self::MultiSelectList(nodes)
            | Self::Function(_, nodes) => highest(nodes),
            Self::MultiSelectHash(pairs) => {
                pairs.iter().map(|(_, node)| node.height).max().unwrap_or(0)
            }
        }
    }
}
