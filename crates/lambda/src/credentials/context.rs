//! What the library for credentials asks of the outside: files, HTTP, programs, variables.

use std::collections::HashMap;
use std::process::Stdio;
use std::time::Duration;

use bytes::Bytes;
use everbeat_client::shared_files::Variables;
use http::{Request, Response};
use http_body_util::Full;
use reqsign_core::{
    CommandExecute, CommandOutput, Context, Error, FileRead, HttpSend, Result, StaticEnv,
};
use rustls::ClientConfig;
use tokio::process::Command;
use tokio::time::timeout;

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

/// The variables, as the library wants them.
pub(super) fn environment(variables: &Variables) -> StaticEnv {
    StaticEnv {
        home_dir: variables.get("HOME").map(Into::into),
        envs: variables
            .iter()
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect::<HashMap<_, _>>(),
    }
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

/// Programs that a profile names as `credential_process`. The library has cut the line at its spaces; it is put
/// together again and read as a shell reads it, as Amazon's own SDKs do, so that quoting works.
#[derive(Debug)]
pub(super) struct Programs;

impl CommandExecute for Programs {
    async fn command_execute<'a>(
        &'a self,
        program: &'a str,
        arguments: &'a [&'a str],
    ) -> Result<CommandOutput> {
        let line = [&[program], arguments].concat().join(" ");
        let output = Command::new("/bin/sh")
            .args(["-c", &line])
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .output();
        let output = timeout(PROGRAM_TIMEOUT, output)
            .await
            .map_err(|_| Error::unexpected("the program did not end in time"))?
            .map_err(|error| Error::unexpected(format!("no shell: {error}")))?;
        Ok(CommandOutput {
            status: output.status.code().unwrap_or(-1),
            stdout: output.stdout,
            stderr: output.stderr,
        })
    }
}
