//! The form of the file: whose it is, which version it has, and how older versions become the newest.

use std::path::Path;

use rusqlite::{Connection, Result, TransactionBehavior};

use super::error::{OpenError, open_error};

/// Marks the file as ours, in its header: `EvBt`.
const APPLICATION_ID: i64 = 0x4576_4274;

/// Step `n` brings a file from version `n` to version `n + 1`; an empty file has version 0. A step that has been
/// released is never changed again.
const MIGRATIONS: &[&str] = &[
    include_str!("schema/version_1.sql"),
    include_str!("schema/version_2.sql"),
];

/// Checks whose the file is, before anything in it is touched.
///
/// # Errors
/// When it belongs to another program, is newer than this one, or cannot be read.
pub(super) fn check_owner(connection: &Connection, file: &Path) -> Result<(), OpenError> {
    let read = |sql| {
        connection
            .query_row(sql, [], |row| row.get::<_, i64>(0))
            .map_err(|error| open_error(error, file.to_owned()))
    };
    let application_id = read("PRAGMA application_id")?;
    let found = read("PRAGMA user_version")?;
    let tables = read("SELECT count(*) FROM sqlite_schema")?;
    let is_empty = application_id == 0 && found == 0 && tables == 0;
    if !is_empty && application_id != APPLICATION_ID {
        return Err(OpenError::Foreign {
            file: file.to_owned(),
        });
    }
    let known = version_of(MIGRATIONS);
    if found > known {
        return Err(OpenError::Newer {
            file: file.to_owned(),
            found,
            known,
        });
    }
    Ok(())
}

/// Brings the file to the newest version, all steps in one transaction.
///
/// # Errors
/// When a step fails; then the file is as it was.
pub(super) fn migrate(connection: &mut Connection) -> Result<()> {
    migrate_by(connection, MIGRATIONS)
}

fn migrate_by(connection: &mut Connection, steps: &[&str]) -> Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let found: i64 = transaction.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let done = usize::try_from(found).unwrap_or(0);
    if done >= steps.len() {
        return Ok(());
    }
    for step in steps.iter().skip(done) {
        transaction.execute_batch(step)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", version_of(steps))?;
    transaction.commit()
}

fn version_of(steps: &[&str]) -> i64 {
    i64::try_from(steps.len()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(connection: &Connection) -> i64 {
        connection
            .query_row("PRAGMA user_version", [], |row| row.get(0))
            .unwrap()
    }

    #[test]
    fn an_older_file_takes_only_the_steps_that_it_lacks() {
        let mut connection = Connection::open_in_memory().unwrap();
        let first = "CREATE TABLE a (x INTEGER)";
        let second = "INSERT INTO a VALUES (7)";
        migrate_by(&mut connection, &[first]).unwrap();
        assert_eq!(version(&connection), 1);
        migrate_by(&mut connection, &[first, second]).unwrap();
        migrate_by(&mut connection, &[first, second]).unwrap();
        assert_eq!(version(&connection), 2);
        let rows: i64 = connection
            .query_row("SELECT count(*) FROM a", [], |row| row.get(0))
            .unwrap();
        assert_eq!(rows, 1);
    }

    #[test]
    fn a_step_that_fails_changes_nothing() {
        let mut connection = Connection::open_in_memory().unwrap();
        let first = "CREATE TABLE a (x INTEGER)";
        migrate_by(&mut connection, &[first]).unwrap();
        let steps = [
            first,
            "CREATE TABLE b (x INTEGER)",
            "INSERT INTO c VALUES (1)",
        ];
        assert!(migrate_by(&mut connection, &steps).is_err());
        assert_eq!(version(&connection), 1);
        assert!(connection.prepare("SELECT * FROM b").is_err());
    }
}
