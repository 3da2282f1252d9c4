//! What Everbeat's own commands (`serve`, `demo`, `bench`, `access`, `audit`) have in common: words that cannot be
//! understood are told in one sentence, with what was perhaps meant, and output may go into a pipe that is closed.

#![warn(missing_docs)]

use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;

use clap::{ArgMatches, Command};

/// Exit code for words that cannot be understood, as everywhere in the command line.
pub const USAGE: u8 = 252;

/// What the words behind a command's name say.
#[derive(Debug)]
pub enum Words {
    /// What to do.
    Matched(ArgMatches),
    /// To show this text on standard output, and nothing else: help was asked for.
    Help(String),
    /// Nothing that the command understands; why, in one sentence.
    Wrong(String),
}

/// Reads the words behind a command's name, by which the command is called as well.
pub fn read(command: Command, words: impl IntoIterator<Item = OsString>) -> Words {
    let program = OsString::from(command.get_name());
    match command.try_get_matches_from(std::iter::once(program).chain(words)) {
        Ok(matches) => Words::Matched(matches),
        Err(error) if error.use_stderr() => Words::Wrong(sentence(&error.to_string())),
        Err(error) => Words::Help(error.to_string()),
    }
}

/// What is wrong with the words, and what was perhaps meant, without the block of usage behind it.
fn sentence(text: &str) -> String {
    let mut parts = text.trim_start_matches("error: ").split("\n\n");
    let joined = |part: &str| part.split_whitespace().collect::<Vec<_>>().join(" ");
    let reason = joined(parts.next().unwrap_or_default());
    let next = parts.next().unwrap_or_default().trim_start();
    match next.strip_prefix("tip: ") {
        Some(tip) => format!("{reason}; {}", joined(tip)),
        None => reason,
    }
}

/// Prints a text. Who has closed the other end of the pipe wanted no more of it: that is a failure, and no panic.
pub fn print(text: &str) -> ExitCode {
    let mut output = std::io::stdout().lock();
    match output
        .write_all(text.as_bytes())
        .and_then(|()| output.flush())
    {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

#[cfg(test)]
mod tests {
    use clap::Arg;

    use super::*;

    fn wrong(words: &[&str]) -> String {
        let command = Command::new("everbeat test")
            .arg(Arg::new("folder").long("folder"))
            .arg(Arg::new("place").required(true));
        match read(command, words.iter().map(OsString::from)) {
            Words::Wrong(sentence) => sentence,
            other => panic!("{words:?}: {other:?}"),
        }
    }

    #[test]
    fn what_is_wrong_is_one_sentence() {
        assert_eq!(
            wrong(&["here", "--foldr", "x"]),
            "unexpected argument '--foldr' found; a similar argument exists: '--folder'"
        );
        assert_eq!(
            wrong(&[]),
            "the following required arguments were not provided: <place>"
        );
        assert_eq!(
            wrong(&["here", "--folder"]),
            "a value is required for '--folder <folder>' but none was supplied"
        );
    }

    #[test]
    fn help_is_no_mistake() {
        let words = ["--help"].map(OsString::from);
        let read = read(Command::new("everbeat test").about("Tests."), words);
        let Words::Help(text) = read else {
            panic!("{read:?}");
        };
        assert!(text.starts_with("Tests.\n\nUsage: everbeat test"), "{text}");
    }
}
