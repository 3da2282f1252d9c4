//! What a program that a profile names as `credential_process` prints.

use everbeat_json::{Json, python};
use reqsign_aws_core::Credential;
use reqsign_core::time::Timestamp;
use reqsign_core::{CommandOutput, Context};

use crate::error::CredentialError;

const WAY: &str = "credential_process";
/// The version of the form in which programs print.
const VERSION: &str = "1";

/// Runs the program and reads what it prints.
pub(crate) async fn run(
    words: &[String],
    context: &Context,
) -> Result<Credential, CredentialError> {
    let failed = |reason: String| CredentialError::Failed { way: WAY, reason };
    let Some((program, arguments)) = words.split_first() else {
        return Err(failed("no program is named".into()));
    };
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let output = context
        .command_execute(program, &arguments)
        .await
        .map_err(|error| failed(error.to_string()))?;
    read(&output).map_err(failed)
}

fn read(output: &CommandOutput) -> Result<Credential, String> {
    let retrieval =
        |text: &str| format!("Error when retrieving credentials from custom-process: {text}");
    if output.status != 0 {
        return Err(retrieval(&String::from_utf8_lossy(&output.stderr)));
    }
    let answer =
        Json::parse(&String::from_utf8_lossy(&output.stdout)).map_err(|error| error.to_string())?;
    let version = answer.get("Version");
    if version.map(python::str).as_deref() != Some(VERSION)
        || !matches!(version, Some(Json::Number(_)))
    {
        let shown = version.map_or("<Version key not provided>".into(), python::str);
        return Err(retrieval(&format!(
            "Unsupported version '{shown}' for credential process provider, supported versions: {VERSION}"
        )));
    }
    let text = |key: &str| match answer.get(key) {
        Some(Json::String(text)) => Some(text.clone()),
        _ => None,
    };
    let wanted = |key: &str| {
        text(key).ok_or_else(|| retrieval(&format!("Missing required key in response: '{key}'")))
    };
    Ok(Credential {
        access_key_id: wanted("AccessKeyId")?,
        secret_access_key: wanted("SecretAccessKey")?,
        session_token: text("SessionToken"),
        expires_in: text("Expiration")
            .map(|text| expiration(&text))
            .transpose()?,
    })
}

fn expiration(text: &str) -> Result<Timestamp, String> {
    let time: Timestamp = text
        .parse()
        .map_err(|_| format!("Unknown string format: {text}"))?;
    if time > Timestamp::now() {
        return Ok(time);
    }
    Err("Credentials were refreshed, but the refreshed credentials are still expired.".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(status: i32, stdout: &str, stderr: &str) -> Result<String, String> {
        let output = CommandOutput {
            status,
            stdout: stdout.into(),
            stderr: stderr.into(),
        };
        read(&output).map(|credential| credential.access_key_id)
    }

    #[test]
    fn what_programs_print() {
        let start = "Error when retrieving credentials from custom-process: ";
        for (status, stdout, expected) in [
            (3, "", format!("{start}oops\n")),
            (
                0,
                r#"{"Version":2}"#,
                format!(
                    "{start}Unsupported version '2' for credential process provider, supported versions: 1"
                ),
            ),
            (
                0,
                r#"{"Version":"1"}"#,
                format!(
                    "{start}Unsupported version '1' for credential process provider, supported versions: 1"
                ),
            ),
            (
                0,
                "{}",
                format!(
                    "{start}Unsupported version '<Version key not provided>' for credential process provider, supported versions: 1"
                ),
            ),
            (
                0,
                r#"{"Version":1,"AccessKeyId":"x"}"#,
                format!("{start}Missing required key in response: 'SecretAccessKey'"),
            ),
            (
                0,
                r#"{"Version":1,"AccessKeyId":"x","SecretAccessKey":"y","Expiration":"2001-01-01T00:00:00Z"}"#,
                "Credentials were refreshed, but the refreshed credentials are still expired."
                    .into(),
            ),
        ] {
            assert_eq!(printed(status, stdout, "oops\n"), Err(expected));
        }
        let good = r#"{"Version":1,"AccessKeyId":"x","SecretAccessKey":"y","Expiration":"2999-01-01T00:00:00Z"}"#;
        assert_eq!(printed(0, good, ""), Ok("x".into()));
        let text = "Expecting value: line 1 column 1 (char 0)";
        assert_eq!(printed(0, "x", ""), Err(text.into()));
    }
}
