//! Values while a query is applied: as JSON, but cheap to share, with numbers read and expression references among them.
//! Every array and object knows its depth and weight, and none is deeper or heavier than the bounds below.

use std::sync::Arc;

use everbeat_json::{Foreign, Json, compact, python};

use crate::ast::Node;
use crate::error::SearchError;
use crate::number::Number;

/// The greatest depth of a value: that of what is read, and again as much from the query.
const DEEPEST: usize = 1000;

/// The greatest weight of a value, near to the bytes it takes as a result.
const HEAVIEST: usize = 1 << 30;

/// The weight of a value without its texts and elements.
const WEIGHT: usize = 64;

/// The greatest length of a text that a function makes, in bytes.
const LONGEST: usize = 1 << 26;

/// What the reference shows for an expression reference, but for the address in its memory.
const EXPRESSION: &str = "<jmespath.visitor._Expression object>";

#[derive(Debug, Clone)]
pub(crate) enum Value {
    Null,
    Bool(bool),
    Number(Arc<Number>),
    String(Arc<str>),
    List(Arc<Nested<Self>>),
    Map(Arc<Nested<(String, Self)>>),
    Expression(Arc<Node>),
    Foreign(Arc<Foreign>),
}

/// The elements of an array or the members of an object.
#[derive(Debug)]
pub(crate) struct Nested<T> {
    pub(crate) items: Vec<T>,
    depth: usize,
    weight: usize,
}

impl<T> Nested<T> {
    fn new(
        items: Vec<T>,
        measure: fn(&T) -> (usize, usize),
    ) -> Result<Arc<Self>, Box<SearchError>> {
        let (mut depth, mut weight) = (0, WEIGHT);
        for item in &items {
            let (of_item, weight_of_item) = measure(item);
            depth = of_item.max(depth);
            weight = weight_of_item.saturating_add(weight);
        }
        depth += 1;
        if depth > DEEPEST {
            return Err(SearchError::TooDeep.into());
        }
        if weight > HEAVIEST {
            return Err(SearchError::TooLarge.into());
        }
        Ok(Arc::new(Self {
            items,
            depth,
            weight,
        }))
    }
}

impl Value {
    pub(crate) fn list(elements: Vec<Self>) -> Result<Self, Box<SearchError>> {
        Nested::new(elements, |element| (element.depth(), element.weight())).map(Self::List)
    }

    /// Of members with different names.
    pub(crate) fn map(members: Vec<(String, Self)>) -> Result<Self, Box<SearchError>> {
        Nested::new(members, |(name, value)| {
            (value.depth(), value.weight() + name.len())
        })
        .map(Self::Map)
    }

    pub(crate) fn text(text: String) -> Result<Self, Box<SearchError>> {
        Self::bounded(text.len())?;
        Ok(Self::String(text.into()))
    }

    /// Refuses a text of so many bytes, before or after it is made.
    pub(crate) fn bounded(bytes: usize) -> Result<(), Box<SearchError>> {
        if bytes > LONGEST {
            return Err(SearchError::TooLarge.into());
        }
        Ok(())
    }

    pub(crate) fn number(number: Number) -> Self {
        Self::Number(Arc::new(number))
    }

    fn depth(&self) -> usize {
        match self {
            Self::List(list) => list.depth,
            Self::Map(map) => map.depth,
            Self::Null
            | Self::Bool(_)
            | Self::Number(_)
            | Self::String(_)
            | Self::Expression(_)
            | Self::Foreign(_) => 0,
        }
    }

    fn weight(&self) -> usize {
        match self {
            Self::List(list) => list.weight,
            Self::Map(map) => map.weight,
            Self::String(text) => WEIGHT + text.len(),
            Self::Null
            | Self::Bool(_)
            | Self::Number(_)
            | Self::Expression(_)
            | Self::Foreign(_) => WEIGHT,
        }
    }

    pub(crate) fn from_json(value: &Json) -> Result<Self, Box<SearchError>> {
        Ok(match value {
            Json::Null => Self::Null,
            Json::Bool(truth) => Self::Bool(*truth),
            Json::Number(text) => Self::number(Number::from_json(text)),
            Json::String(text) => Self::String(text.as_str().into()),
            Json::Foreign(foreign) => Self::Foreign(Arc::new(foreign.clone())),
            Json::List(elements) => Self::list(
                elements
                    .iter()
                    .map(Self::from_json)
                    .collect::<Result<_, _>>()?,
            )?,
            Json::Map(members) => Self::map(
                members
                    .iter()
                    .map(|(name, value)| Ok((name.clone(), Self::from_json(value)?)))
                    .collect::<Result<_, Box<SearchError>>>()?,
            )?,
        })
    }

    pub(crate) fn to_json(&self) -> Json {
        match self {
            Self::Null => Json::Null,
            Self::Bool(truth) => Json::Bool(*truth),
            Self::Number(number) => Json::Number(number.to_json()),
            Self::String(text) => Json::String(text.to_string()),
            Self::List(list) => Json::List(list.items.iter().map(Self::to_json).collect()),
            Self::Map(map) => Json::Map(
                map.items
                    .iter()
                    .map(|(name, value)| (name.clone(), value.to_json()))
                    .collect(),
            ),
            Self::Expression(_) => Json::Foreign(Foreign {
                class: "_Expression",
                str: EXPRESSION.into(),
                repr: EXPRESSION.into(),
            }),
            Self::Foreign(foreign) => Json::Foreign(foreign.as_ref().clone()),
        }
    }

    /// The name of Python's class.
    pub(crate) fn class(&self) -> &'static str {
        match self {
            Self::Null => "NoneType",
            Self::Bool(_) => "bool",
            Self::Number(number) => match number.as_ref() {
                Number::Integer(_) => "int",
                Number::Float(_) => "float",
            },
            Self::String(_) => "str",
            Self::List(_) => "list",
            Self::Map(_) => "dict",
            Self::Expression(_) => "_Expression",
            Self::Foreign(foreign) => foreign.class,
        }
    }

    /// The name of JMESPath's type.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "boolean",
            Self::Number(_) => "number",
            Self::String(_) => "string",
            Self::List(_) => "array",
            Self::Map(_) => "object",
            Self::Expression(_) => "expref",
            Self::Foreign(_) => "unknown",
        }
    }

    /// As Python's `str` shows it.
    pub(crate) fn shown(&self) -> String {
        python::str(&self.to_json())
    }

    /// As Python's encoder writes it, without blanks.
    pub(crate) fn write_compact(&self, out: &mut String) {
        let quoted = |text: &str| compact(&Json::String(text.into()));
        match self {
            Self::List(list) => {
                out.push('[');
                for (position, element) in list.items.iter().enumerate() {
                    out.push_str(if position > 0 { "," } else { "" });
                    element.write_compact(out);
                }
                out.push(']');
            }
            Self::Map(map) => {
                out.push('{');
                for (position, (name, value)) in map.items.iter().enumerate() {
                    out.push_str(if position > 0 { "," } else { "" });
                    out.push_str(&quoted(name));
                    out.push(':');
                    value.write_compact(out);
                }
                out.push('}');
            }
            Self::Null
            | Self::Bool(_)
            | Self::Number(_)
            | Self::String(_)
            | Self::Expression(_)
            | Self::Foreign(_) => out.push_str(&compact(&self.to_json())),
        }
    }

    /// Not what JMESPath takes for false: null, false, and empty texts, arrays and objects. Zero is true.
    pub(crate) fn is_true(&self) -> bool {
        match self {
            Self::Null => false,
            Self::Bool(truth) => *truth,
            Self::String(text) => !text.is_empty(),
            Self::List(list) => !list.items.is_empty(),
            Self::Map(map) => !map.items.is_empty(),
            Self::Number(_) | Self::Expression(_) | Self::Foreign(_) => true,
        }
    }

    /// Python's `==`, for which true is 1 and false is 0.
    pub(crate) fn equals(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Null, Self::Null) => true,
            (Self::Bool(left), Self::Bool(right)) => left == right,
            (Self::Number(left), Self::Number(right)) => {
                left.compare(right).is_some_and(|order| order.is_eq())
            }
            (Self::Bool(true), Self::Number(number)) | (Self::Number(number), Self::Bool(true)) => {
                number.is_one()
            }
            (Self::Bool(false), Self::Number(number))
            | (Self::Number(number), Self::Bool(false)) => number.is_zero(),
            (Self::String(left), Self::String(right)) => left == right,
            (Self::List(left), Self::List(right)) => {
                left.items.len() == right.items.len()
                    && left
                        .items
                        .iter()
                        .zip(&right.items)
                        .all(|(left, right)| left.equals(right))
            }
            (Self::Map(left), Self::Map(right)) => {
                left.items.len() == right.items.len()
                    && left.items.iter().all(|(name, value)| {
                        get(&right.items, name).is_some_and(|other| value.equals(other))
                    })
            }
            (Self::Expression(left), Self::Expression(right)) => Arc::ptr_eq(left, right),
            (Self::Foreign(left), Self::Foreign(right)) => left == right,
            (
                Self::Null
                | Self::Bool(_)
                | Self::Number(_)
                | Self::String(_)
                | Self::List(_)
                | Self::Map(_)
                | Self::Expression(_)
                | Self::Foreign(_),
                _,
            ) => false,
        }
    }
}

/// The member of that name.
pub(crate) fn get<'a>(members: &'a [(String, Value)], name: &str) -> Option<&'a Value> {
    members
        .iter()
        .find(|(member, _)| member == name)
        .map(|(_, value)| value)
}

/// Sets a member: a known one keeps its place.
pub(crate) fn set(members: &mut Vec<(String, Value)>, name: &str, value: Value) {
    match members.iter_mut().find(|(member, _)| member == name) {
        Some((_, old)) => *old = value,
        None => members.push((name.into(), value)),
    }
}
