//! A kept-alive connection that carries one request at a time.
//!
//! Made to cost little: no pool, no task beside the caller's, no time-out for each call. Whoever calls bounds the time
//! of a whole span.

use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use everbeat_client::Endpoint;
use http::{Method, Request, Response, Uri};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::caller::CallHeaders;
use crate::failure::Failure;

/// How much went over all connections to one server.
#[derive(Debug, Default)]
pub(crate) struct Traffic {
    calls: AtomicU64,
    sent_bytes: AtomicU64,
    received_bytes: AtomicU64,
}

impl Traffic {
    fn add(&self, sent: usize, received: usize) {
        self.calls.fetch_add(1, Ordering::Relaxed);
        self.sent_bytes.fetch_add(sent as u64, Ordering::Relaxed);
        self.received_bytes
            .fetch_add(received as u64, Ordering::Relaxed);
    }

    /// Calls that were answered, with whatever.
    pub(crate) fn calls(&self) -> u64 {
        self.calls.load(Ordering::Relaxed)
    }

    /// Mean size of the bodies of requests and replies, in bytes.
    pub(crate) fn mean_sizes(&self) -> (usize, usize) {
        let calls = self.calls().max(1);
        let mean = |total: &AtomicU64| total.load(Ordering::Relaxed).div_ceil(calls) as usize;
        (mean(&self.sent_bytes), mean(&self.received_bytes))
    }
}

/// A connection.
pub(crate) struct Connection {
    sender: http1::SendRequest<Full<Bytes>>,
    /// What moves the bytes; runs inside [`Self::call`] so that a request takes no switch between tasks.
    driver: Pin<Box<http1::Connection<TokioIo<TcpStream>, Full<Bytes>>>>,
    path: Uri,
}

impl Connection {
    /// Opens a connection.
    ///
    /// # Errors
    /// When the server cannot be reached.
    pub(crate) async fn open(endpoint: &Endpoint) -> Result<Self, Failure> {
        let uri = endpoint.uri();
        let host = uri.host().unwrap_or_default();
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let stream = TcpStream::connect((host, uri.port_u16().unwrap_or(80)))
            .await
            .map_err(|error| Failure::Connection(format!("{endpoint}: {error}")))?;
        stream.set_nodelay(true).map_err(Failure::Machine)?;
        let (sender, driver) = http1::handshake(TokioIo::new(stream))
            .await
            .map_err(|error| Failure::Connection(error.to_string()))?;
        let path = uri
            .path_and_query()
            .cloned()
            .map_or_else(|| Uri::from_static("/"), Uri::from);
        Ok(Self {
            sender,
            driver: Box::pin(driver),
            path,
        })
    }

    /// One call; the body of its answer.
    ///
    /// # Errors
    /// What went wrong, for people: a lost connection, or a status other than 200 with its body.
    pub(crate) async fn call(
        &mut self,
        headers: &CallHeaders,
        body: Bytes,
        traffic: &Traffic,
    ) -> Result<Bytes, String> {
        let sent = body.len();
        let headers = headers.signed_for(&body)?;
        let mut request = Request::new(Full::new(body));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = self.path.clone();
        *request.headers_mut() = headers;
        let answer = pin!(exchange(&mut self.sender, request));
        let response = tokio::select! {
            biased;
            answer = answer => answer.map_err(|error| error.to_string())?,
            _ = &mut self.driver => return Err("the server closed the connection".into()),
        };
        let status = response.status();
        let body = response.into_body();
        traffic.add(sent, body.len());
        if status == http::StatusCode::OK {
            Ok(body)
        } else {
            Err(format!("{status}: {}", String::from_utf8_lossy(&body)))
        }
    }
}

async fn exchange(
    sender: &mut http1::SendRequest<Full<Bytes>>,
    request: Request<Full<Bytes>>,
) -> hyper::Result<Response<Bytes>> {
    sender.ready().await?;
    let (parts, body): (_, Incoming) = sender.send_request(request).await?.into_parts();
    let body = body.collect().await?.to_bytes();
    Ok(Response::from_parts(parts, body))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mean_sizes_are_rounded_up() {
        let traffic = Traffic::default();
        assert_eq!(traffic.mean_sizes(), (0, 0));
        traffic.add(10, 1);
        traffic.add(11, 3);
        assert_eq!((traffic.calls(), traffic.mean_sizes()), (2, (11, 2)));
    }
}
