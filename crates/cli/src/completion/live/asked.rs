//! The server that the line and the settings name, asked with a time limit.

use std::time::Duration;

use everbeat_client::shared_files::Variables;
use everbeat_client::{CallError, Client, Timeouts};
use everbeat_model::{
    ActivityType, DescribeActivityTypeInput, DescribeWorkflowTypeInput, DomainName,
    ExecutionTimeFilter, ListActivityTypesInput, ListClosedWorkflowExecutionsInput,
    ListDomainsInput, ListOpenWorkflowExecutionsInput, ListWorkflowTypesInput, PageSize,
    RegistrationStatus, TaskList, Timestamp, WorkflowExecutionInfos, WorkflowType,
};

use super::{Found, Server, TypeKind, Wanted};
use crate::completion::place::Given;
use crate::line;
use crate::settings::Configuration;

/// Things that are asked for at most.
const MOST: i32 = 200;
/// Types whose task lists are looked at.
const MOST_TYPES: usize = 20;

/// The options that say which server it is, as words.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Settings(Vec<String>);

impl Settings {
    const OPTIONS: [&str; 6] = [
        "--endpoint-url",
        "--region",
        "--profile",
        "--no-sign-request",
        "--no-verify-ssl",
        "--ca-bundle",
    ];

    /// Those that were given.
    pub(in crate::completion) fn of(given: &[Given]) -> Self {
        let is_setting = |given: &&Given| Self::OPTIONS.contains(&given.name.as_str());
        let words = given.iter().filter(is_setting).flat_map(|given| {
            let name = [given.name.clone()];
            name.into_iter().chain(given.words.iter().cloned())
        });
        Self(words.collect())
    }
}

/// A server that is asked over its API.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) variables: Variables,
    pub(crate) settings: Settings,
    /// How long everything together may take.
    pub(crate) limit: Duration,
}

impl Server for Asked {
    fn find(&self, wanted: &Wanted) -> Vec<Found> {
        self.found(wanted).unwrap_or_default()
    }
}

impl Asked {
    fn found(&self, wanted: &Wanted) -> Option<Vec<Found>> {
        let client = self.client()?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .ok()?;
        let asked = runtime
            .block_on(async { tokio::time::timeout(self.limit, ask(&client, wanted)).await });
        // A name that is still being looked up on a thread is not waited for.
        runtime.shutdown_background();
        asked.ok()?.ok()
    }

    /// Only a server that an option, a variable or a file names is asked, never Amazon's own by the region. Only
    /// credentials that lie in variables or files are used: nothing is started or fetched for a suggestion.
    pub(in crate::completion) fn client(&self) -> Option<Client> {
        let globals = line::global_pass(&self.settings.0).ok()?;
        let configuration =
            Configuration::load(&self.variables, globals.value("--profile")).ok()?;
        let endpoint = configuration.configured_endpoint(globals.value("--endpoint-url"));
        endpoint.ok()??;
        let timeouts = Timeouts {
            connect: Some(self.limit),
            read: Some(self.limit),
        };
        let target = configuration.target(&globals).ok()?;
        target.client_at_hand(timeouts)
    }
}

async fn ask(client: &Client, wanted: &Wanted) -> Result<Vec<Found>, CallError> {
    match wanted {
        Wanted::Domains { deprecated } => domains(client, *deprecated).await,
        Wanted::Types {
            domain,
            kind,
            deprecated,
        } => types(client, domain.as_str().into(), *kind, *deprecated).await,
        Wanted::TaskLists { domain, kind } => {
            task_lists(client, domain.as_str().into(), *kind).await
        }
        Wanted::Executions { domain, closed } => {
            executions(client, domain.as_str().into(), *closed).await
        }
    }
}

const fn status(deprecated: bool) -> RegistrationStatus {
    if deprecated {
        RegistrationStatus::Deprecated
    } else {
        RegistrationStatus::Registered
    }
}

const fn page() -> Option<PageSize> {
    Some(PageSize(MOST))
}

async fn domains(client: &Client, deprecated: bool) -> Result<Vec<Found>, CallError> {
    let input = ListDomainsInput {
        registration_status: status(deprecated),
        maximum_page_size: page(),
        ..Default::default()
    };
    let page = client.call(&input).await?;
    let found = page.domain_infos.0.into_iter().map(|info| Found {
        first: info.name.to_string(),
        second: info.arn.map(|arn| arn.to_string()).unwrap_or_default(),
        note: info
            .description
            .map(|text| text.to_string())
            .unwrap_or_default(),
    });
    Ok(found.collect())
}

async fn types(
    client: &Client,
    domain: DomainName,
    kind: TypeKind,
    deprecated: bool,
) -> Result<Vec<Found>, CallError> {
    let (registration_status, maximum_page_size) = (status(deprecated), page());
    let found = |name: &str, version: &str, note: Option<String>| Found {
        first: name.into(),
        second: version.into(),
        note: note.unwrap_or_default(),
    };
    match kind {
        TypeKind::Workflow => {
            let input = ListWorkflowTypesInput {
                domain,
                registration_status,
                maximum_page_size,
                ..Default::default()
            };
            let infos = client.call(&input).await?.type_infos.0;
            let infos = infos.into_iter().map(|info| {
                let note = info.description.map(|text| text.to_string());
                found(&info.workflow_type.name, &info.workflow_type.version, note)
            });
            Ok(infos.collect())
        }
        TypeKind::Activity => {
            let input = ListActivityTypesInput {
                domain,
                registration_status,
                maximum_page_size,
                ..Default::default()
            };
            let infos = client.call(&input).await?.type_infos.0;
            let infos = infos.into_iter().map(|info| {
                let note = info.description.map(|text| text.to_string());
                found(&info.activity_type.name, &info.activity_type.version, note)
            });
            Ok(infos.collect())
        }
    }
}

/// No operation lists task lists; those that types have as their default are the ones that are used.
async fn task_lists(
    client: &Client,
    domain: DomainName,
    kind: TypeKind,
) -> Result<Vec<Found>, CallError> {
    let types = types(client, domain.clone(), kind, false).await?;
    let mut found: Vec<Found> = Vec::new();
    for Found { first, second, .. } in types.into_iter().take(MOST_TYPES) {
        let note = format!("of {first} {second}");
        let domain = domain.clone();
        let (name, version) = (first.into(), second.into());
        let list: Option<TaskList> = match kind {
            TypeKind::Workflow => {
                let workflow_type = WorkflowType { name, version };
                let input = DescribeWorkflowTypeInput {
                    domain,
                    workflow_type,
                };
                client.call(&input).await?.configuration.default_task_list
            }
            TypeKind::Activity => {
                let activity_type = ActivityType { name, version };
                let input = DescribeActivityTypeInput {
                    domain,
                    activity_type,
                };
                client.call(&input).await?.configuration.default_task_list
            }
        };
        let Some(list) = list else { continue };
        let first = list.name.to_string();
        if !found.iter().any(|found| found.first == first) {
            found.push(Found {
                first,
                second: String::new(),
                note,
            });
        }
    }
    Ok(found)
}

async fn executions(
    client: &Client,
    domain: DomainName,
    closed: bool,
) -> Result<Vec<Found>, CallError> {
    let start_time_filter = ExecutionTimeFilter {
        oldest_date: Timestamp(0),
        latest_date: None,
    };
    let input = ListOpenWorkflowExecutionsInput {
        domain: domain.clone(),
        start_time_filter: start_time_filter.clone(),
        maximum_page_size: page(),
        ..Default::default()
    };
    let mut found = of_page(client.call(&input).await?);
    if closed {
        let input = ListClosedWorkflowExecutionsInput {
            domain,
            start_time_filter: Some(start_time_filter),
            maximum_page_size: page(),
            ..Default::default()
        };
        found.extend(of_page(client.call(&input).await?));
    }
    Ok(found)
}

fn of_page(page: WorkflowExecutionInfos) -> Vec<Found> {
    let infos = page.execution_infos.0.into_iter();
    infos
        .map(|info| {
            let status = info.close_status.map_or("OPEN", |status| status.as_str());
            let kind = info.workflow_type;
            Found {
                first: info.execution.workflow_id.to_string(),
                second: info.execution.run_id.to_string(),
                note: format!("{status}, {} {}", kind.name, kind.version),
            }
        })
        .collect()
}
