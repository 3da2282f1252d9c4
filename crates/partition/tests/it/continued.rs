//! Runs that continue as new (execution.md section 7.7).

use everbeat_model::{ChildPolicy, EventAttributes, EventId, HistoryEvent};
use everbeat_partition::RunKey;

use crate::host::Host;
use crate::words::{
    KIDS, MAIN, complete, continue_as_new, schedule_activity, signal, signal_external, start,
    start_child, start_timer, terminate_with,
};

/// The runs of a workflow id, the oldest first.
fn runs(host: &Host, workflow_id: &str) -> Vec<RunKey> {
    let rows = host.rows.executions.iter();
    rows.filter(|(_, row)| row.workflow_id().as_str() == workflow_id)
        .map(|(run, _)| *run)
        .collect()
}

fn last(host: &Host, run: RunKey) -> HistoryEvent {
    host.rows.events(run).pop().expect("it has a history")
}

#[test]
fn one_run_follows_the_other_in_one_commit() {
    let mut host = Host::new();
    let task = host.begin("w");
    host.decide(
        &task,
        vec![
            schedule_activity("a"),
            start_timer("t", "5"),
            continue_as_new(),
        ],
    );
    let [old, new] = runs(&host, "w")[..] else {
        panic!("there are two runs");
    };
    assert_eq!(host.batch.events.len(), 2, "both in one commit");
    let closing = last(&host, old);
    let EventAttributes::WorkflowExecutionContinuedAsNew(continued) = closing.attributes else {
        panic!("it continues");
    };
    let events = host.rows.events(new);
    let EventAttributes::WorkflowExecutionStarted(begun) = &events[0].attributes else {
        panic!("a history begins with its start");
    };
    let new_id = host.rows.executions[&new].run_id().clone();
    assert_eq!(continued.new_execution_run_id, new_id);
    assert_eq!(
        begun.continued_execution_run_id.as_deref(),
        Some(task.execution.run_id.as_str())
    );
    assert_eq!(events[0].event_timestamp, closing.event_timestamp);
    assert_eq!(events.len(), 2);
    host.restart_after(5);
    host.handle(Vec::new());
    assert_eq!(host.rows.events(new).len(), 2, "the timer is gone");
    host.call(signal("w")).expect("the new run is open");
    assert_eq!(host.rows.events(new).len(), 3);
    assert_eq!(host.rows.tasks.len(), 1, "the activity task is gone");
    host.call(start("w")).expect_err("it is open");
}

#[test]
fn the_next_run_is_handed_out_at_once() {
    let mut host = Host::new();
    let task = host.begin("w");
    let poll = host.poll(crate::words::DECISION, MAIN);
    host.decide(&task, vec![continue_as_new()]);
    let next = host.decision(poll);
    assert_ne!(next.execution.run_id, task.execution.run_id);
    assert_eq!(next.previous_started_event_id, EventId::NONE);
    host.decide(&next, vec![continue_as_new()]);
    assert_eq!(runs(&host, "w").len(), 3);
}

/// Who decided to signal the run before it closed meets the open one.
#[test]
fn a_signal_finds_the_run_that_is_open() {
    let mut host = Host::new();
    let task = host.begin("w");
    host.most_messages = 1;
    host.decide(
        &task,
        vec![
            signal_external("nobody", "s"),
            signal_external("w", "s"),
            continue_as_new(),
        ],
    );
    host.restart_after(1);
    host.deliver_all();
    assert_eq!(host.count("w", "WorkflowExecutionSignaled"), 1);
    assert_eq!(host.history("w")[0], "WorkflowExecutionStarted");
}

/// The parent sees one child, whatever runs it has.
#[test]
fn a_child_that_continues_stays_the_same_child() {
    let mut host = Host::new();
    let task = host.begin("parent");
    host.decide(&task, vec![start_child("kid")]);
    let first = host.take_decision(KIDS);
    host.decide(&first, vec![continue_as_new()]);
    let length = host.history("parent").len();
    host.restart_after(1);
    let second = host.take_decision(MAIN);
    assert_eq!(second.execution.workflow_id.as_str(), "parent");
    host.decide(&second, vec![]);
    let kid = host.take_decision(MAIN);
    host.decide(&kid, vec![complete()]);
    assert_eq!(host.history("parent").len(), length + 4, "one end");
    let told = host
        .rows
        .events_of("parent")
        .into_iter()
        .find_map(|event| match event.attributes {
            EventAttributes::ChildWorkflowExecutionCompleted(told) => Some(told),
            _ => None,
        });
    let told = told.expect("it is told");
    assert_eq!(told.workflow_execution, kid.execution);
    assert_ne!(told.workflow_execution, first.execution);
    assert_eq!(
        (told.initiated_event_id, told.started_event_id),
        (EventId(5), EventId(6))
    );
}

#[test]
fn a_policy_finds_the_present_run_of_a_child() {
    for (policy, expected) in [
        (ChildPolicy::Terminate, "WorkflowExecutionTerminated"),
        (
            ChildPolicy::RequestCancel,
            "WorkflowExecutionCancelRequested",
        ),
    ] {
        let mut host = Host::new();
        let task = host.begin("parent");
        host.decide(&task, vec![start_child("kid")]);
        let first = host.take_decision(KIDS);
        host.decide(&first, vec![continue_as_new()]);
        host.restart_after(1);
        host.call(terminate_with("parent", policy))
            .expect("it is open");
        assert_eq!(host.count("kid", expected), 1);
    }
}

/// Children stay children of the run that closed, and report to nobody.
#[test]
fn children_of_a_run_that_continues_go_on() {
    let mut host = Host::new();
    let task = host.begin("parent");
    host.decide(&task, vec![start_child("kid")]);
    let again = host.take_decision(MAIN);
    host.decide(&again, vec![continue_as_new()]);
    let kid = host.take_decision(KIDS);
    host.decide(&kid, vec![complete()]);
    for run in runs(&host, "parent") {
        let told = host.rows.events(run).into_iter().any(|event| {
            matches!(
                event.attributes,
                EventAttributes::ChildWorkflowExecutionCompleted(_)
            )
        });
        assert!(!told);
    }
    assert_eq!(
        host.history("kid").last(),
        Some(&"WorkflowExecutionCompleted")
    );
}
