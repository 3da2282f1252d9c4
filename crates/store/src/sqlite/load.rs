//! What the partition loads, over the writer's connection.

use std::collections::btree_map::Entry;

use everbeat_model::{EventId, Timestamp};
use everbeat_partition::executions::SNAPSHOT_VERSION;
use everbeat_partition::rows::{
    DomainId, EventsRow, ExecutionRow, HeartbeatRow, MessageId, MessageRow, RunKey, SnapshotRow,
    TaskId, TaskRow,
};
use everbeat_partition::store::{LoadedRun, LoadedRuns, Needs, Start, StoreError};
use rusqlite::{Connection, OptionalExtension, Params, Row};

use super::error::store_error;
use super::rows;
use crate::history::events_behind;

/// All rows of a query, each read by `read`.
pub(super) fn all<T>(
    connection: &Connection,
    sql: &str,
    params: impl Params,
    mut read: impl FnMut(&Row<'_>) -> Result<T, StoreError>,
) -> Result<Vec<T>, StoreError> {
    let mut statement = connection.prepare_cached(sql).map_err(store_error)?;
    let mut found = statement.query(params).map_err(store_error)?;
    let mut values = Vec::new();
    while let Some(row) = found.next().map_err(store_error)? {
        values.push(read(row)?);
    }
    Ok(values)
}

/// The first row of a query.
fn first<T>(
    connection: &Connection,
    sql: &str,
    params: impl Params,
    read: impl FnOnce(&Row<'_>) -> Result<T, StoreError>,
) -> Result<Option<T>, StoreError> {
    let mut statement = connection.prepare_cached(sql).map_err(store_error)?;
    let mut found = statement.query(params).map_err(store_error)?;
    found.next().map_err(store_error)?.map(read).transpose()
}

/// How many runs are open in each domain.
pub(super) const OPEN_RUNS: &str =
    "SELECT domain, count(*) FROM executions INDEXED BY executions_open_by_start
     WHERE closed_ms IS NULL GROUP BY domain";
pub(super) const LAST_RUN: &str = "SELECT coalesce(max(run), 0) FROM executions";
/// The open run of a workflow id.
pub(super) const OPEN_RUN: &str =
    "SELECT run FROM executions INDEXED BY executions_open_by_workflow_id
     WHERE domain = ?1 AND workflow_id = ?2 AND closed_ms IS NULL";

pub(super) fn start(connection: &Connection, horizon: Timestamp) -> Result<Start, StoreError> {
    let open_runs = all(connection, OPEN_RUNS, [], |row| {
        let domain = DomainId(row.get(0).map_err(store_error)?);
        let count: i64 = row.get(1).map_err(store_error)?;
        Ok((domain, count.unsigned_abs()))
    })?;
    Ok(Start {
        domains: all(
            connection,
            "SELECT domain, account, region, name, status, description, retention_days, tags
             FROM domains ORDER BY domain",
            [],
            rows::domain,
        )?,
        types: all(
            connection,
            "SELECT domain, kind, name, version, detail FROM types",
            [],
            rows::typ,
        )?,
        open_runs: open_runs.into_iter().collect(),
        tasks: tasks(connection)?,
        deadlines: deadlines(connection, Timestamp(i64::MIN), horizon)?,
        messages: messages(connection)?,
        clock: first(connection, "SELECT now_ms FROM clock", [], |row| {
            Ok(Timestamp(row.get(0).map_err(store_error)?))
        })?,
        last_run: connection
            .query_row(LAST_RUN, [], |row| rows::run(row, 0))
            .map_err(store_error)?,
    })
}

fn tasks(connection: &Connection) -> Result<Vec<(TaskId, TaskRow)>, StoreError> {
    let sql = "SELECT run, scheduled_event_id, domain, kind, task_list, priority, place, is_ready
               FROM tasks ORDER BY run, scheduled_event_id";
    all(connection, sql, [], |row| {
        let task = TaskId {
            run: rows::run(row, 0).map_err(store_error)?,
            scheduled_event_id: EventId(row.get(1).map_err(store_error)?),
        };
        Ok((task, rows::task(row)?))
    })
}

fn messages(connection: &Connection) -> Result<Vec<(MessageId, MessageRow)>, StoreError> {
    let sql = "SELECT message, domain, source, text FROM messages ORDER BY message";
    all(connection, sql, [], |row| {
        let id: i64 = row.get(0).map_err(store_error)?;
        let message = MessageRow {
            domain: DomainId(row.get(1).map_err(store_error)?),
            source: rows::run(row, 2).map_err(store_error)?,
            text: row.get(3).map_err(store_error)?,
        };
        Ok((MessageId(id.cast_unsigned()), message))
    })
}

/// The deadlines after `after`, up to and including `until`, the earliest first.
pub(super) fn deadlines(
    connection: &Connection,
    after: Timestamp,
    until: Timestamp,
) -> Result<Vec<(Timestamp, RunKey)>, StoreError> {
    let sql =
        "SELECT at_ms, run FROM deadlines WHERE at_ms > ?1 AND at_ms <= ?2 ORDER BY at_ms, run";
    all(connection, sql, (after.0, until.0), |row| {
        let at = rows::timestamp(row, 0).map_err(store_error)?;
        Ok((at, rows::run(row, 1).map_err(store_error)?))
    })
}

pub(super) fn runs(connection: &Connection, needs: &Needs) -> Result<LoadedRuns, StoreError> {
    let mut loaded = LoadedRuns::default();
    for need in &needs.open_runs {
        let (domain, workflow_id) = need;
        let run = first(
            connection,
            OPEN_RUN,
            (domain.0, workflow_id.as_str()),
            |row| rows::run(row, 0).map_err(store_error),
        )?;
        loaded.open_runs.insert(need.clone(), run);
    }
    let found = loaded.open_runs.values().flatten();
    for &run in needs.runs.iter().chain(found) {
        if let Entry::Vacant(entry) = loaded.runs.entry(run) {
            entry.insert(load_run(connection, run)?);
        }
    }
    Ok(loaded)
}

fn load_run(connection: &Connection, run: RunKey) -> Result<Option<LoadedRun>, StoreError> {
    let Some(row) = execution(connection, run)? else {
        return Ok(None);
    };
    let deadline = connection
        .prepare_cached("SELECT at_ms FROM deadlines WHERE run = ?1")
        .and_then(|mut statement| {
            let at = statement.query_row((rows::key(run),), |row| rows::timestamp(row, 0));
            at.optional()
        })
        .map_err(store_error)?;
    let mut loaded = LoadedRun {
        row,
        snapshot: None,
        events: Vec::new(),
        heartbeats: Vec::new(),
        deadline,
    };
    if loaded.row.info.close_timestamp.is_none() {
        loaded.snapshot = snapshot(connection, run)?;
        let known = loaded
            .snapshot
            .as_ref()
            .map_or(EventId::NONE, |s| s.event_id);
        loaded.events = events(connection, run, known)?;
        loaded.heartbeats = heartbeats(connection, run)?;
    }
    Ok(Some(loaded))
}

/// The row of a run.
pub(super) fn execution(
    connection: &Connection,
    run: RunKey,
) -> Result<Option<ExecutionRow>, StoreError> {
    let sql = "SELECT run, domain, info, detail, expires_ms FROM executions WHERE run = ?1";
    first(connection, sql, (rows::key(run),), rows::execution)
}

fn snapshot(connection: &Connection, run: RunKey) -> Result<Option<SnapshotRow>, StoreError> {
    // Another version's snapshot is of no use: the run is replayed from its first event.
    let sql = "SELECT event_id, version, state FROM snapshots WHERE run = ?1 AND version = ?2";
    first(connection, sql, (rows::key(run), SNAPSHOT_VERSION), |row| {
        Ok(SnapshotRow {
            event_id: EventId(row.get(0).map_err(store_error)?),
            version: row.get(1).map_err(store_error)?,
            state: row.get(2).map_err(store_error)?,
        })
    })
}

/// The events behind `known`; the row that holds `known` itself may hold some of them.
fn events(
    connection: &Connection,
    run: RunKey,
    known: EventId,
) -> Result<Vec<EventsRow>, StoreError> {
    let sql = "SELECT first_event_id, count, lines FROM events
               WHERE run = ?1 AND first_event_id >= coalesce(
                   (SELECT max(first_event_id) FROM events WHERE run = ?1 AND first_event_id <= ?2), 0)
               ORDER BY first_event_id";
    let rows = all(connection, sql, (rows::key(run), known.0), |row| {
        let count: i64 = row.get(1).map_err(store_error)?;
        let row = EventsRow {
            first_event_id: EventId(row.get(0).map_err(store_error)?),
            count: count.cast_unsigned(),
            lines: row.get(2).map_err(store_error)?,
        };
        events_behind(row, known)
    })?;
    Ok(rows.into_iter().flatten().collect())
}

fn heartbeats(
    connection: &Connection,
    run: RunKey,
) -> Result<Vec<(EventId, HeartbeatRow)>, StoreError> {
    let sql = "SELECT scheduled_event_id, at_ms, details FROM heartbeats WHERE run = ?1
               ORDER BY scheduled_event_id";
    all(connection, sql, (rows::key(run),), |row| {
        let details: Option<String> = row.get(2).map_err(store_error)?;
        let heartbeat = HeartbeatRow {
            at: rows::timestamp(row, 1).map_err(store_error)?,
            details: details.map(Into::into),
        };
        Ok((EventId(row.get(0).map_err(store_error)?), heartbeat))
    })
}
