//! Writing the rows of runs, with what belongs to them in the tables of types and tags. Part of the hot path of
//! [`super::write`].
//!
//! Type, start and tags of a run never change, so they are written once: what opens, and what is new and closed at once.

use everbeat_model::shape::to_json;
use everbeat_partition::rows::{Batch, ExecutionRow};
use rusqlite::{Connection, OptionalExtension, Result, params};

use super::rows::key;
use super::write::Lazy;

/// In the order of their keys, so that a run closes before its successor opens under the same workflow id. A closed run
/// needs no snapshot any more.
pub(super) fn write_executions(connection: &Connection, batch: &Batch) -> Result<()> {
    let mut statements = Statements::new(connection);
    for row in batch.executions.values() {
        let (info, detail) = (to_json(&row.info), row.detail.as_ref().map(to_json));
        let is_new = !statements.update(row, &info, detail.as_deref())?;
        if is_new {
            statements.insert(row, &info, detail.as_deref())?;
        }
        if row.info.close_timestamp.is_some() {
            statements.drop_snapshot.get()?.execute((key(row.run),))?;
        }
        statements.write_tags(row, is_new)?;
    }
    Ok(())
}

struct Statements<'c> {
    update: Lazy<'c>,
    insert: Lazy<'c>,
    find_type: Lazy<'c>,
    add_type: Lazy<'c>,
    drop_snapshot: Lazy<'c>,
    open_tag: Lazy<'c>,
    close_tag: Lazy<'c>,
    tag_by_start: Lazy<'c>,
    tag_by_close: Lazy<'c>,
}

impl<'c> Statements<'c> {
    fn new(connection: &'c Connection) -> Self {
        let lazy = |sql| Lazy::new(connection, sql);
        Self {
            update: lazy(
                "UPDATE executions SET closed_ms = ?2, close_status = ?3, expires_ms = ?4, info = ?5, detail = ?6
                 WHERE run = ?1",
            ),
            insert: lazy(
                "INSERT INTO executions (run, domain, workflow_id, run_id, type, started_ms, closed_ms, close_status,
                                         expires_ms, info, detail)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
            ),
            find_type: lazy(
                "SELECT type FROM execution_types WHERE domain = ?1 AND name = ?2 AND version = ?3",
            ),
            add_type: lazy(
                "INSERT INTO execution_types (domain, name, version) VALUES (?1, ?2, ?3) RETURNING type",
            ),
            drop_snapshot: lazy("DELETE FROM snapshots WHERE run = ?1"),
            // A tag may be given twice.
            open_tag: lazy(
                "INSERT OR IGNORE INTO open_tags (domain, tag, started_ms, run) VALUES (?1, ?2, ?3, ?4)",
            ),
            close_tag: lazy(
                "DELETE FROM open_tags WHERE domain = ?1 AND tag = ?2 AND started_ms = ?3 AND run = ?4",
            ),
            tag_by_start: lazy(
                "INSERT OR IGNORE INTO closed_tags_by_start (domain, tag, started_ms, run, expires_ms)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
            ),
            tag_by_close: lazy(
                "INSERT OR IGNORE INTO closed_tags_by_close (domain, tag, closed_ms, run, expires_ms)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
            ),
        }
    }

    /// False when there is no row yet.
    fn update(&mut self, row: &ExecutionRow, info: &str, detail: Option<&str>) -> Result<bool> {
        let changed = self.update.get()?.execute(params![
            key(row.run),
            row.info.close_timestamp.map(|at| at.0),
            row.info.close_status.map(|status| status.as_str()),
            row.expires_at.map(|at| at.0),
            info,
            detail,
        ])?;
        Ok(changed > 0)
    }

    fn insert(&mut self, row: &ExecutionRow, info: &str, detail: Option<&str>) -> Result<()> {
        let type_number = self.type_number(row)?;
        let shown = &row.info;
        self.insert.get()?.execute(params![
            key(row.run),
            row.domain.0,
            shown.execution.workflow_id.as_str(),
            shown.execution.run_id.as_str(),
            type_number,
            shown.start_timestamp.0,
            shown.close_timestamp.map(|at| at.0),
            shown.close_status.map(|status| status.as_str()),
            row.expires_at.map(|at| at.0),
            info,
            detail,
        ])?;
        Ok(())
    }

    /// The number of the run's type, a new one for a type that has had no run before.
    fn type_number(&mut self, row: &ExecutionRow) -> Result<i64> {
        let of_run = &row.info.workflow_type;
        let params = (row.domain.0, of_run.name.as_str(), of_run.version.as_str());
        let found = self.find_type.get()?.query_row(params, |row| row.get(0));
        match found.optional()? {
            Some(number) => Ok(number),
            None => self.add_type.get()?.query_row(params, |row| row.get(0)),
        }
    }

    fn write_tags(&mut self, row: &ExecutionRow, is_new: bool) -> Result<()> {
        let (run, domain) = (key(row.run), row.domain.0);
        let started = row.info.start_timestamp.0;
        let expires = row.expires_at.map(|at| at.0);
        for tag in row.info.tag_list.iter().flat_map(|list| list.tags()) {
            let tag = tag.as_str();
            let Some(closed) = row.info.close_timestamp else {
                if is_new {
                    let params = (domain, tag, started, run);
                    self.open_tag.get()?.execute(params)?;
                }
                continue;
            };
            if !is_new {
                let params = (domain, tag, started, run);
                self.close_tag.get()?.execute(params)?;
            }
            let params = (domain, tag, started, run, expires);
            self.tag_by_start.get()?.execute(params)?;
            let params = (domain, tag, closed.0, run, expires);
            self.tag_by_close.get()?.execute(params)?;
        }
        Ok(())
    }
}
