//! Why a log cannot be opened or written. Each text is one sentence that names the place.

use std::fmt;
use std::io;
use std::path::PathBuf;

/// A log that cannot be opened.
#[derive(Debug)]
pub enum OpenError {
    /// The machine refuses a file or the folder.
    Machine(PathBuf, io::Error),
    /// Everybody may write to the folder.
    Open(PathBuf),
    /// Another process writes to the folder.
    InUse(PathBuf),
    /// The last line of a file is not as it was written, so the chain cannot go on from it.
    Damaged(PathBuf),
    /// The file before this one is missing, and this one holds no line to go on from.
    Missing(PathBuf),
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Machine(path, error) => {
                write!(
                    f,
                    "{}: the audit log cannot be opened: {error}",
                    path.display()
                )
            }
            Self::Open(path) => {
                let path = path.display();
                write!(
                    f,
                    "{path}: everybody may write to the folder of the audit log, and so replace it: chmod o-w {path}"
                )
            }
            Self::InUse(path) => write!(
                f,
                "{}: another process writes to this audit log",
                path.display()
            ),
            Self::Damaged(path) => write!(
                f,
                "{}: the last line of the audit log was changed; look with `everbeat audit verify`, then move the \
                 folder away, and a new log begins",
                path.display()
            ),
            Self::Missing(path) => write!(
                f,
                "{}: this file of the audit log is missing; bring it back, or move the folder away, and a new log \
                 begins",
                path.display()
            ),
        }
    }
}

impl std::error::Error for OpenError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Machine(_, error) => Some(error),
            Self::Open(_) | Self::InUse(_) | Self::Damaged(_) | Self::Missing(_) => None,
        }
    }
}

/// A line that could not be written. The file and the reason.
#[derive(Debug)]
pub struct WriteError {
    pub(crate) path: PathBuf,
    pub(crate) error: io::Error,
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.display();
        write!(f, "{path}: the audit log cannot be written: {}", self.error)
    }
}

impl std::error::Error for WriteError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.error)
    }
}
