//! Values written as JSON and read back: nothing is lost, absent members are left out, and members come out in
//! alphabetical order.

use std::collections::BTreeSet;

use everbeat_model::shape::{Shape, from_json_text, to_json};
use everbeat_model::*;
use serde_json::Value;

use crate::sample::{Members, SEEDS, sample};

/// Does something with every type that stands in the list.
macro_rules! each {
    ($do:ident: $($type:ty),+ $(,)?) => { $($do::<$type>();)+ };
}

/// Runs a function over the input types of all operations.
macro_rules! each_input {
    ($do:ident) => {
        each!($do:
            CountClosedWorkflowExecutionsInput, CountOpenWorkflowExecutionsInput, CountPendingActivityTasksInput,
            CountPendingDecisionTasksInput, DeleteActivityTypeInput, DeleteWorkflowTypeInput,
            DeprecateActivityTypeInput, DeprecateDomainInput, DeprecateWorkflowTypeInput, DescribeActivityTypeInput,
            DescribeDomainInput, DescribeWorkflowExecutionInput, DescribeWorkflowTypeInput,
            GetWorkflowExecutionHistoryInput, ListActivityTypesInput, ListClosedWorkflowExecutionsInput,
            ListDomainsInput, ListOpenWorkflowExecutionsInput, ListTagsForResourceInput, ListWorkflowTypesInput,
            PollForActivityTaskInput, PollForDecisionTaskInput, RecordActivityTaskHeartbeatInput,
            RegisterActivityTypeInput, RegisterDomainInput, RegisterWorkflowTypeInput,
            RequestCancelWorkflowExecutionInput, RespondActivityTaskCanceledInput, RespondActivityTaskCompletedInput,
            RespondActivityTaskFailedInput, RespondDecisionTaskCompletedInput, SignalWorkflowExecutionInput,
            StartWorkflowExecutionInput, TagResourceInput, TerminateWorkflowExecutionInput,
            UndeprecateActivityTypeInput, UndeprecateDomainInput, UndeprecateWorkflowTypeInput, UntagResourceInput,
        )
    };
}

/// Text and value agree in both directions, for all and for the required members alone.
fn round_trips<T: Described + serde::Serialize + PartialEq + std::fmt::Debug>() {
    for seed in 0..SEEDS {
        for members in [Members::All, Members::Required] {
            // Samples have their members in alphabetical order, so the texts are the same to the letter.
            let text = sample(T::SHAPE, members, seed).to_string();
            let value: T = from_json_text(&text).expect("a sample fits its shape");
            assert_eq!(to_json(&value), text, "{}", T::SHAPE.name());
            let again: T = from_json_text(&to_json(&value)).expect("a sample fits its shape");
            assert_eq!(again, value);
        }
    }
}

#[test]
fn every_output_is_read_and_written() {
    each!(round_trips:
        ActivityTask, ActivityTaskStatus, ActivityTypeDetail, ActivityTypeInfos, DecisionTask, DomainDetail,
        DomainInfos, History, ListTagsForResourceOutput, PendingTaskCount, Run, WorkflowExecutionCount,
        WorkflowExecutionDetail, WorkflowExecutionInfos, WorkflowTypeDetail, WorkflowTypeInfos,
    );
    let outputs: BTreeSet<&str> = OPERATIONS
        .iter()
        .filter_map(|operation| operation.output.map(Shape::name))
        .collect();
    assert_eq!(outputs.len(), 16, "the list above has all outputs");
}

#[test]
fn every_input_is_read_and_written() {
    each_input!(round_trips);
}

#[test]
fn every_operation_knows_its_types() {
    fn knows<T: Call>() {
        let row = T::OPERATION.descriptor();
        assert_eq!(row.input.name(), T::SHAPE.name());
        assert_eq!(row.output.map_or("", Shape::name), T::Output::SHAPE.name());
    }
    each_input!(knows);
}

#[test]
fn every_event_and_decision_is_read_and_written() {
    round_trips::<HistoryEvent>();
    round_trips::<Decision>();
    let mut events = BTreeSet::new();
    let mut decisions = BTreeSet::new();
    for seed in 0..SEEDS {
        let event = HistoryEvent::from_json(sample(HistoryEvent::SHAPE, Members::All, seed))
            .expect("an event");
        events.insert(event.attributes.event_type());
        let decision =
            Decision::from_json(sample(Decision::SHAPE, Members::All, seed)).expect("a decision");
        decisions.insert(decision.decision_type());
    }
    assert_eq!((events.len(), decisions.len()), (54, 13));
}

#[test]
fn absent_members_are_left_out() {
    let empty = DecisionTask {
        previous_started_event_id: Some(EventId::NONE),
        ..DecisionTask::default()
    };
    let text = to_json(&empty);
    assert!(!text.contains("null"), "{text}");
    assert!(!text.contains("nextPageToken"), "{text}");
    assert_eq!(to_json(&Run { run_id: None }), "{}");
}

#[test]
fn null_is_read_as_absent() {
    let run: Run = from_json_text(r#"{"runId":null}"#).expect("a run");
    assert_eq!(run.run_id, None);
}

#[test]
fn an_event_without_its_attributes_is_refused() {
    let text = r#"{"eventId":1,"eventTimestamp":1.5,"eventType":"TimerFired"}"#;
    let read: Result<HistoryEvent, Mismatch> = from_json_text(text);
    assert_eq!(
        read.expect_err("no attributes").shape,
        "TimerFiredEventAttributes"
    );
}

#[test]
fn instants_are_seconds_with_milliseconds() {
    let cases = [
        (1_371_454_150_451, "1371454150.451"),
        (1_371_454_150_000, "1371454150.0"),
        (0, "0.0"),
        (1, "0.001"),
        (-1, "-0.001"),
        (-1_500, "-1.5"),
        (253_402_300_799_999, "253402300799.999"),
    ];
    for (milliseconds, text) in cases {
        assert_eq!(to_json(&Timestamp(milliseconds)), text);
        let read: Timestamp = from_json_text(text).expect("an instant");
        assert_eq!(read, Timestamp(milliseconds));
    }
    for text in ["1.786560427599E9", "1786560427.599"] {
        let read: Timestamp = from_json_text(text).expect("an instant");
        assert_eq!(read, Timestamp(1_786_560_427_599));
    }
    let whole: Timestamp = from_json_text("1767323045").expect("an instant");
    assert_eq!(whole, Timestamp(1_767_323_045_000));
}

#[test]
fn no_instant_changes_on_the_way() {
    // Steps that are prime to 1000 and to each other, from 1970 to beyond the year 9999.
    let mut milliseconds = 0_i64;
    for step in (7_919..).step_by(1_009).take(100_000) {
        milliseconds += step * 51;
        let text = to_json(&Timestamp(milliseconds));
        let expected = format!("{}.{:03}", milliseconds / 1000, milliseconds % 1000);
        let trimmed = expected.trim_end_matches('0');
        let dot = if trimmed.ends_with('.') { "0" } else { "" };
        assert_eq!(text, format!("{trimmed}{dot}"));
        let read: Timestamp = from_json_text(&text).expect("an instant");
        assert_eq!(read, Timestamp(milliseconds));
    }
    assert!(
        milliseconds > 253_402_300_799_999,
        "the year 9999 was not reached"
    );
}

#[test]
fn values_of_another_type_do_not_fit() {
    let cases = [
        ("{}", "WorkflowId"),
        (r#"{"workflowId":1,"runId":"r"}"#, "WorkflowId"),
        (r#"{"workflowId":"w","runId":null}"#, "WorkflowRunId"),
        ("[]", "WorkflowExecution"),
    ];
    for (text, shape) in cases {
        let value: Value = serde_json::from_str(text).expect("JSON");
        let mismatch = WorkflowExecution::from_json(value).expect_err(text);
        assert_eq!(mismatch.shape, shape, "{text}");
    }
}
