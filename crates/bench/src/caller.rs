//! Who calls which server, and the headers of a call, signed for each body as an SDK does it.

use std::time::{SystemTime, UNIX_EPOCH};

use everbeat_client::{Client, Credentials, DEFAULT_KEY, DEFAULT_REGION, Endpoint, Timeouts};
use everbeat_model::Operation;
use everbeat_wire::json10::{self, CONTENT_TYPE, TARGET_HEADER};
use everbeat_wire::sigv4::{self, RequestParts, SERVICE, Signer};
use http::header::{self, HeaderMap, HeaderName, HeaderValue};

use crate::failure::Failure;

const AGENT: &str = concat!("everbeat-bench/", env!("CARGO_PKG_VERSION"));

/// A server, and what is called there with.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    endpoint: Endpoint,
    credentials: Credentials,
}

impl Caller {
    /// For a server that lets everybody in.
    pub(crate) fn anybody(endpoint: Endpoint) -> Self {
        Self::new(
            endpoint,
            Credentials {
                access_key_id: DEFAULT_KEY.into(),
                secret_access_key: DEFAULT_KEY.into(),
                session_token: None,
            },
        )
    }

    /// For a server that knows the credentials.
    pub(crate) fn new(endpoint: Endpoint, credentials: Credentials) -> Self {
        Self {
            endpoint,
            credentials,
        }
    }

    pub(crate) fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// A client for calls outside the load.
    pub(crate) fn client(&self, timeouts: Timeouts) -> Client {
        let credentials = Some(self.credentials.clone());
        Client::new(self.endpoint.clone(), credentials, DEFAULT_REGION.into())
            .with_timeouts(timeouts)
    }

    /// The headers of an operation's calls.
    ///
    /// # Errors
    /// When the endpoint's host cannot stand in a header.
    pub(crate) fn headers(&self, operation: Operation) -> Result<CallHeaders, Failure> {
        let signer = Signer::new(self.credentials.clone(), DEFAULT_REGION, SERVICE, now());
        let target = json10::target_of(operation);
        let host = self.endpoint.host();
        let mut unsigned = HeaderMap::new();
        for (name, value) in [
            (header::CONTENT_TYPE, CONTENT_TYPE),
            (header::HOST, host),
            (HeaderName::from_static(TARGET_HEADER), &target),
            (header::USER_AGENT, AGENT),
        ] {
            let value = HeaderValue::from_str(value)
                .map_err(|error| Failure::Connection(format!("{name}: {error}")))?;
            unsigned.insert(name, value);
        }
        Ok(CallHeaders {
            path: self.endpoint.uri().path().into(),
            query: self.endpoint.uri().query().unwrap_or_default().into(),
            host: host.into(),
            target,
            unsigned,
            signer,
        })
    }
}

/// The headers of one operation's calls to one server.
pub(crate) struct CallHeaders {
    path: String,
    query: String,
    host: String,
    target: String,
    unsigned: HeaderMap,
    signer: Signer,
}

impl CallHeaders {
    /// All headers of a call with that body, signed now.
    ///
    /// # Errors
    /// When the signature cannot stand in a header.
    pub(crate) fn signed_for(&self, body: &[u8]) -> Result<HeaderMap, String> {
        let parts = RequestParts {
            method: "POST",
            path: &self.path,
            query: &self.query,
            headers: &[
                (header::CONTENT_TYPE.as_str(), CONTENT_TYPE),
                (header::HOST.as_str(), &self.host),
                (TARGET_HEADER, &self.target),
            ],
            payload_hash: &sigv4::payload_hash(body),
        };
        let mut headers = self.unsigned.clone();
        for (name, value) in self.signer.authorize(&parts, now()) {
            let value = HeaderValue::try_from(value).map_err(|error| error.to_string())?;
            headers.insert(name, value);
        }
        Ok(headers)
    }
}

/// Seconds since 1970.
fn now() -> i64 {
    let since_1970 = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since_1970.as_secs()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use everbeat_wire::sigv4::{Head, KeyFacts, check, read_claim, signing_key};

    use super::*;

    #[test]
    fn requests_carry_the_headers_of_an_sdk_and_are_signed() {
        let endpoint = Endpoint::parse("http://127.0.0.1:7930/p%20x").expect("a URL");
        let call = Caller::anybody(endpoint)
            .headers(Operation::RecordActivityTaskHeartbeat)
            .expect("headers");
        let headers = call.signed_for(b"{}").expect("headers");
        for (name, part) in [
            ("content-type", CONTENT_TYPE),
            (
                "x-amz-target",
                "SimpleWorkflowService.RecordActivityTaskHeartbeat",
            ),
            ("authorization", "/us-east-1/swf/aws4_request"),
            ("user-agent", "everbeat-bench/"),
        ] {
            let value = headers.get(name).and_then(|value| value.to_str().ok());
            assert!(
                value.is_some_and(|value| value.contains(part)),
                "{name}: {value:?}"
            );
        }
        let head = Head {
            method: "POST",
            path: "/p%20x",
            query: "",
            authority: None,
            headers: &headers,
        };
        let claim = read_claim(&head, now(), Some(DEFAULT_REGION)).expect("a claim");
        let key = KeyFacts {
            signing_key: signing_key(DEFAULT_KEY, claim.scope()),
            session: None,
        };
        assert_eq!(check(&claim, b"{}", Some(&key), now()), Ok(()));
        assert!(check(&claim, b"{ }", Some(&key), now()).is_err());
    }
}
