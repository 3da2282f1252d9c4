//! The command line: `everbeat OPERATION ...`, a stand-in for `aws swf OPERATION ...`, and the commands `history`, `stuck`,
//! `clock` and `env`.
//!
//! Everything about operations is derived from the tables of `everbeat-model`. A line goes through layers, each of which
//! either gives a value or a `Failure` that knows its exit code: words ([`line`], [`parse`]), values ([`values`],
//! [`shorthand`]), checks ([`validate`]), settings ([`settings`]), calls ([`operation`], [`call`], [`retry`],
//! [`paginate`]), answers ([`answer`]) and output ([`show`], [`format`], [`pager`]). Only [`run`] prints and ends the
//! program.
//!
//! Nothing starts a runtime before a request is to be sent, so that `--version`, skeletons and help are quick.

#![warn(missing_docs)]

mod answer;
mod call;
mod clock;
mod completion;
mod debug;
mod exit;
mod files;
mod format;
mod help;
mod history;
mod line;
mod operation;
mod options;
mod own;
mod pager;
mod paginate;
mod parse;
mod retry;
mod settings;
mod shorthand;
mod show;
mod skeleton;
mod stuck;
mod suggest;
mod timeline;
mod times;
mod timestamp;
mod user_agent;
mod validate;
mod values;

use std::ffi::OsString;
use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use everbeat_client::environment_lines;
use everbeat_client::shared_files::{Variables, process_variables};
use everbeat_json::{Json, python};
use everbeat_query::Query;
use jiff::tz::TimeZone;

use crate::debug::Log;
use crate::exit::{ErrorFormat, Failure, Kind};
use crate::files::Files;
use crate::format::Look;
use crate::help::Style;
use crate::line::{HELP, Target};
use crate::parse::Parsed;
use crate::settings::Configuration;

pub use timeline::{View, timeline};

/// The version of the AWS CLI that this one follows.
const REFERENCE: &str = "aws-cli/2.36.7";
/// The service's word, which may stand in front of the operation.
pub(crate) const SERVICE_WORD: &str = "swf";

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
    /// Columns of the terminal that standard output is, if it is one.
    pub(crate) terminal_width: Option<usize>,
}

/// Whether a word names an operation of the API, such as `list-domains`.
pub fn is_operation(word: &str) -> bool {
    options::operation_named(word).is_some()
}

/// Runs the command line of `words` (without the program's name) on this process's environment and standard streams.
/// `named_aws` says that the program was started under the name of the reference.
pub fn run(words: Vec<OsString>, named_aws: bool) -> ExitCode {
    let variables = process_variables();
    let mut streams = Streams {
        output: &mut std::io::stdout(),
        error: &mut std::io::stderr(),
        terminal_width: terminal_width(),
    };
    let code = match texts(words) {
        Ok(words) => carry_out(&words, named_aws, &variables, &mut streams),
        Err(failure) => told(&failure, ErrorFormat::Enhanced, Look::PLAIN, &mut streams),
    };
    ExitCode::from(code)
}

/// A size of 0 counts as it is.
fn terminal_width() -> Option<usize> {
    let output = std::io::stdout();
    if !output.is_terminal() {
        return None;
    }
    let size = rustix::termios::tcgetwinsize(output);
    Some(size.map_or(Look::PLAIN.width, |size| usize::from(size.ws_col)))
}

/// Runs a line and tells of its failure; gives the exit code.
fn carry_out(
    words: &[String],
    named_aws: bool,
    variables: &Variables,
    streams: &mut Streams<'_>,
) -> u8 {
    let configured = line::first_pass(words).and_then(|first| {
        let configuration = Configuration::load(variables, first.value("--profile"))?;
        Ok((first, configuration))
    });
    let (first, configuration) = match configured {
        Ok(configured) => configured,
        Err(failure) => return told(&failure, ErrorFormat::Enhanced, Look::PLAIN, streams),
    };
    let log = Log::new(first.has("--debug"));
    log.tell(
        "awscli.clidriver",
        format_args!("CLI version: {}", version(named_aws)),
    );
    log.tell(
        "awscli.clidriver",
        format_args!(
            "Arguments entered to CLI: {}",
            python::repr(&word_list(words))
        ),
    );
    match dispatch(words, named_aws, configuration, log, streams) {
        Ok(()) => 0,
        Err(Ended {
            failure,
            error_format,
            look,
        }) => told(&failure, error_format, look, streams),
    }
}

fn word_list(words: &[String]) -> Json {
    Json::List(words.iter().map(|word| word.as_str().into()).collect())
}

/// A failure, and how it is to be told.
struct Ended {
    failure: Failure,
    error_format: ErrorFormat,
    look: Look,
}

/// A program that cannot write to its streams has nobody to tell.
fn told(failure: &Failure, error_format: ErrorFormat, look: Look, streams: &mut Streams<'_>) -> u8 {
    if failure.kind == Kind::Interrupted {
        let _ = writeln!(streams.output);
    }
    let message = failure.message(error_format, look);
    let _ = streams.error.write_all(message.as_bytes());
    failure.code()
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
    named_aws: bool,
    configuration: Configuration<'_>,
    log: Log,
    streams: &mut Streams<'_>,
) -> Result<(), Ended> {
    let configured_format = configuration.error_format();
    let early = |failure| Ended {
        failure,
        error_format: configured_format,
        look: Look::PLAIN,
    };
    let globals = line::global_pass(words).map_err(early)?;
    if globals.has("--version") {
        return print(streams, &format!("{}\n", version(named_aws))).map_err(early);
    }
    let (words, as_reference) = line::command_pass(&globals, named_aws).map_err(early)?;
    let mut line = Line {
        words,
        as_reference,
        query: None,
        files: Files {
            variables: configuration.variables(),
        },
        globals,
        configuration,
        log,
    };
    let result = line.check_globals().and_then(|()| command(&line, streams));
    result.map_err(|failure| Ended {
        failure,
        error_format: line
            .globals
            .value("--cli-error-format")
            .map_or(configured_format, ErrorFormat::named),
        look: operation::look(&line, streams, true),
    })
}

/// A line whose global options are read.
pub(crate) struct Line<'a> {
    /// What the global pass left over, without the service's word.
    pub(crate) words: Vec<String>,
    /// The line says that it is one of the reference's: by the program's name or the service's word.
    pub(crate) as_reference: bool,
    pub(crate) globals: Parsed,
    /// What `--query` says.
    pub(crate) query: Option<Query>,
    pub(crate) configuration: Configuration<'a>,
    pub(crate) files: Files<'a>,
    pub(crate) log: Log,
}

impl Line<'_> {
    /// What the reference checks before it looks at the operation.
    fn check_globals(&mut self) -> Result<(), Failure> {
        self.query = self
            .globals
            .value("--query")
            .map(|text| {
                Query::compile(text).map_err(|error| {
                    Failure::parameter(format!("Bad value for --query {text}: {error}"))
                })
            })
            .transpose()?;
        if let Some(url) = self.globals.value("--endpoint-url") {
            settings::check_endpoint_option(url)?;
        }
        settings::timeouts(&self.globals, false)?;
        self.configuration.check_output_encoding()?;
        self.configuration.timestamps(|| TimeZone::UTC).map(drop)
    }

    fn wants_help(&self) -> bool {
        let asks = |word: &String| word == "--help" || word == "-h";
        !self.as_reference && self.words.iter().any(asks)
    }
}

fn command(line: &Line<'_>, streams: &mut Streams<'_>) -> Result<(), Failure> {
    match line.words.first().map(String::as_str) {
        Some(HISTORY) if !line.as_reference => history::run(line, streams),
        Some(STUCK) if !line.as_reference => stuck::run(line, streams),
        Some(CLOCK) if !line.as_reference => clock::run(line, streams),
        Some(ENVIRONMENT) if !line.as_reference => environment(line, streams),
        _ => operation(line, streams),
    }
}

fn operation(line: &Line<'_>, streams: &mut Streams<'_>) -> Result<(), Failure> {
    let asks = |word: &&String| *word != "--help" && *word != "-h";
    let words: Vec<String> = if line.wants_help() {
        let before = line.words.iter().take_while(asks).cloned();
        before.chain([HELP.into()]).collect()
    } else {
        line.words.clone()
    };
    let (target, words) = line::operation_pass(&words)?;
    match target {
        Target::Help => page(line, streams, help::overview),
        Target::Operation(operation) if line::asks_for_help(operation, &words)? => {
            page(line, streams, |style| {
                help::operation_page(operation, style)
            })
        }
        Target::Operation(operation) => operation::run(operation, &words, line, streams),
    }
}

/// A page of help: on a terminal with bold headings and through the pager.
fn page(
    line: &Line<'_>,
    streams: &mut Streams<'_>,
    draw: impl FnOnce(Style) -> String,
) -> Result<(), Failure> {
    if streams.terminal_width.is_none() {
        return print(streams, &draw(Style::Plain));
    }
    let Some(mut pager) = operation::pager(line, streams) else {
        return print(streams, &draw(Style::Bold));
    };
    // A pager that went away was left on purpose.
    let _ = pager.write(&draw(Style::Bold))?;
    pager.finish();
    Ok(())
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
    line.configuration.check_profile()?;
    let configuration = line.configuration.local();
    let target = configuration.target(&line.globals)?;
    let url = target.endpoint.to_string();
    let lines = environment_lines(url.trim_end_matches('/'), &target.region);
    print(streams, &(lines.join("\n") + "\n"))
}

/// A closed pipe ends the command quietly.
fn print(streams: &mut Streams<'_>, text: &str) -> Result<(), Failure> {
    let _ = streams.output.write_all(text.as_bytes());
    Ok(())
}

fn version(named_aws: bool) -> String {
    let kernel = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let separator = if kernel.is_empty() { "" } else { "/" };
    let system = match std::env::consts::OS {
        "linux" => "Linux",
        "macos" => "Darwin",
        other => other,
    };
    let own = concat!("everbeat/", env!("CARGO_PKG_VERSION"));
    let (first, second) = if named_aws {
        (REFERENCE, own)
    } else {
        (own, REFERENCE)
    };
    format!(
        "{first} {second} {system}{separator}{} exe/{}",
        kernel.trim(),
        std::env::consts::ARCH,
    )
}

#[cfg(test)]
mod tests;
