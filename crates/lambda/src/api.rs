//! Lambda's own Invoke API (2015-03-31), at Amazon's endpoint or any compatible one.

use bytes::Bytes;
use everbeat_wire::sigv4::{self, Credentials, RequestParts};
use http::header::{CONTENT_TYPE, HOST, USER_AGENT};
use http::{HeaderMap, Request, Uri};
use http_body_util::Full;
use serde_json::Value;

use crate::configuration::http_address;
use crate::credentials::CredentialSource;
use crate::invoker::Invocation;
use crate::outcome::{Outcome, most_bytes};
use crate::transport::{self, Answer, Http, SendError};

const SERVICE: &str = "lambda";
const INVOCATION_TYPE: &str = "x-amz-invocation-type";
const FUNCTION_ERROR: &str = "x-amz-function-error";
const ERROR_TYPE: &str = "x-amzn-errortype";
/// Stands for the region in an endpoint.
const REGION: &str = "{region}";

/// Where Lambda's API is, for every region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Endpoint(String);

impl Endpoint {
    /// Reads a URL, which may hold `{region}`.
    pub(crate) fn parse(url: &str) -> Result<Self, String> {
        let sample = url.replace(REGION, "us-east-1");
        if http_address(&sample)?.query().is_some() || sample.contains(['{', '}']) {
            return Err(format!(
                "it must have no query, and no braces but those of {REGION}"
            ));
        }
        Ok(Self(url.trim_end_matches('/').into()))
    }

    /// The address of a function's invocations.
    fn invocations(&self, function: &str, region: &str) -> Option<Uri> {
        // The region comes from the signatures of callers: it must not reach into the rest of the URL.
        let is_label = |c: char| c.is_ascii_alphanumeric() || c == '-';
        if region.is_empty() || !region.chars().all(is_label) {
            return None;
        }
        let base = self.0.replace(REGION, region);
        let function = percent_encoded(function);
        format!("{base}/2015-03-31/functions/{function}/invocations")
            .parse()
            .ok()
    }
}

/// A call over the API that lacks only its signature, which belongs to the moment in which it is sent.
pub(crate) struct Prepared {
    uri: Uri,
    credentials: Credentials,
}

impl Prepared {
    /// Finds what a call needs; else why the function cannot be called.
    pub(crate) async fn find(
        endpoint: &Endpoint,
        credentials: &CredentialSource,
        invocation: &Invocation,
    ) -> Result<Self, Outcome> {
        let (function, region) = (&invocation.function, &invocation.region);
        // No encoding keeps these from meaning another path to those who tidy up paths.
        if matches!(function.as_str(), "." | "..") {
            let details = format!("No function can be named '{function}'.");
            return Err(Outcome::failed("InvalidFunctionName", details));
        }
        let uri = endpoint.invocations(function, region).ok_or_else(|| {
            let details = format!("The region '{region}' makes no endpoint.");
            Outcome::failed("InvalidEndpoint", details)
        })?;
        let credentials = credentials
            .credentials()
            .await
            .map_err(|error| Outcome::failed("CredentialsNotAvailable", error.to_string()))?;
        Ok(Self { uri, credentials })
    }

    /// Calls the function.
    pub(crate) async fn invoke(self, http: &Http, invocation: &Invocation) -> Outcome {
        match signed(self.uri, invocation, &self.credentials) {
            Some(request) => outcome(http.send(request, most_bytes()).await),
            None => Outcome::failed(
                "InvalidCredentials",
                "The credentials hold characters that no header can carry.",
            ),
        }
    }
}

/// What the answer of an Invoke call means; an HTTP address that answers in the same way means the same.
pub(crate) fn outcome(answer: Result<Answer, SendError>) -> Outcome {
    let answer = match answer {
        Ok(answer) => answer,
        Err(SendError::NotConnected(reason)) => {
            return Outcome::failed("ConnectionFailed", reason);
        }
        Err(SendError::Lost(reason)) => return Outcome::failed("ConnectionLost", reason),
    };
    if !answer.status.is_success() {
        let (code, message) = error_of(&answer);
        return Outcome::failed(code, message);
    }
    match answer.headers.get(FUNCTION_ERROR) {
        Some(kind) => Outcome::failed(String::from_utf8_lossy(kind.as_bytes()), answer.body.text()),
        None => Outcome::answered(&answer.body),
    }
}

/// The request, or nothing if the credentials fit into no header.
fn signed(
    uri: Uri,
    invocation: &Invocation,
    credentials: &Credentials,
) -> Option<Request<Full<Bytes>>> {
    let body = invocation.payload();
    let host = host(&uri);
    let headers = [
        ("content-type", "application/json"),
        ("host", host.as_str()),
        (INVOCATION_TYPE, "RequestResponse"),
    ];
    let parts = RequestParts {
        method: "POST",
        path: uri.path(),
        query: "",
        headers: &headers,
        payload_hash: &sigv4::payload_hash(body.as_bytes()),
    };
    let now = transport::unix_seconds();
    let added = sigv4::authorize(&parts, credentials, &invocation.region, SERVICE, now);
    let mut request = Request::post(&uri)
        .header(CONTENT_TYPE, "application/json")
        .header(HOST, &host)
        .header(INVOCATION_TYPE, "RequestResponse")
        .header(USER_AGENT, transport::USER_AGENT);
    for (name, value) in added {
        request = request.header(name, value);
    }
    request.body(Full::from(body.to_owned())).ok()
}

/// The `Host` header: the port is left out when it is the scheme's own.
fn host(uri: &Uri) -> String {
    let host = uri.host().unwrap_or_default();
    match (uri.port_u16(), uri.scheme_str()) {
        (None, _) | (Some(80), Some("http")) | (Some(443), Some("https")) => host.into(),
        (Some(port), _) => format!("{host}:{port}"),
    }
}

/// Code and text of an error: the code from the header or the body, else the status.
fn error_of(answer: &Answer) -> (String, String) {
    let json: Option<Value> = serde_json::from_slice(answer.body.bytes()).ok();
    let code = header(&answer.headers, ERROR_TYPE)
        .or_else(|| text_member(json.as_ref(), &["__type", "Code", "code"]))
        .map(bare_code)
        .filter(|code| !code.is_empty())
        .map_or_else(
            || format!("HTTP status {}", answer.status.as_u16()),
            Into::into,
        );
    let message = text_member(json.as_ref(), &["message", "Message", "errorMessage"])
        .map_or_else(|| answer.body.text().into_owned(), Into::into);
    (code, message)
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

fn text_member<'a>(json: Option<&'a Value>, names: &[&str]) -> Option<&'a str> {
    names.iter().find_map(|name| json?.get(name)?.as_str())
}

/// `ResourceNotFoundException` of `prefix#ResourceNotFoundException:http://...`.
fn bare_code(code: &str) -> &str {
    let code = code.split(':').next().unwrap_or(code);
    code.rsplit('#').next().unwrap_or(code)
}

/// Every byte but the unreserved ones percent-encoded, so that an ARN is one segment of a path.
fn percent_encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use http::StatusCode;

    use super::*;
    use crate::transport::Body;

    #[test]
    fn endpoints_name_region_and_function() {
        let endpoint = Endpoint::parse("https://lambda.{region}.amazonaws.com/").expect("a URL");
        let uri = endpoint
            .invocations(
                "arn:aws:lambda:eu-west-1:123456789012:function:a",
                "eu-west-1",
            )
            .expect("an address");
        assert_eq!(
            uri.to_string(),
            "https://lambda.eu-west-1.amazonaws.com/2015-03-31/functions/\
             arn%3Aaws%3Alambda%3Aeu-west-1%3A123456789012%3Afunction%3Aa/invocations"
        );
        assert_eq!(endpoint.invocations("a", "evil.test/"), None);
        assert_eq!(endpoint.invocations("a", ""), None);
    }

    #[test]
    fn codes_are_found_where_services_put_them() {
        for (header, body, code, message) in [
            (
                Some("ResourceNotFoundException:http://x/"),
                r#"{"Type":"User","Message":"m"}"#,
                "ResourceNotFoundException",
                "m",
            ),
            (
                None,
                r#"{"__type":"p#TooManyRequestsException","message":"m"}"#,
                "TooManyRequestsException",
                "m",
            ),
            (
                None,
                r#"{"Code":"AccessDenied"}"#,
                "AccessDenied",
                r#"{"Code":"AccessDenied"}"#,
            ),
            (None, "no JSON", "HTTP status 503", "no JSON"),
            (Some(":"), "", "HTTP status 503", ""),
        ] {
            let mut headers = HeaderMap::new();
            if let Some(value) = header {
                headers.insert(ERROR_TYPE, value.parse().expect("a value"));
            }
            let answer = Answer {
                status: StatusCode::SERVICE_UNAVAILABLE,
                headers,
                body: Body::whole(body.into()),
            };
            assert_eq!(error_of(&answer), (code.into(), message.into()));
        }
    }

    #[test]
    fn a_host_has_no_port_of_its_scheme() {
        for (uri, expected) in [
            ("http://h:80/", "h"),
            ("https://h:443/", "h"),
            ("http://h:443/", "h:443"),
            ("http://[::1]:9/", "[::1]:9"),
            ("https://h/", "h"),
        ] {
            assert_eq!(host(&Uri::from_static(uri)), expected);
        }
    }
}
