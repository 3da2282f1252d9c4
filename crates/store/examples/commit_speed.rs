//! Measures commits on a real disk: `cargo run --release --example commit_speed -- FOLDER [PAGE_BYTES [SECONDS]]`.
//!
//! Makes stores in sub-folders of FOLDER and removes them again. A transition is what a decision task of a busy run
//! costs the store: one row of events of 450 bytes; every fourth moves the deadline, every fourth puts or takes a task,
//! and every sixteenth starts or closes a run. A heartbeat is a row of its own, with 100 bytes of details. A short run is
//! a row that opens and a thousand runs later closes, without and with three tags.

use std::error::Error;
use std::path::Path;
use std::time::{Duration, Instant};

use everbeat_engine::TaskKind;
use everbeat_model::{CloseStatus, EventId, TagList, Timestamp, WorkflowExecutionInfo};
use everbeat_partition::rows::{
    Batch, DomainId, ExecutionRow, HeartbeatRow, RunKey, TaskId, TaskRow,
};
use everbeat_partition::store::Store;
use everbeat_store::{Options, SqliteStore};

/// Runs that are worked on at the same time.
const OPEN_RUNS: u64 = 1000;
/// Transitions of one run, from its start to its close.
const RUN_LENGTH: u64 = 32;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("which folder?")?;
    let mut options = Options::default();
    if let Some(page_bytes) = arguments.next() {
        options.page_bytes = page_bytes.parse()?;
    }
    let seconds: u64 = arguments.next().map_or(Ok(3), |text| text.parse())?;
    let workloads: [(&str, AddWrite); 4] = [
        ("transitions", add_transition),
        ("heartbeats", add_heartbeat),
        ("short runs", |batch, n| add_short_run(batch, n, &[])),
        ("short tagged runs", |batch, n| {
            add_short_run(batch, n, &["eu", "mobile", "retry"]);
        }),
    ];
    for (name, add) in workloads {
        for size in [1, 32, 256] {
            let folder = Path::new(&folder).join(format!("commit_speed_{size}"));
            print!("{size} {name} a commit: ");
            let result = measure(&folder, &options, add, size, Duration::from_secs(seconds));
            std::fs::remove_dir_all(&folder)?;
            result?;
        }
    }
    Ok(())
}

/// Adds what the workload writes the `n`th time.
type AddWrite = fn(batch: &mut Batch, n: u64);

fn measure(
    folder: &Path,
    options: &Options,
    add: AddWrite,
    size: u64,
    duration: Duration,
) -> Result<(), Box<dyn Error>> {
    let (mut store, _reader) = SqliteStore::open(folder, options)?;
    let mut transition = 0;
    let mut commits = Vec::new();
    let mut longest_step = Duration::ZERO;
    let mut longest_log = 0;
    let cpu = cpu_time();
    let start = Instant::now();
    while start.elapsed() < duration {
        let mut batch = Batch::default();
        for _ in 0..size {
            add(&mut batch, transition);
            transition += 1;
        }
        let before = Instant::now();
        store.commit(&batch)?;
        let committed = Instant::now();
        store.checkpoint_step()?;
        commits.push(committed - before);
        longest_step = longest_step.max(committed.elapsed());
        longest_log = longest_log.max(store.wal_bytes());
    }
    let elapsed = start.elapsed().as_secs_f64();
    let cpu = cpu_time().saturating_sub(cpu);
    commits.sort_unstable();
    let commit_time = |share: f64| commits[((commits.len() - 1) as f64 * share) as usize];
    println!(
        "{:.0}/s, {:.1} us CPU each; commit p50 {:?} p99 {:?} p99.9 {:?} max {:?}; \
         longest checkpoint step {longest_step:?}, longest log {} MiB",
        transition as f64 / elapsed,
        cpu.as_secs_f64() * 1e6 / transition as f64,
        commit_time(0.5),
        commit_time(0.99),
        commit_time(0.999),
        commit_time(1.0),
        longest_log >> 20,
    );
    Ok(())
}

/// Transitions go round the open runs; a run that is through is followed by a new one.
fn add_transition(batch: &mut Batch, number: u64) {
    let round = number / OPEN_RUNS;
    let place = number % OPEN_RUNS;
    // Runs are out of step with each other, so that starts and closes spread over the commits.
    let step = round + place;
    let (generation, event) = (step / RUN_LENGTH, step % RUN_LENGTH);
    let run = RunKey::new(generation * OPEN_RUNS + place + 1, place);
    batch.append_event(run, EventId(round.cast_signed() + 1), &"x".repeat(448));
    let task = TaskId {
        run,
        scheduled_event_id: EventId(1),
    };
    match event % 4 {
        1 => {
            let at = Timestamp(number.cast_signed() * 1000);
            batch.deadlines.insert(run, Some(at));
        }
        2 if event % 8 == 2 => batch.put_task(task, waiting_task(number), false),
        2 => batch.delete_task(task, true),
        _ => {}
    }
    if event == 0 || event == RUN_LENGTH - 1 {
        let is_closed = event != 0;
        batch
            .executions
            .insert(run, execution(run, number, is_closed));
    }
}

/// Heartbeats of ten thousand activities, in no order.
fn add_heartbeat(batch: &mut Batch, number: u64) {
    let place = number.wrapping_mul(7919) % 10_000;
    let task = TaskId {
        run: RunKey::new(place + 1, place),
        scheduled_event_id: EventId(5),
    };
    let row = HeartbeatRow {
        at: Timestamp(number.cast_signed()),
        details: Some("x".repeat(100).into()),
    };
    batch.heartbeats.insert(task, Some(row));
}

/// Opens a run, and closes the one that opened [`OPEN_RUNS`] before it.
fn add_short_run(batch: &mut Batch, number: u64, tags: &[&str]) {
    let older = number.checked_sub(OPEN_RUNS);
    for (number, is_closed) in [(Some(number), false), (older, true)] {
        let Some(number) = number else { continue };
        let run = RunKey::new(number + 1, number);
        let mut row = execution(run, number, is_closed);
        row.info.workflow_type.name = format!("type-{}", number % 5).into();
        row.info.workflow_type.version = "1.0".into();
        row.info.close_status = is_closed.then_some(CloseStatus::Completed);
        if !tags.is_empty() {
            let tags = tags.iter().map(|&tag| Some(tag.into())).collect();
            row.info.tag_list = Some(TagList(tags));
        }
        row.expires_at = row.info.close_timestamp;
        batch.executions.insert(run, row);
    }
}

fn waiting_task(order: u64) -> TaskRow {
    TaskRow {
        domain: DomainId(1),
        kind: TaskKind::Activity,
        task_list: "orders".into(),
        priority: 0,
        order,
        is_ready: true,
    }
}

fn execution(run: RunKey, number: u64, is_closed: bool) -> ExecutionRow {
    let mut info = WorkflowExecutionInfo::default();
    info.execution.workflow_id = format!("order-{}", run.0).into();
    info.execution.run_id = format!("22YvYrU3fxWbXtsvc2D0H9bQ8CtVqJDlF5o2mUEWxT{}", run.0).into();
    info.start_timestamp = Timestamp(number.cast_signed());
    info.close_timestamp = is_closed.then_some(info.start_timestamp);
    ExecutionRow {
        run,
        domain: DomainId(1),
        info,
        detail: None,
        expires_at: None,
    }
}

/// Processor time of this process so far, where the system tells it in the usual file; else zero.
fn cpu_time() -> Duration {
    let text = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let behind_name = text.rsplit(')').next().unwrap_or_default();
    let ticks = behind_name.split_whitespace().skip(11).take(2);
    let ticks: u64 = ticks.filter_map(|text| text.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 10)
}
