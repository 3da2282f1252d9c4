//! Lambda tasks: the ScheduleLambdaFunction decision and its seven history events.
//!
//! ```text
//!   LambdaFunctionScheduled   none -> scheduled       LambdaFunctionCompleted   started -> none
//!   LambdaFunctionStarted     scheduled -> started    LambdaFunctionFailed      started -> none
//!   StartLambdaFunctionFailed scheduled -> none       LambdaFunctionTimedOut    started -> none
//!   ScheduleLambdaFunctionFailed   no change
//! ```
//!
//! Holds: a function is called at most once for a task, right after its LambdaFunctionStarted is durable; if the outcome
//! is lost, the task times out. Leaves to others: the call itself (the server). Source: execution.md section 7.8.

use alloc::vec::Vec;

use everbeat_model::{
    CauseMessage, Data, DecisionType, EventAttributes, EventId, FailureReason,
    LambdaFunctionCompletedEventAttributes, LambdaFunctionFailedEventAttributes,
    LambdaFunctionScheduledEventAttributes, LambdaFunctionStartedEventAttributes,
    LambdaFunctionTimedOutEventAttributes, LambdaFunctionTimeoutType,
    ScheduleLambdaFunctionDecisionAttributes, ScheduleLambdaFunctionFailedCause,
    ScheduleLambdaFunctionFailedEventAttributes, StartLambdaFunctionFailedCause,
    StartLambdaFunctionFailedEventAttributes, Timestamp,
};

use crate::change::Change;
use crate::command::{FunctionOutcome, StartedTask};
use crate::draft::Draft;
use crate::state::{LambdaTask, State};

/// Seconds that a function may take unless the decision says otherwise.
const DEFAULT_TIMEOUT_SECONDS: u64 = 900;

/// ScheduleLambdaFunction. It needs no permission of its own (protocol.md section 7).
pub(crate) fn schedule(
    draft: &mut Draft<'_>,
    attributes: &ScheduleLambdaFunctionDecisionAttributes,
    completed: EventId,
) {
    use ScheduleLambdaFunctionFailedCause as Cause;
    let tasks = &draft.state.lambda_tasks;
    let cause = if !draft.context.outside.calls_functions() {
        Cause::LambdaServiceNotAvailableInRegion
    } else if tasks.iter().any(|task| task.id == attributes.id) {
        Cause::IdAlreadyInUse
    } else if tasks.len() as u64 >= draft.context.limits.open_lambda_functions {
        Cause::OpenLambdaFunctionsLimitExceeded
    } else if !draft.has_room_for(DecisionType::ScheduleLambdaFunction) {
        Cause::LambdaFunctionCreationRateExceeded
    } else {
        draft.append(EventAttributes::LambdaFunctionScheduled(
            LambdaFunctionScheduledEventAttributes {
                id: attributes.id.clone(),
                name: attributes.name.clone(),
                control: attributes.control.clone(),
                input: attributes.input.clone(),
                start_to_close_timeout: attributes.start_to_close_timeout.clone(),
                decision_task_completed_event_id: completed,
            },
        ));
        return;
    };
    draft.append(EventAttributes::ScheduleLambdaFunctionFailed(
        ScheduleLambdaFunctionFailedEventAttributes {
            id: attributes.id.clone(),
            name: attributes.name.clone(),
            cause,
            decision_task_completed_event_id: completed,
        },
    ));
    draft.want_decision();
}

/// The function is about to be called, unless the execution has no role for it.
pub(crate) fn start(mut draft: Draft<'_>, scheduled_event_id: EventId) -> Vec<Change> {
    let task = draft.state.lambda_task(scheduled_event_id);
    if task.is_none_or(|task| task.started_event_id.is_some()) {
        return Vec::new();
    }
    if draft.state.lambda_role.is_some() {
        draft.append(EventAttributes::LambdaFunctionStarted(
            LambdaFunctionStartedEventAttributes { scheduled_event_id },
        ));
    } else {
        let message = "No IAM role is attached to the current workflow execution.";
        draft.append(EventAttributes::StartLambdaFunctionFailed(
            StartLambdaFunctionFailedEventAttributes {
                scheduled_event_id: Some(scheduled_event_id),
                cause: Some(StartLambdaFunctionFailedCause::AssumeRoleFailed),
                message: Some(CauseMessage::from(message)),
            },
        ));
        draft.want_decision();
    }
    draft.finish()
}

/// What came of the call.
pub(crate) fn conclude(
    mut draft: Draft<'_>,
    task: StartedTask,
    outcome: &FunctionOutcome,
) -> Vec<Change> {
    let StartedTask {
        scheduled_event_id,
        started_event_id,
    } = task;
    let open = draft.state.lambda_task(scheduled_event_id);
    if open.is_none_or(|open| open.started_event_id != Some(started_event_id)) {
        return Vec::new();
    }
    match outcome {
        FunctionOutcome::Completed { result } => completed(&mut draft, task, result.clone()),
        FunctionOutcome::Failed { reason, details } => {
            failed(&mut draft, task, reason.clone(), details.clone());
        }
    }
    draft.finish()
}

fn completed(draft: &mut Draft<'_>, task: StartedTask, result: Option<Data>) {
    draft.append(EventAttributes::LambdaFunctionCompleted(
        LambdaFunctionCompletedEventAttributes {
            scheduled_event_id: task.scheduled_event_id,
            started_event_id: task.started_event_id,
            result,
        },
    ));
    draft.want_decision();
}

fn failed(
    draft: &mut Draft<'_>,
    task: StartedTask,
    reason: Option<FailureReason>,
    details: Option<Data>,
) {
    draft.append(EventAttributes::LambdaFunctionFailed(
        LambdaFunctionFailedEventAttributes {
            scheduled_event_id: task.scheduled_event_id,
            started_event_id: task.started_event_id,
            reason,
            details,
        },
    ));
    draft.want_decision();
}

/// The function has taken too long.
pub(crate) fn time_out(draft: &mut Draft<'_>, scheduled_event_id: EventId) {
    let task = draft.state.lambda_task(scheduled_event_id);
    let Some(started_event_id) = task.and_then(|task| task.started_event_id) else {
        return;
    };
    draft.append(EventAttributes::LambdaFunctionTimedOut(
        LambdaFunctionTimedOutEventAttributes {
            scheduled_event_id,
            started_event_id,
            timeout_type: Some(LambdaFunctionTimeoutType::StartToClose),
        },
    ));
    draft.want_decision();
}

/// When a started task times out.
pub(crate) fn deadline(task: &LambdaTask) -> Option<Timestamp> {
    let seconds = task.start_to_close_timeout.as_ref();
    let seconds = seconds.and_then(|timeout| timeout.seconds());
    let started_at = task.started_at?;
    Some(started_at.plus_seconds(seconds.unwrap_or(DEFAULT_TIMEOUT_SECONDS)))
}

pub(crate) fn apply_scheduled(
    state: &mut State,
    id: EventId,
    attributes: &LambdaFunctionScheduledEventAttributes,
) {
    state.lambda_tasks.0.push(LambdaTask {
        scheduled_event_id: id,
        id: attributes.id.clone(),
        start_to_close_timeout: attributes.start_to_close_timeout.clone(),
        started_event_id: None,
        started_at: None,
    });
}

pub(crate) fn apply_started(
    state: &mut State,
    id: EventId,
    at: Timestamp,
    scheduled_event_id: EventId,
) {
    if let Some(task) = state
        .lambda_tasks
        .0
        .iter_mut()
        .find(|task| task.scheduled_event_id == scheduled_event_id)
    {
        task.started_event_id = Some(id);
        task.started_at = Some(at);
    }
}

pub(crate) fn apply_closed(state: &mut State, scheduled_event_id: EventId) {
    state
        .lambda_tasks
        .0
        .retain(|task| task.scheduled_event_id != scheduled_event_id);
}
