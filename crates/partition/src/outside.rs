//! What an execution asks of the world outside of it while it handles a command: types, permissions, rates, and the id of
//! its next run.

use everbeat_engine::Outside;
use everbeat_model::{
    ActivityType, ActivityTypeConfiguration, Decision, DecisionType, Name, RegistrationStatus,
    Timestamp, WorkflowRunId, WorkflowType, WorkflowTypeConfiguration,
};

use crate::rates::Rates;
use crate::registry::Domain;
use crate::rows::{TypeDetail, TypeKind};

/// The world as one execution sees it.
pub(crate) struct World<'a> {
    pub(crate) domain: &'a Domain,
    pub(crate) rates: &'a Rates,
    pub(crate) now: Timestamp,
    /// Lambda functions can be called.
    pub(crate) calls_functions: bool,
    /// The run that would follow.
    pub(crate) next_run_id: &'a dyn Fn() -> WorkflowRunId,
}

impl Outside for World<'_> {
    fn workflow_type(
        &self,
        workflow_type: &WorkflowType,
    ) -> Option<(RegistrationStatus, &WorkflowTypeConfiguration)> {
        let WorkflowType { name, version } = workflow_type.clone();
        match self
            .domain
            .types
            .get(&(TypeKind::Workflow, name, version))?
        {
            TypeDetail::Workflow(detail) => Some((detail.type_info.status, &detail.configuration)),
            TypeDetail::Activity(_) => None,
        }
    }

    fn activity_type(
        &self,
        activity_type: &ActivityType,
    ) -> Option<(RegistrationStatus, &ActivityTypeConfiguration)> {
        let ActivityType { name, version } = activity_type.clone();
        match self
            .domain
            .types
            .get(&(TypeKind::Activity, name, version))?
        {
            TypeDetail::Activity(detail) => Some((detail.type_info.status, &detail.configuration)),
            TypeDetail::Workflow(_) => None,
        }
    }

    /// Policies come with a later version.
    fn permits(&self, _decision: &Decision) -> bool {
        true
    }

    fn room_for(&self, decision_type: DecisionType) -> u64 {
        self.rates
            .room(&self.domain.row.realm, decision_type, self.now)
    }

    fn room_on_list(&self, task_list: &Name) -> u64 {
        self.rates
            .room_on_list(self.domain.row.id, task_list, self.now)
    }

    fn open_executions(&self) -> u64 {
        self.domain.open_runs
    }

    fn calls_functions(&self) -> bool {
        self.calls_functions
    }

    fn next_run_id(&self) -> WorkflowRunId {
        (self.next_run_id)()
    }
}
