//! Values that this machine knows: regions, profiles, files.

use std::path::Path;

use everbeat_client::shared_files::{SharedFiles, Variables, expanded};
use everbeat_prompt::{Choice, Choices};

/// What stands before the name of a file that a value is read from.
pub(super) const FILE_PREFIXES: [&str; 2] = ["file://", "fileb://"];

/// Regions that SWF is served in; any other may be typed.
pub(super) const REGIONS: &[&str] = &[
    "af-south-1",
    "ap-east-1",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "ca-central-1",
    "eu-central-1",
    "eu-north-1",
    "eu-south-1",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "me-south-1",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
];

/// Entries of a folder that are offered at most.
const MOST_FILES: usize = 500;

/// The profiles of the shared files; none if they cannot be read.
pub(super) fn profiles(variables: &Variables) -> Vec<String> {
    SharedFiles::load(variables).map_or_else(|_| Vec::new(), |files| files.profiles())
}

/// The entries of the folder that a path is in, hidden ones only where the path names one; folders end in `/`. Names that
/// would break lines or move a terminal's cursor are left out.
pub(super) fn files(prefix: &str, path: &str, variables: &Variables) -> Choices {
    let (folder, typed) = path
        .rfind('/')
        .map_or(("", path), |at| path.split_at(at + 1));
    let place = if folder.is_empty() {
        ".".to_owned()
    } else {
        expanded(folder, variables)
    };
    let mut names: Vec<String> = std::fs::read_dir(Path::new(&place))
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let mut name = entry.file_name().into_string().ok()?;
            if entry.path().is_dir() {
                name.push('/');
            }
            Some(name)
        })
        .filter(|name| !name.contains(char::is_control))
        .filter(|name| !name.starts_with('.') || typed.starts_with('.'))
        .take(MOST_FILES)
        .collect();
    names.sort();
    let list = names
        .into_iter()
        .map(|name| Choice {
            text: format!("{prefix}{folder}{name}"),
            ..Choice::plain(name)
        })
        .collect();
    Choices {
        typed: typed.into(),
        list,
    }
}
