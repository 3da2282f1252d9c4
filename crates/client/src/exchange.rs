//! HTTP as clients of services need it: one request at a time over kept-alive connections, straight or through a proxy,
//! plain or with TLS. Redirects are not followed, and nothing is tried again.

use std::error::Error;
use std::io;
use std::time::Duration;

use bytes::Bytes;
use http::header::PROXY_AUTHORIZATION;
use http::{HeaderMap, Request, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::Body;
use hyper_util::client::legacy;
use hyper_util::rt::TokioExecutor;

use crate::connect::{ConnectError, Connector};
use crate::error::{CallError, ServiceFault};
use crate::proxy::Proxy;
use crate::tls::Trust;

/// No answer is longer, in bytes. The longest that the service gives is a fraction of it.
const LONGEST_ANSWER: usize = 256 * 1024 * 1024;

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

/// A client of any server. Clones share the connections.
#[derive(Debug, Clone)]
pub struct Http {
    client: legacy::Client<Connector, Full<Bytes>>,
    timeouts: Timeouts,
    proxy: Option<Proxy>,
    trust: Trust,
}

/// An answer, of whatever status.
#[derive(Debug, Clone)]
pub struct Answer {
    /// HTTP status.
    pub status: StatusCode,
    /// Headers.
    pub headers: HeaderMap,
    /// The whole body.
    pub body: Bytes,
}

impl Answer {
    /// The body of a good answer.
    ///
    /// # Errors
    /// The fault that an answer with a status of 300 and more holds.
    pub fn into_body(self) -> Result<Bytes, CallError> {
        if self.status.as_u16() < 300 {
            return Ok(self.body);
        }
        let fault = ServiceFault::read(self.status, &self.headers, &self.body)?;
        Err(CallError::Service(fault))
    }
}

impl Http {
    /// A client that goes through a proxy, if there is one.
    pub fn new(timeouts: Timeouts, proxy: Option<Proxy>, trust: Trust) -> Self {
        let connector = Connector::new(timeouts, proxy.clone(), trust.clone());
        // Services take headers in any case; Python writes most of them so.
        let client = legacy::Client::builder(TokioExecutor::new())
            .http1_title_case_headers(true)
            .build(connector);
        Self {
            client,
            timeouts,
            proxy,
            trust,
        }
    }

    pub(crate) fn with_timeouts(self, timeouts: Timeouts) -> Self {
        Self::new(timeouts, self.proxy, self.trust)
    }

    pub(crate) fn with_proxy(self, proxy: Option<Proxy>) -> Self {
        Self::new(self.timeouts, proxy, self.trust)
    }

    pub(crate) fn with_trust(self, trust: Trust) -> Self {
        Self::new(self.timeouts, self.proxy, trust)
    }

    pub(crate) fn timeouts(&self) -> Timeouts {
        self.timeouts
    }

    /// Sends a request once; gives whatever is answered.
    ///
    /// # Errors
    /// No connection, a lost one, a time-out, or an answer of more than 256 MiB.
    pub async fn send(&self, mut request: Request<Full<Bytes>>) -> Result<Answer, CallError> {
        // In a tunnel the proxy has been told already.
        if let Some(proxy) = &self.proxy
            && let Some(value) = &proxy.authorization
            && request.uri().scheme() == Some(&http::uri::Scheme::HTTP)
        {
            request
                .headers_mut()
                .insert(PROXY_AUTHORIZATION, value.clone());
        }
        let response = self.client.request(request).await;
        let response = response.map_err(|error| self.call_error(&error))?;
        let (parts, incoming) = response.into_parts();
        let body = gathered(incoming, LONGEST_ANSWER, |error| self.call_error(&error)).await?;
        Ok(Answer {
            status: parts.status,
            headers: parts.headers,
            body,
        })
    }

    fn call_error(&self, error: &(dyn Error + 'static)) -> CallError {
        let connecting = causes(error).find_map(|error| error.downcast_ref::<ConnectError>());
        match connecting.cloned() {
            Some(ConnectError::Refused(reason)) => CallError::Connection(reason),
            Some(ConnectError::Timeout) => CallError::ConnectTimeout,
            Some(ConnectError::HandshakeTimeout) => CallError::ReadTimeout,
            Some(ConnectError::Closed(reason)) => CallError::Closed(reason),
            Some(ConnectError::Tls(reason)) => CallError::Tls(reason),
            Some(ConnectError::Proxy(reason)) => CallError::Proxy {
                url: self
                    .proxy
                    .as_ref()
                    .map(|proxy| proxy.shown().to_owned())
                    .unwrap_or_default(),
                reason,
            },
            None if causes(error).any(is_late) => CallError::ReadTimeout,
            None => CallError::Closed(innermost(error)),
        }
    }
}

/// The whole of a body, if it is no longer than `most` bytes. The rest of a longer one is not read.
async fn gathered<B: Body<Data = Bytes> + Unpin>(
    mut body: B,
    most: usize,
    lost: impl Fn(B::Error) -> CallError,
) -> Result<Bytes, CallError> {
    let mut pieces: Vec<Bytes> = Vec::new();
    let mut room = most;
    while let Some(frame) = body.frame().await {
        if let Ok(data) = frame.map_err(&lost)?.into_data() {
            room = room.checked_sub(data.len()).ok_or_else(|| {
                CallError::Protocol(format!("the answer is longer than {most} bytes"))
            })?;
            pieces.push(data);
        }
    }
    Ok(match <[Bytes; 1]>::try_from(pieces) {
        Ok([piece]) => piece,
        Err(pieces) => pieces.concat().into(),
    })
}

/// A socket's time is over.
pub(crate) fn is_late(error: &(dyn Error + 'static)) -> bool {
    error
        .downcast_ref::<io::Error>()
        .is_some_and(|error| error.kind() == io::ErrorKind::TimedOut)
}

/// The innermost cause, which says what happened.
pub(crate) fn innermost(error: &(dyn Error + 'static)) -> String {
    causes(error)
        .last()
        .map(ToString::to_string)
        .unwrap_or_default()
}

/// An error and what it comes from.
pub(crate) fn causes<'a>(
    error: &'a (dyn Error + 'static),
) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error: &&'a (dyn Error + 'static)| {
        (*error).source()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_answer_has_a_bound() {
        let lost = |never: std::convert::Infallible| match never {};
        let body = || Full::new(Bytes::from_static(b"four"));
        let whole = gathered(body(), 4, lost).await;
        assert_eq!(whole, Ok(Bytes::from_static(b"four")));
        let text = "the answer is longer than 3 bytes";
        let error = gathered(body(), 3, lost).await;
        assert_eq!(error, Err(CallError::Protocol(text.into())));
    }
}
