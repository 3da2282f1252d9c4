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

    /// The profile that the variables name. An empty name is a name, and no profile has it.
    pub fn named_profile(variables: &Variables) -> Option<&str> {
        ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"]
            .iter()
            .find_map(|name| variables.get(*name))
            .map(String::as_str)
    }

    /// Whether either file has a section for the profile.
    pub fn has_profile(&self, profile: &str) -> bool {
        self.config_section(profile).is_some() || self.credentials_section(profile).is_some()
    }

    /// The names of all profiles, sorted.
    pub fn profiles(&self) -> Vec<String> {
        let of_config = self.config.iter().filter_map(|section| {
            let is_default = section.name == "default";
            second_word(&section.name, "profile")
                .or_else(|| is_default.then(|| section.name.clone()))
        });
        let of_credentials = self.credentials.iter().map(|section| section.name.clone());
        let mut names: Vec<String> = of_config.chain(of_credentials).collect();
        names.sort();
        names.dedup();
        names
    }

    /// The profile's section in the config file; the last one, should there be several.
    pub fn config_section(&self, profile: &str) -> Option<&Section> {
        self.config.iter().rev().find(|section| {
            (section.name == "default" && profile == "default")
                || second_word(&section.name, "profile").is_some_and(|name| name == profile)
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
        self.config
            .iter()
            .rev()
            .find(|section| second_word(&section.name, kind).is_some_and(|found| found == name))
    }
}

/// The name in a section's name `KIND NAME`, which is split into words as a shell does.
fn second_word(section: &str, kind: &str) -> Option<String> {
    if !section.starts_with(kind) {
        return None;
    }
    <[String; 2]>::try_from(shlex::split(section)?)
        .ok()
        .map(|[_, name]| name)
}

/// A path as the user wrote it, with its variables and a leading `~` put in.
pub fn expanded(path: &str, variables: &Variables) -> String {
    let mut text = String::new();
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('$') {
        text.push_str(before);
        let (name, behind) = match after
            .strip_prefix('{')
            .and_then(|after| after.split_once('}'))
        {
            Some(braced) => braced,
            None => {
                let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
                after.split_at(after.find(|c| !is_name(c)).unwrap_or(after.len()))
            }
        };
        match variables.get(name) {
            Some(value) => text.push_str(value),
            None => text.push_str(&rest[before.len()..rest.len() - behind.len()]),
        }
        rest = behind;
    }
    text.push_str(rest);
    match (text.strip_prefix('~'), variables.get("HOME")) {
        (Some(rest), Some(home)) if rest.is_empty() || rest.starts_with('/') => {
            format!("{}{rest}", home.trim_end_matches('/'))
        }
        _ => text,
    }
}

/// The sections of a file that a variable names, or of `~/.aws/<name>`; none when there is no such file.
fn read(variables: &Variables, variable: &str, name: &str) -> Result<Vec<Section>, UnreadableFile> {
    let named = variables.get(variable).cloned();
    let path = named.unwrap_or_else(|| format!("~/.aws/{name}"));
    let path = PathBuf::from(expanded(&path, variables));
    let Ok(bytes) = std::fs::read(&path) else {
        return Ok(Vec::new());
    };
    String::from_utf8(bytes)
        .ok()
        .and_then(|text| ini::parse(&text).ok())
        .ok_or(UnreadableFile(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(config: &str) -> SharedFiles {
        SharedFiles {
            config: ini::parse(config).expect("good text"),
            credentials: Vec::new(),
        }
    }

    #[test]
    fn profiles_are_found_by_the_words_of_their_sections() {
        let region = |config: &str, profile: &str| {
            let files = files(config);
            files.profile_value(profile, "region").map(str::to_owned)
        };
        for (config, profile, expected) in [
            ("[profile a]\nregion=r", "a", Some("r")),
            ("[profile\t a]\nregion=r", "a", Some("r")),
            ("[profile \"a b\"]\nregion=r", "a b", Some("r")),
            ("[profile a b]\nregion=r", "a b", None),
            ("[a]\nregion=r", "a", None),
            ("[ default ]\nregion=r", "default", None),
            (
                "[default]\nregion=q\n[profile default]\nregion=r",
                "default",
                Some("r"),
            ),
            (
                "[profile default]\nregion=q\n[default]\nregion=r",
                "default",
                Some("r"),
            ),
        ] {
            assert_eq!(region(config, profile).as_deref(), expected, "{config}");
        }
    }

    #[test]
    fn paths_are_put_together_from_variables() {
        let variables =
            Variables::from([("HOME".into(), "/home/u".into()), ("X".into(), "x".into())]);
        for (path, expected) in [
            ("~/a", "/home/u/a"),
            ("~", "/home/u"),
            ("~v/a", "~v/a"),
            ("$HOME/${X}y/$X$X", "/home/u/xy/xx"),
            ("$NONE/${NONE}/$", "$NONE/${NONE}/$"),
            ("", ""),
        ] {
            assert_eq!(expanded(path, &variables), expected);
        }
    }
}
