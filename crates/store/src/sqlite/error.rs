//! What can go wrong, in words that say what to do.

use core::fmt;
use std::path::PathBuf;

use everbeat_partition::store::StoreError;
use rusqlite::{Error, ErrorCode};

/// The store could not be opened. Its text is one plain sentence for the operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OpenError {
    /// The folder, or a file in it, cannot be made or written.
    Unwritable {
        /// The folder or file.
        path: PathBuf,
        /// What the system said.
        why: String,
    },
    /// Another server has the folder open.
    Locked {
        /// The folder.
        folder: PathBuf,
    },
    /// The file belongs to another program.
    Foreign {
        /// The file.
        file: PathBuf,
    },
    /// A newer version of this program wrote the file.
    Newer {
        /// The file.
        file: PathBuf,
        /// The format's version in the file.
        found: i64,
        /// The newest version that is known here.
        known: i64,
    },
    /// The file is damaged, or no database at all.
    Corrupt {
        /// The file.
        file: PathBuf,
        /// What was found.
        why: String,
    },
    /// There is no room left.
    Full {
        /// The folder.
        folder: PathBuf,
    },
    /// Anything else.
    Failed {
        /// The file.
        file: PathBuf,
        /// What the database said.
        why: String,
    },
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unwritable { path, why } => write!(
                f,
                "cannot write to {} ({why}); give this user the right to write there, or choose another data folder",
                path.display()
            ),
            Self::Locked { folder } => write!(
                f,
                "another server is using the data folder {}; stop it first, or choose another data folder",
                folder.display()
            ),
            Self::Foreign { file } => write!(
                f,
                "{} was made by another program and is left untouched; choose another data folder",
                file.display()
            ),
            Self::Newer { file, found, known } => write!(
                f,
                "{} has format {found}, written by a newer version of this program, which knows formats up to {known}; \
                 start that newer version, or restore a backup",
                file.display()
            ),
            Self::Corrupt { file, why } => write!(
                f,
                "{} is damaged or not a database ({why}); restore it from a backup, or choose another data folder",
                file.display()
            ),
            Self::Full { folder } => write!(
                f,
                "the disk that holds {} is full; make room and start again",
                folder.display()
            ),
            Self::Failed { file, why } => write!(
                f,
                "cannot open {} ({why}); see that the disk works and the file can be read and written, and start again",
                file.display()
            ),
        }
    }
}

impl core::error::Error for OpenError {}

/// What a partition is told about an error of the database.
pub(super) fn store_error(error: Error) -> StoreError {
    let text = plain_text(&error);
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => StoreError::Full,
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => StoreError::ReadOnly(text),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::ReadOnly(text),
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => StoreError::Corrupt(text),
        Some(_) => StoreError::Failed(text),
        None if is_of_a_value(&error) => StoreError::Corrupt(text),
        None => StoreError::Failed(text),
    }
}

/// What an operator is told about an error of the database while it is opened.
pub(super) fn open_error(error: Error, file: PathBuf) -> OpenError {
    match (error.sqlite_error_code(), store_error(error)) {
        (Some(ErrorCode::CannotOpen), error) => OpenError::Unwritable {
            path: file,
            why: error.to_string(),
        },
        (_, StoreError::Full) => OpenError::Full { folder: file },
        (_, StoreError::ReadOnly(why)) => OpenError::Unwritable { path: file, why },
        (_, StoreError::Corrupt(why)) => OpenError::Corrupt { file, why },
        (_, StoreError::Failed(why)) => OpenError::Failed { file, why },
    }
}

/// A column does not hold what this program writes there.
fn is_of_a_value(error: &Error) -> bool {
    matches!(
        error,
        Error::InvalidColumnType(..)
            | Error::FromSqlConversionFailure(..)
            | Error::IntegralValueOutOfRange(..)
            | Error::Utf8Error(..)
    )
}

/// What happened, in words instead of the database's code.
fn plain_text(error: &Error) -> String {
    let plain = match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => "no room is left",
        Some(ErrorCode::ReadOnly) => "the file or its disk is read-only",
        Some(ErrorCode::PermissionDenied) => "the system denies access to the file",
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            "another process holds the file's lock"
        }
        Some(ErrorCode::SystemIoFailure) => "the disk reported an error",
        Some(ErrorCode::CannotOpen) => "the file cannot be opened",
        Some(ErrorCode::DatabaseCorrupt) => "the file's structure is broken",
        Some(ErrorCode::NotADatabase) => "the file does not have the form of a database",
        Some(ErrorCode::ConstraintViolation) => "a row is there already",
        Some(_) | None => return error.to_string(),
    };
    if let Error::SqliteFailure(_, Some(detail)) = error {
        format!("{plain}: {detail}")
    } else {
        plain.to_owned()
    }
}
