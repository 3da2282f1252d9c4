//! Checks of what is written and loaded.

use everbeat_engine::TaskKind;
use everbeat_model::{EventId, RegistrationStatus, Timestamp};
use everbeat_partition::rows::{Batch, DomainId, MessageId, RunKey, TypeKind};
use everbeat_partition::store::{LoadedRun, LoadedRuns, Needs, Reader, Start, Store};

use super::samples::{
    DOMAIN, activity_type, batch_of, closed, domain, events, heartbeat, load, load_open, message,
    open, run_key, snapshot, start, task, task_row, type_key, workflow_type,
};

pub(super) fn empty(store: &mut dyn Store, reader: &dyn Reader) {
    assert_eq!(start(store), Start::default());
    let loaded = store.load_runs(&Needs::default());
    assert_eq!(loaded, Ok(LoadedRuns::default()));
    assert_eq!(store.commit(&Batch::default()), Ok(()));
    assert_eq!(reader.execution(run_key(1)), Ok(None));
}

/// A batch with a row of every kind.
fn full_batch() -> Batch {
    let mut batch = batch_of([
        open(1, "a", 1000),
        closed(open(2, "b", 1001), 1500, Some(9000)),
    ]);
    batch.domains.insert(DomainId(1), domain(1, "first"));
    batch.domains.insert(DomainId(7), domain(7, "second"));
    let types = [
        (type_key(TypeKind::Workflow), Some(workflow_type(123_456))),
        (type_key(TypeKind::Activity), Some(activity_type())),
    ];
    batch.types.extend(types);
    batch.events.insert(run_key(1), events(1, 3));
    batch.events.insert(run_key(2), events(1, 1));
    batch
        .heartbeats
        .insert(task(1, 5), Some(heartbeat(1200, Some("half way"))));
    batch
        .heartbeats
        .insert(task(1, 6), Some(heartbeat(1201, None)));
    batch.put_task(task(1, 2), task_row(TaskKind::Decision, 8), false);
    batch.put_task(task(1, 3), task_row(TaskKind::Activity, 9), false);
    batch.deadlines.insert(run_key(1), Some(Timestamp(5000)));
    batch.messages.insert(MessageId(3), Some(message(2)));
    batch.messages.insert(MessageId(11), Some(message(1)));
    batch.clock = Some(Timestamp(1300));
    batch
}

pub(super) fn round_trip(store: &mut dyn Store, reader: &dyn Reader) {
    let batch = full_batch();
    assert_eq!(store.commit(&batch), Ok(()));
    let expected = Start {
        domains: batch.domains.values().cloned().collect(),
        types: vec![
            (type_key(TypeKind::Activity), activity_type()),
            (type_key(TypeKind::Workflow), workflow_type(123_456)),
        ],
        open_runs: [(DOMAIN, 1)].into(),
        tasks: vec![
            (task(1, 2), task_row(TaskKind::Decision, 8)),
            (task(1, 3), task_row(TaskKind::Activity, 9)),
        ],
        deadlines: vec![(Timestamp(5000), run_key(1))],
        messages: vec![(MessageId(3), message(2)), (MessageId(11), message(1))],
        clock: Some(Timestamp(1300)),
        last_run: run_key(2),
    };
    let mut found = start(store);
    found
        .types
        .sort_by_key(|(key, _)| key.kind != TypeKind::Activity);
    assert_eq!(found, expected);
    let loaded = LoadedRun {
        row: open(1, "a", 1000),
        snapshot: None,
        events: vec![events(1, 3)],
        heartbeats: vec![
            (EventId(5), heartbeat(1200, Some("half way"))),
            (EventId(6), heartbeat(1201, None)),
        ],
        deadline: Some(Timestamp(5000)),
    };
    assert_eq!(load(store, 1), Some(loaded));
    assert_eq!(load_open(store, "a"), Some(run_key(1)));
    for row in batch.executions.values() {
        assert_eq!(reader.execution(row.run), Ok(Some(row.clone())));
    }
}

pub(super) fn overwrite_and_remove(store: &mut dyn Store, _: &dyn Reader) {
    assert_eq!(store.commit(&full_batch()), Ok(()));
    let mut batch = Batch::default();
    let mut changed = domain(7, "second");
    changed.status = RegistrationStatus::Deprecated;
    batch.domains.insert(DomainId(7), changed.clone());
    let types = [
        (type_key(TypeKind::Workflow), Some(workflow_type(99))),
        (type_key(TypeKind::Activity), None),
    ];
    batch.types.extend(types);
    let mut requested = open(1, "a", 1000);
    requested.info.cancel_requested = Some(everbeat_model::Canceled(true));
    batch.executions.insert(requested.run, requested.clone());
    batch.events.insert(run_key(1), events(4, 2));
    batch.heartbeats.insert(task(1, 5), None);
    batch
        .heartbeats
        .insert(task(1, 6), Some(heartbeat(1300, Some("done"))));
    batch.put_task(task(1, 2), task_row(TaskKind::Decision, 10), true);
    batch.delete_task(task(1, 3), true);
    batch.deadlines.insert(run_key(1), Some(Timestamp(4000)));
    batch.messages.insert(MessageId(3), None);
    batch.messages.insert(MessageId(11), Some(message(2)));
    batch.messages.insert(MessageId(10), Some(message(1)));
    batch.clock = Some(Timestamp(1400));
    assert_eq!(store.commit(&batch), Ok(()));

    let found = start(store);
    assert_eq!(found.domains, [domain(1, "first"), changed]);
    assert_eq!(
        found.types,
        [(type_key(TypeKind::Workflow), workflow_type(99))]
    );
    assert_eq!(
        found.tasks,
        [(task(1, 2), task_row(TaskKind::Decision, 10))]
    );
    assert_eq!(found.deadlines, [(Timestamp(4000), run_key(1))]);
    let messages = [(MessageId(10), message(1)), (MessageId(11), message(2))];
    assert_eq!(found.messages, messages);
    assert_eq!(found.clock, Some(Timestamp(1400)));
    assert_eq!(found.open_runs, [(DOMAIN, 1)].into());
    let loaded = load(store, 1).expect("the run is there");
    assert_eq!(loaded.row, requested);
    assert_eq!(loaded.events, [events(1, 3), events(4, 2)]);
    assert_eq!(
        loaded.heartbeats,
        [(EventId(6), heartbeat(1300, Some("done")))]
    );

    let mut batch = Batch::default();
    batch.deadlines.insert(run_key(1), None);
    batch.delete_task(task(1, 2), true);
    // What is not there can be removed.
    batch.deadlines.insert(run_key(40), None);
    batch.heartbeats.insert(task(40, 1), None);
    batch.delete_task(task(40, 1), true);
    batch.messages.insert(MessageId(40), None);
    assert_eq!(store.commit(&batch), Ok(()));
    let found = start(store);
    assert_eq!(found.deadlines, []);
    assert_eq!(found.tasks, []);
    assert_eq!(found.clock, Some(Timestamp(1400)), "it stays");
}

/// The batch that holds it leaves nothing at all behind, and the store goes on.
pub(super) fn event_twice(store: &mut dyn Store, reader: &dyn Reader) {
    assert_eq!(store.commit(&full_batch()), Ok(()));
    let before = start(store);
    let mut batch = batch_of([open(3, "c", 2000)]);
    batch.domains.insert(DomainId(8), domain(8, "third"));
    batch.types.insert(type_key(TypeKind::Activity), None);
    batch.events.insert(run_key(1), events(1, 1));
    batch.events.insert(run_key(3), events(1, 1));
    batch.put_task(task(3, 1), task_row(TaskKind::Decision, 11), false);
    batch.deadlines.insert(run_key(3), Some(Timestamp(1)));
    assert!(store.commit(&batch).is_err());
    assert_eq!(start(store), before);
    assert_eq!(load(store, 3), None);
    assert_eq!(reader.execution(run_key(3)), Ok(None));
    batch.events.remove(&run_key(1));
    assert_eq!(store.commit(&batch), Ok(()));
    assert!(load(store, 3).is_some());
}

pub(super) fn one_open_run(store: &mut dyn Store, _: &dyn Reader) {
    assert_eq!(store.commit(&batch_of([open(1, "a", 1000)])), Ok(()));
    assert!(store.commit(&batch_of([open(2, "a", 1001)])).is_err());
    assert!(
        store
            .commit(&batch_of([open(3, "b", 1), open(4, "b", 2)]))
            .is_err()
    );
    assert_eq!(load(store, 2), None);
    assert_eq!(load(store, 3), None);
    let mut elsewhere = open(5, "a", 1002);
    elsewhere.domain = DomainId(2);
    assert_eq!(store.commit(&batch_of([elsewhere])), Ok(()));
    assert_eq!(load_open(store, "a"), Some(run_key(1)));
    assert_eq!(
        start(store).open_runs,
        [(DOMAIN, 1), (DomainId(2), 1)].into()
    );
}

pub(super) fn successor(store: &mut dyn Store, _: &dyn Reader) {
    assert_eq!(store.commit(&batch_of([open(1, "a", 1000)])), Ok(()));
    let rows = [closed(open(1, "a", 1000), 1100, None), open(2, "a", 1100)];
    assert_eq!(store.commit(&batch_of(rows)), Ok(()));
    assert_eq!(load_open(store, "a"), Some(run_key(2)));
    assert_eq!(start(store).open_runs, [(DOMAIN, 1)].into());
    // A run that opens and closes in one batch.
    let rows = [
        closed(open(2, "a", 1100), 1200, None),
        closed(open(3, "a", 1200), 1200, None),
    ];
    assert_eq!(store.commit(&batch_of(rows)), Ok(()));
    assert_eq!(load_open(store, "a"), None);
    assert_eq!(start(store).open_runs, [].into());
    assert_eq!(start(store).last_run, run_key(3));
}

pub(super) fn closed_run(store: &mut dyn Store, reader: &dyn Reader) {
    let mut batch = full_batch();
    batch.snapshots.insert(run_key(1), snapshot(2));
    assert_eq!(store.commit(&batch), Ok(()));
    let row = closed(open(1, "a", 1000), 1400, Some(9000));
    let mut batch = batch_of([row.clone()]);
    batch.deadlines.insert(row.run, None);
    batch.events.insert(row.run, events(4, 1));
    assert_eq!(store.commit(&batch), Ok(()));
    let loaded = LoadedRun {
        row: row.clone(),
        snapshot: None,
        events: Vec::new(),
        heartbeats: Vec::new(),
        deadline: None,
    };
    assert_eq!(load(store, 1), Some(loaded));
    assert_eq!(load_open(store, "a"), None);
    assert_eq!(reader.execution(row.run), Ok(Some(row)));
}

pub(super) fn snapshot_spares_events(store: &mut dyn Store, _: &dyn Reader) {
    let mut batch = batch_of([open(1, "a", 1000)]);
    batch.events.insert(run_key(1), events(1, 3));
    assert_eq!(store.commit(&batch), Ok(()));
    let mut batch = Batch::default();
    batch.events.insert(run_key(1), events(4, 4));
    assert_eq!(store.commit(&batch), Ok(()));
    // Events behind each possible snapshot; the one in the middle of a row cuts it.
    for (known, expected) in [
        (1, vec![events(2, 2), events(4, 4)]),
        (3, vec![events(4, 4)]),
        (5, vec![events(6, 2)]),
        (7, vec![]),
    ] {
        let mut batch = Batch::default();
        batch.snapshots.insert(run_key(1), snapshot(known));
        assert_eq!(store.commit(&batch), Ok(()));
        let loaded = load(store, 1).expect("the run is there");
        assert_eq!(loaded.snapshot, Some(snapshot(known)));
        assert_eq!(loaded.events, expected, "behind event {known}");
    }
}

pub(super) fn snapshot_of_another_version(store: &mut dyn Store, _: &dyn Reader) {
    let mut batch = batch_of([open(1, "a", 1000)]);
    batch.events.insert(run_key(1), events(1, 3));
    let mut other = snapshot(2);
    other.version += 1;
    batch.snapshots.insert(run_key(1), other);
    assert_eq!(store.commit(&batch), Ok(()));
    let loaded = load(store, 1).expect("the run is there");
    assert_eq!(loaded.snapshot, None);
    assert_eq!(loaded.events, vec![events(1, 3)], "all events are replayed");
}

pub(super) fn missing(store: &mut dyn Store, _: &dyn Reader) {
    assert_eq!(store.commit(&full_batch()), Ok(()));
    assert_eq!(load(store, 3), None);
    assert_eq!(
        load_open(store, "A"),
        None,
        "workflow ids are compared exactly"
    );
    assert_eq!(load_open(store, "b"), None, "a closed run is not open");
    let key = (DomainId(2), "a".into());
    let needs = Needs {
        runs: [run_key(1), RunKey(0)].into(),
        open_runs: [key.clone()].into(),
    };
    let loaded = store.load_runs(&needs).expect("runs can be loaded");
    assert_eq!(loaded.open_runs, [(key, None)].into());
    let found: Vec<bool> = loaded.runs.values().map(Option::is_some).collect();
    assert_eq!(found, [false, true]);
}

pub(super) fn deadlines(store: &mut dyn Store, _: &dyn Reader) {
    let mut batch = Batch::default();
    let at = |sequence: u64, at| (Timestamp(at), run_key(sequence));
    let rows = [
        at(4, 100),
        at(1, 200),
        at(3, 200),
        at(2, 300),
        at(5, i64::MAX),
    ];
    for (at, run) in rows {
        batch.deadlines.insert(run, Some(at));
    }
    assert_eq!(store.commit(&batch), Ok(()));
    let mut window = |after, until| {
        let found = store.load_deadlines(Timestamp(after), Timestamp(until));
        found.expect("deadlines can be loaded")
    };
    assert_eq!(window(0, 99), []);
    assert_eq!(window(99, 100), rows[..1]);
    assert_eq!(window(100, 200), rows[1..3]);
    assert_eq!(window(i64::MIN, 300), rows[..4]);
    assert_eq!(window(300, i64::MAX), rows[4..]);
    let start = store
        .load_start(Timestamp(200))
        .expect("a start can be loaded");
    assert_eq!(start.deadlines, rows[..3]);
}
