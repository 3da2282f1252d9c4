//! The command line: `everbeat OPERATION ...`, a stand-in for `aws swf OPERATION ...`, and the commands `history`, `stuck`,
//! `clock` and `env`.
//!
//! Everything about operations is derived from the tables of `everbeat-model`. A line goes through layers, each of which
//! either gives a value or a `Failure` that knows its exit code: words ([`line`], [`parse`]), values ([`values`],
//! [`shorthand`]), checks ([`validate`]), settings ([`settings`]), calls ([`operation`], [`call`], [`retry`],
//! [`paginate`]), answers ([`answer`]) and output ([`show`], [`format`], [`pager`]). Results and warnings
//! go through [`Streams`]; failures are told, and the program is ended, here alone.
//!
//! Nothing starts a runtime before a request is to be sent, so that `--version`, skeletons and help are quick.

#![warn(missing_docs)]

mod answer;
mod autoprompt;
mod call;
mod clock;
mod completion;
mod debug;
mod environment;
mod exit;
mod files;
mod format;
mod help;
mod history;
mod line;
mod operation;
mod options;
mod own;
mod own_commands;
mod pager;
mod paginate;
mod parse;
mod request;
mod retry;
mod run_to_end;
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
mod version;

use std::ffi::OsString;
use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use everbeat_client::shared_files::{Variables, process_variables};
use everbeat_json::{Json, python};
use everbeat_query::Query;
use jiff::tz::TimeZone;

use crate::completion::shell::COMPLETE;
use crate::debug::Log;
use crate::exit::{ErrorFormat, Failure, Kind};
use crate::files::Files;
use crate::format::Look;
use crate::help::Style;
use crate::line::{Asked, HELP};
use crate::own_commands::own_command;
use crate::parse::Parsed;
use crate::settings::{AutoPrompt, Configuration};
use crate::version::version;

pub use timeline::{View, timeline};

/// The service's word, which may stand in front of the operation.
pub(crate) const SERVICE_WORD: &str = "swf";

/// Where a command writes, and what it may know of the terminal.
pub(crate) struct Streams<'a> {
    pub(crate) output: &'a mut dyn Write,
    pub(crate) error: &'a mut dyn Write,
    /// Columns of the terminal that standard output is, if it is one.
    pub(crate) terminal_width: Option<usize>,
}

/// Whether a word names an operation of the API, such as `list-domains`.
fn is_operation(word: &str) -> bool {
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
    if !named_aws && words.first().is_some_and(|word| word == COMPLETE) {
        // Whoever completes a word is not told why that cannot be done.
        let words = texts(words).unwrap_or_default();
        completion::shell::complete(words.get(1..).unwrap_or_default(), &variables, &mut streams);
        return ExitCode::SUCCESS;
    }
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

/// Runs a line, after asking for the rest of it where that is wanted, and tells of its failure; gives the exit code.
fn carry_out(
    words: &[String],
    named_aws: bool,
    variables: &Variables,
    streams: &mut Streams<'_>,
) -> u8 {
    let mode = configured(words, variables)
        .and_then(|(_, configuration)| autoprompt::mode(words, &configuration));
    let run = |words: &[String], is_told, streams: &mut Streams<'_>| {
        once(words, named_aws, variables, is_told, streams)
    };
    let asked = match mode {
        Ok(AutoPrompt::Off) => return run(words, true, streams),
        Ok(AutoPrompt::OnPartial) => {
            let code = run(words, false, streams);
            if code != Kind::ParamValidation.code() {
                return code;
            }
            autoprompt::ask(words, variables, streams)
        }
        Ok(AutoPrompt::On) => autoprompt::ask(words, variables, streams),
        Err(failure) => Err(failure),
    };
    match asked {
        Ok(words) => run(&words, true, streams),
        Err(failure) => told(&failure, ErrorFormat::Enhanced, Look::PLAIN, streams),
    }
}

/// Runs a line as it stands. Unless it `is_told`, nothing is said of parameters that are wrong.
fn once(
    words: &[String],
    named_aws: bool,
    variables: &Variables,
    is_told: bool,
    streams: &mut Streams<'_>,
) -> u8 {
    let (first, configuration) = match configured(words, variables) {
        Ok(configured) => configured,
        Err(failure) => return told(&failure, ErrorFormat::Enhanced, Look::PLAIN, streams),
    };
    let log = Log::new(first.has("--debug"));
    log.tell(
        "awscli.clidriver",
        format_args!("CLI version: {}", version(named_aws)),
    );
    let shown = Json::List(
        words
            .iter()
            .map(|word| debug::masked(word).into())
            .collect(),
    );
    log.tell(
        "awscli.clidriver",
        format_args!("Arguments entered to CLI: {}", python::repr(&shown)),
    );
    match dispatch(words, named_aws, configuration, log, streams) {
        Ok(()) => 0,
        Err(ended) if !is_told && ended.failure.kind == Kind::ParamValidation => {
            ended.failure.code()
        }
        Err(Ended {
            failure,
            error_format,
            look,
        }) => told(&failure, error_format, look, streams),
    }
}

/// The first pass over a line, and the configuration for it.
fn configured<'a>(
    words: &[String],
    variables: &'a Variables,
) -> Result<(Parsed, Configuration<'a>), Failure> {
    let first = line::first_pass(words)?;
    let configuration = Configuration::load(variables, first.value("--profile"))?;
    Ok((first, configuration))
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
    // The reference ends colours where it writes results, wherever they were used.
    if streams.terminal_width.is_some() && failure.is_coloured(error_format, look) {
        let _ = streams.output.write_all(format::RESET.as_bytes());
    }
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
    let variables = configuration.variables();
    // The reference takes the option for the profile over only when all global options are read.
    let early_format = || {
        let configuration = Configuration::load(variables, None);
        configuration.map_or(ErrorFormat::Enhanced, |early| early.error_format())
    };
    let early = |failure| Ended {
        failure,
        error_format: early_format(),
        look: Look::PLAIN,
    };
    let globals = line::global_pass(words).map_err(early)?;
    if globals.has("--version") {
        return print(streams, &format!("{}\n", version(named_aws))).map_err(early);
    }
    let (words, as_reference) = line::command_pass(&globals, named_aws).map_err(early)?;
    let mut line = Line {
        words: if as_reference {
            words
        } else {
            with_help(words)
        },
        as_reference,
        query: None,
        files: Files { variables },
        globals,
        configuration,
        log,
    };
    let option = line.globals.value("--cli-error-format");
    let option = option.map(ErrorFormat::named);
    let (result, error_format) = match line.check_globals() {
        Ok(()) => {
            let result = line.check_settings().and_then(|()| command(&line, streams));
            (result, line.configuration.error_format())
        }
        Err(failure) => (Err(failure), early_format()),
    };
    result.map_err(|failure| Ended {
        failure,
        error_format: option.unwrap_or(error_format),
        look: show::look(&line, streams, false),
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
        settings::timeouts(&self.globals, false).map(drop)
    }

    /// What the reference checks of the settings before it looks at the operation.
    fn check_settings(&self) -> Result<(), Failure> {
        self.configuration.check_output_encoding()?;
        self.configuration.timestamps(|| TimeZone::UTC).map(drop)
    }
}

/// `--help` and `-h` ask for the page of what stands before them. Nothing else of such a line counts.
fn with_help(words: Vec<String>) -> Vec<String> {
    let Some(position) = words
        .iter()
        .position(|word| word == "--help" || word == "-h")
    else {
        return words;
    };
    let is_subject = |word: &&String| is_operation(word) || own_command(word).is_some();
    let subject = words[..position].iter().find(is_subject).cloned();
    subject.into_iter().chain([HELP.into()]).collect()
}

fn command(line: &Line<'_>, streams: &mut Streams<'_>) -> Result<(), Failure> {
    let first = line.words.first().filter(|_| !line.as_reference);
    match first.and_then(|word| own_command(word)) {
        Some(command) => (command.run)(line, streams),
        None => operation(line, streams),
    }
}

fn operation(line: &Line<'_>, streams: &mut Streams<'_>) -> Result<(), Failure> {
    let (target, words) = line::operation_pass(&line.words)?;
    match target {
        Asked::Help => page(line, streams, help::overview),
        Asked::Operation(operation) if line::asks_for_help(operation, &words)? => {
            page(line, streams, |style| {
                help::operation_page(operation, style)
            })
        }
        Asked::Operation(operation) => operation::run(operation, &words, line, streams),
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
    let Some(mut pager) = show::pager(line, streams) else {
        return print(streams, &draw(Style::Bold));
    };
    // A pager that went away was left on purpose.
    let _ = pager.write(&draw(Style::Bold))?;
    pager.finish();
    Ok(())
}

/// A closed pipe ends the command quietly.
fn print(streams: &mut Streams<'_>, text: &str) -> Result<(), Failure> {
    let _ = streams.output.write_all(text.as_bytes());
    Ok(())
}

#[cfg(test)]
mod tests;
