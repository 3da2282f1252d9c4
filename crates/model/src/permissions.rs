//! What policies are asked about operations and decisions (protocol.md section 7.4): the kind of access, and the
//! condition keys of SWF's own that a policy can test.
//!
//! Decisions are a pseudo API: each type but one has an action of its own. Which values a request gives the keys is
//! read by the server; how policies are evaluated is none of this crate's business.

use crate::decisions::DecisionType;
use crate::operations::Operation;

/// The action that is asked for besides, when a role is given away; its resource is the role.
pub const PASS_ROLE: &str = "iam:PassRole";
/// The key that tells for which service a role is given away, and the value that it has here.
pub const PASSED_TO_SERVICE: (&str, &str) = ("iam:PassedToService", "swf.amazonaws.com");
/// The action of Everbeat's own call that moves a manual clock; its resource is `*`.
pub const MOVE_CLOCK: &str = "everbeat:MoveClock";

/// What an action does to its resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Shows names.
    List,
    /// Shows more.
    Read,
    /// Changes something.
    Write,
    /// Changes tags.
    Tagging,
}

impl Access {
    /// Something may be different afterwards.
    pub const fn changes(self) -> bool {
        matches!(self, Self::Write | Self::Tagging)
    }
}

/// What of the tags in a request policies can test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TagKeys {
    /// A request has none.
    Nothing,
    /// `aws:TagKeys`.
    Keys,
    /// `aws:TagKeys` and `aws:RequestTag/KEY`.
    KeysAndValues,
}

/// What policies are asked with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Permission {
    /// What the action does.
    pub access: Access,
    /// SWF's own keys.
    pub keys: &'static [ConditionKey],
    /// Keys of the tags in the request.
    pub tags: TagKeys,
}

impl Permission {
    const fn new(access: Access, keys: &'static [ConditionKey]) -> Self {
        let tags = TagKeys::Nothing;
        Self { access, keys, tags }
    }
}

macro_rules! condition_keys {
    ($($key:ident = $name:literal),+ $(,)?) => {
        /// A condition key of SWF's own. Policies may write it in any case.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum ConditionKey { $(#[doc = concat!("`", $name, "`")] $key,)+ }

        impl ConditionKey {
            /// All keys.
            pub const ALL: &'static [Self] = &[$(Self::$key),+];

            /// Its name.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$key => $name,)+ }
            }
        }
    };
}

condition_keys! {
    ActivityTypeName = "swf:activityType.name",
    ActivityTypeVersion = "swf:activityType.version",
    DefaultTaskListName = "swf:defaultTaskList.name",
    Name = "swf:name",
    Tag0 = "swf:tagList.0",
    Tag1 = "swf:tagList.1",
    Tag2 = "swf:tagList.2",
    Tag3 = "swf:tagList.3",
    Tag4 = "swf:tagList.4",
    TagFilterTag = "swf:tagFilter.tag",
    TagMember0 = "swf:tagList.member.0",
    TagMember1 = "swf:tagList.member.1",
    TagMember2 = "swf:tagList.member.2",
    TagMember3 = "swf:tagList.member.3",
    TagMember4 = "swf:tagList.member.4",
    TaskListName = "swf:taskList.name",
    TypeFilterName = "swf:typeFilter.name",
    TypeFilterVersion = "swf:typeFilter.version",
    Version = "swf:version",
    WorkflowTypeName = "swf:workflowType.name",
    WorkflowTypeVersion = "swf:workflowType.version",
    NewWorkflowTypeVersion = "swf:workflowTypeVersion",
}

use ConditionKey as Key;

impl ConditionKey {
    /// The keys of the tags of an execution, in the order of the tags.
    pub const TAG_MEMBERS: [Self; 5] = [
        Key::TagMember0,
        Key::TagMember1,
        Key::TagMember2,
        Key::TagMember3,
        Key::TagMember4,
    ];
    /// A second spelling of them, which one page of the documentation has for children.
    pub const TAGS: [Self; 5] = [Key::Tag0, Key::Tag1, Key::Tag2, Key::Tag3, Key::Tag4];
}

const FILTERS: &[Key] = &[
    Key::TagFilterTag,
    Key::TypeFilterName,
    Key::TypeFilterVersion,
];
const ACTIVITY_TYPE: &[Key] = &[Key::ActivityTypeName, Key::ActivityTypeVersion];
const WORKFLOW_TYPE: &[Key] = &[Key::WorkflowTypeName, Key::WorkflowTypeVersion];
const NEW_TYPE: &[Key] = &[Key::DefaultTaskListName, Key::Name, Key::Version];
const START: &[Key] = &[
    Key::TagMember0,
    Key::TagMember1,
    Key::TagMember2,
    Key::TagMember3,
    Key::TagMember4,
    Key::TaskListName,
    Key::WorkflowTypeName,
    Key::WorkflowTypeVersion,
];
const ACTIVITY_TASK: &[Key] = &[
    Key::ActivityTypeName,
    Key::ActivityTypeVersion,
    Key::TagMember0,
    Key::TagMember1,
    Key::TagMember2,
    Key::TagMember3,
    Key::TagMember4,
    Key::TaskListName,
    Key::WorkflowTypeName,
    Key::WorkflowTypeVersion,
];
const NEXT_RUN: &[Key] = &[
    Key::TagMember0,
    Key::TagMember1,
    Key::TagMember2,
    Key::TagMember3,
    Key::TagMember4,
    Key::TaskListName,
    Key::WorkflowTypeVersion,
    Key::NewWorkflowTypeVersion,
];
const CHILD: &[Key] = &[
    Key::Tag0,
    Key::Tag1,
    Key::Tag2,
    Key::Tag3,
    Key::Tag4,
    Key::TagMember0,
    Key::TagMember1,
    Key::TagMember2,
    Key::TagMember3,
    Key::TagMember4,
    Key::TaskListName,
    Key::WorkflowTypeName,
    Key::WorkflowTypeVersion,
];

impl Operation {
    /// What policies are asked with.
    pub const fn permission(self) -> Permission {
        use Access::{List, Read, Tagging, Write};
        match self {
            Self::CountClosedWorkflowExecutions | Self::CountOpenWorkflowExecutions => {
                Permission::new(Read, FILTERS)
            }
            Self::ListClosedWorkflowExecutions | Self::ListOpenWorkflowExecutions => {
                Permission::new(List, FILTERS)
            }
            Self::CountPendingActivityTasks | Self::CountPendingDecisionTasks => {
                Permission::new(Read, &[Key::TaskListName])
            }
            Self::PollForActivityTask | Self::PollForDecisionTask => {
                Permission::new(Write, &[Key::TaskListName])
            }
            Self::DeleteActivityType
            | Self::DeprecateActivityType
            | Self::UndeprecateActivityType => Permission::new(Write, ACTIVITY_TYPE),
            Self::DeleteWorkflowType
            | Self::DeprecateWorkflowType
            | Self::UndeprecateWorkflowType => Permission::new(Write, WORKFLOW_TYPE),
            Self::DescribeActivityType => Permission::new(Read, ACTIVITY_TYPE),
            Self::DescribeWorkflowType => Permission::new(Read, WORKFLOW_TYPE),
            Self::RegisterActivityType | Self::RegisterWorkflowType => {
                Permission::new(Write, NEW_TYPE)
            }
            Self::StartWorkflowExecution => Permission::new(Write, START),
            Self::RespondActivityTaskCompleted => Permission::new(Write, ACTIVITY_TASK),
            Self::DescribeDomain
            | Self::DescribeWorkflowExecution
            | Self::GetWorkflowExecutionHistory => Permission::new(Read, &[]),
            Self::ListActivityTypes
            | Self::ListDomains
            | Self::ListTagsForResource
            | Self::ListWorkflowTypes => Permission::new(List, &[]),
            Self::RegisterDomain => Permission {
                tags: TagKeys::KeysAndValues,
                ..Permission::new(Write, &[])
            },
            Self::TagResource => Permission {
                tags: TagKeys::KeysAndValues,
                ..Permission::new(Tagging, &[])
            },
            Self::UntagResource => Permission {
                tags: TagKeys::Keys,
                ..Permission::new(Tagging, &[])
            },
            Self::DeprecateDomain
            | Self::UndeprecateDomain
            | Self::RecordActivityTaskHeartbeat
            | Self::RequestCancelWorkflowExecution
            | Self::RespondActivityTaskCanceled
            | Self::RespondActivityTaskFailed
            | Self::RespondDecisionTaskCompleted
            | Self::SignalWorkflowExecution
            | Self::TerminateWorkflowExecution => Permission::new(Write, &[]),
        }
    }
}

impl DecisionType {
    /// What policies are asked with; none for the type that has no action of its own.
    pub const fn permission(self) -> Option<Permission> {
        let keys: &[Key] = match self {
            Self::ScheduleLambdaFunction => return None,
            Self::ScheduleActivityTask => &[
                Key::ActivityTypeName,
                Key::ActivityTypeVersion,
                Key::TaskListName,
            ],
            Self::StartChildWorkflowExecution => CHILD,
            Self::ContinueAsNewWorkflowExecution => NEXT_RUN,
            Self::RequestCancelActivityTask
            | Self::CompleteWorkflowExecution
            | Self::FailWorkflowExecution
            | Self::CancelWorkflowExecution
            | Self::RecordMarker
            | Self::StartTimer
            | Self::CancelTimer
            | Self::SignalExternalWorkflowExecution
            | Self::RequestCancelExternalWorkflowExecution => &[],
        };
        Some(Permission::new(Access::Write, keys))
    }
}
