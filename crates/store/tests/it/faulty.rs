//! The store that fails when told to.

use everbeat_model::Timestamp;
use everbeat_partition::rows::{Batch, RunKey};
use everbeat_partition::store::{Needs, Store, StoreError};
use everbeat_store::{FaultyStore, Injection, MemoryStore, StoreCall};

fn batch(run: u64) -> Batch {
    let mut batch = Batch::default();
    batch.deadlines.insert(RunKey(run), Some(Timestamp(1)));
    batch
}

fn runs(mut store: MemoryStore) -> Vec<u64> {
    let found = store
        .load_deadlines(Timestamp(0), Timestamp(1))
        .expect("memory can be read");
    found.into_iter().map(|(_, run)| run.0).collect()
}

#[test]
fn a_failed_commit_leaves_nothing_and_a_lost_reply_all() {
    let memory = MemoryStore::new();
    let mut plan = vec![
        Some(Injection::LoseReply(StoreError::Failed("lost".to_owned()))),
        Some(Injection::Fail(StoreError::Full)),
        None,
    ];
    let mut store = FaultyStore::new(memory.clone(), move |_| plan.pop().flatten());
    assert_eq!(store.commit(&batch(1)), Ok(()));
    assert_eq!(store.commit(&batch(2)), Err(StoreError::Full));
    assert_eq!(runs(memory.clone()), [1]);
    assert_eq!(
        store.commit(&batch(3)),
        Err(StoreError::Failed("lost".to_owned()))
    );
    assert_eq!(runs(memory.clone()), [1, 3]);
    assert_eq!(store.commit(&batch(4)), Ok(()));
    assert_eq!(runs(memory), [1, 3, 4]);
}

#[test]
fn the_plan_is_asked_about_every_kind_of_call() {
    let failing = |wanted| {
        FaultyStore::new(MemoryStore::new(), move |call| {
            (call == wanted).then_some(Injection::Fail(StoreError::Full))
        })
    };
    for wanted in [
        StoreCall::Commit,
        StoreCall::LoadStart,
        StoreCall::LoadRuns,
        StoreCall::LoadDeadlines,
    ] {
        let mut store = failing(wanted);
        let results = [
            (StoreCall::Commit, store.commit(&batch(1)).is_err()),
            (
                StoreCall::LoadStart,
                store.load_start(Timestamp(0)).is_err(),
            ),
            (
                StoreCall::LoadRuns,
                store.load_runs(&Needs::default()).is_err(),
            ),
            (
                StoreCall::LoadDeadlines,
                store.load_deadlines(Timestamp(0), Timestamp(1)).is_err(),
            ),
        ];
        for (call, has_failed) in results {
            assert_eq!(has_failed, call == wanted, "{call:?}");
        }
    }
}
