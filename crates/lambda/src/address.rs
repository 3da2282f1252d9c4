//! A function behind an HTTP address: the input is posted there, and the body of a good answer is the result.

use http::header::{CONTENT_TYPE, USER_AGENT};
use http::{HeaderValue, Request, Uri};
use http_body_util::Full;

use crate::api;
use crate::invoker::Invocation;
use crate::outcome::{Outcome, most_bytes};
use crate::transport::{Http, USER_AGENT as OWN_NAME};

/// Calls the function at `address`.
pub(crate) async fn invoke(address: &Uri, http: &Http, invocation: &Invocation) -> Outcome {
    let mut request = Request::new(Full::from(invocation.payload().to_owned()));
    *request.method_mut() = http::Method::POST;
    *request.uri_mut() = address.clone();
    let headers = request.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(USER_AGENT, HeaderValue::from_static(OWN_NAME));
    for (name, value) in [
        ("x-everbeat-function-name", &invocation.function),
        ("x-everbeat-function-role", &invocation.role),
        ("x-everbeat-function-region", &invocation.region),
        ("x-everbeat-function-account", &invocation.account),
    ] {
        // Names and roles are free texts of deciders; what no header can carry is left out.
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    }
    api::outcome(http.send(request, most_bytes()).await)
}
