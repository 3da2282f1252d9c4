//! Random sequences of legal and illegal commands over one execution, with random steps of time. What must hold after
//! every step is checked by [`Execution`]; here stand the sequences, and what holds of a whole life.

use everbeat_engine::{
    Command, Decided, DecisionTaskResponse, StartedTask, TaskKind, next_deadline, pending_tasks,
};
use everbeat_model::{
    ActivityType, ActivityTypeConfiguration, CancelTimerDecisionAttributes,
    CancelWorkflowExecutionDecisionAttributes, CompleteWorkflowExecutionDecisionAttributes,
    Decision, DecisionList, DecisionType, EventAttributes, EventId,
    FailWorkflowExecutionDecisionAttributes, RecordMarkerDecisionAttributes, RegistrationStatus,
    RequestCancelActivityTaskDecisionAttributes, ScheduleActivityTaskDecisionAttributes,
    ScheduleLambdaFunctionDecisionAttributes, StartTimerDecisionAttributes,
    StartWorkflowExecutionInput, TaskList, Timestamp,
};
use proptest::collection::vec;
use proptest::option::{of, weighted};
use proptest::prelude::*;
use proptest::sample::select;

use crate::execution::Execution;
use crate::world::{World, order, ship};

/// One thing that is asked of the execution.
#[derive(Debug, Clone)]
enum Action {
    PollDecisionTask,
    Decide(Pick, DecisionTaskResponse),
    PollActivityTask(usize),
    Heartbeat(Pick, Option<&'static str>),
    Complete(Pick),
    Fail(Pick),
    Cancel(Pick),
    Signal,
    RequestCancel,
    Terminate,
    Due,
    Recover,
}

/// Which task a response is for.
#[derive(Debug, Clone)]
enum Pick {
    /// One of those that are started.
    Open(usize),
    /// Any one that was ever started, of either kind.
    Ever(usize),
    Forged(i64, i64),
}

/// A world in which limits are near.
#[derive(Debug, Clone)]
struct Setting {
    execution_timeout: &'static str,
    task_timeout: &'static str,
    events_per_history: u64,
    denied: Option<DecisionType>,
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 512,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn any_sequence_of_commands_keeps_the_rules(
        setting in setting(),
        steps in vec((step(), action()), 1..120),
    ) {
        live(&setting, steps);
    }
}

fn live(setting: &Setting, steps: Vec<(i64, Action)>) {
    let world = world(setting);
    let mut execution = Execution::new("o-1");
    let mut now = Timestamp(1_000_000);
    let started = execution.start(&start_input(setting), &world.context(now));
    assert_eq!(started, Ok(()));
    for (milliseconds, action) in steps {
        now = Timestamp(now.0 + milliseconds);
        act(&mut execution, &world, now, action);
        assert!(execution.events.len() as u64 <= setting.events_per_history);
        assert_eq!(
            next_deadline(&execution.state, &world.limits).is_some(),
            execution.state.is_open()
        );
    }
    // With all the time in the world, everything ends.
    now = Timestamp(now.0 + 1_000_000_000);
    execution.fire_due(&world.context(now));
    assert!(!execution.state.is_open());
    assert!(
        execution
            .events
            .is_sorted_by_key(|event| event.event_timestamp)
    );
}

fn act(execution: &mut Execution, world: &World, now: Timestamp, action: Action) {
    let context = world.context(now);
    let command = match action {
        Action::Due => {
            execution.fire_due(&context);
            let next = next_deadline(&execution.state, &world.limits);
            assert!(next.is_none_or(|deadline| deadline.at > now));
            return;
        }
        Action::Recover => return execution.recover(now),
        Action::PollDecisionTask => Command::StartDecisionTask {
            scheduled_event_id: waiting(execution, TaskKind::Decision, 0),
            identity: None,
        },
        Action::PollActivityTask(nth) => Command::StartActivityTask {
            scheduled_event_id: waiting(execution, TaskKind::Activity, nth),
            identity: Some("worker".into()),
        },
        Action::Decide(pick, response) => Command::CompleteDecisionTask {
            task: task(execution, TaskKind::Decision, &pick),
            response: Box::new(response),
        },
        Action::Heartbeat(pick, details) => Command::RecordHeartbeat {
            task: task(execution, TaskKind::Activity, &pick),
            details: details.map(Into::into),
        },
        Action::Complete(pick) => Command::CompleteActivityTask {
            task: task(execution, TaskKind::Activity, &pick),
            result: Some("result".into()),
        },
        Action::Fail(pick) => Command::FailActivityTask {
            task: task(execution, TaskKind::Activity, &pick),
            reason: Some("reason".into()),
            details: None,
        },
        Action::Cancel(pick) => Command::CancelActivityTask {
            task: task(execution, TaskKind::Activity, &pick),
            details: None,
        },
        Action::Signal => Command::Signal {
            signal_name: "go".into(),
            input: None,
        },
        Action::RequestCancel => Command::RequestCancel,
        Action::Terminate => Command::Terminate {
            reason: None,
            details: None,
            child_policy: None,
        },
    };
    let before = (execution.state.clone(), execution.events.len());
    if let Decided::Refused(_) = execution.perform(&command, &context) {
        assert_eq!(before, (execution.state.clone(), execution.events.len()));
    }
}

/// The scheduled event of a task that waits, or of none.
fn waiting(execution: &Execution, kind: TaskKind, nth: usize) -> EventId {
    let pending = pending_tasks(&execution.state);
    let mut tasks = pending.iter().filter(|task| task.kind == kind);
    let last = execution.state.last_event_id;
    tasks.nth(nth).map_or(last, |task| task.scheduled_event_id)
}

fn task(execution: &Execution, kind: TaskKind, pick: &Pick) -> StartedTask {
    let ever = || {
        execution.events.iter().rev().filter_map(|event| {
            let (kind, scheduled_event_id) = match &event.attributes {
                EventAttributes::DecisionTaskStarted(a) => {
                    (TaskKind::Decision, a.scheduled_event_id)
                }
                EventAttributes::ActivityTaskStarted(a) => {
                    (TaskKind::Activity, a.scheduled_event_id)
                }
                _ => return None,
            };
            let started_event_id = event.event_id;
            Some((
                kind,
                StartedTask {
                    scheduled_event_id,
                    started_event_id,
                },
            ))
        })
    };
    let found = match pick {
        Pick::Open(nth) => {
            let mut of_kind = ever().filter(|(found, _)| *found == kind);
            of_kind.nth(*nth)
        }
        Pick::Ever(nth) => ever().nth(*nth),
        Pick::Forged(..) => None,
    };
    let forged = match pick {
        Pick::Forged(scheduled, started) => (EventId(*scheduled), EventId(*started)),
        Pick::Open(_) | Pick::Ever(_) => (EventId::NONE, EventId::NONE),
    };
    found.map_or(
        StartedTask {
            scheduled_event_id: forged.0,
            started_event_id: forged.1,
        },
        |(_, task)| task,
    )
}

fn world(setting: &Setting) -> World {
    let mut world = World::new();
    world.limits.events_per_history = setting.events_per_history;
    world.limits.execution_seconds = 100;
    world.limits.open_activities = 3;
    world.limits.open_timers = 2;
    world.denied.extend(setting.denied);
    world.register_activity_type(
        activity_type("bare"),
        RegistrationStatus::Registered,
        ActivityTypeConfiguration::default(),
    );
    world
}

fn activity_type(name: &str) -> ActivityType {
    ActivityType {
        name: name.into(),
        version: "1.0".into(),
    }
}

fn start_input(setting: &Setting) -> StartWorkflowExecutionInput {
    StartWorkflowExecutionInput {
        workflow_type: order(),
        execution_start_to_close_timeout: Some(setting.execution_timeout.into()),
        task_start_to_close_timeout: Some(setting.task_timeout.into()),
        ..StartWorkflowExecutionInput::default()
    }
}

fn setting() -> impl Strategy<Value = Setting> {
    (
        prop_oneof![1 => Just("0"), 2 => Just("20"), 9 => Just("99999999")],
        prop_oneof![1 => Just("0"), 4 => Just("5"), 4 => Just("NONE")],
        prop_oneof![1 => 3_u64..60, 3 => Just(25_000)],
        weighted(0.3, select(DecisionType::ALL)),
    )
        .prop_map(
            |(execution_timeout, task_timeout, events_per_history, denied)| Setting {
                execution_timeout,
                task_timeout,
                events_per_history,
                denied,
            },
        )
}

/// Milliseconds between two commands: often at once, sometimes long enough for a deadline.
fn step() -> impl Strategy<Value = i64> {
    prop_oneof![3 => Just(0), 5 => 1_i64..400, 2 => 400_i64..4_000]
}

fn action() -> impl Strategy<Value = Action> {
    prop_oneof![
        40 => Just(Action::PollDecisionTask),
        40 => (pick(), response()).prop_map(|(pick, response)| Action::Decide(pick, response)),
        30 => (0_usize..3).prop_map(Action::PollActivityTask),
        12 => (pick(), of(select(vec!["", "half"]))).prop_map(|(pick, details)| Action::Heartbeat(pick, details)),
        8 => pick().prop_map(Action::Complete),
        5 => pick().prop_map(Action::Fail),
        5 => pick().prop_map(Action::Cancel),
        20 => Just(Action::Signal),
        4 => Just(Action::RequestCancel),
        1 => Just(Action::Terminate),
        16 => Just(Action::Due),
        1 => Just(Action::Recover),
    ]
}

fn pick() -> impl Strategy<Value = Pick> {
    prop_oneof![
        8 => (0_usize..2).prop_map(Pick::Open),
        1 => (0_usize..6).prop_map(Pick::Ever),
        1 => (-1_i64..12, -1_i64..12).prop_map(|(scheduled, started)| Pick::Forged(scheduled, started)),
    ]
}

/// A closing decision stands at the end, as the checks of the request have seen to.
fn response() -> impl Strategy<Value = DecisionTaskResponse> {
    (
        vec(decision(), 0..5),
        weighted(0.05, closing_decision()),
        of(Just("context")),
        weighted(
            0.3,
            (
                select(vec!["main", "host"]),
                of(select(vec!["0", "3", "NONE"])),
            ),
        ),
    )
        .prop_map(|(mut decisions, closing, context, task_list)| {
            decisions.extend(closing);
            let (task_list, timeout) = task_list.unzip();
            DecisionTaskResponse {
                decisions: DecisionList(decisions),
                execution_context: context.map(Into::into),
                task_list: task_list.map(|name| TaskList { name: name.into() }),
                task_list_schedule_to_start_timeout: timeout.flatten().map(Into::into),
            }
        })
}

fn decision() -> impl Strategy<Value = Decision> {
    let activity_id = || select(vec!["a1", "a2", "a3", "a4"]);
    let timer_id = || select(vec!["t1", "t2", "t3"]);
    prop_oneof![
        32 => schedule_activity_task(),
        16 => activity_id().prop_map(|id| Decision::RequestCancelActivityTask(
            RequestCancelActivityTaskDecisionAttributes { activity_id: id.into() },
        )),
        16 => (timer_id(), select(vec!["0", "2", "9", "99999999"])).prop_map(|(id, timeout)| {
            Decision::StartTimer(StartTimerDecisionAttributes {
                timer_id: id.into(),
                control: None,
                start_to_fire_timeout: timeout.into(),
            })
        }),
        8 => timer_id().prop_map(|id| Decision::CancelTimer(
            CancelTimerDecisionAttributes { timer_id: id.into() },
        )),
        8 => Just(Decision::RecordMarker(RecordMarkerDecisionAttributes {
            marker_name: "m".into(),
            details: None,
        })),
        1 => Just(Decision::ScheduleLambdaFunction(ScheduleLambdaFunctionDecisionAttributes::default())),
    ]
}

fn schedule_activity_task() -> impl Strategy<Value = Decision> {
    let timeout = || of(select(vec!["0", "3", "8", "NONE"]));
    (
        select(vec!["a1", "a2", "a3", "a4"]),
        select(vec![
            ship(),
            ship(),
            ship(),
            activity_type("bare"),
            activity_type("none"),
        ]),
        (timeout(), timeout(), timeout(), timeout()),
        of(select(vec!["-2147483648", "0", "9"])),
    )
        .prop_map(|(id, activity_type, timeouts, priority)| {
            Decision::ScheduleActivityTask(ScheduleActivityTaskDecisionAttributes {
                activity_type,
                activity_id: id.into(),
                schedule_to_start_timeout: timeouts.0.map(Into::into),
                schedule_to_close_timeout: timeouts.1.map(Into::into),
                start_to_close_timeout: timeouts.2.map(Into::into),
                heartbeat_timeout: timeouts.3.map(Into::into),
                task_priority: priority.map(Into::into),
                ..ScheduleActivityTaskDecisionAttributes::default()
            })
        })
}

fn closing_decision() -> impl Strategy<Value = Decision> {
    prop_oneof![
        Just(Decision::CompleteWorkflowExecution(
            CompleteWorkflowExecutionDecisionAttributes::default(),
        )),
        Just(Decision::FailWorkflowExecution(
            FailWorkflowExecutionDecisionAttributes::default(),
        )),
        Just(Decision::CancelWorkflowExecution(
            CancelWorkflowExecutionDecisionAttributes::default(),
        )),
    ]
}
