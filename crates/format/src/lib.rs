//! The output formats `text`, `table`, `yaml` and `yaml-stream` as pure functions of a value, byte-equal to those of the
//! command line's reference (cli.md section 14), and the reading of YAML for `--cli-input-yaml` (section 6.1).
//!
//! The format `json` is [`everbeat_json::pretty`]; `off` prints nothing. What is printed when, pages, terminal, colour
//! and pager are the caller's.

#![warn(missing_docs)]

mod error;
pub mod table;
pub mod text;
pub mod yaml;

use everbeat_json::Json;

pub use error::FormatError;

/// Whether a value has no members and elements, whatever it is otherwise.
fn is_scalar(value: &Json) -> bool {
    !matches!(value, Json::List(_) | Json::Map(_))
}
