//! What surrounds an execution in a test: registered types, limits, rates, and decisions that are not permitted.
//!
//! A new world has the common setting of execution.md section 11: the workflow type `order` 1.0 and the activity type
//! `ship` 1.0, both with all defaults.

use std::collections::BTreeMap;

use everbeat_engine::{Context, Outside};
use everbeat_model::{
    ActivityType, ActivityTypeConfiguration, ChildPolicy, Decision, DecisionType,
    DurationInSecondsOptional, Limits, Name, RegistrationStatus, TaskList, Timestamp,
    WorkflowRunId, WorkflowType, WorkflowTypeConfiguration,
};

pub(crate) struct World {
    pub(crate) limits: Limits,
    pub(crate) denied: Vec<DecisionType>,
    /// How many more decisions of a type the rate limits let through; any number when it is absent.
    pub(crate) rates: BTreeMap<DecisionType, u64>,
    /// The same for activity tasks on a list.
    pub(crate) list_rates: BTreeMap<Name, u64>,
    pub(crate) calls_functions: bool,
    pub(crate) open_executions: u64,
    pub(crate) next_run_id: WorkflowRunId,
    workflow_types: Vec<(WorkflowType, RegistrationStatus, WorkflowTypeConfiguration)>,
    activity_types: Vec<(ActivityType, RegistrationStatus, ActivityTypeConfiguration)>,
}

impl World {
    pub(crate) fn new() -> Self {
        let mut world = Self {
            limits: Limits::default(),
            denied: Vec::new(),
            rates: BTreeMap::new(),
            list_rates: BTreeMap::new(),
            calls_functions: false,
            open_executions: 0,
            next_run_id: "next".into(),
            workflow_types: Vec::new(),
            activity_types: Vec::new(),
        };
        world.register_workflow_type(order(), RegistrationStatus::Registered, order_defaults());
        world.register_activity_type(ship(), RegistrationStatus::Registered, ship_defaults());
        world
    }

    /// Registers a type, or changes it.
    pub(crate) fn register_workflow_type(
        &mut self,
        workflow_type: WorkflowType,
        status: RegistrationStatus,
        defaults: WorkflowTypeConfiguration,
    ) {
        self.workflow_types
            .retain(|(known, ..)| *known != workflow_type);
        self.workflow_types.push((workflow_type, status, defaults));
    }

    /// Registers a type, or changes it.
    pub(crate) fn register_activity_type(
        &mut self,
        activity_type: ActivityType,
        status: RegistrationStatus,
        defaults: ActivityTypeConfiguration,
    ) {
        self.activity_types
            .retain(|(known, ..)| *known != activity_type);
        self.activity_types.push((activity_type, status, defaults));
    }

    pub(crate) fn context(&self, now: Timestamp) -> Context<'_> {
        Context {
            now,
            limits: &self.limits,
            outside: self,
        }
    }
}

impl Outside for World {
    fn workflow_type(
        &self,
        workflow_type: &WorkflowType,
    ) -> Option<(RegistrationStatus, &WorkflowTypeConfiguration)> {
        self.workflow_types
            .iter()
            .find(|(known, ..)| known == workflow_type)
            .map(|(_, status, defaults)| (*status, defaults))
    }

    fn activity_type(
        &self,
        activity_type: &ActivityType,
    ) -> Option<(RegistrationStatus, &ActivityTypeConfiguration)> {
        self.activity_types
            .iter()
            .find(|(known, ..)| known == activity_type)
            .map(|(_, status, defaults)| (*status, defaults))
    }

    fn permits(&self, decision: &Decision, _workflow_type: &WorkflowType) -> bool {
        !self.denied.contains(&decision.decision_type())
    }

    fn room_for(&self, decision_type: DecisionType) -> u64 {
        self.rates.get(&decision_type).copied().unwrap_or(u64::MAX)
    }

    fn room_on_list(&self, task_list: &Name) -> u64 {
        self.list_rates.get(task_list).copied().unwrap_or(u64::MAX)
    }

    fn open_executions(&self) -> u64 {
        self.open_executions
    }

    fn calls_functions(&self) -> bool {
        self.calls_functions
    }

    fn next_run_id(&self) -> WorkflowRunId {
        self.next_run_id.clone()
    }
}

pub(crate) fn order() -> WorkflowType {
    WorkflowType {
        name: "order".into(),
        version: "1.0".into(),
    }
}

pub(crate) fn ship() -> ActivityType {
    ActivityType {
        name: "ship".into(),
        version: "1.0".into(),
    }
}

fn order_defaults() -> WorkflowTypeConfiguration {
    WorkflowTypeConfiguration {
        default_task_start_to_close_timeout: seconds("30"),
        default_execution_start_to_close_timeout: seconds("3600"),
        default_task_list: list("main"),
        default_child_policy: Some(ChildPolicy::Terminate),
        ..WorkflowTypeConfiguration::default()
    }
}

fn ship_defaults() -> ActivityTypeConfiguration {
    ActivityTypeConfiguration {
        default_task_start_to_close_timeout: seconds("300"),
        default_task_heartbeat_timeout: seconds("NONE"),
        default_task_list: list("work"),
        default_task_schedule_to_start_timeout: seconds("300"),
        default_task_schedule_to_close_timeout: seconds("600"),
        ..ActivityTypeConfiguration::default()
    }
}

fn seconds(text: &str) -> Option<DurationInSecondsOptional> {
    Some(text.into())
}

fn list(name: &str) -> Option<TaskList> {
    Some(TaskList { name: name.into() })
}
