//! What a worker process tells on its standard output, a line each: the demo draws its bar from these lines.

use std::fmt;

use crate::checksum::Position;

/// Something that happened to a worker's task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Notice {
    /// It has got a task, which goes on from here.
    Started(Position),
    /// The service has answered a heartbeat with these details.
    Heartbeat(Position),
    /// It has completed the task.
    Completed(Position),
    /// It has stopped because cancellation was requested.
    Canceled(Position),
    /// It has failed the task, for this reason.
    Failed(String),
    /// The task is no longer its own: timed out, or its execution is closed.
    Lost,
}

const STARTED: &str = "started";
const HEARTBEAT: &str = "heartbeat";
const COMPLETED: &str = "completed";
const CANCELED: &str = "canceled";
const FAILED: &str = "failed";
const LOST: &str = "lost";

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Started(position) => write!(f, "{STARTED} {position}"),
            Self::Heartbeat(position) => write!(f, "{HEARTBEAT} {position}"),
            Self::Completed(position) => write!(f, "{COMPLETED} {position}"),
            Self::Canceled(position) => write!(f, "{CANCELED} {position}"),
            Self::Failed(reason) => write!(f, "{FAILED} {}", reason.escape_debug()),
            Self::Lost => f.write_str(LOST),
        }
    }
}

impl Notice {
    /// Reads a line. A reason stays as it was escaped for its line.
    pub(crate) fn parse(line: &str) -> Option<Self> {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        let position = || Position::parse(rest);
        match word {
            STARTED => position().map(Self::Started),
            HEARTBEAT => position().map(Self::Heartbeat),
            COMPLETED => position().map(Self::Completed),
            CANCELED => position().map(Self::Canceled),
            FAILED => Some(Self::Failed(rest.into())),
            LOST => Some(Self::Lost),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notices_are_lines() {
        let position = Position {
            files: 3,
            bytes: 4,
            ..Default::default()
        };
        for notice in [
            Notice::Started(position),
            Notice::Heartbeat(position),
            Notice::Completed(position),
            Notice::Canceled(position),
            Notice::Failed("a file: gone".into()),
            Notice::Lost,
        ] {
            let line = notice.to_string();
            assert!(!line.contains('\n'));
            assert_eq!(Notice::parse(&line), Some(notice));
        }
        assert_eq!(Notice::Failed("a\nb".into()).to_string(), "failed a\\nb");
        assert_eq!(Notice::parse("heartbeat {}"), None);
        assert_eq!(Notice::parse("hello"), None);
    }
}
