//! The other side of a connection, as requests see it.

use std::net::IpAddr;

use crate::connection::Connection;
use crate::guard::ConnectionPlaces;

/// The other side of a connection.
#[derive(Debug)]
pub(crate) struct Peer {
    pub(crate) connection: Connection,
    /// Where it is connected from.
    pub(crate) address: IpAddr,
    /// The connection is under TLS.
    pub(crate) is_secure: bool,
    /// Given back when the connection ends.
    pub(crate) places: ConnectionPlaces,
}
