//! The fold: one exhaustive match from a change to the function of its entity. No logic.

use everbeat_model::{EventAttributes, HistoryEvent};

use crate::change::Change;
use crate::entity::{activity, child, decision_task, inbound, lambda, lifecycle, outbound, timer};
use crate::state::State;

/// Folds one change into the state.
pub fn apply(state: &mut State, change: &Change) {
    match change {
        Change::Event(event) => apply_event(state, event),
        Change::Heartbeat {
            scheduled_event_id,
            at,
            details,
        } => {
            activity::apply_heartbeat(state, *scheduled_event_id, *at, details.clone());
        }
    }
}

fn apply_event(state: &mut State, event: &HistoryEvent) {
    use EventAttributes as E;
    let (id, at) = (event.event_id, event.event_timestamp);
    state.last_event_id = id;
    state.last_event_at = at;
    match &event.attributes {
        E::WorkflowExecutionStarted(attributes) => lifecycle::apply_started(state, at, attributes),
        E::WorkflowExecutionCancelRequested(_) => inbound::apply_cancel_requested(state),
        E::WorkflowExecutionCompleted(_)
        | E::WorkflowExecutionFailed(_)
        | E::WorkflowExecutionCanceled(_)
        | E::WorkflowExecutionContinuedAsNew(_)
        | E::WorkflowExecutionTimedOut(_)
        | E::WorkflowExecutionTerminated(_) => {
            lifecycle::apply_closed(state, at, &event.attributes)
        }

        E::DecisionTaskScheduled(attributes) => {
            decision_task::apply_scheduled(state, id, at, attributes)
        }
        E::DecisionTaskStarted(attributes) => {
            decision_task::apply_started(state, id, at, attributes)
        }
        E::DecisionTaskCompleted(attributes) => {
            decision_task::apply_completed(state, at, attributes)
        }
        E::DecisionTaskTimedOut(attributes) => {
            decision_task::apply_timed_out(state, at, attributes)
        }

        E::ActivityTaskScheduled(attributes) => {
            activity::apply_scheduled(state, id, at, attributes)
        }
        E::ActivityTaskStarted(attributes) => activity::apply_started(state, id, at, attributes),
        E::ActivityTaskCompleted(attributes) => {
            activity::apply_closed(state, at, attributes.scheduled_event_id)
        }
        E::ActivityTaskFailed(attributes) => {
            activity::apply_closed(state, at, attributes.scheduled_event_id)
        }
        E::ActivityTaskTimedOut(attributes) => {
            activity::apply_closed(state, at, attributes.scheduled_event_id)
        }
        E::ActivityTaskCanceled(attributes) => {
            activity::apply_closed(state, at, attributes.scheduled_event_id)
        }
        E::ActivityTaskCancelRequested(attributes) => {
            activity::apply_cancel_requested(state, id, at, attributes)
        }

        E::TimerStarted(attributes) => timer::apply_started(state, id, at, attributes),
        E::TimerFired(attributes) => timer::apply_closed(state, attributes.started_event_id),
        E::TimerCanceled(attributes) => timer::apply_closed(state, attributes.started_event_id),

        E::StartChildWorkflowExecutionInitiated(attributes) => {
            child::apply_initiated(state, id, attributes)
        }
        E::StartChildWorkflowExecutionFailed(attributes) => {
            child::apply_closed(state, attributes.initiated_event_id)
        }
        E::ChildWorkflowExecutionStarted(attributes) => child::apply_started(state, id, attributes),
        E::ChildWorkflowExecutionCompleted(attributes) => {
            child::apply_closed(state, attributes.initiated_event_id)
        }
        E::ChildWorkflowExecutionFailed(attributes) => {
            child::apply_closed(state, attributes.initiated_event_id)
        }
        E::ChildWorkflowExecutionTimedOut(attributes) => {
            child::apply_closed(state, attributes.initiated_event_id)
        }
        E::ChildWorkflowExecutionCanceled(attributes) => {
            child::apply_closed(state, attributes.initiated_event_id)
        }
        E::ChildWorkflowExecutionTerminated(attributes) => {
            child::apply_closed(state, attributes.initiated_event_id)
        }

        E::LambdaFunctionScheduled(attributes) => lambda::apply_scheduled(state, id, attributes),
        E::LambdaFunctionStarted(attributes) => {
            lambda::apply_started(state, id, at, attributes.scheduled_event_id)
        }
        E::StartLambdaFunctionFailed(attributes) => {
            lambda::apply_closed(state, attributes.scheduled_event_id.unwrap_or_default());
        }
        E::LambdaFunctionCompleted(attributes) => {
            lambda::apply_closed(state, attributes.scheduled_event_id)
        }
        E::LambdaFunctionFailed(attributes) => {
            lambda::apply_closed(state, attributes.scheduled_event_id)
        }
        E::LambdaFunctionTimedOut(attributes) => {
            lambda::apply_closed(state, attributes.scheduled_event_id)
        }

        E::SignalExternalWorkflowExecutionInitiated(attributes) => {
            outbound::apply_initiated(state, id, &attributes.workflow_id)
        }
        E::RequestCancelExternalWorkflowExecutionInitiated(attributes) => {
            outbound::apply_initiated(state, id, &attributes.workflow_id)
        }
        E::ExternalWorkflowExecutionSignaled(attributes) => {
            outbound::apply_concluded(state, attributes.initiated_event_id)
        }
        E::ExternalWorkflowExecutionCancelRequested(attributes) => {
            outbound::apply_concluded(state, attributes.initiated_event_id)
        }
        E::SignalExternalWorkflowExecutionFailed(attributes) => {
            outbound::apply_concluded(state, attributes.initiated_event_id)
        }
        E::RequestCancelExternalWorkflowExecutionFailed(attributes) => {
            outbound::apply_concluded(state, attributes.initiated_event_id)
        }

        // These tell the decider something and leave no obligation behind.
        E::WorkflowExecutionSignaled(_) | E::MarkerRecorded(_) => {}

        // A decision that failed changed nothing.
        E::CompleteWorkflowExecutionFailed(_)
        | E::FailWorkflowExecutionFailed(_)
        | E::CancelWorkflowExecutionFailed(_)
        | E::ContinueAsNewWorkflowExecutionFailed(_)
        | E::ScheduleActivityTaskFailed(_)
        | E::RequestCancelActivityTaskFailed(_)
        | E::RecordMarkerFailed(_)
        | E::StartTimerFailed(_)
        | E::CancelTimerFailed(_)
        | E::ScheduleLambdaFunctionFailed(_) => {}
    }
}
