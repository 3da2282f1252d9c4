//! What the stories cover: every event type, every decision with its success and each cause of its failure, and every
//! cause and type of time-out that an event can have. What cannot occur would stand in a list with the reason.

use std::collections::BTreeSet;

use everbeat_model::shape::{Shape, to_json};
use everbeat_model::{DECISIONS, DecisionType, Described, EventType, HistoryEvent};
use serde_json::Value;

use crate::golden::{all_told, stories};

/// Members of events whose every value is to be covered.
const TELLING: [&str; 2] = ["cause", "timeoutType"];

/// Values of events that no story brings, each with the reason why it cannot occur.
const EXCEPTIONS: &[(EventType, &str, &str)] = &[];

type Values = BTreeSet<(EventType, String)>;

#[test]
fn the_stories_cover_every_event_type() {
    let events = all_told().iter().flat_map(|told| &told.events);
    let covered: BTreeSet<EventType> = events.map(|event| event.attributes.event_type()).collect();
    println!("{} of {} event types", covered.len(), EventType::ALL.len());
    assert_eq!(covered, EventType::ALL.iter().copied().collect());
}

#[test]
fn the_stories_cover_every_cause_and_type_of_timeout() {
    let events = all_told().iter().flat_map(|told| &told.events);
    let covered: Values = events.flat_map(values_of).collect();
    let all: Values = EventType::ALL
        .iter()
        .flat_map(|event| possible_values(*event))
        .collect();
    println!(
        "{} of {} causes and types of time-outs",
        covered.len(),
        all.len()
    );
    let exceptions = EXCEPTIONS.iter();
    let exceptions: Values = exceptions
        .map(|(event, value, _)| (*event, (*value).to_owned()))
        .collect();
    let missing: Vec<_> = all.difference(&covered).collect();
    assert_eq!(missing, exceptions.iter().collect::<Vec<_>>());
}

#[test]
fn the_stories_make_every_decision() {
    let decisions = all_told().iter().flat_map(|told| &told.decisions);
    let made: BTreeSet<DecisionType> = decisions.copied().collect();
    println!("{} of {} decisions", made.len(), DECISIONS.len());
    assert_eq!(made, DecisionType::ALL.iter().copied().collect());
}

#[test]
fn the_stories_tell_each_outcome_of_each_decision() {
    let events = || all_told().iter().flat_map(|told| &told.events);
    let types = events().map(|event| event.attributes.event_type());
    let types: BTreeSet<EventType> = types.collect();
    let values: Values = events().flat_map(values_of).collect();
    let mut outcomes = 0;
    for row in DECISIONS {
        let success = success_of(row.decision_type);
        assert!(types.contains(&success), "{success} is never told");
        let Shape::Enum(causes) = row.failed_causes else {
            panic!("{} has no list of causes", row.decision_type);
        };
        for cause in causes.values {
            let failure = (row.failed_event, (*cause).to_owned());
            assert!(values.contains(&failure), "{failure:?} is never told");
        }
        outcomes += 1 + causes.values.len();
    }
    println!("{outcomes} outcomes of decisions");
}

#[test]
fn the_stories_contain_the_worked_examples() {
    let stories = stories();
    for number in 1..=10 {
        let name = format!("11.{number}");
        let names_it = |story: &str| {
            let places = story.match_indices(&name);
            places
                .map(|(at, name)| &story[at + name.len()..])
                .any(|rest| !rest.starts_with(|c: char| c.is_ascii_digit()))
        };
        let story = stories.iter().find(|(_, story)| names_it(story));
        assert!(story.is_some(), "no story tells example {name}");
    }
}

/// The event that a decision brings when it can be carried out.
fn success_of(decision_type: DecisionType) -> EventType {
    use DecisionType as D;
    use EventType as E;
    match decision_type {
        D::ScheduleActivityTask => E::ActivityTaskScheduled,
        D::RequestCancelActivityTask => E::ActivityTaskCancelRequested,
        D::CompleteWorkflowExecution => E::WorkflowExecutionCompleted,
        D::FailWorkflowExecution => E::WorkflowExecutionFailed,
        D::CancelWorkflowExecution => E::WorkflowExecutionCanceled,
        D::ContinueAsNewWorkflowExecution => E::WorkflowExecutionContinuedAsNew,
        D::RecordMarker => E::MarkerRecorded,
        D::StartTimer => E::TimerStarted,
        D::CancelTimer => E::TimerCanceled,
        D::SignalExternalWorkflowExecution => E::SignalExternalWorkflowExecutionInitiated,
        D::RequestCancelExternalWorkflowExecution => {
            E::RequestCancelExternalWorkflowExecutionInitiated
        }
        D::StartChildWorkflowExecution => E::StartChildWorkflowExecutionInitiated,
        D::ScheduleLambdaFunction => E::LambdaFunctionScheduled,
    }
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
