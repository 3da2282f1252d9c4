//! Between the typed rows and the values of columns.

use everbeat_engine::TaskKind;
use everbeat_model::shape::from_json_text;
use everbeat_model::{Described, RegistrationStatus, Timestamp};
use everbeat_partition::rows::{
    DomainId, DomainRow, ExecutionRow, Realm, RunKey, TaskRow, TypeDetail, TypeKey, TypeKind,
};
use everbeat_partition::store::StoreError;
use rusqlite::Row;

use super::error::store_error;

/// The key as the database has it. Sequence numbers stay far below the 53 bits that are left for them.
pub(super) fn key(run: RunKey) -> i64 {
    run.0.cast_signed()
}

pub(super) fn run(row: &Row<'_>, column: usize) -> rusqlite::Result<RunKey> {
    Ok(RunKey(row.get::<_, i64>(column)?.cast_unsigned()))
}

pub(super) fn timestamp(row: &Row<'_>, column: usize) -> rusqlite::Result<Timestamp> {
    row.get(column).map(Timestamp)
}

/// The text of a column, without a copy.
pub(super) fn text<'r>(row: &'r Row<'_>, column: usize) -> Result<&'r str, StoreError> {
    let value = row.get_ref(column).map_err(store_error)?;
    value
        .as_str()
        .map_err(|error| StoreError::Corrupt(format!("a text cannot be read: {error}")))
}

/// The value of a column of JSON.
pub(super) fn json<T: Described>(row: &Row<'_>, column: usize) -> Result<T, StoreError> {
    from_json_text(text(row, column)?).map_err(|error| StoreError::Corrupt(error.to_string()))
}

/// Columns: run, domain, info, detail, expires_ms.
pub(super) fn execution(row: &Row<'_>) -> Result<ExecutionRow, StoreError> {
    let has_detail = row.get_ref(3).map_err(store_error)? != rusqlite::types::ValueRef::Null;
    let expires: Option<i64> = row.get(4).map_err(store_error)?;
    Ok(ExecutionRow {
        run: run(row, 0).map_err(store_error)?,
        domain: DomainId(row.get(1).map_err(store_error)?),
        info: json(row, 2)?,
        detail: has_detail.then(|| json(row, 3)).transpose()?,
        expires_at: expires.map(Timestamp),
    })
}

/// Columns: domain, account, region, name, status, description, retention_days, tags.
pub(super) fn domain(row: &Row<'_>) -> Result<DomainRow, StoreError> {
    let description: Option<String> = row.get(5).map_err(store_error)?;
    let status = text(row, 4)?;
    Ok(DomainRow {
        id: DomainId(row.get(0).map_err(store_error)?),
        realm: Realm {
            account: text(row, 1)?.into(),
            region: text(row, 2)?.into(),
        },
        name: text(row, 3)?.into(),
        status: RegistrationStatus::from_name(status).ok_or_else(|| unknown("status", status))?,
        description: description.map(Into::into),
        retention: text(row, 6)?.into(),
        tags: json(row, 7)?,
    })
}

/// Columns: domain, kind, name, version, detail.
pub(super) fn typ(row: &Row<'_>) -> Result<(TypeKey, TypeDetail), StoreError> {
    let (kind, detail) = match text(row, 1)? {
        WORKFLOW => (TypeKind::Workflow, TypeDetail::Workflow(json(row, 4)?)),
        ACTIVITY => (TypeKind::Activity, TypeDetail::Activity(json(row, 4)?)),
        other => return Err(unknown("kind of type", other)),
    };
    let key = TypeKey {
        domain: DomainId(row.get(0).map_err(store_error)?),
        kind,
        name: text(row, 2)?.into(),
        version: text(row, 3)?.into(),
    };
    Ok((key, detail))
}

/// Columns from the third on: domain, kind, task_list, priority, place, is_ready.
pub(super) fn task(row: &Row<'_>) -> Result<TaskRow, StoreError> {
    let kind = match text(row, 3)? {
        DECISION => TaskKind::Decision,
        ACTIVITY => TaskKind::Activity,
        other => return Err(unknown("kind of task", other)),
    };
    let place: i64 = row.get(6).map_err(store_error)?;
    Ok(TaskRow {
        domain: DomainId(row.get(2).map_err(store_error)?),
        kind,
        task_list: text(row, 4)?.into(),
        priority: row.get(5).map_err(store_error)?,
        order: place.cast_unsigned(),
        is_ready: row.get(7).map_err(store_error)?,
    })
}

const WORKFLOW: &str = "workflow";
const ACTIVITY: &str = "activity";
const DECISION: &str = "decision";

pub(super) fn type_kind(kind: TypeKind) -> &'static str {
    match kind {
        TypeKind::Workflow => WORKFLOW,
        TypeKind::Activity => ACTIVITY,
    }
}

pub(super) fn task_kind(kind: TaskKind) -> &'static str {
    match kind {
        TaskKind::Decision => DECISION,
        TaskKind::Activity => ACTIVITY,
    }
}

fn unknown(what: &str, found: &str) -> StoreError {
    StoreError::Corrupt(format!("{found:?} is no {what}"))
}
