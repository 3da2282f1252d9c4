//! History events: the 54 types, and an event as a sum type.
//!
//! On the wire an event is an object with `eventId`, `eventTimestamp`, `eventType` and one attribute object whose name
//! follows from the type; here it is a struct with an enum.

use serde::ser::SerializeMap;
use serde_json::Value;

use crate::scalars::{EventId, Timestamp};
use crate::shape::{Described, Member, MemberDescriptor, Mismatch, Shape, StructureShape};
use crate::shapes::event::*;

enum_shapes! {
    as is
    /// The type of a history event.
    EventType {
        WorkflowExecutionStarted,
        WorkflowExecutionCancelRequested,
        WorkflowExecutionCompleted,
        CompleteWorkflowExecutionFailed,
        WorkflowExecutionFailed,
        FailWorkflowExecutionFailed,
        WorkflowExecutionTimedOut,
        WorkflowExecutionCanceled,
        CancelWorkflowExecutionFailed,
        WorkflowExecutionContinuedAsNew,
        ContinueAsNewWorkflowExecutionFailed,
        WorkflowExecutionTerminated,
        DecisionTaskScheduled,
        DecisionTaskStarted,
        DecisionTaskCompleted,
        DecisionTaskTimedOut,
        ActivityTaskScheduled,
        ScheduleActivityTaskFailed,
        ActivityTaskStarted,
        ActivityTaskCompleted,
        ActivityTaskFailed,
        ActivityTaskTimedOut,
        ActivityTaskCanceled,
        ActivityTaskCancelRequested,
        RequestCancelActivityTaskFailed,
        WorkflowExecutionSignaled,
        MarkerRecorded,
        RecordMarkerFailed,
        TimerStarted,
        StartTimerFailed,
        TimerFired,
        TimerCanceled,
        CancelTimerFailed,
        StartChildWorkflowExecutionInitiated,
        StartChildWorkflowExecutionFailed,
        ChildWorkflowExecutionStarted,
        ChildWorkflowExecutionCompleted,
        ChildWorkflowExecutionFailed,
        ChildWorkflowExecutionTimedOut,
        ChildWorkflowExecutionCanceled,
        ChildWorkflowExecutionTerminated,
        SignalExternalWorkflowExecutionInitiated,
        SignalExternalWorkflowExecutionFailed,
        ExternalWorkflowExecutionSignaled,
        RequestCancelExternalWorkflowExecutionInitiated,
        RequestCancelExternalWorkflowExecutionFailed,
        ExternalWorkflowExecutionCancelRequested,
        LambdaFunctionScheduled,
        LambdaFunctionStarted,
        LambdaFunctionCompleted,
        LambdaFunctionFailed,
        LambdaFunctionTimedOut,
        ScheduleLambdaFunctionFailed,
        StartLambdaFunctionFailed,
    } listed as Self::VALUES
}

/// Makes the sum type of attributes and the descriptor of an event from one list, in the order of SWF's model.
macro_rules! events {
    ($($event:ident($attributes:ident),)+) => {
        /// What a history event says beside its id, type and time.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum EventAttributes { $(
            #[doc = concat!("`", stringify!($event), "`")]
            $event($attributes),
        )+ }

        impl EventAttributes {
            /// The type of the event.
            pub const fn event_type(&self) -> EventType {
                match self { $(Self::$event(_) => EventType::$event,)+ }
            }

            fn from_json(event_type: EventType, value: Value) -> Result<Self, Mismatch> {
                Ok(match event_type { $(EventType::$event => Self::$event($attributes::from_json(value)?),)+ })
            }

            fn write<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
                let name = self.event_type().attributes_name();
                match self { $(Self::$event(attributes) => map.serialize_entry(name, attributes),)+ }
            }
        }

        impl EventType {
            /// The wire name of the attribute object.
            pub const fn attributes_name(self) -> &'static str {
                match self { $(Self::$event => lower_first!($attributes),)+ }
            }
        }

        const MEMBERS: &[MemberDescriptor] = &[
            member("eventTimestamp", "When the event was recorded.", true, Timestamp::SHAPE),
            member("eventType", "The type of the event.", true, EventType::SHAPE),
            member("eventId", "The position of the event in the history, from 1.", true, EventId::SHAPE),
            $(member(
                EventType::$event.attributes_name(),
                concat!("What an event of type ", stringify!($event), " says."),
                false,
                $attributes::SHAPE,
            ),)+
        ];
    };
}

const fn member(
    name: &'static str,
    documentation: &'static str,
    required: bool,
    shape: &'static Shape,
) -> MemberDescriptor {
    MemberDescriptor {
        name,
        documentation,
        required,
        shape,
        rules: &[],
    }
}

events! {
    WorkflowExecutionStarted(WorkflowExecutionStartedEventAttributes),
    WorkflowExecutionCompleted(WorkflowExecutionCompletedEventAttributes),
    CompleteWorkflowExecutionFailed(CompleteWorkflowExecutionFailedEventAttributes),
    WorkflowExecutionFailed(WorkflowExecutionFailedEventAttributes),
    FailWorkflowExecutionFailed(FailWorkflowExecutionFailedEventAttributes),
    WorkflowExecutionTimedOut(WorkflowExecutionTimedOutEventAttributes),
    WorkflowExecutionCanceled(WorkflowExecutionCanceledEventAttributes),
    CancelWorkflowExecutionFailed(CancelWorkflowExecutionFailedEventAttributes),
    WorkflowExecutionContinuedAsNew(WorkflowExecutionContinuedAsNewEventAttributes),
    ContinueAsNewWorkflowExecutionFailed(ContinueAsNewWorkflowExecutionFailedEventAttributes),
    WorkflowExecutionTerminated(WorkflowExecutionTerminatedEventAttributes),
    WorkflowExecutionCancelRequested(WorkflowExecutionCancelRequestedEventAttributes),
    DecisionTaskScheduled(DecisionTaskScheduledEventAttributes),
    DecisionTaskStarted(DecisionTaskStartedEventAttributes),
    DecisionTaskCompleted(DecisionTaskCompletedEventAttributes),
    DecisionTaskTimedOut(DecisionTaskTimedOutEventAttributes),
    ActivityTaskScheduled(ActivityTaskScheduledEventAttributes),
    ActivityTaskStarted(ActivityTaskStartedEventAttributes),
    ActivityTaskCompleted(ActivityTaskCompletedEventAttributes),
    ActivityTaskFailed(ActivityTaskFailedEventAttributes),
    ActivityTaskTimedOut(ActivityTaskTimedOutEventAttributes),
    ActivityTaskCanceled(ActivityTaskCanceledEventAttributes),
    ActivityTaskCancelRequested(ActivityTaskCancelRequestedEventAttributes),
    WorkflowExecutionSignaled(WorkflowExecutionSignaledEventAttributes),
    MarkerRecorded(MarkerRecordedEventAttributes),
    RecordMarkerFailed(RecordMarkerFailedEventAttributes),
    TimerStarted(TimerStartedEventAttributes),
    TimerFired(TimerFiredEventAttributes),
    TimerCanceled(TimerCanceledEventAttributes),
    StartChildWorkflowExecutionInitiated(StartChildWorkflowExecutionInitiatedEventAttributes),
    ChildWorkflowExecutionStarted(ChildWorkflowExecutionStartedEventAttributes),
    ChildWorkflowExecutionCompleted(ChildWorkflowExecutionCompletedEventAttributes),
    ChildWorkflowExecutionFailed(ChildWorkflowExecutionFailedEventAttributes),
    ChildWorkflowExecutionTimedOut(ChildWorkflowExecutionTimedOutEventAttributes),
    ChildWorkflowExecutionCanceled(ChildWorkflowExecutionCanceledEventAttributes),
    ChildWorkflowExecutionTerminated(ChildWorkflowExecutionTerminatedEventAttributes),
    SignalExternalWorkflowExecutionInitiated(SignalExternalWorkflowExecutionInitiatedEventAttributes),
    ExternalWorkflowExecutionSignaled(ExternalWorkflowExecutionSignaledEventAttributes),
    SignalExternalWorkflowExecutionFailed(SignalExternalWorkflowExecutionFailedEventAttributes),
    ExternalWorkflowExecutionCancelRequested(ExternalWorkflowExecutionCancelRequestedEventAttributes),
    RequestCancelExternalWorkflowExecutionInitiated(RequestCancelExternalWorkflowExecutionInitiatedEventAttributes),
    RequestCancelExternalWorkflowExecutionFailed(RequestCancelExternalWorkflowExecutionFailedEventAttributes),
    ScheduleActivityTaskFailed(ScheduleActivityTaskFailedEventAttributes),
    RequestCancelActivityTaskFailed(RequestCancelActivityTaskFailedEventAttributes),
    StartTimerFailed(StartTimerFailedEventAttributes),
    CancelTimerFailed(CancelTimerFailedEventAttributes),
    StartChildWorkflowExecutionFailed(StartChildWorkflowExecutionFailedEventAttributes),
    LambdaFunctionScheduled(LambdaFunctionScheduledEventAttributes),
    LambdaFunctionStarted(LambdaFunctionStartedEventAttributes),
    LambdaFunctionCompleted(LambdaFunctionCompletedEventAttributes),
    LambdaFunctionFailed(LambdaFunctionFailedEventAttributes),
    LambdaFunctionTimedOut(LambdaFunctionTimedOutEventAttributes),
    ScheduleLambdaFunctionFailed(ScheduleLambdaFunctionFailedEventAttributes),
    StartLambdaFunctionFailed(StartLambdaFunctionFailedEventAttributes),
}

impl Default for EventAttributes {
    /// As for all enumerations, the first one: structures are filled member by member from their defaults.
    fn default() -> Self {
        Self::WorkflowExecutionStarted(WorkflowExecutionStartedEventAttributes::default())
    }
}

/// One event of a history.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HistoryEvent {
    /// Position in the history, from 1.
    pub event_id: EventId,
    /// When it was recorded.
    pub event_timestamp: Timestamp,
    /// Type and attributes.
    pub attributes: EventAttributes,
}

impl Described for HistoryEvent {
    const SHAPE: &'static Shape = &Shape::Structure(StructureShape {
        name: "HistoryEvent",
        documentation: "One event of a history.",
        members: MEMBERS,
        tag: None,
    });

    fn from_json(value: Value) -> Result<Self, Mismatch> {
        let Value::Object(mut object) = value else {
            return Err(Mismatch {
                shape: "HistoryEvent",
            });
        };
        let event_type = EventType::read(object.remove("eventType"))?;
        let attributes = object
            .remove(event_type.attributes_name())
            .unwrap_or(Value::Null);
        Ok(Self {
            event_id: EventId::read(object.remove("eventId"))?,
            event_timestamp: Timestamp::read(object.remove("eventTimestamp"))?,
            attributes: EventAttributes::from_json(event_type, attributes)?,
        })
    }
}

impl serde::Serialize for HistoryEvent {
    /// Members in alphabetical order, as Amazon's service writes them.
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let event_type = self.attributes.event_type();
        let attributes_first = event_type.attributes_name() < "eventId";
        let mut map = serializer.serialize_map(None)?;
        if attributes_first {
            self.attributes.write(&mut map)?;
        }
        map.serialize_entry("eventId", &self.event_id)?;
        map.serialize_entry("eventTimestamp", &self.event_timestamp)?;
        map.serialize_entry("eventType", &event_type)?;
        if !attributes_first {
            self.attributes.write(&mut map)?;
        }
        map.end()
    }
}
