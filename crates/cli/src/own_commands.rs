//! The commands of this crate that are no operations: one row each. Running a line, help, completion and the prompt go
//! over the rows.

use crate::exit::Failure;
use crate::{Line, Streams, clock, completion, environment, history, stuck};

/// A command that is no operation.
pub(crate) struct OwnCommand {
    /// The first word of its lines.
    pub(crate) name: &'static str,
    /// What it does.
    pub(crate) text: &'static str,
    /// Carries out a line whose first word it is.
    pub(crate) run: fn(&Line<'_>, &mut Streams<'_>) -> Result<(), Failure>,
}

pub(crate) const OWN_COMMANDS: &[OwnCommand] = &[
    OwnCommand {
        name: "history",
        text: "DOMAIN WORKFLOW-ID [RUN-ID]: print a history as a timeline.",
        run: history::run,
    },
    OwnCommand {
        name: "stuck",
        text: "DOMAIN [WORKFLOW-ID [RUN-ID]]: say why executions are not moving.",
        run: stuck::run,
    },
    OwnCommand {
        name: "clock",
        text: "[advance DURATION | skip]: show or move the clock of executions.",
        run: clock::run,
    },
    OwnCommand {
        name: "env",
        text: "Print shell lines that lead every SWF client to the server.",
        run: environment::run,
    },
    OwnCommand {
        name: "completion",
        text: "bash|zsh|fish: print a script that completes words in that shell.",
        run: completion::shell::run,
    },
];

/// The command of that name.
pub(crate) fn own_command(name: &str) -> Option<&'static OwnCommand> {
    OWN_COMMANDS.iter().find(|command| command.name == name)
}
