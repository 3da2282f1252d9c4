//! Every fault that the service can answer, with its namespace, status and the key of its text (protocol.md section 4).
//!
//! Texts that belong to one rule stand where the rule is decided; the texts that several places share are made by the
//! constructors below.

use alloc::{format, string::String};
use core::fmt;

use crate::scalars::{EventId, Name, Version, WorkflowId};

/// The namespace of a fault's `__type`.
const MODEL: &str = "com.amazonaws.swf.base.model";
const VALIDATE: &str = "com.amazon.coral.validate";
const AVAILABILITY: &str = "com.amazon.coral.availability";
const SERVICE: &str = "com.amazon.coral.service";

macro_rules! faults {
    ($($(#[doc = $documentation:literal])+ $kind:ident: $namespace:ident, $status:literal, $message_key:literal;)+) => {
        /// The kinds of faults; the name is the one on the wire.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum FaultKind { $($(#[doc = $documentation])+ $kind,)+ }

        impl FaultKind {
            /// All kinds.
            pub const ALL: &'static [Self] = &[$(Self::$kind),+];

            /// The bare name, as in the header `x-amzn-ErrorType`.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$kind => stringify!($kind),)+ }
            }

            /// The namespace that stands before `#` in `__type`.
            pub const fn namespace(self) -> &'static str {
                match self { $(Self::$kind => $namespace,)+ }
            }

            /// HTTP status.
            pub const fn status(self) -> u16 {
                match self { $(Self::$kind => $status,)+ }
            }

            /// When it is answered, in our own words.
            pub const fn documentation(self) -> &'static str {
                match self { $(Self::$kind => concat!($($documentation),+).trim_ascii(),)+ }
            }

            /// Key of the text in the body: `message`, or `Message` for two of them.
            pub const fn message_key(self) -> &'static str {
                match self { $(Self::$kind => $message_key,)+ }
            }
        }
    };
}

faults! {
    /// A domain, type, execution or task that the request names is not known, or is closed where an open one is needed.
    UnknownResourceFault: MODEL, 400, "message";
    /// There is a registered domain of that name already.
    DomainAlreadyExistsFault: MODEL, 400, "message";
    /// The domain is deprecated already.
    DomainDeprecatedFault: MODEL, 400, "message";
    /// There is a registered type of that name and version already.
    TypeAlreadyExistsFault: MODEL, 400, "message";
    /// The type is deprecated; a deprecated one cannot be deprecated again, and nothing new can be started from it.
    TypeDeprecatedFault: MODEL, 400, "message";
    /// The type is not deprecated, which it must be before it can be deleted.
    TypeNotDeprecatedFault: MODEL, 400, "message";
    /// An open execution of the domain has the workflow id.
    WorkflowExecutionAlreadyStartedFault: MODEL, 400, "message";
    /// A value that is needed is neither given nor a default of the type.
    DefaultUndefinedFault: MODEL, 400, "message";
    /// A quota of the account or the domain is used up.
    LimitExceededFault: MODEL, 400, "message";
    /// The domain would have more tags than it may have; none was added.
    TooManyTagsFault: MODEL, 400, "message";
    /// The caller may not do this for a reason other than policies: a token or an ARN is of another account or region.
    OperationNotPermittedFault: MODEL, 400, "message";
    /// The request breaks a constraint.
    ValidationException: VALIDATE, 400, "message";
    /// The rate of calls is too high.
    ThrottlingException: AVAILABILITY, 400, "message";
    /// The body cannot be read.
    SerializationException: SERVICE, 400, "Message";
    /// No such operation.
    UnknownOperationException: SERVICE, 400, "message";
    /// Policies do not allow the call.
    AccessDeniedException: SERVICE, 400, "Message";
    /// The access key is not known.
    UnrecognizedClientException: SERVICE, 400, "message";
    /// The signature does not match.
    InvalidSignatureException: SERVICE, 400, "message";
    /// The signature lacks a part.
    IncompleteSignatureException: SERVICE, 400, "message";
    /// There is no signature.
    MissingAuthenticationTokenException: SERVICE, 400, "message";
    /// The session has expired.
    ExpiredTokenException: SERVICE, 400, "message";
    /// The HTTP request is malformed.
    MalformedHttpRequestException: SERVICE, 400, "message";
    /// The body did not arrive in time.
    RequestTimeoutException: SERVICE, 408, "message";
    /// The request is too large.
    RequestEntityTooLargeException: SERVICE, 413, "message";
    /// Something that is not the caller's fault went wrong.
    InternalFailure: SERVICE, 500, "message";
    /// The server is starting, stopping, or its store refuses.
    ServiceUnavailableException: SERVICE, 503, "message";
}

impl FaultKind {
    /// The kind of that bare name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.name() == name)
    }

    /// A fault of this kind.
    pub fn with(self, message: impl Into<String>) -> Fault {
        Fault {
            kind: self,
            message: Some(message.into()),
        }
    }

    /// A fault of this kind that has no text.
    pub fn bare(self) -> Fault {
        Fault {
            kind: self,
            message: None,
        }
    }
}

/// What SWF answers instead of a result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Which fault.
    pub kind: FaultKind,
    /// Its text, if it has one.
    pub message: Option<String>,
}

impl Fault {
    /// A ValidationException.
    pub fn validation(message: impl Into<String>) -> Self {
        FaultKind::ValidationException.with(message)
    }

    /// A task or page token that cannot be read, is forged, or belongs to another call.
    pub fn invalid_token() -> Self {
        Self::validation("Invalid token")
    }

    /// No such domain, or one that takes no new registrations and executions.
    pub fn unknown_domain(name: &str) -> Self {
        FaultKind::UnknownResourceFault.with(format!("Unknown domain: {name}"))
    }

    /// No such run, or a closed one where an open one is needed.
    pub fn unknown_run(workflow_id: &str, run_id: &str) -> Self {
        FaultKind::UnknownResourceFault.with(format!(
            "Unknown execution: WorkflowExecution=[workflowId={workflow_id}, runId={run_id}]"
        ))
    }

    /// No open run of that workflow id.
    pub fn unknown_workflow(workflow_id: &WorkflowId) -> Self {
        FaultKind::UnknownResourceFault
            .with(format!("Unknown execution, workflowId = {workflow_id}"))
    }

    /// The token is good, its activity task is closed.
    pub fn unknown_activity(scheduled_event_id: EventId) -> Self {
        FaultKind::UnknownResourceFault.with(format!(
            "Unknown activity, scheduledEventId = {scheduled_event_id}"
        ))
    }

    /// The token is good, its decision task is closed.
    pub fn unknown_decision_task(scheduled_event_id: EventId) -> Self {
        FaultKind::UnknownResourceFault.with(format!(
            "Unknown decision task, scheduledEventId = {scheduled_event_id}"
        ))
    }

    /// No such type. `kind` is `WorkflowType` or `ActivityType`.
    pub fn unknown_type(kind: &str, name: &Name, version: &Version) -> Self {
        FaultKind::UnknownResourceFault.with(format!(
            "Unknown type: {}",
            describe_type(kind, name, version)
        ))
    }

    /// Too much is asked at once, or in a second (protocol.md section 4.4).
    pub fn rate_exceeded() -> Self {
        FaultKind::ThrottlingException.with("Rate exceeded")
    }

    /// The store refuses for the moment; a retry may help.
    pub fn unavailable() -> Self {
        FaultKind::ServiceUnavailableException.with("The service is not ready")
    }
}

/// How SWF writes a type in its texts. `kind` is `WorkflowType` or `ActivityType`.
pub fn describe_type(kind: &str, name: &Name, version: &Version) -> String {
    format!("{kind}=[name={name}, version={version}]")
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.message {
            Some(message) => write!(f, "{}: {message}", self.kind.name()),
            None => f.write_str(self.kind.name()),
        }
    }
}

impl core::error::Error for Fault {}
