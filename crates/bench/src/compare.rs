//! A run from start to report: two servers, a warm-up, and slices of both by turns, so that noise hits both alike.

use std::path::Path;
use std::time::Duration;

use everbeat_client::Endpoint;
use everbeat_model::Operation as Call;
use tempfile::TempDir;
use tokio::signal::unix::{SignalKind, signal};

use crate::arguments::{Arguments, BASELINE_SERVER, Operation, REPLY_BYTES};
use crate::disk::fsync_median;
use crate::failure::{Errors, Failure};
use crate::heartbeat::HeartbeatLoad;
use crate::load::{Load, ServerLoad, Slice};
use crate::process::ServerProcess;
use crate::repeater::Repeater;
use crate::report::{Figures, Report};
use crate::workflow::WorkflowLoad;

const SLICES: u32 = 3;
const WARM_UP: Duration = Duration::from_secs(1);

/// Measures what the arguments ask for.
///
/// # Errors
/// When there can be no figures. Refused requests, and what the server does not hold, are in the report.
pub(crate) async fn compare(arguments: &Arguments) -> Result<Report, Failure> {
    let mut interrupt = signal(SignalKind::interrupt()).map_err(Failure::Machine)?;
    let mut terminate = signal(SignalKind::terminate()).map_err(Failure::Machine)?;
    tokio::select! {
        report = measure(arguments) => report,
        _ = interrupt.recv() => Err(Failure::Stopped),
        _ = terminate.recv() => Err(Failure::Stopped),
    }
}

async fn measure(arguments: &Arguments) -> Result<Report, Failure> {
    let subject = Subject::ready(arguments).await?;
    let connections = arguments.connections;
    match arguments.operation {
        Operation::Heartbeat => {
            let load = HeartbeatLoad::prepare(subject.endpoint(), connections).await?;
            report(arguments, &subject, load).await
        }
        Operation::Workflow => {
            let load = WorkflowLoad::prepare(subject.endpoint(), connections).await?;
            report(arguments, &subject, load).await
        }
    }
}

/// The server that is measured.
enum Subject {
    /// Started for the run. The process comes first, so that it ends before its data goes.
    Own {
        process: ServerProcess,
        _data: TempDir,
        fsync: Duration,
    },
    Foreign {
        endpoint: Endpoint,
        fsync: Option<Duration>,
    },
}

impl Subject {
    async fn ready(arguments: &Arguments) -> Result<Self, Failure> {
        if let Some(endpoint) = arguments.endpoint.clone() {
            let fsync = arguments
                .data_dir
                .as_deref()
                .map(fsync_median)
                .transpose()?;
            return Ok(Self::Foreign { endpoint, fsync });
        }
        let temporary = std::env::temp_dir();
        let parent: &Path = arguments.data_dir.as_deref().unwrap_or(&temporary);
        let data = tempfile::Builder::new()
            .prefix("everbeat-bench-")
            .tempdir_in(parent)
            .map_err(Failure::Machine)?;
        let fsync = fsync_median(data.path())?;
        let words = [
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--log",
            "warn",
            "--data-dir",
        ]
        .map(AsRef::as_ref)
        .into_iter()
        .chain([data.path().as_os_str()]);
        let process = ServerProcess::start("everbeat", &words.collect::<Vec<_>>()).await?;
        Ok(Self::Own {
            process,
            _data: data,
            fsync,
        })
    }

    fn endpoint(&self) -> &Endpoint {
        match self {
            Self::Own { process, .. } => process.endpoint(),
            Self::Foreign { endpoint, .. } => endpoint,
        }
    }

    fn process(&self) -> Option<&ServerProcess> {
        match self {
            Self::Own { process, .. } => Some(process),
            Self::Foreign { .. } => None,
        }
    }

    fn fsync(&self) -> Option<Duration> {
        match self {
            Self::Own { fsync, .. } => Some(*fsync),
            Self::Foreign { fsync, .. } => *fsync,
        }
    }
}

async fn report<L: ServerLoad>(
    arguments: &Arguments,
    subject: &Subject,
    mut load: L,
) -> Result<Report, Failure> {
    progress("warm-up");
    let mut errors = load.measure(WARM_UP).await?.errors;
    let (body, reply_bytes) = load.likeness();
    let bare_server = bare_server(reply_bytes).await?;
    let bodies = vec![body; arguments.connections];
    let call = Call::RecordActivityTaskHeartbeat;
    let mut bare = Repeater::open(bare_server.endpoint(), call, bodies).await?;
    errors.merge(bare.measure(WARM_UP).await?.errors);

    let mut of_bare = Measured::default();
    let mut of_server = Measured::default();
    for number in 1..=SLICES {
        let span = arguments.time / SLICES;
        of_bare
            .add_slice(&mut bare, Some(&bare_server), span)
            .await?;
        of_server
            .add_slice(&mut load, subject.process(), span)
            .await?;
        progress(&format!(
            "slice {number} of {SLICES}: bare server {:.0} a second, everbeat {:.0}",
            of_bare.last_rate(),
            of_server.last_rate()
        ));
        if of_bare.has_errors() || of_server.has_errors() {
            // Connections with an error are given up, so that what follows would be no measurement.
            break;
        }
    }
    errors.merge(of_bare.errors());
    errors.merge(of_server.errors());
    if errors.is_empty() {
        progress("checking what the server holds");
        if let Err(failure) = load.check().await {
            errors.add(failure.to_string());
        }
    }
    Ok(Report {
        operation: arguments.operation,
        calls: L::CALLS,
        server: of_server.figures(),
        baseline: of_bare.figures(),
        fsync_median: subject.fsync(),
        connections: arguments.connections,
        time: arguments.time,
        errors,
    })
}

async fn bare_server(reply_bytes: usize) -> Result<ServerProcess, Failure> {
    let option = format!("--{REPLY_BYTES}={reply_bytes}");
    ServerProcess::start("the bare server", &["bench", BASELINE_SERVER, &option]).await
}

fn progress(text: &str) {
    eprintln!("everbeat bench: {text}");
}

/// The slices of one server.
#[derive(Default)]
struct Measured {
    slices: Vec<Slice>,
    calls: u64,
    /// Over all slices; None if it cannot be known.
    cpu: Option<Duration>,
}

impl Measured {
    async fn add_slice<L: Load>(
        &mut self,
        load: &mut L,
        process: Option<&ServerProcess>,
        span: Duration,
    ) -> Result<(), Failure> {
        let cpu_time = || process.and_then(ServerProcess::cpu_time);
        let (calls_before, cpu_before) = (load.calls(), cpu_time());
        self.slices.push(load.measure(span).await?);
        self.calls += load.calls() - calls_before;
        if let (Some(before), Some(after)) = (cpu_before, cpu_time()) {
            let used = after.saturating_sub(before);
            self.cpu = Some(self.cpu.unwrap_or_default() + used);
        }
        Ok(())
    }

    fn last_rate(&self) -> f64 {
        self.slices.last().map_or(0.0, Slice::rate)
    }

    fn has_errors(&self) -> bool {
        self.slices.iter().any(|slice| !slice.errors.is_empty())
    }

    fn errors(&self) -> Errors {
        let mut errors = Errors::default();
        for slice in &self.slices {
            errors.merge(slice.errors.clone());
        }
        errors
    }

    /// Rate and latencies of the slice with the median rate; CPU time of all slices together.
    fn figures(&self) -> Figures {
        let mut by_rate: Vec<&Slice> = self.slices.iter().collect();
        by_rate.sort_by(|one, other| one.rate().total_cmp(&other.rate()));
        let median = by_rate.get(by_rate.len() / 2).copied();
        let percentile =
            |percent| median.map_or(Duration::ZERO, |slice| slice.latencies.percentile(percent));
        let calls = self.calls.max(1) as f64;
        Figures {
            rate_per_second: median.map_or(0.0, Slice::rate),
            p50: percentile(50.0),
            p99: percentile(99.0),
            cpu_per_request: self.cpu.map(|cpu| cpu.div_f64(calls)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_slice_counts() {
        let slice = |milliseconds: u64, count: u64| {
            let mut slice = Slice {
                elapsed: Duration::from_secs(1),
                ..Slice::default()
            };
            for _ in 0..count {
                slice.latencies.record(Duration::from_millis(milliseconds));
            }
            slice
        };
        let measured = Measured {
            slices: vec![slice(9, 100), slice(1, 300), slice(4, 200)],
            calls: 600,
            cpu: Some(Duration::from_millis(6)),
        };
        let figures = measured.figures();
        assert_eq!(figures.rate_per_second, 200.0);
        assert_eq!(figures.p50.as_millis(), 4);
        assert_eq!(figures.cpu_per_request, Some(Duration::from_micros(10)));
    }
}
