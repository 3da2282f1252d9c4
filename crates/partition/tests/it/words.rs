//! Short words for requests: the domain `shop`, the workflow type `order` and the activity type `ship`, both of version
//! 1.0 and with all defaults.

use everbeat_engine::{Command, DecisionTaskResponse, TaskKind};
use everbeat_model::{
    ActivityType, ChildPolicy, CompleteWorkflowExecutionDecisionAttributes,
    ContinueAsNewWorkflowExecutionDecisionAttributes, Decision, DecisionList,
    DescribeWorkflowExecutionInput, DurationInSecondsOptional, Fault, FaultKind,
    RegisterActivityTypeInput, RegisterDomainInput, RegisterWorkflowTypeInput,
    RequestCancelExternalWorkflowExecutionDecisionAttributes,
    ScheduleActivityTaskDecisionAttributes, ScheduleLambdaFunctionDecisionAttributes,
    SignalExternalWorkflowExecutionDecisionAttributes,
    StartChildWorkflowExecutionDecisionAttributes, StartTimerDecisionAttributes,
    StartWorkflowExecutionInput, TaskList, WorkflowExecution, WorkflowType,
};
use everbeat_partition::{
    ActivityHandOut, Answer, Call, DecisionHandOut, Realm, RegistryCall, Target, TaskReference,
};

pub(crate) const DOMAIN: &str = "shop";
/// The default list of decision tasks.
pub(crate) const MAIN: &str = "main";
/// The default list of activity tasks.
pub(crate) const WORK: &str = "work";
/// The list of the decision tasks of children.
pub(crate) const KIDS: &str = "kids";
pub(crate) const DECISION: TaskKind = TaskKind::Decision;
pub(crate) const ACTIVITY: TaskKind = TaskKind::Activity;

pub(crate) fn realm() -> Realm {
    Realm {
        account: "123456789012".into(),
        region: "us-east-1".into(),
    }
}

pub(crate) fn domain(name: &str, retention: &str) -> RegistryCall {
    RegistryCall::RegisterDomain(RegisterDomainInput {
        name: name.into(),
        workflow_execution_retention_period_in_days: retention.into(),
        ..RegisterDomainInput::default()
    })
}

/// A domain with both types.
pub(crate) fn registrations(name: &str) -> [RegistryCall; 3] {
    let workflow_type = RegisterWorkflowTypeInput {
        domain: name.into(),
        name: "order".into(),
        version: "1.0".into(),
        default_task_start_to_close_timeout: seconds("30"),
        default_execution_start_to_close_timeout: seconds("3600"),
        default_task_list: list(MAIN),
        default_child_policy: Some(ChildPolicy::Terminate),
        ..RegisterWorkflowTypeInput::default()
    };
    let activity_type = RegisterActivityTypeInput {
        domain: name.into(),
        name: "ship".into(),
        version: "1.0".into(),
        default_task_start_to_close_timeout: seconds("300"),
        default_task_heartbeat_timeout: seconds("NONE"),
        default_task_list: list(WORK),
        default_task_schedule_to_start_timeout: seconds("300"),
        default_task_schedule_to_close_timeout: seconds("600"),
        ..RegisterActivityTypeInput::default()
    };
    [
        domain(name, "1"),
        RegistryCall::RegisterWorkflowType(Box::new(workflow_type)),
        RegistryCall::RegisterActivityType(Box::new(activity_type)),
    ]
}

pub(crate) fn seconds(text: &str) -> Option<DurationInSecondsOptional> {
    Some(text.into())
}

pub(crate) fn list(name: &str) -> Option<TaskList> {
    Some(TaskList { name: name.into() })
}

pub(crate) fn order() -> WorkflowType {
    WorkflowType {
        name: "order".into(),
        version: "1.0".into(),
    }
}

pub(crate) fn start_input(workflow_id: &str) -> StartWorkflowExecutionInput {
    StartWorkflowExecutionInput {
        domain: DOMAIN.into(),
        workflow_id: workflow_id.into(),
        workflow_type: order(),
        ..StartWorkflowExecutionInput::default()
    }
}

pub(crate) fn start(workflow_id: &str) -> Call {
    Call::Start(Box::new(start_input(workflow_id)))
}

/// A command to the open run of a workflow id, or to that very run.
pub(crate) fn to_run(workflow_id: &str, run_id: Option<&str>, command: Command) -> Call {
    let target = Target {
        domain: DOMAIN.into(),
        workflow_id: workflow_id.into(),
        run_id: run_id.map(Into::into),
    };
    Call::ToRun { target, command }
}

pub(crate) fn signal(workflow_id: &str) -> Call {
    signal_run(workflow_id, None)
}

pub(crate) fn signal_run(workflow_id: &str, run_id: Option<&str>) -> Call {
    let signal = Command::Signal {
        signal_name: "s".into(),
        input: None,
    };
    to_run(workflow_id, run_id, signal)
}

pub(crate) fn terminate(workflow_id: &str) -> Call {
    let terminate = Command::Terminate {
        reason: None,
        details: None,
        child_policy: None,
    };
    to_run(workflow_id, None, terminate)
}

pub(crate) fn to_task(token: TaskReference, command: Command) -> Call {
    Call::ToTask { token, command }
}

pub(crate) fn decide(task: &DecisionHandOut, decisions: Vec<Decision>) -> Call {
    let response = DecisionTaskResponse {
        decisions: DecisionList(decisions),
        ..DecisionTaskResponse::default()
    };
    respond(task, response)
}

pub(crate) fn respond(task: &DecisionHandOut, response: DecisionTaskResponse) -> Call {
    let command = Command::CompleteDecisionTask {
        task: task.task,
        response: Box::new(response),
    };
    to_task(task.reference(), command)
}

pub(crate) fn heartbeat(task: &ActivityHandOut, details: &str) -> Call {
    let command = Command::RecordHeartbeat {
        task: task.task,
        details: Some(details.into()),
    };
    to_task(task.reference(), command)
}

pub(crate) fn complete_activity(task: &ActivityHandOut) -> Call {
    let command = Command::CompleteActivityTask {
        task: task.task,
        result: None,
    };
    to_task(task.reference(), command)
}

pub(crate) fn schedule(activity_id: &str) -> ScheduleActivityTaskDecisionAttributes {
    ScheduleActivityTaskDecisionAttributes {
        activity_type: ActivityType {
            name: "ship".into(),
            version: "1.0".into(),
        },
        activity_id: activity_id.into(),
        ..ScheduleActivityTaskDecisionAttributes::default()
    }
}

pub(crate) fn schedule_activity(activity_id: &str) -> Decision {
    Decision::ScheduleActivityTask(schedule(activity_id))
}

pub(crate) fn start_timer(timer_id: &str, seconds: &str) -> Decision {
    Decision::StartTimer(StartTimerDecisionAttributes {
        timer_id: timer_id.into(),
        start_to_fire_timeout: seconds.into(),
        ..StartTimerDecisionAttributes::default()
    })
}

pub(crate) fn complete() -> Decision {
    Decision::CompleteWorkflowExecution(CompleteWorkflowExecutionDecisionAttributes::default())
}

/// A child on the list `kids`.
pub(crate) fn child(workflow_id: &str) -> StartChildWorkflowExecutionDecisionAttributes {
    StartChildWorkflowExecutionDecisionAttributes {
        workflow_type: order(),
        workflow_id: workflow_id.into(),
        task_list: list(KIDS),
        ..StartChildWorkflowExecutionDecisionAttributes::default()
    }
}

pub(crate) fn start_child(workflow_id: &str) -> Decision {
    Decision::StartChildWorkflowExecution(child(workflow_id))
}

pub(crate) fn signal_external(workflow_id: &str, signal_name: &str) -> Decision {
    signal_external_run(workflow_id, None, signal_name)
}

pub(crate) fn signal_external_run(
    workflow_id: &str,
    run_id: Option<&str>,
    signal_name: &str,
) -> Decision {
    Decision::SignalExternalWorkflowExecution(SignalExternalWorkflowExecutionDecisionAttributes {
        workflow_id: workflow_id.into(),
        run_id: run_id.map(Into::into),
        signal_name: signal_name.into(),
        ..SignalExternalWorkflowExecutionDecisionAttributes::default()
    })
}

pub(crate) fn cancel_external(workflow_id: &str) -> Decision {
    Decision::RequestCancelExternalWorkflowExecution(
        RequestCancelExternalWorkflowExecutionDecisionAttributes {
            workflow_id: workflow_id.into(),
            ..RequestCancelExternalWorkflowExecutionDecisionAttributes::default()
        },
    )
}

pub(crate) fn continue_as_new() -> Decision {
    let attributes = ContinueAsNewWorkflowExecutionDecisionAttributes::default();
    Decision::ContinueAsNewWorkflowExecution(attributes)
}

pub(crate) fn schedule_function(id: &str) -> Decision {
    Decision::ScheduleLambdaFunction(ScheduleLambdaFunctionDecisionAttributes {
        id: id.into(),
        name: "resize".into(),
        ..ScheduleLambdaFunctionDecisionAttributes::default()
    })
}

pub(crate) fn terminate_with(workflow_id: &str, policy: ChildPolicy) -> Call {
    let terminate = Command::Terminate {
        reason: None,
        details: None,
        child_policy: Some(policy),
    };
    to_run(workflow_id, None, terminate)
}

pub(crate) fn describe(workflow_id: &str, run_id: &str) -> Call {
    Call::Describe(DescribeWorkflowExecutionInput {
        domain: DOMAIN.into(),
        execution: WorkflowExecution {
            workflow_id: workflow_id.into(),
            run_id: run_id.into(),
        },
    })
}

/// The run id in the answer of StartWorkflowExecution.
pub(crate) fn run_id(answer: Result<Answer, Fault>) -> String {
    match answer {
        Ok(Answer::Run(run_id)) => run_id.to_string(),
        other => panic!("no run, but {other:?}"),
    }
}

/// Kind and text of a refusal.
pub(crate) fn refused(answer: Result<Answer, Fault>) -> (FaultKind, String) {
    let fault = answer.expect_err("it is refused");
    (fault.kind, fault.message.unwrap_or_default())
}
