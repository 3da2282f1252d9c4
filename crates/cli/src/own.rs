//! What the commands around Everbeat's own calls share: their words, the call, and the answer as JSON.

use everbeat_client::{CallError, Client};
use everbeat_model::serde::Serialize;
use everbeat_model::shape::to_json;
use everbeat_model::{Described, OwnCall};
use jiff::tz::TimeZone;

use crate::answer;
use crate::exit::Failure;
use crate::format::Format;
use crate::line::HELP;
use crate::parse::{OptionSpec, Parsed, Takes, parse};
use crate::show;
use crate::{Line, Streams, settings, times};
use everbeat_json::Json;

/// The form in which a command tells what it found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// Sentences.
    Sentences,
    /// What the server answered, as results of operations are shown.
    Result(Format),
}

/// The options of a command, each with one value, and its other words; `None` when they ask for help.
///
/// # Errors
/// An option that the command does not have, or one without its value.
pub(crate) fn words(
    line: &Line<'_>,
    options: &[&str],
    usage: &str,
) -> Result<Option<Parsed>, Failure> {
    let specs: Vec<OptionSpec> = options
        .iter()
        .map(|name| OptionSpec::new(*name, Takes::One))
        .collect();
    let own = line.words.get(1..).unwrap_or_default();
    let parsed = parse(own, &specs).map_err(|text| Failure::usage(&text, usage))?;
    if parsed.rest.iter().any(|rest| rest.word == HELP) {
        return Ok(None);
    }
    match parsed.rest.iter().find(|rest| !rest.bare) {
        Some(unknown) => {
            let text = format!("unknown option: {}", unknown.word);
            Err(Failure::usage(&text, usage))
        }
        None => Ok(Some(parsed)),
    }
}

/// The length of time that an option gives, in seconds.
pub(crate) fn seconds(parsed: &Parsed, option: &str) -> Result<Option<u64>, Failure> {
    let given = parsed.value(option).map(times::seconds).transpose();
    given.map_err(|text| Failure::parameter(format!("argument {option}: {text}")))
}

/// `--output` decides; the configured form of results is for operations.
pub(crate) fn form(line: &Line<'_>) -> Result<Form, Failure> {
    match line.globals.value("--output") {
        Some(name) => Format::named(name).map(Form::Result),
        None => Ok(Form::Sentences),
    }
}

/// A client with the settings of the line.
pub(crate) fn client(line: &Line<'_>) -> Result<Client, Failure> {
    let timeouts = settings::timeouts(&line.globals, false)?;
    line.configuration.check_profile()?;
    let configuration = line.configuration.local();
    configuration.target(&line.globals)?.client(timeouts, None)
}

/// Makes one of Everbeat's own calls.
pub(crate) async fn call<I: OwnCall>(client: &Client, input: &I) -> Result<I::Output, Failure> {
    let answer = client.call_own(input).await;
    answer.map_err(|error| failure::<I>(client, &error))
}

/// Why an own call brought no answer; a service that does not know it is named as such.
pub(crate) fn failure<I: OwnCall>(client: &Client, error: &CallError) -> Failure {
    let is_unknown = |code: &str| code == "UnknownOperationException";
    if error.fault().is_some_and(|fault| is_unknown(&fault.code)) {
        let url = client.endpoint();
        return Failure::general(format!(
            "The service at {url} does not know Everbeat's own call {}: it is not Everbeat, or an older one",
            I::OPERATION.as_str()
        ));
    }
    Failure::of_call(error, I::OPERATION.as_str(), client.endpoint(), None)
}

/// An answer as the command line shows answers.
pub(crate) fn json<T: Described + Serialize>(line: &Line<'_>, answer: &T) -> Result<Json, Failure> {
    let timestamps = line.configuration.timestamps(TimeZone::system)?;
    answer::read(to_json(answer).as_bytes(), Some(T::SHAPE), &timestamps)
}

/// Shows a value as the results of operations are shown; `title` heads a table.
pub(crate) fn show(
    line: &Line<'_>,
    streams: &mut Streams<'_>,
    title: &'static str,
    format: Format,
    value: &Json,
) -> Result<(), Failure> {
    let mut show = show::show(title, format, line, streams);
    let shown = show.whole(value);
    show.finish();
    shown
}
