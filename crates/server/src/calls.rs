//! From a request to what the partition understands: tokens are opened, positions read, operations routed.

use everbeat_engine::{Command, DecisionTaskResponse, StartedTask, TaskKind};
use everbeat_model::shape::to_json;
use everbeat_model::{
    ActivityTaskStatus, Canceled, DescribeWaitsInput, DomainArn, EventId, Fault,
    GetWorkflowExecutionHistoryInput, MoveClockInput, OwnOperation, PollForDecisionTaskInput,
    Request, ReverseOrder, TaskToken as TaskTokenText, request,
};
use everbeat_partition::input::{ListDomains, ListTypes, NamedType};
use everbeat_partition::rows::TypeKind;
use everbeat_partition::{Call, Poll, RegistryCall, RunKey, Target, TaskReference};
use everbeat_wire::{Sealer, TaskToken, task_token};

use crate::pages::Pages;
use crate::partition_host::ClockOrder;
use crate::visibility::{Executions, ListOfExecutions};

/// Where a request goes.
pub(crate) enum Route {
    /// To the partition; its answer is the reply.
    Call(Call),
    /// Waits for an activity task.
    PollForActivityTask(Poll),
    /// Waits for a decision task, or reads on in the history of one.
    PollForDecisionTask(Poll, View),
    /// Reads a history.
    GetHistory(GetWorkflowExecutionHistoryInput),
    /// Lists executions.
    List(ListOfExecutions),
    /// Counts executions.
    Count(Executions),
}

/// The part of the history that a decider asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct View {
    pub(crate) reverse: bool,
    pub(crate) from_previous: bool,
}

/// Routes a request.
pub(crate) fn route(request: Request, sealer: &Sealer, pages: &Pages<'_>) -> Result<Route, Fault> {
    use Request as R;
    let registry = |call| Ok(Route::Call(Call::Registry(call)));
    let to_run = |domain, workflow_id, run_id, command| {
        Ok(Route::Call(Call::ToRun {
            target: Target {
                domain,
                workflow_id,
                run_id,
            },
            command,
        }))
    };
    match request {
        R::RegisterDomain(input) => registry(RegistryCall::RegisterDomain(input)),
        R::DescribeDomain(input) => registry(RegistryCall::DescribeDomain(input.name)),
        R::ListDomains(input) => registry(RegistryCall::ListDomains(ListDomains {
            status: input.registration_status,
            reverse: is_set(input.reverse_order),
            max: pages.size,
            after: pages.position.clone(),
        })),
        R::DeprecateDomain(input) => registry(RegistryCall::DeprecateDomain(input.name)),
        R::UndeprecateDomain(input) => registry(RegistryCall::UndeprecateDomain(input.name)),
        R::RegisterWorkflowType(input) => {
            registry(RegistryCall::RegisterWorkflowType(Box::new(input)))
        }
        R::RegisterActivityType(input) => {
            registry(RegistryCall::RegisterActivityType(Box::new(input)))
        }
        R::DescribeWorkflowType(input) => registry(RegistryCall::DescribeWorkflowType(
            input.domain,
            input.workflow_type,
        )),
        R::DescribeActivityType(input) => registry(RegistryCall::DescribeActivityType(
            input.domain,
            input.activity_type,
        )),
        R::ListWorkflowTypes(input) => registry(RegistryCall::ListTypes(ListTypes {
            domain: input.domain,
            kind: TypeKind::Workflow,
            name: input.name,
            status: input.registration_status,
            reverse: is_set(input.reverse_order),
            max: pages.size,
            after: type_after(pages)?,
        })),
        R::ListActivityTypes(input) => registry(RegistryCall::ListTypes(ListTypes {
            domain: input.domain,
            kind: TypeKind::Activity,
            name: input.name,
            status: input.registration_status,
            reverse: is_set(input.reverse_order),
            max: pages.size,
            after: type_after(pages)?,
        })),
        R::DeprecateWorkflowType(i) => registry(RegistryCall::DeprecateType(workflow(
            i.domain,
            i.workflow_type,
        ))),
        R::DeprecateActivityType(i) => registry(RegistryCall::DeprecateType(activity(
            i.domain,
            i.activity_type,
        ))),
        R::UndeprecateWorkflowType(i) => registry(RegistryCall::UndeprecateType(workflow(
            i.domain,
            i.workflow_type,
        ))),
        R::UndeprecateActivityType(i) => registry(RegistryCall::UndeprecateType(activity(
            i.domain,
            i.activity_type,
        ))),
        R::DeleteWorkflowType(i) => registry(RegistryCall::DeleteType(workflow(
            i.domain,
            i.workflow_type,
        ))),
        R::DeleteActivityType(i) => registry(RegistryCall::DeleteType(activity(
            i.domain,
            i.activity_type,
        ))),

        R::TagResource(input) => registry(RegistryCall::Tag(
            DomainArn::read(&input.resource_arn)?,
            input.tags,
        )),
        R::UntagResource(input) => registry(RegistryCall::Untag(
            DomainArn::read(&input.resource_arn)?,
            input.tag_keys,
        )),
        R::ListTagsForResource(input) => registry(RegistryCall::ListTags(DomainArn::read(
            &input.resource_arn,
        )?)),

        R::StartWorkflowExecution(input) => Ok(Route::Call(Call::Start(Box::new(input)))),
        R::SignalWorkflowExecution(i) => {
            let command = Command::Signal {
                signal_name: i.signal_name,
                input: i.input,
            };
            to_run(i.domain, i.workflow_id, i.run_id, command)
        }
        R::RequestCancelWorkflowExecution(i) => {
            to_run(i.domain, i.workflow_id, i.run_id, Command::RequestCancel)
        }
        R::TerminateWorkflowExecution(i) => {
            let command = Command::Terminate {
                reason: i.reason,
                details: i.details,
                child_policy: i.child_policy,
            };
            to_run(i.domain, i.workflow_id, i.run_id, command)
        }
        R::DescribeWorkflowExecution(input) => Ok(Route::Call(Call::Describe(input))),

        R::RecordActivityTaskHeartbeat(input) => {
            to_task(sealer, TaskKind::Activity, &input.task_token, |task| {
                Command::RecordHeartbeat {
                    task,
                    details: input.details,
                }
            })
        }
        R::RespondActivityTaskCompleted(input) => {
            to_task(sealer, TaskKind::Activity, &input.task_token, |task| {
                Command::CompleteActivityTask {
                    task,
                    result: input.result,
                }
            })
        }
        R::RespondActivityTaskFailed(input) => {
            to_task(sealer, TaskKind::Activity, &input.task_token, |task| {
                Command::FailActivityTask {
                    task,
                    reason: input.reason,
                    details: input.details,
                }
            })
        }
        R::RespondActivityTaskCanceled(input) => {
            to_task(sealer, TaskKind::Activity, &input.task_token, |task| {
                Command::CancelActivityTask {
                    task,
                    details: input.details,
                }
            })
        }
        R::RespondDecisionTaskCompleted(input) => {
            to_task(sealer, TaskKind::Decision, &input.task_token, |task| {
                let response = DecisionTaskResponse {
                    decisions: input.decisions.unwrap_or_default(),
                    execution_context: input.execution_context,
                    task_list: input.task_list,
                    task_list_schedule_to_start_timeout: input.task_list_schedule_to_start_timeout,
                };
                Command::CompleteDecisionTask {
                    task,
                    response: Box::new(response),
                }
            })
        }

        R::PollForActivityTask(input) => Ok(Route::PollForActivityTask(Poll {
            kind: TaskKind::Activity,
            domain: input.domain,
            task_list: input.task_list.name,
            identity: input.identity,
        })),
        R::PollForDecisionTask(input) => Ok(poll_for_decision_task(input)),
        R::GetWorkflowExecutionHistory(input) => Ok(Route::GetHistory(input)),
        R::ListOpenWorkflowExecutions(input) => Ok(Route::List(input.into())),
        R::ListClosedWorkflowExecutions(input) => Ok(Route::List(input.try_into()?)),
        R::CountOpenWorkflowExecutions(input) => Ok(Route::Count(input.into())),
        R::CountClosedWorkflowExecutions(input) => Ok(Route::Count(input.try_into()?)),
        R::CountPendingActivityTasks(i) => Ok(Route::Call(Call::CountPending {
            kind: TaskKind::Activity,
            domain: i.domain,
            task_list: i.task_list.name,
        })),
        R::CountPendingDecisionTasks(i) => Ok(Route::Call(Call::CountPending {
            kind: TaskKind::Decision,
            domain: i.domain,
            task_list: i.task_list.name,
        })),
    }
}

/// Where one of Everbeat's own calls goes.
pub(crate) enum OwnRoute {
    /// To the partition; its answer is the reply.
    Call(Call),
    /// To the clock of the executions.
    Clock(ClockOrder),
}

/// Reads a request for one of Everbeat's own calls.
pub(crate) fn own(operation: OwnOperation, body: &[u8]) -> Result<OwnRoute, Fault> {
    match operation {
        OwnOperation::DescribeHeartbeats => {
            let input = request::read_own(body)?;
            Ok(OwnRoute::Call(Call::DescribeHeartbeats(input)))
        }
        OwnOperation::DescribeWaits => {
            let input: DescribeWaitsInput = request::read_own(body)?;
            let target = Target {
                domain: input.domain,
                workflow_id: input.workflow_id,
                run_id: input.run_id,
            };
            Ok(OwnRoute::Call(Call::DescribeWaits(target)))
        }
        OwnOperation::MoveClock => clock_order(&request::read_own(body)?).map(OwnRoute::Clock),
    }
}

fn clock_order(input: &MoveClockInput) -> Result<ClockOrder, Fault> {
    let seconds = input.seconds.as_ref().and_then(|given| given.seconds());
    let skips = input.skip.is_some_and(|skip| skip.0);
    match (seconds, skips) {
        (Some(_), true) => Err(Fault::validation("Cannot specify both seconds and skip")),
        (Some(seconds), false) => Ok(ClockOrder::Advance(seconds)),
        (None, true) => Ok(ClockOrder::Skip),
        (None, false) => Ok(ClockOrder::Tell),
    }
}

fn poll_for_decision_task(input: PollForDecisionTaskInput) -> Route {
    let view = View {
        reverse: is_set(input.reverse_order),
        from_previous: input
            .start_at_previous_started_event
            .is_some_and(|from| from.0),
    };
    let poll = Poll {
        kind: TaskKind::Decision,
        domain: input.domain,
        task_list: input.task_list.name,
        identity: input.identity,
    };
    Route::PollForDecisionTask(poll, view)
}

pub(crate) fn is_set(reverse: Option<ReverseOrder>) -> bool {
    reverse.is_some_and(|reverse| reverse.0)
}

fn workflow(domain: everbeat_model::DomainName, named: everbeat_model::WorkflowType) -> NamedType {
    NamedType {
        domain,
        kind: TypeKind::Workflow,
        name: named.name,
        version: named.version,
    }
}

fn activity(domain: everbeat_model::DomainName, named: everbeat_model::ActivityType) -> NamedType {
    NamedType {
        domain,
        kind: TypeKind::Activity,
        name: named.name,
        version: named.version,
    }
}

/// A command by the holder of a token; a token of the other kind is as good as none.
fn to_task(
    sealer: &Sealer,
    kind: TaskKind,
    token: &TaskTokenText,
    command: impl FnOnce(StartedTask) -> Command,
) -> Result<Route, Fault> {
    let token = open_task_token(sealer, token)
        .filter(|token| token.kind == kind)
        .ok_or_else(Fault::invalid_token)?;
    let command = command(token.task);
    Ok(Route::Call(Call::ToTask { token, command }))
}

/// What a task token holds.
fn open_task_token(sealer: &Sealer, token: &str) -> Option<TaskReference> {
    let token = TaskToken::open(sealer, token)?;
    Some(TaskReference {
        kind: match token.kind {
            task_token::TaskKind::Decision => TaskKind::Decision,
            task_token::TaskKind::Activity => TaskKind::Activity,
        },
        run: RunKey(token.run),
        workflow_id: token.workflow_id.into(),
        run_id: token.run_id.into(),
        task: StartedTask {
            scheduled_event_id: EventId(token.scheduled_event_id),
            started_event_id: EventId(token.started_event_id),
        },
    })
}

/// The token for a task that is handed out.
pub(crate) fn seal_task_token(sealer: &Sealer, reference: &TaskReference) -> TaskTokenText {
    let token = TaskToken {
        kind: match reference.kind {
            TaskKind::Decision => task_token::TaskKind::Decision,
            TaskKind::Activity => task_token::TaskKind::Activity,
        },
        run: reference.run.0,
        scheduled_event_id: reference.task.scheduled_event_id.0,
        started_event_id: reference.task.started_event_id.0,
        run_id: reference.run_id.as_str().into(),
        workflow_id: reference.workflow_id.as_str().into(),
    };
    token.seal(sealer).into()
}

/// The answer to a heartbeat.
pub(crate) fn heartbeat_answer(cancel_requested: bool) -> String {
    to_json(&ActivityTaskStatus {
        cancel_requested: Canceled(cancel_requested),
    })
}

/// A place in a list of types, as text. Names hold no line feed.
pub(crate) fn type_position((name, version): (String, String)) -> String {
    format!("{name}\n{version}")
}

fn type_after(pages: &Pages<'_>) -> Result<Option<(String, String)>, Fault> {
    match &pages.position {
        None => Ok(None),
        Some(position) => {
            let (name, version) = position.split_once('\n').ok_or_else(Fault::invalid_token)?;
            Ok(Some((name.into(), version.into())))
        }
    }
}
