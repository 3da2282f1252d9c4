//! Rows to check with.

use everbeat_engine::TaskKind;
use everbeat_model::{
    ActivityTypeDetail, CloseStatus, EventId, ExecutionStatus, RegistrationStatus, ResourceTag,
    ResourceTagList, TagList, Timestamp, WorkflowExecutionDetail, WorkflowExecutionInfo,
    WorkflowTypeDetail,
};
use everbeat_partition::executions::SNAPSHOT_VERSION;
use everbeat_partition::rows::{
    Batch, DomainId, DomainRow, EventsRow, ExecutionRow, HeartbeatRow, MessageRow, Realm, RunKey,
    SnapshotRow, TaskId, TaskRow, TypeDetail, TypeKey, TypeKind,
};
use everbeat_partition::store::{LoadedRun, Needs, Start, Store};

pub(super) const DOMAIN: DomainId = DomainId(1);
/// Texts that a careless store would spoil.
const AWKWARD: &str = "it's \"quoted\"; DROP TABLE events; -- ü 漢 \u{1F600} \\ \t";

pub(super) fn run_key(sequence: u64) -> RunKey {
    RunKey::new(sequence, sequence * 7)
}

pub(super) fn open(sequence: u64, workflow_id: &str, started: i64) -> ExecutionRow {
    let mut info = WorkflowExecutionInfo::default();
    info.execution.workflow_id = workflow_id.into();
    info.execution.run_id = format!("run-{sequence}").into();
    info.workflow_type.name = AWKWARD.into();
    info.workflow_type.version = "1.0".into();
    info.start_timestamp = Timestamp(started);
    info.execution_status = ExecutionStatus::Open;
    info.tag_list = Some(TagList(vec![
        Some("red".into()),
        None,
        Some(AWKWARD.into()),
    ]));
    ExecutionRow {
        run: run_key(sequence),
        domain: DOMAIN,
        info,
        detail: None,
        expires_at: None,
    }
}

pub(super) fn closed(mut row: ExecutionRow, at: i64, expires: Option<i64>) -> ExecutionRow {
    row.info.execution_status = ExecutionStatus::Closed;
    row.info.close_status = Some(CloseStatus::Completed);
    row.info.close_timestamp = Some(Timestamp(at));
    row.detail = Some(WorkflowExecutionDetail {
        execution_info: row.info.clone(),
        latest_execution_context: Some(AWKWARD.into()),
        ..WorkflowExecutionDetail::default()
    });
    row.expires_at = expires.map(Timestamp);
    row
}

/// Events whose lines tell their ids.
pub(super) fn events(first: i64, count: i64) -> EventsRow {
    let lines: Vec<String> = (first..first + count).map(line).collect();
    EventsRow {
        first_event_id: EventId(first),
        count: lines.len() as u64,
        lines: lines.join("\n"),
    }
}

pub(super) fn line(id: i64) -> String {
    format!("{{\"eventId\":{id}}}")
}

pub(super) fn snapshot(event_id: i64) -> SnapshotRow {
    SnapshotRow {
        event_id: EventId(event_id),
        version: SNAPSHOT_VERSION,
        state: format!("{{\"at\":{event_id}}}"),
    }
}

pub(super) fn heartbeat(at: i64, details: Option<&str>) -> HeartbeatRow {
    HeartbeatRow {
        at: Timestamp(at),
        details: details.map(Into::into),
    }
}

pub(super) fn task(sequence: u64, event: i64) -> TaskId {
    TaskId {
        run: run_key(sequence),
        scheduled_event_id: EventId(event),
    }
}

pub(super) fn task_row(kind: TaskKind, order: u64) -> TaskRow {
    TaskRow {
        domain: DOMAIN,
        kind,
        task_list: AWKWARD.into(),
        priority: i32::MIN,
        order,
        is_ready: order.is_multiple_of(2),
    }
}

/// A message that a run sent.
pub(super) fn message(source: u64) -> MessageRow {
    MessageRow {
        domain: DOMAIN,
        source: run_key(source),
        text: format!("{{\"text\":{AWKWARD:?}}}"),
    }
}

pub(super) fn domain(id: u32, name: &str) -> DomainRow {
    DomainRow {
        id: DomainId(id),
        realm: Realm {
            account: "123456789012".into(),
            region: "eu-central-1".into(),
        },
        name: name.into(),
        status: RegistrationStatus::Registered,
        description: Some(AWKWARD.into()),
        retention: "NONE".into(),
        tags: ResourceTagList(vec![ResourceTag {
            key: "team".into(),
            value: Some(AWKWARD.into()),
        }]),
    }
}

pub(super) fn type_key(kind: TypeKind) -> TypeKey {
    TypeKey {
        domain: DOMAIN,
        kind,
        name: "charge".into(),
        version: AWKWARD.into(),
    }
}

pub(super) fn workflow_type(created: i64) -> TypeDetail {
    let mut detail = WorkflowTypeDetail::default();
    detail.type_info.creation_date = Timestamp(created);
    detail.type_info.description = Some(AWKWARD.into());
    TypeDetail::Workflow(detail)
}

pub(super) fn activity_type() -> TypeDetail {
    TypeDetail::Activity(ActivityTypeDetail::default())
}

/// A batch of such rows of runs.
pub(super) fn batch_of(rows: impl IntoIterator<Item = ExecutionRow>) -> Batch {
    Batch {
        executions: rows.into_iter().map(|row| (row.run, row)).collect(),
        ..Batch::default()
    }
}

/// Everything up to the end of time.
pub(super) fn start(store: &mut dyn Store) -> Start {
    let start = store.load_start(Timestamp(i64::MAX));
    start.expect("a start can be loaded")
}

/// One run by its key.
pub(super) fn load(store: &mut dyn Store, sequence: u64) -> Option<LoadedRun> {
    let run = run_key(sequence);
    let needs = Needs {
        runs: [run].into(),
        ..Needs::default()
    };
    let mut loaded = store.load_runs(&needs).expect("a run can be loaded");
    assert_eq!(loaded.runs.len(), 1);
    loaded
        .runs
        .remove(&run)
        .expect("an entry for what was asked for")
}

/// The open run of a workflow id.
pub(super) fn load_open(store: &mut dyn Store, workflow_id: &str) -> Option<RunKey> {
    let key = (DOMAIN, workflow_id.into());
    let needs = Needs {
        open_runs: [key.clone()].into(),
        ..Needs::default()
    };
    let loaded = store.load_runs(&needs).expect("a run can be loaded");
    let run = *loaded
        .open_runs
        .get(&key)
        .expect("an entry for what was asked for");
    let rows: Vec<RunKey> = loaded.runs.keys().copied().collect();
    assert_eq!(rows, Vec::from_iter(run), "the run comes with its key");
    run
}
