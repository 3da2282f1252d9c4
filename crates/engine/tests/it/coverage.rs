//! What the stories cover: every event type, every decision, and every cause and type of time-out that this version can
//! bring. What comes with a later version is listed; the list may only shrink.

use std::collections::BTreeSet;

use everbeat_model::shape::{Shape, to_json};
use everbeat_model::{DECISIONS, DecisionType, Described, EventType, HistoryEvent};
use serde_json::Value;

use crate::golden::all_told;

/// Members of events whose every value is to be covered.
const TELLING: [&str; 2] = ["cause", "timeoutType"];

/// Event types of children, external signals and cancel requests, continue-as-new and Lambda tasks.
const LATER_EVENTS: &[EventType] = &[
    EventType::WorkflowExecutionContinuedAsNew,
    EventType::ContinueAsNewWorkflowExecutionFailed,
    EventType::StartChildWorkflowExecutionInitiated,
    EventType::StartChildWorkflowExecutionFailed,
    EventType::ChildWorkflowExecutionStarted,
    EventType::ChildWorkflowExecutionCompleted,
    EventType::ChildWorkflowExecutionFailed,
    EventType::ChildWorkflowExecutionTimedOut,
    EventType::ChildWorkflowExecutionCanceled,
    EventType::ChildWorkflowExecutionTerminated,
    EventType::SignalExternalWorkflowExecutionInitiated,
    EventType::SignalExternalWorkflowExecutionFailed,
    EventType::ExternalWorkflowExecutionSignaled,
    EventType::RequestCancelExternalWorkflowExecutionInitiated,
    EventType::RequestCancelExternalWorkflowExecutionFailed,
    EventType::ExternalWorkflowExecutionCancelRequested,
    EventType::LambdaFunctionScheduled,
    EventType::LambdaFunctionStarted,
    EventType::LambdaFunctionCompleted,
    EventType::LambdaFunctionFailed,
    EventType::LambdaFunctionTimedOut,
    EventType::ScheduleLambdaFunctionFailed,
    EventType::StartLambdaFunctionFailed,
];

/// Values, in events of this version, that come with child policies and rate limits.
const LATER_VALUES: &[(EventType, &str)] = &[
    (
        EventType::WorkflowExecutionCancelRequested,
        "CHILD_POLICY_APPLIED",
    ),
    (
        EventType::WorkflowExecutionTerminated,
        "CHILD_POLICY_APPLIED",
    ),
    (
        EventType::ScheduleActivityTaskFailed,
        "ACTIVITY_CREATION_RATE_EXCEEDED",
    ),
    (EventType::StartTimerFailed, "TIMER_CREATION_RATE_EXCEEDED"),
];

type Values = BTreeSet<(EventType, String)>;

#[test]
fn the_stories_cover_every_event_type() {
    let events = all_told().into_iter().flat_map(|told| told.events);
    let covered: BTreeSet<EventType> = events.map(|event| event.attributes.event_type()).collect();
    let all = EventType::ALL.iter().copied();
    let expected: BTreeSet<EventType> = all
        .filter(|event_type| !LATER_EVENTS.contains(event_type))
        .collect();
    println!("{} of {} event types", covered.len(), EventType::ALL.len());
    assert_eq!(covered, expected);
}

#[test]
fn the_stories_cover_every_cause_and_type_of_timeout() {
    let events = all_told().into_iter().flat_map(|told| told.events);
    let covered: Values = events.flat_map(|event| values_of(&event)).collect();
    let all: Values = EventType::ALL
        .iter()
        .flat_map(|event| possible_values(*event))
        .collect();
    println!(
        "{} of {} causes and types of time-outs",
        covered.len(),
        all.len()
    );
    let is_later = |(event, value): &(EventType, String)| {
        LATER_EVENTS.contains(event) || LATER_VALUES.contains(&(*event, value))
    };
    let expected: Values = all.into_iter().filter(|value| !is_later(value)).collect();
    assert_eq!(covered, expected);
}

#[test]
fn the_stories_make_every_decision() {
    let decisions = all_told().into_iter().flat_map(|told| told.decisions);
    let made: BTreeSet<DecisionType> = decisions.collect();
    println!("{} of {} decisions", made.len(), DECISIONS.len());
    assert_eq!(made, DecisionType::ALL.iter().copied().collect());
}

/// The telling values of an event.
fn values_of(event: &HistoryEvent) -> Vec<(EventType, String)> {
    let event_type = event.attributes.event_type();
    let json: Value = serde_json::from_str(&to_json(event)).expect("events are JSON");
    let attributes = &json[event_type.attributes_name()];
    let values = TELLING.iter().filter_map(|name| attributes[name].as_str());
    values.map(|value| (event_type, value.to_owned())).collect()
}

/// The telling values that events of a type could have.
fn possible_values(event_type: EventType) -> Vec<(EventType, String)> {
    let event = HistoryEvent::SHAPE
        .structure()
        .expect("events are structures");
    let attributes = event.member(event_type.attributes_name());
    let attributes = attributes.and_then(|member| member.shape.structure());
    let attributes = attributes.expect("each event type has attributes");
    let members = TELLING.iter().filter_map(|name| attributes.member(name));
    let values = members.flat_map(|member| match member.shape {
        Shape::Enum(values) => values.values,
        other => panic!("{} is no enumeration", other.name()),
    });
    values
        .map(|value| (event_type, (*value).to_owned()))
        .collect()
}
