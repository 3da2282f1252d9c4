//! Signed POST requests over kept-alive connections.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use everbeat_model::shape::to_json;
use everbeat_model::{Call, Described, Operation, OwnCall};
use everbeat_wire::json10;
use everbeat_wire::sigv4::{self, Credentials, RequestParts};
use http::header::{ACCEPT_ENCODING, AUTHORIZATION, CONTENT_TYPE, HOST, USER_AGENT};
use http::{HeaderValue, Request};
use http_body_util::Full;

use crate::attempt::Attempt;
use crate::endpoint::Endpoint;
use crate::error::CallError;
use crate::exchange::{Answer, Http, Timeouts};
use crate::proxy::Proxy;
use crate::tls::Trust;

const CONTENT: &str = json10::CONTENT_TYPE;
const TARGET: &str = json10::TARGET_HEADER;
const TOKEN: &str = "x-amz-security-token";
const SERVICE: &str = "swf";
/// The headers that are signed, those of them that a request has.
const SIGNED: [&str; 5] = ["content-type", "host", "x-amz-date", TOKEN, "x-amz-target"];
const PLAIN: HeaderValue = HeaderValue::from_static("identity");

/// A client of one server. Clones share the connections.
#[derive(Debug, Clone)]
pub struct Client {
    http: Http,
    target: Arc<Target>,
}

/// What is the same in every request.
#[derive(Debug, Clone)]
struct Target {
    endpoint: Endpoint,
    credentials: Option<Credentials>,
    region: String,
    user_agent: HeaderValue,
}

/// A request that is ready to be sent.
#[derive(Debug, Clone)]
pub struct Prepared {
    request: Request<Full<Bytes>>,
    payload_hash: Option<String>,
}

impl Prepared {
    /// The headers, in their order. Those that hold secrets are marked as sensitive.
    pub fn headers(&self) -> &http::HeaderMap {
        self.request.headers()
    }

    /// The form of the request that was signed, for whoever looks for the reason of a refused signature; without the
    /// session token.
    pub fn canonical_request(&self) -> Option<String> {
        let payload_hash = self.payload_hash.as_deref()?;
        let shown = |value: &HeaderValue| match value.to_str() {
            Ok(text) if !value.is_sensitive() => text.to_owned(),
            _ => "***".into(),
        };
        let values: Vec<(&str, String)> = SIGNED
            .into_iter()
            .filter_map(|name| Some((name, shown(self.request.headers().get(name)?))))
            .collect();
        let headers: Vec<(&str, &str)> = values
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        let uri = self.request.uri();
        Some(sigv4::canonical_request(&RequestParts {
            method: "POST",
            path: uri.path(),
            query: uri.query().unwrap_or_default(),
            headers: &headers,
            payload_hash,
        }))
    }
}

impl Client {
    /// A client with the default time-outs, no proxy, and the built-in certificates. Without credentials requests are not
    /// signed.
    pub fn new(endpoint: Endpoint, credentials: Option<Credentials>, region: String) -> Self {
        let user_agent = HeaderValue::from_static(concat!("everbeat/", env!("CARGO_PKG_VERSION")));
        let target = Target {
            endpoint,
            credentials,
            region,
            user_agent,
        };
        Self {
            http: Http::new(Timeouts::default(), None, Trust::BuiltIn),
            target: Arc::new(target),
        }
    }

    /// The same client with other time-outs and connections of its own.
    #[must_use]
    pub fn with_timeouts(self, timeouts: Timeouts) -> Self {
        let http = self.http.with_timeouts(timeouts);
        Self { http, ..self }
    }

    /// The same client through a proxy or past all, with connections of its own.
    #[must_use]
    pub fn with_proxy(self, proxy: Option<Proxy>) -> Self {
        let http = self.http.with_proxy(proxy);
        Self { http, ..self }
    }

    /// The same client with other trusted certificates and connections of its own.
    #[must_use]
    pub fn with_trust(self, trust: Trust) -> Self {
        let http = self.http.with_trust(trust);
        Self { http, ..self }
    }

    /// The same client under another name; what is no header value is left out of it.
    #[must_use]
    pub fn with_user_agent(self, name: &str) -> Self {
        let printable: String = name.chars().filter(|c| matches!(c, ' '..='~')).collect();
        let mut target = Arc::unwrap_or_clone(self.target);
        if let Ok(value) = HeaderValue::try_from(printable) {
            target.user_agent = value;
        }
        let target = Arc::new(target);
        Self { target, ..self }
    }

    /// Where the calls go.
    pub fn endpoint(&self) -> &Endpoint {
        &self.target.endpoint
    }

    /// How long the calls wait.
    pub fn timeouts(&self) -> Timeouts {
        self.http.timeouts()
    }

    /// One typed call.
    ///
    /// # Errors
    /// The service's fault, a lost or refused connection, a time-out, or an answer that does not fit the shape.
    pub async fn call<I: Call>(&self, input: &I) -> Result<I::Output, CallError> {
        read(&self.send(I::OPERATION, to_json(input)).await?)
    }

    /// One of Everbeat's own calls, which other services do not know.
    ///
    /// # Errors
    /// As [`Self::call`].
    pub async fn call_own<I: OwnCall>(&self, input: &I) -> Result<I::Output, CallError> {
        let target = json10::own_target_of(I::OPERATION);
        let prepared = self.target.prepare(target, to_json(input), None)?;
        read(&self.exchange(prepared).await?.into_body()?)
    }

    /// One call with a body as it goes over the wire; gives the body of the answer, empty for operations without one.
    ///
    /// # Errors
    /// As [`Self::call`], except that the answer is not looked into.
    pub async fn send(&self, operation: Operation, body: String) -> Result<Bytes, CallError> {
        let target = json10::target_of(operation);
        let prepared = self.target.prepare(target, body, None)?;
        self.exchange(prepared).await?.into_body()
    }

    /// A request with a body as it goes over the wire, signed now; it is good for one [`Self::exchange`].
    ///
    /// # Errors
    /// The region or a token cannot stand in a header.
    pub fn prepare(
        &self,
        operation: Operation,
        body: String,
        attempt: &Attempt,
    ) -> Result<Prepared, CallError> {
        let target = json10::target_of(operation);
        self.target.prepare(target, body, Some(attempt))
    }

    /// Sends a request; gives whatever is answered, faults too.
    ///
    /// # Errors
    /// A lost or refused connection, or a time-out.
    pub async fn exchange(&self, prepared: Prepared) -> Result<Answer, CallError> {
        self.http.send(prepared.request).await
    }
}

impl Target {
    fn prepare(
        &self,
        target: String,
        body: String,
        attempt: Option<&Attempt>,
    ) -> Result<Prepared, CallError> {
        let mut request = Request::post(self.endpoint.uri().clone())
            .header(HOST, self.endpoint.host())
            .header(ACCEPT_ENCODING, PLAIN)
            .header(TARGET, &target)
            .header(CONTENT_TYPE, HeaderValue::from_static(CONTENT))
            .header(USER_AGENT, self.user_agent.clone());
        let mut payload_hash = None;
        if let Some(credentials) = &self.credentials {
            let hash = payload_hash.insert(sigv4::payload_hash(body.as_bytes()));
            for (name, value) in self.signature(credentials, &target, hash) {
                let mut value = HeaderValue::try_from(value)
                    .map_err(|error| CallError::Protocol(error.to_string()))?;
                value.set_sensitive([AUTHORIZATION.as_str(), TOKEN].contains(&name));
                request = request.header(name, value);
            }
        }
        if let Some(attempt) = attempt {
            for (name, value) in attempt.headers() {
                request = request.header(name, value);
            }
        }
        let request = request
            .body(Full::new(body.into()))
            .map_err(|error| CallError::Protocol(error.to_string()))?;
        Ok(Prepared {
            request,
            payload_hash,
        })
    }

    fn signature(
        &self,
        credentials: &Credentials,
        target: &str,
        payload_hash: &str,
    ) -> Vec<(&'static str, String)> {
        let uri = self.endpoint.uri();
        let parts = RequestParts {
            method: "POST",
            path: uri.path(),
            query: uri.query().unwrap_or_default(),
            headers: &[
                (CONTENT_TYPE.as_str(), CONTENT),
                (HOST.as_str(), self.endpoint.host()),
                (TARGET, target),
            ],
            payload_hash,
        };
        let since_1970 = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        let now = i64::try_from(since_1970.as_secs()).unwrap_or(i64::MAX);
        sigv4::authorize(&parts, credentials, &self.region, SERVICE, now)
    }
}

/// Reads an answer; an empty one belongs to an operation without output.
fn read<O: Described>(body: &[u8]) -> Result<O, CallError> {
    let value = if body.is_empty() {
        serde_json::Value::Null
    } else {
        serde_json::from_slice(body).map_err(|error| CallError::Protocol(error.to_string()))?
    };
    O::from_json(value).map_err(|mismatch| CallError::Protocol(mismatch.to_string()))
}
