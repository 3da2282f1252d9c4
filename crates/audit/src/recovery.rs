//! Where the chain of a folder ends, when its log is opened again.
//!
//! Only the end is read: the last line of the last file. A crash may have left a part of a line behind it, which is cut
//! off; or a file that has no whole line yet, and then the chain ends in the file before it.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use crate::chain::{Head, Link, MAX_LINE_BYTES};
use crate::error::OpenError;
use crate::folder::{list, path_of};

/// How much is read at once, from the end backwards.
const BLOCK: u64 = 64 << 10;

/// What the folder holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Recovered {
    pub(crate) head: Head,
    /// The last file, 0 if there is none, and how many bytes of whole lines are in it.
    pub(crate) file: u64,
    pub(crate) length: u64,
    /// The oldest file that is kept, as the last one that was begun says.
    pub(crate) oldest: u64,
    /// Bytes behind the last whole line.
    pub(crate) torn: u64,
}

/// Finds the end of the chain.
///
/// # Errors
/// The folder cannot be read, or the last line is not as it was written.
pub(crate) fn recover(folder: &Path) -> Result<Recovered, OpenError> {
    let files = list(folder).map_err(|error| OpenError::Machine(folder.to_owned(), error))?;
    let Some(last) = files.last().copied() else {
        return Ok(Recovered {
            head: Head::START,
            file: 0,
            length: 0,
            oldest: 1,
            torn: 0,
        });
    };
    let end = end_of(folder, last)?;
    let (head, written) = match end.head {
        Some(head) => (head, last),
        None if last <= 1 => (Head::START, 0),
        None => {
            let before = last - 1;
            let path = path_of(folder, before);
            if !files.contains(&before) {
                return Err(OpenError::Missing(path));
            }
            let head = end_of(folder, before)?.head;
            (head.ok_or(OpenError::Damaged(path))?, before)
        }
    };
    let oldest = match written {
        0 => 1,
        file => {
            let path = path_of(folder, file);
            oldest_kept(&path)
                .map_err(|error| OpenError::Machine(path.clone(), error))?
                .ok_or(OpenError::Damaged(path))?
        }
    };
    Ok(Recovered {
        head,
        file: last,
        length: end.length,
        oldest,
        torn: end.torn,
    })
}

/// How a file ends.
struct End {
    /// Of the last whole line, if there is one.
    head: Option<Head>,
    /// Bytes of whole lines, and bytes behind them.
    length: u64,
    torn: u64,
}

fn end_of(folder: &Path, file: u64) -> Result<End, OpenError> {
    let path = path_of(folder, file);
    let machine = |error| OpenError::Machine(path.clone(), error);
    let mut file = File::open(&path).map_err(machine)?;
    let bytes = file.metadata().map_err(machine)?.len();
    let length = newline_before(&mut file, bytes)
        .map_err(machine)?
        .map_or(0, |at| at + 1);
    let torn = bytes - length;
    if length == 0 {
        return Ok(End {
            head: None,
            length,
            torn,
        });
    }
    let start = newline_before(&mut file, length - 1)
        .map_err(machine)?
        .map_or(0, |at| at + 1);
    let line = read_at(&mut file, start, length - 1 - start).map_err(machine)?;
    match Link::read(&line).filter(Link::is_whole) {
        Some(link) => Ok(End {
            head: Some(link.head()),
            length,
            torn,
        }),
        None => Err(OpenError::Damaged(path)),
    }
}

/// Where the last newline before `end` is.
fn newline_before(file: &mut File, mut end: u64) -> io::Result<Option<u64>> {
    while end > 0 {
        let start = end.saturating_sub(BLOCK);
        let block = read_at(file, start, end - start)?;
        if let Some(at) = block.iter().rposition(|byte| *byte == b'\n') {
            return Ok(Some(start + at as u64));
        }
        end = start;
    }
    Ok(None)
}

/// Reads a part of a file; less of it where the part is longer than any line, which no line then is.
fn read_at(file: &mut File, start: u64, length: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(start))?;
    file.take(length.min(MAX_LINE_BYTES as u64))
        .read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The oldest file that was kept when a file was begun: its first line says it. None: the line does not.
pub(crate) fn oldest_kept(path: &Path) -> io::Result<Option<u64>> {
    let mut line = Vec::new();
    BufReader::new(File::open(path)?)
        .take(MAX_LINE_BYTES as u64)
        .read_until(b'\n', &mut line)?;
    Ok(opening(&line).map(|opening| opening.oldest))
}

/// What the first line of a file says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Opening {
    pub(crate) file: u64,
    pub(crate) oldest: u64,
}

/// Reads the first line of a file.
pub(crate) fn opening(line: &[u8]) -> Option<Opening> {
    let line: serde_json::Value = serde_json::from_slice(line).ok()?;
    if line.get("kind")?.as_str()? != "file" {
        return None;
    }
    Some(Opening {
        file: line.get("file")?.as_u64()?,
        oldest: line.get("oldest")?.as_u64()?,
    })
}

#[cfg(test)]
mod tests;
