//! How an execution begins: by StartWorkflowExecution, as a child, or as the next run of one that continues as new; and
//! how its values are found, given ones first, then the defaults of its type (execution.md sections 3.3, 7.5 and 7.7).

use alloc::vec::Vec;

use everbeat_model::faults::describe_type;
use everbeat_model::{
    Arn, ChildPolicy, DurationInSecondsOptional, EventAttributes, EventId, Fault, FaultKind,
    RegistrationStatus, StartChildWorkflowExecutionInitiatedEventAttributes,
    StartWorkflowExecutionInput, TagList, TaskList, TaskPriority, WorkflowExecution,
    WorkflowExecutionContinuedAsNewEventAttributes, WorkflowExecutionStartedEventAttributes,
    WorkflowType, WorkflowTypeConfiguration,
};

use crate::change::Change;
use crate::context::{Context, Outside};
use crate::draft::Draft;
use crate::state::State;

/// StartWorkflowExecution: events 1 and 2.
pub(crate) fn by_caller(
    state: &State,
    input: &StartWorkflowExecutionInput,
    context: &Context<'_>,
) -> Result<Vec<Change>, Fault> {
    let started = resolve(input, context)?;
    Ok(begin(state, started, context))
}

/// The execution that a parent asked for.
pub(crate) fn by_parent(
    state: &State,
    parent: &WorkflowExecution,
    initiated_event_id: EventId,
    initiated: &StartChildWorkflowExecutionInitiatedEventAttributes,
    context: &Context<'_>,
) -> Vec<Change> {
    let started = WorkflowExecutionStartedEventAttributes {
        input: initiated.input.clone(),
        execution_start_to_close_timeout: initiated.execution_start_to_close_timeout.clone(),
        task_start_to_close_timeout: initiated.task_start_to_close_timeout.clone(),
        child_policy: initiated.child_policy,
        task_list: initiated.task_list.clone(),
        task_priority: initiated.task_priority.clone(),
        workflow_type: initiated.workflow_type.clone(),
        tag_list: initiated.tag_list.clone(),
        continued_execution_run_id: None,
        parent_workflow_execution: Some(parent.clone()),
        parent_initiated_event_id: Some(initiated_event_id),
        lambda_role: initiated.lambda_role.clone(),
    };
    begin(state, started, context)
}

/// The next run of `closed`, whose place as a child it takes.
pub(crate) fn by_predecessor(
    state: &State,
    closed: &State,
    continued: &WorkflowExecutionContinuedAsNewEventAttributes,
    context: &Context<'_>,
) -> Vec<Change> {
    let started = WorkflowExecutionStartedEventAttributes {
        input: continued.input.clone(),
        execution_start_to_close_timeout: continued.execution_start_to_close_timeout.clone(),
        task_start_to_close_timeout: continued.task_start_to_close_timeout.clone(),
        child_policy: continued.child_policy,
        task_list: continued.task_list.clone(),
        task_priority: continued.task_priority.clone(),
        workflow_type: continued.workflow_type.clone(),
        tag_list: continued.tag_list.clone(),
        continued_execution_run_id: Some(closed.run_id.clone().into()),
        parent_workflow_execution: closed.parent.clone(),
        parent_initiated_event_id: Some(closed.parent_initiated_event_id),
        lambda_role: continued.lambda_role.clone(),
    };
    begin(state, started, context)
}

fn begin(
    state: &State,
    started: WorkflowExecutionStartedEventAttributes,
    context: &Context<'_>,
) -> Vec<Change> {
    let mut draft = Draft::new(state, context);
    draft.append(EventAttributes::WorkflowExecutionStarted(started));
    draft.want_decision();
    draft.finish()
}

/// The started event of StartWorkflowExecution with all values resolved.
fn resolve(
    input: &StartWorkflowExecutionInput,
    context: &Context<'_>,
) -> Result<WorkflowExecutionStartedEventAttributes, Fault> {
    let workflow_type = &input.workflow_type;
    let (name, version) = (&workflow_type.name, &workflow_type.version);
    let defaults =
        usable_type(context.outside, workflow_type).map_err(|problem| match problem {
            TypeProblem::Unknown => Fault::unknown_type("WorkflowType", name, version),
            TypeProblem::Deprecated => {
                FaultKind::TypeDeprecatedFault.with(describe_type("WorkflowType", name, version))
            }
        })?;
    let given = Given {
        execution_timeout: input.execution_start_to_close_timeout.as_ref(),
        task_list: input.task_list.as_ref(),
        task_timeout: input.task_start_to_close_timeout.as_ref(),
        child_policy: input.child_policy,
        task_priority: input.task_priority.as_ref(),
        lambda_role: input.lambda_role.as_ref(),
    };
    let values = given
        .or_defaults(defaults)
        .map_err(|missing| FaultKind::DefaultUndefinedFault.with(missing.member()))?;
    Ok(WorkflowExecutionStartedEventAttributes {
        input: input.input.clone(),
        execution_start_to_close_timeout: Some(values.execution_timeout),
        task_start_to_close_timeout: Some(values.task_timeout),
        child_policy: values.child_policy,
        task_list: values.task_list,
        task_priority: values.task_priority,
        workflow_type: workflow_type.clone(),
        tag_list: input
            .tag_list
            .clone()
            .filter(|tags: &TagList| !tags.is_empty()),
        continued_execution_run_id: None,
        parent_workflow_execution: None,
        parent_initiated_event_id: Some(EventId::NONE),
        lambda_role: values.lambda_role,
    })
}

/// Why no execution of a type can be started.
pub(crate) enum TypeProblem {
    Unknown,
    Deprecated,
}

/// The defaults of a type that new executions may have.
pub(crate) fn usable_type<'a>(
    outside: &'a dyn Outside,
    workflow_type: &WorkflowType,
) -> Result<&'a WorkflowTypeConfiguration, TypeProblem> {
    match outside.workflow_type(workflow_type) {
        None => Err(TypeProblem::Unknown),
        Some((RegistrationStatus::Deprecated, _)) => Err(TypeProblem::Deprecated),
        Some((RegistrationStatus::Registered, defaults)) => Ok(defaults),
    }
}

/// What a caller or decider gave of the values of a new execution.
pub(crate) struct Given<'a> {
    pub(crate) execution_timeout: Option<&'a DurationInSecondsOptional>,
    pub(crate) task_list: Option<&'a TaskList>,
    pub(crate) task_timeout: Option<&'a DurationInSecondsOptional>,
    pub(crate) child_policy: Option<ChildPolicy>,
    pub(crate) task_priority: Option<&'a TaskPriority>,
    pub(crate) lambda_role: Option<&'a Arn>,
}

/// The values of a new execution.
pub(crate) struct Values {
    pub(crate) execution_timeout: DurationInSecondsOptional,
    pub(crate) task_list: TaskList,
    pub(crate) task_timeout: DurationInSecondsOptional,
    pub(crate) child_policy: ChildPolicy,
    pub(crate) task_priority: Option<TaskPriority>,
    pub(crate) lambda_role: Option<Arn>,
}

/// A value that is neither given nor a default of the type, in the order in which they are looked for.
#[derive(Clone, Copy)]
pub(crate) enum Missing {
    ExecutionTimeout,
    TaskList,
    TaskTimeout,
    ChildPolicy,
}

impl Missing {
    /// The member of StartWorkflowExecution that would give it.
    const fn member(self) -> &'static str {
        match self {
            Self::ExecutionTimeout => "executionStartToCloseTimeout",
            Self::TaskList => "taskList",
            Self::TaskTimeout => "taskStartToCloseTimeout",
            Self::ChildPolicy => "childPolicy",
        }
    }
}

impl Given<'_> {
    /// Fills up with the defaults of the type; nothing comes from any other execution.
    pub(crate) fn or_defaults(
        self,
        defaults: &WorkflowTypeConfiguration,
    ) -> Result<Values, Missing> {
        Ok(Values {
            execution_timeout: self
                .execution_timeout
                .or(defaults.default_execution_start_to_close_timeout.as_ref())
                .cloned()
                .ok_or(Missing::ExecutionTimeout)?,
            task_list: self
                .task_list
                .or(defaults.default_task_list.as_ref())
                .cloned()
                .ok_or(Missing::TaskList)?,
            task_timeout: self
                .task_timeout
                .or(defaults.default_task_start_to_close_timeout.as_ref())
                .cloned()
                .ok_or(Missing::TaskTimeout)?,
            child_policy: self
                .child_policy
                .or(defaults.default_child_policy)
                .ok_or(Missing::ChildPolicy)?,
            task_priority: self
                .task_priority
                .or(defaults.default_task_priority.as_ref())
                .cloned(),
            lambda_role: self
                .lambda_role
                .or(defaults.default_lambda_role.as_ref())
                .cloned(),
        })
    }
}
