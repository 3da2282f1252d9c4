//! Runs in memory: a cache with a budget over the runs in the store.
//!
//! Between batches nothing is uncommitted, and any run may be evicted; within a batch a run stays, so that no read can
//! see the store behind the state. An evicted run is rebuilt from its snapshot and the events behind it.

use alloc::{
    collections::{BTreeMap, BTreeSet},
    string::String,
    vec::Vec,
};

use everbeat_engine::{Change, State, apply};
use everbeat_model::shape::from_json_text;
use everbeat_model::{DomainName, EventId, HistoryEvent, Timestamp, WorkflowId, WorkflowRunId};

use crate::rows::{Batch, DomainId, ExecutionRow, Realm, RunKey, SLOTS, SnapshotRow};
use crate::store::{LoadedRun, LoadedRuns, Needs, StoreError};

/// The version of the snapshots that this version writes and reads.
pub const SNAPSHOT_VERSION: u32 = 2;
/// A snapshot is written after so many events.
const EVENTS_PER_SNAPSHOT: u64 = 500;
/// An evicted run gets a snapshot if a replay would have to read more events than this.
const EVENTS_WORTH_A_SNAPSHOT: u64 = 50;
/// A history up to this size stays in memory with its run, so that decision tasks need not read it; in bytes.
const SMALL_HISTORY_BYTES: usize = 32 * 1024;
/// What a run without its history and its open tasks, timers and children is taken to weigh, in bytes.
const RUN_BYTES: usize = 2 * 1024;

/// A run in memory.
#[derive(Debug)]
pub(crate) struct Execution {
    pub(crate) row: ExecutionRow,
    /// None for a closed run that was loaded for its row.
    pub(crate) state: Option<State>,
    /// The run's deadline row.
    pub(crate) deadline: Option<Timestamp>,
    /// When each activity task that has a heartbeat row had its last heartbeat.
    pub(crate) heartbeats: BTreeMap<EventId, Timestamp>,
    /// All events so far, while they are few.
    history: Option<SmallHistory>,
    events_behind_snapshot: u64,
    /// What the state's open things weigh, in bytes.
    state_bytes: usize,
    last_used: u64,
}

#[derive(Debug, Default)]
struct SmallHistory {
    lines: Vec<String>,
    bytes: usize,
}

impl Execution {
    /// A run that begins.
    pub(crate) fn new(row: ExecutionRow, state: State) -> Self {
        Self {
            row,
            state: Some(state),
            deadline: None,
            heartbeats: BTreeMap::new(),
            history: Some(SmallHistory::default()),
            events_behind_snapshot: 0,
            state_bytes: 0,
            last_used: 0,
        }
    }

    /// The state, while the run is open.
    pub(crate) fn open_state(&self) -> Option<&State> {
        self.state.as_ref().filter(|state| state.is_open())
    }

    fn from_store(loaded: LoadedRun, recovered_at: Timestamp) -> Result<Self, StoreError> {
        let LoadedRun {
            row,
            snapshot,
            events,
            heartbeats,
            deadline,
        } = loaded;
        let mut execution = Self {
            deadline,
            ..Self::new(row, State::default())
        };
        if execution.row.close_status().is_some() {
            execution.state = None;
            execution.history = None;
            return Ok(execution);
        }
        let snapshot = snapshot.filter(|snapshot| snapshot.version == SNAPSHOT_VERSION);
        let mut state = match snapshot
            .as_ref()
            .and_then(|snapshot| State::from_snapshot(&snapshot.state).ok())
        {
            Some(state) => {
                execution.history = None;
                state
            }
            None => State::new(
                execution.row.workflow_id().clone(),
                execution.row.run_id().clone(),
            ),
        };
        for line in events.iter().flat_map(|row| row.lines.split('\n')) {
            let event: HistoryEvent = from_json_text(line).map_err(|mismatch| {
                StoreError::Corrupt(alloc::format!("run {}: {mismatch}", execution.row.run.0))
            })?;
            if event.event_id <= state.last_event_id {
                continue;
            }
            if event.event_id != state.last_event_id.next() {
                return Err(StoreError::Corrupt(alloc::format!(
                    "run {}: event {} follows event {}",
                    execution.row.run.0,
                    event.event_id,
                    state.last_event_id
                )));
            }
            apply(&mut state, &Change::Event(event));
            execution.remember(line);
        }
        for (scheduled_event_id, heartbeat) in heartbeats {
            let (at, details) = (heartbeat.at, heartbeat.details);
            execution.heartbeats.insert(scheduled_event_id, at);
            apply(
                &mut state,
                &Change::Heartbeat {
                    scheduled_event_id,
                    at,
                    details,
                },
            );
        }
        state.restart_heartbeat_clocks(recovered_at);
        execution.state = Some(state);
        execution.weigh();
        Ok(execution)
    }

    /// Keeps a new event's line while the history is small, and counts it.
    pub(crate) fn remember(&mut self, line: &str) {
        self.events_behind_snapshot += 1;
        if let Some(history) = &mut self.history {
            history.bytes += line.len();
            history.lines.push(line.into());
            if history.bytes > SMALL_HISTORY_BYTES {
                self.history = None;
            }
        }
    }

    /// Forgets the heartbeats of tasks that `state` has closed, and names those tasks.
    pub(crate) fn heartbeats_of_closed_tasks(&mut self, state: &State) -> Vec<EventId> {
        let is_closed = |id: EventId| !state.is_open() || state.activity(id).is_none();
        self.heartbeats
            .extract_if(.., |id, _| is_closed(*id))
            .map(|(id, _)| id)
            .collect()
    }

    /// The JSON of all events up to `last`, while they are in memory.
    pub(crate) fn events_up_to(&self, last: EventId) -> Option<Vec<String>> {
        let count = usize::try_from(last.0).ok()?;
        self.history
            .as_ref()
            .and_then(|history| history.lines.get(..count))
            .map(<[String]>::to_vec)
    }

    /// Writes a snapshot when a replay has become long.
    pub(crate) fn snapshot_if_long(&mut self, batch: &mut Batch) {
        if self.events_behind_snapshot >= EVENTS_PER_SNAPSHOT {
            self.snapshot(batch);
        }
    }

    fn snapshot(&mut self, batch: &mut Batch) {
        let Some(state) = self.state.as_ref().filter(|state| state.is_open()) else {
            return;
        };
        let snapshot = SnapshotRow {
            event_id: state.last_event_id,
            version: SNAPSHOT_VERSION,
            state: state.to_snapshot(),
        };
        batch.snapshots.insert(self.row.run, snapshot);
        self.events_behind_snapshot = 0;
    }

    /// Notes what the state weighs now.
    pub(crate) fn weigh(&mut self) {
        self.state_bytes = self.state.as_ref().map_or(0, State::weight);
    }

    /// What the state's open things weigh, in bytes.
    pub(crate) const fn state_bytes(&self) -> usize {
        self.state_bytes
    }

    fn bytes(&self) -> usize {
        RUN_BYTES + self.state_bytes + self.history.as_ref().map_or(0, |history| history.bytes)
    }
}

/// The runs in memory.
#[derive(Debug)]
pub(crate) struct Executions {
    runs: BTreeMap<RunKey, Execution>,
    /// The open runs in memory by workflow id.
    open: BTreeMap<(DomainId, WorkflowId), RunKey>,
    /// Workflow ids that are known to have no open run; forgotten with every batch.
    without_open: BTreeSet<(DomainId, WorkflowId)>,
    /// Runs by last use, the longest unused first.
    uses: BTreeSet<(u64, RunKey)>,
    clock: u64,
    bytes: usize,
    budget_bytes: usize,
    /// Keys that the store does not have; forgotten with every batch.
    absent: BTreeSet<RunKey>,
    recovered_at: Timestamp,
}

impl Executions {
    pub(crate) fn new(budget_bytes: usize, recovered_at: Timestamp) -> Self {
        Self {
            runs: BTreeMap::new(),
            open: BTreeMap::new(),
            without_open: BTreeSet::new(),
            uses: BTreeSet::new(),
            clock: 0,
            bytes: 0,
            budget_bytes,
            absent: BTreeSet::new(),
            recovered_at,
        }
    }

    /// Makes room. Called when nothing is uncommitted.
    pub(crate) fn evict(&mut self, batch: &mut Batch) {
        self.absent.clear();
        self.without_open.clear();
        while self.bytes > self.budget_bytes {
            let Some((_, run)) = self.uses.pop_first() else {
                return;
            };
            let Some(mut execution) = self.runs.remove(&run) else {
                continue;
            };
            if execution.events_behind_snapshot > EVENTS_WORTH_A_SNAPSHOT {
                execution.snapshot(batch);
            }
            self.bytes = self.bytes.saturating_sub(execution.bytes());
            let workflow = (execution.row.domain, execution.row.workflow_id().clone());
            if self.open.get(&workflow) == Some(&run) {
                self.open.remove(&workflow);
            }
        }
    }

    /// Adds what is not in memory to `needs`.
    pub(crate) fn need_run(&self, run: RunKey, needs: &mut Needs) {
        if !self.runs.contains_key(&run) && !self.absent.contains(&run) {
            needs.runs.insert(run);
        }
    }

    /// Adds what is not in memory to `needs`.
    pub(crate) fn need_open_run(
        &self,
        domain: DomainId,
        workflow_id: &WorkflowId,
        needs: &mut Needs,
    ) {
        let workflow = (domain, workflow_id.clone());
        if !self.open.contains_key(&workflow) && !self.without_open.contains(&workflow) {
            needs.open_runs.insert(workflow);
        }
    }

    /// Takes in what was loaded.
    pub(crate) fn supply(&mut self, loaded: LoadedRuns) -> Result<(), StoreError> {
        for (key, loaded) in loaded.runs {
            match loaded {
                None => {
                    self.absent.insert(key);
                }
                Some(loaded) if !self.runs.contains_key(&key) => {
                    self.insert(Execution::from_store(loaded, self.recovered_at)?);
                }
                Some(_) => {}
            }
        }
        let found_none = loaded
            .open_runs
            .into_iter()
            .filter(|(_, run)| run.is_none())
            .map(|(workflow, _)| workflow);
        self.without_open
            .extend(found_none.filter(|workflow| !self.open.contains_key(workflow)));
        Ok(())
    }

    /// Adds a run; an open one becomes the open run of its workflow id.
    pub(crate) fn insert(&mut self, execution: Execution) {
        let run = execution.row.run;
        if execution.row.close_status().is_none() {
            let workflow = (execution.row.domain, execution.row.workflow_id().clone());
            self.without_open.remove(&workflow);
            self.open.insert(workflow, run);
        }
        self.absent.remove(&run);
        self.bytes += execution.bytes();
        self.runs.insert(run, execution);
        self.touch(run);
    }

    /// The run has closed: unless another one has taken its place, its workflow id has no open run any more.
    pub(crate) fn set_closed(&mut self, run: RunKey, domain: DomainId, workflow_id: &WorkflowId) {
        let workflow = (domain, workflow_id.clone());
        if self.open.get(&workflow) == Some(&run) {
            self.open.remove(&workflow);
            self.without_open.insert(workflow);
        }
    }

    /// The open run of a workflow id, as far as it is known here.
    pub(crate) fn open_run(&self, domain: DomainId, workflow_id: &WorkflowId) -> Option<RunKey> {
        self.open.get(&(domain, workflow_id.clone())).copied()
    }

    /// The store is known not to have the run.
    pub(crate) fn is_absent(&self, run: RunKey) -> bool {
        self.absent.contains(&run)
    }

    pub(crate) fn get(&self, run: RunKey) -> Option<&Execution> {
        self.runs.get(&run)
    }

    /// Works on a run, and notes that it was used.
    pub(crate) fn with<T>(
        &mut self,
        run: RunKey,
        work: impl FnOnce(&mut Execution) -> T,
    ) -> Option<T> {
        let execution = self.runs.get_mut(&run)?;
        let before = execution.bytes();
        let result = work(execution);
        self.bytes = (self.bytes + execution.bytes()).saturating_sub(before);
        self.touch(run);
        Some(result)
    }

    fn touch(&mut self, run: RunKey) {
        self.clock += 1;
        if let Some(execution) = self.runs.get_mut(&run) {
            self.uses.remove(&(execution.last_used, run));
            execution.last_used = self.clock;
            self.uses.insert((self.clock, run));
        }
    }

    /// Number of runs in memory.
    pub(crate) fn len(&self) -> usize {
        self.runs.len()
    }
}

/// The slot of a workflow id: FNV-1a over its full identity.
pub fn slot(realm: &Realm, domain: &DomainName, workflow_id: &WorkflowId) -> u64 {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for part in [
        &*realm.account,
        &*realm.region,
        domain.as_str(),
        workflow_id.as_str(),
    ] {
        for byte in part.bytes().chain([0]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    hash % SLOTS
}

/// The run id that clients see: the key, and a random number, so that ids of runs that do not exist are seldom hit.
pub fn run_id(run: RunKey, random: u64) -> WorkflowRunId {
    alloc::format!("{:016x}{random:016x}", run.0).into()
}

/// The key in a run id; none when it is not one of ours.
pub fn run_key(run_id: &str) -> Option<RunKey> {
    let key = run_id.get(..16).filter(|_| run_id.len() == 32)?;
    u64::from_str_radix(key, 16).ok().map(RunKey)
}
