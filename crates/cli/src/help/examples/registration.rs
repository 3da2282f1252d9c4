//! Examples about domains, their tags, and types.

use super::{Example, printing, silent};

pub(super) const REGISTER_DOMAIN: &[Example] = &[
    silent(
        "A domain whose closed executions are kept for a week:",
        r"everbeat register-domain --name shop \
    --workflow-execution-retention-period-in-days 7",
    ),
    silent(
        "With a description and two tags:",
        r#"everbeat register-domain --name shop \
    --workflow-execution-retention-period-in-days 30 \
    --description "Orders and parcels" \
    --tags key=team,value=sales key=stage,value=test"#,
    ),
];

pub(super) const DEPRECATE_DOMAIN: &[Example] = &[silent(
    "Let nothing new begin in a domain:",
    "everbeat deprecate-domain --name shop",
)];

pub(super) const UNDEPRECATE_DOMAIN: &[Example] = &[silent(
    "Use a deprecated domain again:",
    "everbeat undeprecate-domain --name shop",
)];

pub(super) const DESCRIBE_DOMAIN: &[Example] = &[printing(
    "Show a domain:",
    "everbeat describe-domain --name shop",
    r#"{
    "domainInfo": {
        "name": "shop",
        "status": "REGISTERED",
        "description": "Orders and parcels",
        "arn": "arn:aws:swf:us-east-1:000000000000:/domain/shop"
    },
    "configuration": {
        "workflowExecutionRetentionPeriodInDays": "30"
    }
}"#,
)];

pub(super) const LIST_DOMAINS: &[Example] = &[
    silent(
        "All domains in use:",
        "everbeat list-domains --registration-status REGISTERED",
    ),
    printing(
        "The names of the deprecated ones, last name first:",
        r"everbeat list-domains --registration-status DEPRECATED \
    --reverse-order --query 'domainInfos[].name' --output text",
        "trial\tshop-2024",
    ),
];

pub(super) const LIST_TAGS: &[Example] = &[printing(
    "The tags of a domain:",
    r"everbeat list-tags-for-resource \
    --resource-arn arn:aws:swf:us-east-1:000000000000:/domain/shop",
    r#"{
    "tags": [
        {
            "key": "team",
            "value": "sales"
        }
    ]
}"#,
)];

pub(super) const TAG: &[Example] = &[silent(
    "Give a domain two tags:",
    r"everbeat tag-resource \
    --resource-arn arn:aws:swf:us-east-1:000000000000:/domain/shop \
    --tags key=team,value=sales key=stage,value=live",
)];

pub(super) const UNTAG: &[Example] = &[silent(
    "Remove two tags by their keys:",
    r"everbeat untag-resource \
    --resource-arn arn:aws:swf:us-east-1:000000000000:/domain/shop \
    --tag-keys team stage",
)];

pub(super) const REGISTER_ACTIVITY_TYPE: &[Example] = &[silent(
    "A type with all defaults, so that decisions need to name nothing but it:",
    r"everbeat register-activity-type --domain shop \
    --name pack --activity-version 1.0 \
    --default-task-list name=packers \
    --default-task-schedule-to-start-timeout 3600 \
    --default-task-start-to-close-timeout 600 \
    --default-task-schedule-to-close-timeout NONE \
    --default-task-heartbeat-timeout 60",
)];

pub(super) const REGISTER_WORKFLOW_TYPE: &[Example] = &[silent(
    "A type with all defaults, so that executions can be started by it alone:",
    r"everbeat register-workflow-type --domain shop \
    --name order --workflow-version 1.0 \
    --default-task-list name=orders \
    --default-execution-start-to-close-timeout 604800 \
    --default-task-start-to-close-timeout 30 \
    --default-child-policy TERMINATE",
)];

pub(super) const DEPRECATE_ACTIVITY_TYPE: &[Example] = &[silent(
    "Let no new task of a version be scheduled:",
    r"everbeat deprecate-activity-type --domain shop \
    --activity-type name=pack,version=1.0",
)];

pub(super) const DEPRECATE_WORKFLOW_TYPE: &[Example] = &[silent(
    "Let no new execution of a version be started:",
    r"everbeat deprecate-workflow-type --domain shop \
    --workflow-type name=order,version=1.0",
)];

pub(super) const UNDEPRECATE_ACTIVITY_TYPE: &[Example] = &[silent(
    "Use a deprecated version again:",
    r"everbeat undeprecate-activity-type --domain shop \
    --activity-type name=pack,version=1.0",
)];

pub(super) const UNDEPRECATE_WORKFLOW_TYPE: &[Example] = &[silent(
    "Use a deprecated version again:",
    r"everbeat undeprecate-workflow-type --domain shop \
    --workflow-type name=order,version=1.0",
)];

pub(super) const DELETE_ACTIVITY_TYPE: &[Example] = &[silent(
    "Remove a deprecated version:",
    r"everbeat delete-activity-type --domain shop \
    --activity-type name=pack,version=1.0",
)];

pub(super) const DELETE_WORKFLOW_TYPE: &[Example] = &[silent(
    "Remove a deprecated version:",
    r"everbeat delete-workflow-type --domain shop \
    --workflow-type name=order,version=1.0",
)];

pub(super) const DESCRIBE_ACTIVITY_TYPE: &[Example] = &[printing(
    "The defaults of an activity type:",
    r"everbeat describe-activity-type --domain shop \
    --activity-type name=pack,version=1.0 --query configuration",
    r#"{
    "defaultTaskStartToCloseTimeout": "600",
    "defaultTaskHeartbeatTimeout": "60",
    "defaultTaskList": {
        "name": "packers"
    }
}"#,
)];

pub(super) const DESCRIBE_WORKFLOW_TYPE: &[Example] = &[printing(
    "When a workflow type was registered:",
    r"everbeat describe-workflow-type --domain shop \
    --workflow-type name=order,version=1.0 \
    --query typeInfo.creationDate --output text",
    "2026-01-31T09:30:00.250000+00:00",
)];

pub(super) const LIST_ACTIVITY_TYPES: &[Example] = &[
    silent(
        "All activity types in use:",
        r"everbeat list-activity-types --domain shop \
    --registration-status REGISTERED",
    ),
    printing(
        "The versions of one of them:",
        r"everbeat list-activity-types --domain shop --name pack \
    --registration-status REGISTERED \
    --query 'typeInfos[].activityType.version' --output text",
        "1.0\t1.1\t2.0",
    ),
];

pub(super) const LIST_WORKFLOW_TYPES: &[Example] = &[
    silent(
        "All workflow types in use, ten to begin with; --starting-token goes on:",
        r"everbeat list-workflow-types --domain shop \
    --registration-status REGISTERED --max-items 10",
    ),
    silent(
        "The deprecated ones as YAML:",
        r"everbeat list-workflow-types --domain shop \
    --registration-status DEPRECATED --output yaml",
    ),
];
