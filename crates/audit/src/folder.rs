//! The folder of a log: the names of its files, the lock that keeps other writers out, and the file that is written.
//!
//! `audit-000001.jsonl`, `audit-000002.jsonl` and so on, readable by their owner alone; `audit.lock`.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use crate::error::OpenError;
use crate::sync::Sync;

const LOCK: &str = "audit.lock";
const PREFIX: &str = "audit-";
const SUFFIX: &str = ".jsonl";
/// Nobody else may look into the folder, or read its files.
const FOLDER_MODE: u32 = 0o700;
const FILE_MODE: u32 = 0o600;
/// A folder that was there before may be open to a group, but not to everybody.
const WRITABLE_BY_ALL: u32 = 0o002;

/// The path of a file of the log.
pub(crate) fn path_of(folder: &Path, file: u64) -> PathBuf {
    folder.join(format!("{PREFIX}{file:06}{SUFFIX}"))
}

/// The number of a file of the log, if that is its name.
pub(crate) fn number_of(path: &Path) -> Option<u64> {
    let name = path.file_name()?.to_str()?;
    let digits = name.strip_prefix(PREFIX)?.strip_suffix(SUFFIX)?;
    let number = digits.parse().ok()?;
    // No second name for the same file.
    (path_of(Path::new(""), number).to_str() == Some(name)).then_some(number)
}

/// The numbers of the files in a folder, in order.
pub(crate) fn list(folder: &Path) -> io::Result<Vec<u64>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        files.extend(number_of(&entry?.path()));
    }
    files.sort_unstable();
    Ok(files)
}

/// Removes the files before `oldest`.
pub(crate) fn remove_before(folder: &Path, oldest: u64) -> io::Result<()> {
    for file in list(folder)?.into_iter().filter(|file| *file < oldest) {
        fs::remove_file(path_of(folder, file))?;
    }
    Ok(())
}

/// Where lines go. A trait so that tests can have a disk that fails.
pub(crate) trait Disk {
    /// Begins a file, which must not exist; from now on it is the one that is written.
    fn begin(&mut self, file: u64) -> io::Result<()>;

    /// Appends to the file, if all is well in one write. After an error some of it may have been written.
    fn append(&mut self, lines: &[u8]) -> io::Result<()>;

    /// Cuts the file down to its first `length` bytes.
    fn cut(&mut self, length: u64) -> io::Result<()>;

    /// Files before this one are not needed any more.
    fn release(&mut self, oldest: u64);

    /// The file that is written, for messages.
    fn path(&self) -> PathBuf;
}

/// A folder that this process alone writes.
#[derive(Debug)]
pub(crate) struct Folder {
    folder: PathBuf,
    /// The file that is written and its number; none before the first.
    current: Option<(u64, File)>,
    sync: Sync,
    /// Locked for as long as it is open.
    _lock: File,
}

impl Folder {
    /// Makes the folder if it is missing, and keeps other writers out.
    pub(crate) fn open(folder: &Path, sync: Sync) -> Result<Self, OpenError> {
        let machine = |path: &Path| {
            let path = path.to_owned();
            move |error| OpenError::Machine(path, error)
        };
        DirBuilder::new()
            .recursive(true)
            .mode(FOLDER_MODE)
            .create(folder)
            .map_err(machine(folder))?;
        let mode = fs::metadata(folder).map_err(machine(folder))?.mode();
        if mode & WRITABLE_BY_ALL != 0 {
            return Err(OpenError::Open(folder.to_owned()));
        }
        let path = folder.join(LOCK);
        let lock = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .mode(FILE_MODE)
            .open(&path)
            .map_err(machine(&path))?;
        lock.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => OpenError::InUse(folder.to_owned()),
            TryLockError::Error(error) => OpenError::Machine(path.clone(), error),
        })?;
        Ok(Self {
            folder: folder.to_owned(),
            current: None,
            sync,
            _lock: lock,
        })
    }

    /// Goes on with a file that exists.
    pub(crate) fn resume(&mut self, number: u64) -> io::Result<()> {
        let path = path_of(&self.folder, number);
        let file = OpenOptions::new().append(true).open(path)?;
        self.write_to(number, file)
    }

    fn write_to(&mut self, number: u64, file: File) -> io::Result<()> {
        self.sync.begin(file.try_clone()?);
        self.current = Some((number, file));
        Ok(())
    }

    fn current(&mut self) -> io::Result<&mut File> {
        let current = self.current.as_mut().map(|(_, file)| file);
        current.ok_or_else(|| io::Error::from(ErrorKind::NotFound))
    }
}

impl Disk for Folder {
    fn begin(&mut self, number: u64) -> io::Result<()> {
        let file = OpenOptions::new()
            .append(true)
            .create_new(true)
            .mode(FILE_MODE)
            .open(path_of(&self.folder, number))?;
        self.write_to(number, file)
    }

    fn append(&mut self, lines: &[u8]) -> io::Result<()> {
        self.current()?.write_all(lines)?;
        self.sync.touch();
        Ok(())
    }

    fn cut(&mut self, length: u64) -> io::Result<()> {
        self.current()?.set_len(length)
    }

    fn release(&mut self, oldest: u64) {
        self.sync.release(oldest);
    }

    fn path(&self) -> PathBuf {
        let current = self.current.as_ref();
        current.map_or_else(
            || self.folder.clone(),
            |(number, _)| path_of(&self.folder, *number),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_one_name() {
        for (name, number) in [
            ("audit-000001.jsonl", Some(1)),
            ("audit-1234567.jsonl", Some(1_234_567)),
            ("audit-1.jsonl", None),
            ("audit-0000001.jsonl", None),
            ("audit-+00001.jsonl", None),
            ("audit-.jsonl", None),
            ("audit.lock", None),
            ("audit-000001.jsonl.gz", None),
        ] {
            assert_eq!(number_of(Path::new(name)), number, "{name}");
        }
    }
}
