//! Cutting histories out of the rows of events, the same way for every backend.

use everbeat_model::EventId;
use everbeat_partition::rows::EventsRow;
use everbeat_partition::store::{HistoryPage, HistoryQuery, StoreError};

/// Fills one page from rows that come in the order of the query.
pub(crate) struct PageCutter<'q> {
    query: &'q HistoryQuery,
    page: HistoryPage,
    bytes: usize,
}

impl<'q> PageCutter<'q> {
    pub(crate) fn new(query: &'q HistoryQuery) -> Self {
        Self {
            query,
            page: HistoryPage::default(),
            bytes: 0,
        }
    }

    /// Takes what the page wants of a row. False when the page needs no further row.
    ///
    /// # Errors
    /// When the row does not have as many lines as it says.
    pub(crate) fn add(
        &mut self,
        first: EventId,
        count: u64,
        lines: &str,
    ) -> Result<bool, StoreError> {
        check_lines(first, count, lines)?;
        let ids = first.0..first.0.saturating_add_unsigned(count);
        Ok(if self.query.reverse {
            ids.rev()
                .zip(lines.rsplit('\n'))
                .all(|(id, line)| self.add_event(EventId(id), line))
        } else {
            ids.zip(lines.split('\n'))
                .all(|(id, line)| self.add_event(EventId(id), line))
        })
    }

    /// False when the page needs no further event.
    fn add_event(&mut self, id: EventId, line: &str) -> bool {
        let (is_before, is_behind) = if self.query.reverse {
            (id > self.query.to, id < self.query.from)
        } else {
            (id < self.query.from, id > self.query.to)
        };
        if is_before || is_behind {
            return is_before;
        }
        let is_full = self.page.events.len() >= self.query.max_events;
        let is_too_long = self.bytes.saturating_add(line.len()) > self.query.max_bytes;
        if is_full || (is_too_long && !self.page.events.is_empty()) {
            self.page.next = Some(id);
            return false;
        }
        self.bytes = self.bytes.saturating_add(line.len());
        self.page.events.push(line.to_owned());
        true
    }

    pub(crate) fn finish(self) -> HistoryPage {
        self.page
    }
}

/// The part of a row that comes after an event; none when nothing does.
///
/// # Errors
/// When the row does not have as many lines as it says.
pub(crate) fn events_behind(
    row: EventsRow,
    after: EventId,
) -> Result<Option<EventsRow>, StoreError> {
    check_lines(row.first_event_id, row.count, &row.lines)?;
    let known = u64::try_from(after.0 - row.first_event_id.0 + 1).unwrap_or(0);
    if known == 0 {
        return Ok(Some(row));
    }
    if known >= row.count {
        return Ok(None);
    }
    let skipped: usize = row
        .lines
        .split('\n')
        .zip(0..known)
        .map(|(line, _)| line.len() + 1)
        .sum();
    Ok(Some(EventsRow {
        first_event_id: after.next(),
        count: row.count - known,
        lines: row.lines.get(skipped..).unwrap_or_default().to_owned(),
    }))
}

fn check_lines(first: EventId, count: u64, lines: &str) -> Result<(), StoreError> {
    let found = lines.split('\n').count() as u64;
    if found == count {
        return Ok(());
    }
    Err(StoreError::Corrupt(format!(
        "the events from {first} on should be {count}, and are {found}"
    )))
}
