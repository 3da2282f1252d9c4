//! Applies a tree to a value. Evaluations inside one another are counted: expression references are values, so a query
//! can apply one to itself.

use std::cmp::Ordering;

use crate::ast::{Comparator, DEEPEST, Kind, Node, Slice};
use crate::error::SearchError;
use crate::signature;
use crate::value::{Value, get, set};

type Result<T> = std::result::Result<T, Box<SearchError>>;

#[derive(Default)]
pub(crate) struct Evaluator {
    depth: usize,
}

impl Evaluator {
    pub(crate) fn visit(&mut self, node: &Node, value: &Value) -> Result<Value> {
        if self.depth == DEEPEST {
            return Err(SearchError::TooDeep.into());
        }
        self.depth += 1;
        let result = self.apply(&node.kind, value);
        self.depth -= 1;
        result
    }

    fn apply(&mut self, kind: &Kind, value: &Value) -> Result<Value> {
        match kind {
            Kind::Current => Ok(value.clone()),
            Kind::Field(name) => Ok(field(value, name)),
            Kind::Literal(literal) => Ok(literal.clone()),
            Kind::Index(position) => Ok(index(value, *position)),
            Kind::Slice(part) => slice(value, part),
            Kind::Subexpression(nodes) | Kind::IndexExpression(nodes) => self.chain(nodes, value),
            Kind::Pipe(left, right) => self.pipe(left, right, value),
            Kind::Or(left, right) => self.either(left, right, value, true),
            Kind::And(left, right) => self.either(left, right, value, false),
            Kind::Not(node) => self.not(node, value),
            Kind::Comparison(comparator, left, right) => {
                self.comparison(*comparator, left, right, value)
            }
            Kind::Projection(base, right) => self.projection(base, right, value),
            Kind::ValueProjection(base, right) => self.value_projection(base, right, value),
            Kind::Filter {
                base,
                condition,
                right,
            } => self.filter(base, condition, right, value),
            Kind::Flatten(node) => self.flatten(node, value),
            Kind::MultiSelectList(nodes) => self.multi_select_list(nodes, value),
            Kind::MultiSelectHash(pairs) => self.multi_select_hash(pairs, value),
            Kind::Function(name, nodes) => self.call(name, nodes, value),
            Kind::Expression(node) => Ok(Value::Expression(node.clone())),
        }
    }

    /// Applies an expression reference; the signatures of functions see to it that it is one.
    pub(crate) fn apply_reference(&mut self, reference: &Value, value: &Value) -> Result<Value> {
        let Value::Expression(node) = reference else {
            return Ok(Value::Null);
        };
        self.visit(node, value)
    }

    fn pipe(&mut self, left: &Node, right: &Node, value: &Value) -> Result<Value> {
        let left = self.visit(left, value)?;
        self.visit(right, &left)
    }

    /// The left one if its truth is the one asked for, else the right one.
    fn either(&mut self, left: &Node, right: &Node, value: &Value, truth: bool) -> Result<Value> {
        let left = self.visit(left, value)?;
        if left.is_true() == truth {
            return Ok(left);
        }
        self.visit(right, value)
    }

    fn not(&mut self, node: &Node, value: &Value) -> Result<Value> {
        let value = self.visit(node, value)?;
        Ok(Value::Bool(!value.is_true()))
    }

    fn comparison(
        &mut self,
        comparator: Comparator,
        left: &Node,
        right: &Node,
        value: &Value,
    ) -> Result<Value> {
        let left = self.visit(left, value)?;
        let right = self.visit(right, value)?;
        compare(comparator, &left, &right)
    }

    fn flatten(&mut self, node: &Node, value: &Value) -> Result<Value> {
        let value = self.visit(node, value)?;
        flatten(&value)
    }

    fn call(&mut self, name: &str, nodes: &[Node], value: &Value) -> Result<Value> {
        let arguments = self.all(nodes, value)?;
        signature::call(self, name, &arguments)
    }

    fn chain(&mut self, nodes: &[Node], value: &Value) -> Result<Value> {
        nodes
            .iter()
            .try_fold(value.clone(), |value, node| self.visit(node, &value))
    }

    fn all(&mut self, nodes: &[Node], value: &Value) -> Result<Vec<Value>> {
        nodes.iter().map(|node| self.visit(node, value)).collect()
    }

    fn multi_select_list(&mut self, nodes: &[Node], value: &Value) -> Result<Value> {
        if matches!(value, Value::Null) {
            return Ok(Value::Null);
        }
        Value::list(self.all(nodes, value)?)
    }

    fn multi_select_hash(&mut self, pairs: &[(String, Node)], value: &Value) -> Result<Value> {
        if matches!(value, Value::Null) {
            return Ok(Value::Null);
        }
        let mut members = Vec::with_capacity(pairs.len());
        for (name, node) in pairs {
            set(&mut members, name, self.visit(node, value)?);
        }
        Value::map(members)
    }

    fn projection(&mut self, base: &Node, right: &Node, value: &Value) -> Result<Value> {
        let Value::List(list) = self.visit(base, value)? else {
            return Ok(Value::Null);
        };
        self.project(list.items.iter(), right)
    }

    fn value_projection(&mut self, base: &Node, right: &Node, value: &Value) -> Result<Value> {
        let Value::Map(map) = self.visit(base, value)? else {
            return Ok(Value::Null);
        };
        self.project(map.items.iter().map(|(_, value)| value), right)
    }

    fn filter(
        &mut self,
        base: &Node,
        condition: &Node,
        right: &Node,
        value: &Value,
    ) -> Result<Value> {
        let Value::List(list) = self.visit(base, value)? else {
            return Ok(Value::Null);
        };
        let mut collected = Vec::new();
        for element in &list.items {
            if self.visit(condition, element)?.is_true() {
                collected.extend(some(self.visit(right, element)?));
            }
        }
        Value::list(collected)
    }

    /// What the right side gives for each element, without nulls.
    fn project<'a>(
        &mut self,
        elements: impl Iterator<Item = &'a Value>,
        right: &Node,
    ) -> Result<Value> {
        let mut collected = Vec::new();
        for element in elements {
            collected.extend(some(self.visit(right, element)?));
        }
        Value::list(collected)
    }
}

fn some(value: Value) -> Option<Value> {
    (!matches!(value, Value::Null)).then_some(value)
}

fn field(value: &Value, name: &str) -> Value {
    let Value::Map(map) = value else {
        return Value::Null;
    };
    get(&map.items, name).cloned().unwrap_or(Value::Null)
}

fn index(value: &Value, position: i64) -> Value {
    let Value::List(list) = value else {
        return Value::Null;
    };
    let from_begin = if position < 0 {
        position.saturating_add_unsigned(list.items.len() as u64)
    } else {
        position
    };
    usize::try_from(from_begin)
        .ok()
        .and_then(|position| list.items.get(position))
        .cloned()
        .unwrap_or(Value::Null)
}

/// Python's slices: parts out of range end at the ends, a negative step goes backwards.
fn slice(value: &Value, part: &Slice) -> Result<Value> {
    let Value::List(list) = value else {
        return Ok(Value::Null);
    };
    let length = i64::try_from(list.items.len()).unwrap_or(i64::MAX);
    let step = part.step.unwrap_or(1);
    if step == 0 {
        return Err(SearchError::SliceStep.into());
    }
    let (lowest, highest) = if step > 0 {
        (0, length)
    } else {
        (-1, length - 1)
    };
    let (first, end) = if step > 0 {
        (lowest, highest)
    } else {
        (highest, lowest)
    };
    let place = |given: i64| {
        let from_begin = if given < 0 {
            given.saturating_add(length)
        } else {
            given
        };
        from_begin.clamp(lowest, highest)
    };
    let stop = part.stop.map_or(end, place);
    let mut position = part.start.map_or(first, place);
    let mut taken = Vec::new();
    while if step > 0 {
        position < stop
    } else {
        position > stop
    } {
        taken.extend(
            usize::try_from(position)
                .ok()
                .and_then(|at| list.items.get(at))
                .cloned(),
        );
        position = position.saturating_add(step);
    }
    Value::list(taken)
}

fn flatten(value: &Value) -> Result<Value> {
    let Value::List(list) = value else {
        return Ok(Value::Null);
    };
    let mut merged = Vec::new();
    for element in &list.items {
        match element {
            Value::List(inner) => merged.extend_from_slice(&inner.items),
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::String(_)
            | Value::Map(_)
            | Value::Expression(_)
            | Value::Foreign(_) => merged.push(element.clone()),
        }
    }
    Value::list(merged)
}

/// Equality is for all values, but at the top a truth value is no number; order is for numbers and texts, and null for
/// anything else.
fn compare(comparator: Comparator, left: &Value, right: &Value) -> Result<Value> {
    let equal = || {
        let one_is_bool = matches!(left, Value::Bool(_)) != matches!(right, Value::Bool(_));
        !one_is_bool && left.equals(right)
    };
    let is_ordered = |value: &Value| matches!(value, Value::Number(_) | Value::String(_));
    let ordered = |fits: fn(Ordering) -> bool| {
        if !is_ordered(left) || !is_ordered(right) {
            return Ok(Value::Null);
        }
        let order = order(left, right, comparator.symbol())?;
        Ok(Value::Bool(order.is_some_and(fits)))
    };
    match comparator {
        Comparator::Equal => Ok(Value::Bool(equal())),
        Comparator::NotEqual => Ok(Value::Bool(!equal())),
        Comparator::Less => ordered(Ordering::is_lt),
        Comparator::LessOrEqual => ordered(Ordering::is_le),
        Comparator::Greater => ordered(Ordering::is_gt),
        Comparator::GreaterOrEqual => ordered(Ordering::is_ge),
    }
}

/// The order of two numbers (none with a NaN) or of two texts; the symbol is for the error.
pub(crate) fn order(left: &Value, right: &Value, symbol: &'static str) -> Result<Option<Ordering>> {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => Ok(left.compare(right)),
        (Value::String(left), Value::String(right)) => Ok(Some(left.cmp(right))),
        (left, right) => Err(SearchError::NotComparable {
            symbol,
            left: left.class(),
            right: right.class(),
        }
        .into()),
    }
}
