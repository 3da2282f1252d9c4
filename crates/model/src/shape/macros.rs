//! The macros that make a Rust type and its descriptor from one text; see [`crate::shape`] for what that text is.
//!
//! What they make names everything by its full path, as other crates make descriptions too.

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
