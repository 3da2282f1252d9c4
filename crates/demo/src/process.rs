//! A process of this same executable: started, listened to, ended by its id.
//!
//! It is in a process group of its own, so that ctrl-c reaches the demo alone, which then ends its processes in order.
//! Its standard error goes to a file in the demo's folder. Dropping a process kills it and waits for its end, so that
//! nobody writes into that folder while it is removed.

use std::ffi::OsStr;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::thread::sleep;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

/// Settings of the server that the demo does not want from its own environment.
const SETTINGS_PREFIX: &[u8] = b"EVERBEAT_";

/// A killed process ends within a few milliseconds, unless the machine keeps it.
const END_CHECKS: u32 = 500;
const END_CHECK_INTERVAL: Duration = Duration::from_millis(2);

/// A running process.
#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    log: PathBuf,
}

impl Process {
    /// Starts `everbeat` with `words`; `name` names its log below `folder`.
    pub(crate) fn start<I, W>(words: I, folder: &Path, name: &str) -> io::Result<Self>
    where
        I: IntoIterator<Item = W>,
        W: AsRef<OsStr>,
    {
        let log = folder.join(format!("{name}.log"));
        let mut command = Command::new(std::env::current_exe()?);
        for (setting, _) in std::env::vars_os() {
            if setting.as_encoded_bytes().starts_with(SETTINGS_PREFIX) {
                command.env_remove(setting);
            }
        }
        let mut child = command
            .args(words)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(File::create(&log)?)
            .process_group(0)
            .spawn()?;
        let output = child
            .stdout
            .take()
            .ok_or_else(|| io::Error::from(io::ErrorKind::BrokenPipe))?;
        let lines = BufReader::new(output).lines();
        Ok(Self { child, lines, log })
    }

    /// Its id; 0 after its end.
    pub(crate) fn id(&self) -> u32 {
        self.child.id().unwrap_or(0)
    }

    /// The next line of its standard output; `None` when it has ended.
    pub(crate) async fn next_line(&mut self) -> io::Result<Option<String>> {
        self.lines.next_line().await
    }

    /// Kills it, as dropping it does.
    pub(crate) fn kill(self) {}

    /// The last line of its log: why it ended.
    pub(crate) fn last_words(&self) -> String {
        let log = std::fs::read_to_string(&self.log).unwrap_or_default();
        let line = log.lines().rfind(|line| !line.trim().is_empty());
        let line = line.unwrap_or("it said nothing").trim();
        line.strip_prefix("everbeat: ").unwrap_or(line).into()
    }
}

impl Drop for Process {
    /// SIGKILL, by its id. It needs no time to stop in order: what it has lies in the demo's folder.
    fn drop(&mut self) {
        // An error means that it has ended already.
        let _ = self.child.start_kill();
        for _ in 0..END_CHECKS {
            match self.child.try_wait() {
                Ok(None) => sleep(END_CHECK_INTERVAL),
                Ok(Some(_)) | Err(_) => break,
            }
        }
    }
}
