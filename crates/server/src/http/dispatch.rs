//! From an HTTP request to the service and back, in the order of protocol.md section 5.1: method, size, content type,
//! target, body, rate, JSON.

use std::time::Duration;

use bytes::Bytes;
use everbeat_model::{Fault, FaultKind, request};
use everbeat_wire::json10::{self, Target};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::{Body, Incoming};
use hyper::header::{CONNECTION, CONTENT_TYPE, EXPECT, HeaderValue};
use hyper::{HeaderMap, Method, Request, StatusCode};

use super::listen::Front;
use super::reply::{self, Reply};
use crate::calls;
use crate::connection::{Caller, Connection};

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
pub(crate) async fn dispatch(
    front: &Front,
    connection: &Connection,
    request: Request<Incoming>,
) -> Reply {
    let request_id = front.request_ids.next();
    if matches!(*request.method(), Method::GET | Method::HEAD)
        && matches!(request.uri().path(), "/" | "/health")
    {
        return health(front, &request_id);
    }
    let content_type = content_type(request.headers());
    let reply_type = content_type.unwrap_or(json10::CONTENT_TYPE);
    let target = target(&request);
    let refusal = match answer(front, connection, request, content_type).await {
        Ok(body) => return reply::reply(StatusCode::OK, reply_type, &request_id, body),
        Err(refusal) => refusal,
    };
    tracing::debug!(%request_id, ?target, fault = %refusal.fault, "refused");
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
    connection: &Connection,
    request: Request<Incoming>,
    content_type: Option<&'static str>,
) -> Result<String, Refusal> {
    if request.method() != Method::POST || content_type.is_none() {
        let fault = FaultKind::UnknownOperationException.bare();
        return Err(Refusal {
            fault,
            status: Some(StatusCode::NOT_FOUND),
            closes: true,
        });
    }
    check_expectation(request.headers())?;
    let max_bytes = front.service.limits.request_bytes;
    if request.body().size_hint().lower() > max_bytes {
        // Who waits to be asked for the body has not sent it.
        if !request.headers().contains_key(EXPECT) {
            drain(&mut request.into_body()).await;
        }
        return Err(too_large(max_bytes));
    }
    let target = target(&request).filter(|_| !is_of_another_protocol(&request));
    let realm = front.default_realm.of(request.headers());
    check_encoding(request.headers())?;
    let body = read_body(request.into_body(), max_bytes).await?;
    let target = target.ok_or_else(|| FaultKind::UnknownOperationException.bare())?;
    let caller = Caller::new(connection.clone());
    let answer = match target {
        Target::Operation(operation) => {
            front.service.throttle.admit(&realm, operation)?;
            let request = request::read_within(operation, &body, &front.service.limits)?;
            front.service.answer(realm, request, caller).await
        }
        Target::Own(operation) => {
            let route = calls::own(operation, &body)?;
            front.service.answer_own(realm, route, caller).await
        }
    };
    Ok(answer?)
}

/// The operation or own call that the target header names.
fn target(request: &Request<Incoming>) -> Option<Target> {
    let target = request.headers().get(json10::TARGET_HEADER)?;
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
fn is_of_another_protocol(request: &Request<Incoming>) -> bool {
    request.headers().contains_key("smithy-protocol")
        || (request.uri().path().starts_with("/service/")
            && request.uri().path().contains("/operation/"))
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
