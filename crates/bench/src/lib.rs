//! The load generator: `everbeat bench heartbeat | workflow`.
//!
//! A figure of requests a second says more about the machine than about the server. So every run measures two servers
//! in turn, with the same client, the same number of connections and requests and replies of the same size: Everbeat,
//! with every write on disk before it is answered, and a bare hyper server that does nothing ([`baseline`]). What counts
//! is the ratio. With `--access-control` it is Everbeat with access control and without. Client and servers are processes
//! of their own.
//!
//! Suggested reading: [`compare`] (the run from start to report), [`heartbeat`] and [`workflow`] (the two loads),
//! [`caller`], [`connection`] and [`repeater`] (how requests are signed and sent). Only [`run`] prints results; progress goes to standard error.

#![warn(missing_docs)]

mod access_folder;
mod arguments;
mod baseline;
mod caller;
mod compare;
mod connection;
mod disk;
mod failure;
mod heartbeat;
mod histogram;
mod load;
mod process;
mod repeater;
mod report;
mod setup;
mod subject;
mod workflow;

use std::ffi::OsString;
use std::process::ExitCode;

use everbeat_command::{USAGE, print};

use crate::arguments::{Arguments, Task};
use crate::failure::Failure;
use crate::report::Report;

/// Carries out `everbeat bench` with the words behind `bench`. Prints the report, or why there is none.
pub fn run(words: &[OsString]) -> ExitCode {
    match arguments::parse(words) {
        Ok(Task::Show(text)) => print(&text),
        Ok(Task::ServeBaseline { reply_bytes }) => ended(baseline::serve(reply_bytes)),
        Ok(Task::Measure(arguments)) => match measure(&arguments) {
            Ok(report) => finish(&report, arguments.json),
            Err(failure) => ended(Err(failure)),
        },
        Err(text) => {
            eprintln!("everbeat bench: {text}");
            ExitCode::from(USAGE)
        }
    }
}

fn measure(arguments: &Arguments) -> Result<Report, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(client_threads())
        .enable_all()
        .build()
        .map_err(Failure::Machine)?;
    let report = runtime.block_on(compare::compare(arguments));
    runtime.shutdown_background();
    report
}

/// Half of the machine, so that the other half is left to the server.
fn client_threads() -> usize {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    (cores / 2).max(1)
}

/// Errors during the load make the run a failure, but the figures are shown all the same.
fn finish(report: &Report, json: bool) -> ExitCode {
    let text = if json { report.json() } else { report.table() };
    let printed = print(&text);
    if report.errors.is_empty() {
        return printed;
    }
    eprintln!("everbeat bench: {}", report.errors);
    ExitCode::FAILURE
}

fn ended(result: Result<(), Failure>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("everbeat bench: {failure}");
            ExitCode::FAILURE
        }
    }
}
