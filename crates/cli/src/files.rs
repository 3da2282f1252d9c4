//! Values that name files: `file://` and `fileb://` (cli.md section 5.2).

use std::collections::BTreeMap;
use std::path::PathBuf;

use everbeat_client::python_error;
use everbeat_client::shared_files::expanded;
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
        let path = PathBuf::from(expanded(path, self.variables));
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
}
