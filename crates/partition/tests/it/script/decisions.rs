//! Random decisions of every type.

use everbeat_model::{
    CancelTimerDecisionAttributes, ChildPolicy, ContinueAsNewWorkflowExecutionDecisionAttributes,
    Decision, RecordMarkerDecisionAttributes, RequestCancelActivityTaskDecisionAttributes,
    RequestCancelExternalWorkflowExecutionDecisionAttributes,
    ScheduleActivityTaskDecisionAttributes, ScheduleLambdaFunctionDecisionAttributes,
    SignalExternalWorkflowExecutionDecisionAttributes,
    StartChildWorkflowExecutionDecisionAttributes, WorkflowRunIdOptional,
};
use everbeat_partition::TaskReference;
use proptest::prelude::*;

use super::{LISTS, ROLE};
use crate::words::{complete, list, order, schedule, seconds, start_timer};

/// One decision.
#[derive(Debug, Clone)]
pub(crate) enum Choice {
    Schedule {
        id: u8,
        list: usize,
        priority: i8,
        seconds: Option<u32>,
    },
    CancelActivity {
        id: u8,
    },
    StartTimer {
        id: u8,
        seconds: u32,
    },
    CancelTimer {
        id: u8,
    },
    StartChild {
        id: u8,
        list: usize,
        policy: ChildPolicy,
        seconds: Option<u32>,
    },
    Signal {
        id: u8,
        run: Other,
    },
    RequestCancel {
        id: u8,
        run: Other,
    },
    ScheduleFunction {
        id: u8,
        seconds: u32,
    },
    Marker,
    Complete,
    Continue {
        list: usize,
        seconds: Option<u32>,
    },
}

/// The run that a signal or a request to cancel names beside the workflow id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Other {
    Open,
    Sender,
    Nobody,
}

impl Choice {
    /// It must be the last one of its list.
    pub(crate) fn closes(&self) -> bool {
        matches!(self, Self::Complete | Self::Continue { .. })
    }
}

pub(crate) fn choice() -> impl Strategy<Value = Choice> {
    let time = || prop_oneof![Just(0u32), 1..30u32, 1..900u32];
    prop_oneof![
        6 => (0..3u8, 0..2usize, -2..3i8, prop::option::of(time())).prop_map(
            |(id, list, priority, seconds)| Choice::Schedule { id, list, priority, seconds }
        ),
        1 => (0..3u8).prop_map(|id| Choice::CancelActivity { id }),
        4 => (0..3u8, time()).prop_map(|(id, seconds)| Choice::StartTimer { id, seconds }),
        1 => (0..3u8).prop_map(|id| Choice::CancelTimer { id }),
        4 => (0..3u8, 0..2usize, policy(), prop::option::of(time())).prop_map(
            |(id, list, policy, seconds)| Choice::StartChild { id, list, policy, seconds }
        ),
        4 => (0..4u8, other()).prop_map(|(id, run)| Choice::Signal { id, run }),
        2 => (0..4u8, other()).prop_map(|(id, run)| Choice::RequestCancel { id, run }),
        2 => (0..2u8, 1..100u32).prop_map(|(id, seconds)| Choice::ScheduleFunction { id, seconds }),
        1 => Just(Choice::Marker),
        1 => Just(Choice::Complete),
        1 => (0..2usize, prop::option::of(time()))
            .prop_map(|(list, seconds)| Choice::Continue { list, seconds }),
    ]
}

fn policy() -> impl Strategy<Value = ChildPolicy> {
    prop_oneof![
        Just(ChildPolicy::Terminate),
        Just(ChildPolicy::RequestCancel),
        Just(ChildPolicy::Abandon)
    ]
}

fn other() -> impl Strategy<Value = Other> {
    prop_oneof![3 => Just(Other::Open), 1 => Just(Other::Sender), 1 => Just(Other::Nobody)]
}

impl Other {
    fn run_id(self, token: &TaskReference) -> Option<WorkflowRunIdOptional> {
        match self {
            Self::Open => None,
            Self::Sender => Some(token.run_id.clone().into()),
            Self::Nobody => Some("nobody".into()),
        }
    }
}

/// The decision that is meant, by the holder of that token.
pub(crate) fn decision(choice: &Choice, token: &TaskReference) -> Decision {
    match choice {
        Choice::Schedule {
            id,
            list: name,
            priority,
            seconds: time,
        } => Decision::ScheduleActivityTask(ScheduleActivityTaskDecisionAttributes {
            task_list: list(LISTS[*name]),
            task_priority: Some(priority.to_string().into()),
            schedule_to_start_timeout: time.and_then(|time| seconds(&time.to_string())),
            ..schedule(&id.to_string())
        }),
        Choice::CancelActivity { id } => {
            Decision::RequestCancelActivityTask(RequestCancelActivityTaskDecisionAttributes {
                activity_id: id.to_string().into(),
            })
        }
        Choice::StartTimer { id, seconds } => start_timer(&id.to_string(), &seconds.to_string()),
        Choice::CancelTimer { id } => Decision::CancelTimer(CancelTimerDecisionAttributes {
            timer_id: id.to_string().into(),
        }),
        Choice::StartChild {
            id,
            list: name,
            policy,
            seconds: time,
        } => Decision::StartChildWorkflowExecution(StartChildWorkflowExecutionDecisionAttributes {
            workflow_type: order(),
            workflow_id: id.to_string().into(),
            task_list: list(LISTS[*name]),
            child_policy: Some(*policy),
            lambda_role: Some(ROLE.into()),
            execution_start_to_close_timeout: time.and_then(|time| seconds(&time.to_string())),
            ..StartChildWorkflowExecutionDecisionAttributes::default()
        }),
        Choice::Signal { id, run } => Decision::SignalExternalWorkflowExecution(
            SignalExternalWorkflowExecutionDecisionAttributes {
                workflow_id: id.to_string().into(),
                run_id: run.run_id(token),
                signal_name: "s".into(),
                ..SignalExternalWorkflowExecutionDecisionAttributes::default()
            },
        ),
        Choice::RequestCancel { id, run } => Decision::RequestCancelExternalWorkflowExecution(
            RequestCancelExternalWorkflowExecutionDecisionAttributes {
                workflow_id: id.to_string().into(),
                run_id: run.run_id(token),
                ..RequestCancelExternalWorkflowExecutionDecisionAttributes::default()
            },
        ),
        Choice::ScheduleFunction { id, seconds: time } => {
            Decision::ScheduleLambdaFunction(ScheduleLambdaFunctionDecisionAttributes {
                id: id.to_string().into(),
                name: "resize".into(),
                start_to_close_timeout: seconds(&time.to_string()),
                ..ScheduleLambdaFunctionDecisionAttributes::default()
            })
        }
        Choice::Marker => Decision::RecordMarker(RecordMarkerDecisionAttributes {
            marker_name: "m".into(),
            ..RecordMarkerDecisionAttributes::default()
        }),
        Choice::Complete => complete(),
        Choice::Continue {
            list: name,
            seconds: time,
        } => Decision::ContinueAsNewWorkflowExecution(
            ContinueAsNewWorkflowExecutionDecisionAttributes {
                task_list: list(LISTS[*name]),
                lambda_role: Some(ROLE.into()),
                execution_start_to_close_timeout: time.and_then(|time| seconds(&time.to_string())),
                ..ContinueAsNewWorkflowExecutionDecisionAttributes::default()
            },
        ),
    }
}
