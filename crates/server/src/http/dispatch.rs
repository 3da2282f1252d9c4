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
use crate::audit::{self, Outcome, Trail};
use crate::calls;
use crate::connection::Caller;
use crate::guard::Place;
use crate::polls;
use crate::service::Origin;

/// Greatest size of a request's head, in bytes.
pub(crate) const MAX_HEADER_BYTES: usize = 32 * 1024;
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
    /// The caller has not proven who it is.
    is_of_stranger: bool,
    /// What the caller may still be sending.
    unread: Option<Incoming>,
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        Self {
            fault,
            status: None,
            closes: false,
            is_of_stranger: false,
            unread: None,
        }
    }
}

impl Refusal {
    /// The caller has not proven who it is.
    fn of_stranger(fault: Fault, unread: Option<Incoming>) -> Self {
        Self {
            is_of_stranger: true,
            unread,
            ..fault.into()
        }
    }

    /// The rest of the request is not read.
    fn closing(fault: Fault, status: Option<StatusCode>) -> Self {
        Self {
            status,
            closes: true,
            ..fault.into()
        }
    }
}

/// A request whose sender is known, and its body.
struct Admitted {
    target: Target,
    realm: Realm,
    requester: Requester,
    body: Bytes,
    /// Held while the request is under way.
    _place: Option<Place<u64>>,
}

/// Answers a request; never fails, as every failure is a reply.
pub(crate) async fn dispatch(
    front: &Arc<Front>,
    peer: &Arc<Peer>,
    request: Request<Incoming>,
) -> Reply {
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
        request_id: request_id.clone(),
        source: admission::source(front, peer, &parts),
        target: target(&parts.headers).filter(|_| !is_of_another_protocol(&parts)),
        access_key_id: None,
        check: None,
        unwritten: 0,
    };
    let answered = match admit(front, peer, &parts, body, &mut trail).await {
        Ok(admitted) => finish(front, peer, admitted, trail)
            .await
            .map_err(Refusal::from),
        Err(refusal) => Err(refuse(front, trail, refusal).await),
    };
    let refusal = match answered {
        Ok(body) => return reply::reply(StatusCode::OK, reply_type, &request_id, body),
        Err(refusal) => refusal,
    };
    tracing::debug!(%request_id, fault = %refusal.fault, "refused");
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

/// Finds out who sends a request, and reads its body.
async fn admit(
    front: &Front,
    peer: &Peer,
    parts: &Parts,
    mut body: Incoming,
    trail: &mut Trail,
) -> Result<Admitted, Refusal> {
    check_framing(front, parts, &mut body).await?;
    let Some(target) = trail.target else {
        drain(&mut body).await;
        return Err(FaultKind::UnknownOperationException.bare().into());
    };
    let now = front.service.wall.now().0 / 1000;
    let admission = match admission::recognise(front, parts, now, trail) {
        Ok(admission) => admission,
        Err(fault) => return Err(Refusal::of_stranger(fault, Some(body))),
    };
    let body = read_body(body, front.service.limits.request_bytes).await?;
    let (realm, requester) = admission
        .complete(front, peer, parts, &body, now)
        .map_err(|fault| Refusal::of_stranger(fault, None))?;
    let place = match &requester.identity {
        Some(identity) => {
            let arn = &identity.principal.arn;
            front.guard.identify(&peer.places, arn)?;
            Some(front.guard.begin_call(arn, polls(target))?)
        }
        None => None,
    };
    Ok(Admitted {
        target,
        realm,
        requester,
        body,
        _place: place,
    })
}

/// Writes down a refusal before anything else, so that nobody escapes it by hanging up.
async fn refuse(front: &Front, mut trail: Trail, mut refusal: Refusal) -> Refusal {
    let is_rare = !refusal.is_of_stranger || {
        let stranger = front.guard.meet_stranger(trail.source);
        trail.unwritten = stranger.unwritten;
        stranger.is_rare
    };
    if is_rare {
        let outcome = Outcome::Refused(&refusal.fault);
        front
            .audit
            .note(&trail, outcome, front.service.wall.now().0);
    }
    if let Some(mut body) = refusal.unread.take() {
        drain(&mut body).await;
    }
    if !is_rare {
        // Who does so again and again is told late, so that others get their turn.
        front.guard.slow_down().await;
    }
    refusal
}

/// Carries out a request. What changes something is carried out and written down to the end, even if the caller hangs
/// up meanwhile; a poll ends with its caller.
async fn finish(
    front: &Arc<Front>,
    peer: &Arc<Peer>,
    admitted: Admitted,
    trail: Trail,
) -> Result<String, Fault> {
    let is_written = front.audit.is_kept() && audit::changes(admitted.target);
    if !is_written || polls(admitted.target) {
        return carry_out(front, peer, admitted, trail).await;
    }
    let (front, peer) = (Arc::clone(front), Arc::clone(peer));
    let task = tokio::spawn(async move { carry_out(&front, &peer, admitted, trail).await });
    // A panic is in the log already.
    let answer = task.await;
    answer.unwrap_or_else(|_| Err(FaultKind::InternalFailure.bare()))
}

/// Carries out a request and writes it down.
async fn carry_out(
    front: &Front,
    peer: &Peer,
    admitted: Admitted,
    mut trail: Trail,
) -> Result<String, Fault> {
    let answered = ask(front, peer, admitted, &mut trail).await;
    let outcome = match &answered {
        Ok(body) if polls::is_without_task(body) => Outcome::NoTask,
        Ok(_) => Outcome::Done,
        Err(fault) => Outcome::Refused(fault),
    };
    front
        .audit
        .note(&trail, outcome, front.service.wall.now().0);
    answered
}

/// Reads what a caller asks, and asks the service.
async fn ask(
    front: &Front,
    peer: &Peer,
    admitted: Admitted,
    trail: &mut Trail,
) -> Result<String, Fault> {
    let Admitted {
        target,
        realm,
        requester,
        body,
        _place,
    } = admitted;
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
            let request = request::read_within(operation, &body, &service.limits)?;
            watch(Check::of_request(requester, &request));
            front.audit.require_writable(target)?;
            service.answer(origin, request, caller).await
        }
        Target::Own(operation) => {
            let route = calls::own(operation, &body)?;
            watch(Check::of_own(requester, &route));
            front.audit.require_writable(target)?;
            service.answer_own(origin, route, caller).await
        }
    }
}

/// What can be refused whoever asks (protocol.md section 5.1, steps 1 and 2).
async fn check_framing(front: &Front, parts: &Parts, body: &mut Incoming) -> Result<(), Refusal> {
    if parts.method != Method::POST || content_type(&parts.headers).is_none() {
        let fault = FaultKind::UnknownOperationException.bare();
        return Err(Refusal::closing(fault, Some(StatusCode::NOT_FOUND)));
    }
    if head_bytes(parts) > MAX_HEADER_BYTES {
        drain(body).await;
        return Err(too_large(MAX_HEADER_BYTES as u64));
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

/// The size of a request's head as HTTP/1.1 writes it, or nearly so.
fn head_bytes(parts: &Parts) -> usize {
    let line = parts.uri.path().len() + parts.uri.query().map_or(0, str::len);
    let headers = parts.headers.iter();
    line + headers
        .map(|(name, value)| name.as_str().len() + value.len() + 4)
        .sum::<usize>()
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
    let fault = FaultKind::MalformedHttpRequestException.with("the expectation is not known");
    let status = Some(StatusCode::EXPECTATION_FAILED);
    Err(Refusal::closing(fault, status))
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
            Err(Refusal::closing(fault, None))
        }
        Err(_) => {
            let fault =
                FaultKind::RequestTimeoutException.with("Request body was not received in time");
            Err(Refusal::closing(fault, None))
        }
    }
}

fn too_large(max_bytes: u64) -> Refusal {
    let text = format!("Request size exceeded the limit of {max_bytes} bytes");
    Refusal::closing(FaultKind::RequestEntityTooLargeException.with(text), None)
}
