//! One operation from its words to its output, in the reference's order of checks (cli.md section 8).

use std::time::Duration;

use everbeat_json::{Json, NonAscii, pretty};
use everbeat_model::operations::OperationDescriptor;

use crate::call::Caller;
use crate::exit::Failure;
use crate::format::Format;
use crate::options::{SKELETON, SKELETON_INPUT, SKELETON_YAML_INPUT};
use crate::paginate::{Pages, Paging};
use crate::run_to_end::run_to_end;
use crate::settings::{self, Target};
use crate::show::show;
use crate::user_agent::user_agent;
use crate::{Line, Streams, line, print, request, skeleton};

/// Runs an operation with the words that the global pass left over.
pub(crate) fn run(
    operation: &'static OperationDescriptor,
    words: &[String],
    line: &Line<'_>,
    streams: &mut Streams<'_>,
) -> Result<(), Failure> {
    let own = line::own_pass(operation, words)?;
    let mut asked = request::read(operation, &own, line)?;
    let skeleton = own
        .has(SKELETON)
        .then(|| own.value(SKELETON).unwrap_or(SKELETON_INPUT));
    match skeleton {
        Some(SKELETON_INPUT) => {
            let text = pretty(&skeleton::input(operation.input), NonAscii::Escaped) + "\n";
            return print(streams, &text);
        }
        Some(SKELETON_YAML_INPUT) => return print(streams, &skeleton::yaml_input(operation.input)),
        _ => {}
    }
    line.configuration.check_profile()?;
    let target = line.configuration.target(&line.globals)?;
    let paging = request::paging(operation, line, &own, &mut asked)?;
    let warns = paging.as_ref().is_some_and(Paging::warns);
    let pages = match (paging, operation.pages) {
        (Some(paging), Some(result_key)) => Some(Pages::new(operation, result_key, paging)?),
        _ => None,
    };
    let request = asked.checked(operation, pages.as_ref(), line)?;
    if skeleton.is_some() {
        let result = operation
            .output
            .map_or(Json::Map(Vec::new()), skeleton::output);
        let mut show = show(operation.name, format(line)?, line, streams);
        return show.whole(&result).map(|()| show.finish());
    }
    let caller = caller(operation, &target, line)?;
    if warns {
        let text = "warning: Non-positive values for --max-items may result in undefined behavior.";
        let _ = writeln!(streams.error, "{text}");
    }
    send(&caller, &request, pages, line, streams)
}

fn format(line: &Line<'_>) -> Result<Format, Failure> {
    let option = line.globals.value("--output");
    Format::named(line.configuration.output(option))
}

fn caller(
    operation: &'static OperationDescriptor,
    target: &Target<'_>,
    line: &Line<'_>,
) -> Result<Caller, Failure> {
    line.log.tell(
        "botocore.regions",
        format_args!("Endpoint provider result: {}", target.endpoint),
    );
    let timeouts = settings::timeouts(&line.globals, operation.polls)?;
    let shown = |timeout: Option<Duration>| match timeout {
        Some(timeout) => timeout.as_secs().to_string(),
        None => "None".into(),
    };
    let (connect, read) = (shown(timeouts.connect), shown(timeouts.read));
    line.log.tell(
        "botocore.endpoint",
        format_args!("Setting swf timeout as ({connect}, {read})"),
    );
    let user_agent = user_agent(operation, target, &line.configuration);
    Ok(Caller {
        client: target.client(timeouts, Some(&user_agent))?,
        operation,
        retries: target.retries,
        reads_again: !operation.polls || line.globals.has("--cli-read-timeout"),
        timestamps: line.configuration.timestamps(jiff::tz::TimeZone::system)?,
        log: line.log,
    })
}

fn send(
    caller: &Caller,
    request: &Json,
    pages: Option<Pages>,
    line: &Line<'_>,
    streams: &mut Streams<'_>,
) -> Result<(), Failure> {
    let format = format(line);
    let name = caller.operation.name;
    let Some(pages) = pages else {
        // The reference looks at the name of the format when the answer is there.
        let answer = run_to_end(caller.call(request))?;
        let mut show = show(name, format?, line, streams);
        let shown = show.whole(&answer);
        show.finish();
        return shown;
    };
    let mut show = show(name, format?, line, streams);
    let shown = run_to_end(caller.show_pages(request, pages, &mut show));
    show.finish();
    shown
}
