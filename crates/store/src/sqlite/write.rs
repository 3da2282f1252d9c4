//! Writing one batch. The hot path: each statement is prepared once and looked up once a batch, values are bound by
//! reference.

use everbeat_model::shape::to_json;
use everbeat_partition::rows::{Batch, TypeDetail};
use rusqlite::{Connection, Result, Statement, params};

use super::executions::write_executions;
use super::rows::{key, task_kind, type_kind};

/// Writes all rows of the batch. The caller holds the transaction.
///
/// # Errors
/// When the database refuses a row; then the caller rolls back.
pub(super) fn write_batch(connection: &Connection, batch: &Batch) -> Result<()> {
    write_domains(connection, batch)?;
    write_types(connection, batch)?;
    write_events(connection, batch)?;
    write_snapshots(connection, batch)?;
    write_heartbeats(connection, batch)?;
    write_tasks(connection, batch)?;
    write_deadlines(connection, batch)?;
    write_messages(connection, batch)?;
    write_clock(connection, batch)?;
    write_executions(connection, batch)
}

/// A statement that is prepared when it is first needed.
pub(super) struct Lazy<'c> {
    connection: &'c Connection,
    sql: &'static str,
    statement: Option<rusqlite::CachedStatement<'c>>,
}

impl<'c> Lazy<'c> {
    pub(super) fn new(connection: &'c Connection, sql: &'static str) -> Self {
        Self {
            connection,
            sql,
            statement: None,
        }
    }

    pub(super) fn get(&mut self) -> Result<&mut Statement<'c>> {
        match &mut self.statement {
            Some(statement) => Ok(statement),
            empty => Ok(empty.insert(self.connection.prepare_cached(self.sql)?)),
        }
    }
}

fn write_domains(connection: &Connection, batch: &Batch) -> Result<()> {
    let mut put = Lazy::new(
        connection,
        "INSERT INTO domains (domain, account, region, name, status, description, retention_days, tags)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
         ON CONFLICT (domain)
         DO UPDATE SET status = ?5, description = ?6, retention_days = ?7, tags = ?8",
    );
    for (id, row) in &batch.domains {
        put.get()?.execute(params![
            id.0,
            row.realm.account,
            row.realm.region,
            row.name.as_str(),
            row.status.as_str(),
            row.description.as_deref(),
            row.retention.as_str(),
            to_json(&row.tags),
        ])?;
    }
    Ok(())
}

fn write_types(connection: &Connection, batch: &Batch) -> Result<()> {
    let mut put = Lazy::new(
        connection,
        "INSERT OR REPLACE INTO types (domain, kind, name, version, detail) VALUES (?1, ?2, ?3, ?4, ?5)",
    );
    let mut delete = Lazy::new(
        connection,
        "DELETE FROM types WHERE domain = ?1 AND kind = ?2 AND name = ?3 AND version = ?4",
    );
    for (id, row) in &batch.types {
        let (domain, kind) = (id.domain.0, type_kind(id.kind));
        let (name, version) = (id.name.as_str(), id.version.as_str());
        let detail = match row {
            None => {
                delete.get()?.execute((domain, kind, name, version))?;
                continue;
            }
            Some(TypeDetail::Workflow(detail)) => to_json(detail),
            Some(TypeDetail::Activity(detail)) => to_json(detail),
        };
        put.get()?.execute((domain, kind, name, version, detail))?;
    }
    Ok(())
}

/// A row of the same first event is refused: no event is ever written twice.
fn write_events(connection: &Connection, batch: &Batch) -> Result<()> {
    let mut insert = Lazy::new(
        connection,
        "INSERT INTO events (run, first_event_id, count, lines) VALUES (?1, ?2, ?3, ?4)",
    );
    for (&run, row) in &batch.events {
        insert.get()?.execute((
            key(run),
            row.first_event_id.0,
            row.count.cast_signed(),
            row.lines.as_str(),
        ))?;
    }
    Ok(())
}

fn write_snapshots(connection: &Connection, batch: &Batch) -> Result<()> {
    let mut put = Lazy::new(
        connection,
        "INSERT OR REPLACE INTO snapshots (run, event_id, version, state) VALUES (?1, ?2, ?3, ?4)",
    );
    for (&run, row) in &batch.snapshots {
        put.get()?
            .execute((key(run), row.event_id.0, row.version, row.state.as_str()))?;
    }
    Ok(())
}

fn write_heartbeats(connection: &Connection, batch: &Batch) -> Result<()> {
    let mut put = Lazy::new(
        connection,
        "INSERT OR REPLACE INTO heartbeats (run, scheduled_event_id, at_ms, details) VALUES (?1, ?2, ?3, ?4)",
    );
    let mut delete = Lazy::new(
        connection,
        "DELETE FROM heartbeats WHERE run = ?1 AND scheduled_event_id = ?2",
    );
    for (task, row) in &batch.heartbeats {
        let (run, event) = (key(task.run), task.scheduled_event_id.0);
        match row {
            Some(row) => put
                .get()?
                .execute((run, event, row.at.0, row.details.as_deref()))?,
            None => delete.get()?.execute((run, event))?,
        };
    }
    Ok(())
}

fn write_tasks(connection: &Connection, batch: &Batch) -> Result<()> {
    let mut put = Lazy::new(
        connection,
        "INSERT OR REPLACE INTO tasks
         (run, scheduled_event_id, domain, kind, task_list, priority, place, is_ready)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    );
    let mut delete = Lazy::new(
        connection,
        "DELETE FROM tasks WHERE run = ?1 AND scheduled_event_id = ?2",
    );
    for (task, write) in &batch.tasks {
        let (run, event) = (key(task.run), task.scheduled_event_id.0);
        match &write.row {
            Some(row) => put.get()?.execute((
                run,
                event,
                row.domain.0,
                task_kind(row.kind),
                row.task_list.as_str(),
                row.priority,
                row.order.cast_signed(),
                row.is_ready,
            ))?,
            None => delete.get()?.execute((run, event))?,
        };
    }
    Ok(())
}

fn write_deadlines(connection: &Connection, batch: &Batch) -> Result<()> {
    let mut put = Lazy::new(
        connection,
        "INSERT INTO deadlines (run, at_ms) VALUES (?1, ?2) ON CONFLICT (run) DO UPDATE SET at_ms = ?2",
    );
    let mut delete = Lazy::new(connection, "DELETE FROM deadlines WHERE run = ?1");
    for (&run, at) in &batch.deadlines {
        match at {
            Some(at) => put.get()?.execute((key(run), at.0))?,
            None => delete.get()?.execute((key(run),))?,
        };
    }
    Ok(())
}

fn write_clock(connection: &Connection, batch: &Batch) -> Result<()> {
    if let Some(now) = batch.clock {
        let put = "INSERT OR REPLACE INTO clock (id, now_ms) VALUES (1, ?1)";
        connection.prepare_cached(put)?.execute((now.0,))?;
    }
    Ok(())
}

fn write_messages(connection: &Connection, batch: &Batch) -> Result<()> {
    let mut put = Lazy::new(
        connection,
        "INSERT OR REPLACE INTO messages (message, domain, source, text) VALUES (?1, ?2, ?3, ?4)",
    );
    let mut delete = Lazy::new(connection, "DELETE FROM messages WHERE message = ?1");
    for (id, row) in &batch.messages {
        let id = id.0.cast_signed();
        match row {
            Some(row) => {
                put.get()?
                    .execute((id, row.domain.0, key(row.source), row.text.as_str()))?
            }
            None => delete.get()?.execute((id,))?,
        };
    }
    Ok(())
}
