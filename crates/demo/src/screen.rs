//! Standard output: a terminal or not, with colours or without.

use std::io::{self, IsTerminal, Write};

/// Where the demo prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Screen {
    /// A line can be redrawn.
    pub(crate) is_terminal: bool,
    /// Colours are wanted: a terminal, and `NO_COLOR` is not set to anything.
    pub(crate) colour: bool,
}

impl Screen {
    /// The screen of this process.
    pub(crate) fn standard() -> Self {
        let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let is_dumb = std::env::var_os("TERM").is_some_and(|terminal| terminal == "dumb");
        let is_terminal = io::stdout().is_terminal() && !is_dumb;
        Self {
            is_terminal,
            colour: is_terminal && !is_set("NO_COLOR"),
        }
    }

    /// A heading.
    pub(crate) fn strong(&self, text: &str) -> String {
        if self.colour {
            format!("\x1b[1m{text}\x1b[0m")
        } else {
            text.into()
        }
    }

    /// Prints at once. A reader who went away is no reason to leave processes behind.
    pub(crate) fn print(&self, text: &str) {
        let mut output = io::stdout().lock();
        let _ = output.write_all(text.as_bytes());
        let _ = output.flush();
    }
}
