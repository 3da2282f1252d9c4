//! Signals and requests to cancel between runs (execution.md sections 4.1 and 7.2 to 7.4), and how all messages are
//! delivered.

use everbeat_model::{
    EventAttributes, EventId, HistoryEvent, Limits, StartWorkflowExecutionInput,
    WorkflowExecutionSignaledEventAttributes,
};
use everbeat_partition::{Call, Input, RunKey};

use crate::host::Host;
use crate::words::{
    DECISION, MAIN, cancel_external, complete, list, realm, registrations, run_id, seconds, signal,
    signal_external, signal_external_run, start, start_child, start_input, start_timer, terminate,
    to_run,
};

fn signals(events: &[HistoryEvent]) -> Vec<WorkflowExecutionSignaledEventAttributes> {
    let signal = |event: &HistoryEvent| match &event.attributes {
        EventAttributes::WorkflowExecutionSignaled(signal) => Some(signal.clone()),
        _ => None,
    };
    events.iter().filter_map(signal).collect()
}

fn signal_names(host: &Host, workflow_id: &str) -> Vec<String> {
    let signals = signals(&host.rows.events_of(workflow_id));
    signals
        .iter()
        .map(|signal| signal.signal_name.to_string())
        .collect()
}

/// A run whose decision tasks nobody takes by accident.
fn start_target(host: &mut Host, workflow_id: &str) -> String {
    let input = StartWorkflowExecutionInput {
        task_list: list("targets"),
        ..start_input(workflow_id)
    };
    run_id(host.call(Call::Start(Box::new(input))))
}

#[test]
fn what_decisions_bring_comes_in_their_order() {
    let mut host = Host::new();
    start_target(&mut host, "target");
    let task = host.begin("source");
    host.decide(
        &task,
        vec![
            start_timer("t1", "0"),
            signal_external("target", "one"),
            start_timer("t2", "0"),
            start_child("kid"),
            start_timer("t3", "0"),
            signal_external("target", "two"),
            cancel_external("target"),
        ],
    );
    assert_eq!(
        host.history("source")[4..],
        [
            "TimerStarted",
            "SignalExternalWorkflowExecutionInitiated",
            "TimerStarted",
            "StartChildWorkflowExecutionInitiated",
            "TimerStarted",
            "SignalExternalWorkflowExecutionInitiated",
            "RequestCancelExternalWorkflowExecutionInitiated",
            "TimerFired",
            "DecisionTaskScheduled",
            "ExternalWorkflowExecutionSignaled",
            "TimerFired",
            "ChildWorkflowExecutionStarted",
            "TimerFired",
            "ExternalWorkflowExecutionSignaled",
            "ExternalWorkflowExecutionCancelRequested",
        ]
    );
    assert_eq!(
        host.history("target")[2..],
        [
            "WorkflowExecutionSignaled",
            "WorkflowExecutionSignaled",
            "WorkflowExecutionCancelRequested"
        ]
    );
    assert_eq!(signal_names(&host, "target"), ["one", "two"]);
    assert!(host.rows.messages.is_empty(), "all in one batch");
}

/// What the target is told names the sender and its event.
#[test]
fn a_signal_names_its_sender() {
    let mut host = Host::new();
    let target = start_target(&mut host, "target");
    let task = host.begin("source");
    host.decide(
        &task,
        vec![signal_external_run("target", Some(&target), "one")],
    );
    let signals = signals(&host.rows.events_of("target"));
    let sender = signals[0].external_workflow_execution.as_ref();
    assert_eq!(sender, Some(&task.execution));
    assert_eq!(signals[0].external_initiated_event_id, Some(EventId(5)));
    let told = host
        .rows
        .events_of("source")
        .into_iter()
        .find_map(|event| match event.attributes {
            EventAttributes::ExternalWorkflowExecutionSignaled(told) => Some(told),
            _ => None,
        });
    let told = told.expect("it is told");
    assert_eq!(told.workflow_execution.run_id.as_str(), target);
    assert_eq!(told.initiated_event_id, EventId(5));
}

#[test]
fn what_a_batch_cannot_deliver_waits_in_the_store() {
    let mut host = Host::new();
    host.most_messages = 1;
    for target in ["a", "b"] {
        start_target(&mut host, target);
    }
    let task = host.begin("source");
    host.decide(
        &task,
        vec![
            signal_external("a", "one"),
            signal_external("b", "two"),
            start_timer("t", "0"),
            signal_external("a", "three"),
        ],
    );
    assert_eq!(host.rows.messages.len(), 2);
    assert_eq!(host.count("source", "ExternalWorkflowExecutionSignaled"), 1);
    assert_eq!(
        host.count("source", "TimerFired"),
        0,
        "a decision before the timer has not had its effect"
    );
    for left in [1, 0] {
        host.restart_after(10);
        assert_eq!(
            host.partition.next_wake(),
            host.now,
            "the next batch is due at once"
        );
        host.handle(Vec::new());
        assert_eq!(host.rows.messages.len(), left);
        assert_eq!(host.count("source", "TimerFired"), 1);
    }
    assert_eq!(signal_names(&host, "a"), ["one", "three"]);
    assert_eq!(signal_names(&host, "b"), ["two"]);
    host.restart_after(10);
    host.handle(Vec::new());
    assert_eq!(host.count("source", "ExternalWorkflowExecutionSignaled"), 3);
    assert_eq!(
        host.count("source", "DecisionTaskScheduled"),
        2,
        "one for all"
    );
}

/// While the store fails, nothing is delivered; then nothing is lost.
#[test]
fn messages_are_held_with_deadlines() {
    let mut host = Host::new();
    start_target(&mut host, "a");
    host.most_messages = 1;
    let task = host.begin("source");
    host.decide(
        &task,
        vec![signal_external("a", "one"), signal_external("a", "two")],
    );
    let inputs = everbeat_partition::Inputs {
        holds: true,
        ..everbeat_partition::Inputs::default()
    };
    let output = host
        .partition
        .run_batch(&mut host.store, inputs, host.now, &host.gone)
        .expect("the rows are good");
    assert!(output.batch.is_empty());
    host.handle(Vec::new());
    assert_eq!(signal_names(&host, "a"), ["one", "two"]);
}

#[test]
fn a_run_may_signal_and_cancel_itself() {
    let mut host = Host::new();
    let task = host.begin("self");
    let own = task.execution.run_id.clone();
    host.decide(
        &task,
        vec![
            signal_external("self", "one"),
            signal_external_run("self", Some(&own), "two"),
            cancel_external("self"),
        ],
    );
    assert_eq!(
        host.history("self")[7..],
        [
            "WorkflowExecutionSignaled",
            "DecisionTaskScheduled",
            "ExternalWorkflowExecutionSignaled",
            "WorkflowExecutionSignaled",
            "ExternalWorkflowExecutionSignaled",
            "WorkflowExecutionCancelRequested",
            "ExternalWorkflowExecutionCancelRequested",
        ]
    );
}

/// Also when somebody waits for it, and something is due that has to wait for the signal.
#[test]
fn a_signal_to_itself_brings_one_decision_task() {
    let mut host = Host::new();
    let task = host.begin("self");
    let poll = host.poll(DECISION, MAIN);
    host.decide(
        &task,
        vec![signal_external("self", "one"), start_timer("t", "0")],
    );
    assert_eq!(
        host.history("self")[6..10],
        [
            "WorkflowExecutionSignaled",
            "DecisionTaskScheduled",
            "ExternalWorkflowExecutionSignaled",
            "DecisionTaskStarted",
        ]
    );
    host.decision(poll);
}

#[test]
fn who_is_not_open_gets_nothing() {
    let mut host = Host::new();
    let old = start_target(&mut host, "closed");
    host.call(terminate("closed")).expect("it is open");
    start_target(&mut host, "open");
    for call in registrations("bank") {
        host.call(Call::Registry(call)).expect("it is new");
    }
    let elsewhere = StartWorkflowExecutionInput {
        domain: "bank".into(),
        ..start_input("elsewhere")
    };
    host.call(Call::Start(Box::new(elsewhere)))
        .expect("it starts");
    let task = host.begin("source");
    host.decide(
        &task,
        vec![
            signal_external("closed", "s"),
            signal_external_run("closed", Some(&old), "s"),
            signal_external_run("open", Some(&old), "s"),
            signal_external_run("open", Some("nobody"), "s"),
            signal_external("elsewhere", "s"),
            cancel_external("nobody"),
        ],
    );
    assert_eq!(
        host.count("source", "SignalExternalWorkflowExecutionFailed"),
        5
    );
    assert_eq!(
        host.count("source", "RequestCancelExternalWorkflowExecutionFailed"),
        1
    );
    assert_eq!(
        host.count("source", "DecisionTaskScheduled"),
        2,
        "one for all"
    );
    assert_eq!(host.history("open").len(), 2);
    assert_eq!(host.history("closed").len(), 3);
    assert_eq!(host.history("elsewhere").len(), 2);
}

/// An empty run id counts as not given.
#[test]
fn an_empty_run_id_names_the_open_run() {
    let mut host = Host::new();
    start_target(&mut host, "target");
    let task = host.begin("source");
    host.decide(&task, vec![signal_external_run("target", Some(""), "s")]);
    assert_eq!(signal_names(&host, "target"), ["s"]);
}

#[test]
fn a_run_that_closes_still_sends_what_it_decided() {
    let mut host = Host::new();
    host.most_messages = 1;
    start_target(&mut host, "target");
    let task = host.begin("source");
    host.decide(
        &task,
        vec![
            signal_external("target", "one"),
            start_child("kid"),
            signal_external("target", "two"),
            complete(),
        ],
    );
    let length = host.history("source").len();
    host.restart_after(1);
    host.deliver_all();
    assert_eq!(signal_names(&host, "target"), ["one", "two"]);
    assert_eq!(host.history("kid").len(), 2);
    assert_eq!(host.history("source").len(), length, "it is told nothing");
}

/// A target that the signal would make too long is ended by it, and has not got it.
#[test]
fn a_signal_that_is_one_too_many_reaches_nobody() {
    let mut host = Host::with_limits(Limits {
        events_per_history: 10,
        ..Limits::default()
    });
    start_target(&mut host, "target");
    for _ in 0..7 {
        host.call(signal("target")).expect("there is room");
    }
    let task = host.begin("source");
    host.decide(&task, vec![signal_external("target", "s")]);
    assert_eq!(
        host.count("source", "SignalExternalWorkflowExecutionFailed"),
        1
    );
    assert_eq!(
        host.history("target").last(),
        Some(&"WorkflowExecutionTerminated")
    );
}

/// The target is looked up when the signal is delivered, after everything that fell due before.
#[test]
fn a_target_that_has_timed_out_gets_nothing() {
    let mut host = Host::new();
    let input = StartWorkflowExecutionInput {
        execution_start_to_close_timeout: seconds("5"),
        task_list: list("targets"),
        ..start_input("target")
    };
    host.call(Call::Start(Box::new(input))).expect("it starts");
    start_target(&mut host, "other");
    host.most_messages = 1;
    let task = host.begin("source");
    host.decide(
        &task,
        vec![
            signal_external("other", "s"),
            signal_external("target", "s"),
        ],
    );
    host.restart_after(5);
    host.handle(Vec::new());
    assert_eq!(
        host.count("source", "SignalExternalWorkflowExecutionFailed"),
        1
    );
    assert_eq!(
        host.history("target").last(),
        Some(&"WorkflowExecutionTimedOut")
    );
}

/// A delivery may bring messages of its own, which need runs that were not looked at.
#[test]
fn messages_that_a_delivery_brings_find_runs_that_are_not_in_memory() {
    let mut host = Host::new();
    let input = StartWorkflowExecutionInput {
        execution_start_to_close_timeout: seconds("100"),
        ..start_input("parent")
    };
    host.call(Call::Start(Box::new(input))).expect("it starts");
    let task = host.take_decision(MAIN);
    start_target(&mut host, "target");
    host.decide(&task, vec![start_child("first")]);
    let task = host.take_decision(MAIN);
    host.most_messages = 1;
    host.decide(
        &task,
        vec![
            signal_external("target", "one"),
            start_child("second"),
            signal_external("target", "two"),
        ],
    );
    assert_eq!(host.rows.messages.len(), 2);
    host.restart_after(100);
    host.most_messages = 1024;
    host.handle(Vec::new());
    assert_eq!(signal_names(&host, "target"), ["one", "two"]);
    assert_eq!(
        host.history("first").last(),
        Some(&"WorkflowExecutionTerminated")
    );
    let is_second = |run: &&RunKey| host.rows.executions[run].workflow_id().as_str() == "second";
    assert_eq!(host.rows.executions.keys().find(is_second), None);
}

/// However many messages there are, each batch has an end, and all arrive in order.
#[test]
fn more_messages_than_a_batch_delivers_all_arrive() {
    let mut host = Host::new();
    start_target(&mut host, "target");
    let task = host.begin("source");
    let names: Vec<String> = (0..100).map(|number| number.to_string()).collect();
    let decisions = names.iter().map(|name| signal_external("target", name));
    host.most_messages = 40;
    host.decide(&task, decisions.collect());
    assert_eq!(host.rows.messages.len(), 60);
    // A call of the next batch does not come before the messages that wait.
    let id = host.next_id();
    let command = everbeat_engine::Command::Signal {
        signal_name: "call".into(),
        input: None,
    };
    host.handle(vec![Input::Call {
        id,
        realm: realm(),
        call: to_run("target", None, command),
        asker: None,
    }]);
    host.deliver_all();
    let got = signal_names(&host, "target");
    assert_eq!(got[..80], names[..80]);
    assert_eq!(got[80], "call");
    assert_eq!(got[81..], names[80..]);
}

/// Messages make their targets' decision tasks go out to the polls that wait.
#[test]
fn a_delivery_serves_the_polls_that_wait() {
    let mut host = Host::new();
    start_target(&mut host, "target");
    let first = host.take_decision("targets");
    host.decide(&first, vec![]);
    let task = host.begin("source");
    let (target, source) = (host.poll(DECISION, "targets"), host.poll(DECISION, MAIN));
    host.decide(&task, vec![signal_external("target", "s")]);
    let told = host.decision(target);
    assert_eq!(told.execution.workflow_id.as_str(), "target");
    assert_eq!(
        host.decision(source).execution.workflow_id.as_str(),
        "source"
    );
    assert!(host.rows.tasks.is_empty());
    host.call(start("next")).expect("it starts");
}
