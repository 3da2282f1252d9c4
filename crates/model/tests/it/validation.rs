//! Constraints and the rules across members, with SWF's texts (protocol.md sections 4.3, 5.2 and 5.3).

use everbeat_model::{Fault, FaultKind, Operation, request};

/// What a request is answered with: nothing wrong, or a fault with its text.
pub(crate) type Expected = Result<(), Fault>;

pub(crate) fn ok() -> Expected {
    Ok(())
}

pub(crate) fn unreadable() -> Expected {
    Err(FaultKind::SerializationException.bare())
}

pub(crate) fn wrong_type(text: &str) -> Expected {
    Err(FaultKind::SerializationException.with(text))
}

pub(crate) fn refused(text: &str) -> Expected {
    Err(FaultKind::ValidationException.with(text))
}

/// All violations, in the order in which they are told.
pub(crate) fn invalid(violations: &[String]) -> Expected {
    let plural = if violations.len() == 1 { "" } else { "s" };
    refused(&format!(
        "{} validation error{plural} detected: {}",
        violations.len(),
        violations.join("; ")
    ))
}

/// One violation.
pub(crate) fn broken(value: &str, path: &str, constraint: &str) -> String {
    format!("Value '{value}' at '{path}' failed to satisfy constraint: {constraint}")
}

pub(crate) fn null(path: &str) -> String {
    format!("Value null at '{path}' failed to satisfy constraint: Member must not be null")
}

pub(crate) fn too_short(path: &str) -> String {
    broken(
        "",
        path,
        "Member must have length greater than or equal to 1",
    )
}

pub(crate) fn too_long(value: &str, path: &str, most: usize) -> String {
    let mut shown: String = value.chars().take(1000).collect();
    if value.chars().count() > 1000 {
        shown.push_str("...");
    }
    broken(
        &shown,
        path,
        &format!("Member must have length less than or equal to {most}"),
    )
}

/// Reads each request and compares the answer.
pub(crate) fn run(cases: &[(&str, &str, Expected)]) {
    for (operation, body, expected) in cases {
        let operation = Operation::from_name(operation).expect(operation);
        let read = request::read(operation, body.as_bytes());
        let answer = read.map(|request| assert_eq!(request.operation(), operation));
        let shown: String = body.chars().take(300).collect();
        assert_eq!(&answer, expected, "{operation} {shown}");
    }
}

#[test]
fn texts_to_the_letter() {
    run(&[
        (
            "DescribeWorkflowExecution",
            r#"{}"#,
            refused(
                "2 validation errors detected: \
                 Value null at 'execution' failed to satisfy constraint: Member must not be null; \
                 Value null at 'domain' failed to satisfy constraint: Member must not be null",
            ),
        ),
        (
            "DescribeWorkflowExecution",
            r#"{"domain":"d","execution":{}}"#,
            refused(
                "2 validation errors detected: \
                 Value null at 'execution.runId' failed to satisfy constraint: Member must not be null; \
                 Value null at 'execution.workflowId' failed to satisfy constraint: Member must not be null",
            ),
        ),
        (
            "GetWorkflowExecutionHistory",
            r#"{"domain":"d","execution":{"workflowId":"w"}}"#,
            refused(
                "1 validation error detected: \
                 Value null at 'execution.runId' failed to satisfy constraint: Member must not be null",
            ),
        ),
        (
            "ListDomains",
            r#"{"registrationStatus":"registered"}"#,
            refused(
                "1 validation error detected: Value 'registered' at 'registrationStatus' failed to satisfy \
                 constraint: Member must satisfy enum value set: [REGISTERED, DEPRECATED]",
            ),
        ),
        (
            "ListDomains",
            r#"{"registrationStatus":"REGISTERED","maximumPageSize":1001}"#,
            refused(
                "1 validation error detected: Value '1001' at 'maximumPageSize' failed to satisfy constraint: \
                 Member must have value less than or equal to 1000",
            ),
        ),
        (
            "StartWorkflowExecution",
            r#"{"domain":"d","workflowId":"w","workflowType":{"name":"t","version":"1"},"tagList":["a","b","c","d","e","f"]}"#,
            refused(
                "1 validation error detected: Value '[a, b, c, d, e, f]' at 'tagList' failed to satisfy constraint: \
                 Member must have length less than or equal to 5",
            ),
        ),
        (
            "RespondDecisionTaskCompleted",
            r#"{"taskToken":"t","decisions":[{"decisionType":"Nonsense"}]}"#,
            refused(
                "1 validation error detected: Value 'Nonsense' at 'decisions.1.member.decisionType' failed to satisfy \
                 constraint: Member must satisfy enum value set: [CompleteWorkflowExecution, StartTimer, \
                 RequestCancelExternalWorkflowExecution, SignalExternalWorkflowExecution, CancelTimer, RecordMarker, \
                 ScheduleActivityTask, ContinueAsNewWorkflowExecution, ScheduleLambdaFunction, FailWorkflowExecution, \
                 RequestCancelActivityTask, StartChildWorkflowExecution, CancelWorkflowExecution]",
            ),
        ),
    ]);
}

#[test]
fn missing_members_are_told_from_the_last_to_the_first() {
    run(&[
        (
            "StartWorkflowExecution",
            "{}",
            invalid(&[null("workflowType"), null("workflowId"), null("domain")]),
        ),
        (
            "RegisterWorkflowType",
            "{}",
            invalid(&[null("version"), null("name"), null("domain")]),
        ),
        (
            "StartWorkflowExecution",
            r#"{"workflowType":{},"domain":"d","workflowId":null}"#,
            invalid(&[
                null("workflowType.version"),
                null("workflowType.name"),
                null("workflowId"),
            ]),
        ),
        (
            "RespondActivityTaskCompleted",
            "{}",
            invalid(&[null("taskToken")]),
        ),
        (
            "CountOpenWorkflowExecutions",
            r#"{"domain":"d"}"#,
            invalid(&[null("startTimeFilter")]),
        ),
        (
            "CountOpenWorkflowExecutions",
            r#"{"domain":"d","startTimeFilter":{"latestDate":1}}"#,
            invalid(&[null("startTimeFilter.oldestDate")]),
        ),
    ]);
}

#[test]
fn at_most_ten_violations_are_told() {
    let decisions = [r#"{"decisionType":"StartTimer"}"#; 6].join(",");
    let body = format!(r#"{{"decisions":[{decisions}]}}"#);
    let mut violations = Vec::new();
    for decision in 1..=5 {
        let path = format!("decisions.{decision}.member.startTimerDecisionAttributes");
        violations.push(null(&format!("{path}.startToFireTimeout")));
        violations.push(null(&format!("{path}.timerId")));
    }
    run(&[("RespondDecisionTaskCompleted", &body, invalid(&violations))]);
}

#[test]
fn lengths_count_scalar_values() {
    let describe = |name: &str| format!(r#"{{"name":"{name}"}}"#);
    // Two UTF-16 units and four bytes each.
    let (fits, long) = ("\u{1f600}".repeat(256), "\u{1f600}".repeat(257));
    run(&[
        (
            "DescribeDomain",
            &describe(""),
            invalid(&[too_short("name")]),
        ),
        ("DescribeDomain", &describe("d"), ok()),
        ("DescribeDomain", &describe(&fits), ok()),
        (
            "DescribeDomain",
            &describe(&long),
            invalid(&[too_long(&long, "name", 256)]),
        ),
    ]);
    let cases = [
        ("RespondActivityTaskCompleted", "result", 32_768),
        ("RespondActivityTaskFailed", "reason", 256),
        ("RespondActivityTaskFailed", "details", 32_768),
        ("RecordActivityTaskHeartbeat", "details", 2_048),
    ];
    for (operation, member, most) in cases {
        let body = |text: &str| format!(r#"{{"taskToken":"t","{member}":"{text}"}}"#);
        let long = "x".repeat(most + 1);
        run(&[
            (operation, &body(""), ok()),
            (operation, &body(&long[1..]), ok()),
            (
                operation,
                &body(&long),
                invalid(&[too_long(&long, member, most)]),
            ),
        ]);
    }
    let long = "x".repeat(1_025);
    run(&[
        (
            "RespondActivityTaskCanceled",
            r#"{"taskToken":""}"#,
            invalid(&[too_short("taskToken")]),
        ),
        (
            "RespondActivityTaskCanceled",
            &format!(r#"{{"taskToken":"{long}"}}"#),
            invalid(&[too_long(&long, "taskToken", 1_024)]),
        ),
    ]);
}

#[test]
fn list_elements() {
    let start = |tags: &str| {
        format!(
            r#"{{"domain":"d","workflowId":"w","workflowType":{{"name":"t","version":"1"}},"tagList":{tags}}}"#
        )
    };
    let long = "x".repeat(257);
    run(&[
        (
            "StartWorkflowExecution",
            &start(r#"["a","b","c","d","e"]"#),
            ok(),
        ),
        (
            "StartWorkflowExecution",
            &start(r#"["","a:/|b\u0001"," "]"#),
            ok(),
        ),
        ("StartWorkflowExecution", &start(r#"["a",null]"#), ok()),
        (
            "RespondDecisionTaskCompleted",
            r#"{"taskToken":"t","decisions":[null]}"#,
            invalid(&[null("decisions.1.member")]),
        ),
        (
            "StartWorkflowExecution",
            &start(&format!(r#"["a","{long}"]"#)),
            invalid(&[too_long(&long, "tagList.2.member", 256)]),
        ),
        (
            "UntagResource",
            r#"{"resourceArn":"a","tagKeys":["","k"]}"#,
            invalid(&[too_short("tagKeys.1.member")]),
        ),
        (
            "RespondDecisionTaskCompleted",
            r#"{"taskToken":"t","decisions":[null]}"#,
            invalid(&[null("decisions.1.member")]),
        ),
    ]);
}

#[test]
fn enumerations_and_bounds() {
    run(&[
        (
            "TerminateWorkflowExecution",
            r#"{"domain":"d","workflowId":"w","childPolicy":"Terminate"}"#,
            invalid(&[broken(
                "Terminate",
                "childPolicy",
                "Member must satisfy enum value set: [TERMINATE, REQUEST_CANCEL, ABANDON]",
            )]),
        ),
        (
            "CountClosedWorkflowExecutions",
            r#"{"domain":"d","closeTimeFilter":{"oldestDate":0},"closeStatusFilter":{"status":""}}"#,
            invalid(&[broken(
                "",
                "closeStatusFilter.status",
                "Member must satisfy enum value set: [COMPLETED, FAILED, CANCELED, TERMINATED, CONTINUED_AS_NEW, TIMED_OUT]",
            )]),
        ),
        (
            "PollForDecisionTask",
            r#"{"domain":"d","taskList":{"name":"l"},"maximumPageSize":-1}"#,
            invalid(&[broken(
                "-1",
                "maximumPageSize",
                "Member must have value greater than or equal to 0",
            )]),
        ),
        (
            "PollForDecisionTask",
            r#"{"domain":"d","taskList":{"name":"l"},"maximumPageSize":0}"#,
            ok(),
        ),
    ]);
}

#[test]
fn filters() {
    let neither = refused("Must specify time filter");
    let both = refused("Cannot specify both a startTimeFilter and a closeTimeFilter");
    for operation in [
        "ListClosedWorkflowExecutions",
        "CountClosedWorkflowExecutions",
    ] {
        run(&[
            (operation, r#"{"domain":"d"}"#, neither.clone()),
            (
                operation,
                r#"{"domain":"d","startTimeFilter":null}"#,
                neither.clone(),
            ),
            (
                operation,
                r#"{"domain":"d","startTimeFilter":{"oldestDate":0},"closeTimeFilter":{"oldestDate":0}}"#,
                both.clone(),
            ),
            (
                operation,
                r#"{"domain":"d","closeTimeFilter":{"oldestDate":5,"latestDate":1}}"#,
                ok(),
            ),
            // The time filter is looked at first.
            (
                operation,
                r#"{"domain":"d","tagFilter":{"tag":"t"},"executionFilter":{"workflowId":"w"}}"#,
                neither.clone(),
            ),
            (
                operation,
                r#"{"domain":"d","closeTimeFilter":{"oldestDate":0},"typeFilter":{"name":"t"},"tagFilter":{"tag":"t"},
                    "executionFilter":{"workflowId":"w"},"closeStatusFilter":{"status":"FAILED"}}"#,
                refused(
                    "Cannot specify more than one exclusive filters in the same query: \
                     [closeStatusFilter, executionFilter, tagFilter, typeFilter]",
                ),
            ),
            // Constraints are looked at before rules across members.
            (
                operation,
                r#"{"domain":""}"#,
                invalid(&[too_short("domain")]),
            ),
        ]);
    }
    // The open lists have no closeStatusFilter, so there it is an unknown member.
    run(&[(
        "ListOpenWorkflowExecutions",
        r#"{"domain":"d","startTimeFilter":{"oldestDate":0},"tagFilter":{"tag":""},"closeStatusFilter":5}"#,
        ok(),
    )]);
}
