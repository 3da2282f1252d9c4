//! Requests of clients. Every request that leaves a trace carries the number of its call, so that the trace can be told
//! from all others.

use everbeat_engine::{Command, DecisionTaskResponse, FunctionOutcome, TaskKind};
use everbeat_model::{
    ActivityType, ChildPolicy, Data, Decision, DecisionList, DescribeWorkflowExecutionInput,
    DomainName, Name, RegisterActivityTypeInput, RegisterDomainInput, RegisterWorkflowTypeInput,
    StartWorkflowExecutionInput, TaskList, WorkflowExecution, WorkflowType,
};
use everbeat_partition::{
    Call, CallId, Input, Invocation, Poll, Realm, RegistryCall, Target, TaskReference,
};

/// The child policy of runs that have no other.
pub(crate) const DEFAULT_CHILD_POLICY: ChildPolicy = ChildPolicy::Terminate;

/// The only account and region.
pub(crate) fn realm() -> Realm {
    Realm {
        account: "123456789012".into(),
        region: "us-east-1".into(),
    }
}

/// The mark of a call.
pub(crate) fn mark(id: CallId) -> String {
    id.0.to_string()
}

fn data(id: CallId) -> Option<Data> {
    Some(mark(id).into())
}

pub(crate) fn call(id: CallId, call: Call) -> Input {
    Input::Call {
        id,
        realm: realm(),
        call,
        asker: None,
    }
}

pub(crate) fn list(name: &Name) -> TaskList {
    TaskList { name: name.clone() }
}

/// What has to be registered before anything else.
pub(crate) fn registrations(domain: &DomainName, task_list: &Name) -> [Call; 3] {
    let registered = RegisterDomainInput {
        name: domain.clone(),
        workflow_execution_retention_period_in_days: "90".into(),
        ..RegisterDomainInput::default()
    };
    let WorkflowType { name, version } = workflow_type();
    let workflow = RegisterWorkflowTypeInput {
        domain: domain.clone(),
        name,
        version,
        default_task_start_to_close_timeout: Some("30".into()),
        default_execution_start_to_close_timeout: Some("3600".into()),
        default_task_list: Some(list(task_list)),
        default_child_policy: Some(DEFAULT_CHILD_POLICY),
        ..RegisterWorkflowTypeInput::default()
    };
    let ActivityType { name, version } = activity_type();
    let activity = RegisterActivityTypeInput {
        domain: domain.clone(),
        name,
        version,
        default_task_start_to_close_timeout: Some("300".into()),
        default_task_heartbeat_timeout: Some("NONE".into()),
        default_task_list: Some(list(task_list)),
        default_task_schedule_to_start_timeout: Some("300".into()),
        default_task_schedule_to_close_timeout: Some("600".into()),
        ..RegisterActivityTypeInput::default()
    };
    [
        RegistryCall::RegisterDomain(registered),
        RegistryCall::RegisterWorkflowType(Box::new(workflow)),
        RegistryCall::RegisterActivityType(Box::new(activity)),
    ]
    .map(Call::Registry)
}

/// The workflow type that is registered.
pub(crate) fn workflow_type() -> WorkflowType {
    WorkflowType {
        name: "order".into(),
        version: "1.0".into(),
    }
}

/// The activity type that is registered.
pub(crate) fn activity_type() -> ActivityType {
    ActivityType {
        name: "ship".into(),
        version: "1.0".into(),
    }
}

pub(crate) fn start(
    id: CallId,
    domain: DomainName,
    workflow_id: &str,
    details: StartWorkflowExecutionInput,
) -> Input {
    let start = StartWorkflowExecutionInput {
        domain,
        workflow_id: workflow_id.into(),
        workflow_type: workflow_type(),
        input: data(id),
        ..details
    };
    call(id, Call::Start(Box::new(start)))
}

pub(crate) fn signal(id: CallId, target: Target) -> Input {
    let command = Command::Signal {
        signal_name: "s".into(),
        input: data(id),
    };
    call(id, Call::ToRun { target, command })
}

pub(crate) fn terminate(id: CallId, target: Target) -> Input {
    let policies = [
        None,
        Some(ChildPolicy::Terminate),
        Some(ChildPolicy::RequestCancel),
        Some(ChildPolicy::Abandon),
    ];
    let at = usize::try_from(id.0).unwrap_or(0) % policies.len();
    let command = Command::Terminate {
        reason: None,
        details: data(id),
        child_policy: policies.get(at).copied().flatten(),
    };
    call(id, Call::ToRun { target, command })
}

/// The call of a Lambda function has ended.
pub(crate) fn end_function(id: CallId, invocation: &Invocation, succeeds: bool) -> Input {
    let outcome = if succeeds {
        FunctionOutcome::Completed { result: data(id) }
    } else {
        FunctionOutcome::Failed {
            reason: Some("Unhandled".into()),
            details: data(id),
        }
    };
    Input::FunctionOutcome {
        run: invocation.run,
        task: invocation.task,
        outcome,
    }
}

/// The mark of the outcome of a Lambda function.
pub(crate) fn mark_of(outcome: &FunctionOutcome) -> Option<CallId> {
    let data = match outcome {
        FunctionOutcome::Completed { result } => result,
        FunctionOutcome::Failed { details, .. } => details,
    };
    data.as_ref()?.parse().ok().map(CallId)
}

pub(crate) fn request_cancel(id: CallId, target: Target) -> Input {
    let command = Command::RequestCancel;
    call(id, Call::ToRun { target, command })
}

pub(crate) fn describe(id: CallId, domain: DomainName, execution: WorkflowExecution) -> Input {
    let question = DescribeWorkflowExecutionInput { domain, execution };
    call(id, Call::Describe(question))
}

pub(crate) fn poll(id: CallId, domain: DomainName, kind: TaskKind, task_list: Name) -> Input {
    Input::Poll {
        id,
        realm: realm(),
        asker: None,
        poll: Poll {
            kind,
            domain,
            task_list,
            identity: Some(mark(id).into()),
        },
    }
}

pub(crate) fn decide(
    id: CallId,
    token: TaskReference,
    decisions: Vec<Decision>,
    response: DecisionTaskResponse,
) -> Input {
    let command = Command::CompleteDecisionTask {
        task: token.task,
        response: Box::new(DecisionTaskResponse {
            decisions: DecisionList(decisions),
            execution_context: data(id),
            ..response
        }),
    };
    call(id, Call::ToTask { token, command })
}

/// A heartbeat, with or without details.
pub(crate) fn heartbeat(id: CallId, token: TaskReference, has_details: bool) -> Input {
    let command = Command::RecordHeartbeat {
        task: token.task,
        details: has_details.then(|| mark(id).into()),
    };
    call(id, Call::ToTask { token, command })
}

pub(crate) fn complete_activity(id: CallId, token: TaskReference) -> Input {
    let command = Command::CompleteActivityTask {
        task: token.task,
        result: data(id),
    };
    call(id, Call::ToTask { token, command })
}

pub(crate) fn fail_activity(id: CallId, token: TaskReference) -> Input {
    let command = Command::FailActivityTask {
        task: token.task,
        reason: None,
        details: data(id),
    };
    call(id, Call::ToTask { token, command })
}

pub(crate) fn cancel_activity(id: CallId, token: TaskReference) -> Input {
    let command = Command::CancelActivityTask {
        task: token.task,
        details: data(id),
    };
    call(id, Call::ToTask { token, command })
}
