//! Completing a decision task (execution.md section 4): the decisions in their order, each seeing the effects of the
//! earlier ones; closing decisions; and what calls for the next decision task.

use alloc::vec::Vec;

use everbeat_model::{
    Decision, DecisionTaskCompletedEventAttributes, EventAttributes, EventId, Fault,
};

use crate::change::Change;
use crate::command::{DecisionTaskResponse, StartedTask};
use crate::draft::Draft;
use crate::entity::{
    activity, child, continuation, decision_task, lambda, lifecycle, marker, outbound, timer,
};

/// The decider's answer to the decision task `task`.
pub(crate) fn complete(
    mut draft: Draft<'_>,
    task: StartedTask,
    response: &DecisionTaskResponse,
) -> Result<Vec<Change>, Fault> {
    decision_task::check_started(&draft.state, task)?;
    let completed = draft.append(EventAttributes::DecisionTaskCompleted(
        DecisionTaskCompletedEventAttributes {
            execution_context: response.execution_context.clone(),
            scheduled_event_id: task.scheduled_event_id,
            started_event_id: task.started_event_id,
            task_list: response.task_list.clone(),
            task_list_schedule_to_start_timeout: response
                .task_list_schedule_to_start_timeout
                .clone(),
        },
    ));
    for decision in response.decisions.iter() {
        carry_out(&mut draft, decision, completed);
    }
    Ok(draft.finish())
}

/// One decision: an event for its success, or its failed event. `completed` is the DecisionTaskCompleted of the batch.
fn carry_out(draft: &mut Draft<'_>, decision: &Decision, completed: EventId) {
    let permitted = draft
        .context
        .outside
        .permits(decision, &draft.state.workflow_type);
    match decision {
        Decision::ScheduleActivityTask(attributes) => {
            activity::schedule(draft, attributes, permitted, completed)
        }
        Decision::RequestCancelActivityTask(attributes) => {
            activity::request_cancel(draft, attributes, permitted, completed);
        }
        Decision::CompleteWorkflowExecution(attributes) => {
            lifecycle::complete(draft, attributes, permitted, completed);
        }
        Decision::FailWorkflowExecution(attributes) => {
            lifecycle::fail(draft, attributes, permitted, completed)
        }
        Decision::CancelWorkflowExecution(attributes) => {
            lifecycle::cancel(draft, attributes, permitted, completed)
        }
        Decision::RecordMarker(attributes) => {
            marker::record(draft, attributes, permitted, completed)
        }
        Decision::StartTimer(attributes) => timer::start(draft, attributes, permitted, completed),
        Decision::CancelTimer(attributes) => timer::cancel(draft, attributes, permitted, completed),
        Decision::ContinueAsNewWorkflowExecution(attributes) => {
            continuation::continue_as_new(draft, attributes, permitted, completed);
        }
        Decision::SignalExternalWorkflowExecution(attributes) => {
            outbound::signal(draft, attributes, permitted, completed);
        }
        Decision::RequestCancelExternalWorkflowExecution(attributes) => {
            outbound::request_cancel(draft, attributes, permitted, completed);
        }
        Decision::StartChildWorkflowExecution(attributes) => {
            child::start(draft, attributes, permitted, completed);
        }
        Decision::ScheduleLambdaFunction(attributes) => {
            lambda::schedule(draft, attributes, completed);
        }
    }
}
