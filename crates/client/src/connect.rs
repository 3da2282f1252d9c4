//! How a connection is made: straight or through a proxy, plain or with TLS.

use std::fmt;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::Uri;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tower_service::Service;

use crate::exchange::{Timeouts, causes, innermost, is_late};
use crate::proxy::Proxy;
use crate::stream::{Stream, Transport};
use crate::tls::{self, Tls, Trust};

/// What a proxy says before the tunnel stands is no longer than this, in bytes.
const LONGEST_HEAD: usize = 16 * 1024;
const HEAD_END: &[u8] = b"\r\n\r\n";

/// Why no connection was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ConnectError {
    /// Nobody there.
    Refused(String),
    /// Not in time.
    Timeout,
    /// Somebody is there, and does not go on with TLS in time.
    HandshakeTimeout,
    /// The connection was lost during TLS's beginning.
    Closed(String),
    /// TLS failed.
    Tls(String),
    /// The proxy cannot be reached or refuses.
    Proxy(String),
}

impl fmt::Display for ConnectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(reason)
            | Self::Closed(reason)
            | Self::Tls(reason)
            | Self::Proxy(reason) => f.write_str(reason),
            Self::Timeout | Self::HandshakeTimeout => f.write_str("not in time"),
        }
    }
}

impl std::error::Error for ConnectError {}

/// Makes connections.
#[derive(Debug, Clone)]
pub(crate) struct Connector {
    tcp: HttpConnector,
    timeouts: Timeouts,
    proxy: Option<Arc<Proxy>>,
    tls: Tls,
}

impl Connector {
    pub(crate) fn new(timeouts: Timeouts, proxy: Option<Proxy>, trust: Trust) -> Self {
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_connect_timeout(timeouts.connect);
        tcp.set_nodelay(true);
        Self {
            tcp,
            timeouts,
            proxy: proxy.map(Arc::new),
            tls: Tls::new(trust),
        }
    }

    async fn connect(mut self, server: Uri) -> Result<Stream, ConnectError> {
        let is_secure = is_secure(&server);
        let proxy = self.proxy.take();
        let transport = match &proxy {
            None => self.tcp(&server).await?,
            Some(proxy) => self.through(proxy, &server).await?,
        };
        let is_forwarded = proxy.is_some() && !is_secure;
        let transport = if is_secure {
            self.secured(transport, &server).await?
        } else {
            transport
        };
        Ok(Stream::new(transport, self.timeouts.read, is_forwarded))
    }

    async fn tcp(&mut self, to: &Uri) -> Result<Box<dyn Transport>, ConnectError> {
        let connected = self.tcp.call(to.clone()).await;
        let connected = connected.map_err(|error| {
            if causes(&error).any(is_late) {
                ConnectError::Timeout
            } else {
                ConnectError::Refused(innermost(&error))
            }
        })?;
        Ok(Box::new(connected.into_inner()))
    }

    async fn through(
        &mut self,
        proxy: &Proxy,
        server: &Uri,
    ) -> Result<Box<dyn Transport>, ConnectError> {
        let failed = |error: ConnectError| ConnectError::Proxy(error.to_string());
        let transport = self.tcp(&proxy.uri).await.map_err(failed)?;
        let mut transport = if is_secure(&proxy.uri) {
            self.secured(transport, &proxy.uri).await.map_err(failed)?
        } else {
            transport
        };
        if is_secure(server) {
            let tunnel = in_time(self.timeouts.read, tunnel(&mut transport, proxy, server));
            let tunnel = tunnel.await.ok_or(ConnectError::Timeout).map_err(failed)?;
            tunnel.map_err(|error| ConnectError::Proxy(error.to_string()))?;
        }
        Ok(transport)
    }

    /// Sockets keep the time-out of connecting until TLS stands.
    async fn secured(
        &self,
        transport: Box<dyn Transport>,
        server: &Uri,
    ) -> Result<Box<dyn Transport>, ConnectError> {
        let config = self.tls.config().map_err(ConnectError::Tls)?;
        let host = server.host().unwrap_or_default();
        let name = ServerName::try_from(host.trim_matches(['[', ']']).to_owned())
            .map_err(|error| ConnectError::Tls(error.to_string()))?;
        let handshake = TlsConnector::from(config).connect(name, transport);
        match in_time(self.timeouts.connect, handshake).await {
            None => Err(ConnectError::HandshakeTimeout),
            Some(Ok(secured)) => Ok(Box::new(secured)),
            Some(Err(error)) if error.kind() == io::ErrorKind::ConnectionReset => {
                Err(ConnectError::Closed(error.to_string()))
            }
            Some(Err(error)) => Err(ConnectError::Tls(tls::told(&error))),
        }
    }
}

impl Service<Uri> for Connector {
    type Response = TokioIo<Stream>;
    type Error = ConnectError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, ConnectError>> + Send>>;

    fn poll_ready(&mut self, _context: &mut Context<'_>) -> Poll<Result<(), ConnectError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, server: Uri) -> Self::Future {
        let connecting = self.clone().connect(server);
        Box::pin(async { connecting.await.map(TokioIo::new) })
    }
}

fn is_secure(uri: &Uri) -> bool {
    uri.scheme() == Some(&http::uri::Scheme::HTTPS)
}

async fn in_time<F: Future>(limit: Option<std::time::Duration>, future: F) -> Option<F::Output> {
    match limit {
        Some(limit) => timeout(limit, future).await.ok(),
        None => Some(future.await),
    }
}

/// Asks a proxy for a connection to the server.
async fn tunnel(transport: &mut Box<dyn Transport>, proxy: &Proxy, server: &Uri) -> io::Result<()> {
    let host = server.host().unwrap_or_default();
    let port = server.port_u16().unwrap_or(443);
    let mut request =
        format!("CONNECT {host}:{port} HTTP/1.1\r\nHost: {host}:{port}\r\n").into_bytes();
    if let Some(value) = &proxy.authorization {
        request.extend_from_slice(b"Proxy-Authorization: ");
        request.extend_from_slice(value.as_bytes());
        request.extend_from_slice(b"\r\n");
    }
    request.extend_from_slice(b"\r\n");
    transport.write_all(&request).await?;
    let mut head = Vec::new();
    // The server behind the tunnel does not speak first, so nothing of it can be in the head.
    while !head.ends_with(HEAD_END) {
        let length = transport.read_buf(&mut head).await?;
        if length == 0 || head.len() > LONGEST_HEAD {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    let head = String::from_utf8_lossy(&head);
    let status = head.split(' ').nth(1).unwrap_or_default();
    if head.starts_with("HTTP/1.") && status.starts_with('2') {
        return Ok(());
    }
    Err(io::Error::other(format!("the proxy answered {status}")))
}
