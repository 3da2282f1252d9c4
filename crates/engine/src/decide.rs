//! The decision: one exhaustive match from a command to the function of its entity, and the rule that holds for all of
//! them, the event limit.

use alloc::vec::Vec;

use everbeat_model::{
    EventAttributes, EventId, Fault, StartChildWorkflowExecutionInitiatedEventAttributes,
    StartWorkflowExecutionInput, WorkflowExecution, WorkflowExecutionContinuedAsNewEventAttributes,
};

use crate::change::Change;
use crate::command::Command;
use crate::context::Context;
use crate::decision_list;
use crate::draft::Draft;
use crate::entity;
use crate::entity::{activity, child, decision_task, inbound, lambda, lifecycle, outbound};
use crate::message::Message;
use crate::obligations;
use crate::state::State;

/// What comes of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decided {
    /// These changes; possibly none.
    Changes(Vec<Change>),
    /// The caller's mistake; nothing changes.
    Refused(Fault),
    /// The history would have grown beyond its limit: the command is dropped, and these changes terminate the
    /// execution instead (execution.md section 10). The caller is answered as for a closed execution.
    EventLimitExceeded(Vec<Change>),
}

/// Decides what comes of starting the execution that `state` stands for, which must have no history yet.
///
/// Whether another run of the workflow id is open, and whether the domain takes new runs, is for the caller to know.
pub fn start(state: &State, input: &StartWorkflowExecutionInput, context: &Context<'_>) -> Decided {
    match entity::start::by_caller(state, input, context) {
        Ok(changes) => Decided::Changes(changes),
        Err(fault) => Decided::Refused(fault),
    }
}

/// The first changes of the child that `parent` asked for with the event `initiated_event_id`.
pub fn start_child(
    state: &State,
    parent: &WorkflowExecution,
    initiated_event_id: EventId,
    initiated: &StartChildWorkflowExecutionInitiatedEventAttributes,
    context: &Context<'_>,
) -> Vec<Change> {
    entity::start::by_parent(state, parent, initiated_event_id, initiated, context)
}

/// The first changes of the run that follows `closed`, which has continued as new.
pub fn start_next_run(
    state: &State,
    closed: &State,
    continued: &WorkflowExecutionContinuedAsNewEventAttributes,
    context: &Context<'_>,
) -> Vec<Change> {
    entity::start::by_predecessor(state, closed, continued, context)
}

/// Decides what comes of a command to an execution.
pub fn decide(state: &State, command: &Command, context: &Context<'_>) -> Decided {
    if !state.is_open() {
        return Decided::Refused(closed(state));
    }
    match decide_open(state, command, context) {
        Err(fault) => Decided::Refused(fault),
        Ok(changes) if exceeds_event_limit(state, &changes, context) => {
            Decided::EventLimitExceeded(lifecycle::terminate_for_event_limit(Draft::new(
                state, context,
            )))
        }
        Ok(changes) => Decided::Changes(changes),
    }
}

/// The answer to every command to an execution that is closed.
pub fn closed(state: &State) -> Fault {
    Fault::unknown_run(&state.workflow_id, &state.run_id)
}

fn decide_open(
    state: &State,
    command: &Command,
    context: &Context<'_>,
) -> Result<Vec<Change>, Fault> {
    let draft = || Draft::new(state, context);
    match command {
        Command::StartDecisionTask {
            scheduled_event_id,
            identity,
        } => decision_task::start(draft(), *scheduled_event_id, identity.clone()),
        Command::CompleteDecisionTask { task, response } => {
            decision_list::complete(draft(), *task, response)
        }
        Command::StartActivityTask {
            scheduled_event_id,
            identity,
        } => activity::start(draft(), *scheduled_event_id, identity.clone()),
        Command::RecordHeartbeat { task, details } => {
            activity::heartbeat(state, *task, details.clone(), context)
        }
        Command::CompleteActivityTask { task, result } => {
            activity::complete(draft(), *task, result.clone())
        }
        Command::FailActivityTask {
            task,
            reason,
            details,
        } => activity::fail(draft(), *task, reason.clone(), details.clone()),
        Command::CancelActivityTask { task, details } => {
            activity::cancel(draft(), *task, details.clone())
        }
        Command::Signal { signal_name, input } => {
            Ok(inbound::signal(draft(), signal_name.clone(), input.clone()))
        }
        Command::RequestCancel => Ok(inbound::request_cancel(draft())),
        Command::Terminate {
            reason,
            details,
            child_policy,
        } => Ok(lifecycle::terminate(
            draft(),
            reason.clone(),
            details.clone(),
            *child_policy,
        )),
        Command::Receive(message) => Ok(inbound::receive(draft(), message)),
        Command::Conclude { message, reached } => Ok(conclude(draft(), message, reached.as_ref())),
        Command::StartLambdaFunction { scheduled_event_id } => {
            Ok(lambda::start(draft(), *scheduled_event_id))
        }
        Command::ConcludeLambdaFunction { task, outcome } => {
            Ok(lambda::conclude(draft(), *task, outcome))
        }
        Command::FireDeadline => Ok(obligations::fire(state, context)),
    }
}

/// What came of a message of this execution: each kind of request has its own pair of outcomes.
#[allow(
    clippy::wildcard_enum_match_arm,
    reason = "the three requests that have an outcome against all other events"
)]
fn conclude(
    mut draft: Draft<'_>,
    message: &Message,
    reached: Option<&WorkflowExecution>,
) -> Vec<Change> {
    let id = message.event.event_id;
    match &message.event.attributes {
        EventAttributes::SignalExternalWorkflowExecutionInitiated(initiated) => {
            outbound::conclude_signal(&mut draft, id, initiated, reached);
        }
        EventAttributes::RequestCancelExternalWorkflowExecutionInitiated(initiated) => {
            outbound::conclude_cancel(&mut draft, id, initiated, reached);
        }
        EventAttributes::StartChildWorkflowExecutionInitiated(initiated) => {
            child::conclude_start(&mut draft, id, initiated, reached);
        }
        _ => {}
    }
    draft.finish()
}

/// Room is always kept for the closing event; a commit that closes may use the last place.
fn exceeds_event_limit(state: &State, changes: &[Change], context: &Context<'_>) -> bool {
    let mut last = state.last_event_id.0;
    let mut closes = false;
    for change in changes {
        if let Change::Event(event) = change {
            last = event.event_id.0;
            closes = lifecycle::closes(&event.attributes);
        }
    }
    let limit = i64::try_from(context.limits.events_per_history).unwrap_or(i64::MAX);
    let room = if closes { limit } else { limit - 1 };
    last > state.last_event_id.0 && last > room
}
