//! What goes into a partition. Requests have been read and checked, tokens are open; what the caller may do is asked here.

use alloc::{boxed::Box, string::String};

use everbeat_engine::{Command, FunctionOutcome, StartedTask, TaskKind};
use everbeat_model::{
    ActivityType, DescribeHeartbeatsInput, DescribeWorkflowExecutionInput, DomainArn, DomainName,
    Identity, Name, RegisterActivityTypeInput, RegisterDomainInput, RegisterWorkflowTypeInput,
    RegistrationStatus, ResourceTagKeyList, ResourceTagList, StartWorkflowExecutionInput,
    WorkflowId, WorkflowRunId, WorkflowRunIdOptional, WorkflowType,
};

use crate::authority::Asker;
use crate::rows::{Realm, RunKey, TypeKind};

/// Names a call whose reply somebody waits for; chosen by the host, never reused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CallId(pub u64);

/// One input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// A request that is answered with the batch it belongs to.
    Call {
        /// For the reply.
        id: CallId,
        /// Account and region of the caller.
        realm: Realm,
        /// What is asked.
        call: Call,
        /// Whose rights are looked at; none for a caller who may do everything.
        asker: Option<Asker>,
    },
    /// A request for a task, which may wait.
    Poll {
        /// For the reply.
        id: CallId,
        /// Account and region of the caller.
        realm: Realm,
        /// Which task list.
        poll: Poll,
        /// Whose rights are looked at; none for a caller who may do everything.
        asker: Option<Asker>,
    },
    /// A poll has waited long enough, or its caller is gone. Without effect if it has been answered.
    EndPoll(CallId),
    /// Deadlines may have passed.
    Wake,
    /// The call of a Lambda function has ended.
    FunctionOutcome {
        /// The run.
        run: RunKey,
        /// The Lambda task.
        task: StartedTask,
        /// What came of it.
        outcome: FunctionOutcome,
    },
}

impl Input {
    /// Whose rights are looked at.
    pub(crate) const fn asker(&self) -> Option<&Asker> {
        match self {
            Self::Call { asker, .. } | Self::Poll { asker, .. } => asker.as_ref(),
            Self::EndPoll(_) | Self::Wake | Self::FunctionOutcome { .. } => None,
        }
    }
}

/// A poll.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Poll {
    /// Kind of the list.
    pub kind: TaskKind,
    /// Domain of the list.
    pub domain: DomainName,
    /// Name of the list.
    pub task_list: Name,
    /// Who polls.
    pub identity: Option<Identity>,
}

/// A request that does not wait.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Call {
    /// To the registry of domains and types.
    Registry(RegistryCall),
    /// The number of a domain, for a read that goes to the store directly.
    FindDomain(DomainName),
    /// StartWorkflowExecution.
    Start(Box<StartWorkflowExecutionInput>),
    /// To an open run that a caller names.
    ToRun {
        /// Which run.
        target: Target,
        /// What is asked of it.
        command: Command,
    },
    /// By the holder of a task token.
    ToTask {
        /// The task that the token names.
        token: TaskReference,
        /// What is asked of its run.
        command: Command,
    },
    /// DescribeWorkflowExecution.
    Describe(DescribeWorkflowExecutionInput),
    /// CountPendingDecisionTasks and CountPendingActivityTasks.
    CountPending {
        /// Kind of the list.
        kind: TaskKind,
        /// Domain of the list.
        domain: DomainName,
        /// Name of the list.
        task_list: Name,
    },
    /// DescribeHeartbeats, Everbeat's own call.
    DescribeHeartbeats(DescribeHeartbeatsInput),
    /// DescribeWaits, Everbeat's own call.
    DescribeWaits(Target),
}

impl Call {
    /// The domain that it names, if it names one that must be there.
    pub fn domain(&self) -> Option<&DomainName> {
        match self {
            Self::Registry(call) => call.domain(),
            Self::FindDomain(domain) => Some(domain),
            Self::Start(input) => Some(&input.domain),
            Self::ToRun { target, .. } => Some(&target.domain),
            Self::ToTask { .. } => None,
            Self::Describe(input) => Some(&input.domain),
            Self::CountPending { domain, .. } => Some(domain),
            Self::DescribeHeartbeats(input) => Some(&input.domain),
            Self::DescribeWaits(target) => Some(&target.domain),
        }
    }
}

/// A run as callers name it: with a run id that run, without one the open run of the workflow id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Its domain.
    pub domain: DomainName,
    /// Its workflow id.
    pub workflow_id: WorkflowId,
    /// Its run id, if given.
    pub run_id: Option<WorkflowRunIdOptional>,
}

/// What a task token holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskReference {
    /// Kind of the task.
    pub kind: TaskKind,
    /// Its run.
    pub run: RunKey,
    /// The run's workflow id, for texts.
    pub workflow_id: WorkflowId,
    /// The run's id, for texts.
    pub run_id: WorkflowRunId,
    /// The task's events.
    pub task: StartedTask,
}

/// Requests about domains and types.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RegistryCall {
    /// RegisterDomain.
    RegisterDomain(RegisterDomainInput),
    /// DescribeDomain.
    DescribeDomain(DomainName),
    /// ListDomains.
    ListDomains(ListDomains),
    /// DeprecateDomain.
    DeprecateDomain(DomainName),
    /// UndeprecateDomain.
    UndeprecateDomain(DomainName),
    /// RegisterWorkflowType.
    RegisterWorkflowType(Box<RegisterWorkflowTypeInput>),
    /// RegisterActivityType.
    RegisterActivityType(Box<RegisterActivityTypeInput>),
    /// DescribeWorkflowType.
    DescribeWorkflowType(DomainName, WorkflowType),
    /// DescribeActivityType.
    DescribeActivityType(DomainName, ActivityType),
    /// ListWorkflowTypes and ListActivityTypes.
    ListTypes(ListTypes),
    /// DeprecateWorkflowType and DeprecateActivityType.
    DeprecateType(NamedType),
    /// UndeprecateWorkflowType and UndeprecateActivityType.
    UndeprecateType(NamedType),
    /// DeleteWorkflowType and DeleteActivityType.
    DeleteType(NamedType),
    /// TagResource.
    Tag(DomainArn, ResourceTagList),
    /// UntagResource.
    Untag(DomainArn, ResourceTagKeyList),
    /// ListTagsForResource.
    ListTags(DomainArn),
}

impl RegistryCall {
    fn domain(&self) -> Option<&DomainName> {
        match self {
            Self::RegisterDomain(_) | Self::ListDomains(_) => None,
            Self::DescribeDomain(domain)
            | Self::DeprecateDomain(domain)
            | Self::UndeprecateDomain(domain)
            | Self::DescribeWorkflowType(domain, _)
            | Self::DescribeActivityType(domain, _) => Some(domain),
            Self::RegisterWorkflowType(input) => Some(&input.domain),
            Self::RegisterActivityType(input) => Some(&input.domain),
            Self::ListTypes(list) => Some(&list.domain),
            Self::DeprecateType(named) | Self::UndeprecateType(named) | Self::DeleteType(named) => {
                Some(&named.domain)
            }
            Self::Tag(arn, _) | Self::Untag(arn, _) | Self::ListTags(arn) => Some(&arn.name),
        }
    }
}

/// A type as callers name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedType {
    /// Its domain.
    pub domain: DomainName,
    /// Workflow or activity.
    pub kind: TypeKind,
    /// Its name.
    pub name: Name,
    /// Its version.
    pub version: everbeat_model::Version,
}

/// Which domains to list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListDomains {
    /// Of this status.
    pub status: RegistrationStatus,
    /// Descending by name.
    pub reverse: bool,
    /// At most so many.
    pub max: usize,
    /// Behind this name.
    pub after: Option<String>,
}

/// Which types to list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListTypes {
    /// Of this domain.
    pub domain: DomainName,
    /// Of this kind.
    pub kind: TypeKind,
    /// Of this name only.
    pub name: Option<Name>,
    /// Of this status.
    pub status: RegistrationStatus,
    /// Descending by name and version.
    pub reverse: bool,
    /// At most so many.
    pub max: usize,
    /// Behind this name and version.
    pub after: Option<(String, String)>,
}
