//! Scalar shapes: texts, enumerations, numbers, booleans, instants and lists, each with its constraints.

use crate::shape::{Described, Mismatch, Shape};

string_shapes! {
    /// Id that a decider gives an activity task; at most one open task of a run has it.
    ActivityId { min: 1, max: 256 }
    /// Amazon resource name.
    Arn { min: 1, max: 1600 }
    /// Why a Lambda function could not be started.
    CauseMessage { max: 1728 }
    /// Free text: inputs, results, details.
    Data { max: 32768 }
    /// What a domain or type is for.
    Description { max: 1024 }
    /// Name of a domain, unique in an account and region.
    DomainName { min: 1, max: 256 }
    /// Days as decimal digits, or `NONE`.
    DurationInDays { min: 1, max: 8 }
    /// Seconds as decimal digits, in some members also `NONE`.
    DurationInSeconds { min: 1, max: 8 }
    /// Seconds as decimal digits, or `NONE`; empty counts as not given.
    DurationInSecondsOptional { max: 8, empty_is_absent: true }
    /// Text of a fault.
    ErrorMessage {}
    /// Why an activity task or an execution failed.
    FailureReason { max: 256 }
    /// Id that a decider gives a Lambda task.
    FunctionId { min: 1, max: 256 }
    /// Input of a Lambda function.
    FunctionInput { min: 0, max: 32768 }
    /// Name of a Lambda function.
    FunctionName { min: 1, max: 64 }
    /// Who polls; kept in the started event.
    Identity { max: 256 }
    /// Progress details of a heartbeat.
    LimitedData { max: 2048 }
    /// Name of a marker.
    MarkerName { min: 1, max: 256 }
    /// Name of a type or a task list.
    Name { min: 1, max: 256 }
    /// Where a paged answer goes on.
    PageToken { max: 2048, empty_is_absent: true }
    /// Key of a domain's tag.
    ResourceTagKey { min: 1, max: 128 }
    /// Value of a domain's tag.
    ResourceTagValue { max: 256 }
    /// Name of a signal.
    SignalName { min: 1, max: 256 }
    /// Tag of a workflow execution.
    Tag { min: 0, max: 256 }
    /// Priority of a task: a decimal integer of 32 bits, higher goes first.
    TaskPriority { empty_is_absent: true }
    /// Names a started task; opaque to clients.
    TaskToken { min: 1, max: 1024 }
    /// Why an execution was terminated.
    TerminateReason { max: 256 }
    /// Id that a decider gives a timer; at most one open timer of a run has it.
    TimerId { min: 1, max: 256 }
    /// Version of a type.
    Version { min: 1, max: 64 }
    /// Version of a type; empty counts as not given.
    VersionOptional { max: 64, empty_is_absent: true }
    /// Id that a client gives a workflow execution; at most one open run of a domain has it.
    WorkflowId { min: 1, max: 256 }
    /// Id that the service gives a run.
    WorkflowRunId { min: 1, max: 64 }
    /// Id of a run; empty counts as not given.
    WorkflowRunIdOptional { max: 64, empty_is_absent: true }
}

enum_shapes! {
    /// Why an activity task timed out.
    ActivityTaskTimeoutType { StartToClose, ScheduleToStart, ScheduleToClose, Heartbeat }
    /// Why CancelTimer failed.
    CancelTimerFailedCause { TimerIdUnknown, OperationNotPermitted }
    /// Why CancelWorkflowExecution failed.
    CancelWorkflowExecutionFailedCause { UnhandledDecision, OperationNotPermitted }
    /// What happens to open children when their parent ends by force.
    ChildPolicy { Terminate, RequestCancel, Abandon }
    /// How an execution closed.
    CloseStatus { Completed, Failed, Canceled, Terminated, ContinuedAsNew, TimedOut }
    /// Why CompleteWorkflowExecution failed.
    CompleteWorkflowExecutionFailedCause { UnhandledDecision, OperationNotPermitted }
    /// Why ContinueAsNewWorkflowExecution failed.
    ContinueAsNewWorkflowExecutionFailedCause {
        UnhandledDecision,
        WorkflowTypeDeprecated,
        WorkflowTypeDoesNotExist,
        DefaultExecutionStartToCloseTimeoutUndefined,
        DefaultTaskStartToCloseTimeoutUndefined,
        DefaultTaskListUndefined,
        DefaultChildPolicyUndefined,
        ContinueAsNewWorkflowExecutionRateExceeded,
        OperationNotPermitted,
    }
    /// Why a decision task timed out.
    DecisionTaskTimeoutType { StartToClose, ScheduleToStart }
    /// Whether an execution is open.
    ExecutionStatus { Open, Closed }
    /// Why FailWorkflowExecution failed.
    FailWorkflowExecutionFailedCause { UnhandledDecision, OperationNotPermitted }
    /// Why a Lambda task timed out.
    LambdaFunctionTimeoutType { StartToClose }
    /// Why RecordMarker failed.
    RecordMarkerFailedCause { OperationNotPermitted }
    /// Status of a domain or type.
    RegistrationStatus { Registered, Deprecated }
    /// Why RequestCancelActivityTask failed.
    RequestCancelActivityTaskFailedCause { ActivityIdUnknown, OperationNotPermitted }
    /// Why RequestCancelExternalWorkflowExecution failed.
    RequestCancelExternalWorkflowExecutionFailedCause {
        UnknownExternalWorkflowExecution,
        RequestCancelExternalWorkflowExecutionRateExceeded,
        OperationNotPermitted,
    }
    /// Why ScheduleActivityTask failed.
    ScheduleActivityTaskFailedCause {
        ActivityTypeDeprecated,
        ActivityTypeDoesNotExist,
        ActivityIdAlreadyInUse,
        OpenActivitiesLimitExceeded,
        ActivityCreationRateExceeded,
        DefaultScheduleToCloseTimeoutUndefined,
        DefaultTaskListUndefined,
        DefaultScheduleToStartTimeoutUndefined,
        DefaultStartToCloseTimeoutUndefined,
        DefaultHeartbeatTimeoutUndefined,
        OperationNotPermitted,
    }
    /// Why ScheduleLambdaFunction failed.
    ScheduleLambdaFunctionFailedCause {
        IdAlreadyInUse,
        OpenLambdaFunctionsLimitExceeded,
        LambdaFunctionCreationRateExceeded,
        LambdaServiceNotAvailableInRegion,
    }
    /// Why SignalExternalWorkflowExecution failed.
    SignalExternalWorkflowExecutionFailedCause {
        UnknownExternalWorkflowExecution,
        SignalExternalWorkflowExecutionRateExceeded,
        OperationNotPermitted,
    }
    /// Why StartChildWorkflowExecution failed.
    StartChildWorkflowExecutionFailedCause {
        WorkflowTypeDoesNotExist,
        WorkflowTypeDeprecated,
        OpenChildrenLimitExceeded,
        OpenWorkflowsLimitExceeded,
        ChildCreationRateExceeded,
        WorkflowAlreadyRunning,
        DefaultExecutionStartToCloseTimeoutUndefined,
        DefaultTaskListUndefined,
        DefaultTaskStartToCloseTimeoutUndefined,
        DefaultChildPolicyUndefined,
        OperationNotPermitted,
    }
    /// Why a Lambda function was not started.
    StartLambdaFunctionFailedCause { AssumeRoleFailed }
    /// Why StartTimer failed.
    StartTimerFailedCause {
        TimerIdAlreadyInUse,
        OpenTimersLimitExceeded,
        TimerCreationRateExceeded,
        OperationNotPermitted,
    }
    /// Why cancellation of an execution was requested, when not by a caller.
    WorkflowExecutionCancelRequestedCause { ChildPolicyApplied }
    /// Why an execution was terminated.
    WorkflowExecutionTerminatedCause { ChildPolicyApplied, EventLimitExceeded, OperatorInitiated }
    /// Why an execution timed out.
    WorkflowExecutionTimeoutType { StartToClose }
}

integer_shapes! {
    /// A number of things.
    Count(i32) { min: 0 }
    /// Position of an event in its history, from 1; 0 stands for no event.
    EventId(i64) {}
    /// Number of decision tasks waiting for a decider: 0 or 1.
    OpenDecisionTasksCount(i32) { min: 0, max: 1 }
    /// Greatest number of entries of a page; 0 stands for the default.
    PageSize(i32) { min: 0, max: 1000 }
}

boolean_shapes! {
    /// Whether cancellation was requested.
    Canceled
    /// Newest first instead of oldest first, or the reverse.
    ReverseOrder
    /// Whether the view of a decision task starts at the previous one.
    StartAtPreviousStartedEvent
    /// Whether a count stopped at a limit.
    Truncated
}

list_shapes! {
    /// Tags of an execution. SWF takes, keeps and echoes `null` (recorded); no filter finds it.
    TagList[Option<Tag>] at most 5;
    /// Keys of tags of a domain.
    ResourceTagKeyList[ResourceTagKey];
}

impl TagList {
    /// The tags, without those that are null.
    pub fn tags(&self) -> impl Iterator<Item = &Tag> {
        self.iter().flatten()
    }
}

impl EventId {
    /// Stands for no event.
    pub const NONE: Self = Self(0);

    /// The id after this one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

/// An instant: milliseconds since 1970-01-01 UTC. In JSON a number of seconds with a fraction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// This instant moved by whole seconds, saturating.
    #[must_use]
    pub const fn plus_seconds(self, seconds: u64) -> Self {
        let milliseconds = if seconds > i64::MAX as u64 / 1000 {
            i64::MAX
        } else {
            seconds as i64 * 1000
        };
        Self(self.0.saturating_add(milliseconds))
    }

    /// Seconds since 1970 with a fraction, as JSON has it.
    pub fn as_seconds(self) -> f64 {
        self.0 as f64 / 1000.0
    }
}

impl Described for Timestamp {
    const SHAPE: &'static Shape = &Shape::Timestamp { name: "Timestamp" };

    fn from_json(value: serde_json::Value) -> Result<Self, Mismatch> {
        let seconds = value.as_f64().ok_or(Mismatch { shape: "Timestamp" })?;
        let milliseconds = seconds * 1000.0;
        let half = if milliseconds < 0.0 { -0.5 } else { 0.5 };
        Ok(Self((milliseconds + half) as i64))
    }
}

impl serde::Serialize for Timestamp {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.as_seconds())
    }
}

/// What `NONE` looks like on the wire.
pub const NONE: &str = "NONE";

/// Seconds of a duration text; `None` for `NONE`. Texts that passed validation are one or the other.
fn seconds(text: &str) -> Option<u64> {
    if text == NONE {
        None
    } else {
        text.parse().ok()
    }
}

impl DurationInSeconds {
    /// The seconds, or `None` for `NONE`.
    pub fn seconds(&self) -> Option<u64> {
        seconds(self)
    }
}

impl DurationInSecondsOptional {
    /// The seconds, or `None` for `NONE`.
    pub fn seconds(&self) -> Option<u64> {
        seconds(self)
    }

    /// The text that stands for no limit.
    pub fn none() -> Self {
        NONE.into()
    }
}

impl DurationInDays {
    /// The days; `NONE` counts as 0 (protocol.md section 5.2).
    pub fn days(&self) -> u64 {
        seconds(self).unwrap_or(0)
    }
}

impl TaskPriority {
    /// The priority as a number; -2147483648 to 2147483647.
    pub fn value(&self) -> i32 {
        self.parse().unwrap_or(0)
    }
}

/// Shapes that differ only in whether they may be empty share their text.
macro_rules! same_text {
    ($($from:ident => $to:ident),+ $(,)?) => { $(
        impl From<$from> for $to {
            fn from(value: $from) -> Self {
                Self::from(alloc::sync::Arc::<str>::from(value))
            }
        }
    )+ };
}

same_text! {
    DurationInSeconds => DurationInSecondsOptional,
    DurationInSecondsOptional => DurationInSeconds,
    VersionOptional => Version,
    Version => VersionOptional,
    WorkflowRunIdOptional => WorkflowRunId,
    WorkflowRunId => WorkflowRunIdOptional,
    LimitedData => Data,
}
