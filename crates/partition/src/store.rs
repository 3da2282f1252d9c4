//! What the partition and its host ask of a store. The crate `everbeat-store` has the backends.

use alloc::{collections::BTreeMap, collections::BTreeSet, string::String, vec::Vec};
use core::fmt;

use everbeat_model::{CloseStatus, EventId, Name, Tag, Timestamp, Version, WorkflowId};

use crate::rows::{
    Batch, DomainId, DomainRow, EventsRow, ExecutionRow, HeartbeatRow, MessageId, MessageRow,
    RunKey, SnapshotRow, TaskId, TaskRow, TypeDetail, TypeKey,
};

/// The one writer of a store.
pub trait Store {
    /// Makes all rows of the batch durable, or none of them. When this returns, the batch survives a power cut.
    ///
    /// # Errors
    /// Then nothing of the batch is in the store, or (a reply that got lost) all of it is; the caller drops its memory
    /// and starts again from the store.
    fn commit(&mut self, batch: &Batch) -> Result<(), StoreError>;

    /// Housekeeping that need not hold up replies, to be called after each commit and at least every second: among
    /// other things removes closed runs that have expired by `now`, a few at a time (execution.md section 8.5). The run
    /// with the greatest key stays, so that no key is used twice. Returns at once when it is too early for more.
    ///
    /// True if more is waiting: call again within some hundredths of a second.
    ///
    /// # Errors
    /// When the store cannot be written; what was committed stays committed, and a later call tries again.
    fn maintain(&mut self, now: Timestamp) -> Result<bool, StoreError>;

    /// Everything that has to be in memory before the first input, with the deadlines up to and including `horizon`.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn load_start(&mut self, horizon: Timestamp) -> Result<Start, StoreError>;

    /// The rows of the runs that are needed.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn load_runs(&mut self, needs: &Needs) -> Result<LoadedRuns, StoreError>;

    /// The deadlines after `after`, up to and including `until`.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn load_deadlines(
        &mut self,
        after: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<(Timestamp, RunKey)>, StoreError>;
}

/// Reads that need no partition: they see exactly what has been committed. Usable from several threads at once.
pub trait Reader: Send + Sync {
    /// The row of a run.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn execution(&self, run: RunKey) -> Result<Option<ExecutionRow>, StoreError>;

    /// A part of a run's history.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn history(&self, query: &HistoryQuery) -> Result<HistoryPage, StoreError>;

    /// A page of a list of runs.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn list(&self, query: &ListQuery) -> Result<ListPage, StoreError>;

    /// The number of runs that a list of all pages would have.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn count(&self, selection: &Selection) -> Result<u64, StoreError>;
}

/// Which events to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryQuery {
    /// Whose.
    pub run: RunKey,
    /// Lowest event id wanted, from 1.
    pub from: EventId,
    /// Highest event id wanted.
    pub to: EventId,
    /// Highest first.
    pub reverse: bool,
    /// At most so many events.
    pub max_events: usize,
    /// At most so many bytes of JSON, but at least one event.
    pub max_bytes: usize,
}

/// Consecutive events, in the order asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HistoryPage {
    /// The JSON of each event.
    pub events: Vec<String>,
    /// Where the next page goes on, unless this was the last one: the next lower bound, or with `reverse` the next
    /// upper bound.
    pub next: Option<EventId>,
}

/// Which runs to list or to count (execution.md section 8.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection {
    /// Whose.
    pub domain: DomainId,
    /// Open runs, or closed ones, and which of their times counts.
    pub which: Which,
    /// Only such runs.
    pub filter: Option<Filter>,
    /// Earliest time, inclusive.
    pub oldest: Timestamp,
    /// Latest time, inclusive.
    pub latest: Option<Timestamp>,
    /// The present: closed runs that have expired by then are left out.
    pub now: Timestamp,
}

/// Open or closed runs, and the time that bounds and orders them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// Open runs by their start.
    Open,
    /// Closed runs by their start.
    ClosedByStart,
    /// Closed runs by their close.
    ClosedByClose,
}

/// What runs have in common, always compared as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Filter {
    /// The workflow id.
    WorkflowId(WorkflowId),
    /// The type.
    Type {
        /// Its name.
        name: Name,
        /// Its version; all versions of that name if none.
        version: Option<Version>,
    },
    /// One of the tags.
    Tag(Tag),
    /// The way they closed. No open run has that.
    CloseStatus(CloseStatus),
}

/// Which page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListQuery {
    /// The runs of the list.
    pub selection: Selection,
    /// Oldest first; otherwise newest first.
    pub reverse: bool,
    /// Go on behind this place.
    pub after: Option<ListPosition>,
    /// At most so many runs.
    pub max: usize,
}

/// A place in a list: stable when runs come and go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ListPosition {
    /// The time that orders the list.
    pub at: Timestamp,
    /// Runs of the same time are ordered by key.
    pub run: RunKey,
}

/// Consecutive entries of a list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListPage {
    /// The runs in order, each as the JSON of its [`everbeat_model::WorkflowExecutionInfo`].
    pub entries: Vec<String>,
    /// The last entry's place, if more follow.
    pub next: Option<ListPosition>,
}

/// What a partition starts from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Start {
    /// All domains.
    pub domains: Vec<DomainRow>,
    /// All types.
    pub types: Vec<(TypeKey, TypeDetail)>,
    /// Number of open runs of each domain that has some.
    pub open_runs: BTreeMap<DomainId, u64>,
    /// All waiting tasks.
    pub tasks: Vec<(TaskId, TaskRow)>,
    /// Deadlines up to the horizon, the earliest first.
    pub deadlines: Vec<(Timestamp, RunKey)>,
    /// All messages that wait to be delivered, in the order of their numbers.
    pub messages: Vec<(MessageId, MessageRow)>,
    /// Where the manual clock stands, if the store lives under one.
    pub clock: Option<Timestamp>,
    /// The greatest run key ever used.
    pub last_run: RunKey,
}

/// Rows that an input needs and that are not in memory.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Needs {
    /// Runs by key.
    pub runs: BTreeSet<RunKey>,
    /// The open run of a workflow id, if there is one.
    pub open_runs: BTreeSet<(DomainId, WorkflowId)>,
}

impl Needs {
    /// Nothing is missing.
    pub fn is_empty(&self) -> bool {
        self.runs.is_empty() && self.open_runs.is_empty()
    }
}

/// What was found for some [`Needs`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LoadedRuns {
    /// An entry for each run asked for by key; none when there is no such run.
    pub runs: BTreeMap<RunKey, Option<LoadedRun>>,
    /// An entry for each workflow id asked for; none when it has no open run. The run itself is in `runs`.
    pub open_runs: BTreeMap<(DomainId, WorkflowId), Option<RunKey>>,
}

/// A run as the store has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadedRun {
    /// Its row.
    pub row: ExecutionRow,
    /// The newest snapshot, if there is one. Not read for closed runs.
    pub snapshot: Option<SnapshotRow>,
    /// The events behind the snapshot, all events without one. Not read for closed runs.
    pub events: Vec<EventsRow>,
    /// Heartbeats of its running activities, by scheduled event. Not read for closed runs.
    pub heartbeats: Vec<(EventId, HeartbeatRow)>,
    /// Its deadline row.
    pub deadline: Option<Timestamp>,
}

/// The store could not do what was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreError {
    /// There is no room left.
    Full,
    /// It cannot be written at the moment (read-only, locked by another process).
    ReadOnly(String),
    /// A row is not what it should be.
    Corrupt(String),
    /// Anything else.
    Failed(String),
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Full => f.write_str("the disk is full"),
            Self::ReadOnly(why) => write!(f, "the store cannot be written: {why}"),
            Self::Corrupt(why) => write!(f, "the store is damaged: {why}"),
            Self::Failed(why) => write!(f, "the store failed: {why}"),
        }
    }
}

impl core::error::Error for StoreError {}
