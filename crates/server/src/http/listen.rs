//! The listener: accepts connections, serves HTTP/1.1 and HTTP/2 on each, and stops in an orderly way.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use everbeat_wire::RequestIds;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use super::dispatch::dispatch;
use super::realm::DefaultRealm;
use crate::connection::Connection;
use crate::service::Service;

/// Greatest size of a request's headers, in bytes.
const MAX_HEADER_BYTES: usize = 32 * 1024;
/// A connection that sends no complete header for so long is closed, be it idle or slow.
const IDLE_TIMEOUT: Duration = Duration::from_secs(90);
/// Requests that are being answered have so long to finish when the server stops.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(5);
/// Pause after a failed accept, for example when no file handle is left.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// What every connection works with.
#[derive(Debug)]
pub(crate) struct Front {
    pub(crate) service: Service,
    pub(crate) request_ids: RequestIds,
    pub(crate) default_realm: DefaultRealm,
    stopping: watch::Receiver<bool>,
}

impl Front {
    pub(crate) fn new(
        service: Service,
        request_ids: RequestIds,
        default_realm: DefaultRealm,
        stopping: watch::Receiver<bool>,
    ) -> Self {
        Self {
            service,
            request_ids,
            default_realm,
            stopping,
        }
    }

    /// The server is on its way down.
    pub(crate) fn is_stopping(&self) -> bool {
        *self.stopping.borrow()
    }
}

/// Serves connections until the front is told to stop; then waits for requests that are being answered.
pub(crate) async fn listen(listener: TcpListener, front: Arc<Front>) {
    let connections = GracefulShutdown::new();
    let mut server = auto::Builder::new(TokioExecutor::new());
    server
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(IDLE_TIMEOUT)
        .max_buf_size(MAX_HEADER_BYTES);
    server
        .http2()
        .timer(TokioTimer::new())
        .max_header_list_size(MAX_HEADER_BYTES as u32);
    let mut stopping = front.stopping.clone();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stopping.changed() => break,
        };
        match accepted {
            Ok((stream, _)) => serve(&server, &connections, stream, Arc::clone(&front)),
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
    drop(listener);
    // Requests that hang longer than this are cut off; their clients try again.
    let _ = tokio::time::timeout(DRAIN_TIMEOUT, connections.shutdown()).await;
}

fn serve(
    server: &auto::Builder<TokioExecutor>,
    connections: &GracefulShutdown,
    stream: TcpStream,
    front: Arc<Front>,
) {
    // Replies are small and whole: waiting for more to send would only delay them.
    let _ = stream.set_nodelay(true);
    let connection = Connection::of(&stream);
    let service = service_fn(move |request| {
        let (front, connection) = (Arc::clone(&front), connection.clone());
        async move { Ok::<_, Infallible>(dispatch(&front, &connection, request).await) }
    });
    let served = server
        .serve_connection(TokioIo::new(stream), service)
        .into_owned();
    let watched = connections.watch(served);
    tokio::spawn(async move {
        if let Err(error) = watched.await {
            tracing::debug!(%error, "a connection ended");
        }
    });
}
