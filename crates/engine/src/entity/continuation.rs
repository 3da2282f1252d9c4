//! The ContinueAsNewWorkflowExecution decision with its failed event. The run closes, and the next run of the workflow id
//! begins in the same commit (`start`); the values come from the decision and the type, never from the closing run.
//! Source: execution.md sections 4.3 and 7.7.

use everbeat_model::{
    ContinueAsNewWorkflowExecutionDecisionAttributes, ContinueAsNewWorkflowExecutionFailedCause,
    ContinueAsNewWorkflowExecutionFailedEventAttributes, DecisionType, EventAttributes, EventId,
    WorkflowExecutionContinuedAsNewEventAttributes, WorkflowType,
};

use crate::draft::Draft;
use crate::entity::lifecycle::{Obstacle, obstacle};
use crate::entity::start::{Given, Missing, TypeProblem, usable_type};

/// ContinueAsNewWorkflowExecution.
pub(crate) fn continue_as_new(
    draft: &mut Draft<'_>,
    attributes: &ContinueAsNewWorkflowExecutionDecisionAttributes,
    permitted: bool,
    completed: EventId,
) {
    match resolve(draft, attributes, permitted, completed) {
        Ok(continued) => {
            draft.append(EventAttributes::WorkflowExecutionContinuedAsNew(continued));
        }
        Err(cause) => {
            draft.append(EventAttributes::ContinueAsNewWorkflowExecutionFailed(
                ContinueAsNewWorkflowExecutionFailedEventAttributes {
                    cause,
                    decision_task_completed_event_id: completed,
                },
            ));
            draft.want_decision();
        }
    }
}

/// The closing event, or the first cause that applies.
fn resolve(
    draft: &Draft<'_>,
    attributes: &ContinueAsNewWorkflowExecutionDecisionAttributes,
    permitted: bool,
    completed: EventId,
) -> Result<WorkflowExecutionContinuedAsNewEventAttributes, ContinueAsNewWorkflowExecutionFailedCause>
{
    use ContinueAsNewWorkflowExecutionFailedCause as Cause;
    let obstacle = obstacle(draft, permitted);
    if matches!(obstacle, Some(Obstacle::Unhandled)) {
        return Err(Cause::UnhandledDecision);
    }
    let outside = draft.context.outside;
    let current = &draft.state.workflow_type;
    let workflow_type = WorkflowType {
        name: current.name.clone(),
        version: attributes
            .workflow_type_version
            .clone()
            .unwrap_or_else(|| current.version.clone()),
    };
    let defaults = usable_type(outside, &workflow_type).map_err(|problem| match problem {
        TypeProblem::Unknown => Cause::WorkflowTypeDoesNotExist,
        TypeProblem::Deprecated => Cause::WorkflowTypeDeprecated,
    })?;
    let given = Given {
        execution_timeout: attributes.execution_start_to_close_timeout.as_ref(),
        task_list: attributes.task_list.as_ref(),
        task_timeout: attributes.task_start_to_close_timeout.as_ref(),
        child_policy: attributes.child_policy,
        task_priority: attributes.task_priority.as_ref(),
        lambda_role: attributes.lambda_role.as_ref(),
    };
    let values = given
        .or_defaults(defaults)
        .map_err(|missing| match missing {
            Missing::ExecutionTimeout => Cause::DefaultExecutionStartToCloseTimeoutUndefined,
            Missing::TaskList => Cause::DefaultTaskListUndefined,
            Missing::TaskTimeout => Cause::DefaultTaskStartToCloseTimeoutUndefined,
            Missing::ChildPolicy => Cause::DefaultChildPolicyUndefined,
        })?;
    if !draft.has_room_for(DecisionType::ContinueAsNewWorkflowExecution) {
        return Err(Cause::ContinueAsNewWorkflowExecutionRateExceeded);
    }
    if obstacle.is_some() {
        return Err(Cause::OperationNotPermitted);
    }
    Ok(WorkflowExecutionContinuedAsNewEventAttributes {
        input: attributes.input.clone(),
        decision_task_completed_event_id: completed,
        new_execution_run_id: outside.next_run_id(),
        execution_start_to_close_timeout: Some(values.execution_timeout),
        task_list: values.task_list,
        task_priority: values.task_priority,
        task_start_to_close_timeout: Some(values.task_timeout),
        child_policy: values.child_policy,
        tag_list: attributes.tag_list.clone().filter(|tags| !tags.is_empty()),
        workflow_type,
        lambda_role: values.lambda_role,
    })
}
