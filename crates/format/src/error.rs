//! What can be wrong with a value that is to be printed.

use std::fmt;

/// Why a value has no form in the format asked for. Nothing of this is said by the exit status alone: the command line
/// prints the text and ends with 255 (cli.md section 15).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FormatError {
    /// A table section has rows of another length.
    RowLength {
        /// The columns of the section.
        expected: usize,
        /// The cells of the row.
        found: usize,
    },
    /// A list of maps holds something else too. The reference fails here with a text about its own insides.
    MixedList,
    /// A list in the middle of a table brings a header that is longer than the rows above it. The reference fails here
    /// with a text about its own insides.
    HeaderLength,
}

impl fmt::Display for FormatError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RowLength { expected, found } => {
                write!(
                    f,
                    "Row should have {expected} elements, instead it has {found}"
                )
            }
            Self::MixedList => f.write_str("a list of maps cannot be printed with other elements"),
            Self::HeaderLength => f.write_str("a header cannot be longer than the rows above it"),
        }
    }
}

impl std::error::Error for FormatError {}
