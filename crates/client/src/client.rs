//! Signed POST requests over kept-alive connections.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use everbeat_model::shape::to_json;
use everbeat_model::{Call, Described, Operation, OwnCall};
use everbeat_wire::json10;
use everbeat_wire::sigv4::{self, Credentials, RequestParts};
use http::header::{AUTHORIZATION, CONTENT_TYPE, HOST, USER_AGENT};
use http::{HeaderValue, Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper_util::client::legacy::{self, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;
use tokio::time::timeout;

use crate::endpoint::Endpoint;
use crate::error::{CallError, ServiceFault};

const CONTENT: &str = json10::CONTENT_TYPE;
const TARGET: &str = json10::TARGET_HEADER;
const SERVICE: &str = "swf";

/// How long a call waits; `None` stands for without end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// For a connection.
    pub connect: Option<Duration>,
    /// For the next piece of an answer.
    pub read: Option<Duration>,
}

impl Default for Timeouts {
    /// Enough for a poll, which the service holds for up to 60 s.
    fn default() -> Self {
        Self {
            connect: Some(Duration::from_secs(60)),
            read: Some(Duration::from_secs(70)),
        }
    }
}

/// A client of one server. Clones share the connections.
#[derive(Debug, Clone)]
pub struct Client {
    http: legacy::Client<HttpConnector, Full<Bytes>>,
    target: Arc<Target>,
    read_timeout: Option<Duration>,
}

/// What is the same in every request.
#[derive(Debug)]
struct Target {
    endpoint: Endpoint,
    credentials: Option<Credentials>,
    region: String,
    user_agent: HeaderValue,
}

impl Client {
    /// A client with the default time-outs. Without credentials requests are not signed.
    pub fn new(endpoint: Endpoint, credentials: Option<Credentials>, region: String) -> Self {
        let user_agent = HeaderValue::from_static(concat!("everbeat/", env!("CARGO_PKG_VERSION")));
        let target = Target {
            endpoint,
            credentials,
            region,
            user_agent,
        };
        let timeouts = Timeouts::default();
        Self {
            http: connections(timeouts.connect),
            target: Arc::new(target),
            read_timeout: timeouts.read,
        }
    }

    /// The same client with other time-outs and connections of its own.
    #[must_use]
    pub fn with_timeouts(self, timeouts: Timeouts) -> Self {
        Self {
            http: connections(timeouts.connect),
            read_timeout: timeouts.read,
            ..self
        }
    }

    /// Where the calls go.
    pub fn endpoint(&self) -> &Endpoint {
        &self.target.endpoint
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
        read(&self.post(target, to_json(input)).await?)
    }

    /// One call with a body as it goes over the wire; gives the body of the answer, empty for operations without one.
    ///
    /// # Errors
    /// As [`Self::call`], except that the answer is not looked into.
    pub async fn send(&self, operation: Operation, body: String) -> Result<Bytes, CallError> {
        self.post(json10::target_of(operation), body).await
    }

    async fn post(&self, target: String, body: String) -> Result<Bytes, CallError> {
        let request = self.target.request(target, body)?;
        let response = self
            .in_time(self.http.request(request))
            .await?
            .map_err(|error| connection_error(&error))?;
        let (parts, body) = response.into_parts();
        let body = self.collect(Response::new(body)).await?;
        if parts.status.as_u16() >= 300 {
            return Err(CallError::Service(ServiceFault::read(
                parts.status,
                &parts.headers,
                &body,
            )));
        }
        Ok(body)
    }

    /// The time-out holds for every piece, not for the whole body.
    async fn collect(&self, mut response: Response<Incoming>) -> Result<Bytes, CallError> {
        let mut pieces: Vec<Bytes> = Vec::new();
        while let Some(frame) = self.in_time(response.frame()).await? {
            let frame = frame.map_err(|error| CallError::Closed(reason(&error)))?;
            if let Ok(data) = frame.into_data() {
                pieces.push(data);
            }
        }
        match <[Bytes; 1]>::try_from(pieces) {
            Ok([piece]) => Ok(piece),
            Err(pieces) => Ok(pieces.concat().into()),
        }
    }

    async fn in_time<F: Future>(&self, future: F) -> Result<F::Output, CallError> {
        match self.read_timeout {
            Some(limit) => timeout(limit, future)
                .await
                .map_err(|_| CallError::ReadTimeout),
            None => Ok(future.await),
        }
    }
}

impl Target {
    fn request(&self, target: String, body: String) -> Result<Request<Full<Bytes>>, CallError> {
        let mut request = Request::post(self.endpoint.uri().clone())
            .header(HOST, self.endpoint.host())
            .header(CONTENT_TYPE, HeaderValue::from_static(CONTENT))
            .header(USER_AGENT, self.user_agent.clone());
        if let Some(credentials) = &self.credentials {
            for (name, value) in self.signature(credentials, &target, body.as_bytes()) {
                let mut value = HeaderValue::try_from(value)
                    .map_err(|error| CallError::Protocol(error.to_string()))?;
                value.set_sensitive(name == AUTHORIZATION.as_str());
                request = request.header(name, value);
            }
        }
        request
            .header(TARGET, target)
            .body(Full::new(body.into()))
            .map_err(|error| CallError::Protocol(error.to_string()))
    }

    fn signature(
        &self,
        credentials: &Credentials,
        target: &str,
        body: &[u8],
    ) -> Vec<(&'static str, String)> {
        let uri = self.endpoint.uri();
        let payload_hash = sigv4::payload_hash(body);
        let parts = RequestParts {
            method: "POST",
            path: uri.path(),
            query: uri.query().unwrap_or_default(),
            headers: &[
                (CONTENT_TYPE.as_str(), CONTENT),
                (HOST.as_str(), self.endpoint.host()),
                (TARGET, target),
            ],
            payload_hash: &payload_hash,
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

fn connections(connect_timeout: Option<Duration>) -> legacy::Client<HttpConnector, Full<Bytes>> {
    let mut connector = HttpConnector::new();
    connector.set_connect_timeout(connect_timeout);
    connector.set_nodelay(true);
    legacy::Client::builder(TokioExecutor::new()).build(connector)
}

fn connection_error(error: &legacy::Error) -> CallError {
    if !error.is_connect() {
        return CallError::Closed(reason(error));
    }
    if causes(error).any(is_timeout) {
        CallError::ConnectTimeout
    } else {
        CallError::Connection(reason(error))
    }
}

fn is_timeout(error: &(dyn std::error::Error + 'static)) -> bool {
    error
        .downcast_ref::<std::io::Error>()
        .is_some_and(|error| error.kind() == std::io::ErrorKind::TimedOut)
}

/// The innermost cause, which says what happened.
fn reason(error: &(dyn std::error::Error + 'static)) -> String {
    causes(error)
        .last()
        .map(ToString::to_string)
        .unwrap_or_default()
}

fn causes<'a>(
    error: &'a (dyn std::error::Error + 'static),
) -> impl Iterator<Item = &'a (dyn std::error::Error + 'static)> {
    std::iter::successors(Some(error), |error| error.source())
}
