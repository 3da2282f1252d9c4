//! Replies: headers that every reply carries, and the form of a fault (protocol.md sections 1.4 and 4).

use bytes::Bytes;
use everbeat_model::{Fault, FaultKind};
use everbeat_wire::json10;
use http_body_util::Full;
use hyper::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use hyper::{Response, StatusCode};

/// The one type of reply body: known in full, so that its length is.
pub(crate) type Reply = Response<Full<Bytes>>;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-requestid");
const ERROR_TYPE: HeaderName = HeaderName::from_static("x-amzn-errortype");

/// When a refused request may come again, in milliseconds (protocol.md section 4.4); some clients heed it.
const RETRY_AFTER: HeaderName = HeaderName::from_static("x-amz-retry-after");
/// A bucket of Amazon's rates has a token again after so long, at its slowest.
const AFTER_THROTTLING: HeaderValue = HeaderValue::from_static("200");
const AFTER_UNAVAILABILITY: HeaderValue = HeaderValue::from_static("1000");

/// A reply with a body. The length and the date are added when it is sent.
pub(crate) fn reply(
    status: StatusCode,
    content_type: &'static str,
    request_id: &str,
    body: String,
) -> Reply {
    let mut reply = Response::new(Full::new(Bytes::from(body)));
    *reply.status_mut() = status;
    let headers = reply.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    if let Ok(request_id) = HeaderValue::from_str(request_id) {
        headers.insert(REQUEST_ID, request_id);
    }
    reply
}

/// A fault. `status` replaces the fault's own where the framing asks for another.
pub(crate) fn fault(
    fault: &Fault,
    status: Option<StatusCode>,
    content_type: &'static str,
    request_id: &str,
) -> Reply {
    let own = StatusCode::from_u16(fault.kind.status()).unwrap_or(StatusCode::BAD_REQUEST);
    let mut reply = reply(
        status.unwrap_or(own),
        content_type,
        request_id,
        json10::fault_body(fault),
    );
    let headers = reply.headers_mut();
    headers.insert(ERROR_TYPE, HeaderValue::from_static(fault.kind.name()));
    if fault.kind == FaultKind::ThrottlingException {
        headers.insert(RETRY_AFTER, AFTER_THROTTLING);
    } else if fault.kind == FaultKind::ServiceUnavailableException {
        headers.insert(RETRY_AFTER, AFTER_UNAVAILABILITY);
    }
    reply
}
