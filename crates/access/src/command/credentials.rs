//! How new access keys are printed: as lines for a shell, or as JSON that the SDKs' `credential_process` takes.

use jiff::Timestamp;
use serde_json::json;

use crate::secrets::Hidden;

use super::json_line;

/// A new key.
pub(super) struct Credentials<'a> {
    pub(super) id: &'a str,
    pub(super) secret: &'a Hidden,
    /// Token and end of a session.
    pub(super) session: Option<(&'a Hidden, Timestamp)>,
}

impl Credentials<'_> {
    /// Lines that a shell can evaluate, or one JSON object.
    pub(super) fn show(&self, remark: &str, as_json: bool) -> String {
        if as_json {
            return self.json();
        }
        let mut text = format!(
            "# {remark}\nexport AWS_ACCESS_KEY_ID={}\nexport AWS_SECRET_ACCESS_KEY={}\n",
            self.id, self.secret.0
        );
        // A token that a session has left in the shell would go with the new key.
        text.push_str(&match self.session {
            Some((token, _)) => format!("export AWS_SESSION_TOKEN={}\n", token.0),
            None => "unset AWS_SESSION_TOKEN\n".to_owned(),
        });
        text
    }

    fn json(&self) -> String {
        let mut value = json!({
            "Version": 1,
            "AccessKeyId": self.id,
            "SecretAccessKey": self.secret.0,
        });
        if let Some((token, expires)) = self.session {
            value["SessionToken"] = token.0.clone().into();
            value["Expiration"] = expires.to_string().into();
        }
        json_line(&value)
    }
}
