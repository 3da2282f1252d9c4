//! What an event of one execution asks of somebody else: another execution, or the Lambda service.
//!
//! A message is made when its event is folded in, and delivered once the commit of the event is complete: the one it is
//! for gets it as [`Command::Receive`](crate::Command::Receive), and the sender then learns what came of it by
//! [`Command::Conclude`](crate::Command::Conclude). Being a described structure it can wait in a store as JSON.
//! Source: execution.md sections 4.1 and 7.2 to 7.9.

use alloc::{vec, vec::Vec};

use everbeat_model::shape::{from_json_text, to_json};
use everbeat_model::{
    ChildPolicy, EventAttributes, EventId, HistoryEvent, LambdaFunctionScheduledEventAttributes,
    Mismatch, StartChildWorkflowExecutionInitiatedEventAttributes, WorkflowExecution,
    WorkflowExecutionTerminatedEventAttributes, WorkflowId, WorkflowRunIdOptional, WorkflowType,
    structure,
};

use crate::state::{Child, State};

structure! {
    /// What an event of one execution asks of somebody else.
    Message {
        /// The execution that the event belongs to.
        source: WorkflowExecution,
        /// Its type.
        workflow_type: WorkflowType,
        /// The event.
        event: HistoryEvent,
        /// The execution's parent, which is told of its end.
        parent: Option<WorkflowExecution>,
        /// The event with which the parent asked for it; 0 without a parent.
        parent_initiated_event_id: EventId,
        /// The child that the child policy of the event is applied to.
        child: Option<Child>,
    }
}

/// Who has to act on a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recipient<'a> {
    /// An open execution of the same domain: that run, or the open run of the workflow id.
    Execution {
        /// Its workflow id.
        workflow_id: &'a WorkflowId,
        /// Its run id, unless any run will do.
        run_id: Option<&'a WorkflowRunIdOptional>,
    },
    /// A child that is to be started.
    NewChild(&'a StartChildWorkflowExecutionInitiatedEventAttributes),
    /// A Lambda function that is to be called; the sender itself is asked first.
    Function(&'a LambdaFunctionScheduledEventAttributes),
    /// The parent of the execution that has closed.
    Parent(&'a WorkflowExecution),
    /// A child of the execution that has closed.
    Child(&'a Child),
    /// Nobody: such an event asks nothing.
    Nobody,
}

impl Message {
    /// Who has to act on it.
    #[allow(
        clippy::wildcard_enum_match_arm,
        reason = "the four events that ask against those that close and all others"
    )]
    pub fn recipient(&self) -> Recipient<'_> {
        use EventAttributes as E;
        match (&self.event.attributes, &self.child, &self.parent) {
            (E::SignalExternalWorkflowExecutionInitiated(attributes), _, _) => {
                Recipient::Execution {
                    workflow_id: &attributes.workflow_id,
                    run_id: given(attributes.run_id.as_ref()),
                }
            }
            (E::RequestCancelExternalWorkflowExecutionInitiated(attributes), _, _) => {
                Recipient::Execution {
                    workflow_id: &attributes.workflow_id,
                    run_id: given(attributes.run_id.as_ref()),
                }
            }
            (E::StartChildWorkflowExecutionInitiated(attributes), _, _) => {
                Recipient::NewChild(attributes)
            }
            (E::LambdaFunctionScheduled(attributes), _, _) => Recipient::Function(attributes),
            (_, Some(child), _) => Recipient::Child(child),
            (_, None, Some(parent)) => Recipient::Parent(parent),
            (_, None, None) => Recipient::Nobody,
        }
    }

    /// The message as text that [`Message::from_text`] reads.
    pub fn to_text(&self) -> alloc::string::String {
        to_json(self)
    }

    /// The message that [`Message::to_text`] wrote.
    ///
    /// # Errors
    /// When the text is no message.
    pub fn from_text(text: &str) -> Result<Self, Mismatch> {
        from_json_text(text)
    }
}

/// An empty run id counts as not given (execution.md section 0).
fn given(run_id: Option<&WorkflowRunIdOptional>) -> Option<&WorkflowRunIdOptional> {
    run_id.filter(|run_id| !run_id.is_empty())
}

/// What an event asks of others; `state` has it folded in already.
#[allow(
    clippy::wildcard_enum_match_arm,
    reason = "the nine events that ask for something against all others"
)]
pub fn messages(state: &State, event: &HistoryEvent) -> Vec<Message> {
    use EventAttributes as E;
    match &event.attributes {
        E::SignalExternalWorkflowExecutionInitiated(_)
        | E::RequestCancelExternalWorkflowExecutionInitiated(_)
        | E::StartChildWorkflowExecutionInitiated(_)
        | E::LambdaFunctionScheduled(_) => vec![message(state, event)],
        E::WorkflowExecutionCompleted(_)
        | E::WorkflowExecutionFailed(_)
        | E::WorkflowExecutionCanceled(_) => to_parent(state, event).collect(),
        E::WorkflowExecutionTimedOut(_) | E::WorkflowExecutionTerminated(_) => {
            to_parent(state, event)
                .chain(to_children(state, event))
                .collect()
        }
        _ => Vec::new(),
    }
}

/// The child policy that an event applies to the children of its execution. Then children that were asked for and not
/// yet started are not started any more, except by ABANDON (execution.md section 7.6).
#[allow(
    clippy::wildcard_enum_match_arm,
    reason = "two closing events against all others"
)]
pub fn applied_policy(event: &HistoryEvent) -> Option<ChildPolicy> {
    match &event.attributes {
        EventAttributes::WorkflowExecutionTimedOut(attributes) => Some(attributes.child_policy),
        EventAttributes::WorkflowExecutionTerminated(attributes) => Some(attributes.child_policy),
        _ => None,
    }
}

fn message(state: &State, event: &HistoryEvent) -> Message {
    Message {
        source: state.execution(),
        workflow_type: state.workflow_type.clone(),
        event: event.clone(),
        parent: None,
        parent_initiated_event_id: EventId::NONE,
        child: None,
    }
}

/// A child meets the policy of a closing event and none of its texts, which may be long and the children many.
#[allow(
    clippy::wildcard_enum_match_arm,
    reason = "the one event with a policy and texts against all others"
)]
fn without_texts(event: &HistoryEvent) -> HistoryEvent {
    let attributes = match &event.attributes {
        EventAttributes::WorkflowExecutionTerminated(attributes) => {
            EventAttributes::WorkflowExecutionTerminated(
                WorkflowExecutionTerminatedEventAttributes {
                    reason: None,
                    details: None,
                    child_policy: attributes.child_policy,
                    cause: attributes.cause,
                },
            )
        }
        other => other.clone(),
    };
    HistoryEvent {
        event_id: event.event_id,
        event_timestamp: event.event_timestamp,
        attributes,
    }
}

fn to_parent(state: &State, event: &HistoryEvent) -> impl Iterator<Item = Message> {
    state.parent.iter().map(move |parent| Message {
        parent: Some(parent.clone()),
        parent_initiated_event_id: state.parent_initiated_event_id,
        ..message(state, event)
    })
}

/// One for each open child, in the order in which they were asked for; also for one whose start is not in the history, as
/// that event may be the one too many that the execution is ended for.
fn to_children(state: &State, event: &HistoryEvent) -> impl Iterator<Item = Message> {
    let applies = applied_policy(event).is_some_and(|policy| policy != ChildPolicy::Abandon);
    state
        .children
        .iter()
        .filter(move |_| applies)
        .map(move |child| Message {
            child: Some(child.clone()),
            ..message(state, &without_texts(event))
        })
}
