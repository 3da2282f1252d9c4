//! What the library for credentials asks of the outside: files, HTTP, programs, variables.

use std::collections::HashMap;
use std::io;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use bytes::Bytes;
use everbeat_client::python_error;
use everbeat_client::shared_files::Variables;
use everbeat_client::{Endpoint, Http, Proxy, Timeouts, Trust};
use http::{Request, Response, Uri};
use http_body_util::Full;
use reqsign_core::{
    CommandExecute, CommandOutput, Context, Error, FileRead, HttpSend, Result, StaticEnv,
};
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use crate::container;

/// Seconds that a metadata service gets unless a variable says otherwise: it is near, and where there is none, nobody
/// answers at all.
const METADATA_TIMEOUT: u64 = 1;
const METADATA_TIMEOUT_VARIABLE: &str = "AWS_METADATA_SERVICE_TIMEOUT";
const METADATA_ATTEMPTS_VARIABLE: &str = "AWS_METADATA_SERVICE_NUM_ATTEMPTS";
/// Addresses of metadata services begin so.
const METADATA: [&str; 2] = ["169.254.", "[fd00:ec2::"];
const SERVICE_TIMEOUT: Duration = Duration::from_secs(60);
/// A program may ask a service far away.
const PROGRAM_TIMEOUT: Duration = Duration::from_secs(60);
/// What holds credentials is small, in bytes.
const MOST_PRINTED: u64 = 1024 * 1024;

/// The machine, with variables that are passed in. Whoever is called over https must have a certificate: credentials do
/// not go to just anybody, whatever the calls of the command itself may do.
pub(crate) fn of_this_machine(variables: &Variables, trust: Trust) -> Context {
    Context::new()
        .with_file_read(Files)
        .with_http_send(Requests {
            variables: variables.clone(),
            trust: match trust {
                Trust::Anything => Trust::BuiltIn,
                Trust::BuiltIn | Trust::Bundle(_) => trust,
            },
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
    trust: Trust,
}

impl Requests {
    fn number(&self, name: &str) -> Option<u64> {
        self.variables.get(name)?.trim().parse().ok()
    }

    /// The proxy for a request. The container's credentials, and the token for them, stay on the machine.
    fn proxy(&self, endpoint: &Endpoint, uri: &Uri) -> Option<Proxy> {
        let url = container::url(|name| self.variables.get(name).cloned());
        let container: Option<Uri> = url.and_then(|url| url.parse().ok());
        if container.as_ref() == Some(uri) {
            return None;
        }
        Proxy::for_endpoint(endpoint, &self.variables)
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
        let proxy = self.proxy(&endpoint, request.uri());
        let http = Http::new(timeouts, proxy, self.trust.clone());
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

/// Programs that a profile names, killed when nobody waits for them any more.
#[derive(Debug)]
struct Programs;

impl CommandExecute for Programs {
    async fn command_execute<'a>(
        &'a self,
        program: &'a str,
        arguments: &'a [&'a str],
    ) -> Result<CommandOutput> {
        let child = Command::new(program)
            .args(arguments)
            .stdin(Stdio::inherit())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| {
                Error::unexpected(format!("{}: '{}'", python_error(&error), program))
            })?;
        let (status, stdout, stderr) = timeout(PROGRAM_TIMEOUT, ended(child))
            .await
            .map_err(|_| Error::unexpected("the program did not end in time"))?
            .map_err(|error| Error::unexpected(error.to_string()))?;
        Ok(CommandOutput {
            status: status.code().unwrap_or(-1),
            stdout,
            stderr,
        })
    }
}

/// What is left of a program.
///
/// # Errors
/// The program was lost, or prints too much; it is killed then.
async fn ended(mut child: Child) -> io::Result<(ExitStatus, Vec<u8>, Vec<u8>)> {
    let pipes = (child.stdout.take(), child.stderr.take());
    let (stdout, stderr) = tokio::try_join!(printed(pipes.0), printed(pipes.1))?;
    Ok((child.wait().await?, stdout, stderr))
}

async fn printed(pipe: Option<impl AsyncRead + Unpin>) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    if let Some(pipe) = pipe {
        let mut bounded = pipe.take(MOST_PRINTED + 1);
        bounded.read_to_end(&mut text).await?;
        if bounded.limit() == 0 {
            return Err(io::Error::other("the program prints too much"));
        }
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_proxied(url: &str, set: &[(&str, &str)]) -> bool {
        let set = set.iter().chain(&[("HTTP_PROXY", "http://proxy:1")]);
        let requests = Requests {
            variables: set
                .map(|(name, value)| ((*name).into(), (*value).into()))
                .collect(),
            trust: Trust::BuiltIn,
        };
        let endpoint = Endpoint::parse(url).expect("a URL");
        let uri = url.parse().expect("a URL");
        requests.proxy(&endpoint, &uri).is_some()
    }

    #[test]
    fn the_containers_credentials_go_through_no_proxy() {
        let relative = ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/me");
        let full = (
            "AWS_CONTAINER_CREDENTIALS_FULL_URI",
            "http://localhost:8/me",
        );
        for (url, set, expected) in [
            ("http://169.254.170.2/me", &[relative][..], false),
            ("http://169.254.170.2/me", &[relative, full], false),
            ("http://localhost:8/me", &[full], false),
            ("http://localhost:8/me", &[relative, full], true),
            ("http://sts.example.com/", &[full], true),
            // The reference asks for the instance's role through a proxy.
            ("http://169.254.169.254/latest", &[], true),
        ] {
            assert_eq!(is_proxied(url, set), expected, "{url} {set:?}");
        }
    }

    #[test]
    fn credentials_are_never_fetched_from_just_anybody() {
        let context = |trust| format!("{:?}", of_this_machine(&Variables::new(), trust));
        assert!(context(Trust::Anything).contains("BuiltIn"));
        assert!(context(Trust::Bundle("/b".into())).contains("/b"));
    }

    #[tokio::test]
    async fn a_program_that_prints_without_end_fails() {
        for line in ["cat /dev/zero", "cat /dev/zero >&2"] {
            let error = Programs.command_execute("sh", &["-c", line]).await;
            let error = error.expect_err("too much").to_string();
            assert!(error.contains("prints too much"), "{error}");
        }
        let output = Programs
            .command_execute("sh", &["-c", "echo a; echo b >&2; exit 3"])
            .await
            .expect("an output");
        assert_eq!(output.status, 3);
        assert_eq!(
            (&output.stdout[..], &output.stderr[..]),
            (&b"a\n"[..], &b"b\n"[..])
        );
    }
}
