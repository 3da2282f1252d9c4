//! The rules of the documentation's prose for names, durations, priorities, retention and tags (protocol.md section
//! 5.2), with the texts chosen for them.

use crate::validation::{broken, invalid, null, ok, run, too_long, too_short};

pub(super) const NAME: &str =
    r"Member must satisfy regular expression pattern: [^:/|\u0000-\u001f\u007f-\u009f]+";
pub(super) const ARN: &str = "Member must not be 'arn'";
pub(super) const EDGE: &str = "Member must not start or end with whitespace";
pub(super) const SECONDS: &str = "Member must satisfy regular expression pattern: [0-9]{1,8}";
pub(super) const SECONDS_OR_NONE: &str =
    "Member must satisfy regular expression pattern: NONE|[0-9]{1,8}";
pub(super) const SECONDS_1_TO_900: &str =
    "Member must satisfy regular expression pattern: [0-9]{1,8} with a value from 1 to 900";
pub(super) const DAYS: &str =
    "Member must satisfy regular expression pattern: NONE|[0-9]{1,8} with a value from 0 to 90";
pub(super) const INT32: &str =
    "Member must satisfy regular expression pattern: -?[0-9]+ with a value of 32 bits";
pub(super) const TAG_CHARS: &str =
    r"Member must satisfy regular expression pattern: [\p{L}\p{Z}\p{N}_.:/=+\-@]*";

#[test]
fn names_where_things_are_created() {
    let register =
        |name: &str| format!(r#"{{"name":"{name}","workflowExecutionRetentionPeriodInDays":"1"}}"#);
    for bad in ["a:b", "a/b", "a|b", "\u{7f}", "\u{80}", "\u{9f}"] {
        run(&[(
            "RegisterDomain",
            &register(bad),
            invalid(&[broken(bad, "name", NAME)]),
        )]);
    }
    for good in [
        "a",
        "arn1",
        "ARN",
        "aarn",
        "a b",
        "\u{e4}",
        "\u{a0}x\u{a0}x",
        "a;*?#",
    ] {
        let expected = if good.trim() == good {
            ok()
        } else {
            invalid(&[broken(good, "name", EDGE)])
        };
        run(&[("RegisterDomain", &register(good), expected)]);
    }
    run(&[
        (
            "RegisterDomain",
            &register(r"a\u0000"),
            invalid(&[broken("a\0", "name", NAME)]),
        ),
        (
            "RegisterDomain",
            &register("arn"),
            invalid(&[broken("arn", "name", ARN)]),
        ),
        (
            "RegisterDomain",
            &register(" d"),
            invalid(&[broken(" d", "name", EDGE)]),
        ),
        (
            "RegisterDomain",
            &register("d "),
            invalid(&[broken("d ", "name", EDGE)]),
        ),
        // Both rules at once, and both told. The tab is also a control character.
        (
            "RegisterDomain",
            &register(r"d\t"),
            invalid(&[broken("d\t", "name", NAME), broken("d\t", "name", EDGE)]),
        ),
        (
            "StartWorkflowExecution",
            r#"{"domain":"d","workflowId":"a:b","workflowType":{"name":"t","version":"1"},"taskList":{"name":" l"}}"#,
            invalid(&[
                broken(" l", "taskList.name", EDGE),
                broken("a:b", "workflowId", NAME),
            ]),
        ),
        // White space at the ends is tolerated where only the characters are restricted.
        (
            "StartWorkflowExecution",
            r#"{"domain":"d","workflowId":" w ","workflowType":{"name":"t","version":"1"}}"#,
            ok(),
        ),
        (
            "RegisterActivityType",
            r#"{"domain":"d","name":"n|","version":"arn","defaultTaskList":{"name":"arn"}}"#,
            invalid(&[
                broken("arn", "defaultTaskList.name", ARN),
                broken("arn", "version", ARN),
                broken("n|", "name", NAME),
            ]),
        ),
        (
            "PollForDecisionTask",
            r#"{"domain":"d","taskList":{"name":"a:b "}}"#,
            invalid(&[
                broken("a:b ", "taskList.name", NAME),
                broken("a:b ", "taskList.name", EDGE),
            ]),
        ),
        (
            "RespondDecisionTaskCompleted",
            r#"{"taskToken":"t","taskList":{"name":"a/b"}}"#,
            invalid(&[broken("a/b", "taskList.name", NAME)]),
        ),
    ]);
}

#[test]
fn names_are_free_where_things_are_looked_up() {
    run(&[
        ("DescribeDomain", r#"{"name":"arn"}"#, ok()),
        ("DescribeDomain", r#"{"name":" a:b "}"#, ok()),
        (
            "DescribeActivityType",
            r#"{"domain":"d","activityType":{"name":"a:b","version":"arn"}}"#,
            ok(),
        ),
        (
            "CountPendingDecisionTasks",
            r#"{"domain":"d","taskList":{"name":" a:b"}}"#,
            ok(),
        ),
        (
            "TerminateWorkflowExecution",
            r#"{"domain":"d","workflowId":"a:b"}"#,
            ok(),
        ),
        (
            "SignalWorkflowExecution",
            r#"{"domain":"d","workflowId":"a:b","signalName":"a:b/c|arn"}"#,
            ok(),
        ),
        (
            "ListWorkflowTypes",
            r#"{"domain":"d","registrationStatus":"REGISTERED","name":"a:b"}"#,
            ok(),
        ),
        (
            "CountOpenWorkflowExecutions",
            r#"{"domain":"d","startTimeFilter":{"oldestDate":0},"tagFilter":{"tag":"!~'"}}"#,
            ok(),
        ),
    ]);
}

#[test]
fn durations() {
    let register = |member: &str, value: &str| {
        format!(r#"{{"domain":"d","name":"n","version":"1","{member}":"{value}"}}"#)
    };
    let (task, execution) = (
        "defaultTaskStartToCloseTimeout",
        "defaultExecutionStartToCloseTimeout",
    );
    for value in ["0", "007", "99999999", "31536001"] {
        run(&[
            ("RegisterWorkflowType", &register(task, value), ok()),
            ("RegisterWorkflowType", &register(execution, value), ok()),
        ]);
    }
    run(&[
        ("RegisterWorkflowType", &register(task, "NONE"), ok()),
        (
            "RegisterWorkflowType",
            &register(execution, "NONE"),
            invalid(&[broken("NONE", execution, SECONDS)]),
        ),
    ]);
    for value in ["-1", "+1", "1.5", "none", " 1", "1s", "\u{0661}"] {
        run(&[
            (
                "RegisterWorkflowType",
                &register(task, value),
                invalid(&[broken(value, task, SECONDS_OR_NONE)]),
            ),
            (
                "RegisterWorkflowType",
                &register(execution, value),
                invalid(&[broken(value, execution, SECONDS)]),
            ),
        ]);
    }
    let nine = "123456789";
    run(&[(
        "RegisterWorkflowType",
        &register(task, nine),
        invalid(&[too_long(nine, task, 8), broken(nine, task, SECONDS_OR_NONE)]),
    )]);
}

#[test]
fn priorities() {
    let register = |value: &str| {
        format!(r#"{{"domain":"d","name":"n","version":"1","defaultTaskPriority":"{value}"}}"#)
    };
    for value in ["0", "-0", "007", "2147483647", "-2147483648", ""] {
        run(&[("RegisterActivityType", &register(value), ok())]);
    }
    for value in [
        "2147483648",
        "-2147483649",
        "+1",
        "1.0",
        "-",
        "--1",
        "1-",
        "NONE",
        " 1",
    ] {
        let expected = invalid(&[broken(value, "defaultTaskPriority", INT32)]);
        run(&[("RegisterActivityType", &register(value), expected)]);
    }
}

#[test]
fn retention() {
    let register = |value: &str| {
        format!(r#"{{"name":"d","workflowExecutionRetentionPeriodInDays":"{value}"}}"#)
    };
    let member = "workflowExecutionRetentionPeriodInDays";
    for value in ["0", "90", "090", "NONE"] {
        run(&[("RegisterDomain", &register(value), ok())]);
    }
    for value in ["91", "-1", "1.5", "none", "99999999"] {
        run(&[(
            "RegisterDomain",
            &register(value),
            invalid(&[broken(value, member, DAYS)]),
        )]);
    }
    run(&[
        (
            "RegisterDomain",
            &register(""),
            invalid(&[too_short(member), broken("", member, DAYS)]),
        ),
        (
            "RegisterDomain",
            r#"{"name":"d"}"#,
            invalid(&[null(member)]),
        ),
    ]);
}

#[test]
fn resource_tags() {
    let tag = |key: &str, value: &str| {
        format!(
            r#"{{"resourceArn":"a","tags":[{{"key":"k"}},{{"key":"{key}","value":"{value}"}}]}}"#
        )
    };
    run(&[
        (
            "TagResource",
            &tag("a Z_.:/=+-@\u{e9}\u{4e2d}9", "a Z_.:/=+-@\u{e9}9"),
            ok(),
        ),
        (
            "TagResource",
            &tag("a\u{a0}b\u{3000}c", "a\u{2028}b\u{2029}c"),
            ok(),
        ),
        (
            "TagResource",
            &tag(r"a\tb", r"a\nb"),
            invalid(&[
                broken("a\nb", "tags.2.member.value", TAG_CHARS),
                broken("a\tb", "tags.2.member.key", TAG_CHARS),
            ]),
        ),
        (
            "TagResource",
            &tag("a\u{85}b", "v"),
            invalid(&[broken("a\u{85}b", "tags.2.member.key", TAG_CHARS)]),
        ),
        (
            "TagResource",
            &tag("k!", "v"),
            invalid(&[broken("k!", "tags.2.member.key", TAG_CHARS)]),
        ),
        (
            "TagResource",
            &tag("k!", "v?"),
            invalid(&[
                broken("v?", "tags.2.member.value", TAG_CHARS),
                broken("k!", "tags.2.member.key", TAG_CHARS),
            ]),
        ),
        (
            "TagResource",
            &tag("", ""),
            invalid(&[too_short("tags.2.member.key")]),
        ),
        (
            "RegisterDomain",
            r#"{"name":"d","workflowExecutionRetentionPeriodInDays":"1","tags":[{"value":"*"}]}"#,
            invalid(&[
                null("tags.1.member.key"),
                broken("*", "tags.1.member.value", TAG_CHARS),
            ]),
        ),
        ("TagResource", r#"{"resourceArn":"a","tags":[]}"#, ok()),
        (
            "TagResource",
            r#"{"resourceArn":"a"}"#,
            invalid(&[null("tags")]),
        ),
    ]);
}
