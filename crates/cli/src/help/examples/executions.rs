//! Examples about workflow executions.

use super::{Example, printing, silent};

pub(super) const COUNT_CLOSED: &[Example] = &[printing(
    "How many executions failed in January:",
    r"everbeat count-closed-workflow-executions --domain shop \
    --close-time-filter oldestDate=2026-01-01,latestDate=2026-01-31 \
    --close-status-filter status=FAILED",
    r#"{
    "count": 7,
    "truncated": false
}"#,
)];

pub(super) const COUNT_OPEN: &[Example] = &[printing(
    "How many executions of a type are open:",
    r"everbeat count-open-workflow-executions --domain shop \
    --start-time-filter oldestDate=0 --type-filter name=order",
    r#"{
    "count": 25,
    "truncated": false
}"#,
)];

pub(super) const DESCRIBE: &[Example] = &[
    silent(
        "All that is known of one run beside its history:",
        r"everbeat describe-workflow-execution --domain shop \
    --execution workflowId=order-1,runId=22VqMcQ8nLDXr0UnzSUw",
    ),
    printing(
        "Only what it has open:",
        r"everbeat describe-workflow-execution --domain shop \
    --execution workflowId=order-1,runId=22VqMcQ8nLDXr0UnzSUw \
    --query openCounts --output yaml",
        "openActivityTasks: 1
openChildWorkflowExecutions: 0
openDecisionTasks: 0
openLambdaFunctions: 0
openTimers: 2",
    ),
];

pub(super) const HISTORY: &[Example] = &[
    printing(
        "What happened, an event a line:",
        r"everbeat get-workflow-execution-history --domain shop \
    --execution workflowId=order-1,runId=22VqMcQ8nLDXr0UnzSUw \
    --query 'events[].[eventId, eventType]' --output text",
        "1\tWorkflowExecutionStarted
2\tDecisionTaskScheduled
3\tDecisionTaskStarted",
    ),
    silent(
        "The three newest events:",
        r"everbeat get-workflow-execution-history --domain shop \
    --execution workflowId=order-1,runId=22VqMcQ8nLDXr0UnzSUw \
    --reverse-order --max-items 3",
    ),
];

pub(super) const LIST_CLOSED: &[Example] = &[
    silent(
        "The executions with a tag that closed since a date, as a table:",
        r"everbeat list-closed-workflow-executions --domain shop \
    --close-time-filter oldestDate=2026-01-01 \
    --tag-filter tag=express --output table",
    ),
    printing(
        "The ids of all that timed out:",
        r"everbeat list-closed-workflow-executions --domain shop \
    --start-time-filter oldestDate=0 \
    --close-status-filter status=TIMED_OUT \
    --query 'executionInfos[].execution.workflowId'",
        r#"[
    "order-17",
    "order-4"
]"#,
    ),
];

pub(super) const LIST_OPEN: &[Example] = &[
    silent(
        "All open executions, newest first:",
        r"everbeat list-open-workflow-executions --domain shop \
    --start-time-filter oldestDate=0",
    ),
    printing(
        "The open run of a workflow id:",
        r"everbeat list-open-workflow-executions --domain shop \
    --start-time-filter oldestDate=0 \
    --execution-filter workflowId=order-1 \
    --query 'executionInfos[0].execution.runId' --output text",
        "22VqMcQ8nLDXr0UnzSUw",
    ),
];

pub(super) const REQUEST_CANCEL: &[Example] = &[silent(
    "Ask the open run of a workflow id to cancel itself:",
    r"everbeat request-cancel-workflow-execution --domain shop \
    --workflow-id order-1",
)];

pub(super) const SIGNAL: &[Example] = &[silent(
    "Tell an execution that the payment has come:",
    r#"everbeat signal-workflow-execution --domain shop \
    --workflow-id order-1 --signal-name paid \
    --input '{"amount": 40}'"#,
)];

pub(super) const START: &[Example] = &[
    printing(
        "Start an execution with the defaults of its type:",
        r#"everbeat start-workflow-execution --domain shop \
    --workflow-id order-1 --workflow-type name=order,version=1.0 \
    --input '{"order": 1}'"#,
        r#"{
    "runId": "22VqMcQ8nLDXr0UnzSUw"
}"#,
    ),
    printing(
        "The same with tags and values of its own, of which only the run id is printed:",
        r"everbeat start-workflow-execution --domain shop \
    --workflow-id order-2 --workflow-type name=order,version=1.0 \
    --task-list name=orders --tag-list express gift \
    --execution-start-to-close-timeout 86400 \
    --task-start-to-close-timeout 30 --child-policy TERMINATE \
    --query runId --output text",
        "22aHqGQ5TfmJ9Ea4Ku2o",
    ),
];

pub(super) const TERMINATE: &[Example] = &[silent(
    "Close an execution at once, and let its children go on:",
    r#"everbeat terminate-workflow-execution --domain shop \
    --workflow-id order-1 --child-policy ABANDON \
    --reason "ordered twice""#,
)];
