//! The log as the server writes it.
//!
//! A line is formatted and chained into a batch, and a batch is written with one write to a file in append mode, under a
//! lock. So lines stand in the order of their numbers, and a line whose batch was written survives the end of this process.
//! Who adds a line may let others add theirs before he has the batch written: a write costs more than a line.
//!
//! Holds: the file ends with a whole line, or what is behind the last whole line is cut off before the next batch is begun;
//! number and hash move on only with lines that were written. Lines that could not be written are counted, and the next
//! batch that can be begins with a line that says how many are missing.

use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
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
/// A batch of so many bytes is written whether anybody asks for it or not.
const BATCH_BYTES: usize = 64 << 10;

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

/// Lines that are written together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "its lines may not be written yet"]
pub struct Batch(u64);

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

    /// Adds a line to a batch, which [`Self::flush`] writes.
    ///
    /// # Errors
    /// The line is lost, for example as the disk is full. The next call tries again.
    pub fn append(&self, entry: &Entry<'_>) -> Result<Batch, WriteError> {
        let mut writer = self.writer();
        match writer.append(entry) {
            Ok(()) => Ok(writer.waiting.batch),
            Err(error) => {
                self.health.set_failing(true);
                Err(writer.failure(error))
            }
        }
    }

    /// Writes a batch, unless somebody has already done so. Takes a few microseconds; it does not wait for the disk.
    ///
    /// # Errors
    /// The lines of the batch are lost. The first who asks for it is told, nobody else.
    pub fn flush(&self, batch: Batch) -> Result<(), WriteError> {
        let mut writer = self.writer();
        if writer.waiting.batch != batch {
            return Ok(());
        }
        let written = writer.flush();
        self.health.set_failing(written.is_err());
        written.map_err(|error| writer.failure(error))
    }

    /// Writes a line at once.
    ///
    /// # Errors
    /// As [`Self::append`] and [`Self::flush`].
    pub fn record(&self, entry: &Entry<'_>) -> Result<(), WriteError> {
        self.append(entry).and_then(|batch| self.flush(batch))
    }

    fn writer(&self) -> MutexGuard<'_, Writer<Folder>> {
        // Nothing panics half-way: lines are put together of texts and numbers, and the state moves on after the write.
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The last line could not be written, or not be brought to the disk. What is done now would leave no trace; a
    /// refusal that is recorded successfully ends this state.
    pub fn is_failing(&self) -> bool {
        self.health.is_failing()
    }
}

impl Drop for AuditLog {
    fn drop(&mut self) {
        // Nobody is left who could be told.
        let _ = self.writer().flush();
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
    waiting: Waiting,
}

/// The batch that lines are added to.
#[derive(Debug)]
struct Waiting {
    batch: Batch,
    lines: Vec<u8>,
    /// How many of the lines are entries.
    entries: u64,
    /// What the chain ends with once they are written.
    head: Head,
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
            waiting: Waiting {
                batch: Batch(0),
                lines: Vec::new(),
                entries: 0,
                head: recovered.head,
            },
        }
    }

    fn append(&mut self, entry: &Entry<'_>) -> io::Result<()> {
        if let Err(error) = self.make_ready(entry.time) {
            self.lost += 1;
            return Err(error);
        }
        let waiting = &mut self.waiting;
        waiting.head = waiting
            .head
            .append(&mut waiting.lines, |line| entry.write(line));
        waiting.entries += 1;
        Ok(())
    }

    /// Makes room for a line.
    fn make_ready(&mut self, time: i64) -> io::Result<()> {
        if self.waiting.lines.len() >= BATCH_BYTES {
            self.flush()?;
        }
        if self.waiting.lines.is_empty() {
            self.begin_batch(time)?;
        }
        Ok(())
    }

    /// Writes the batch; the next one begins.
    fn flush(&mut self) -> io::Result<()> {
        let waiting = &mut self.waiting;
        if waiting.lines.is_empty() {
            return Ok(());
        }
        let written = self.disk.append(&waiting.lines);
        if written.is_ok() {
            let begins = self.length == 0;
            self.head = waiting.head;
            self.length += waiting.lines.len() as u64;
            self.torn = 0;
            self.lost = 0;
            if begins {
                // Not before the line that allows it is written.
                self.disk.release(self.oldest);
            }
        } else {
            self.unclean = self.disk.cut(self.length).is_err();
            self.lost += waiting.entries;
        }
        waiting.batch.0 += 1;
        waiting.lines.clear();
        waiting.entries = 0;
        written
    }

    /// Writes what is to be said at the start: a new file's first line, what was cut off.
    fn write_notices(&mut self, now: i64) -> io::Result<()> {
        self.begin_batch(now)?;
        self.flush()
    }

    /// Makes the file ready, and adds the lines about the log itself that are due.
    fn begin_batch(&mut self, time: i64) -> io::Result<()> {
        if self.unclean {
            self.disk.cut(self.length)?;
            self.unclean = false;
        }
        if self.file == 0 || self.length >= self.options.file_bytes.max(1) {
            self.rotate()?;
        }
        self.waiting.head = self.head;
        if self.length == 0 {
            let (file, oldest) = (self.file, self.oldest);
            self.waiting
                .notice(time, "file", &[("file", file), ("oldest", oldest)]);
        }
        if self.torn > 0 {
            self.waiting.notice(time, "torn", &[("bytes", self.torn)]);
        }
        if self.lost > 0 {
            self.waiting.notice(time, "lost", &[("calls", self.lost)]);
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

    fn failure(&self, error: io::Error) -> WriteError {
        WriteError {
            path: self.disk.path(),
            error,
        }
    }
}

impl Waiting {
    /// Adds a line about the log itself.
    fn notice(&mut self, time: i64, kind: &str, members: &[(&str, u64)]) {
        self.head = self.head.append(&mut self.lines, |line| {
            entry::write_time(line, time);
            line.extend_from_slice(b",\"kind\":\"");
            line.extend_from_slice(kind.as_bytes());
            line.push(b'"');
            for (name, number) in members {
                entry::write_number(line, name, *number);
            }
        });
    }
}

#[cfg(test)]
mod tests;
