//! The forms of results: text, table, YAML.

#![warn(missing_docs)]
