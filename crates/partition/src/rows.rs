//! The typed rows that are kept, and one commit of them.
//!
//! The durable truth of an execution is its events and the last heartbeat of each running activity. All else here
//! (execution rows, tasks, deadlines, snapshots) is an index that can be rebuilt, and is written in the same batch.

use alloc::{collections::BTreeMap, string::String, sync::Arc};

use everbeat_engine::TaskKind;
use everbeat_model::{
    ActivityTypeDetail, CloseStatus, Description, DomainName, DurationInDays, EventId, LimitedData,
    Name, RegistrationStatus, ResourceTagList, Timestamp, Version, WorkflowExecutionDetail,
    WorkflowExecutionInfo, WorkflowId, WorkflowRunId, WorkflowTypeDetail,
};

/// Number of slots that executions and task lists are spread over.
pub const SLOTS: u64 = 1024;

/// A domain's number in this store: short, never reused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct DomainId(pub u32);

/// A run's number in this store, never reused: a sequence number times [`SLOTS`], plus the slot of its workflow id.
///
/// New runs have the greatest keys, so that the rows of runs that are worked on lie close together; the slot can be
/// read from the key, so that a range of slots can be split off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct RunKey(pub u64);

impl RunKey {
    /// The key of the run with that sequence number, for a workflow id of that slot.
    pub const fn new(sequence: u64, slot: u64) -> Self {
        Self(sequence * SLOTS + slot % SLOTS)
    }

    /// The sequence number.
    pub const fn sequence(self) -> u64 {
        self.0 / SLOTS
    }

    /// The slot.
    pub const fn slot(self) -> u64 {
        self.0 % SLOTS
    }
}

/// A task of a run: the run and the task's scheduled event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TaskId {
    /// The run.
    pub run: RunKey,
    /// The scheduled event.
    pub scheduled_event_id: EventId,
}

/// Account and region of a caller: the world that it sees.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Realm {
    /// Account number.
    pub account: Arc<str>,
    /// Region name.
    pub region: Arc<str>,
}

/// A domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DomainRow {
    /// Its number.
    pub id: DomainId,
    /// Account and region.
    pub realm: Realm,
    /// Its name, unique in the realm.
    pub name: DomainName,
    /// Registered or deprecated.
    pub status: RegistrationStatus,
    /// As registered.
    pub description: Option<Description>,
    /// As registered: days, or `NONE`.
    pub retention: DurationInDays,
    /// In the order of their keys.
    pub tags: ResourceTagList,
}

/// Identity of a type in its domain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TypeKind {
    /// A workflow type.
    Workflow,
    /// An activity type.
    Activity,
}

/// Identity of a type.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct TypeKey {
    /// Its domain.
    pub domain: DomainId,
    /// Workflow or activity.
    pub kind: TypeKind,
    /// Its name.
    pub name: Name,
    /// Its version.
    pub version: Version,
}

/// A type as its Describe operation answers it; stored as that JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TypeDetail {
    /// A workflow type.
    Workflow(WorkflowTypeDetail),
    /// An activity type.
    Activity(ActivityTypeDetail),
}

/// A run, open or closed, as lists and descriptions need it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExecutionRow {
    /// Its key.
    pub run: RunKey,
    /// Its domain.
    pub domain: DomainId,
    /// What lists show; holds workflow id, run id, type, times and status.
    pub info: WorkflowExecutionInfo,
    /// What DescribeWorkflowExecution answers once it is closed.
    pub detail: Option<WorkflowExecutionDetail>,
    /// From then on the closed run is unknown to every operation (execution.md section 8.5).
    pub expires_at: Option<Timestamp>,
}

impl ExecutionRow {
    /// Its workflow id.
    pub fn workflow_id(&self) -> &WorkflowId {
        &self.info.execution.workflow_id
    }

    /// Its run id.
    pub fn run_id(&self) -> &WorkflowRunId {
        &self.info.execution.run_id
    }

    /// How it closed, if it has.
    pub fn close_status(&self) -> Option<CloseStatus> {
        self.info.close_status
    }
}

/// Events that one commit added to one run: the JSON of each on a line of its own, joined by line feeds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventsRow {
    /// Id of the first event.
    pub first_event_id: EventId,
    /// Number of events.
    pub count: u64,
    /// The lines.
    pub lines: String,
}

/// A run's state at some event, which spares a long replay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotRow {
    /// The last event that is in it.
    pub event_id: EventId,
    /// The version of its form. A store gives only those of the version in use
    /// ([`crate::executions::SNAPSHOT_VERSION`]).
    pub version: u32,
    /// The state's text.
    pub state: String,
}

/// The last heartbeat of a running activity task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeartbeatRow {
    /// When.
    pub at: Timestamp,
    /// Progress, unless the call had none.
    pub details: Option<LimitedData>,
}

/// A task that waits on its list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskRow {
    /// Domain of the list.
    pub domain: DomainId,
    /// Kind of the list.
    pub kind: TaskKind,
    /// Name of the list.
    pub task_list: Name,
    /// Higher goes first.
    pub priority: i32,
    /// Place among tasks of the same priority: grows with every task that is scheduled.
    pub order: u64,
    /// False for a decision task that waits behind a started one.
    pub is_ready: bool,
}

/// A message's number: messages are delivered in the order of their numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct MessageId(pub u64);

/// Something that a run owes to another one and that no commit has delivered yet: a row of the outbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageRow {
    /// The domain that it stays in.
    pub domain: DomainId,
    /// The run whose event the message follows from.
    pub source: RunKey,
    /// The message as JSON.
    pub text: String,
}

/// What becomes of a task's row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskWrite {
    /// The store has a row from an earlier commit.
    pub existed: bool,
    /// The row from now on; none removes it.
    pub row: Option<TaskRow>,
}

/// The rows that one commit changes: each row once, with its last value.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Batch {
    /// Domains that are new or changed.
    pub domains: BTreeMap<DomainId, DomainRow>,
    /// Types that are new, changed or deleted.
    pub types: BTreeMap<TypeKey, Option<TypeDetail>>,
    /// Runs that are new or whose row changed.
    pub executions: BTreeMap<RunKey, ExecutionRow>,
    /// Events that are added.
    pub events: BTreeMap<RunKey, EventsRow>,
    /// Snapshots that replace the run's earlier one.
    pub snapshots: BTreeMap<RunKey, SnapshotRow>,
    /// Heartbeats; none removes the row.
    pub heartbeats: BTreeMap<TaskId, Option<HeartbeatRow>>,
    /// Tasks that wait.
    pub tasks: BTreeMap<TaskId, TaskWrite>,
    /// Each run's earliest deadline; none removes the row.
    pub deadlines: BTreeMap<RunKey, Option<Timestamp>>,
    /// Where a manual clock stands. A store that has ever had one lives under it for good.
    pub clock: Option<Timestamp>,
    /// Messages that wait to be delivered; none removes the row.
    pub messages: BTreeMap<MessageId, Option<MessageRow>>,
}

impl Batch {
    /// Nothing to commit.
    pub fn is_empty(&self) -> bool {
        self.domains.is_empty()
            && self.types.is_empty()
            && self.executions.is_empty()
            && self.events.is_empty()
            && self.snapshots.is_empty()
            && self.heartbeats.is_empty()
            && self.tasks.is_empty()
            && self.deadlines.is_empty()
            && self.clock.is_none()
            && self.messages.is_empty()
    }

    /// Adds one event's line to a run.
    pub fn append_event(&mut self, run: RunKey, event_id: EventId, line: &str) {
        let row = self.events.entry(run).or_insert_with(|| EventsRow {
            first_event_id: event_id,
            count: 0,
            lines: String::new(),
        });
        if row.count > 0 {
            row.lines.push('\n');
        }
        row.lines.push_str(line);
        row.count += 1;
    }

    /// Sets a task's row; `existed` says whether an earlier commit wrote one.
    pub fn put_task(&mut self, task: TaskId, row: TaskRow, existed: bool) {
        let write = self
            .tasks
            .entry(task)
            .or_insert(TaskWrite { existed, row: None });
        write.row = Some(row);
    }

    /// Removes a task's row; a row that this same batch made leaves no trace.
    pub fn delete_task(&mut self, task: TaskId, existed: bool) {
        let write = self
            .tasks
            .entry(task)
            .or_insert(TaskWrite { existed, row: None });
        write.row = None;
        if !write.existed {
            self.tasks.remove(&task);
        }
    }
}
