//! The store of one machine: a folder with an SQLite file, which an operator can read with the `sqlite3` shell.
//!
//! One writer, one transaction a batch, synced before it returns (write-ahead log, `synchronous = FULL`); readers have
//! connections of their own and see what is committed. The form of the file is a promise: see [`schema`].

mod checkpoint;
mod cleaning;
mod clock;
mod error;
mod executions;
mod folder;
mod keys;
mod list;
mod load;
#[cfg(test)]
mod plans;
mod read;
mod rows;
mod schema;
mod write;

use core::fmt;
use core::time::Duration;
use std::path::Path;
use std::sync::Arc;

use everbeat_model::Timestamp;
use everbeat_partition::rows::{Batch, RunKey};
use everbeat_partition::store::{LoadedRuns, Needs, Start, Store, StoreError};
use rusqlite::{Connection, OpenFlags, TransactionBehavior};

pub use clock::StoredClock;
pub use error::OpenError;
pub use read::SqliteReader;

use checkpoint::{Checkpointer, Mode, Wal, checkpoint};
use cleaning::Cleaning;
use error::{open_error, store_error};
use folder::Folder;

/// How long to wait for a lock that somebody else holds, such as an operator's shell.
const BUSY_TIMEOUT: Duration = Duration::from_secs(2);

/// Room for all statements of a connection, so that none is prepared twice.
const STATEMENTS: usize = 128;

/// What makes a commit survive a power cut. On macOS a plain fsync stops at the disk's own cache.
const DURABLE: &str = if cfg!(target_os = "macos") {
    "PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON;"
} else {
    "PRAGMA synchronous = FULL;"
};

/// Settings of a [`SqliteStore`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Number of connections for reading, at least 1.
    pub readers: usize,
    /// Bytes of the file that the writer keeps in memory.
    pub cache_bytes: u64,
    /// Size of a page in bytes, a power of two from 512 to 65,536. Counts when the file is made.
    pub page_bytes: u64,
    /// From this length on, the write-ahead log is copied into the file in the background.
    pub soft_wal_bytes: u64,
    /// From this length on, [`SqliteStore::checkpoint_step`] does not return before the log is empty.
    pub hard_wal_bytes: u64,
    /// The file may not become longer than this many bytes; none for no bound.
    pub max_bytes: Option<u64>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            readers: 4,
            cache_bytes: 64 << 20,
            page_bytes: 4096,
            soft_wal_bytes: 16 << 20,
            hard_wal_bytes: 256 << 20,
            max_bytes: None,
        }
    }
}

/// The writer. Dropping it closes the store: the log is copied into the file and the folder is free again.
pub struct SqliteStore {
    connection: Connection,
    /// None only while it is being closed.
    checkpointer: Option<Checkpointer>,
    wal: Arc<Wal>,
    cleaning: Cleaning,
    _folder: Folder,
}

impl SqliteStore {
    /// Opens the store in a folder, and makes both if they are missing.
    ///
    /// # Errors
    /// When the folder cannot be used; the text says why and what to do.
    pub fn open(folder: &Path, options: &Options) -> Result<(Self, SqliteReader), OpenError> {
        let folder = Folder::lock(folder)?;
        let file = folder.database();
        let failed = |error| open_error(error, file.clone());
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut connection = Connection::open_with_flags(&file, flags).map_err(failed)?;
        connection.busy_timeout(BUSY_TIMEOUT).map_err(failed)?;
        schema::check_owner(&connection, &file)?;
        let wal = set_up_writer(&mut connection, options).map_err(failed)?;
        let soft = options.soft_wal_bytes;
        let checkpointer = Checkpointer::start(&file, &wal, soft, options.hard_wal_bytes);
        let reader = SqliteReader::open(&file, options.readers, Arc::clone(&wal));
        let store = Self {
            connection,
            checkpointer: Some(checkpointer.map_err(failed)?),
            wal,
            cleaning: Cleaning::default(),
            _folder: folder,
        };
        Ok((store, reader.map_err(failed)?))
    }

    /// To be called between two commits, best when replies have been sent: does the writer's part of a checkpoint, if
    /// one is due. Mostly there is nothing to do, now and then some milliseconds' work; a log that has reached its hard
    /// bound is copied whole, however long that takes.
    ///
    /// # Errors
    /// When the disk fails. No commit is lost, and the next step tries again.
    pub fn checkpoint_step(&mut self) -> Result<(), StoreError> {
        match &mut self.checkpointer {
            Some(checkpointer) => checkpointer.step(&self.connection).map_err(store_error),
            None => Ok(()),
        }
    }

    /// Length of the write-ahead log in bytes, for metrics.
    pub fn wal_bytes(&self) -> u64 {
        self.wal.bytes()
    }

    /// One transaction. A transaction that an earlier error left open is ended first.
    fn transaction(
        &mut self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<()>,
    ) -> Result<(), StoreError> {
        if !self.connection.is_autocommit() {
            self.connection
                .execute_batch("ROLLBACK")
                .map_err(store_error)?;
        }
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(store_error)?;
        work(&transaction)
            .and_then(|()| transaction.commit())
            .map_err(store_error)?;
        if let Some(checkpointer) = &self.checkpointer {
            checkpointer.notice_commit();
        }
        Ok(())
    }
}

/// The page size and the kind of vacuum count only before the first table is made.
fn set_up_writer(connection: &mut Connection, options: &Options) -> rusqlite::Result<Arc<Wal>> {
    connection.pragma_update(None, "page_size", options.page_bytes.cast_signed())?;
    connection.execute_batch("PRAGMA auto_vacuum = INCREMENTAL;")?;
    connection.execute_batch("PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0;")?;
    connection.execute_batch(DURABLE)?;
    connection.execute_batch(
        "PRAGMA foreign_keys = OFF; PRAGMA temp_store = MEMORY; PRAGMA cell_size_check = ON;",
    )?;
    let cache_kib = (options.cache_bytes / 1024).cast_signed();
    connection.pragma_update(None, "cache_size", -cache_kib)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    let page_bytes: i64 = connection.query_row("PRAGMA page_size", [], |row| row.get(0))?;
    let page_bytes = page_bytes.cast_unsigned();
    if let Some(max_bytes) = options.max_bytes {
        let pages = (max_bytes / page_bytes.max(1)).cast_signed();
        connection.pragma_update(None, "max_page_count", pages)?;
    }
    schema::migrate(connection)?;
    let wal = Arc::new(Wal::new(page_bytes));
    checkpoint(connection, Mode::Truncate, &wal)?;
    let shared = Arc::clone(&wal);
    connection.wal_hook(Some(move |_: &mut _, pages: i32| {
        shared.set_pages(u64::from(pages.unsigned_abs()));
        Ok(())
    }))?;
    Ok(wal)
}

impl Store for SqliteStore {
    fn commit(&mut self, batch: &Batch) -> Result<(), StoreError> {
        self.transaction(|connection| write::write_batch(connection, batch))
    }

    fn maintain(&mut self, now: Timestamp) -> Result<bool, StoreError> {
        self.checkpoint_step()?;
        self.clean(now)
    }

    fn load_start(&mut self, horizon: Timestamp) -> Result<Start, StoreError> {
        load::start(&self.connection, horizon)
    }

    fn load_runs(&mut self, needs: &Needs) -> Result<LoadedRuns, StoreError> {
        load::runs(&self.connection, needs)
    }

    fn load_deadlines(
        &mut self,
        after: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<(Timestamp, RunKey)>, StoreError> {
        load::deadlines(&self.connection, after, until)
    }
}

impl Drop for SqliteStore {
    fn drop(&mut self) {
        drop(self.checkpointer.take());
        // What cannot be copied now is copied when the store is opened again.
        let _ = checkpoint(&self.connection, Mode::Truncate, &self.wal);
    }
}

impl fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteStore")
            .field("wal", &self.wal)
            .finish_non_exhaustive()
    }
}
