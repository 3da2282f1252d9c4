//! The clocks, in time that stands still until everybody waits; alone, and beneath hyper.

use std::convert::Infallible;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http2;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::time::{sleep, timeout};

use super::*;

const HEAD: &[u8] = b"GET / HTTP/1.1\r\nhost: here\r\n\r\n";
/// Longer than any time-out here.
const LONG: Duration = Duration::from_secs(1000);

fn patient(buffer: usize) -> (Patient<DuplexStream>, Requests, DuplexStream) {
    let (client, server) = tokio::io::duplex(buffer);
    let request_id: RequestId = Arc::new(|| "an-id".into());
    let (patient, requests) = Patient::new(server, request_id);
    (patient, requests, client)
}

/// Reads until the stream ends, and says after how many seconds and how.
async fn end(stream: &mut (impl AsyncRead + Unpin)) -> (u64, Option<ErrorKind>) {
    let begin = Instant::now();
    let mut buffer = [0; 64];
    loop {
        let kind = match timeout(LONG, stream.read(&mut buffer)).await {
            Ok(Ok(0)) => None,
            Ok(Ok(_)) => continue,
            Ok(Err(error)) => Some(error.kind()),
            Err(_) => panic!("it never ends"),
        };
        return (begin.elapsed().as_secs(), kind);
    }
}

/// Reads what is there.
async fn read(patient: &mut Patient<DuplexStream>) {
    let length = patient.read(&mut [0; 64]).await.expect("bytes");
    assert!(length > 0, "it was closed");
}

/// Nothing comes, and the connection stays open, for so long.
async fn wait(patient: &mut Patient<DuplexStream>, time: Duration) {
    let mut buffer = [0; 64];
    timeout(time, patient.read(&mut buffer))
        .await
        .expect_err("it is still waited for");
}

#[tokio::test(start_paused = true)]
async fn who_never_says_anything_is_not_waited_for() {
    let (mut patient, _, _client) = patient(1024);
    assert_eq!(end(&mut patient).await, (90, Some(ErrorKind::TimedOut)));
}

#[tokio::test(start_paused = true)]
async fn a_head_has_ten_seconds_from_its_first_byte() {
    let (mut patient, _, mut client) = patient(1024);
    let dribble = async move {
        sleep(Duration::from_secs(50)).await;
        for byte in HEAD {
            if client.write_all(&[*byte]).await.is_err() {
                break;
            }
            sleep(Duration::from_secs(1)).await;
        }
        let mut told = String::new();
        client.read_to_string(&mut told).await.expect("text");
        told
    };
    let read = async move {
        let ended = end(&mut patient).await;
        drop(patient);
        ended
    };
    let (told, ended) = tokio::join!(dribble, read);
    assert_eq!(ended, (60, Some(ErrorKind::TimedOut)));
    let (head, body) = told.split_once("\r\n\r\n").expect("a reply");
    assert!(
        head.starts_with("HTTP/1.1 408 Request Timeout\r\n"),
        "{head}"
    );
    assert!(head.contains("\r\nx-amzn-requestid: an-id\r\n"), "{head}");
    assert!(
        head.contains("\r\nx-amzn-errortype: RequestTimeoutException\r\n"),
        "{head}"
    );
    assert!(
        head.contains(&format!("\r\ncontent-length: {}\r\n", body.len())),
        "{head}"
    );
    assert!(body.contains("RequestTimeoutException"), "{body}");
}

#[tokio::test(start_paused = true)]
async fn a_request_that_is_answered_has_no_time_out_here() {
    let (mut patient, requests, mut client) = patient(1024);
    client.write_all(HEAD).await.expect("room");
    read(&mut patient).await;
    let busy = requests.begin();
    wait(&mut patient, LONG).await;
    // Bytes of the body, or of the next request, start no clock.
    client.write_all(b"body").await.expect("room");
    read(&mut patient).await;
    wait(&mut patient, LONG).await;
    patient.write_all(b"reply").await.expect("room");
    drop(busy);
    assert_eq!(end(&mut patient).await, (90, Some(ErrorKind::TimedOut)));
}

#[tokio::test(start_paused = true)]
async fn the_idle_clock_starts_with_the_last_byte_of_the_reply() {
    let (mut patient, requests, mut client) = patient(1024);
    client.write_all(HEAD).await.expect("room");
    read(&mut patient).await;
    drop(requests.begin());
    sleep(Duration::from_secs(80)).await;
    patient.write_all(b"reply").await.expect("room");
    assert_eq!(end(&mut patient).await, (90, Some(ErrorKind::TimedOut)));
}

#[tokio::test(start_paused = true)]
async fn each_request_has_a_clock_of_its_own() {
    let (mut patient, requests, mut client) = patient(1024);
    for _ in 0..20 {
        sleep(Duration::from_secs(60)).await;
        client.write_all(&HEAD[..5]).await.expect("room");
        read(&mut patient).await;
        wait(&mut patient, Duration::from_secs(9)).await;
        client.write_all(&HEAD[5..]).await.expect("room");
        read(&mut patient).await;
        let busy = requests.begin();
        patient.write_all(b"reply").await.expect("room");
        drop(busy);
        wait(&mut patient, Duration::from_secs(1)).await;
    }
    client.write_all(&HEAD[..5]).await.expect("room");
    assert_eq!(end(&mut patient).await, (10, Some(ErrorKind::TimedOut)));
}

#[tokio::test(start_paused = true)]
async fn what_is_closed_is_closed() {
    let (mut patient, _, client) = patient(1024);
    drop(client);
    assert_eq!(end(&mut patient).await, (0, None));
}

#[tokio::test(start_paused = true)]
async fn http2_has_no_head_to_wait_for() {
    let (mut patient, requests, mut client) = patient(1024);
    let (first, rest) = PREFACE.split_at(3);
    for part in [first, rest] {
        client.write_all(part).await.expect("room");
        read(&mut patient).await;
    }
    // Of two requests one is answered.
    let busy = requests.begin();
    drop(requests.begin());
    wait(&mut patient, LONG).await;
    drop(busy);
    // A reply goes on, and starts the idle clock anew; pings do not.
    sleep(Duration::from_secs(60)).await;
    patient.write_all(&[0; 129]).await.expect("room");
    for _ in 0..3 {
        wait(&mut patient, Duration::from_secs(20)).await;
        client.write_all(b"ping").await.expect("room");
        read(&mut patient).await;
        patient.write_all(b"pong").await.expect("room");
    }
    assert_eq!(end(&mut patient).await, (30, Some(ErrorKind::TimedOut)));
}

#[tokio::test(start_paused = true)]
async fn half_a_preface_is_a_head_that_is_not_answered() {
    let (mut patient, _, mut client) = patient(1024);
    client.write_all(&PREFACE[..2]).await.expect("room");
    assert_eq!(end(&mut patient).await, (10, Some(ErrorKind::TimedOut)));
    drop(patient);
    let mut told = Vec::new();
    client.read_to_end(&mut told).await.expect("bytes");
    assert_eq!(told, b"");
}

#[test]
fn protocols_are_told_apart_however_the_bytes_come() {
    for size in 1..PREFACE.len() {
        let mut protocol = Protocol::Unknown(0);
        for part in PREFACE.chunks(size) {
            assert!(matches!(protocol, Protocol::Unknown(_)));
            protocol = protocol.after(part);
        }
        assert_eq!(protocol, Protocol::Http2);
        assert_eq!(protocol.after(b"anything"), Protocol::Http2);
    }
    for text in [
        "GET /",
        "POST ",
        "PROPFIND",
        "PRI * HTTP/1.1",
        "PRI * HTTP/2.0\r\n\r\nSN",
    ] {
        assert_eq!(
            Protocol::Unknown(0).after(text.as_bytes()),
            Protocol::Http1,
            "{text}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn who_does_not_read_is_not_written_to_for_ever() {
    let (mut patient, requests, mut client) = patient(10);
    let _busy = requests.begin();
    let begin = Instant::now();
    // Every time that some of it is read the clock starts anew.
    let read = async {
        for _ in 0..3 {
            sleep(Duration::from_secs(50)).await;
            client.read_exact(&mut [0; 10]).await.expect("bytes");
        }
        sleep(LONG).await;
    };
    let write = patient.write_all(&[0; 100]);
    let error = tokio::select! {
        result = write => result.expect_err("nobody reads"),
        () = read => panic!("it never ends"),
    };
    assert_eq!(error.kind(), ErrorKind::TimedOut);
    assert_eq!(begin.elapsed().as_secs(), 150 + 60);
}

/// Serves a duplex stream as the server does. Every request takes `time`.
fn serve(time: Duration) -> DuplexStream {
    let (patient, requests, client) = patient(1 << 16);
    let service = service_fn(move |_: Request<hyper::body::Incoming>| {
        let busy = requests.begin();
        async move {
            sleep(time).await;
            let reply = Response::new(Full::new(Bytes::from_static(b"reply")));
            drop(busy);
            Ok::<_, Infallible>(reply)
        }
    });
    tokio::spawn(async move {
        let mut server = auto::Builder::new(TokioExecutor::new());
        server
            .http2()
            .timer(TokioTimer::new())
            .keep_alive_interval(Duration::from_secs(20));
        let _ = server
            .serve_connection(TokioIo::new(patient), service)
            .await;
    });
    client
}

#[tokio::test(start_paused = true)]
async fn beneath_hyper_an_idle_connection_ends_in_time() {
    let mut client = serve(Duration::from_secs(55));
    for _ in 0..3 {
        client.write_all(HEAD).await.expect("open");
        let mut buffer = [0; 1024];
        let length = client.read(&mut buffer).await.expect("a reply");
        assert!(buffer[..length].ends_with(b"reply"));
        sleep(Duration::from_secs(85)).await;
    }
    assert_eq!(end(&mut client).await, (5, None));
}

#[tokio::test(start_paused = true)]
async fn beneath_hyper_requests_may_follow_each_other_closely() {
    let mut client = serve(Duration::from_secs(30));
    client.write_all(&HEAD.repeat(3)).await.expect("open");
    let mut replies = Vec::new();
    let begin = Instant::now();
    client.read_to_end(&mut replies).await.expect("replies");
    let text = String::from_utf8(replies).expect("text");
    assert_eq!(text.matches("reply").count(), 3, "{text}");
    assert_eq!(begin.elapsed().as_secs(), 90 + 90);
}

#[tokio::test(start_paused = true)]
async fn beneath_hyper_a_slow_head_is_told_so() {
    let mut client = serve(Duration::ZERO);
    for whole in [true, false] {
        let head = if whole { HEAD } else { &HEAD[..HEAD.len() - 1] };
        client.write_all(head).await.expect("open");
        let begin = Instant::now();
        let mut buffer = [0; 1024];
        let length = client.read(&mut buffer).await.expect("a reply");
        let status = if whole {
            "HTTP/1.1 200"
        } else {
            "HTTP/1.1 408"
        };
        assert!(buffer[..length].starts_with(status.as_bytes()));
        assert_eq!(begin.elapsed().as_secs(), if whole { 0 } else { 10 });
    }
    assert_eq!(end(&mut client).await, (0, None));
}

#[tokio::test(start_paused = true)]
async fn beneath_hyper_an_http2_connection_ends_in_time() {
    let stream = TokioIo::new(serve(Duration::from_secs(300)));
    let (mut client, connection) = http2::handshake(TokioExecutor::new(), stream)
        .await
        .expect("a connection");
    let connection = tokio::spawn(connection);
    for _ in 0..2 {
        let ask = |_| {
            let request = Request::get("http://here/").body(Full::<Bytes>::default());
            client.send_request(request.expect("a request"))
        };
        for asked in [0, 1, 2].map(ask) {
            let reply = asked.await.expect("a reply").collect().await;
            assert_eq!(reply.expect("a body").to_bytes(), "reply");
        }
        sleep(Duration::from_secs(85)).await;
    }
    let begin = Instant::now();
    let _ = timeout(LONG, connection).await.expect("it ends");
    assert_eq!(begin.elapsed().as_secs(), 5);
}
