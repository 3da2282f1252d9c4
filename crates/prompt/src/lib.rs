//! The prompt for what is missing on a line.

#![warn(missing_docs)]
