//! `everbeat stuck DOMAIN [WORKFLOW-ID [RUN-ID]]`: why an open run, or each still run of a domain, is not moving.
//!
//! Asks Everbeat's own call DescribeWaits; what its answer means to a reader is in [`causes`]. All times are of the
//! executions' clock, so the answer's `now` is the present.

mod causes;

use everbeat_client::Client;
use everbeat_model::faults::FaultKind;
use everbeat_model::scalars::{DomainName, ReverseOrder, Timestamp};
use everbeat_model::shapes::{
    ExecutionTimeFilter, ListOpenWorkflowExecutionsInput, WorkflowExecution,
};
use everbeat_model::{Call, DescribeWaitsInput, Waits};

use crate::exit::{Failure, Fault, Kind};
use crate::history::colour;
use crate::own::{self, Form};
use crate::parse::Parsed;
use crate::run_to_end::run_to_end;
use crate::timeline::{PLAIN, RED, YELLOW, printable};
use crate::times::duration;
use crate::{Line, Streams, print};
use everbeat_json::Json;

use causes::{Cause, causes, heading};

const HELP: &str = "\
usage: everbeat stuck DOMAIN WORKFLOW-ID [RUN-ID]
       everbeat stuck DOMAIN [--older-than DURATION] [--max NUMBER]

Says what an open execution waits for, the most likely trouble first; or lists
the open executions of a domain that have not moved for a while, the oldest
first, each with its most likely trouble.

  --older-than DURATION   Executions without an event for so long. Seconds, or
                          like 90s, 15m, 1h30m, 2d. [default: 5m]
  --max NUMBER            At most so many executions, or lines about one.
                          [default: 100]
  --output json           Prints the server's answers.
";
const USAGE: &str =
    "usage: everbeat stuck DOMAIN [WORKFLOW-ID [RUN-ID]] [--older-than DURATION] [--max NUMBER]";
const OLDER_THAN: &str = "--older-than";
const MAX: &str = "--max";
const DEFAULT_SECONDS: u64 = 300;
const DEFAULT_MAX: usize = 100;
const UNKNOWN: &str = "UnknownResourceFault";

/// What of a domain to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Selection {
    still_seconds: u64,
    max: usize,
}

/// The still runs of a domain.
#[derive(Debug, Default)]
struct Still {
    runs: Vec<Waits>,
    /// There are more.
    is_cut: bool,
}

/// Heads a table of results.
const TITLE: &str = "Stuck";

/// Runs the command.
pub(crate) fn run(line: &Line<'_>, streams: &mut Streams<'_>) -> Result<(), Failure> {
    let Some(parsed) = own::words(line, &[OLDER_THAN, MAX], USAGE)? else {
        return print(streams, HELP);
    };
    let selection = selection(&parsed)?;
    let words = parsed.rest_words();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let form = own::form(line)?;
    let colours = colour(line, streams);
    let client = own::client(line)?;
    match words.as_slice() {
        [domain] => {
            let still = run_to_end(still(&client, &DomainName::from(*domain), selection))?;
            match form {
                Form::Sentences => print(streams, &list(&still, domain, selection, colours)),
                Form::Result(format) => {
                    let runs = still.runs.iter().map(|waits| own::json(line, waits));
                    let runs = Json::List(runs.collect::<Result<_, _>>()?);
                    own::show(line, streams, TITLE, format, &runs)
                }
            }
        }
        [domain, workflow_id, run_id @ ..] if run_id.len() <= 1 => {
            let input = DescribeWaitsInput {
                domain: (*domain).into(),
                workflow_id: (*workflow_id).into(),
                run_id: run_id.first().map(|run_id| (*run_id).into()),
            };
            let waits = run_to_end(waits(&client, &input))?.ok_or_else(|| not_open(&input))?;
            match form {
                Form::Sentences => print(streams, &page(&waits, selection.max, colours)),
                Form::Result(format) => {
                    own::show(line, streams, TITLE, format, &own::json(line, &waits)?)
                }
            }
        }
        _ => Err(Failure::parameter(USAGE)),
    }
}

fn selection(parsed: &Parsed) -> Result<Selection, Failure> {
    let max = match parsed.value(MAX) {
        None => DEFAULT_MAX,
        Some(text) => match text.parse() {
            Ok(max) if max > 0 => max,
            _ => {
                let text = format!("argument {MAX}: '{text}' is no number of 1 and more");
                return Err(Failure::parameter(text));
            }
        },
    };
    Ok(Selection {
        still_seconds: own::seconds(parsed, OLDER_THAN)?.unwrap_or(DEFAULT_SECONDS),
        max,
    })
}

fn not_open(input: &DescribeWaitsInput) -> Failure {
    let DescribeWaitsInput {
        domain,
        workflow_id,
        run_id,
    } = input;
    let run = run_id
        .as_ref()
        .map(|run_id| format!(" and the run id {run_id}"));
    let run = run.unwrap_or_default();
    let text = format!(
        "The domain {domain} has no open execution with the workflow id {workflow_id}{run}; `everbeat history` shows \
         closed ones"
    );
    let fault = Fault {
        code: FaultKind::UnknownResourceFault.name().into(),
        message: Some(text.clone()),
        modelled: None,
    };
    Failure::new(Kind::Service(fault), text)
}

/// What a run waits for; `None` if it is not open.
async fn waits(client: &Client, input: &DescribeWaitsInput) -> Result<Option<Waits>, Failure> {
    match client.call_own(input).await {
        Ok(waits) => Ok(Some(waits)),
        Err(error) => {
            let is_of_run = error.fault().is_some_and(|fault| {
                let message = fault.message.as_deref().unwrap_or_default();
                fault.code == UNKNOWN && message.starts_with("Unknown execution")
            });
            if is_of_run {
                return Ok(None);
            }
            Err(own::failure::<DescribeWaitsInput>(client, &error))
        }
    }
}

/// The open runs of a domain that have had no event for a while, in the order in which they started. Runs that close
/// meanwhile are left out.
async fn still(
    client: &Client,
    domain: &DomainName,
    selection: Selection,
) -> Result<Still, Failure> {
    let mut still = Still::default();
    let mut input = ListOpenWorkflowExecutionsInput {
        domain: domain.clone(),
        start_time_filter: ExecutionTimeFilter {
            oldest_date: Timestamp(0),
            latest_date: None,
        },
        reverse_order: Some(ReverseOrder(true)),
        ..Default::default()
    };
    loop {
        let page = client.call(&input).await.map_err(|error| {
            let name = ListOpenWorkflowExecutionsInput::OPERATION.as_str();
            Failure::of_call(&error, name, client.endpoint(), None)
        })?;
        for info in page.execution_infos.0 {
            let WorkflowExecution {
                workflow_id,
                run_id,
            } = info.execution;
            let asked = DescribeWaitsInput {
                domain: domain.clone(),
                workflow_id,
                run_id: Some(run_id.into()),
            };
            let Some(waits) = waits(client, &asked).await? else {
                continue;
            };
            let is_past = |at: Timestamp| at.plus_seconds(selection.still_seconds) <= waits.now;
            if !is_past(waits.start_timestamp) {
                return Ok(still);
            }
            if !is_past(waits.latest_event_timestamp) {
                continue;
            }
            if still.runs.len() == selection.max {
                still.is_cut = true;
                return Ok(still);
            }
            still.runs.push(waits);
        }
        input.next_page_token = page.next_page_token;
        if input.next_page_token.is_none() {
            return Ok(still);
        }
    }
}

/// The lines about one run.
fn page(waits: &Waits, max: usize, colours: bool) -> String {
    let mut page = format!("{}\n", printable(&heading(waits)));
    let causes = causes(waits);
    for (position, cause) in causes.iter().take(max).enumerate() {
        let text = told(cause, colours && position == 0);
        page.push_str(&format!("  {text}\n"));
    }
    if causes.len() > max {
        page.push_str(&format!("  and {} more (see {MAX})\n", causes.len() - max));
    }
    page
}

/// A line for each still run of a domain.
fn list(still: &Still, domain: &str, selection: Selection, colours: bool) -> String {
    let length = duration(
        Timestamp(0),
        Timestamp(0).plus_seconds(selection.still_seconds),
    );
    if still.runs.is_empty() {
        let domain = printable(domain);
        return format!("No open execution of {domain} has been still for {length} or longer.\n");
    }
    let mut list = String::new();
    for waits in &still.runs {
        let age = duration(waits.latest_event_timestamp, waits.now);
        let WorkflowExecution {
            workflow_id,
            run_id,
        } = &waits.execution;
        let cause = causes(waits).into_iter().next();
        let cause = cause.map(|cause| told(&cause, colours)).unwrap_or_default();
        let workflow_id = printable(workflow_id);
        list.push_str(&format!("{age:>8}  {workflow_id} run {run_id}: {cause}\n"));
    }
    if still.is_cut {
        let max = selection.max;
        list.push_str(&format!(
            "More are still; those that started first are shown, {max} at most (see {MAX}).\n"
        ));
    }
    list
}

/// A cause, without anything that could steer a terminal.
fn told(cause: &Cause, colours: bool) -> String {
    let text = printable(&cause.text);
    match (colours, cause.is_trouble()) {
        (false, _) => text,
        (true, true) => format!("{RED}{text}{PLAIN}"),
        (true, false) => format!("{YELLOW}{text}{PLAIN}"),
    }
}

#[cfg(test)]
mod tests;
