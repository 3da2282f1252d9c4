//! The plans of statements that must not get slower as the store grows.

use everbeat_model::{CloseStatus, Timestamp};
use everbeat_partition::rows::DomainId;
use everbeat_partition::store::{Filter, Selection, Which};
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use super::list::source::{OPEN_BY_START, OPEN_BY_TYPE, OPEN_BY_WORKFLOW_ID, Source};
use super::list::{ONE_TYPE, TYPES_OF_NAME};
use super::{cleaning, load, schema};

const FILTERS: [&str; 6] = ["none", "workflow id", "name", "version", "tag", "status"];
const EVERY: [Which; 3] = [Which::Open, Which::ClosedByStart, Which::ClosedByClose];

fn selection(which: Which, filter: &str) -> Selection {
    let typ = |version: Option<&str>| Filter::Type {
        name: "order".into(),
        version: version.map(Into::into),
    };
    Selection {
        domain: DomainId(1),
        which,
        filter: match filter {
            "workflow id" => Some(Filter::WorkflowId("w".into())),
            "name" => Some(typ(None)),
            "version" => Some(typ(Some("1"))),
            "tag" => Some(Filter::Tag("red".into())),
            "status" => Some(Filter::CloseStatus(CloseStatus::Failed)),
            _ => None,
        },
        oldest: Timestamp(0),
        latest: None,
        now: Timestamp(0),
    }
}

fn migrated() -> Connection {
    let mut connection = Connection::open_in_memory().expect("memory can be used");
    schema::migrate(&mut connection).expect("the schema is right");
    connection
}

/// The steps of a statement's plan.
fn plan(connection: &Connection, sql: &str) -> Vec<String> {
    let explain = format!("EXPLAIN QUERY PLAN {sql}");
    let mut statement = connection
        .prepare(&explain)
        .expect("the statement is right");
    let params = vec![Value::Null; statement.parameter_count()];
    let steps = statement
        .query_map(params_from_iter(params), |row| row.get(3))
        .expect("a plan can be asked for");
    steps.map(|step| step.expect("a step is a text")).collect()
}

/// The index of a source, and the columns of it that a statement seeks by.
fn seek(source: &Source) -> String {
    let open = [OPEN_BY_START.rows, OPEN_BY_TYPE.rows].contains(&source.rows);
    let mut columns: Vec<String> = source.keys.iter().map(|key| format!("{key}=?")).collect();
    if open {
        columns.push("closed_ms=?".to_owned());
    }
    if source.rows != OPEN_BY_WORKFLOW_ID.rows {
        columns.extend(["<", ">"].map(|sign| format!("{}{sign}?", source.order)));
    }
    columns.sort_by_key(|column| column.ends_with("<?"));
    format!("({})", columns.join(" AND "))
}

/// A page costs what it shows and a count what it counts: bounds on the index, nothing sorted. (Skipped one by one
/// are, for a page, runs of the very millisecond at which it begins, and for both what has expired and is not yet
/// removed, without a look at its row.)
#[test]
fn every_list_and_count_seeks_in_its_index() {
    let connection = migrated();
    for which in EVERY {
        for filter in FILTERS {
            let source = Source::of(&selection(which, filter));
            let index = source.rows.rsplit(' ').next().unwrap_or_default();
            let index = if source.join.is_empty() {
                index
            } else {
                "PRIMARY KEY"
            };
            let mut statements = vec![(source.count_sql(), true)];
            for (reverse, goes_on) in [(false, false), (false, true), (true, false), (true, true)] {
                statements.push((source.list_sql(reverse, goes_on), false));
            }
            for (sql, is_count) in statements {
                let steps = plan(&connection, &sql);
                let told = format!("{which:?}, {filter}:\n{sql}\n{}", steps.join("\n"));
                let is_covering =
                    is_count && source.join.is_empty() && source.rows != OPEN_BY_WORKFLOW_ID.rows;
                let covering = if is_covering { "COVERING " } else { "" };
                let expected = format!("SEARCH i USING {covering}INDEX {index} {}", seek(&source))
                    .replace("INDEX PRIMARY KEY", "PRIMARY KEY");
                assert_eq!(steps.first(), Some(&expected), "{told}");
                assert!(steps.iter().all(|step| !step.contains("SCAN")), "{told}");
                assert!(
                    steps.iter().all(|step| !step.contains("TEMP B-TREE")),
                    "{told}"
                );
            }
        }
    }
}

#[test]
fn types_are_looked_up() {
    let connection = migrated();
    for sql in [ONE_TYPE, TYPES_OF_NAME] {
        let steps = plan(&connection, sql);
        assert!(
            steps.len() == 1 && steps[0].starts_with("SEARCH execution_types USING COVERING INDEX"),
            "{steps:?}"
        );
    }
}

/// What is asked again and again, or once at the start over millions of rows, needs no row that it does not use.
#[test]
fn other_statements_seek_too() {
    let connection = migrated();
    for (sql, expected) in [
        (
            cleaning::EXPIRED,
            "SEARCH executions USING INDEX executions_by_expiry (expires_ms<?)",
        ),
        (
            load::OPEN_RUNS,
            "SCAN executions USING COVERING INDEX executions_open_by_start",
        ),
        (
            load::OPEN_RUN,
            "SEARCH executions USING INDEX executions_open_by_workflow_id (domain=? AND workflow_id=?)",
        ),
        (load::LAST_RUN, "SEARCH executions"),
    ] {
        let steps = plan(&connection, sql);
        assert_eq!(steps.first().map(String::as_str), Some(expected), "{sql}");
        assert!(
            steps.iter().all(|step| !step.contains("TEMP B-TREE")),
            "{steps:?}"
        );
    }
}
