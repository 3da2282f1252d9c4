//! What a caller may do, as far as the partition must ask: it alone knows the domain behind a task token, the tags of a
//! domain, and the defaults of a type, which policies test as if they had been given (protocol.md section 7.4).
//!
//! Who is asked lives outside, and decides from what stands here and from the request. A call without an [`Asker`] may
//! do everything.

use alloc::sync::Arc;
use core::fmt;

use everbeat_engine::State;
use everbeat_model::{ActivityType, Decision, Fault, Name, TagList, WorkflowId, WorkflowType};

use crate::rows::DomainRow;

/// A caller's rights.
pub trait Authority: fmt::Debug + Send + Sync {
    /// Whether the call may be carried out. It is asked at least once, before anything about the call is told or changed,
    /// and never for a call that fails anyway because there is nothing behind its task token.
    ///
    /// # Errors
    /// The fault to answer with.
    fn permits_call(&self, place: &Place<'_>) -> Result<(), Fault>;

    /// Whether the decision may be carried out.
    fn permits_decision(&self, asked: &AskedDecision<'_>) -> bool;
}

/// The caller's rights, shared with who waits for the answer.
#[derive(Debug, Clone)]
pub struct Asker(pub Arc<dyn Authority>);

impl PartialEq for Asker {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Asker {}

/// Where a call would take effect.
#[derive(Debug, Clone, Copy, Default)]
pub struct Place<'a> {
    /// The domain, if there is one.
    pub domain: Option<&'a DomainRow>,
    /// The default task list of the type that the call names, if it has one.
    pub default_task_list: Option<&'a Name>,
    /// The workflow id of the execution that a task token is of.
    pub workflow_id: Option<&'a WorkflowId>,
    /// The activity task behind a token, while it is open.
    pub activity_task: Option<ActivityTaskFacts<'a>>,
}

/// What policies may test of an activity task that somebody has.
#[derive(Debug, Clone, Copy)]
pub struct ActivityTaskFacts<'a> {
    /// Its type.
    pub activity_type: &'a ActivityType,
    /// The task list that it waited on.
    pub task_list: &'a Name,
    /// The type of its execution.
    pub workflow_type: &'a WorkflowType,
    /// The tags of its execution.
    pub tag_list: Option<&'a TagList>,
}

impl<'a> ActivityTaskFacts<'a> {
    pub(crate) fn new(
        state: &'a State,
        scheduled_event_id: everbeat_model::EventId,
    ) -> Option<Self> {
        let activity = state.activity(scheduled_event_id)?;
        Some(Self {
            activity_type: &activity.activity_type,
            task_list: &activity.task_list,
            workflow_type: &state.workflow_type,
            tag_list: state.tag_list.as_ref(),
        })
    }
}

/// A decision, with what policies may test beyond it.
#[derive(Debug, Clone, Copy)]
pub struct AskedDecision<'a> {
    /// The decision.
    pub decision: &'a Decision,
    /// The domain of the execution.
    pub domain: &'a DomainRow,
    /// The type of the execution.
    pub workflow_type: &'a WorkflowType,
    /// The default task list of the type that the decision names, if it has one.
    pub default_task_list: Option<&'a Name>,
}
