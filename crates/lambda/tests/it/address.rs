//! Functions behind HTTP addresses.

use crate::served::{Served, answer};
use crate::{completed, failed, invocation, invoker};

#[tokio::test]
async fn the_input_is_posted_and_the_body_is_the_result() {
    let served = Served::start(|_| Some(answer(201, None, "done"))).await;
    let url = format!("resize={}/functions/resize?mode=fast", served.url);
    let invoker = invoker(|configuration| configuration.add_function(&url).unwrap());
    assert_eq!(
        invoker.invoke(invocation("resize:live")).await,
        completed("done")
    );
    let [seen] = served.seen().try_into().unwrap();
    assert_eq!(seen.method, "POST");
    assert_eq!(seen.path, "/functions/resize?mode=fast");
    assert_eq!(seen.body, r#"{"size":"ü"}"#);
    for (name, value) in [
        ("content-type", "application/json"),
        ("x-everbeat-function-name", "resize:live"),
        (
            "x-everbeat-function-role",
            "arn:aws:iam::123456789012:role/swf",
        ),
        ("x-everbeat-function-region", "eu-west-1"),
        ("x-everbeat-function-account", "123456789012"),
    ] {
        assert_eq!(seen.header(name), value);
    }
    assert_eq!(seen.header("authorization"), "");
}

#[tokio::test]
async fn any_other_status_is_a_failure() {
    let served = Served::start(|_| Some(answer(500, None, "out of paper"))).await;
    let function = format!("print={}", served.url);
    let invoker = invoker(|configuration| configuration.add_function(&function).unwrap());
    assert_eq!(
        invoker.invoke(invocation("print")).await,
        failed("HTTP status 500", "out of paper")
    );
}

#[tokio::test]
async fn a_function_without_target_is_not_found() {
    let invoker =
        invoker(|configuration| configuration.add_function("a=http://127.0.0.1:1").unwrap());
    assert_eq!(
        invoker.invoke(invocation("b")).await,
        failed(
            "ResourceNotFoundException",
            "Function not found: b. The server has no target for it."
        )
    );
}
