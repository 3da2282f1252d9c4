//! How long a connection is waited for (protocol.md section 1.3): clients that are idle, that dribble the header of a
//! request, or that do not read their reply.
//!
//! A wrapper around the connection's stream keeps the clocks, as only it sees when bytes arrive. What it cannot see,
//! that a request is being answered, it is told by the service ([`Requests::begin`]).
//!
//! ```text
//!   idle       no request, nothing of one        ends IDLE_TIMEOUT after the last reply, or after the start
//!   in a head  something of a request, no more   ends HEAD_TIMEOUT after its first byte, with the status 408
//!   busy       requests are being answered       does not end here: bodies and polls have time-outs of their own
//! ```
//!
//! On HTTP/2 requests overlap, and frames need not belong to any: there is no head to wait for, and pings keep nothing
//! open. In all states a write that gets nowhere for WRITE_TIMEOUT ends the connection.
//!
//! Holds: while requests come and go, no timer is set, only the time noted. A timer that fires too early, as what it was
//! set for has happened meanwhile, is set anew then.

use std::io::{self, ErrorKind, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use everbeat_model::FaultKind;
use everbeat_wire::json10;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep};

/// Nothing of a next request arrives for so long.
const IDLE_TIMEOUT: Duration = Duration::from_secs(90);
/// From the first byte of a request to the end of its header.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// The client reads nothing of what is written for so long.
const WRITE_TIMEOUT: Duration = Duration::from_secs(60);

/// What every HTTP/2 connection begins with.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// HTTP/2 writes that are no longer than this hold pings, acknowledgements and the like, and no part of a reply that
/// goes on for long.
const HTTP2_BOOKKEEPING_BYTES: usize = 128;

/// Makes the request id of a reply that no request came to.
pub(crate) type RequestId = Arc<dyn Fn() -> String + Send + Sync>;

/// The requests of a connection, as the service counts them.
#[derive(Debug, Clone)]
pub(crate) struct Requests(Arc<Counts>);

#[derive(Debug)]
struct Counts {
    begun: AtomicU64,
    ended: AtomicU64,
    /// When the connection began, and when the last request ended, in nanoseconds after that.
    start: Instant,
    last_end: AtomicU64,
}

impl Counts {
    fn last_end(&self) -> Instant {
        self.start + Duration::from_nanos(self.last_end.load(Ordering::Acquire))
    }

    fn end(&self) {
        let since = u64::try_from(self.start.elapsed().as_nanos()).unwrap_or(u64::MAX);
        self.last_end.fetch_max(since, Ordering::AcqRel);
        self.ended.fetch_add(1, Ordering::AcqRel);
    }
}

impl Requests {
    fn new(start: Instant) -> Self {
        Self(Arc::new(Counts {
            begun: AtomicU64::new(0),
            ended: AtomicU64::new(0),
            start,
            last_end: AtomicU64::new(0),
        }))
    }

    /// A request's header is complete. Until the guard is dropped the connection is busy.
    pub(crate) fn begin(&self) -> Busy {
        self.0.begun.fetch_add(1, Ordering::AcqRel);
        Busy(Arc::clone(&self.0))
    }

    fn counted(&self) -> Counted {
        // In this order no request is seen to have ended that is not seen to have begun.
        let ended = self.0.ended.load(Ordering::Acquire);
        let begun = self.0.begun.load(Ordering::Acquire);
        Counted { begun, ended }
    }
}

/// A request that is being answered; dropped with the future of its reply.
#[derive(Debug)]
pub(crate) struct Busy(Arc<Counts>);

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.end();
    }
}

/// Requests up to a moment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Counted {
    begun: u64,
    ended: u64,
}

impl Counted {
    fn is_busy(self) -> bool {
        self.begun > self.ended
    }
}

/// What is spoken on a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Protocol {
    /// So many bytes of HTTP/2's preface have come, and nothing else.
    Unknown(usize),
    Http1,
    Http2,
}

impl Protocol {
    /// What is known after more bytes.
    fn after(self, bytes: &[u8]) -> Self {
        let Self::Unknown(matched) = self else {
            return self;
        };
        let expected = PREFACE.get(matched..).unwrap_or_default();
        let length = expected.len().min(bytes.len());
        if expected.get(..length) != bytes.get(..length) {
            Self::Http1
        } else if length == expected.len() {
            Self::Http2
        } else {
            Self::Unknown(matched + length)
        }
    }
}

/// A connection's stream, which ends with [`ErrorKind::TimedOut`] when it has been waited for long enough.
pub(crate) struct Patient<S> {
    stream: S,
    requests: Requests,
    request_id: RequestId,
    protocol: Protocol,
    /// When the first byte of a request came, and how many requests had begun before it.
    head: Option<(Instant, u64)>,
    /// What restarts the idle clock besides the end of a request: a write.
    idle_since: Instant,
    /// Fires no later than the time-out that is waited for.
    timer: Pin<Box<Sleep>>,
    /// Since a write got nowhere; set at the first, as most connections need none.
    stalled: Option<Pin<Box<Sleep>>>,
    /// Something was written and not yet flushed.
    is_writing: bool,
}

impl<S> Patient<S> {
    /// Begins to wait for a client. Must be called in the context of a tokio runtime.
    pub(crate) fn new(stream: S, request_id: RequestId) -> (Self, Requests) {
        let now = Instant::now();
        let requests = Requests::new(now);
        let patient = Self {
            stream,
            requests: requests.clone(),
            request_id,
            protocol: Protocol::Unknown(0),
            head: None,
            idle_since: now,
            timer: Box::pin(tokio::time::sleep_until(now + IDLE_TIMEOUT)),
            stalled: None,
            is_writing: false,
        };
        (patient, requests)
    }

    /// Bytes have arrived.
    fn received(&mut self, bytes: &[u8]) {
        self.protocol = self.protocol.after(bytes);
        if self.protocol == Protocol::Http2 {
            self.head = None;
            return;
        }
        let counted = self.requests.counted();
        if !counted.is_busy() && !self.is_in_head(counted) {
            self.head = Some((Instant::now(), counted.begun));
        }
    }

    /// The request that something has come of has not begun.
    fn is_in_head(&self, counted: Counted) -> bool {
        self.head.is_some_and(|(_, begun)| begun == counted.begun)
    }

    /// When the state that the connection is in ends. None: not by itself.
    fn deadline(&self) -> Option<Instant> {
        let counted = self.requests.counted();
        if counted.is_busy() {
            return None;
        }
        if let Some((since, _)) = self.head.filter(|_| self.is_in_head(counted)) {
            return Some(since + HEAD_TIMEOUT);
        }
        // A reply may not be written yet: HTTP/2 reads before it writes.
        Some(self.idle_since.max(self.requests.0.last_end()) + IDLE_TIMEOUT)
    }

    /// Waits for the end of the state that the connection is in.
    fn poll_deadline(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let deadline = self.deadline();
        if let Some(deadline) = deadline.filter(|deadline| *deadline < self.timer.deadline()) {
            self.timer.as_mut().reset(deadline);
        }
        while self.timer.as_mut().poll(context).is_ready() {
            let now = Instant::now();
            match deadline {
                Some(deadline) if deadline <= now => return Poll::Ready(()),
                Some(deadline) => self.timer.as_mut().reset(deadline),
                None => self.timer.as_mut().reset(now + IDLE_TIMEOUT),
            }
        }
        Poll::Pending
    }

    /// A write, flush or shutdown that gets nowhere for too long becomes an error.
    fn within_time<T>(
        &mut self,
        context: &mut Context<'_>,
        result: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if result.is_ready() {
            self.stalled = None;
            return result;
        }
        let timer = self
            .stalled
            .get_or_insert_with(|| Box::pin(tokio::time::sleep(WRITE_TIMEOUT)));
        match timer.as_mut().poll(context) {
            Poll::Ready(()) => Poll::Ready(Err(ErrorKind::TimedOut.into())),
            Poll::Pending => Poll::Pending,
        }
    }

    fn written(
        &mut self,
        context: &mut Context<'_>,
        result: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        self.is_writing = true;
        if let Poll::Ready(Ok(bytes)) = result
            && (self.protocol != Protocol::Http2 || bytes > HTTP2_BOOKKEEPING_BYTES)
        {
            self.idle_since = Instant::now();
        }
        self.within_time(context, result)
    }
}

impl<S: AsyncWrite + Unpin> Patient<S> {
    /// Tells a client that is in the midst of a header why nobody waits for the rest, if it can be told at once.
    fn say_too_late(&mut self, context: &mut Context<'_>) {
        let is_in_head = self.is_in_head(self.requests.counted());
        if self.protocol != Protocol::Http1 || !is_in_head || self.is_writing {
            return;
        }
        let reply = too_late(&(self.request_id)());
        let mut stream = Pin::new(&mut self.stream);
        // The connection ends in any case.
        if stream.as_mut().poll_write(context, &reply).is_ready() {
            let _ = stream.poll_flush(context);
        }
    }
}

/// The reply to a request whose header does not come to its end.
fn too_late(request_id: &str) -> Vec<u8> {
    let kind = FaultKind::RequestTimeoutException;
    let body = json10::fault_body(&kind.with("Request header was not received in time"));
    let head = [
        format!("HTTP/1.1 {} Request Timeout", kind.status()),
        format!("content-type: {}", json10::CONTENT_TYPE),
        format!("content-length: {}", body.len()),
        format!("x-amzn-requestid: {request_id}"),
        format!("x-amzn-errortype: {}", kind.name()),
        "connection: close".into(),
    ];
    format!("{}\r\n\r\n{body}", head.join("\r\n")).into_bytes()
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for Patient<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let result = Pin::new(&mut self.stream).poll_read(context, buffer);
        match result {
            Poll::Ready(Ok(())) => {
                let bytes = buffer.filled().get(before..).unwrap_or_default();
                if !bytes.is_empty() {
                    self.received(bytes);
                }
                result
            }
            Poll::Ready(Err(_)) => result,
            Poll::Pending => match self.poll_deadline(context) {
                Poll::Ready(()) => {
                    self.say_too_late(context);
                    Poll::Ready(Err(ErrorKind::TimedOut.into()))
                }
                Poll::Pending => Poll::Pending,
            },
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Patient<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.written(context, result)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        self.written(context, result)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let result = Pin::new(&mut self.stream).poll_flush(context);
        if result.is_ready() {
            self.is_writing = false;
        }
        self.within_time(context, result)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let result = Pin::new(&mut self.stream).poll_shutdown(context);
        self.within_time(context, result)
    }
}

#[cfg(test)]
mod tests;
