//! `everbeat audit`: what is printed, and the exit code.

use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use everbeat_command::{USAGE, print};

use crate::arguments::{self, Task};
use crate::flaw::Break;
use crate::folder::path_of;
use crate::verify::{Sound, Verification, verify};

/// How often progress is shown.
const PROGRESS: Duration = Duration::from_secs(1);

/// Carries out `everbeat audit` with the words behind `audit`. Exits with 0 if the log is sound, with 1 if it is not.
pub fn run(words: &[OsString]) -> ExitCode {
    match arguments::parse(words, &|name| std::env::var(name).ok()) {
        Ok(Task::Show(text)) => print(&text),
        Ok(Task::Verify(verification)) => check(&verification),
        Err(text) => {
            eprintln!("everbeat audit: {text}");
            ExitCode::from(USAGE)
        }
    }
}

fn check(verification: &Verification) -> ExitCode {
    let mut shown = Instant::now();
    let mut progress = |path: &Path, number: u64| {
        if shown.elapsed() >= PROGRESS {
            shown = Instant::now();
            eprintln!("{}: up to number {number}", path.display());
        }
    };
    match verify(verification, &mut progress) {
        Ok(sound) => print(&told(verification, &sound)),
        Err(broken) => {
            eprintln!("everbeat audit: {}", place(&broken));
            ExitCode::FAILURE
        }
    }
}

/// One sentence: file, line, what is wrong.
fn place(broken: &Break) -> String {
    let path = broken.path.display();
    match broken.line {
        Some(line) => format!("{path}, line {line}: {}", broken.flaw),
        None => format!("{path}: {}", broken.flaw),
    }
}

/// What is said of a sound log: where it begins, where it ends, and what that does not show.
fn told(verification: &Verification, sound: &Sound) -> String {
    let files = match sound.files {
        1 => "1 file".to_owned(),
        files => format!("{files} files"),
    };
    let first = sound.before.number + 1;
    let last = sound.last;
    let start = path_of(&verification.folder, sound.first_file);
    let before = match (first, verification.from) {
        (1, _) => "the very first line".to_owned(),
        (_, Some(_)) => format!("what stands before {} was not looked at", start.display()),
        (_, None) => format!("rotation has removed the files before {}", start.display()),
    };
    let mut text = format!(
        "sound: numbers {first} to {} in {files}\nbegins with number {first}: {before}\nends with {}:{}\n",
        last.number, last.number, last.hash
    );
    match verification.expect {
        Some(expect) => text.push_str(&format!("holds number {} as expected\n", expect.number)),
        None => text.push_str(
            "keep the end elsewhere; with --expect the next run shows whether it is still there\n",
        ),
    }
    text
}

#[cfg(test)]
mod tests;
