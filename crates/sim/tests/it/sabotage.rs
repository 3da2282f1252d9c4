//! Worlds that are broken on purpose: the auditor must object.

use everbeat_model::Timestamp;
use everbeat_partition::RunKey;
use everbeat_partition::rows::Batch;
use everbeat_partition::store::{LoadedRuns, Needs, Start, Store, StoreError};
use everbeat_sim::{Discipline, run_over};
use everbeat_store::MemoryStore;

/// A store that changes what it is told to write.
struct Tampering<T> {
    store: MemoryStore,
    commits: u64,
    /// Is given the number of the commit.
    tamper: T,
}

impl<T: FnMut(u64, &mut Batch)> Store for Tampering<T> {
    fn commit(&mut self, batch: &Batch) -> Result<(), StoreError> {
        self.commits += 1;
        let mut batch = batch.clone();
        (self.tamper)(self.commits, &mut batch);
        self.store.commit(&batch)
    }

    fn load_start(&mut self, horizon: Timestamp) -> Result<Start, StoreError> {
        self.store.load_start(horizon)
    }

    fn load_runs(&mut self, needs: &Needs) -> Result<LoadedRuns, StoreError> {
        self.store.load_runs(needs)
    }

    fn load_deadlines(
        &mut self,
        after: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<(Timestamp, RunKey)>, StoreError> {
        self.store.load_deadlines(after, until)
    }
}

/// The objections to a world, one for each seed that finds something.
fn objections(discipline: Discipline, tamper: impl FnMut(u64, &mut Batch) + Clone) -> Vec<String> {
    let results = (1..=10).map(|seed| {
        run_over(seed, 400, discipline, |store| Tampering {
            store,
            commits: 0,
            tamper: tamper.clone(),
        })
    });
    results
        .filter_map(Result::err)
        .map(|failure| failure.what)
        .collect()
}

fn assert_objects(tamper: impl FnMut(u64, &mut Batch) + Clone, expected: &str) {
    let found = objections(Discipline::DurableFirst, tamper);
    let is_seen = found.iter().any(|what| what.contains(expected));
    assert!(is_seen, "nobody says {expected:?}, but {found:#?}");
}

#[test]
fn nobody_objects_to_a_world_that_is_whole() {
    let found = objections(Discipline::DurableFirst, |_, _| {});
    assert_eq!(found, [""; 0]);
}

#[test]
fn replies_that_leave_before_the_commit_are_seen() {
    let found = objections(Discipline::RepliesFirst, |_, _| {});
    let is_seen = found
        .iter()
        .any(|what| what.contains("no history shows it"));
    assert!(is_seen, "{found:#?}");
}

#[test]
fn events_that_are_not_written_are_seen() {
    let forget = |commit: u64, batch: &mut Batch| {
        if commit.is_multiple_of(50) {
            batch.events.clear();
        }
    };
    assert_objects(forget, "no history shows it");
}

#[test]
fn a_commit_that_does_nothing_is_seen() {
    let forget = |commit: u64, batch: &mut Batch| {
        if commit.is_multiple_of(50) {
            *batch = Batch::default();
        }
    };
    assert_objects(forget, "no history shows it");
}

#[test]
fn half_a_batch_is_seen() {
    let forget = |_: u64, batch: &mut Batch| {
        batch
            .executions
            .retain(|_, row| row.close_status().is_none());
    };
    assert_objects(forget, "does not agree with its history");
}

#[test]
fn a_forgotten_task_is_seen() {
    let forget = |_: u64, batch: &mut Batch| batch.tasks.clear();
    assert_objects(forget, "waits, as does poll");
}

#[test]
fn a_forgotten_deadline_is_seen() {
    let forget = |_: u64, batch: &mut Batch| batch.deadlines.clear();
    assert_objects(forget, "was due at");
}

#[test]
fn a_late_deadline_is_seen() {
    let put_off = |_: u64, batch: &mut Batch| {
        for at in batch.deadlines.values_mut().flatten() {
            *at = Timestamp(at.0 + 30_000);
        }
    };
    assert_objects(put_off, "was due at");
}

#[test]
fn a_forgotten_heartbeat_is_seen() {
    let forget = |_: u64, batch: &mut Batch| batch.heartbeats.clear();
    assert_objects(forget, "was not the last heartbeat");
}

#[test]
fn a_changed_event_is_seen() {
    let change = |commit: u64, batch: &mut Batch| {
        for row in batch
            .events
            .values_mut()
            .filter(|_| commit.is_multiple_of(40))
        {
            row.lines = row.lines.replace("\"identity\":\"", "\"identity\":\"9");
        }
    };
    assert_objects(change, "which nobody made");
}
