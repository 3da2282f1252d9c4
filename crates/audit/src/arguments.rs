//! The words behind `everbeat audit`.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::{Arg, ArgMatches, Command, value_parser};
use everbeat_command::Words;

use crate::chain::{Hash, Head};
use crate::folder::number_of;
use crate::verify::Verification;

const VERIFY: &str = "verify";
const FOLDER: &str = "folder";
const FROM: &str = "from";
const EXPECT: &str = "expect";

/// The variables by which a server is told where its log and its data are.
const LOG_VARIABLE: &str = "EVERBEAT_AUDIT_LOG";
const DATA_VARIABLE: &str = "EVERBEAT_DATA_DIR";
/// Values of the first that are no folders.
const NOWHERE: &str = "none";
const BESIDE_DATA: &str = "data";
/// The folder of the log in that of the data.
const BESIDE: &str = "audit";
/// Where a server keeps its log that was told neither a data directory nor a folder for it.
const DEFAULT_FOLDER: &str = "./everbeat-data/audit";

/// The value of a variable, if it is set.
pub(crate) type Environment<'a> = dyn Fn(&str) -> Option<String> + 'a;

/// What the words ask for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Task {
    Verify(Verification),
    Show(String),
}

/// Reads the words.
///
/// # Errors
/// What is wrong with them, for people.
pub(crate) fn parse(words: &[OsString], environment: &Environment<'_>) -> Result<Task, String> {
    let matches = match everbeat_command::read(command(), words.iter().cloned()) {
        Words::Matched(matches) => matches,
        Words::Help(text) => return Ok(Task::Show(text)),
        Words::Wrong(sentence) => return Err(sentence),
    };
    match matches.subcommand() {
        Some((_, matches)) => verification(matches, environment).map(Task::Verify),
        None => Err("verify?".into()),
    }
}

/// Where a server with these settings in its environment keeps its log, or would if it kept one.
fn folder_of(environment: &Environment<'_>) -> Result<PathBuf, String> {
    let path = |name: &str| match environment(name) {
        Some(empty) if empty.is_empty() => Err(format!("{name} is empty")),
        given => Ok(given),
    };
    let beside = [NOWHERE, BESIDE_DATA];
    match path(LOG_VARIABLE)?.filter(|folder| !beside.contains(&folder.as_str())) {
        Some(folder) => Ok(folder.into()),
        None => {
            let data = path(DATA_VARIABLE)?;
            Ok(data.map_or_else(
                || DEFAULT_FOLDER.into(),
                |data| Path::new(&data).join(BESIDE),
            ))
        }
    }
}

fn verification(
    matches: &ArgMatches,
    environment: &Environment<'_>,
) -> Result<Verification, String> {
    let folder: Option<&PathBuf> = matches.get_one(FOLDER);
    let from: Option<&PathBuf> = matches.get_one(FROM);
    // A file that is given with its folder names both.
    let beside = from
        .and_then(|from| from.parent())
        .filter(|parent| *parent != Path::new(""));
    let folder = match (folder, beside) {
        (Some(folder), Some(beside)) if folder != beside => {
            return Err(format!("--{FROM}: the file is not in --{FOLDER}"));
        }
        (Some(folder), _) => folder.clone(),
        (None, Some(beside)) => beside.to_owned(),
        (None, None) => folder_of(environment)?,
    };
    let from = from
        .map(|from| {
            number_of(from).ok_or_else(|| {
                format!(
                    "--{FROM}: {}: files are called audit-000001.jsonl and so on",
                    from.display()
                )
            })
        })
        .transpose()?;
    let expect = matches
        .get_one::<String>(EXPECT)
        .map(|point| {
            read_point(point).ok_or_else(|| {
                format!("--{EXPECT}: {point}: not a number, a colon and 64 lower-case hex digits")
            })
        })
        .transpose()?;
    Ok(Verification {
        folder,
        from,
        expect,
    })
}

fn read_point(text: &str) -> Option<Head> {
    let (number, hash) = text.split_once(':')?;
    Some(Head {
        number: number.parse().ok()?,
        hash: Hash::read(hash.as_bytes())?,
    })
}

fn command() -> Command {
    Command::new("everbeat audit")
        .bin_name("everbeat audit")
        .about("The audit log: who did what, and who was refused.")
        .subcommand_required(true)
        .disable_help_subcommand(true)
        .subcommand(
            Command::new(VERIFY)
                .about(
                    "Reads the whole log and checks that no line was changed, moved or removed. Names the first place \
                     where that is not so, and then exits with 1. The server may run meanwhile.",
                )
                .args(options()),
        )
}

fn options() -> [Arg; 3] {
    [
        Arg::new(FOLDER)
            .long(FOLDER)
            .value_name("FOLDER")
            .value_parser(value_parser!(PathBuf))
            .help(format!(
                "Where the log is. [default: {LOG_VARIABLE}, else `{BESIDE}` in {DATA_VARIABLE}, else {DEFAULT_FOLDER}]"
            )),
        Arg::new(FROM)
            .long(FROM)
            .value_name("FILE")
            .value_parser(value_parser!(PathBuf))
            .help("The file to begin with. [default: the oldest, and then no file may be missing that rotation kept]"),
        Arg::new(EXPECT)
            .long(EXPECT)
            .value_name("NUMBER:HASH")
            .help(
                "The end of the log as it was printed at another time: it must still be there. Without it nobody can \
                 tell that the end was cut off. [default: none]",
            ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(words: &str) -> Result<Task, String> {
        let words: Vec<OsString> = words.split_whitespace().map(Into::into).collect();
        parse(&words, &|_| None)
    }

    fn verification(folder: &str, from: Option<u64>, expect: Option<Head>) -> Task {
        Task::Verify(Verification {
            folder: folder.into(),
            from,
            expect,
        })
    }

    #[test]
    fn everything_has_a_default() {
        let expected = verification("./everbeat-data/audit", None, None);
        assert_eq!(parsed("verify"), Ok(expected));
    }

    #[test]
    fn the_log_is_where_the_server_keeps_it() {
        let parsed = |log: Option<&str>, data: Option<&str>, words: &[&str]| {
            let environment = |name: &str| match name {
                "EVERBEAT_AUDIT_LOG" => log.map(str::to_owned),
                "EVERBEAT_DATA_DIR" => data.map(str::to_owned),
                _ => None,
            };
            let words: Vec<OsString> = words.iter().map(Into::into).collect();
            parse(&words, &environment)
        };
        for (log, data, folder) in [
            (Some("log"), Some("/data"), "log"),
            (Some("none"), Some("/data"), "/data/audit"),
            (Some("data"), Some("/data"), "/data/audit"),
            (Some("data"), None, "./everbeat-data/audit"),
            (None, Some("/data"), "/data/audit"),
        ] {
            let expected = Ok(verification(folder, None, None));
            assert_eq!(parsed(log, data, &["verify"]), expected, "{log:?} {data:?}");
        }
        let chosen = parsed(Some(""), None, &["verify", "--folder", "log"]);
        assert_eq!(chosen, Ok(verification("log", None, None)));
        for (log, data, name) in [
            (Some(""), None, "EVERBEAT_AUDIT_LOG"),
            (None, Some(""), "EVERBEAT_DATA_DIR"),
        ] {
            let text = parsed(log, data, &["verify"]).expect_err("it is empty");
            assert_eq!(text, format!("{name} is empty"));
        }
    }

    #[test]
    fn everything_can_be_chosen() {
        let hash = "ab".repeat(32);
        let words = format!("verify --folder log --from audit-000003.jsonl --expect 17:{hash}");
        let expect = Head {
            number: 17,
            hash: Hash::read(hash.as_bytes()).expect("a hash"),
        };
        assert_eq!(
            parsed(&words),
            Ok(verification("log", Some(3), Some(expect)))
        );
    }

    #[test]
    fn a_file_with_its_folder_names_both() {
        let expected = verification("log/here", Some(2), None);
        assert_eq!(
            parsed("verify --from log/here/audit-000002.jsonl"),
            Ok(expected)
        );
        let expected = verification("log/here", Some(2), None);
        let words = "verify --from log/here/audit-000002.jsonl --folder log/here/";
        assert_eq!(parsed(words), Ok(expected));
    }

    #[test]
    fn mistakes_are_named() {
        for (words, named) in [
            ("", "subcommand"),
            ("verfy", "verify"),
            ("verify --from log.txt", "--from"),
            ("verify --from a/audit-000002.jsonl --folder b", "--from"),
            ("verify --expect 7", "--expect"),
            ("verify --expect 7:abc", "--expect"),
            ("verify --folder", "--folder"),
            ("verify --foldr x", "--folder"),
        ] {
            let text = parsed(words).expect_err(words);
            assert!(text.contains(named), "{words}: {text}");
            let is_sentence = !["\n", "Usage", "--help"]
                .iter()
                .any(|part| text.contains(part));
            assert!(is_sentence, "{words}: {text}");
        }
        let upper = format!("verify --expect 7:{}", "AB".repeat(32));
        assert!(parsed(&upper).is_err());
    }

    #[test]
    fn the_help_explains_every_option_with_its_default() {
        let Ok(Task::Show(text)) = parsed("verify --help") else {
            panic!("no help");
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
