//! What a decision may know from outside of its execution.

use everbeat_model::{
    ActivityType, ActivityTypeConfiguration, Decision, Limits, RegistrationStatus, Timestamp,
    WorkflowType, WorkflowTypeConfiguration,
};

/// Time, limits, and the world outside. Read only.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// The instant of the commit; never earlier than that of an earlier commit.
    pub now: Timestamp,
    /// Quotas in force.
    pub limits: &'a Limits,
    /// Registered types and permissions.
    pub outside: &'a dyn Outside,
}

impl core::fmt::Debug for Context<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Context")
            .field("now", &self.now)
            .finish_non_exhaustive()
    }
}

/// The registry of the execution's domain, and what the caller may do.
pub trait Outside {
    /// Status and defaults of a workflow type, if it is known.
    fn workflow_type(
        &self,
        workflow_type: &WorkflowType,
    ) -> Option<(RegistrationStatus, &WorkflowTypeConfiguration)>;

    /// Status and defaults of an activity type, if it is known.
    fn activity_type(
        &self,
        activity_type: &ActivityType,
    ) -> Option<(RegistrationStatus, &ActivityTypeConfiguration)>;

    /// Whether the decider that answers may make this decision.
    fn permits(&self, decision: &Decision) -> bool;
}
