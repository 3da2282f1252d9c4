//! Who sent a request: the signature and what it proves, or without identities what the request says of itself.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use everbeat_model::Fault;
use everbeat_partition::Realm;
use everbeat_wire::sigv4::Head;
use hyper::header::USER_AGENT;
use hyper::http::request::Parts;

use super::listen::Front;
use super::peer::Peer;
use crate::access::check::Requester;
use crate::access::{Access, Recognised};
use crate::audit::Trail;
use crate::clock::real_time;

/// The header in which proxies say where a request came from.
const FORWARDED_FOR: &str = "x-forwarded-for";

/// A request whose head is good.
pub(super) struct Admission<'a> {
    /// The signature is still to be compared with the body. None where nobody is asked who it is.
    signed: Option<(&'a Arc<Access>, Recognised<'a>)>,
}

/// Checks what can be checked of a request before its body is read.
pub(super) async fn recognise<'a>(
    front: &'a Front,
    parts: &'a Parts,
    trail: &mut Trail,
) -> Result<Admission<'a>, Fault> {
    let Some(access) = &front.access else {
        return Ok(Admission { signed: None });
    };
    let head = Head {
        method: parts.method.as_str(),
        path: parts.uri.path(),
        query: parts.uri.query().unwrap_or_default(),
        authority: parts.uri.authority().map(|authority| authority.as_str()),
        headers: &parts.headers,
    };
    let now = real_time() / 1000;
    let claim = access.read_claim(&head, now)?;
    trail.access_key_id = Some(claim.access_key_id.to_owned());
    let recognised = access.recognise(claim, now).await?;
    Ok(Admission {
        signed: Some((access, recognised)),
    })
}

impl Admission<'_> {
    /// Who sent the request with that body, and into which world.
    pub(super) async fn complete(
        self,
        front: &Front,
        peer: &Peer,
        parts: &Parts,
        body: &[u8],
    ) -> Result<(Realm, Requester), Fault> {
        // The body may have taken its time.
        let now = real_time() / 1000;
        let (realm, identity) = match self.signed {
            None => (front.default_realm.of(&parts.headers), None),
            Some((access, recognised)) => {
                let (realm, identity) = access.verify(&recognised, body, now).await?;
                (realm, Some(identity))
            }
        };
        let requester = Requester {
            identity,
            account: Arc::clone(&realm.account),
            region: Arc::clone(&realm.region),
            source: heard_source(front, peer, parts),
            is_secure: peer.is_secure,
            user_agent: parts.headers.get(USER_AGENT).cloned(),
            now,
        };
        Ok((realm, requester))
    }
}

/// The address of the client, as far as it is known: for the log and for counting.
pub(super) fn source(front: &Front, peer: &Peer, parts: &Parts) -> IpAddr {
    heard_source(front, peer, parts).unwrap_or_else(|| peer.address.to_canonical())
}

/// The address of the client: that of the connection, or what proxies say who are believed. None when they say something
/// that is no address: then no policy is told that the client has the address of the proxy.
fn heard_source(front: &Front, peer: &Peer, parts: &Parts) -> Option<IpAddr> {
    let is_trusted = |address: IpAddr| {
        let mut proxies = front.trusted_proxies.iter();
        proxies.any(|network| network.contains(address))
    };
    let mut address = peer.address;
    let values = parts.headers.get_all(FORWARDED_FOR).iter().rev();
    // Each proxy adds whom it heard, so the last entry comes from the proxy that is connected.
    for value in values {
        for said in value.as_bytes().rsplit(|byte| *byte == b',') {
            if !is_trusted(address) {
                return Some(address.to_canonical());
            }
            address = read_address(std::str::from_utf8(said).ok()?.trim())?;
        }
    }
    Some(address.to_canonical())
}

/// An address, perhaps with a port.
fn read_address(text: &str) -> Option<IpAddr> {
    let with_port = || text.parse().ok().map(|address: SocketAddr| address.ip());
    text.parse().ok().or_else(with_port)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_may_have_a_port() {
        for (text, address) in [
            ("10.0.0.1", Some("10.0.0.1")),
            ("10.0.0.1:567", Some("10.0.0.1")),
            ("2001:db8::1", Some("2001:db8::1")),
            ("[2001:db8::1]:80", Some("2001:db8::1")),
            ("unknown", None),
            ("_hidden", None),
            ("", None),
        ] {
            let expected = address.map(|address| address.parse().expect("an address"));
            assert_eq!(read_address(text), expected, "{text}");
        }
    }
}
