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
    /// Served by this version.
    pub served: bool,
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
    (@served not yet) => { false };
    (@served) => { true };
    ($(
        $(#[doc = $documentation:literal])+
        $operation:ident($input:ident) -> $output:ident {
            faults [$($fault:ident),+], rate $bucket:literal / $refill:literal
            $(, pages $pages:ident)? $(=> $polls:ident)? $([$not:ident $yet:ident])?
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
                documentation: concat!($($documentation),+),
                input: $input::SHAPE,
                output: operations!(@output $output),
                faults: &[$(FaultKind::$fault),+],
                pages: operations!(@pages $($pages)?),
                polls: operations!(@polls $($polls)?),
                rate: ($bucket, $refill),
                served: operations!(@served $($not $yet)?),
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
    /// TODO-DOC
    CountClosedWorkflowExecutions(CountClosedWorkflowExecutionsInput) -> WorkflowExecutionCount {
        faults [UnknownResourceFault, OperationNotPermittedFault], rate 2000 / 6 [not yet]
    }
    /// TODO-DOC
    CountOpenWorkflowExecutions(CountOpenWorkflowExecutionsInput) -> WorkflowExecutionCount {
        faults [UnknownResourceFault, OperationNotPermittedFault], rate 2000 / 6 [not yet]
    }
    /// TODO-DOC
    CountPendingActivityTasks(CountPendingActivityTasksInput) -> PendingTaskCount {
        faults [UnknownResourceFault, OperationNotPermittedFault], rate 200 / 6 [not yet]
    }
    /// TODO-DOC
    CountPendingDecisionTasks(CountPendingDecisionTasksInput) -> PendingTaskCount {
        faults [UnknownResourceFault, OperationNotPermittedFault], rate 200 / 6 [not yet]
    }
    /// TODO-DOC
    DeleteActivityType(DeleteActivityTypeInput) -> Nothing {
        faults [UnknownResourceFault, TypeNotDeprecatedFault, OperationNotPermittedFault], rate 200 / 6
    }
    /// TODO-DOC
    DeleteWorkflowType(DeleteWorkflowTypeInput) -> Nothing {
        faults [UnknownResourceFault, TypeNotDeprecatedFault, OperationNotPermittedFault], rate 200 / 6
    }
    /// TODO-DOC
    DeprecateActivityType(DeprecateActivityTypeInput) -> Nothing {
        faults [UnknownResourceFault, TypeDeprecatedFault, OperationNotPermittedFault], rate 200 / 6
    }
    /// TODO-DOC
    DeprecateDomain(DeprecateDomainInput) -> Nothing {
        faults [UnknownResourceFault, DomainDeprecatedFault, OperationNotPermittedFault], rate 100 / 6
    }
    /// TODO-DOC
    DeprecateWorkflowType(DeprecateWorkflowTypeInput) -> Nothing {
        faults [UnknownResourceFault, TypeDeprecatedFault, OperationNotPermittedFault], rate 200 / 6
    }
    /// TODO-DOC
    DescribeActivityType(DescribeActivityTypeInput) -> ActivityTypeDetail {
        faults [UnknownResourceFault, OperationNotPermittedFault], rate 2000 / 6
    }
    /// TODO-DOC
    DescribeDomain(DescribeDomainInput) -> DomainDetail {
        faults [UnknownResourceFault, OperationNotPermittedFault], rate 200 / 6
    }
    /// TODO-DOC
    DescribeWorkflowExecution(DescribeWorkflowExecutionInput) -> WorkflowExecutionDetail {
        faults [UnknownResourceFault, OperationNotPermittedFault], rate 2000 / 6
    }
    /// TODO-DOC
    DescribeWorkflowType(DescribeWorkflowTypeInput) -> WorkflowTypeDetail {
        faults [UnknownResourceFault, OperationNotPermittedFault], rate 2000 / 6
    }
    /// TODO-DOC
    GetWorkflowExecutionHistory(GetWorkflowExecutionHistoryInput) -> History {
        faults [UnknownResourceFault, OperationNotPermittedFault], rate 2000 / 60, pages events
    }
    /// TODO-DOC
    ListActivityTypes(ListActivityTypesInput) -> ActivityTypeInfos {
        faults [OperationNotPermittedFault, UnknownResourceFault], rate 200 / 6, pages typeInfos
    }
    /// TODO-DOC
    ListClosedWorkflowExecutions(ListClosedWorkflowExecutionsInput) -> WorkflowExecutionInfos {
        faults [UnknownResourceFault, OperationNotPermittedFault], rate 200 / 6, pages executionInfos
    }
    /// TODO-DOC
    ListDomains(ListDomainsInput) -> DomainInfos {
        faults [OperationNotPermittedFault], rate 100 / 6, pages domainInfos
    }
    /// TODO-DOC
    ListOpenWorkflowExecutions(ListOpenWorkflowExecutionsInput) -> WorkflowExecutionInfos {
        faults [UnknownResourceFault, OperationNotPermittedFault], rate 200 / 48, pages executionInfos
    }
    /// TODO-DOC
    ListTagsForResource(ListTagsForResourceInput) -> ListTagsForResourceOutput {
        faults [UnknownResourceFault, LimitExceededFault, OperationNotPermittedFault], rate 50 / 30 [not yet]
    }
    /// TODO-DOC
    ListWorkflowTypes(ListWorkflowTypesInput) -> WorkflowTypeInfos {
        faults [OperationNotPermittedFault, UnknownResourceFault], rate 200 / 6, pages typeInfos
    }
    /// TODO-DOC
    PollForActivityTask(PollForActivityTaskInput) -> ActivityTask {
        faults [UnknownResourceFault, OperationNotPermittedFault, LimitExceededFault], rate 2000 / 200 => polls
    }
    /// TODO-DOC
    PollForDecisionTask(PollForDecisionTaskInput) -> DecisionTask {
        faults [UnknownResourceFault, OperationNotPermittedFault, LimitExceededFault], rate 2000 / 200, pages events => polls
    }
    /// TODO-DOC
    RecordActivityTaskHeartbeat(RecordActivityTaskHeartbeatInput) -> ActivityTaskStatus {
        faults [UnknownResourceFault, OperationNotPermittedFault], rate 2000 / 160
    }
    /// TODO-DOC
    RegisterActivityType(RegisterActivityTypeInput) -> Nothing {
        faults [TypeAlreadyExistsFault, LimitExceededFault, UnknownResourceFault, OperationNotPermittedFault], rate 200 / 60
    }
    /// TODO-DOC
    RegisterDomain(RegisterDomainInput) -> Nothing {
        faults [DomainAlreadyExistsFault, LimitExceededFault, OperationNotPermittedFault, TooManyTagsFault], rate 100 / 6
    }
    /// TODO-DOC
    RegisterWorkflowType(RegisterWorkflowTypeInput) -> Nothing {
        faults [TypeAlreadyExistsFault, LimitExceededFault, UnknownResourceFault, OperationNotPermittedFault], rate 200 / 60
    }
    /// TODO-DOC
    RequestCancelWorkflowExecution(RequestCancelWorkflowExecutionInput) -> Nothing {
        faults [UnknownResourceFault, OperationNotPermittedFault], rate 2000 / 30
    }
    /// TODO-DOC
    RespondActivityTaskCanceled(RespondActivityTaskCanceledInput) -> Nothing {
        faults [UnknownResourceFault, OperationNotPermittedFault], rate 2000 / 200
    }
    /// TODO-DOC
    RespondActivityTaskCompleted(RespondActivityTaskCompletedInput) -> Nothing {
        faults [UnknownResourceFault, OperationNotPermittedFault], rate 2000 / 200
    }
    /// TODO-DOC
    RespondActivityTaskFailed(RespondActivityTaskFailedInput) -> Nothing {
        faults [UnknownResourceFault, OperationNotPermittedFault], rate 2000 / 200
    }
    /// TODO-DOC
    RespondDecisionTaskCompleted(RespondDecisionTaskCompletedInput) -> Nothing {
        faults [UnknownResourceFault, OperationNotPermittedFault], rate 2000 / 200
    }
    /// TODO-DOC
    SignalWorkflowExecution(SignalWorkflowExecutionInput) -> Nothing {
        faults [UnknownResourceFault, OperationNotPermittedFault], rate 2000 / 30
    }
    /// TODO-DOC
    StartWorkflowExecution(StartWorkflowExecutionInput) -> Run {
        faults [UnknownResourceFault, TypeDeprecatedFault, WorkflowExecutionAlreadyStartedFault, LimitExceededFault, OperationNotPermittedFault, DefaultUndefinedFault], rate 2000 / 200
    }
    /// TODO-DOC
    TagResource(TagResourceInput) -> Nothing {
        faults [UnknownResourceFault, TooManyTagsFault, LimitExceededFault, OperationNotPermittedFault], rate 50 / 30 [not yet]
    }
    /// TODO-DOC
    TerminateWorkflowExecution(TerminateWorkflowExecutionInput) -> Nothing {
        faults [UnknownResourceFault, OperationNotPermittedFault], rate 2000 / 60
    }
    /// TODO-DOC
    UndeprecateActivityType(UndeprecateActivityTypeInput) -> Nothing {
        faults [UnknownResourceFault, TypeAlreadyExistsFault, OperationNotPermittedFault], rate 200 / 6
    }
    /// TODO-DOC
    UndeprecateDomain(UndeprecateDomainInput) -> Nothing {
        faults [UnknownResourceFault, DomainAlreadyExistsFault, OperationNotPermittedFault], rate 100 / 6
    }
    /// TODO-DOC
    UndeprecateWorkflowType(UndeprecateWorkflowTypeInput) -> Nothing {
        faults [UnknownResourceFault, TypeAlreadyExistsFault, OperationNotPermittedFault], rate 200 / 6
    }
    /// TODO-DOC
    UntagResource(UntagResourceInput) -> Nothing {
        faults [UnknownResourceFault, LimitExceededFault, OperationNotPermittedFault], rate 50 / 30 [not yet]
    }
}

impl Operation {
    /// The row of this operation.
    pub fn descriptor(self) -> &'static OperationDescriptor {
        &OPERATIONS[self as usize]
    }
}
