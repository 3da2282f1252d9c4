//! Reads that need no partition, over a small pool of read-only connections. Every read is short, so that none holds up a
//! checkpoint for long.

use core::fmt;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use everbeat_model::EventId;
use everbeat_partition::rows::{ExecutionRow, RunKey};
use everbeat_partition::store::{
    HistoryPage, HistoryQuery, ListPage, ListQuery, Reader, Selection, StoreError,
};
use rusqlite::{Connection, OpenFlags};

use super::checkpoint::Wal;
use super::error::store_error;
use super::{BUSY_TIMEOUT, STATEMENTS, list, load, rows};
use crate::history::PageCutter;

/// Reads of a [`SqliteStore`](super::SqliteStore) from any thread; a clone shares the connections.
#[derive(Clone)]
pub struct SqliteReader {
    pool: Arc<Pool>,
    wal: Arc<Wal>,
}

struct Pool {
    idle: Mutex<Vec<Connection>>,
    returned: Condvar,
}

impl SqliteReader {
    pub(super) fn open(file: &Path, connections: usize, wal: Arc<Wal>) -> rusqlite::Result<Self> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let open = |_| {
            let connection = Connection::open_with_flags(file, flags)?;
            connection.busy_timeout(BUSY_TIMEOUT)?;
            connection.set_prepared_statement_cache_capacity(STATEMENTS);
            connection.execute_batch(
                "PRAGMA temp_store = MEMORY; PRAGMA cell_size_check = ON; PRAGMA cache_size = -4096;",
            )?;
            Ok(connection)
        };
        let idle = (0..connections.max(1))
            .map(open)
            .collect::<rusqlite::Result<_>>()?;
        Ok(Self {
            pool: Arc::new(Pool {
                idle: Mutex::new(idle),
                returned: Condvar::new(),
            }),
            wal,
        })
    }

    /// Length of the write-ahead log in bytes, for metrics.
    pub fn wal_bytes(&self) -> u64 {
        self.wal.bytes()
    }

    /// A connection, as soon as one is free.
    fn connection(&self) -> Lent<'_> {
        let mut idle = self.pool.idle();
        loop {
            if let Some(connection) = idle.pop() {
                return Lent {
                    pool: &self.pool,
                    connection: Some(connection),
                };
            }
            let waited = self.pool.returned.wait(idle);
            idle = waited.unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl fmt::Debug for SqliteReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteReader").finish_non_exhaustive()
    }
}

impl Pool {
    fn idle(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection that goes back to the pool when dropped.
struct Lent<'p> {
    pool: &'p Pool,
    /// None only while it is being dropped.
    connection: Option<Connection>,
}

impl Lent<'_> {
    fn read<T>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        match &self.connection {
            Some(connection) => work(connection),
            None => Err(StoreError::Failed("the connection is closed".to_owned())),
        }
    }
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        self.pool.idle().extend(self.connection.take());
        self.pool.returned.notify_one();
    }
}

impl Reader for SqliteReader {
    fn execution(&self, run: RunKey) -> Result<Option<ExecutionRow>, StoreError> {
        self.connection()
            .read(|connection| load::execution(connection, run))
    }

    fn history(&self, query: &HistoryQuery) -> Result<HistoryPage, StoreError> {
        self.connection()
            .read(|connection| history(connection, query))
    }

    fn list(&self, query: &ListQuery) -> Result<ListPage, StoreError> {
        self.connection()
            .read(|connection| list::list(connection, query))
    }

    fn count(&self, selection: &Selection) -> Result<u64, StoreError> {
        self.connection()
            .read(|connection| list::count(connection, selection))
    }
}

/// Rows are fetched one by one, until the page is full.
fn history(connection: &Connection, query: &HistoryQuery) -> Result<HistoryPage, StoreError> {
    let sql = if query.reverse {
        "SELECT first_event_id, count, lines FROM events
         WHERE run = ?1 AND first_event_id <= ?3 AND first_event_id >= coalesce(
             (SELECT max(first_event_id) FROM events WHERE run = ?1 AND first_event_id <= ?2), 0)
         ORDER BY first_event_id DESC"
    } else {
        "SELECT first_event_id, count, lines FROM events
         WHERE run = ?1 AND first_event_id <= ?3 AND first_event_id >= coalesce(
             (SELECT max(first_event_id) FROM events WHERE run = ?1 AND first_event_id <= ?2), 0)
         ORDER BY first_event_id"
    };
    let mut statement = connection.prepare_cached(sql).map_err(store_error)?;
    let params = (rows::key(query.run), query.from.0, query.to.0);
    let mut found = statement.query(params).map_err(store_error)?;
    let mut cutter = PageCutter::new(query);
    while let Some(row) = found.next().map_err(store_error)? {
        let first = EventId(row.get(0).map_err(store_error)?);
        let count: i64 = row.get(1).map_err(store_error)?;
        if !cutter.add(first, count.cast_unsigned(), rows::text(row, 2)?)? {
            break;
        }
    }
    Ok(cutter.finish())
}
