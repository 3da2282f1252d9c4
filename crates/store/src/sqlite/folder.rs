//! The data folder: its files, and the lock that keeps a second server out.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use super::error::OpenError;

/// A data folder that this process holds until the value is dropped.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    /// The system lets go of the lock when the file is closed, also after a crash.
    _lock: File,
}

impl Folder {
    /// Makes the folder if it is missing, and locks it. Files that are made here are for this user alone, since they
    /// hold the sealing keys.
    ///
    /// # Errors
    /// When the folder cannot be made or written, or another process holds it.
    pub(super) fn lock(path: &Path) -> Result<Self, OpenError> {
        make_folder(path).map_err(|error| unwritable(path, &error))?;
        let file = path.join("everbeat.lock");
        let lock = open_private(&file).map_err(|error| unwritable(&file, &error))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(OpenError::Locked {
                    folder: path.to_owned(),
                });
            }
            Err(TryLockError::Error(error)) => return Err(unwritable(&file, &error)),
        }
        let folder = Self {
            path: path.to_owned(),
            _lock: lock,
        };
        let database = folder.database();
        open_private(&database).map_err(|error| unwritable(&database, &error))?;
        Ok(folder)
    }

    /// The file of the database; an empty one was made if it was missing.
    pub(super) fn database(&self) -> PathBuf {
        self.path.join("everbeat.sqlite")
    }
}

fn make_folder(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

fn open_private(file: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file)
}

fn unwritable(path: &Path, error: &io::Error) -> OpenError {
    if error.kind() == io::ErrorKind::StorageFull {
        return OpenError::Full {
            folder: path.to_owned(),
        };
    }
    OpenError::Unwritable {
        path: path.to_owned(),
        why: error.kind().to_string(),
    }
}
