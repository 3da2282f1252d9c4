//! Values that name files: `file://` and `fileb://` (cli.md section 5.2).

use std::collections::BTreeMap;
use std::path::PathBuf;

use everbeat_json::python;

use crate::exit::Failure;

/// Reads files: what the shell's variables and the home directory are.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Files<'a> {
    pub(crate) variables: &'a BTreeMap<String, String>,
}

/// What a word of the line stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Given {
    /// Itself.
    Word(String),
    /// The text of a file.
    Content(String),
    /// The bytes of a file.
    Bytes(Vec<u8>),
}

impl Files<'_> {
    /// The word, or the content of the file that it names: a text behind `file://`, bytes behind `fileb://`.
    ///
    /// # Errors
    /// The reference's sentence: the file cannot be read, or is no UTF-8.
    pub(crate) fn resolved(&self, word: &str) -> Result<Given, String> {
        let (path, is_text) = match (word.strip_prefix("file://"), word.strip_prefix("fileb://")) {
            (Some(path), _) => (path, true),
            (None, Some(path)) => (path, false),
            (None, None) => return Ok(Given::Word(word.into())),
        };
        let path = self.expanded(path);
        let bytes = std::fs::read(&path).map_err(|error| {
            let reason = python_error(&error);
            let path = python::quoted(&path.to_string_lossy());
            format!("Unable to load paramfile {word}: {reason}: {path}")
        })?;
        if !is_text {
            return Ok(Given::Bytes(bytes));
        }
        let text = String::from_utf8(bytes).map_err(|_| {
            format!(
                "Unable to load paramfile ({}), text contents could not be decoded.  If this is a binary file, please \
                 use the fileb:// prefix instead of the file:// prefix.",
                path.display()
            )
        })?;
        // A file is read with one kind of line ends.
        Ok(Given::Content(
            text.replace("\r\n", "\n").replace('\r', "\n"),
        ))
    }

    /// The text that an option (with its dashes) of one word gives, itself or from a file; bytes as Python shows them.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub(crate) fn text(&self, option: &str, words: &[String]) -> Result<String, Failure> {
        let word = words.first().map_or("", String::as_str);
        match self.resolved(word) {
            Ok(Given::Word(text) | Given::Content(text)) => Ok(text),
            Ok(Given::Bytes(bytes)) => Ok(python::bytes(&bytes)),
            Err(text) => Err(Failure::parameter(format!(
                "Error parsing parameter '{option}': {text}"
            ))),
        }
    }

    /// `~` at the start, `$NAME` and `${NAME}`; unknown variables stay as written.
    fn expanded(&self, path: &str) -> PathBuf {
        let mut out = String::new();
        let mut rest = path;
        while let Some(at) = rest.find('$') {
            out.push_str(&rest[..at]);
            let after = &rest[at + 1..];
            let (name, length) = variable_name(after);
            match self.variables.get(name) {
                Some(value) if !name.is_empty() => out.push_str(value),
                _ => out.push_str(&rest[at..at + 1 + length]),
            }
            rest = &after[length..];
        }
        out.push_str(rest);
        match (out.strip_prefix('~'), self.variables.get("HOME")) {
            (Some(rest), Some(home)) if rest.is_empty() || rest.starts_with('/') => {
                format!("{home}{rest}").into()
            }
            _ => out.into(),
        }
    }
}

/// The name at the start of the text behind a `$`, and how long it is with its braces.
fn variable_name(after: &str) -> (&str, usize) {
    if let Some(inner) = after.strip_prefix('{') {
        return match inner.find('}') {
            Some(end) => (&inner[..end], end + 2),
            None => ("", 0),
        };
    }
    let end = after
        .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .unwrap_or(after.len());
    (&after[..end], end)
}

/// An error of the operating system as Python prints it: `[Errno 2] No such file or directory`.
pub(crate) fn python_error(error: &std::io::Error) -> String {
    let text = error.to_string();
    match (error.raw_os_error(), text.split(" (os error").next()) {
        (Some(number), Some(reason)) => format!("[Errno {number}] {reason}"),
        _ => text,
    }
}
