//! A folder in a temporary place, and the commands on it, at a fixed time and in an environment of their own.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use everbeat_access::command::{Failure, World, execute};
use everbeat_access::{Directory, LoadError};

pub(crate) const ACCOUNT: &str = "123456789012";
pub(crate) const KEY: &str = "AKIAIOSFODNN7EXAMPLE";
pub(crate) const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
pub(crate) const DOMAIN: &str = "arn:aws:swf:us-east-1:123456789012:/domain/orders";

/// A document of one statement.
pub(crate) fn allow(action: &str, resource: &str) -> String {
    format!(
        r#"{{"Version": "2012-10-17", "Statement": [{{"Sid": "Only", "Effect": "Allow", "Action": "{action}", "Resource": "{resource}"}}]}}"#
    )
}

pub(crate) struct Folder {
    place: tempfile::TempDir,
    pub(crate) environment: BTreeMap<String, String>,
    now: &'static str,
}

impl Folder {
    /// There is nothing in it.
    pub(crate) fn empty() -> Self {
        Self {
            place: tempfile::tempdir().expect("a temporary folder"),
            environment: BTreeMap::new(),
            now: "2026-11-23T10:00:00Z",
        }
    }

    /// `access.toml` is the version and this text; the policy `all` allows everything.
    pub(crate) fn with(access: &str) -> Self {
        let folder = Self::empty();
        folder.write("access.toml", format!("version = 1\n{access}"));
        folder.write("policies/all.json", allow("swf:*", "*"));
        folder
    }

    /// What `everbeat access init` makes.
    pub(crate) fn made() -> Self {
        let folder = Self::empty();
        folder.run("init");
        folder
    }

    pub(crate) fn at(mut self, now: &'static str) -> Self {
        self.now = now;
        self
    }

    pub(crate) fn path(&self) -> &Path {
        self.place.path()
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }

    /// Secrets are for the owner alone.
    pub(crate) fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        let file = self.file(name);
        fs::create_dir_all(file.parent().expect("it is in a folder")).expect("a folder");
        fs::write(&file, text).expect("a file");
        self.permit(name, if name == "secrets.toml" { 0o600 } else { 0o644 });
    }

    pub(crate) fn permit(&self, name: &str, mode: u32) {
        fs::set_permissions(self.file(name), fs::Permissions::from_mode(mode)).expect("it is ours");
    }

    pub(crate) fn mode(&self, name: &str) -> u32 {
        let metadata = fs::metadata(self.file(name)).expect("it is there");
        metadata.permissions().mode() & 0o777
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.file(name)).expect("it is there")
    }

    pub(crate) fn load(&self) -> Result<Directory, LoadError> {
        Directory::load(self.path(), &|name| self.environment.get(name).cloned())
    }

    pub(crate) fn loaded(&self) -> Directory {
        self.load().expect("the folder is good")
    }

    /// Why it does not load, with the folder's own path taken away.
    pub(crate) fn refusal(&self) -> String {
        let error = self.load().expect_err("the folder is broken");
        self.without_path(&error.to_string())
    }

    pub(crate) fn warnings(&self) -> Vec<String> {
        let warnings = self.loaded().warnings;
        warnings
            .iter()
            .map(|warning| self.without_path(warning))
            .collect()
    }

    /// Carries out a command; words are split at spaces.
    pub(crate) fn execute(&self, words: &str) -> Result<String, Failure> {
        let folder = [OsString::from("--folder"), self.path().into()];
        let words = words.split(' ').map(OsString::from);
        let words: Vec<_> = folder.into_iter().chain(words).collect();
        let world = World {
            environment: &|name| self.environment.get(name).cloned(),
            now: self.now.parse().expect("a time"),
        };
        execute(&words, &world)
    }

    /// Carries out a command that works.
    pub(crate) fn run(&self, words: &str) -> String {
        let text = self.execute(words);
        let text = text.unwrap_or_else(|failure| panic!("{words}: {failure}"));
        self.without_path(&text)
    }

    /// Why a command does not work.
    pub(crate) fn failure(&self, words: &str) -> String {
        match self.execute(words) {
            Ok(text) => panic!("{words}: {text}"),
            Err(failure) => self.without_path(&failure.to_string()),
        }
    }

    pub(crate) fn json(&self, words: &str) -> serde_json::Value {
        let text = self.run(&format!("{words} --json"));
        serde_json::from_str(&text).expect("it is JSON")
    }

    fn without_path(&self, text: &str) -> String {
        let path = self.path().display().to_string();
        text.replace(&format!("{path}/"), "")
            .replace(&path, "FOLDER")
    }
}

/// The value of an `export` line.
pub(crate) fn exported(text: &str, name: &str) -> String {
    let start = format!("export {name}=");
    let value = text.lines().find_map(|line| line.strip_prefix(&start));
    value
        .unwrap_or_else(|| panic!("no {name}: {text}"))
        .to_owned()
}
