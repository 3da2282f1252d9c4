//! Everbeat's own calls: read and checked like operations, and not among them.

use everbeat_model::shape::to_json;
use everbeat_model::{
    DescribeHeartbeatsInput, Fault, Heartbeat, HeartbeatList, Heartbeats, Operation, OwnOperation,
    Timestamp, WorkflowExecution, request,
};

use crate::validation::{invalid, null, too_short, unreadable, wrong_type};

fn read(body: &str) -> Result<DescribeHeartbeatsInput, Fault> {
    request::read_own(body.as_bytes())
}

#[test]
fn a_request_is_read() {
    let body = r#"{"domain":"d","execution":{"workflowId":"w","runId":"r"},"unknown":1}"#;
    let expected = DescribeHeartbeatsInput {
        domain: "d".into(),
        execution: WorkflowExecution {
            workflow_id: "w".into(),
            run_id: "r".into(),
        },
    };
    assert_eq!(read(body), Ok(expected));
}

/// Each body is refused, and with the text that DescribeWorkflowExecution has for it.
#[test]
fn a_bad_request_is_refused_as_describing_the_execution_is() {
    for (body, expected) in [
        ("", unreadable()),
        ("[]", unreadable()),
        (
            r#"{"domain":[]}"#,
            wrong_type("Unrecognized collection type class java.lang.String"),
        ),
        ("{}", invalid(&[null("execution"), null("domain")])),
        (
            r#"{"domain":"","execution":{"workflowId":"w"}}"#,
            invalid(&[null("execution.runId"), too_short("domain")]),
        ),
    ] {
        let fault = expected.expect_err("a refusal");
        assert_eq!(read(body), Err(fault.clone()), "{body}");
        let described = request::read(Operation::DescribeWorkflowExecution, body.as_bytes());
        assert_eq!(described, Err(fault), "{body}");
    }
}

#[test]
fn own_calls_are_no_operations() {
    for own in OwnOperation::VALUES {
        assert_eq!(Operation::from_name(own), None);
    }
}

#[test]
fn what_is_not_known_is_left_out_of_the_answer() {
    let silent = Heartbeat {
        activity_id: "a".into(),
        scheduled_event_id: everbeat_model::EventId(5),
        started_event_id: everbeat_model::EventId(6),
        ..Heartbeat::default()
    };
    let beating = Heartbeat {
        latest_heartbeat_timestamp: Some(Timestamp(1_500)),
        details: Some("50%".into()),
        ..silent.clone()
    };
    let answer = Heartbeats {
        heartbeats: HeartbeatList(vec![silent, beating]),
    };
    let expected = concat!(
        r#"{"heartbeats":[{"activityId":"a","scheduledEventId":5,"startedEventId":6},"#,
        r#"{"activityId":"a","details":"50%","latestHeartbeatTimestamp":1.5,"scheduledEventId":5,"startedEventId":6}]}"#
    );
    assert_eq!(to_json(&answer), expected);
}
