//! Quotas that the partition watches over (execution.md section 10).

use everbeat_model::{FaultKind, Limits};
use everbeat_partition::{Answer, Call};

use crate::host::Host;
use crate::words::{
    DECISION, MAIN, decide, describe, domain, refused, registrations, run_id, signal, start,
    terminate,
};

#[test]
fn open_runs_of_a_domain_are_limited() {
    let limits = Limits {
        open_executions_per_domain: 2,
        ..Limits::default()
    };
    let mut host = Host::with_limits(limits);
    host.call(start("a")).expect("there is room");
    host.call(start("b")).expect("there is room");
    assert_eq!(
        refused(host.call(start("c"))).0,
        FaultKind::LimitExceededFault
    );
    let (kind, _) = refused(host.call(start("a")));
    assert_eq!(
        kind,
        FaultKind::WorkflowExecutionAlreadyStartedFault,
        "uniqueness is judged first"
    );
    host.restart_after(1);
    assert_eq!(
        refused(host.call(start("c"))).0,
        FaultKind::LimitExceededFault
    );
    host.call(terminate("a")).expect("it is open");
    host.call(start("c")).expect("there is room again");
    assert_eq!(
        refused(host.call(start("d"))).0,
        FaultKind::LimitExceededFault
    );
}

#[test]
fn domains_and_types_are_limited() {
    let limits = Limits {
        domains: 1,
        types_per_domain: 1,
        ..Limits::default()
    };
    let mut host = Host::with_limits(limits);
    let answer = host.call(Call::Registry(domain("other", "1")));
    assert_eq!(refused(answer).0, FaultKind::LimitExceededFault);
    for call in registrations(crate::words::DOMAIN).into_iter().skip(1) {
        let renamed = match call {
            everbeat_partition::RegistryCall::RegisterWorkflowType(mut input) => {
                input.version = "2".into();
                everbeat_partition::RegistryCall::RegisterWorkflowType(input)
            }
            everbeat_partition::RegistryCall::RegisterActivityType(mut input) => {
                input.version = "2".into();
                everbeat_partition::RegistryCall::RegisterActivityType(input)
            }
            other => panic!("{other:?} registers no type"),
        };
        let answer = host.call(Call::Registry(renamed));
        assert_eq!(refused(answer).0, FaultKind::LimitExceededFault);
    }
}

/// A history of five events has room for one more, the closing one.
fn host_with_a_full_history() -> (Host, String) {
    let limits = Limits {
        events_per_history: 6,
        ..Limits::default()
    };
    let mut host = Host::with_limits(limits);
    let run = run_id(host.call(start("full")));
    for _ in 0..3 {
        host.call(signal("full")).expect("there is room");
    }
    assert_eq!(host.history("full").len(), 5);
    (host, run)
}

fn assert_terminated(host: &mut Host, run: &str) {
    assert_eq!(host.history("full").len(), 6);
    assert_eq!(
        host.history("full").last(),
        Some(&"WorkflowExecutionTerminated")
    );
    match host.call(describe("full", run)) {
        Ok(Answer::Execution(detail)) => assert!(detail.execution_info.close_status.is_some()),
        other => panic!("no description, but {other:?}"),
    }
    let row = &host.rows.executions[&host.rows.run_of("full")];
    assert!(row.close_status().is_some(), "the row says so too");
    assert!(!host.rows.deadlines.contains_key(&row.run));
    host.call(start("full")).expect("the workflow id is free");
}

#[test]
fn a_call_that_would_overfill_the_history_terminates_the_run() {
    let (mut host, run) = host_with_a_full_history();
    let (kind, text) = refused(host.call(signal("full")));
    assert_eq!(kind, FaultKind::UnknownResourceFault);
    assert!(text.contains(&run));
    assert_terminated(&mut host, &run);
}

#[test]
fn a_poll_passes_over_a_task_whose_start_would_overfill_the_history() {
    let (mut host, run) = host_with_a_full_history();
    let poll = host.poll(DECISION, MAIN);
    assert_eq!(host.reply(poll), None, "it goes on waiting");
    assert_terminated(&mut host, &run);
    assert_eq!(
        &*host.decision(poll).execution.workflow_id,
        "full",
        "the next run's"
    );
}

#[test]
fn a_poll_that_passed_over_a_task_gets_the_next_one() {
    let (mut host, run) = host_with_a_full_history();
    host.call(start("next")).expect("there is room");
    let task = host.take_decision(MAIN);
    assert_eq!(&*task.execution.workflow_id, "next");
    host.call(decide(&task, vec![])).expect("it is started");
    assert_terminated(&mut host, &run);
}

/// The same when the task is offered to a poller that waits.
#[test]
fn a_waiting_poller_keeps_its_place_when_a_run_is_overfull() {
    let limits = Limits {
        events_per_history: 3,
        ..Limits::default()
    };
    let mut host = Host::with_limits(limits);
    let poll = host.poll(DECISION, MAIN);
    let later = host.poll(DECISION, MAIN);
    host.call(start("full")).expect("two events have room");
    assert_eq!(
        host.history("full").last(),
        Some(&"WorkflowExecutionTerminated")
    );
    assert_eq!((host.reply(poll), host.reply(later)), (None, None));
    host.call(start("full")).expect("the workflow id is free");
    assert!(host.rows.deadlines.is_empty() && host.rows.tasks.is_empty());
}
