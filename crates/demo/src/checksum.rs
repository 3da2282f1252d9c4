//! Work that can be resumed: a checksum whose position fits into the details of a heartbeat.
//!
//! The digest is a chain: each piece of at most 16 KiB gives a SHA-256 over the digest before it, the file's name and
//! size at a file's start, and the bytes. So a position (files, bytes, digest) is all that a second worker needs to go
//! on, even within a file.

use std::fmt;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::time::Instant;

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::list::{Entry, FileList};

const PIECE: u64 = 16 * 1024;

/// How far the work is. Its text is the details of the heartbeats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Position {
    /// Files that are done.
    pub(crate) files: usize,
    /// Bytes that are done, those of a file that is not done included.
    pub(crate) bytes: u64,
    /// Digest of all that is done.
    pub(crate) digest: Chain,
}

/// A link of the chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Chain([u8; 32]);

impl fmt::Display for Chain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl Chain {
    /// The first characters, which tell digests apart well enough for people.
    pub(crate) fn short(&self) -> String {
        let mut text = self.to_string();
        text.truncate(16);
        text
    }

    fn parse(text: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        if text.len() != 64 || !text.is_ascii() {
            return None;
        }
        for (index, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(text.get(2 * index..2 * index + 2)?, 16).ok()?;
        }
        Some(Self(bytes))
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            files,
            bytes,
            digest,
        } = self;
        write!(
            f,
            r#"{{"files":{files},"bytes":{bytes},"digest":"{digest}"}}"#
        )
    }
}

impl Position {
    /// Reads what [`Display`](fmt::Display) wrote.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        Self::from_json(&serde_json::from_str(text).ok()?)
    }

    fn from_json(value: &Value) -> Option<Self> {
        Some(Self {
            files: usize::try_from(value.get("files")?.as_u64()?).ok()?,
            bytes: value.get("bytes")?.as_u64()?,
            digest: Chain::parse(value.get("digest")?.as_str()?)?,
        })
    }
}

/// The input of the workflow and of its activity tasks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Work {
    /// Where to go on; none for a first attempt.
    pub(crate) from: Option<Position>,
    /// Path of the list of files.
    pub(crate) list: String,
}

impl fmt::Display for Work {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = Value::from(self.list.as_str());
        match self.from {
            Some(from) => write!(f, r#"{{"from":{from},"list":{list}}}"#),
            None => write!(f, r#"{{"list":{list}}}"#),
        }
    }
}

impl Work {
    /// Reads what [`Display`](fmt::Display) wrote.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let value: Value = serde_json::from_str(text).ok()?;
        let from = match value.get("from") {
            Some(from) => Some(Position::from_json(from)?),
            None => None,
        };
        let list = value.get("list")?.as_str()?.into();
        Some(Self { from, list })
    }
}

/// Goes on from `position` until at least `bytes` bytes are done in all, or the list ends, or after at least one piece
/// `deadline` has passed.
///
/// # Errors
/// When a file cannot be read or has become shorter.
pub(crate) fn advance(
    list: &FileList,
    position: Position,
    bytes: u64,
    deadline: Instant,
) -> io::Result<Position> {
    let before = list.entries.get(..position.files).unwrap_or_default();
    let begun: u64 = before.iter().map(|entry| entry.size).sum();
    let mut offset = position.bytes.saturating_sub(begun);
    let mut position = position;
    let is_enough = |done: u64| done >= bytes || Instant::now() >= deadline;
    while let Some(entry) = list.entries.get(position.files) {
        let mut file = open_at(entry, offset).map_err(|error| naming(entry, &error))?;
        loop {
            let piece =
                read_piece(&mut file, entry, offset).map_err(|error| naming(entry, &error))?;
            position.digest = next(position.digest, entry, offset, &piece);
            position.bytes += piece.len() as u64;
            offset += piece.len() as u64;
            if offset >= entry.size {
                break;
            }
            if is_enough(position.bytes) {
                return Ok(position);
            }
        }
        position.files += 1;
        offset = 0;
        if is_enough(position.bytes) {
            break;
        }
    }
    Ok(position)
}

fn open_at(entry: &Entry, offset: u64) -> io::Result<File> {
    let mut file = File::open(&entry.path)?;
    file.seek(SeekFrom::Start(offset))?;
    Ok(file)
}

fn read_piece(file: &mut File, entry: &Entry, offset: u64) -> io::Result<Vec<u8>> {
    let length = PIECE.min(entry.size.saturating_sub(offset));
    let mut piece = vec![0; usize::try_from(length).map_err(io::Error::other)?];
    file.read_exact(&mut piece)?;
    Ok(piece)
}

fn next(before: Chain, entry: &Entry, offset: u64, piece: &[u8]) -> Chain {
    let mut hash = Sha256::new();
    hash.update(before.0);
    if offset == 0 {
        hash.update((entry.name.len() as u64).to_le_bytes());
        hash.update(&entry.name);
        hash.update(entry.size.to_le_bytes());
    }
    hash.update(piece);
    Chain(hash.finalize().into())
}

fn naming(entry: &Entry, error: &io::Error) -> io::Error {
    let reason = match error.kind() {
        io::ErrorKind::UnexpectedEof => "it has become shorter".into(),
        _ => error.to_string(),
    };
    io::Error::new(error.kind(), format!("{}: {reason}", entry.name))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const NO_LIMIT: Duration = Duration::from_secs(3600);

    fn list(folder: &tempfile::TempDir, sizes: &[usize]) -> FileList {
        let entry = |(index, size): (usize, &usize)| {
            let name = format!("f{index}");
            let path = folder.path().join(&name);
            let content: Vec<u8> = (0..*size).map(|at| (at / 7 + index) as u8).collect();
            std::fs::write(&path, content).expect("a file");
            let size = *size as u64;
            Entry { name, path, size }
        };
        FileList {
            entries: sizes.iter().enumerate().map(entry).collect(),
            generated: 0,
        }
    }

    fn steps(list: &FileList, step: u64) -> Vec<Position> {
        let deadline = Instant::now() + NO_LIMIT;
        let mut positions = vec![Position::default()];
        while let Some(last) = positions.last()
            && last.files < list.entries.len()
        {
            // Each step starts from the text, as a second worker does.
            let from = Position::parse(&last.to_string()).expect("its own text");
            let bytes = from.bytes + step;
            positions.push(advance(list, from, bytes, deadline).expect("files"));
        }
        positions
    }

    #[test]
    fn the_digest_does_not_depend_on_where_it_was_resumed() {
        let folder = tempfile::tempdir().expect("a folder");
        let list = list(&folder, &[0, 10, 200_000, 0, 65_536, 3, 0]);
        let at_once = steps(&list, u64::MAX / 2);
        assert_eq!(at_once.len(), 2);
        let done = at_once[1];
        assert_eq!((done.files, done.bytes), (7, list.bytes()));
        for step in [1, 65_536, 100_000] {
            let positions = steps(&list, step);
            assert!(positions.len() > 3, "{step}");
            assert_eq!(positions.last(), Some(&done), "{step}");
        }
    }

    #[test]
    fn names_bytes_and_their_order_make_the_digest() {
        let folder = tempfile::tempdir().expect("a folder");
        let list = list(&folder, &[5, 5]);
        let digest = |list: &FileList| steps(list, u64::MAX / 2)[1].digest;
        let mut reversed = list.clone();
        reversed.entries.reverse();
        let mut renamed = list.clone();
        renamed.entries[0].name = "g0".into();
        assert_ne!(digest(&list), digest(&reversed));
        assert_ne!(digest(&list), digest(&renamed));
    }

    #[test]
    fn a_passed_deadline_ends_a_step_after_one_piece() {
        let folder = tempfile::tempdir().expect("a folder");
        let list = list(&folder, &[200_000]);
        let position = advance(&list, Position::default(), u64::MAX, Instant::now());
        assert_eq!(position.expect("a file").bytes, PIECE);
    }

    #[test]
    fn a_file_that_changed_is_named() {
        let folder = tempfile::tempdir().expect("a folder");
        let list = list(&folder, &[10]);
        std::fs::write(&list.entries[0].path, "short").expect("a file");
        let result = advance(&list, Position::default(), 10, Instant::now() + NO_LIMIT);
        let error = result.expect_err("too short");
        assert_eq!(error.to_string(), "f0: it has become shorter");
    }

    #[test]
    fn details_and_inputs_are_read_back() {
        let position = Position {
            files: usize::MAX,
            bytes: u64::MAX,
            digest: Chain([0xa5; 32]),
        };
        let details = position.to_string();
        assert!(details.len() <= 2048);
        assert_eq!(Position::parse(&details), Some(position));
        for from in [None, Some(position)] {
            let list = "/tmp/a \"b\"\n".into();
            let work = Work { from, list };
            assert_eq!(Work::parse(&work.to_string()), Some(work));
        }
    }

    #[test]
    fn other_texts_are_no_details() {
        for text in [
            "",
            "{}",
            r#"{"files":1,"bytes":2}"#,
            r#"{"files":-1,"bytes":2,"digest":""}"#,
        ] {
            assert_eq!(Position::parse(text), None);
        }
        assert_eq!(Work::parse(r#"{"from":{},"list":"x"}"#), None);
        let odd = format!(r#"{{"files":1,"bytes":2,"digest":"{}"}}"#, "é".repeat(32));
        assert_eq!(Position::parse(&odd), None);
    }
}
