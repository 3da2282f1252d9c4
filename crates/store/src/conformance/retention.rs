//! Checks of what is removed, and when.

use std::time::{Duration, Instant};

use everbeat_engine::TaskKind;
use everbeat_model::{EventId, Timestamp};
use everbeat_partition::rows::{Batch, MessageId, RunKey};
use everbeat_partition::store::{HistoryQuery, Reader, Selection, Store, Which};

use super::samples::{
    DOMAIN, batch_of, closed, events, heartbeat, load, load_open, message, open, run_key, start,
    task, task_row,
};

/// A store that takes longer than this to remove what the checks write has gone wrong.
const LONGEST: Duration = Duration::from_secs(30);

/// A store may rest that long before it looks again.
const REST: Duration = Duration::from_millis(50);

/// Lets the store do all that it has to do. How many calls found more waiting.
fn maintain(store: &mut dyn Store, now: i64) -> usize {
    let start = Instant::now();
    let mut busy = 0;
    let mut last_busy = start;
    while last_busy.elapsed() < REST {
        assert!(start.elapsed() < LONGEST, "the store comes to no end");
        if store.maintain(Timestamp(now)).expect("it can be written") {
            busy += 1;
            last_busy = Instant::now();
        }
        std::thread::yield_now();
    }
    busy
}

fn history_length(reader: &dyn Reader, sequence: u64) -> usize {
    let query = HistoryQuery {
        run: run_key(sequence),
        from: EventId(1),
        to: EventId(i64::MAX),
        reverse: false,
        max_events: 1_000_000,
        max_bytes: usize::MAX,
    };
    let page = reader.history(&query).expect("a history can be read");
    page.events.len()
}

/// Closed runs that are there, expired or not.
fn count(reader: &dyn Reader) -> u64 {
    let selection = Selection {
        domain: DOMAIN,
        which: Which::ClosedByStart,
        filter: None,
        oldest: Timestamp(0),
        latest: None,
        now: Timestamp(0),
    };
    reader.count(&selection).expect("a count can be read")
}

pub(super) fn removes_what_has_expired(store: &mut dyn Store, reader: &dyn Reader) {
    let mut batch = batch_of([
        closed(open(1, "a", 10), 20, Some(100)),
        closed(open(2, "a", 10), 20, Some(101)),
        closed(open(3, "a", 10), 20, None),
        open(4, "a", 10),
    ]);
    for sequence in 1..=4 {
        batch.events.insert(run_key(sequence), events(1, 3));
        let (beat, waiting) = (task(sequence, 5), task(sequence, 6));
        batch.heartbeats.insert(beat, Some(heartbeat(15, None)));
        batch.put_task(waiting, task_row(TaskKind::Activity, sequence), false);
        let deadline = Timestamp(sequence.cast_signed());
        batch.deadlines.insert(run_key(sequence), Some(deadline));
        let sent = message(sequence);
        batch.messages.insert(MessageId(sequence), Some(sent));
    }
    assert_eq!(store.commit(&batch), Ok(()));
    maintain(store, 99);
    assert_eq!(count(reader), 3, "too early for all");
    maintain(store, 100);
    assert_eq!(count(reader), 2);
    assert_eq!(load(store, 1), None);
    assert_eq!(reader.execution(run_key(1)), Ok(None));
    assert_eq!(history_length(reader, 1), 0);
    let left = start(store);
    assert!(left.tasks.iter().all(|(task, _)| task.run != run_key(1)));
    assert!(left.deadlines.iter().all(|(_, run)| *run != run_key(1)));
    assert_eq!(left.messages.len(), 4, "messages are still to be delivered");
    assert_eq!((left.tasks.len(), left.deadlines.len()), (3, 3));
    for sequence in 2..=4 {
        assert!(load(store, sequence).is_some(), "run {sequence} stays");
        assert_eq!(history_length(reader, sequence), 3);
    }
    maintain(store, 1_000_000);
    assert_eq!(count(reader), 1, "what does not expire stays");
    assert_eq!(load_open(store, "a"), Some(run_key(4)));
}

/// It says which keys have been used.
pub(super) fn keeps_the_greatest_key(store: &mut dyn Store, reader: &dyn Reader) {
    let row = |sequence| closed(open(sequence, "a", 10), 20, Some(20));
    assert_eq!(store.commit(&batch_of([row(1), row(2)])), Ok(()));
    maintain(store, 20);
    assert_eq!(start(store).last_run, run_key(2));
    assert_eq!(load(store, 1), None);
    let next = open(3, "b", 30);
    assert_eq!(store.commit(&batch_of([next])), Ok(()));
    maintain(store, 20);
    assert_eq!(load(store, 2), None, "there is a greater key now");
    assert_eq!(start(store).last_run, run_key(3));
    assert_eq!(count(reader), 0);
}

pub(super) fn many_and_long(store: &mut dyn Store, reader: &dyn Reader) {
    const RUNS: u64 = 200;
    const COMMITS: i64 = 520;
    for id in 1..=COMMITS {
        let mut batch = Batch::default();
        batch.append_event(run_key(1), EventId(id), "{}");
        assert_eq!(store.commit(&batch), Ok(()));
    }
    let rows = (1..=RUNS).map(|sequence| {
        let expires = sequence.cast_signed() + 50;
        closed(open(sequence, "a", 10), 20, Some(expires))
    });
    assert_eq!(store.commit(&batch_of(rows)), Ok(()));
    assert!(maintain(store, 1000) > 1, "not all at once");
    assert_eq!(history_length(reader, 1), 0);
    assert_eq!(count(reader), 1);
    assert_eq!(start(store).last_run, run_key(RUNS));
    assert_eq!(reader.execution(RunKey(0)), Ok(None));
}
