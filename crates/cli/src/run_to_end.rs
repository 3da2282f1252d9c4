//! Waiting for a future on this thread, or for SIGINT (cli.md section 17.5).

use std::task::Poll;

use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::exit::{Failure, Kind};

/// Runs a future until it ends or SIGINT comes. Where SIGINT was ignored when the program started, as in the background
/// jobs of a script, it stays ignored.
///
/// # Errors
/// The future's own, or the interrupt.
pub(crate) fn run_to_end<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::general(format!("Cannot start: {error}")))?;
    let result = runtime.block_on(async {
        // Listening begins before anything is sent, so that no interrupt finds the work alone.
        let mut interrupts = interrupts();
        let mut work = std::pin::pin!(work);
        std::future::poll_fn(|context| {
            if let Some(interrupts) = &mut interrupts
                && interrupts.poll_recv(context).is_ready()
            {
                return Poll::Ready(Err(Failure::new(Kind::Interrupted, "")));
            }
            work.as_mut().poll(context)
        })
        .await
    });
    // A name that is being looked up cannot be interrupted; nobody waits for it.
    runtime.shutdown_background();
    result
}

/// Without a listener the signal does what it does to every program.
fn interrupts() -> Option<Signal> {
    if is_ignored() {
        return None;
    }
    signal(SignalKind::interrupt()).ok()
}

/// Only Linux tells.
fn is_ignored() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status
        .lines()
        .find_map(|line| line.strip_prefix("SigIgn:"))
        .and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
        .unwrap_or_default();
    let number = SignalKind::interrupt().as_raw_value() - 1;
    ignored >> number & 1 == 1
}
