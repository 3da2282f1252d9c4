//! `everbeat access`: makes the folder of identities, changes it, and tells what is allowed.
//!
//! One file for each group of subcommands; a subcommand is its words and a function, a row each in [`ALL`]. Results go
//! to standard output, so that they can be piped and evaluated by a shell; what went wrong is one sentence on standard
//! error. Only [`run`] knows the real environment, clock and outputs; [`execute`] is given them.

mod attach;
mod check;
mod create;
mod credentials;
mod explain;
mod find;
mod init;
mod keys;
mod list;
mod sessions;
mod simulate;

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use everbeat_command::{Words, print, read};
use jiff::Timestamp;

pub use crate::failure::Failure;
use crate::secrets::Environment;
use crate::shell;

/// The variable that names the folder, for this command and for the server.
const VARIABLE: &str = "EVERBEAT_ACCESS";
const DEFAULT_FOLDER: &str = "access";
/// What the variable says to a server that checks nothing.
const NOTHING: &str = "none";
const FOLDER: &str = "folder";
const JSON: &str = "json";
const PROGRAM: &str = "everbeat access";
/// The word that asks for help, as the option does.
const HELP: &str = "help";

/// What a command needs to know of the machine.
pub struct World<'a> {
    /// The environment's variables.
    pub environment: &'a Environment<'a>,
    /// The time of the call.
    pub now: Timestamp,
}

/// A subcommand with its words.
struct Call<'a> {
    matches: &'a ArgMatches,
    folder: &'a Path,
    json: bool,
    world: &'a World<'a>,
}

impl Call<'_> {
    fn text(&self, name: &str) -> Option<&str> {
        self.matches.get_one::<String>(name).map(String::as_str)
    }

    /// A word that clap has required.
    fn required(&self, name: &str) -> &str {
        self.text(name).unwrap_or_default()
    }

    fn texts(&self, name: &str) -> Vec<&str> {
        let texts = self.matches.get_many::<String>(name);
        texts.into_iter().flatten().map(String::as_str).collect()
    }

    /// Another command on the same folder, as it is typed.
    fn proposal(&self, words: &str) -> String {
        match self.matches.get_one::<PathBuf>(FOLDER) {
            Some(folder) => format!("{PROGRAM} --{FOLDER} {} {words}", shell::word(folder)),
            None => format!("{PROGRAM} {words}"),
        }
    }
}

struct Subcommand {
    words: fn() -> Command,
    run: fn(&Call<'_>) -> Result<String, Failure>,
}

macro_rules! subcommands {
    ($($words:path => $run:path),+ $(,)?) => {
        const ALL: &[Subcommand] = &[$(Subcommand { words: $words, run: $run }),+];
    };
}

subcommands! {
    init::words => init::run,
    create::user_words => create::create_user,
    create::group_words => create::create_group,
    create::role_words => create::create_role,
    create::delete_user_words => create::delete_user,
    create::delete_group_words => create::delete_group,
    create::delete_role_words => create::delete_role,
    keys::create_words => keys::create,
    keys::rotate_words => keys::rotate,
    keys::delete_words => keys::delete,
    sessions::words => sessions::run,
    attach::attach_words => attach::attach,
    attach::detach_words => attach::detach,
    attach::add_words => attach::add,
    attach::remove_words => attach::remove,
    list::words => list::run,
    check::words => check::run,
    simulate::words => simulate::run,
    explain::words => explain::run,
}

/// Carries out `everbeat access` with the words behind `access`. Prints the result, or why there is none.
pub fn run(words: &[OsString]) -> ExitCode {
    let world = World {
        environment: &|name| std::env::var(name).ok(),
        now: Timestamp::now(),
    };
    match execute(words, &world) {
        Ok(text) => print(&text),
        Err(Failure::Broken(errors)) if wants_json(words) => {
            print(&check::errors_json(&errors));
            ExitCode::FAILURE
        }
        Err(failure) => {
            eprintln!("{PROGRAM}: {failure}");
            failure.exit_code()
        }
    }
}

/// Carries out the words, and gives what is to be printed.
///
/// # Errors
/// Why nothing was done. What was done before is not lost: each command changes the folder as a whole or not at all.
pub fn execute(words: &[OsString], world: &World<'_>) -> Result<String, Failure> {
    let matches = match read(command(), help_as_option(words)) {
        Words::Matched(matches) => matches,
        Words::Help(text) => return Ok(text),
        Words::Wrong(sentence) => return Err(Failure::Usage(sentence)),
    };
    let chosen = matches.subcommand().and_then(|(name, matches)| {
        let subcommand = ALL.iter().find(|one| (one.words)().get_name() == name)?;
        Some((subcommand, matches))
    });
    let Some((subcommand, matches)) = chosen else {
        return Err(Failure::Usage(format!(
            "which command? `{PROGRAM} --help` lists them"
        )));
    };
    let folder = match matches.get_one::<PathBuf>(FOLDER) {
        Some(folder) => folder.clone(),
        None => folder_of(world.environment)?,
    };
    (subcommand.run)(&Call {
        matches,
        folder: &folder,
        json: matches.get_flag(JSON),
        world,
    })
}

/// Whether words that were understood ask for JSON.
fn wants_json(words: &[OsString]) -> bool {
    let json = format!("--{JSON}");
    words.iter().any(|word| *word == *json)
}

/// The words, with the option in the place of a command `help`.
fn help_as_option(words: &[OsString]) -> Vec<OsString> {
    let mut words = words.to_vec();
    let folder = format!("--{FOLDER}");
    let mut place = 0;
    while let Some(word) = words.get(place).filter(|word| is_option(word)) {
        place += if *word == *folder { 2 } else { 1 };
    }
    if words.get(place).is_some_and(|word| word == HELP) {
        words.remove(place);
        words.push(format!("--{HELP}").into());
    }
    words
}

fn is_option(word: &OsStr) -> bool {
    word.as_encoded_bytes().starts_with(b"--")
}

/// The folder that the environment names, else the default.
fn folder_of(environment: &Environment<'_>) -> Result<PathBuf, Failure> {
    match environment(VARIABLE).as_deref() {
        None => Ok(DEFAULT_FOLDER.into()),
        Some("") => Err(Failure::Usage(format!("{VARIABLE} is empty"))),
        Some(NOTHING) => Err(Failure::Usage(format!(
            "{VARIABLE} is '{NOTHING}', with which a server checks nothing: name a folder with --{FOLDER}"
        ))),
        Some(folder) => Ok(folder.into()),
    }
}

fn command() -> Command {
    Command::new(PROGRAM)
        .bin_name(PROGRAM)
        .about(
            "Manages who may call the server: users, groups, roles, their access keys and their IAM policies. \
             A running server takes changes up within about a second.",
        )
        .subcommand_required(true)
        .disable_help_subcommand(true)
        .arg(
            Arg::new(FOLDER)
                .long(FOLDER)
                .global(true)
                .value_name("FOLDER")
                .value_parser(value_parser!(PathBuf))
                .help("Folder of the identities. [default: the variable EVERBEAT_ACCESS, else ./access]"),
        )
        .arg(
            Arg::new(JSON)
                .long(JSON)
                .global(true)
                .action(ArgAction::SetTrue)
                .help("Print JSON, where the result is data. [default: text]"),
        )
        .subcommands(ALL.iter().map(|one| (one.words)()))
}

/// An option with a value.
fn option(name: &'static str, value: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).value_name(value).help(help)
}

/// An option that may be given more than once.
fn repeated(name: &'static str, value: &'static str, help: &'static str) -> Arg {
    option(name, value, help).action(ArgAction::Append)
}

/// A required word.
fn word(name: &'static str, help: &'static str) -> Arg {
    Arg::new(name).value_name(name).required(true).help(help)
}

/// An option without a value.
fn flag(name: &'static str, help: &'static str) -> Arg {
    Arg::new(name)
        .long(name)
        .action(ArgAction::SetTrue)
        .help(help)
}

fn json_line(value: &serde_json::Value) -> String {
    format!("{value:#}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_are_well_formed_and_all_are_explained() {
        command().debug_assert();
        for subcommand in command().get_subcommands() {
            let name = subcommand.get_name();
            assert!(subcommand.get_about().is_some(), "{name}");
            for argument in subcommand.get_arguments() {
                assert!(
                    argument.get_help().is_some(),
                    "{name} {}",
                    argument.get_id()
                );
            }
        }
    }
}
