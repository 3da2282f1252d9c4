//! Lists and counts of executions (execution.md section 8.2). They go to the store directly, and so see exactly what is
//! committed. That a request has one time filter and at most one other is checked where requests are read.

use everbeat_model::{
    CloseStatusFilter, Count, CountClosedWorkflowExecutionsInput, CountOpenWorkflowExecutionsInput,
    DomainName, ExecutionTimeFilter, Fault, ListClosedWorkflowExecutionsInput,
    ListOpenWorkflowExecutionsInput, TagFilter, Timestamp, Truncated, WorkflowExecutionCount,
    WorkflowExecutionFilter, WorkflowTypeFilter, shape::to_json,
};
use everbeat_partition::RunKey;
use everbeat_partition::store::{Filter, ListPosition, ListQuery, Selection, Which};

use crate::calls::is_set;
use crate::json;
use crate::pages::Pages;
use crate::reads::read;
use crate::service::{Origin, Service};

/// The executions that a request is about.
pub(crate) struct Executions {
    domain: DomainName,
    which: Which,
    time: ExecutionTimeFilter,
    filter: Option<Filter>,
}

/// The executions that a request is about, and the direction of its list.
pub(crate) struct ListOfExecutions {
    executions: Executions,
    reverse: bool,
}

/// The filters of a request other than by time, of which it has at most one.
#[derive(Default)]
struct Filters {
    execution: Option<WorkflowExecutionFilter>,
    typ: Option<WorkflowTypeFilter>,
    tag: Option<TagFilter>,
    close_status: Option<CloseStatusFilter>,
}

impl Filters {
    fn given(self) -> Option<Filter> {
        let execution = self.execution.map(|it| Filter::WorkflowId(it.workflow_id));
        let typ = self.typ.map(|it| Filter::Type {
            name: it.name,
            version: it.version.map(Into::into),
        });
        let tag = self.tag.map(|it| Filter::Tag(it.tag));
        let close_status = self.close_status.map(|it| Filter::CloseStatus(it.status));
        execution.or(typ).or(tag).or(close_status)
    }
}

impl Executions {
    fn open(domain: DomainName, time: ExecutionTimeFilter, filters: Filters) -> Self {
        Self {
            domain,
            which: Which::Open,
            time,
            filter: filters.given(),
        }
    }

    fn closed(
        domain: DomainName,
        start: Option<ExecutionTimeFilter>,
        close: Option<ExecutionTimeFilter>,
        filters: Filters,
    ) -> Result<Self, Fault> {
        let (which, time) = match (start, close) {
            (_, Some(time)) => (Which::ClosedByClose, time),
            (Some(time), None) => (Which::ClosedByStart, time),
            (None, None) => return Err(Fault::validation("Must specify time filter")),
        };
        Ok(Self {
            domain,
            which,
            time,
            filter: filters.given(),
        })
    }

    /// What to ask the store for.
    async fn selection(self, service: &Service, origin: &Origin) -> Result<Selection, Fault> {
        Ok(Selection {
            domain: service.domain_id(origin, &self.domain).await?,
            which: self.which,
            filter: self.filter,
            oldest: self.time.oldest_date,
            latest: self.time.latest_date,
            now: service.clock.now(),
        })
    }
}

impl From<CountOpenWorkflowExecutionsInput> for Executions {
    fn from(input: CountOpenWorkflowExecutionsInput) -> Self {
        let filters = Filters {
            execution: input.execution_filter,
            typ: input.type_filter,
            tag: input.tag_filter,
            close_status: None,
        };
        Self::open(input.domain, input.start_time_filter, filters)
    }
}

impl TryFrom<CountClosedWorkflowExecutionsInput> for Executions {
    type Error = Fault;

    fn try_from(input: CountClosedWorkflowExecutionsInput) -> Result<Self, Fault> {
        let filters = Filters {
            execution: input.execution_filter,
            typ: input.type_filter,
            tag: input.tag_filter,
            close_status: input.close_status_filter,
        };
        let (start, close) = (input.start_time_filter, input.close_time_filter);
        Self::closed(input.domain, start, close, filters)
    }
}

impl From<ListOpenWorkflowExecutionsInput> for ListOfExecutions {
    fn from(input: ListOpenWorkflowExecutionsInput) -> Self {
        let filters = Filters {
            execution: input.execution_filter,
            typ: input.type_filter,
            tag: input.tag_filter,
            close_status: None,
        };
        Self {
            executions: Executions::open(input.domain, input.start_time_filter, filters),
            reverse: is_set(input.reverse_order),
        }
    }
}

impl TryFrom<ListClosedWorkflowExecutionsInput> for ListOfExecutions {
    type Error = Fault;

    fn try_from(input: ListClosedWorkflowExecutionsInput) -> Result<Self, Fault> {
        let filters = Filters {
            execution: input.execution_filter,
            typ: input.type_filter,
            tag: input.tag_filter,
            close_status: input.close_status_filter,
        };
        let (start, close) = (input.start_time_filter, input.close_time_filter);
        Ok(Self {
            executions: Executions::closed(input.domain, start, close, filters)?,
            reverse: is_set(input.reverse_order),
        })
    }
}

/// ListOpenWorkflowExecutions and ListClosedWorkflowExecutions.
pub(crate) async fn list(
    service: &Service,
    origin: Origin,
    list: ListOfExecutions,
    pages: &Pages<'_>,
) -> Result<String, Fault> {
    let query = ListQuery {
        selection: list.executions.selection(service, &origin).await?,
        reverse: list.reverse,
        after: pages.position.as_deref().map(read_position).transpose()?,
        max: pages.size,
    };
    let page = read(service, move |reader| reader.list(&query)).await?;
    let next = page
        .next
        .map(|next| format!("{} {}", next.at.0, next.run.0));
    Ok(json::executions(&page.entries, pages.next(next)))
}

/// CountOpenWorkflowExecutions and CountClosedWorkflowExecutions.
pub(crate) async fn count(
    service: &Service,
    origin: Origin,
    executions: Executions,
) -> Result<String, Fault> {
    let selection = executions.selection(service, &origin).await?;
    let count = read(service, move |reader| reader.count(&selection)).await?;
    // There is no limit at which counts stop; what the shape cannot hold is cut.
    let shown = i32::try_from(count);
    Ok(to_json(&WorkflowExecutionCount {
        count: Count(shown.unwrap_or(i32::MAX)),
        truncated: Some(Truncated(shown.is_err())),
    }))
}

fn read_position(position: &str) -> Result<ListPosition, Fault> {
    let (at, run) = position.split_once(' ').ok_or_else(Fault::invalid_token)?;
    match (at.parse(), run.parse()) {
        (Ok(at), Ok(run)) => Ok(ListPosition {
            at: Timestamp(at),
            run: RunKey(run),
        }),
        _ => Err(Fault::invalid_token()),
    }
}
