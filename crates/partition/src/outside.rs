//! What an execution asks of the world outside of it while it handles a command: types, permissions, rates, and the id of
//! its next run.

use everbeat_engine::Outside;
use everbeat_model::{
    ActivityType, ActivityTypeConfiguration, Decision, DecisionType, Name, NewWork,
    RegistrationStatus, Timestamp, WorkflowRunId, WorkflowType, WorkflowTypeConfiguration,
};

use crate::authority::{AskedDecision, Asker};
use crate::rates::Rates;
use crate::registry::Domain;

/// The world as one execution sees it.
pub(crate) struct World<'a> {
    pub(crate) domain: &'a Domain,
    pub(crate) rates: &'a Rates,
    pub(crate) now: Timestamp,
    /// Who makes the decisions, if there are any.
    pub(crate) asker: Option<&'a Asker>,
    /// Lambda functions can be called.
    pub(crate) calls_functions: bool,
    /// The run that would follow.
    pub(crate) next_run_id: &'a dyn Fn() -> WorkflowRunId,
}

impl World<'_> {
    /// The default task list of the type that a decision names.
    fn default_task_list(
        &self,
        decision: &Decision,
        workflow_type: &WorkflowType,
    ) -> Option<&Name> {
        match decision.new_work()? {
            NewWork::Activity(attributes) => self
                .domain
                .default_task_list_of_activity(&attributes.activity_type),
            NewWork::Child(attributes) => self
                .domain
                .default_task_list_of_workflow(&attributes.workflow_type),
            NewWork::NextRun(attributes) => {
                let version = attributes.workflow_type_version.as_ref();
                self.domain.default_task_list_of_workflow(&WorkflowType {
                    name: workflow_type.name.clone(),
                    version: version.unwrap_or(&workflow_type.version).clone(),
                })
            }
        }
    }
}

impl Outside for World<'_> {
    fn workflow_type(
        &self,
        workflow_type: &WorkflowType,
    ) -> Option<(RegistrationStatus, &WorkflowTypeConfiguration)> {
        self.domain.workflow_type(workflow_type)
    }

    fn activity_type(
        &self,
        activity_type: &ActivityType,
    ) -> Option<(RegistrationStatus, &ActivityTypeConfiguration)> {
        self.domain.activity_type(activity_type)
    }

    fn permits(&self, decision: &Decision, workflow_type: &WorkflowType) -> bool {
        self.asker.is_none_or(|Asker(authority)| {
            authority.permits_decision(&AskedDecision {
                decision,
                domain: &self.domain.row,
                workflow_type,
                default_task_list: self.default_task_list(decision, workflow_type),
            })
        })
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
