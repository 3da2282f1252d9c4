//! What the library for credentials asks of the outside: files, HTTP, programs, variables.

use std::time::Duration;

use bytes::Bytes;
use everbeat_client::shared_files::Variables;
use everbeat_credentials::environment;
use http::{Request, Response};
use http_body_util::Full;
use reqsign_core::{CommandExecute, CommandOutput, Context, Error, FileRead, HttpSend, Result};
use rustls::ClientConfig;
use tokio::process::Command;
use tokio::time::timeout;

use crate::program::Program;
use crate::transport::Http;

/// Metadata services are near; where there is none, nobody answers at all.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);
const ANSWER_TIMEOUT: Duration = Duration::from_secs(5);
/// A program may ask a service far away.
const PROGRAM_TIMEOUT: Duration = Duration::from_secs(60);
/// An answer that holds credentials is small.
const MOST_BYTES: usize = 1024 * 1024;

/// The machine, with variables that are passed in.
pub(super) fn of_this_machine(tls: ClientConfig, variables: &Variables) -> Context {
    Context::new()
        .with_file_read(Files)
        .with_http_send(Requests(Http::new(tls, Some(CONNECT_TIMEOUT))))
        .with_command_execute(Programs)
        .with_env(environment(variables))
}

#[derive(Debug)]
struct Files;

impl FileRead for Files {
    async fn file_read(&self, path: &str) -> Result<Vec<u8>> {
        tokio::fs::read(path)
            .await
            .map_err(|error| Error::config_invalid(format!("{path} cannot be read: {error}")))
    }
}

#[derive(Debug)]
struct Requests(Http);

impl HttpSend for Requests {
    async fn http_send(&self, request: Request<Bytes>) -> Result<Response<Bytes>> {
        let answer = timeout(
            ANSWER_TIMEOUT,
            self.0.send(request.map(Full::new), MOST_BYTES),
        );
        let answer = answer
            .await
            .map_err(|_| Error::unexpected("no answer in time"))?
            .map_err(|error| Error::unexpected(error.to_string()))?;
        let mut response = Response::new(Bytes::copy_from_slice(answer.body.bytes()));
        *response.status_mut() = answer.status;
        *response.headers_mut() = answer.headers;
        Ok(response)
    }
}

/// Programs that a profile names as `credential_process`, killed with all that they started when nobody waits any more.
#[derive(Debug)]
pub(super) struct Programs;

impl CommandExecute for Programs {
    async fn command_execute<'a>(
        &'a self,
        program: &'a str,
        arguments: &'a [&'a str],
    ) -> Result<CommandOutput> {
        let program = Program::start(Command::new(program).args(arguments))
            .map_err(|error| Error::unexpected(format!("{program}: {error}")))?;
        let ended = timeout(PROGRAM_TIMEOUT, program.run("", MOST_BYTES))
            .await
            .map_err(|_| Error::unexpected("the program did not end in time"))?
            .map_err(|error| Error::unexpected(format!("the program was lost: {error}")))?;
        if !ended.output.is_whole() {
            return Err(Error::unexpected("the program prints too much"));
        }
        Ok(CommandOutput {
            status: ended.status.code().unwrap_or(-1),
            stdout: ended.output.bytes().to_vec(),
            stderr: ended.errors,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::time::Instant;

    use super::*;

    #[tokio::test]
    async fn giving_up_kills_what_the_program_started() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("pid");
        let line = format!(
            "sleep 60 & echo $! > {0}.part; mv {0}.part {0}; wait",
            file.display()
        );
        let call =
            tokio::spawn(async move { Programs.command_execute("/bin/sh", &["-c", &line]).await });
        let begin = Instant::now();
        while !file.exists() {
            assert!(begin.elapsed() < Duration::from_secs(3), "nothing started");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        // What a time-out does to the call, too.
        call.abort();
        let pid = std::fs::read_to_string(&file).expect("a process id");
        let stat = Path::new("/proc").join(pid.trim()).join("stat");
        let begin = Instant::now();
        // A corpse may lie there until its new parent buries it.
        while std::fs::read_to_string(&stat).is_ok_and(|stat| !stat.contains(") Z ")) {
            assert!(begin.elapsed() < Duration::from_secs(3), "{pid} lives");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    #[tokio::test]
    async fn a_program_that_prints_without_end_fails() {
        let line = ["/dev/zero"];
        let error = Programs.command_execute("cat", &line).await;
        let error = error.expect_err("too much").to_string();
        assert!(error.contains("prints too much"), "{error}");
    }
}
