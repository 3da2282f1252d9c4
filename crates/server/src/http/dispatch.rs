//! From an HTTP request to the service and back, in the order of protocol.md section 5.1: method, size, content type,
//! target, signature, rate, JSON. What policies say is asked where the request is carried out.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use everbeat_model::{Fault, FaultKind, Operation, request};
use everbeat_partition::Realm;
use everbeat_wire::json10::{self, Target};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::{Body, Incoming};
use hyper::header::{CONNECTION, CONTENT_TYPE, EXPECT, HeaderValue};
use hyper::http::request::Parts;
use hyper::{HeaderMap, Method, Request, StatusCode};

use super::admission;
use super::listen::Front;
use super::peer::Peer;
use super::reply::{self, Reply};
use crate::access::check::{self, Check, Requester};
use crate::audit::{Outcome, Trail};
use crate::calls;
use crate::connection::Caller;
use crate::polls;
use crate::service::Origin;

/// How much of a body that is refused is read on: bytes, and the time for it.
const DRAINED_BYTES: usize = 16 << 20;
const DRAIN_TIMEOUT: Duration = Duration::from_secs(2);

/// The body must have arrived within this time.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);
/// What load balancers and people see.
const HEALTH: &str = "healthy: swf\n";

/// A refusal that ends the exchange before any operation is reached.
struct Refusal {
    fault: Fault,
    status: Option<StatusCode>,
    /// The rest of the request is not read, so the connection cannot go on.
    closes: bool,
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        Self {
            fault,
            status: None,
            closes: false,
        }
    }
}

/// Answers a request; never fails, as every failure is a reply.
pub(crate) async fn dispatch(front: &Front, peer: &Peer, request: Request<Incoming>) -> Reply {
    let request_id = front.request_ids.next();
    if matches!(*request.method(), Method::GET | Method::HEAD)
        && matches!(request.uri().path(), "/" | "/health")
    {
        return health(front, &request_id);
    }
    let (parts, body) = request.into_parts();
    let content_type = content_type(&parts.headers);
    let reply_type = content_type.unwrap_or(json10::CONTENT_TYPE);
    let mut trail = Trail {
        source: admission::source(front, peer, &parts),
        target: target(&parts.headers).filter(|_| !is_of_another_protocol(&parts)),
        access_key_id: None,
        check: None,
    };
    let answered = answer(front, peer, &parts, body, &mut trail).await;
    let outcome = match &answered {
        Ok(body) if polls::is_without_task(body) => Outcome::NoTask,
        Ok(_) => Outcome::Done,
        Err(refusal) => Outcome::Refused(&refusal.fault),
    };
    let now = front.service.wall.now();
    front.audit.note(&trail, outcome, &request_id, now.0);
    let refusal = match answered {
        Ok(body) => return reply::reply(StatusCode::OK, reply_type, &request_id, body),
        Err(refusal) => refusal,
    };
    tracing::debug!(%request_id, target = ?trail.target, fault = %refusal.fault, "refused");
    let mut reply = reply::fault(&refusal.fault, refusal.status, reply_type, &request_id);
    if refusal.closes {
        reply
            .headers_mut()
            .insert(CONNECTION, HeaderValue::from_static("close"));
    }
    reply
}

fn health(front: &Front, request_id: &str) -> Reply {
    if front.is_stopping() {
        return reply::fault(
            &Fault::unavailable(),
            None,
            json10::CONTENT_TYPE,
            request_id,
        );
    }
    reply::reply(StatusCode::OK, "text/plain", request_id, HEALTH.into())
}

async fn answer(
    front: &Front,
    peer: &Peer,
    parts: &Parts,
    mut body: Incoming,
    trail: &mut Trail,
) -> Result<String, Refusal> {
    check_framing(front, parts, &mut body).await?;
    let Some(target) = trail.target else {
        drain(&mut body).await;
        return Err(FaultKind::UnknownOperationException.bare().into());
    };
    let now = front.service.wall.now().0 / 1000;
    let admission = match admission::recognise(front, parts, now) {
        Ok(admission) => admission,
        Err(fault) => {
            drain(&mut body).await;
            return Err(refuse_stranger(front, trail, fault).await);
        }
    };
    trail.access_key_id = admission.access_key_id().map(str::to_owned);
    let body = read_body(body, front.service.limits.request_bytes).await?;
    let (realm, requester) = match admission.complete(front, peer, parts, &body, now) {
        Ok(admitted) => admitted,
        Err(fault) => return Err(refuse_stranger(front, trail, fault).await),
    };
    let _place = match &requester.identity {
        Some(identity) => {
            let arn = &identity.principal.arn;
            front.guard.identify(&peer.places, arn)?;
            Some(front.guard.begin_call(arn, polls(target))?)
        }
        None => None,
    };
    let asked = carry_out(front, peer, realm, requester, target, &body, trail);
    Ok(asked.await?)
}

/// Reads and carries out what a caller asks that is who it says.
async fn carry_out(
    front: &Front,
    peer: &Peer,
    realm: Realm,
    requester: Requester,
    target: Target,
    body: &[u8],
    trail: &mut Trail,
) -> Result<String, Fault> {
    let service = &front.service;
    let caller = Caller::new(peer.connection.clone());
    let is_watched = front.access.is_some() || front.audit.is_kept();
    let mut origin = Origin { realm, asker: None };
    let mut watch = |check: Check| {
        if is_watched {
            let check = Arc::new(check);
            origin.asker = Some(check::asker(&check));
            trail.check = Some(check);
        }
    };
    match target {
        Target::Operation(operation) => {
            service.throttle.admit(&origin.realm, operation)?;
            let request = request::read_within(operation, body, &service.limits)?;
            watch(Check::of_request(requester, &request));
            front.audit.require_writable(target)?;
            service.answer(origin, request, caller).await
        }
        Target::Own(operation) => {
            let route = calls::own(operation, body)?;
            watch(Check::of_own(requester, &route));
            front.audit.require_writable(target)?;
            service.answer_own(origin, route, caller).await
        }
    }
}

/// Someone has not proven who it is. Who does so again and again is told late, so that others get their turn.
async fn refuse_stranger(front: &Front, trail: &Trail, fault: Fault) -> Refusal {
    front.guard.slow_down(trail.source).await;
    fault.into()
}

/// What can be refused whoever asks (protocol.md section 5.1, steps 1 and 2).
async fn check_framing(front: &Front, parts: &Parts, body: &mut Incoming) -> Result<(), Refusal> {
    if parts.method != Method::POST || content_type(&parts.headers).is_none() {
        let fault = FaultKind::UnknownOperationException.bare();
        return Err(Refusal {
            fault,
            status: Some(StatusCode::NOT_FOUND),
            closes: true,
        });
    }
    check_expectation(&parts.headers)?;
    let max_bytes = front.service.limits.request_bytes;
    if body.size_hint().lower() > max_bytes {
        // Who waits to be asked for the body has not sent it.
        if !parts.headers.contains_key(EXPECT) {
            drain(body).await;
        }
        return Err(too_large(max_bytes));
    }
    check_encoding(&parts.headers)?;
    Ok(())
}

const fn polls(target: Target) -> bool {
    matches!(
        target,
        Target::Operation(Operation::PollForActivityTask | Operation::PollForDecisionTask)
    )
}

/// The operation or own call that the target header names.
fn target(headers: &HeaderMap) -> Option<Target> {
    let target = headers.get(json10::TARGET_HEADER)?;
    Target::read(target.to_str().ok()?)
}

/// One expectation is known, and hyper answers it.
fn check_expectation(headers: &HeaderMap) -> Result<(), Refusal> {
    let expectation = headers.get(EXPECT).map(HeaderValue::as_bytes);
    if expectation.is_none_or(|expectation| expectation.eq_ignore_ascii_case(b"100-continue")) {
        return Ok(());
    }
    Err(Refusal {
        fault: FaultKind::MalformedHttpRequestException.with("the expectation is not known"),
        status: Some(StatusCode::EXPECTATION_FAILED),
        closes: true,
    })
}

/// The newer protocols of AWS name the operation elsewhere (protocol.md section 1.1).
fn is_of_another_protocol(parts: &Parts) -> bool {
    let path = parts.uri.path();
    parts.headers.contains_key("smithy-protocol")
        || (path.starts_with("/service/") && path.contains("/operation/"))
}

/// The content type to answer with, if the request's is one that SWF speaks.
fn content_type(headers: &HeaderMap) -> Option<&'static str> {
    let value = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    let essence = value.split(';').next().unwrap_or(value).trim();
    [json10::CONTENT_TYPE, json10::CONTENT_TYPE_PLAIN]
        .into_iter()
        .find(|known| known.eq_ignore_ascii_case(essence))
}

/// Bodies come as they are; compressed ones come with a later version.
fn check_encoding(headers: &HeaderMap) -> Result<(), Fault> {
    match headers
        .get(hyper::header::CONTENT_ENCODING)
        .map(HeaderValue::as_bytes)
    {
        None | Some(b"identity" | b"amz-1.0") => Ok(()),
        Some(other) => {
            let other = String::from_utf8_lossy(other);
            Err(FaultKind::MalformedHttpRequestException
                .with(format!("Content-Encoding {other} is not supported")))
        }
    }
}

/// Reads on to the end of a body that is refused, within bounds: many clients write all of it before they read, and an
/// answer to a connection that is closed on them is lost.
async fn drain(body: &mut Incoming) {
    let mut left = DRAINED_BYTES;
    let drained = tokio::time::timeout(DRAIN_TIMEOUT, async {
        while let Some(Ok(frame)) = body.frame().await {
            let length = frame.data_ref().map_or(0, Bytes::len);
            match left.checked_sub(length) {
                Some(rest) => left = rest,
                None => break,
            }
        }
    });
    // A client that is too slow to be told is not waited for.
    let _ = drained.await;
}

async fn read_body(mut body: Incoming, max_bytes: u64) -> Result<Bytes, Refusal> {
    let limited = Limited::new(&mut body, usize::try_from(max_bytes).unwrap_or(usize::MAX));
    let collected = tokio::time::timeout(BODY_TIMEOUT, limited.collect()).await;
    if matches!(&collected, Ok(Err(error)) if error.is::<LengthLimitError>()) {
        drain(&mut body).await;
    }
    match collected {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(too_large(max_bytes)),
        Ok(Err(error)) => {
            let fault = FaultKind::MalformedHttpRequestException
                .with(format!("the body cannot be read: {error}"));
            Err(Refusal {
                fault,
                status: None,
                closes: true,
            })
        }
        Err(_) => {
            let fault =
                FaultKind::RequestTimeoutException.with("Request body was not received in time");
            Err(Refusal {
                fault,
                status: None,
                closes: true,
            })
        }
    }
}

fn too_large(max_bytes: u64) -> Refusal {
    let text = format!("Request size exceeded the limit of {max_bytes} bytes");
    Refusal {
        fault: FaultKind::RequestEntityTooLargeException.with(text),
        status: None,
        closes: true,
    }
}
