//! Checks of history pages, against the plain definition of a page.

use everbeat_model::EventId;
use everbeat_partition::rows::Batch;
use everbeat_partition::store::{HistoryPage, HistoryQuery, Reader, Store};

use super::samples::{events, line, run_key};

/// Ids of the events that are stored.
const STORED: core::ops::RangeInclusive<i64> = 1..=12;

/// All bounds, sizes and directions over rows of several lengths.
pub(super) fn pages(store: &mut dyn Store, reader: &dyn Reader) {
    for (first, count) in [(1, 2), (3, 1), (4, 5), (9, 4)] {
        let mut batch = Batch::default();
        // Neighbours, whose events must not show.
        for sequence in [1, 2, 3] {
            batch.events.insert(run_key(sequence), events(first, count));
        }
        assert_eq!(store.commit(&batch), Ok(()));
    }
    let length = line(1).len();
    for from in 1..=14 {
        for to in 0..=14 {
            for reverse in [false, true] {
                for max_events in [1, 2, 5, 100] {
                    for max_bytes in [0, length * 3 - 1, length * 3, 100_000] {
                        let query = HistoryQuery {
                            run: run_key(2),
                            from: EventId(from),
                            to: EventId(to),
                            reverse,
                            max_events,
                            max_bytes,
                        };
                        let page = reader.history(&query);
                        assert_eq!(page, Ok(expected(&query)), "{query:?}");
                    }
                }
            }
        }
    }
}

fn expected(query: &HistoryQuery) -> HistoryPage {
    let mut ids: Vec<i64> = STORED
        .filter(|&id| query.from.0 <= id && id <= query.to.0)
        .collect();
    if query.reverse {
        ids.reverse();
    }
    let mut page = HistoryPage::default();
    let mut bytes = 0;
    for id in ids {
        bytes += line(id).len();
        let is_full = page.events.len() == query.max_events || bytes > query.max_bytes;
        if is_full && !page.events.is_empty() {
            page.next = Some(EventId(id));
            break;
        }
        page.events.push(line(id));
    }
    page
}

pub(super) fn missing(_: &mut dyn Store, reader: &dyn Reader) {
    let query = HistoryQuery {
        run: run_key(2),
        from: EventId(1),
        to: EventId(i64::MAX),
        reverse: false,
        max_events: 10,
        max_bytes: 1000,
    };
    assert_eq!(reader.history(&query), Ok(HistoryPage::default()));
}
