//! The two polls: wait for a task, and write what the client gets (execution.md sections 5.5 and 6.2).

use everbeat_engine::{StartedTask, TaskKind};
use everbeat_model::shape::to_json;
use everbeat_model::{ActivityTask, EventId, Fault, WorkflowExecution, WorkflowType};
use everbeat_partition::store::{HistoryPage, HistoryQuery};
use everbeat_partition::{ActivityHandOut, Answer, DecisionHandOut, Poll, RunKey, TaskReference};

use crate::calls::{View, seal_task_token};
use crate::connection::Caller;
use crate::json::{self, MAX_PAGE_BYTES};
use crate::pages::Pages;
use crate::reads;
use crate::service::{Origin, Service, unexpected};

/// What a poll gets that had to go without a task.
const NO_ACTIVITY_TASK: &str = r#"{"startedEventId":0}"#;
const NO_DECISION_TASK: &str = r#"{"previousStartedEventId":0,"startedEventId":0}"#;

/// Whether that is the answer to a poll that had to go without a task.
pub(crate) fn is_without_task(answer: &str) -> bool {
    answer == NO_ACTIVITY_TASK || answer == NO_DECISION_TASK
}

/// PollForActivityTask.
pub(crate) async fn activity_task(
    service: &Service,
    origin: Origin,
    poll: Poll,
    caller: Caller,
) -> Result<String, Fault> {
    match service.poll(origin, poll, caller).await? {
        Answer::NoTask => Ok(NO_ACTIVITY_TASK.into()),
        Answer::ActivityTask(task) => Ok(write_activity_task(service, *task)),
        other => Err(unexpected(&other)),
    }
}

fn write_activity_task(service: &Service, task: ActivityHandOut) -> String {
    to_json(&ActivityTask {
        task_token: seal_task_token(&service.sealer, &task.reference()),
        activity_id: task.activity_id,
        started_event_id: task.task.started_event_id,
        workflow_execution: task.execution,
        activity_type: task.activity_type,
        input: task.input,
    })
}

/// PollForDecisionTask: a first call waits for a task; a call with a page token reads on in the history of one.
pub(crate) async fn decision_task(
    service: &Service,
    origin: Origin,
    poll: Poll,
    view: View,
    caller: Caller,
    pages: &Pages<'_>,
) -> Result<String, Fault> {
    if let Some(position) = &pages.position {
        let (task, next) = read_on(service, &origin, &poll, position).await?;
        return write_decision_task(service, &task, Some(next), view, pages).await;
    }
    match service.poll(origin, poll, caller).await? {
        Answer::NoTask => Ok(NO_DECISION_TASK.into()),
        Answer::DecisionTask(task) => write_decision_task(service, &task, None, view, pages).await,
        other => Err(unexpected(&other)),
    }
}

/// A page of a decision task's history.
async fn write_decision_task(
    service: &Service,
    task: &DecisionHandOut,
    next: Option<EventId>,
    view: View,
    pages: &Pages<'_>,
) -> Result<String, Fault> {
    let first = if view.from_previous {
        task.previous_started_event_id.max(EventId(1))
    } else {
        EventId(1)
    };
    let (mut from, mut to) = (first, task.task.started_event_id);
    match next {
        Some(next) if view.reverse => to = next,
        Some(next) => from = next,
        None => {}
    }
    let max_events = pages.size;
    let query = HistoryQuery {
        run: task.run,
        from,
        to,
        reverse: view.reverse,
        max_events,
        max_bytes: MAX_PAGE_BYTES,
    };
    let page = match &task.events {
        Some(events) if next.is_none() => from_memory(events, &query),
        _ => reads::history_page(service, query).await?,
    };
    let position = page.next.map(|next| position(task, next));
    Ok(json::decision_task(&json::DecisionTaskPage {
        events: &page.events,
        next_page_token: pages.next(position),
        previous_started_event_id: task.previous_started_event_id,
        started_event_id: task.task.started_event_id,
        task_token: seal_task_token(&service.sealer, &task.reference()),
        execution: &task.execution,
        workflow_type: &task.workflow_type,
    }))
}

/// Cuts a page out of a whole history.
fn from_memory(events: &[String], query: &HistoryQuery) -> HistoryPage {
    let index = |id: EventId| usize::try_from(id.0).unwrap_or(0);
    let wanted = events
        .get(index(query.from).saturating_sub(1)..index(query.to))
        .unwrap_or_default();
    let ordered: Box<dyn Iterator<Item = &String>> = if query.reverse {
        Box::new(wanted.iter().rev())
    } else {
        Box::new(wanted.iter())
    };
    let page: Vec<String> = ordered.take(query.max_events).cloned().collect();
    let taken = i64::try_from(page.len()).unwrap_or(i64::MAX);
    let next = (page.len() < wanted.len()).then(|| {
        if query.reverse {
            EventId(query.to.0 - taken)
        } else {
            EventId(query.from.0 + taken)
        }
    });
    HistoryPage { events: page, next }
}

/// Where the next page of a decision task begins: the task, what it said, and the event.
fn position(task: &DecisionHandOut, next: EventId) -> String {
    let StartedTask {
        scheduled_event_id,
        started_event_id,
    } = task.task;
    let previous = task.previous_started_event_id;
    format!(
        "{} {scheduled_event_id} {started_event_id} {previous} {next}",
        task.run.0
    )
}

/// The task and event that [`position`] wrote. The run must still be stored; whether the task is still open does not
/// matter.
async fn read_on(
    service: &Service,
    origin: &Origin,
    poll: &Poll,
    position: &str,
) -> Result<(DecisionHandOut, EventId), Fault> {
    let numbers: Vec<i64> = position
        .split(' ')
        .filter_map(|number| number.parse().ok())
        .collect();
    let [run, scheduled, started, previous, next] = numbers[..] else {
        return Err(Fault::invalid_token());
    };
    let run = RunKey(u64::try_from(run).map_err(|_| Fault::invalid_token())?);
    let domain = service.domain_id(origin, &poll.domain).await?;
    let row = reads::execution(service, domain, run)
        .await?
        .ok_or_else(Fault::invalid_token)?;
    let WorkflowExecution {
        workflow_id,
        run_id,
    } = row.info.execution.clone();
    let workflow_type: WorkflowType = row.info.workflow_type.clone();
    let task = StartedTask {
        scheduled_event_id: EventId(scheduled),
        started_event_id: EventId(started),
    };
    let reference = TaskReference {
        kind: TaskKind::Decision,
        run,
        workflow_id,
        run_id,
        task,
    };
    let hand_out = DecisionHandOut {
        run,
        execution: WorkflowExecution {
            workflow_id: reference.workflow_id,
            run_id: reference.run_id,
        },
        workflow_type,
        task,
        previous_started_event_id: EventId(previous),
        events: None,
    };
    Ok((hand_out, EventId(next)))
}
