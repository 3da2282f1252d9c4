//! YAML: the formats `yaml` and `yaml-stream` (cli.md section 14.5), and the reader for `--cli-input-yaml` (section 6.1).
//!
//! The two share the rules by which a plain scalar is more than a text (`resolve`): what would be read as something else
//! is written in quotes.

mod binary;
mod build;
mod collection;
mod emitter;
mod read;
mod resolve;
mod scalar;
mod timestamp;
mod write;

pub use read::{YamlError, read};
pub use write::{document, stream_element};
