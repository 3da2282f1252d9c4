//! A test client on the official Rust SDK, driven over standard input.
//!
//! Reads one JSON request a line, `{"operation": "...", "params": {...}}`, and
//! writes one JSON line for each: `{"result": {...}}` or
//! `{"fault": {"code": "...", "message": "..."}}`. It knows the operations,
//! decisions and events of the heartbeat story; anything else ends it with a
//! message. The endpoint comes from `AWS_ENDPOINT_URL_SWF`, the credentials from
//! `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and `AWS_SESSION_TOKEN`.

mod history;
mod operations;

use std::io::{BufRead, Write};

use aws_sdk_swf::config::retry::RetryConfig;
use aws_sdk_swf::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_swf::{Client, Config};
use serde_json::Value;

fn main() {
    // A worker thread of its own notices between two calls that the server has
    // closed a connection; without retries a call on such a one would fail.
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .expect("a runtime can be built");
    let client = client();
    let mut answers = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let line = line.expect("requests are UTF-8");
        let request: Value = serde_json::from_str(&line).expect("a request is JSON");
        let answer = runtime.block_on(operations::call(&client, &request));
        writeln!(answers, "{answer}").expect("the test reads the answers");
        answers.flush().expect("the test reads the answers");
    }
}

/// A client with fixed credentials that sends every request exactly once.
fn client() -> Client {
    let endpoint = std::env::var("AWS_ENDPOINT_URL_SWF").expect("AWS_ENDPOINT_URL_SWF is set");
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .credentials_provider(credentials())
        .endpoint_url(endpoint)
        .retry_config(RetryConfig::disabled())
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .build();
    Client::from_conf(config)
}

fn credentials() -> Credentials {
    let set = |name| std::env::var(name).expect("the test sets the credentials");
    let token = std::env::var("AWS_SESSION_TOKEN").ok();
    Credentials::new(
        set("AWS_ACCESS_KEY_ID"),
        set("AWS_SECRET_ACCESS_KEY"),
        token,
        None,
        "fixed",
    )
}
