//! The servers of a run as processes: started from this executable, asked for their CPU time, and ended with the run.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use everbeat_client::Endpoint;
use tokio::time::timeout;

use crate::failure::Failure;

/// A server has so long to say that it is ready.
const START_TIME: Duration = Duration::from_secs(30);
/// Unit of the times in `/proc/PID/stat`: Linux shows hundredths of a second to programs on every common processor.
const TICK: Duration = Duration::from_millis(10);

/// A server process. It ends when this is dropped.
pub(crate) struct ServerProcess {
    child: Running,
    endpoint: Endpoint,
    /// Kept open so that the server can go on writing.
    _output: BufReader<ChildStdout>,
}

impl ServerProcess {
    /// Starts this executable with `words` and waits for the line that says where it listens. `name` is for people.
    ///
    /// # Errors
    /// When the process cannot be made, ends, or says nothing in time.
    pub(crate) async fn start<W: AsRef<OsStr>>(
        name: &'static str,
        words: &[W],
    ) -> Result<Self, Failure> {
        let failure = |reason: String| Failure::Start(name, reason);
        let executable = std::env::current_exe().map_err(Failure::Machine)?;
        let child = Command::new(executable)
            .args(words)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| failure(error.to_string()))?;
        let mut child = Running(child);
        let output = child.0.stdout.take();
        let reading = tokio::task::spawn_blocking(move || first_line(output?));
        let (output, line) = timeout(START_TIME, reading)
            .await
            .map_err(|_| failure("it did not get ready in time".into()))?
            .ok()
            .flatten()
            .ok_or_else(|| failure("its output cannot be read".into()))?;
        // Both servers end the line with their URL.
        let (_, url) = line
            .trim_end()
            .rsplit_once(' ')
            .ok_or_else(|| failure("it ended before it was ready".into()))?;
        let endpoint = Endpoint::parse(url).map_err(|error| failure(error.to_string()))?;
        Ok(Self {
            child,
            endpoint,
            _output: output,
        })
    }

    pub(crate) fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// CPU time so far, in user mode and in the kernel; None where the system does not show it in `/proc`.
    pub(crate) fn cpu_time(&self) -> Option<Duration> {
        let path = format!("/proc/{}/stat", self.child.0.id());
        cpu_time_of(&std::fs::read_to_string(path).ok()?)
    }
}

/// A child that ends when this is dropped. Its data goes with it, so there is nothing to end in an orderly way.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn first_line(output: ChildStdout) -> Option<(BufReader<ChildStdout>, String)> {
    let mut output = BufReader::new(output);
    let mut line = String::new();
    output.read_line(&mut line).ok()?;
    Some((output, line))
}

/// Fields 14 and 15 of `stat` (utime and stime). Field 2, the name, may hold spaces and ends with the last bracket.
fn cpu_time_of(stat: &str) -> Option<Duration> {
    let (_, fields) = stat.rsplit_once(')')?;
    let mut times = fields.split_whitespace().skip(11);
    let user: u32 = times.next()?.parse().ok()?;
    let kernel: u32 = times.next()?.parse().ok()?;
    Some(TICK * user.checked_add(kernel)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cpu_time_is_read_behind_any_name() {
        let stat = "4242 (ever) beat) S 1 2 3 4 5 6 7 8 9 10 150 25 0 0 20";
        assert_eq!(cpu_time_of(stat), Some(Duration::from_millis(1750)));
        assert_eq!(cpu_time_of("4242 (everbeat"), None);
        assert_eq!(cpu_time_of("4242 (everbeat) S 1"), None);
    }
}
