//! What policies are asked about operations and decisions (protocol.md section 7.4): the kind of access, and the
//! condition keys of SWF's own that a policy can test.
//!
//! Decisions are a pseudo API: each type but one has an action of its own. Which keys an action can have is told here
//! ([`Action::has`]) and nowhere else; which values a request gives them is read by the server, and how policies are
//! evaluated is none of this crate's business.

mod keys;

use crate::decisions::{DECISIONS, DecisionType};
use crate::operations::{OPERATIONS, Operation};
pub use keys::{ConditionKey, GlobalKey, RequestKey, TagPrefix};

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

use ConditionKey as Key;

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

/// What an action is asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Subject {
    Operation(Operation),
    Decision,
    PassRole,
    MoveClock,
}

/// An action that policies are asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Action {
    /// With its service, such as `swf:StartTimer`.
    pub name: &'static str,
    subject: Subject,
    keys: &'static [ConditionKey],
    tags: TagKeys,
}

impl Action {
    /// All of them: those of operations and of decisions, and two more.
    pub fn all() -> impl Iterator<Item = Self> {
        let operations = OPERATIONS.iter().map(|row| {
            let Permission { keys, tags, .. } = row.operation.permission();
            let (name, subject) = (row.action, Subject::Operation(row.operation));
            Self {
                name,
                subject,
                keys,
                tags,
            }
        });
        let decisions = DECISIONS.iter().filter_map(|row| {
            let Permission { keys, tags, .. } = row.decision_type.permission()?;
            let (name, subject) = (row.action, Subject::Decision);
            Some(Self {
                name,
                subject,
                keys,
                tags,
            })
        });
        let others = [
            (PASS_ROLE, Subject::PassRole),
            (MOVE_CLOCK, Subject::MoveClock),
        ];
        let others = others.map(|(name, subject)| {
            let (keys, tags): (&[_], _) = (&[], TagKeys::Nothing);
            Self {
                name,
                subject,
                keys,
                tags,
            }
        });
        operations.chain(decisions).chain(others)
    }

    /// The action of that name, in any case.
    pub fn named(name: &str) -> Option<Self> {
        Self::all().find(|action| action.name.eq_ignore_ascii_case(name))
    }

    /// Whether a request for it can have the key; one that cannot counts as absent, whatever is known.
    pub fn has(self, key: RequestKey<'_>) -> bool {
        match key {
            RequestKey::Swf(own) => self.keys.contains(&own),
            RequestKey::Global(global) => self.has_global(global),
            RequestKey::Tag(TagPrefix::Principal, _) => true,
            RequestKey::Tag(TagPrefix::Request, _) => self.tags == TagKeys::KeysAndValues,
            RequestKey::Tag(TagPrefix::Resource, _) => self.is_about_a_domain(),
            RequestKey::PassedToService => self.subject == Subject::PassRole,
        }
    }

    fn has_global(self, key: GlobalKey) -> bool {
        match key {
            GlobalKey::CurrentTime
            | GlobalKey::EpochTime
            | GlobalKey::PrincipalAccount
            | GlobalKey::PrincipalArn
            | GlobalKey::PrincipalType
            | GlobalKey::RequestedRegion
            | GlobalKey::TokenIssueTime
            | GlobalKey::UserId
            | GlobalKey::UserName => true,
            // Decisions are not requests.
            GlobalKey::SecureTransport | GlobalKey::SourceIp | GlobalKey::UserAgent => {
                self.subject != Subject::Decision
            }
            GlobalKey::TagKeys => self.tags != TagKeys::Nothing,
        }
    }

    fn is_about_a_domain(self) -> bool {
        match self.subject {
            Subject::Operation(operation) => operation != Operation::ListDomains,
            Subject::Decision => true,
            Subject::PassRole | Subject::MoveClock => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_are_all_operations_most_decisions_and_two_more() {
        assert_eq!(Action::all().count(), 39 + 12 + 2);
        for action in Action::all() {
            let shouted = action.name.to_uppercase();
            assert_eq!(Action::named(&shouted), Some(action));
        }
        assert_eq!(Action::named("swf:ScheduleLambdaFunction"), None);
    }

    #[test]
    fn an_action_has_the_keys_of_its_row_and_those_of_its_kind() {
        let actions = [
            "swf:StartTimer",
            "swf:CountPendingActivityTasks",
            "swf:TagResource",
            "swf:UntagResource",
            "swf:ListDomains",
            PASS_ROLE,
            MOVE_CLOCK,
        ];
        for (key, expected) in [
            ("aws:SourceIp", [false, true, true, true, true, true, true]),
            ("aws:UserAgent", [false, true, true, true, true, true, true]),
            (
                "aws:SecureTransport",
                [false, true, true, true, true, true, true],
            ),
            ("aws:username", [true; 7]),
            ("aws:PrincipalTag/a", [true; 7]),
            (
                "aws:ResourceTag/a",
                [true, true, true, true, false, false, false],
            ),
            (
                "aws:TagKeys",
                [false, false, true, true, false, false, false],
            ),
            (
                "aws:RequestTag/a",
                [false, false, true, false, false, false, false],
            ),
            (
                "swf:taskList.name",
                [false, true, false, false, false, false, false],
            ),
            (
                PASSED_TO_SERVICE.0,
                [false, false, false, false, false, true, false],
            ),
        ] {
            let key = RequestKey::read(key).expect(key);
            let has = |name: &str| Action::named(name).expect(name).has(key);
            assert_eq!(actions.map(has), expected, "{key:?}");
        }
    }
}
