//! The one binary. The first word chooses: a command of Everbeat's own, or else the command line that stands in for
//! `aws swf`. Started through a link named `aws` it is that command line alone.

use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::process::ExitCode;

use everbeat_command::{USAGE, print};
use everbeat_server::{Parsed, config};

/// The name of the command line that this one stands in for.
const REFERENCE: &str = "aws";

fn main() -> ExitCode {
    let mut words = std::env::args_os();
    let program = words.next().unwrap_or_default();
    let words: Vec<OsString> = words.collect();
    if Path::new(&program).file_name() == Some(OsStr::new(REFERENCE)) {
        return everbeat_cli::run(words, true);
    }
    let (first, rest) = match words.split_first() {
        Some((first, rest)) => (first.to_str().unwrap_or_default(), rest),
        None => ("", &[][..]),
    };
    match first {
        "serve" => serve(rest),
        "demo" => everbeat_demo::run(rest),
        "bench" => everbeat_bench::run(rest),
        "access" => everbeat_access::run(rest),
        "audit" => everbeat_audit::run(rest),
        _ => everbeat_cli::run(words, false),
    }
}

fn serve(words: &[OsString]) -> ExitCode {
    let config = match config::parse(words, &|name| std::env::var(name).ok()) {
        Ok(Parsed::Serve(config)) => *config,
        Ok(Parsed::Show(text)) => return print(&text),
        Err(error) => {
            eprintln!("everbeat: {error}");
            return ExitCode::from(USAGE);
        }
    };
    let names = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    for remark in names.filter_map(|name| config::remark_on(&name)) {
        eprintln!("everbeat: {remark}");
    }
    let greeting = if config.security.access.is_some() {
        everbeat_client::endpoint_lines
    } else {
        everbeat_client::environment_lines
    };
    match everbeat_server::serve(config, &greeting) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("everbeat: {error}");
            ExitCode::FAILURE
        }
    }
}
