//! Lambda tasks as the partition sees them (execution.md section 7.8): a function is called once at most, after its start
//! is durable.

use everbeat_engine::FunctionOutcome;
use everbeat_model::StartWorkflowExecutionInput;
use everbeat_partition::{Call, DecisionHandOut, Input, Invocation};

use crate::host::Host;
use crate::words::{MAIN, complete, schedule_function, signal_external, start_input, terminate};

fn host() -> Host {
    let mut host = Host::new();
    host.settings.calls_functions = true;
    host.restart_after(0);
    host
}

fn begin(host: &mut Host) -> DecisionHandOut {
    let input = StartWorkflowExecutionInput {
        lambda_role: Some("arn:aws:iam::123456789012:role/functions".into()),
        ..start_input("w")
    };
    host.call(Call::Start(Box::new(input))).expect("it starts");
    host.take_decision(MAIN)
}

fn end(host: &mut Host, invocation: &Invocation, result: &str) {
    host.handle(vec![Input::FunctionOutcome {
        run: invocation.run,
        task: invocation.task,
        outcome: FunctionOutcome::Completed {
            result: Some(result.into()),
        },
    }]);
}

#[test]
fn a_function_is_called_and_its_outcome_taken_once() {
    let mut host = host();
    let task = begin(&mut host);
    host.decide(&task, vec![schedule_function("f"), schedule_function("g")]);
    let [first, second] = &host.invocations.clone()[..] else {
        panic!("two functions are called");
    };
    assert_eq!(first.function.as_str(), "resize");
    end(&mut host, first, "1");
    end(&mut host, first, "again");
    end(&mut host, second, "2");
    assert_eq!(
        host.history("w")[4..],
        [
            "LambdaFunctionScheduled",
            "LambdaFunctionScheduled",
            "LambdaFunctionStarted",
            "LambdaFunctionStarted",
            "LambdaFunctionCompleted",
            "DecisionTaskScheduled",
            "LambdaFunctionCompleted",
        ]
    );
    assert_eq!(host.invocations.len(), 2);
}

/// After a crash the outcome never comes: the function is not called again, and its task times out.
#[test]
fn a_function_is_not_called_again_after_a_restart() {
    let mut host = host();
    let task = begin(&mut host);
    host.decide(&task, vec![schedule_function("f")]);
    host.restart_after(1);
    host.handle(Vec::new());
    assert_eq!(host.invocations.len(), 1);
    host.advance(898);
    assert_eq!(host.count("w", "LambdaFunctionTimedOut"), 0);
    host.advance(1);
    assert_eq!(host.count("w", "LambdaFunctionTimedOut"), 1);
    let late = host.invocations[0].clone();
    end(&mut host, &late, "late");
    assert_eq!(host.count("w", "LambdaFunctionCompleted"), 0);
}

/// A call that is still to be made when the process dies is made by the next one.
#[test]
fn a_call_that_waits_in_the_store_is_made() {
    let mut host = host();
    host.most_messages = 1;
    let task = begin(&mut host);
    host.decide(
        &task,
        vec![signal_external("nobody", "s"), schedule_function("f")],
    );
    assert!(host.invocations.is_empty());
    host.restart_after(1);
    host.handle(Vec::new());
    assert_eq!(host.invocations.len(), 1);
}

#[test]
fn the_outcome_of_a_closed_run_is_dropped() {
    let mut host = host();
    let task = begin(&mut host);
    host.decide(&task, vec![schedule_function("f")]);
    host.call(terminate("w")).expect("it is open");
    let length = host.history("w").len();
    let late = host.invocations[0].clone();
    end(&mut host, &late, "late");
    assert_eq!(host.history("w").len(), length);
}

/// No function is called for a run that has closed by then.
#[test]
fn a_run_that_closes_calls_nothing() {
    let mut host = host();
    let task = begin(&mut host);
    host.decide(&task, vec![schedule_function("f"), complete()]);
    assert!(host.invocations.is_empty());
}

#[test]
fn without_a_role_or_a_service_nothing_is_called() {
    let mut host = host();
    let task = host.begin("w");
    host.decide(&task, vec![schedule_function("f")]);
    assert_eq!(host.count("w", "StartLambdaFunctionFailed"), 1);
    assert_eq!(host.count("w", "DecisionTaskScheduled"), 2);

    let mut without = Host::new();
    let task = begin(&mut without);
    without.decide(&task, vec![schedule_function("f")]);
    assert_eq!(without.count("w", "ScheduleLambdaFunctionFailed"), 1);
    assert!(host.invocations.is_empty() && without.invocations.is_empty());
}
