//! Functions called for real: over HTTP on loopback, and as programs of this machine.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by its panic"
)]

mod address;
mod api;
mod command;
mod limits;
mod served;

use std::num::NonZeroUsize;
use std::time::Duration;

use everbeat_lambda::{Configuration, Invocation, Invoker, Outcome, Variables};

/// Enough for a call that ends by itself.
const PLENTY: Duration = Duration::from_secs(10);

/// An invoker by a configuration, with keys in its environment.
fn invoker(configure: impl FnOnce(&mut Configuration)) -> Invoker {
    invoker_of(2, configure)
}

/// An invoker of so many calls at the same time.
fn invoker_of(concurrency: usize, configure: impl FnOnce(&mut Configuration)) -> Invoker {
    let variables = [
        ("AWS_ACCESS_KEY_ID", "AKID"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
        ("AWS_SESSION_TOKEN", "token"),
    ];
    invoker_with(concurrency, &variables, configure)
}

/// An invoker of so many calls at the same time, with an environment.
fn invoker_with(
    concurrency: usize,
    variables: &[(&str, &str)],
    configure: impl FnOnce(&mut Configuration),
) -> Invoker {
    let mut configuration = Configuration::new(NonZeroUsize::new(concurrency).unwrap());
    configure(&mut configuration);
    let variables: Variables = variables
        .iter()
        .map(|&(name, value)| (name.into(), value.into()))
        .collect();
    Invoker::new(configuration, variables)
        .expect("TLS")
        .expect("something is configured")
}

fn invocation(function: &str) -> Invocation {
    Invocation {
        function: function.into(),
        input: Some(r#"{"size":"ü"}"#.into()),
        role: "arn:aws:iam::123456789012:role/swf".into(),
        timeout: PLENTY,
        region: "eu-west-1".into(),
        account: "123456789012".into(),
    }
}

fn completed(result: &str) -> Outcome {
    Outcome::Completed {
        result: result.into(),
    }
}

fn failed(reason: &str, details: &str) -> Outcome {
    Outcome::Failed {
        reason: reason.into(),
        details: details.into(),
    }
}

/// The reason of a failure.
fn reason(outcome: Outcome) -> String {
    match outcome {
        Outcome::Failed { reason, .. } => reason,
        Outcome::Completed { .. } | Outcome::TimedOut => panic!("no failure: {outcome:?}"),
    }
}
