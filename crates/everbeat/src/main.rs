//! The one binary. The first word chooses: a command of Everbeat's own, or else the command line that stands in for
//! `aws swf`.

use std::ffi::OsString;
use std::process::ExitCode;

use everbeat_server::{Parsed, config};

/// The exit code for words that cannot be understood, as the AWS command line has it.
const USAGE: u8 = 252;

/// What Everbeat has beside the operations of SWF.
const COMMANDS: &str = "\
Everbeat: a durable workflow service that speaks the Amazon SWF protocol.

Commands of its own (each has --help):
  serve      run the server
  demo       see a long activity report progress, be canceled, and outlive its worker
  bench      measure the server against a bare one
  env        print the lines that point an SDK and this command line at a server
  history    print an execution's history as a timeline
  stuck      say why executions are not moving
  clock      show the time of executions, or move it on a server with a manual clock

";

fn main() -> ExitCode {
    let words: Vec<OsString> = std::env::args_os().skip(1).collect();
    let (first, rest) = match words.split_first() {
        Some((first, rest)) => (first.to_str().unwrap_or_default(), rest),
        None => ("", &[][..]),
    };
    match first {
        "serve" => serve(rest),
        "demo" => everbeat_demo::run(rest),
        "bench" => everbeat_bench::run(rest),
        "help" | "--help" | "-h" if rest.is_empty() => {
            print!("{COMMANDS}{}", everbeat_cli::overview());
            ExitCode::SUCCESS
        }
        _ => everbeat_cli::run(words),
    }
}

fn serve(words: &[OsString]) -> ExitCode {
    let config = match config::parse(words, &|name| std::env::var(name).ok()) {
        Ok(Parsed::Serve(config)) => *config,
        Ok(Parsed::Show(text)) => {
            print!("{text}");
            return ExitCode::SUCCESS;
        }
        Err(error) => {
            eprintln!("everbeat: {error}");
            return ExitCode::from(USAGE);
        }
    };
    match everbeat_server::serve(config, &everbeat_client::environment_lines) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("everbeat: {error}");
            ExitCode::FAILURE
        }
    }
}
