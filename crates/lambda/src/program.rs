//! Programs of this machine: how one is started, spoken to and ended.
//!
//! A program gets a process group of its own, which is killed with all that is in it when the program has ended, when it
//! prints more than is wanted, or when nobody waits for it any more.

use std::io;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use crate::transport::Body;

/// So long the pipes of a program that has ended may stay open: somebody who left the group may hold them.
const LAST_OUTPUT: Duration = Duration::from_millis(200);
/// So much of the standard error is kept, in bytes.
const LAST_ERRORS: usize = 16 * 1024;

/// A program that was started. Dropping it kills it, and what it started.
pub(crate) struct Program {
    group: Group,
    child: Child,
}

/// What is left of a program.
pub(crate) struct Ended {
    pub(crate) status: ExitStatus,
    /// What it printed. If this is not whole, the program was killed for it.
    pub(crate) output: Body,
    /// The end of its standard error.
    pub(crate) errors: Vec<u8>,
}

/// More was printed than is wanted.
struct TooMuch;

impl Program {
    /// Starts a program.
    pub(crate) fn start(command: &mut Command) -> io::Result<Self> {
        let child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .kill_on_drop(true)
            .spawn()?;
        Ok(Self {
            group: Group::of(&child),
            child,
        })
    }

    /// Gives the program its input and waits for its end, or until it has printed more than `most` bytes.
    pub(crate) async fn run(self, input: &str, most: usize) -> io::Result<Ended> {
        let Self { group, mut child } = self;
        let mut output = Body::bounded(most);
        let mut errors = Vec::new();
        let (stdin, stdout, stderr) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let status = {
            let feeding = async {
                if let Some(mut stdin) = stdin {
                    // A program need not read its input: a broken pipe is no failure.
                    let _ = stdin.write_all(input.as_bytes()).await;
                }
                Ok(())
            };
            let reading = each_piece(stdout, |piece| {
                output.push(piece);
                output.is_whole().then_some(()).ok_or(TooMuch)
            });
            let watching = each_piece(stderr, |piece| {
                keep_end(&mut errors, piece);
                Ok(())
            });
            let mut talking =
                std::pin::pin!(async { tokio::try_join!(feeding, reading, watching) });
            tokio::select! {
                talked = &mut talking => {
                    if talked.is_err() {
                        drop(group);
                        // The program may have left its group. If it is dead already, so much the better.
                        let _ = child.start_kill();
                    }
                    child.wait().await?
                }
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
}

/// Hands over what a pipe brings until it is closed or no more is wanted.
async fn each_piece(
    pipe: Option<impl AsyncRead + Unpin>,
    mut take: impl FnMut(&[u8]) -> Result<(), TooMuch>,
) -> Result<(), TooMuch> {
    let Some(mut pipe) = pipe else {
        return Ok(());
    };
    let mut buffer = vec![0; 16 * 1024];
    while let Ok(length @ 1..) = pipe.read(&mut buffer).await {
        take(&buffer[..length])?;
    }
    Ok(())
}

/// Adds a piece, and lets go of the beginning when it is too much.
fn keep_end(end: &mut Vec<u8>, piece: &[u8]) {
    end.extend_from_slice(piece);
    end.drain(..end.len().saturating_sub(LAST_ERRORS));
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
