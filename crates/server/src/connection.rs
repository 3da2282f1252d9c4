//! Connections as the hand-out of tasks sees them: is the caller still there?
//!
//! A task must not go to a poll whose FIN or RST has arrived, even if no thread has read it yet. So the hand-out looks
//! at the socket itself, without taking anything from it. It shares the socket with the stream that is spoken on: a
//! connection takes one file handle.

use std::io::{self, IoSlice};
use std::net::Shutdown;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};

#[cfg(target_os = "linux")]
use rustix::event::{PollFd, PollFlags, Timespec};
use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::Notify;

/// At most so many bytes are read at once.
const READ_AT_ONCE: usize = 16 * 1024;

/// A client's connection, to look at.
#[derive(Debug, Clone)]
pub(crate) struct Connection(Arc<TcpStream>);

impl Connection {
    /// A connection, and the stream to speak on it.
    pub(crate) fn of(stream: TcpStream) -> (Self, SharedStream) {
        let stream = Arc::new(stream);
        (Self(Arc::clone(&stream)), SharedStream(stream))
    }

    /// Whether the other side has neither closed nor reset the connection, as far as this machine knows.
    #[cfg(target_os = "linux")]
    pub(crate) fn is_open(&self) -> bool {
        // What was sent before it closed may be unread: under TLS there is always something.
        let mut asked = [PollFd::new(&*self.0, PollFlags::RDHUP)];
        let at_once = Timespec::default();
        match rustix::event::poll(&mut asked, Some(&at_once)) {
            Ok(found) => found == 0,
            Err(_) => true,
        }
    }

    /// As far as it can be seen without a flag for it: what is unread hides the end behind it.
    #[cfg(not(target_os = "linux"))]
    pub(crate) fn is_open(&self) -> bool {
        match SockRef::from(&*self.0).peek(&mut [std::mem::MaybeUninit::uninit()]) {
            Ok(bytes) => bytes > 0,
            Err(error) => error.kind() == io::ErrorKind::WouldBlock,
        }
    }
}

/// A stream whose socket others look at.
#[derive(Debug)]
pub(crate) struct SharedStream(Arc<TcpStream>);

impl AsyncRead for SharedStream {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let wanted = buffer.remaining().min(READ_AT_ONCE);
        loop {
            ready!(self.0.poll_read_ready(context))?;
            match self.0.try_read(buffer.initialize_unfilled_to(wanted)) {
                Ok(bytes) => {
                    buffer.advance(bytes);
                    return Poll::Ready(Ok(()));
                }
                // It was not ready after all; that is known now.
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
    }
}

impl SharedStream {
    fn write_when_ready(
        &self,
        context: &mut Context<'_>,
        write: impl Fn(&TcpStream) -> io::Result<usize>,
    ) -> Poll<io::Result<usize>> {
        loop {
            ready!(self.0.poll_write_ready(context))?;
            match write(&self.0) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                written => return Poll::Ready(written),
            }
        }
    }
}

impl AsyncWrite for SharedStream {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.write_when_ready(context, |stream| stream.try_write(bytes))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.write_when_ready(context, |stream| stream.try_write_vectored(parts))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(SockRef::from(&*self.0).shutdown(Shutdown::Write))
    }
}

impl Drop for SharedStream {
    /// The other side learns that it is over although somebody may still look at the socket.
    fn drop(&mut self) {
        let _ = SockRef::from(&*self.0).shutdown(Shutdown::Both);
    }
}

/// A caller that waits for a reply on a connection.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    connection: Connection,
    presence: Arc<Presence>,
}

#[derive(Debug, Default)]
struct Presence {
    is_gone: AtomicBool,
    went: Notify,
}

/// While it lives, somebody waits for the reply.
#[derive(Debug)]
pub(crate) struct Waiting(Arc<Presence>);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.is_gone.store(true, Ordering::Release);
        self.0.went.notify_waiters();
    }
}

impl Caller {
    /// A caller that waits.
    pub(crate) fn new(connection: Connection) -> Self {
        Self {
            connection,
            presence: Arc::default(),
        }
    }

    /// To be held until the reply is there: when it is dropped before, the request was, and nobody will read the reply.
    pub(crate) fn waiting(&self) -> Waiting {
        Waiting(Arc::clone(&self.presence))
    }

    /// Ends when nobody waits any more.
    pub(crate) async fn gone(&self) {
        let went = self.presence.went.notified();
        if !self.presence.is_gone.load(Ordering::Acquire) {
            went.await;
        }
    }

    /// Whether somebody will read the reply, as far as this machine knows.
    pub(crate) fn is_present(&self) -> bool {
        !self.presence.is_gone.load(Ordering::Acquire) && self.connection.is_open()
    }
}
