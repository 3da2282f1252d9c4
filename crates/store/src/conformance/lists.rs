//! Checks of lists of runs.

use everbeat_model::Timestamp;
use everbeat_partition::rows::{DomainId, ExecutionRow, RunKey};
use everbeat_partition::store::{ListPosition, ListQuery, Reader, Store, Which};

use super::samples::{DOMAIN, batch_of, closed, open, run_key};

fn query(which: Which) -> ListQuery {
    ListQuery {
        domain: DOMAIN,
        which,
        by_close_time: false,
        oldest: Timestamp(0),
        latest: None,
        reverse: false,
        after: None,
        max: 100,
        now: Timestamp(1_000_000),
    }
}

/// Run ids of one page, and where the next begins.
fn page(reader: &dyn Reader, query: &ListQuery) -> (Vec<String>, Option<ListPosition>) {
    let page = reader.list(query).expect("a list can be read");
    assert!(page.entries.len() <= query.max);
    let ids = page.entries.iter();
    let ids = ids.map(|info| info.execution.run_id.as_str().to_owned());
    (ids.collect(), page.next)
}

/// Run ids of all pages.
fn all_pages(reader: &dyn Reader, query: &ListQuery) -> Vec<String> {
    let mut query = query.clone();
    let mut found = Vec::new();
    loop {
        let (ids, next) = page(reader, &query);
        assert!(
            next.is_none() || ids.len() == query.max,
            "only the last page may be short"
        );
        found.extend(ids);
        let Some(next) = next else { return found };
        query.after = Some(next);
    }
}

/// Ten open runs and ten closed ones, with ties in both times; others in another domain.
fn fill(store: &mut dyn Store) -> Vec<ExecutionRow> {
    let started = [50, 10, 10, 30, 30, 30, 20, 70, 70, 60];
    let closed_at = [90, 95, 95, 80, 95, 80, 85, 85, 99, 99];
    let mut rows = Vec::new();
    for (index, (start, close)) in started.into_iter().zip(closed_at).enumerate() {
        let sequence = 2 * index as u64 + 1;
        rows.push(open(sequence, &format!("open-{index}"), start));
        let row = open(sequence + 1, &format!("closed-{index}"), start);
        rows.push(closed(row, close, None));
    }
    let mut other = open(100, "open-0", 30);
    other.domain = DomainId(2);
    let mut other_closed = closed(open(101, "closed-0", 30), 85, None);
    other_closed.domain = DomainId(2);
    let all = rows.iter().cloned().chain([other, other_closed]);
    assert_eq!(store.commit(&batch_of(all)), Ok(()));
    rows
}

/// What a list is by its definition.
fn expected(rows: &[ExecutionRow], query: &ListQuery) -> Vec<String> {
    let mut shown: Vec<(Timestamp, RunKey, String)> = rows
        .iter()
        .filter(|row| row.info.close_timestamp.is_some() == (query.which == Which::Closed))
        .map(|row| {
            let closed = row.info.close_timestamp.filter(|_| query.by_close_time);
            let at = closed.unwrap_or(row.info.start_timestamp);
            (at, row.run, row.run_id().as_str().to_owned())
        })
        .filter(|(at, ..)| query.oldest <= *at && query.latest.is_none_or(|latest| *at <= latest))
        .collect();
    shown.sort();
    if !query.reverse {
        shown.reverse();
    }
    shown.into_iter().map(|(_, _, run_id)| run_id).collect()
}

pub(super) fn pages(store: &mut dyn Store, reader: &dyn Reader) {
    let rows = fill(store);
    for (which, by_close_time) in [
        (Which::Open, false),
        (Which::Closed, false),
        (Which::Closed, true),
    ] {
        for reverse in [false, true] {
            for (oldest, latest) in [(0, None), (30, Some(70)), (80, Some(95)), (31, Some(31))] {
                for max in [1, 2, 3, 10, 11] {
                    let query = ListQuery {
                        by_close_time,
                        reverse,
                        oldest: Timestamp(oldest),
                        latest: latest.map(Timestamp),
                        max,
                        ..query(which)
                    };
                    assert_eq!(
                        all_pages(reader, &query),
                        expected(&rows, &query),
                        "{query:?}"
                    );
                }
            }
        }
    }
}

/// What was there all the time is seen once; what comes before the place reached is not seen any more.
pub(super) fn changes_between_pages(store: &mut dyn Store, reader: &dyn Reader) {
    let rows = [
        open(2, "b", 20),
        open(4, "d", 20),
        open(6, "f", 30),
        open(8, "h", 40),
    ];
    assert_eq!(store.commit(&batch_of(rows)), Ok(()));
    let mut query = ListQuery {
        max: 2,
        ..query(Which::Open)
    };
    let (ids, next) = page(reader, &query);
    assert_eq!(ids, ["run-8", "run-6"]);
    let at = Timestamp(30);
    let run = run_key(6);
    assert_eq!(next, Some(ListPosition { at, run }));
    // One newer, one tie before and one behind the place, and the run at the place itself closes.
    let rows = [
        open(9, "i", 50),
        open(7, "g", 30),
        open(5, "e", 30),
        closed(open(6, "f", 30), 60, None),
    ];
    assert_eq!(store.commit(&batch_of(rows)), Ok(()));
    query.after = next;
    let (ids, next) = page(reader, &query);
    assert_eq!(ids, ["run-5", "run-4"]);
    query.after = next;
    assert_eq!(page(reader, &query), (vec!["run-2".to_owned()], None));
}

pub(super) fn expired(store: &mut dyn Store, reader: &dyn Reader) {
    let row = |sequence: u64, expires| closed(open(sequence, "a", 10), 20, expires);
    let rows = [
        row(1, Some(99)),
        row(2, Some(100)),
        row(3, Some(101)),
        row(4, None),
    ];
    assert_eq!(store.commit(&batch_of(rows)), Ok(()));
    for by_close_time in [false, true] {
        let query = ListQuery {
            by_close_time,
            now: Timestamp(100),
            ..query(Which::Closed)
        };
        assert_eq!(all_pages(reader, &query), ["run-4", "run-3"]);
    }
}
