//! The bare server: reads a request to its end, answers with a fixed body under the headers that Everbeat answers with,
//! and does nothing else. The runtime and the builder of connections are those of Everbeat.
//!
//! It runs as a process of its own, started by [`crate::process`], and ends when its standard input does: so it never
//! outlives the load generator.

use std::convert::Infallible;
use std::io::{Read, Write};

use bytes::Bytes;
use everbeat_wire::json10::CONTENT_TYPE;
use http::header::{self, HeaderName, HeaderValue};
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::failure::Failure;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-requestid");
/// As long as a real one.
const SOME_REQUEST_ID: HeaderValue =
    HeaderValue::from_static("00000000-0000-0000-0000-000000000000");

/// Serves on a free port of loopback, which it prints, until standard input ends.
///
/// # Errors
/// When the machine allows no runtime or no port.
pub(crate) fn serve(reply_bytes: usize) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(Failure::Machine)?;
    let (ended, end) = oneshot::channel::<()>();
    std::thread::spawn(move || {
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        drop(ended);
    });
    let result = runtime.block_on(async {
        tokio::select! {
            result = listen(reply_bytes) => result,
            _ = end => Ok(()),
        }
    });
    runtime.shutdown_background();
    result.map_err(Failure::Machine)
}

async fn listen(reply_bytes: usize) -> std::io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let mut output = std::io::stdout();
    writeln!(output, "The bare server is ready on http://{address}")?;
    output.flush()?;
    let reply = Bytes::from(vec![b'x'; reply_bytes]);
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let reply = reply.clone();
        let service = service_fn(move |request| answer(request, reply.clone()));
        tokio::spawn(async move {
            let server = auto::Builder::new(TokioExecutor::new());
            // A connection that breaks is the client's to report.
            let _ = server.serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

async fn answer(
    request: Request<Incoming>,
    reply: Bytes,
) -> Result<Response<Full<Bytes>>, Infallible> {
    // A body that cannot be read to its end leaves nobody to answer.
    let _ = request.into_body().collect().await;
    let mut response = Response::new(Full::new(reply));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(CONTENT_TYPE));
    headers.insert(REQUEST_ID, SOME_REQUEST_ID);
    Ok(response)
}
