//! The section EXAMPLES: for every operation one or two lines as they are typed, and what they print.
//!
//! Nothing of this can be derived, so the match over all operations makes sure that none is left out, and a test runs
//! every line through the parser and the checks of the command line, and holds every answer against its shape.

mod executions;
mod registration;
mod tasks;

use everbeat_model::Operation;

use super::page::Page;

/// A line and what it is for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Example {
    /// What it is for, a sentence with a colon.
    pub(super) purpose: &'static str,
    /// As typed into a shell.
    pub(super) line: &'static str,
    /// What it prints; empty where that adds nothing.
    pub(super) prints: &'static str,
}

/// An example that prints nothing, or nothing worth showing.
const fn silent(purpose: &'static str, line: &'static str) -> Example {
    printing(purpose, line, "")
}

const fn printing(purpose: &'static str, line: &'static str, prints: &'static str) -> Example {
    Example {
        purpose,
        line,
        prints,
    }
}

/// The examples of an operation.
pub(super) const fn examples(operation: Operation) -> &'static [Example] {
    use {executions as e, registration as r, tasks as t};
    match operation {
        Operation::CountClosedWorkflowExecutions => e::COUNT_CLOSED,
        Operation::CountOpenWorkflowExecutions => e::COUNT_OPEN,
        Operation::CountPendingActivityTasks => t::COUNT_PENDING_ACTIVITY,
        Operation::CountPendingDecisionTasks => t::COUNT_PENDING_DECISION,
        Operation::DeleteActivityType => r::DELETE_ACTIVITY_TYPE,
        Operation::DeleteWorkflowType => r::DELETE_WORKFLOW_TYPE,
        Operation::DeprecateActivityType => r::DEPRECATE_ACTIVITY_TYPE,
        Operation::DeprecateDomain => r::DEPRECATE_DOMAIN,
        Operation::DeprecateWorkflowType => r::DEPRECATE_WORKFLOW_TYPE,
        Operation::DescribeActivityType => r::DESCRIBE_ACTIVITY_TYPE,
        Operation::DescribeDomain => r::DESCRIBE_DOMAIN,
        Operation::DescribeWorkflowExecution => e::DESCRIBE,
        Operation::DescribeWorkflowType => r::DESCRIBE_WORKFLOW_TYPE,
        Operation::GetWorkflowExecutionHistory => e::HISTORY,
        Operation::ListActivityTypes => r::LIST_ACTIVITY_TYPES,
        Operation::ListClosedWorkflowExecutions => e::LIST_CLOSED,
        Operation::ListDomains => r::LIST_DOMAINS,
        Operation::ListOpenWorkflowExecutions => e::LIST_OPEN,
        Operation::ListTagsForResource => r::LIST_TAGS,
        Operation::ListWorkflowTypes => r::LIST_WORKFLOW_TYPES,
        Operation::PollForActivityTask => t::POLL_ACTIVITY,
        Operation::PollForDecisionTask => t::POLL_DECISION,
        Operation::RecordActivityTaskHeartbeat => t::HEARTBEAT,
        Operation::RegisterActivityType => r::REGISTER_ACTIVITY_TYPE,
        Operation::RegisterDomain => r::REGISTER_DOMAIN,
        Operation::RegisterWorkflowType => r::REGISTER_WORKFLOW_TYPE,
        Operation::RequestCancelWorkflowExecution => e::REQUEST_CANCEL,
        Operation::RespondActivityTaskCanceled => t::CANCELED,
        Operation::RespondActivityTaskCompleted => t::COMPLETED,
        Operation::RespondActivityTaskFailed => t::FAILED,
        Operation::RespondDecisionTaskCompleted => t::DECIDED,
        Operation::SignalWorkflowExecution => e::SIGNAL,
        Operation::StartWorkflowExecution => e::START,
        Operation::TagResource => r::TAG,
        Operation::TerminateWorkflowExecution => e::TERMINATE,
        Operation::UndeprecateActivityType => r::UNDEPRECATE_ACTIVITY_TYPE,
        Operation::UndeprecateDomain => r::UNDEPRECATE_DOMAIN,
        Operation::UndeprecateWorkflowType => r::UNDEPRECATE_WORKFLOW_TYPE,
        Operation::UntagResource => r::UNTAG,
    }
}

pub(super) fn write(page: &mut Page, operation: Operation) {
    for example in examples(operation) {
        page.blank();
        page.paragraph(4, example.purpose);
        page.blank();
        for line in example.line.lines() {
            page.line(8, line);
        }
        if !example.prints.is_empty() {
            page.blank();
            page.paragraph(4, "It prints:");
            page.blank();
            for line in example.prints.lines() {
                page.line(8, line);
            }
        }
    }
}
