//! What the library for credentials asks of the outside: files, HTTP, programs, variables.

use std::collections::HashMap;
use std::process::Stdio;
use std::time::Duration;

use bytes::Bytes;
use everbeat_client::shared_files::Variables;
use everbeat_client::{Endpoint, Http, Proxy, Timeouts, Trust};
use http::{Request, Response};
use http_body_util::Full;
use reqsign_core::{
    CommandExecute, CommandOutput, Context, Error, FileRead, HttpSend, Result, StaticEnv,
};
use tokio::process::Command;

/// Seconds that a metadata service gets unless a variable says otherwise: it is near, and where there is none, nobody
/// answers at all.
const METADATA_TIMEOUT: u64 = 1;
const METADATA_TIMEOUT_VARIABLE: &str = "AWS_METADATA_SERVICE_TIMEOUT";
const METADATA_ATTEMPTS_VARIABLE: &str = "AWS_METADATA_SERVICE_NUM_ATTEMPTS";
/// Addresses of metadata services begin so.
const METADATA: [&str; 2] = ["169.254.", "[fd00:ec2::"];
const SERVICE_TIMEOUT: Duration = Duration::from_secs(60);

/// The machine, with variables that are passed in.
pub(crate) fn of_this_machine(variables: &Variables) -> Context {
    Context::new()
        .with_file_read(Files)
        .with_http_send(Requests {
            variables: variables.clone(),
        })
        .with_command_execute(Programs)
        .with_env(environment(variables))
}

/// The variables, as the library wants them.
pub fn environment(variables: &Variables) -> StaticEnv {
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
struct Requests {
    variables: Variables,
}

impl Requests {
    fn number(&self, name: &str) -> Option<u64> {
        self.variables.get(name)?.trim().parse().ok()
    }

    /// Whether the request goes to the machine's own service.
    fn is_metadata(&self, endpoint: &Endpoint) -> bool {
        let named = self.variables.get("AWS_EC2_METADATA_SERVICE_ENDPOINT");
        METADATA
            .iter()
            .any(|start| endpoint.host().starts_with(start))
            || named.is_some_and(|url| endpoint.to_string().starts_with(url.trim_end_matches('/')))
    }
}

impl HttpSend for Requests {
    async fn http_send(&self, request: Request<Bytes>) -> Result<Response<Bytes>> {
        let endpoint = Endpoint::parse(&request.uri().to_string())
            .map_err(|error| Error::unexpected(error.to_string()))?;
        let (limit, attempts) = if self.is_metadata(&endpoint) {
            let seconds = self.number(METADATA_TIMEOUT_VARIABLE);
            (
                Duration::from_secs(seconds.unwrap_or(METADATA_TIMEOUT)),
                self.number(METADATA_ATTEMPTS_VARIABLE).unwrap_or(1),
            )
        } else {
            (SERVICE_TIMEOUT, 1)
        };
        let timeouts = Timeouts {
            connect: Some(limit),
            read: Some(limit),
        };
        let proxy = Proxy::for_endpoint(&endpoint, &self.variables);
        let http = Http::new(timeouts, proxy, Trust::BuiltIn);
        let mut attempt = 1;
        loop {
            match http.send(request.clone().map(Full::new)).await {
                Ok(answer) => {
                    let mut response = Response::new(answer.body);
                    *response.status_mut() = answer.status;
                    *response.headers_mut() = answer.headers;
                    return Ok(response);
                }
                Err(error) if attempt >= attempts => {
                    return Err(Error::unexpected(format!("{endpoint}: {error}")));
                }
                Err(_) => attempt += 1,
            }
        }
    }
}

/// Programs that a profile names.
#[derive(Debug)]
struct Programs;

impl CommandExecute for Programs {
    async fn command_execute<'a>(
        &'a self,
        program: &'a str,
        arguments: &'a [&'a str],
    ) -> Result<CommandOutput> {
        let output = Command::new(program)
            .args(arguments)
            .stdin(Stdio::inherit())
            .kill_on_drop(true)
            .output()
            .await
            .map_err(|error| Error::unexpected(python_text(&error, program)))?;
        Ok(CommandOutput {
            status: output.status.code().unwrap_or(-1),
            stdout: output.stdout,
            stderr: output.stderr,
        })
    }
}

/// The words of the reference for a program that cannot be started.
fn python_text(error: &std::io::Error, program: &str) -> String {
    let text = error.to_string();
    match (text.split_once(" (os error "), error.raw_os_error()) {
        (Some((reason, _)), Some(number)) => format!("[Errno {number}] {reason}: '{program}'"),
        _ => format!("{text}: '{program}'"),
    }
}
