//! `everbeat history DOMAIN WORKFLOW-ID [RUN-ID]`: finds the run and prints its history as a timeline.

use std::time::{SystemTime, UNIX_EPOCH};

use everbeat_client::Client;
use everbeat_model::scalars::{DomainName, PageSize, Timestamp, WorkflowId};
use everbeat_model::shapes::{
    ExecutionTimeFilter, GetWorkflowExecutionHistoryInput, ListClosedWorkflowExecutionsInput,
    ListOpenWorkflowExecutionsInput, WorkflowExecution, WorkflowExecutionFilter,
    WorkflowExecutionInfos,
};
use everbeat_model::{
    Call, DescribeHeartbeatsInput, EventType, Heartbeat, HistoryEvent, MoveClockInput,
};

use crate::exit::Failure;
use crate::line::HELP;
use crate::run_to_end::run_to_end;
use crate::timeline::{View, printable, timeline_with_heartbeats};
use crate::{Line, Streams, own, print};

const USAGE: &str = "usage: everbeat history DOMAIN WORKFLOW-ID [RUN-ID]";

/// Runs the command.
pub(crate) fn run(line: &Line<'_>, streams: &mut Streams<'_>) -> Result<(), Failure> {
    let words: Vec<&str> = line.words.iter().skip(1).map(String::as_str).collect();
    let (domain, workflow_id, run_id) = match words.as_slice() {
        [HELP] => return print(streams, &format!("{USAGE}\n")),
        [domain, workflow_id] => (*domain, *workflow_id, None),
        [domain, workflow_id, run_id] => (*domain, *workflow_id, Some(*run_id)),
        _ => return Err(Failure::parameter(USAGE)),
    };
    let colour = colour(line, streams);
    let client = own::client(line)?;
    let page = run_to_end(async {
        let domain = DomainName::from(domain);
        let execution = match run_id {
            Some(run_id) => WorkflowExecution {
                workflow_id: workflow_id.into(),
                run_id: run_id.into(),
            },
            None => newest_run(&client, &domain, &workflow_id.into()).await?,
        };
        let events = events(&client, &domain, &execution).await?;
        let heartbeats = heartbeats(&client, &domain, &execution, &events).await;
        let now = now(&client).await;
        let view = View { now, colour };
        Ok(heading(&execution) + &timeline_with_heartbeats(&events, &heartbeats, view))
    })?;
    print(streams, &page)
}

/// `--color` decides; without it a terminal has colours unless `NO_COLOR` is set to anything.
pub(crate) fn colour(line: &Line<'_>, streams: &Streams<'_>) -> bool {
    let is_refused = line
        .files
        .variables
        .get("NO_COLOR")
        .is_some_and(|value| !value.is_empty());
    match line.globals.value("--color") {
        Some("on") => true,
        Some("off") => false,
        _ => streams.terminal_width.is_some() && !is_refused,
    }
}

fn heading(execution: &WorkflowExecution) -> String {
    let name = printable(&execution.workflow_id);
    format!("{name} run {}\n", execution.run_id)
}

/// The present by the clock that the run lives by; by this machine's where the service does not tell.
async fn now(client: &Client) -> Timestamp {
    let told = client.call_own(&MoveClockInput::default()).await;
    told.map_or_else(|_| machine_time(), |clock| clock.now)
}

fn machine_time() -> Timestamp {
    let since_1970 = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    Timestamp(i64::try_from(since_1970.as_millis()).unwrap_or(i64::MAX))
}

async fn events(
    client: &Client,
    domain: &DomainName,
    execution: &WorkflowExecution,
) -> Result<Vec<HistoryEvent>, Failure> {
    let mut events = Vec::new();
    let mut input = GetWorkflowExecutionHistoryInput {
        domain: domain.clone(),
        execution: execution.clone(),
        ..Default::default()
    };
    loop {
        let page = call(client, &input).await?;
        events.extend(page.events.0);
        match page.next_page_token {
            Some(token) => input.next_page_token = Some(token),
            None => return Ok(events),
        }
    }
}

/// What the server knows of the heartbeats of running activities. They are an extra of Everbeat's own: no failure to get
/// them spoils the history, and where no activity was ever started they are not asked for.
async fn heartbeats(
    client: &Client,
    domain: &DomainName,
    execution: &WorkflowExecution,
    events: &[HistoryEvent],
) -> Vec<Heartbeat> {
    let is_start =
        |event: &HistoryEvent| event.attributes.event_type() == EventType::ActivityTaskStarted;
    if !events.iter().any(is_start) {
        return Vec::new();
    }
    let input = DescribeHeartbeatsInput {
        domain: domain.clone(),
        execution: execution.clone(),
    };
    let answer = client.call_own(&input).await;
    answer.map_or_else(|_| Vec::new(), |answer| answer.heartbeats.0)
}

/// The run of that workflow id that is open, or else the one that was started last.
async fn newest_run(
    client: &Client,
    domain: &DomainName,
    workflow_id: &WorkflowId,
) -> Result<WorkflowExecution, Failure> {
    let ever = ExecutionTimeFilter {
        oldest_date: Timestamp(0),
        latest_date: None,
    };
    let filter = Some(WorkflowExecutionFilter {
        workflow_id: workflow_id.clone(),
    });
    let one = Some(PageSize(1));
    let open = ListOpenWorkflowExecutionsInput {
        domain: domain.clone(),
        start_time_filter: ever.clone(),
        execution_filter: filter.clone(),
        maximum_page_size: one,
        ..Default::default()
    };
    if let Some(found) = first(call(client, &open).await?) {
        return Ok(found);
    }
    let closed = ListClosedWorkflowExecutionsInput {
        domain: domain.clone(),
        start_time_filter: Some(ever),
        execution_filter: filter,
        maximum_page_size: one,
        ..Default::default()
    };
    first(call(client, &closed).await?).ok_or_else(|| {
        Failure::general(format!(
            "The domain {domain} has no execution with the workflow id {workflow_id}"
        ))
    })
}

fn first(page: WorkflowExecutionInfos) -> Option<WorkflowExecution> {
    let found = page.execution_infos.0.into_iter().next();
    found.map(|info| info.execution)
}

async fn call<I: Call>(client: &Client, input: &I) -> Result<I::Output, Failure> {
    client.call(input).await.map_err(|error| {
        let name = I::OPERATION.as_str();
        Failure::of_call(&error, name, client.endpoint(), None)
    })
}
