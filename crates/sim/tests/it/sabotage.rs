//! Worlds that are broken on purpose: the auditor must object.

use everbeat_model::Timestamp;
use everbeat_partition::RunKey;
use everbeat_partition::rows::Batch;
use everbeat_partition::store::{LoadedRuns, Needs, Start, Store, StoreError};
use everbeat_sim::{Discipline, run_over};
use everbeat_store::MemoryStore;

/// So many worlds are broken before it counts as not seen.
const SEEDS: u64 = 80;

/// A store that changes what it is told to write.
struct Tampering<T> {
    store: MemoryStore,
    commits: u64,
    /// Is given the number of the commit.
    tamper: T,
    /// Changes what a new partition begins with.
    begin: fn(&mut Start),
}

impl<T: FnMut(u64, &mut Batch)> Store for Tampering<T> {
    fn commit(&mut self, batch: &Batch) -> Result<(), StoreError> {
        self.commits += 1;
        let mut batch = batch.clone();
        (self.tamper)(self.commits, &mut batch);
        self.store.commit(&batch)
    }

    fn maintain(&mut self, now: Timestamp) -> Result<bool, StoreError> {
        self.store.maintain(now)
    }

    fn load_start(&mut self, horizon: Timestamp) -> Result<Start, StoreError> {
        let mut start = self.store.load_start(horizon)?;
        (self.begin)(&mut start);
        Ok(start)
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
fn objections(
    discipline: Discipline,
    tamper: impl FnMut(u64, &mut Batch) + Clone,
    begin: fn(&mut Start),
) -> impl Iterator<Item = String> {
    let results = (1..=SEEDS).map(move |seed| {
        run_over(seed, 400, discipline, |store| Tampering {
            store,
            commits: 0,
            tamper: tamper.clone(),
            begin,
        })
    });
    results.filter_map(Result::err).map(|failure| failure.what)
}

fn assert_objects(tamper: impl FnMut(u64, &mut Batch) + Clone, expected: &str) {
    let found = objections(Discipline::DurableFirst, tamper, |_| {});
    assert_one_says(found, expected);
}

/// One of the seeds finds what is expected; others may find something else first.
fn assert_one_says(found: impl Iterator<Item = String>, expected: &str) {
    let mut others = Vec::new();
    for what in found {
        if what.contains(expected) {
            return;
        }
        others.push(what);
    }
    panic!("nobody says {expected:?}, but {others:#?}");
}

#[test]
fn nobody_objects_to_a_world_that_is_whole() {
    let mut found = objections(Discipline::DurableFirst, |_, _| {}, |_| {});
    assert_eq!(found.next(), None);
}

#[test]
fn replies_that_leave_before_the_commit_are_seen() {
    let mut found = objections(Discipline::RepliesFirst, |_, _| {}, |_| {});
    assert!(found.any(|what| what.contains("no history shows it")));
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

/// A message that waits in the store and is forgotten there is lost with the next restart.
#[test]
fn forgotten_messages_are_seen() {
    let forget = |_: u64, batch: &mut Batch| batch.messages.retain(|_, row| row.is_none());
    assert_objects(forget, "it has no outcome");
}

#[test]
fn messages_that_are_delivered_twice_are_seen() {
    let keep = |_: u64, batch: &mut Batch| batch.messages.retain(|_, row| row.is_some());
    assert_objects(keep, "it has arrived, as event");
    assert_objects(keep, "it is called for the second time");
}

#[test]
fn messages_in_another_order_are_seen() {
    let reverse = |start: &mut Start| {
        let rows: Vec<_> = start.messages.iter().map(|(_, row)| row.clone()).collect();
        for ((_, row), other) in start.messages.iter_mut().zip(rows.into_iter().rev()) {
            *row = other;
        }
    };
    let found = objections(Discipline::DurableFirst, |_, _| {}, reverse);
    assert_one_says(found, " came behind ");
}

#[test]
fn a_child_policy_that_does_not_arrive_is_seen() {
    let forget = |_: u64, batch: &mut Batch| {
        let is_policy = |text: &str| text.contains("\"child\":");
        let rows = &mut batch.messages;
        rows.retain(|_, row| row.as_ref().is_none_or(|row| !is_policy(&row.text)));
    };
    assert_objects(forget, " spared run ");
}

#[test]
fn an_end_that_the_parent_is_not_told_is_seen() {
    let forget = |_: u64, batch: &mut Batch| {
        let is_end = |text: &str| text.contains("\"parent\":");
        let rows = &mut batch.messages;
        rows.retain(|_, row| row.as_ref().is_none_or(|row| !is_end(&row.text)));
    };
    assert_objects(forget, "is not told of the end");
}

/// Changes what events say.
fn replacing(from: &'static str, to: &'static str) -> impl FnMut(u64, &mut Batch) + Clone {
    move |_: u64, batch: &mut Batch| {
        for row in batch.events.values_mut() {
            row.lines = row.lines.replace(from, to);
        }
    }
}

#[test]
fn a_child_of_nobody_is_seen() {
    let change = replacing(
        "\"parentInitiatedEventId\":5",
        "\"parentInitiatedEventId\":3",
    );
    assert_objects(change, "did not ask for it");
}

#[test]
fn a_signal_of_another_event_is_seen() {
    let change = replacing(
        "\"externalInitiatedEventId\":5",
        "\"externalInitiatedEventId\":6",
    );
    assert_objects(change, "WorkflowExecutionSignaled: ");
}

#[test]
fn a_run_that_continues_nothing_is_seen() {
    let change = replacing("\"newExecutionRunId\":\"0", "\"newExecutionRunId\":\"1");
    assert_objects(change, "nothing continues as this run");
}

#[test]
fn another_policy_than_the_one_applied_is_seen() {
    let change = replacing(
        "\"cause\":\"OPERATOR_INITIATED\",\"childPolicy\":\"TERMINATE\"",
        "\"cause\":\"OPERATOR_INITIATED\",\"childPolicy\":\"ABANDON\"",
    );
    assert_objects(change, "the parent applied Some(Abandon)");
}
