//! Which clock a store lives under. It is chosen with the first data, and stays: times that a manual clock gave would be
//! wrong under the system's, and the other way round.

use everbeat_model::shape::from_json_text;
use everbeat_model::{HistoryEvent, Timestamp};
use everbeat_partition::store::StoreError;
use rusqlite::OptionalExtension;

use super::SqliteStore;
use super::error::store_error;

/// The clock that a store lives under.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoredClock {
    /// None yet: there is no data.
    Undecided,
    /// The system's.
    System,
    /// A manual one, which stands there.
    Manual(Timestamp),
}

impl SqliteStore {
    /// The time of the newest event, so that a clock that was set back while no server ran does not take executions back
    /// in time. None without events.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn latest_event_time(&self) -> Result<Option<Timestamp>, StoreError> {
        let sql = "SELECT lines FROM events ORDER BY place DESC LIMIT 1";
        let newest = self
            .connection
            .query_row(sql, [], |row| row.get::<_, String>(0));
        let newest = newest.optional().map_err(store_error)?;
        let line = newest.as_deref().and_then(|lines| lines.lines().last());
        let event = line.and_then(|line| from_json_text::<HistoryEvent>(line).ok());
        Ok(event.map(|event| event.event_timestamp))
    }

    /// The clock that the data lives under.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn stored_clock(&self) -> Result<StoredClock, StoreError> {
        let number = |sql| {
            let row = self
                .connection
                .query_row(sql, [], |row| row.get::<_, i64>(0));
            row.optional().map_err(store_error)
        };
        if let Some(now) = number("SELECT now_ms FROM clock")? {
            return Ok(StoredClock::Manual(Timestamp(now)));
        }
        let has_data = number("SELECT 1 FROM domains LIMIT 1")?.is_some();
        Ok(if has_data {
            StoredClock::System
        } else {
            StoredClock::Undecided
        })
    }
}
