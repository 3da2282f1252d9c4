//! Reading the whole chain again, file by file and line by line, in constant memory.
//!
//! The server may write meanwhile: a file that is followed by another is read to its end once more, as lines may have
//! come while nobody knew of the other; a line at the very end that has no newline yet is waited for; and files that the
//! newest one does not need any more ([`oldest_needed`]) may go.
//!
//! Old files that rotation has removed are no flaw, as the first line of each file names the oldest one that was kept
//! when it was begun. Any other missing file is one.

use std::fs::File;
use std::io::{self, BufRead, BufReader, ErrorKind, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::chain::{Head, Link, MAX_LINE_BYTES};
use crate::flaw::{Break, Flaw};
use crate::folder::{list, path_of};
use crate::recovery::{oldest_kept, opening};

const BUFFER_BYTES: usize = 256 << 10;
/// How often progress is told, in lines.
const PROGRESS_LINES: u64 = 1 << 16;
/// A line that has no end yet is looked at so often, with such pauses: its writer may be in the middle of it.
const LOOKS: u32 = 25;
const PAUSE: Duration = Duration::from_millis(20);

/// What is to be verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Verification {
    pub(crate) folder: PathBuf,
    /// The file to begin with, whatever came before it. None: the oldest that is there.
    pub(crate) from: Option<u64>,
    /// A line that was in the chain once.
    pub(crate) expect: Option<Head>,
}

/// A chain without a flaw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sound {
    /// The file that the chain was read from, and what came before its first line.
    pub(crate) first_file: u64,
    pub(crate) before: Head,
    pub(crate) last: Head,
    pub(crate) files: u64,
}

/// Reads the chain from its beginning, or from a file, to its end. Calls `progress` now and then with the file and the
/// number of the line.
///
/// # Errors
/// The first break.
pub(crate) fn verify(
    verification: &Verification,
    progress: &mut dyn FnMut(&Path, u64),
) -> Result<Sound, Break> {
    let folder = &verification.folder;
    let files = files_in(folder)?;
    let first = first_file(folder, &files, verification.from)?;
    let mut chain = Chain {
        folder,
        expect: verification.expect,
        before: (first == 1).then_some(Head::START),
        head: (first == 1).then_some(Head::START),
        progress,
    };
    let mut sound = Sound {
        first_file: first,
        before: Head::START,
        last: Head::START,
        files: 0,
    };
    let mut file = Some(first);
    while let Some(number) = file {
        let (due, open) = match chain.file(number) {
            Ok(open) => {
                sound.files += 1;
                (number + 1, open)
            }
            // Removed since it was seen, by rotation if all is well.
            Err(Break {
                flaw: Flaw::Unreadable(error),
                ..
            }) if error.kind() == ErrorKind::NotFound => (number, None),
            Err(flaw) => return Err(flaw),
        };
        file = next_file(folder, due)?;
        if let (Some(mut lines), true) = (open, file.is_some()) {
            // It was the last one when its end was seen, and has been gone on with before it was followed.
            chain.lines(number, &mut lines, true)?;
        }
        if let Some(next) = file.filter(|next| *next > due) {
            chain.restart();
            sound.first_file = next;
            sound.files = 0;
        }
    }
    let (Some(before), Some(last)) = (chain.before, chain.head) else {
        return Err(at(folder, None, Flaw::Nothing));
    };
    chain.check_expected_is_within(before, last)?;
    if last == Head::START {
        // Even a log that has just been begun has its first file's first line.
        return Err(at(&path_of(folder, first), None, Flaw::Empty));
    }
    sound.before = before;
    sound.last = last;
    Ok(sound)
}

fn at(path: &Path, line: Option<u64>, flaw: Flaw) -> Break {
    let path = path.to_owned();
    Break { path, line, flaw }
}

fn files_in(folder: &Path) -> Result<Vec<u64>, Break> {
    list(folder).map_err(|error| at(folder, None, Flaw::Unreadable(error)))
}

/// Where to begin.
fn first_file(folder: &Path, files: &[u64], from: Option<u64>) -> Result<u64, Break> {
    if let Some(from) = from {
        return Ok(from);
    }
    let Some(first) = files.first().copied() else {
        return Err(at(folder, None, Flaw::Nothing));
    };
    match missing(folder, files, 1, first)? {
        Some(flaw) => Err(flaw),
        None => Ok(first),
    }
}

/// The file to go on with: `due`, or the first after it if those in between are not needed any more. None: the end.
fn next_file(folder: &Path, due: u64) -> Result<Option<u64>, Break> {
    let files = files_in(folder)?;
    let Some(next) = files.iter().copied().find(|file| *file >= due) else {
        return Ok(None);
    };
    match missing(folder, &files, due, next)? {
        Some(flaw) => Err(flaw),
        None => Ok(Some(next)),
    }
}

/// The files from `due` to the one before `next` are not there; is that a flaw?
fn missing(folder: &Path, files: &[u64], due: u64, next: u64) -> Result<Option<Break>, Break> {
    let first = due.max(oldest_needed(folder, files)?);
    Ok((first < next).then(|| {
        let last = next - 1;
        let path = path_of(folder, first);
        at(&path, None, Flaw::MissingFiles { first, last })
    }))
}

/// The oldest file that must be there, as the newest says. The newest may be so new that it does not say it yet.
fn oldest_needed(folder: &Path, files: &[u64]) -> Result<u64, Break> {
    for file in files.iter().rev() {
        let path = path_of(folder, *file);
        match oldest_kept(&path) {
            Ok(Some(oldest)) => return Ok(oldest),
            Ok(None) => {}
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(at(&path, None, Flaw::Unreadable(error))),
        }
    }
    Ok(1)
}

/// The chain as far as it was read.
struct Chain<'a> {
    folder: &'a Path,
    expect: Option<Head>,
    /// What came before the first line, and the last line; none before a line was read, unless nothing came before.
    before: Option<Head>,
    head: Option<Head>,
    progress: &'a mut dyn FnMut(&Path, u64),
}

impl Chain<'_> {
    /// What was read does not lead to the rest.
    fn restart(&mut self) {
        self.before = None;
        self.head = None;
    }

    /// Reads a file to its end. Gives it back if it was not yet followed by another, so that there may be more.
    fn file(&mut self, number: u64) -> Result<Option<Lines>, Break> {
        let path = path_of(self.folder, number);
        let mut lines =
            Lines::open(&path).map_err(|error| at(&path, None, Flaw::Unreadable(error)))?;
        let complete = self.lines(number, &mut lines, false)?;
        Ok((!complete).then_some(lines))
    }

    /// Reads lines to the end of their file; whether it is complete, as it is once the next file is there.
    fn lines(&mut self, number: u64, lines: &mut Lines, is_followed: bool) -> Result<bool, Break> {
        let path = path_of(self.folder, number);
        let unreadable = |error| at(&path, None, Flaw::Unreadable(error));
        let next = path_of(self.folder, number + 1);
        let mut complete = is_followed;
        loop {
            match lines.next().map_err(unreadable)? {
                Piece::Line => self.line(number, &path, lines)?,
                Piece::TooLong => return Err(at(&path, Some(lines.count), Flaw::NoLine)),
                Piece::End | Piece::Part(_) if !complete && next.exists() => complete = true,
                Piece::Part(_) if !complete && lines.wait() => {}
                Piece::Part(bytes) => {
                    return Err(at(&path, Some(lines.count + 1), Flaw::Torn { bytes }));
                }
                Piece::End if complete && lines.count == 0 => {
                    return Err(at(&path, None, Flaw::OtherFile));
                }
                Piece::End => return Ok(complete),
            }
        }
    }

    fn line(&mut self, file: u64, path: &Path, lines: &Lines) -> Result<(), Break> {
        let wrong = |flaw| at(path, Some(lines.count), flaw);
        let link = Link::read(&lines.line).ok_or_else(|| wrong(Flaw::NoLine))?;
        if !link.is_whole() {
            let number = link.number;
            return Err(wrong(Flaw::Changed { number }));
        }
        let opens = lines.count == 1;
        if opens && opening(&lines.line).is_none_or(|opening| opening.file != file) {
            return Err(wrong(Flaw::OtherFile));
        }
        let before = match self.head {
            Some(head) => head,
            None => self.begin(&link),
        };
        follows(before, &link).map_err(wrong)?;
        self.check_expected(&link).map_err(wrong)?;
        self.head = Some(link.head());
        if link.number % PROGRESS_LINES == 0 {
            (self.progress)(path, link.number);
        }
        Ok(())
    }

    /// The chain is read from this line on: what came before it is taken from itself.
    fn begin(&mut self, link: &Link) -> Head {
        let before = Head {
            number: link.number.saturating_sub(1),
            hash: link.previous,
        };
        self.before = Some(before);
        before
    }

    fn check_expected(&self, link: &Link) -> Result<(), Flaw> {
        match self.expect {
            Some(expect) if expect.number == link.number && expect.hash != link.hash => {
                Err(Flaw::OtherHash {
                    number: expect.number,
                    expected: expect.hash,
                })
            }
            Some(_) | None => Ok(()),
        }
    }

    /// The expected line was read, or is the one right before the first.
    fn check_expected_is_within(&self, before: Head, last: Head) -> Result<(), Break> {
        let Some(expect) = self.expect else {
            return Ok(());
        };
        let expected = expect.number;
        let flaw = if expected > last.number {
            let last = last.number;
            Flaw::TailMissing { last, expected }
        } else if expected < before.number {
            let first = before.number + 1;
            Flaw::NotKept { first, expected }
        } else if expected == before.number && expect.hash != before.hash {
            let (number, expected) = (expected, expect.hash);
            Flaw::OtherHash { number, expected }
        } else {
            return Ok(());
        };
        Err(at(self.folder, None, flaw))
    }
}

/// Whether a line, whole in itself, is the one that comes after `before`.
fn follows(before: Head, link: &Link) -> Result<(), Flaw> {
    let (due, found) = (before.number + 1, link.number);
    if found > due {
        return Err(Flaw::Removed { due, found });
    }
    if found < due {
        return Err(Flaw::Repeated { due, found });
    }
    if link.previous != before.hash {
        return Err(Flaw::Rewritten { number: found });
    }
    Ok(())
}

/// The lines of a file that may grow.
struct Lines {
    reader: BufReader<File>,
    /// Where the line that is read next begins.
    position: u64,
    /// The line that was read last, without its newline, and its place in the file, from 1.
    line: Vec<u8>,
    count: u64,
    /// How often the end of a line was waited for.
    looks: u32,
}

/// What was found where a line was looked for.
enum Piece {
    Line,
    /// So many bytes, and then the file ends.
    Part(u64),
    /// More bytes than any line has.
    TooLong,
    End,
}

impl Lines {
    fn open(path: &Path) -> io::Result<Self> {
        Ok(Self {
            reader: BufReader::with_capacity(BUFFER_BYTES, File::open(path)?),
            position: 0,
            line: Vec::new(),
            count: 0,
            looks: 0,
        })
    }

    fn next(&mut self) -> io::Result<Piece> {
        self.line.clear();
        let limit = MAX_LINE_BYTES as u64;
        let bytes = (&mut self.reader)
            .take(limit)
            .read_until(b'\n', &mut self.line)? as u64;
        if self.line.last() == Some(&b'\n') {
            self.line.pop();
            self.position += bytes;
            self.count += 1;
            self.looks = 0;
            return Ok(Piece::Line);
        }
        match bytes {
            0 => Ok(Piece::End),
            bytes if bytes == limit => {
                self.count += 1;
                Ok(Piece::TooLong)
            }
            bytes => {
                // Its writer may complete it, or take it back and write another.
                self.reader.seek(SeekFrom::Start(self.position))?;
                Ok(Piece::Part(bytes))
            }
        }
    }

    /// Waits a moment. False: it has been long enough.
    fn wait(&mut self) -> bool {
        self.looks += 1;
        if self.looks > LOOKS {
            return false;
        }
        std::thread::sleep(PAUSE);
        true
    }
}

#[cfg(test)]
mod tests;
