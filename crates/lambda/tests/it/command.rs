//! Functions that are programs.

use std::path::Path;
use std::time::{Duration, Instant};

use everbeat_lambda::{Invocation, Invoker, Outcome, Target};

use crate::{PLENTY, completed, failed, invocation, invoker, reason};

/// A function `f` that is a script for the shell, which is named as the program here.
fn script(text: &str) -> Invoker {
    let words = ["/bin/sh", "-c", text].map(Into::into);
    invoker(|configuration| configuration.set_function("f", Target::Command(words.into())))
}

async fn run(text: &str) -> Outcome {
    script(text).invoke(invocation("f")).await
}

#[tokio::test]
async fn input_arguments_and_variables_arrive_and_the_output_is_the_result() {
    let function = "f=command:/bin/echo $HOME;id  *";
    let invoker = invoker(|configuration| configuration.add_function(function).unwrap());
    assert_eq!(
        invoker.invoke(invocation("f")).await,
        completed("$HOME;id *\n"),
        "no shell looks at the words"
    );
    assert_eq!(run("cat").await, completed(r#"{"size":"ü"}"#));
    let mut live = invocation("f:live");
    live.input = None;
    let outcome = script(
        "cat; echo \" $EVERBEAT_FUNCTION_NAME $EVERBEAT_FUNCTION_ROLE $EVERBEAT_FUNCTION_REGION \
         $EVERBEAT_FUNCTION_ACCOUNT $EVERBEAT_FUNCTION_TIMEOUT_SECONDS\"",
    )
    .invoke(live)
    .await;
    assert_eq!(
        outcome,
        completed("{} f:live arn:aws:iam::123456789012:role/swf eu-west-1 123456789012 10\n")
    );
}

#[tokio::test]
async fn another_exit_is_a_failure_with_the_end_of_the_errors() {
    assert_eq!(
        run("echo partial; echo out of paper >&2; exit 3").await,
        failed("exit status 3", "out of paper\n")
    );
    assert_eq!(run("kill -9 $$").await, failed("signal 9", ""));
    let Outcome::Failed { reason, details } =
        run("head -c 100000 /dev/zero | tr '\\0' e >&2; echo last >&2; exit 1").await
    else {
        panic!("a failure");
    };
    assert_eq!(reason, "exit status 1");
    assert!(details.ends_with("eelast\n"));
    assert!(details.len() <= 32_768);
}

#[tokio::test]
async fn a_program_that_cannot_be_started_is_a_failure() {
    let invoker = invoker(|configuration| {
        configuration
            .add_function("f=command:/no/such/program")
            .unwrap()
    });
    let outcome = invoker.invoke(invocation("f")).await;
    assert_eq!(reason(outcome), "CommandNotStarted");
}

#[tokio::test]
async fn input_that_nobody_reads_is_no_failure() {
    let invocation = Invocation {
        input: Some("x".repeat(1_000_000)),
        ..invocation("f")
    };
    assert_eq!(
        script("echo done").invoke(invocation).await,
        completed("done\n")
    );
}

#[tokio::test]
async fn a_program_that_prints_without_end_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("pids");
    // The shell lives on when its output is closed and `yes` ends: only a signal ends it.
    let text = format!("sleep 60 & echo $$ $! > {}; yes; wait", file.display());
    let begin = Instant::now();
    assert_eq!(reason(run(&text).await), "ResultTooLong");
    assert!(begin.elapsed() < PLENTY / 2, "long before the time-out");
    let pids = std::fs::read_to_string(&file).unwrap();
    assert_eq!(pids.split_whitespace().count(), 2);
    for pid in pids.split_whitespace() {
        until_dead(pid).await;
    }
}

#[tokio::test]
async fn a_program_that_takes_too_long_is_a_time_out() {
    let call = Invocation {
        timeout: Duration::from_millis(100),
        ..invocation("f")
    };
    let outcome = script("sleep 60").invoke(call).await;
    assert_eq!(outcome, Outcome::TimedOut);
}

#[tokio::test]
async fn giving_up_kills_the_program_and_its_children() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("pids");
    let text = format!(
        "sleep 60 & echo $$ $! > {0}.part; mv {0}.part {0}; wait",
        file.display()
    );
    let function = script(&text);
    let call = tokio::spawn(async move { function.invoke(invocation("f")).await });
    while !file.exists() {
        assert!(!call.is_finished(), "the program is running");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    // What a time-out does to the call, too.
    call.abort();
    let pids = std::fs::read_to_string(&file).unwrap();
    assert_eq!(pids.split_whitespace().count(), 2);
    for pid in pids.split_whitespace() {
        until_dead(pid).await;
    }
}

#[tokio::test]
async fn children_that_are_left_behind_end_with_the_program() {
    let begin = Instant::now();
    let outcome = run("sleep 60 & echo $!").await;
    assert!(begin.elapsed() < Duration::from_secs(5));
    let Outcome::Completed { result } = outcome else {
        panic!("completed");
    };
    until_dead(result.trim()).await;
}

#[tokio::test]
async fn who_left_the_group_and_holds_the_output_is_not_waited_for() {
    let begin = Instant::now();
    assert_eq!(run("setsid sleep 4 & echo done").await, completed("done\n"));
    assert!(begin.elapsed() < Duration::from_secs(3));
}

/// Waits until a process is gone, or a corpse that its new parent has not buried yet.
async fn until_dead(pid: &str) {
    let stat = Path::new("/proc").join(pid).join("stat");
    let begin = Instant::now();
    while let Ok(stat) = std::fs::read_to_string(&stat)
        && !stat.contains(") Z ")
    {
        assert!(begin.elapsed() < Duration::from_secs(3), "{pid} lives");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
