//! The shared AWS files, `~/.aws/config` and `~/.aws/credentials`, as they lie on the disk (cli.md section 10): which file,
//! which section belongs to a profile, and which file wins. What the keys mean is left to the callers.

mod ini;

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

pub use ini::Section;

/// The variables of a process.
pub type Variables = BTreeMap<String, String>;

/// Those of this process; what is no text is left out.
pub fn process_variables() -> Variables {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect()
}

/// A variable that is set and not empty.
pub fn filled<'a>(variables: &'a Variables, name: &str) -> Option<&'a str> {
    variables
        .get(name)
        .map(String::as_str)
        .filter(|value| !value.is_empty())
}

/// Both files, read.
#[derive(Debug, Clone)]
pub struct SharedFiles {
    config: Vec<Section>,
    credentials: Vec<Section>,
}

/// A file that is there and breaks the format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnreadableFile(pub PathBuf);

impl fmt::Display for UnreadableFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Unable to parse config file: {}", self.0.display())
    }
}

impl std::error::Error for UnreadableFile {}

impl SharedFiles {
    /// Reads the files that `AWS_CONFIG_FILE` and `AWS_SHARED_CREDENTIALS_FILE` name, or those in `~/.aws`. A file that
    /// is not there is empty.
    ///
    /// # Errors
    /// A file that breaks the format.
    pub fn load(variables: &Variables) -> Result<Self, UnreadableFile> {
        Ok(Self {
            config: read(variables, "AWS_CONFIG_FILE", "config")?,
            credentials: read(variables, "AWS_SHARED_CREDENTIALS_FILE", "credentials")?,
        })
    }

    /// The profile that the variables name.
    pub fn named_profile(variables: &Variables) -> Option<&str> {
        ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"]
            .iter()
            .find_map(|name| filled(variables, name))
    }

    /// Whether either file has a section for the profile.
    pub fn has_profile(&self, profile: &str) -> bool {
        self.config_section(profile).is_some() || self.credentials_section(profile).is_some()
    }

    /// The profile's section in the config file.
    pub fn config_section(&self, profile: &str) -> Option<&Section> {
        self.config
            .iter()
            .find(|section| match section.name.strip_prefix("profile ") {
                Some(name) => name.trim().trim_matches(['"', '\'']) == profile,
                None => section.name == "default" && profile == "default",
            })
    }

    /// The profile's section in the credentials file.
    pub fn credentials_section(&self, profile: &str) -> Option<&Section> {
        self.credentials
            .iter()
            .find(|section| section.name == profile)
    }

    /// A key of the profile, in either file; the credentials file wins.
    pub fn profile_value(&self, profile: &str, key: &str) -> Option<&str> {
        self.credentials_section(profile)
            .and_then(|section| section.get(key))
            .or_else(|| {
                self.config_section(profile)
                    .and_then(|section| section.get(key))
            })
    }

    /// A section of the config file that profiles refer to, such as `services NAME`.
    pub fn named_section(&self, kind: &str, name: &str) -> Option<&Section> {
        self.config.iter().find(|section| {
            section
                .name
                .strip_prefix(kind)
                .and_then(|rest| rest.strip_prefix(' '))
                .is_some_and(|found| found.trim() == name)
        })
    }
}

/// The sections of a file that a variable names, or of `~/.aws/<name>`; none when there is no such file.
fn read(variables: &Variables, variable: &str, name: &str) -> Result<Vec<Section>, UnreadableFile> {
    let home = variables.get("HOME").map_or("", String::as_str);
    let path = match variables.get(variable) {
        Some(path) => path
            .strip_prefix("~/")
            .map_or_else(|| path.into(), |rest| PathBuf::from(home).join(rest)),
        None => PathBuf::from(home).join(".aws").join(name),
    };
    let Ok(bytes) = std::fs::read(&path) else {
        return Ok(Vec::new());
    };
    String::from_utf8(bytes)
        .ok()
        .and_then(|text| ini::parse(&text).ok())
        .ok_or(UnreadableFile(path))
}
