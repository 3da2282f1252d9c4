//! The pager: a program that results go through on a terminal (cli.md section 16.1).

use std::io::{self, Write};
use std::process::{Child, Command, Stdio};

use everbeat_client::python_error;

use crate::exit::{Failure, Kind};

/// What `less` gets unless its own variable is set: end if one screen is enough, keep colours, leave the text there.
const LESS: (&str, &str) = ("LESS", "FRX");

/// A pager that starts when something is written.
#[derive(Debug)]
pub(crate) struct Pager {
    command: String,
    child: Option<Child>,
}

impl Pager {
    /// `command` is split into words as a shell does.
    pub(crate) fn new(command: &str) -> Self {
        Self {
            command: command.into(),
            child: None,
        }
    }

    /// Writes to the pager's standard input; the inner error says that it is gone.
    ///
    /// # Errors
    /// The pager cannot be started.
    pub(crate) fn write(&mut self, text: &str) -> Result<io::Result<()>, Failure> {
        if self.child.is_none() {
            self.child = Some(self.start()?);
        }
        let input = self.child.as_mut().and_then(|child| child.stdin.as_mut());
        Ok(match input {
            Some(input) => input.write_all(text.as_bytes()),
            None => Ok(()),
        })
    }

    fn start(&self) -> Result<Child, Failure> {
        let failed = |reason: &str| {
            let text = format!(
                "Unable to redirect output to pager. Received the following error when opening pager:\n{reason}\n\n\
                 Learn more about configuring the output pager by running \"aws help config-vars\"."
            );
            Failure::new(Kind::Pager, text)
        };
        let words = shlex::split(&self.command).ok_or_else(|| failed("No closing quotation"))?;
        let Some((program, arguments)) = words.split_first() else {
            return Err(failed("no program is named"));
        };
        let mut command = Command::new(program);
        command.args(arguments).stdin(Stdio::piped());
        if std::env::var_os(LESS.0).is_none() {
            command.env(LESS.0, LESS.1);
        }
        command
            .spawn()
            .map_err(|error| failed(&format!("{}: '{program}'", python_error(&error))))
    }

    /// Closes its input and waits; how it ended does not matter.
    pub(crate) fn finish(self) {
        if let Some(mut child) = self.child {
            drop(child.stdin.take());
            let _ = child.wait();
        }
    }
}
