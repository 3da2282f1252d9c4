//! Requests through a proxy on loopback: the forms in which it is spoken to, and proxies that do not work. And the form
//! of a request that goes straight.

use std::time::Duration;

use everbeat_client::shared_files::Variables;
use everbeat_client::{Attempt, CallError, Client, Credentials, Endpoint, Proxy, Timeouts};
use everbeat_model::Operation;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// Takes one request and gives the answer; the head of the request comes out.
async fn once(answer: &'static str) -> (String, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address").to_string();
    let taken = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.expect("a connection");
        let mut request = Vec::new();
        while !request.windows(4).any(|end| end == b"\r\n\r\n") {
            let length = stream.read_buf(&mut request).await.expect("a request");
            assert_ne!(length, 0, "the whole head");
        }
        stream.write_all(answer.as_bytes()).await.expect("a reader");
        let text = String::from_utf8(request).expect("text");
        let (head, _) = text.split_once("\r\n\r\n").expect("a head");
        head.to_owned()
    });
    (address, taken)
}

const GOOD: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";

fn client(url: &str, set: &[(&str, &str)]) -> Client {
    let variables: Variables = set
        .iter()
        .map(|(name, value)| ((*name).into(), (*value).into()))
        .collect();
    let endpoint = Endpoint::parse(url).expect("a URL");
    let proxy = Proxy::for_endpoint(&endpoint, &variables);
    Client::local(endpoint).with_proxy(proxy)
}

async fn outcome(client: &Client) -> Result<(), CallError> {
    let sent = client.send(Operation::ListDomains, "{}".into()).await;
    sent.map(drop)
}

#[tokio::test]
async fn plain_requests_name_the_server_in_full() {
    let (address, taken) = once(GOOD).await;
    let proxy = format!("http://us:pw@{address}");
    let client = client("http://swf.test/base", &[("HTTP_PROXY", &proxy)]);
    assert_eq!(outcome(&client).await, Ok(()));
    let head = taken.await.expect("a request");
    assert!(
        head.starts_with("POST http://swf.test/base HTTP/1.1\r\nHost: swf.test\r\n"),
        "{head}"
    );
    assert!(
        head.contains("\r\nProxy-Authorization: Basic dXM6cHc=\r\n"),
        "{head}"
    );
}

#[tokio::test]
async fn requests_over_tls_ask_for_a_tunnel() {
    let (address, taken) = once("HTTP/1.1 403 No\r\n\r\n").await;
    let proxy = format!("http://us:pw@{address}");
    let client = client("https://swf.test", &[("https_proxy", &proxy)]);
    let Err(CallError::Proxy { url, reason }) = outcome(&client).await else {
        panic!("no tunnel");
    };
    assert_eq!(url, format!("http://***:***@{address}"));
    assert_eq!(reason, "the proxy answered 403");
    let head = taken.await.expect("a request");
    assert_eq!(
        head,
        "CONNECT swf.test:443 HTTP/1.1\r\nHost: swf.test:443\r\nProxy-Authorization: Basic dXM6cHc="
    );
}

#[tokio::test]
async fn proxies_that_are_not_there_are_told() {
    for url in ["http://swf.test", "https://swf.test"] {
        for proxy in ["http://127.0.0.1:1", "foo bar"] {
            let client = client(url, &[("HTTP_PROXY", proxy), ("HTTPS_PROXY", proxy)]);
            let found = outcome(&client).await;
            assert!(
                matches!(found, Err(CallError::Proxy { .. })),
                "{url} {proxy}: {found:?}"
            );
        }
    }
}

#[tokio::test]
async fn a_request_has_the_references_headers_in_its_order() {
    let (address, taken) =
        once("HTTP/1.1 301 Moved\r\nlocation: /x\r\ncontent-length: 0\r\n\r\n").await;
    let credentials = Credentials {
        access_key_id: "AKID".into(),
        secret_access_key: "s".into(),
        session_token: Some("T".into()),
    };
    let endpoint = Endpoint::parse(&format!("http://{address}")).expect("a URL");
    let client = Client::new(endpoint, Some(credentials), "r-1".into()).with_user_agent("name/1");
    let prepared = client
        .prepare(
            Operation::ListDomains,
            "{}".into(),
            &Attempt::first([0; 16]),
        )
        .expect("a request");
    let canonical = prepared.canonical_request().expect("signed");
    assert!(
        canonical.contains("\nx-amz-security-token:***\n"),
        "{canonical}"
    );
    let answer = client.exchange(prepared).await.expect("an answer");
    assert_eq!(answer.status, 301, "nothing is followed");
    let fault = answer.into_body().expect_err("a fault");
    assert!(fault.fault().is_some_and(|fault| fault.code == "301"));
    let head = taken.await.expect("a request").to_lowercase();
    let names: Vec<&str> = head
        .lines()
        .skip(1)
        .filter_map(|line| line.split(':').next())
        .collect();
    assert_eq!(
        names,
        [
            "host",
            "accept-encoding",
            "x-amz-target",
            "content-type",
            "user-agent",
            "x-amz-date",
            "x-amz-security-token",
            "authorization",
            "amz-sdk-invocation-id",
            "amz-sdk-request",
            "content-length",
        ]
    );
    for text in [
        "accept-encoding: identity",
        "content-type: application/x-amz-json-1.0",
        "user-agent: name/1",
        "signedheaders=content-type;host;x-amz-date;x-amz-security-token;x-amz-target, ",
        "credential=akid/",
        "/r-1/swf/aws4_request",
        "amz-sdk-request: attempt=1",
        "amz-sdk-invocation-id: 00000000-0000-4000-8000-000000000000",
    ] {
        assert!(head.contains(text), "{text} in {head}");
    }
}

#[tokio::test]
async fn half_an_answer_is_none() {
    let (address, taken) = once("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{").await;
    let found = outcome(&client(&format!("http://{address}"), &[])).await;
    assert!(matches!(found, Err(CallError::Closed(_))), "{found:?}");
    drop(taken);
}

#[tokio::test]
async fn the_time_for_an_answer_is_the_time_between_its_pieces() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let taken = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.expect("a connection");
        let length = stream.read(&mut [0; 4096]).await.expect("a request");
        assert_ne!(length, 0);
        for piece in ["HTTP/1.1 200 OK\r\n", "content-length: 9\r\n\r\n", "{"] {
            stream.write_all(piece.as_bytes()).await.expect("a reader");
        }
        // Until the client gives up.
        let mut rest = Vec::new();
        stream.read_to_end(&mut rest).await.is_ok()
    });
    let client = client(&format!("http://{address}"), &[]).with_timeouts(Timeouts {
        connect: None,
        read: Some(Duration::from_millis(20)),
    });
    assert_eq!(outcome(&client).await, Err(CallError::ReadTimeout));
    assert!(taken.await.expect("the client went"));
}
