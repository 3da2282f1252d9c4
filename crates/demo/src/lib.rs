//! `everbeat demo [DIRECTORY]`: the main job on real input, in three acts.
//!
//! A server is started on data in a temporary folder. A decider and a worker, ordinary clients over HTTP, checksum the
//! files below a folder. Act one runs through; act two is canceled half-way; in act three the worker is killed
//! half-way, the heartbeat timeout fires, and a second worker goes on from the details of the last heartbeat.
//!
//! Suggested reading: [`acts`] (the story), [`decider`] and [`worker`] (what a user of the service writes), [`checksum`]
//! (work that can be resumed). The server and the workers are processes of this same executable ([`process`]).
//! Whatever happens, the processes are ended and the folder is removed before [`run`] returns.

#![warn(missing_docs)]

mod acts;
mod api;
mod checksum;
mod decider;
mod files;
mod list;
mod notice;
mod problem;
mod process;
mod progress;
mod report;
mod screen;
mod server;
mod worker;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use everbeat_client::{Client, Endpoint};
use everbeat_command::{USAGE, Words};
use tempfile::TempDir;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::list::FileList;
use crate::problem::Problem;
use crate::screen::Screen;
use crate::server::Server;

const DIRECTORY: &str = "directory";
const KEEP: &str = "keep";
/// With it the process is a worker of a running demo, for the server with that endpoint.
const WORKER_FOR: &str = "worker-for";
const IDENTITY: &str = "identity";

/// Exit code after ctrl-c.
const INTERRUPTED: u8 = 130;

/// How the demo ended well.
enum Ending {
    /// All acts were played; what was kept was stopped by its user.
    Played,
    /// It was told to stop.
    Interrupted,
}

/// Runs the demo with `words`, the command line behind `everbeat demo`. Exit codes: 0 when all acts were played, 1 when
/// something did not work, 130 when it was told to stop, 252 when the words cannot be understood.
pub fn run(words: &[OsString]) -> ExitCode {
    let matches = match everbeat_command::read(command(), words.iter().cloned()) {
        Words::Matched(matches) => matches,
        Words::Help(text) => return everbeat_command::print(&text),
        Words::Wrong(sentence) => {
            eprintln!("everbeat demo: {sentence}");
            return ExitCode::from(USAGE);
        }
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let ended = match runtime {
        Ok(runtime) => runtime.block_on(start(&matches)),
        Err(error) => Err(Problem::Machine(error)),
    };
    match ended {
        Ok(Ending::Played) => ExitCode::SUCCESS,
        Ok(Ending::Interrupted) => ExitCode::from(INTERRUPTED),
        Err(problem) => {
            eprintln!("everbeat: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn command() -> Command {
    Command::new("everbeat demo")
        .bin_name("everbeat demo")
        .about(
            "Shows what heartbeats are for: checksums the files below a folder in a workflow that runs through, in one \
             that is canceled half-way, and in one whose worker is killed half-way. Takes about 15 seconds, changes \
             nothing in the folder and leaves nothing behind.",
        )
        .arg(
            Arg::new(DIRECTORY)
                .value_name("DIRECTORY")
                .value_parser(value_parser!(PathBuf))
                .default_value(".")
                .help(files::HELP),
        )
        .arg(
            Arg::new(KEEP)
                .long(KEEP)
                .action(ArgAction::SetTrue)
                .help("Leave the server running until ctrl-c, and say how to use it."),
        )
        .arg(Arg::new(WORKER_FOR).long(WORKER_FOR).requires(IDENTITY).hide(true))
        .arg(Arg::new(IDENTITY).long(IDENTITY).requires(WORKER_FOR).hide(true))
}

/// The demo itself, or a worker of it.
async fn start(matches: &ArgMatches) -> Result<Ending, Problem> {
    let text = |name| matches.get_one::<String>(name).map(String::as_str);
    if let (Some(url), Some(identity)) = (text(WORKER_FOR), text(IDENTITY)) {
        let endpoint =
            Endpoint::parse(url).map_err(|error| Problem::Endpoint(error.to_string()))?;
        match worker::work_forever(&Client::local(endpoint), identity).await? {}
    }
    let directory = matches
        .get_one::<PathBuf>(DIRECTORY)
        .map_or(Path::new("."), PathBuf::as_path);
    let mut stop = StopSignals::new().map_err(Problem::Machine)?;
    let keep = matches.get_flag(KEEP);
    let played = tokio::select! {
        biased;
        () = stop.recv() => None,
        played = play(directory, keep) => Some(played?),
    };
    let ending = match played {
        Some(_) if !keep => return Ok(Ending::Played),
        Some(kept) => {
            stop.recv().await;
            drop(kept);
            Ending::Played
        }
        None => Ending::Interrupted,
    };
    Screen::standard().print("\nStopped.\n");
    Ok(ending)
}

/// What lasts beyond the acts. Dropped in this order: nobody writes into a folder that is removed.
struct Kept {
    _server: Server,
    _folder: TempDir,
}

/// Prepares the list of files and the server, and plays the acts. Dropping the future ends the processes it started
/// and removes its folder.
async fn play(directory: &Path, keep: bool) -> Result<Kept, Problem> {
    let screen = Screen::standard();
    let folder = tempfile::Builder::new()
        .prefix("everbeat-demo-")
        .tempdir()
        .map_err(Problem::Machine)?;
    let scan = files::scan(directory, &files::open)?;
    let list = FileList::topped_up(scan.files.clone(), folder.path()).map_err(Problem::Machine)?;
    let server = Server::start(folder.path()).await?;
    screen.print(&report::opening(directory, &scan, &list, &server));

    let client = Client::local(server.endpoint.clone());
    api::register(&client).await?;
    let stage = acts::Stage::new(&client, &list, folder.path(), &screen)?;
    let runs = tokio::select! {
        runs = stage.perform() => runs?,
        decided = decider::decide_forever(&client) => match decided? {},
    };
    for run in &runs {
        let events = api::history(&client, run).await?;
        screen.print(&report::history(run, &events, &screen));
    }
    screen.print(&report::closing(&runs, &server, keep));
    Ok(Kept {
        _server: server,
        _folder: folder,
    })
}

/// The signals that end a program: ctrl-c, SIGTERM, and the end of the terminal.
struct StopSignals([Signal; 3]);

impl StopSignals {
    fn new() -> std::io::Result<Self> {
        Ok(Self([
            signal(SignalKind::interrupt())?,
            signal(SignalKind::terminate())?,
            signal(SignalKind::hangup())?,
        ]))
    }

    async fn recv(&mut self) {
        let [interrupt, terminate, hangup] = &mut self.0;
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            _ = hangup.recv() => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(words: &[&str]) -> Result<ArgMatches, clap::Error> {
        command().try_get_matches_from([&["everbeat demo"], words].concat())
    }

    #[test]
    fn the_folder_is_optional_and_may_have_any_name() {
        let folder = |words: &[&str]| {
            let matches = parsed(words).expect("a good line");
            matches.get_one::<PathBuf>(DIRECTORY).cloned()
        };
        assert_eq!(folder(&[]), Some(".".into()));
        assert_eq!(folder(&["worker", "--keep"]), Some("worker".into()));
        assert!(parsed(&["a", "b"]).is_err());
        assert!(parsed(&["--worker-for", "http://127.0.0.1:1"]).is_err());
    }

    #[test]
    fn the_help_hides_what_is_not_for_users() {
        let help = command().render_help().to_string();
        assert!(help.contains("--keep"));
        assert!(!help.contains("worker-for"));
    }
}
