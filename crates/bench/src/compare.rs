//! A run from start to report: two servers, a warm-up, and slices of both by turns, so that noise hits both alike.

use std::time::Duration;

use everbeat_model::Operation as Call;
use tokio::signal::unix::{SignalKind, signal};

use crate::arguments::{Arguments, BASELINE_SERVER, Operation, REPLY_BYTES, Reference};
use crate::caller::Caller;
use crate::failure::{Errors, Failure};
use crate::heartbeat::HeartbeatLoad;
use crate::load::{Load, ServerLoad, Slice};
use crate::process::ServerProcess;
use crate::repeater::Repeater;
use crate::report::{Figures, Report};
use crate::subject::Subject;
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
    match (arguments.operation, arguments.reference) {
        (Operation::Heartbeat, Reference::BareServer) => {
            against_bare_server::<HeartbeatLoad>(arguments).await
        }
        (Operation::Heartbeat, Reference::OpenServer { audit_log }) => {
            against_open_server::<HeartbeatLoad>(arguments, audit_log).await
        }
        (Operation::Workflow, Reference::BareServer) => {
            against_bare_server::<WorkflowLoad>(arguments).await
        }
        (Operation::Workflow, Reference::OpenServer { audit_log }) => {
            against_open_server::<WorkflowLoad>(arguments, audit_log).await
        }
    }
}

/// Everbeat, and a server that does nothing with requests of the same size.
async fn against_bare_server<L: ServerLoad>(arguments: &Arguments) -> Result<Report, Failure> {
    let subject = Subject::open(arguments).await?;
    let mut load = L::prepare(subject.caller(), arguments.connections).await?;
    progress("warm-up");
    let mut errors = load.measure(WARM_UP).await?.errors;
    let (body, reply_bytes) = load.likeness();
    let bare_server = bare_server(reply_bytes).await?;
    let bodies = vec![body; arguments.connections];
    let call = Call::RecordActivityTaskHeartbeat;
    let caller = Caller::anybody(bare_server.endpoint().clone());
    let mut bare = Repeater::open(&caller, call, bodies).await?;
    errors.merge(bare.measure(WARM_UP).await?.errors);

    let mut turns = Turns::default();
    let of_server = (&mut load, subject.process());
    turns
        .take(arguments, of_server, (&mut bare, Some(&bare_server)))
        .await?;
    errors.merge(turns.errors());
    if errors.is_empty() {
        errors.merge(check(&mut load).await);
    }
    Ok(turns.report::<L>(arguments, &subject, errors))
}

/// Everbeat with access control and without.
async fn against_open_server<L: ServerLoad>(
    arguments: &Arguments,
    audit_log: bool,
) -> Result<Report, Failure> {
    let subject = Subject::with_access_control(arguments, audit_log).await?;
    let open_server = Subject::open(arguments).await?;
    let mut load = L::prepare(subject.caller(), arguments.connections).await?;
    let mut open = L::prepare(open_server.caller(), arguments.connections).await?;
    progress("warm-up");
    let mut errors = load.measure(WARM_UP).await?.errors;
    errors.merge(open.measure(WARM_UP).await?.errors);

    let mut turns = Turns::default();
    let of_server = (&mut load, subject.process());
    turns
        .take(arguments, of_server, (&mut open, open_server.process()))
        .await?;
    errors.merge(turns.errors());
    if errors.is_empty() {
        errors.merge(check(&mut load).await);
        errors.merge(check(&mut open).await);
    }
    Ok(turns.report::<L>(arguments, &subject, errors))
}

async fn bare_server(reply_bytes: usize) -> Result<ServerProcess, Failure> {
    let option = format!("--{REPLY_BYTES}={reply_bytes}");
    ServerProcess::start("the bare server", &["bench", BASELINE_SERVER, &option]).await
}

async fn check<L: ServerLoad>(load: &mut L) -> Errors {
    progress("checking what the server holds");
    let mut errors = Errors::default();
    if let Err(failure) = load.check().await {
        errors.add(failure.to_string());
    }
    errors
}

fn progress(text: &str) {
    eprintln!("everbeat bench: {text}");
}

/// The slices of both servers.
#[derive(Default)]
struct Turns {
    of_server: Measured,
    of_reference: Measured,
}

impl Turns {
    /// Measures both by turns; each comes with its process, if that is ours.
    async fn take<L: Load, R: Load>(
        &mut self,
        arguments: &Arguments,
        (load, process): (&mut L, Option<&ServerProcess>),
        (reference, reference_process): (&mut R, Option<&ServerProcess>),
    ) -> Result<(), Failure> {
        let span = arguments.time / SLICES;
        let [server_name, reference_name] = arguments.reference.names();
        for number in 1..=SLICES {
            self.of_reference
                .add_slice(reference, reference_process, span)
                .await?;
            self.of_server.add_slice(load, process, span).await?;
            progress(&format!(
                "slice {number} of {SLICES}: {reference_name} {:.0} a second, {server_name} {:.0}",
                self.of_reference.last_rate(),
                self.of_server.last_rate()
            ));
            if self.of_reference.has_errors() || self.of_server.has_errors() {
                // Connections with an error are given up, so that what follows would be no measurement.
                break;
            }
        }
        Ok(())
    }

    fn errors(&self) -> Errors {
        let mut errors = self.of_reference.errors();
        errors.merge(self.of_server.errors());
        errors
    }

    fn report<L: ServerLoad>(
        &self,
        arguments: &Arguments,
        subject: &Subject,
        errors: Errors,
    ) -> Report {
        Report {
            operation: arguments.operation,
            reference: arguments.reference,
            calls: L::CALLS,
            server: self.of_server.figures(),
            baseline: self.of_reference.figures(),
            fsync_median: subject.fsync(),
            connections: arguments.connections,
            time: arguments.time,
            errors,
        }
    }
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
