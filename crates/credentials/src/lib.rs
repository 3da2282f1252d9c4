//! Where credentials come from.

#![warn(missing_docs)]
