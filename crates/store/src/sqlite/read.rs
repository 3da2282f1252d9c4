//! Reads that need no partition, over a small pool of read-only connections. Every read is one statement, so that none
//! holds up a checkpoint for long.

use core::fmt;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use everbeat_model::{EventId, Timestamp, WorkflowExecutionInfo};
use everbeat_partition::rows::{ExecutionRow, RunKey};
use everbeat_partition::store::{
    HistoryPage, HistoryQuery, ListPage, ListPosition, ListQuery, Reader, StoreError, Which,
};
use rusqlite::{Connection, OpenFlags};

use super::checkpoint::Wal;
use super::error::store_error;
use super::{BUSY_TIMEOUT, load, rows};
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
        self.connection().read(|connection| list(connection, query))
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

fn list(connection: &Connection, query: &ListQuery) -> Result<ListPage, StoreError> {
    let (above, below) = bounds(query);
    let limit = i64::try_from(query.max)
        .unwrap_or(i64::MAX)
        .saturating_add(1);
    let params = (
        query.domain.0,
        above.0,
        above.1,
        below.0,
        below.1,
        query.now.0,
        limit,
    );
    let mut found = load::all(connection, &list_sql(query), params, |row| {
        let position = ListPosition {
            at: rows::timestamp(row, 0).map_err(store_error)?,
            run: rows::run(row, 1).map_err(store_error)?,
        };
        Ok((position, rows::json::<WorkflowExecutionInfo>(row, 2)?))
    })?;
    let has_more = found.len() > query.max;
    found.truncate(query.max);
    let last = found.last().map(|(position, _)| *position);
    Ok(ListPage {
        next: last.filter(|_| has_more),
        entries: found.into_iter().map(|(_, info)| info).collect(),
    })
}

/// Places between which the page lies, both exclusive: (time, run).
fn bounds(query: &ListQuery) -> ((i64, i64), (i64, i64)) {
    let latest = query.latest.unwrap_or(Timestamp(i64::MAX));
    let mut above = (query.oldest.0, -1);
    let mut below = (latest.0, i64::MAX);
    if let Some(after) = query.after {
        let after = (after.at.0, rows::key(after.run));
        if query.reverse {
            above = above.max(after);
        } else {
            below = below.min(after);
        }
    }
    (above, below)
}

/// The index is named, so that the plan never depends on what the planner believes about the data.
fn list_sql(query: &ListQuery) -> String {
    let (index, time, filter) = match (query.which, query.by_close_time) {
        (Which::Open, _) => ("executions_open_by_start", "started_ms", OPEN),
        (Which::Closed, false) => ("executions_closed_by_start", "started_ms", CLOSED),
        (Which::Closed, true) => ("executions_closed_by_close", "closed_ms", CLOSED),
    };
    let direction = if query.reverse { "ASC" } else { "DESC" };
    format!(
        "SELECT {time}, run, info FROM executions INDEXED BY {index}
         WHERE domain = ?1 AND ({time}, run) > (?2, ?3) AND ({time}, run) < (?4, ?5) AND {filter}
         ORDER BY {time} {direction}, run {direction} LIMIT ?7"
    )
}

/// The present is the sixth parameter here too, so that both forms take the same.
const OPEN: &str = "closed_ms IS NULL AND ?6 IS NOT NULL";
const CLOSED: &str = "closed_ms IS NOT NULL AND (expires_ms IS NULL OR expires_ms > ?6)";

#[cfg(test)]
mod tests {
    use everbeat_partition::rows::DomainId;

    use super::*;

    /// A page costs what it shows: two bounds on the index, nothing sorted. (Among runs of the same millisecond, those
    /// before the page's place are skipped one by one.)
    #[test]
    fn every_list_seeks_in_its_index() {
        let schema = include_str!("schema/version_1.sql");
        let connection = Connection::open_in_memory().unwrap();
        connection.execute_batch(schema).unwrap();
        for (which, by_close_time, time) in [
            (Which::Open, false, "started_ms"),
            (Which::Closed, false, "started_ms"),
            (Which::Closed, true, "closed_ms"),
        ] {
            for reverse in [false, true] {
                let query = ListQuery {
                    domain: DomainId(1),
                    which,
                    by_close_time,
                    oldest: Timestamp(0),
                    latest: None,
                    reverse,
                    after: None,
                    max: 1,
                    now: Timestamp(0),
                };
                let sql = format!("EXPLAIN QUERY PLAN {}", list_sql(&query));
                let plan = load::all(&connection, &sql, [0; 7], |row| {
                    Ok(rows::text(row, 3)?.to_owned())
                })
                .unwrap()
                .join("\n");
                let bounds = format!("(domain=? AND {time}>? AND {time}<?)");
                assert!(plan.contains(&bounds), "{plan}");
                assert!(!plan.contains("TEMP B-TREE"), "{plan}");
            }
        }
    }
}
