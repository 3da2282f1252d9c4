//! Reads that go to the store directly, such as histories. They see exactly what is committed, and so everything that any
//! caller has been told.

use std::sync::Arc;

use everbeat_model::{EventId, Fault, FaultKind, GetWorkflowExecutionHistoryInput};
use everbeat_partition::executions::run_key;
use everbeat_partition::rows::ExecutionRow;
use everbeat_partition::store::{HistoryPage, HistoryQuery};
use everbeat_partition::{DomainId, Reader, RunKey, StoreError};

use crate::calls::is_set;
use crate::json::{self, MAX_PAGE_BYTES};
use crate::pages::Pages;
use crate::service::{Origin, Service};

/// GetWorkflowExecutionHistory.
pub(crate) async fn history(
    service: &Service,
    origin: Origin,
    input: GetWorkflowExecutionHistoryInput,
    pages: &Pages<'_>,
) -> Result<String, Fault> {
    let domain = service.domain_id(&origin, &input.domain).await?;
    let unknown = || Fault::unknown_run(&input.execution.workflow_id, &input.execution.run_id);
    let run = run_key(&input.execution.run_id).ok_or_else(unknown)?;
    let row = execution(service, domain, run).await?.ok_or_else(unknown)?;
    if row.info.execution != input.execution {
        return Err(unknown());
    }
    let reverse = is_set(input.reverse_order);
    let next = match &pages.position {
        None => None,
        Some(position) => Some(EventId(
            position.parse().map_err(|_| Fault::invalid_token())?,
        )),
    };
    let (from, to) = match (next, reverse) {
        (None, _) => (EventId(1), EventId(i64::MAX)),
        (Some(next), false) => (next, EventId(i64::MAX)),
        (Some(next), true) => (EventId(1), next),
    };
    let query = HistoryQuery {
        run,
        from,
        to,
        reverse,
        max_events: pages.size,
        max_bytes: MAX_PAGE_BYTES,
    };
    let page = history_page(service, query).await?;
    Ok(json::history(
        &page.events,
        pages.next(page.next.map(|next| next.to_string())),
    ))
}

/// A part of a history.
pub(crate) async fn history_page(
    service: &Service,
    query: HistoryQuery,
) -> Result<HistoryPage, Fault> {
    read(service, move |reader| reader.history(&query)).await
}

/// The row of a run of that domain; none when there is none or it has expired.
pub(crate) async fn execution(
    service: &Service,
    domain: DomainId,
    run: RunKey,
) -> Result<Option<ExecutionRow>, Fault> {
    let now = service.clock.now();
    let row = read(service, move |reader| reader.execution(run)).await?;
    Ok(row.filter(|row| {
        row.domain == domain && row.expires_at.is_none_or(|expires_at| expires_at > now)
    }))
}

/// Reads from the store on a thread that may block.
pub(crate) async fn read<T: Send + 'static>(
    service: &Service,
    work: impl FnOnce(&dyn Reader) -> Result<T, StoreError> + Send + 'static,
) -> Result<T, Fault> {
    let reader = Arc::clone(&service.reader);
    match tokio::task::spawn_blocking(move || work(&*reader)).await {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => {
            tracing::error!(%error, "a read from the store failed");
            Err(Fault::unavailable())
        }
        Err(error) => {
            tracing::error!(%error, "a read from the store panicked");
            Err(FaultKind::InternalFailure.bare())
        }
    }
}
