//! The command line: `everbeat OPERATION ...`, a stand-in for `aws swf OPERATION ...`, and the commands `history`, `stuck`,
//! `clock` and `env`.
//!
//! Everything about operations is derived from the tables of `everbeat-model`. A line goes through layers, each of which
//! either gives a value or a `Failure` that knows its exit code: words ([`line`], [`parse`]), values ([`values`],
//! [`shorthand`], [`json`]), checks ([`validate`]), settings ([`settings`]), calls ([`operation`], [`retry`],
//! [`paginate`]), answers ([`answer`]) and output ([`output`]). Only [`run`] prints and ends the program.
//!
//! Nothing starts a runtime before a request is to be sent, so that `--version`, skeletons and help are quick.
//!
//! Chosen deviations from the AWS CLI beside those of the specification: see [`settings`] for what happens without
//! configuration, and `everbeat` without words prints the overview.

#![warn(missing_docs)]

mod answer;
mod clock;
mod exit;
mod help;
mod history;
mod line;
mod operation;
mod options;
mod own;
mod paginate;
mod parse;
mod retry;
mod settings;
mod shorthand;
mod skeleton;
mod stuck;
mod suggest;
mod timeline;
mod times;
mod timestamp;
mod validate;
mod values;

use std::ffi::OsString;
use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use everbeat_client::shared_files::{Variables, process_variables};
use everbeat_client::{Endpoint, environment_lines};

use crate::exit::{Failure, Kind};
use crate::line::{HELP, Target};
use crate::parse::Parsed;
use crate::settings::Configuration;
use crate::values::Files;

pub use help::overview;
pub use timeline::{View, timeline};

/// The version of the AWS CLI that this one follows.
const REFERENCE: &str = "aws-cli/2.36.7";
/// The service's word, which may stand in front of the operation.
const SERVICE_WORD: &str = "swf";

const HISTORY: &str = "history";
const STUCK: &str = "stuck";
const CLOCK: &str = "clock";
const ENVIRONMENT: &str = "env";

/// The commands of this crate that are no operations, with what they do.
const OWN_COMMANDS: [(&str, &str); 4] = [
    (
        HISTORY,
        "DOMAIN WORKFLOW-ID [RUN-ID]: print a history as a timeline.",
    ),
    (
        STUCK,
        "DOMAIN [WORKFLOW-ID [RUN-ID]]: say why executions are not moving.",
    ),
    (
        CLOCK,
        "[advance DURATION | skip]: show or move the clock of executions.",
    ),
    (
        ENVIRONMENT,
        "Print shell lines that lead every SWF client to the server.",
    ),
];

/// Where a command writes, and what it may know of the terminal.
pub(crate) struct Streams<'a> {
    pub(crate) output: &'a mut dyn Write,
    pub(crate) error: &'a mut dyn Write,
    /// Standard output is a terminal.
    pub(crate) is_terminal: bool,
}

/// Whether a word names an operation of the API, such as `list-domains`.
pub fn is_operation(word: &str) -> bool {
    options::operation_named(word).is_some()
}

/// Runs the command line of `words` (without the program's name) on this process's environment and standard streams.
pub fn run(words: Vec<OsString>) -> ExitCode {
    let variables = process_variables();
    let mut streams = Streams {
        output: &mut std::io::stdout(),
        error: &mut std::io::stderr(),
        is_terminal: std::io::stdout().is_terminal(),
    };
    match texts(words).and_then(|words| dispatch(&words, &variables, &mut streams)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            report(&failure, &mut streams);
            failure.exit_code()
        }
    }
}

/// A program that cannot write to its streams has nobody to tell.
fn report(failure: &Failure, streams: &mut Streams<'_>) {
    if failure.kind == Kind::Interrupted {
        let _ = writeln!(streams.output);
    }
    let _ = streams.error.write_all(failure.message().as_bytes());
}

fn texts(words: Vec<OsString>) -> Result<Vec<String>, Failure> {
    words
        .into_iter()
        .map(|word| {
            word.into_string().map_err(|word| {
                Failure::parameter(format!(
                    "The word '{}' is not UTF-8",
                    word.to_string_lossy()
                ))
            })
        })
        .collect()
}

fn dispatch(
    words: &[String],
    variables: &Variables,
    streams: &mut Streams<'_>,
) -> Result<(), Failure> {
    let (words, as_reference) = match words.split_first() {
        Some((first, rest)) if first == SERVICE_WORD => (rest, true),
        _ => (words, false),
    };
    if words.is_empty() && !as_reference {
        return print(streams, &overview());
    }
    let wanted_help = !as_reference && words.iter().any(|word| word == "--help" || word == "-h");
    let words: Vec<String> = if wanted_help {
        let before = words
            .iter()
            .take_while(|word| *word != "--help" && *word != "-h");
        before.cloned().chain([HELP.into()]).collect()
    } else {
        words.to_vec()
    };
    let profile = line::first_pass(&words)?;
    let configuration = Configuration::load(variables, profile.as_deref())?;
    let globals = line::global_pass(&words)?;
    if globals.has("--version") {
        return print(streams, &format!("{}\n", version()));
    }
    line::check_served(&globals)?;
    if let Some(url) = globals.value("--endpoint-url")
        && !url.contains("://")
    {
        // The sentence is the endpoint's own.
        Endpoint::parse(url).map_err(|error| Failure::parameter(error.to_string()))?;
    }
    let line = Line {
        words: globals.rest_words(),
        globals,
        configuration,
        files: Files { variables },
    };
    match words.first().map(String::as_str) {
        Some(HISTORY) if !as_reference => history::run(&line, streams),
        Some(STUCK) if !as_reference => stuck::run(&line, streams),
        Some(CLOCK) if !as_reference => clock::run(&line, streams),
        Some(ENVIRONMENT) if !as_reference => environment(&line, streams),
        _ => operation(&line, streams),
    }
}

/// A line whose global options are read.
pub(crate) struct Line<'a> {
    /// What the global pass left over.
    pub(crate) words: Vec<String>,
    pub(crate) globals: Parsed,
    pub(crate) configuration: Configuration<'a>,
    pub(crate) files: Files<'a>,
}

fn operation(line: &Line<'_>, streams: &mut Streams<'_>) -> Result<(), Failure> {
    let (target, words) = line::operation_pass(&line.words)?;
    match target {
        Target::Help => print(streams, &overview()),
        Target::Operation(operation)
            if words.last().is_some_and(|word| word == HELP) && words.len() == 1 =>
        {
            print(streams, &help::operation_page(operation))
        }
        Target::Operation(operation) => operation::run(
            operation,
            &words,
            &line.globals,
            &line.configuration,
            line.files,
            streams,
        ),
    }
}

const ENVIRONMENT_HELP: &str = "\
usage: everbeat env [--endpoint-url URL] [--region NAME]

Prints the lines that point every SWF client at the server: eval \"$(everbeat env)\"
";

fn environment(line: &Line<'_>, streams: &mut Streams<'_>) -> Result<(), Failure> {
    match line.words.get(1..).unwrap_or_default() {
        [] => {}
        [help] if help == HELP => return print(streams, ENVIRONMENT_HELP),
        _ => {
            let text = format!("everbeat {ENVIRONMENT} takes only --endpoint-url and --region");
            return Err(Failure::parameter(text));
        }
    }
    let endpoint = line
        .configuration
        .endpoint(line.globals.value("--endpoint-url"))?;
    let region = line.configuration.region(line.globals.value("--region"))?;
    let url = endpoint.to_string();
    let lines = environment_lines(url.trim_end_matches('/'), &region);
    print(streams, &(lines.join("\n") + "\n"))
}

/// A closed pipe ends the command quietly.
fn print(streams: &mut Streams<'_>, text: &str) -> Result<(), Failure> {
    let _ = streams.output.write_all(text.as_bytes());
    Ok(())
}

fn version() -> String {
    let kernel = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let separator = if kernel.is_empty() { "" } else { "/" };
    let system = match std::env::consts::OS {
        "linux" => "Linux",
        "macos" => "Darwin",
        other => other,
    };
    format!(
        "everbeat/{} {REFERENCE} {system}{separator}{} exe/{}",
        env!("CARGO_PKG_VERSION"),
        kernel.trim(),
        std::env::consts::ARCH,
    )
}

#[cfg(test)]
mod tests;
