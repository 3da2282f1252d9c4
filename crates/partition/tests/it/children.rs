//! Child executions (execution.md sections 7.5 and 7.6): both sides of their life, and the child policies.

use everbeat_model::{
    ChildPolicy, Decision, EventAttributes, EventId, FailWorkflowExecutionDecisionAttributes,
    Limits, StartChildWorkflowExecutionDecisionAttributes, StartChildWorkflowExecutionFailedCause,
    StartWorkflowExecutionInput, WorkflowExecutionCancelRequestedCause,
};
use everbeat_partition::{Answer, Call, DecisionHandOut};

use crate::host::Host;
use crate::words::{
    KIDS, MAIN, cancel_external, child, complete, decide, describe, seconds, signal,
    signal_external, start, start_child, start_input, terminate, terminate_with,
};

fn child_with(workflow_id: &str, policy: ChildPolicy) -> Decision {
    Decision::StartChildWorkflowExecution(StartChildWorkflowExecutionDecisionAttributes {
        child_policy: Some(policy),
        ..child(workflow_id)
    })
}

fn fail() -> Decision {
    Decision::FailWorkflowExecution(FailWorkflowExecutionDecisionAttributes {
        reason: Some("broken".into()),
        ..FailWorkflowExecutionDecisionAttributes::default()
    })
}

/// A parent with one child, whose decision tasks have been handed out.
fn family(host: &mut Host) -> (DecisionHandOut, DecisionHandOut) {
    let task = host.begin("parent");
    host.decide(&task, vec![start_child("kid")]);
    let kid = host.take_decision(KIDS);
    (host.take_decision(MAIN), kid)
}

#[test]
fn a_child_and_its_parent_know_each_other() {
    let mut host = Host::new();
    let (parent, kid) = family(&mut host);
    assert_eq!(
        host.history("parent")[3..],
        [
            "DecisionTaskCompleted",
            "StartChildWorkflowExecutionInitiated",
            "ChildWorkflowExecutionStarted",
            "DecisionTaskScheduled",
            "DecisionTaskStarted"
        ]
    );
    let first = host.rows.events_of("kid").remove(0);
    let EventAttributes::WorkflowExecutionStarted(start) = first.attributes else {
        panic!("a history begins with its start");
    };
    assert_eq!(
        start.parent_workflow_execution,
        Some(parent.execution.clone())
    );
    assert_eq!(start.parent_initiated_event_id, Some(EventId(5)));
    match host.call(describe("kid", &kid.execution.run_id)) {
        Ok(Answer::Execution(detail)) => {
            assert_eq!(detail.execution_info.parent, Some(parent.execution.clone()));
        }
        other => panic!("no description, but {other:?}"),
    }
    match host.call(describe("parent", &parent.execution.run_id)) {
        Ok(Answer::Execution(detail)) => {
            assert_eq!(detail.open_counts.open_child_workflow_executions.0, 1);
        }
        other => panic!("no description, but {other:?}"),
    }
}

#[test]
fn a_parent_is_told_of_each_kind_of_end() {
    for (how, told) in [
        ("complete", "ChildWorkflowExecutionCompleted"),
        ("fail", "ChildWorkflowExecutionFailed"),
        ("terminate", "ChildWorkflowExecutionTerminated"),
        ("time", "ChildWorkflowExecutionTimedOut"),
    ] {
        let mut host = Host::new();
        host.most_messages = 1;
        let task = host.begin("parent");
        let attributes = StartChildWorkflowExecutionDecisionAttributes {
            execution_start_to_close_timeout: seconds("100"),
            ..child("kid")
        };
        host.decide(
            &task,
            vec![Decision::StartChildWorkflowExecution(attributes)],
        );
        let kid = host.take_decision(KIDS);
        host.restart_after(1);
        match how {
            "complete" => host.decide(&kid, vec![complete()]),
            "fail" => host.decide(&kid, vec![fail()]),
            "terminate" => {
                host.call(terminate("kid")).expect("it is open");
            }
            _ => host.advance(99),
        }
        host.deliver_all();
        assert_eq!(host.count("parent", told), 1, "{how}");
        assert_eq!(host.count("parent", "ChildWorkflowExecutionStarted"), 1);
    }
}

/// The end of a child is told in the commit of its end, and never twice.
#[test]
fn an_end_is_told_once() {
    let mut host = Host::new();
    let (parent, kid) = family(&mut host);
    host.decide(&kid, vec![complete()]);
    assert_eq!(host.batch.events.len(), 2, "both in one commit");
    assert_eq!(host.count("parent", "ChildWorkflowExecutionCompleted"), 1);
    host.restart_after(1);
    host.handle(Vec::new());
    host.decide(&parent, vec![]);
    assert_eq!(host.count("parent", "ChildWorkflowExecutionCompleted"), 1);
}

#[test]
fn a_workflow_id_that_is_taken_starts_no_child() {
    let mut host = Host::new();
    host.call(start("taken")).expect("it starts");
    let taken = host.take_decision(MAIN);
    let task = host.begin("parent");
    host.decide(&task, vec![start_child("taken"), start_child("parent")]);
    let causes: Vec<_> = host
        .rows
        .events_of("parent")
        .into_iter()
        .filter_map(|event| match event.attributes {
            EventAttributes::StartChildWorkflowExecutionFailed(failed) => {
                Some((failed.cause, failed.initiated_event_id))
            }
            _ => None,
        })
        .collect();
    let running = StartChildWorkflowExecutionFailedCause::WorkflowAlreadyRunning;
    assert_eq!(causes, [(running, EventId(5)), (running, EventId(6))]);
    // A run that is not its child tells it nothing.
    host.decide(&taken, vec![complete()]);
    assert_eq!(host.count("parent", "ChildWorkflowExecutionCompleted"), 0);
}

/// The id of a run that closes in the same batch is free by then: also the parent's own.
#[test]
fn a_child_may_take_the_place_of_its_parent() {
    let mut host = Host::new();
    let task = host.begin("parent");
    host.decide(&task, vec![start_child("parent"), complete()]);
    let first = host.rows.events_of("parent").remove(0);
    let EventAttributes::WorkflowExecutionStarted(start) = first.attributes else {
        panic!("a history begins with its start");
    };
    assert_eq!(start.parent_workflow_execution, Some(task.execution));
}

#[test]
fn termination_goes_down_to_grandchildren() {
    let mut host = Host::new();
    let (parent, kid) = family(&mut host);
    host.decide(&kid, vec![start_child("grandkid"), start_child("other")]);
    for _ in 0..3 {
        let task = host.take_decision(KIDS);
        if task.execution.workflow_id.as_str() == "grandkid" {
            host.decide(&task, vec![start_child("last")]);
        }
    }
    host.decide(&parent, vec![]);
    host.most_messages = 1;
    host.call(terminate("parent")).expect("it is open");
    host.restart_after(1);
    host.deliver_all();
    for descendant in ["kid", "grandkid", "other", "last"] {
        let last = host.rows.events_of(descendant).pop();
        let last = last.expect("it has a history");
        let EventAttributes::WorkflowExecutionTerminated(end) = last.attributes else {
            panic!("{descendant} is not terminated");
        };
        assert_eq!(
            end.cause.expect("there is a cause").as_str(),
            "CHILD_POLICY_APPLIED"
        );
    }
    assert!(host.rows.deadlines.is_empty() && host.rows.tasks.is_empty());
    host.call(start("parent")).expect("all ids are free");
}

/// The policy in the termination counts, not the run's own; a request to cancel goes to children only.
#[test]
fn cancellation_is_requested_of_children() {
    let mut host = Host::new();
    let (parent, kid) = family(&mut host);
    host.decide(&kid, vec![start_child("grandkid")]);
    host.call(terminate_with("parent", ChildPolicy::RequestCancel))
        .expect("it is open");
    let events = host.rows.events_of("kid");
    let request = events.iter().find_map(|event| match &event.attributes {
        EventAttributes::WorkflowExecutionCancelRequested(request) => Some(request.clone()),
        _ => None,
    });
    let request = request.expect("it is requested");
    let cause = WorkflowExecutionCancelRequestedCause::ChildPolicyApplied;
    assert_eq!(request.cause, Some(cause));
    assert_eq!(request.external_initiated_event_id, Some(EventId::NONE));
    assert_eq!(request.external_workflow_execution, Some(parent.execution));
    assert_eq!(host.history("grandkid").len(), 2);
}

#[test]
fn an_abandoned_child_goes_on_and_reports_to_nobody() {
    let mut host = Host::new();
    let (parent, kid) = family(&mut host);
    host.call(terminate_with("parent", ChildPolicy::Abandon))
        .expect("it is open");
    let length = host.history("parent").len();
    host.call(signal("kid")).expect("it is open");
    host.decide(&kid, vec![]);
    let again = host.take_decision(KIDS);
    host.decide(&again, vec![complete()]);
    assert_eq!(host.history("parent").len(), length);
    host.call(decide(&parent, vec![]))
        .expect_err("the parent is closed");
}

#[test]
fn a_parent_that_completes_leaves_its_children_alone() {
    let mut host = Host::new();
    let (parent, kid) = family(&mut host);
    host.decide(&parent, vec![complete()]);
    host.decide(&kid, vec![]);
    assert_eq!(host.count("kid", "WorkflowExecutionCancelRequested"), 0);
    assert_eq!(host.history("kid").last(), Some(&"DecisionTaskCompleted"));
    assert_eq!(
        host.history("parent").last(),
        Some(&"WorkflowExecutionCompleted")
    );
}

#[test]
fn a_time_out_applies_the_policy() {
    let mut host = Host::new();
    let input = StartWorkflowExecutionInput {
        execution_start_to_close_timeout: seconds("10"),
        ..start_input("parent")
    };
    host.call(Call::Start(Box::new(input))).expect("it starts");
    let task = host.take_decision(MAIN);
    host.decide(&task, vec![start_child("kid")]);
    host.advance(10);
    assert_eq!(
        host.history("kid").last(),
        Some(&"WorkflowExecutionTerminated")
    );
}

/// A parent that gets one event too many is ended, and its policy reaches also the child whose start was that event.
#[test]
fn the_event_limit_applies_the_policy() {
    let mut host = Host::with_limits(Limits {
        events_per_history: 7,
        ..Limits::default()
    });
    let task = host.begin("parent");
    host.decide(&task, vec![start_child("kid")]);
    assert_eq!(host.history("parent")[5..], ["WorkflowExecutionTerminated"]);
    assert_eq!(
        host.history("kid").last(),
        Some(&"WorkflowExecutionTerminated")
    );
}

/// Ends a parent whose second child is still to be started.
fn end_with_a_child_to_come(host: &mut Host, end: impl Fn(&mut Host)) {
    let input = StartWorkflowExecutionInput {
        execution_start_to_close_timeout: seconds("100"),
        ..start_input("parent")
    };
    host.call(Call::Start(Box::new(input))).expect("it starts");
    let task = host.take_decision(MAIN);
    host.most_messages = 2;
    host.decide(
        &task,
        vec![
            start_child("first"),
            signal_external("nobody", "s"),
            child_with("second", ChildPolicy::Abandon),
        ],
    );
    assert_eq!(host.rows.messages.len(), 1);
    host.most_messages = 1;
    end(host);
    host.deliver_all();
    assert!(host.rows.messages.is_empty());
}

fn has_run(host: &Host, workflow_id: &str) -> bool {
    let mut rows = host.rows.executions.values();
    rows.any(|row| row.workflow_id().as_str() == workflow_id)
}

#[test]
fn a_child_that_has_not_started_does_not_start_any_more() {
    for policy in [ChildPolicy::Terminate, ChildPolicy::RequestCancel] {
        let mut host = Host::new();
        end_with_a_child_to_come(&mut host, |host| {
            host.most_messages = 0;
            let terminated = host.call(terminate_with("parent", policy));
            terminated.expect("it is open");
            host.most_messages = 1;
        });
        assert!(!has_run(&host, "second"), "{policy:?}");
        assert!(host.history("first").len() > 2, "{policy:?}");
    }
}

/// A time-out that fell due before the start is delivered comes first.
#[test]
fn a_child_of_a_parent_that_has_timed_out_does_not_start() {
    let mut host = Host::new();
    end_with_a_child_to_come(&mut host, |host| host.restart_after(100));
    assert!(!has_run(&host, "second"));
    assert_eq!(
        host.history("parent").last(),
        Some(&"WorkflowExecutionTimedOut")
    );
}

#[test]
fn a_child_that_is_abandoned_before_its_start_starts() {
    let mut host = Host::new();
    end_with_a_child_to_come(&mut host, |host| {
        host.most_messages = 0;
        let terminated = host.call(terminate_with("parent", ChildPolicy::Abandon));
        terminated.expect("it is open");
        host.most_messages = 1;
    });
    assert!(has_run(&host, "second"));
    assert_eq!(host.history("first").len(), 2);
}

/// A parent cancels a child by a request like any other.
#[test]
fn a_parent_may_cancel_its_child() {
    let mut host = Host::new();
    let (parent, _) = family(&mut host);
    host.decide(&parent, vec![cancel_external("kid")]);
    assert_eq!(host.count("kid", "WorkflowExecutionCancelRequested"), 1);
    assert_eq!(
        host.count("parent", "ExternalWorkflowExecutionCancelRequested"),
        1
    );
}
