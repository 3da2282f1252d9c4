//! What a request asks of policies: the action, the resource, and the values of SWF's own condition keys
//! (protocol.md section 7.4).
//!
//! The names of the keys stand in the model's table; here stands which member of a request gives which value. What only
//! the partition knows (defaults, the task behind a token) is added where it asks.

use std::fmt;
use std::sync::Arc;

use everbeat_model::permissions::{ConditionKey as Key, MOVE_CLOCK};
use everbeat_model::{
    ActivityType, Arn, Decision, Name, NewWork, Operation, Request, ResourceTagList, Tag,
    TagFilter, TagList, TaskList, Version, WorkflowId, WorkflowType, WorkflowTypeFilter,
};
use everbeat_partition::authority::{ActivityTaskFacts, AskedDecision};

use crate::calls::OwnRoute;

/// What is asked for.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) action: &'static str,
    pub(crate) resource: Resource,
    pub(crate) values: Values,
    pub(crate) tags: Tags,
}

/// What an action acts on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Resource {
    /// All domains of the account and region.
    AllDomains,
    /// The domain of that name.
    Domain(Arc<str>),
    /// What an ARN names.
    Arn(Arc<str>),
    /// The domain of the task that a token names.
    DomainOfTask,
    /// Nothing that has a name.
    Nothing,
}

/// Values of SWF's own condition keys.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Values(pub(crate) Vec<(Key, Arc<str>)>);

/// Tags in a request; a key without a value is one that is to go.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Tags(pub(crate) Vec<(Arc<str>, Option<Arc<str>>)>);

impl Values {
    fn with(mut self, key: Key, value: Option<impl Into<Arc<str>>>) -> Self {
        if let Some(value) = value {
            self.0.push((key, value.into()));
        }
        self
    }

    fn activity_type(self, activity_type: &ActivityType) -> Self {
        let ActivityType { name, version } = activity_type.clone();
        self.with(Key::ActivityTypeName, Some(name))
            .with(Key::ActivityTypeVersion, Some(version))
    }

    fn workflow_type(self, workflow_type: &WorkflowType) -> Self {
        let WorkflowType { name, version } = workflow_type.clone();
        self.with(Key::WorkflowTypeName, Some(name))
            .with(Key::WorkflowTypeVersion, Some(version))
    }

    fn task_list(self, task_list: Option<&TaskList>) -> Self {
        self.with(Key::TaskListName, task_list.map(|list| list.name.clone()))
    }

    /// A list that is longer than SWF's has keys for its first five tags. A tag that is null has no value.
    fn tag_list(mut self, keys: [Key; 5], tags: Option<&TagList>) -> Self {
        let tags = tags.map_or(&[][..], |tags| tags);
        for (key, tag) in keys.into_iter().zip(tags) {
            self = self.with(key, tag.clone());
        }
        self
    }

    fn filters(self, tag: Option<&TagFilter>, of_type: Option<&WorkflowTypeFilter>) -> Self {
        let version = of_type.and_then(|filter| filter.version.clone());
        let version = version.filter(|version| !version.is_empty());
        self.with(Key::TagFilterTag, tag.map(|filter| Tag::clone(&filter.tag)))
            .with(
                Key::TypeFilterName,
                of_type.map(|filter| filter.name.clone()),
            )
            .with(Key::TypeFilterVersion, version)
    }

    /// A default of the type counts as if it had been given.
    pub(crate) fn default_task_list(&mut self, default: Option<&Name>) {
        let is_given = self.0.iter().any(|(key, _)| *key == Key::TaskListName);
        if let (false, Some(default)) = (is_given, default) {
            self.0.push((Key::TaskListName, default.clone().into()));
        }
    }

    /// What an activity task tells that is asked about by its token.
    pub(crate) fn of_activity_task(task: &ActivityTaskFacts<'_>) -> Self {
        Self::default()
            .activity_type(task.activity_type)
            .workflow_type(task.workflow_type)
            .with(Key::TaskListName, Some(task.task_list.clone()))
            .tag_list(Key::TAG_MEMBERS, task.tag_list)
    }

    /// What a decision tells.
    fn of_decision(asked: &AskedDecision<'_>) -> Self {
        let Some(work) = asked.decision.new_work() else {
            return Self::default();
        };
        let mut values = match work {
            NewWork::Activity(attributes) => Self::default()
                .activity_type(&attributes.activity_type)
                .task_list(attributes.task_list.as_ref()),
            NewWork::Child(attributes) => Self::default()
                .workflow_type(&attributes.workflow_type)
                .task_list(attributes.task_list.as_ref())
                .tag_list(Key::TAG_MEMBERS, attributes.tag_list.as_ref())
                .tag_list(Key::TAGS, attributes.tag_list.as_ref()),
            NewWork::NextRun(attributes) => {
                let given = attributes.workflow_type_version.as_ref();
                let version = given.unwrap_or(&asked.workflow_type.version);
                Self::default()
                    .with(Key::WorkflowTypeVersion, Some(version.clone()))
                    .with(Key::NewWorkflowTypeVersion, Some(version.clone()))
                    .task_list(attributes.task_list.as_ref())
                    .tag_list(Key::TAG_MEMBERS, attributes.tag_list.as_ref())
            }
        };
        values.default_task_list(asked.default_task_list);
        values
    }

    /// What a request tells by itself.
    fn of_request(request: &Request) -> Self {
        use Request as R;
        let none = Self::default();
        match request {
            R::CountClosedWorkflowExecutions(i) => {
                none.filters(i.tag_filter.as_ref(), i.type_filter.as_ref())
            }
            R::CountOpenWorkflowExecutions(i) => {
                none.filters(i.tag_filter.as_ref(), i.type_filter.as_ref())
            }
            R::ListClosedWorkflowExecutions(i) => {
                none.filters(i.tag_filter.as_ref(), i.type_filter.as_ref())
            }
            R::ListOpenWorkflowExecutions(i) => {
                none.filters(i.tag_filter.as_ref(), i.type_filter.as_ref())
            }
            R::CountPendingActivityTasks(i) => none.task_list(Some(&i.task_list)),
            R::CountPendingDecisionTasks(i) => none.task_list(Some(&i.task_list)),
            R::PollForActivityTask(i) => none.task_list(Some(&i.task_list)),
            R::PollForDecisionTask(i) => none.task_list(Some(&i.task_list)),
            R::DeleteActivityType(i) => none.activity_type(&i.activity_type),
            R::DeprecateActivityType(i) => none.activity_type(&i.activity_type),
            R::DescribeActivityType(i) => none.activity_type(&i.activity_type),
            R::UndeprecateActivityType(i) => none.activity_type(&i.activity_type),
            R::DeleteWorkflowType(i) => none.workflow_type(&i.workflow_type),
            R::DeprecateWorkflowType(i) => none.workflow_type(&i.workflow_type),
            R::DescribeWorkflowType(i) => none.workflow_type(&i.workflow_type),
            R::UndeprecateWorkflowType(i) => none.workflow_type(&i.workflow_type),
            R::RegisterActivityType(i) => {
                let task_list = i.default_task_list.as_ref();
                none.with(Key::Name, Some(i.name.clone()))
                    .with(Key::Version, Some(i.version.clone()))
                    .with(
                        Key::DefaultTaskListName,
                        task_list.map(|list| list.name.clone()),
                    )
            }
            R::RegisterWorkflowType(i) => {
                let task_list = i.default_task_list.as_ref();
                none.with(Key::Name, Some(i.name.clone()))
                    .with(Key::Version, Some(i.version.clone()))
                    .with(
                        Key::DefaultTaskListName,
                        task_list.map(|list| list.name.clone()),
                    )
            }
            R::StartWorkflowExecution(i) => none
                .workflow_type(&i.workflow_type)
                .task_list(i.task_list.as_ref())
                .tag_list(Key::TAG_MEMBERS, i.tag_list.as_ref()),
            R::DeprecateDomain(_)
            | R::DescribeDomain(_)
            | R::DescribeWorkflowExecution(_)
            | R::GetWorkflowExecutionHistory(_)
            | R::ListActivityTypes(_)
            | R::ListDomains(_)
            | R::ListTagsForResource(_)
            | R::ListWorkflowTypes(_)
            | R::RecordActivityTaskHeartbeat(_)
            | R::RegisterDomain(_)
            | R::RequestCancelWorkflowExecution(_)
            | R::RespondActivityTaskCanceled(_)
            | R::RespondActivityTaskCompleted(_)
            | R::RespondActivityTaskFailed(_)
            | R::RespondDecisionTaskCompleted(_)
            | R::SignalWorkflowExecution(_)
            | R::TagResource(_)
            | R::TerminateWorkflowExecution(_)
            | R::UndeprecateDomain(_)
            | R::UntagResource(_) => none,
        }
    }
}

impl Tags {
    fn of_request(request: &Request) -> Self {
        let of_list = |tags: &ResourceTagList| {
            let pairs = tags.iter().cloned();
            Self(
                pairs
                    .map(|tag| (tag.key.into(), Some(tag.value.unwrap_or_default().into())))
                    .collect(),
            )
        };
        match request {
            Request::RegisterDomain(input) => input.tags.as_ref().map(of_list).unwrap_or_default(),
            Request::TagResource(input) => of_list(&input.tags),
            Request::UntagResource(input) => {
                let keys = input.tag_keys.iter().cloned();
                Self(keys.map(|key| (key.into(), None)).collect())
            }
            _ => Self::default(),
        }
    }
}

impl Resource {
    fn of_request(request: &Request) -> Self {
        use Request as R;
        let domain = match request {
            R::ListDomains(_) => return Self::AllDomains,
            R::TagResource(i) => return Self::Arn(i.resource_arn.clone().into()),
            R::UntagResource(i) => return Self::Arn(i.resource_arn.clone().into()),
            R::ListTagsForResource(i) => return Self::Arn(i.resource_arn.clone().into()),
            R::RecordActivityTaskHeartbeat(_)
            | R::RespondActivityTaskCanceled(_)
            | R::RespondActivityTaskCompleted(_)
            | R::RespondActivityTaskFailed(_)
            | R::RespondDecisionTaskCompleted(_) => return Self::DomainOfTask,
            R::RegisterDomain(i) => &i.name,
            R::DeprecateDomain(i) => &i.name,
            R::DescribeDomain(i) => &i.name,
            R::UndeprecateDomain(i) => &i.name,
            R::CountClosedWorkflowExecutions(i) => &i.domain,
            R::CountOpenWorkflowExecutions(i) => &i.domain,
            R::CountPendingActivityTasks(i) => &i.domain,
            R::CountPendingDecisionTasks(i) => &i.domain,
            R::DeleteActivityType(i) => &i.domain,
            R::DeleteWorkflowType(i) => &i.domain,
            R::DeprecateActivityType(i) => &i.domain,
            R::DeprecateWorkflowType(i) => &i.domain,
            R::DescribeActivityType(i) => &i.domain,
            R::DescribeWorkflowExecution(i) => &i.domain,
            R::DescribeWorkflowType(i) => &i.domain,
            R::GetWorkflowExecutionHistory(i) => &i.domain,
            R::ListActivityTypes(i) => &i.domain,
            R::ListClosedWorkflowExecutions(i) => &i.domain,
            R::ListOpenWorkflowExecutions(i) => &i.domain,
            R::ListWorkflowTypes(i) => &i.domain,
            R::PollForActivityTask(i) => &i.domain,
            R::PollForDecisionTask(i) => &i.domain,
            R::RegisterActivityType(i) => &i.domain,
            R::RegisterWorkflowType(i) => &i.domain,
            R::RequestCancelWorkflowExecution(i) => &i.domain,
            R::SignalWorkflowExecution(i) => &i.domain,
            R::StartWorkflowExecution(i) => &i.domain,
            R::TerminateWorkflowExecution(i) => &i.domain,
            R::UndeprecateActivityType(i) => &i.domain,
            R::UndeprecateWorkflowType(i) => &i.domain,
        };
        Self::Domain(domain.clone().into())
    }
}

impl Asked {
    fn new(action: &'static str, resource: Resource) -> Self {
        Self {
            action,
            resource,
            values: Values::default(),
            tags: Tags::default(),
        }
    }

    /// What an operation asks for.
    pub(crate) fn of_request(request: &Request) -> Self {
        let operation = request.operation();
        let values = Values::of_request(request);
        let known = operation.permission().keys;
        debug_assert!(values.0.iter().all(|(key, _)| known.contains(key)));
        Self {
            values,
            tags: Tags::of_request(request),
            ..Self::new(operation.descriptor().action, Resource::of_request(request))
        }
    }

    /// What one of Everbeat's own calls asks for: what they show of an execution belongs to its description.
    pub(crate) fn of_own(route: &OwnRoute) -> Self {
        let describe = Operation::DescribeWorkflowExecution.descriptor().action;
        match route {
            OwnRoute::Clock(_) => Self::new(MOVE_CLOCK, Resource::Nothing),
            OwnRoute::Call(call) => {
                let domain = call.domain().cloned().unwrap_or_default();
                Self::new(describe, Resource::Domain(domain.into()))
            }
        }
    }

    /// What a decision asks for; nothing, if it has no action of its own.
    pub(crate) fn of_decision(asked: &AskedDecision<'_>) -> Option<Self> {
        let decision_type = asked.decision.decision_type();
        let permission = decision_type.permission()?;
        let values = Values::of_decision(asked);
        debug_assert!(
            values
                .0
                .iter()
                .all(|(key, _)| permission.keys.contains(key))
        );
        Some(Self {
            values,
            ..Self::new(
                decision_type.descriptor().action,
                Resource::Domain(asked.domain.name.clone().into()),
            )
        })
    }
}

/// Roles that a request gives away: for each, policies are asked whether the caller may.
pub(crate) fn passed_roles(request: &Request) -> Vec<Arn> {
    let role = match request {
        Request::RegisterWorkflowType(input) => input.default_lambda_role.clone(),
        Request::StartWorkflowExecution(input) => input.lambda_role.clone(),
        Request::RespondDecisionTaskCompleted(input) => {
            let decisions = input
                .decisions
                .as_ref()
                .map_or(&[][..], |decisions| decisions);
            return decisions.iter().filter_map(passed_role).collect();
        }
        _ => None,
    };
    role.into_iter().collect()
}

fn passed_role(decision: &Decision) -> Option<Arn> {
    match decision.new_work()? {
        NewWork::Activity(_) => None,
        NewWork::Child(attributes) => attributes.lambda_role.clone(),
        NewWork::NextRun(attributes) => attributes.lambda_role.clone(),
    }
}

/// What of a domain a request is about, for the audit log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Subject {
    /// A workflow id or a task list.
    Name(Arc<str>),
    /// A type.
    NameAndVersion(Arc<str>, Arc<str>),
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => f.write_str(name),
            Self::NameAndVersion(name, version) => write!(f, "{name} {version}"),
        }
    }
}

impl Subject {
    /// What a request names; that of a task token is known to the partition.
    pub(crate) fn of_request(request: &Request) -> Option<Self> {
        use Request as R;
        let workflow = |id: &WorkflowId| Some(Self::Name(id.clone().into()));
        let list = |list: &TaskList| Some(Self::Name(list.name.clone().into()));
        let named = |name: &Name, version: &Version| {
            Some(Self::NameAndVersion(
                name.clone().into(),
                version.clone().into(),
            ))
        };
        match request {
            R::DescribeWorkflowExecution(i) => workflow(&i.execution.workflow_id),
            R::GetWorkflowExecutionHistory(i) => workflow(&i.execution.workflow_id),
            R::RequestCancelWorkflowExecution(i) => workflow(&i.workflow_id),
            R::SignalWorkflowExecution(i) => workflow(&i.workflow_id),
            R::StartWorkflowExecution(i) => workflow(&i.workflow_id),
            R::TerminateWorkflowExecution(i) => workflow(&i.workflow_id),
            R::CountPendingActivityTasks(i) => list(&i.task_list),
            R::CountPendingDecisionTasks(i) => list(&i.task_list),
            R::PollForActivityTask(i) => list(&i.task_list),
            R::PollForDecisionTask(i) => list(&i.task_list),
            R::DeleteActivityType(i) => named(&i.activity_type.name, &i.activity_type.version),
            R::DeprecateActivityType(i) => named(&i.activity_type.name, &i.activity_type.version),
            R::DescribeActivityType(i) => named(&i.activity_type.name, &i.activity_type.version),
            R::UndeprecateActivityType(i) => named(&i.activity_type.name, &i.activity_type.version),
            R::RegisterActivityType(i) => named(&i.name, &i.version),
            R::DeleteWorkflowType(i) => named(&i.workflow_type.name, &i.workflow_type.version),
            R::DeprecateWorkflowType(i) => named(&i.workflow_type.name, &i.workflow_type.version),
            R::DescribeWorkflowType(i) => named(&i.workflow_type.name, &i.workflow_type.version),
            R::UndeprecateWorkflowType(i) => named(&i.workflow_type.name, &i.workflow_type.version),
            R::RegisterWorkflowType(i) => named(&i.name, &i.version),
            R::CountClosedWorkflowExecutions(_)
            | R::CountOpenWorkflowExecutions(_)
            | R::DeprecateDomain(_)
            | R::DescribeDomain(_)
            | R::ListActivityTypes(_)
            | R::ListClosedWorkflowExecutions(_)
            | R::ListDomains(_)
            | R::ListOpenWorkflowExecutions(_)
            | R::ListTagsForResource(_)
            | R::ListWorkflowTypes(_)
            | R::RecordActivityTaskHeartbeat(_)
            | R::RegisterDomain(_)
            | R::RespondActivityTaskCanceled(_)
            | R::RespondActivityTaskCompleted(_)
            | R::RespondActivityTaskFailed(_)
            | R::RespondDecisionTaskCompleted(_)
            | R::TagResource(_)
            | R::UndeprecateDomain(_)
            | R::UntagResource(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use everbeat_model::OPERATIONS;

    /// The operations that have a member whose name ends like that.
    fn with_member(ending: &str) -> Vec<&'static str> {
        let has = |row: &&everbeat_model::OperationDescriptor| {
            let members = row.input_structure().members.iter();
            members
                .map(|member| member.name)
                .any(|name| name.ends_with(ending))
        };
        let rows = OPERATIONS.iter().filter(has);
        rows.map(|row| row.name).collect()
    }

    /// Another one would need an arm in `Tags::of_request` or in `passed_roles`.
    #[test]
    fn tags_and_roles_are_looked_for_where_they_can_be() {
        assert_eq!(with_member("tags"), ["RegisterDomain", "TagResource"]);
        assert_eq!(with_member("tagKeys"), ["UntagResource"]);
        let roles = ["RegisterWorkflowType", "StartWorkflowExecution"];
        assert_eq!(with_member("ambdaRole"), roles);
        assert_eq!(with_member("decisions"), ["RespondDecisionTaskCompleted"]);
    }
}
