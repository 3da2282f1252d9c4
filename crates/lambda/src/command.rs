//! A function that is a program of this machine: the input on its standard input, the result from its standard output,
//! success by its exit status. There is no shell between.

use std::io;
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;

use tokio::process::Command;

use crate::invoker::Invocation;
use crate::outcome::{Outcome, most_bytes};
use crate::program::Program;

/// Runs the program that is the first of `words`, with the others as arguments.
pub(crate) async fn invoke(words: &[String], invocation: &Invocation) -> Outcome {
    let program = match start(words, invocation) {
        Ok(program) => program,
        Err(error) => {
            let program = words.first().map_or("", String::as_str);
            return Outcome::failed("CommandNotStarted", format!("{program}: {error}"));
        }
    };
    match program.run(invocation.payload(), most_bytes()).await {
        // A program that printed too much was killed for it, so its status says nothing.
        Ok(ended) if ended.status.success() || !ended.output.is_whole() => {
            Outcome::answered(&ended.output)
        }
        Ok(ended) => Outcome::failed(reason(ended.status), String::from_utf8_lossy(&ended.errors)),
        Err(error) => Outcome::failed("CommandLost", error.to_string()),
    }
}

fn start(words: &[String], invocation: &Invocation) -> io::Result<Program> {
    let (program, arguments) = words.split_first().ok_or(io::ErrorKind::InvalidInput)?;
    let mut command = Command::new(program);
    command
        .args(arguments)
        .env("EVERBEAT_FUNCTION_NAME", &invocation.function)
        .env("EVERBEAT_FUNCTION_ROLE", &invocation.role)
        .env("EVERBEAT_FUNCTION_REGION", &invocation.region)
        .env("EVERBEAT_FUNCTION_ACCOUNT", &invocation.account)
        .env(
            "EVERBEAT_FUNCTION_TIMEOUT_SECONDS",
            invocation.timeout.as_secs().to_string(),
        );
    Program::start(&mut command)
}

fn reason(status: ExitStatus) -> String {
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("exit status {code}"),
        (None, Some(signal)) => format!("signal {signal}"),
        (None, None) => "no exit status".into(),
    }
}
