//! What a decision may know from outside of its execution.

use everbeat_model::{
    ActivityType, ActivityTypeConfiguration, Decision, DecisionType, Limits, Name,
    RegistrationStatus, Timestamp, WorkflowRunId, WorkflowType, WorkflowTypeConfiguration,
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

    /// Whether the decider that answers may make this decision in an execution of that type.
    fn permits(&self, decision: &Decision, workflow_type: &WorkflowType) -> bool;

    /// How many more decisions of that type the rate limits let through now.
    fn room_for(&self, decision_type: DecisionType) -> u64;

    /// How many more activity tasks the rate limit of that task list lets through now.
    fn room_on_list(&self, task_list: &Name) -> u64;

    /// Number of open executions in the domain.
    fn open_executions(&self) -> u64;

    /// Whether Lambda functions can be called.
    fn calls_functions(&self) -> bool;

    /// The id that the next run of this workflow id gets.
    fn next_run_id(&self) -> WorkflowRunId;
}
