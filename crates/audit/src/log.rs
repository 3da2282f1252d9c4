//! The log as the server writes it.
//!
//! A line is formatted, chained and written with one write to a file in append mode, under a lock. So lines stand in the
//! order of their numbers, and a line that [`AuditLog::record`] has returned from survives the end of this process.
//!
//! Holds: the file ends with a whole line, or what is behind the last whole line is cut off before the next is written;
//! number and hash move on only with lines that were written. A line that could not be written is counted, and the next
//! one that can is preceded by a line that says how many are missing.

use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::chain::Head;
use crate::entry::{self, Entry};
use crate::error::{OpenError, WriteError};
use crate::folder::{Disk, Folder};
use crate::recovery::{self, Recovered};
use crate::sync::{Health, Sync};

/// Bytes above which a file is followed by another.
pub const DEFAULT_FILE_BYTES: u64 = 64 << 20;
/// Files that are kept.
pub const DEFAULT_FILES_KEPT: u64 = 100;

/// How a log is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// A file that has reached so many bytes is followed by another.
    pub file_bytes: u64,
    /// The newest files that are kept, the one that is written included; 0 keeps all.
    pub files_kept: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            file_bytes: DEFAULT_FILE_BYTES,
            files_kept: DEFAULT_FILES_KEPT,
        }
    }
}

/// A log that this process writes. Dropping it brings all lines to the disk.
#[derive(Debug)]
pub struct AuditLog {
    writer: Mutex<Writer<Folder>>,
    health: Arc<Health>,
}

impl AuditLog {
    /// Opens the log in a folder, which is made if it is missing, and goes on with its chain.
    ///
    /// What a crash has left of a last line is cut off, and a line says so.
    ///
    /// # Errors
    /// The folder cannot be used, another process writes to it, or its chain has no end to go on from.
    pub fn open(folder: &Path, options: Options) -> Result<Self, OpenError> {
        let health = Arc::new(Health::default());
        let machine = |error| OpenError::Machine(folder.to_owned(), error);
        let sync = Sync::start(folder, Arc::clone(&health)).map_err(machine)?;
        let mut disk = Folder::open(folder, sync)?;
        let recovered = recovery::recover(folder)?;
        if recovered.file > 0 {
            disk.resume(recovered.file).map_err(machine)?;
        }
        let mut writer = Writer::new(disk, options, recovered);
        writer.write_notices(now()).map_err(machine)?;
        Ok(Self {
            writer: Mutex::new(writer),
            health,
        })
    }

    /// Writes a line. Takes a few microseconds; it does not wait for the disk.
    ///
    /// # Errors
    /// The line was not written, for example as the disk is full. The next call tries again.
    pub fn record(&self, entry: &Entry<'_>) -> Result<(), WriteError> {
        // A panic leaves nothing half done: the state moves on after the write, in one go.
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let written = writer.record(entry);
        self.health.set_failing(written.is_err());
        written.map_err(|error| WriteError {
            path: writer.disk.path(),
            error,
        })
    }

    /// The last line could not be written, or not be brought to the disk. What is done now would leave no trace; a
    /// refusal that is recorded successfully ends this state.
    pub fn is_failing(&self) -> bool {
        self.health.is_failing()
    }
}

fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| {
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
    })
}

/// The end of the chain, and the file that it is in.
#[derive(Debug)]
pub(crate) struct Writer<D> {
    disk: D,
    options: Options,
    head: Head,
    /// The file that is written, and how many bytes of whole lines it has. 0: none was begun.
    file: u64,
    length: u64,
    /// Files before this one have been removed, or will be.
    oldest: u64,
    /// There may be something behind the whole lines.
    unclean: bool,
    /// Bytes that were cut off when the log was opened, and entries that could not be written; each if not yet told.
    torn: u64,
    lost: u64,
    /// Kept for its memory.
    lines: Vec<u8>,
}

impl<D: Disk> Writer<D> {
    pub(crate) fn new(disk: D, options: Options, recovered: Recovered) -> Self {
        Self {
            disk,
            options,
            head: recovered.head,
            file: recovered.file,
            length: recovered.length,
            oldest: recovered.oldest,
            // Whatever stands behind the last whole line is cut off before anything is written.
            unclean: recovered.torn > 0,
            torn: recovered.torn,
            lost: 0,
            lines: Vec::new(),
        }
    }

    pub(crate) fn record(&mut self, entry: &Entry<'_>) -> io::Result<()> {
        let written = self.write(entry.time, Some(entry));
        if written.is_err() {
            self.lost += 1;
        }
        written
    }

    /// Writes what is to be said at the start: a new file's first line, what was cut off.
    fn write_notices(&mut self, now: i64) -> io::Result<()> {
        self.write(now, None)
    }

    fn write(&mut self, time: i64, entry: Option<&Entry<'_>>) -> io::Result<()> {
        if self.unclean {
            self.disk.cut(self.length)?;
            self.unclean = false;
        }
        if self.file == 0 || self.length >= self.options.file_bytes.max(1) {
            self.rotate()?;
        }
        let begins = self.length == 0;
        let head = self.format(time, entry);
        if self.lines.is_empty() {
            return Ok(());
        }
        if let Err(error) = self.disk.append(&self.lines) {
            self.unclean = self.disk.cut(self.length).is_err();
            return Err(error);
        }
        self.head = head;
        self.length += self.lines.len() as u64;
        self.torn = 0;
        self.lost = 0;
        if begins {
            // Not before the line that allows it is written.
            self.disk.release(self.oldest);
        }
        Ok(())
    }

    fn rotate(&mut self) -> io::Result<()> {
        self.disk.begin(self.file + 1)?;
        self.file += 1;
        self.length = 0;
        let first_kept = match self.options.files_kept {
            0 => 1,
            kept => (self.file + 1).saturating_sub(kept),
        };
        self.oldest = self.oldest.max(first_kept);
        Ok(())
    }

    /// Puts the lines that are due into `lines`. Returns the head that they lead to.
    fn format(&mut self, time: i64, entry: Option<&Entry<'_>>) -> Head {
        let lines = &mut self.lines;
        lines.clear();
        let mut head = self.head;
        if self.length == 0 {
            let (file, oldest) = (self.file, self.oldest);
            head = notice(
                lines,
                head,
                time,
                "file",
                &[("file", file), ("oldest", oldest)],
            );
        }
        if self.torn > 0 {
            head = notice(lines, head, time, "torn", &[("bytes", self.torn)]);
        }
        if self.lost > 0 {
            head = notice(lines, head, time, "lost", &[("calls", self.lost)]);
        }
        match entry {
            Some(entry) => head.append(lines, |line| entry.write(line)),
            None => head,
        }
    }
}

/// Appends a line about the log itself.
fn notice(lines: &mut Vec<u8>, head: Head, time: i64, kind: &str, members: &[(&str, u64)]) -> Head {
    head.append(lines, |line| {
        entry::write_time(line, time);
        line.extend_from_slice(b",\"kind\":\"");
        line.extend_from_slice(kind.as_bytes());
        line.push(b'"');
        for (name, number) in members {
            entry::write_number(line, name, *number);
        }
    })
}

#[cfg(test)]
mod tests;
