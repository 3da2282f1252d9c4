//! Why a run ends without figures, and what went wrong during one that has figures.

use std::fmt;

use everbeat_client::CallError;
use everbeat_model::Operation;

/// A run that cannot begin or go on. Each is one sentence.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The machine refuses something that every run needs.
    Machine(std::io::Error),
    /// A server could not be started. Holds its name and the reason.
    Start(&'static str, String),
    /// A call that prepares or checks the load was refused.
    Call(Operation, CallError),
    /// A connection of the load could not be opened, or gave no usable answer.
    Connection(String),
    /// The server does not hold what it acknowledged. Says what is missing.
    Check(String),
    /// Something did not happen in time. Says what.
    Late(&'static str),
    /// Somebody wanted the run to end.
    Stopped,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Machine(error) => write!(f, "the machine refuses: {error}"),
            Self::Start(what, reason) => write!(f, "{what} could not be started: {reason}"),
            Self::Call(operation, error) => write!(f, "{operation}: {error}"),
            Self::Connection(reason) => write!(f, "a connection failed: {reason}"),
            Self::Check(missing) => write!(f, "the server does not hold what it said: {missing}"),
            Self::Late(what) => write!(f, "{what} took too long"),
            Self::Stopped => f.write_str("stopped"),
        }
    }
}

impl std::error::Error for Failure {}

/// How many texts of errors are kept.
const KEPT_TEXTS: usize = 5;

/// Errors under load: how many, and the text of the first few.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Errors {
    pub(crate) count: u64,
    texts: Vec<String>,
}

impl Errors {
    pub(crate) fn is_empty(&self) -> bool {
        self.count == 0
    }

    pub(crate) fn add(&mut self, text: String) {
        self.merge(Self {
            count: 1,
            texts: vec![text],
        });
    }

    pub(crate) fn merge(&mut self, other: Self) {
        self.count += other.count;
        self.texts.extend(other.texts);
        self.texts.truncate(KEPT_TEXTS);
    }
}

impl fmt::Display for Errors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} errors, such as:", self.count)?;
        for text in &self.texts {
            write!(f, "\n  {text}")?;
        }
        Ok(())
    }
}
