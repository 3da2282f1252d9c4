//! Domains and their types: the way to them, and the life of a domain (execution.md section 3.1). What concerns a type is
//! in `types`, tags are in `tags`, pages in `lists`.
//!
//! All of them are in memory: they are few, small and rarely change.

mod lists;
mod tags;
mod types;

use alloc::{collections::BTreeMap, vec::Vec};

use everbeat_model::{
    ActivityType, DomainConfiguration, DomainDetail, DomainInfo, DomainName, Fault, FaultKind,
    Limits, Name, RegisterDomainInput, RegistrationStatus, Timestamp, Version, WorkflowType,
    domain_arn,
};

use crate::input::RegistryCall;
use crate::output::Answer;
use crate::rows::{Batch, DomainId, DomainRow, Realm, TypeDetail, TypeKey, TypeKind};

/// All domains with their types.
#[derive(Debug, Default)]
pub(crate) struct Registry {
    names: BTreeMap<Realm, BTreeMap<DomainName, DomainId>>,
    domains: BTreeMap<DomainId, Domain>,
}

/// A domain with its types.
#[derive(Debug)]
pub(crate) struct Domain {
    pub(crate) row: DomainRow,
    pub(crate) types: BTreeMap<(TypeKind, Name, Version), TypeDetail>,
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
            .entry(row.realm.clone())
            .or_default()
            .insert(row.name.clone(), row.id);
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
            .get(realm)
            .and_then(|names| names.get(name))
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
            .names
            .iter()
            .filter(|(_, names)| names.contains_key(name));
        of_name.map(|(realm, _)| realm.clone()).collect()
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
                .register(types::workflow_type(input, now), limits, batch),
            RegistryCall::RegisterActivityType(input) => self
                .find_mut(realm, &input.domain)?
                .register(types::activity_type(input, now), limits, batch),
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
            RegistryCall::Tag(arn, tags) => self.of_arn_mut(realm, arn)?.tag(tags, limits, batch),
            RegistryCall::Untag(arn, keys) => Ok(self.of_arn_mut(realm, arn)?.untag(keys, batch)),
            RegistryCall::ListTags(arn) => Ok(self.of_arn(realm, arn)?.tags()),
        }
    }

    fn register_domain(
        &mut self,
        realm: &Realm,
        input: &RegisterDomainInput,
        limits: &Limits,
        batch: &mut Batch,
    ) -> Result<Answer, Fault> {
        let name = &input.name;
        let tags = tags::first_tags(input.tags.as_ref(), name, limits)?;
        if self.find(realm, name).is_ok() {
            return Err(FaultKind::DomainAlreadyExistsFault.with(name.as_str()));
        }
        let in_realm = self.names.get(realm).map_or(0, BTreeMap::len);
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
            tags,
        };
        batch.domains.insert(row.id, row.clone());
        self.insert(row, 0);
        Ok(Answer::Nothing)
    }
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
}
