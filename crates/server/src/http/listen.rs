//! The listener: accepts connections, serves HTTP/1.1 and HTTP/2 on each, and stops in an orderly way.

use std::convert::Infallible;
use std::error::Error;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use everbeat_policy::Network;
use everbeat_wire::RequestIds;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use socket2::{SockRef, TcpKeepalive};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use super::dispatch::{MAX_HEADER_BYTES, dispatch};
use super::patience::Patient;
use super::peer::Peer;
use super::realm::DefaultRealm;
use super::tls::Tls;
use crate::access::Access;
use crate::audit::Audit;
use crate::connection::Connection;
use crate::guard::{ConnectionPlaces, Guard};
use crate::service::Service;

/// A connection over HTTP/2 that says nothing is asked after so long whether it is still there, and has as long to say so.
const PING_INTERVAL: Duration = Duration::from_secs(20);
/// Requests that may be under way on one connection over HTTP/2.
const MAX_STREAMS: u32 = 128;
/// The machine of a connection that says nothing is asked after so long, and then so often, whether it is still there.
const KEEPALIVE_AFTER: Duration = Duration::from_secs(60);
const KEEPALIVE_INTERVAL: Duration = Duration::from_secs(15);
/// What is sent must be acknowledged within this time.
#[cfg(target_os = "linux")]
const USER_TIMEOUT: Duration = Duration::from_secs(60);
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
    /// Who may do what; without it nobody is asked.
    pub(crate) access: Option<Arc<Access>>,
    pub(crate) audit: Audit,
    pub(crate) guard: Guard,
    /// Whose word about the address of a client counts.
    pub(crate) trusted_proxies: Vec<Network>,
    pub(crate) tls: Option<Arc<Tls>>,
    pub(crate) stopping: watch::Receiver<bool>,
}

impl Front {
    /// The server is on its way down.
    pub(crate) fn is_stopping(&self) -> bool {
        *self.stopping.borrow()
    }
}

/// Serves connections until the front is told to stop; then waits for requests that are being answered.
pub(crate) async fn listen(listener: TcpListener, front: Arc<Front>) {
    let mut server = auto::Builder::new(TokioExecutor::new());
    server
        .http1()
        .timer(TokioTimer::new())
        // The patience of the connection tells idle from slow; a timer of its own would not.
        .header_read_timeout(None)
        // Twice what is allowed: within it, too much is told in the form of a fault.
        .max_buf_size(2 * MAX_HEADER_BYTES);
    server
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(MAX_STREAMS)
        .keep_alive_interval(PING_INTERVAL)
        .keep_alive_timeout(PING_INTERVAL)
        .max_header_list_size(2 * MAX_HEADER_BYTES as u32);
    let server = Arc::new(server);
    let connections = GracefulShutdown::new();
    let mut stopping = front.stopping.clone();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stopping.changed() => break,
        };
        match accepted {
            Ok((stream, address)) => {
                let Some(places) = front.guard.connect(address.ip().to_canonical()) else {
                    tracing::debug!(%address, "a connection too many is closed");
                    continue;
                };
                let (server, front) = (Arc::clone(&server), Arc::clone(&front));
                let watcher = connections.watcher();
                tokio::spawn(async move {
                    let held = places.held();
                    let served = serve(&server, stream, address.ip(), places, front, watcher);
                    tokio::select! {
                        biased;
                        () = held.gave_way() => {
                            tracing::debug!(%address, "a connection gave way to another");
                        }
                        served = served => if let Err(error) = served {
                            tracing::debug!(%error, "a connection ended");
                        },
                    }
                });
            }
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

/// Serves a connection to its end.
async fn serve(
    server: &auto::Builder<TokioExecutor>,
    stream: TcpStream,
    address: IpAddr,
    places: ConnectionPlaces,
    front: Arc<Front>,
    watcher: Watcher,
) -> Result<(), Box<dyn Error + Send + Sync>> {
    set_up(&stream);
    let (connection, stream) = Connection::of(stream);
    let peer = Peer {
        connection,
        address,
        is_secure: front.tls.is_some(),
        places,
    };
    match front.tls.clone() {
        Some(tls) => {
            let stream = tls.accept(stream).await?;
            speak(server, stream, peer, front, watcher).await
        }
        None => speak(server, stream, peer, front, watcher).await,
    }
}

/// Hosts that vanish are found out; what is asked of a socket that cannot do it is left.
fn set_up(stream: &TcpStream) {
    // Replies are small and whole: waiting for more to send would only delay them.
    let _ = stream.set_nodelay(true);
    let socket = SockRef::from(stream);
    let keepalive = TcpKeepalive::new()
        .with_time(KEEPALIVE_AFTER)
        .with_interval(KEEPALIVE_INTERVAL);
    let _ = socket.set_tcp_keepalive(&keepalive);
    #[cfg(target_os = "linux")]
    let _ = socket.set_tcp_user_timeout(Some(USER_TIMEOUT));
}

/// Speaks HTTP on a stream.
async fn speak<S>(
    server: &auto::Builder<TokioExecutor>,
    stream: S,
    peer: Peer,
    front: Arc<Front>,
    watcher: Watcher,
) -> Result<(), Box<dyn Error + Send + Sync>>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let peer = Arc::new(peer);
    let late = Arc::clone(&front);
    let (stream, requests) = Patient::new(stream, Arc::new(move || late.request_ids.next()));
    let service = service_fn(move |request| {
        let (front, peer) = (Arc::clone(&front), Arc::clone(&peer));
        let busy = requests.begin();
        async move {
            let reply = dispatch(&front, &peer, request).await;
            drop(busy);
            Ok::<_, Infallible>(reply)
        }
    });
    let connection = server.serve_connection(TokioIo::new(stream), service);
    watcher.watch(connection.into_owned()).await
}
