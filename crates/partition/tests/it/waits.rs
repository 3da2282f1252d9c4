//! What waits and who works: pending tasks of a list, what one run waits for, and whether anything can happen without
//! time going on (execution.md section 8.3; Everbeat's own DescribeWaits and clock).

use everbeat_engine::TaskKind;
use everbeat_model::{Timestamp, Wait, WaitKind, Waits};
use everbeat_partition::{Answer, Call, Target};

use crate::host::Host;
use crate::words::{
    ACTIVITY, DECISION, DOMAIN, MAIN, WORK, complete, complete_activity, schedule_activity,
    schedule_function, signal, signal_external, start, start_child, start_timer, terminate,
};

fn pending(host: &mut Host, kind: TaskKind, task_list: &str) -> u64 {
    let call = Call::CountPending {
        kind,
        domain: DOMAIN.into(),
        task_list: task_list.into(),
    };
    match host.call(call) {
        Ok(Answer::Count(count)) => count,
        other => panic!("no count, but {other:?}"),
    }
}

fn waits(host: &mut Host, workflow_id: &str) -> Waits {
    let target = Target {
        domain: DOMAIN.into(),
        workflow_id: workflow_id.into(),
        run_id: None,
    };
    match host.call(Call::DescribeWaits(target)) {
        Ok(Answer::Waits(waits)) => *waits,
        other => panic!("no waits, but {other:?}"),
    }
}

fn find(waits: &Waits, kind: WaitKind) -> &Wait {
    let mut found = waits.waits.iter().filter(|wait| wait.kind == kind);
    let first = found.next().expect("there is one");
    assert_eq!(found.next(), None, "there is one");
    first
}

#[test]
fn tasks_that_are_not_started_are_counted() {
    let mut host = Host::new();
    assert_eq!(pending(&mut host, DECISION, "unknown"), 0);
    host.call(start("a")).expect("it starts");
    host.call(start("b")).expect("it starts");
    assert_eq!(pending(&mut host, DECISION, MAIN), 2);
    let task = host.take_decision(MAIN);
    assert_eq!(pending(&mut host, DECISION, MAIN), 1);
    host.call(signal("a")).expect("it is open");
    assert_eq!(
        pending(&mut host, DECISION, MAIN),
        2,
        "one behind a started one counts"
    );
    host.restart_after(1);
    assert_eq!(pending(&mut host, DECISION, MAIN), 2);
    host.decide(&task, vec![schedule_activity("x"), schedule_activity("y")]);
    assert_eq!(pending(&mut host, DECISION, MAIN), 2);
    assert_eq!(pending(&mut host, ACTIVITY, WORK), 2);
    assert_eq!(pending(&mut host, ACTIVITY, MAIN), 0);
    host.take_activity(WORK);
    assert_eq!(pending(&mut host, ACTIVITY, WORK), 1);
    host.call(terminate("a")).expect("it is open");
    assert_eq!(pending(&mut host, ACTIVITY, WORK), 0);
    assert_eq!(pending(&mut host, DECISION, MAIN), 1);
}

#[test]
fn a_run_tells_all_that_it_waits_for() {
    let mut host = Host::new();
    host.settings.calls_functions = true;
    host.restart_after(0);
    host.call(start("w")).expect("it starts");
    let begun = host.now;
    let described = waits(&mut host, "w");
    let decision = find(&described, WaitKind::DecisionTaskWaits);
    assert_eq!(decision.task_list.as_deref(), Some(MAIN));
    assert_eq!(decision.latest_poll_timestamp, None, "nobody polls");
    assert_eq!(decision.since, Some(begun));

    let task = host.take_decision(MAIN);
    let described = waits(&mut host, "w");
    let started = find(&described, WaitKind::DecisionTaskStarted);
    assert_eq!(started.until, Some(Timestamp(begun.0 + 30_000)));
    host.most_messages = 1;
    host.decide(
        &task,
        vec![
            start_child("kid"),
            schedule_activity("a"),
            start_timer("t", "60"),
            signal_external("kid", "s"),
            start_child("late"),
        ],
    );
    host.most_messages = 0;
    let described = waits(&mut host, "w");
    assert_eq!(described.events, everbeat_model::EventId(11));
    let activity = find(&described, WaitKind::ActivityTaskWaits);
    assert_eq!(activity.task_list.as_deref(), Some(WORK));
    let timer = find(&described, WaitKind::Timer);
    assert_eq!(timer.id.as_deref(), Some("t"));
    assert_eq!(timer.until, Some(Timestamp(host.now.0 + 60_000)));
    let outbound = find(&described, WaitKind::Outbound);
    assert_eq!(outbound.id.as_deref(), Some("kid"));
    let children: Vec<_> = described
        .waits
        .iter()
        .filter(|wait| wait.kind == WaitKind::Child)
        .map(|wait| (wait.id.as_deref(), wait.run_id.is_some()))
        .collect();
    assert_eq!(children, [(Some("kid"), true), (Some("late"), false)]);
    let last = described.waits.iter().last().map(|wait| wait.kind);
    assert_eq!(last, Some(WaitKind::ExecutionTimeout));
}

#[test]
fn decision_tasks_that_time_out_are_counted_until_one_is_completed() {
    let mut host = Host::new();
    host.call(start("w")).expect("it starts");
    for timeouts in 0..3 {
        assert_eq!(waits(&mut host, "w").decision_task_timeouts.0, timeouts);
        host.take_decision(MAIN);
        host.advance(30);
    }
    host.restart_after(1);
    assert_eq!(waits(&mut host, "w").decision_task_timeouts.0, 3);
    let task = host.take_decision(MAIN);
    let described = waits(&mut host, "w");
    let started = find(&described, WaitKind::DecisionTaskStarted);
    assert_eq!(started.since, Some(host.now));
    host.decide(&task, vec![]);
    assert_eq!(waits(&mut host, "w").decision_task_timeouts.0, 0);
    host.call(terminate("w")).expect("it is open");
    let target = Target {
        domain: DOMAIN.into(),
        workflow_id: "w".into(),
        run_id: None,
    };
    host.call(Call::DescribeWaits(target))
        .expect_err("a closed run waits for nothing");
}

/// Only when no task waits, none is started and no message is on its way can nothing happen but by time.
#[test]
fn stillness_is_the_lack_of_work() {
    let mut host = Host::new();
    host.settings.watches_work = true;
    host.settings.calls_functions = true;
    host.restart_after(0);
    assert!(host.partition.stillness().is_still());
    host.call(start("w")).expect("it starts");
    assert_eq!(host.partition.stillness().waiting_tasks, 1);
    let task = host.take_decision(MAIN);
    let stillness = host.partition.stillness();
    assert_eq!((stillness.waiting_tasks, stillness.runs_worked_on), (0, 1));
    host.decide(&task, vec![schedule_activity("a"), start_timer("t", "60")]);
    assert_eq!(host.partition.stillness().waiting_tasks, 1);
    let activity = host.take_activity(WORK);
    host.restart_after(0);
    host.partition
        .look_at_all(&mut host.store)
        .expect("the rows are good");
    assert_eq!(host.partition.stillness().runs_worked_on, 1);
    host.call(complete_activity(&activity)).expect("it is open");
    let task = host.take_decision(MAIN);
    host.decide(&task, vec![]);
    let stillness = host.partition.stillness();
    assert!(stillness.is_still(), "{stillness:?}");
    assert_eq!(
        stillness.next_deadline,
        Some(Timestamp(host.now.0 + 60_000))
    );

    host.advance(60);
    let task = host.take_decision(MAIN);
    host.most_messages = 0;
    host.decide(&task, vec![signal_external("nobody", "s")]);
    assert!(host.partition.stillness().has_messages);
    host.most_messages = 1;
    host.deliver_all();
    let task = host.take_decision(MAIN);
    host.decide(&task, vec![complete()]);
    let stillness = host.partition.stillness();
    assert!(stillness.is_still() && stillness.next_deadline.is_none());
}

/// Whether a function still runs is for the host to know: its outcome may be lost.
#[test]
fn a_called_function_holds_nothing_up() {
    let mut host = Host::new();
    host.settings.watches_work = true;
    host.settings.calls_functions = true;
    host.restart_after(0);
    let input = everbeat_model::StartWorkflowExecutionInput {
        lambda_role: Some("arn:aws:iam::123456789012:role/functions".into()),
        ..crate::words::start_input("w")
    };
    host.call(Call::Start(Box::new(input))).expect("it starts");
    let task = host.take_decision(MAIN);
    host.decide(&task, vec![schedule_function("f")]);
    let stillness = host.partition.stillness();
    assert!(stillness.is_still(), "{stillness:?}");
    host.advance(900);
    assert_eq!(host.partition.stillness().waiting_tasks, 1);
}
