//! The access folder of a server with access control: a user with a key, and a policy as somebody would write it, with
//! statements that apply to the load and others that do not, and conditions.

use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use everbeat_client::Credentials;

const KEY_ID: &str = "AKIAEVERBEATBENCH001";
/// Good for a server on loopback that lives for a run.
const SECRET: &str = "everbeat-bench/a-secret-of-forty-letters";
/// Only the owner may read secrets.
const SECRET_MODE: u32 = 0o600;

const ACCESS: &str = r#"version = 1

[account.123456789012.user.bench]
policies = ["bench"]
tags = { team = "bench" }
keys = ["AKIAEVERBEATBENCH001"]
"#;

const POLICY: &str = r#"{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "Domains",
      "Effect": "Allow",
      "Action": ["swf:RegisterDomain", "swf:DescribeDomain"],
      "Resource": "arn:aws:swf:us-east-1:123456789012:/domain/bench-*"
    },
    {
      "Sid": "Types",
      "Effect": "Allow",
      "Action": ["swf:RegisterWorkflowType", "swf:RegisterActivityType"],
      "Resource": "arn:aws:swf:*:123456789012:/domain/bench-*",
      "Condition": {"StringEquals": {"swf:name": "bench", "swf:version": ["1", "2"]}}
    },
    {
      "Sid": "Executions",
      "Effect": "Allow",
      "Action": ["swf:*WorkflowExecution*"],
      "Resource": "arn:aws:swf:*:123456789012:/domain/bench-*",
      "Condition": {"StringLikeIfExists": {"swf:workflowType.name": "ben*"}}
    },
    {
      "Sid": "Polls",
      "Effect": "Allow",
      "Action": ["swf:PollForDecisionTask", "swf:PollForActivityTask"],
      "Resource": "arn:aws:swf:*:123456789012:/domain/bench-*",
      "Condition": {"StringLike": {"swf:taskList.name": ["heartbeat-*", "decisions", "activities"]}}
    },
    {
      "Sid": "Work",
      "Effect": "Allow",
      "Action": ["swf:Respond*", "swf:RecordActivityTaskHeartbeat", "swf:ScheduleActivityTask"],
      "Resource": "arn:aws:swf:*:123456789012:/domain/${aws:PrincipalTag/team}-*",
      "Condition": {"IpAddressIfExists": {"aws:SourceIp": ["127.0.0.0/8", "::1"]}}
    },
    {
      "Sid": "Elsewhere",
      "Effect": "Deny",
      "Action": "*",
      "Resource": "*",
      "Condition": {"StringNotEquals": {"aws:RequestedRegion": "us-east-1"}}
    }
  ]
}
"#;

/// Writes the folder's files, and says what to sign with.
///
/// # Errors
/// When a file cannot be written.
pub(crate) fn write(folder: &Path) -> io::Result<Credentials> {
    fs::write(folder.join("access.toml"), ACCESS)?;
    let policies = folder.join("policies");
    fs::create_dir(&policies)?;
    fs::write(policies.join("bench.json"), POLICY)?;
    let mut secrets = File::options()
        .write(true)
        .create_new(true)
        .mode(SECRET_MODE)
        .open(folder.join("secrets.toml"))?;
    write!(secrets, "[key.{KEY_ID}]\nsecret = \"{SECRET}\"\n")?;
    Ok(Credentials {
        access_key_id: KEY_ID.into(),
        secret_access_key: SECRET.into(),
        session_token: None,
    })
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn the_user_has_the_key_whose_secret_is_kept_from_others() {
        let folder = tempfile::tempdir().expect("a folder");
        let credentials = write(folder.path()).expect("files");
        assert!(ACCESS.contains(&format!("\"{}\"", credentials.access_key_id)));
        let secrets = folder.path().join("secrets.toml");
        let text = fs::read_to_string(&secrets).expect("text");
        assert!(text.contains(&credentials.secret_access_key));
        let mode = fs::metadata(&secrets).expect("a file").permissions().mode();
        assert_eq!(mode & 0o777, SECRET_MODE);
        let policy: serde_json::Value = serde_json::from_str(POLICY).expect("JSON");
        assert!(policy["Statement"].as_array().is_some());
    }
}
