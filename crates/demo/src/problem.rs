//! Why the demo could not be played: each a sentence for its user.

use std::fmt;
use std::io;
use std::path::PathBuf;

use everbeat_client::CallError;
use everbeat_model::Operation;

/// Something that did not work.
#[derive(Debug)]
pub(crate) enum Problem {
    /// The folder cannot be read.
    Directory(PathBuf, io::Error),
    /// The path is not UTF-8, so no input of a task can hold it.
    NotText(PathBuf),
    /// The machine refuses something that the demo needs: a process, a temporary folder.
    Machine(io::Error),
    /// The server ended before it was ready; with its last words.
    ServerNotReady(String),
    /// A worker was given an endpoint that is none.
    Endpoint(String),
    /// A call brought no answer, or not one that can be used.
    Call(Operation, CallError),
    /// A worker process ended by itself; with its last words.
    WorkerEnded(String),
    /// A worker process was silent for too long.
    WorkerSilent,
    /// A worker could not do the work: the reason it gave.
    WorkFailed(String),
    /// A worker or an execution did something else than the act is about.
    Unexpected(String),
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Directory(path, error) if error.kind() == io::ErrorKind::NotFound => {
                write!(f, "the folder {} does not exist", path.display())
            }
            Self::Directory(path, error) => {
                write!(f, "the folder {} cannot be read: {error}", path.display())
            }
            Self::NotText(path) => write!(
                f,
                "the demo needs a path that is UTF-8, and {} is not",
                path.display()
            ),
            Self::Machine(error) => write!(f, "the demo cannot start: {error}"),
            Self::ServerNotReady(words) => write!(f, "the server did not start: {words}"),
            Self::Endpoint(text) => f.write_str(text),
            Self::Call(operation, error) => write!(f, "{operation} failed: {error}"),
            Self::WorkerEnded(words) => write!(f, "the worker ended: {words}"),
            Self::WorkerSilent => f.write_str("the worker was not heard of for too long"),
            Self::WorkFailed(reason) => write!(f, "the worker gave up: {reason}"),
            Self::Unexpected(what) => f.write_str(what),
        }
    }
}

impl std::error::Error for Problem {}
