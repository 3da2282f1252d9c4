//! HTTP: sockets, framing and headers. Async lives here and in the polls, and nowhere below.

pub(crate) mod dispatch;
pub(crate) mod listen;
pub(crate) mod realm;
mod reply;
