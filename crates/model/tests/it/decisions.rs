//! What makes an answer to a decision task fail as a whole (protocol.md section 5.3, execution.md section 4.2).

use crate::rules::{INT32, NAME, SECONDS, SECONDS_1_TO_900, SECONDS_OR_NONE};
use crate::validation::{broken, invalid, null, ok, refused, run, too_long, too_short};

/// An answer to a decision task with these decisions.
fn decide(decisions: &str) -> String {
    format!(r#"{{"taskToken":"t","decisions":[{decisions}]}}"#)
}

const RESPOND: &str = "RespondDecisionTaskCompleted";

#[test]
fn decisions_may_be_absent_and_attributes_too() {
    run(&[
        (RESPOND, r#"{"taskToken":"t"}"#, ok()),
        (RESPOND, r#"{"taskToken":"t","decisions":null}"#, ok()),
        (RESPOND, &decide(""), ok()),
        (
            RESPOND,
            &decide("{}"),
            invalid(&[null("decisions.1.member.decisionType")]),
        ),
    ]);
    for decision in [
        "CompleteWorkflowExecution",
        "FailWorkflowExecution",
        "CancelWorkflowExecution",
        "ContinueAsNewWorkflowExecution",
    ] {
        run(&[(
            RESPOND,
            &decide(&format!(r#"{{"decisionType":"{decision}"}}"#)),
            ok(),
        )]);
    }
    let required: [(&str, &str, &[&str]); 9] = [
        (
            "ScheduleActivityTask",
            "scheduleActivityTask",
            &["activityId", "activityType"],
        ),
        (
            "RequestCancelActivityTask",
            "requestCancelActivityTask",
            &["activityId"],
        ),
        ("RecordMarker", "recordMarker", &["markerName"]),
        (
            "StartTimer",
            "startTimer",
            &["startToFireTimeout", "timerId"],
        ),
        ("CancelTimer", "cancelTimer", &["timerId"]),
        (
            "SignalExternalWorkflowExecution",
            "signalExternalWorkflowExecution",
            &["signalName", "workflowId"],
        ),
        (
            "RequestCancelExternalWorkflowExecution",
            "requestCancelExternalWorkflowExecution",
            &["workflowId"],
        ),
        (
            "StartChildWorkflowExecution",
            "startChildWorkflowExecution",
            &["workflowId", "workflowType"],
        ),
        (
            "ScheduleLambdaFunction",
            "scheduleLambdaFunction",
            &["name", "id"],
        ),
    ];
    for (decision, attributes, members) in required {
        let violations: Vec<String> = members
            .iter()
            .map(|member| {
                null(&format!(
                    "decisions.1.member.{attributes}DecisionAttributes.{member}"
                ))
            })
            .collect();
        let absent = format!(r#"{{"decisionType":"{decision}"}}"#);
        let null =
            format!(r#"{{"decisionType":"{decision}","{attributes}DecisionAttributes":null}}"#);
        run(&[
            (RESPOND, &decide(&absent), invalid(&violations)),
            (RESPOND, &decide(&null), invalid(&violations)),
        ]);
    }
}

#[test]
fn attributes_of_other_types_are_checked_too() {
    let timer = r#""startTimerDecisionAttributes":{"timerId":"t","startToFireTimeout":"0"}"#;
    let path = "decisions.1.member.recordMarkerDecisionAttributes.markerName";
    run(&[
        (
            RESPOND,
            &decide(&format!(
                r#"{{"decisionType":"StartTimer",{timer},"recordMarkerDecisionAttributes":{{"markerName":"m"}}}}"#
            )),
            ok(),
        ),
        (
            RESPOND,
            &decide(&format!(
                r#"{{"decisionType":"StartTimer",{timer},"recordMarkerDecisionAttributes":{{}}}}"#
            )),
            invalid(&[null(path)]),
        ),
        (
            RESPOND,
            &decide(&format!(
                r#"{{"decisionType":"StartTimer",{timer},"recordMarkerDecisionAttributes":{{"markerName":""}}}}"#
            )),
            invalid(&[too_short(path)]),
        ),
    ]);
}

#[test]
fn values_inside_decisions() {
    let timer = |id: &str, seconds: &str| {
        decide(&format!(
            r#"{{"decisionType":"StartTimer","startTimerDecisionAttributes":{{"timerId":"{id}","startToFireTimeout":"{seconds}"}}}}"#
        ))
    };
    let path = "decisions.1.member.startTimerDecisionAttributes";
    let (id, fire) = (
        format!("{path}.timerId"),
        format!("{path}.startToFireTimeout"),
    );
    let lambda = |seconds: &str| {
        decide(&format!(
            r#"{{"decisionType":"ScheduleLambdaFunction","scheduleLambdaFunctionDecisionAttributes":{{"id":"i","name":"n","startToCloseTimeout":"{seconds}"}}}}"#
        ))
    };
    let lambda_timeout =
        "decisions.1.member.scheduleLambdaFunctionDecisionAttributes.startToCloseTimeout";
    let child = |members: &str| {
        decide(&format!(
            r#"{{"decisionType":"StartChildWorkflowExecution","startChildWorkflowExecutionDecisionAttributes":{{"workflowType":{{"name":"t","version":"1"}},"workflowId":"w",{members}}}}}"#
        ))
    };
    let child_path = "decisions.1.member.startChildWorkflowExecutionDecisionAttributes";
    run(&[
        (RESPOND, &timer("t", "0"), ok()),
        (
            RESPOND,
            &timer("t", "NONE"),
            invalid(&[broken("NONE", &fire, SECONDS)]),
        ),
        (
            RESPOND,
            &timer("a|b", "x"),
            invalid(&[broken("x", &fire, SECONDS), broken("a|b", &id, NAME)]),
        ),
        (RESPOND, &lambda("1"), ok()),
        (RESPOND, &lambda("900"), ok()),
        (RESPOND, &lambda(""), ok()),
        (
            RESPOND,
            &lambda("0"),
            invalid(&[broken("0", lambda_timeout, SECONDS_1_TO_900)]),
        ),
        (
            RESPOND,
            &lambda("901"),
            invalid(&[broken("901", lambda_timeout, SECONDS_1_TO_900)]),
        ),
        (
            RESPOND,
            &lambda("NONE"),
            invalid(&[broken("NONE", lambda_timeout, SECONDS_1_TO_900)]),
        ),
        (
            RESPOND,
            &child(r#""executionStartToCloseTimeout":"NONE""#),
            ok(),
        ),
        (
            RESPOND,
            &child(r#""tagList":["1","2","3","4","5","6"],"taskPriority":"high""#),
            invalid(&[
                too_long("[1, 2, 3, 4, 5, 6]", &format!("{child_path}.tagList"), 5),
                broken("high", &format!("{child_path}.taskPriority"), INT32),
            ]),
        ),
    ]);
}

#[test]
fn a_closing_decision_must_be_the_last() {
    let not_last = refused("Close must be last decision in list");
    let marker =
        r#"{"decisionType":"RecordMarker","recordMarkerDecisionAttributes":{"markerName":"m"}}"#;
    for closing in [
        "CompleteWorkflowExecution",
        "FailWorkflowExecution",
        "CancelWorkflowExecution",
        "ContinueAsNewWorkflowExecution",
    ] {
        let close = format!(r#"{{"decisionType":"{closing}"}}"#);
        run(&[
            (RESPOND, &decide(&format!("{marker},{close}")), ok()),
            (
                RESPOND,
                &decide(&format!("{close},{marker}")),
                not_last.clone(),
            ),
            (
                RESPOND,
                &decide(&format!("{close},{close}")),
                not_last.clone(),
            ),
            // It wins over every constraint, the missing token among them.
            (
                RESPOND,
                &decide(&format!(r#"{close},{{"decisionType":"Nonsense"}}"#)),
                not_last.clone(),
            ),
            (
                RESPOND,
                &format!(r#"{{"decisions":[{close},null]}}"#),
                not_last.clone(),
            ),
        ]);
    }
}

#[test]
fn a_timeout_for_a_task_list_needs_the_task_list() {
    let text = "Cannot specify a taskListScheduleToStartTimeout without a taskList";
    let member = "taskListScheduleToStartTimeout";
    run(&[
        (
            RESPOND,
            r#"{"taskToken":"t","taskListScheduleToStartTimeout":"5"}"#,
            refused(text),
        ),
        (
            RESPOND,
            r#"{"taskToken":"t","taskListScheduleToStartTimeout":""}"#,
            ok(),
        ),
        (
            RESPOND,
            r#"{"taskToken":"t","taskListScheduleToStartTimeout":"5","taskList":{"name":"l"}}"#,
            ok(),
        ),
        (
            RESPOND,
            r#"{"taskToken":"t","taskListScheduleToStartTimeout":"NONE","taskList":{"name":"l"}}"#,
            ok(),
        ),
        (
            RESPOND,
            r#"{"taskToken":"t","taskListScheduleToStartTimeout":"5s"}"#,
            invalid(&[broken("5s", member, SECONDS_OR_NONE)]),
        ),
    ]);
}
