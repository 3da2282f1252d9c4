//! What surrounds an execution in a test: registered types, limits, and decisions that are not permitted.
//!
//! A new world has the common setting of execution.md section 11: the workflow type `order` 1.0 and the activity type
//! `ship` 1.0, both with all defaults.

use everbeat_engine::{Context, Outside};
use everbeat_model::{
    ActivityType, ActivityTypeConfiguration, ChildPolicy, Decision, DecisionType,
    DurationInSecondsOptional, Limits, RegistrationStatus, TaskList, Timestamp, WorkflowType,
    WorkflowTypeConfiguration,
};

pub(crate) struct World {
    pub(crate) limits: Limits,
    pub(crate) denied: Vec<DecisionType>,
    workflow_types: Vec<(WorkflowType, RegistrationStatus, WorkflowTypeConfiguration)>,
    activity_types: Vec<(ActivityType, RegistrationStatus, ActivityTypeConfiguration)>,
}

impl World {
    pub(crate) fn new() -> Self {
        let mut world = Self {
            limits: Limits::default(),
            denied: Vec::new(),
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

    fn permits(&self, decision: &Decision) -> bool {
        !self.denied.contains(&decision.decision_type())
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
