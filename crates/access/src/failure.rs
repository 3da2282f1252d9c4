//! Why `everbeat access` did not do it: one sentence for standard error, and the exit code.

use std::fmt;
use std::io;
use std::path::Path;
use std::process::ExitCode;

use everbeat_command::USAGE;

use crate::problem::LoadError;

/// Why nothing was done.
#[derive(Debug)]
pub enum Failure {
    /// The words cannot be understood.
    Usage(String),
    /// The folder is wrong as it is.
    Load(LoadError),
    /// A check has found these mistakes, at least one in each file that has any.
    Broken(Vec<LoadError>),
    /// The folder would be wrong afterwards. Nothing was written.
    WouldNotLoad(LoadError),
    /// The folder does not have what is named, or has it already.
    Refused(String),
    /// Files cannot be read or written.
    Disk(String),
}

impl Failure {
    pub(crate) fn disk(file: &Path, error: &io::Error) -> Self {
        Self::Disk(format!("{}: {error}", file.display()))
    }

    pub(crate) fn exit_code(&self) -> ExitCode {
        match self {
            Self::Usage(_) => ExitCode::from(USAGE),
            Self::Load(_)
            | Self::Broken(_)
            | Self::WouldNotLoad(_)
            | Self::Refused(_)
            | Self::Disk(_) => ExitCode::FAILURE,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(text) | Self::Refused(text) | Self::Disk(text) => formatter.write_str(text),
            Self::Load(error) => error.fmt(formatter),
            Self::Broken(errors) => {
                let lines: Vec<_> = errors.iter().map(LoadError::to_string).collect();
                formatter.write_str(&lines.join("\n"))
            }
            Self::WouldNotLoad(error) => write!(
                formatter,
                "nothing was changed, since it would not load: {error}"
            ),
        }
    }
}

impl std::error::Error for Failure {}

impl From<LoadError> for Failure {
    fn from(error: LoadError) -> Self {
        Self::Load(error)
    }
}
