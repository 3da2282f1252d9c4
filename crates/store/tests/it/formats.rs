//! The file format is a promise: what earlier versions wrote opens, and every list finds it.

use everbeat_model::{CloseStatus, Timestamp};
use everbeat_partition::rows::{DomainId, RunKey, TypeDetail};
use everbeat_partition::store::{Filter, ListQuery, Needs, Reader, Selection, Store, Which};
use everbeat_store::KeyStore;
use rusqlite::Connection;
use tempfile::TempDir;

use crate::open;
use crate::sqlite::{FILE, folder, history};

/// A folder with a file that these statements make.
fn folder_with(statements: &[&str]) -> TempDir {
    let folder = folder();
    let connection = Connection::open(folder.path().join(FILE)).expect("a file can be made");
    for statement in statements {
        connection
            .execute_batch(statement)
            .expect("the statements are right");
    }
    folder
}

/// The open run that every fixture has.
fn check_open_run(store: &mut dyn Store, reader: &dyn Reader) {
    let start = store
        .load_start(Timestamp(i64::MAX))
        .expect("a start can be loaded");
    assert_eq!(start.domains[0].name.as_str(), "shop");
    assert!(
        matches!(&start.types[0].1, TypeDetail::Workflow(detail) if detail.type_info.creation_date == Timestamp(1500))
    );
    assert_eq!(start.open_runs.values().sum::<u64>(), 1);
    assert_eq!(start.tasks[0].1.task_list.as_str(), "main");
    assert_eq!(start.deadlines, [(Timestamp(9000), RunKey(1025))]);
    let needs = Needs {
        runs: [RunKey(1025)].into(),
        ..Needs::default()
    };
    let loaded = store
        .load_runs(&needs)
        .expect("a run can be loaded")
        .runs
        .remove(&RunKey(1025))
        .flatten()
        .expect("the run is there");
    assert_eq!(loaded.row.workflow_id().as_str(), "order-7");
    assert_eq!(loaded.row.info.start_timestamp, Timestamp(1500));
    // Snapshots of other versions of the engine are passed over: what they hold is replayed.
    let known = loaded.snapshot.map_or(0, |snapshot| snapshot.event_id.0);
    let events: u64 = loaded.events.iter().map(|row| row.count).sum();
    assert_eq!(known.unsigned_abs() + events, 2);
    assert_eq!(loaded.heartbeats[0].1.details.as_deref(), Some("half way"));
    assert_eq!(history(reader, 1025).len(), 2);
}

/// The text is what version 1 wrote, and never changes.
#[test]
fn a_file_of_version_1_opens() {
    let folder = folder_with(&[include_str!("fixtures/format_1.sql")]);
    let (mut store, reader) = open(folder.path());
    check_open_run(&mut store, &reader);
    let keys = store.load_or_create_keys(Timestamp(0), &mut || panic!("there is one"));
    assert_eq!(keys.unwrap()[0].created, Timestamp(1400));
}

/// As above, of version 2.
#[test]
fn a_file_of_version_2_opens() {
    let folder = folder_with(&[include_str!("fixtures/format_2.sql")]);
    let (mut store, reader) = open(folder.path());
    check_open_run(&mut store, &reader);
    check_filters(&reader);
    let start = store.load_start(Timestamp(i64::MAX)).unwrap();
    let (message, row) = &start.messages[0];
    assert_eq!((message.0, row.domain.0, row.source.0), (4, 1, 2050));
    assert_eq!(start.domains[0].tags[0].key.as_str(), "team");
    assert_eq!(start.clock, Some(Timestamp(1800)));
}

/// What version 1 wrote is found by every filter, as if this version had written it.
#[test]
fn a_file_of_version_1_is_indexed() {
    let tagged = "UPDATE executions SET info = json_set(info, '$.tagList', json_array('red'))";
    let closed = r#"INSERT INTO executions VALUES (2050, 1, 'order-8', 'r2', 'refund', '2', 1600, 1700, 'FAILED', 9000,
        '{"cancelRequested":false,"closeStatus":"FAILED","closeTimestamp":1.7,"execution":{"runId":"r2","workflowId":"order-8"},"executionStatus":"CLOSED","startTimestamp":1.6,"tagList":["red","red"],"workflowType":{"name":"refund","version":"2"}}',
        NULL)"#;
    let folder = folder_with(&[include_str!("fixtures/format_1.sql"), tagged, closed]);
    let (_store, reader) = open(folder.path());
    check_filters(&reader);
}

/// An open run `r1` of type order and a closed run `r2` of type refund, both with the tag red.
fn check_filters(reader: &dyn Reader) {
    let typ = |name: &str| Filter::Type {
        name: name.into(),
        version: None,
    };
    let filters = [
        (Filter::Tag("red".into()), true, true),
        (typ("order"), true, false),
        (typ("refund"), false, true),
        (Filter::WorkflowId("order-7".into()), true, false),
        (Filter::WorkflowId("order-8".into()), false, true),
        (Filter::CloseStatus(CloseStatus::Failed), false, true),
    ];
    for (filter, finds_open, finds_closed) in filters {
        for (which, run_id, finds) in [
            (Which::Open, "r1", finds_open),
            (Which::ClosedByStart, "r2", finds_closed),
            (Which::ClosedByClose, "r2", finds_closed),
        ] {
            let selection = Selection {
                domain: DomainId(1),
                which,
                filter: Some(filter.clone()),
                oldest: Timestamp(0),
                latest: None,
                now: Timestamp(8999),
            };
            assert_eq!(
                reader.count(&selection),
                Ok(u64::from(finds)),
                "{selection:?}"
            );
            let query = ListQuery {
                selection,
                reverse: false,
                after: None,
                max: 10,
            };
            let entries = reader.list(&query).expect("a list can be read").entries;
            assert_eq!(entries.len(), usize::from(finds), "{query:?}");
            let is_of_run = |info: &String| info.contains(&format!(r#""runId":"{run_id}""#));
            assert!(entries.iter().all(is_of_run), "{query:?}");
        }
    }
}
