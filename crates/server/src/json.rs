//! Answers that hold events or executions: put together from the stored JSON of each, without parsing it.

use everbeat_model::shape::to_json;
use everbeat_model::{EventId, PageToken, TaskToken, WorkflowExecution, WorkflowType};

/// A page of history holds at most so many bytes of JSON, but at least one event.
pub(crate) const MAX_PAGE_BYTES: usize = 4 * 1024 * 1024;

/// A page of a decision task.
pub(crate) struct DecisionTaskPage<'a> {
    pub(crate) events: &'a [String],
    pub(crate) next_page_token: Option<PageToken>,
    pub(crate) previous_started_event_id: EventId,
    pub(crate) started_event_id: EventId,
    pub(crate) task_token: TaskToken,
    pub(crate) execution: &'a WorkflowExecution,
    pub(crate) workflow_type: &'a WorkflowType,
}

/// The answer of GetWorkflowExecutionHistory.
pub(crate) fn history(events: &[String], next_page_token: Option<PageToken>) -> String {
    page("events", events, next_page_token)
}

/// The answer of ListOpenWorkflowExecutions and ListClosedWorkflowExecutions.
pub(crate) fn executions(infos: &[String], next_page_token: Option<PageToken>) -> String {
    page("executionInfos", infos, next_page_token)
}

fn page(name: &str, entries: &[String], next_page_token: Option<PageToken>) -> String {
    let mut json = String::with_capacity(length(entries) + 512);
    write_page(&mut json, name, entries, next_page_token.as_ref());
    json.push('}');
    json
}

/// Bytes of the entries with their commas.
fn length(entries: &[String]) -> usize {
    entries.iter().map(|entry| entry.len() + 1).sum()
}

/// The answer of PollForDecisionTask with a task.
pub(crate) fn decision_task(page: &DecisionTaskPage<'_>) -> String {
    let mut json = String::with_capacity(length(page.events) + 1024);
    let token = page.next_page_token.as_ref();
    write_page(&mut json, "events", page.events, token);
    for (name, value) in [
        (
            "previousStartedEventId",
            page.previous_started_event_id.to_string(),
        ),
        ("startedEventId", page.started_event_id.to_string()),
        ("taskToken", to_json(&page.task_token)),
        ("workflowExecution", to_json(page.execution)),
        ("workflowType", to_json(page.workflow_type)),
    ] {
        json.push_str(",\"");
        json.push_str(name);
        json.push_str("\":");
        json.push_str(&value);
    }
    json.push('}');
    json
}

/// Everything up to the page token, without the closing brace.
fn write_page(
    json: &mut String,
    name: &str,
    entries: &[String],
    next_page_token: Option<&PageToken>,
) {
    json.push_str("{\"");
    json.push_str(name);
    json.push_str("\":[");
    for (index, entry) in entries.iter().enumerate() {
        if index > 0 {
            json.push(',');
        }
        json.push_str(entry);
    }
    json.push(']');
    if let Some(token) = next_page_token {
        json.push_str(",\"nextPageToken\":");
        json.push_str(&to_json(token));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_history_is_put_together_from_its_lines() {
        assert_eq!(history(&[], None), r#"{"events":[]}"#);
        let events = [r#"{"eventId":1}"#.to_owned(), r#"{"eventId":2}"#.to_owned()];
        assert_eq!(
            history(&events, Some("t\"".into())),
            r#"{"events":[{"eventId":1},{"eventId":2}],"nextPageToken":"t\""}"#
        );
        assert_eq!(executions(&[], None), r#"{"executionInfos":[]}"#);
    }
}
