//! A store of ordered maps: what simulations and tests run on, and the plain reference for the other backends.
//!
//! Nothing outlives the process. Clones share the rows: keep one as the writer and hand the others out as readers, or
//! drop the writer and go on with a clone as if after a crash.

use std::collections::{BTreeMap, btree_map::Entry};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use everbeat_model::shape::to_json;
use everbeat_model::{EventId, Timestamp, WorkflowId};
use everbeat_partition::executions::SNAPSHOT_VERSION;
use everbeat_partition::rows::{
    Batch, DomainId, DomainRow, EventsRow, ExecutionRow, HeartbeatRow, MessageId, MessageRow,
    RunKey, SnapshotRow, TaskId, TaskRow, TypeDetail, TypeKey,
};
use everbeat_partition::store::{
    Filter, HistoryPage, HistoryQuery, ListPage, ListPosition, ListQuery, LoadedRun, LoadedRuns,
    Needs, Reader, Selection, Start, Store, StoreError, Which,
};

use crate::history::{PageCutter, events_behind};
use crate::keys::{KeyStore, SealingKey};

/// At most so many expired runs are removed in one step.
const REMOVED_AT_ONCE: usize = 64;

/// The rows in memory; a clone is another handle on the same rows.
#[derive(Debug, Clone, Default)]
pub struct MemoryStore {
    rows: Arc<Mutex<Rows>>,
}

#[derive(Debug, Default)]
struct Rows {
    domains: BTreeMap<DomainId, DomainRow>,
    types: BTreeMap<TypeKey, TypeDetail>,
    executions: BTreeMap<RunKey, ExecutionRow>,
    /// The run that is open, by its workflow id.
    open_runs: BTreeMap<(DomainId, WorkflowId), RunKey>,
    events: BTreeMap<(RunKey, EventId), EventsRow>,
    snapshots: BTreeMap<RunKey, SnapshotRow>,
    heartbeats: BTreeMap<TaskId, HeartbeatRow>,
    tasks: BTreeMap<TaskId, TaskRow>,
    deadlines: BTreeMap<RunKey, Timestamp>,
    messages: BTreeMap<MessageId, MessageRow>,
    clock: Option<Timestamp>,
    keys: Vec<SealingKey>,
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    /// A panic of another holder leaves the rows whole: nothing below panics between two writes.
    fn rows(&self) -> MutexGuard<'_, Rows> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store for MemoryStore {
    fn commit(&mut self, batch: &Batch) -> Result<(), StoreError> {
        let mut rows = self.rows();
        rows.check(batch)?;
        rows.write(batch);
        Ok(())
    }

    fn maintain(&mut self, now: Timestamp) -> Result<bool, StoreError> {
        let mut rows = self.rows();
        let expired = rows.expired(now);
        for &run in expired.iter().take(REMOVED_AT_ONCE) {
            rows.remove(run);
        }
        Ok(expired.len() > REMOVED_AT_ONCE)
    }

    fn load_start(&mut self, horizon: Timestamp) -> Result<Start, StoreError> {
        let rows = self.rows();
        let mut open_runs = BTreeMap::new();
        for (domain, _) in rows.open_runs.keys() {
            *open_runs.entry(*domain).or_default() += 1;
        }
        Ok(Start {
            domains: rows.domains.values().cloned().collect(),
            types: rows
                .types
                .iter()
                .map(|(key, detail)| (key.clone(), detail.clone()))
                .collect(),
            open_runs,
            tasks: rows
                .tasks
                .iter()
                .map(|(&id, row)| (id, row.clone()))
                .collect(),
            deadlines: rows.deadlines(|at| at <= horizon),
            clock: rows.clock,
            messages: rows
                .messages
                .iter()
                .map(|(&id, row)| (id, row.clone()))
                .collect(),
            last_run: rows
                .executions
                .keys()
                .next_back()
                .copied()
                .unwrap_or_default(),
        })
    }

    fn load_runs(&mut self, needs: &Needs) -> Result<LoadedRuns, StoreError> {
        let rows = self.rows();
        let mut loaded = LoadedRuns::default();
        for key in &needs.open_runs {
            let run = rows.open_runs.get(key).copied();
            loaded.open_runs.insert(key.clone(), run);
        }
        let found = loaded.open_runs.values().flatten();
        for &run in needs.runs.iter().chain(found) {
            if let Entry::Vacant(entry) = loaded.runs.entry(run) {
                entry.insert(rows.run(run)?);
            }
        }
        Ok(loaded)
    }

    fn load_deadlines(
        &mut self,
        after: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<(Timestamp, RunKey)>, StoreError> {
        Ok(self.rows().deadlines(|at| after < at && at <= until))
    }
}

impl Reader for MemoryStore {
    fn execution(&self, run: RunKey) -> Result<Option<ExecutionRow>, StoreError> {
        Ok(self.rows().executions.get(&run).cloned())
    }

    fn history(&self, query: &HistoryQuery) -> Result<HistoryPage, StoreError> {
        let rows = self.rows();
        let run = (query.run, EventId(i64::MIN))..=(query.run, EventId(i64::MAX));
        let mut chunks: Vec<&EventsRow> = rows.events.range(run).map(|(_, row)| row).collect();
        if query.reverse {
            chunks.reverse();
        }
        let mut cutter = PageCutter::new(query);
        for row in chunks {
            if !cutter.add(row.first_event_id, row.count, &row.lines)? {
                break;
            }
        }
        Ok(cutter.finish())
    }

    fn list(&self, query: &ListQuery) -> Result<ListPage, StoreError> {
        let rows = self.rows();
        let is_behind = |position| match query.after {
            None => true,
            Some(after) if query.reverse => position > after,
            Some(after) => position < after,
        };
        let mut found: Vec<(ListPosition, &ExecutionRow)> = rows
            .executions
            .values()
            .filter_map(|row| Some((position(row, &query.selection)?, row)))
            .filter(|&(position, _)| is_behind(position))
            .collect();
        found.sort_by_key(|(position, _)| *position);
        if !query.reverse {
            found.reverse();
        }
        let has_more = found.len() > query.max;
        found.truncate(query.max);
        let last = found.last().map(|(position, _)| *position);
        Ok(ListPage {
            next: last.filter(|_| has_more),
            entries: found
                .into_iter()
                .map(|(_, row)| to_json(&row.info))
                .collect(),
        })
    }

    fn count(&self, selection: &Selection) -> Result<u64, StoreError> {
        let rows = self.rows();
        let found = rows
            .executions
            .values()
            .filter_map(|row| position(row, selection));
        Ok(found.count() as u64)
    }
}

/// The place of a run among those that are selected; none when it is not one of them.
fn position(row: &ExecutionRow, selection: &Selection) -> Option<ListPosition> {
    let info = &row.info;
    let at = match (selection.which, info.close_timestamp) {
        (Which::Open, None) | (Which::ClosedByStart, Some(_)) => info.start_timestamp,
        (Which::ClosedByClose, Some(closed)) => closed,
        (Which::Open, Some(_)) | (Which::ClosedByStart | Which::ClosedByClose, None) => {
            return None;
        }
    };
    let is_there = is_open(row)
        || row
            .expires_at
            .is_none_or(|expires_at| expires_at > selection.now);
    let is_in_time = selection.oldest <= at && selection.latest.is_none_or(|latest| at <= latest);
    let passes = selection
        .filter
        .as_ref()
        .is_none_or(|filter| passes(filter, row));
    let is_selected = row.domain == selection.domain && is_there && is_in_time && passes;
    is_selected.then_some(ListPosition { at, run: row.run })
}

fn passes(filter: &Filter, row: &ExecutionRow) -> bool {
    let info = &row.info;
    match filter {
        Filter::WorkflowId(workflow_id) => row.workflow_id() == workflow_id,
        Filter::Type { name, version } => {
            let found = &info.workflow_type;
            found.name == *name && version.as_ref().is_none_or(|v| found.version == *v)
        }
        Filter::Tag(tag) => info
            .tag_list
            .as_ref()
            .is_some_and(|list| list.tags().any(|own| own == tag)),
        Filter::CloseStatus(status) => info.close_status == Some(*status),
    }
}

impl KeyStore for MemoryStore {
    fn load_or_create_keys(
        &mut self,
        now: Timestamp,
        generate: &mut dyn FnMut() -> [u8; 32],
    ) -> Result<Vec<SealingKey>, StoreError> {
        if self.rows().keys.is_empty() {
            self.add_key(now, generate())?;
        }
        Ok(self.rows().keys.clone())
    }

    fn add_key(&mut self, now: Timestamp, secret: [u8; 32]) -> Result<SealingKey, StoreError> {
        let keys = &mut self.rows().keys;
        let key = SealingKey {
            id: keys.last().map_or(1, |newest| newest.id + 1),
            secret,
            created: now,
        };
        keys.push(key.clone());
        Ok(key)
    }
}

impl Rows {
    /// Refuses what would break the rows; a database does that with its unique keys.
    fn check(&self, batch: &Batch) -> Result<(), StoreError> {
        for (&run, row) in &batch.events {
            if self.events.contains_key(&(run, row.first_event_id)) {
                return Err(StoreError::Failed(format!(
                    "run {} has events from {} on already",
                    run.0, row.first_event_id
                )));
            }
        }
        let mut opened = BTreeMap::new();
        for row in batch.executions.values().filter(|row| is_open(row)) {
            let key = (row.domain, row.workflow_id().clone());
            let in_store = self.open_runs.get(&key).copied().filter(|run| {
                let written = batch.executions.get(run);
                written.is_none_or(is_open)
            });
            let other = opened.insert(key, row.run).or(in_store);
            if other.is_some_and(|other| other != row.run) {
                return Err(StoreError::Failed(format!(
                    "workflow id {:?} has an open run already",
                    row.workflow_id().as_str()
                )));
            }
        }
        Ok(())
    }

    fn write(&mut self, batch: &Batch) {
        for (&id, row) in &batch.domains {
            self.domains.insert(id, row.clone());
        }
        for (key, detail) in &batch.types {
            put(&mut self.types, key.clone(), detail.clone());
        }
        for (&run, row) in &batch.events {
            self.events.insert((run, row.first_event_id), row.clone());
        }
        for (&run, row) in &batch.snapshots {
            self.snapshots.insert(run, row.clone());
        }
        for (&task, row) in &batch.heartbeats {
            put(&mut self.heartbeats, task, row.clone());
        }
        for (&task, write) in &batch.tasks {
            put(&mut self.tasks, task, write.row.clone());
        }
        for (&run, &at) in &batch.deadlines {
            put(&mut self.deadlines, run, at);
        }
        self.clock = batch.clock.or(self.clock);
        for (&id, row) in &batch.messages {
            put(&mut self.messages, id, row.clone());
        }
        // In the order of their keys: an earlier run closes before its successor opens.
        for row in batch.executions.values() {
            self.write_execution(row);
        }
    }

    fn write_execution(&mut self, row: &ExecutionRow) {
        let key = (row.domain, row.workflow_id().clone());
        if is_open(row) {
            self.open_runs.insert(key, row.run);
        } else {
            if self.open_runs.get(&key) == Some(&row.run) {
                self.open_runs.remove(&key);
            }
            self.snapshots.remove(&row.run);
        }
        self.executions.insert(row.run, row.clone());
    }

    /// Closed runs to remove: the run with the greatest key stays, as it says which keys have been used.
    fn expired(&self, now: Timestamp) -> Vec<RunKey> {
        let mut rows = self.executions.values();
        rows.next_back();
        rows.filter(|row| !is_open(row) && row.expires_at.is_some_and(|at| at <= now))
            .map(|row| row.run)
            .collect()
    }

    /// Removes all rows of a run but its messages, which are still to be delivered.
    fn remove(&mut self, run: RunKey) {
        self.executions.remove(&run);
        self.events.retain(|(of, _), _| *of != run);
        self.snapshots.remove(&run);
        self.heartbeats.retain(|task, _| task.run != run);
        self.tasks.retain(|task, _| task.run != run);
        self.deadlines.remove(&run);
    }

    /// The deadlines of a window, the earliest first.
    fn deadlines(&self, is_wanted: impl Fn(Timestamp) -> bool) -> Vec<(Timestamp, RunKey)> {
        let mut found: Vec<_> = self
            .deadlines
            .iter()
            .filter(|&(_, &at)| is_wanted(at))
            .map(|(&run, &at)| (at, run))
            .collect();
        found.sort_unstable();
        found
    }

    fn run(&self, run: RunKey) -> Result<Option<LoadedRun>, StoreError> {
        let Some(row) = self.executions.get(&run) else {
            return Ok(None);
        };
        let mut loaded = LoadedRun {
            row: row.clone(),
            snapshot: None,
            events: Vec::new(),
            heartbeats: Vec::new(),
            deadline: self.deadlines.get(&run).copied(),
        };
        if is_open(row) {
            let usable = |snapshot: &&SnapshotRow| snapshot.version == SNAPSHOT_VERSION;
            loaded.snapshot = self.snapshots.get(&run).filter(usable).cloned();
            let known = loaded
                .snapshot
                .as_ref()
                .map_or(EventId::NONE, |s| s.event_id);
            let all = (run, EventId(i64::MIN))..=(run, EventId(i64::MAX));
            for row in self.events.range(all).map(|(_, row)| row) {
                loaded.events.extend(events_behind(row.clone(), known)?);
            }
            let task = |scheduled_event_id| TaskId {
                run,
                scheduled_event_id,
            };
            loaded.heartbeats = self
                .heartbeats
                .range(task(EventId(i64::MIN))..=task(EventId(i64::MAX)))
                .map(|(task, row)| (task.scheduled_event_id, row.clone()))
                .collect();
        }
        Ok(Some(loaded))
    }
}

fn is_open(row: &ExecutionRow) -> bool {
    row.info.close_timestamp.is_none()
}

/// Sets a row, or removes it.
fn put<K: Ord, V>(rows: &mut BTreeMap<K, V>, key: K, row: Option<V>) {
    match row {
        Some(row) => rows.insert(key, row),
        None => rows.remove(&key),
    };
}
