//! Runs that leave memory and come back.

use everbeat_engine::State;
use everbeat_model::Limits;
use everbeat_partition::Call;
use everbeat_partition::rows::SnapshotRow;
use everbeat_partition::store::{Needs, Store, StoreError};

use crate::host::Host;
use crate::words::{MAIN, registrations, signal, start};

/// A host that keeps nothing in memory between batches.
fn forgetful() -> Host {
    let mut host = Host::empty(Limits::default(), 0);
    for call in registrations(crate::words::DOMAIN) {
        host.call(Call::Registry(call)).expect("it is new");
    }
    host
}

fn stored_snapshot(host: &mut Host) -> Option<SnapshotRow> {
    let run = host.rows.run_of("o-1");
    let needs = Needs {
        runs: [run].into(),
        ..Needs::default()
    };
    let loaded = host.store.load_runs(&needs).expect("no faults");
    loaded.runs[&run].clone().and_then(|run| run.snapshot)
}

#[test]
fn a_long_run_gets_a_snapshot_that_equals_its_history() {
    for mut host in [forgetful(), Host::new()] {
        host.call(start("o-1")).expect("it starts");
        for _ in 0..600 {
            host.call(signal("o-1")).expect("it is open");
        }
        let snapshot = stored_snapshot(&mut host).expect("it is long");
        assert!(snapshot.event_id.0 >= 50);
        let state = State::from_snapshot(&snapshot.state).expect("it can be read");
        let mut folded = State::new(state.workflow_id.clone(), state.run_id.clone());
        for event in host.rows.events_of("o-1") {
            if event.event_id <= snapshot.event_id {
                everbeat_engine::apply(&mut folded, &everbeat_engine::Change::Event(event));
            }
        }
        assert_eq!(state, folded);

        host.restart_after(1);
        let task = host.take_decision(MAIN);
        assert_eq!(task.task.started_event_id.0, 603);
        assert_eq!(task.events, None, "the beginning is not in memory");
    }
}

/// A run that is short stays without a snapshot, and its decision task shows the history from memory.
#[test]
fn a_short_run_is_replayed() {
    let mut host = forgetful();
    host.call(start("o-1")).expect("it starts");
    host.call(signal("o-1")).expect("it is open");
    assert_eq!(host.partition.runs_in_memory(), 1);
    assert_eq!(stored_snapshot(&mut host), None);
    let task = host.take_decision(MAIN);
    let events = task.events.expect("it is short");
    assert_eq!(events.len(), 4);
}

/// A large history leaves memory even though its run stays.
#[test]
fn a_large_history_is_not_kept() {
    let mut host = Host::new();
    host.call(start("o-1")).expect("it starts");
    for _ in 0..10 {
        let large = everbeat_engine::Command::Signal {
            signal_name: "s".into(),
            input: Some("x".repeat(10_000).into()),
        };
        host.call(crate::words::to_run("o-1", None, large))
            .expect("it is open");
    }
    assert_eq!(host.take_decision(MAIN).events, None);
}

/// A snapshot that this version cannot read must not be taken for the beginning of the history.
#[test]
fn events_without_their_beginning_are_refused() {
    let mut host = forgetful();
    host.call(start("o-1")).expect("it starts");
    for _ in 0..100 {
        host.call(signal("o-1")).expect("it is open");
    }
    let run = host.rows.run_of("o-1");
    let needs = Needs {
        runs: [run].into(),
        ..Needs::default()
    };
    let mut loaded = host.store.load_runs(&needs).expect("no faults");
    let stored = loaded.runs.get_mut(&run).and_then(Option::as_mut);
    let snapshot = stored
        .and_then(|run| run.snapshot.as_mut())
        .expect("it is long");
    snapshot.version += 1;
    host.restart_after(1);
    let refusal = host.partition.supply(loaded);
    assert!(
        matches!(refusal, Err(StoreError::Corrupt(_))),
        "{refusal:?}"
    );
}
