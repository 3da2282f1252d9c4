//! Checks of lists of runs.

use everbeat_model::shape::from_json_text;
use everbeat_model::{CloseStatus, Tag, TagList, Timestamp, WorkflowExecutionInfo};
use everbeat_partition::rows::{DomainId, ExecutionRow, RunKey};
use everbeat_partition::store::{Filter, ListPosition, ListQuery, Reader, Selection, Store, Which};

use super::samples::{DOMAIN, batch_of, closed, open, run_key};

const EVERY: [Which; 3] = [Which::Open, Which::ClosedByStart, Which::ClosedByClose];

fn query(which: Which) -> ListQuery {
    ListQuery {
        selection: Selection {
            domain: DOMAIN,
            which,
            filter: None,
            oldest: Timestamp(0),
            latest: None,
            now: Timestamp(1_000_000),
        },
        reverse: false,
        after: None,
        max: 100,
    }
}

/// Run ids of one page, and where the next begins.
fn page(reader: &dyn Reader, query: &ListQuery) -> (Vec<String>, Option<ListPosition>) {
    let page = reader.list(query).expect("a list can be read");
    assert!(page.entries.len() <= query.max);
    let ids = page.entries.iter().map(|info| {
        let info: WorkflowExecutionInfo = from_json_text(info).expect("an info is JSON");
        info.execution.run_id.as_str().to_owned()
    });
    (ids.collect(), page.next)
}

/// Run ids of all pages. The count says the same.
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
        let Some(next) = next else { break };
        query.after = Some(next);
    }
    let count = reader.count(&query.selection);
    assert_eq!(count, Ok(found.len() as u64), "{query:?}");
    found
}

/// A run of one of several types, with none to three tags.
fn varied(sequence: u64, workflow_id: &str, started: i64) -> ExecutionRow {
    let mut row = open(sequence, workflow_id, started);
    let (name, version) = match sequence % 5 {
        0 => ("order", "1"),
        1 => ("order", "2"),
        2 => ("order", "10"),
        3 => ("refund", "1"),
        _ => ("refund", "2"),
    };
    row.info.workflow_type.name = name.into();
    row.info.workflow_type.version = version.into();
    let tags: &[&str] = match sequence % 4 {
        0 => &[],
        1 => &["red"],
        // The same tag twice is one tag.
        2 => &["blue", "red", "blue"],
        _ => &["", "blue"],
    };
    let tags: Vec<Option<Tag>> = tags.iter().map(|&tag| Some(tag.into())).collect();
    row.info.tag_list = Some(TagList(tags)).filter(|tags| !tags.is_empty());
    row
}

/// A closed run, with a status that its key decides.
fn ended(row: ExecutionRow, at: i64) -> ExecutionRow {
    let index = usize::try_from(row.run.sequence()).unwrap_or_default() % 4;
    let mut row = closed(row, at, None);
    row.info.close_status = CloseStatus::ALL.get(index).copied();
    row
}

/// Ten open runs and ten closed ones, with ties in both times; a chain of runs of one workflow id; the same in another
/// domain. Half of the closed runs were open in a commit before.
fn fill(store: &mut dyn Store) -> Vec<ExecutionRow> {
    let started = [50, 10, 10, 30, 30, 30, 20, 70, 70, 60];
    let closed_at = [90, 95, 95, 80, 95, 80, 85, 85, 99, 99];
    let mut rows = Vec::new();
    let mut were_open = Vec::new();
    for (index, (start, close)) in started.into_iter().zip(closed_at).enumerate() {
        let sequence = 2 * index as u64 + 1;
        rows.push(varied(sequence, &format!("open-{index}"), start));
        let row = varied(sequence + 1, &format!("closed-{index}"), start);
        if index % 2 == 0 {
            were_open.push(row.clone());
        }
        rows.push(ended(row, close));
    }
    assert_eq!(store.commit(&batch_of(were_open)), Ok(()));
    assert_eq!(store.commit(&batch_of(rows.iter().cloned())), Ok(()));
    rows.extend(chain(store));
    let elsewhere = rows.iter().cloned().map(|mut row| {
        row.domain = DomainId(2);
        row.run = RunKey::new(row.run.sequence() + 1000, row.run.slot());
        row
    });
    assert_eq!(store.commit(&batch_of(elsewhere)), Ok(()));
    rows
}

/// Runs of one workflow id, which follow each other; the last is open.
fn chain(store: &mut dyn Store) -> Vec<ExecutionRow> {
    let mut rows = Vec::new();
    let times = [(5, 8), (8, 8), (8, 30), (30, 31), (35, 80), (80, 95)];
    for (sequence, (start, close)) in (30..).zip(times) {
        let row = varied(sequence, "chain", start);
        assert_eq!(store.commit(&batch_of([row.clone()])), Ok(()));
        let row = ended(row, close);
        assert_eq!(store.commit(&batch_of([row.clone()])), Ok(()));
        rows.push(row);
    }
    let last = varied(40, "chain", 95);
    assert_eq!(store.commit(&batch_of([last.clone()])), Ok(()));
    rows.push(last);
    rows
}

/// None, and each filter with some, one and no run that passes.
fn filters() -> Vec<Option<Filter>> {
    let workflow_id = |id: &str| Filter::WorkflowId(id.into());
    let typ = |name: &str, version: Option<&str>| Filter::Type {
        name: name.into(),
        version: version.map(Into::into),
    };
    let mut filters = vec![
        workflow_id("chain"),
        workflow_id("open-3"),
        workflow_id("closed-3"),
        workflow_id("chai"),
        typ("order", None),
        typ("refund", None),
        typ("nothing", None),
        typ("order", Some("1")),
        typ("order", Some("10")),
        typ("order", Some("3")),
    ];
    filters.extend(["red", "blue", "", "Red"].map(|tag| Filter::Tag(tag.into())));
    filters.extend(CloseStatus::ALL.iter().copied().map(Filter::CloseStatus));
    let filters = filters.into_iter().map(Some);
    filters.chain([None]).collect()
}

/// What a filter says, by its definition.
fn passes(row: &ExecutionRow, filter: &Filter) -> bool {
    match filter {
        Filter::WorkflowId(id) => row.workflow_id() == id,
        Filter::Type {
            name,
            version: None,
        } => row.info.workflow_type.name == *name,
        Filter::Type {
            name,
            version: Some(version),
        } => row.info.workflow_type.name == *name && row.info.workflow_type.version == *version,
        Filter::Tag(tag) => row
            .info
            .tag_list
            .iter()
            .any(|list| list.tags().any(|own| own == tag)),
        Filter::CloseStatus(status) => row.info.close_status == Some(*status),
    }
}

/// What a list is by its definition.
fn expected(rows: &[ExecutionRow], query: &ListQuery) -> Vec<String> {
    let Selection {
        which,
        filter,
        oldest,
        latest,
        ..
    } = &query.selection;
    let mut shown: Vec<(Timestamp, RunKey, String)> = rows
        .iter()
        .filter(|row| row.info.close_timestamp.is_none() == (*which == Which::Open))
        .filter(|row| filter.as_ref().is_none_or(|filter| passes(row, filter)))
        .map(|row| {
            let by_close = *which == Which::ClosedByClose;
            let closed = row.info.close_timestamp.filter(|_| by_close);
            let at = closed.unwrap_or(row.info.start_timestamp);
            (at, row.run, row.run_id().as_str().to_owned())
        })
        .filter(|(at, ..)| oldest <= at && latest.is_none_or(|latest| *at <= latest))
        .collect();
    shown.sort();
    if !query.reverse {
        shown.reverse();
    }
    shown.into_iter().map(|(_, _, run_id)| run_id).collect()
}

pub(super) fn pages(store: &mut dyn Store, reader: &dyn Reader) {
    let rows = fill(store);
    for which in EVERY {
        for filter in filters() {
            for reverse in [false, true] {
                for (oldest, latest) in [
                    (0, None),
                    (30, Some(70)),
                    (80, Some(95)),
                    (31, Some(31)),
                    (60, Some(50)),
                ] {
                    for max in [1, 2, 3, 10, 11] {
                        let mut query = ListQuery {
                            reverse,
                            max,
                            ..query(which)
                        };
                        query.selection.filter.clone_from(&filter);
                        query.selection.oldest = Timestamp(oldest);
                        query.selection.latest = latest.map(Timestamp);
                        let found = all_pages(reader, &query);
                        assert_eq!(found, expected(&rows, &query), "{query:?}");
                    }
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
    let row = |sequence: u64, expires| {
        let row = varied(4 * sequence + 1, "a", 10);
        let mut row = closed(row, 20, expires);
        row.info.workflow_type.name = "order".into();
        row
    };
    let rows = [
        row(1, Some(99)),
        row(2, Some(100)),
        row(3, Some(101)),
        row(4, None),
    ];
    assert_eq!(store.commit(&batch_of(rows)), Ok(()));
    let filters = [
        None,
        Some(Filter::WorkflowId("a".into())),
        Some(Filter::Tag("red".into())),
        Some(Filter::CloseStatus(CloseStatus::Completed)),
        Some(Filter::Type {
            name: "order".into(),
            version: None,
        }),
    ];
    for which in [Which::ClosedByStart, Which::ClosedByClose] {
        for filter in filters.clone() {
            let mut query = query(which);
            query.selection.filter = filter;
            query.selection.now = Timestamp(100);
            assert_eq!(all_pages(reader, &query), ["run-17", "run-13"], "{query:?}");
        }
    }
}
