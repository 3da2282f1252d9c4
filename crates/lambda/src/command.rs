//! A function that is a program of this machine: the input on its standard input, the result from its standard output,
//! success by its exit status. There is no shell between.
//!
//! The program gets a process group of its own, which is killed with all that is in it when the program has ended, or
//! when nobody waits for it any more.

use std::io;
use std::os::unix::process::ExitStatusExt;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use crate::invoker::Invocation;
use crate::outcome::{Outcome, most_bytes};
use crate::transport::Body;

/// So long the pipes of a program that has ended may stay open: somebody who left the group may hold them.
const LAST_OUTPUT: Duration = Duration::from_millis(200);
/// So much of the standard error is kept, in bytes.
const LAST_ERRORS: usize = 16 * 1024;

/// Runs the program that is the first of `words`, with the others as arguments.
pub(crate) async fn invoke(words: &[String], invocation: &Invocation) -> Outcome {
    let child = match start(words, invocation) {
        Ok(child) => child,
        Err(error) => {
            let program = words.first().map_or("", String::as_str);
            return Outcome::failed("CommandNotStarted", format!("{program}: {error}"));
        }
    };
    match run(child, invocation.payload()).await {
        Ok(ended) if ended.status.success() => Outcome::answered(&ended.output),
        Ok(ended) => Outcome::failed(reason(ended.status), String::from_utf8_lossy(&ended.errors)),
        Err(error) => Outcome::failed("CommandLost", error.to_string()),
    }
}

fn start(words: &[String], invocation: &Invocation) -> io::Result<Child> {
    let (program, arguments) = words.split_first().ok_or(io::ErrorKind::InvalidInput)?;
    Command::new(program)
        .args(arguments)
        .env("EVERBEAT_FUNCTION_NAME", &invocation.function)
        .env("EVERBEAT_FUNCTION_ROLE", &invocation.role)
        .env("EVERBEAT_FUNCTION_REGION", &invocation.region)
        .env("EVERBEAT_FUNCTION_ACCOUNT", &invocation.account)
        .env(
            "EVERBEAT_FUNCTION_TIMEOUT_SECONDS",
            invocation.timeout.as_secs().to_string(),
        )
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .kill_on_drop(true)
        .spawn()
}

/// What is left of a program.
struct Ended {
    status: ExitStatus,
    output: Body,
    errors: Vec<u8>,
}

async fn run(mut child: Child, input: &str) -> io::Result<Ended> {
    let group = Group::of(&child);
    let mut output = Body::bounded(most_bytes());
    let mut errors = Vec::new();
    let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let status = {
        let feeding = async {
            if let Some(mut stdin) = stdin {
                // A program need not read its input: a broken pipe is no failure.
                let _ = stdin.write_all(input.as_bytes()).await;
            }
        };
        let reading = each_piece(stdout, |piece| output.push(piece));
        let watching = each_piece(stderr, |piece| keep_end(&mut errors, piece));
        let mut talking = std::pin::pin!(async { tokio::join!(feeding, reading, watching) });
        tokio::select! {
            _ = &mut talking => child.wait().await?,
            status = child.wait() => {
                drop(group);
                let _ = timeout(LAST_OUTPUT, talking).await;
                status?
            }
        }
    };
    Ok(Ended {
        status,
        output,
        errors,
    })
}

/// Hands over what a pipe brings until it is closed.
async fn each_piece(pipe: Option<impl AsyncRead + Unpin>, mut take: impl FnMut(&[u8])) {
    let Some(mut pipe) = pipe else {
        return;
    };
    let mut buffer = vec![0; 16 * 1024];
    while let Ok(length @ 1..) = pipe.read(&mut buffer).await {
        take(&buffer[..length]);
    }
}

/// Adds a piece, and lets go of the beginning when it is too much.
fn keep_end(end: &mut Vec<u8>, piece: &[u8]) {
    end.extend_from_slice(piece);
    end.drain(..end.len().saturating_sub(LAST_ERRORS));
}

fn reason(status: ExitStatus) -> String {
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("exit status {code}"),
        (None, Some(signal)) => format!("signal {signal}"),
        (None, None) => "no exit status".into(),
    }
}

/// A process group that is killed when it is dropped.
struct Group(Option<Pid>);

impl Group {
    fn of(child: &Child) -> Self {
        let id = child.id().and_then(|id| i32::try_from(id).ok());
        Self(id.and_then(Pid::from_raw))
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if let Some(group) = self.0 {
            // It fails when nobody is left in the group, which is what is wanted.
            let _ = kill_process_group(group, Signal::KILL);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_is_kept() {
        let mut end = Vec::new();
        keep_end(&mut end, &[1; LAST_ERRORS]);
        keep_end(&mut end, &[2; 10]);
        assert_eq!(end.len(), LAST_ERRORS);
        assert_eq!(end[LAST_ERRORS - 11..], [1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2]);
    }
}
