//! JSON as the command line's reference, a Python program, has it: members keep their order, numbers keep their digits,
//! errors have the words and positions of Python's decoder, and texts are byte-equal to those of its encoder.
//!
//! [`Json`] is the value that answers, requests, queries and output formats share. [`python`] shows values as Python's
//! `str` and `repr` do.

#![warn(missing_docs)]

mod printable;
pub mod python;
mod scanner;
mod text;
mod value;

pub use scanner::{JsonError, python_float};
pub use text::{NonAscii, compact, pretty};
pub use value::{DATE_TIME, Foreign, Json, insert};
