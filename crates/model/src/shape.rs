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

/// The wire name of a field: its camelCase form.
#[doc(hidden)]
#[macro_export]
macro_rules! wire_name {
    ($field:ident) => {{
        const SNAKE: &str = stringify!($field);
        const CAMEL: [u8; $crate::camel_case_length(SNAKE)] = $crate::camel_case(SNAKE);
        const NAME: &str = match core::str::from_utf8(&CAMEL) {
            Ok(name) => name,
            Err(_) => panic!("field names are ASCII"),
        };
        NAME
    }};
}

/// The wire name of an attribute object: its shape's name with the first letter in lower case.
#[doc(hidden)]
#[macro_export]
macro_rules! lower_first {
    ($shape:ident) => {{
        const PASCAL: &str = stringify!($shape);
        const LOWER: [u8; PASCAL.len()] = $crate::lower_first(PASCAL);
        const NAME: &str = match core::str::from_utf8(&LOWER) {
            Ok(name) => name,
            Err(_) => panic!("shape names are ASCII"),
        };
        NAME
    }};
}

/// Structures: struct, descriptor, JSON writer and JSON reader from one text. See the module's documentation.
#[macro_export]
macro_rules! structure {
    ($(
        $(#[doc = $documentation:literal])*
        $name:ident {
            $(
                $(#[doc = $member_documentation:literal])*
                $field:ident : $type:ty $(= [$($rule:ident),+])?,
            )+
        }
    )+) => { $(
        $(#[doc = $documentation])*
        #[derive(Debug, Clone, PartialEq, Eq, Default)]
        pub struct $name {
            $(
                #[doc = concat!("`", stringify!($field), "`")]
                $(#[doc = $member_documentation])*
                pub $field: $type,
            )+
        }

        impl $name {
            const MEMBERS: &'static [$crate::shape::MemberDescriptor] = &[$(
                $crate::shape::MemberDescriptor {
                    name: $crate::wire_name!($field),
                    documentation: concat!($($member_documentation),*),
                    required: <$type as $crate::shape::Member>::REQUIRED,
                    shape: <$type as $crate::shape::Member>::VALUE_SHAPE,
                    rules: &[$($($crate::shape::Rule::$rule),+)?],
                },
            )+];
            const WIRE_ORDER: [usize; Self::MEMBERS.len()] = $crate::wire_order(&[$($crate::wire_name!($field)),+]);
        }

        impl $crate::shape::Described for $name {
            const SHAPE: &'static $crate::shape::Shape = &$crate::shape::Shape::Structure($crate::shape::StructureShape {
                name: stringify!($name),
                documentation: concat!($($documentation),*),
                members: Self::MEMBERS,
                tag: None,
            });

            fn from_json(value: $crate::serde_json::Value) -> Result<Self, $crate::shape::Mismatch> {
                let $crate::serde_json::Value::Object(mut object) = value else {
                    return Err($crate::shape::Mismatch { shape: stringify!($name) });
                };
                Ok(Self { $(
                    $field: $crate::shape::Member::read(object.remove($crate::wire_name!($field)))?,
                )+ })
            }
        }

        impl $crate::serde::Serialize for $name {
            fn serialize<S: $crate::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                #[allow(non_camel_case_types, reason = "the variants are the fields, whose positions they give")]
                enum Position { $($field),+ }
                let mut map = serializer.serialize_map(None)?;
                for position in Self::WIRE_ORDER {
                    $(
                        if position == Position::$field as usize {
                            $crate::shape::Member::write(&self.$field, $crate::wire_name!($field), &mut map)?;
                        }
                    )+
                }
                $crate::serde::ser::SerializeMap::end(map)
            }
        }

    )+ };
}

/// Text shapes: a newtype over shared text with its descriptor.
#[doc(hidden)]
#[macro_export]
macro_rules! string_shapes {
    ($(
        $(#[doc = $documentation:literal])*
        $name:ident { $($key:ident: $value:expr),* $(,)? }
    )+) => { $(
        $(#[doc = $documentation])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(alloc::sync::Arc<str>);

        impl $name {
            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self("".into())
            }
        }

        impl core::ops::Deref for $name {
            type Target = str;

            fn deref(&self) -> &str {
                &self.0
            }
        }

        impl core::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl core::fmt::Display for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.into())
            }
        }

        impl From<alloc::string::String> for $name {
            fn from(text: alloc::string::String) -> Self {
                Self(text.into())
            }
        }

        impl From<alloc::sync::Arc<str>> for $name {
            fn from(text: alloc::sync::Arc<str>) -> Self {
                Self(text)
            }
        }

        impl From<$name> for alloc::sync::Arc<str> {
            fn from(value: $name) -> Self {
                value.0
            }
        }

        impl $crate::shape::Described for $name {
            const SHAPE: &'static $crate::shape::Shape = &$crate::shape::Shape::String($crate::shape::StringShape {
                name: stringify!($name),
                $($key: $value,)*
                ..$crate::shape::StringShape::ANY
            });

            fn from_json(value: $crate::serde_json::Value) -> Result<Self, $crate::shape::Mismatch> {
                match value {
                    $crate::serde_json::Value::String(text) => Ok(Self(text.into())),
                    _ => Err($crate::shape::Mismatch { shape: stringify!($name) }),
                }
            }
        }

        impl $crate::serde::Serialize for $name {
            fn serialize<S: $crate::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

    )+ };
}

/// Enumerations: a Rust enum with its descriptor. The wire form is the variant's SCREAMING_SNAKE form, or with `as is`
/// the variant's own name.
#[doc(hidden)]
#[macro_export]
macro_rules! enum_shapes {
    ($(
        $(#[doc = $documentation:literal])*
        $name:ident { $($(#[doc = $value_documentation:literal])* $variant:ident),+ $(,)? }
    )+) => { $(
        $crate::enum_shapes!(@type $(#[doc = $documentation])* $name { $($(#[doc = $value_documentation])* $variant = {
            const PASCAL: &str = stringify!($variant);
            const SCREAMING: [u8; $crate::screaming_case_length(PASCAL)] = $crate::screaming_case(PASCAL);
            match core::str::from_utf8(&SCREAMING) {
                Ok(name) => name,
                Err(_) => panic!("variant names are ASCII"),
            }
        }),+ }, Self::VALUES);
    )+ };
    (as is $(
        $(#[doc = $documentation:literal])*
        $name:ident { $($(#[doc = $value_documentation:literal])* $variant:ident),+ $(,)? } listed as $order:expr
    )+) => { $(
        $crate::enum_shapes!(@type $(#[doc = $documentation])* $name {
            $($(#[doc = $value_documentation])* $variant = stringify!($variant)),+
        }, $order);
    )+ };
    (@type
        $(#[doc = $documentation:literal])*
        $name:ident { $($(#[doc = $value_documentation:literal])* $variant:ident = $wire:expr),+ }, $order:expr
    ) => {
        $(#[doc = $documentation])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $(
            #[doc = concat!("`", stringify!($variant), "`")]
            $(#[doc = $value_documentation])*
            $variant,
        )+ }

        impl $name {
            /// All values in the order of SWF's model.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            /// Their names on the wire, in the same order.
            pub const VALUES: &'static [&'static str] = &[$($wire),+];

            /// The name on the wire.
            pub const fn as_str(self) -> &'static str {
                Self::VALUES[self as usize]
            }

            /// The value of that name on the wire.
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.as_str() == name)
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self::ALL[0]
            }
        }

        impl core::fmt::Display for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl $crate::shape::Described for $name {
            const SHAPE: &'static $crate::shape::Shape = &$crate::shape::Shape::Enum($crate::shape::EnumShape {
                name: stringify!($name),
                values: Self::VALUES,
                message_order: $order,
            });

            fn from_json(value: $crate::serde_json::Value) -> Result<Self, $crate::shape::Mismatch> {
                value.as_str().and_then(Self::from_name).ok_or($crate::shape::Mismatch { shape: stringify!($name) })
            }
        }

        impl $crate::serde::Serialize for $name {
            fn serialize<S: $crate::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

    };
}

/// Number shapes: a newtype over an integer with its descriptor.
#[doc(hidden)]
#[macro_export]
macro_rules! integer_shapes {
    ($(
        $(#[doc = $documentation:literal])*
        $name:ident($integer:ty) { $($key:ident: $value:expr),* $(,)? }
    )+) => { $(
        $(#[doc = $documentation])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
        pub struct $name(pub $integer);

        impl core::fmt::Display for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl $crate::shape::Described for $name {
            #[allow(clippy::needless_update, reason = "the defaults count where a bound is not given")]
            const SHAPE: &'static $crate::shape::Shape = &$crate::shape::Shape::Integer($crate::shape::IntegerShape {
                name: stringify!($name),
                $($key: $value,)*
                ..$crate::shape::IntegerShape::ANY
            });

            fn from_json(value: $crate::serde_json::Value) -> Result<Self, $crate::shape::Mismatch> {
                value
                    .as_i64()
                    .and_then(|number| number.try_into().ok())
                    .map(Self)
                    .ok_or($crate::shape::Mismatch { shape: stringify!($name) })
            }
        }

        impl $crate::serde::Serialize for $name {
            fn serialize<S: $crate::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                $crate::serde::Serialize::serialize(&self.0, serializer)
            }
        }

    )+ };
}

/// Boolean shapes: a newtype with its descriptor.
#[doc(hidden)]
#[macro_export]
macro_rules! boolean_shapes {
    ($($(#[doc = $documentation:literal])* $name:ident)+) => { $(
        $(#[doc = $documentation])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
        pub struct $name(pub bool);

        impl $crate::shape::Described for $name {
            const SHAPE: &'static $crate::shape::Shape = &$crate::shape::Shape::Boolean { name: stringify!($name) };

            fn from_json(value: $crate::serde_json::Value) -> Result<Self, $crate::shape::Mismatch> {
                value.as_bool().map(Self).ok_or($crate::shape::Mismatch { shape: stringify!($name) })
            }
        }

        impl $crate::serde::Serialize for $name {
            fn serialize<S: $crate::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_bool(self.0)
            }
        }

    )+ };
}

/// List shapes: a newtype over a vector with its descriptor.
#[macro_export]
macro_rules! list_shapes {
    ($($(#[doc = $documentation:literal])* $name:ident[$element:ty] $(at most $max:literal)?;)+) => { $(
        $(#[doc = $documentation])*
        #[derive(Debug, Clone, PartialEq, Eq, Default)]
        pub struct $name(pub alloc::vec::Vec<$element>);

        impl core::ops::Deref for $name {
            type Target = alloc::vec::Vec<$element>;

            fn deref(&self) -> &Self::Target {
                &self.0
            }
        }

        impl $crate::shape::Described for $name {
            const SHAPE: &'static $crate::shape::Shape = &$crate::shape::Shape::List($crate::shape::ListShape {
                name: stringify!($name),
                max: {
                    #[allow(unused_variables, reason = "the default where the text gives no bound")]
                    let max = usize::MAX;
                    $(let max = $max;)?
                    max
                },
                is_sparse: !<$element as $crate::shape::Member>::REQUIRED,
                element: <$element as $crate::shape::Member>::VALUE_SHAPE,
            });

            fn from_json(value: $crate::serde_json::Value) -> Result<Self, $crate::shape::Mismatch> {
                $crate::shape::read_list(value, stringify!($name)).map(Self)
            }
        }

        impl $crate::serde::Serialize for $name {
            fn serialize<S: $crate::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_seq(&self.0)
            }
        }

    )+ };
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
