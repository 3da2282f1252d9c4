//! What deciders decide: everything there is, with names that often meet.

use everbeat_engine::DecisionTaskResponse;
use everbeat_model::{
    CancelTimerDecisionAttributes, CancelWorkflowExecutionDecisionAttributes,
    CompleteWorkflowExecutionDecisionAttributes, ContinueAsNewWorkflowExecutionDecisionAttributes,
    Decision, DurationInSecondsOptional, FailWorkflowExecutionDecisionAttributes,
    RecordMarkerDecisionAttributes, RequestCancelActivityTaskDecisionAttributes,
    RequestCancelExternalWorkflowExecutionDecisionAttributes,
    ScheduleActivityTaskDecisionAttributes, ScheduleLambdaFunctionDecisionAttributes,
    SignalExternalWorkflowExecutionDecisionAttributes,
    StartChildWorkflowExecutionDecisionAttributes, StartTimerDecisionAttributes, WorkflowId,
    WorkflowRunIdOptional,
};
use everbeat_partition::{CallId, Input, TaskReference};

use super::Clients;
use crate::random::Random;
use crate::requests::{self, activity_type, mark, workflow_type};

/// A run as a decider names it.
type OtherRun = (WorkflowId, Option<WorkflowRunIdOptional>);

impl Clients {
    /// A decider answers.
    pub(super) fn decide(&mut self, id: CallId, token: TaskReference) -> Input {
        let mut decisions = self.decisions(id, &token);
        if self.random.in_thousand(120) {
            decisions.push(self.closing_decision(id));
        }
        let mut response = DecisionTaskResponse::default();
        if self.random.in_thousand(100) {
            response.task_list = Some(requests::list(&self.list()));
            let timeouts = [None, Some("NONE"), Some("0"), Some("20")];
            let timeout = self.random.pick(&timeouts).copied().flatten();
            response.task_list_schedule_to_start_timeout = timeout.map(Into::into);
        }
        requests::decide(id, token, decisions, response)
    }

    /// Something of everything, or several signals to one run, whose order shows.
    fn decisions(&mut self, id: CallId, token: &TaskReference) -> Vec<Decision> {
        let count = self.random.below(5);
        if self.random.in_thousand(900) {
            return (0..count).map(|_| self.decision(id, token)).collect();
        }
        let other = self.other_run(token);
        (0..count).map(|_| self.signal_to(id, &other)).collect()
    }

    fn decision(&mut self, id: CallId, token: &TaskReference) -> Decision {
        let number = self.random.below(4);
        match self.random.below(22) {
            0..5 => Decision::ScheduleActivityTask(self.activity(id, number)),
            5..7 => Decision::StartTimer(StartTimerDecisionAttributes {
                timer_id: format!("t{number}").into(),
                start_to_fire_timeout: self.seconds(1500).into(),
                ..StartTimerDecisionAttributes::default()
            }),
            7 => Decision::CancelTimer(CancelTimerDecisionAttributes {
                timer_id: format!("t{number}").into(),
            }),
            8..10 => {
                Decision::RequestCancelActivityTask(RequestCancelActivityTaskDecisionAttributes {
                    activity_id: format!("a{number}").into(),
                })
            }
            10..14 => Decision::StartChildWorkflowExecution(self.child(id)),
            14..18 => {
                let other = self.other_run(token);
                self.signal_to(id, &other)
            }
            18 => self.cancel_request_to(token),
            19..21 => Decision::ScheduleLambdaFunction(self.function(id, number)),
            _ => Decision::RecordMarker(RecordMarkerDecisionAttributes {
                marker_name: "m".into(),
                details: Some(mark(id).into()),
            }),
        }
    }

    fn activity(&mut self, id: CallId, number: u64) -> ScheduleActivityTaskDecisionAttributes {
        let mut activity_type = activity_type();
        if self.random.in_thousand(50) {
            activity_type.version = "unknown".into();
        }
        let limit = |random: &mut Random, most: u64| {
            let is_limited = random.in_thousand(600);
            let seconds = random.below(most).to_string();
            Some(if is_limited {
                seconds.into()
            } else {
                "NONE".into()
            })
        };
        let random = &mut self.random;
        ScheduleActivityTaskDecisionAttributes {
            activity_type,
            activity_id: format!("a{number}").into(),
            input: Some(mark(id).into()),
            schedule_to_start_timeout: limit(random, 300),
            schedule_to_close_timeout: limit(random, 600),
            start_to_close_timeout: limit(random, 400),
            heartbeat_timeout: limit(random, 40),
            task_priority: Some(random.below(3).to_string().as_str().into()),
            task_list: Some(requests::list(&self.list())),
            ..ScheduleActivityTaskDecisionAttributes::default()
        }
    }

    fn child(&mut self, id: CallId) -> StartChildWorkflowExecutionDecisionAttributes {
        let mut workflow_type = workflow_type();
        if self.random.in_thousand(50) {
            workflow_type.version = "unknown".into();
        }
        let task_timeout = self.task_timeout();
        StartChildWorkflowExecutionDecisionAttributes {
            workflow_type,
            workflow_id: self.workflow_id().into(),
            input: Some(mark(id).into()),
            execution_start_to_close_timeout: self.execution_timeout(task_timeout.as_ref()),
            task_list: Some(requests::list(&self.list())),
            task_priority: Some(self.random.below(3).to_string().as_str().into()),
            task_start_to_close_timeout: task_timeout,
            child_policy: self.child_policy(),
            lambda_role: self.role(),
            ..StartChildWorkflowExecutionDecisionAttributes::default()
        }
    }

    /// No more than a few hours, if a lost decision task would hold the run up for ever.
    fn execution_timeout(
        &mut self,
        task_timeout: Option<&DurationInSecondsOptional>,
    ) -> Option<DurationInSecondsOptional> {
        let waits_for_ever = task_timeout.is_some_and(|timeout| *timeout == "NONE".into());
        match self.random.below(4) {
            0 => None,
            1 if !waits_for_ever => Some("NONE".into()),
            _ => Some(self.seconds(7200)),
        }
    }

    fn task_timeout(&mut self) -> Option<DurationInSecondsOptional> {
        let timeouts = [None, Some("NONE"), Some("5"), Some("60")];
        self.random
            .pick(&timeouts)
            .copied()
            .flatten()
            .map(Into::into)
    }

    /// The workflow id and run id of another run, of itself, of a closed one, or of none.
    fn other_run(&mut self, token: &TaskReference) -> OtherRun {
        let seen = self.random.pick(&self.seen).cloned();
        match (self.random.below(10), seen) {
            (0, _) => (token.workflow_id.clone(), None),
            (1, _) => (token.workflow_id.clone(), Some(token.run_id.clone().into())),
            (2, _) => (self.workflow_id().into(), Some("nobody".into())),
            (3..5, Some(seen)) => (seen.workflow_id, Some(seen.run_id.into())),
            (5, _) => (self.workflow_id().into(), Some("".into())),
            _ => (self.workflow_id().into(), None),
        }
    }

    fn signal_to(&mut self, id: CallId, (workflow_id, run_id): &OtherRun) -> Decision {
        let signal_name = self.random.pick(&["one", "two"]).copied();
        Decision::SignalExternalWorkflowExecution(
            SignalExternalWorkflowExecutionDecisionAttributes {
                workflow_id: workflow_id.clone(),
                run_id: run_id.clone(),
                signal_name: signal_name.unwrap_or_default().into(),
                input: Some(mark(id).into()),
                ..SignalExternalWorkflowExecutionDecisionAttributes::default()
            },
        )
    }

    fn cancel_request_to(&mut self, token: &TaskReference) -> Decision {
        let (workflow_id, run_id) = self.other_run(token);
        Decision::RequestCancelExternalWorkflowExecution(
            RequestCancelExternalWorkflowExecutionDecisionAttributes {
                workflow_id,
                run_id,
                ..RequestCancelExternalWorkflowExecutionDecisionAttributes::default()
            },
        )
    }

    fn function(&mut self, id: CallId, number: u64) -> ScheduleLambdaFunctionDecisionAttributes {
        let timeouts = [None, Some("1"), Some("30"), Some("900")];
        let timeout = self.random.pick(&timeouts).copied().flatten();
        ScheduleLambdaFunctionDecisionAttributes {
            id: format!("f{number}").into(),
            name: "resize".into(),
            input: Some(mark(id).into()),
            start_to_close_timeout: timeout.map(Into::into),
            ..ScheduleLambdaFunctionDecisionAttributes::default()
        }
    }

    fn next_run(&mut self, id: CallId) -> ContinueAsNewWorkflowExecutionDecisionAttributes {
        let is_unknown = self.random.in_thousand(50);
        let task_timeout = self.task_timeout();
        ContinueAsNewWorkflowExecutionDecisionAttributes {
            input: Some(mark(id).into()),
            execution_start_to_close_timeout: self.execution_timeout(task_timeout.as_ref()),
            task_list: Some(requests::list(&self.list())),
            task_start_to_close_timeout: task_timeout,
            child_policy: self.child_policy(),
            workflow_type_version: is_unknown.then(|| "unknown".into()),
            lambda_role: self.role(),
            ..ContinueAsNewWorkflowExecutionDecisionAttributes::default()
        }
    }

    fn closing_decision(&mut self, id: CallId) -> Decision {
        let said = Some(mark(id).into());
        match self.random.below(6) {
            4.. => Decision::ContinueAsNewWorkflowExecution(self.next_run(id)),
            0 => Decision::FailWorkflowExecution(FailWorkflowExecutionDecisionAttributes {
                details: said,
                ..FailWorkflowExecutionDecisionAttributes::default()
            }),
            1 => Decision::CancelWorkflowExecution(CancelWorkflowExecutionDecisionAttributes {
                details: said,
            }),
            _ => Decision::CompleteWorkflowExecution(CompleteWorkflowExecutionDecisionAttributes {
                result: said,
            }),
        }
    }
}
