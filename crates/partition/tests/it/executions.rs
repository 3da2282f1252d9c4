//! Runs as callers name them: uniqueness, targets, tokens and descriptions.

use everbeat_engine::{Command, StartedTask};
use everbeat_model::{CloseStatus, EventId, ExecutionStatus, FaultKind, WorkflowExecutionDetail};
use everbeat_partition::{Answer, Call, TaskReference};

use crate::host::Host;
use crate::words::{
    DOMAIN, MAIN, WORK, complete, complete_activity, decide, describe, domain, heartbeat, refused,
    registrations, run_id, schedule_activity, signal, signal_run, start, start_input, start_timer,
    terminate, to_task,
};

fn unknown_run(workflow_id: &str, run_id: &str) -> (FaultKind, String) {
    let text =
        format!("Unknown execution: WorkflowExecution=[workflowId={workflow_id}, runId={run_id}]");
    (FaultKind::UnknownResourceFault, text)
}

fn detail(host: &mut Host, workflow_id: &str, run_id: &str) -> WorkflowExecutionDetail {
    match host.call(describe(workflow_id, run_id)) {
        Ok(Answer::Execution(detail)) => *detail,
        other => panic!("no description, but {other:?}"),
    }
}

#[test]
fn a_workflow_id_has_one_open_run_and_any_number_of_closed_ones() {
    let mut host = Host::new();
    let mut runs = Vec::new();
    for _ in 0..3 {
        runs.push(run_id(host.call(start("o-1"))));
        let (kind, text) = refused(host.call(start("o-1")));
        assert_eq!(kind, FaultKind::WorkflowExecutionAlreadyStartedFault);
        assert_eq!(text, "Already Started");
        host.restart_after(1);
        host.call(start("o-1")).expect_err("also after a restart");
        host.call(terminate("o-1")).expect("it is open");
    }
    runs.sort();
    runs.dedup();
    assert_eq!(runs.len(), 3, "each run has its own id");
}

/// A run may end and the next one begin within one batch.
#[test]
fn a_run_follows_another_in_one_batch() {
    let mut host = Host::new();
    host.call(start("o-1")).expect("it starts");
    let inputs: Vec<_> = [
        terminate("o-1"),
        start("o-1"),
        terminate("o-1"),
        start("o-1"),
    ]
    .into_iter()
    .map(|call| everbeat_partition::Input::Call {
        id: host.next_id(),
        realm: crate::words::realm(),
        call,
        asker: None,
    })
    .collect();
    host.handle(inputs);
    assert_eq!(
        host.replies.values().filter(|reply| reply.is_ok()).count(),
        4
    );
    host.restart_after(1);
    host.call(start("o-1")).expect_err("the last one is open");
}

#[test]
fn a_target_is_that_run_or_the_open_one() {
    let mut host = Host::new();
    let first = run_id(host.call(start("o-1")));
    host.call(signal_run("o-1", Some(&first)))
        .expect("it is that run");
    host.call(signal("o-1")).expect("it is the open run");
    host.call(terminate("o-1")).expect("it is open");
    let text = "Unknown execution, workflowId = o-1".to_owned();
    assert_eq!(
        refused(host.call(signal("o-1"))),
        (FaultKind::UnknownResourceFault, text)
    );
    assert_eq!(
        refused(host.call(signal_run("o-1", Some(&first)))),
        unknown_run("o-1", &first)
    );
    let second = run_id(host.call(start("o-1")));
    assert_eq!(
        refused(host.call(signal_run("o-1", Some(&first)))),
        unknown_run("o-1", &first),
        "the closed run, not the open one"
    );
    host.call(signal_run("o-1", Some(&second)))
        .expect("it is that run");
    assert_eq!(
        refused(host.call(signal_run("o-2", Some(&second)))),
        unknown_run("o-2", &second),
        "the run of another workflow id"
    );
}

#[test]
fn a_run_id_that_is_not_ours_is_an_unknown_run() {
    let mut host = Host::new();
    let ours = run_id(host.call(start("o-1")));
    let other_number = format!("{}{}", &ours[..16], "0".repeat(16));
    let no_such_run = "f".repeat(32);
    let split = "é".repeat(16);
    for other in [
        "",
        "x",
        &ours[1..],
        &other_number,
        &no_such_run,
        &split,
        &ours.to_uppercase(),
    ] {
        for call in [signal_run("o-1", Some(other)), describe("o-1", other)] {
            assert_eq!(refused(host.call(call)), unknown_run("o-1", other));
        }
    }
}

/// A run is known in its own domain, account and region only.
#[test]
fn a_run_is_unknown_elsewhere() {
    let mut host = Host::new();
    for call in registrations("other") {
        host.call(Call::Registry(call)).expect("it is new");
    }
    let elsewhere = everbeat_model::StartWorkflowExecutionInput {
        domain: "other".into(),
        ..start_input("o-1")
    };
    let run = run_id(host.call(Call::Start(Box::new(elsewhere))));
    assert_eq!(
        refused(host.call(describe("o-1", &run))),
        unknown_run("o-1", &run)
    );
    host.call(start("o-1")).expect("it is another world");

    let stranger = everbeat_partition::Realm {
        account: "999999999999".into(),
        ..crate::words::realm()
    };
    let answer = host.call_from(stranger.clone(), start("o-1"));
    assert_eq!(refused(answer).1, format!("Unknown domain: {DOMAIN}"));
    let own = Call::Registry(domain(DOMAIN, "1"));
    host.call_from(stranger, own)
        .expect("names are free in every account");
}

#[test]
fn an_open_run_a_closed_one_and_an_expired_one_are_described() {
    let mut host = Host::new();
    let run = run_id(host.call(start("o-1")));
    let task = host.take_decision(MAIN);
    host.call(decide(
        &task,
        vec![schedule_activity("a"), start_timer("t", "60")],
    ))
    .expect("it decides");
    let open = detail(&mut host, "o-1", &run);
    assert_eq!(open.execution_info.execution_status, ExecutionStatus::Open);
    assert_eq!(open.open_counts.open_activity_tasks.0, 1);
    assert_eq!(open.open_counts.open_timers.0, 1);
    assert_eq!(open.open_counts.open_decision_tasks.0, 0);
    host.restart_after(1);
    assert_eq!(detail(&mut host, "o-1", &run), open);

    host.call(terminate("o-1")).expect("it is open");
    let closed = detail(&mut host, "o-1", &run);
    assert_eq!(
        closed.execution_info.close_status,
        Some(CloseStatus::Terminated)
    );
    assert_eq!(
        closed.open_counts, open.open_counts,
        "as at the moment of closing"
    );
    host.restart_after(24 * 60 * 60 - 1);
    assert_eq!(detail(&mut host, "o-1", &run), closed);
    host.advance(1);
    assert_eq!(
        refused(host.call(describe("o-1", &run))),
        unknown_run("o-1", &run)
    );
}

#[test]
fn without_retention_a_run_is_gone_with_its_close() {
    let mut host = Host::new();
    host.call(Call::Registry(domain("brief", "NONE")))
        .expect("it is new");
    for call in registrations("brief").into_iter().skip(1) {
        host.call(Call::Registry(call)).expect("it is new");
    }
    let input = everbeat_model::StartWorkflowExecutionInput {
        domain: "brief".into(),
        execution_start_to_close_timeout: crate::words::seconds("0"),
        ..start_input("o-1")
    };
    let run = run_id(host.call(Call::Start(Box::new(input))));
    let question = everbeat_model::DescribeWorkflowExecutionInput {
        domain: "brief".into(),
        execution: everbeat_model::WorkflowExecution {
            workflow_id: "o-1".into(),
            run_id: run.as_str().into(),
        },
    };
    assert_eq!(
        refused(host.call(Call::Describe(question))),
        unknown_run("o-1", &run)
    );
}

/// Verdicts on tokens in their order: the run, then the task (section 1.5).
#[test]
fn a_token_is_judged_by_its_run_and_then_by_its_task() {
    let mut host = Host::new();
    host.call(start("o-1")).expect("it starts");
    let decision = host.take_decision(MAIN);
    host.call(decide(&decision, vec![schedule_activity("a")]))
        .expect("it decides");
    let activity = host.take_activity(WORK);

    let no_run = TaskReference {
        run_id: "0".repeat(32).into(),
        ..activity.reference()
    };
    let beat = Command::RecordHeartbeat {
        task: activity.task,
        details: None,
    };
    assert_eq!(
        refused(host.call(to_task(no_run, beat))),
        unknown_run("o-1", &"0".repeat(32))
    );
    let other_attempt = Command::RecordHeartbeat {
        task: StartedTask {
            started_event_id: EventId(99),
            ..activity.task
        },
        details: None,
    };
    let unknown_activity = format!(
        "Unknown activity, scheduledEventId = {}",
        activity.task.scheduled_event_id
    );
    let answer = host.call(to_task(activity.reference(), other_attempt));
    assert_eq!(refused(answer).1, unknown_activity);

    host.call(heartbeat(&activity, "x")).expect("it is started");
    host.call(complete_activity(&activity))
        .expect("it is started");
    assert_eq!(
        refused(host.call(complete_activity(&activity))).1,
        unknown_activity
    );
    assert_eq!(
        refused(host.call(decide(&decision, vec![]))).1,
        "Unknown decision task, scheduledEventId = 2"
    );

    let last = host.take_decision(MAIN);
    host.call(decide(&last, vec![complete()]))
        .expect("it closes");
    let run_id = activity.execution.run_id.to_string();
    for call in [heartbeat(&activity, "x"), decide(&last, vec![])] {
        assert_eq!(refused(host.call(call)), unknown_run("o-1", &run_id));
    }
}
