//! What must come of each decision of a completed decision task (execution.md sections 4.3 and 4.4).

use everbeat_model::{Decision, EventAttributes, EventId};

use super::run::{Rules, Run, Verdict, ensure};
use crate::requests::{DEFAULT_CHILD_POLICY, activity_type, workflow_type};

/// A domain that takes so many runs is never full.
const MANY_RUNS: u64 = 1000;

impl Run {
    /// While decisions of a completed task have no outcome, the next event must be the outcome of the first of them.
    pub(super) fn take_outcome(&mut self, attributes: &EventAttributes, rules: &Rules) -> Verdict {
        if self.to_be_canceled.is_some() {
            let is_it = matches!(attributes, EventAttributes::ActivityTaskCanceled(_));
            return ensure(is_it, || "a canceled task is still open".into());
        }
        let answered = self.answered.as_mut();
        let Some(decision) = answered.and_then(|answered| answered.decisions.pop_front()) else {
            let is_known = completed_id(attributes).is_none();
            return ensure(is_known, || "nobody decided that".into());
        };
        let completed = self.answered.as_ref().map(|answered| answered.completed);
        ensure(completed_id(attributes) == completed, || {
            format!("{decision:?} has no outcome")
        })?;
        let succeeded = outcome(&decision, attributes);
        let may_be = succeeded.is_some_and(|succeeded| {
            let must = self.can(&decision, rules);
            must.is_none_or(|must| must == succeeded)
        });
        ensure(may_be, || {
            format!("it is not what must come of {decision:?}")
        })
    }

    /// Whether a decision must succeed in the present state of the run; none when that depends on other runs.
    fn can(&self, decision: &Decision, rules: &Rules) -> Option<bool> {
        let limits = &rules.limits;
        let mut open = self.activities.values().filter(|activity| activity.is_open);
        let can = match decision {
            Decision::ScheduleActivityTask(wanted) => {
                wanted.activity_type == activity_type()
                    && open.all(|activity| activity.id != wanted.activity_id)
            }
            Decision::RequestCancelActivityTask(wanted) => {
                open.any(|activity| activity.id == wanted.activity_id)
            }
            Decision::StartTimer(wanted) => self
                .timers
                .values()
                .all(|timer| timer.id != wanted.timer_id),
            Decision::CancelTimer(wanted) => self
                .timers
                .values()
                .any(|timer| timer.id == wanted.timer_id),
            Decision::RecordMarker(_) => true,
            Decision::CompleteWorkflowExecution(_)
            | Decision::FailWorkflowExecution(_)
            | Decision::CancelWorkflowExecution(_) => {
                self.scheduled.is_none() && !self.owes_decision
            }
            Decision::ContinueAsNewWorkflowExecution(wanted) => {
                let version = wanted.workflow_type_version.as_ref();
                let is_known = version.is_none_or(|version| *version == workflow_type().version);
                self.scheduled.is_none() && !self.owes_decision && is_known
            }
            Decision::SignalExternalWorkflowExecution(_)
            | Decision::RequestCancelExternalWorkflowExecution(_) => true,
            Decision::StartChildWorkflowExecution(wanted) => {
                let has_room = (self.ties.children() as u64) < limits.open_children;
                let can = wanted.workflow_type == workflow_type() && has_room;
                let may_be_full = limits.open_executions_per_domain < MANY_RUNS;
                if can && may_be_full {
                    return None;
                }
                can
            }
            Decision::ScheduleLambdaFunction(wanted) => {
                let mut open = self.open_functions();
                rules.calls_functions && open.all(|task| task.scheduled.id != wanted.id)
            }
        };
        Some(can)
    }
}

/// Whether the event tells of the success (true) or the failure (false) of the decision; none when of neither.
fn outcome(decision: &Decision, event: &EventAttributes) -> Option<bool> {
    use {Decision as D, EventAttributes as E};
    match (decision, event) {
        (D::ScheduleActivityTask(d), E::ActivityTaskScheduled(e)) => {
            let list = d.task_list.as_ref();
            let is_it = d.activity_id == e.activity_id
                && d.input == e.input
                && list.is_none_or(|list| *list == e.task_list);
            is_it.then_some(true)
        }
        (D::ScheduleActivityTask(d), E::ScheduleActivityTaskFailed(e)) => {
            (d.activity_id == e.activity_id).then_some(false)
        }
        (D::RequestCancelActivityTask(d), E::ActivityTaskCancelRequested(e)) => {
            (d.activity_id == e.activity_id).then_some(true)
        }
        (D::RequestCancelActivityTask(d), E::RequestCancelActivityTaskFailed(e)) => {
            (d.activity_id == e.activity_id).then_some(false)
        }
        (D::StartTimer(d), E::TimerStarted(e)) => {
            let is_it =
                d.timer_id == e.timer_id && d.start_to_fire_timeout == e.start_to_fire_timeout;
            is_it.then_some(true)
        }
        (D::StartTimer(d), E::StartTimerFailed(e)) => (d.timer_id == e.timer_id).then_some(false),
        (D::CancelTimer(d), E::TimerCanceled(e)) => (d.timer_id == e.timer_id).then_some(true),
        (D::CancelTimer(d), E::CancelTimerFailed(e)) => (d.timer_id == e.timer_id).then_some(false),
        (D::RecordMarker(d), E::MarkerRecorded(e)) => {
            (d.marker_name == e.marker_name && d.details == e.details).then_some(true)
        }
        (D::CompleteWorkflowExecution(d), E::WorkflowExecutionCompleted(e)) => {
            (d.result == e.result).then_some(true)
        }
        (D::FailWorkflowExecution(d), E::WorkflowExecutionFailed(e)) => {
            (d.reason == e.reason && d.details == e.details).then_some(true)
        }
        (D::CancelWorkflowExecution(d), E::WorkflowExecutionCanceled(e)) => {
            (d.details == e.details).then_some(true)
        }
        (D::CompleteWorkflowExecution(_), E::CompleteWorkflowExecutionFailed(_))
        | (D::FailWorkflowExecution(_), E::FailWorkflowExecutionFailed(_))
        | (D::CancelWorkflowExecution(_), E::CancelWorkflowExecutionFailed(_))
        | (D::ContinueAsNewWorkflowExecution(_), E::ContinueAsNewWorkflowExecutionFailed(_)) => {
            Some(false)
        }
        _ => outcome_with_others(decision, event),
    }
}

/// The same for decisions that concern other runs, and functions.
fn outcome_with_others(decision: &Decision, event: &EventAttributes) -> Option<bool> {
    use {Decision as D, EventAttributes as E};
    match (decision, event) {
        (D::ContinueAsNewWorkflowExecution(d), E::WorkflowExecutionContinuedAsNew(e)) => {
            (d.input == e.input && d.tag_list == e.tag_list).then_some(true)
        }
        (D::SignalExternalWorkflowExecution(d), E::SignalExternalWorkflowExecutionInitiated(e)) => {
            let is_it = d.workflow_id == e.workflow_id
                && d.run_id == e.run_id
                && d.signal_name == e.signal_name
                && d.input == e.input;
            is_it.then_some(true)
        }
        (
            D::RequestCancelExternalWorkflowExecution(d),
            E::RequestCancelExternalWorkflowExecutionInitiated(e),
        ) => (d.workflow_id == e.workflow_id && d.run_id == e.run_id).then_some(true),
        (D::StartChildWorkflowExecution(d), E::StartChildWorkflowExecutionInitiated(e)) => {
            let policy = d.child_policy.unwrap_or(DEFAULT_CHILD_POLICY);
            let is_it = d.workflow_id == e.workflow_id
                && d.input == e.input
                && policy == e.child_policy
                && d.lambda_role == e.lambda_role;
            is_it.then_some(true)
        }
        (D::StartChildWorkflowExecution(d), E::StartChildWorkflowExecutionFailed(e)) => {
            (d.workflow_id == e.workflow_id).then_some(false)
        }
        (D::ScheduleLambdaFunction(d), E::LambdaFunctionScheduled(e)) => {
            (d.id == e.id && d.name == e.name && d.input == e.input).then_some(true)
        }
        (D::ScheduleLambdaFunction(d), E::ScheduleLambdaFunctionFailed(e)) => {
            (d.id == e.id).then_some(false)
        }
        _ => None,
    }
}

/// The completed decision task that an event is an outcome of.
fn completed_id(event: &EventAttributes) -> Option<EventId> {
    use EventAttributes as E;
    #[allow(
        clippy::wildcard_enum_match_arm,
        reason = "the outcomes of decisions against all other events"
    )]
    match event {
        E::ActivityTaskScheduled(e) => Some(e.decision_task_completed_event_id),
        E::ScheduleActivityTaskFailed(e) => Some(e.decision_task_completed_event_id),
        E::ActivityTaskCancelRequested(e) => Some(e.decision_task_completed_event_id),
        E::RequestCancelActivityTaskFailed(e) => Some(e.decision_task_completed_event_id),
        E::TimerStarted(e) => Some(e.decision_task_completed_event_id),
        E::StartTimerFailed(e) => Some(e.decision_task_completed_event_id),
        E::TimerCanceled(e) => Some(e.decision_task_completed_event_id),
        E::CancelTimerFailed(e) => Some(e.decision_task_completed_event_id),
        E::MarkerRecorded(e) => Some(e.decision_task_completed_event_id),
        E::WorkflowExecutionCompleted(e) => Some(e.decision_task_completed_event_id),
        E::CompleteWorkflowExecutionFailed(e) => Some(e.decision_task_completed_event_id),
        E::WorkflowExecutionFailed(e) => Some(e.decision_task_completed_event_id),
        E::FailWorkflowExecutionFailed(e) => Some(e.decision_task_completed_event_id),
        E::WorkflowExecutionCanceled(e) => Some(e.decision_task_completed_event_id),
        E::CancelWorkflowExecutionFailed(e) => Some(e.decision_task_completed_event_id),
        E::WorkflowExecutionContinuedAsNew(e) => Some(e.decision_task_completed_event_id),
        E::ContinueAsNewWorkflowExecutionFailed(e) => Some(e.decision_task_completed_event_id),
        E::SignalExternalWorkflowExecutionInitiated(e) => Some(e.decision_task_completed_event_id),
        E::RequestCancelExternalWorkflowExecutionInitiated(e) => {
            Some(e.decision_task_completed_event_id)
        }
        E::StartChildWorkflowExecutionInitiated(e) => Some(e.decision_task_completed_event_id),
        E::StartChildWorkflowExecutionFailed(e) if e.initiated_event_id == EventId::NONE => {
            Some(e.decision_task_completed_event_id)
        }
        E::LambdaFunctionScheduled(e) => Some(e.decision_task_completed_event_id),
        E::ScheduleLambdaFunctionFailed(e) => Some(e.decision_task_completed_event_id),
        _ => None,
    }
}
