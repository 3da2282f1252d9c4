//! The words behind `everbeat bench`.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use everbeat_client::Endpoint;
use everbeat_command::Words;

const HEARTBEAT: &str = "heartbeat";
const WORKFLOW: &str = "workflow";
/// Not for people: the other process of a run.
pub(crate) const BASELINE_SERVER: &str = "baseline-server";
const SECONDS: &str = "seconds";
const CONNECTIONS: &str = "connections";
const ENDPOINT_URL: &str = "endpoint-url";
const DATA_DIR: &str = "data-dir";
const ACCESS_CONTROL: &str = "access-control";
const AUDIT_LOG: &str = "audit-log";
const JSON: &str = "json";
pub(crate) const REPLY_BYTES: &str = "reply-bytes";

/// A starter, a decider and a worker.
const LEAST_WORKFLOW_CONNECTIONS: usize = 3;

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operation {
    Heartbeat,
    Workflow,
}

impl Operation {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Heartbeat => HEARTBEAT,
            Self::Workflow => WORKFLOW,
        }
    }
}

/// What Everbeat is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reference {
    /// A hyper server that does nothing.
    BareServer,
    /// Everbeat without access control; the other one has it, and perhaps an audit log.
    OpenServer { audit_log: bool },
}

impl Reference {
    /// What the two servers are called in progress and report: the one that is measured, and what it is compared with.
    pub(crate) fn names(self) -> [&'static str; 2] {
        match self {
            Self::BareServer => ["everbeat", "bare hyper server"],
            Self::OpenServer { audit_log: false } => ["access control", "without"],
            Self::OpenServer { audit_log: true } => ["with access and audit", "without"],
        }
    }
}

/// How a run is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Arguments {
    pub(crate) operation: Operation,
    pub(crate) reference: Reference,
    /// For each of the two servers.
    pub(crate) time: Duration,
    pub(crate) connections: usize,
    /// A server that runs already; without one, one is started.
    pub(crate) endpoint: Option<Endpoint>,
    pub(crate) data_dir: Option<PathBuf>,
    pub(crate) json: bool,
}

/// What the words ask for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Task {
    Measure(Arguments),
    ServeBaseline { reply_bytes: usize },
    Show(String),
}

/// Reads the words.
///
/// # Errors
/// What is wrong with them, for people.
pub(crate) fn parse(words: &[OsString]) -> Result<Task, String> {
    let matches = match everbeat_command::read(command(), words.iter().cloned()) {
        Words::Matched(matches) => matches,
        Words::Help(text) => return Ok(Task::Show(text)),
        Words::Wrong(sentence) => return Err(sentence),
    };
    match matches.subcommand() {
        Some((HEARTBEAT, matches)) => arguments(Operation::Heartbeat, matches).map(Task::Measure),
        Some((WORKFLOW, matches)) => arguments(Operation::Workflow, matches).map(Task::Measure),
        Some((_, matches)) => Ok(Task::ServeBaseline {
            reply_bytes: matches.get_one(REPLY_BYTES).copied().unwrap_or_default(),
        }),
        None => Err("heartbeat or workflow?".into()),
    }
}

fn arguments(operation: Operation, matches: &ArgMatches) -> Result<Arguments, String> {
    let seconds: u64 = matches.get_one(SECONDS).copied().unwrap_or_default();
    let connections: u64 = matches.get_one(CONNECTIONS).copied().unwrap_or_default();
    let connections = usize::try_from(connections).unwrap_or_default();
    if operation == Operation::Workflow && connections < LEAST_WORKFLOW_CONNECTIONS {
        return Err(format!(
            "--{CONNECTIONS}: workflow needs at least {LEAST_WORKFLOW_CONNECTIONS}: a starter, a decider and a worker"
        ));
    }
    let endpoint = matches
        .get_one::<String>(ENDPOINT_URL)
        .map(|url| Endpoint::parse(url).map_err(|error| error.to_string()))
        .transpose()?;
    if endpoint.as_ref().is_some_and(Endpoint::is_secure) {
        return Err(format!(
            "--{ENDPOINT_URL}: the load goes over plain http:// only"
        ));
    }
    let reference = if matches.get_flag(ACCESS_CONTROL) {
        Reference::OpenServer {
            audit_log: matches.get_flag(AUDIT_LOG),
        }
    } else {
        Reference::BareServer
    };
    Ok(Arguments {
        operation,
        reference,
        time: Duration::from_secs(seconds),
        connections,
        endpoint,
        data_dir: matches.get_one(DATA_DIR).cloned(),
        json: matches.get_flag(JSON),
    })
}

fn command() -> Command {
    let baseline = Command::new(BASELINE_SERVER).hide(true).arg(
        Arg::new(REPLY_BYTES)
            .long(REPLY_BYTES)
            .required(true)
            .value_parser(value_parser!(usize))
            .help("Size of every reply's body."),
    );
    Command::new("everbeat bench")
        .bin_name("everbeat bench")
        .about(
            "Measures the server, and in the same run and with the same client a bare hyper server that does nothing, \
             and prints the ratio. Every request is signed. Exits with 1 if any request went wrong.",
        )
        .subcommand_required(true)
        .disable_help_subcommand(true)
        .subcommand(
            Command::new(HEARTBEAT)
                .about("RecordActivityTaskHeartbeat with details, one activity task for each connection.")
                .args(options()),
        )
        .subcommand(
            Command::new(WORKFLOW)
                .about(
                    "Complete executions of one activity, seven calls each: start, two decision polls, two decision \
                     completions, an activity poll, a completion. The ratio is that of calls a second; the latency is \
                     that of a whole execution.",
                )
                .args(options()),
        )
        .subcommand(baseline)
}

fn options() -> [Arg; 7] {
    [
        Arg::new(SECONDS)
            .long(SECONDS)
            .value_name("NUMBER")
            .default_value("9")
            .value_parser(value_parser!(u64).range(1..=3600))
            .help(
                "How long each of the two servers is measured, in three slices by turns, of which the median counts. \
                 A second of warm-up for each comes before.",
            ),
        Arg::new(CONNECTIONS)
            .long(CONNECTIONS)
            .value_name("NUMBER")
            .default_value("64")
            .value_parser(value_parser!(u64).range(1..=4096))
            .help("Connections to each of the two servers, each with one request at a time."),
        Arg::new(ENDPOINT_URL)
            .long(ENDPOINT_URL)
            .value_name("URL")
            .help(
                "A running server, on this machine if the ratio is to mean something. It keeps a domain of the run. \
                 [default: a server is started on a fresh data directory, and both are gone afterwards]",
            ),
        Arg::new(DATA_DIR)
            .long(DATA_DIR)
            .value_name("FOLDER")
            .value_parser(value_parser!(PathBuf))
            .help(
                "Where the fresh data directory is made, and so which disk is used; with --endpoint-url, where the disk \
                 of that server is measured. [default: the folder for temporary files; with --endpoint-url the disk is \
                 not measured]",
            ),
        Arg::new(ACCESS_CONTROL)
            .long(ACCESS_CONTROL)
            .action(ArgAction::SetTrue)
            .conflicts_with(ENDPOINT_URL)
            .help(
                "Measure what access control costs: a server that checks signatures and policies, compared with one \
                 that does not. [default: a server without, compared with the bare server]",
            ),
        Arg::new(AUDIT_LOG)
            .long(AUDIT_LOG)
            .action(ArgAction::SetTrue)
            .requires(ACCESS_CONTROL)
            .help(
                "With --access-control: the server also writes its audit log, as it does by default. [default: it \
                 writes none]",
            ),
        Arg::new(JSON)
            .long(JSON)
            .action(ArgAction::SetTrue)
            .help("Print one JSON object. [default: a table]"),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(words: &str) -> Result<Task, String> {
        let words: Vec<OsString> = words.split_whitespace().map(Into::into).collect();
        parse(&words)
    }

    #[test]
    fn everything_has_a_default() {
        let expected = Arguments {
            operation: Operation::Heartbeat,
            reference: Reference::BareServer,
            time: Duration::from_secs(9),
            connections: 64,
            endpoint: None,
            data_dir: None,
            json: false,
        };
        assert_eq!(parsed("heartbeat"), Ok(Task::Measure(expected)));
    }

    #[test]
    fn everything_can_be_chosen() {
        let words = "workflow --seconds 1 --connections 3 --endpoint-url http://127.0.0.1:1 --data-dir d --json";
        let expected = Arguments {
            operation: Operation::Workflow,
            reference: Reference::BareServer,
            time: Duration::from_secs(1),
            connections: 3,
            endpoint: Some(Endpoint::parse("http://127.0.0.1:1").expect("a URL")),
            data_dir: Some("d".into()),
            json: true,
        };
        assert_eq!(parsed(words), Ok(Task::Measure(expected)));
        let Ok(Task::Measure(arguments)) = parsed("heartbeat --access-control") else {
            panic!("no arguments");
        };
        let reference = |audit_log| Reference::OpenServer { audit_log };
        assert_eq!(arguments.reference, reference(false));
        let Ok(Task::Measure(arguments)) = parsed("heartbeat --access-control --audit-log") else {
            panic!("no arguments");
        };
        assert_eq!(arguments.reference, reference(true));
        let expected = Task::ServeBaseline { reply_bytes: 25 };
        assert_eq!(parsed("baseline-server --reply-bytes 25"), Ok(expected));
    }

    #[test]
    fn mistakes_are_named() {
        for (words, named) in [
            ("", "subcommand"),
            ("heartbeats", "heartbeat"),
            ("heartbeat --seconds 0", "--seconds"),
            ("heartbeat --seconds x", "--seconds"),
            ("heartbeat --connections 5000", "--connections"),
            ("workflow --connections 2", "--connections"),
            ("heartbeat --endpoint-url nowhere", "--endpoint-url"),
            ("workflow --jsn", "--json"),
            ("heartbeat --audit-log", "--access-control"),
            (
                "heartbeat --access-control --endpoint-url http://127.0.0.1:1",
                "--access-control",
            ),
        ] {
            let text = parsed(words).expect_err(words);
            assert!(text.contains(named), "{words}: {text}");
        }
    }

    #[test]
    fn the_help_explains_every_option_with_its_default() {
        for words in ["heartbeat --help", "workflow --help"] {
            let Ok(Task::Show(text)) = parsed(words) else {
                panic!("no help for {words}");
            };
            for option in options() {
                let name = option.get_id().as_str();
                assert!(text.contains(&format!("--{name}")), "{name}: {text}");
            }
            assert_eq!(
                text.matches("[default: ").count(),
                options().len(),
                "{text}"
            );
        }
    }
}
