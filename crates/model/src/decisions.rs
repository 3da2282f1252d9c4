//! The 13 decisions: one row each, and a decision as a sum type.
//!
//! On the wire a decision is an object with `decisionType` and one attribute object whose name follows from the type.
//! SWF documents decisions as a pseudo API with permissions of their own, so they have rows like operations.

use serde::ser::SerializeMap;
use serde_json::Value;

use crate::events::EventType;
use crate::scalars::*;
use crate::shape::{Described, Member, MemberDescriptor, Mismatch, Shape, StructureShape, Tagged};
use crate::shapes::decision::*;

enum_shapes! {
    as is
    /// The type of a decision.
    DecisionType {
        ScheduleActivityTask,
        RequestCancelActivityTask,
        CompleteWorkflowExecution,
        FailWorkflowExecution,
        CancelWorkflowExecution,
        ContinueAsNewWorkflowExecution,
        RecordMarker,
        StartTimer,
        CancelTimer,
        SignalExternalWorkflowExecution,
        RequestCancelExternalWorkflowExecution,
        StartChildWorkflowExecution,
        ScheduleLambdaFunction,
    } listed as MESSAGE_ORDER
}

/// The order in which SWF's error text lists the decision types (recorded from the service).
const MESSAGE_ORDER: &[&str] = &[
    "CompleteWorkflowExecution",
    "StartTimer",
    "RequestCancelExternalWorkflowExecution",
    "SignalExternalWorkflowExecution",
    "CancelTimer",
    "RecordMarker",
    "ScheduleActivityTask",
    "ContinueAsNewWorkflowExecution",
    "ScheduleLambdaFunction",
    "FailWorkflowExecution",
    "RequestCancelActivityTask",
    "StartChildWorkflowExecution",
    "CancelWorkflowExecution",
];

/// One decision type.
#[derive(Debug)]
pub struct DecisionDescriptor {
    /// The type.
    pub decision_type: DecisionType,
    /// What policies call it, if they know it ([`DecisionType::permission`]).
    pub action: &'static str,
    /// Wire name of the attribute object.
    pub attributes: &'static str,
    /// Shape of the attribute object.
    pub shape: &'static Shape,
    /// What it asks for, in our own words.
    pub documentation: &'static str,
    /// The event that records its failure.
    pub failed_event: EventType,
    /// Shape of the causes of its failure.
    pub failed_causes: &'static Shape,
    /// Ends the execution, so it must be the last of its list.
    pub closes: bool,
    /// Amazon's token bucket and its refill per second, where it has one.
    pub rate: Option<(u32, u32)>,
}

/// Makes the sum type, the rows and the descriptor from one list, in the order of SWF's model.
macro_rules! decisions {
    (@closes closes) => { true };
    (@closes) => { false };
    (@rate $bucket:literal / $refill:literal) => { Some(($bucket, $refill)) };
    (@rate) => { None };
    ($(
        $(#[doc = $documentation:literal])+
        $decision:ident($attributes:ident) fails as $failed:ident with $causes:ident
        $(=> $closes:ident)?$(, rate $bucket:literal / $refill:literal)?;
    )+) => {
        /// One decision of a decider.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum Decision { $($(#[doc = $documentation])+ $decision($attributes),)+ }

        impl Decision {
            /// Its type.
            pub const fn decision_type(&self) -> DecisionType {
                match self { $(Self::$decision(_) => DecisionType::$decision,)+ }
            }

            fn from_attributes(decision_type: DecisionType, value: Value) -> Result<Self, Mismatch> {
                Ok(match decision_type {
                    $(DecisionType::$decision => Self::$decision($attributes::from_json(value)?),)+
                })
            }

            fn write<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
                let name = self.decision_type().descriptor().attributes;
                match self { $(Self::$decision(attributes) => map.serialize_entry(name, attributes),)+ }
            }
        }

        /// All decisions, a row each.
        pub const DECISIONS: &[DecisionDescriptor] = &[$(
            DecisionDescriptor {
                decision_type: DecisionType::$decision,
                action: concat!("swf:", stringify!($decision)),
                attributes: lower_first!($attributes),
                shape: $attributes::SHAPE,
                documentation: concat!($($documentation),+),
                failed_event: EventType::$failed,
                failed_causes: $causes::SHAPE,
                closes: decisions!(@closes $($closes)?),
                rate: decisions!(@rate $($bucket / $refill)?),
            },
        )+];

        const MEMBERS: &[MemberDescriptor] = &[
            MemberDescriptor {
                name: "decisionType",
                documentation: "What the decider asks for.",
                required: true,
                shape: DecisionType::SHAPE,
                rules: &[],
            },
            $(MemberDescriptor {
                name: lower_first!($attributes),
                documentation: concat!(
                    "What ", stringify!($decision), " needs; for other decisions it is left out.", $($documentation),+
                ),
                required: false,
                shape: $attributes::SHAPE,
                rules: &[],
            },)+
        ];
    };
}

decisions! {
    /// Puts an activity task on a task list for a worker. All four timeouts and the task list must be given or be
    /// defaults of the activity type.
    ScheduleActivityTask(ScheduleActivityTaskDecisionAttributes) fails as ScheduleActivityTaskFailed with ScheduleActivityTaskFailedCause, rate 1000 / 200;
    /// Asks for the cancellation of an open activity task. One that no worker has is canceled at once; a worker that
    /// has it is told at its next heartbeat.
    RequestCancelActivityTask(RequestCancelActivityTaskDecisionAttributes) fails as RequestCancelActivityTaskFailed with RequestCancelActivityTaskFailedCause;
    /// Closes the execution as completed. Must be the last decision of its list.
    CompleteWorkflowExecution(CompleteWorkflowExecutionDecisionAttributes) fails as CompleteWorkflowExecutionFailed with CompleteWorkflowExecutionFailedCause => closes;
    /// Closes the execution as failed. Must be the last decision of its list.
    FailWorkflowExecution(FailWorkflowExecutionDecisionAttributes) fails as FailWorkflowExecutionFailed with FailWorkflowExecutionFailedCause => closes;
    /// Closes the execution as canceled. Must be the last decision of its list.
    CancelWorkflowExecution(CancelWorkflowExecutionDecisionAttributes) fails as CancelWorkflowExecutionFailed with CancelWorkflowExecutionFailedCause => closes;
    /// Closes the execution and starts a new run with the same workflow id and an empty history. Must be the last
    /// decision of its list.
    ContinueAsNewWorkflowExecution(ContinueAsNewWorkflowExecutionDecisionAttributes) fails as ContinueAsNewWorkflowExecutionFailed with ContinueAsNewWorkflowExecutionFailedCause => closes;
    /// Writes a marker with data into the history, for the decider's own use.
    RecordMarker(RecordMarkerDecisionAttributes) fails as RecordMarkerFailed with RecordMarkerFailedCause;
    /// Starts a timer; when it fires, an event is written and the decider is asked again.
    StartTimer(StartTimerDecisionAttributes) fails as StartTimerFailed with StartTimerFailedCause, rate 2000 / 200;
    /// Cancels an open timer, which then never fires.
    CancelTimer(CancelTimerDecisionAttributes) fails as CancelTimerFailed with CancelTimerFailedCause;
    /// Sends a signal to an open execution of the same domain.
    SignalExternalWorkflowExecution(SignalExternalWorkflowExecutionDecisionAttributes) fails as SignalExternalWorkflowExecutionFailed with SignalExternalWorkflowExecutionFailedCause, rate 1200 / 120;
    /// Asks an open execution of the same domain to cancel itself, for example a child of this one.
    RequestCancelExternalWorkflowExecution(RequestCancelExternalWorkflowExecutionDecisionAttributes) fails as RequestCancelExternalWorkflowExecutionFailed with RequestCancelExternalWorkflowExecutionFailedCause, rate 1200 / 120;
    /// Starts a child: an execution that is tied to this one by its child policy, and whose end this one is told.
    StartChildWorkflowExecution(StartChildWorkflowExecutionDecisionAttributes) fails as StartChildWorkflowExecutionFailed with StartChildWorkflowExecutionFailedCause, rate 500 / 12;
    /// Calls a Lambda function with the execution's Lambda role.
    ScheduleLambdaFunction(ScheduleLambdaFunctionDecisionAttributes) fails as ScheduleLambdaFunctionFailed with ScheduleLambdaFunctionFailedCause;
}

/// The work that a decision brings, of a type and on a task list: that is what policies can test of decisions.
#[derive(Debug, Clone, Copy)]
pub enum NewWork<'a> {
    /// An activity task.
    Activity(&'a ScheduleActivityTaskDecisionAttributes),
    /// Another execution.
    Child(&'a StartChildWorkflowExecutionDecisionAttributes),
    /// The next run of the execution itself.
    NextRun(&'a ContinueAsNewWorkflowExecutionDecisionAttributes),
}

impl Decision {
    /// The work that it brings, if it brings any.
    pub const fn new_work(&self) -> Option<NewWork<'_>> {
        match self {
            Self::ScheduleActivityTask(attributes) => Some(NewWork::Activity(attributes)),
            Self::StartChildWorkflowExecution(attributes) => Some(NewWork::Child(attributes)),
            Self::ContinueAsNewWorkflowExecution(attributes) => Some(NewWork::NextRun(attributes)),
            Self::RequestCancelActivityTask(_)
            | Self::CompleteWorkflowExecution(_)
            | Self::FailWorkflowExecution(_)
            | Self::CancelWorkflowExecution(_)
            | Self::RecordMarker(_)
            | Self::StartTimer(_)
            | Self::CancelTimer(_)
            | Self::SignalExternalWorkflowExecution(_)
            | Self::RequestCancelExternalWorkflowExecution(_)
            | Self::ScheduleLambdaFunction(_) => None,
        }
    }
}

impl DecisionType {
    /// The row of this type.
    pub fn descriptor(self) -> &'static DecisionDescriptor {
        &DECISIONS[self as usize]
    }
}

/// From a decision type's wire name to the member that holds its attributes.
fn attributes_of(decision_type: &str) -> Option<&'static str> {
    DecisionType::from_name(decision_type)
        .map(|decision_type| decision_type.descriptor().attributes)
}

impl Described for Decision {
    const SHAPE: &'static Shape = &Shape::Structure(StructureShape {
        name: "Decision",
        documentation: "One decision of a decider.",
        members: MEMBERS,
        tag: Some(Tagged {
            member: "decisionType",
            attributes: attributes_of,
        }),
    });

    /// Attribute objects of other types are ignored.
    fn from_json(value: Value) -> Result<Self, Mismatch> {
        let Value::Object(mut object) = value else {
            return Err(Mismatch { shape: "Decision" });
        };
        let decision_type = DecisionType::read(object.remove("decisionType"))?;
        let attributes = object.remove(decision_type.descriptor().attributes);
        Self::from_attributes(
            decision_type,
            attributes.unwrap_or_else(|| Value::Object(serde_json::Map::new())),
        )
    }
}

impl serde::Serialize for Decision {
    /// Members in alphabetical order, like those of all structures.
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let decision_type = self.decision_type();
        let attributes_first = decision_type.descriptor().attributes < "decisionType";
        let mut map = serializer.serialize_map(None)?;
        if attributes_first {
            self.write(&mut map)?;
        }
        map.serialize_entry("decisionType", &decision_type)?;
        if !attributes_first {
            self.write(&mut map)?;
        }
        map.end()
    }
}
