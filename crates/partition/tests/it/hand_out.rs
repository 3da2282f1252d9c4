//! How tasks get to pollers (execution.md section 9).

use everbeat_engine::DecisionTaskResponse;
use everbeat_model::{Decision, FaultKind, Limits, StartWorkflowExecutionInput};
use everbeat_partition::{Answer, Call, Input};

use crate::host::Host;
use crate::words::{
    ACTIVITY, DECISION, MAIN, WORK, complete, complete_activity, decide, list, refused, respond,
    schedule, schedule_activity, signal, start, start_input, terminate,
};

/// A task that somebody waits for is started by the batch that schedules it, and is never a row.
#[test]
fn a_waiting_poller_gets_the_task_in_the_same_batch() {
    let mut host = Host::new();
    let poll = host.poll(DECISION, MAIN);
    assert_eq!(host.reply(poll), None);
    host.call(start("o-1")).expect("it starts");
    let task = host.decision(poll);
    assert_eq!(host.batch.tasks.len(), 0);
    assert_eq!(host.batch.events.len(), 1);
    assert_eq!(task.events.as_ref().map(Vec::len), Some(3));

    let worker = host.poll(ACTIVITY, WORK);
    host.call(decide(
        &task,
        vec![schedule_activity("a"), schedule_activity("b")],
    ))
    .expect("it decides");
    assert_eq!(&*host.activity(worker).activity_id, "a");
    assert_eq!(host.rows.tasks.len(), 1, "only the other one waits");
    assert_eq!(
        host.history("o-1")[3..],
        [
            "DecisionTaskCompleted",
            "ActivityTaskScheduled",
            "ActivityTaskScheduled",
            "ActivityTaskStarted"
        ]
    );
}

/// A poller that hung up gets no task: the next one does.
#[test]
fn a_task_passes_over_a_poller_that_is_gone() {
    let mut host = Host::new();
    let (gone, there) = (host.poll(DECISION, MAIN), host.poll(DECISION, MAIN));
    host.hang_up(gone);
    host.call(start("o-1")).expect("it starts");
    assert_eq!(host.reply(gone), Some(Ok(Answer::NoTask)));
    host.decision(there);
}

#[test]
fn a_poller_that_is_gone_takes_no_task_that_waits() {
    let mut host = Host::new();
    host.call(start("o-1")).expect("it starts");
    let gone = host.next_id();
    host.hang_up(gone);
    host.handle(vec![Input::Poll {
        id: gone,
        realm: crate::words::realm(),
        asker: None,
        poll: everbeat_partition::Poll {
            kind: DECISION,
            domain: crate::words::DOMAIN.into(),
            task_list: MAIN.into(),
            identity: None,
        },
    }]);
    assert_eq!(host.reply(gone), Some(Ok(Answer::NoTask)));
    assert_eq!(host.rows.tasks.len(), 1);
    host.take_decision(MAIN);
}

#[test]
fn the_poller_that_has_waited_longest_is_served_first() {
    let mut host = Host::new();
    let polls: Vec<_> = (0..3).map(|_| host.poll(DECISION, MAIN)).collect();
    for (number, poll) in polls.into_iter().enumerate() {
        host.call(start(&format!("o-{number}"))).expect("it starts");
        let task = host.decision(poll);
        assert_eq!(&*task.execution.workflow_id, format!("o-{number}"));
    }
}

#[test]
fn higher_priority_goes_first_and_then_first_come_first_served() {
    let mut host = Host::new();
    for (id, priority) in [
        ("a", None),
        ("b", Some("5")),
        ("c", Some("-1")),
        ("d", Some("5")),
    ] {
        let input = StartWorkflowExecutionInput {
            task_priority: priority.map(Into::into),
            ..start_input(id)
        };
        host.call(Call::Start(Box::new(input))).expect("it starts");
    }
    host.restart_after(1);
    let order: Vec<String> = (0..4)
        .map(|_| host.take_decision(MAIN).execution.workflow_id.to_string())
        .collect();
    assert_eq!(order, ["b", "d", "a", "c"]);
}

/// A decision task that waits behind a started one takes the place of its scheduling time.
#[test]
fn a_decision_task_behind_a_started_one_keeps_its_place() {
    let mut host = Host::new();
    host.call(start("first")).expect("it starts");
    let task = host.take_decision(MAIN);
    host.call(signal("first")).expect("it is open");
    host.call(start("second")).expect("it starts");
    let second = host.take_decision(MAIN);
    assert_eq!(&*second.execution.workflow_id, "second");
    let waits = host.poll(DECISION, "elsewhere");
    assert_eq!(host.reply(waits), None);

    host.call(start("third")).expect("it starts");
    host.call(decide(&task, vec![])).expect("it decides");
    assert_eq!(&*host.take_decision(MAIN).execution.workflow_id, "first");
    assert_eq!(&*host.take_decision(MAIN).execution.workflow_id, "third");
}

/// The waiting decision task goes to a waiting poller as soon as the started one has closed.
#[test]
fn a_decision_task_that_becomes_ready_is_handed_out_at_once() {
    let mut host = Host::new();
    host.call(start("o-1")).expect("it starts");
    let first = host.take_decision(MAIN);
    let poll = host.poll(DECISION, MAIN);
    host.call(signal("o-1")).expect("it is open");
    assert_eq!(host.reply(poll), None, "the first one is still started");
    host.call(decide(&first, vec![])).expect("it decides");
    let second = host.decision(poll);
    assert_eq!(
        second.previous_started_event_id,
        first.task.started_event_id
    );
    assert!(host.rows.tasks.is_empty());
}

#[test]
fn decision_and_activity_lists_of_one_name_are_two_lists() {
    let mut host = Host::new();
    let worker = host.poll(ACTIVITY, MAIN);
    host.call(start("o-1")).expect("it starts");
    assert_eq!(host.reply(worker), None);
    let task = host.take_decision(MAIN);
    let attributes = everbeat_model::ScheduleActivityTaskDecisionAttributes {
        task_list: list(MAIN),
        ..schedule("a")
    };
    host.call(decide(
        &task,
        vec![Decision::ScheduleActivityTask(attributes)],
    ))
    .expect("it decides");
    host.activity(worker);
}

#[test]
fn a_poll_can_be_ended() {
    let mut host = Host::new();
    let poll = host.poll(DECISION, MAIN);
    host.handle(vec![Input::EndPoll(poll)]);
    assert_eq!(host.reply(poll), Some(Ok(Answer::NoTask)));
    host.handle(vec![Input::EndPoll(poll)]);
    assert_eq!(host.reply(poll), None, "it ends once");
    host.call(start("o-1")).expect("it starts");
    assert_eq!(host.rows.tasks.len(), 1, "nobody waits any more");
}

#[test]
fn too_many_polls_on_one_list_are_refused() {
    let limits = Limits {
        pollers_per_task_list: 2,
        ..Limits::default()
    };
    let mut host = Host::with_limits(limits);
    host.poll(DECISION, MAIN);
    let second = host.poll(DECISION, MAIN);
    let third = host.poll(DECISION, MAIN);
    let reply = host.reply(third).expect("it does not wait");
    assert_eq!(refused(reply).0, FaultKind::LimitExceededFault);
    let other = host.poll(ACTIVITY, MAIN);
    assert_eq!(host.reply(other), None, "another list");
    host.handle(vec![Input::EndPoll(second)]);
    let fourth = host.poll(DECISION, MAIN);
    assert_eq!(host.reply(fourth), None, "there is room again");
}

#[test]
fn a_poll_in_an_unknown_domain_is_refused_at_once() {
    let mut host = Host::new();
    let poll = host.poll_of("nowhere", DECISION, MAIN);
    let reply = host.reply(poll).expect("it does not wait");
    let text = "Unknown domain: nowhere".to_owned();
    assert_eq!(refused(reply), (FaultKind::UnknownResourceFault, text));
}

/// Tasks of a run leave their lists when it closes.
#[test]
fn tasks_of_a_closed_run_are_gone() {
    let mut host = Host::new();
    host.call(start("o-1")).expect("it starts");
    let task = host.take_decision(MAIN);
    host.call(decide(&task, vec![schedule_activity("a")]))
        .expect("it decides");
    host.call(signal("o-1")).expect("it is open");
    assert_eq!(host.rows.tasks.len(), 2);
    host.call(terminate("o-1")).expect("it is open");
    assert!(host.rows.tasks.is_empty());
    assert!(host.rows.deadlines.is_empty());
    for (kind, list) in [(DECISION, MAIN), (ACTIVITY, WORK)] {
        let poll = host.poll(kind, list);
        assert_eq!(host.reply(poll), None);
    }
}

/// A decision that closes the run schedules nothing for the pollers that wait.
#[test]
fn a_batch_that_closes_the_run_hands_nothing_out() {
    let mut host = Host::new();
    host.call(start("o-1")).expect("it starts");
    let task = host.take_decision(MAIN);
    let worker = host.poll(ACTIVITY, WORK);
    host.call(decide(&task, vec![schedule_activity("a"), complete()]))
        .expect("it decides");
    assert_eq!(host.reply(worker), None);
    assert_eq!(
        host.history("o-1").last(),
        Some(&"WorkflowExecutionCompleted")
    );
}

/// A task is handed out once; its token works after a restart.
#[test]
fn a_started_task_stays_started_over_a_restart() {
    let mut host = Host::new();
    host.call(start("o-1")).expect("it starts");
    let task = host.take_decision(MAIN);
    host.call(decide(&task, vec![schedule_activity("a")]))
        .expect("it decides");
    let activity = host.take_activity(WORK);
    host.restart_after(60);
    let poll = host.poll(ACTIVITY, WORK);
    assert_eq!(host.reply(poll), None);
    host.call(complete_activity(&activity))
        .expect("the token is good");
    let again = host.take_decision(MAIN);
    assert_eq!(again.previous_started_event_id, task.task.started_event_id);
}

/// A temporary task list is left for good when its first task waits too long there.
#[test]
fn a_temporary_task_list_ends_with_a_time_out() {
    let mut host = Host::new();
    host.call(start("o-1")).expect("it starts");
    let task = host.take_decision(MAIN);
    let response = DecisionTaskResponse {
        task_list: list("sticky"),
        task_list_schedule_to_start_timeout: crate::words::seconds("10"),
        ..DecisionTaskResponse::default()
    };
    host.call(respond(&task, response)).expect("it decides");
    host.call(signal("o-1")).expect("it is open");
    let main = host.poll(DECISION, MAIN);
    host.advance(9);
    assert_eq!(host.reply(main), None);
    host.advance(1);
    host.decision(main);
}
