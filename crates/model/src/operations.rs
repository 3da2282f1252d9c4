//! The 39 operations: one row each. From these rows come dispatch, the command line, and everything else that goes
//! over all operations.

use serde_json::Value;

use crate::faults::FaultKind;
use crate::shape::{Described, Mismatch, Shape, StructureShape};
use crate::shapes::*;

/// One operation.
#[derive(Debug)]
pub struct OperationDescriptor {
    /// The operation.
    pub operation: Operation,
    /// Its name on the wire.
    pub name: &'static str,
    /// What policies call it.
    pub action: &'static str,
    /// What it does, in our own words.
    pub documentation: &'static str,
    /// Shape of the request.
    pub input: &'static Shape,
    /// Shape of the answer; none for operations that answer with an empty body.
    pub output: Option<&'static Shape>,
    /// The faults that SWF's model declares.
    pub faults: &'static [FaultKind],
    /// Member of the answer that holds the entries of a page, for operations that page.
    pub pages: Option<&'static str>,
    /// Waits for a task.
    pub polls: bool,
    /// Amazon's token bucket and its refill per second.
    pub rate: (u32, u32),
}

impl OperationDescriptor {
    /// The request as a structure.
    pub fn input_structure(&self) -> &'static StructureShape {
        const NO_MEMBERS: &StructureShape = &StructureShape {
            name: "",
            documentation: "",
            members: &[],
            tag: None,
        };
        self.input.structure().unwrap_or(NO_MEMBERS)
    }
}

/// An operation's input type: ties it to the operation and to the output type.
pub trait Call: Described + serde::Serialize {
    /// The answer; [`Nothing`] for operations without one.
    type Output: Described;
    /// The operation.
    const OPERATION: Operation;
}

/// The answer of operations that have none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Nothing;

impl Described for Nothing {
    const SHAPE: &'static Shape = &Shape::Structure(StructureShape {
        name: "",
        documentation: "",
        members: &[],
        tag: None,
    });

    fn from_json(_: Value) -> Result<Self, Mismatch> {
        Ok(Self)
    }
}

/// Makes the enum of operations, the rows, the sum type of requests and the ties between input and output types.
macro_rules! operations {
    (@output Nothing) => { None };
    (@output $output:ident) => { Some($output::SHAPE) };
    (@pages $pages:ident) => { Some(stringify!($pages)) };
    (@pages) => { None };
    (@polls polls) => { true };
    (@polls) => { false };
    ($(
        $(#[doc = $documentation:literal])+
        $operation:ident($input:ident) -> $output:ident {
            faults [$($fault:ident),+], rate $bucket:literal / $refill:literal
            $(, pages $pages:ident)? $(=> $polls:ident)?
        }
    )+) => {
        enum_shapes! {
            as is
            /// An operation of the API.
            Operation { $($operation),+ } listed as Self::VALUES
        }

        /// All operations, a row each, in alphabetical order.
        pub const OPERATIONS: &[OperationDescriptor] = &[$(
            OperationDescriptor {
                operation: Operation::$operation,
                name: stringify!($operation),
                action: concat!("swf:", stringify!($operation)),
                documentation: concat!($($documentation),+),
                input: $input::SHAPE,
                output: operations!(@output $output),
                faults: &[$(FaultKind::$fault),+],
                pages: operations!(@pages $($pages)?),
                polls: operations!(@polls $($polls)?),
                rate: ($bucket, $refill),
            },
        )+];

        /// A request that passed validation.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum Request { $(
            #[doc = concat!("`", stringify!($operation), "`")]
            $operation($input),
        )+ }

        impl Request {
            /// The operation.
            pub const fn operation(&self) -> Operation {
                match self { $(Self::$operation(_) => Operation::$operation,)+ }
            }

            pub(crate) fn from_json(operation: Operation, value: Value) -> Result<Self, Mismatch> {
                Ok(match operation { $(Operation::$operation => Self::$operation($input::from_json(value)?),)+ })
            }
        }

        $(
            impl Call for $input {
                type Output = $output;
                const OPERATION: Operation = Operation::$operation;
            }
        )+
    };
}

operations! {
    /// Counts the closed workflow executions of a domain that match the filters. Exactly one of startTimeFilter and
    /// closeTimeFilter is needed; at most one of the other filters may be added.
    CountClosedWorkflowExecutions(CountClosedWorkflowExecutionsInput) -> WorkflowExecutionCount {
        faults [UnknownResourceFault, OperationNotPermittedFault], rate 2000 / 6
    }
    /// Counts the open workflow executions of a domain that started in a span of time. At most one of executionFilter,
    /// typeFilter and tagFilter may be added.
    CountOpenWorkflowExecutions(CountOpenWorkflowExecutionsInput) -> WorkflowExecutionCount {
        faults [UnknownResourceFault, OperationNotPermittedFault], rate 2000 / 6
    }
    /// Counts the activity tasks that wait on a task list for a worker. A task list that nobody has used counts 0.
    CountPendingActivityTasks(CountPendingActivityTasksInput) -> PendingTaskCount {
        faults [UnknownResourceFault, OperationNotPermittedFault], rate 200 / 6
    }
    /// Counts the decision tasks that wait on a task list for a decider. A task list that nobody has used counts 0.
    CountPendingDecisionTasks(CountPendingDecisionTasksInput) -> PendingTaskCount {
        faults [UnknownResourceFault, OperationNotPermittedFault], rate 200 / 6
    }
    /// Deletes a deprecated activity type. Tasks of that type that exist already are not touched, and the name and
    /// version may be registered again.
    DeleteActivityType(DeleteActivityTypeInput) -> Nothing {
        faults [UnknownResourceFault, TypeNotDeprecatedFault, OperationNotPermittedFault], rate 200 / 6
    }
    /// Deletes a deprecated workflow type. Executions of that type that exist already are not touched, and the name and
    /// version may be registered again.
    DeleteWorkflowType(DeleteWorkflowTypeInput) -> Nothing {
        faults [UnknownResourceFault, TypeNotDeprecatedFault, OperationNotPermittedFault], rate 200 / 6
    }
    /// Deprecates an activity type, so that no new task of it can be scheduled. Tasks that exist already go on.
    DeprecateActivityType(DeprecateActivityTypeInput) -> Nothing {
        faults [UnknownResourceFault, TypeDeprecatedFault, OperationNotPermittedFault], rate 200 / 6
    }
    /// Deprecates a domain and all its registered types: nothing new can be registered or started in it. Open
    /// executions go on, and everything can still be read.
    DeprecateDomain(DeprecateDomainInput) -> Nothing {
        faults [UnknownResourceFault, DomainDeprecatedFault, OperationNotPermittedFault], rate 100 / 6
    }
    /// Deprecates a workflow type, so that no new execution of it can be started. Open executions go on.
    DeprecateWorkflowType(DeprecateWorkflowTypeInput) -> Nothing {
        faults [UnknownResourceFault, TypeDeprecatedFault, OperationNotPermittedFault], rate 200 / 6
    }
    /// Shows an activity type: its status, its dates and the defaults that were set at its registration.
    DescribeActivityType(DescribeActivityTypeInput) -> ActivityTypeDetail {
        faults [UnknownResourceFault, OperationNotPermittedFault], rate 2000 / 6
    }
    /// Shows a domain: its status, description, ARN and retention period.
    DescribeDomain(DescribeDomainInput) -> DomainDetail {
        faults [UnknownResourceFault, OperationNotPermittedFault], rate 200 / 6
    }
    /// Shows one workflow execution, open or closed: its type, status and configuration, and how many tasks, timers and
    /// children it has open.
    DescribeWorkflowExecution(DescribeWorkflowExecutionInput) -> WorkflowExecutionDetail {
        faults [UnknownResourceFault, OperationNotPermittedFault], rate 2000 / 6
    }
    /// Shows a workflow type: its status, its dates and the defaults that were set at its registration.
    DescribeWorkflowType(DescribeWorkflowTypeInput) -> WorkflowTypeDetail {
        faults [UnknownResourceFault, OperationNotPermittedFault], rate 2000 / 6
    }
    /// Reads the history of one workflow execution, open or closed, page by page. The oldest event comes first unless
    /// reverseOrder is set.
    GetWorkflowExecutionHistory(GetWorkflowExecutionHistoryInput) -> History {
        faults [UnknownResourceFault, OperationNotPermittedFault], rate 2000 / 60, pages events
    }
    /// Lists the activity types of a domain that have the given status, by name and version, page by page.
    ListActivityTypes(ListActivityTypesInput) -> ActivityTypeInfos {
        faults [OperationNotPermittedFault, UnknownResourceFault], rate 200 / 6, pages typeInfos
    }
    /// Lists the closed workflow executions of a domain that match the filters, newest first, page by page. Exactly one
    /// of startTimeFilter and closeTimeFilter is needed; at most one of the other filters may be added.
    ListClosedWorkflowExecutions(ListClosedWorkflowExecutionsInput) -> WorkflowExecutionInfos {
        faults [UnknownResourceFault, OperationNotPermittedFault], rate 200 / 6, pages executionInfos
    }
    /// Lists the domains of the account and region that have the given status, by name, page by page.
    ListDomains(ListDomainsInput) -> DomainInfos {
        faults [OperationNotPermittedFault], rate 100 / 6, pages domainInfos
    }
    /// Lists the open workflow executions of a domain that started in a span of time, newest first, page by page. At
    /// most one of executionFilter, typeFilter and tagFilter may be added.
    ListOpenWorkflowExecutions(ListOpenWorkflowExecutionsInput) -> WorkflowExecutionInfos {
        faults [UnknownResourceFault, OperationNotPermittedFault], rate 200 / 48, pages executionInfos
    }
    /// Lists the tags of a domain, sorted by key.
    ListTagsForResource(ListTagsForResourceInput) -> ListTagsForResourceOutput {
        faults [UnknownResourceFault, LimitExceededFault, OperationNotPermittedFault], rate 50 / 30
    }
    /// Lists the workflow types of a domain that have the given status, by name and version, page by page.
    ListWorkflowTypes(ListWorkflowTypesInput) -> WorkflowTypeInfos {
        faults [OperationNotPermittedFault, UnknownResourceFault], rate 200 / 6, pages typeInfos
    }
    /// Asks for an activity task on a task list and waits for one, at most a minute. When none comes in that time,
    /// startedEventId is 0 and there is no task token; a client should wait at least 70 seconds for the answer.
    PollForActivityTask(PollForActivityTaskInput) -> ActivityTask {
        faults [UnknownResourceFault, OperationNotPermittedFault, LimitExceededFault], rate 2000 / 200 => polls
    }
    /// Asks for a decision task on a task list and waits for one, at most a minute; a task comes with the history of
    /// its execution. When none comes in that time, startedEventId is 0 and there is no task token; a client should
    /// wait at least 70 seconds for the answer. With nextPageToken it returns more of the history of the same task and
    /// does not wait.
    PollForDecisionTask(PollForDecisionTaskInput) -> DecisionTask {
        faults [UnknownResourceFault, OperationNotPermittedFault, LimitExceededFault], rate 2000 / 200, pages events => polls
    }
    /// Says that an activity task is still being worked on, and asks whether its cancellation was requested. It starts
    /// the task's heartbeat timeout anew and extends no other timeout.
    RecordActivityTaskHeartbeat(RecordActivityTaskHeartbeatInput) -> ActivityTaskStatus {
        faults [UnknownResourceFault, OperationNotPermittedFault], rate 2000 / 160
    }
    /// Registers an activity type with its defaults. A registered type cannot be changed; register another version
    /// instead.
    RegisterActivityType(RegisterActivityTypeInput) -> Nothing {
        faults [TypeAlreadyExistsFault, LimitExceededFault, UnknownResourceFault, OperationNotPermittedFault], rate 200 / 60
    }
    /// Registers a domain, the space in which types and executions live. A domain cannot be deleted, only deprecated.
    RegisterDomain(RegisterDomainInput) -> Nothing {
        faults [DomainAlreadyExistsFault, LimitExceededFault, OperationNotPermittedFault, TooManyTagsFault], rate 100 / 6
    }
    /// Registers a workflow type with its defaults. A registered type cannot be changed; register another version
    /// instead.
    RegisterWorkflowType(RegisterWorkflowTypeInput) -> Nothing {
        faults [TypeAlreadyExistsFault, LimitExceededFault, UnknownResourceFault, OperationNotPermittedFault], rate 200 / 60
    }
    /// Asks an open workflow execution to cancel itself. The request is written into its history, and its decider
    /// decides what to do about it.
    RequestCancelWorkflowExecution(RequestCancelWorkflowExecutionInput) -> Nothing {
        faults [UnknownResourceFault, OperationNotPermittedFault], rate 2000 / 30
    }
    /// Says that an activity task was canceled.
    RespondActivityTaskCanceled(RespondActivityTaskCanceledInput) -> Nothing {
        faults [UnknownResourceFault, OperationNotPermittedFault], rate 2000 / 200
    }
    /// Says that an activity task was done, and gives its result.
    RespondActivityTaskCompleted(RespondActivityTaskCompletedInput) -> Nothing {
        faults [UnknownResourceFault, OperationNotPermittedFault], rate 2000 / 200
    }
    /// Says that an activity task failed, and why.
    RespondActivityTaskFailed(RespondActivityTaskFailedInput) -> Nothing {
        faults [UnknownResourceFault, OperationNotPermittedFault], rate 2000 / 200
    }
    /// Ends a decision task with the list of decisions, which are carried out in their order. A list with a mistake is
    /// refused as a whole, and the task can then be answered again.
    RespondDecisionTaskCompleted(RespondDecisionTaskCompletedInput) -> Nothing {
        faults [UnknownResourceFault, OperationNotPermittedFault], rate 2000 / 200
    }
    /// Sends a signal with data to an open workflow execution. It is written into the history, and a decision task is
    /// scheduled if none is waiting.
    SignalWorkflowExecution(SignalWorkflowExecutionInput) -> Nothing {
        faults [UnknownResourceFault, OperationNotPermittedFault], rate 2000 / 30
    }
    /// Starts an execution of a workflow type and answers with its run id. At most one open execution of a domain can
    /// have the workflow id; values that are not given come from the type's defaults.
    StartWorkflowExecution(StartWorkflowExecutionInput) -> Run {
        faults [UnknownResourceFault, TypeDeprecatedFault, WorkflowExecutionAlreadyStartedFault, LimitExceededFault, OperationNotPermittedFault, DefaultUndefinedFault], rate 2000 / 200
    }
    /// Adds tags to a domain, or gives existing keys new values. A domain has at most 50 tags.
    TagResource(TagResourceInput) -> Nothing {
        faults [UnknownResourceFault, TooManyTagsFault, LimitExceededFault, OperationNotPermittedFault], rate 50 / 30
    }
    /// Closes an open workflow execution at once, without asking its decider, and applies the child policy to its open
    /// children.
    TerminateWorkflowExecution(TerminateWorkflowExecutionInput) -> Nothing {
        faults [UnknownResourceFault, OperationNotPermittedFault], rate 2000 / 60
    }
    /// Makes a deprecated activity type usable again.
    UndeprecateActivityType(UndeprecateActivityTypeInput) -> Nothing {
        faults [UnknownResourceFault, TypeAlreadyExistsFault, OperationNotPermittedFault], rate 200 / 6
    }
    /// Makes a deprecated domain usable again. Its types stay deprecated until each is made usable itself.
    UndeprecateDomain(UndeprecateDomainInput) -> Nothing {
        faults [UnknownResourceFault, DomainAlreadyExistsFault, OperationNotPermittedFault], rate 100 / 6
    }
    /// Makes a deprecated workflow type usable again.
    UndeprecateWorkflowType(UndeprecateWorkflowTypeInput) -> Nothing {
        faults [UnknownResourceFault, TypeAlreadyExistsFault, OperationNotPermittedFault], rate 200 / 6
    }
    /// Removes tags from a domain. Keys that it does not have are ignored.
    UntagResource(UntagResourceInput) -> Nothing {
        faults [UnknownResourceFault, LimitExceededFault, OperationNotPermittedFault], rate 50 / 30
    }
}

impl Operation {
    /// The row of this operation.
    pub fn descriptor(self) -> &'static OperationDescriptor {
        &OPERATIONS[self as usize]
    }
}
