//! Why a folder of identities is refused: the file, the line and one sentence. Never a secret.

use std::fmt;
use std::path::{Path, PathBuf};

/// Why the folder could not be taken. Shown as one sentence, such as
/// `access/access.toml, line 12: the user 'alice' has the unknown policy 'hearbeats'; did you mean 'heartbeats'?`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadError {
    /// The file that is wrong.
    pub file: PathBuf,
    /// Where in the file, counted from 1; none if it is about the whole file.
    pub line: Option<usize>,
    /// What is wrong, without a full stop.
    pub reason: String,
}

impl LoadError {
    /// Something about a whole file.
    pub(crate) fn of_file(file: &Path, reason: impl Into<String>) -> Self {
        Self {
            file: file.to_owned(),
            line: None,
            reason: reason.into(),
        }
    }

    /// Something about a line of a file.
    pub(crate) fn at(file: &Path, line: usize, reason: impl Into<String>) -> Self {
        Self {
            file: file.to_owned(),
            line: Some(line),
            reason: reason.into(),
        }
    }
}

impl fmt::Display for LoadError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.file.display())?;
        if let Some(line) = self.line {
            write!(formatter, ", line {line}")?;
        }
        write!(formatter, ": {}", self.reason)
    }
}

impl std::error::Error for LoadError {}
