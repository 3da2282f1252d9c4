//! Strategies for random settings, commands and decisions; names are few, so that they meet.

use everbeat_engine::DecisionTaskResponse;
use everbeat_model::{
    ActivityType, ActivityTypeConfiguration, CancelTimerDecisionAttributes,
    CancelWorkflowExecutionDecisionAttributes, ChildPolicy,
    CompleteWorkflowExecutionDecisionAttributes, ContinueAsNewWorkflowExecutionDecisionAttributes,
    Decision, DecisionList, DecisionType, FailWorkflowExecutionDecisionAttributes,
    RecordMarkerDecisionAttributes, RegistrationStatus,
    RequestCancelActivityTaskDecisionAttributes,
    RequestCancelExternalWorkflowExecutionDecisionAttributes,
    ScheduleActivityTaskDecisionAttributes, ScheduleLambdaFunctionDecisionAttributes,
    SignalExternalWorkflowExecutionDecisionAttributes,
    StartChildWorkflowExecutionDecisionAttributes, StartTimerDecisionAttributes,
    StartWorkflowExecutionInput, TaskList, WorkflowType,
};
use proptest::collection::vec;
use proptest::option::{of, weighted};
use proptest::prelude::*;
use proptest::sample::select;

use crate::world::{World, order, ship};

/// Workflow ids of executions and children; nobody ever has the last one.
pub(crate) const WORKFLOW_IDS: [&str; 7] = ["o-1", "a", "b", "c", "d", "e", "none"];

/// A world in which limits are near.
#[derive(Debug, Clone)]
pub(crate) struct Setting {
    execution_timeout: &'static str,
    task_timeout: &'static str,
    child_policy: ChildPolicy,
    lambda_role: Option<&'static str>,
    pub(crate) events_per_history: u64,
    open_executions: u64,
    denied: Option<DecisionType>,
    rate: Option<(DecisionType, u64)>,
    calls_functions: bool,
}

/// One thing that is asked of an execution.
#[derive(Debug, Clone)]
pub(crate) enum Action {
    PollDecisionTask,
    Decide(Pick, DecisionTaskResponse),
    PollActivityTask(usize),
    Heartbeat(Pick, Option<&'static str>),
    Complete(Pick),
    Fail(Pick),
    Cancel(Pick),
    CompleteFunction(Pick),
    FailFunction(Pick),
    Signal,
    RequestCancel,
    Terminate(Option<ChildPolicy>),
}

/// Which task a response is for.
#[derive(Debug, Clone)]
pub(crate) enum Pick {
    /// One of those that are started.
    Open(usize),
    /// Any one that was ever started, of any kind.
    Ever(usize),
    Forged(i64, i64),
}

impl Setting {
    pub(crate) fn world(&self) -> World {
        let mut world = World::new();
        world.limits.events_per_history = self.events_per_history;
        world.limits.execution_seconds = 100;
        world.limits.open_activities = 3;
        world.limits.open_timers = 2;
        world.limits.open_children = 2;
        world.limits.open_lambda_functions = 2;
        world.limits.open_executions_per_domain = self.open_executions;
        world.calls_functions = self.calls_functions;
        world.denied.extend(self.denied);
        world.rates.extend(self.rate);
        let (registered, deprecated) = (
            RegistrationStatus::Registered,
            RegistrationStatus::Deprecated,
        );
        let bare = ActivityTypeConfiguration::default();
        world.register_activity_type(activity_type("bare"), registered, bare);
        world.register_workflow_type(workflow_type("2.0"), deprecated, Default::default());
        world.register_workflow_type(workflow_type("3.0"), registered, Default::default());
        world
    }

    pub(crate) fn start_input(&self) -> StartWorkflowExecutionInput {
        StartWorkflowExecutionInput {
            workflow_type: order(),
            execution_start_to_close_timeout: Some(self.execution_timeout.into()),
            task_start_to_close_timeout: Some(self.task_timeout.into()),
            child_policy: Some(self.child_policy),
            lambda_role: self.lambda_role.map(Into::into),
            ..StartWorkflowExecutionInput::default()
        }
    }
}

fn activity_type(name: &str) -> ActivityType {
    ActivityType {
        name: name.into(),
        version: "1.0".into(),
    }
}

fn workflow_type(version: &str) -> WorkflowType {
    WorkflowType {
        version: version.into(),
        ..order()
    }
}

pub(crate) fn setting() -> impl Strategy<Value = Setting> {
    let times = (
        prop_oneof![1 => Just("0"), 2 => Just("20"), 9 => Just("99999999")],
        prop_oneof![1 => Just("0"), 4 => Just("5"), 4 => Just("NONE")],
    );
    let limits = (
        prop_oneof![1 => 3_u64..60, 3 => Just(25_000)],
        prop_oneof![1 => 1_u64..4, 3 => Just(100)],
        weighted(0.3, select(DecisionType::ALL)),
        weighted(0.3, (select(DecisionType::ALL), 0_u64..2)),
    );
    let lambda = (
        weighted(0.8, Just("arn:aws:iam::1:role/r")),
        weighted(0.9, Just(())),
    );
    (times, limits, child_policy(), lambda).prop_map(|(times, limits, child_policy, lambda)| {
        Setting {
            execution_timeout: times.0,
            task_timeout: times.1,
            child_policy,
            lambda_role: lambda.0,
            events_per_history: limits.0,
            open_executions: limits.1,
            denied: limits.2,
            rate: limits.3,
            calls_functions: lambda.1.is_some(),
        }
    })
}

/// Milliseconds between two commands: often at once, sometimes long enough for a deadline.
pub(crate) fn step() -> impl Strategy<Value = i64> {
    prop_oneof![3 => Just(0), 5 => 1_i64..400, 2 => 400_i64..4_000]
}

pub(crate) fn action() -> impl Strategy<Value = Action> {
    prop_oneof![
        40 => Just(Action::PollDecisionTask),
        40 => (pick(), response()).prop_map(|(pick, response)| Action::Decide(pick, response)),
        30 => (0_usize..3).prop_map(Action::PollActivityTask),
        12 => (pick(), of(select(vec!["", "half"]))).prop_map(|(pick, details)| Action::Heartbeat(pick, details)),
        8 => pick().prop_map(Action::Complete),
        5 => pick().prop_map(Action::Fail),
        5 => pick().prop_map(Action::Cancel),
        6 => pick().prop_map(Action::CompleteFunction),
        3 => pick().prop_map(Action::FailFunction),
        20 => Just(Action::Signal),
        4 => Just(Action::RequestCancel),
        1 => of(child_policy()).prop_map(Action::Terminate),
    ]
}

fn pick() -> impl Strategy<Value = Pick> {
    prop_oneof![
        8 => (0_usize..2).prop_map(Pick::Open),
        1 => (0_usize..6).prop_map(Pick::Ever),
        1 => (-1_i64..12, -1_i64..12).prop_map(|(scheduled, started)| Pick::Forged(scheduled, started)),
    ]
}

pub(crate) fn child_policy() -> impl Strategy<Value = ChildPolicy> {
    select(ChildPolicy::ALL)
}

fn workflow_id() -> impl Strategy<Value = &'static str> {
    select(WORKFLOW_IDS.as_slice())
}

/// A closing decision stands at the end, as the checks of the request have seen to.
pub(crate) fn response() -> impl Strategy<Value = DecisionTaskResponse> {
    let task_list = (
        select(vec!["main", "host"]),
        of(select(vec!["0", "3", "NONE"])),
    );
    (
        vec(decision(), 0..5),
        weighted(0.12, closing_decision()),
        of(Just("context")),
        weighted(0.3, task_list),
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
    prop_oneof![
        4 => decision_about_itself(),
        2 => decision_about_others(),
    ]
}

fn decision_about_itself() -> impl Strategy<Value = Decision> {
    let activity_id = || select(vec!["a1", "a2", "a3", "a4"]);
    let timer_id = || select(vec!["t1", "t2", "t3"]);
    prop_oneof![
        4 => schedule_activity_task(),
        2 => activity_id().prop_map(|id| Decision::RequestCancelActivityTask(
            RequestCancelActivityTaskDecisionAttributes { activity_id: id.into() },
        )),
        2 => (timer_id(), select(vec!["0", "2", "9", "99999999"])).prop_map(|(id, timeout)| {
            Decision::StartTimer(StartTimerDecisionAttributes {
                timer_id: id.into(),
                control: None,
                start_to_fire_timeout: timeout.into(),
            })
        }),
        1 => timer_id().prop_map(|id| Decision::CancelTimer(
            CancelTimerDecisionAttributes { timer_id: id.into() },
        )),
        1 => Just(Decision::RecordMarker(RecordMarkerDecisionAttributes {
            marker_name: "m".into(),
            details: None,
        })),
    ]
}

fn decision_about_others() -> impl Strategy<Value = Decision> {
    let run_id = || weighted(0.2, select(vec!["", "R1", "A1", "A2", "unknown"]));
    prop_oneof![
        2 => (workflow_id(), run_id()).prop_map(|(workflow_id, run_id)| {
            Decision::SignalExternalWorkflowExecution(SignalExternalWorkflowExecutionDecisionAttributes {
                workflow_id: workflow_id.into(),
                run_id: run_id.map(Into::into),
                signal_name: "go".into(),
                ..SignalExternalWorkflowExecutionDecisionAttributes::default()
            })
        }),
        1 => (workflow_id(), run_id()).prop_map(|(workflow_id, run_id)| {
            Decision::RequestCancelExternalWorkflowExecution(
                RequestCancelExternalWorkflowExecutionDecisionAttributes {
                    workflow_id: workflow_id.into(),
                    run_id: run_id.map(Into::into),
                    control: None,
                },
            )
        }),
        3 => start_child(),
        2 => (select(vec!["f1", "f2", "f3"]), of(select(vec!["1", "9"]))).prop_map(|(id, timeout)| {
            Decision::ScheduleLambdaFunction(ScheduleLambdaFunctionDecisionAttributes {
                id: id.into(),
                name: "resize".into(),
                start_to_close_timeout: timeout.map(Into::into),
                ..ScheduleLambdaFunctionDecisionAttributes::default()
            })
        }),
    ]
}

fn start_child() -> impl Strategy<Value = Decision> {
    (
        select(WORKFLOW_IDS[..6].to_vec()),
        select(vec!["1.0", "1.0", "1.0", "2.0", "3.0", "9.9"]),
        of(select(vec!["0", "9", "NONE"])),
        of(child_policy()),
    )
        .prop_map(|(workflow_id, version, timeout, child_policy)| {
            Decision::StartChildWorkflowExecution(StartChildWorkflowExecutionDecisionAttributes {
                workflow_type: workflow_type(version),
                workflow_id: workflow_id.into(),
                execution_start_to_close_timeout: timeout.map(Into::into),
                child_policy,
                ..StartChildWorkflowExecutionDecisionAttributes::default()
            })
        })
}

fn schedule_activity_task() -> impl Strategy<Value = Decision> {
    let timeout = || of(select(vec!["0", "3", "8", "NONE"]));
    let types = vec![
        ship(),
        ship(),
        ship(),
        activity_type("bare"),
        activity_type("none"),
    ];
    (
        select(vec!["a1", "a2", "a3", "a4"]),
        select(types),
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
    let version = of(select(vec!["1.0", "2.0", "3.0"]));
    prop_oneof![
        1 => Just(Decision::CompleteWorkflowExecution(
            CompleteWorkflowExecutionDecisionAttributes::default(),
        )),
        1 => Just(Decision::FailWorkflowExecution(
            FailWorkflowExecutionDecisionAttributes::default(),
        )),
        1 => Just(Decision::CancelWorkflowExecution(
            CancelWorkflowExecutionDecisionAttributes::default(),
        )),
        2 => version.prop_map(|version| Decision::ContinueAsNewWorkflowExecution(
            ContinueAsNewWorkflowExecutionDecisionAttributes {
                workflow_type_version: version.map(Into::into),
                ..ContinueAsNewWorkflowExecutionDecisionAttributes::default()
            },
        )),
    ]
}
