//! What checking and signing cost. Measured on demand:
//! `cargo test --release -p everbeat-wire --test it cost -- --ignored --nocapture`.

use std::hint::black_box;
use std::time::Instant;

use everbeat_wire::sigv4::{
    self, Credentials, KeyFacts, RequestParts, SERVICE, Signer, payload_hash, signing_key,
};

use crate::request::{KEY_ID, NOW, REGION, SECRET, sign, unsigned};

const ROUNDS: u32 = 500_000;

#[test]
#[ignore = "a measurement"]
fn of_signing_a_heartbeat() {
    let body = "A".repeat(300);
    let credentials = Credentials {
        access_key_id: KEY_ID.into(),
        secret_access_key: SECRET.into(),
        session_token: None,
    };
    let signer = Signer::new(credentials, REGION, SERVICE, NOW);
    let begun = Instant::now();
    for _ in 0..ROUNDS {
        let parts = RequestParts {
            method: "POST",
            path: "/",
            query: "",
            headers: &[
                ("content-type", "application/x-amz-json-1.0"),
                ("host", "127.0.0.1:7930"),
                (
                    "x-amz-target",
                    "SimpleWorkflowService.RecordActivityTaskHeartbeat",
                ),
            ],
            payload_hash: &payload_hash(black_box(body.as_bytes())),
        };
        black_box(signer.authorize(&parts, NOW));
    }
    println!("signing: {:?}", begun.elapsed() / ROUNDS);
}

#[test]
#[ignore = "a measurement"]
fn of_checking_a_heartbeat() {
    let mut request = unsigned();
    request.set("accept-encoding", "identity");
    request.set(
        "amz-sdk-invocation-id",
        "87a60178-fa8d-4e77-b000-dbd57acbb9a2",
    );
    request.body = format!(r#"{{"taskToken":"{}"}}"#, "A".repeat(284)).into_bytes();
    request.set("content-length", request.body.len().to_string());
    let request = sign(request, None, NOW);
    let (head, body) = (request.head(), &request.body);
    let claim = sigv4::read_claim(&head, NOW, Some(REGION)).expect("a claim");
    let key = KeyFacts {
        signing_key: signing_key(SECRET, claim.scope()),
        session: None,
    };
    let begun = Instant::now();
    for _ in 0..ROUNDS {
        let claim = sigv4::read_claim(black_box(&head), NOW, Some(REGION)).expect("a claim");
        black_box(&claim);
    }
    let reading = begun.elapsed() / ROUNDS;
    let begun = Instant::now();
    for _ in 0..ROUNDS {
        let claim = sigv4::read_claim(black_box(&head), NOW, Some(REGION)).expect("a claim");
        sigv4::recognise(&claim, Some(&key), NOW).expect("a known key");
        sigv4::check(&claim, black_box(body), Some(&key), NOW).expect("a good signature");
    }
    let all = begun.elapsed() / ROUNDS;
    let (headers, bytes) = (request.headers.len(), body.len());
    println!("{headers} headers, {bytes} bytes: {all:?}, of which {reading:?} before the body");
}
