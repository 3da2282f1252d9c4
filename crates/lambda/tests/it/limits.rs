//! Time and concurrency.

use std::num::NonZeroUsize;
use std::time::Duration;

use everbeat_lambda::{Configuration, Invoker, Outcome, Variables};
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;

use crate::served::Served;
use crate::{completed, invocation, invoker, invoker_of, invoker_with};

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
async fn who_finds_no_place_in_half_of_the_time_is_not_called() {
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
    let Outcome::Failed { reason, details } = second.await else {
        panic!("not called");
    };
    assert_eq!(reason, "TooManyRequestsException");
    assert!(details.contains("--lambda-concurrency"), "{details}");
    assert_eq!(served.seen().len(), 1, "the second was never called");
    // Giving the first call up makes room.
    first.abort();
    assert_eq!(
        invoker.invoke(invocation("cat")).await,
        completed(r#"{"size":"ü"}"#)
    );
}

#[tokio::test]
async fn who_waits_for_credentials_takes_no_place() {
    let folder = tempfile::tempdir().unwrap();
    let (config, begun) = (folder.path().join("config"), folder.path().join("begun"));
    let profile = format!(
        "[default]\ncredential_process = sh -c \"touch {} && exec sleep 60\"\n",
        begun.display()
    );
    std::fs::write(&config, profile).unwrap();
    let variables = [
        ("AWS_CONFIG_FILE", config.to_str().unwrap()),
        ("AWS_SHARED_CREDENTIALS_FILE", "/no/such"),
    ];
    let invoker = invoker_with(1, &variables, |configuration| {
        configuration.set_endpoint("http://127.0.0.1:1").unwrap();
        configuration.add_function("cat=command:cat").unwrap();
    });
    let call = tokio::spawn({
        let invoker = invoker.clone();
        async move { invoker.invoke(invocation("remote")).await }
    });
    while !begun.exists() {
        assert!(!call.is_finished(), "the credentials are looked for");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(
        invoker.invoke(invocation("cat")).await,
        completed(r#"{"size":"ü"}"#)
    );
    assert!(!call.is_finished(), "the credentials are waited for");
    call.abort();
}

#[tokio::test]
async fn nothing_configured_is_no_invoker() {
    let invoker = Invoker::new(Configuration::new(NonZeroUsize::MIN), Variables::new());
    assert!(invoker.expect("TLS").is_none());
}
