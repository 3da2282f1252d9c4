//! Connections as the hand-out of tasks sees them: is the caller still there?
//!
//! A task must not go to a poll whose FIN or RST has arrived, even if no thread has read it yet. So the hand-out looks
//! at the socket itself, without taking anything from it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

#[cfg(target_os = "linux")]
use rustix::event::{PollFd, PollFlags, Timespec};
use socket2::Socket;

/// A client's connection; a second handle on its socket, to look at.
#[derive(Debug, Clone)]
pub(crate) struct Connection(Option<Arc<Socket>>);

impl Connection {
    /// A second handle on the socket of a connection. Without one (no file handle left) every caller counts as present.
    pub(crate) fn of(stream: &tokio::net::TcpStream) -> Self {
        let socket = socket2::SockRef::from(stream).try_clone();
        Self(socket.ok().map(Arc::new))
    }

    /// Whether the other side has neither closed nor reset the connection, as far as this machine knows.
    #[cfg(target_os = "linux")]
    pub(crate) fn is_open(&self) -> bool {
        let Some(socket) = &self.0 else { return true };
        // What was sent before it closed may be unread: under TLS there is always something.
        let mut asked = [PollFd::new(socket, PollFlags::RDHUP)];
        let at_once = Timespec::default();
        match rustix::event::poll(&mut asked, Some(&at_once)) {
            Ok(found) => found == 0,
            Err(_) => true,
        }
    }

    /// As far as it can be seen without a flag for it: what is unread hides the end behind it.
    #[cfg(not(target_os = "linux"))]
    pub(crate) fn is_open(&self) -> bool {
        let Some(socket) = &self.0 else { return true };
        match socket.peek(&mut [std::mem::MaybeUninit::uninit()]) {
            Ok(bytes) => bytes > 0,
            Err(error) => error.kind() == std::io::ErrorKind::WouldBlock,
        }
    }
}

/// A caller that waits for a reply on a connection.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    connection: Connection,
    gave_up: Arc<AtomicBool>,
}

impl Caller {
    /// A caller that waits.
    pub(crate) fn new(connection: Connection) -> Self {
        Self {
            connection,
            gave_up: Arc::default(),
        }
    }

    /// The request was dropped: nobody will read the reply.
    pub(crate) fn give_up(&self) {
        self.gave_up.store(true, Ordering::Release);
    }

    /// Whether somebody will read the reply, as far as this machine knows.
    pub(crate) fn is_present(&self) -> bool {
        !self.gave_up.load(Ordering::Acquire) && self.connection.is_open()
    }
}
