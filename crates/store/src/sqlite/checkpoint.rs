//! Moving the write-ahead log into the file, so that the log stays short and commits stay quick.
//!
//! A thread with a connection of its own copies in the background, and holds up no commit. It cannot finish while
//! commits keep coming, and only a log that was copied whole is started afresh: the writer copies the small rest
//! between two commits. If all that does not keep up, the writer stops for a whole checkpoint.

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use rusqlite::{Connection, OpenFlags, Result};

use super::BUSY_TIMEOUT;

/// The thread leaves a rest of at most so many bytes to the writer.
const REST_BYTES: u64 = 1 << 20;
/// The thread copies at most so often in a row what came in meanwhile.
const MAX_ROUNDS: usize = 8;

/// What is known about the log.
#[derive(Debug)]
pub(super) struct Wal {
    page_bytes: u64,
    /// Pages in the log.
    pages: AtomicU64,
    /// Pages of these that are in the file already.
    copied: AtomicU64,
    /// The thread is through and left the rest to the writer.
    is_nearly_copied: AtomicBool,
    /// Held by the thread while it copies: SQLite does not wait for another checkpoint, it gives up.
    copying: Mutex<()>,
}

impl Wal {
    pub(super) fn new(page_bytes: u64) -> Self {
        Self {
            page_bytes,
            pages: AtomicU64::new(0),
            copied: AtomicU64::new(0),
            is_nearly_copied: AtomicBool::new(false),
            copying: Mutex::new(()),
        }
    }

    /// Length of the log in bytes.
    pub(super) fn bytes(&self) -> u64 {
        self.pages.load(Ordering::Relaxed) * self.page_bytes
    }

    /// Bytes of the log that are not yet in the file.
    fn rest_bytes(&self) -> u64 {
        let pages = self.pages.load(Ordering::Relaxed);
        let copied = self.copied.load(Ordering::Relaxed);
        // More than there are: that was counted in the log before this one.
        let rest = pages.checked_sub(copied).unwrap_or(pages);
        rest * self.page_bytes
    }

    fn lock_copying(&self) -> MutexGuard<'_, ()> {
        self.copying.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// After a commit: the log's length now. A shorter log is a new one.
    pub(super) fn set_pages(&self, pages: u64) {
        if pages < self.pages.swap(pages, Ordering::Relaxed) {
            self.copied.store(0, Ordering::Relaxed);
        }
    }
}

/// How a checkpoint treats others.
#[derive(Clone, Copy)]
pub(super) enum Mode {
    /// Copies what can be copied without waiting for anybody.
    Passive,
    /// Waits for readers, copies all, and cuts the log to nothing.
    Truncate,
}

/// One checkpoint. True if it was not hindered.
///
/// # Errors
/// When the disk fails.
pub(super) fn checkpoint(connection: &Connection, mode: Mode, wal: &Wal) -> Result<bool> {
    let sql = match mode {
        Mode::Passive => "PRAGMA wal_checkpoint(PASSIVE)",
        Mode::Truncate => "PRAGMA wal_checkpoint(TRUNCATE)",
    };
    let (is_hindered, copied) = connection.prepare_cached(sql)?.query_row([], |row| {
        Ok((row.get::<_, bool>(0)?, row.get::<_, i64>(2)?))
    })?;
    match (mode, u64::try_from(copied)) {
        (Mode::Passive, Ok(copied)) => wal.copied.store(copied, Ordering::Relaxed),
        (Mode::Truncate, _) if !is_hindered => wal.set_pages(0),
        // A number below zero means that nothing was looked at.
        (Mode::Passive, Err(_)) | (Mode::Truncate, _) => {}
    }
    Ok(!is_hindered)
}

/// The thread that copies in the background; it ends when this is dropped.
#[derive(Debug)]
pub(super) struct Checkpointer {
    wake: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
    wal: Arc<Wal>,
    /// From this length on the thread copies.
    soft_bytes: u64,
    /// From this length on the writer does a whole checkpoint.
    hard_bytes: u64,
    /// The same, moved up after a try that was hindered.
    next_hard_bytes: u64,
}

impl Checkpointer {
    /// # Errors
    /// When the thread's connection cannot be opened.
    pub(super) fn start(
        file: &Path,
        wal: &Arc<Wal>,
        soft_bytes: u64,
        hard_bytes: u64,
    ) -> Result<Self> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(file, flags)?;
        connection.busy_timeout(BUSY_TIMEOUT)?;
        connection.execute_batch(super::DURABLE)?;
        let (wake, woken) = sync_channel(1);
        let shared = Arc::clone(wal);
        let thread = std::thread::Builder::new()
            .name("checkpoint".to_owned())
            .spawn(move || copy_when_woken(&connection, &woken, &shared))
            .ok();
        Ok(Self {
            wake: Some(wake),
            thread,
            wal: Arc::clone(wal),
            soft_bytes,
            hard_bytes,
            next_hard_bytes: hard_bytes,
        })
    }

    /// After a commit: wakes the thread if there is enough to copy.
    pub(super) fn notice_commit(&self) {
        if self.wal.rest_bytes() >= self.soft_bytes
            && let Some(wake) = &self.wake
        {
            // A full channel means that it is awake already.
            let _ = wake.try_send(());
        }
    }

    /// Between two commits: the writer's part of the work, if there is any.
    ///
    /// # Errors
    /// When the disk fails.
    pub(super) fn step(&mut self, writer: &Connection) -> Result<()> {
        let bytes = self.wal.bytes();
        if bytes < self.hard_bytes {
            self.next_hard_bytes = self.hard_bytes;
        } else if bytes >= self.next_hard_bytes {
            // A reader may hinder it: then commits go on for a while before it is tried again.
            self.next_hard_bytes = bytes.saturating_add(self.soft_bytes);
            let _copying = self.wal.lock_copying();
            checkpoint(writer, Mode::Truncate, &self.wal)?;
        }
        if self.wal.is_nearly_copied.swap(false, Ordering::Relaxed) {
            checkpoint(writer, Mode::Passive, &self.wal)?;
        }
        Ok(())
    }
}

impl Drop for Checkpointer {
    fn drop(&mut self) {
        drop(self.wake.take());
        if let Some(thread) = self.thread.take() {
            // It does not panic; and if it did, nothing here depends on it.
            let _ = thread.join();
        }
    }
}

/// An error is left to the writer, which meets the same disk.
fn copy_when_woken(connection: &Connection, woken: &Receiver<()>, wal: &Wal) {
    while woken.recv().is_ok() {
        for _ in 0..MAX_ROUNDS {
            let copying = wal.lock_copying();
            let has_copied = checkpoint(connection, Mode::Passive, wal).unwrap_or(false);
            drop(copying);
            if !has_copied || wal.rest_bytes() <= REST_BYTES {
                break;
            }
        }
        wal.is_nearly_copied.store(true, Ordering::Relaxed);
    }
}
