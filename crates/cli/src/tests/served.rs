//! Whole lines against a server on loopback that records the requests and answers from a list.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread::JoinHandle;

use super::run_line;

/// One request as it arrived.
#[derive(Debug)]
struct Received {
    first_line: String,
    headers: BTreeMap<String, String>,
    body: String,
}

/// What the server does with a request.
#[derive(Debug, Clone, Copy)]
enum Reply {
    Answer(u16, &'static str),
    /// Closes the connection.
    Close,
    /// Waits until the client gives up.
    Silence,
}

struct Stub {
    url: String,
    thread: JoinHandle<Vec<Received>>,
}

impl Stub {
    fn start(replies: &[Reply]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let replies = replies.to_vec();
        let thread = std::thread::spawn(move || serve(&listener, &replies));
        Self { url, thread }
    }

    /// The requests, when all replies are used up.
    fn received(self) -> Vec<Received> {
        self.thread.join().expect("the stub answers")
    }
}

fn serve(listener: &TcpListener, replies: &[Reply]) -> Vec<Received> {
    let mut received = Vec::new();
    let mut replies = replies.iter();
    while replies.len() > 0 {
        let (stream, _) = listener.accept().expect("a connection");
        let mut reader = BufReader::new(stream.try_clone().expect("a second handle"));
        while replies.len() > 0 {
            let Some(request) = read_request(&mut reader) else {
                break;
            };
            received.push(request);
            match replies.next().expect("there is one") {
                Reply::Answer(status, body) => answer(&stream, *status, body),
                Reply::Close => break,
                Reply::Silence => drop(reader.read(&mut [0])),
            }
        }
    }
    received
}

fn answer(mut stream: &TcpStream, status: u16, body: &str) {
    let length = body.len();
    let head = format!("HTTP/1.1 {status} x\r\nContent-Length: {length}\r\n\r\n");
    stream
        .write_all((head + body).as_bytes())
        .expect("the client listens");
}

fn read_request(reader: &mut BufReader<TcpStream>) -> Option<Received> {
    let mut first_line = String::new();
    if reader.read_line(&mut first_line).ok()? == 0 {
        return None;
    }
    let mut headers: BTreeMap<String, String> = BTreeMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        match line.trim_end().split_once(": ") {
            Some((name, value)) => headers.insert(name.to_lowercase(), value.into()),
            None => break,
        };
    }
    let length: usize = headers.get("content-length")?.parse().ok()?;
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(Received {
        first_line: first_line.trim_end().into(),
        headers,
        body: String::from_utf8(body).ok()?,
    })
}

/// Runs a line against a stub with these replies.
fn run_served(
    line: &[&str],
    set: &[(&str, &str)],
    replies: &[Reply],
) -> ((u8, String, String), Vec<Received>) {
    let stub = Stub::start(replies);
    let mut set = set.to_vec();
    let url = stub.url.clone();
    set.push(("AWS_ENDPOINT_URL_SWF", &url));
    let outcome = run_line(line, &set);
    (outcome, stub.received())
}

const HEARTBEAT: [&str; 3] = ["record-activity-task-heartbeat", "--task-token", "T"];
const FAULT: &str = r#"{"__type":"com.amazonaws.swf.base.model#UnknownResourceFault","message":"Unknown domain: nope"}"#;

#[test]
fn a_call_is_signed_and_its_answer_printed() {
    let line = [
        "record-activity-task-heartbeat",
        "--task-token",
        "T",
        "--details",
        "50% é",
    ];
    let replies = [Reply::Answer(200, r#"{"cancelRequested":false}"#)];
    let (outcome, received) = run_served(
        &line,
        &[
            ("AWS_SESSION_TOKEN", "t"),
            ("AWS_ACCESS_KEY_ID", "AKID"),
            ("AWS_SECRET_ACCESS_KEY", "s"),
        ],
        &replies,
    );
    let output = "{\n    \"cancelRequested\": false\n}\n";
    assert_eq!(outcome, (0, output.into(), String::new()));
    let request = &received[0];
    assert_eq!(request.first_line, "POST / HTTP/1.1");
    assert_eq!(
        request.body,
        r#"{"taskToken": "T", "details": "50% \u00e9"}"#
    );
    assert_eq!(
        request.headers["x-amz-target"],
        "SimpleWorkflowService.RecordActivityTaskHeartbeat"
    );
    assert_eq!(
        request.headers["content-type"],
        "application/x-amz-json-1.0"
    );
    assert_eq!(request.headers["x-amz-security-token"], "t");
    let authorization = &request.headers["authorization"];
    assert!(
        authorization.starts_with("AWS4-HMAC-SHA256 Credential=AKID/"),
        "{authorization}"
    );
    let names = "SignedHeaders=content-type;host;x-amz-date;x-amz-security-token;x-amz-target, ";
    assert!(authorization.contains(names), "{authorization}");
}

#[test]
fn no_signature_when_none_is_wanted() {
    let line = ["--no-sign-request", "deprecate-domain", "--name", "d"];
    let (outcome, received) = run_served(&line, &[], &[Reply::Answer(200, "")]);
    assert_eq!(outcome, (0, String::new(), String::new()));
    assert!(!received[0].headers.contains_key("authorization"));
    assert!(!received[0].headers.contains_key("x-amz-date"));
}

#[test]
fn input_comes_from_options_first() {
    let json = r#"{"domain":"other","taskList":{"name":"l"},"reverseOrder":true}"#;
    let line = [
        "poll-for-decision-task",
        "--domain",
        "d",
        "--no-reverse-order",
        "--no-paginate",
        "--cli-input-json",
        json,
    ];
    let (outcome, received) = run_served(
        &line,
        &[],
        &[Reply::Answer(200, r#"{"startedEventId":0,"taskToken":""}"#)],
    );
    assert_eq!(
        outcome.1,
        "{\n    \"taskToken\": \"\",\n    \"startedEventId\": 0\n}\n"
    );
    assert_eq!(
        received[0].body,
        r#"{"domain": "d", "reverseOrder": false, "taskList": {"name": "l"}}"#
    );
}

#[test]
fn pages_are_fetched_over_one_connection_and_merged() {
    let replies = [
        Reply::Answer(
            200,
            r#"{"domainInfos":[{"status":"REGISTERED","name":"é"}],"nextPageToken":"t1"}"#,
        ),
        Reply::Answer(200, r#"{"domainInfos":[{"name":"b"}]}"#),
    ];
    let line = [
        "list-domains",
        "--registration-status",
        "REGISTERED",
        "--page-size",
        "1",
    ];
    let ((code, output, _), received) = run_served(&line, &[], &replies);
    let merged = "{\n    \"domainInfos\": [\n        {\n            \"name\": \"é\",\n            \
                  \"status\": \"REGISTERED\"\n        },\n        {\n            \"name\": \"b\"\n        }\n    ]\n}\n";
    assert_eq!((code, output.as_str()), (0, merged));
    assert_eq!(
        received[0].body,
        r#"{"registrationStatus": "REGISTERED", "maximumPageSize": 1}"#
    );
    let second =
        r#"{"registrationStatus": "REGISTERED", "maximumPageSize": 1, "nextPageToken": "t1"}"#;
    assert_eq!(received[1].body, second);
}

#[test]
fn faults_end_with_254() {
    let text = "An error occurred (UnknownResourceFault) when calling the RecordActivityTaskHeartbeat operation";
    let (outcome, _) = run_served(
        &HEARTBEAT,
        &[("AWS_MAX_ATTEMPTS", "3")],
        &[Reply::Answer(400, FAULT)],
    );
    let error = format!("\naws: [ERROR]: {text}: Unknown domain: nope\n");
    assert_eq!(outcome, (254, String::new(), error));
    let (outcome, _) = run_served(&HEARTBEAT, &[], &[Reply::Answer(400, FAULT)]);
    let error = format!("\naws: [ERROR]: {text} (reached max retries: 0): Unknown domain: nope\n");
    assert_eq!(outcome, (254, String::new(), error));
}

#[test]
fn what_may_pass_is_tried_again() {
    let replies = [
        Reply::Answer(500, "{}"),
        Reply::Answer(200, r#"{"cancelRequested":true}"#),
    ];
    let ((code, output, _), received) =
        run_served(&HEARTBEAT, &[("AWS_MAX_ATTEMPTS", "2")], &replies);
    assert_eq!(
        (code, output.as_str()),
        (0, "{\n    \"cancelRequested\": true\n}\n")
    );
    assert_eq!(received.len(), 2);
}

#[test]
fn lost_and_silent_connections_end_with_255() {
    let ((code, _, error), _) = run_served(&HEARTBEAT, &[], &[Reply::Close]);
    assert_eq!(code, 255);
    assert!(error.contains(
        "Connection was closed before we received a valid response from endpoint URL: \"http"
    ));
    let line = [
        HEARTBEAT[0],
        HEARTBEAT[1],
        HEARTBEAT[2],
        "--cli-read-timeout",
        "1",
    ];
    let ((code, _, error), _) = run_served(&line, &[], &[Reply::Silence]);
    assert_eq!(code, 255);
    assert!(
        error.contains("Read timeout on endpoint URL: \"http://127.0.0.1:"),
        "{error}"
    );
}

#[test]
fn debugging_changes_nothing_on_standard_output() {
    let line = [HEARTBEAT[0], HEARTBEAT[1], HEARTBEAT[2], "--debug"];
    let (outcome, _) = run_served(
        &line,
        &[],
        &[Reply::Answer(200, r#"{"cancelRequested":false}"#)],
    );
    assert_eq!(outcome.1, "{\n    \"cancelRequested\": false\n}\n");
}

const UNKNOWN_CALL: &str = r#"{"__type":"com.amazon.coral.service#UnknownOperationException"}"#;

/// Heartbeats are Everbeat's own: a server that does not know the call, or fails in it, has a history all the same.
#[test]
fn a_history_shows_heartbeats_where_the_server_tells_them() {
    const EVENTS: &str = r#"{"events":[
        {"eventId":5,"eventTimestamp":8,"eventType":"ActivityTaskScheduled","activityTaskScheduledEventAttributes":
            {"activityId":"a","activityType":{"name":"t","version":"1"},"taskList":{"name":"l"},"decisionTaskCompletedEventId":4}},
        {"eventId":6,"eventTimestamp":8,"eventType":"ActivityTaskStarted","activityTaskStartedEventAttributes":
            {"scheduledEventId":5}}]}"#;
    for (status, body, told) in [
        (
            200,
            r#"{"heartbeats":[{"activityId":"a","scheduledEventId":5,"startedEventId":6}]}"#,
            ", no heartbeat yet\n",
        ),
        (400, UNKNOWN_CALL, "h\n"),
        (500, "", "h\n"),
        (200, "no JSON", "h\n"),
    ] {
        let replies = [
            Reply::Answer(200, EVENTS),
            Reply::Answer(status, body),
            Reply::Answer(400, UNKNOWN_CALL),
        ];
        let ((code, output, error), received) =
            run_served(&["history", "d", "w", "r"], &[], &replies);
        assert_eq!((code, error.as_str()), (0, ""));
        assert!(output.ends_with(told), "{body}: {output}");
        assert_eq!(
            received[1].headers["x-amz-target"],
            "Everbeat.DescribeHeartbeats"
        );
        let asked = r#"{"domain":"d","execution":{"runId":"r","workflowId":"w"}}"#;
        assert_eq!(received[1].body, asked);
    }
}

/// A manual clock shows another time than the machine's; a service that tells none has a history all the same.
#[test]
fn ages_in_a_history_are_by_the_clock_of_the_server() {
    const EVENTS: &str = r#"{"events":[{"eventId":1,"eventTimestamp":8,"eventType":"DecisionTaskScheduled",
        "decisionTaskScheduledEventAttributes":{"taskList":{"name":"l"}}}]}"#;
    for (status, body, is_told) in [
        (200, r#"{"mode":"MANUAL","now":38}"#, true),
        (400, UNKNOWN_CALL, false),
        (200, "no JSON", false),
    ] {
        let replies = [Reply::Answer(200, EVENTS), Reply::Answer(status, body)];
        let ((code, output, error), received) =
            run_served(&["history", "d", "w", "r"], &[], &replies);
        assert_eq!((code, error.as_str()), (0, ""));
        assert_eq!(
            output.ends_with(" for 30.0s\n"),
            is_told,
            "{body}: {output}"
        );
        assert!(output.contains(" for "), "{output}");
        assert_eq!(received[1].headers["x-amz-target"], "Everbeat.MoveClock");
        assert_eq!(received[1].body, "{}");
    }
}

#[test]
fn a_history_is_found_by_its_workflow_id() {
    let none = r#"{"executionInfos":[]}"#;
    let closed = r#"{"executionInfos":[
        {"execution":{"workflowId":"w","runId":"r2"},"workflowType":{"name":"w","version":"1"},"startTimestamp":8,"executionStatus":"CLOSED"}]}"#;
    let events = r#"{"events":[{"eventId":1,"eventTimestamp":8,"eventType":"WorkflowExecutionStarted",
        "workflowExecutionStartedEventAttributes":{"childPolicy":"TERMINATE","taskList":{"name":"l"},"workflowType":{"name":"w","version":"1"}}}]}"#;
    let clock = r#"{"mode":"SYSTEM","now":9}"#;
    let replies = [none, closed, events, clock].map(|body| Reply::Answer(200, body));
    let (outcome, received) = run_served(&["history", "d", "w"], &[], &replies);
    let page = "w run r2\n      +0ms  1  started w/1 on l\n";
    assert_eq!(outcome, (0, page.into(), String::new()));
    for request in &received[..2] {
        assert!(
            request
                .body
                .contains(r#""executionFilter":{"workflowId":"w"}"#)
        );
    }
    assert!(received[2].body.contains(r#""runId":"r2""#));
    let replies = [none, none].map(|body| Reply::Answer(200, body));
    let ((code, _, error), _) = run_served(&["history", "d", "w"], &[], &replies);
    assert_eq!(code, 255);
    assert!(error.contains("The domain d has no execution with the workflow id w"));
}
