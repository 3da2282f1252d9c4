//! What a description is: the descriptor types, the traits that tie a Rust type to its descriptor, and the macros that
//! make both from one text.
//!
//! A structure is written once, like this:
//!
//! ```text
//! structure! {
//!     /// What the structure is.
//!     PollForActivityTaskInput {
//!         /// What the member means (also the help text of the command line).
//!         domain: DomainName,
//!         task_list: TaskList = [Name, NoEdgeSpace],
//!         identity: Option<Identity>,
//!     }
//! }
//! ```
//!
//! Members stand in the order of SWF's model. `Option` makes a member optional; the rules in brackets come from the
//! documentation's prose ([`Rule`]). The wire name is the camelCase form of the field name. From this text the macro
//! makes the struct, its descriptor, its JSON writer (members in alphabetical order, absent members left out, as
//! Amazon's service does) and its JSON reader.

#[macro_use]
mod macros;

use alloc::{string::String, vec::Vec};
use serde::ser::SerializeMap;
use serde_json::Value;

/// The description of a shape.
#[derive(Debug)]
pub enum Shape {
    /// Text with bounds on its length.
    String(StringShape),
    /// Text out of a fixed set.
    Enum(EnumShape),
    /// A whole number with bounds.
    Integer(IntegerShape),
    /// True or false.
    Boolean {
        /// SWF's name of the shape.
        name: &'static str,
    },
    /// An instant, in JSON a number of seconds since 1970 with a fraction of milliseconds.
    Timestamp {
        /// SWF's name of the shape.
        name: &'static str,
    },
    /// A list of values of one shape.
    List(ListShape),
    /// Named members.
    Structure(StructureShape),
}

impl Shape {
    /// SWF's name of the shape.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::String(shape) => shape.name,
            Self::Enum(shape) => shape.name,
            Self::Integer(shape) => shape.name,
            Self::Boolean { name } | Self::Timestamp { name } => name,
            Self::List(shape) => shape.name,
            Self::Structure(shape) => shape.name,
        }
    }

    /// The structure that this shape is, if it is one.
    pub const fn structure(&self) -> Option<&StructureShape> {
        if let Self::Structure(shape) = self {
            Some(shape)
        } else {
            None
        }
    }
}

/// Text with bounds on its length in Unicode scalar values.
#[derive(Debug)]
pub struct StringShape {
    /// SWF's name of the shape.
    pub name: &'static str,
    /// Smallest length.
    pub min: usize,
    /// Greatest length; `usize::MAX` where SWF gives none.
    pub max: usize,
    /// An empty string counts as not given (protocol.md section 2).
    pub empty_is_absent: bool,
}

impl StringShape {
    /// Text without bounds, the base of all others.
    pub const ANY: Self = Self {
        name: "",
        min: 0,
        max: usize::MAX,
        empty_is_absent: false,
    };
}

/// Text out of a fixed set.
#[derive(Debug)]
pub struct EnumShape {
    /// SWF's name of the shape.
    pub name: &'static str,
    /// The values in the order of SWF's model.
    pub values: &'static [&'static str],
    /// The values in the order in which SWF's error text lists them.
    pub message_order: &'static [&'static str],
}

/// A whole number.
#[derive(Debug)]
pub struct IntegerShape {
    /// SWF's name of the shape.
    pub name: &'static str,
    /// Smallest value; `i64::MIN` where SWF gives none.
    pub min: i64,
    /// Greatest value; `i64::MAX` where SWF gives none.
    pub max: i64,
}

impl IntegerShape {
    /// A number without bounds, the base of all others.
    pub const ANY: Self = Self {
        name: "",
        min: i64::MIN,
        max: i64::MAX,
    };
}

/// A list of values of one shape.
#[derive(Debug)]
pub struct ListShape {
    /// SWF's name of the shape.
    pub name: &'static str,
    /// Greatest number of elements; `usize::MAX` where SWF gives none.
    pub max: usize,
    /// Whether an element may be `null`.
    pub is_sparse: bool,
    /// Shape of the elements.
    pub element: &'static Shape,
}

/// Named members.
#[derive(Debug)]
pub struct StructureShape {
    /// SWF's name of the shape.
    pub name: &'static str,
    /// What it is, in our own words.
    pub documentation: &'static str,
    /// The members in the order of SWF's model.
    pub members: &'static [MemberDescriptor],
    /// Set on a structure whose one member names another member that must then be there (decisions).
    pub tag: Option<Tagged>,
}

impl StructureShape {
    /// The member of that wire name.
    pub fn member(&self, name: &str) -> Option<&'static MemberDescriptor> {
        self.members.iter().find(|member| member.name == name)
    }
}

/// A structure in which the value of one member decides which other member counts.
#[derive(Debug)]
pub struct Tagged {
    /// The deciding member.
    pub member: &'static str,
    /// From the deciding member's value to the name of the member that counts; an absent one counts as empty
    /// (execution.md section 4.2).
    pub attributes: fn(&str) -> Option<&'static str>,
}

/// One member of a structure.
#[derive(Debug)]
pub struct MemberDescriptor {
    /// Name on the wire.
    pub name: &'static str,
    /// What it means, in our own words.
    pub documentation: &'static str,
    /// Must be present in a request.
    pub required: bool,
    /// Shape of the value.
    pub shape: &'static Shape,
    /// Rules beyond the shape's own constraints.
    pub rules: &'static [Rule],
}

/// Rules that SWF's documentation states in prose (protocol.md section 5.2). On a task list they hold for its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// No `:` `/` `|`, no control characters, not exactly `arn`.
    Name,
    /// As [`Rule::Name`], but `:` may occur: the AWS Flow Framework names children `RUN-ID:NUMBER`.
    NameWithColon,
    /// No white space at either end.
    NoEdgeSpace,
    /// At most eight decimal digits.
    Seconds,
    /// At most eight decimal digits, or `NONE`.
    SecondsOrNone,
    /// 1 to 900.
    Seconds1To900,
    /// A decimal integer of 32 bits.
    Int32,
    /// 0 to 90, or `NONE`.
    Days0To90OrNone,
    /// Letters, digits, white space and `_ . : / = + - @`.
    TagChars,
}

/// A Rust type that has a descriptor.
pub trait Described: Sized {
    /// The description of this type.
    const SHAPE: &'static Shape;

    /// Reads a value that has been checked, or that this server wrote itself.
    fn from_json(value: Value) -> Result<Self, Mismatch>;
}

/// The JSON does not have the form of the shape. Cannot happen to a request that passed validation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    /// The innermost shape that did not fit.
    pub shape: &'static str,
}

impl core::fmt::Display for Mismatch {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "the JSON does not have the form of {}", self.shape)
    }
}

impl core::error::Error for Mismatch {}

/// A type that can stand as a member of a structure or an element of a list: a described type, or an `Option` of one.
pub trait Member: Sized {
    /// False for an `Option`.
    const REQUIRED: bool;
    /// The description of the value.
    const VALUE_SHAPE: &'static Shape;

    /// Reads the member from its value, which may be absent.
    fn read(value: Option<Value>) -> Result<Self, Mismatch>;

    /// Writes the member unless it is absent.
    fn write<M: SerializeMap>(&self, name: &'static str, map: &mut M) -> Result<(), M::Error>;
}

impl<T: Described + serde::Serialize> Member for T {
    const REQUIRED: bool = true;
    const VALUE_SHAPE: &'static Shape = T::SHAPE;

    fn read(value: Option<Value>) -> Result<Self, Mismatch> {
        match value {
            Some(value) => T::from_json(value),
            None => Err(Mismatch {
                shape: T::SHAPE.name(),
            }),
        }
    }

    fn write<M: SerializeMap>(&self, name: &'static str, map: &mut M) -> Result<(), M::Error> {
        map.serialize_entry(name, self)
    }
}

impl<T: Described + serde::Serialize> Member for Option<T> {
    const REQUIRED: bool = false;
    const VALUE_SHAPE: &'static Shape = T::SHAPE;

    fn read(value: Option<Value>) -> Result<Self, Mismatch> {
        match value {
            Some(Value::Null) | None => Ok(None),
            Some(value) => T::from_json(value).map(Some),
        }
    }

    fn write<M: SerializeMap>(&self, name: &'static str, map: &mut M) -> Result<(), M::Error> {
        match self {
            Some(value) => map.serialize_entry(name, value),
            None => Ok(()),
        }
    }
}

/// Reads the elements of a list shape.
#[doc(hidden)]
pub fn read_list<T: Member>(value: Value, shape: &'static str) -> Result<Vec<T>, Mismatch> {
    match value {
        Value::Array(elements) => elements
            .into_iter()
            .map(|element| T::read(Some(element)))
            .collect(),
        _ => Err(Mismatch { shape }),
    }
}

/// The JSON text of a described value. Writing to memory cannot fail.
pub fn to_json<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// Reads a described value from JSON text that was checked before or written by [`to_json`].
pub fn from_json_text<T: Described>(text: &str) -> Result<T, Mismatch> {
    let value = serde_json::from_str(text).map_err(|_| Mismatch {
        shape: T::SHAPE.name(),
    })?;
    T::from_json(value)
}
