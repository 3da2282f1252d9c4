//! Domains and types: registration, description, lists, deprecation and deletion (execution.md sections 3.1 and 3.2).
//!
//! All of them are in memory: they are few, small and rarely change.

use alloc::{
    boxed::Box,
    collections::BTreeMap,
    string::{String, ToString},
    vec::Vec,
};
use core::ops::Bound;

use everbeat_engine::Outside;
use everbeat_model::faults::describe_type;
use everbeat_model::{
    ActivityType, ActivityTypeConfiguration, ActivityTypeDetail, ActivityTypeInfo, Decision,
    DomainConfiguration, DomainDetail, DomainInfo, DomainName, Fault, FaultKind, Limits, Name,
    RegisterActivityTypeInput, RegisterDomainInput, RegisterWorkflowTypeInput, RegistrationStatus,
    Timestamp, Version, WorkflowType, WorkflowTypeConfiguration, WorkflowTypeDetail,
    WorkflowTypeInfo, domain_arn,
};

use crate::input::{ListDomains, ListTypes, NamedType, RegistryCall};
use crate::output::Answer;
use crate::rows::{Batch, DomainId, DomainRow, Realm, TypeDetail, TypeKey, TypeKind};

/// All domains with their types.
#[derive(Debug, Default)]
pub(crate) struct Registry {
    names: BTreeMap<(Realm, DomainName), DomainId>,
    domains: BTreeMap<DomainId, Domain>,
}

/// A domain with its types.
#[derive(Debug)]
pub(crate) struct Domain {
    pub(crate) row: DomainRow,
    types: BTreeMap<(TypeKind, Name, Version), TypeDetail>,
    /// Number of open runs.
    pub(crate) open_runs: u64,
}

impl Registry {
    pub(crate) fn new(
        domains: Vec<DomainRow>,
        types: Vec<(TypeKey, TypeDetail)>,
        open_runs: &BTreeMap<DomainId, u64>,
    ) -> Self {
        let mut registry = Self::default();
        for row in domains {
            let open_runs = open_runs.get(&row.id).copied().unwrap_or(0);
            registry.insert(row, open_runs);
        }
        for (key, detail) in types {
            if let Some(domain) = registry.domains.get_mut(&key.domain) {
                domain
                    .types
                    .insert((key.kind, key.name, key.version), detail);
            }
        }
        registry
    }

    fn insert(&mut self, row: DomainRow, open_runs: u64) {
        self.names
            .insert((row.realm.clone(), row.name.clone()), row.id);
        self.domains.insert(
            row.id,
            Domain {
                row,
                types: BTreeMap::new(),
                open_runs,
            },
        );
    }

    /// The domain of that name in that realm.
    pub(crate) fn find(&self, realm: &Realm, name: &DomainName) -> Result<&Domain, Fault> {
        self.names
            .get(&(realm.clone(), name.clone()))
            .and_then(|id| self.domains.get(id))
            .ok_or_else(|| Fault::unknown_domain(name))
    }

    fn find_mut(&mut self, realm: &Realm, name: &DomainName) -> Result<&mut Domain, Fault> {
        let id = self.find(realm, name)?.row.id;
        self.domains
            .get_mut(&id)
            .ok_or_else(|| Fault::unknown_domain(name))
    }

    /// The domain of that number.
    pub(crate) fn domain(&self, id: DomainId) -> Option<&Domain> {
        self.domains.get(&id)
    }

    /// The domain of that number.
    pub(crate) fn domain_mut(&mut self, id: DomainId) -> Option<&mut Domain> {
        self.domains.get_mut(&id)
    }

    /// Realms that have a domain of that name: for the hint that a caller looks in the wrong one.
    pub(crate) fn realms_of(&self, name: &DomainName) -> Vec<Realm> {
        let of_name = self
            .domains
            .values()
            .filter(|domain| domain.row.name == *name);
        of_name.map(|domain| domain.row.realm.clone()).collect()
    }

    /// Carries out a call.
    pub(crate) fn handle(
        &mut self,
        realm: &Realm,
        call: &RegistryCall,
        limits: &Limits,
        now: Timestamp,
        batch: &mut Batch,
    ) -> Result<Answer, Fault> {
        match call {
            RegistryCall::RegisterDomain(input) => {
                self.register_domain(realm, input, limits, batch)
            }
            RegistryCall::DescribeDomain(name) => {
                Ok(Answer::Domain(self.find(realm, name)?.detail()))
            }
            RegistryCall::ListDomains(list) => Ok(self.list_domains(realm, list)),
            RegistryCall::DeprecateDomain(name) => {
                self.find_mut(realm, name)?.deprecate(now, batch)
            }
            RegistryCall::UndeprecateDomain(name) => self.find_mut(realm, name)?.undeprecate(batch),
            RegistryCall::RegisterWorkflowType(input) => self
                .find_mut(realm, &input.domain)?
                .register(workflow_type(input, now), limits, batch),
            RegistryCall::RegisterActivityType(input) => self
                .find_mut(realm, &input.domain)?
                .register(activity_type(input, now), limits, batch),
            RegistryCall::DescribeWorkflowType(domain, workflow_type) => {
                let WorkflowType { name, version } = workflow_type.clone();
                self.find(realm, domain)?
                    .describe(TypeKind::Workflow, name, version)
            }
            RegistryCall::DescribeActivityType(domain, activity_type) => {
                let ActivityType { name, version } = activity_type.clone();
                self.find(realm, domain)?
                    .describe(TypeKind::Activity, name, version)
            }
            RegistryCall::ListTypes(list) => Ok(self.find(realm, &list.domain)?.list_types(list)),
            RegistryCall::DeprecateType(named) => self
                .find_mut(realm, &named.domain)?
                .deprecate_type(named, now, batch),
            RegistryCall::UndeprecateType(named) => self
                .find_mut(realm, &named.domain)?
                .undeprecate_type(named, batch),
            RegistryCall::DeleteType(named) => self
                .find_mut(realm, &named.domain)?
                .delete_type(named, batch),
        }
    }

    fn register_domain(
        &mut self,
        realm: &Realm,
        input: &RegisterDomainInput,
        limits: &Limits,
        batch: &mut Batch,
    ) -> Result<Answer, Fault> {
        const MOST_TAGS: usize = 50;
        let name = &input.name;
        if input
            .tags
            .as_ref()
            .is_some_and(|tags| tags.len() > MOST_TAGS)
        {
            let text =
                alloc::format!("Too many tags for domain {name}, at most {MOST_TAGS} are allowed");
            return Err(FaultKind::TooManyTagsFault.with(text));
        }
        if self.find(realm, name).is_ok() {
            return Err(FaultKind::DomainAlreadyExistsFault.with(name.as_str()));
        }
        let in_realm = self
            .domains
            .values()
            .filter(|domain| domain.row.realm == *realm)
            .count();
        if in_realm as u64 >= limits.domains {
            return Err(
                FaultKind::LimitExceededFault.with("Limit on the number of domains reached")
            );
        }
        let id = self.domains.last_key_value().map_or(1, |(id, _)| id.0 + 1);
        let row = DomainRow {
            id: DomainId(id),
            realm: realm.clone(),
            name: name.clone(),
            status: RegistrationStatus::Registered,
            description: input.description.clone(),
            retention: input.workflow_execution_retention_period_in_days.clone(),
            tags: input.tags.clone().unwrap_or_default(),
        };
        batch.domains.insert(row.id, row.clone());
        self.insert(row, 0);
        Ok(Answer::Nothing)
    }

    /// Ascending by name.
    fn list_domains(&self, realm: &Realm, list: &ListDomains) -> Answer {
        let of_realm = |(key, _): &(&(Realm, DomainName), &DomainId)| key.0 == *realm;
        let bound = |name: &str| (realm.clone(), DomainName::from(name));
        let (from, to) = page_bounds(list.after.as_deref().map(bound), list.reverse);
        let names = self.names.range((from, to));
        let names: Box<dyn Iterator<Item = _>> = if list.reverse {
            Box::new(names.rev())
        } else {
            Box::new(names)
        };
        let infos = names
            .filter(of_realm)
            .filter_map(|(_, id)| self.domains.get(id))
            .filter(|domain| domain.row.status == list.status)
            .map(Domain::info);
        let (page, more) = cut(infos, list.max);
        let next = if more {
            page.last().map(|info| info.name.to_string())
        } else {
            None
        };
        Answer::Domains(page, next)
    }
}

/// The bounds behind `after`, in the direction of the list.
fn page_bounds<T>(after: Option<T>, reverse: bool) -> (Bound<T>, Bound<T>) {
    match (after, reverse) {
        (None, _) => (Bound::Unbounded, Bound::Unbounded),
        (Some(after), false) => (Bound::Excluded(after), Bound::Unbounded),
        (Some(after), true) => (Bound::Unbounded, Bound::Excluded(after)),
    }
}

/// At most `max` items, and whether more follow.
fn cut<T>(mut items: impl Iterator<Item = T>, max: usize) -> (Vec<T>, bool) {
    let page: Vec<T> = items.by_ref().take(max).collect();
    let more = items.next().is_some();
    (page, more)
}

impl Domain {
    fn info(&self) -> DomainInfo {
        let Realm { account, region } = &self.row.realm;
        DomainInfo {
            name: self.row.name.clone(),
            status: self.row.status,
            description: self.row.description.clone(),
            arn: Some(domain_arn(region, account, &self.row.name).into()),
        }
    }

    fn detail(&self) -> DomainDetail {
        DomainDetail {
            domain_info: self.info(),
            configuration: DomainConfiguration {
                workflow_execution_retention_period_in_days: self.row.retention.clone(),
            },
        }
    }

    /// Takes no new types and runs any more: as if it were unknown (execution.md section 3.3).
    pub(crate) fn check_registered(&self) -> Result<(), Fault> {
        match self.row.status {
            RegistrationStatus::Registered => Ok(()),
            RegistrationStatus::Deprecated => Err(Fault::unknown_domain(&self.row.name)),
        }
    }

    /// All its registered types are deprecated with it.
    fn deprecate(&mut self, now: Timestamp, batch: &mut Batch) -> Result<Answer, Fault> {
        if self.row.status == RegistrationStatus::Deprecated {
            return Err(FaultKind::DomainDeprecatedFault.with(self.row.name.as_str()));
        }
        self.row.status = RegistrationStatus::Deprecated;
        batch.domains.insert(self.row.id, self.row.clone());
        for ((kind, name, version), detail) in &mut self.types {
            if detail.status() == RegistrationStatus::Registered {
                detail.set_status(RegistrationStatus::Deprecated, Some(now));
                let key = TypeKey {
                    domain: self.row.id,
                    kind: *kind,
                    name: name.clone(),
                    version: version.clone(),
                };
                batch.types.insert(key, Some(detail.clone()));
            }
        }
        Ok(Answer::Nothing)
    }

    fn undeprecate(&mut self, batch: &mut Batch) -> Result<Answer, Fault> {
        if self.row.status == RegistrationStatus::Registered {
            return Err(FaultKind::DomainAlreadyExistsFault.with(self.row.name.as_str()));
        }
        self.row.status = RegistrationStatus::Registered;
        batch.domains.insert(self.row.id, self.row.clone());
        Ok(Answer::Nothing)
    }

    fn register(
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

    fn describe(&self, kind: TypeKind, name: Name, version: Version) -> Result<Answer, Fault> {
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

    fn deprecate_type(
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

    fn undeprecate_type(&mut self, named: &NamedType, batch: &mut Batch) -> Result<Answer, Fault> {
        let mut detail = self.find_type(named)?;
        if detail.status() == RegistrationStatus::Registered {
            let text = describe_type(named.kind.descriptor(), &named.name, &named.version);
            return Err(FaultKind::TypeAlreadyExistsFault.with(text));
        }
        detail.set_status(RegistrationStatus::Registered, None);
        self.put_type(detail, batch);
        Ok(Answer::Nothing)
    }

    fn delete_type(&mut self, named: &NamedType, batch: &mut Batch) -> Result<Answer, Fault> {
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

    /// Ascending by name, then version.
    fn list_types(&self, list: &ListTypes) -> Answer {
        let bound = |(name, version): &(String, String)| {
            (list.kind, name.as_str().into(), version.as_str().into())
        };
        let (from, to) = page_bounds(list.after.as_ref().map(bound), list.reverse);
        let types = self.types.range::<(TypeKind, Name, Version), _>((from, to));
        let types: Box<dyn Iterator<Item = _>> = if list.reverse {
            Box::new(types.rev())
        } else {
            Box::new(types)
        };
        let wanted = types
            .filter(|((kind, name, _), detail)| {
                *kind == list.kind
                    && list.name.as_ref().is_none_or(|wanted| wanted == name)
                    && detail.status() == list.status
            })
            .map(|(_, detail)| detail);
        let (page, more) = cut(wanted, list.max);
        let last = page.last().map(|detail| detail.identity());
        let next = last
            .filter(|_| more)
            .map(|(_, name, version)| (name.to_string(), version.to_string()));
        match list.kind {
            TypeKind::Workflow => Answer::WorkflowTypes(
                page.into_iter()
                    .filter_map(TypeDetail::workflow_info)
                    .collect(),
                next,
            ),
            TypeKind::Activity => Answer::ActivityTypes(
                page.into_iter()
                    .filter_map(TypeDetail::activity_info)
                    .collect(),
                next,
            ),
        }
    }
}

impl Outside for Domain {
    fn workflow_type(
        &self,
        workflow_type: &WorkflowType,
    ) -> Option<(RegistrationStatus, &WorkflowTypeConfiguration)> {
        let WorkflowType { name, version } = workflow_type.clone();
        match self.types.get(&(TypeKind::Workflow, name, version))? {
            TypeDetail::Workflow(detail) => Some((detail.type_info.status, &detail.configuration)),
            TypeDetail::Activity(_) => None,
        }
    }

    fn activity_type(
        &self,
        activity_type: &ActivityType,
    ) -> Option<(RegistrationStatus, &ActivityTypeConfiguration)> {
        let ActivityType { name, version } = activity_type.clone();
        match self.types.get(&(TypeKind::Activity, name, version))? {
            TypeDetail::Activity(detail) => Some((detail.type_info.status, &detail.configuration)),
            TypeDetail::Workflow(_) => None,
        }
    }

    /// Policies come with a later version.
    fn permits(&self, _decision: &Decision) -> bool {
        true
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
    fn identity(&self) -> (TypeKind, Name, Version) {
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

    fn status(&self) -> RegistrationStatus {
        match self {
            Self::Workflow(detail) => detail.type_info.status,
            Self::Activity(detail) => detail.type_info.status,
        }
    }

    fn set_status(&mut self, status: RegistrationStatus, deprecation_date: Option<Timestamp>) {
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

    fn workflow_info(&self) -> Option<WorkflowTypeInfo> {
        match self {
            Self::Workflow(detail) => Some(detail.type_info.clone()),
            Self::Activity(_) => None,
        }
    }

    fn activity_info(&self) -> Option<ActivityTypeInfo> {
        match self {
            Self::Activity(detail) => Some(detail.type_info.clone()),
            Self::Workflow(_) => None,
        }
    }
}

fn workflow_type(input: &RegisterWorkflowTypeInput, now: Timestamp) -> TypeDetail {
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

fn activity_type(input: &RegisterActivityTypeInput, now: Timestamp) -> TypeDetail {
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
