//! What the demo says before the first act and after the last.

use std::fmt::Write;
use std::path::Path;

use everbeat_cli::{View, timeline};
use everbeat_model::{HistoryEvent, WorkflowExecution};

use crate::api::DOMAIN;
use crate::files::Scan;
use crate::list::FileList;
use crate::progress::{counted, megabytes};
use crate::screen::Screen;
use crate::server::Server;

/// More names of unreadable files than these are not told.
const MOST_NAMES: usize = 3;

/// What will be worked on, and where the server is.
pub(crate) fn opening(directory: &Path, scan: &Scan, list: &FileList, server: &Server) -> String {
    format!(
        "Server   process {} on {}, data in a temporary folder\n{}",
        server.id(),
        server.url(),
        work(directory, scan, list)
    )
}

fn work(directory: &Path, scan: &Scan, list: &FileList) -> String {
    let mut text = format!(
        "Files    {} below {}",
        counted(scan.files.len(), "file"),
        directory.display()
    );
    if list.generated > 0 {
        let generated = counted(list.generated, "generated file");
        let _ = write!(text, " and {generated}, so that there is a half-way");
    }
    let _ = writeln!(text, "; {}", megabytes(list.bytes()));
    if !scan.unreadable.is_empty() {
        let count = counted(scan.unreadable.len(), "path");
        let _ = writeln!(
            text,
            "         left out, unreadable: {count}: {}",
            names(scan)
        );
    }
    if scan.is_cut {
        text.push_str("         left out: what is beyond 256 MB or 20,000 files and folders\n");
    }
    text
}

fn names(scan: &Scan) -> String {
    let named = scan.unreadable.iter().take(MOST_NAMES);
    let mut names: Vec<String> = named
        .map(|(name, reason)| format!("{} ({reason})", name.escape_debug()))
        .collect();
    if scan.unreadable.len() > MOST_NAMES {
        names.push("…".into());
    }
    names.join(", ")
}

/// The history of a run as a table.
pub(crate) fn history(run: &WorkflowExecution, events: &[HistoryEvent], screen: &Screen) -> String {
    let now = events.last().map(|event| event.event_timestamp);
    let view = View {
        now: now.unwrap_or_default(),
        colour: screen.colour,
    };
    let title = format!("History of {}", run.workflow_id);
    format!("\n{}\n{}", screen.strong(&title), timeline(events, view))
}

/// The lines that show the same, and how to get a server for them.
pub(crate) fn closing(runs: &[WorkflowExecution], server: &Server, keep: bool) -> String {
    let mut text = String::from("\nThe same from the command line");
    if keep {
        text.push_str(", in another terminal:\n");
        for line in server.environment() {
            let _ = writeln!(text, "  {line}");
        }
    } else {
        text.push_str(
            ", while a server of `everbeat demo --keep` is up, with the settings that it prints:\n",
        );
    }
    text.push_str(&command_lines(runs));
    if keep {
        let url = server.url();
        let _ = writeln!(text, "\nThe server stays up on {url} until ctrl-c.");
    }
    text
}

fn command_lines(runs: &[WorkflowExecution]) -> String {
    let mut text = String::new();
    for run in runs {
        let _ = writeln!(text, "  everbeat history {DOMAIN} {}", run.workflow_id);
    }
    let _ = writeln!(
        text,
        "  aws swf list-closed-workflow-executions --domain {DOMAIN} --start-time-filter oldestDate=0"
    );
    if let Some(run) = runs.last() {
        for program in ["everbeat", "aws swf"] {
            let _ = writeln!(
                text,
                "  {program} get-workflow-execution-history --domain {DOMAIN} --execution workflowId={},runId={}",
                run.workflow_id, run.run_id
            );
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::list::Entry;

    fn entry(name: &str) -> Entry {
        Entry {
            name: name.into(),
            path: name.into(),
            size: 1_500_000,
        }
    }

    fn list(generated: usize) -> FileList {
        FileList {
            entries: vec![entry("a"), entry("b")],
            generated,
        }
    }

    #[test]
    fn all_is_well_in_one_line() {
        let scan = Scan {
            files: vec![entry("a"), entry("b")],
            ..Default::default()
        };
        let text = work(Path::new("x"), &scan, &list(0));
        assert_eq!(text, "Files    2 files below x; 3.0 MB\n");
    }

    #[test]
    fn what_is_added_and_left_out_is_told() {
        let unreadable = |name: &str| (name.into(), "locked".into());
        let scan = Scan {
            files: vec![entry("a")],
            unreadable: ["1\n", "2", "3", "4"].map(unreadable).into(),
            is_cut: true,
            ..Default::default()
        };
        assert_eq!(
            work(Path::new("x"), &scan, &list(1)),
            "Files    1 file below x and 1 generated file, so that there is a half-way; 3.0 MB\n\
             \u{20}        left out, unreadable: 4 paths: 1\\n (locked), 2 (locked), 3 (locked), …\n\
             \u{20}        left out: what is beyond 256 MB or 20,000 files and folders\n"
        );
    }

    #[test]
    fn command_lines_name_the_runs() {
        let run = |id: &str| WorkflowExecution {
            workflow_id: id.into(),
            run_id: "r".into(),
        };
        let lines = command_lines(&[run("one"), run("two")]);
        assert!(lines.contains("  everbeat history demo one\n"));
        assert!(lines.ends_with("--execution workflowId=two,runId=r\n"));
    }
}
