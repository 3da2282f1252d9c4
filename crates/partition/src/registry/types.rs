//! The types of a domain (execution.md section 3.2).

use alloc::boxed::Box;

use everbeat_model::faults::describe_type;
use everbeat_model::{
    ActivityType, ActivityTypeConfiguration, ActivityTypeDetail, ActivityTypeInfo, Fault,
    FaultKind, Limits, Name, RegisterActivityTypeInput, RegisterWorkflowTypeInput,
    RegistrationStatus, Timestamp, Version, WorkflowType, WorkflowTypeConfiguration,
    WorkflowTypeDetail, WorkflowTypeInfo,
};

use super::Domain;
use crate::input::NamedType;
use crate::output::Answer;
use crate::rows::{Batch, TypeDetail, TypeKey, TypeKind};

impl Domain {
    /// Status and defaults of a workflow type.
    pub(crate) fn workflow_type(
        &self,
        workflow_type: &WorkflowType,
    ) -> Option<(RegistrationStatus, &WorkflowTypeConfiguration)> {
        let WorkflowType { name, version } = workflow_type.clone();
        match self.types.get(&(TypeKind::Workflow, name, version))? {
            TypeDetail::Workflow(detail) => Some((detail.type_info.status, &detail.configuration)),
            TypeDetail::Activity(_) => None,
        }
    }

    /// Status and defaults of an activity type.
    pub(crate) fn activity_type(
        &self,
        activity_type: &ActivityType,
    ) -> Option<(RegistrationStatus, &ActivityTypeConfiguration)> {
        let ActivityType { name, version } = activity_type.clone();
        match self.types.get(&(TypeKind::Activity, name, version))? {
            TypeDetail::Activity(detail) => Some((detail.type_info.status, &detail.configuration)),
            TypeDetail::Workflow(_) => None,
        }
    }

    /// The task list that executions of a type get unless they are given one.
    pub(crate) fn default_task_list_of_workflow(
        &self,
        workflow_type: &WorkflowType,
    ) -> Option<&Name> {
        let (_, defaults) = self.workflow_type(workflow_type)?;
        defaults.default_task_list.as_ref().map(|list| &list.name)
    }

    /// The task list that tasks of a type get unless they are given one.
    pub(crate) fn default_task_list_of_activity(
        &self,
        activity_type: &ActivityType,
    ) -> Option<&Name> {
        let (_, defaults) = self.activity_type(activity_type)?;
        defaults.default_task_list.as_ref().map(|list| &list.name)
    }

    pub(super) fn register(
        &mut self,
        detail: TypeDetail,
        limits: &Limits,
        batch: &mut Batch,
    ) -> Result<Answer, Fault> {
        self.check_registered()?;
        let (kind, name, version) = detail.identity();
        if self
            .types
            .contains_key(&(kind, name.clone(), version.clone()))
        {
            let text = describe_type(kind.descriptor(), &name, &version);
            return Err(FaultKind::TypeAlreadyExistsFault.with(text));
        }
        let of_kind = self.types.keys().filter(|key| key.0 == kind).count();
        if of_kind as u64 >= limits.types_per_domain {
            let what = match kind {
                TypeKind::Workflow => "workflow",
                TypeKind::Activity => "activity",
            };
            let text = alloc::format!("Limit on the number of {what} types in the domain reached");
            return Err(FaultKind::LimitExceededFault.with(text));
        }
        self.put_type(detail, batch);
        Ok(Answer::Nothing)
    }

    fn put_type(&mut self, detail: TypeDetail, batch: &mut Batch) {
        let (kind, name, version) = detail.identity();
        let key = TypeKey {
            domain: self.row.id,
            kind,
            name: name.clone(),
            version: version.clone(),
        };
        batch.types.insert(key, Some(detail.clone()));
        self.types.insert((kind, name, version), detail);
    }

    pub(super) fn describe(
        &self,
        kind: TypeKind,
        name: Name,
        version: Version,
    ) -> Result<Answer, Fault> {
        let unknown = Fault::unknown_type(kind.descriptor(), &name, &version);
        match self.types.get(&(kind, name, version)).ok_or(unknown)? {
            TypeDetail::Workflow(detail) => Ok(Answer::WorkflowType(Box::new(detail.clone()))),
            TypeDetail::Activity(detail) => Ok(Answer::ActivityType(Box::new(detail.clone()))),
        }
    }

    fn find_type(&self, named: &NamedType) -> Result<TypeDetail, Fault> {
        let key = (named.kind, named.name.clone(), named.version.clone());
        let unknown = || Fault::unknown_type(named.kind.descriptor(), &named.name, &named.version);
        self.types.get(&key).cloned().ok_or_else(unknown)
    }

    pub(super) fn deprecate_type(
        &mut self,
        named: &NamedType,
        now: Timestamp,
        batch: &mut Batch,
    ) -> Result<Answer, Fault> {
        let mut detail = self.find_type(named)?;
        if detail.status() == RegistrationStatus::Deprecated {
            let text = describe_type(named.kind.descriptor(), &named.name, &named.version);
            return Err(FaultKind::TypeDeprecatedFault.with(text));
        }
        detail.set_status(RegistrationStatus::Deprecated, Some(now));
        self.put_type(detail, batch);
        Ok(Answer::Nothing)
    }

    pub(super) fn undeprecate_type(
        &mut self,
        named: &NamedType,
        batch: &mut Batch,
    ) -> Result<Answer, Fault> {
        let mut detail = self.find_type(named)?;
        if detail.status() == RegistrationStatus::Registered {
            let text = describe_type(named.kind.descriptor(), &named.name, &named.version);
            return Err(FaultKind::TypeAlreadyExistsFault.with(text));
        }
        detail.set_status(RegistrationStatus::Registered, None);
        self.put_type(detail, batch);
        Ok(Answer::Nothing)
    }

    pub(super) fn delete_type(
        &mut self,
        named: &NamedType,
        batch: &mut Batch,
    ) -> Result<Answer, Fault> {
        if self.find_type(named)?.status() == RegistrationStatus::Registered {
            let text =
                "The type is currently registered and cannot be deleted in its current state";
            return Err(FaultKind::TypeNotDeprecatedFault.with(text));
        }
        let NamedType {
            kind,
            name,
            version,
            ..
        } = named.clone();
        self.types.remove(&(kind, name.clone(), version.clone()));
        batch.types.insert(
            TypeKey {
                domain: self.row.id,
                kind,
                name,
                version,
            },
            None,
        );
        Ok(Answer::Nothing)
    }
}

impl TypeKind {
    /// How SWF's texts name the kind.
    pub(crate) const fn descriptor(self) -> &'static str {
        match self {
            Self::Workflow => "WorkflowType",
            Self::Activity => "ActivityType",
        }
    }
}

impl TypeDetail {
    pub(super) fn identity(&self) -> (TypeKind, Name, Version) {
        match self {
            Self::Workflow(detail) => {
                let WorkflowType { name, version } = detail.type_info.workflow_type.clone();
                (TypeKind::Workflow, name, version)
            }
            Self::Activity(detail) => {
                let ActivityType { name, version } = detail.type_info.activity_type.clone();
                (TypeKind::Activity, name, version)
            }
        }
    }

    pub(super) fn status(&self) -> RegistrationStatus {
        match self {
            Self::Workflow(detail) => detail.type_info.status,
            Self::Activity(detail) => detail.type_info.status,
        }
    }

    pub(super) fn set_status(
        &mut self,
        status: RegistrationStatus,
        deprecation_date: Option<Timestamp>,
    ) {
        match self {
            Self::Workflow(detail) => {
                detail.type_info.status = status;
                detail.type_info.deprecation_date = deprecation_date;
            }
            Self::Activity(detail) => {
                detail.type_info.status = status;
                detail.type_info.deprecation_date = deprecation_date;
            }
        }
    }

    pub(super) fn workflow_info(&self) -> Option<WorkflowTypeInfo> {
        match self {
            Self::Workflow(detail) => Some(detail.type_info.clone()),
            Self::Activity(_) => None,
        }
    }

    pub(super) fn activity_info(&self) -> Option<ActivityTypeInfo> {
        match self {
            Self::Activity(detail) => Some(detail.type_info.clone()),
            Self::Workflow(_) => None,
        }
    }
}

pub(super) fn workflow_type(input: &RegisterWorkflowTypeInput, now: Timestamp) -> TypeDetail {
    TypeDetail::Workflow(WorkflowTypeDetail {
        type_info: WorkflowTypeInfo {
            workflow_type: WorkflowType {
                name: input.name.clone(),
                version: input.version.clone(),
            },
            status: RegistrationStatus::Registered,
            description: input.description.clone(),
            creation_date: now,
            deprecation_date: None,
        },
        configuration: WorkflowTypeConfiguration {
            default_task_start_to_close_timeout: input.default_task_start_to_close_timeout.clone(),
            default_execution_start_to_close_timeout: input
                .default_execution_start_to_close_timeout
                .clone(),
            default_task_list: input.default_task_list.clone(),
            default_task_priority: input.default_task_priority.clone(),
            default_child_policy: input.default_child_policy,
            default_lambda_role: input.default_lambda_role.clone(),
        },
    })
}

pub(super) fn activity_type(input: &RegisterActivityTypeInput, now: Timestamp) -> TypeDetail {
    TypeDetail::Activity(ActivityTypeDetail {
        type_info: ActivityTypeInfo {
            activity_type: ActivityType {
                name: input.name.clone(),
                version: input.version.clone(),
            },
            status: RegistrationStatus::Registered,
            description: input.description.clone(),
            creation_date: now,
            deprecation_date: None,
        },
        configuration: ActivityTypeConfiguration {
            default_task_start_to_close_timeout: input.default_task_start_to_close_timeout.clone(),
            default_task_heartbeat_timeout: input.default_task_heartbeat_timeout.clone(),
            default_task_list: input.default_task_list.clone(),
            default_task_priority: input.default_task_priority.clone(),
            default_task_schedule_to_start_timeout: input
                .default_task_schedule_to_start_timeout
                .clone(),
            default_task_schedule_to_close_timeout: input
                .default_task_schedule_to_close_timeout
                .clone(),
        },
    })
}
