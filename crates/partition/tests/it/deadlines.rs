//! What happens by itself: timers and time-outs, also those that passed while the server was down (execution.md
//! sections 6.3 and 7.1).

use everbeat_model::{
    ActivityTaskTimeoutType, Decision, EventAttributes, ScheduleActivityTaskDecisionAttributes,
    StartWorkflowExecutionInput,
};
use everbeat_partition::{ActivityHandOut, Call, DecisionHandOut, Input};

use crate::host::{Host, ORIGIN};
use crate::words::{
    ACTIVITY, DECISION, MAIN, WORK, complete_activity, decide, heartbeat, schedule, seconds, start,
    start_input, start_timer,
};

/// A run with a long life whose first decision task is started.
fn begin(host: &mut Host) -> DecisionHandOut {
    let input = StartWorkflowExecutionInput {
        execution_start_to_close_timeout: seconds("9000000"),
        task_start_to_close_timeout: seconds("NONE"),
        ..start_input("o-1")
    };
    host.call(Call::Start(Box::new(input))).expect("it starts");
    host.take_decision(MAIN)
}

/// A run with a started activity task, with that heartbeat time-out.
fn begin_activity(host: &mut Host, heartbeat_timeout: &str) -> ActivityHandOut {
    let task = begin(host);
    let attributes = ScheduleActivityTaskDecisionAttributes {
        schedule_to_close_timeout: seconds("NONE"),
        start_to_close_timeout: seconds("NONE"),
        heartbeat_timeout: seconds(heartbeat_timeout),
        ..schedule("a")
    };
    host.call(decide(
        &task,
        vec![Decision::ScheduleActivityTask(attributes)],
    ))
    .expect("it decides");
    host.take_activity(WORK)
}

/// Seconds from the beginning to the last event of that type.
fn seconds_of(host: &Host, event_type: &str) -> Vec<i64> {
    let events = host.rows.events_of("o-1");
    events
        .iter()
        .filter(|event| event.attributes.event_type().as_str() == event_type)
        .map(|event| (event.event_timestamp.0 - ORIGIN.0) / 1000)
        .collect()
}

fn activity_time_out(host: &Host) -> Option<(ActivityTaskTimeoutType, Option<String>)> {
    host.rows
        .events_of("o-1")
        .iter()
        .find_map(|event| match &event.attributes {
            EventAttributes::ActivityTaskTimedOut(attributes) => Some((
                attributes.timeout_type,
                attributes.details.as_ref().map(ToString::to_string),
            )),
            _ => None,
        })
}

#[test]
fn a_zero_timer_fires_at_once_behind_the_events_of_its_batch() {
    let mut host = Host::new();
    let task = begin(&mut host);
    host.call(decide(
        &task,
        vec![start_timer("t", "0"), start_timer("u", "5")],
    ))
    .expect("it decides");
    assert_eq!(
        host.history("o-1")[3..],
        [
            "DecisionTaskCompleted",
            "TimerStarted",
            "TimerStarted",
            "TimerFired",
            "DecisionTaskScheduled"
        ]
    );
}

#[test]
fn a_task_with_no_time_to_start_goes_to_a_waiting_poller_or_times_out() {
    let task_of = |host: &mut Host| {
        let task = begin(host);
        let attributes = ScheduleActivityTaskDecisionAttributes {
            schedule_to_start_timeout: seconds("0"),
            ..schedule("a")
        };
        host.call(decide(
            &task,
            vec![Decision::ScheduleActivityTask(attributes)],
        ))
        .expect("it decides");
    };
    let mut nobody = Host::new();
    task_of(&mut nobody);
    let time_out = activity_time_out(&nobody).map(|(timeout_type, _)| timeout_type);
    assert_eq!(time_out, Some(ActivityTaskTimeoutType::ScheduleToStart));
    assert_eq!(nobody.rows.tasks.len(), 1, "the decision task alone waits");

    let mut somebody = Host::new();
    let poll = somebody.poll(ACTIVITY, WORK);
    task_of(&mut somebody);
    somebody.activity(poll);
    assert_eq!(activity_time_out(&somebody), None);
}

/// Deadlines that lie beyond what is in memory are loaded when their time comes near.
#[test]
fn a_far_timer_fires_exactly_at_its_time() {
    for restarts in [false, true] {
        let mut host = Host::new();
        let task = begin(&mut host);
        host.call(decide(
            &task,
            vec![start_timer("t", "100000"), start_timer("u", "301")],
        ))
        .expect("it decides");
        if restarts {
            host.restart_after(0);
        }
        host.advance(300);
        assert_eq!(seconds_of(&host, "TimerFired"), [0; 0]);
        host.advance(200_000);
        assert_eq!(seconds_of(&host, "TimerFired"), [301, 100_000]);
    }
}

#[test]
fn what_fell_due_while_the_server_was_down_takes_effect_at_once() {
    let mut host = Host::new();
    let task = begin(&mut host);
    host.call(decide(
        &task,
        vec![start_timer("t", "60"), start_timer("u", "30")],
    ))
    .expect("it decides");
    host.restart_after(3000);
    assert!(host.partition.next_wake() <= host.now);
    host.handle(vec![Input::Wake]);
    assert_eq!(seconds_of(&host, "TimerFired"), [3000, 3000]);
    let fired: Vec<String> = host
        .rows
        .events_of("o-1")
        .iter()
        .filter_map(|event| match &event.attributes {
            EventAttributes::TimerFired(attributes) => Some(attributes.timer_id.to_string()),
            _ => None,
        })
        .collect();
    assert_eq!(fired, ["u", "t"], "in the order of their times");
}

/// A late response loses, however slow the wake-up was.
#[test]
fn what_is_due_comes_before_a_request() {
    let mut host = Host::new();
    let task = begin_activity(&mut host, "10");
    host.now = host.now.plus_seconds(10);
    host.call(complete_activity(&task))
        .expect_err("it is too late");
    assert_eq!(
        activity_time_out(&host),
        Some((ActivityTaskTimeoutType::Heartbeat, None))
    );
}

#[test]
fn heartbeats_keep_a_task_alive_and_their_details_come_back() {
    let mut host = Host::new();
    let task = begin_activity(&mut host, "10");
    for beat in 0..5 {
        host.advance(9);
        host.call(heartbeat(&task, &format!("beat {beat}")))
            .expect("it is alive");
        assert!(host.batch.events.is_empty() && host.batch.deadlines.is_empty());
    }
    host.advance(9);
    assert_eq!(activity_time_out(&host), None);
    host.advance(1);
    let details = Some("beat 4".to_owned());
    assert_eq!(
        activity_time_out(&host),
        Some((ActivityTaskTimeoutType::Heartbeat, details))
    );
    assert!(host.rows.heartbeats.is_empty());
}

/// Time while the server is down does not count for heartbeats.
#[test]
fn heartbeat_clocks_restart_when_the_server_does() {
    let mut host = Host::new();
    let task = begin_activity(&mut host, "10");
    host.call(heartbeat(&task, "half")).expect("it is alive");
    host.restart_after(1000);
    host.handle(vec![Input::Wake]);
    host.advance(9);
    assert_eq!(activity_time_out(&host), None);
    host.advance(1);
    assert_eq!(seconds_of(&host, "ActivityTaskTimedOut"), [1010]);
    let details = Some("half".to_owned());
    assert_eq!(
        activity_time_out(&host).map(|(_, details)| details),
        Some(details)
    );
}

/// A heartbeat in the very millisecond of the start leaves no row behind.
#[test]
fn the_heartbeat_row_goes_with_its_task() {
    let mut host = Host::new();
    let task = begin_activity(&mut host, "10");
    host.call(heartbeat(&task, "at once")).expect("it is alive");
    assert_eq!(host.rows.heartbeats.len(), 1);
    host.call(complete_activity(&task)).expect("it is alive");
    assert!(host.rows.heartbeats.is_empty());
}

#[test]
fn an_execution_times_out_and_its_workflow_id_is_free_again() {
    let mut host = Host::new();
    host.call(start("o-1")).expect("it starts");
    host.now = host.now.plus_seconds(3599);
    host.call(start("o-1")).expect_err("it is still open");
    host.now = host.now.plus_seconds(1);
    host.call(start("o-1"))
        .expect("the first run has timed out");
    let events: Vec<_> = host.rows.events.values().flatten().collect();
    assert!(
        events
            .iter()
            .any(|row| row.lines.contains("WorkflowExecutionTimedOut"))
    );
}

/// A decision task that times out is handed out again, and its token is dead.
#[test]
fn a_decision_task_is_asked_again_after_its_time_out() {
    let mut host = Host::new();
    host.call(start("o-1")).expect("it starts");
    let task = host.take_decision(MAIN);
    let poll = host.poll(DECISION, MAIN);
    host.advance(30);
    let again = host.decision(poll);
    assert_eq!(again.previous_started_event_id.0, 0);
    host.call(decide(&task, vec![]))
        .expect_err("it has timed out");
    host.call(decide(&again, vec![]))
        .expect("it is the started one");
}

/// Many runs due at one instant take several wake-ups, and none is forgotten.
#[test]
fn one_wake_up_handles_a_bounded_number_of_runs() {
    let mut host = Host::new();
    for number in 0..600 {
        host.call(start(&format!("o-{number}"))).expect("it starts");
    }
    host.now = host.now.plus_seconds(3600);
    let mut wakes = 0;
    while !host.rows.deadlines.is_empty() {
        host.handle(vec![Input::Wake]);
        wakes += 1;
        assert!(wakes <= 3);
    }
    assert_eq!(wakes, 3);
}
