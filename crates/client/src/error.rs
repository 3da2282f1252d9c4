//! What can come of a call instead of an answer, and how a fault is read (cli.md section 12).

use std::fmt;

use http::HeaderMap;
use serde_json::Value;

/// Why a call brought no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallError {
    /// The service answered with a fault.
    Service(ServiceFault),
    /// No connection could be made: refused, unknown host. Holds the reason.
    Connection(String),
    /// The connection was lost before the answer was there. The call may have had its effect.
    Closed(String),
    /// No connection within the connect time-out.
    ConnectTimeout,
    /// Nothing arrived for the length of the read time-out. The call may have had its effect.
    ReadTimeout,
    /// TLS failed: the server's certificate is not trusted, or the bundle of trusted ones cannot be read. Holds the reason.
    Tls(String),
    /// The proxy cannot be reached, or makes no connection.
    Proxy {
        /// The proxy, without user and password.
        url: String,
        /// Why.
        reason: String,
    },
    /// The answer is not what the operation's shape says.
    Protocol(String),
}

/// A fault as the service answered it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceFault {
    /// The bare name, such as `UnknownResourceFault`; the HTTP status when the answer names none.
    pub code: String,
    /// Its text, empty when it has none; `None` where the answer has `null` in its place.
    pub message: Option<String>,
    /// The member `message` of the answer, where the service's model puts a fault's text.
    pub message_member: Option<String>,
    /// HTTP status.
    pub status: u16,
    /// `x-amzn-RequestId` of the answer.
    pub request_id: Option<String>,
}

impl CallError {
    /// The fault, if the service answered with one.
    pub fn fault(&self) -> Option<&ServiceFault> {
        match self {
            Self::Service(fault) => Some(fault),
            Self::Connection(_)
            | Self::Closed(_)
            | Self::ConnectTimeout
            | Self::ReadTimeout
            | Self::Tls(_)
            | Self::Proxy { .. }
            | Self::Protocol(_) => None,
        }
    }
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Service(fault) => fault.fmt(f),
            Self::Connection(reason) => write!(f, "cannot connect: {reason}"),
            Self::Closed(reason) => write!(f, "the connection was lost: {reason}"),
            Self::ConnectTimeout => f.write_str("no connection in time"),
            Self::ReadTimeout => f.write_str("no answer in time"),
            Self::Tls(reason) => write!(f, "TLS failed: {reason}"),
            Self::Proxy { url, reason } => {
                write!(f, "the proxy {url} makes no connection: {reason}")
            }
            Self::Protocol(reason) => write!(f, "the answer cannot be read: {reason}"),
        }
    }
}

impl std::error::Error for CallError {}

impl fmt::Display for ServiceFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let message = self.message.as_deref().unwrap_or_default();
        write!(f, "{} ({}): {message}", self.code, self.status)
    }
}

impl ServiceFault {
    /// Reads an answer with a status of 300 and more.
    ///
    /// # Errors
    /// [`CallError::Protocol`] for JSON that is no map.
    pub(crate) fn read(
        status: http::StatusCode,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Result<Self, CallError> {
        let text = String::from_utf8_lossy(body);
        let json: Option<Value> = serde_json::from_str(&text).ok();
        if json.as_ref().is_some_and(|body| !body.is_object()) {
            let reason = "the body of the fault is not a JSON object";
            return Err(CallError::Protocol(reason.into()));
        }
        let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let overriding = header("x-amzn-query-error").and_then(|value| value.split_once(';'));
        let (code, message) = match &json {
            // The reference reads this status as a good answer, finds no fault in it, and says so.
            _ if status == http::StatusCode::MULTIPLE_CHOICES => {
                (Some(UNKNOWN.into()), Some(UNKNOWN.into()))
            }
            Some(value) => (code_of(value), message_of(value)),
            None if status.is_server_error() && (text.is_empty() || text.starts_with("<html>")) => {
                let reason = status.canonical_reason().unwrap_or_default();
                (None, Some(reason.into()))
            }
            None => (None, Some(text.into_owned())),
        };
        let code = overriding.map(|(code, _)| code.into()).or(code);
        Ok(Self {
            code: code.unwrap_or_else(|| status.as_str().into()),
            message,
            message_member: json
                .as_ref()
                .and_then(|body| body.get("message")?.as_str().map(Into::into)),
            status: status.as_u16(),
            request_id: header("x-amzn-requestid").map(Into::into),
        })
    }
}

/// Code and text where the reference finds none.
const UNKNOWN: &str = "Unknown";

/// `__type`, cut at the first colon and then to what follows the last `#`.
fn code_of(body: &Value) -> Option<String> {
    let text = body.get("__type")?.as_str()?;
    let text = text.split(':').next()?;
    text.rsplit('#').next().map(Into::into)
}

fn message_of(body: &Value) -> Option<String> {
    match body.get("message").or_else(|| body.get("Message")) {
        Some(Value::String(text)) => Some(text.clone()),
        Some(Value::Null) => None,
        Some(other) => Some(other.to_string()),
        None => Some(String::new()),
    }
}

/// An error of the operating system as the reference prints it: `[Errno 2] No such file or directory`.
pub fn python_error(error: &std::io::Error) -> String {
    let text = error.to_string();
    match (text.split_once(" (os error "), error.raw_os_error()) {
        (Some((reason, _)), Some(number)) => format!("[Errno {number}] {reason}"),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use http::StatusCode;

    use super::*;

    fn fault(status: u16, headers: &HeaderMap, body: &str) -> ServiceFault {
        let status = StatusCode::from_u16(status).expect("a status");
        ServiceFault::read(status, headers, body.as_bytes()).expect("a map or no JSON")
    }

    fn read(status: u16, body: &str) -> (String, Option<String>) {
        let fault = fault(status, &HeaderMap::new(), body);
        (fault.code, fault.message)
    }

    #[test]
    fn code_and_text_are_found_where_services_put_them() {
        for (status, body, code, message) in [
            (
                400,
                r#"{"__type":"a.b#Some:Thing","message":"m"}"#,
                "a.b#Some",
                "m",
            ),
            (
                400,
                r#"{"__type":"a.b#SomeFault","Message":"M"}"#,
                "SomeFault",
                "M",
            ),
            (400, "{}", "400", ""),
            (413, "too large", "413", "too large"),
            (503, "", "503", "Service Unavailable"),
            (502, "<html>x", "502", "Bad Gateway"),
            (300, r#"{"__type":"X","message":"m"}"#, "Unknown", "Unknown"),
        ] {
            let expected_code = code.rsplit('#').next().unwrap_or_default();
            let expected = (expected_code.into(), Some(message.into()));
            assert_eq!(read(status, body), expected);
        }
        assert_eq!(read(400, r#"{"message":null}"#), ("400".into(), None));
    }

    #[test]
    fn json_that_is_no_map_is_no_fault() {
        for body in ["[]", "null", "\"x\""] {
            let found =
                ServiceFault::read(StatusCode::BAD_REQUEST, &HeaderMap::new(), body.as_bytes());
            assert!(matches!(found, Err(CallError::Protocol(_))), "{body}");
        }
    }

    #[test]
    fn headers_override_the_code_and_name_the_request() {
        let mut headers = HeaderMap::new();
        headers.insert(
            "x-amzn-query-error",
            "Other;Sender".parse().expect("a value"),
        );
        headers.insert("x-amzn-requestid", "r-1".parse().expect("a value"));
        let fault = fault(400, &headers, "{\"__type\":\"x#Y\"}");
        assert_eq!(fault.code, "Other");
        assert_eq!(fault.request_id.as_deref(), Some("r-1"));
    }
}
