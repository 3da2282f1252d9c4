//! What can be wrong with a log, and how that is said: one sentence each, for an operator who has to find the place.

use std::fmt;
use std::io;
use std::path::PathBuf;

use crate::chain::Hash;

/// Where a chain is broken.
#[derive(Debug)]
pub(crate) struct Break {
    pub(crate) path: PathBuf,
    /// The line in this file, from 1. None: the flaw is one of the file or the folder.
    pub(crate) line: Option<u64>,
    pub(crate) flaw: Flaw,
}

/// What is wrong.
#[derive(Debug)]
pub(crate) enum Flaw {
    /// It cannot be read.
    Unreadable(io::Error),
    /// There is no file.
    Nothing,
    /// There is a file, and no line.
    Empty,
    /// The line has not the form of one.
    NoLine,
    /// Its bytes are others than those that were hashed.
    Changed { number: u64 },
    /// Numbers from `due` to the one before `found` are not here.
    Removed { due: u64, found: u64 },
    /// A number that was there before.
    Repeated { due: u64, found: u64 },
    /// The number fits, the hash of the line before does not.
    Rewritten { number: u64 },
    /// The file does not begin with its own first line.
    OtherFile,
    /// Files of these numbers are missing.
    MissingFiles { first: u64, last: u64 },
    /// The last line has no end.
    Torn { bytes: u64 },
    /// The expected line has another hash.
    OtherHash { number: u64, expected: Hash },
    /// The chain ends before the expected line.
    TailMissing { last: u64, expected: u64 },
    /// The chain begins after the expected line.
    NotKept { first: u64, expected: u64 },
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(error) => write!(f, "it cannot be read: {error}"),
            Self::Nothing => f.write_str("there is no audit log here"),
            Self::Empty => f.write_str("no line is in it: it was emptied, or its first line could not be written"),
            Self::NoLine => f.write_str("this is no line of an audit log: it was changed"),
            Self::Changed { number } => write!(
                f,
                "the line with number {number} was changed: its hash does not fit its bytes"
            ),
            Self::Removed { due, found } if *found == due + 1 => {
                write!(f, "number {due} was removed: {found} stands in its place")
            }
            Self::Removed { due, found } => write!(
                f,
                "numbers {due} to {} were removed: {found} stands in their place",
                found - 1
            ),
            Self::Repeated { due, found } => write!(
                f,
                "number {found} stands where {due} was due: lines were moved, repeated or put in between"
            ),
            Self::Rewritten { number } => write!(
                f,
                "number {number} does not follow from the line before it: one of the two was written anew"
            ),
            Self::OtherFile => {
                f.write_str("the file does not begin with the line that opened it: lines were removed, or it was renamed")
            }
            Self::MissingFiles { first, last } if first == last => {
                write!(f, "this file is missing (number {first})")
            }
            Self::MissingFiles { first, last } => {
                write!(f, "this file is missing, and so are all from number {first} to {last}")
            }
            Self::Torn { bytes } => write!(
                f,
                "the file ends within a line, after {bytes} bytes of it: it was cut, or its writer was; of the last \
                 file the server cuts off such a rest at its next start, and says so in a line"
            ),
            Self::OtherHash { number, expected } => write!(
                f,
                "number {number} has not the hash {expected} that was expected: the log was written anew"
            ),
            Self::TailMissing { last, expected } => write!(
                f,
                "the log ends with number {last}, but {expected} was expected: its end was cut off"
            ),
            Self::NotKept { first, expected } => write!(
                f,
                "number {expected} was expected, but lies before number {first}, with which this part of the log begins"
            ),
        }
    }
}
