//! Lists and counts of runs, always along an index: nothing is scanned whole, nothing sorted by the database.
//!
//! A selection is one or several ranges of one index: several for the versions of a type, and for closed runs without a
//! filter, which lie in a range for each close status. A count adds the ranges up, a list merges them. The index is
//! named, so that the plan never depends on what the planner believes about the data.

pub(super) mod source;

use everbeat_model::{CloseStatus, Name, Timestamp, Version};
use everbeat_partition::rows::DomainId;
use everbeat_partition::store::{
    Filter, ListPage, ListPosition, ListQuery, Selection, StoreError, Which,
};
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use super::error::store_error;
use super::{load, rows};
use source::Source;

/// The keys of the ranges that a selection consists of.
fn ranges(connection: &Connection, selection: &Selection) -> Result<Vec<Vec<Value>>, StoreError> {
    let domain = || Value::from(selection.domain.0);
    let text = |text: &str| Value::from(text.to_owned());
    let status = |status: &CloseStatus| vec![domain(), text(status.as_str())];
    Ok(match (selection.which, &selection.filter) {
        (Which::Open, None) => vec![vec![domain()]],
        (Which::Open, Some(Filter::CloseStatus(_))) => Vec::new(),
        (_, None) => CloseStatus::ALL.iter().map(status).collect(),
        (_, Some(Filter::CloseStatus(only))) => vec![status(only)],
        (_, Some(Filter::WorkflowId(id))) => vec![vec![domain(), text(id.as_str())]],
        (_, Some(Filter::Tag(tag))) => vec![vec![domain(), text(tag.as_str())]],
        (_, Some(Filter::Type { name, version })) => {
            let found = types(connection, selection.domain, name, version.as_ref())?;
            found.into_iter().map(|number| vec![number]).collect()
        }
    })
}

/// The numbers of the types of that name, and of that version if one is given.
fn types(
    connection: &Connection,
    domain: DomainId,
    name: &Name,
    version: Option<&Version>,
) -> Result<Vec<Value>, StoreError> {
    let read = |row: &rusqlite::Row<'_>| row.get::<_, i64>(0).map(Value::from).map_err(store_error);
    let (domain, name) = (domain.0, name.as_str());
    match version {
        Some(version) => load::all(connection, ONE_TYPE, (domain, name, version.as_str()), read),
        None => load::all(connection, TYPES_OF_NAME, (domain, name), read),
    }
}

pub(super) const ONE_TYPE: &str =
    "SELECT type FROM execution_types WHERE domain = ?1 AND name = ?2 AND version = ?3";
pub(super) const TYPES_OF_NAME: &str =
    "SELECT type FROM execution_types WHERE domain = ?1 AND name = ?2";

/// The number of the runs of a selection.
pub(super) fn count(connection: &Connection, selection: &Selection) -> Result<u64, StoreError> {
    // All statements see the same commit.
    let _snapshot = connection.unchecked_transaction().map_err(store_error)?;
    let sql = Source::of(selection).count_sql();
    let latest = selection.latest.unwrap_or(Timestamp(i64::MAX));
    let mut sum = 0;
    for keys in ranges(connection, selection)? {
        let bounds = [selection.oldest.0, latest.0, selection.now.0, 0, 0, 0];
        let params = bounds.into_iter().map(Value::from).chain(keys);
        let count: i64 = connection
            .prepare_cached(&sql)
            .and_then(|mut statement| {
                statement.query_row(params_from_iter(params), |row| row.get(0))
            })
            .map_err(store_error)?;
        sum += count.unsigned_abs();
    }
    Ok(sum)
}

/// A page of a list.
pub(super) fn list(connection: &Connection, query: &ListQuery) -> Result<ListPage, StoreError> {
    // All statements see the same commit.
    let _snapshot = connection.unchecked_transaction().map_err(store_error)?;
    let mut merge = Merge::new(query);
    for keys in ranges(connection, &query.selection)? {
        merge.add_range(connection, keys)?;
    }
    Ok(merge.into_page())
}

/// The first entries of the ranges seen so far, in the order of the list, with their infos as JSON.
struct Merge<'q> {
    query: &'q ListQuery,
    sql: String,
    /// One more than the page shows, to know whether more follow.
    wanted: usize,
    entries: Vec<(ListPosition, String)>,
}

impl<'q> Merge<'q> {
    fn new(query: &'q ListQuery) -> Self {
        Self {
            query,
            sql: Source::of(&query.selection).list_sql(query.reverse, query.after.is_some()),
            wanted: query.max.saturating_add(1),
            entries: Vec::new(),
        }
    }

    fn add_range(&mut self, connection: &Connection, keys: Vec<Value>) -> Result<(), StoreError> {
        let (oldest, latest) = self.bounds();
        let after = self
            .query
            .after
            .map_or((0, 0), |after| (after.at.0, rows::key(after.run)));
        let limit = i64::try_from(self.wanted).unwrap_or(i64::MAX);
        let now = self.query.selection.now;
        let bounds = [oldest.0, latest.0, now.0, after.0, after.1, limit];
        let params = bounds.into_iter().map(Value::from).chain(keys);
        let found = load::all(connection, &self.sql, params_from_iter(params), |row| {
            let position = ListPosition {
                at: rows::timestamp(row, 0).map_err(store_error)?,
                run: rows::run(row, 1).map_err(store_error)?,
            };
            Ok((position, rows::text(row, 2)?.to_owned()))
        })?;
        let is_merged = !self.entries.is_empty() && !found.is_empty();
        self.entries.extend(found);
        if is_merged {
            self.entries.sort_by_key(|(position, _)| *position);
            if !self.query.reverse {
                self.entries.reverse();
            }
            self.entries.truncate(self.wanted);
        }
        Ok(())
    }

    /// The times between which a range can still have an entry of the page.
    fn bounds(&self) -> (Timestamp, Timestamp) {
        let ListQuery {
            selection,
            reverse,
            after,
            ..
        } = self.query;
        let mut oldest = selection.oldest;
        let mut latest = selection.latest.unwrap_or(Timestamp(i64::MAX));
        let is_full = self.entries.len() >= self.wanted;
        let last = self.entries.last().filter(|_| is_full);
        let last = last.map(|(position, _)| *position);
        let (before, behind) = if *reverse {
            (*after, last)
        } else {
            (last, *after)
        };
        if let Some(before) = before {
            oldest = oldest.max(before.at);
        }
        if let Some(behind) = behind {
            latest = latest.min(behind.at);
        }
        (oldest, latest)
    }

    fn into_page(mut self) -> ListPage {
        let has_more = self.entries.len() > self.query.max;
        self.entries.truncate(self.query.max);
        let last = self.entries.last().map(|(position, _)| *position);
        let entries = self.entries.into_iter();
        ListPage {
            entries: entries.map(|(_, info)| info).collect(),
            next: last.filter(|_| has_more),
        }
    }
}
