//! Measures how closed runs that have expired are removed: `cargo run --release --example retention_speed -- FOLDER [RUNS]`.
//!
//! Makes a store of RUNS (100,000) expired runs of twelve events in a sub-folder of FOLDER, lets the store remove them as
//! it does between two commits, and says what the single steps took, how long all took, and what became of the file.

use std::error::Error;
use std::path::Path;
use std::time::{Duration, Instant};

use everbeat_model::{
    CloseStatus, EventId, ExecutionStatus, TagList, Timestamp, WorkflowExecutionInfo,
};
use everbeat_partition::rows::{Batch, DomainId, ExecutionRow, RunKey};
use everbeat_partition::store::Store;
use everbeat_store::{Options, SqliteStore};

/// Runs that are worked on at the same time.
const OPEN_RUNS: u64 = 1000;
/// Commits that each run takes part in, with two events each.
const COMMITS: u64 = 6;
const NOW: Timestamp = Timestamp(i64::MAX);

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("which folder?")?;
    let runs = arguments.next().map_or(Ok(100_000), |text| text.parse())?;
    let folder = Path::new(&folder).join("retention_speed");
    let result = measure(&folder, runs);
    std::fs::remove_dir_all(&folder)?;
    result
}

fn measure(folder: &Path, runs: u64) -> Result<(), Box<dyn Error>> {
    let (mut store, _reader) = SqliteStore::open(folder, &Options::default())?;
    for first in (1..=runs).step_by(OPEN_RUNS as usize) {
        fill(&mut store, first..(first + OPEN_RUNS).min(runs + 1))?;
    }
    drop((store, _reader));
    let (mut store, _reader) = SqliteStore::open(folder, &Options::default())?;
    println!("{runs} runs, {} MiB", file_bytes(folder)? >> 20);
    let start = Instant::now();
    let mut steps = Vec::new();
    let mut is_more_waiting = true;
    while is_more_waiting {
        let before = Instant::now();
        is_more_waiting = store.maintain(NOW)?;
        let took = before.elapsed();
        // What is quicker was too early for a step.
        if took > Duration::from_micros(50) {
            steps.push(took);
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    let all = start.elapsed();
    steps.sort_unstable();
    let step_time = |share: f64| steps[((steps.len() - 1) as f64 * share) as usize];
    println!(
        "removed in {all:.1?}, {} steps: p50 {:.1?} p99 {:.1?} max {:.1?}, {:.1} % of the time",
        steps.len(),
        step_time(0.5),
        step_time(0.99),
        step_time(1.0),
        steps.iter().sum::<Duration>().as_secs_f64() * 100.0 / all.as_secs_f64(),
    );
    drop((store, _reader));
    println!("{} MiB are left", file_bytes(folder)? >> 20);
    Ok(())
}

/// Runs that open, take some steps side by side, and close.
fn fill(store: &mut SqliteStore, runs: std::ops::Range<u64>) -> Result<(), Box<dyn Error>> {
    for step in 0..COMMITS {
        for part in runs.clone().collect::<Vec<_>>().chunks(50) {
            let mut batch = Batch::default();
            for &number in part {
                let run = RunKey::new(number, number);
                for event in 1..=2 {
                    let id = EventId((step * 2 + event).cast_signed());
                    batch.append_event(run, id, &"x".repeat(350));
                }
                if step == 0 || step == COMMITS - 1 {
                    let row = execution(run, number, step != 0);
                    batch.executions.insert(run, row);
                }
            }
            store.commit(&batch)?;
            store.checkpoint_step()?;
        }
    }
    Ok(())
}

fn execution(run: RunKey, number: u64, is_closed: bool) -> ExecutionRow {
    let at = Timestamp(number.cast_signed());
    let mut info = WorkflowExecutionInfo::default();
    info.execution.workflow_id =
        format!("order-{}", number.wrapping_mul(0x9e37_79b9_7f4a_7c15)).into();
    info.execution.run_id = format!("22YvYrU3fxWbXtsvc2D0H9bQ8CtVqJDlF5o2mUEWxT{number}").into();
    info.workflow_type.name = format!("type-{}", number % 5).into();
    info.start_timestamp = at;
    if number.is_multiple_of(3) {
        info.tag_list = Some(TagList(vec![
            Some("red".into()),
            Some(format!("customer-{number}").as_str().into()),
        ]));
    }
    if is_closed {
        info.execution_status = ExecutionStatus::Closed;
        info.close_status = Some(CloseStatus::Completed);
        info.close_timestamp = Some(at);
    }
    ExecutionRow {
        run,
        domain: DomainId(1),
        expires_at: info.close_timestamp,
        info,
        detail: None,
    }
}

fn file_bytes(folder: &Path) -> std::io::Result<u64> {
    Ok(std::fs::metadata(folder.join("everbeat.sqlite"))?.len())
}
