//! DescribeHeartbeats, Everbeat's own call: what workers really sent, told apart from where heartbeat clocks start.

use everbeat_engine::Command;
use everbeat_model::{
    DescribeHeartbeatsInput, Heartbeat, StartWorkflowExecutionInput, Timestamp, WorkflowExecution,
};
use everbeat_partition::{ActivityHandOut, Answer, Call, RunKey};

use crate::host::Host;
use crate::words::{
    DOMAIN, MAIN, WORK, complete_activity, decide, describe, heartbeat, refused, run_id,
    schedule_activity, seconds, start_input, terminate, to_task,
};

/// A run with a started activity task, and another that waits; gives the run's id and the started task.
fn begin(host: &mut Host) -> (String, ActivityHandOut) {
    let input = StartWorkflowExecutionInput {
        task_start_to_close_timeout: seconds("NONE"),
        ..start_input("o-1")
    };
    let run = run_id(host.call(Call::Start(Box::new(input))));
    let task = host.take_decision(MAIN);
    let decisions = vec![schedule_activity("a"), schedule_activity("b")];
    host.call(decide(&task, decisions)).expect("it decides");
    (run, host.take_activity(WORK))
}

fn question(workflow_id: &str, run_id: &str) -> Call {
    Call::DescribeHeartbeats(DescribeHeartbeatsInput {
        domain: DOMAIN.into(),
        execution: WorkflowExecution {
            workflow_id: workflow_id.into(),
            run_id: run_id.into(),
        },
    })
}

fn heartbeats(host: &mut Host, run_id: &str) -> Vec<Heartbeat> {
    match host.call(question("o-1", run_id)) {
        Ok(Answer::Heartbeats(answer)) => answer.heartbeats.0,
        other => panic!("no heartbeats, but {other:?}"),
    }
}

/// The entry of a started task.
fn entry(task: &ActivityHandOut, at: Option<Timestamp>, details: Option<&str>) -> Heartbeat {
    Heartbeat {
        activity_id: task.activity_id.clone(),
        scheduled_event_id: task.task.scheduled_event_id,
        started_event_id: task.task.started_event_id,
        latest_heartbeat_timestamp: at,
        details: details.map(Into::into),
    }
}

#[test]
fn only_started_tasks_are_told_and_only_real_heartbeats() {
    let mut host = Host::new();
    let (run, a) = begin(&mut host);
    assert_eq!(heartbeats(&mut host, &run), [entry(&a, None, None)]);
    host.advance(2);
    let at = host.now;
    host.call(heartbeat(&a, "50%")).expect("it is started");
    host.advance(3);
    let b = host.take_activity(WORK);
    let expected = [entry(&a, Some(at), Some("50%")), entry(&b, None, None)];
    assert_eq!(heartbeats(&mut host, &run), expected);
    host.call(complete_activity(&a)).expect("it is started");
    assert_eq!(heartbeats(&mut host, &run), [entry(&b, None, None)]);
}

#[test]
fn a_heartbeat_without_details_has_none() {
    let mut host = Host::new();
    let (run, task) = begin(&mut host);
    let bare = Command::RecordHeartbeat {
        task: task.task,
        details: None,
    };
    host.call(to_task(task.reference(), bare))
        .expect("it is started");
    let expected = [entry(&task, Some(host.now), None)];
    assert_eq!(heartbeats(&mut host, &run), expected);
}

/// The clocks restart with the server; what the workers sent before is not younger for that.
#[test]
fn a_restart_makes_no_heartbeat_and_moves_none() {
    let mut host = Host::new();
    let (run, a) = begin(&mut host);
    let b = host.take_activity(WORK);
    let at = host.now;
    host.call(heartbeat(&a, "50%")).expect("it is started");
    host.restart_after(60);
    let expected = [entry(&a, Some(at), Some("50%")), entry(&b, None, None)];
    assert_eq!(heartbeats(&mut host, &run), expected);
}

#[test]
fn a_closed_run_has_none() {
    let mut host = Host::new();
    let (run, task) = begin(&mut host);
    host.call(heartbeat(&task, "50%")).expect("it is started");
    host.call(terminate("o-1")).expect("it is open");
    assert_eq!(heartbeats(&mut host, &run), []);
    host.reopen(host.now);
    assert_eq!(heartbeats(&mut host, &run), [], "read from the store");
}

#[test]
fn an_unknown_run_is_refused_as_by_describing_it() {
    let mut host = Host::new();
    let (run, _) = begin(&mut host);
    let other = RunKey(7);
    for (workflow_id, run_id) in [
        ("o-2", run),
        ("o-1", "nonsense".into()),
        ("o-1", format!("{:016x}{:016x}", other.0, 1)),
    ] {
        let fault = refused(host.call(question(workflow_id, &run_id)));
        assert_eq!(fault, refused(host.call(describe(workflow_id, &run_id))));
        assert!(fault.1.starts_with("Unknown execution: "), "{}", fault.1);
    }
}
