//! Lambda's Invoke API.

use everbeat_lambda::Outcome;
use everbeat_wire::sigv4::{self, RequestParts, Scope};
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;

use crate::served::{Seen, Served, answer};
use crate::{completed, failed, invocation, invoker, reason};

async fn outcome_of(
    status: u16,
    header: Option<(&'static str, &'static str)>,
    body: &'static str,
) -> Outcome {
    let served = Served::start(move |_| Some(answer(status, header, body))).await;
    let invoker = invoker(|configuration| configuration.set_endpoint(&served.url).unwrap());
    let outcome = invoker.invoke(invocation("resize")).await;
    assert_eq!(served.seen().len(), 1, "one call, whatever came of it");
    outcome
}

/// Signs what arrived once more, by the headers that the request names as signed.
fn expected_signature(seen: &Seen) -> String {
    let (_, signed) = seen
        .header("authorization")
        .split_once("SignedHeaders=")
        .unwrap();
    let (signed, _) = signed.split_once(',').unwrap();
    let headers: Vec<(&str, &str)> = signed
        .split(';')
        .map(|name| (name, seen.header(name)))
        .collect();
    let parts = RequestParts {
        method: &seen.method,
        path: &seen.path,
        query: "",
        headers: &headers,
        payload_hash: &sigv4::payload_hash(&seen.body),
    };
    let date = seen.header("x-amz-date");
    let scope = Scope {
        day: &date[..8],
        region: "eu-west-1",
        service: "lambda",
    };
    let text = sigv4::string_to_sign(date, scope, &sigv4::canonical_request(&parts));
    sigv4::signature(&sigv4::signing_key("secret", scope), &text)
}

#[tokio::test]
async fn a_call_is_an_invoke_request_with_a_good_signature() {
    let served = Served::start(|_| Some(answer(200, None, r#"{"ok":true}"#))).await;
    let invoker = invoker(|configuration| configuration.set_endpoint(&served.url).unwrap());
    let arn = "arn:aws:lambda:eu-west-1:123456789012:function:resize:live";
    assert_eq!(
        invoker.invoke(invocation(arn)).await,
        completed(r#"{"ok":true}"#)
    );
    let [seen] = served.seen().try_into().unwrap();
    assert_eq!(seen.method, "POST");
    assert_eq!(
        seen.path,
        "/2015-03-31/functions/\
         arn%3Aaws%3Alambda%3Aeu-west-1%3A123456789012%3Afunction%3Aresize%3Alive/invocations"
    );
    assert_eq!(seen.body, r#"{"size":"ü"}"#);
    assert_eq!(seen.header("x-amz-invocation-type"), "RequestResponse");
    assert_eq!(seen.header("x-amz-security-token"), "token");
    let authorization = seen.header("authorization");
    assert!(
        authorization.starts_with("AWS4-HMAC-SHA256 Credential=AKID/"),
        "{authorization}"
    );
    assert!(
        authorization.contains(
            "/eu-west-1/lambda/aws4_request, \
             SignedHeaders=content-type;host;x-amz-date;x-amz-invocation-type;x-amz-security-token, "
        ),
        "{authorization}"
    );
    assert!(
        authorization.ends_with(&format!("Signature={}", expected_signature(&seen))),
        "{authorization}"
    );
}

#[tokio::test]
async fn names_that_mean_another_path_are_not_called() {
    let served = Served::start(|_| Some(answer(200, None, "{}"))).await;
    let invoker = invoker(|configuration| configuration.set_endpoint(&served.url).unwrap());
    for name in [".", ".."] {
        let outcome = invoker.invoke(invocation(name)).await;
        assert_eq!(reason(outcome), "InvalidFunctionName");
    }
    assert_eq!(invoker.invoke(invocation("...")).await, completed("{}"));
    assert_eq!(served.seen().len(), 1);
}

#[tokio::test]
async fn no_input_is_an_empty_object() {
    let served = Served::start(|seen| Some(answer(200, None, seen.body.clone()))).await;
    let invoker = invoker(|configuration| configuration.set_endpoint(&served.url).unwrap());
    let mut invocation = invocation("resize");
    invocation.input = None;
    assert_eq!(invoker.invoke(invocation).await, completed("{}"));
}

#[tokio::test]
async fn a_function_error_is_a_failure_with_the_payload() {
    let header = Some(("x-amz-function-error", "Unhandled"));
    let payload = r#"{"errorMessage":"boom"}"#;
    assert_eq!(
        outcome_of(200, header, payload).await,
        failed("Unhandled", payload)
    );
}

#[tokio::test]
async fn errors_of_the_service_have_its_code() {
    for (status, header, body, code, details) in [
        (
            404,
            Some(("x-amzn-errortype", "ResourceNotFoundException")),
            r#"{"Type":"User","Message":"Function not found"}"#,
            "ResourceNotFoundException",
            "Function not found",
        ),
        (
            429,
            None,
            r#"{"__type":"TooManyRequestsException","message":"Rate Exceeded."}"#,
            "TooManyRequestsException",
            "Rate Exceeded.",
        ),
        (503, None, "busy", "HTTP status 503", "busy"),
        (307, Some(("location", "/other")), "", "HTTP status 307", ""),
    ] {
        assert_eq!(
            outcome_of(status, header, body).await,
            failed(code, details)
        );
    }
}

#[tokio::test]
async fn an_answer_that_no_event_can_hold_is_a_failure() {
    let served = Served::start(|seen| {
        let length = if seen.path.contains("huge") {
            6_000_000
        } else {
            32_768
        };
        Some(answer(200, None, "x".repeat(length)))
    })
    .await;
    let invoker = invoker(|configuration| configuration.set_endpoint(&served.url).unwrap());
    assert_eq!(
        invoker.invoke(invocation("fits")).await,
        completed(&"x".repeat(32_768))
    );
    let huge = invoker.invoke(invocation("huge")).await;
    assert_eq!(reason(huge), "ResultTooLong");
}

#[tokio::test]
async fn a_lost_connection_is_a_failure_and_no_second_call() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let calls = tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        let mut buffer = [0; 4096];
        let length = socket.read(&mut buffer).await.unwrap();
        assert!(length > 0);
        drop(socket);
        // Nobody may come a second time.
        listener.accept().await.unwrap();
    });
    let invoker = invoker(|configuration| configuration.set_endpoint(&url).unwrap());
    let outcome = invoker.invoke(invocation("resize")).await;
    assert_eq!(reason(outcome), "ConnectionLost");
    assert!(!calls.is_finished());
}

#[tokio::test]
async fn a_connection_that_was_closed_after_its_answer_is_no_failure() {
    let close = Some(("connection", "close"));
    let served = Served::start(move |_| Some(answer(200, close, "{}"))).await;
    let invoker = invoker(|configuration| configuration.set_endpoint(&served.url).unwrap());
    for _ in 0..3 {
        assert_eq!(invoker.invoke(invocation("resize")).await, completed("{}"));
    }
    assert_eq!(served.seen().len(), 3);
}

#[tokio::test]
async fn nobody_there_is_a_failure() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    for scheme in ["http", "https"] {
        let url = format!("{scheme}://{address}");
        let invoker = invoker(|configuration| configuration.set_endpoint(&url).unwrap());
        let outcome = invoker.invoke(invocation("resize")).await;
        assert_eq!(reason(outcome), "ConnectionFailed");
    }
}
