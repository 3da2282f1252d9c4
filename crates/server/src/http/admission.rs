//! Who sent a request: the signature and what it proves, or without identities what the request says of itself.

use std::net::IpAddr;
use std::sync::Arc;

use everbeat_model::Fault;
use everbeat_partition::Realm;
use everbeat_wire::sigv4::Head;
use hyper::header::USER_AGENT;
use hyper::http::request::Parts;

use super::listen::Front;
use super::peer::Peer;
use crate::access::Recognised;
use crate::access::check::Requester;

/// The header in which proxies say where a request came from.
const FORWARDED_FOR: &str = "x-forwarded-for";

/// A request whose head is good.
pub(super) enum Admission<'a> {
    /// Nobody is asked who it is.
    Open,
    /// The signature is still to be compared with the body.
    Signed(Recognised<'a>),
}

/// Checks what can be checked of a request before its body is read. `now` is in seconds since 1970.
pub(super) fn recognise<'a>(
    front: &Front,
    parts: &'a Parts,
    now: i64,
) -> Result<Admission<'a>, Fault> {
    let Some(access) = &front.access else {
        return Ok(Admission::Open);
    };
    let head = Head {
        method: parts.method.as_str(),
        path: parts.uri.path(),
        query: parts.uri.query().unwrap_or_default(),
        authority: parts.uri.authority().map(|authority| authority.as_str()),
        headers: &parts.headers,
    };
    access.recognise(&head, now).map(Admission::Signed)
}

impl Admission<'_> {
    /// The key that the request claims to be signed with.
    pub(super) fn access_key_id(&self) -> Option<&str> {
        match self {
            Self::Open => None,
            Self::Signed(recognised) => Some(recognised.access_key_id()),
        }
    }

    /// Who sent the request with that body, and into which world.
    pub(super) fn complete(
        self,
        front: &Front,
        peer: &Peer,
        parts: &Parts,
        body: &[u8],
        now: i64,
    ) -> Result<(Realm, Requester), Fault> {
        let (realm, identity) = match self {
            Self::Open => (front.default_realm.of(&parts.headers), None),
            Self::Signed(recognised) => {
                let identity = recognised.verify(body, now)?;
                let realm = Realm {
                    account: identity.principal.account.as_str().into(),
                    region: identity.region.as_str().into(),
                };
                (realm, Some(identity))
            }
        };
        let user_agent = parts.headers.get(USER_AGENT);
        let requester = Requester {
            identity,
            account: Arc::clone(&realm.account),
            region: Arc::clone(&realm.region),
            source: source(front, peer, parts),
            is_secure: peer.is_secure,
            user_agent: user_agent.map(|value| String::from_utf8_lossy(value.as_bytes()).into()),
            now,
        };
        Ok((realm, requester))
    }
}

/// The address of the client: that of the connection, or what proxies say who are believed.
pub(super) fn source(front: &Front, peer: &Peer, parts: &Parts) -> IpAddr {
    let is_trusted = |address: IpAddr| {
        let mut proxies = front.trusted_proxies.iter();
        proxies.any(|network| network.contains(address))
    };
    let mut address = peer.address;
    let values = parts.headers.get_all(FORWARDED_FOR).iter();
    let texts: Vec<&str> = values.filter_map(|value| value.to_str().ok()).collect();
    // Each proxy adds whom it heard, so the last entry comes from the proxy that is connected.
    for said in texts.iter().rev().flat_map(|text| text.rsplit(',')) {
        if !is_trusted(address) {
            break;
        }
        match said.trim().parse() {
            Ok(heard) => address = heard,
            Err(_) => break,
        }
    }
    address.to_canonical()
}
