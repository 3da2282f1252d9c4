//! One operation from its words to its output, in the reference's order of checks (cli.md section 8).

use std::io::Write;
use std::time::Duration;

use everbeat_client::{CallError, Client};
use everbeat_model::operations::OperationDescriptor;
use jiff::tz::TimeZone;

use crate::Streams;
use crate::answer::{self, Timestamps};
use crate::exit::{Failure, Kind};
use crate::line;
use crate::options::{
    INPUT_JSON, INPUT_YAML, PAGING_MEMBERS, PAGING_OPTIONS, SKELETON, member_options,
};
use crate::paginate::{Pages, Paging};
use crate::parse::Parsed;
use crate::retry;
use crate::settings::{self, Configuration};
use crate::skeleton;
use crate::validate::{for_the_wire, validate};
use crate::values::{Files, member_value};
use everbeat_json::Json;
use everbeat_json::python;
use everbeat_json::{NonAscii, compact, pretty};

const PAGING_CONFIGURATION: &str = "PaginationConfig";

/// Runs an operation with the words that the global pass left over.
pub(crate) fn run(
    operation: &'static OperationDescriptor,
    words: &[String],
    globals: &Parsed,
    configuration: &Configuration<'_>,
    files: Files<'_>,
    streams: &mut Streams<'_>,
) -> Result<(), Failure> {
    let timeouts = settings::timeouts(globals, operation.polls)?;
    let own = line::own_pass(operation, words)?;
    check_paging_conflicts(globals, &own)?;
    let mut request = from_options(operation, &own, files)?;
    merge_input(&mut request, &own, files)?;
    let skeleton = own
        .has(SKELETON)
        .then(|| own.value(SKELETON).unwrap_or("input"));
    match skeleton {
        Some("input") => {
            return print(
                streams,
                &skeleton::input(operation.input),
                NonAscii::Escaped,
            );
        }
        Some("yaml-input") => return Err(Failure::later("A skeleton in YAML")),
        _ => {}
    }
    configuration.check_profile()?;
    let output = output_format(configuration, globals)?;
    configuration.region(globals.value("--region"))?;
    let max_attempts = configuration.max_attempts()?;
    configuration.endpoint(globals.value("--endpoint-url"))?;
    let paging = paging(operation, globals, &own, &mut request)?;
    let request = Json::Map(request);
    if configuration.validates_parameters() {
        validate(&request, operation.input_structure())?;
    }
    let result = if skeleton.is_some() {
        operation
            .output
            .map_or(Json::Map(Vec::new()), skeleton::output)
    } else {
        let caller = Caller {
            client: configuration.client(globals, timeouts)?,
            operation,
            max_attempts,
            reads_again: !operation.polls || globals.has("--cli-read-timeout"),
            debug: globals.has("--debug"),
            timestamps: configuration.timestamps(TimeZone::system)?,
        };
        if paging
            .as_ref()
            .and_then(|paging| paging.max_items)
            .is_some_and(|most| most <= 0)
        {
            let text =
                "warning: Non-positive values for --max-items may result in undefined behavior.";
            let _ = writeln!(streams.error, "{text}");
        }
        run_to_end(caller.result(&request, paging, streams.error))?
    };
    match (&result, output) {
        (Json::Map(members), _) if members.is_empty() => Ok(()),
        (_, Output::Off) => Ok(()),
        (_, Output::Json) => print(streams, &result, NonAscii::Raw),
    }
}

/// The forms of results that are served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Output {
    Json,
    Off,
}

pub(crate) fn output_format(
    configuration: &Configuration<'_>,
    globals: &Parsed,
) -> Result<Output, Failure> {
    let option = globals.value("--output");
    match configuration.output(option) {
        "json" => Ok(Output::Json),
        "off" => Ok(Output::Off),
        later @ ("text" | "table" | "yaml" | "yaml-stream") => {
            let failure = Failure::later(&format!("Output in the form {later}"));
            let kind = if option.is_some() {
                Kind::ParamValidation
            } else {
                Kind::Configuration
            };
            Err(Failure { kind, ..failure })
        }
        other => Err(Failure::general(format!("Unknown output type: {other}"))),
    }
}

/// A closed pipe ends the command quietly.
fn print(streams: &mut Streams<'_>, value: &Json, non_ascii: NonAscii) -> Result<(), Failure> {
    let _ = writeln!(streams.output, "{}", pretty(value, non_ascii));
    Ok(())
}

/// Paging options make no sense where pagination is switched off.
fn check_paging_conflicts(globals: &Parsed, own: &Parsed) -> Result<(), Failure> {
    let given: Vec<&str> = PAGING_OPTIONS
        .into_iter()
        .filter(|option| own.has(option))
        .collect();
    if given.is_empty() || !(globals.has("--no-paginate") || pages_by_hand(own)) {
        return Ok(());
    }
    let given = given.join(", ");
    Err(Failure::parameter(format!(
        "Cannot specify --no-paginate along with pagination arguments: {given}"
    )))
}

/// The members that pagination uses are given as options.
fn pages_by_hand(own: &Parsed) -> bool {
    PAGING_MEMBERS
        .iter()
        .any(|member| own.has(&format!("--{}", crate::options::kebab_case(member))))
}

type Members = Vec<(String, Json)>;

/// The members that the options give, in table order.
fn from_options(
    operation: &OperationDescriptor,
    own: &Parsed,
    files: Files<'_>,
) -> Result<Members, Failure> {
    let mut members = Vec::new();
    for option in member_options(operation) {
        let name = option.member.name.to_owned();
        if option.is_boolean() {
            let negation = option.negation();
            if let Some(position) = own.last_of([&option.name, &negation]) {
                members.push((name, Json::Bool(position == 0)));
            }
        } else if let Some(words) = own.values(&option.name) {
            members.push((
                name,
                member_value(&option.name, words, option.member.shape, files)?,
            ));
        }
    }
    Ok(members)
}

/// Adds the members of `--cli-input-json` that no option gives.
fn merge_input(request: &mut Members, own: &Parsed, files: Files<'_>) -> Result<(), Failure> {
    if own.has(INPUT_YAML) {
        return Err(Failure::later(&format!("The option {INPUT_YAML}")));
    }
    let Some(word) = own.value(INPUT_JSON) else {
        return Ok(());
    };
    let failed = |option: &str, text: &str| {
        Failure::parameter(format!("Error parsing parameter '{option}': {text}"))
    };
    let text = files
        .resolved(word)
        .map_err(|text| failed(INPUT_JSON, &text))?;
    let input = Json::parse(&text)
        .map_err(|_| failed(INPUT_JSON.trim_start_matches('-'), "Invalid JSON received."))?;
    let Json::Map(members) = input else {
        let class = python::class(&input);
        let text = format!("Invalid type: expecting map, received <class '{class}'>");
        return Err(failed(INPUT_JSON, &text));
    };
    for (name, value) in members {
        if !request.iter().any(|(known, _)| *known == name) {
            request.push((name, value));
        }
    }
    Ok(())
}

/// How to page; `None` for one call. Takes `PaginationConfig` out of the request where it counts.
fn paging(
    operation: &OperationDescriptor,
    globals: &Parsed,
    own: &Parsed,
    request: &mut Members,
) -> Result<Option<Paging>, Failure> {
    let by_hand = PAGING_MEMBERS
        .iter()
        .any(|member| request.iter().any(|(name, _)| name == member));
    if operation.pages.is_none() || by_hand || globals.has("--no-paginate") {
        return Ok(None);
    }
    let position = request
        .iter()
        .position(|(name, _)| name == PAGING_CONFIGURATION);
    let from_input = position.map(|position| request.remove(position).1);
    let given = |option: &str, member: &str| {
        let from_input = || from_input.as_ref()?.get(member).map(python::str);
        own.value(option).map(Into::into).or_else(from_input)
    };
    let number = |option: &str, member: &str| {
        given(option, member)
            .map(|text: String| python::int(&text))
            .transpose()
            .map_err(Failure::general)
    };
    Ok(Some(Paging {
        starting_token: given("--starting-token", "StartingToken"),
        page_size: number("--page-size", "PageSize")?,
        max_items: number("--max-items", "MaxItems")?.and_then(|digits| digits.parse().ok()),
    }))
}

/// Runs a future on this thread until it ends or SIGINT comes.
pub(crate) fn run_to_end<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::general(format!("Cannot start: {error}")))?;
    runtime.block_on(async {
        let mut work = std::pin::pin!(work);
        let mut interrupt = std::pin::pin!(tokio::signal::ctrl_c());
        std::future::poll_fn(|context| {
            if let std::task::Poll::Ready(result) = work.as_mut().poll(context) {
                return std::task::Poll::Ready(result);
            }
            interrupt
                .as_mut()
                .poll(context)
                .map(|_| Err(Failure::new(Kind::Interrupted, "")))
        })
        .await
    })
}

/// Sends the calls of one operation.
struct Caller {
    client: Client,
    operation: &'static OperationDescriptor,
    max_attempts: u32,
    /// A read time-out is a reason to try again. Not for a poll that nobody set a time-out for: the service may have
    /// handed a task to the connection that was given up.
    reads_again: bool,
    debug: bool,
    timestamps: Timestamps,
}

impl Caller {
    async fn result(
        &self,
        request: &Json,
        paging: Option<Paging>,
        error: &mut dyn Write,
    ) -> Result<Json, Failure> {
        let (Some(paging), Some(result_key)) = (paging, self.operation.pages) else {
            return self.call(request, error).await;
        };
        let mut pages = Pages::new(self.operation, result_key, paging)?;
        while pages.take(&self.call(&pages.request(request), error).await?)? {}
        Ok(pages.into_result())
    }

    async fn call(&self, request: &Json, error: &mut dyn Write) -> Result<Json, Failure> {
        let body = compact(&for_the_wire(request, self.operation.input)?);
        let mut attempt = 1;
        loop {
            self.tell(
                error,
                &format!(
                    "POST {} {} {body}",
                    self.client.endpoint(),
                    self.operation.name
                ),
            );
            let failure = match self
                .client
                .send(self.operation.operation, body.clone())
                .await
            {
                Ok(answer) => {
                    self.tell(
                        error,
                        &format!("answer {}", String::from_utf8_lossy(&answer)),
                    );
                    return answer::read(&answer, self.operation.output, &self.timestamps);
                }
                Err(failure) => failure,
            };
            self.tell(
                error,
                &format!("attempt {attempt} of {}: {failure}", self.max_attempts),
            );
            let again = retry::is_worth_it(&failure)
                && (self.reads_again || failure != CallError::ReadTimeout);
            if attempt >= self.max_attempts || !again {
                let retries = (attempt >= self.max_attempts).then_some(attempt - 1);
                let (name, url) = (self.operation.name, self.client.endpoint());
                return Err(Failure::of_call(&failure, name, url, retries));
            }
            tokio::time::sleep(pause(attempt)).await;
            attempt += 1;
        }
    }

    fn tell(&self, error: &mut dyn Write, text: &str) {
        if self.debug {
            let _ = writeln!(error, "everbeat - DEBUG - {text}");
        }
    }
}

fn pause(attempt: u32) -> Duration {
    let mut bytes = [0; 4];
    // Without randomness the full pause is as good.
    let random = getrandom::fill(&mut bytes).map_or(u32::MAX, |()| u32::from_le_bytes(bytes));
    retry::pause(attempt, random)
}
