//! HTTP: sockets, framing and headers. Async lives here and in the polls, and nowhere below.

mod admission;
pub(crate) mod dispatch;
pub(crate) mod listen;
mod patience;
pub(crate) mod peer;
pub(crate) mod realm;
mod reply;
pub(crate) mod tls;
