//! HTTP as this crate needs it: one POST or GET at a time over kept-alive connections, http and https, answers bounded
//! in size. Time is bounded by the caller, who drops what takes too long.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use http::{HeaderMap, Request, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::{self, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;
use rustls::{ClientConfig, RootCertStore};

/// How this program names itself.
pub(crate) const USER_AGENT: &str = concat!("everbeat/", env!("CARGO_PKG_VERSION"));

/// The time for signatures: seconds since 1970.
pub(crate) fn unix_seconds() -> i64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .ok()
        .and_then(|since| i64::try_from(since.as_secs()).ok())
        .unwrap_or_default()
}

/// TLS cannot be set up on this machine.
#[derive(Debug)]
pub struct TlsError(rustls::Error);

impl fmt::Display for TlsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TLS for calls to Lambda cannot be set up: {}", self.0)
    }
}

impl std::error::Error for TlsError {}

/// TLS that trusts the certificates that this machine trusts. Without any, calls over https fail and all others work.
///
/// # Errors
/// When the cryptography that is built in cannot serve TLS.
pub(crate) fn tls() -> Result<ClientConfig, TlsError> {
    let mut roots = RootCertStore::empty();
    let found = rustls_native_certs::load_native_certs();
    roots.add_parsable_certificates(found.certs);
    if roots.is_empty() {
        tracing::warn!(
            "this machine has no trusted certificates: functions cannot be called over https"
        );
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    Ok(ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(TlsError)?
        .with_root_certificates(roots)
        .with_no_client_auth())
}

/// A client. Clones share the connections.
#[derive(Debug, Clone)]
pub(crate) struct Http {
    client: legacy::Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
}

/// An answer, of whatever status.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Body,
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum SendError {
    /// No connection was made, so nothing was sent.
    NotConnected(String),
    /// The connection was lost. The request may have had its effect.
    Lost(String),
}

impl fmt::Display for SendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotConnected(reason) => write!(f, "no connection: {reason}"),
            Self::Lost(reason) => write!(f, "the connection was lost: {reason}"),
        }
    }
}

impl std::error::Error for SendError {}

/// Bytes that came back, up to a bound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Body {
    bytes: Vec<u8>,
    most: usize,
    is_whole: bool,
}

impl Body {
    /// An empty body that keeps at most `most` bytes.
    pub(crate) fn bounded(most: usize) -> Self {
        Self {
            bytes: Vec::new(),
            most,
            is_whole: true,
        }
    }

    /// A body of known bytes.
    #[cfg(test)]
    pub(crate) fn whole(bytes: Vec<u8>) -> Self {
        Self {
            most: bytes.len(),
            bytes,
            is_whole: true,
        }
    }

    /// Adds what fits. The rest is dropped, and the body no longer whole.
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        let room = self.most - self.bytes.len();
        let (kept, dropped) = bytes.split_at(room.min(bytes.len()));
        self.bytes.extend_from_slice(kept);
        self.is_whole &= dropped.is_empty();
    }

    /// Whether nothing was dropped.
    pub(crate) fn is_whole(&self) -> bool {
        self.is_whole
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// As text; what is no text is replaced.
    pub(crate) fn text(&self) -> std::borrow::Cow<'_, str> {
        String::from_utf8_lossy(&self.bytes)
    }

    /// As text, if it is.
    pub(crate) fn strict_text(&self) -> Option<&str> {
        std::str::from_utf8(&self.bytes).ok()
    }
}

impl Http {
    /// A client that waits so long for a connection.
    pub(crate) fn new(tls: ClientConfig, connect_timeout: Option<Duration>) -> Self {
        let mut connector = HttpConnector::new();
        connector.enforce_http(false);
        connector.set_connect_timeout(connect_timeout);
        connector.set_nodelay(true);
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls)
            .https_or_http()
            .enable_http1()
            .wrap_connector(connector);
        Self {
            client: legacy::Client::builder(TokioExecutor::new()).build(connector),
        }
    }

    /// Sends a request once, and keeps at most `most` bytes of the answer's body. (A kept-alive connection that turns
    /// out to be closed before anything was written is replaced; that is not a second call.)
    pub(crate) async fn send(
        &self,
        request: Request<Full<Bytes>>,
        most: usize,
    ) -> Result<Answer, SendError> {
        let response = self.client.request(request).await.map_err(|error| {
            let reason = innermost(&error);
            if error.is_connect() {
                SendError::NotConnected(reason)
            } else {
                SendError::Lost(reason)
            }
        })?;
        let (parts, body) = response.into_parts();
        Ok(Answer {
            status: parts.status,
            headers: parts.headers,
            body: read(body, most).await?,
        })
    }
}

/// Reads no further than it keeps: the connection of an endless answer is given up.
async fn read(mut incoming: Incoming, most: usize) -> Result<Body, SendError> {
    let mut body = Body::bounded(most);
    while let Some(frame) = incoming.frame().await {
        let frame = frame.map_err(|error| SendError::Lost(innermost(&error)))?;
        if let Some(data) = frame.data_ref() {
            body.push(data);
        }
        if !body.is_whole() {
            break;
        }
    }
    Ok(body)
}

/// The innermost cause, which says what happened.
fn innermost(error: &(dyn std::error::Error + 'static)) -> String {
    std::iter::successors(Some(error), |error| error.source())
        .last()
        .map(ToString::to_string)
        .unwrap_or_default()
}
