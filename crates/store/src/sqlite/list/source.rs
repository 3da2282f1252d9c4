//! Which index serves which selection, and the statements that ask it.

use everbeat_partition::store::{Filter, Selection, Which};

/// An index, or a table that serves as one, and how to ask it.
#[derive(Debug, Clone, Copy)]
pub(in crate::sqlite) struct Source {
    /// Where the rows of the index come from, as `i`.
    pub(in crate::sqlite) rows: &'static str,
    /// What leads from there to the run's row, if that is needed.
    pub(in crate::sqlite) join: &'static str,
    /// The run's info.
    info: &'static str,
    /// The columns that have one value in a range.
    pub(in crate::sqlite) keys: &'static [&'static str],
    /// The time that bounds.
    time: &'static str,
    /// The time that orders. The two differ where both give the same order.
    pub(in crate::sqlite) order: &'static str,
    /// What else is asked of a row.
    condition: &'static str,
}

/// The parameters of every statement. The keys follow, so that each statement has all of them.
const OLDEST: &str = "?1";
const LATEST: &str = "?2";
const AFTER: &str = "(?4, ?5)";
const LIMIT: &str = "?6";
const FIRST_KEY: usize = 7;

/// The present is parameter 3.
macro_rules! unexpired {
    ($condition:literal) => {
        concat!($condition, "(i.expires_ms IS NULL OR i.expires_ms > ?3)")
    };
}

pub(in crate::sqlite) const OPEN_BY_START: Source = Source {
    rows: "executions AS i INDEXED BY executions_open_by_start",
    join: "",
    info: "i.info",
    keys: &["domain"],
    time: "started_ms",
    order: "started_ms",
    condition: "i.closed_ms IS NULL",
};

pub(in crate::sqlite) const OPEN_BY_TYPE: Source = Source {
    rows: "executions AS i INDEXED BY executions_open_by_type",
    keys: &["type"],
    ..OPEN_BY_START
};

/// At most one run.
pub(in crate::sqlite) const OPEN_BY_WORKFLOW_ID: Source = Source {
    rows: "executions AS i INDEXED BY executions_open_by_workflow_id",
    keys: &["domain", "workflow_id"],
    ..OPEN_BY_START
};

const OPEN_BY_TAG: Source = Source {
    rows: "open_tags AS i",
    join: " CROSS JOIN executions AS e ON e.run = i.run",
    info: "e.info",
    keys: &["domain", "tag"],
    condition: "TRUE",
    ..OPEN_BY_START
};

const CLOSED_BY_STATUS_AND_START: Source = Source {
    rows: "executions AS i INDEXED BY executions_closed_by_status_and_start",
    keys: &["domain", "close_status"],
    condition: unexpired!(""),
    ..OPEN_BY_START
};

const CLOSED_BY_STATUS_AND_CLOSE: Source = Source {
    rows: "executions AS i INDEXED BY executions_closed_by_status_and_close",
    time: "closed_ms",
    order: "closed_ms",
    ..CLOSED_BY_STATUS_AND_START
};

const CLOSED_BY_TYPE_AND_START: Source = Source {
    rows: "executions AS i INDEXED BY executions_closed_by_type_and_start",
    keys: &["type"],
    condition: unexpired!("i.closed_ms IS NOT NULL AND "),
    ..OPEN_BY_START
};

const CLOSED_BY_TYPE_AND_CLOSE: Source = Source {
    rows: "executions AS i INDEXED BY executions_closed_by_type_and_close",
    time: "closed_ms",
    order: "closed_ms",
    ..CLOSED_BY_TYPE_AND_START
};

const CLOSED_BY_WORKFLOW_ID_AND_START: Source = Source {
    rows: "executions AS i INDEXED BY executions_closed_by_workflow_id",
    keys: &["domain", "workflow_id"],
    ..CLOSED_BY_TYPE_AND_START
};

/// Runs of one workflow id follow each other, so they closed in the order of their starts. What closed in a span of time
/// started before its end, and no earlier than the last run that started before the span.
const CLOSED_BY_WORKFLOW_ID_AND_CLOSE: Source = Source {
    time: "closed_ms",
    order: "started_ms",
    condition: unexpired!(
        "i.closed_ms IS NOT NULL AND i.started_ms <= ?2 AND i.started_ms >= coalesce(
            (SELECT max(started_ms) FROM executions INDEXED BY executions_closed_by_workflow_id
             WHERE domain = ?7 AND workflow_id = ?8 AND closed_ms IS NOT NULL AND started_ms < ?1), ?1) AND "
    ),
    ..CLOSED_BY_WORKFLOW_ID_AND_START
};

const CLOSED_BY_TAG_AND_START: Source = Source {
    rows: "closed_tags_by_start AS i",
    condition: unexpired!(""),
    ..OPEN_BY_TAG
};

const CLOSED_BY_TAG_AND_CLOSE: Source = Source {
    rows: "closed_tags_by_close AS i",
    time: "closed_ms",
    order: "closed_ms",
    ..CLOSED_BY_TAG_AND_START
};

impl Source {
    /// Where to find a selection.
    pub(in crate::sqlite) fn of(selection: &Selection) -> Self {
        match (selection.which, &selection.filter) {
            (Which::Open, None | Some(Filter::CloseStatus(_))) => OPEN_BY_START,
            (Which::Open, Some(Filter::Type { .. })) => OPEN_BY_TYPE,
            (Which::Open, Some(Filter::WorkflowId(_))) => OPEN_BY_WORKFLOW_ID,
            (Which::Open, Some(Filter::Tag(_))) => OPEN_BY_TAG,
            (Which::ClosedByStart, None | Some(Filter::CloseStatus(_))) => {
                CLOSED_BY_STATUS_AND_START
            }
            (Which::ClosedByStart, Some(Filter::Type { .. })) => CLOSED_BY_TYPE_AND_START,
            (Which::ClosedByStart, Some(Filter::WorkflowId(_))) => CLOSED_BY_WORKFLOW_ID_AND_START,
            (Which::ClosedByStart, Some(Filter::Tag(_))) => CLOSED_BY_TAG_AND_START,
            (Which::ClosedByClose, None | Some(Filter::CloseStatus(_))) => {
                CLOSED_BY_STATUS_AND_CLOSE
            }
            (Which::ClosedByClose, Some(Filter::Type { .. })) => CLOSED_BY_TYPE_AND_CLOSE,
            (Which::ClosedByClose, Some(Filter::WorkflowId(_))) => CLOSED_BY_WORKFLOW_ID_AND_CLOSE,
            (Which::ClosedByClose, Some(Filter::Tag(_))) => CLOSED_BY_TAG_AND_CLOSE,
        }
    }

    /// `WHERE`: the range between the two times.
    fn range(&self) -> String {
        let keys: String = (FIRST_KEY..)
            .zip(self.keys)
            .map(|(number, column)| format!("i.{column} = ?{number} AND "))
            .collect();
        let Self {
            time, condition, ..
        } = self;
        format!("{keys}i.{time} >= {OLDEST} AND i.{time} <= {LATEST} AND {condition}")
    }

    /// Counts a range.
    pub(in crate::sqlite) fn count_sql(&self) -> String {
        format!("SELECT count(*) FROM {} WHERE {}", self.rows, self.range())
    }

    /// Lists a range; `goes_on` behind some place.
    pub(in crate::sqlite) fn list_sql(&self, reverse: bool, goes_on: bool) -> String {
        let Self {
            rows,
            join,
            info,
            time,
            order,
            ..
        } = self;
        let (direction, behind) = if reverse { ("ASC", ">") } else { ("DESC", "<") };
        let after = if goes_on {
            format!(" AND (i.{time}, i.run) {behind} {AFTER}")
        } else {
            String::new()
        };
        format!(
            "SELECT i.{time}, i.run, {info} FROM {rows}{join} WHERE {}{after}
             ORDER BY i.{order} {direction}, i.run {direction} LIMIT {LIMIT}",
            self.range()
        )
    }
}
