//! Typed calls against a server on loopback that answers each request from a list.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use everbeat_client::{CallError, Client, Endpoint, Timeouts};
use everbeat_model::shapes::{DescribeDomainInput, RecordActivityTaskHeartbeatInput};

/// Status and body of an answer.
type Reply = (u16, &'static str);

/// Answers the requests of one connection after the other, `None` by closing it; gives the number of connections.
fn serve(replies: Vec<Option<Reply>>) -> (Client, std::thread::JoinHandle<usize>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let server = std::thread::spawn(move || {
        let mut replies = replies.into_iter();
        let mut connections = 0;
        while replies.len() > 0 {
            let (stream, _) = listener.accept().expect("a connection");
            connections += 1;
            let mut reader = BufReader::new(stream.try_clone().expect("a second handle"));
            while replies.len() > 0 && skip_request(&mut reader) {
                match replies.next().flatten() {
                    Some(reply) => answer(&stream, reply),
                    None => break,
                }
            }
        }
        connections
    });
    (Client::local(Endpoint::parse(&url).expect("a URL")), server)
}

fn answer(mut stream: &TcpStream, (status, body): Reply) {
    let length = body.len();
    let head =
        format!("HTTP/1.1 {status} x\r\nx-amzn-requestid: r-1\r\ncontent-length: {length}\r\n\r\n");
    stream
        .write_all((head + body).as_bytes())
        .expect("the client listens");
}

fn skip_request(reader: &mut BufReader<TcpStream>) -> bool {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).unwrap_or(0) == 0 {
            return false;
        }
        if let Some(value) = line.to_lowercase().strip_prefix("content-length: ") {
            length = value.trim().parse().expect("a number");
        }
        if line == "\r\n" {
            break;
        }
    }
    reader.read_exact(&mut vec![0; length]).is_ok()
}

fn heartbeat() -> RecordActivityTaskHeartbeatInput {
    RecordActivityTaskHeartbeatInput {
        task_token: "T".into(),
        details: None,
    }
}

const STATUS: Reply = (200, r#"{"cancelRequested":true}"#);
const FAULT: Reply = (
    400,
    r#"{"__type":"com.amazonaws.swf.base.model#UnknownResourceFault"}"#,
);

#[tokio::test]
async fn answers_are_typed_and_connections_kept() {
    let (client, server) = serve(vec![Some(STATUS), Some(FAULT), Some(STATUS)]);
    let answer = client.call(&heartbeat()).await.expect("an answer");
    assert!(answer.cancel_requested.0);
    let error = client
        .call(&DescribeDomainInput { name: "d".into() })
        .await
        .expect_err("a fault");
    let fault = error.fault().expect("a fault");
    assert_eq!(
        (fault.code.as_str(), fault.status),
        ("UnknownResourceFault", 400)
    );
    assert_eq!(fault.request_id.as_deref(), Some("r-1"));
    assert!(client.clone().call(&heartbeat()).await.is_ok());
    assert_eq!(server.join().expect("the server ends"), 1);
}

#[tokio::test]
async fn answers_that_do_not_fit_are_told() {
    let (client, server) = serve(vec![Some((200, "{}")), None]);
    let error = client.call(&heartbeat()).await.expect_err("no such answer");
    assert!(matches!(error, CallError::Protocol(_)), "{error:?}");
    let error = client
        .call(&heartbeat())
        .await
        .expect_err("a lost connection");
    assert!(matches!(error, CallError::Closed(_)), "{error:?}");
    drop(server);
}

#[tokio::test]
async fn nobody_there_and_nobody_answering() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let client = Client::local(Endpoint::parse(&url).expect("a URL")).with_timeouts(Timeouts {
        connect: Some(Duration::from_secs(3)),
        read: Some(Duration::from_millis(20)),
    });
    assert_eq!(
        client.call(&heartbeat()).await.err(),
        Some(CallError::ReadTimeout)
    );
    drop((listener, client));
    let client = Client::local(Endpoint::parse(&url).expect("a URL"));
    let error = client.call(&heartbeat()).await.expect_err("nobody there");
    assert!(matches!(error, CallError::Connection(_)), "{error:?}");
}
