//! Where something stands in a policy document, and what is wrong there.

use alloc::string::String;
use core::fmt;

/// Why a document was refused. Nothing of a refused document is in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Line of the document, from 1.
    pub line: usize,
    /// Path of the element, such as `Statement[2].Condition`; empty for the document as a whole. Statements and list
    /// members are counted from 1, as in [`Reason`](crate::Reason).
    pub place: String,
    /// What is wrong there.
    pub reason: String,
}

/// Something in a document that is allowed and probably not what its author meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// Line of the document, from 1.
    pub line: usize,
    /// Path of the element, as in [`Problem::place`].
    pub place: String,
    /// What may surprise.
    pub text: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        show(f, self.line, &self.place, &self.reason)
    }
}

impl core::error::Error for Problem {}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        show(f, self.line, &self.place, &self.text)
    }
}

fn show(f: &mut fmt::Formatter<'_>, line: usize, place: &str, text: &str) -> fmt::Result {
    match place {
        "" => write!(f, "line {line}: {text}"),
        place => write!(f, "line {line}, {place}: {text}"),
    }
}
