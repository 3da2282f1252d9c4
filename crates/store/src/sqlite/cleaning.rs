//! Housekeeping between commits: removing closed runs that have expired, and giving free pages back to the system.
//!
//! Each step is a short transaction, followed by a rest that is many times as long, so that traffic hardly notices. What
//! has expired is unknown to every reader anyway; nobody waits for its removal.

use core::time::Duration;
use std::time::Instant;

use everbeat_model::{Timestamp, WorkflowExecutionInfo};
use everbeat_partition::rows::{DomainId, RunKey};
use everbeat_partition::store::StoreError;
use rusqlite::{Connection, Result};

use super::SqliteStore;
use super::error::store_error;
use super::load;
use super::rows::{self, key};

/// At most so many runs are removed in one step.
const RUNS: i64 = 128;
/// At most so many rows of events are removed in one step: a run with a long history takes several.
const EVENT_ROWS: usize = 512;
/// After this time a step ends with the run or page that it is at.
const STEP_TIME: Duration = Duration::from_millis(6);
/// The shortest rest after a step.
const SHORTEST_REST: Duration = Duration::from_millis(20);
/// A rest is at least so many times as long as the step before it.
const REST_FACTOR: u32 = 24;
/// After a step that failed.
const REST_AFTER_FAILURE: Duration = Duration::from_secs(5);

/// So many free pages are kept for new rows.
const KEPT_PAGES: i64 = 256;
/// Beyond that, one page in so many may be free.
const KEPT_SHARE: i64 = 8;
/// At most so many pages are given back in one step.
const FREED_PAGES: i64 = 64;

/// When to go on, and what is known of what waits.
#[derive(Debug, Default)]
pub(super) struct Cleaning {
    /// Not before that.
    next: Option<Instant>,
    is_more_waiting: bool,
}

/// An expired run, with what its rows in other tables are found by.
struct Expired {
    run: RunKey,
    domain: DomainId,
    info: WorkflowExecutionInfo,
}

impl SqliteStore {
    /// A step, unless it is too early for one. True if more is waiting.
    pub(super) fn clean(&mut self, now: Timestamp) -> core::result::Result<bool, StoreError> {
        let start = Instant::now();
        if self.cleaning.next.is_some_and(|next| start < next) {
            return Ok(self.cleaning.is_more_waiting);
        }
        self.cleaning = Cleaning {
            next: Some(start + REST_AFTER_FAILURE),
            is_more_waiting: false,
        };
        let is_more_waiting = self.cleaning_step(now)?;
        let end = Instant::now();
        let rest = SHORTEST_REST.max((end - start) * REST_FACTOR);
        self.cleaning = Cleaning {
            next: Some(end + rest),
            is_more_waiting,
        };
        Ok(is_more_waiting)
    }

    /// True if it found something to do: then there may be more.
    fn cleaning_step(&mut self, now: Timestamp) -> core::result::Result<bool, StoreError> {
        let expired = expired(&self.connection, now)?;
        if !expired.is_empty() {
            self.transaction(|connection| remove_some(connection, &expired))?;
            return Ok(true);
        }
        let has_free_pages = has_many_free_pages(&self.connection).map_err(store_error)?;
        if has_free_pages {
            self.transaction(free_some_pages)?;
        }
        Ok(has_free_pages)
    }
}

pub(super) const EXPIRED: &str =
    "SELECT run, domain, info FROM executions INDEXED BY executions_by_expiry
     WHERE expires_ms <= ?1 AND run < (SELECT max(run) FROM executions)
     ORDER BY expires_ms LIMIT ?2";

/// The first runs to remove. The run with the greatest key stays, as it says which keys have been used.
fn expired(
    connection: &Connection,
    now: Timestamp,
) -> core::result::Result<Vec<Expired>, StoreError> {
    load::all(connection, EXPIRED, (now.0, RUNS), |row| {
        Ok(Expired {
            run: rows::run(row, 0).map_err(store_error)?,
            domain: DomainId(row.get(1).map_err(store_error)?),
            info: rows::json(row, 2)?,
        })
    })
}

/// Removes runs as far as one step may go. The row of a run goes last, so that a run that is begun is found again.
fn remove_some(connection: &Connection, expired: &[Expired]) -> Result<()> {
    let start = Instant::now();
    let mut event_rows = EVENT_ROWS;
    for run in expired {
        event_rows -= remove_events(connection, run.run, event_rows)?;
        if event_rows == 0 {
            break;
        }
        remove_tags(connection, run)?;
        remove_run(connection, run.run)?;
        if start.elapsed() >= STEP_TIME {
            break;
        }
    }
    Ok(())
}

/// Removes at most so many rows of a run's events, and says how many it removed.
fn remove_events(connection: &Connection, run: RunKey, most: usize) -> Result<usize> {
    connection
        .prepare_cached(
            "DELETE FROM events WHERE place IN (SELECT place FROM events WHERE run = ?1 LIMIT ?2)",
        )?
        .execute((key(run), i64::try_from(most).unwrap_or(i64::MAX)))
}

fn remove_tags(connection: &Connection, run: &Expired) -> Result<()> {
    let Some(list) = &run.info.tag_list else {
        return Ok(());
    };
    let started = run.info.start_timestamp.0;
    let closed = run.info.close_timestamp.map(|at| at.0);
    for tag in list.tags() {
        let (domain, tag) = (run.domain.0, tag.as_str());
        connection
            .prepare_cached(
                "DELETE FROM closed_tags_by_start
                 WHERE domain = ?1 AND tag = ?2 AND started_ms = ?3 AND run = ?4",
            )?
            .execute((domain, tag, started, key(run.run)))?;
        connection
            .prepare_cached(
                "DELETE FROM closed_tags_by_close
                 WHERE domain = ?1 AND tag = ?2 AND closed_ms = ?3 AND run = ?4",
            )?
            .execute((domain, tag, closed, key(run.run)))?;
    }
    Ok(())
}

/// Messages of the run stay: they are still to be delivered.
fn remove_run(connection: &Connection, run: RunKey) -> Result<()> {
    for sql in [
        "DELETE FROM snapshots WHERE run = ?1",
        "DELETE FROM heartbeats WHERE run = ?1",
        "DELETE FROM tasks WHERE run = ?1",
        "DELETE FROM deadlines WHERE run = ?1",
        "DELETE FROM executions WHERE run = ?1",
    ] {
        connection.prepare_cached(sql)?.execute((key(run),))?;
    }
    Ok(())
}

/// New rows fill free pages, so some are kept.
fn has_many_free_pages(connection: &Connection) -> Result<bool> {
    let number = |sql| {
        connection
            .prepare_cached(sql)?
            .query_row([], |row| row.get::<_, i64>(0))
    };
    let kept = KEPT_PAGES.max(number("PRAGMA page_count")? / KEPT_SHARE);
    Ok(number("PRAGMA freelist_count")? > kept)
}

/// Moves pages from the end of the file into free ones. The file gets shorter with the next checkpoint.
fn free_some_pages(connection: &Connection) -> Result<()> {
    let sql = format!("PRAGMA incremental_vacuum({FREED_PAGES})");
    let mut statement = connection.prepare_cached(&sql)?;
    // A page is given back with each step of the statement.
    let start = Instant::now();
    let mut steps = statement.query([])?;
    while start.elapsed() < STEP_TIME && steps.next()?.is_some() {}
    Ok(())
}
