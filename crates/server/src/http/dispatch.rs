//! From an HTTP request to the service and back, in the order of protocol.md section 5.1: method, size, content type,
//! target, signature, rate, JSON. What policies say is asked where the request is carried out.

use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use everbeat_model::{Fault, FaultKind, Operation, request};
use everbeat_partition::Realm;
use everbeat_wire::json10::{self, Target};
use http_body_util::BodyExt;
use hyper::body::{Body, Incoming};
use hyper::header::{CONNECTION, CONTENT_TYPE, EXPECT, HeaderValue};
use hyper::http::request::Parts;
use hyper::{HeaderMap, Method, Request, StatusCode};

use super::admission;
use super::listen::Front;
use super::peer::Peer;
use super::reply::{self, Reply};
use crate::access::Access;
use crate::access::check::{self, Check, Requester};
use crate::audit::{Outcome, Trail};
use crate::calls;
use crate::connection::Caller;
use crate::guard::{BodyPlaces, Place};
use crate::polls;
use crate::service::Origin;
use crate::to_the_end::ToTheEnd;

/// Greatest size of a request's head, in bytes.
pub(crate) const MAX_HEADER_BYTES: usize = 32 * 1024;
/// Greatest number of a request's headers; HTTP/1.1 does not get beyond it.
const MAX_HEADERS: usize = 100;
/// A fault of somebody who has not proven who he is quotes him no longer, in bytes.
const LONGEST_TEXT: usize = 2048;
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
    /// What the caller may still be sending.
    unread: Option<Incoming>,
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        Self {
            fault,
            status: None,
            closes: false,
            unread: None,
        }
    }
}

impl Refusal {
    /// The caller may still be sending the body.
    fn before_body(fault: Fault, body: Incoming) -> Self {
        Self {
            unread: Some(body),
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
    requester: Arc<Requester>,
    body: Bytes,
    /// Held while the request is under way.
    _places: (BodyPlaces, Option<Place<u64>>),
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
        requester: None,
        check: None,
        unwritten: 0,
    };
    let answered = match admit(front, peer, &parts, body, &mut trail).await {
        Ok(admitted) => finish(front, peer, admitted, trail)
            .await
            .map_err(Refusal::from),
        Err(refusal) => {
            let is_of_stranger = front.access.is_some() && trail.requester.is_none();
            Err(refuse(front, trail, refusal, is_of_stranger).await)
        }
    };
    let refusal = match answered {
        Ok(body) => return reply::reply(StatusCode::OK, reply_type, &request_id, body),
        Err(refusal) => refusal,
    };
    tracing::debug!(%request_id, fault = first_line(&refusal.fault), "refused");
    let mut reply = reply::fault(&refusal.fault, refusal.status, reply_type, &request_id);
    if refusal.closes {
        reply
            .headers_mut()
            .insert(CONNECTION, HeaderValue::from_static("close"));
    }
    reply
}

/// Further lines quote the request, for its sender alone.
fn first_line(fault: &Fault) -> String {
    let text = fault.to_string();
    text.lines().next().unwrap_or_default().to_owned()
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
    body: Incoming,
    trail: &mut Trail,
) -> Result<Admitted, Refusal> {
    if let Err(refusal) = check_framing(front, parts, &body) {
        // Who waits to be asked for the body has not sent it.
        let is_sent = !parts.headers.contains_key(EXPECT);
        let unread = is_sent.then_some(body);
        return Err(Refusal { unread, ..refusal });
    }
    let Some(target) = trail.target else {
        let fault = FaultKind::UnknownOperationException.bare();
        return Err(Refusal::before_body(fault, body));
    };
    let admission = match admission::recognise(front, parts, trail).await {
        Ok(admission) => admission,
        Err(fault) => return Err(Refusal::before_body(fault, body)),
    };
    let mut body_places = front.guard.begin_body(&peer.places, trail.source);
    let max_bytes = front.service.limits.request_bytes;
    let body = read_body(body, max_bytes, &mut body_places).await?;
    let (realm, requester) = admission.complete(front, peer, parts, &body).await?;
    let requester = Arc::new(requester);
    trail.requester = Some(Arc::clone(&requester));
    let place = match &requester.identity {
        Some(identity) => {
            let arn = &identity.principal.principal_arn;
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
        _places: (body_places, place),
    })
}

/// Writes down a refusal before anything else, so that nobody escapes it by hanging up. Strangers have not proven who
/// they are.
async fn refuse(
    front: &Front,
    mut trail: Trail,
    mut refusal: Refusal,
    is_of_stranger: bool,
) -> Refusal {
    let stranger = is_of_stranger.then(|| front.guard.meet_stranger(trail.source));
    let unwritten = stranger.map_or(Some(0), |stranger| stranger.unwritten);
    if let Some(unwritten) = unwritten {
        trail.unwritten = unwritten;
        let outcome = Outcome::Refused(&refusal.fault);
        front.audit.note_at_once(&trail, outcome);
    }
    if let Some(mut body) = refusal.unread.take() {
        drain(&mut body).await;
    }
    let explains = |access: &Arc<Access>| access.explains_signatures();
    if is_of_stranger && !front.access.as_ref().is_some_and(explains) {
        cut(&mut refusal.fault);
    }
    if stranger.is_some_and(|stranger| !stranger.is_rare) {
        // Who does so again and again is told late, so that others get their turn.
        front.guard.slow_down().await;
    }
    refusal
}

fn cut(fault: &mut Fault) {
    if let Some(text) = &mut fault.message
        && text.len() > LONGEST_TEXT
    {
        text.truncate(text.floor_char_boundary(LONGEST_TEXT));
        text.push_str("...");
    }
}

/// Carries out a request. What is written down is carried out to the end, even if the caller hangs up meanwhile; a poll
/// that is still waiting then ends.
async fn finish(
    front: &Arc<Front>,
    peer: &Peer,
    admitted: Admitted,
    trail: Trail,
) -> Result<String, Fault> {
    let caller = Caller::new(peer.connection.clone());
    if !front.audit.is_kept() && !polls(admitted.target) {
        return carry_out(front, caller, admitted, trail).await;
    }
    let waiting = caller.waiting();
    let front = Arc::clone(front);
    let answer =
        ToTheEnd::new(async move { carry_out(&front, caller, admitted, trail).await }).await;
    drop(waiting);
    answer
}

/// Carries out a request and writes it down.
async fn carry_out(
    front: &Front,
    caller: Caller,
    admitted: Admitted,
    mut trail: Trail,
) -> Result<String, Fault> {
    let answered = ask(front, caller, admitted, &mut trail).await;
    let outcome = match &answered {
        Ok(body) if polls::is_without_task(body) => Outcome::NoTask,
        Ok(_) => Outcome::Done,
        Err(fault) => Outcome::Refused(fault),
    };
    front.audit.note(&trail, outcome).await;
    answered
}

/// Reads what a caller asks, and asks the service.
async fn ask(
    front: &Front,
    caller: Caller,
    admitted: Admitted,
    trail: &mut Trail,
) -> Result<String, Fault> {
    let Admitted {
        target,
        realm,
        requester,
        body,
        _places,
    } = admitted;
    let service = &front.service;
    let is_watched = front.access.is_some() || front.audit.is_kept();
    let mut origin = Origin {
        realm,
        asker: None,
        requester: Arc::clone(&requester),
    };
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
            drop(body);
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
fn check_framing(front: &Front, parts: &Parts, body: &Incoming) -> Result<(), Refusal> {
    if parts.method != Method::POST || content_type(&parts.headers).is_none() {
        let fault = FaultKind::UnknownOperationException.bare();
        return Err(Refusal::closing(fault, Some(StatusCode::NOT_FOUND)));
    }
    if head_bytes(parts) > MAX_HEADER_BYTES {
        return Err(too_large(MAX_HEADER_BYTES as u64));
    }
    if parts.headers.len() > MAX_HEADERS {
        let text = format!("Request has more than {MAX_HEADERS} headers");
        let fault = FaultKind::RequestEntityTooLargeException.with(text);
        return Err(Refusal::closing(fault, None));
    }
    check_expectation(&parts.headers)?;
    let max_bytes = front.service.limits.request_bytes;
    if body.size_hint().lower() > max_bytes {
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

/// Reads a body, and takes room for it as it comes.
async fn read_body(
    mut body: Incoming,
    max_bytes: u64,
    places: &mut BodyPlaces,
) -> Result<Bytes, Refusal> {
    let max_bytes_here = usize::try_from(max_bytes).unwrap_or(usize::MAX);
    let mut read = BytesMut::new();
    let reading = async {
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(BodyProblem::Broken)?;
            // Trailers say nothing here.
            let Ok(data) = frame.into_data() else {
                continue;
            };
            if data.len() > max_bytes_here - read.len() {
                return Err(BodyProblem::TooLarge);
            }
            places.take(data.len()).map_err(BodyProblem::NoRoom)?;
            if read.is_empty() && body.is_end_stream() {
                return Ok(data);
            }
            read.extend_from_slice(&data);
        }
        Ok(read.freeze())
    };
    let timed = tokio::time::timeout(BODY_TIMEOUT, reading).await;
    match timed.unwrap_or(Err(BodyProblem::Late)) {
        Ok(body) => Ok(body),
        Err(BodyProblem::TooLarge) => {
            drain(&mut body).await;
            Err(too_large(max_bytes))
        }
        Err(BodyProblem::NoRoom(fault)) => Err(Refusal::closing(fault, None)),
        Err(BodyProblem::Broken(error)) => {
            let fault = FaultKind::MalformedHttpRequestException
                .with(format!("the body cannot be read: {error}"));
            Err(Refusal::closing(fault, None))
        }
        Err(BodyProblem::Late) => {
            let fault =
                FaultKind::RequestTimeoutException.with("Request body was not received in time");
            Err(Refusal::closing(fault, None))
        }
    }
}

/// Why a body was not read to its end.
enum BodyProblem {
    TooLarge,
    NoRoom(Fault),
    Broken(hyper::Error),
    Late,
}

fn too_large(max_bytes: u64) -> Refusal {
    let text = format!("Request size exceeded the limit of {max_bytes} bytes");
    Refusal::closing(FaultKind::RequestEntityTooLargeException.with(text), None)
}
