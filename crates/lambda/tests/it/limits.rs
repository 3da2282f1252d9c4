//! Time and concurrency.

use std::num::NonZeroUsize;
use std::time::Duration;

use everbeat_lambda::{Configuration, Invoker, Outcome, Variables};
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;

use crate::served::Served;
use crate::{completed, invocation, invoker, invoker_of};

const SHORT: Duration = Duration::from_millis(100);

#[tokio::test]
async fn an_answer_that_does_not_come_is_a_time_out_and_the_connection_is_closed() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let hung_up = tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        let mut request = Vec::new();
        socket.read_to_end(&mut request).await.unwrap();
        request.len()
    });
    let invoker = invoker(|configuration| configuration.set_endpoint(&url).unwrap());
    let mut invocation = invocation("slow");
    invocation.timeout = SHORT;
    assert_eq!(invoker.invoke(invocation).await, Outcome::TimedOut);
    let hung_up = tokio::time::timeout(Duration::from_secs(3), hung_up);
    assert!(hung_up.await.expect("the connection is closed").unwrap() > 0);
}

#[tokio::test]
async fn who_waits_for_a_place_waits_inside_the_time_out() {
    let served = Served::start(|_| None).await;
    let function = format!("slow={}", served.url);
    let invoker = invoker_of(1, |configuration| {
        configuration.add_function(&function).unwrap();
        configuration.add_function("cat=command:cat").unwrap();
    });
    let (slow, waiting) = (invocation("slow"), invocation("slow"));
    let first = tokio::spawn({
        let invoker = invoker.clone();
        async move { invoker.invoke(slow).await }
    });
    while served.seen().is_empty() {
        tokio::task::yield_now().await;
    }
    let second = invoker.invoke(everbeat_lambda::Invocation {
        timeout: SHORT,
        ..waiting
    });
    assert_eq!(second.await, Outcome::TimedOut);
    assert_eq!(served.seen().len(), 1, "the second was never called");
    // Giving the first call up makes room.
    first.abort();
    assert_eq!(
        invoker.invoke(invocation("cat")).await,
        completed(r#"{"size":"ü"}"#)
    );
}

#[tokio::test]
async fn nothing_configured_is_no_invoker() {
    let invoker = Invoker::new(Configuration::new(NonZeroUsize::MIN), Variables::new());
    assert!(invoker.expect("TLS").is_none());
}
