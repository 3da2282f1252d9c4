//! What the body of a request may look like, and the texts about wrong types (protocol.md section 2).

use everbeat_model::shape::Shape;
use everbeat_model::{Operation, request};

use crate::validation::{Expected, invalid, null, ok, run, unreadable, wrong_type};
use crate::walk::reachable;

const LIST_DOMAINS: &str = "ListDomains";

#[test]
fn a_body_is_one_json_object() {
    let bodies = [
        "",
        " ",
        "null",
        "[]",
        "1",
        "\"x\"",
        "true",
        "{",
        "{\"a\"}",
        "{'a':1}",
        "{\"a\":1,}",
        r#"{"registrationStatus":"REGISTERED"}x"#,
        r#"{"registrationStatus":"REGISTERED"}{}"#,
        r#"{"registrationStatus":"\ud800"}"#,
        r#"{"registrationStatus":"REGISTERED","x":"\udc00\ud800"}"#,
        "{\"registrationStatus\":\"a\u{1}\"}",
    ];
    for body in bodies {
        run(&[(LIST_DOMAINS, body, unreadable())]);
    }
    let not_utf8 = b"{\"registrationStatus\":\"\xff\"}";
    let fault = request::read(Operation::ListDomains, not_utf8).expect_err("not UTF-8");
    assert_eq!(fault.message, None);
    run(&[
        (
            LIST_DOMAINS,
            " {\"registrationStatus\":\"REGISTERED\"}\r\n ",
            ok(),
        ),
        (
            LIST_DOMAINS,
            r#"{"registrationStatus":"REGISTERED","x":"\ud83d\ude00"}"#,
            ok(),
        ),
    ]);
}

/// A request whose JSON is so many levels deep, the body itself being the first.
fn nested(levels: usize) -> String {
    let (open, close) = ("[".repeat(levels - 1), "]".repeat(levels - 1));
    format!(r#"{{"registrationStatus":"REGISTERED","unknown":{open}{close}}}"#)
}

#[test]
fn nesting_is_bounded() {
    run(&[
        (LIST_DOMAINS, &nested(127), ok()),
        (LIST_DOMAINS, &nested(128), ok()),
        (LIST_DOMAINS, &nested(129), unreadable()),
        (LIST_DOMAINS, &nested(100_000), unreadable()),
    ]);
}

#[test]
fn what_is_absent_or_unknown() {
    run(&[
        // Unknown members at any level are ignored, whatever they are.
        (
            LIST_DOMAINS,
            r#"{"registrationStatus":"REGISTERED","unknown":{"x":[null]}}"#,
            ok(),
        ),
        (
            "PollForActivityTask",
            r#"{"domain":"d","taskList":{"name":"t","unknown":1},"Identity":5}"#,
            ok(),
        ),
        // null is absent.
        (
            LIST_DOMAINS,
            r#"{"registrationStatus":"REGISTERED","maximumPageSize":null,"reverseOrder":null}"#,
            ok(),
        ),
        (
            LIST_DOMAINS,
            r#"{"registrationStatus":null}"#,
            invalid(&[null("registrationStatus")]),
        ),
        // The last of equal keys wins.
        (
            LIST_DOMAINS,
            r#"{"registrationStatus":"x","registrationStatus":"REGISTERED"}"#,
            ok(),
        ),
        (
            LIST_DOMAINS,
            r#"{"registrationStatus":"REGISTERED","registrationStatus":null}"#,
            invalid(&[null("registrationStatus")]),
        ),
        // Empty options are absent.
        (
            LIST_DOMAINS,
            r#"{"registrationStatus":"REGISTERED","nextPageToken":""}"#,
            ok(),
        ),
        (
            "StartWorkflowExecution",
            r#"{"domain":"d","workflowId":"w","workflowType":{"name":"t","version":"1"},"taskPriority":"",
                "executionStartToCloseTimeout":"","taskStartToCloseTimeout":"","tagList":[],"input":""}"#,
            ok(),
        ),
        (
            "SignalWorkflowExecution",
            r#"{"domain":"d","workflowId":"w","runId":"","signalName":"s"}"#,
            ok(),
        ),
        (
            "CountOpenWorkflowExecutions",
            r#"{"domain":"d","startTimeFilter":{"oldestDate":0},"typeFilter":{"name":"t","version":""}}"#,
            ok(),
        ),
    ]);
}

#[test]
fn five_shapes_take_an_empty_text_for_none() {
    let ours: Vec<&str> = reachable()
        .into_iter()
        .filter(|(_, shape)| matches!(shape, Shape::String(shape) if shape.empty_is_absent))
        .map(|(name, _)| name)
        .collect();
    let expected = [
        "DurationInSecondsOptional",
        "PageToken",
        "TaskPriority",
        "VersionOptional",
        "WorkflowRunIdOptional",
    ];
    assert_eq!(ours, expected);
}

#[test]
fn empty_options_do_not_reach_the_request() {
    let body = br#"{"domain":"d","workflowId":"w","workflowType":{"name":"t","version":"1"},"taskPriority":"",
        "executionStartToCloseTimeout":"","tagList":[],"input":""}"#;
    let read = request::read(Operation::StartWorkflowExecution, body);
    let Ok(everbeat_model::Request::StartWorkflowExecution(start)) = read else {
        panic!("a start request: {read:?}");
    };
    assert_eq!(start.task_priority, None);
    assert_eq!(start.execution_start_to_close_timeout, None);
    assert_eq!(start.tag_list, None);
    assert_eq!(
        start.input.as_deref(),
        Some(""),
        "free text stays as it is given"
    );
}

#[test]
fn texts() {
    let cases = [
        ("true", "TRUE_VALUE cannot be converted to String"),
        ("false", "FALSE_VALUE cannot be converted to String"),
        ("1", "NUMBER_VALUE cannot be converted to String"),
        ("-7", "NUMBER_VALUE cannot be converted to String"),
        ("1.5", "DECIMAL_VALUE cannot be converted to String"),
        ("1e2", "DECIMAL_VALUE cannot be converted to String"),
        ("1E-2", "DECIMAL_VALUE cannot be converted to String"),
        ("[]", "Unrecognized collection type class java.lang.String"),
        ("{}", "Start of structure or map found where not expected"),
    ];
    for (value, text) in cases {
        // Text and enumeration alike.
        run(&[
            (
                "DescribeDomain",
                &format!(r#"{{"name":{value}}}"#),
                wrong_type(text),
            ),
            (
                LIST_DOMAINS,
                &format!(r#"{{"registrationStatus":{value}}}"#),
                wrong_type(text),
            ),
        ]);
    }
}

/// A ListDomains request with one more member.
fn list_domains(member: &str) -> String {
    format!(r#"{{"registrationStatus":"REGISTERED",{member}}}"#)
}

#[test]
fn booleans() {
    for value in [
        "true",
        "false",
        "\"true\"",
        "\"FALSE\"",
        "\"1\"",
        "\"0\"",
        "\"yes\"",
        "\"No\"",
    ] {
        run(&[(
            LIST_DOMAINS,
            &list_domains(&format!(r#""reverseOrder":{value}"#)),
            ok(),
        )]);
    }
    let refused = [
        ("1", "NUMBER_VALUE cannot be converted to Boolean"),
        ("0.0", "DECIMAL_VALUE cannot be converted to Boolean"),
        ("\"\"", "Unexpected token received from parser"),
        ("\"on\"", "Unexpected token received from parser"),
        (
            "[true]",
            "Unrecognized collection type class java.lang.Boolean",
        ),
        ("{}", "Start of structure or map found where not expected"),
    ];
    for (value, text) in refused {
        let body = list_domains(&format!(r#""reverseOrder":{value}"#));
        run(&[(LIST_DOMAINS, &body, wrong_type(text))]);
    }
}

#[test]
fn booleans_in_text_have_their_value() {
    for (value, expected) in [
        ("\"YES\"", true),
        ("\"1\"", true),
        ("\"no\"", false),
        ("\"0\"", false),
    ] {
        let body = list_domains(&format!(r#""reverseOrder":{value}"#));
        let read = request::read(Operation::ListDomains, body.as_bytes());
        let Ok(everbeat_model::Request::ListDomains(list)) = read else {
            panic!("a list request: {read:?}");
        };
        assert_eq!(
            list.reverse_order.map(|reverse| reverse.0),
            Some(expected),
            "{value}"
        );
    }
}

#[test]
fn integers() {
    let page_size = |value: &str| list_domains(&format!(r#""maximumPageSize":{value}"#));
    for (value, expected) in [
        ("0", 0),
        ("1000", 1000),
        ("3.9", 3),
        ("-0.9", 0),
        ("1e3", 1000),
        ("1000.999", 1000),
    ] {
        let read = request::read(Operation::ListDomains, page_size(value).as_bytes());
        let Ok(everbeat_model::Request::ListDomains(list)) = read else {
            panic!("a list request: {read:?}");
        };
        assert_eq!(
            list.maximum_page_size.map(|size| size.0),
            Some(expected),
            "{value}"
        );
    }
    let refused = [
        ("\"5\"", "STRING_VALUE cannot be converted to Integer"),
        ("\"\"", "STRING_VALUE cannot be converted to Integer"),
        ("true", "TRUE_VALUE cannot be converted to Integer"),
        ("false", "FALSE_VALUE cannot be converted to Integer"),
        (
            "[1]",
            "Unrecognized collection type class java.lang.Integer",
        ),
        ("{}", "Start of structure or map found where not expected"),
    ];
    for (value, text) in refused {
        run(&[(LIST_DOMAINS, &page_size(value), wrong_type(text))]);
    }
    // Beyond 64 bits a number saturates, and then its bounds are checked.
    let bounds: [(&str, Expected); 4] = [
        (
            "1e30",
            invalid(&["Value '9223372036854775807' at 'maximumPageSize' failed to satisfy constraint: Member must have value less than or equal to 1000".into()]),
        ),
        (
            "18446744073709551615",
            invalid(&["Value '9223372036854775807' at 'maximumPageSize' failed to satisfy constraint: Member must have value less than or equal to 1000".into()]),
        ),
        (
            "-1e30",
            invalid(&["Value '-9223372036854775808' at 'maximumPageSize' failed to satisfy constraint: Member must have value greater than or equal to 0".into()]),
        ),
        (
            "1001",
            invalid(&["Value '1001' at 'maximumPageSize' failed to satisfy constraint: Member must have value less than or equal to 1000".into()]),
        ),
    ];
    for (value, expected) in bounds {
        run(&[(LIST_DOMAINS, &page_size(value), expected)]);
    }
}

#[test]
fn instants() {
    let count =
        |value: &str| format!(r#"{{"domain":"d","startTimeFilter":{{"oldestDate":{value}}}}}"#);
    for value in ["0", "1371454150.451", "1.786560427599E9", "-5", "1e300"] {
        run(&[("CountOpenWorkflowExecutions", &count(value), ok())]);
    }
    let refused = [
        ("\"2026-01-01\"", "STRING_VALUE cannot be converted to Date"),
        ("true", "TRUE_VALUE cannot be converted to Date"),
        ("false", "FALSE_VALUE cannot be converted to Date"),
        ("[0]", "Unrecognized collection type class java.util.Date"),
        ("{}", "Start of structure or map found where not expected"),
    ];
    for (value, text) in refused {
        run(&[(
            "CountOpenWorkflowExecutions",
            &count(value),
            wrong_type(text),
        )]);
    }
}

#[test]
fn lists_and_structures() {
    let start = |tags: &str| {
        format!(
            r#"{{"domain":"d","workflowId":"w","workflowType":{{"name":"t","version":"1"}},"tagList":{tags}}}"#
        )
    };
    let lists = [
        ("\"a\"", "Unexpected field type"),
        ("1", "Unexpected field type"),
        ("true", "Unexpected field type"),
        ("{}", "Start of structure or map found where not expected"),
        ("[1]", "NUMBER_VALUE cannot be converted to String"),
        (
            "[[\"a\"]]",
            "Unrecognized collection type class java.lang.String",
        ),
        ("[{}]", "Start of structure or map found where not expected"),
    ];
    for (tags, text) in lists {
        run(&[("StartWorkflowExecution", &start(tags), wrong_type(text))]);
    }
    let structures = [
        ("\"a\"", "Unexpected field type"),
        ("1", "Unexpected field type"),
        ("false", "Unexpected field type"),
        (
            "[]",
            "Unrecognized collection type class com.amazonaws.swf.base.model.TaskList",
        ),
    ];
    for (list, text) in structures {
        let body = format!(r#"{{"domain":"d","taskList":{list}}}"#);
        run(&[("PollForActivityTask", &body, wrong_type(text))]);
    }
    let elements = [
        ("\"a\"", "Unexpected value type in payload"),
        ("1", "Unexpected value type in payload"),
        ("true", "Unexpected value type in payload"),
        (
            "[]",
            "Unrecognized collection type class com.amazonaws.swf.base.model.Decision",
        ),
    ];
    for (element, text) in elements {
        let body = format!(r#"{{"taskToken":"t","decisions":[{element}]}}"#);
        run(&[("RespondDecisionTaskCompleted", &body, wrong_type(text))]);
    }
}

#[test]
fn type_errors_come_before_constraints() {
    run(&[
        (
            "PollForActivityTask",
            r#"{"taskList":{"name":"a:b"},"identity":1}"#,
            wrong_type("NUMBER_VALUE cannot be converted to String"),
        ),
        (
            "RespondDecisionTaskCompleted",
            r#"{"taskToken":"t","decisions":[{"decisionType":"FailWorkflowExecution"},{"decisionType":5}]}"#,
            wrong_type("NUMBER_VALUE cannot be converted to String"),
        ),
    ]);
}
