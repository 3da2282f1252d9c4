//! Examples for deciders and workers.

use super::{Example, printing, silent};

pub(super) const COUNT_PENDING_ACTIVITY: &[Example] = &[printing(
    "How many activity tasks wait for a packer:",
    r"everbeat count-pending-activity-tasks --domain shop \
    --task-list name=packers",
    r#"{
    "count": 12,
    "truncated": false
}"#,
)];

pub(super) const COUNT_PENDING_DECISION: &[Example] = &[printing(
    "How many decision tasks wait, as a bare number:",
    r"everbeat count-pending-decision-tasks --domain shop \
    --task-list name=orders --query count",
    "3",
)];

pub(super) const POLL_ACTIVITY: &[Example] = &[
    printing(
        "Wait up to a minute for a task, as a worker does:",
        r"everbeat poll-for-activity-task --domain shop \
    --task-list name=packers --identity packer-7",
        r#"{
    "taskToken": "AAAAKgAAAAIAAAAA...",
    "activityId": "pack",
    "startedEventId": 6,
    "workflowExecution": {
        "workflowId": "order-1",
        "runId": "22VqMcQ8nLDXr0UnzSUw"
    },
    "activityType": {
        "name": "pack",
        "version": "1.0"
    },
    "input": "{\"order\": 1}"
}"#,
    ),
    silent(
        "In a script, only token and input; without a task they are None:",
        r"everbeat poll-for-activity-task --domain shop \
    --task-list name=packers \
    --query '[taskToken, input]' --output text",
    ),
];

pub(super) const POLL_DECISION: &[Example] = &[
    silent(
        "Wait up to a minute for a decision task, with all of its history:",
        r"everbeat poll-for-decision-task --domain shop \
    --task-list name=orders --identity decider-1",
    ),
    silent(
        "Only the events that are new since the decision task before, newest first:",
        r"everbeat poll-for-decision-task --domain shop \
    --task-list name=orders --start-at-previous-started-event \
    --reverse-order",
    ),
];

pub(super) const HEARTBEAT: &[Example] = &[
    printing(
        "Report progress, and learn whether to stop:",
        r#"everbeat record-activity-task-heartbeat --task-token "$TOKEN" \
    --details "25 of 100 files""#,
        r#"{
    "cancelRequested": false
}"#,
    ),
    printing(
        "The same in a shell script, which stops at True:",
        r#"everbeat record-activity-task-heartbeat --task-token "$TOKEN" \
    --query cancelRequested --output text"#,
        "False",
    ),
];

pub(super) const CANCELED: &[Example] = &[silent(
    "The worker has stopped, as it was asked to:",
    r#"everbeat respond-activity-task-canceled --task-token "$TOKEN" \
    --details "25 of 100 files were copied""#,
)];

pub(super) const COMPLETED: &[Example] = &[
    silent(
        "The work is done:",
        r#"everbeat respond-activity-task-completed --task-token "$TOKEN" \
    --result '{"parcels": 2}'"#,
    ),
    silent(
        "The request as a JSON text:",
        r#"everbeat respond-activity-task-completed \
    --cli-input-json '{"taskToken": "AAAAKgAAAAIA", "result": "2"}'"#,
    ),
];

pub(super) const FAILED: &[Example] = &[silent(
    "The work cannot be done:",
    r#"everbeat respond-activity-task-failed --task-token "$TOKEN" \
    --reason OutOfStock --details "no boxes of size 4""#,
)];

pub(super) const DECIDED: &[Example] = &[
    silent(
        "Have an activity performed and keep a note for the next decision:",
        r#"everbeat respond-decision-task-completed --task-token "$TOKEN" \
    --execution-context packing --decisions '[{
        "decisionType": "ScheduleActivityTask",
        "scheduleActivityTaskDecisionAttributes": {
            "activityType": {"name": "pack", "version": "1.0"},
            "activityId": "pack",
            "taskList": {"name": "packers"}
        }
    }]'"#,
    ),
    silent(
        "Close the execution, the decision in shorthand:",
        r#"everbeat respond-decision-task-completed --task-token "$TOKEN" \
    --decisions decisionType=CompleteWorkflowExecution"#,
    ),
];
